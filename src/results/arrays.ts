/** Larger numbers of a run: one little-endian binary file beside its record. */
import type { RunOutcome, RunOutcomeStored } from './types.js';

export type StoredArray = NonNullable<RunOutcome['arrays']>[string];

const ALIGNMENT = 4;

function typeName(values: StoredArray['values']): 'float32' | 'int32' | 'uint8' {
  if (values instanceof Float32Array) return 'float32';
  return values instanceof Int32Array ? 'int32' : 'uint8';
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);

export function packArrays(arrays: Record<string, StoredArray>, file: string): { contents: Buffer; places: RunOutcomeStored['arrays'] } {
  const places: RunOutcomeStored['arrays'] = {};
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [name, { values, shape }] of Object.entries(arrays)) {
    if (sizeOf(shape) !== values.length)
      throw new RangeError(
        `The array "${name}" has ${values.length} values, but its shape [${shape.join(', ')}] asks for ${sizeOf(shape)}.`,
      );
    places[name] = { file, offset, type: typeName(values), shape: [...shape] };
    const padding = (ALIGNMENT - (values.byteLength % ALIGNMENT)) % ALIGNMENT;
    parts.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength), Buffer.alloc(padding));
    offset += values.byteLength + padding;
  }
  return { contents: Buffer.concat(parts), places };
}

export function unpackArrays(contents: Buffer, places: RunOutcomeStored['arrays']): Record<string, StoredArray> {
  const arrays: Record<string, StoredArray> = {};
  for (const [name, { offset, type, shape }] of Object.entries(places)) {
    const length = sizeOf(shape);
    const width = type === 'uint8' ? 1 : 4;
    const bytes = contents.subarray(offset, offset + length * width);
    if (bytes.length !== length * width) throw new RangeError(`the array "${name}" reaches beyond the end of the file`);
    const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const values = type === 'float32' ? new Float32Array(copy) : type === 'int32' ? new Int32Array(copy) : new Uint8Array(copy);
    arrays[name] = { values, shape };
  }
  return arrays;
}
