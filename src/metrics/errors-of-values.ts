/** Squared and absolute errors in the readings that reports mix up, and accuracy over single outputs. */
import { requireFinite, requireProbabilities, requireSameLength, requireScores } from './checks.js';

function meanOver(
  measure: string,
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  penalty: (difference: number) => number,
): number {
  requireSameLength(measure, actual, predicted);
  requireFinite(measure, actual);
  requireFinite(measure, predicted);
  let total = 0;
  for (let index = 0; index < actual.length; index += 1) total += penalty(actual[index] - predicted[index]);
  return total / actual.length;
}

/** Of any two lists of numbers; of label indices it is the reading "how far off is the class number". */
export function meanSquaredError(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return meanOver('meanSquaredError', actual, predicted, (difference) => difference * difference);
}

export function meanAbsoluteError(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return meanOver('meanAbsoluteError', actual, predicted, Math.abs);
}

/** Mean over every output of (probability − one-hot)². */
export function meanSquaredErrorOfProbabilities(actual: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  requireScores('meanSquaredErrorOfProbabilities', actual, probabilities, classes);
  let total = 0;
  for (let index = 0; index < probabilities.length; index += 1) {
    const wanted = actual[Math.floor(index / classes)] === index % classes ? 1 : 0;
    total += (probabilities[index] - wanted) ** 2;
  }
  return total / probabilities.length;
}

/** The multi-class Brier score: the same summed, not averaged, over the classes. */
export function brierScore(actual: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  return meanSquaredErrorOfProbabilities(actual, probabilities, classes) * classes;
}

/**
 * Share of single outputs that agree with the one-hot label once cut at the threshold: what Keras prints as accuracy when a
 * many-class network is compiled with binary cross-entropy. An output exactly at the threshold counts as 0, as there.
 */
export function binaryAccuracy(actual: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number, threshold = 0.5): number {
  requireScores('binaryAccuracy', actual, probabilities, classes);
  requireProbabilities('binaryAccuracy', probabilities);
  let right = 0;
  for (let index = 0; index < probabilities.length; index += 1)
    if (probabilities[index] > threshold === (actual[Math.floor(index / classes)] === index % classes)) right += 1;
  return right / probabilities.length;
}

/** Mean negative log of the probability given to the right class, cut at float64's epsilon as scikit-learn does. */
export function crossEntropy(actual: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  requireScores('crossEntropy', actual, probabilities, classes);
  requireProbabilities('crossEntropy', probabilities);
  let total = 0;
  for (let example = 0; example < actual.length; example += 1) {
    const given = probabilities[example * classes + actual[example]];
    total -= Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, given)));
  }
  return total / actual.length;
}
