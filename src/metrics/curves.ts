/** ROC curves and the area below them, with tied scores taken together. */
import { requireFinite, requireSameLength, requireScores } from './checks.js';
import { MetricsError } from './errors.js';
import { sortedNumbers } from './sorting.js';

export interface RocCurve {
  falsePositiveRate: Float64Array;
  truePositiveRate: Float64Array;
  /** The score from which on examples are called positive; the first is Infinity: none is. */
  thresholds: Float64Array;
  auc: number;
}

/** The scores of the others and of the positives, each rising. Sorted as plain numbers, which is many times quicker than examples by their scores. */
function sortedByMark(positive: ArrayLike<number>, scores: ArrayLike<number>): [Float64Array, Float64Array] {
  const sorted = [new Float64Array(scores.length), new Float64Array(scores.length)];
  const counts = [0, 0];
  for (let example = 0; example < scores.length; example += 1) {
    const mark = positive[example];
    if (mark !== 0 && mark !== 1)
      throw new MetricsError('rocCurve', `mark ${example} is ${mark}`, 'mark positives with 1 and the others with 0');
    sorted[mark][counts[mark]++] = scores[example];
  }
  return [sortedNumbers(sorted[0].subarray(0, counts[0])), sortedNumbers(sorted[1].subarray(0, counts[1]))];
}

/** One point per distinct score. `positive[i]` is 1 (or true-like) where the example is positive. */
export function rocCurve(positive: ArrayLike<number>, scores: ArrayLike<number>): RocCurve {
  requireSameLength('rocCurve', positive, scores);
  requireFinite('rocCurve', scores);
  const [others, positives] = sortedByMark(positive, scores);
  const [falseCount, trueCount] = [others.length, positives.length];
  if (trueCount === 0 || falseCount === 0)
    throw new MetricsError('rocCurve', `${trueCount} positive and ${falseCount} other examples`, 'score a split that holds both');
  const falsePositiveRate = new Float64Array(scores.length + 1);
  const truePositiveRate = new Float64Array(scores.length + 1);
  const thresholds = new Float64Array(scores.length + 1);
  thresholds[0] = Number.POSITIVE_INFINITY;
  let points = 1;
  let other = falseCount - 1;
  let hit = trueCount - 1;
  while (other >= 0 || hit >= 0) {
    // The highest score that is left, and all examples that share it.
    const score = hit < 0 || (other >= 0 && others[other] > positives[hit]) ? others[other] : positives[hit];
    while (other >= 0 && others[other] === score) other -= 1;
    while (hit >= 0 && positives[hit] === score) hit -= 1;
    falsePositiveRate[points] = (falseCount - 1 - other) / falseCount;
    truePositiveRate[points] = (trueCount - 1 - hit) / trueCount;
    thresholds[points] = score;
    points += 1;
  }
  const [x, y] = [falsePositiveRate.subarray(0, points), truePositiveRate.subarray(0, points)];
  return { falsePositiveRate: x, truePositiveRate: y, thresholds: thresholds.subarray(0, points), auc: auc(x, y) };
}

/** Area below a curve by trapezes; x must not fall. */
export function auc(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireSameLength('auc', x, y);
  requireFinite('auc', x);
  requireFinite('auc', y);
  if (x.length < 2) throw new MetricsError('auc', 'one point only', 'give a curve of at least two points');
  let area = 0;
  for (let index = 1; index < x.length; index += 1) {
    if (x[index] < x[index - 1]) throw new MetricsError('auc', `x falls at point ${index}`, 'sort the points by x');
    area += ((x[index] - x[index - 1]) * (y[index] + y[index - 1])) / 2;
  }
  return area;
}

/** Each class against the rest, by its column of scores. */
export function rocCurves(actual: ArrayLike<number>, scores: ArrayLike<number>, classes: number): RocCurve[] {
  requireScores('rocCurves', actual, scores, classes);
  return Array.from({ length: classes }, (_, wanted) => {
    const marks = new Uint8Array(actual.length);
    for (let example = 0; example < actual.length; example += 1) marks[example] = actual[example] === wanted ? 1 : 0;
    const column = new Float64Array(actual.length);
    for (let example = 0; example < actual.length; example += 1) column[example] = scores[example * classes + wanted];
    try {
      return rocCurve(marks, column);
    } catch (cause) {
      if (!(cause instanceof MetricsError)) throw cause;
      throw new MetricsError(
        'rocCurves',
        `class ${wanted} against the rest: ${cause.message}`,
        'score a split in which every class occurs',
      );
    }
  });
}

/** Mean area over the classes, each against the rest. */
export function macroAuc(actual: ArrayLike<number>, scores: ArrayLike<number>, classes: number): number {
  return rocCurves(actual, scores, classes).reduce((sum, curve) => sum + curve.auc, 0) / classes;
}
