/**
 * Faults that a person meets after hours of work: a real disk that is full, a clock that was moved back, too little memory. What was whole
 * stays whole, the error says what to do, and after it the same work goes on. Kills are tests/safety-kill, damaged data tests/data-faults,
 * two processes with one run and damaged records tests/results-store.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { show } from 'paperlab/notebook';
import { experiment, newFolder, outcome, storeIn } from './results-support.js';
import { repository } from './setup-clone.js';

const program = path.join(__dirname, 'faults-program.js');

/** What the ways of the program tell; each tells its own part. */
interface Told {
  message: string;
  left: string[];
  after: string[];
  lastBefore: number;
  firstAfter: number;
  same: boolean;
  epochs: number;
  kept: boolean;
  found: number;
  seconds: number;
  lossAfter: number;
}

/** Runs one way of the program; where a size is given, its folder is a disk of that size that nobody else sees. */
function runs(way: string, size?: string): Told {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'small-disk-'));
  try {
    const words = [process.execPath, program, way, folder];
    const mounted = ['unshare', '-rm', 'sh', '-c', `mount -t tmpfs -o size=${size} none "$0" && exec "$@"`, folder, ...words];
    const [command, ...rest] = size ? mounted : words;
    const ended = spawnSync(command!, rest, { encoding: 'utf8', timeout: 240_000, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
    const found = /^RESULT (.*)$/m.exec(ended.stdout ?? '');
    assert.ok(found, `${way} ended with ${ended.status ?? ended.signal}: ${ended.stderr || ended.error}`);
    return JSON.parse(found[1]!) as Told;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A disk of our own needs user namespaces, which some systems forbid. */
const trial = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', os.tmpdir()], { encoding: 'utf8' });
const noDisk = trial.status === 0 ? false : 'no small disk can be mounted here (unshare -rm is not allowed)';

describe('a disk that is full', { skip: noDisk }, () => {
  it('while a checkpoint is written: the one before stays whole, and training goes on from it with the same bits', () => {
    const { message, left, lastBefore, firstAfter, same, epochs } = runs('checkpoint', '256k');
    assert.match(message, /^CheckpointError: .*state\/run: the disk is full\. The checkpoint before it is kept: make room/);
    assert.deepEqual(left, ['run', 'run.previous'], 'nothing half-written');
    assert.equal(same, true);
    assert.equal(epochs, 6);
    // A checkpoint every three steps: no more than the steps since the last whole one are done again.
    console.log(`the disk filled up at step ${lastBefore} of 126; taken up again, the first step reported is ${firstAfter}`);
    assert.ok(firstAfter > lastBefore - 9 && lastBefore > 15, `${lastBefore}, then ${firstAfter}`);
  });

  it('while a record is written: no half record, the checkpoint is kept, the next try succeeds', () => {
    const { message, left, kept, found } = runs('record', '1m');
    assert.match(message, /^StoreError: .*the disk is full.*checkpoint is kept/);
    assert.deepEqual(left, []);
    assert.equal(kept, true);
    assert.equal(found, 1);
  });

  const renderer = fs.existsSync(path.join(repository, '.runtime', 'venv')) ? false : 'no renderer: npm run setup';
  it('while a figure is written: said, nothing half-written, and written once there is room', { skip: renderer }, () => {
    const { message, left, after } = runs('figure', '256k');
    assert.match(message, /^ArtefactError: .*fig-1\.png could not be written: the disk is full\. Make room/);
    assert.deepEqual(left, []);
    assert.ok(after.some((name) => name.endsWith('fig-1.png')));
  });
});

describe('too little memory', () => {
  const linux = fs.existsSync('/proc/self/status') && spawnSync('prlimit', ['--version']).status === 0;
  it('a training that does not fit says so, and the process can train another', { skip: linux ? false : 'needs prlimit' }, () => {
    const { message, seconds, lossAfter } = runs('memory');
    console.log(`too little memory: said after ${seconds.toFixed(1)} s`);
    assert.match(message, /^DeviceError: The device ran out of memory .*batch size 4000.*choose a smaller batch size/);
    assert.ok(Number.isFinite(lossAfter));
  });

  it("JavaScript's own memory ends the process with a word, not a standstill", () => {
    const hungry = 'const all = []; for (;;) all.push(new Array(1e5).fill({}));';
    const ended = spawnSync(process.execPath, ['--max-old-space-size=60', '-e', hungry], { encoding: 'utf8', timeout: 60_000 });
    assert.notEqual(ended.status, 0);
    assert.match(ended.stderr, /heap out of memory/);
    // The same words in set-up's list of misfortunes and in the runner's report of a dead kernel.
    assert.match(fs.readFileSync(path.join(repository, 'scripts', 'library', 'failure.mjs'), 'utf8'), /heap out of memory/);
  });
});

describe('a clock that is moved back by a day', () => {
  const RealDate = Date;
  let shift = 0;
  const DAY = 24 * 3600 * 1000;
  class MovedDate extends RealDate {
    constructor(...values: [] | [number | string]) {
      if (values.length === 0) super(RealDate.now() - shift);
      else super(values[0]);
    }
    static override now() {
      return RealDate.now() - shift;
    }
  }
  const kernelModule = path.join(path.sep, 'kernel', 'tslab', 'dist', 'jupyter.js');
  before(() => {
    globalThis.Date = MovedDate as DateConstructor;
  });
  afterEach(() => {
    shift = 0;
    delete require.cache[kernelModule];
  });
  after(() => {
    globalThis.Date = RealDate;
  });

  it('the progress line goes on, and no time is negative', async () => {
    const lines: string[] = [];
    const lastWriteDisplayData = ({ data }: { data: Record<string, string> }) => lines.push(data['text/plain']!);
    require.cache[kernelModule] = { exports: { lastWriteDisplayData } } as unknown as NodeJS.Module;
    const progress = show.progress('Training');
    progress.update({ fraction: 0.2 });
    shift = DAY;
    await new Promise((resolve) => setTimeout(resolve, 150));
    progress.update({ fraction: 0.4 });
    progress.done();
    assert.equal(lines.length, 3, lines.join('\n'));
    assert.match(lines[1]!, /40 % .*[0-9] ?(ms|s) gone/);
    assert.doesNotMatch(lines.join('\n'), /-\d|−\d/);
  });

  it('a run that the change falls into is recorded, and found again', async () => {
    const store = storeIn(newFolder());
    const probe = experiment(() => {
      shift = DAY;
      return outcome();
    });
    const { seconds, finishedAt } = await store.ensure(probe, { profile: 'paper', seed: 1, record: true });
    assert.ok(seconds >= 0 && seconds < 60, `${seconds} s`);
    assert.ok(RealDate.now() - Date.parse(finishedAt) > DAY / 2, 'the time of the day is the one that the clock shows');
    assert.equal((await store.of(probe, { profile: 'paper' })).length, 1);
    assert.equal((await store.ensure(probe, { profile: 'paper', seed: 1, record: true })).finishedAt, finishedAt);
    assert.equal(probe.count(), 1);
  });

  it('a lock from before the change, left by nobody, holds nobody up', async () => {
    const base = newFolder();
    const store = storeIn(base);
    const locks = path.join(base, 'work', 'locks');
    let name = '';
    const probe = experiment(() => {
      [name] = fs.readdirSync(locks) as [string];
      return outcome();
    });
    await store.ensure(probe, { profile: 'paper', seed: 1, record: true });
    fs.writeFileSync(path.join(locks, name), '{"tok');
    shift = DAY;
    const limit = AbortSignal.timeout(5000);
    await store.ensure(probe, { profile: 'paper', seed: 1, record: true, again: true, signal: limit });
    assert.equal(probe.count(), 2);
    assert.deepEqual(fs.readdirSync(locks), []);
  });
});
