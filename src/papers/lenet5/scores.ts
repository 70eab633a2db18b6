/** The many numbers that one and the same set of answers can be summed up in; several of them get printed as "accuracy". */
import {
  accuracyOfMatrix,
  binaryAccuracy,
  cohenKappa,
  confusionMatrix,
  informedness,
  macroAuc,
  meanAbsoluteError,
  meanSquaredError,
  meanSquaredErrorOfProbabilities,
  oneVersusRestAccuracy,
} from '../../metrics/index.js';
import { predictedClasses } from '../network.js';

const classes = 10;

/** All scores of one set of answers: shares of ten classes for each image. */
export interface Scores {
  /** Share of images named rightly. */
  accuracy: number;
  /** Share of the ten outputs per image that lie on the right side of one half. */
  binaryAccuracy: number;
  /** The report's formula (3), one class against the rest, averaged over the classes. */
  oneVersusRest: number;
  macroAuc: number;
  kappa: number;
  /** Mean over the classes. */
  informedness: number;
  /** Weighted by how often each class is predicted (Powers). */
  informednessByPrediction: number;
  /** Squared and absolute distance between the numbers of the classes: sandal (5) for shirt (6) is "one off". */
  squaredLabelError: number;
  absoluteLabelError: number;
  /** Squared distance between the ten outputs and the one-hot truth, mean over outputs; and summed over an image's outputs. */
  squaredOutputError: number;
  squaredErrorPerImage: number;
}

export function scoresOf(actual: ArrayLike<number>, probabilities: Float32Array): { scores: Scores; confusion: number[][] } {
  const predicted = predictedClasses(probabilities, classes);
  const confusion = confusionMatrix(actual, predicted, classes);
  const squaredOutputError = meanSquaredErrorOfProbabilities(actual, probabilities, classes);
  const scores: Scores = {
    accuracy: accuracyOfMatrix(confusion),
    binaryAccuracy: binaryAccuracy(actual, probabilities, classes),
    oneVersusRest: oneVersusRestAccuracy(confusion),
    macroAuc: macroAuc(actual, probabilities, classes),
    kappa: cohenKappa(confusion),
    informedness: informedness(confusion),
    informednessByPrediction: informedness(confusion, { weights: 'predicted' }),
    squaredLabelError: meanSquaredError(actual, predicted),
    absoluteLabelError: meanAbsoluteError(actual, predicted),
    squaredOutputError,
    squaredErrorPerImage: squaredOutputError * classes,
  };
  return { scores, confusion };
}

/** Names as they stand in a run's record: 'test' and 'kappa' give 'testKappa'. */
export function named(set: string, scores: Scores): Record<string, number> {
  return Object.fromEntries(Object.entries(scores).map(([name, value]) => [scoreName(set, name as keyof Scores), value as number]));
}

export function scoreName(set: string, score: keyof Scores): string {
  return `${set}${score[0].toUpperCase()}${score.slice(1)}`;
}
