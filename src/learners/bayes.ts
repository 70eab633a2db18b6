/** Naive Bayes: within a class every column is a normal distribution of its own, independent of the others. */
import { checkTable, type Learner, largestColumn } from './types.js';

export interface BayesParameters {
  /** Added to every variance: this share of the largest one. */
  varSmoothing?: number;
}

export function gaussianNaiveBayes({ varSmoothing = 1e-9 }: BayesParameters = {}): Learner {
  return {
    name: 'GaussianNB',
    parameters: { var_smoothing: varSmoothing, priors: 'class shares' },
    async train(table) {
      checkTable(table);
      const { values, rows, columns, labels, classes } = table;
      const moments = classMoments(values, rows, columns, labels, classes);
      const smoothing = varSmoothing * largestVariance(values, rows, columns);
      const precision = Float64Array.from(moments.variance, (variance) => 1 / (variance + smoothing));
      // What does not depend on the row: log prior − ½ Σ log(2π σ²).
      const constant = Array.from({ length: classes }, (_, label) => {
        let sum = Math.log(moments.count[label] / rows);
        for (let column = 0; column < columns; column++) sum -= 0.5 * Math.log((2 * Math.PI) / precision[label * columns + column]);
        return sum;
      });
      return {
        predict(inputs, count) {
          const scores = new Float64Array(count * classes);
          for (let row = 0; row < count; row++)
            for (let label = 0; label < classes; label++) {
              let distance = 0;
              for (let column = 0; column < columns; column++) {
                const gap = inputs[row * columns + column] - moments.mean[label * columns + column];
                distance += gap * gap * precision[label * columns + column];
              }
              scores[row * classes + label] = constant[label] - 0.5 * distance;
            }
          return largestColumn(scores, count, classes);
        },
        facts: { classes },
      };
    },
  };
}

function classMoments(values: ArrayLike<number>, rows: number, columns: number, labels: ArrayLike<number>, classes: number) {
  const count = new Float64Array(classes);
  const mean = new Float64Array(classes * columns);
  const variance = new Float64Array(classes * columns);
  for (let row = 0; row < rows; row++) {
    count[labels[row]]++;
    for (let column = 0; column < columns; column++) mean[labels[row] * columns + column] += values[row * columns + column];
  }
  for (let cell = 0; cell < mean.length; cell++) mean[cell] /= count[Math.floor(cell / columns)];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const gap = values[row * columns + column] - mean[labels[row] * columns + column];
      variance[labels[row] * columns + column] += gap * gap;
    }
  for (let cell = 0; cell < variance.length; cell++) variance[cell] /= count[Math.floor(cell / columns)];
  return { count, mean, variance };
}

function largestVariance(values: ArrayLike<number>, rows: number, columns: number): number {
  const { variance } = classMoments(values, rows, columns, new Uint8Array(rows), 1);
  return variance.reduce((most, each) => Math.max(most, each), 0);
}
