/** Sweeps over many machines, this machine's side: plan, records that come back, table, orders. What Ray itself does is tested in tests/long. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { show } from 'paperlab/notebook';
import type { FileWriter, RunStore } from 'paperlab/results';
import { printed } from './printed.js';
import { experiment, newFolder, outcome, storeIn } from './results-support.js';

const repository = path.resolve(__dirname, '..', '..');
// biome-ignore lint/suspicious/noExplicitAny: plain JavaScript modules without types.
const library = async (name: string) => (await import(`file://${path.join(repository, 'scripts', 'library', name)}`)) as any;

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named = (name: string) => experiment(() => outcome(), { recipe: { paper: 'lenet5', experiment: name } });
const itemsOf = (names: Record<string, number>) =>
  Object.entries(names).map(([name, minutes]) => ({ experiment: named(name), seed: 1, minutes }));

function project(): string {
  const place = path.join(folder, 'project');
  for (const name of ['src', 'results', '.runtime']) mkdirSync(path.join(place, name), { recursive: true });
  writeFileSync(path.join(place, 'src', 'index.ts'), 'export {};\n');
  writeFileSync(path.join(place, 'results', 'old.json'), '{}');
  writeFileSync(path.join(place, 'untracked'), '');
  execFileSync('git', ['init', '-q'], { cwd: place });
  execFileSync('git', ['add', 'src', 'results'], { cwd: place });
  return place;
}

interface Started {
  // biome-ignore lint/suspicious/noExplicitAny: an instance of a plain JavaScript class.
  sweep: any;
  said: string[];
  stateFile: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  ended: Promise<any>;
}

async function started(mode: string, names: Record<string, number>, store: RunStore, more: Record<string, unknown> = {}): Promise<Started> {
  const { ClusterSweep, clusterPlan } = await library('cluster.mjs');
  const items = itemsOf(names);
  const options = { address: 'ray://test:10001', profile: 'smoke', local: true, maxMinutes: Number.POSITIVE_INFINITY, ...more };
  const said: string[] = [];
  const stateFile = path.join(folder, 'state.json');
  const sweep = new ClusterSweep({
    items,
    plan: await clusterPlan(items, { ...options, store, folder: project() }),
    store,
    options,
    driver: { command: process.execPath, parameters: [path.join(__dirname, 'sweep-driver.js'), mode, path.join(folder, 'plan.json')] },
    stateFile,
    print: (line: string) => said.push(line),
    retryWrite: 200,
  });
  return { sweep, said, stateFile, ended: sweep.run() };
}

const until = async (holds: () => boolean) => {
  for (const end = Date.now() + 20_000; !holds(); await pause(20)) assert.ok(Date.now() < end, 'waited 20 s in vain');
};

describe('a sweep over many machines', () => {
  test('hands out the longest runs first, with the sources and without the results', async () => {
    const store = storeIn(folder);
    const { ended, said, stateFile } = await started('all', { short: 1, long: 30, middle: 5 }, store);
    const result = await ended;
    assert.equal(result.done, 3, said.join('\n'));
    const plan = JSON.parse(readFileSync(path.join(folder, 'plan.json'), 'utf8'));
    assert.deepEqual(
      plan.runs.map((run: { experiment: string }) => run.experiment),
      ['long', 'middle', 'short'],
    );
    assert.deepEqual(plan.files, ['src/index.ts']);
    assert.equal(plan.cpus, 2);
    assert.equal(plan.job.token, readFileSync(path.join(folder, 'project', '.runtime', 'sweep-token'), 'utf8'));
    const state = JSON.parse(readFileSync(stateFile, 'utf8'));
    assert.equal(state.ended, true);
    assert.deepEqual(state.counts, { waiting: 0, running: 0, done: 3, failed: 0, unwritten: 0, stopped: 0 });
  });

  test('keeps a record as a run here would have left it, byte for byte', async () => {
    const [store, alone] = [storeIn(folder), storeIn(path.join(folder, 'alone'))];
    await (await started('all', { probe: 1 }, store)).ended;
    const [came] = store.find({ paper: 'lenet5' });
    const here = await alone.ensure(named('probe'), { profile: 'smoke', seed: 1 });
    assert.deepEqual({ ...came, finishedAt: '', seconds: 0, seal: '' }, { ...here, finishedAt: '', seconds: 0, seal: '' });
    assert.deepEqual(store.arrays(came!), alone.arrays(here));
  });

  test('names what failed, what was refused and which machine is left out, and keeps the rest', async () => {
    const store = storeIn(folder);
    const { ended, said } = await started('mixed', { good: 9, broken: 8, foreign: 7, edited: 6 }, store);
    const result = await ended;
    const text = said.join('\n');
    assert.equal(result.done, 1, text);
    assert.equal(result.failed, 3, text);
    assert.match(text, /↻ lenet5\/good, seed 1: its machine or worker was lost .*; it is tried again/);
    assert.deepEqual(text.match(/↻ .* goes on at .*/g), ['↻ lenet5/good, seed 1 goes on at 40 %; it was lost at 50 %']);
    assert.match(text, /✗ machine two is left out\. There is no Node on this machine\./);
    assert.match(text, /✗ lenet5\/broken, seed 1 failed on one: RangeError: its recipe asks for -3 units/);
    assert.match(
      text,
      /✗ lenet5\/foreign, seed 1 failed on one: its record was refused\. .*its hash is .* was wanted: that machine has other data/,
    );
    assert.match(
      text,
      /✗ lenet5\/edited, seed 1 failed on one: its record was refused\. .*does not fit its seal|✗ lenet5\/edited, .*do not fit its seal/,
    );
    assert.deepEqual(
      store.find({ paper: 'lenet5' }).map(({ recipe }) => recipe.experiment),
      ['good'],
    );
  });

  test('a full disk holds the record back until there is room; nothing is lost', async () => {
    let full = true;
    const disk: FileWriter = {
      write(descriptor, contents) {
        if (full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        writeSync(descriptor, contents);
      },
    };
    const store = storeIn(folder, disk);
    const { ended, said, sweep } = await started('full', { probe: 1 }, store);
    await until(() => sweep.runs[0].state === 'unwritten');
    assert.match(
      said.join('\n'),
      /! lenet5\/probe, seed 1 is finished on one, but its record cannot be written to .*The disk is full.* held until there is room/,
    );
    full = false;
    assert.equal((await ended).done, 1, said.join('\n'));
    assert.equal(store.find({ paper: 'lenet5' }).length, 1);
  });

  test('a disk that stays full is an error that says where the record still is', async () => {
    const disk: FileWriter = {
      write() {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      },
    };
    const { ended, sweep, stateFile } = await started('all', { probe: 1 }, storeIn(folder, disk));
    const result = await ended;
    assert.equal(result.unwritten, 1);
    assert.equal(result.done, 0);
    assert.equal(sweep.runs[0].state, 'unwritten');
    assert.equal(JSON.parse(readFileSync(stateFile, 'utf8')).runs[0].message, 'The disk is full.');
  });

  test('interrupted, it keeps what is finished and says what stopped', async () => {
    const store = storeIn(folder);
    const { ended, sweep, said } = await started('wait', { first: 2, second: 1 }, store);
    await until(() => sweep.runs[0].state === 'running');
    sweep.stop();
    const result = await ended;
    assert.equal(result.interrupted, true);
    assert.equal(result.problem, undefined, said.join('\n'));
    assert.deepEqual([result.done, result.stopped], [1, 1], said.join('\n'));
    assert.equal(store.find({ paper: 'lenet5' }).length, 1);
  });

  test('a run that somebody else records meanwhile is skipped', async () => {
    const store = storeIn(folder);
    const { ended, sweep, said } = await started('wait', { first: 2, second: 1 }, store);
    await until(() => sweep.runs[0].state === 'running');
    await store.ensure(named('second'), { profile: 'smoke', seed: 1 });
    sweep.skipRecorded();
    assert.equal(sweep.runs[1].state, 'skipped');
    sweep.stop();
    const result = await ended;
    assert.deepEqual([result.done, result.stopped], [2, 0]);
    assert.match(said.join('\n'), /– lenet5\/second, seed 1 was recorded meanwhile/);
  });

  test('problems of the Python side are told with what to do, also those it could not name', async () => {
    const nobody = await (await started('nobody', { probe: 1 }, storeIn(folder))).ended;
    assert.match(nobody.problem.problem, /No Ray answers/);
    assert.equal(nobody.problem.remedy, 'check the address.');
    const crash = await (await started('crash', { probe: 1 }, storeIn(folder))).ended;
    assert.match(
      crash.problem.problem,
      /Python side of the sweep ended with code 3\.\n {4}MemoryError: a cause that only standard error names/,
    );
    assert.equal(crash.stopped, 1);
  });
});

test('the table: running runs, counts, and time left by the pace so far', async () => {
  const { tableLines, secondsLeft } = await library('cluster-table.mjs');
  const run = (state: string, minutes: number, more: object = {}) => ({ paper: 'p', experiment: 'e', seed: 1, state, minutes, ...more });
  // Two at work, each taking twice what the plan said.
  const runs = [
    run('done', 2, { took: 240 }),
    run('running', 4, { fraction: 0.5, machine: 'one' }),
    run('running', 2, { fraction: 0 }),
    run('waiting', 6),
  ];
  assert.equal(secondsLeft(runs), 2 * 6 * 60, 'never less than the longest');
  assert.equal(secondsLeft([...runs, run('waiting', 10), run('waiting', 10)]), (2 * (2 + 2 + 6 + 10 + 10) * 60) / 2);
  assert.equal(secondsLeft([run('done', 1, { took: 1 })]), 0);
  const lines = tableLines(runs, { width: 200, height: 20, dashboard: '127.0.0.1:8265' });
  assert.match(lines[0], /50 % {2}p\/e, seed 1 · one/);
  assert.match(lines.at(-1), /2 running · 1 waiting · 1 done · 0 failed · about 12 min left · dashboard http:\/\/127\.0\.0\.1:8265/);
  assert.equal(tableLines(Array(50).fill(runs[1]), { width: 40, height: 10 }).length, 10);
});

test('show.sweep draws the state a sweep leaves', async () => {
  const file = path.join(folder, 'state.json');
  const shown = () => printed(() => show.sweep({ file }));
  assert.match(await shown(), /No sweep over many machines .* npm run sweep -- --address local/);
  const { ended, stateFile } = await started('mixed', { good: 9, broken: 8, foreign: 7, edited: 6 }, storeIn(folder));
  await ended;
  assert.equal(stateFile, file);
  const text = await shown();
  assert.match(text, /Sweep · 0 running · 0 waiting · 1 done · 3 failed · ended after/);
  assert.match(text, /lenet5\/broken +1 +failed +one +.*RangeError: its recipe asks for -3 units/);
  const state = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...state, ended: false, updated: new Date(Date.now() - 60_000).toISOString() }));
  assert.match(await shown(), /it was probably killed; start the same sweep again/);
});

test('wrong options are named before anything is started', () => {
  const answer = (words: string[], more: Record<string, string> = {}) => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(repository, 'scripts', 'sweep.mjs'), ...words], {
      encoding: 'utf8',
      env: { ...process.env, RAY_ADDRESS: '', ...more },
    });
    assert.equal(status, 1);
    return stderr;
  };
  assert.match(
    answer(['--address', 'http://somewhere']),
    /"http:\/\/somewhere" is no address of a Ray cluster \(--address\)\.\s+What to do: give ray:\/\/HOST:10001/,
  );
  assert.match(answer([], { RAY_ADDRESS: 'nonsense' }), /variable RAY_ADDRESS/);
  assert.match(answer(['--gpus', '1']), /--gpus is for a sweep on Ray\.\s+What to do: give --address as well/);
  assert.match(answer(['--address', 'local', '--gpus', '1.5']), /--gpus wants a part of one GPU or a whole number/);
  assert.match(answer(['--address', 'local', '--cpus', 'two']), /--cpus wants a number above zero, not "two"/);
  assert.ok(existsSync(path.join(repository, 'scripts', 'ray', 'driver.py')));
});
