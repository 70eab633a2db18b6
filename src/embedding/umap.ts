/** UMAP by umap-js, behind the interface of the other maps. */
import { UMAP } from 'umap-js';
import { randomStream } from '../data/index.js';
import { checkPoints, requireWhole } from './checks.js';
import { EmbeddingError } from './errors.js';
import type { Embedding, EmbeddingControl, PointRows } from './types.js';

export interface UmapOptions extends EmbeddingControl {
  /** Default 15. */
  neighbours?: number;
  /** Default 0.1. */
  minimumDistance?: number;
  /** Default: chosen by umap-js from the number of points. */
  epochs?: number;
}

export async function umap(points: PointRows, options: UmapOptions = {}): Promise<Embedding> {
  const started = performance.now();
  const { neighbours = 15, minimumDistance = 0.1, seed = 1, epochs, signal, onProgress } = options;
  checkPoints(points, 3);
  requireWhole('neighbours', neighbours, 2);
  if (neighbours >= points.count)
    throw new EmbeddingError(`${neighbours} neighbours of ${points.count} points`, `give at most ${points.count - 1}`);
  if (epochs !== undefined) requireWhole('epochs', epochs, 1);
  signal?.throwIfAborted();
  const { values, count, dimensions } = points;
  const random = randomStream(seed, count);
  const rows = Array.from({ length: count }, (_, point) => Array.from(values.subarray(point * dimensions, (point + 1) * dimensions)));
  const mapper = new UMAP({ nNeighbors: neighbours, minDist: minimumDistance, nEpochs: epochs, random: random.uniform });
  const total = mapper.initializeFit(rows);
  for (let epoch = 0; epoch < total; epoch += 1) {
    mapper.step();
    if (epoch % 10 === 9) {
      onProgress?.(epoch + 1, total);
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
  }
  const coordinates = Float64Array.from(mapper.getEmbedding().flat());
  return { method: 'umap', coordinates, count, dimensions: 2, seconds: (performance.now() - started) / 1000 };
}
