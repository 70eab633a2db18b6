import type { ImageSet } from '../data/types.js';
import type { DataUsed } from './types.js';

/** What a record says of a data set that its run used: usedOf(training, 'training'). */
export function usedOf({ name, count, checksum, provenance, variant }: ImageSet, role: string): DataUsed {
  return { name: variant ? `${name} (${variant})` : name, role, count, checksum, provenance };
}
