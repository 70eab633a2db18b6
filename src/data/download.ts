/** Fetches a file over HTTP: a quick look at which hosts answer, redirects, resume, a stall clock, and a progress line. */
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { cacheWriteError, describeStart, removeFile, temporaryName } from './cache.js';
import { DataError } from './errors.js';

export interface DownloadLimits {
  /** Until a host takes the connection. */
  connectMilliseconds: number;
  /** Between two pieces of an answer. */
  stallMilliseconds: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = { connectMilliseconds: 5000, stallMilliseconds: 20_000 };

const MOST_REDIRECTS = 5;
const UNREACHABLE_FOR = 60_000;
const IN_CLEAR = 'check the network, or put the files in a folder of the layout NAME/FILE and name that folder by DATA_MIRROR';

/** Hosts that did not answer a moment ago: four files of a set must not wait four times. */
const unreachableSince = new Map<string, number>();

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

function answers(url: URL, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: url.hostname, port: portOf(url) });
    const finish = (outcome: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => finish(false), milliseconds);
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
  });
}

/** The addresses whose hosts take a connection, in the given order; all hosts are tried at once, so this never takes longer than one. */
export async function reachableAddresses(addresses: readonly string[], limits: DownloadLimits = DOWNLOAD_LIMITS): Promise<string[]> {
  const outcomes = await Promise.all(
    addresses.map(async (address) => {
      const url = new URL(address);
      const since = unreachableSince.get(url.host);
      if (since !== undefined && performance.now() - since < UNREACHABLE_FOR) return false;
      const outcome = await answers(url, limits.connectMilliseconds);
      if (outcome) unreachableSince.delete(url.host);
      else unreachableSince.set(url.host, performance.now());
      return outcome;
    }),
  );
  return addresses.filter((_, index) => outcomes[index]);
}

/** Forgets which hosts were silent (a reader has plugged the network in again). */
export function forgetSilentHosts(): void {
  unreachableSince.clear();
}

export interface DownloadProgress {
  readonly received: number;
  readonly total: number | undefined;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | undefined;
}

/** What lies in a .partial file: resuming is only right from the same address and the same state of the file. */
interface PartialNote {
  address: string;
  validator?: string;
}

interface Partial {
  file: string;
  note: string;
  lock: string;
  ours: boolean;
}

function processLives(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The shared partial file for one process at a time; another process that fetches the same file works on one of its own. */
function claimPartial(target: string): Partial {
  const lock = `${target}.lock`;
  const shared = { file: `${target}.partial`, note: `${target}.partial.json`, lock, ours: true };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return shared;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cacheWriteError(target, error);
      const holder = Number(readText(lock));
      if (holder && holder !== process.pid && !processLives(holder)) removeFile(lock);
      else break;
    }
  }
  const own = temporaryName(target);
  return { file: own, note: `${own}.json`, lock, ours: false };
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function readNote(partial: Partial, address: string): { offset: number; validator?: string } {
  try {
    const note = JSON.parse(readText(partial.note)) as PartialNote;
    if (note.address === address && note.validator) return { offset: fs.statSync(partial.file).size, validator: note.validator };
  } catch {
    // No note, or half of one: start anew.
  }
  return { offset: 0 };
}

/** Fetches one address into `target`; what arrived of it before is kept and continued. */
export async function download(
  address: string,
  target: string,
  onProgress: (progress: DownloadProgress) => void = () => {},
  limits: DownloadLimits = DOWNLOAD_LIMITS,
): Promise<void> {
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
  } catch (cause) {
    throw cacheWriteError(target, cause);
  }
  const partial = claimPartial(target);
  try {
    await receive(address, partial, onProgress, limits);
    fs.renameSync(partial.file, target);
    removeFile(partial.note);
  } catch (error) {
    if (!partial.ours) {
      removeFile(partial.file);
      removeFile(partial.note);
    }
    throw error;
  } finally {
    if (partial.ours) removeFile(partial.lock);
  }
}

async function receive(
  address: string,
  partial: Partial,
  onProgress: (progress: DownloadProgress) => void,
  limits: DownloadLimits,
): Promise<void> {
  const before = readNote(partial, address);
  const headers: http.OutgoingHttpHeaders = { 'user-agent': 'paperlab', 'accept-encoding': 'identity' };
  if (before.offset > 0) {
    headers['range'] = `bytes=${before.offset}-`;
    headers['if-range'] = before.validator;
  }
  const answer = await request(new URL(address), headers, limits);
  const continues = answer.statusCode === 206 && rangeStart(answer) === before.offset;
  if (!continues && answer.statusCode !== 200) {
    answer.destroy();
    if (before.offset > 0) {
      // The host cannot continue what is here: begin again.
      removeFile(partial.file);
      removeFile(partial.note);
      if (answer.statusCode === 416 || answer.statusCode === 206) return receive(address, partial, onProgress, limits);
    }
    throw networkError(address, `the host answered with status ${answer.statusCode}`);
  }
  refuseWebPage(answer, address);
  const offset = continues ? before.offset : 0;
  const length = Number(answer.headers['content-length'] ?? Number.NaN);
  const total = Number.isFinite(length) ? offset + length : undefined;
  noteValidator(partial, address, answer);
  await store(answer, { address, partial, offset, total, onProgress, limits });
}

function rangeStart(answer: http.IncomingMessage): number {
  return Number(/^bytes (\d+)-/.exec(String(answer.headers['content-range']))?.[1] ?? -1);
}

function noteValidator(partial: Partial, address: string, answer: http.IncomingMessage): void {
  const tag = answer.headers.etag;
  const validator = tag && !tag.startsWith('W/') ? tag : answer.headers['last-modified'];
  try {
    fs.writeFileSync(partial.note, JSON.stringify({ address, validator }));
  } catch (cause) {
    answer.destroy();
    throw cacheWriteError(partial.note, cause);
  }
}

function refuseWebPage(answer: http.IncomingMessage, address: string): void {
  if (/text\/html/i.test(String(answer.headers['content-type']))) {
    answer.destroy();
    throw networkError(address, 'the host answered with a web page in place of the file (a proxy or log-in page may be in between)');
  }
}

interface Receiving {
  address: string;
  partial: Partial;
  offset: number;
  total: number | undefined;
  onProgress: (progress: DownloadProgress) => void;
  limits: DownloadLimits;
}

async function store(answer: http.IncomingMessage, receiving: Receiving): Promise<void> {
  const { address, partial, offset, total, onProgress, limits } = receiving;
  const started = performance.now();
  let received = offset;
  let file: number;
  try {
    file = fs.openSync(partial.file, offset > 0 ? 'a' : 'w');
  } catch (cause) {
    answer.destroy();
    throw cacheWriteError(partial.file, cause);
  }
  answer.setTimeout(limits.stallMilliseconds, () => {
    answer.destroy(networkError(address, `nothing arrived for ${limits.stallMilliseconds / 1000} seconds after ${received} bytes`));
  });
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      if (received === 0 && /^it is a web page/.test(describeStart(piece))) {
        throw networkError(address, 'the host answered with a web page in place of the file (a proxy or log-in page may be in between)');
      }
      writePiece(file, piece, partial.file);
      received += piece.length;
      onProgress(progressOf(received, total, (received - offset) / Math.max(0.001, (performance.now() - started) / 1000)));
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw networkError(address, `the connection broke after ${received} bytes (${(error as Error).message})`, error);
  } finally {
    fs.closeSync(file);
  }
  if (total !== undefined && received !== total) throw networkError(address, `the host promised ${total} bytes and sent ${received}`);
}

function writePiece(file: number, piece: Buffer, name: string): void {
  try {
    for (let offset = 0; offset < piece.length; ) offset += fs.writeSync(file, piece, offset);
  } catch (cause) {
    throw cacheWriteError(name, cause);
  }
}

function progressOf(received: number, total: number | undefined, bytesPerSecond: number): DownloadProgress {
  return {
    received,
    total,
    bytesPerSecond,
    secondsLeft: total === undefined ? undefined : (total - received) / Math.max(1, bytesPerSecond),
  };
}

function networkError(address: string, problem: string, cause?: unknown): DataError {
  return new DataError({ code: 'network', file: address, problem, remedy: IN_CLEAR, cause });
}

function request(url: URL, headers: http.OutgoingHttpHeaders, limits: DownloadLimits, redirects = 0): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    const outgoing = client.get(url, { headers, agent: false }, (answer) => {
      clearTimeout(timer);
      const status = answer.statusCode ?? 0;
      const location = answer.headers.location;
      if (status < 300 || status >= 400 || !location) {
        resolve(answer);
        return;
      }
      answer.destroy();
      if (redirects >= MOST_REDIRECTS) reject(networkError(url.href, `more than ${MOST_REDIRECTS} redirects`));
      else request(new URL(location, url), headers, limits, redirects + 1).then(resolve, reject);
    });
    const stop = (problem: string) => outgoing.destroy(networkError(url.href, problem));
    const timer = setTimeout(
      () => stop(`no answer within ${(limits.connectMilliseconds + limits.stallMilliseconds) / 1000} seconds`),
      limits.connectMilliseconds + limits.stallMilliseconds,
    );
    outgoing.once('error', (error) => {
      clearTimeout(timer);
      reject(error instanceof DataError ? error : networkError(url.href, `no connection (${error.message})`, error));
    });
  });
}
