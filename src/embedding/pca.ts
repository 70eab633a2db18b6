/** Principal components, exact: eigenvectors of the covariance in float64, signs fixed. */
import { checkPoints, requireWhole } from './checks.js';
import { symmetricEigen } from './eigen.js';
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

function covarianceOf({ values, count, dimensions }: PointRows, means: Float64Array): Float64Array[] {
  const matrix = Array.from({ length: dimensions }, () => new Float64Array(dimensions));
  const centred = new Float64Array(dimensions);
  for (let point = 0; point < count; point += 1) {
    for (let at = 0; at < dimensions; at += 1) centred[at] = values[point * dimensions + at] - means[at];
    for (let row = 0; row < dimensions; row += 1) {
      const [factor, target] = [centred[row] / (count - 1), matrix[row]];
      for (let at = row; at < dimensions; at += 1) target[at] += factor * centred[at];
    }
  }
  for (let row = 0; row < dimensions; row += 1) for (let at = 0; at < row; at += 1) matrix[row][at] = matrix[at][row];
  return matrix;
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
  const covariance = covarianceOf(points, mean);
  // What rounding of the mean leaves of identical points is no variance.
  const rounding = 1e-24 * mean.reduce((sum, value) => sum + value * value, 0);
  const traced = covariance.reduce((sum, row, at) => sum + row[at], 0);
  const total = traced > rounding ? traced : 0;
  const eigen = symmetricEigen(covariance);
  const components = eigen.vectors.slice(0, kept).map(withFixedSign);
  const variances = eigen.values.slice(0, kept).map((value) => (total > 0 ? Math.max(0, value) : 0));
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
