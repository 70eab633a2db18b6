/** How good a map is, in numbers. */
import { type Neighbours, nearestNeighbours, voteAccuracies } from '../neighbours/index.js';
import { EmbeddingError } from './errors.js';
import type { Embedding, PointRows } from './types.js';

export interface MapQuality {
  /** Share of each point's k neighbours in the data that are among its k neighbours on the map. */
  neighbourPreservation: number;
  /** Accuracy of a k-neighbour vote on the map, each point left out of its own vote; undefined without labels. */
  neighbourAccuracy?: number;
  /** Mean silhouette of the classes on the map, −1 to 1; undefined with fewer than two classes. */
  silhouette?: number;
}

const mapRows = ({ coordinates, count, dimensions }: Embedding): PointRows => ({
  values: Float32Array.from(coordinates),
  count,
  dimensions,
});

function sharedNeighbours(first: Neighbours, second: Neighbours): number {
  const { k, count } = first;
  let both = 0;
  for (let point = 0; point < count; point += 1) {
    const held = new Set(first.indices.subarray(point * k, (point + 1) * k));
    for (let place = 0; place < k; place += 1) if (held.has(second.indices[point * k + place])) both += 1;
  }
  return both / (k * count);
}

/** A point alone in its class counts 0, as is usual. */
export function silhouetteScore(
  points: { coordinates: ArrayLike<number>; count: number; dimensions: number },
  labels: ArrayLike<number>,
): number {
  const { coordinates, count, dimensions } = points;
  if (labels.length !== count) throw new EmbeddingError(`${labels.length} labels for ${count} points`, 'give one label per point');
  const names = [...new Set(Array.from(labels))];
  if (names.length < 2) throw new EmbeddingError(`${names.length} class`, 'give points of at least two classes');
  const classes = Int32Array.from({ length: count }, (_, point) => names.indexOf(labels[point]));
  const sizes = names.map((_, name) => classes.reduce((sum, value) => sum + (value === name ? 1 : 0), 0));
  let total = 0;
  for (let point = 0; point < count; point += 1) {
    const sums = new Float64Array(names.length);
    for (let other = 0; other < count; other += 1) {
      let squares = 0;
      for (let at = 0; at < dimensions; at += 1)
        squares += (coordinates[point * dimensions + at] - coordinates[other * dimensions + at]) ** 2;
      sums[classes[other]] += Math.sqrt(squares);
    }
    const own = classes[point];
    if (sizes[own] === 1) continue;
    const within = sums[own] / (sizes[own] - 1);
    const beyond = Math.min(...sizes.flatMap((size, name) => (name === own ? [] : [sums[name] / size])));
    const widest = Math.max(within, beyond);
    total += widest > 0 ? (beyond - within) / widest : 0;
  }
  return total / count;
}

export async function mapQuality(
  points: PointRows,
  map: Embedding,
  options: { k?: number; labels?: ArrayLike<number>; classes?: number; signal?: AbortSignal } = {},
): Promise<MapQuality> {
  const { k = 10, labels, signal } = options;
  const search = { metric: 'euclidean', k, excludeSelf: true, signal } as const;
  const flat = mapRows(map);
  const [inData, onMap] = [await nearestNeighbours(points, points, search), await nearestNeighbours(flat, flat, search)];
  const quality: MapQuality = { neighbourPreservation: sharedNeighbours(inData, onMap) };
  if (!labels) return quality;
  const classes = options.classes ?? Array.from(labels).reduce((most, label) => Math.max(most, label), 0) + 1;
  [quality.neighbourAccuracy] = voteAccuracies(onMap, labels, labels, { ks: [k], classes });
  if (new Set(Array.from(labels)).size > 1) quality.silhouette = silhouetteScore(map, labels);
  return quality;
}
