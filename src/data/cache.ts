/** Files in data/cache: written to a name of their own and moved into place whole, so that nobody ever reads half of one. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { DataError, FETCH_AGAIN } from './errors.js';
import { cacheFolder, shownPath } from './folders.js';
import type { DataSetName } from './types.js';

const PIECE = 256 * 1024 * 1024;

export function cachePath(set: DataSetName, file: string): string {
  return path.join(cacheFolder(), set, file);
}

let temporaryFiles = 0;

/** A name in the same folder that no other process uses. */
export function temporaryName(target: string): string {
  temporaryFiles += 1;
  return `${target}.${process.pid}.${Date.now().toString(36)}.${temporaryFiles}.tmp`;
}

/** Writes all pieces, then moves the file into place; leaves nothing behind when the disk is full. */
export function writeWhole(target: string, pieces: readonly Uint8Array[]): void {
  const temporary = temporaryName(target);
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const file = fs.openSync(temporary, 'wx');
    try {
      for (const piece of pieces) {
        for (let offset = 0; offset < piece.length; ) {
          offset += fs.writeSync(file, piece, offset, Math.min(PIECE, piece.length - offset));
        }
      }
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, target);
  } catch (cause) {
    removeFile(temporary);
    throw cacheWriteError(target, cause);
  }
}

export function removeFile(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // What cannot be removed (a folder that is itself a file) was never written.
  }
}

export function cacheWriteError(target: string, cause: unknown): DataError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const problem = reason === 'ENOSPC' ? 'the disk is full' : `the cache cannot be written (${reason})`;
  return new DataError({
    code: 'cache-write',
    file: shownPath(target),
    problem,
    expected: 'a folder with room for the data',
    remedy: 'free some space, or let PAPERLAB_CACHE name a folder elsewhere',
    cause,
  });
}

/** Reads a whole file, whatever its size; undefined where there is none. */
export function readWhole(file: string): Uint8Array | undefined {
  let handle: number;
  try {
    handle = fs.openSync(file, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    const bytes = Buffer.allocUnsafeSlow(fs.fstatSync(handle).size);
    for (let offset = 0; offset < bytes.length; ) {
      const read = fs.readSync(handle, bytes, offset, Math.min(PIECE, bytes.length - offset), offset);
      if (read === 0) break;
      offset += read;
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } finally {
    fs.closeSync(handle);
  }
}

export function sha256(...pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) {
    for (let offset = 0; offset < piece.length; offset += PIECE) hash.update(piece.subarray(offset, offset + PIECE));
  }
  return hash.digest('hex');
}

/** Unpacks gzip into at most the expected size: a bomb ends here, not in memory. */
export function gunzipBounded(packed: Uint8Array, file: string, expectedBytes: number): Uint8Array {
  if (packed.length < 2 || packed[0] !== 0x1f || packed[1] !== 0x8b) {
    throw new DataError({
      code: 'format',
      file,
      problem: `this is not gzip: ${describeStart(packed)}`,
      expected: 'a file that starts with the bytes 1f 8b',
      remedy: FETCH_AGAIN,
    });
  }
  try {
    const bytes = zlib.gunzipSync(packed, { maxOutputLength: expectedBytes });
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const tooLarge = code === 'ERR_BUFFER_TOO_LARGE';
    throw new DataError({
      code: tooLarge ? 'too-large' : 'truncated',
      file,
      problem: tooLarge ? 'it unpacks to more than it should' : `the gzip stream is damaged or cut short (${(cause as Error).message})`,
      expected: `${expectedBytes} bytes when unpacked`,
      remedy: FETCH_AGAIN,
      cause,
    });
  }
}

/** What a file that is not what it should be looks like: most often a proxy's HTML. */
export function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty';
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) return 'it is a web page (a proxy or log-in page may have answered in place of the host)';
  return `it starts with the bytes ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}`;
}

/** Refuses bytes that are not the ones the manifest names. */
export function checkPayload(bytes: Uint8Array, file: string, expected: { payloadBytes?: number; sha256?: string }): void {
  if (expected.payloadBytes !== undefined && bytes.length !== expected.payloadBytes) {
    throw new DataError({
      code: bytes.length < expected.payloadBytes ? 'truncated' : 'checksum',
      file,
      problem: `it holds ${bytes.length} bytes`,
      expected: `${expected.payloadBytes} bytes`,
      remedy: FETCH_AGAIN,
    });
  }
  if (expected.sha256 === undefined) return;
  const found = sha256(bytes);
  if (found !== expected.sha256) {
    throw new DataError({
      code: 'checksum',
      file,
      problem: `its sha256 is ${found}`,
      expected: `sha256 ${expected.sha256}`,
      remedy: FETCH_AGAIN,
    });
  }
}
