/** Measures of a confusion matrix; rows are the actual classes, columns the predicted ones. */
import { requireClasses, requireLabels, requireSameLength } from './checks.js';
import { MetricsError } from './errors.js';

export type ConfusionMatrix = readonly (readonly number[])[];

export interface ClassMeasures {
  precision: number;
  recall: number;
  f1: number;
  /** Examples that are of this class. */
  support: number;
  /** Measures whose denominator was zero and which therefore stand at 0. */
  undefinedMeasures: ('precision' | 'recall' | 'f1')[];
}

export type AveragedMeasures = Pick<ClassMeasures, 'precision' | 'recall' | 'f1'>;

export interface ClassReport {
  accuracy: number;
  classes: ClassMeasures[];
  /** Plain mean over the classes that occur as actual or predicted. */
  macro: AveragedMeasures;
  /** Over all decisions at once: equals the accuracy here. */
  micro: AveragedMeasures;
  /** Mean over the classes weighted by their support. */
  weighted: AveragedMeasures;
  support: number;
}

export function confusionMatrix(actual: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][] {
  requireSameLength('confusionMatrix', actual, predicted);
  requireLabels('confusionMatrix', actual, classes);
  requireLabels('confusionMatrix', predicted, classes);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let index = 0; index < actual.length; index += 1) matrix[actual[index]][predicted[index]] += 1;
  return matrix;
}

interface Margins {
  classes: number;
  total: number;
  hits: number[];
  actual: number[];
  predicted: number[];
}

function marginsOf(measure: string, matrix: ConfusionMatrix): Margins {
  const classes = matrix.length;
  requireClasses(measure, classes);
  const actual = new Array<number>(classes).fill(0);
  const predicted = new Array<number>(classes).fill(0);
  matrix.forEach((row, from) => {
    if (row.length !== classes)
      throw new MetricsError(measure, `row ${from} has ${row.length} of ${classes} cells`, 'give a square confusion matrix');
    row.forEach((count, to) => {
      if (!Number.isFinite(count) || count < 0)
        throw new MetricsError(measure, `cell ${from}, ${to} is ${count}`, 'give counts, which are finite and not negative');
      actual[from] += count;
      predicted[to] += count;
    });
  });
  const total = actual.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new MetricsError(measure, 'no examples', 'check that the split is not empty');
  return { classes, total, hits: matrix.map((row, index) => row[index]), actual, predicted };
}

function measuresOf(hits: number, actual: number, predicted: number): ClassMeasures {
  const undefinedMeasures: ClassMeasures['undefinedMeasures'] = [];
  const share = (name: ClassMeasures['undefinedMeasures'][number], part: number, whole: number) => {
    if (whole > 0) return part / whole;
    undefinedMeasures.push(name);
    return 0;
  };
  const precision = share('precision', hits, predicted);
  const recall = share('recall', hits, actual);
  const f1 = share('f1', 2 * hits, actual + predicted);
  return { precision, recall, f1, support: actual, undefinedMeasures };
}

function weightedMean(rows: readonly ClassMeasures[], weights: readonly number[]): AveragedMeasures {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const over = (name: keyof AveragedMeasures) => rows.reduce((sum, row, index) => sum + row[name] * weights[index], 0) / total;
  return { precision: over('precision'), recall: over('recall'), f1: over('f1') };
}

export function classReport(matrix: ConfusionMatrix): ClassReport {
  const margins = marginsOf('classReport', matrix);
  const classes = margins.hits.map((hits, index) => measuresOf(hits, margins.actual[index], margins.predicted[index]));
  const occurs = classes.map((_, index) => (margins.actual[index] + margins.predicted[index] > 0 ? 1 : 0));
  const accuracy = sum(margins.hits) / margins.total;
  return {
    accuracy,
    classes,
    macro: weightedMean(classes, occurs),
    micro: { precision: accuracy, recall: accuracy, f1: accuracy },
    weighted: weightedMean(classes, margins.actual),
    support: margins.total,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function accuracyOfMatrix(matrix: ConfusionMatrix): number {
  const { hits, total } = marginsOf('accuracyOfMatrix', matrix);
  return sum(hits) / total;
}

export function accuracyScore(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireSameLength('accuracyScore', actual, predicted);
  let hits = 0;
  for (let index = 0; index < actual.length; index += 1) if (actual[index] === predicted[index]) hits += 1;
  return hits / actual.length;
}

/** Agreement beyond chance. One class only, and only ever that one predicted: chance explains all, so nothing is defined. */
export function cohenKappa(matrix: ConfusionMatrix): number {
  const { classes, total, hits, actual, predicted } = marginsOf('cohenKappa', matrix);
  let expected = 0;
  for (let index = 0; index < classes; index += 1) expected += (actual[index] / total) * (predicted[index] / total);
  if (expected >= 1)
    throw new MetricsError('cohenKappa', 'only one class occurs, as actual and as predicted', 'score a split with at least two classes');
  return (sum(hits) / total - expected) / (1 - expected);
}

/** Mean recall over the classes that occur as actual. */
export function balancedAccuracy(matrix: ConfusionMatrix): number {
  const { hits, actual } = marginsOf('balancedAccuracy', matrix);
  const recalls = hits.flatMap((count, index) => (actual[index] > 0 ? [count / actual[index]] : []));
  return sum(recalls) / recalls.length;
}

export interface InformednessOptions {
  /** 'predicted' weights each class by how often it is predicted (Powers' multi-class bookmaker), 'actual' by its support, 'macro' not at all. */
  weights?: 'macro' | 'actual' | 'predicted';
}

/** True positive rate less false positive rate of one class against the rest. */
export function classInformedness(matrix: ConfusionMatrix): number[] {
  const { total, hits, actual, predicted } = marginsOf('informedness', matrix);
  return hits.map((count, index) => {
    const others = total - actual[index];
    if (actual[index] === 0 || others === 0)
      throw new MetricsError(
        'informedness',
        `class ${index} has ${actual[index]} of ${total} examples`,
        'score a split that holds this class and others',
      );
    return count / actual[index] - (predicted[index] - count) / others;
  });
}

/** Informedness (recall + inverse recall − 1) over all classes; on a balanced set the macro mean equals Cohen's kappa. */
export function informedness(matrix: ConfusionMatrix, { weights = 'macro' }: InformednessOptions = {}): number {
  const each = classInformedness(matrix);
  if (weights === 'macro') return sum(each) / each.length;
  const { total, actual, predicted } = marginsOf('informedness', matrix);
  const share = weights === 'actual' ? actual : predicted;
  return each.reduce((mean, value, index) => mean + value * (share[index] / total), 0);
}

/** (TP + TN) / all of each class against the rest: far above the accuracy, as true negatives abound. */
export function oneVersusRestAccuracies(matrix: ConfusionMatrix): number[] {
  const { total, hits, actual, predicted } = marginsOf('oneVersusRestAccuracies', matrix);
  return hits.map((count, index) => (total - actual[index] - predicted[index] + 2 * count) / total);
}

export function oneVersusRestAccuracy(matrix: ConfusionMatrix): number {
  const each = oneVersusRestAccuracies(matrix);
  return sum(each) / each.length;
}
