/** Which images go where: seeded, the same on every machine. All splits are index lists; subset() makes sets of them. */
import { hashOf, randomStream, shuffle } from './random.js';
import type { Examples, ImageSet } from './types.js';

export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

type Labelled = { readonly labels: ArrayLike<number>; readonly count: number };
type Grouped = Labelled & { readonly groups?: Int32Array };

function checkFraction(fraction: number, who: string): void {
  if (!(fraction > 0 && fraction < 1)) throw new RangeError(`${who}: the fraction held out must lie between 0 and 1; it is ${fraction}.`);
}

/** Positions of each class, in the order of the classes, each list shuffled by the seed. */
function shuffledClasses(set: Labelled, seed: number): number[][] {
  const classes: number[][] = [];
  for (let index = 0; index < set.count; index += 1) {
    const label = set.labels[index]!;
    classes[label] ??= [];
    classes[label].push(index);
  }
  return Array.from(classes, (members, label) => shuffle(members ?? [], randomStream(seed, label, 0x5741)));
}

const ascending = (indices: readonly number[]) => Int32Array.from(indices).sort();

/** Shares `total` among classes by largest remainder, so that the parts add up to the total. */
function shares(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (all === 0 ? 0 : (size * total) / all));
  const parts = exact.map(Math.floor);
  const missing = total - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = exact.map((value, index) => ({ index, remainder: value - Math.floor(value) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) parts[index]! += 1;
  return parts;
}

/** Holds out a fraction of every class. */
export function stratifiedSplit(set: Labelled, fraction: number, seed: number): Split {
  checkFraction(fraction, 'stratifiedSplit');
  const classes = shuffledClasses(set, seed);
  const parts = shares(
    classes.map((members) => members.length),
    Math.round(set.count * fraction),
  );
  return {
    train: ascending(classes.flatMap((members, label) => members.slice(parts[label]))),
    test: ascending(classes.flatMap((members, label) => members.slice(0, parts[label]))),
  };
}

/** A draw of `limit` images in which every class keeps its share, in the order of the source. */
export function stratifiedDraw(set: Labelled, limit: number, seed: number): Int32Array {
  const classes = shuffledClasses(set, seed);
  const parts = shares(
    classes.map((members) => members.length),
    Math.min(limit, set.count),
  );
  return ascending(classes.flatMap((members, label) => members.slice(0, parts[label])));
}

function groupsOf(set: Grouped, who: string): Int32Array {
  if (!set.groups) throw new TypeError(`${who}: this set has no groups (patients); only IDC has them. Use stratifiedSplit for the others.`);
  return set.groups;
}

/** Whole groups (patients) are held out, drawn at random until about the fraction of the images is reached: no group is on both sides. */
export function groupSplit(set: Grouped, fraction: number, seed: number): Split {
  checkFraction(fraction, 'groupSplit');
  const groups = groupsOf(set, 'groupSplit');
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const order = shuffle(
    [...sizes.keys()].sort((a, b) => a - b),
    randomStream(seed, 0x6709),
  );
  const wanted = set.count * fraction;
  const held = new Set<number>();
  let images = 0;
  for (const group of order) {
    const size = sizes.get(group)!;
    // A group is taken only when that brings the share nearer to the one wanted.
    if (Math.abs(images + size - wanted) >= Math.abs(images - wanted) || held.size === sizes.size - 1) continue;
    held.add(group);
    images += size;
  }
  return divide(set.count, (index) => held.has(groups[index]!));
}

function divide(count: number, isTest: (index: number) => boolean): Split {
  const train: number[] = [];
  const test: number[] = [];
  for (let index = 0; index < count; index += 1) (isTest(index) ? test : train).push(index);
  return { train: Int32Array.from(train), test: Int32Array.from(test) };
}

export interface FoldOptions {
  /** 'class' (default) keeps each class's share in every fold; 'group' keeps patients whole; 'none' shuffles only. */
  keep?: 'class' | 'group' | 'none';
}

/** k splits; each image is in the test part of exactly one. */
export function kFold(set: Grouped, folds: number, seed: number, options: FoldOptions = {}): Split[] {
  if (!Number.isInteger(folds) || folds < 2 || folds > set.count) {
    throw new RangeError(`kFold: ${folds} folds of ${set.count} images are not possible; take at least 2 and at most one per image.`);
  }
  const fold = foldOfEach(set, folds, seed, options.keep ?? 'class');
  return Array.from({ length: folds }, (_, which) => divide(set.count, (index) => fold[index] === which));
}

function foldOfEach(set: Grouped, folds: number, seed: number, keep: 'class' | 'group' | 'none'): Int32Array {
  const fold = new Int32Array(set.count);
  if (keep === 'group') {
    const groups = groupsOf(set, 'kFold');
    const foldOfGroup = balancedGroups(groups, folds, seed);
    for (let index = 0; index < set.count; index += 1) fold[index] = foldOfGroup.get(groups[index]!)!;
    return fold;
  }
  const plain = { labels: new Uint8Array(set.count), count: set.count };
  const dealt = shuffledClasses(keep === 'class' ? set : plain, hashOf(seed, folds)).flat();
  for (let turn = 0; turn < dealt.length; turn += 1) fold[dealt[turn]!] = turn % folds;
  return fold;
}

/** Largest groups first, each to the fold that has the fewest images so far. */
function balancedGroups(groups: Int32Array, folds: number, seed: number): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  if (sizes.size < folds) throw new RangeError(`kFold: ${sizes.size} groups cannot fill ${folds} folds.`);
  const order = shuffle(
    [...sizes.keys()].sort((a, b) => a - b),
    randomStream(seed, 0xf01d),
  );
  order.sort((a, b) => sizes.get(b)! - sizes.get(a)!);
  const filled = new Float64Array(folds);
  const result = new Map<number, number>();
  for (const group of order) {
    const emptiest = filled.indexOf(Math.min(...filled));
    result.set(group, emptiest);
    filled[emptiest]! += sizes.get(group)!;
  }
  return result;
}

/** Keras' validation_split: the last part of the examples as they stand, before any shuffling. */
export function takeLast(set: { readonly count: number }, fraction: number): Split {
  checkFraction(fraction, 'takeLast');
  const first = Math.floor(set.count * (1 - fraction));
  return divide(set.count, (index) => index >= first);
}

/** The images (or examples) at the given positions, in that order. */
export function subset<Source extends ImageSet | Examples>(set: Source, indices: ArrayLike<number>): Source {
  for (let position = 0; position < indices.length; position += 1) {
    const index = indices[position]!;
    if (!Number.isInteger(index) || index < 0 || index >= set.count) {
      throw new RangeError(`subset: index ${index} at position ${position} lies outside the ${set.count} images.`);
    }
  }
  return ('pixels' in set ? imagesAt(set, indices) : examplesAt(set as Examples, indices)) as Source;
}

type Values = Uint8Array | Int32Array | Float32Array;

function pick<List extends Values>(values: List, indices: ArrayLike<number>, each: number): List {
  const result = new (values.constructor as new (length: number) => List)(indices.length * each);
  for (let position = 0; position < indices.length; position += 1) {
    const from = indices[position]! * each;
    if (each === 1) result[position] = values[from]!;
    else result.set(values.subarray(from, from + each), position * each);
  }
  return result;
}

function imagesAt(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  return {
    ...set,
    pixels: pick(set.pixels, indices, set.height * set.width * set.channels),
    labels: pick(set.labels, indices, 1),
    indices: pick(set.indices, indices, 1),
    ...(set.groups && { groups: pick(set.groups, indices, 1) }),
    ...(set.positions && { positions: pick(set.positions, indices, 2) }),
    count: indices.length,
  };
}

function examplesAt(set: Examples, indices: ArrayLike<number>): Examples {
  const size = set.shape.reduce((product, side) => product * side, 1);
  return {
    ...set,
    inputs: pick(set.inputs, indices, size),
    labels: pick(set.labels, indices, set.labels.length / set.count),
    count: indices.length,
  };
}
