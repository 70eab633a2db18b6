/** IDC: patches of breast tissue by patient, from the complete archive or the extract, kept as one compact file in the cache. */
import fs from 'node:fs';
import { cachePath, readWhole, removeFile, sha256, writeWhole } from './cache.js';
import { DataError, FETCH_AGAIN } from './errors.js';
import { shownPath } from './folders.js';
import { PATCH_SIDE, type Patches, readPatches } from './idc-archive.js';
import { type ManifestSet, manifestSet } from './manifest.js';
import { damagedCache, fetchFirst, mirrorFile, realOrStandIn } from './policy.js';
import { endLine, statusLine } from './progress.js';
import { checkLimit, limited } from './select.js';
import { standIn } from './standins/index.js';
import type { ImageSet, LoadOptions } from './types.js';
import { zipEntries } from './zip.js';

/** Patches with and without invasive ductal carcinoma. It has no split of its own: make one by patient with groupSplit. */
export async function idc(options: LoadOptions = {}): Promise<ImageSet> {
  const set = manifestSet('idc');
  checkLimit(options, [], set.title);
  const whole = await realOrStandIn({ set, real: () => readReal(set), standIn: () => standIn('idc') }, options);
  return limited(whole, options);
}

export const TENSOR_FILE = 'patches.tensor';

async function readReal(set: ManifestSet): Promise<ImageSet> {
  const target = cachePath('idc', TENSOR_FILE);
  const cached = readWhole(target);
  if (cached) return fromTensor(cached, target, set);
  const archive = set.files[0]!;
  const inMirror = mirrorFile(set, archive);
  const fetched = cachePath('idc', archive.name);
  // An archive that lies in the cache was fetched whole, and its decoding was broken off.
  if (!inMirror && !fs.existsSync(fetched)) {
    await fetchFirst(set, archive, fetched, async (_, from) => {
      await zipEntries(fetched, from);
    });
  }
  try {
    await makeTensor(set, inMirror ?? fetched, target);
  } catch (error) {
    // A bad archive must not be met again; one that only found the disk full is kept.
    if (!inMirror && error instanceof DataError && error.code !== 'cache-write') removeFile(fetched);
    throw error;
  }
  if (!inMirror) removeFile(fetched);
  return fromTensor(readWhole(target)!, target, set);
}

async function makeTensor(set: ManifestSet, archive: string, target: string): Promise<void> {
  const shown = shownPath(archive);
  const patches = await readPatches(archive, shown, (share) => statusLine(`${set.title}: reading patches ${Math.round(share * 100)} %`));
  endLine();
  const variant = variantOf(set, patches, shown);
  writeWhole(target, tensorOf(patches, variant));
}

/** Which known state of the set these patches are; anything else is not the set. */
function variantOf(set: ManifestSet, patches: Patches, shown: string): string {
  const all = patches.labels.length + patches.rejected.length;
  const positive = patches.labels.reduce((sum, label) => sum + label, 0);
  const known = (set.variants ?? []).find(
    (variant) =>
      variant.patches === all &&
      variant.patients === patches.groupNames.length &&
      Math.abs(variant.classCounts[1]! - positive) <= patches.rejected.length,
  );
  if (known) return known.name;
  throw new DataError({
    code: 'checksum',
    file: shown,
    problem: `it holds ${all} patches of ${patches.groupNames.length} patients, ${positive} of them positive`,
    expected: (set.variants ?? [])
      .map((variant) => `${variant.patches} patches of ${variant.patients} patients (${variant.name})`)
      .join(' or '),
    remedy: FETCH_AGAIN,
  });
}

const MAGIC = 'PLPATCH1';
const LENGTH_BYTES = 4;

interface TensorHeader {
  readonly variant: string;
  readonly count: number;
  readonly groupNames: readonly string[];
  readonly rejected: readonly string[];
  /** Of everything behind the header. */
  readonly sha256: string;
}

/** The cache file: magic, length of the header, header as JSON, then groups, positions, labels, pixels. */
export function tensorOf(patches: Patches, variant: string): Uint8Array[] {
  const body = [bytesOf(patches.groups), bytesOf(patches.positions), patches.labels, patches.pixels];
  const header: TensorHeader = {
    variant,
    count: patches.labels.length,
    groupNames: patches.groupNames,
    rejected: patches.rejected,
    sha256: sha256(...body),
  };
  const text = Buffer.from(JSON.stringify(header));
  // Numbers of four bytes behind the header need a start that four divides.
  const padded = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, ' ')]);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(padded.length);
  return [Buffer.from(MAGIC), length, padded, ...body];
}

function bytesOf(values: Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Reads a cache file and refuses one that has changed. */
export function fromTensor(bytes: Uint8Array, target: string, set: ManifestSet): ImageSet {
  const damaged = (problem: string, cause?: unknown) => damagedCache(target, set, problem, cause);
  const start = MAGIC.length + LENGTH_BYTES;
  if (bytes.length < start || Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC)
    throw damaged('it does not start as it should');
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  const body = bytes.subarray(start + headerBytes);
  let header: TensorHeader;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(start, start + headerBytes)).toString()) as TensorHeader;
  } catch (cause) {
    throw damaged('its header cannot be read', cause);
  }
  const { count } = header;
  const patchBytes = PATCH_SIDE * PATCH_SIDE * 3;
  if (body.length !== count * (4 + 8 + 1 + patchBytes)) throw damaged(`it holds ${body.length} bytes for ${count} patches`);
  const found = sha256(body);
  if (found !== header.sha256) throw damaged(`its sha256 is ${found}, not ${header.sha256}`);
  const at = body.byteOffset;
  return {
    name: 'idc',
    split: 'all',
    groups: new Int32Array(body.buffer, at, count),
    positions: new Int32Array(body.buffer, at + 4 * count, 2 * count),
    labels: body.subarray(12 * count, 13 * count),
    pixels: body.subarray(13 * count),
    count,
    height: PATCH_SIDE,
    width: PATCH_SIDE,
    channels: 3,
    classNames: set.classNames,
    indices: Int32Array.from({ length: count }, (_, index) => index),
    groupNames: header.groupNames,
    rejected: header.rejected,
    variant: header.variant,
    provenance: 'real',
    checksum: header.sha256,
  };
}
