/** One patch out of PNG bytes. */
import { PNG } from 'pngjs';
import { DataError, FETCH_AGAIN } from './errors.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOUR_TYPES: Record<number, string> = { 0: 'grey', 2: 'colour', 3: 'palette', 4: 'grey with alpha', 6: 'colour with alpha' };

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colourType: number;
}

function broken(file: string, problem: string, cause?: unknown): DataError {
  return new DataError({ code: 'format', file, problem, expected: 'a whole PNG image', remedy: FETCH_AGAIN, cause });
}

/** Size and kind, read before anything is unpacked: a header that promises a giant image costs nothing. */
export function pngHeader(bytes: Buffer, file: string): PngHeader {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(SIGNATURE) || bytes.toString('latin1', 12, 16) !== 'IHDR') {
    throw broken(file, 'this is not a PNG image');
  }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), bits: bytes[24]!, colourType: bytes[25]! };
}

export function describePng(header: PngHeader): string {
  return `${header.width} × ${header.height}, ${header.bits} bits, ${COLOUR_TYPES[header.colourType] ?? 'unknown kind'}`;
}

/** Writes the red, green and blue bytes of an 8-bit colour image into `target`. */
export function decodeColourPng(bytes: Buffer, file: string, target: Uint8Array): void {
  let rgba: Buffer;
  try {
    rgba = PNG.sync.read(bytes).data;
  } catch (cause) {
    throw broken(file, `the PNG image is damaged (${(cause as Error).message})`, cause);
  }
  if (rgba.length * 3 !== target.length * 4) throw broken(file, 'the PNG image holds fewer pixels than its header promises');
  for (let from = 0, to = 0; to < target.length; from += 4, to += 3) {
    target[to] = rgba[from]!;
    target[to + 1] = rgba[from + 1]!;
    target[to + 2] = rgba[from + 2]!;
  }
}
