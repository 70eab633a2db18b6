/** One thread of a search: takes queries from a shared counter until none are left. Each query's answer is its own, so the order of work changes nothing. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CompiledModule, type SharedMemory, webAssembly } from './web-assembly.js';

export interface SearchJob {
  module: CompiledModule;
  memory: SharedMemory;
  kind: 'bits' | 'whole' | 'floats';
  rowBytes: number;
  trainCount: number;
  queryCount: number;
  trainOffset: number;
  queryOffset: number;
  scratchOffset: number;
  k: number;
  highestFirst: boolean;
  /** Query i is train point i: leave it out of its own neighbours. */
  excludeSelf: boolean;
  root: boolean;
  indices: Int32Array;
  distances: Float32Array;
  /** [next query, queries done, stop]. */
  control: Int32Array;
}

const BATCH = 16;

/** Keeps the k best in order; an equal distance never passes one found before it. */
function selectNearest(scratch: Int32Array | Float32Array, job: SearchJob, self: number, keys: Float64Array, ids: Int32Array): void {
  const { k, trainCount } = job;
  let held = 0;
  for (let step = 0; step < trainCount; step += 1) {
    const point = job.highestFirst ? trainCount - 1 - step : step;
    const distance = scratch[point];
    if (held === k && distance >= keys[k - 1]) continue;
    if (point === self) continue;
    let place = held < k ? held : k - 1;
    while (place > 0 && keys[place - 1] > distance) {
      keys[place] = keys[place - 1];
      ids[place] = ids[place - 1];
      place -= 1;
    }
    keys[place] = distance;
    ids[place] = point;
    if (held < k) held += 1;
  }
}

async function search(job: SearchJob): Promise<void> {
  const instance = await webAssembly.instantiate(job.module, { m: { m: job.memory } });
  const kernel = instance.exports.f as (query: number, train: number, count: number, out: number) => void;
  const place = [job.memory.buffer, job.scratchOffset, job.trainCount] as const;
  const scratch = job.kind === 'floats' ? new Float32Array(...place) : new Int32Array(...place);
  const [keys, ids] = [new Float64Array(job.k), new Int32Array(job.k)];
  while (Atomics.load(job.control, 2) === 0) {
    const from = Atomics.add(job.control, 0, BATCH);
    if (from >= job.queryCount) break;
    const to = Math.min(job.queryCount, from + BATCH);
    for (let query = from; query < to; query += 1) {
      kernel(job.queryOffset + query * job.rowBytes, job.trainOffset, job.trainCount, job.scratchOffset);
      selectNearest(scratch, job, job.excludeSelf ? query : -1, keys, ids);
      for (let place = 0; place < job.k; place += 1) {
        job.indices[query * job.k + place] = ids[place];
        job.distances[query * job.k + place] = job.root ? Math.sqrt(keys[place]) : keys[place];
      }
    }
    Atomics.add(job.control, 1, to - from);
  }
}

if (parentPort) search(workerData as SearchJob).then(() => parentPort?.postMessage('done'));
