/** One run, one process: the others wait for it. A lock whose process has gone is taken over. */
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

interface Owner {
  token: string;
  pid: number;
  host: string;
  /** When that process began, so that a later one with the same number is not taken for it. */
  processStart: string;
}

const HEARTBEAT = 20_000;
/** A lock of another machine without a sign of life for so long is given up. Training holds the event loop for seconds at most. */
const SILENCE = 15 * 60_000;

/** Field 22 of /proc/<pid>/stat: start time in ticks. Empty where there is no /proc. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function isStale(file: string, owner: Owner | undefined): boolean {
  let age: number;
  try {
    // A time stamp from the future is as strange as one from long ago: the clock was moved back.
    age = Math.abs(Date.now() - statSync(file).mtimeMs);
  } catch {
    return false;
  }
  if (!owner) return age > 10_000;
  if (owner.host !== os.hostname()) return age > SILENCE;
  return !isAlive(owner.pid) || (owner.processStart !== '' && owner.processStart !== processStart(owner.pid));
}

export interface Lock {
  release(): void;
}

/** Takes the lock if it is free or stale. Its content is complete from the first moment: a hard link puts it in place. */
export function tryLock(file: string): Lock | undefined {
  mkdirSync(path.dirname(file), { recursive: true });
  const owner: Owner = { token: randomUUID(), pid: process.pid, host: os.hostname(), processStart: processStart(process.pid) };
  const prepared = `${file}.${owner.token}`;
  writeFileSync(prepared, JSON.stringify(owner));
  try {
    if (!placed(prepared, file)) {
      const holder = readOwner(file);
      if (!isStale(file, holder) || !removedStale(file, holder, owner.token) || !placed(prepared, file)) return undefined;
    }
  } finally {
    rmSync(prepared, { force: true });
  }
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Removed by hand: the run goes on, its record is written whole in any case.
    }
  }, HEARTBEAT);
  beat.unref();
  return {
    release() {
      clearInterval(beat);
      if (readOwner(file)?.token === owner.token) rmSync(file, { force: true });
    },
  };
}

function placed(prepared: string, file: string): boolean {
  try {
    linkSync(prepared, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two processes may see the same stale lock; only the one that moves that very lock away may go on. */
function removedStale(file: string, stale: Owner | undefined, token: string): boolean {
  const aside = `${file}.${token}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return false;
  }
  const moved = readOwner(aside);
  const isTheOne = moved?.token === stale?.token;
  if (!isTheOne && !existsSync(file)) placed(aside, file);
  rmSync(aside, { force: true });
  return isTheOne;
}

/** Waits until the lock is held, or until `done()` says that it is no longer needed (then undefined). */
export async function lockOr<Result>(
  file: string,
  done: () => Result | undefined,
  options: { signal?: AbortSignal; onWait?: (holder: number | undefined) => void; pollMilliseconds?: number } = {},
): Promise<{ lock: Lock } | { result: Result }> {
  for (let told = false; ; ) {
    options.signal?.throwIfAborted();
    const result = done();
    if (result !== undefined) return { result };
    const lock = tryLock(file);
    if (lock) {
      // What was missing a moment ago may have been finished before the lock was free.
      const finished = done();
      if (finished === undefined) return { lock };
      lock.release();
      return { result: finished };
    }
    if (!told) options.onWait?.(readOwner(file)?.pid);
    told = true;
    await pause(options.pollMilliseconds ?? 300);
  }
}
