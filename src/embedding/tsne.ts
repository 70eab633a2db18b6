/** t-SNE: exact neighbours, PCA start, early exaggeration, Barnes–Hut forces in threads. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { randomStream } from '../data/index.js';
import { nearestNeighbours } from '../neighbours/index.js';
import { affinitiesOf, klDivergenceOf } from './affinities.js';
import { checkPoints, requireWhole } from './checks.js';
import { EmbeddingError } from './errors.js';
import type { LayoutJob } from './layout-worker.js';
import { pca } from './pca.js';
import { sharedTree } from './tree.js';
import type { Embedding, EmbeddingControl, PointRows } from './types.js';

export interface TsneOptions extends EmbeddingControl {
  /** About how many neighbours each point has; default 30, at most a third of the points. */
  perplexity?: number;
  /** All iterations, the early ones included; default 750. */
  iterations?: number;
  /** Default 250. */
  earlyIterations?: number;
  /** Default 12. */
  earlyExaggeration?: number;
  /** Default: points / exaggeration, in each phase. */
  learningRate?: number;
  /** Start: PCA (default) or random, both shrunk to a deviation of 0.0001. */
  start?: 'pca' | 'random';
  /** Squares narrower than angle × distance count as one point; default 0.5. */
  angle?: number;
  threads?: number;
}

const START_DEVIATION = 1e-4;

function checkOptions(
  points: PointRows,
  options: TsneOptions,
): Required<Pick<TsneOptions, 'perplexity' | 'iterations' | 'earlyIterations' | 'earlyExaggeration' | 'angle'>> {
  checkPoints(points, 4);
  const { perplexity = 30, iterations = 750, earlyExaggeration = 12, angle = 0.5 } = options;
  const earlyIterations = options.earlyIterations ?? Math.min(250, iterations);
  const most = (points.count - 1) / 3;
  if (!(perplexity >= 1 && perplexity <= most))
    throw new EmbeddingError(`perplexity ${perplexity} with ${points.count} points`, `give a number from 1 to ${Math.floor(most)}`);
  requireWhole('iterations', iterations, 0);
  requireWhole('earlyIterations', earlyIterations, 0);
  if (earlyIterations > iterations)
    throw new EmbeddingError(`${earlyIterations} early of ${iterations} iterations`, 'give more iterations');
  if (!(earlyExaggeration > 0)) throw new EmbeddingError(`earlyExaggeration is ${earlyExaggeration}`, 'give a number above 0');
  if (!(angle >= 0 && angle <= 1)) throw new EmbeddingError(`angle is ${angle}`, 'give a number from 0 to 1');
  if (options.learningRate !== undefined && !(options.learningRate > 0 && Number.isFinite(options.learningRate)))
    throw new EmbeddingError(`learningRate is ${options.learningRate}`, 'give a number above 0');
  if (options.threads !== undefined) requireWhole('threads', options.threads, 1);
  return { perplexity, iterations, earlyIterations, earlyExaggeration, angle };
}

function startingMap(points: PointRows, { start = 'pca', seed = 1 }: TsneOptions): Float64Array {
  const map = new Float64Array(new SharedArrayBuffer(points.count * 2 * 8));
  const random = randomStream(seed, points.count);
  if (start === 'pca' && points.dimensions >= 2) {
    const { coordinates, variances } = pca(points);
    const deviation = Math.sqrt(variances[0]);
    if (deviation > 0) map.set(coordinates.map((value) => (value / deviation) * START_DEVIATION));
  }
  // A little noise keeps identical points apart; a random start is nothing but noise.
  const noise = start === 'pca' && map.some((value) => value !== 0) ? START_DEVIATION / 100 : START_DEVIATION;
  for (let at = 0; at < map.length; at += 1) map[at] += noise * random.normal();
  return map;
}

function runThread(job: LayoutJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(__dirname, 'layout-worker.js'), { workerData: job });
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new EmbeddingError(`A layout thread ended with ${code}`, 'try again'))));
  });
}

async function runLayout(shared: Omit<LayoutJob, 'thread'>, options: TsneOptions, total: number): Promise<void> {
  const { control } = shared;
  const stop = () => Atomics.store(control, 3, 1);
  const report = () => options.onProgress?.(Atomics.load(control, 2), total);
  options.signal?.addEventListener('abort', stop, { once: true });
  const timer = options.onProgress ? setInterval(report, 200) : undefined;
  try {
    await Promise.all(Array.from({ length: shared.threads }, (_, thread) => runThread({ ...shared, thread })));
  } finally {
    clearInterval(timer);
    options.signal?.removeEventListener('abort', stop);
  }
  options.signal?.throwIfAborted();
  report();
}

/** A map in two dimensions; the same points, options and seed give the same bits, whatever the number of threads. */
export async function tsne(points: PointRows, options: TsneOptions = {}): Promise<Embedding> {
  const started = performance.now();
  const { perplexity, iterations, earlyIterations, earlyExaggeration, angle } = checkOptions(points, options);
  options.signal?.throwIfAborted();
  const { count } = points;
  const k = Math.min(count - 1, Math.floor(3 * perplexity));
  const found = await nearestNeighbours(points, points, {
    metric: 'euclidean',
    k,
    excludeSelf: true,
    signal: options.signal,
    threads: options.threads,
  });
  const affinities = affinitiesOf(found, perplexity);
  const map = startingMap(points, options);
  const rate = (exaggeration: number) => options.learningRate ?? count / exaggeration;
  const shared = {
    threads: Math.min(options.threads ?? Math.min(8, availableParallelism()), Math.ceil(count / 200)),
    affinities,
    map,
    forces: new Float64Array(new SharedArrayBuffer(count * 16)),
    sums: new Float64Array(new SharedArrayBuffer(count * 8)),
    tree: sharedTree(count),
    squaredAngle: angle * angle,
    phases: [
      { iterations: earlyIterations, exaggeration: earlyExaggeration, learningRate: rate(earlyExaggeration), momentum: 0.5 },
      { iterations: iterations - earlyIterations, exaggeration: 1, learningRate: rate(1), momentum: 0.8 },
    ],
    control: new Int32Array(new SharedArrayBuffer(20)),
  };
  await runLayout(shared, options, iterations);
  const klDivergence = klDivergenceOf(affinities, map);
  if (!Number.isFinite(klDivergence)) throw new EmbeddingError('The map diverged', 'lower learningRate or leave it out');
  const seconds = (performance.now() - started) / 1000;
  return { method: 't-sne', coordinates: Float64Array.from(map), count, dimensions: 2, seconds, klDivergence };
}
