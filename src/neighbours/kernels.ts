/**
 * Distance kernels as WebAssembly with 128-bit vectors, written for one row length: the code for a row is laid out without loops.
 * A kernel compares one query row with `count` train rows.
 */

export type Metric = 'hamming' | 'euclidean';
/** What a row holds: bits, whole numbers of 16 bits (differences of bytes), or floats. */
export type RowKind = 'bits' | 'whole' | 'floats';

export const VECTOR_BYTES = 16;
export const PAGE_BYTES = 65_536;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

const sized = (content: number[]) => [...unsigned(content.length), ...content];
const section = (id: number, content: number[]) => [id, ...sized(content)];
const vector = (code: number, ...operands: number[]) => [0xfd, ...unsigned(code), ...operands];
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const load = (local: number, offset: number) => [...get(local), ...vector(0x00, 4, ...unsigned(offset))];
const zero = vector(0x0c, ...new Array<number>(VECTOR_BYTES).fill(0));

// Places of the parameters and locals of the kernel.
const [QUERY, TRAIN, COUNT, OUT] = [0, 1, 2, 3];
const FIRST_SUM = 4;
const SUMS = 4;
const DIFFERENCE = FIRST_SUM + SUMS;
const I32X4_ADD = 0xae;
const F32X4_ADD = 0xe4;

/** Bytes of set bits fit in 8 bits for 31 vectors; then they are widened and added to the sum. */
const BIT_BLOCK = 31;

function bitsBody(vectors: number): number[] {
  const code: number[] = [...zero, ...set(FIRST_SUM)];
  for (let from = 0; from < vectors; from += BIT_BLOCK) {
    const to = Math.min(vectors, from + BIT_BLOCK);
    for (let at = from; at < to; at += 1) {
      code.push(...load(QUERY, at * VECTOR_BYTES), ...load(TRAIN, at * VECTOR_BYTES), ...vector(0x51), ...vector(0x62));
      if (at > from) code.push(...vector(0x6e));
    }
    code.push(...vector(0x7d), ...vector(0x7f), ...get(FIRST_SUM), ...vector(I32X4_ADD), ...set(FIRST_SUM));
  }
  return code;
}

/** Several sums side by side, so that one addition need not wait for the last. */
function squaresBody(vectors: number, floats: boolean): number[] {
  const [subtract, square, add] = floats ? [0xe5, 0xe6, F32X4_ADD] : [0x91, 0xba, I32X4_ADD];
  const code: number[] = [];
  for (let sum = 0; sum < SUMS; sum += 1) code.push(...zero, ...set(FIRST_SUM + sum));
  for (let at = 0; at < vectors; at += 1) {
    const sum = FIRST_SUM + (at % SUMS);
    code.push(...load(QUERY, at * VECTOR_BYTES), ...load(TRAIN, at * VECTOR_BYTES), ...vector(subtract), ...set(DIFFERENCE));
    code.push(...get(DIFFERENCE), ...get(DIFFERENCE), ...vector(square), ...get(sum), ...vector(add), ...set(sum));
  }
  for (let sum = 1; sum < SUMS; sum += 1) code.push(...get(FIRST_SUM), ...get(FIRST_SUM + sum), ...vector(add), ...set(FIRST_SUM));
  return code;
}

function storeSum(floats: boolean): number[] {
  const [extract, add, store] = floats ? [0x1f, 0x92, 0x38] : [0x1b, 0x6a, 0x36];
  const lanes = [0, 1, 2, 3].flatMap((lane) => [...get(FIRST_SUM), ...vector(extract, lane), ...(lane > 0 ? [add] : [])]);
  return [...get(OUT), ...lanes, store, 2, 0];
}

const advance = (local: number, bytes: number) => [...get(local), 0x41, ...signed(bytes), 0x6a, ...set(local)];

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

/** The module's bytes: imports the shared memory `m.m` of `pages` pages and exports `f(query, train, count, out)`. */
export function kernelModule(kind: RowKind, vectors: number, pages: number): Uint8Array<ArrayBuffer> {
  const floats = kind === 'floats';
  const row = [
    ...(kind === 'bits' ? bitsBody(vectors) : squaresBody(vectors, floats)),
    ...storeSum(floats),
    ...advance(TRAIN, vectors * VECTOR_BYTES),
    ...advance(OUT, 4),
    ...[...get(COUNT), 0x41, 1, 0x6b, 0x22, COUNT],
  ];
  const loop = [0x03, 0x40, ...row, 0x0d, 0, 0x0b];
  const body = sized([1, SUMS + 1, 0x7b, ...loop, 0x0b]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0]),
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 2, 3, ...unsigned(pages), ...unsigned(pages)]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...section(10, [1, ...body]),
  ]);
}
