/**
 * Checkpoints: one file that says what it is. A JSON header (recipe, position, history, names and shapes, checksum), then all numbers.
 * Written beside and moved into place, so that a kill at any moment leaves a whole file; the one before stays as `<path>.previous`.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { CheckpointError } from './errors.js';
import type { EpochRecord } from './types.js';

const MAGIC = 'paperlab-checkpoint-1\n';

/** Where training stands. Epochs are counted from 1; `step` is the number of steps done in `epoch`. */
export interface Position {
  epoch: number;
  step: number;
  tally: { loss: number; correct: number; examples: number };
}

export interface Checkpoint {
  /** What must agree for a resumed run to be the same run. */
  recipe: Record<string, unknown>;
  position: Position;
  epochs: EpochRecord[];
  tensors: { name: string; shape: readonly number[]; values: Float32Array }[];
}

interface Header {
  recipe: Record<string, unknown>;
  position: Position;
  epochs: EpochRecord[];
  tensors: { name: string; shape: readonly number[] }[];
  bytes: number;
  sha256: string;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const previous = (file: string): string => `${file}.previous`;

export function writeCheckpoint(file: string, { recipe, position, epochs, tensors }: Checkpoint): void {
  const payload = Buffer.concat(tensors.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
  const header: Header = {
    recipe,
    position,
    epochs,
    tensors: tensors.map(({ name, shape }) => ({ name, shape })),
    bytes: payload.length,
    sha256: digest(payload),
  };
  const headerBytes = Buffer.from(JSON.stringify(header), 'utf8');
  const lengths = Buffer.alloc(4);
  lengths.writeUInt32LE(headerBytes.length);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const descriptor = fs.openSync(temporary, 'w');
    try {
      // A nearly full disk takes a part and says so only by a number; writeFileSync goes on until all is written or it fails.
      for (const part of [Buffer.from(MAGIC), lengths, headerBytes, payload]) fs.writeFileSync(descriptor, part);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    if (fs.existsSync(file)) fs.renameSync(file, previous(file));
    fs.renameSync(temporary, file);
  } catch (cause) {
    fs.rmSync(temporary, { force: true });
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOSPC' ? 'the disk is full' : message;
    const kept = fs.existsSync(file) ? ' The checkpoint before it is kept' : ' There is none before it';
    throw new CheckpointError(
      `checkpoint.path: cannot write ${file}: ${why}.${kept}: make room or make the folder writable, then start the same training again.`,
      { cause },
    );
  }
}

/** Reads and verifies one file; throws if anything is amiss. */
function readFile(file: string): Checkpoint {
  const bytes = fs.readFileSync(file);
  const damaged = (what: string) => new CheckpointError(`${file} is not a whole checkpoint: ${what}.`);
  if (bytes.subarray(0, MAGIC.length).toString() !== MAGIC) throw damaged('it does not begin like one');
  if (bytes.length < MAGIC.length + 4) throw damaged('it ends in its first line');
  const headerStart = MAGIC.length + 4;
  const payloadStart = headerStart + bytes.readUInt32LE(MAGIC.length);
  let header: Header;
  try {
    header = JSON.parse(bytes.subarray(headerStart, payloadStart).toString('utf8')) as Header;
  } catch {
    throw damaged('its header cannot be read');
  }
  const payload = bytes.subarray(payloadStart);
  if (payload.length !== header.bytes || digest(payload) !== header.sha256) throw damaged('its numbers do not match their checksum');
  let offset = 0;
  const tensors = header.tensors.map(({ name, shape }) => {
    const length = shape.reduce((product, size) => product * size, 1) * 4;
    const values = new Float32Array(new Uint8Array(payload.subarray(offset, offset + length)).buffer);
    offset += length;
    return { name, shape, values };
  });
  return { recipe: header.recipe, position: header.position, epochs: header.epochs, tensors };
}

/** The newest whole checkpoint at this path; undefined if there has been none. A damaged one gives way to the one before it. */
export function readCheckpoint(file: string): Checkpoint | undefined {
  const candidates = [file, previous(file)].filter((candidate) => fs.existsSync(candidate));
  const failures: unknown[] = [];
  for (const candidate of candidates) {
    try {
      return readFile(candidate);
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length === 0) return undefined;
  throw new CheckpointError(
    `checkpoint.path: no usable checkpoint at ${file}. ${failures.map((failure) => (failure as Error).message).join(' ')} Delete it to start anew.`,
    { cause: failures[0] },
  );
}

/** Refuses a checkpoint of another run, naming what differs. */
export function checkRecipe(file: string, found: Record<string, unknown>, wanted: Record<string, unknown>): void {
  const differing = Object.keys({ ...found, ...wanted }).filter((key) => JSON.stringify(found[key]) !== JSON.stringify(wanted[key]));
  if (differing.length === 0) return;
  const details = differing.map((key) => `${key} is ${JSON.stringify(found[key])} there and ${JSON.stringify(wanted[key])} here`);
  throw new CheckpointError(`checkpoint.path: ${file} belongs to another run: ${details.join('; ')}. Delete it, or choose another path.`);
}
