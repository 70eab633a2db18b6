/** Where data comes from: cache, then mirror, then public addresses, then the stand-in, said loudly. */
import fs from 'node:fs';
import path from 'node:path';
import { cachePath, checkPayload, gunzipBounded, readWhole, removeFile, sha256, writeWhole } from './cache.js';
import { download, reachableAddresses } from './download.js';
import { DataError } from './errors.js';
import { mirror, shownPath } from './folders.js';
import type { ManifestFile, ManifestSet } from './manifest.js';
import { downloadLine, endLine } from './progress.js';
import type { LoadOptions } from './types.js';

const isSet = (name: string) => /^(1|true|yes|on)$/i.test(process.env[name] ?? '');

export function standInForced(): boolean {
  return isSet('STAND_IN');
}

export function realRequired(options: LoadOptions): boolean {
  return options.requireReal ?? (isSet('REQUIRE_REAL') || process.argv.includes('--require-real'));
}

const said = new Set<string>();

/** The banner, once per set and reason in a process. */
function announce(text: string): void {
  if (said.has(text)) return;
  said.add(text);
  process.stderr.write(`${text}\n`);
}

function reasonsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface Sources<Result> {
  readonly set: ManifestSet;
  real(): Promise<Result>;
  standIn(): Result;
}

/** Errors that say a source is absent; all others (a damaged cache, a bad mirror) must be seen and mended, not covered by a stand-in. */
const ABSENT = new Set(['network', 'not-found']);

/** The policy in one place. */
export async function realOrStandIn<Result>(sources: Sources<Result>, options: LoadOptions): Promise<Result> {
  const { set } = sources;
  const required = realRequired(options);
  if (standInForced()) {
    if (required) {
      throw new DataError({
        code: 'real-data-required',
        file: set.title,
        problem: 'STAND_IN=1 asks for the stand-in and real data are required at the same time',
        remedy: 'take back one of the two: STAND_IN, or REQUIRE_REAL / --require-real',
      });
    }
    announce(banner(set, 'STAND_IN=1 asks for it', 'unset STAND_IN'));
    return sources.standIn();
  }
  try {
    return await sources.real();
  } catch (error) {
    if (!(error instanceof DataError) || !ABSENT.has(error.code)) throw error;
    if (required) {
      throw new DataError({
        code: 'real-data-required',
        file: set.title,
        problem: `the real data cannot be had (${reasonsOf(error)}) and stand-ins are refused`,
        remedy: `npm run data -- fetch ${set.name}, or DATA_MIRROR=FOLDER, or drop REQUIRE_REAL / --require-real`,
        cause: error,
      });
    }
    announce(
      banner(
        set,
        reasonsOf(error),
        `npm run data -- fetch ${set.name} where there is a network, or DATA_MIRROR=FOLDER with ${set.name}/… in it`,
      ),
    );
    return sources.standIn();
  }
}

function banner(set: ManifestSet, why: string, how: string): string {
  const line = '━'.repeat(78);
  return [
    line,
    ` STAND-IN for ${set.title}: procedural images drawn by code, not the real set.`,
    ` Why: ${why}`,
    ` For the real set: ${how}`,
    ' Everything made from it is marked STAND-IN; no verdict is computed from it.',
    line,
  ].join('\n');
}

/** The payload of one gzip file of a set, from the first place that has it. */
export async function obtainPayload(set: ManifestSet, file: ManifestFile): Promise<Uint8Array> {
  const target = cachePath(set.name, file.name.replace(/\.gz$/, ''));
  const cached = readWhole(target);
  if (cached) {
    checkCached(cached, target, set, file);
    return cached;
  }
  const packed = await obtainPacked(set, file);
  const payload = unpack(packed.bytes, packed.from, file);
  writeWhole(target, [payload]);
  if (packed.temporary) removeFile(packed.temporary);
  return payload;
}

function checkCached(bytes: Uint8Array, target: string, set: ManifestSet, file: ManifestFile): void {
  try {
    checkPayload(bytes, shownPath(target), file);
  } catch (cause) {
    throw damagedCache(target, set, (cause as DataError).message, cause);
  }
}

export function damagedCache(target: string, set: ManifestSet, problem: string, cause?: unknown): DataError {
  return new DataError({
    code: 'cache-damaged',
    file: shownPath(target),
    problem: `the cached file has changed since it was written (${problem.replace(/ What to do:.*$/, '').replace(/\.$/, '')})`,
    expected: 'the bytes that were written',
    remedy: `npm run data -- clear ${set.name}, then npm run data -- fetch ${set.name}`,
    cause,
  });
}

function unpack(packed: Uint8Array, from: string, file: ManifestFile): Uint8Array {
  const payload = gunzipBounded(packed, from, file.payloadBytes!);
  checkPayload(payload, from, file);
  return payload;
}

interface Packed {
  bytes: Uint8Array;
  from: string;
  /** A fetched file that is no longer needed once the payload is cached. */
  temporary?: string;
}

async function obtainPacked(set: ManifestSet, file: ManifestFile): Promise<Packed> {
  const inMirror = mirrorFile(set, file);
  if (inMirror) return { bytes: readWhole(inMirror)!, from: shownPath(inMirror) };
  const target = cachePath(set.name, file.name);
  const address = await fetchFirst(set, file, target, (bytes, from) => {
    unpack(bytes(), from, file);
  });
  return { bytes: readWhole(target)!, from: address, temporary: target };
}

/** The path of a file in the mirror folder, where there is one. */
export function mirrorFile(set: ManifestSet, file: ManifestFile): string | undefined {
  const named = mirror();
  if (named?.kind !== 'folder') return undefined;
  const candidate = path.join(named.folder, set.name, file.name);
  return fs.existsSync(candidate) ? candidate : undefined;
}

/** Addresses of a file, the mirror's first. */
function addressesOf(set: ManifestSet, file: ManifestFile): string[] {
  const named = mirror();
  const own = named?.kind === 'address' ? [`${named.address}/${set.name}/${file.name}`] : [];
  return [...own, ...file.addresses];
}

/** Fetches from the first address that answers with a file that passes the check; returns that address. */
export async function fetchFirst(
  set: ManifestSet,
  file: ManifestFile,
  target: string,
  check: (bytes: () => Uint8Array, from: string) => void | Promise<void>,
): Promise<string> {
  const addresses = addressesOf(set, file);
  const reachable = await reachableAddresses(addresses);
  const reasons = addresses.filter((address) => !reachable.includes(address)).map((address) => `${new URL(address).host} does not answer`);
  for (const address of reachable) {
    try {
      await download(address, target, downloadLine(`${set.title}: ${file.name}`));
      endLine();
      await check(() => readWhole(target)!, address);
      return address;
    } catch (error) {
      endLine();
      if (!(error instanceof DataError) || error.code === 'cache-write') throw error;
      removeFile(target);
      reasons.push(error.message);
    }
  }
  throw new DataError({
    code: 'network',
    file: `${set.name}/${file.name}`,
    problem: `none of ${addresses.length} addresses gave the file: ${[...new Set(reasons)].join('; ')}`,
    remedy: `try again with a network, or let DATA_MIRROR name a folder that holds ${set.name}/${file.name}`,
  });
}

/** Identity of a set made of several payloads. */
export function combinedChecksum(files: readonly ManifestFile[]): string {
  return sha256(Buffer.from(files.map((file) => file.sha256).join('\n')));
}
