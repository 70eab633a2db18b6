/**
 * Support vector machine with a Gaussian (RBF) kernel, one class against one: sequential minimal optimisation with the second-order
 * choice of pairs (Fan, Chen & Lin 2005), as in LIBSVM. Kernel values are TensorFlow's matrix products.
 */
import { tf } from '../runtime/index.js';
import { checkTable, type LabelledTable, type Learner, pause } from './types.js';

export interface RbfParameters {
  /** Bound on each multiplier: larger fits more closely. */
  C?: number;
  /** Width of the kernel exp(−gamma ‖a − b‖²); 'scale' is 1 / (columns × variance of all values). */
  gamma?: number | 'scale';
  tolerance?: number;
}

interface Pair {
  positive: number;
  negative: number;
  /** Positions in the table. */
  support: Int32Array;
  /** side × multiplier of each support vector. */
  coefficients: Float64Array;
  offset: number;
}

function gammaOf(gamma: number | 'scale', { values, columns }: LabelledTable): number {
  if (gamma !== 'scale') return gamma;
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return 1 / (columns * (squares / values.length - mean * mean));
}

/** exp(−gamma ‖a − b‖²) for every row of a against every row of b. */
function kernelBlock(a: tf.Tensor2D, b: tf.Tensor2D, gamma: number): tf.Tensor2D {
  return tf.tidy(() => {
    const lengths = tf.add(tf.sum(tf.square(a), 1, true), tf.sum(tf.square(b), 1).expandDims(0));
    const distances = tf.relu(tf.sub(lengths, tf.matMul(a, b, false, true).mul(2)));
    return tf.exp(distances.mul(-gamma)) as tf.Tensor2D;
  });
}

const blockRows = 1000;

function picked({ values, columns }: LabelledTable, positions: ArrayLike<number>): Float32Array {
  const rows = new Float32Array(positions.length * columns);
  for (let at = 0; at < positions.length; at++)
    rows.set(values.subarray(positions[at] * columns, (positions[at] + 1) * columns), at * columns);
  return rows;
}

function kernelMatrix(values: Float32Array, rows: number, columns: number, gamma: number): Float32Array {
  const kernel = new Float32Array(rows * rows);
  const all = tf.tensor2d(values, [rows, columns]);
  for (let start = 0; start < rows; start += blockRows) {
    const count = Math.min(blockRows, rows - start);
    const block = tf.tidy(() => kernelBlock(all.slice([start, 0], [count, columns]), all, gamma).dataSync());
    kernel.set(block, start * rows);
  }
  all.dispose();
  return kernel;
}

/** Solves the dual problem: sides +1 and −1, multipliers between 0 and C. */
export function solveDual(
  kernel: Float32Array,
  sides: Int8Array,
  C: number,
  tolerance: number,
): { multipliers: Float64Array; offset: number; steps: number } {
  const count = sides.length;
  const alpha = new Float64Array(count);
  // Gradient of ½ αᵀQα − Σα with Q = sides × sides × kernel.
  const gradient = new Float64Array(count).fill(-1);
  const canRise = (index: number) => (sides[index] > 0 ? alpha[index] < C : alpha[index] > 0);
  const canFall = (index: number) => (sides[index] > 0 ? alpha[index] > 0 : alpha[index] < C);
  let steps = 0;
  for (const limit = Math.max(10_000_000 / count, 100 * count); steps < limit; steps++) {
    let [first, highest] = [-1, Number.NEGATIVE_INFINITY];
    for (let index = 0; index < count; index++) {
      const value = -sides[index] * gradient[index];
      if (value > highest && canRise(index)) [first, highest] = [index, value];
    }
    if (first < 0) break;
    const row = first * count;
    let [second, lowest, gain] = [-1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let index = 0; index < count; index++) {
      if (!canFall(index)) continue;
      const value = -sides[index] * gradient[index];
      if (value < lowest) lowest = value;
      const gap = highest - value;
      if (gap <= 0) continue;
      // The kernel of a point with itself is 1.
      const bend = Math.max(2 - 2 * kernel[row + index], 1e-12);
      if ((gap * gap) / bend > gain) [second, gain] = [index, (gap * gap) / bend];
    }
    if (second < 0 || highest - lowest < tolerance) break;
    takeStep(kernel, sides, alpha, gradient, first, second, C);
  }
  return { multipliers: alpha, offset: offsetOf(sides, alpha, gradient, C), steps };
}

/** Moves two multipliers along the line that keeps Σ side × multiplier, as far as helps and the bounds allow. */
function takeStep(
  kernel: Float32Array,
  sides: Int8Array,
  alpha: Float64Array,
  gradient: Float64Array,
  i: number,
  j: number,
  C: number,
): void {
  const count = sides.length;
  const bend = Math.max(2 - 2 * kernel[i * count + j], 1e-12);
  const wanted = (-sides[i] * gradient[i] + sides[j] * gradient[j]) / bend;
  const roomOf = (index: number, direction: number) => (direction > 0 ? C - alpha[index] : alpha[index]);
  const step = Math.min(wanted, roomOf(i, sides[i]), roomOf(j, -sides[j]));
  alpha[i] = Math.min(C, Math.max(0, alpha[i] + sides[i] * step));
  alpha[j] = Math.min(C, Math.max(0, alpha[j] - sides[j] * step));
  const [rowI, rowJ] = [i * count, j * count];
  for (let index = 0; index < count; index++) gradient[index] += sides[index] * step * (kernel[rowI + index] - kernel[rowJ + index]);
}

/** The offset: the mean over multipliers strictly within the bounds, else the middle of what the bounds allow. */
function offsetOf(sides: Int8Array, alpha: Float64Array, gradient: Float64Array, C: number): number {
  let [free, sum, upper, lower] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < sides.length; index++) {
    const value = sides[index] * gradient[index];
    const atTop = alpha[index] >= C;
    const atZero = alpha[index] <= 0;
    if (!atTop && !atZero) {
      free++;
      sum += value;
    } else if (atTop === sides[index] > 0) lower = Math.max(lower, value);
    else upper = Math.min(upper, value);
  }
  return free > 0 ? sum / free : (upper + lower) / 2;
}

export function rbfSupportVectors({ C = 1, gamma = 'scale', tolerance = 1e-3 }: RbfParameters = {}): Learner {
  return {
    name: 'SVC (rbf)',
    parameters: { kernel: 'rbf', C, gamma, tol: tolerance, decision_function_shape: 'ovo' },
    async train(table, { onProgress, signal } = {}) {
      checkTable(table);
      const { rows, columns, labels, classes } = table;
      const width = gammaOf(gamma, table);
      const members = Array.from({ length: classes }, () => [] as number[]);
      for (let row = 0; row < rows; row++) members[labels[row]].push(row);
      const pairs: Pair[] = [];
      let steps = 0;
      const all = (classes * (classes - 1)) / 2;
      for (let positive = 0; positive < classes; positive++)
        for (let negative = positive + 1; negative < classes; negative++) {
          const positions = Int32Array.from([...members[positive], ...members[negative]]);
          const sides = Int8Array.from(positions, (_, at) => (at < members[positive].length ? 1 : -1));
          const kernel = kernelMatrix(picked(table, positions), positions.length, columns, width);
          const solved = solveDual(kernel, sides, C, tolerance);
          steps += solved.steps;
          const kept = [...positions.keys()].filter((at) => solved.multipliers[at] > 0);
          pairs.push({
            positive,
            negative,
            support: Int32Array.from(kept, (at) => positions[at]),
            coefficients: Float64Array.from(kept, (at) => sides[at] * solved.multipliers[at]),
            offset: solved.offset,
          });
          onProgress?.(pairs.length / all, `pair ${pairs.length} of ${all}`);
          await pause(signal);
        }
      return votesOf(table, pairs, width, steps);
    },
  };
}

/** Each pair votes for one of its classes; the first class with the most votes wins. */
function votesOf(table: LabelledTable, pairs: readonly Pair[], gamma: number, steps: number) {
  const { columns, classes } = table;
  const used = [...new Set(pairs.flatMap((pair) => [...pair.support]))].sort((a, b) => a - b);
  const place = new Map(used.map((position, at) => [position, at]));
  const coefficients = new Float32Array(used.length * pairs.length);
  pairs.forEach((pair, at) => {
    pair.support.forEach((position, which) => {
      coefficients[place.get(position)! * pairs.length + at] = pair.coefficients[which];
    });
  });
  const vectors = picked(table, used);
  return {
    predict(values: Float32Array | Uint8Array, rows: number): Uint8Array {
      const answers = new Uint8Array(rows);
      const support = tf.tensor2d(vectors, [used.length, columns]);
      const weights = tf.tensor2d(coefficients, [used.length, pairs.length]);
      for (let start = 0; start < rows; start += blockRows) {
        const count = Math.min(blockRows, rows - start);
        const block = Float32Array.from(values.subarray(start * columns, (start + count) * columns));
        const decisions = tf.tidy(() => tf.matMul(kernelBlock(tf.tensor2d(block, [count, columns]), support, gamma), weights).dataSync());
        for (let row = 0; row < count; row++) {
          const votes = new Uint8Array(classes);
          pairs.forEach((pair, at) => {
            votes[decisions[row * pairs.length + at] > pair.offset ? pair.positive : pair.negative]++;
          });
          answers[start + row] = votes.indexOf(Math.max(...votes));
        }
      }
      support.dispose();
      weights.dispose();
      return answers;
    },
    facts: { supportVectors: used.length, steps },
  };
}
