/** The exact nearest neighbours of many points at once, in threads. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { NeighboursError } from './errors.js';
import { kernelModule, type Metric, PAGE_BYTES, VECTOR_BYTES } from './kernels.js';
import { checkRows, type PointRows, QUERIES_AT_A_TIME, rowKind, scratchBytesPerQuery, vectorsPerRow, writeRows } from './rows.js';
import type { SearchJob } from './search-worker.js';
import { webAssembly } from './web-assembly.js';

/** Which of several train points at the same distance comes first. */
export type EqualDistanceOrder = 'lowest-index' | 'highest-index';

export interface NeighbourOptions {
  metric: Metric;
  /** How many neighbours; all smaller numbers can be read from the same answer. */
  k: number;
  /** Default 'lowest-index'. */
  order?: EqualDistanceOrder;
  /** Hamming: a value above the threshold is 1, any other 0 (default 0). */
  threshold?: number;
  /** Queries are the train points themselves and are no neighbours of themselves. */
  excludeSelf?: boolean;
  /** Default: all cores, at most 16. */
  threads?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface Neighbours {
  /** `indices[query × k + place]`: the place-th nearest train point. */
  indices: Int32Array;
  /** Differing places (Hamming) or the root of the summed squares (Euclidean). */
  distances: Float32Array;
  k: number;
  count: number;
}

const MEMORY_LIMIT = 4 * 1024 ** 3;

function checkOptions(train: PointRows, queries: PointRows, options: NeighbourOptions): void {
  checkRows('train points', train);
  checkRows('queries', queries);
  if (train.dimensions !== queries.dimensions)
    throw new NeighboursError(
      `Train points have ${train.dimensions} dimensions, queries ${queries.dimensions}`,
      'prepare both in the same way',
    );
  if (options.excludeSelf && train.count !== queries.count)
    throw new NeighboursError(`excludeSelf with ${queries.count} queries and ${train.count} train points`, 'give the same points twice');
  const most = train.count - (options.excludeSelf ? 1 : 0);
  if (!Number.isInteger(options.k) || options.k < 1 || options.k > most)
    throw new NeighboursError(`k = ${options.k} of ${most} possible neighbours`, `give a whole number from 1 to ${most}`);
  if (options.metric !== 'hamming' && options.metric !== 'euclidean')
    throw new NeighboursError(`Unknown metric ${options.metric}`, "give 'hamming' or 'euclidean'");
  if (options.threads !== undefined && !(Number.isInteger(options.threads) && options.threads >= 1))
    throw new NeighboursError(`${options.threads} threads`, 'give a whole number of at least 1');
}

function prepareJobs(train: PointRows, queries: PointRows, options: NeighbourOptions, threads: number): SearchJob[] {
  const kind = rowKind(options.metric, train, queries);
  const vectors = vectorsPerRow(kind, train.dimensions);
  const rowBytes = vectors * VECTOR_BYTES;
  const queryOffset = train.count * rowBytes;
  const scratchStart = queryOffset + queries.count * rowBytes;
  const scratchBytes = QUERIES_AT_A_TIME * scratchBytesPerQuery(train.count);
  const pages = Math.ceil((scratchStart + threads * scratchBytes) / PAGE_BYTES);
  if (pages * PAGE_BYTES > MEMORY_LIMIT)
    throw new NeighboursError('The points need more than 4 GB', 'search in parts, or reduce the dimensions');
  const memory = new webAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const buffer = memory.buffer;
  writeRows(buffer, 0, kind, train, options.threshold ?? 0);
  writeRows(buffer, queryOffset, kind, queries, options.threshold ?? 0);
  const shared = {
    module: new webAssembly.Module(kernelModule(kind, vectors, pages)),
    memory,
    kind,
    rowBytes,
    trainCount: train.count,
    queryCount: queries.count,
    trainOffset: 0,
    queryOffset,
    k: options.k,
    highestFirst: options.order === 'highest-index',
    excludeSelf: options.excludeSelf ?? false,
    root: options.metric === 'euclidean',
    indices: new Int32Array(new SharedArrayBuffer(queries.count * options.k * 4)),
    distances: new Float32Array(new SharedArrayBuffer(queries.count * options.k * 4)),
    control: new Int32Array(new SharedArrayBuffer(12)),
  };
  return Array.from({ length: threads }, (_, thread) => ({ ...shared, scratchOffset: scratchStart + thread * scratchBytes }));
}

function runJob(job: SearchJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(__dirname, 'search-worker.js'), { workerData: job });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new NeighboursError(`A search thread ended with ${code}`, 'try fewer threads')),
    );
  });
}

/** Exact neighbours of every query, nearest first, the same for any number of threads. */
export async function nearestNeighbours(train: PointRows, queries: PointRows, options: NeighbourOptions): Promise<Neighbours> {
  checkOptions(train, queries, options);
  options.signal?.throwIfAborted();
  const threads = Math.min(options.threads ?? Math.min(16, availableParallelism()), Math.ceil(queries.count / 16));
  const jobs = prepareJobs(train, queries, options, threads);
  const { control, indices, distances } = jobs[0];
  const stop = () => Atomics.store(control, 2, 1);
  options.signal?.addEventListener('abort', stop, { once: true });
  const report = () => options.onProgress?.(Atomics.load(control, 1), queries.count);
  const timer = options.onProgress ? setInterval(report, 200) : undefined;
  try {
    await Promise.all(jobs.map(runJob));
  } finally {
    clearInterval(timer);
    stop();
    options.signal?.removeEventListener('abort', stop);
  }
  options.signal?.throwIfAborted();
  report();
  return { indices, distances, k: options.k, count: queries.count };
}
