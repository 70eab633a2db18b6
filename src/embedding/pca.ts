/**
 * Principal components, exact: eigenvectors of the covariance in float64, signs fixed. Of d dimensions and n points the cost is that of the
 * covariance (n d² / 2) and of its tridiagonal form, with the smaller of the two numbers cubed; a few components cost no more than one.
 */
import { checkPoints, requireWhole } from './checks.js';
import { orthonormalise, symmetricEigen } from './eigen.js';
import { EmbeddingError } from './errors.js';
import type { Embedding, PointRows } from './types.js';

export interface PrincipalComponents extends Embedding {
  /** One row per component; its largest entry in size is positive. */
  components: Float64Array[];
  /** Variance (n − 1) along each component, and its share of all variance (0 where all points are the same). */
  variances: Float64Array;
  varianceShares: Float64Array;
  mean: Float64Array;
}

function meansOf({ values, count, dimensions }: PointRows): Float64Array {
  const means = new Float64Array(dimensions);
  for (let index = 0; index < values.length; index += 1) means[index % dimensions] += values[index];
  return means.map((sum) => sum / count);
}

/** Points are added to the sums so many at a time: each number of the matrix is then read and written once for all of them. */
const AT_A_TIME = 4;

/** On and below the diagonal. Points go row by row, centred; those missing from the last block are zeros. */
function covarianceOf({ values, count, dimensions }: PointRows, means: Float64Array): Float64Array[] {
  const matrix = Array.from({ length: dimensions }, () => new Float64Array(dimensions));
  const [a, b, c, d] = Array.from({ length: AT_A_TIME }, () => new Float64Array(dimensions));
  for (let first = 0; first < count; first += AT_A_TIME) {
    [a, b, c, d].forEach((row, place) => {
      const from = (first + place) * dimensions;
      for (let at = 0; at < dimensions; at += 1) row[at] = first + place < count ? values[from + at] - means[at] : 0;
    });
    for (let row = 0; row < dimensions; row += 1) {
      const [target, ofA, ofB, ofC, ofD] = [matrix[row], a[row], b[row], c[row], d[row]];
      for (let at = 0; at <= row; at += 1) target[at] += ofA * a[at] + ofB * b[at] + ofC * c[at] + ofD * d[at];
    }
  }
  for (let row = 0; row < dimensions; row += 1) for (let at = 0; at <= row; at += 1) matrix[row][at] /= count - 1;
  return matrix;
}

/** Products of all pairs of centred points, on and below the diagonal: as good as the covariance where there are fewer points than dimensions. */
function productsOf({ values, count, dimensions }: PointRows, means: Float64Array): { centred: Float64Array[]; matrix: Float64Array[] } {
  const centred = Array.from({ length: count }, (_, point) =>
    Float64Array.from({ length: dimensions }, (_unused, at) => values[point * dimensions + at] - means[at]),
  );
  const matrix = centred.map((row, point) => {
    const line = new Float64Array(count);
    for (let other = 0; other <= point; other += 1) {
      const second = centred[other];
      let sum = 0;
      for (let at = 0; at < dimensions; at += 1) sum += row[at] * second[at];
      line[other] = sum / (count - 1);
    }
    return line;
  });
  return { centred, matrix };
}

const traceOf = (matrix: Float64Array[]) => matrix.reduce((sum, row, at) => sum + row[at], 0);

interface Directions {
  vectors: Float64Array[];
  values: Float64Array;
  trace: number;
}

/** Unit vectors of the largest variance; where the points span fewer dimensions than are asked for, any that stand at right angles to the rest. */
function directionsOf(points: PointRows, means: Float64Array, kept: number): Directions {
  const { count, dimensions } = points;
  if (dimensions <= count) {
    const matrix = covarianceOf(points, means);
    const trace = traceOf(matrix);
    return { ...symmetricEigen(matrix, kept), trace };
  }
  const { centred, matrix } = productsOf(points, means);
  const trace = traceOf(matrix);
  const ofPoints = symmetricEigen(matrix, Math.min(kept, count));
  const vectors: Float64Array[] = [];
  for (let place = 0, unit = 0; vectors.length < kept; place += 1) {
    const direction = new Float64Array(dimensions);
    const spanned = place < ofPoints.vectors.length && ofPoints.values[place] > 1e-14 * trace;
    if (spanned)
      ofPoints.vectors[place].forEach((weight, point) => {
        for (let at = 0; at < dimensions; at += 1) direction[at] += weight * centred[point][at];
      });
    else direction[unit++] = 1;
    if (orthonormalise(direction, vectors)) vectors.push(direction);
  }
  const values = Float64Array.from({ length: kept }, (_, place) => ofPoints.values[place] ?? 0);
  return { vectors, values, trace };
}

function withFixedSign(component: Float64Array): Float64Array {
  let largest = 0;
  for (let at = 1; at < component.length; at += 1) if (Math.abs(component[at]) > Math.abs(component[largest]) + 1e-12) largest = at;
  return component[largest] < 0 ? component.map((value) => -value) : component;
}

export function pca(points: PointRows, options: { dimensions?: number } = {}): PrincipalComponents {
  const started = performance.now();
  const kept = options.dimensions ?? 2;
  checkPoints(points, 2);
  requireWhole('dimensions', kept, 1);
  const { values, count, dimensions } = points;
  if (kept > dimensions) throw new EmbeddingError(`${kept} components of ${dimensions} dimensions`, `give at most ${dimensions}`);
  const mean = meansOf(points);
  const { vectors, values: largest, trace } = directionsOf(points, mean, kept);
  // What rounding of the mean leaves of identical points is no variance.
  const rounding = 1e-24 * mean.reduce((sum, value) => sum + value * value, 0);
  const total = trace > rounding ? trace : 0;
  const components = vectors.map(withFixedSign);
  const variances = largest.slice(0, kept).map((value) => (total > 0 ? Math.max(0, value) : 0));
  const coordinates = new Float64Array(count * kept);
  for (let point = 0; point < count; point += 1)
    for (let component = 0; component < kept; component += 1) {
      let sum = 0;
      for (let at = 0; at < dimensions; at += 1) sum += (values[point * dimensions + at] - mean[at]) * components[component][at];
      coordinates[point * kept + component] = sum;
    }
  const seconds = (performance.now() - started) / 1000;
  const varianceShares = variances.map((variance) => (total > 0 ? variance / total : 0));
  return { method: 'pca', coordinates, count, dimensions: kept, seconds, components, variances, varianceShares, mean };
}
