import { MetricsError } from './errors.js';

export function requireSameLength(measure: string, first: ArrayLike<number>, second: ArrayLike<number>): void {
  if (first.length !== second.length)
    throw new MetricsError(
      measure,
      `${first.length} values against ${second.length}`,
      'give two lists of the same examples in the same order',
    );
  requireSome(measure, first);
}

export function requireSome(measure: string, values: ArrayLike<number>, least = 1): void {
  if (values.length < least)
    throw new MetricsError(measure, `${values.length} values, at least ${least} needed`, 'check that the split is not empty');
}

export function requireFinite(measure: string, values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index += 1)
    if (!Number.isFinite(values[index]))
      throw new MetricsError(measure, `value ${index} is ${values[index]}`, 'find where training diverged or a division by zero entered');
}

export function requireLabels(measure: string, labels: ArrayLike<number>, classes: number): void {
  requireClasses(measure, classes);
  for (let index = 0; index < labels.length; index += 1) {
    const label = labels[index];
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new MetricsError(measure, `label ${index} is ${label}, not a whole number below ${classes}`, 'check the number of classes');
  }
}

export function requireClasses(measure: string, classes: number): void {
  if (!Number.isInteger(classes) || classes < 1)
    throw new MetricsError(measure, `${classes} classes`, 'give the number of classes, a whole number of at least 1');
}

/** Labels and a row of scores for each: `scores[example × classes + class]`. */
export function requireScores(measure: string, actual: ArrayLike<number>, scores: ArrayLike<number>, classes: number): void {
  requireSome(measure, actual);
  requireLabels(measure, actual, classes);
  if (scores.length !== actual.length * classes)
    throw new MetricsError(
      measure,
      `${scores.length} scores for ${actual.length} examples of ${classes} classes`,
      'give one row of scores per example, row after row',
    );
  requireFinite(measure, scores);
}

export function requireProbabilities(measure: string, values: ArrayLike<number>): void {
  requireFinite(measure, values);
  for (let index = 0; index < values.length; index += 1)
    if (values[index] < -1e-6 || values[index] > 1 + 1e-6)
      throw new MetricsError(
        measure,
        `value ${index} is ${values[index]}, no probability`,
        'apply softmax or a sigmoid to the scores first',
      );
}

export function requireConfidence(measure: string, confidence: number): void {
  if (!(confidence > 0 && confidence < 1))
    throw new MetricsError(measure, `a confidence of ${confidence}`, 'give a share between 0 and 1, such as 0.95');
}
