/** Reads entries out of a zip without unpacking it: the directory by yauzl, single entries by position. */
import fs from 'node:fs';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import yauzl from 'yauzl';
import { DataError, FETCH_AGAIN } from './errors.js';

export interface ZipEntry {
  readonly name: string;
  readonly headerOffset: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
}

const MOST_ENTRIES = 1_000_000;
const WINDOW = 1024 * 1024;

/** Serves yauzl's many small reads of the directory from one window, which is what makes 277,524 entries quick. */
class WindowReader extends yauzl.RandomAccessReader {
  private readonly window = Buffer.alloc(WINDOW);
  private start = 0;
  private held = 0;

  constructor(
    private readonly handle: number,
    private readonly size: number,
  ) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const bytes = Buffer.alloc(end - start);
    fs.readSync(this.handle, bytes, 0, bytes.length, start);
    return Readable.from([bytes]);
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    let problem: Error | null = null;
    try {
      this.copy(buffer, offset, length, position);
    } catch (error) {
      problem = error as Error;
    }
    process.nextTick(callback, problem);
  }

  private copy(buffer: Buffer, offset: number, length: number, position: number): void {
    if (position < 0 || position + length > this.size) throw new Error('the directory points outside the file');
    if (length > WINDOW) {
      fs.readSync(this.handle, buffer, offset, length, position);
      return;
    }
    if (position < this.start || position + length > this.start + this.held) {
      this.start = position;
      this.held = fs.readSync(this.handle, this.window, 0, WINDOW, position);
    }
    this.window.copy(buffer, offset, position - this.start, position - this.start + length);
  }
}

function zipError(file: string, cause: Error): DataError {
  const unsafe = /invalid relative path|absolute path|invalid characters in fileName/i.test(cause.message);
  return new DataError({
    code: unsafe ? 'unsafe-name' : 'format',
    file,
    problem: unsafe ? `the zip names a file outside its own folder (${cause.message})` : `the zip is damaged (${cause.message})`,
    expected: 'a whole zip with names inside it',
    remedy: FETCH_AGAIN,
    cause,
  });
}

/** All files in a zip, in the directory's order. */
export function zipEntries(file: string, shownName: string): Promise<ZipEntry[]> {
  const handle = fs.openSync(file, 'r');
  const size = fs.fstatSync(handle).size;
  const reader = new WindowReader(handle, size);
  return new Promise<ZipEntry[]>((resolve, reject) => {
    const fail = (error: Error) => reject(error instanceof DataError ? error : zipError(shownName, error));
    yauzl.fromRandomAccessReader(reader, size, { lazyEntries: true, autoClose: false, strictFileNames: true }, (error, zip) => {
      if (error || !zip) {
        fail(error ?? new Error('no directory'));
        return;
      }
      if (zip.entryCount > MOST_ENTRIES) {
        fail(new Error(`its directory promises ${zip.entryCount} files`));
        return;
      }
      const entries: ZipEntry[] = [];
      zip.on('error', fail);
      zip.on('end', () => resolve(entries));
      zip.on('entry', (entry: yauzl.Entry) => {
        if (entry.isEncrypted()) {
          fail(new Error(`${entry.fileName} is encrypted`));
          return;
        }
        if (!entry.fileName.endsWith('/')) entries.push(plainEntry(entry));
        zip.readEntry();
      });
      zip.readEntry();
    });
  }).finally(() => fs.closeSync(handle));
}

function plainEntry(entry: yauzl.Entry): ZipEntry {
  return {
    name: entry.fileName,
    headerOffset: entry.relativeOffsetOfLocalHeader,
    packedBytes: entry.compressedSize,
    bytes: entry.uncompressedSize,
    method: entry.compressionMethod,
    crc: entry.crc32,
  };
}

const LOCAL_HEADER = 30;
const LOCAL_SIGNATURE = 0x04034b50;

/** The unpacked bytes of one entry; never more than its directory entry promises. */
export function readZipEntry(handle: number, entry: ZipEntry, shownName: string): Buffer {
  const file = `${shownName}: ${entry.name}`;
  const header = Buffer.alloc(LOCAL_HEADER);
  const read = fs.readSync(handle, header, 0, LOCAL_HEADER, entry.headerOffset);
  if (read < LOCAL_HEADER || header.readUInt32LE(0) !== LOCAL_SIGNATURE)
    throw zipError(file, new Error('the directory points to no entry'));
  const start = entry.headerOffset + LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = Buffer.alloc(entry.packedBytes);
  if (fs.readSync(handle, packed, 0, packed.length, start) < packed.length)
    throw zipError(file, new Error('the file ends inside an entry'));
  return unpackEntry(packed, entry, file);
}

function unpackEntry(packed: Buffer, entry: ZipEntry, file: string): Buffer {
  if (entry.method !== 0 && entry.method !== 8) throw zipError(file, new Error(`compression method ${entry.method} is not known`));
  let bytes: Buffer;
  try {
    bytes = entry.method === 0 ? packed : zlib.inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.bytes) });
  } catch (cause) {
    throw zipError(file, cause as Error);
  }
  if (bytes.length !== entry.bytes) throw zipError(file, new Error(`it unpacks to ${bytes.length} bytes, not to ${entry.bytes}`));
  if (crc32(bytes) !== entry.crc) throw zipError(file, new Error('its CRC does not match its bytes'));
  return bytes;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Node has zlib.crc32 only from 20.15 on. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let index = 0; index < bytes.length; index += 1) value = CRC_TABLE[(value ^ bytes[index]!) & 255]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
