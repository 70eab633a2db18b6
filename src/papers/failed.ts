/** Trainings that failed, in any report: their scores say nothing about what the network could have learned. */
import type { RunRecord } from '../results/index.js';

/** The class that a trained network gives for every test image; undefined where it gives more than one. */
export function constantAnswer({ confusion }: Pick<RunRecord, 'confusion'>): number | undefined {
  if (!confusion) return undefined;
  const given = confusion.map((_, label) => label).filter((label) => confusion.some((row) => row[label] > 0));
  return given.length === 1 ? given[0] : undefined;
}

/** A training is said to have learned from this many times the share of the largest class on: what one answer for everything would get. */
export const LEARNED = 2;

/** One answer for all test images, or hardly more right than that would be: a training that failed, whatever its network could have learned. */
export function hardlyLearned(record: Pick<RunRecord, 'confusion'>): boolean {
  if (constantAnswer(record) !== undefined) return true;
  const { confusion } = record;
  if (!confusion) return false;
  const right = confusion.reduce((sum, row, label) => sum + row[label]!, 0);
  const largest = Math.max(...confusion.map((row) => row.reduce((sum, count) => sum + count, 0)));
  return right < LEARNED * largest;
}

export interface Breakdown {
  /** Best share of right answers on images not trained on, the epoch where it was reached, counted from one, and the share at the end. */
  best: number;
  epoch: number;
  last: number;
}

/** A training that reached something and lost it again, more than this share of all images, measures its own failure. */
const LOST = 0.2;

/** What a training had reached before it broke down; undefined where it held, or was never scored on the way. */
export function brokeDown({ curves }: Pick<RunRecord, 'curves'>): Breakdown | undefined {
  const scores = curves['testAccuracy'] ?? curves['validationAccuracy'] ?? [];
  if (scores.length === 0) return undefined;
  const best = Math.max(...scores);
  const last = scores[scores.length - 1];
  return best - last > LOST ? { best, epoch: scores.indexOf(best) + 1, last } : undefined;
}
