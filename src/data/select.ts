/** The part of a set that was asked for. */
import { DataError } from './errors.js';
import { stratifiedDraw, subset } from './splits.js';
import type { ImageSet, LoadOptions } from './types.js';

export function checkLimit(options: LoadOptions, splits: readonly string[], title: string): void {
  const { split, limit } = options;
  if (split !== undefined && !splits.includes(split)) {
    const known = splits.length > 0 ? splits.map((each) => `'${each}'`).join(' or ') : 'no split (make one with groupSplit)';
    throw new DataError({
      code: 'bad-request',
      file: title,
      problem: `there is no split '${split}'`,
      expected: known,
      remedy: 'change the option split',
    });
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new DataError({
      code: 'bad-request',
      file: title,
      problem: `limit is ${limit}`,
      expected: 'a whole number above 0',
      remedy: 'change the option limit, or leave it out for all images',
    });
  }
}

/** The first images, or a draw in which every class keeps its share. */
export function limited(set: ImageSet, options: LoadOptions): ImageSet {
  const { limit, stratified, seed = 0 } = options;
  if (limit === undefined || limit >= set.count) return set;
  return subset(set, stratified ? stratifiedDraw(set, limit, seed) : Int32Array.from({ length: limit }, (_, index) => index));
}
