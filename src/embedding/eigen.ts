/** Eigenvalues and vectors of a symmetric matrix in float64: Householder's tridiagonal form, then implicit QL steps. */

export interface Eigen {
  values: Float64Array;
  /** Row r is the vector of values[r]. */
  vectors: Float64Array[];
}

/** Reflects column after column to zero; `basis` (rows) collects the reflections. */
function tridiagonal(matrix: Float64Array[], diagonal: Float64Array, beside: Float64Array): Float64Array[] {
  const size = matrix.length;
  const basis = Array.from({ length: size }, (_, row) => {
    const unit = new Float64Array(size);
    unit[row] = 1;
    return unit;
  });
  const [normal, product] = [new Float64Array(size), new Float64Array(size)];
  for (let column = 0; column < size - 2; column += 1) {
    let norm = 0;
    for (let row = column + 1; row < size; row += 1) norm += matrix[row][column] ** 2;
    norm = Math.sqrt(norm);
    const first = matrix[column + 1][column];
    normal.fill(0);
    for (let row = column + 1; row < size; row += 1) normal[row] = matrix[row][column];
    normal[column + 1] += first > 0 ? norm : -norm;
    let squares = 0;
    for (let row = column + 1; row < size; row += 1) squares += normal[row] ** 2;
    if (squares === 0) continue;
    reflectBothSides(matrix, normal, product, column, 2 / squares);
    reflectBasis(basis, normal, column, 2 / squares);
  }
  for (let row = 0; row < size; row += 1) {
    diagonal[row] = matrix[row][row];
    beside[row] = row + 1 < size ? matrix[row + 1][row] : 0;
  }
  return basis;
}

function reflectBothSides(matrix: Float64Array[], normal: Float64Array, product: Float64Array, from: number, scale: number): void {
  const size = matrix.length;
  let along = 0;
  for (let row = from; row < size; row += 1) {
    let sum = 0;
    for (let at = from + 1; at < size; at += 1) sum += matrix[row][at] * normal[at];
    product[row] = sum * scale;
    along += product[row] * normal[row];
  }
  for (let row = from; row < size; row += 1) product[row] -= (scale / 2) * along * normal[row];
  for (let row = from; row < size; row += 1)
    for (let at = from; at < size; at += 1) matrix[row][at] -= normal[row] * product[at] + product[row] * normal[at];
}

function reflectBasis(basis: Float64Array[], normal: Float64Array, from: number, scale: number): void {
  const size = basis.length;
  const sums = new Float64Array(size);
  for (let row = from + 1; row < size; row += 1) for (let at = 0; at < size; at += 1) sums[at] += normal[row] * basis[row][at];
  for (let row = from + 1; row < size; row += 1) for (let at = 0; at < size; at += 1) basis[row][at] -= scale * normal[row] * sums[at];
}

/** Shifts and rotations until what stands beside the diagonal is nothing. */
function diagonalise(diagonal: Float64Array, beside: Float64Array, basis: Float64Array[]): void {
  const size = diagonal.length;
  for (let low = 0; low < size; low += 1) {
    for (let step = 0; step < 200; step += 1) {
      let high = low;
      while (high + 1 < size && Math.abs(beside[high]) > Number.EPSILON * (Math.abs(diagonal[high]) + Math.abs(diagonal[high + 1])))
        high += 1;
      if (high === low) break;
      rotateBlock(diagonal, beside, basis, low, high);
    }
  }
}

function rotateBlock(diagonal: Float64Array, beside: Float64Array, basis: Float64Array[], low: number, high: number): void {
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
    const [upper, lower] = [basis[at + 1], basis[at]];
    for (let index = 0; index < upper.length; index += 1) {
      const kept = upper[index];
      upper[index] = sine * lower[index] + cosine * kept;
      lower[index] = cosine * lower[index] - sine * kept;
    }
  }
  diagonal[low] -= moved;
  beside[low] = shifted;
  beside[high] = 0;
}

/** Largest value first. The matrix is used up. */
export function symmetricEigen(matrix: Float64Array[]): Eigen {
  const size = matrix.length;
  const [diagonal, beside] = [new Float64Array(size), new Float64Array(size)];
  const basis = tridiagonal(matrix, diagonal, beside);
  diagonalise(diagonal, beside, basis);
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b] - diagonal[a]);
  return { values: Float64Array.from(order, (at) => diagonal[at]), vectors: order.map((at) => basis[at]) };
}
