/** What a reader should know about each set, and how it stands with it here. */
import fs from 'node:fs';
import { cachePath, removeFile } from './cache.js';
import { DataError } from './errors.js';
import { cacheFolder, mirror } from './folders.js';
import { idc, TENSOR_FILE } from './idc.js';
import { type ManifestSet, manifest, manifestSet } from './manifest.js';
import { fashionMnist, mnist } from './mnist.js';
import { mirrorFile } from './policy.js';
import type { DataSetName, ImageSet, Provenance } from './types.js';

export interface DataCard {
  readonly name: DataSetName;
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  readonly citation: string;
  readonly home: string;
  readonly notes: readonly string[];
  readonly classNames: readonly string[];
}

export function dataCard(name: DataSetName): DataCard {
  const { title, description, licence, citation, home, notes, classNames } = manifestSet(name);
  return { name, title, description, licence, citation, home, notes, classNames };
}

export function dataCards(): DataCard[] {
  return manifest().sets.map((set) => dataCard(set.name));
}

export interface SetSummary {
  readonly name: DataSetName;
  readonly provenance: Provenance;
  readonly variant: string | undefined;
  readonly images: number;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: ReadonlyArray<{ readonly name: string; readonly count: number; readonly share: number }>;
  /** The share of the largest class: what guessing it always would score. */
  readonly majorityRate: number;
  /** Patients, for IDC. */
  readonly groups: number | undefined;
  /** Patches that were not 50 × 50 × 3. */
  readonly rejected: number;
  readonly checksum: string;
}

/** What was actually read: how many images, patients, and how the classes are balanced. */
export function describeSet(set: ImageSet): SetSummary {
  const counts = set.classNames.map(() => 0);
  for (const label of set.labels) counts[label]! += 1;
  return {
    name: set.name,
    provenance: set.provenance,
    variant: set.variant,
    images: set.count,
    shape: [set.height, set.width, set.channels],
    classes: set.classNames.map((name, label) => ({ name, count: counts[label]!, share: counts[label]! / set.count })),
    majorityRate: Math.max(...counts) / set.count,
    groups: set.groups && new Set(set.groups).size,
    rejected: set.rejected?.length ?? 0,
    checksum: set.checksum,
  };
}

export type FileState = 'cached' | 'in mirror' | 'absent';

export interface DataStatus {
  readonly name: DataSetName;
  readonly title: string;
  /** 'cached': ready; 'in mirror': what is not cached is read on first use; 'partly': some files are nowhere yet; 'absent': fetched on first use. */
  readonly state: 'cached' | 'in mirror' | 'partly' | 'absent';
  /** Bytes in the cache. */
  readonly bytes: number;
  readonly files: ReadonlyArray<{ readonly name: string; readonly state: FileState; readonly bytes: number }>;
}

function cachedName(set: ManifestSet, name: string): string {
  return set.name === 'idc' ? TENSOR_FILE : name.replace(/\.gz$/, '');
}

function sizeOf(file: string): number | undefined {
  try {
    return fs.statSync(file).size;
  } catch {
    return undefined;
  }
}

/** What the states of its files make of a set. Files in the cache and the rest in a mirror are all at hand. */
export function together(states: readonly FileState[]): DataStatus['state'] {
  const absent = states.filter((state) => state === 'absent').length;
  if (absent > 0) return absent === states.length ? 'absent' : 'partly';
  return states.includes('in mirror') ? 'in mirror' : 'cached';
}

/** How it stands with each set; looks at sizes only, so it is quick. */
export function dataStatus(): DataStatus[] {
  return manifest().sets.map((set) => {
    const files = set.files.map((file) => {
      const bytes = sizeOf(cachePath(set.name, cachedName(set, file.name)));
      const state: FileState = bytes !== undefined ? 'cached' : mirrorFile(set, file) ? 'in mirror' : 'absent';
      return { name: file.name, state, bytes: bytes ?? 0 };
    });
    return {
      name: set.name,
      title: set.title,
      state: together(files.map(({ state }) => state)),
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      files,
    };
  });
}

/** Where data is kept and which mirror is named, in words. */
export function dataPlaces(): { cache: string; mirror: string | undefined } {
  const named = mirror();
  return { cache: cacheFolder(), mirror: named && (named.kind === 'folder' ? named.folder : named.address) };
}

/** Every split of a set, read and checked in full; never a stand-in. */
export async function fetchSet(name: DataSetName): Promise<ImageSet[]> {
  const options = { requireReal: true } as const;
  if (name === 'idc') return [await idc(options)];
  const load = name === 'mnist' ? mnist : fashionMnist;
  return [await load({ ...options, split: 'train' }), await load({ ...options, split: 'test' })];
}

/** Checks what is cached, byte for byte, without fetching anything. */
export async function verifySet(name: DataSetName): Promise<ImageSet[]> {
  const set = manifestSet(name);
  const missing = set.files.find((file) => sizeOf(cachePath(name, cachedName(set, file.name))) === undefined);
  if (missing) {
    throw new DataError({
      code: 'not-found',
      file: `${name}/${missing.name}`,
      problem: 'it is not in the cache',
      remedy: `npm run data -- fetch ${name}`,
    });
  }
  return fetchSet(name);
}

/** Takes a set out of the cache; returns the bytes set free. */
export function clearSet(name: DataSetName): number {
  const folder = cachePath(manifestSet(name).name, '');
  let freed = 0;
  for (const file of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    freed += sizeOf(`${folder}/${file}`) ?? 0;
    removeFile(`${folder}/${file}`);
  }
  return freed;
}
