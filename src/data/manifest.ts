/** data/manifest.json: every file of every set, where it lives, and how to know it is the right one. */
import fs from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './folders.js';
import type { DataSetName } from './types.js';

export interface ManifestFile {
  readonly name: string;
  readonly role: 'train-images' | 'train-labels' | 'test-images' | 'test-labels' | 'archive';
  readonly format: 'idx.gz' | 'zip';
  readonly addresses: readonly string[];
  /** Bytes as fetched, about (hosts may compress differently). */
  readonly bytes: number;
  /** Of the uncompressed payload; absent where nobody has published one. */
  readonly payloadBytes?: number;
  readonly sha256?: string;
}

/** One known state of an archive. */
export interface ArchiveVariant {
  readonly name: string;
  readonly bytes?: number;
  /** Of the zip itself, where known. */
  readonly sha256?: string;
  readonly patches: number;
  readonly patients: number;
  readonly classCounts: readonly number[];
}

export interface ManifestSet {
  readonly name: DataSetName;
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  readonly citation: string;
  readonly home: string;
  readonly notes: readonly string[];
  readonly classNames: readonly string[];
  readonly files: readonly ManifestFile[];
  readonly variants?: readonly ArchiveVariant[];
}

export interface Manifest {
  readonly sets: readonly ManifestSet[];
}

let known: Manifest | undefined;

export function manifest(): Manifest {
  known ??= JSON.parse(fs.readFileSync(path.join(repositoryRoot(), 'data', 'manifest.json'), 'utf8')) as Manifest;
  return known;
}

/** What data/manifest.json says of a set: its files, sizes and sources. */
export function manifestSet(name: DataSetName): ManifestSet {
  const set = manifest().sets.find((candidate) => candidate.name === name);
  if (!set)
    throw new Error(
      `data/manifest.json does not know the set ${name}; it knows ${manifest()
        .sets.map((each) => each.name)
        .join(', ')}`,
    );
  return set;
}
