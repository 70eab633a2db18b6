/** IDX, the file format of MNIST: two zero bytes, a type, a rank, sizes, then the values. */
import { DataError, FETCH_AGAIN } from './errors.js';

export interface IdxArray {
  readonly sizes: readonly number[];
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/** Reads an IDX file of unsigned bytes and refuses whatever is not exactly one. The values are a view, not a copy. */
export function parseIdx(bytes: Uint8Array, file: string, rank: number): IdxArray {
  const fail = (code: 'format' | 'truncated', problem: string, expected: string) =>
    new DataError({ code, file, problem, expected, remedy: FETCH_AGAIN });
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength) {
    throw fail('truncated', `${bytes.length} bytes are too few for an IDX header`, `at least ${headerLength} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const wanted = (UNSIGNED_BYTE << 8) | rank;
  if (magic !== wanted) {
    throw fail('format', `the magic number is 0x${magic.toString(16).padStart(8, '0')}`, `0x${wanted.toString(16).padStart(8, '0')}`);
  }
  const sizes = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const promised = sizes.reduce((product, size) => product * size, 1);
  const held = bytes.length - headerLength;
  if (promised !== held) {
    const code = promised > held ? 'truncated' : 'format';
    throw fail(
      code,
      `the header promises ${sizes.join(' × ')} = ${promised} values and the file holds ${held}`,
      'as many values as promised',
    );
  }
  return { sizes, values: bytes.subarray(headerLength) };
}

/** Refuses labels that name no class. */
export function checkLabels(labels: Uint8Array, classes: number, file: string): void {
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new DataError({
      code: 'format',
      file,
      problem: `label ${labels[wrong]} at position ${wrong} names no class`,
      expected: `labels from 0 to ${classes - 1}`,
      remedy: FETCH_AGAIN,
    });
  }
}
