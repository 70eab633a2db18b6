/**
 * The largest eigenvalues of a symmetric matrix and their vectors, in float64: Householder's tridiagonal form once (4/3 n³ operations), all
 * eigenvalues of that form by QL steps (n²), then a vector for each value that is wanted (n² each) by inverse iteration.
 * No vector is computed that nobody asked for.
 */
import { randomStream } from '../data/index.js';
import { EmbeddingError } from './errors.js';

export interface Eigen {
  /** Largest first; all of them. */
  values: Float64Array;
  /** Row r is the vector of values[r]; as many as were asked for. */
  vectors: Float64Array[];
}

interface Tridiagonal {
  diagonal: Float64Array;
  /** beside[i] stands between i and i + 1; the last is 0. */
  beside: Float64Array;
}

/** A residual, measured against the size of the matrix, that only rounding leaves. */
const ROUNDING = 1e-13;
const MOST_STEPS = 200;
const MOST_SOLUTIONS = 40;

function dot(first: Float64Array, second: Float64Array, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at += 1) sum += first[at] * second[at];
  return sum;
}

/** Adds factor × other to target. */
function addTo(target: Float64Array, factor: number, other: Float64Array, length: number): void {
  for (let at = 0; at < length; at += 1) target[at] += factor * other[at];
}

/** Reads and writes only on and below the diagonal. Row i keeps, left of the diagonal, what it was reflected by; its half square is in `halves`. */
function tridiagonal(matrix: Float64Array[], halves: Float64Array): Tridiagonal {
  const size = matrix.length;
  const [diagonal, beside, product] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (let last = size - 1; last > 0; last -= 1) {
    const normal = matrix[last];
    diagonal[last] = normal[last];
    beside[last - 1] = normal[last - 1];
    const norm = Math.sqrt(dot(normal, normal, last));
    // A row that has nothing further left than the neighbour of the diagonal needs no reflection.
    if (last === 1 || dot(normal, normal, last - 1) === 0) continue;
    beside[last - 1] = normal[last - 1] > 0 ? -norm : norm;
    normal[last - 1] -= beside[last - 1];
    halves[last] = dot(normal, normal, last) / 2;
    reflectBothSides(matrix, normal, product, last, halves[last]);
  }
  diagonal[0] = matrix[0][0];
  return { diagonal, beside };
}

function reflectBothSides(matrix: Float64Array[], normal: Float64Array, product: Float64Array, size: number, half: number): void {
  product.fill(0, 0, size);
  for (let row = 0; row < size; row += 1) {
    const [line, factor] = [matrix[row], normal[row]];
    let sum = line[row] * factor;
    for (let at = 0; at < row; at += 1) {
      sum += line[at] * normal[at];
      product[at] += line[at] * factor;
    }
    product[row] += sum;
  }
  for (let at = 0; at < size; at += 1) product[at] /= half;
  addTo(product, -dot(product, normal, size) / (2 * half), normal, size);
  for (let row = 0; row < size; row += 1) {
    const [line, first, second] = [matrix[row], normal[row], product[row]];
    for (let at = 0; at <= row; at += 1) line[at] -= first * product[at] + second * normal[at];
  }
}

/** All eigenvalues, largest first: shifted QL steps until what stands beside the diagonal is nothing. */
function eigenvaluesOf(form: Tridiagonal): Float64Array {
  const [diagonal, beside] = [form.diagonal.slice(), form.beside.slice()];
  for (let low = 0; low < diagonal.length; low += 1) {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      let high = low;
      while (
        high + 1 < diagonal.length &&
        Math.abs(beside[high]) > Number.EPSILON * (Math.abs(diagonal[high]) + Math.abs(diagonal[high + 1]))
      )
        high += 1;
      if (high === low) break;
      rotateBlock(diagonal, beside, low, high);
    }
  }
  return diagonal.sort().reverse();
}

function rotateBlock(diagonal: Float64Array, beside: Float64Array, low: number, high: number): void {
  const slope = (diagonal[low + 1] - diagonal[low]) / (2 * beside[low]);
  const root = Math.hypot(slope, 1);
  let shifted = diagonal[high] - diagonal[low] + beside[low] / (slope + (slope >= 0 ? root : -root));
  let [sine, cosine, moved] = [1, 1, 0];
  for (let at = high - 1; at >= low; at -= 1) {
    const [f, b] = [sine * beside[at], cosine * beside[at]];
    const length = Math.hypot(f, shifted);
    beside[at + 1] = length;
    if (length === 0) {
      diagonal[at + 1] -= moved;
      beside[high] = 0;
      return;
    }
    sine = f / length;
    cosine = shifted / length;
    const next = diagonal[at + 1] - moved;
    const turn = (diagonal[at] - next) * sine + 2 * cosine * b;
    moved = sine * turn;
    diagonal[at + 1] = next + moved;
    shifted = cosine * turn - b;
  }
  diagonal[low] -= moved;
  beside[low] = shifted;
  beside[high] = 0;
}

/** Solves (form − value) × x = x in place, by elimination with row exchanges; a pivot of nothing becomes `least`. */
function solveShifted({ diagonal, beside }: Tridiagonal, value: number, x: Float64Array, least: number): void {
  const size = x.length;
  const [pivots, second, third] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  let [head, next] = [diagonal[0] - value, beside[0]];
  for (let row = 0; row < size - 1; row += 1) {
    const [below, middle, right] = [beside[row], diagonal[row + 1] - value, beside[row + 1]];
    if (Math.abs(below) > Math.abs(head)) {
      const factor = head / below;
      [pivots[row], second[row], third[row]] = [below, middle, right];
      [x[row], x[row + 1]] = [x[row + 1], x[row] - factor * x[row + 1]];
      [head, next] = [next - factor * middle, -factor * right];
    } else {
      pivots[row] = Math.abs(head) < least ? least : head;
      second[row] = next;
      const factor = below / pivots[row];
      x[row + 1] -= factor * x[row];
      [head, next] = [middle - factor * next, right];
    }
  }
  pivots[size - 1] = Math.abs(head) < least ? least : head;
  for (let row = size - 1; row >= 0; row -= 1) {
    const beyond = (row + 1 < size ? second[row] * x[row + 1] : 0) + (row + 2 < size ? third[row] * x[row + 2] : 0);
    x[row] = (x[row] - beyond) / pivots[row];
  }
}

function residualOf({ diagonal, beside }: Tridiagonal, value: number, x: Float64Array): number {
  let squares = 0;
  for (let row = 0; row < x.length; row += 1) {
    const left = row > 0 ? beside[row - 1] * x[row - 1] : 0;
    const right = row + 1 < x.length ? beside[row] * x[row + 1] : 0;
    squares += (left + (diagonal[row] - value) * x[row] + right) ** 2;
  }
  return Math.sqrt(squares);
}

/** Twice, because once leaves rounding behind. Returns whether anything was left to bring to length 1. */
export function orthonormalise(x: Float64Array, others: readonly Float64Array[]): boolean {
  for (let pass = 0; pass < 2; pass += 1) {
    const before = Math.sqrt(dot(x, x, x.length));
    if (!(before > 0)) return false;
    for (let at = 0; at < x.length; at += 1) x[at] /= before;
    for (const other of others) addTo(x, -dot(x, other, x.length), other, x.length);
  }
  const length = Math.sqrt(dot(x, x, x.length));
  // What is left after two passes is of length 1, unless it was nothing but rounding.
  if (!(length > 0.5)) return false;
  for (let at = 0; at < x.length; at += 1) x[at] /= length;
  return true;
}

/** A unit vector of the tridiagonal form, at right angles to those found before: so that equal values get vectors of their own. */
function vectorOf(form: Tridiagonal, value: number, size: number, found: readonly Float64Array[]): Float64Array {
  const random = randomStream(found.length, form.diagonal.length);
  const x = new Float64Array(form.diagonal.length);
  for (let solution = 0; solution < MOST_SOLUTIONS; solution += 1) {
    // Three solutions are nearly always enough; a start that leads nowhere is given up after ten.
    if (solution % 10 === 0) for (let at = 0; at < x.length; at += 1) x[at] = random.normal();
    solveShifted(form, value, x, Number.EPSILON * size);
    const usable = orthonormalise(x, found);
    if (usable && residualOf(form, value, x) <= ROUNDING * size) return x;
  }
  throw new EmbeddingError(`No eigenvector of ${value} was found`, 'look for numbers of very different size among the points');
}

/** The matrix is given by rows, of which only entries on and below the diagonal are read; it is used up. */
export function symmetricEigen(matrix: Float64Array[], wanted = matrix.length): Eigen {
  const halves = new Float64Array(matrix.length);
  const form = tridiagonal(matrix, halves);
  const values = eigenvaluesOf(form);
  // Of a matrix of zeros every vector is one; any size will do.
  const size = Math.max(Math.abs(values[0]), Math.abs(values[values.length - 1])) || 1;
  const found: Float64Array[] = [];
  for (let place = 0; place < wanted; place += 1) found.push(vectorOf(form, values[place], size, found));
  for (const vector of found)
    for (let row = 2; row < matrix.length; row += 1)
      if (halves[row] > 0) addTo(vector, -dot(matrix[row], vector, row) / halves[row], matrix[row], row);
  return { values, vectors: found };
}
