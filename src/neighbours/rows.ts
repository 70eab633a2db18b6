/** Points laid out for the kernels: rows padded with zeros to whole vectors, which change no distance. */
import { NeighboursError } from './errors.js';
import { type Metric, type RowKind, VECTOR_BYTES } from './kernels.js';

/** Points row after row: `values[point × dimensions + dimension]`. */
export interface PointRows {
  readonly values: Uint8Array | Float32Array;
  readonly count: number;
  readonly dimensions: number;
}

/** Any images of the data room, flattened. */
export function pointRows(images: { pixels: Uint8Array; count: number; height: number; width: number; channels: number }): PointRows {
  return { values: images.pixels, count: images.count, dimensions: images.height * images.width * images.channels };
}

export function checkRows(name: string, points: PointRows): void {
  const { values, count, dimensions } = points;
  if (!Number.isInteger(count) || count < 1) throw new NeighboursError(`The ${name} hold ${count} points`, 'give at least one');
  if (!Number.isInteger(dimensions) || dimensions < 1)
    throw new NeighboursError(`The ${name} have ${dimensions} dimensions`, 'give at least one');
  if (values.length !== count * dimensions)
    throw new NeighboursError(
      `The ${name} hold ${values.length} numbers for ${count} points of ${dimensions} dimensions`,
      'give all rows, one after the other',
    );
  if (values instanceof Float32Array)
    for (let index = 0; index < values.length; index += 1)
      if (!Number.isFinite(values[index]))
        throw new NeighboursError(
          `Point ${Math.floor(index / dimensions)} of the ${name} holds ${values[index]}`,
          'remove or repair points that are not finite',
        );
}

const perVector: Record<RowKind, number> = { bits: 128, whole: 8, floats: 4 };

export function rowKind(metric: Metric, train: PointRows, queries: PointRows): RowKind {
  if (metric === 'hamming') return 'bits';
  return train.values instanceof Uint8Array && queries.values instanceof Uint8Array ? 'whole' : 'floats';
}

export function vectorsPerRow(kind: RowKind, dimensions: number): number {
  return Math.ceil(dimensions / perVector[kind]);
}

export function writeRows(memory: SharedArrayBuffer, offset: number, kind: RowKind, points: PointRows, threshold: number): void {
  const { values, count, dimensions } = points;
  const rowBytes = vectorsPerRow(kind, dimensions) * VECTOR_BYTES;
  if (kind === 'bits') {
    const bytes = new Uint8Array(memory, offset, count * rowBytes);
    for (let point = 0; point < count; point += 1)
      for (let at = 0; at < dimensions; at += 1)
        if (values[point * dimensions + at] > threshold) bytes[point * rowBytes + (at >> 3)] |= 1 << (at & 7);
    return;
  }
  const width = kind === 'whole' ? 2 : 4;
  const row = (start: number) =>
    kind === 'whole' ? new Int16Array(memory, start, rowBytes / width) : new Float32Array(memory, start, rowBytes / width);
  for (let point = 0; point < count; point += 1)
    row(offset + point * rowBytes).set(values.subarray(point * dimensions, (point + 1) * dimensions));
}

/** Queries that one thread takes at a time. */
export const QUERIES_AT_A_TIME = 16;
/** A distance in a thread's scratch memory: 32 bits, whole or not. */
export const DISTANCE_BYTES = 4;

/** Distances of one query to all train rows, rounded up to whole vectors. */
export function scratchBytesPerQuery(trainCount: number): number {
  return Math.ceil((DISTANCE_BYTES * trainCount) / VECTOR_BYTES) * VECTOR_BYTES;
}
