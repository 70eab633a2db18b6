/** The patches of an IDC archive, read straight out of the zip. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DataError, type DataErrorDetail, FETCH_AGAIN } from './errors.js';
import { decodeColourPng, describePng, pngHeader } from './png.js';
import { readZipEntry, type ZipEntry, zipEntries } from './zip.js';

export const PATCH_SIDE = 50;
export const PATCH_BYTES = PATCH_SIDE * PATCH_SIDE * 3;
/** A 50 × 50 colour PNG has about 6 kB; an entry that promises more than this is no patch. */
const LARGEST_ENTRY = 1024 * 1024;
const PATCH_NAME = /^(?:.*\/)?(\d+)\/([01])\/(\d+)_idx\d+_x(\d+)_y(\d+)_class([01])\.png$/;

export interface Patches {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  readonly groups: Int32Array;
  readonly groupNames: readonly string[];
  readonly positions: Int32Array;
  /** Names of patches that are not 50 × 50 × 3, with what they are. */
  readonly rejected: readonly string[];
  /** Files in the zip that are no patches. */
  readonly others: number;
}

interface NamedPatch {
  readonly entry: ZipEntry;
  readonly patient: number;
  readonly label: number;
  readonly x: number;
  readonly y: number;
}

function archiveError(file: string, problem: string, expected: string, code: 'format' | 'too-large' = 'format'): DataError {
  return new DataError({ code, file, problem, expected, remedy: FETCH_AGAIN });
}

function parseName(entry: ZipEntry, shownName: string): NamedPatch | undefined {
  const match = PATCH_NAME.exec(entry.name);
  if (!match) return undefined;
  const [patient, folder, samePatient, x, y, label] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  if (folder !== label || patient !== samePatient) {
    throw archiveError(
      `${shownName}: ${entry.name}`,
      'folder and file name disagree about patient or class',
      '<patient>/<class>/<patient>_…_class<class>.png',
    );
  }
  if (entry.bytes > LARGEST_ENTRY || entry.packedBytes > LARGEST_ENTRY) {
    throw archiveError(
      `${shownName}: ${entry.name}`,
      `it claims to unpack to ${entry.bytes} bytes`,
      `at most ${LARGEST_ENTRY} bytes for a patch`,
      'too-large',
    );
  }
  return { entry, patient, label, x, y };
}

/** Patches in an order of their own (patient, class, x, y), so that the order of the zip's directory changes nothing; copies are dropped. */
function namedPatches(entries: readonly ZipEntry[], shownName: string): NamedPatch[] {
  const known = new Set<string>();
  const patches: NamedPatch[] = [];
  for (const entry of entries) {
    const patch = parseName(entry, shownName);
    const name = entry.name.slice(entry.name.lastIndexOf('/') + 1);
    if (!patch || known.has(name)) continue;
    known.add(name);
    patches.push(patch);
  }
  return patches.sort((a, b) => a.patient - b.patient || a.label - b.label || a.x - b.x || a.y - b.y);
}

export interface DecodeShare {
  readonly file: string;
  readonly shownName: string;
  readonly entries: readonly ZipEntry[];
  /** Position of the first entry among all patches. */
  readonly first: number;
  readonly pixels: SharedArrayBuffer;
}

/** Decodes entries into their places; returns those that are not 50 × 50 × 3. */
export function decodeShare(share: DecodeShare, onDone: (patches: number) => void): Array<{ index: number; what: string }> {
  const pixels = new Uint8Array(share.pixels);
  const rejected: Array<{ index: number; what: string }> = [];
  const handle = fs.openSync(share.file, 'r');
  try {
    share.entries.forEach((entry, offset) => {
      const index = share.first + offset;
      const what = decodeEntry(handle, entry, share.shownName, pixels.subarray(index * PATCH_BYTES, (index + 1) * PATCH_BYTES));
      if (what) rejected.push({ index, what });
      if (offset % 500 === 499) onDone(500);
    });
  } finally {
    fs.closeSync(handle);
  }
  return rejected;
}

function decodeEntry(handle: number, entry: ZipEntry, shownName: string, target: Uint8Array): string | undefined {
  const bytes = readZipEntry(handle, entry, shownName);
  const file = `${shownName}: ${entry.name}`;
  const header = pngHeader(bytes, file);
  if (header.width !== PATCH_SIDE || header.height !== PATCH_SIDE || header.colourType !== 2 || header.bits !== 8)
    return describePng(header);
  decodeColourPng(bytes, file, target);
  return undefined;
}

/** Fewer patches than this are not worth a thread. */
const WORTH_A_THREAD = 1000;

async function decodeAll(
  file: string,
  shownName: string,
  patches: readonly NamedPatch[],
  pixels: SharedArrayBuffer,
  onDone: (patches: number) => void,
): Promise<Array<{ index: number; what: string }>> {
  const entries = patches.map((patch) => patch.entry);
  if (entries.length < WORTH_A_THREAD) return decodeShare({ file, shownName, entries, first: 0, pixels }, onDone);
  const threads = Math.max(1, Math.min(8, os.availableParallelism()));
  const each = Math.ceil(entries.length / threads);
  const workers: Worker[] = [];
  const shares = Array.from({ length: threads }, (_, thread) => {
    const share: DecodeShare = {
      file,
      shownName,
      entries: entries.slice(thread * each, (thread + 1) * each),
      first: thread * each,
      pixels,
    };
    const worker = new Worker(path.join(__dirname, 'idc-worker.js'), { workerData: share });
    workers.push(worker);
    return answerOf(worker, onDone);
  });
  try {
    return (await Promise.all(shares)).flat();
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

type Answer = { done: number } | { rejected: Array<{ index: number; what: string }> } | { failure: DataErrorDetail };

function answerOf(worker: Worker, onDone: (patches: number) => void): Promise<Array<{ index: number; what: string }>> {
  return new Promise((resolve, reject) => {
    worker.on('message', (answer: Answer) => {
      if ('done' in answer) onDone(answer.done);
      else if ('failure' in answer) reject(new DataError(answer.failure));
      else resolve(answer.rejected);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a decoding thread ended with code ${code}`)));
  });
}

/** Reads every patch of an archive; whatever is not a patch of 50 × 50 × 3 is counted and named, never resized. */
export async function readPatches(file: string, shownName: string, onProgress: (share: number) => void = () => {}): Promise<Patches> {
  const entries = await zipEntries(file, shownName);
  const patches = namedPatches(entries, shownName);
  if (patches.length === 0) {
    throw archiveError(shownName, `none of its ${entries.length} files is a patch`, '<patient>/<0|1>/<patient>_idx5_x…_y…_class….png');
  }
  const pixels = new SharedArrayBuffer(patches.length * PATCH_BYTES);
  let done = 0;
  const rejected = await decodeAll(file, shownName, patches, pixels, (more) => {
    done += more;
    onProgress(done / patches.length);
  });
  return gather(patches, new Uint8Array(pixels), rejected, entries.length - patches.length);
}

function gather(patches: NamedPatch[], pixels: Uint8Array, rejected: Array<{ index: number; what: string }>, others: number): Patches {
  const left = new Set(rejected.map((each) => each.index));
  const kept = patches.map((_, index) => index).filter((index) => !left.has(index));
  for (const [to, from] of kept.entries())
    if (to !== from) pixels.copyWithin(to * PATCH_BYTES, from * PATCH_BYTES, (from + 1) * PATCH_BYTES);
  const patients = [...new Set(kept.map((index) => patches[index]!.patient))].sort((a, b) => a - b);
  const groupOf = new Map(patients.map((patient, group) => [patient, group]));
  return {
    pixels: pixels.subarray(0, kept.length * PATCH_BYTES),
    labels: Uint8Array.from(kept, (index) => patches[index]!.label),
    groups: Int32Array.from(kept, (index) => groupOf.get(patches[index]!.patient)!),
    groupNames: patients.map(String),
    positions: Int32Array.from(kept.flatMap((index) => [patches[index]!.x, patches[index]!.y])),
    rejected: rejected.sort((a, b) => a.index - b.index).map(({ index, what }) => `${patches[index]!.entry.name} (${what})`),
    others,
  };
}
