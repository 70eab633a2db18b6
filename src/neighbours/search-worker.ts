/** One thread of a search: takes queries from a shared counter until none are left. Each query's answer is its own, so the order of work changes nothing. */
import { parentPort, workerData } from 'node:worker_threads';
import { DISTANCE_BYTES, QUERIES_AT_A_TIME, scratchBytesPerQuery } from './rows.js';
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

/** Train rows that are compared with all queries of a batch before the next are touched: so many bytes stay in the processor's cache. */
const TILE_BYTES = 256 * 1024;

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
  const scratchBytes = scratchBytesPerQuery(job.trainCount);
  const scratchOf = (place: number) => {
    const view = [job.memory.buffer, job.scratchOffset + place * scratchBytes, job.trainCount] as const;
    return job.kind === 'floats' ? new Float32Array(...view) : new Int32Array(...view);
  };
  const scratches = Array.from({ length: QUERIES_AT_A_TIME }, (_, place) => scratchOf(place));
  const tile = Math.max(1, Math.floor(TILE_BYTES / job.rowBytes));
  const [keys, ids] = [new Float64Array(job.k), new Int32Array(job.k)];
  while (Atomics.load(job.control, 2) === 0) {
    const from = Atomics.add(job.control, 0, QUERIES_AT_A_TIME);
    if (from >= job.queryCount) break;
    const to = Math.min(job.queryCount, from + QUERIES_AT_A_TIME);
    for (let row = 0; row < job.trainCount; row += tile) {
      const rows = Math.min(tile, job.trainCount - row);
      for (let query = from; query < to; query += 1) {
        const out = job.scratchOffset + (query - from) * scratchBytes + DISTANCE_BYTES * row;
        kernel(job.queryOffset + query * job.rowBytes, job.trainOffset + row * job.rowBytes, rows, out);
      }
    }
    for (let query = from; query < to; query += 1) {
      selectNearest(scratches[query - from], job, job.excludeSelf ? query : -1, keys, ids);
      for (let place = 0; place < job.k; place += 1) {
        job.indices[query * job.k + place] = ids[place];
        job.distances[query * job.k + place] = job.root ? Math.sqrt(keys[place]) : keys[place];
      }
    }
    Atomics.add(job.control, 1, to - from);
  }
}

if (parentPort) search(workerData as SearchJob).then(() => parentPort?.postMessage('done'));
