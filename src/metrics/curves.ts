/** ROC curves and the area below them, with tied scores taken together. */
import { requireFinite, requireSameLength, requireScores } from './checks.js';
import { MetricsError } from './errors.js';

export interface RocCurve {
  falsePositiveRate: Float64Array;
  truePositiveRate: Float64Array;
  /** The score from which on examples are called positive; the first is Infinity: none is. */
  thresholds: Float64Array;
  auc: number;
}

/** One point per distinct score. `positive[i]` is 1 (or true-like) where the example is positive. */
export function rocCurve(positive: ArrayLike<number>, scores: ArrayLike<number>): RocCurve {
  requireSameLength('rocCurve', positive, scores);
  requireFinite('rocCurve', scores);
  const order = Int32Array.from({ length: scores.length }, (_, index) => index).sort((a, b) => scores[b] - scores[a]);
  const [falses, trues, thresholds] = [[0], [0], [Number.POSITIVE_INFINITY]];
  let [falseCount, trueCount] = [0, 0];
  order.forEach((example, rank) => {
    const mark = positive[example];
    if (mark !== 0 && mark !== 1)
      throw new MetricsError('rocCurve', `mark ${example} is ${mark}`, 'mark positives with 1 and the others with 0');
    if (mark === 1) trueCount += 1;
    else falseCount += 1;
    if (rank + 1 < order.length && scores[order[rank + 1]] === scores[example]) return;
    falses.push(falseCount);
    trues.push(trueCount);
    thresholds.push(scores[example]);
  });
  if (trueCount === 0 || falseCount === 0)
    throw new MetricsError('rocCurve', `${trueCount} positive and ${falseCount} other examples`, 'score a split that holds both');
  const falsePositiveRate = Float64Array.from(falses, (count) => count / falseCount);
  const truePositiveRate = Float64Array.from(trues, (count) => count / trueCount);
  return { falsePositiveRate, truePositiveRate, thresholds: Float64Array.from(thresholds), auc: auc(falsePositiveRate, truePositiveRate) };
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
    const marks = Uint8Array.from({ length: actual.length }, (_unused, example) => (actual[example] === wanted ? 1 : 0));
    const column = Float64Array.from({ length: actual.length }, (_unused, example) => scores[example * classes + wanted]);
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
