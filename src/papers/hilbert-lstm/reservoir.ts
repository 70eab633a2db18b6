/**
 * A reservoir computer (echo state network): a fixed random recurrent network is driven by the series,
 * and only a linear read-out of its states is trained, by ridge regression with an exact solve.
 */
import { tf } from '../../runtime/index.js';

export interface ReservoirOptions {
  /** Neurons in the reservoir. */
  units: number;
  /** Largest absolute eigenvalue of the recurrent weights after scaling: below one the reservoir forgets its start. */
  spectralRadius: number;
  /** How fast a state follows its input: 1 forgets at once, 0.1 averages over about ten steps. */
  leakRate: number;
  /** Input weights are uniform within plus and minus this. */
  inputScale: number;
  /** Share of recurrent weights that are not zero. */
  density: number;
  /** The state is read at so many evenly spaced steps, the last one included. */
  snapshots: number;
  /** Weight of the squared read-out weights in the regression. */
  ridge: number;
}

export const defaultReservoir: ReservoirOptions = {
  units: 400,
  spectralRadius: 0.95,
  leakRate: 0.3,
  inputScale: 0.5,
  density: 0.1,
  snapshots: 4,
  ridge: 1e-5,
};

export interface Reservoir {
  options: ReservoirOptions;
  /** units values. */
  inputWeights: Float32Array;
  bias: Float32Array;
  /** units × units, from row to column. */
  recurrentWeights: Float32Array;
}

/** Largest absolute eigenvalue, by the growth of a vector under repeated multiplication. */
export function spectralRadius(matrix: Float32Array, size: number, random: () => number, rounds = 300): number {
  let vector = Float64Array.from({ length: size }, () => random() - 0.5);
  let logGrowth = 0;
  let counted = 0;
  for (let round = 0; round < rounds; round++) {
    const next = new Float64Array(size);
    for (let from = 0; from < size; from++) {
      const value = vector[from];
      if (value === 0) continue;
      for (let to = 0; to < size; to++) next[to] += value * matrix[from * size + to];
    }
    const norm = Math.hypot(...next);
    if (norm === 0) return 0;
    // A pair of complex eigenvalues makes single steps swing; the mean over the later rounds does not.
    if (round >= rounds / 2) {
      logGrowth += Math.log(norm);
      counted++;
    }
    vector = next.map((value) => value / norm);
  }
  return Math.exp(logGrowth / counted);
}

export function makeReservoir(options: ReservoirOptions, random: () => number): Reservoir {
  const { units, density, inputScale } = options;
  if (!(units >= 1 && Number.isInteger(units)))
    throw new RangeError(`A reservoir needs a whole number of units, at least 1; got ${units}.`);
  const recurrentWeights = Float32Array.from({ length: units * units }, () => (random() < density ? random() * 2 - 1 : 0));
  const radius = spectralRadius(recurrentWeights, units, random);
  if (radius === 0)
    throw new RangeError(`The reservoir of ${units} units at density ${density} has no cycle: take more units or a higher density.`);
  const factor = options.spectralRadius / radius;
  return {
    options,
    inputWeights: Float32Array.from({ length: units }, () => (random() * 2 - 1) * inputScale),
    bias: Float32Array.from({ length: units }, () => (random() * 2 - 1) * 0.1),
    recurrentWeights: recurrentWeights.map((value) => value * factor),
  };
}

/** Steps at which the state is read: evenly spaced, the last step among them. */
export function snapshotSteps(steps: number, snapshots: number): number[] {
  return Array.from({ length: snapshots }, (_, index) => Math.round(((index + 1) * steps) / snapshots) - 1);
}

/**
 * Drives the reservoir with `count` series of `steps` numbers and returns the states at the snapshots, with a constant one
 * behind them: count × (units × snapshots + 1).
 */
export async function reservoirStates(
  reservoir: Reservoir,
  series: Float32Array,
  steps: number,
  { batchSize = 1000, onBatch }: { batchSize?: number; onBatch?: (done: number) => void } = {},
): Promise<{ states: Float32Array; width: number }> {
  const { units, leakRate, snapshots } = reservoir.options;
  const count = series.length / steps;
  const width = units * snapshots + 1;
  const states = new Float32Array(count * width);
  const readAt = new Set(snapshotSteps(steps, snapshots));
  const recurrent = tf.tensor2d(reservoir.recurrentWeights, [units, units]);
  const input = tf.tensor2d(reservoir.inputWeights, [1, units]);
  const bias = tf.tensor1d(reservoir.bias);
  try {
    for (let from = 0; from < count; from += batchSize) {
      const size = Math.min(batchSize, count - from);
      const read = tf.tidy(() => {
        const batch = tf.tensor2d(series.subarray(from * steps, (from + size) * steps), [size, steps]);
        let state: tf.Tensor2D = tf.zeros([size, units]);
        const kept: tf.Tensor2D[] = [];
        for (let step = 0; step < steps; step++) {
          const previous = state;
          state = tf.tidy(() => {
            const drive = tf.add(tf.add(tf.matMul(previous, recurrent), tf.matMul(batch.slice([0, step], [size, 1]), input)), bias);
            return tf.add(previous.mul(1 - leakRate), tf.tanh(drive).mul(leakRate)) as tf.Tensor2D;
          });
          if (readAt.has(step)) kept.push(state);
          else if (!readAt.has(step - 1)) previous.dispose();
        }
        return tf.concat([...kept, tf.ones([size, 1]) as tf.Tensor2D], 1).dataSync() as Float32Array;
      });
      states.set(read, from * width);
      onBatch?.(from + size);
      await new Promise((resume) => setImmediate(resume));
    }
  } finally {
    tf.dispose([recurrent, input, bias]);
  }
  return { states, width };
}

/** Solves A x = B for symmetric positive definite A (size × size) and several right-hand sides, in float64, by Cholesky's factors. */
export function choleskySolve(matrix: Float64Array, size: number, right: Float64Array, columns: number): Float64Array {
  const lower = Float64Array.from(matrix);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = lower[row * size + column];
      for (let k = 0; k < column; k++) sum -= lower[row * size + k] * lower[column * size + k];
      if (row === column) {
        if (!(sum > 0)) throw new RangeError(`The system is not positive definite (pivot ${sum} in row ${row}): raise the ridge.`);
        lower[row * size + row] = Math.sqrt(sum);
      } else lower[row * size + column] = sum / lower[column * size + column];
    }
  }
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row++)
    for (let c = 0; c < columns; c++) {
      let sum = solution[row * columns + c];
      for (let k = 0; k < row; k++) sum -= lower[row * size + k] * solution[k * columns + c];
      solution[row * columns + c] = sum / lower[row * size + row];
    }
  for (let row = size - 1; row >= 0; row--)
    for (let c = 0; c < columns; c++) {
      let sum = solution[row * columns + c];
      for (let k = row + 1; k < size; k++) sum -= lower[k * size + row] * solution[k * columns + c];
      solution[row * columns + c] = sum / lower[row * size + row];
    }
  return solution;
}

/**
 * Ridge regression of one-hot labels on states: width × classes weights. The products are summed over blocks in float64,
 * because single precision over 60,000 rows leaves errors larger than a small ridge.
 */
export function trainReadout(
  states: Float32Array,
  width: number,
  labels: Uint8Array,
  classes: number,
  ridge: number,
  blockSize = 1000,
): Float64Array {
  const count = labels.length;
  const gram = new Float64Array(width * width);
  const moment = new Float64Array(width * classes);
  for (let from = 0; from < count; from += blockSize) {
    const size = Math.min(blockSize, count - from);
    tf.tidy(() => {
      const x = tf.tensor2d(states.subarray(from * width, (from + size) * width), [size, width]);
      const y = tf.oneHot(tf.tensor1d(Int32Array.from(labels.subarray(from, from + size)), 'int32'), classes).toFloat() as tf.Tensor2D;
      addTo(gram, tf.matMul(x, x, true).dataSync());
      addTo(moment, tf.matMul(x, y, true).dataSync());
    });
  }
  for (let diagonal = 0; diagonal < width; diagonal++) gram[diagonal * width + diagonal] += ridge * count;
  return choleskySolve(gram, width, moment, classes);
}

function addTo(sum: Float64Array, part: ArrayLike<number>): void {
  for (let index = 0; index < sum.length; index++) sum[index] += part[index];
}

/** The class with the largest read-out for each series. */
export function readoutPredictions(states: Float32Array, width: number, weights: Float64Array, classes: number): Uint8Array {
  return tf.tidy(() => {
    const x = tf.tensor2d(states, [states.length / width, width]);
    const w = tf.tensor2d(Float32Array.from(weights), [width, classes]);
    return Uint8Array.from(tf.argMax(tf.matMul(x, w), 1).dataSync());
  });
}
