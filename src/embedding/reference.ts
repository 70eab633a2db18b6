/** The plain, exact t-SNE of tsne-js: slow, quadratic, a reference for small sets. */
import { randomStream } from '../data/index.js';
import { nearestNeighbours } from '../neighbours/index.js';
import { affinitiesOf, klDivergenceOf } from './affinities.js';
import { checkPoints } from './checks.js';
import { EmbeddingError } from './errors.js';
import type { Embedding, PointRows } from './types.js';

interface ReferenceTsne {
  init(input: { data: number[][]; type: 'dense' }): void;
  run(): [number, number];
  getOutput(): number[][];
}

const REFERENCE_LIMIT = 500;

/** At most 500 points. Its KL divergence is measured against the same affinities as `tsne` uses, so that both can be compared. */
export async function referenceTsne(
  points: PointRows,
  options: { perplexity?: number; iterations?: number; seed?: number } = {},
): Promise<Embedding> {
  const started = performance.now();
  const { perplexity = 30, iterations = 500, seed = 1 } = options;
  checkPoints(points, 4);
  const { values, count, dimensions } = points;
  if (count > REFERENCE_LIMIT) throw new EmbeddingError(`${count} points for tsne-js`, `give at most ${REFERENCE_LIMIT}, or use tsne`);
  const most = Math.floor((count - 1) / 3);
  if (!(perplexity >= 1 && perplexity <= most))
    throw new EmbeddingError(`perplexity ${perplexity} with ${count} points`, `give a number from 1 to ${most}`);
  const TSNE = require('tsne-js') as new (settings: object) => ReferenceTsne;
  const model = new TSNE({ dim: 2, perplexity, earlyExaggeration: 4, learningRate: 100, nIter: iterations, metric: 'euclidean' });
  const data = Array.from({ length: count }, (_, point) => Array.from(values.subarray(point * dimensions, (point + 1) * dimensions)));
  // The package draws its start from Math.random and offers no seed.
  const { random } = Math;
  Math.random = randomStream(seed, count).uniform;
  try {
    model.init({ data, type: 'dense' });
    model.run();
  } finally {
    Math.random = random;
  }
  const coordinates = Float64Array.from(model.getOutput().flat());
  const found = await nearestNeighbours(points, points, {
    metric: 'euclidean',
    k: Math.min(count - 1, Math.floor(3 * perplexity)),
    excludeSelf: true,
  });
  const klDivergence = klDivergenceOf(affinitiesOf(found, perplexity), coordinates);
  return { method: 't-sne (tsne-js)', coordinates, count, dimensions: 2, seconds: (performance.now() - started) / 1000, klDivergence };
}
