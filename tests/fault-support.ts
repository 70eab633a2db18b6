/** Starts the training of fault-program, and kills it where a test wants. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = path.join(__dirname, 'fault-program.js');

export interface Attempt {
  signal: NodeJS.Signals | null;
  /** How often it said that it had got on. */
  reports: number;
  /** The first and the last step that it said, as 'epoch step'. */
  first?: string;
  last?: string;
  digest?: string;
  problem: string;
}

export interface Kill {
  /** After this many reports … */
  reports: number;
  /** … and this many milliseconds. */
  milliseconds: number;
}

/** One attempt at the training; with `kill`, ended by SIGKILL at that moment unless it is done before. */
export function attempt(checkpoint: string, kill?: Kill): Promise<Attempt> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'train', checkpoint], { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
    const result: Attempt = { signal: null, reports: 0, problem: '' };
    let rest = '';
    child.stderr.on('data', (chunk: Buffer) => {
      result.problem += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const [word, ...values] = line.split(' ');
        if (word === 'done') result.digest = values[0];
        if (word !== 'step') continue;
        result.first ??= values.join(' ');
        result.last = values.join(' ');
        if (++result.reports === kill?.reports) void sleep(kill.milliseconds).then(() => child.kill('SIGKILL'));
      }
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve({ ...result, signal }));
  });
}

/** A place for one checkpoint, removed after the work. */
export async function withCheckpoint<Result>(work: (checkpoint: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fault-'));
  try {
    return await work(path.join(folder, 'state'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
