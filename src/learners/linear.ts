/** Linear classifiers: one weighted sum of the columns per class; they differ in the loss that sets the weights. */
import { permutation, tf } from '../runtime/index.js';
import { minimise, type Slope } from './minimise.js';
import { checkTable, type LabelledTable, type Learner, largestColumn, pause, type TrainedClassifier } from './types.js';

/** Weights per class with the intercept as last column: classes × (columns + 1). */
function linearClassifier(weights: Float64Array, columns: number, classes: number, facts: Record<string, number>): TrainedClassifier {
  const width = columns + 1;
  return {
    predict(values, rows) {
      const scores = new Float64Array(rows * classes);
      for (let row = 0; row < rows; row++)
        for (let label = 0; label < classes; label++) {
          let sum = weights[label * width + columns];
          for (let column = 0; column < columns; column++) sum += weights[label * width + column] * values[row * columns + column];
          scores[row * classes + label] = sum;
        }
      return largestColumn(scores, rows, classes);
    },
    facts,
  };
}

export interface SmoothLinearParameters {
  /** Weight of the loss against the penalty ½‖w‖²: larger fits more closely. */
  C?: number;
  maxIterations?: number;
  tolerance?: number;
}

/** Loss and its derivative by the scores, both of the whole table; labels as +1 and −1 where the loss is one class against the rest. */
type SmoothLoss = (scores: tf.Tensor2D, oneHot: tf.Tensor2D) => { loss: tf.Scalar; derivative: tf.Tensor2D };

const softmaxLoss: SmoothLoss = (scores, oneHot) => {
  const logShares = tf.logSoftmax(scores) as tf.Tensor2D;
  return { loss: logShares.mul(oneHot).sum().neg() as tf.Scalar, derivative: logShares.exp().sub(oneHot) as tf.Tensor2D };
};

const squaredHingeLoss: SmoothLoss = (scores, oneHot) => {
  const sides = oneHot.mul(2).sub(1);
  const short = tf.relu(tf.scalar(1).sub(sides.mul(scores)));
  return { loss: short.square().sum() as tf.Scalar, derivative: short.mul(sides).mul(-2) as tf.Tensor2D };
};

/** Minimises C · loss + ½‖w‖² over the whole table; the sums over rows are TensorFlow's matrix products. */
async function trainSmooth(
  table: LabelledTable,
  lossOf: SmoothLoss,
  { C = 1, maxIterations = 200, tolerance = 1e-4 }: SmoothLinearParameters,
  {
    penaliseIntercept,
    onProgress,
    signal,
  }: { penaliseIntercept: boolean; onProgress?: (f: number, t: string) => void; signal?: AbortSignal },
): Promise<TrainedClassifier> {
  checkTable(table);
  const { rows, columns, classes } = table;
  const width = columns + 1;
  const data = tf.tidy(() => tf.concat2d([tf.tensor2d(Float32Array.from(table.values), [rows, columns]), tf.ones([rows, 1])], 1));
  const oneHot = tf.tidy(() => tf.oneHot(tf.tensor1d(Int32Array.from(table.labels), 'int32'), classes).toFloat() as tf.Tensor2D);
  const slopeAt = (point: Float64Array): Slope => {
    const [sum, slopes] = tf.tidy(() => {
      const weights = tf.tensor2d(Float32Array.from(point), [classes, width]);
      const { loss, derivative } = lossOf(tf.matMul(data, weights, false, true), oneHot);
      return [loss, tf.matMul(derivative, data, true, false)] as [tf.Scalar, tf.Tensor2D];
    });
    const loss = sum.dataSync()[0];
    const gradient = Float64Array.from(slopes.dataSync());
    tf.dispose([sum, slopes]);
    let value = (C / rows) * loss;
    for (let cell = 0; cell < gradient.length; cell++) {
      gradient[cell] *= C / rows;
      if (!penaliseIntercept && cell % width === columns) continue;
      // Divided by the number of rows throughout, so that the tolerance means the same for tables of any length.
      value += (0.5 * point[cell] ** 2) / rows;
      gradient[cell] += point[cell] / rows;
    }
    return { value, gradient };
  };
  try {
    const found = await minimise(new Float64Array(classes * width), slopeAt, {
      iterations: maxIterations,
      tolerance,
      onIteration: async (iteration, value) => {
        onProgress?.(iteration / maxIterations, `iteration ${iteration}, loss ${value.toPrecision(4)}`);
        await pause(signal);
      },
    });
    return linearClassifier(found.point, columns, classes, {
      iterations: found.iterations,
      converged: Number(found.converged),
      objective: found.value,
    });
  } finally {
    data.dispose();
    oneHot.dispose();
  }
}

/** Softmax regression with an L2 penalty: scikit-learn's LogisticRegression (multinomial, lbfgs). */
export function logisticRegression(parameters: SmoothLinearParameters = {}): Learner {
  const { C = 1, maxIterations = 200, tolerance = 1e-4 } = parameters;
  return {
    name: 'LogisticRegression',
    parameters: { penalty: 'l2', C, multi_class: 'multinomial', solver: 'lbfgs', max_iter: maxIterations, tol: tolerance },
    train: (table, options = {}) => trainSmooth(table, softmaxLoss, parameters, { ...options, penaliseIntercept: false }),
  };
}

/** One class against the rest with the squared hinge loss: scikit-learn's LinearSVC, whose intercept is penalised like a weight. */
export function linearSupportVectors(parameters: SmoothLinearParameters = {}): Learner {
  const { C = 1, maxIterations = 200, tolerance = 1e-4 } = parameters;
  return {
    name: 'LinearSVC',
    parameters: { penalty: 'l2', loss: 'squared_hinge', C, multi_class: 'ovr', max_iter: maxIterations, tol: tolerance },
    train: (table, options = {}) => trainSmooth(table, squaredHingeLoss, parameters, { ...options, penaliseIntercept: true }),
  };
}

export interface SgdParameters {
  /** Strength of the L2 penalty. */
  alpha?: number;
  maxEpochs?: number;
  /** An epoch must lower the mean loss by this much; after `patience` epochs in vain it ends. */
  tolerance?: number;
  patience?: number;
}

/** Hinge loss, one class against the rest, one row at a time, with scikit-learn's 'optimal' falling rate: its SGDClassifier. */
export function sgdClassifier({ alpha = 1e-4, maxEpochs = 1000, tolerance = 1e-3, patience = 5 }: SgdParameters = {}): Learner {
  return {
    name: 'SGDClassifier',
    parameters: {
      loss: 'hinge',
      penalty: 'l2',
      alpha,
      learning_rate: 'optimal',
      max_iter: maxEpochs,
      tol: tolerance,
      n_iter_no_change: patience,
    },
    async train(table, { seed = 0, onProgress, signal } = {}) {
      checkTable(table);
      const { columns, classes } = table;
      const weights = new Float64Array(classes * (columns + 1));
      let most = 0;
      for (let label = 0; label < classes; label++) {
        const epochs = await oneAgainstRest(table, label, weights.subarray(label * (columns + 1), (label + 1) * (columns + 1)), {
          alpha,
          maxEpochs,
          tolerance,
          patience,
          seed: seed * classes + label,
          signal,
        });
        most = Math.max(most, epochs);
        onProgress?.((label + 1) / classes, `class ${label + 1} of ${classes}: ${epochs} epochs`);
      }
      return linearClassifier(weights, columns, classes, { epochs: most });
    },
  };
}

async function oneAgainstRest(
  { values, rows, columns, labels }: LabelledTable,
  label: number,
  weights: Float64Array,
  { alpha, maxEpochs, tolerance, patience, seed, signal }: Required<SgdParameters> & { seed: number; signal?: AbortSignal },
): Promise<number> {
  // Bottou's start of the falling rate 1 / (α (t₀ + t)): the first step is of the size of a typical weight.
  const typical = Math.sqrt(1 / Math.sqrt(alpha));
  const firstStep = 1 / (alpha * typical);
  // The vector is scale × weights: the penalty shrinks one number instead of 784.
  let scale = 1;
  let intercept = 0;
  let time = 0;
  let best = Number.POSITIVE_INFINITY;
  let vain = 0;
  let epoch = 0;
  while (epoch < maxEpochs && vain < patience) {
    let loss = 0;
    for (const row of permutation(rows, seed * 65_537 + epoch)) {
      const rate = 1 / (alpha * (firstStep + time++));
      const offset = row * columns;
      let score = 0;
      for (let column = 0; column < columns; column++) score += weights[column] * values[offset + column];
      const side = labels[row] === label ? 1 : -1;
      const margin = side * (score * scale + intercept);
      scale *= Math.max(0, 1 - rate * alpha);
      if (margin < 1) {
        loss += 1 - margin;
        const step = (rate * side) / scale;
        for (let column = 0; column < columns; column++) weights[column] += step * values[offset + column];
        intercept += rate * side;
      }
      if (scale < 1e-9) scale = foldedIn(weights, scale);
    }
    epoch++;
    const mean = loss / rows;
    vain = mean > best - tolerance ? vain + 1 : 0;
    best = Math.min(best, mean);
    await pause(signal);
  }
  foldedIn(weights, scale);
  weights[columns] = intercept;
  return epoch;
}

function foldedIn(weights: Float64Array, scale: number): number {
  for (let column = 0; column < weights.length; column++) weights[column] *= scale;
  return 1;
}
