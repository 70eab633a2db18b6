/** Stand-ins: procedural garments, digits and tissue in the shape of the real sets, drawn by code from a seed. */
import { sha256 } from '../cache.js';
import { manifestSet } from '../manifest.js';
import { randomStream, shuffle } from '../random.js';
import type { DataSetName, ImageSet } from '../types.js';
import { drawDigits } from './digits.js';
import { drawGarments } from './garments.js';
import { drawTissue } from './tissue.js';

/** Raised with every change that alters a pixel. */
export const STAND_IN_VERSION = 1;

export interface StandInOptions {
  split?: 'train' | 'test';
  /** How many images; the real set's number by default. */
  count?: number;
  seed?: number;
}

/** MNIST's classes are not of equal size; these are its counts. */
const DIGIT_COUNTS = {
  train: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  test: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
} as const;

/** How many images of each class the real set has, in the order of its labels; a stand-in has as many. */
export const classCounts = (name: 'mnist' | 'fashion-mnist', split: 'train' | 'test'): readonly number[] =>
  name === 'mnist' ? DIGIT_COUNTS[split] : Array.from({ length: 10 }, () => (split === 'train' ? 6000 : 1000));

/** Held from load to load as long as nobody needs the memory: drawing 60,000 images takes seconds. */
const drawn = new Map<string, WeakRef<ImageSet>>();

/** A stand-in for a real set: the same shapes, class counts and about the same difficulty. */
export function standIn(name: DataSetName, options: StandInOptions = {}): ImageSet {
  const { split = 'train', seed = 1 } = options;
  const key = `${name} ${split} ${options.count ?? 'all'} ${seed}`;
  const known = drawn.get(key)?.deref();
  if (known) return known;
  const set = name === 'idc' ? tissueSet(options.count, seed) : greySet(name, split, options.count, seed);
  drawn.set(key, new WeakRef(set));
  return set;
}

function checksumOf(...parts: Array<string | number>): string {
  return sha256(Buffer.from(['stand-in', STAND_IN_VERSION, ...parts].join(' ')));
}

function greySet(name: 'mnist' | 'fashion-mnist', split: 'train' | 'test', count: number | undefined, seed: number): ImageSet {
  const whole = classCounts(name, split);
  // Train and test are drawn from different streams, as by different writers and tailors.
  const stream = seed * 2 + (split === 'train' ? 0 : 1);
  const labels = mixedLabels(whole, stream).slice(0, count);
  return {
    name,
    split,
    pixels: name === 'mnist' ? drawDigits(labels, stream) : drawGarments(labels, stream),
    labels,
    count: labels.length,
    height: 28,
    width: 28,
    channels: 1,
    classNames: manifestSet(name).classNames,
    indices: Int32Array.from(labels.keys()),
    provenance: 'stand-in',
    checksum: checksumOf(name, split, labels.length, seed),
  };
}

function mixedLabels(counts: readonly number[], seed: number): Uint8Array {
  const labels = Uint8Array.from(counts.flatMap((count, label) => Array.from({ length: count }, () => label)));
  return shuffle(labels, randomStream(seed, 0x1abe1));
}

/** Patients with shares of carcinoma of their own, as many as the extract has, in the order in which idc() gives real ones. */
function tissueSet(count: number | undefined, seed: number): ImageSet {
  const extract = manifestSet('idc').variants!.find((variant) => variant.name === 'extract')!;
  const total = count ?? extract.patches;
  const patients = Math.max(2, Math.min(extract.patients, Math.floor(total / 20)));
  const share = extract.classCounts[1]! / extract.patches;
  const patches = Array.from({ length: total }, (_, index) => {
    const random = randomStream(seed, index, 0x6409);
    return { group: Math.floor((index * patients) / total), order: random.uniform() };
  });
  // The patches with the lowest draw, weighted by patient, carry carcinoma: the set's share is exact, a patient's varies.
  const positive = new Set(
    patches
      .map(({ group, order }, index) => ({ index, rank: order ** (0.3 + 1.7 * randomStream(seed, group, 0x5a4e).uniform()) }))
      .sort((a, b) => b.rank - a.rank || a.index - b.index)
      .slice(0, Math.round(total * share))
      .map(({ index }) => index),
  );
  const sorted = patches
    .map(({ group }, index) => ({ group, label: positive.has(index) ? 1 : 0 }))
    .sort((a, b) => a.group - b.group || a.label - b.label);
  const labels = Uint8Array.from(sorted, ({ label }) => label);
  const groups = Int32Array.from(sorted, ({ group }) => group);
  return {
    name: 'idc',
    split: 'all',
    pixels: drawTissue(labels, groups, seed),
    labels,
    count: total,
    height: 50,
    width: 50,
    channels: 3,
    classNames: manifestSet('idc').classNames,
    indices: Int32Array.from(labels.keys()),
    groups,
    groupNames: Array.from({ length: patients }, (_, patient) => `stand-in patient ${patient + 1}`),
    rejected: [],
    provenance: 'stand-in',
    checksum: checksumOf('idc', total, seed),
  };
}
