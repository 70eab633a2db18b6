/** The run store: what it keeps, what it refuses and why, and what several processes at once do to it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { diskWriter, type RunProblem, RunStore, recipeHash, StoreError } from 'paperlab/results';
import { experiment, newFolder, outcome, slowExperiment, starts, storeIn } from './results-support.js';

const folders: string[] = [];
const folder = () => {
  folders.push(newFolder());
  return folders[folders.length - 1];
};
after(() => {
  for (const used of folders) rmSync(used, { recursive: true, force: true });
});

const full = { profile: 'paper', record: true } as const;
const only = (base: string, ending: string) => {
  const inside = path.join(base, 'results', 'lenet5');
  const found = readdirSync(inside).filter((name) => name.endsWith(ending));
  assert.equal(found.length, 1, found.join(', '));
  return path.join(inside, found[0]);
};

test('a run is carried out once, kept whole, and found again', async () => {
  const base = folder();
  const store = storeIn(base);
  const probe = experiment();
  const record = await store.ensure(probe, full);
  assert.equal(record.metrics['testAccuracy'], 0.1234568);
  assert.ok(Number.isNaN(record.metrics['testLoss']), 'a run that diverged keeps its not-a-number');
  assert.equal(record.curves['accuracy'][2], Number.POSITIVE_INFINITY);
  assert.deepEqual(await storeIn(base).ensure(probe, full), record);
  assert.equal(probe.count(), 1);
  const { predictions, probabilities } = store.arrays(record);
  assert.deepEqual([...predictions.values], [1, 0, 1]);
  assert.deepEqual([...probabilities.values], [0.25, 0.75, 0.5, 0.5]);
  assert.deepEqual(probabilities.shape, [2, 2]);
  assert.match(path.basename(only(base, '.json')), /^probe-[0-9a-f]{8}-s1\.json$/);
});

test('a record names the commit that its run began with, not the one that is there at its end', async () => {
  const before = process.env['PAPERLAB_COMMIT'];
  process.env['PAPERLAB_COMMIT'] = 'the first';
  try {
    const probe = experiment(() => {
      process.env['PAPERLAB_COMMIT'] = 'a later one';
      return outcome();
    });
    assert.equal((await storeIn(folder()).ensure(probe, full)).commit, 'the first');
  } finally {
    if (before === undefined) delete process.env['PAPERLAB_COMMIT'];
    else process.env['PAPERLAB_COMMIT'] = before;
  }
});

test('a record reads well and lies well in git: one line a curve, no more than seven digits, nothing half-written beside it', async () => {
  const base = folder();
  await storeIn(base).ensure(experiment(), full);
  const text = readFileSync(only(base, '.json'), 'utf8');
  assert.ok(text.includes('"loss": [2, 1.5, 1.25]'), text);
  assert.ok(text.includes('"testAccuracy": 0.1234568'));
  assert.ok(text.endsWith('}\n'));
  assert.deepEqual(
    readdirSync(path.join(base, 'results', 'lenet5')).filter((name) => !/\.(json|bin)$/.test(name)),
    [],
  );
});

test('the hash ignores the order of keys and nothing else', async () => {
  const store = storeIn(folder());
  const hash = (recipe: object, more = {}) => store.hashOf({ ...experiment(), recipe: recipe as never, ...more }, 'paper');
  const plain = { paper: 'lenet5', experiment: 'probe', a: 1, b: { c: [1, 2], d: null } };
  const wanted = await hash(plain);
  assert.equal(await hash({ b: { d: null, c: [1, 2] }, a: 1, experiment: 'probe', paper: 'lenet5' }), wanted);
  for (const changed of [
    { ...plain, a: 2 },
    { ...plain, b: { c: [2, 1], d: null } },
    { ...plain, shards: 4 },
  ])
    assert.notEqual(await hash(changed), wanted);
  assert.notEqual(await hash(plain, { dataChecksums: async () => ({ mnist: 'other' }) }), wanted);
  assert.notEqual(await store.hashOf({ ...experiment(), recipe: plain as never }, 'lesson'), wanted);
  assert.notEqual(recipeHash(['1']), recipeHash([1]));
});

test("a reader's run stays local until it is promoted; smoke runs and stand-ins never are", async () => {
  const base = folder();
  const store = storeIn(base);
  const probe = experiment();
  const local = await store.ensure(probe, { profile: 'paper', record: false });
  assert.equal(store.isRecorded(local), false);
  assert.ok(existsSync(path.join(base, 'results', 'local', 'lenet5')));
  const promoted = await store.ensure(probe, full);
  assert.equal(probe.count(), 1, 'promoting runs nothing again');
  assert.ok(store.isRecorded(promoted));
  assert.deepEqual(promoted, local);
  assert.deepEqual(store.arrays(promoted), store.arrays(local));
  assert.equal(store.find({ paper: 'lenet5' }).length, 1, 'one run, though it lies in both folders');

  const smoke = await store.ensure(probe, { profile: 'smoke', record: true });
  assert.equal(store.isRecorded(smoke), false);
  const standIn = experiment(() => outcome({ data: [{ ...outcome().data[0], provenance: 'stand-in' }] }), {
    recipe: { paper: 'lenet5', experiment: 'drawn' },
  });
  const drawn = await store.ensure(standIn, full);
  assert.equal(drawn.provenance, 'stand-in');
  assert.equal(store.isRecorded(drawn), false);
});

test('a run on stand-ins is used again only where the hash knows its data', async () => {
  const store = storeIn(folder());
  const drawn = () => outcome({ data: [{ ...outcome().data[0], provenance: 'stand-in' }] });
  const unknown = experiment(drawn);
  await store.ensure(unknown, { profile: 'lesson' });
  await store.ensure(unknown, { profile: 'lesson' });
  assert.equal(unknown.count(), 2);
  const known = experiment(drawn, { dataChecksums: async () => ({ mnist: 'drawn 1' }) });
  await store.ensure(known, { profile: 'lesson' });
  await store.ensure(known, { profile: 'lesson' });
  assert.equal(known.count(), 1);
});

test('an experiment of one profile is not run as another', async () => {
  await assert.rejects(storeIn(folder()).ensure(experiment(undefined, { profile: 'lesson' }), full), /made for the profile "lesson"/);
});

const damages: { name: string; kind: RunProblem['kind']; damage: (json: string, bin: string) => void }[] = [
  { name: 'cut off', kind: 'truncated', damage: (json) => writeFileSync(json, readFileSync(json, 'utf8').slice(0, 400)) },
  { name: 'empty', kind: 'truncated', damage: (json) => writeFileSync(json, '') },
  { name: 'of another schema', kind: 'other schema', damage: (json) => edit(json, '"schema": 1', '"schema": 0') },
  { name: 'no record at all', kind: 'other schema', damage: (json) => writeFileSync(json, '[1, 2]\n') },
  { name: 'edited by hand', kind: 'edited', damage: (json) => edit(json, '0.1234568', '0.9234568') },
  { name: 'edited in its provenance', kind: 'edited', damage: (json) => edit(json, '"seed": 1', '"seed": 2') },
  { name: 'no JSON', kind: 'invalid', damage: (json) => edit(json, '"curves"', 'curves') },
  { name: 'without its binary file', kind: 'missing binary', damage: (_json, bin) => rmSync(bin) },
  { name: 'with another binary file', kind: 'missing binary', damage: (_json, bin) => writeFileSync(bin, 'something else') },
];

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(file, text.replace(from, to));
}

for (const { name, kind, damage } of damages)
  test(`a record that is ${name} is refused with its reason and run again`, async () => {
    const base = folder();
    const store = storeIn(base);
    const probe = experiment();
    await store.ensure(probe, full);
    damage(only(base, '.json'), only(base, '.bin'));
    assert.deepEqual(store.find(), []);
    const [problem] = store.problems();
    assert.equal(problem.kind, kind);
    assert.match(problem.file, /^results.lenet5.probe-/);
    assert.ok(problem.reason.length > 10);
    await store.ensure(probe, full);
    assert.equal(probe.count(), 2);
    assert.deepEqual(store.problems(), []);
  });

test('a record of an older numerics version shows as stale', async () => {
  const base = folder();
  const store = storeIn(base);
  const record = await store.ensure(experiment(), full);
  const file = only(base, '.json');
  const { seal: _seal, ...rest } = { ...JSON.parse(readFileSync(file, 'utf8')), numerics: record.numerics - 1 };
  writeFileSync(file, JSON.stringify({ ...rest, seal: recipeHash(rest) }));
  assert.deepEqual(store.find(), []);
  assert.equal(store.problems()[0].kind, 'stale numerics');
});

test('a folder that cannot be written is named before the work, not after it', async () => {
  const base = folder();
  writeFileSync(path.join(base, 'results'), 'a file where the folder should be');
  const probe = experiment();
  await assert.rejects(storeIn(base).ensure(probe, full), (error: Error) => {
    assert.ok(error instanceof StoreError);
    assert.match(error.message, /Runs cannot be kept in .*results/);
    return true;
  });
  assert.equal(probe.count(), 0);
});

test('a disk that fills up loses no work: no half record, the checkpoint stays, the next try succeeds', async () => {
  for (const failAt of [0, 1]) {
    const base = folder();
    let writes = 0;
    const store = storeIn(base, {
      write(descriptor, contents) {
        if (writes++ === failAt) {
          diskWriter.write(descriptor, contents.subarray(0, 10));
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        }
        diskWriter.write(descriptor, contents);
      },
    });
    const probe = experiment(({ checkpointPath }) => {
      writeFileSync(checkpointPath, 'weights');
      return outcome();
    });
    await assert.rejects(store.ensure(probe, full), /the disk is full.*checkpoint is kept/s);
    assert.deepEqual(store.find(), []);
    assert.deepEqual(
      readdirSync(path.join(base, 'results', 'lenet5')).filter((name) => /json|part/.test(name)),
      [],
    );
    assert.equal(await store.hasCheckpoint(probe, { profile: 'paper', seed: 1 }), true);
    await store.ensure(probe, full);
    assert.equal(store.find().length, 1);
    assert.equal(await store.hasCheckpoint(probe, { profile: 'paper', seed: 1 }), false);
  }
});

test('a run that fails leaves the lock free and its checkpoint in place', async () => {
  const store = storeIn(folder());
  let fails = true;
  const probe = experiment(({ checkpointPath, signal }) => {
    writeFileSync(checkpointPath, 'weights');
    if (fails) throw new Error('stopped half way');
    assert.equal(signal, undefined);
    assert.equal(readFileSync(checkpointPath, 'utf8'), 'weights');
    return outcome();
  });
  await assert.rejects(store.ensure(probe, full), /stopped half way/);
  fails = false;
  await store.ensure(probe, full);
  assert.equal(probe.count(), 2);
});

test('asked for twice at once, a run is carried out once', async () => {
  const base = folder();
  const store = storeIn(base);
  const slow = slowExperiment(base, 100);
  const [one, two] = await Promise.all([store.ensure(slow, full), store.ensure(slow, full)]);
  assert.equal(one, two);
  assert.equal(starts(base), 1);
});

function inProcess(base: string, mode: 'finish' | 'hang'): { child: ChildProcess; ended: Promise<string> } {
  const child = spawn(process.execPath, [path.join(__dirname, 'results-support.js'), base, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout!.on('data', (text) => {
    output += text;
  });
  return { child, ended: new Promise((resolve) => child.on('close', () => resolve(output.trim()))) };
}

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > limit) throw new Error('waited 20 s in vain');
    await pause(20);
  }
}

test('two processes that want the same run: one carries it out, the other waits for it', async () => {
  const base = folder();
  const [one, two] = await Promise.all([inProcess(base, 'finish').ended, inProcess(base, 'finish').ended]);
  assert.notEqual(one, '');
  assert.equal(one, two);
  assert.equal(starts(base), 1);
});

test('a process killed in the middle leaves no lock that holds, no half record, and its checkpoint', async () => {
  const base = folder();
  const { child, ended } = inProcess(base, 'hang');
  await until(() => starts(base) === 1);
  const store = storeIn(base);
  const slow = slowExperiment(base, 1);
  const waited: string[] = [];
  const waiting = store.ensure(slow, { ...full, onProgress: ({ text }) => waited.push(text) });
  await pause(500);
  assert.equal(starts(base), 1, 'as long as the process lives, the run is its own');
  child.kill('SIGKILL');
  await ended;
  assert.deepEqual(store.find(), []);
  await waiting;
  assert.equal(starts(base), 2);
  assert.match(waited[0], new RegExp(`waiting: process ${child.pid}`));
  assert.equal(store.find().length, 1);
});

test('a lock file that nobody can read holds for seconds, not for ever', async () => {
  const base = folder();
  const { child, ended } = inProcess(base, 'hang');
  await until(() => starts(base) === 1);
  child.kill('SIGKILL');
  await ended;
  const locks = path.join(base, 'work', 'locks');
  const [name] = readdirSync(locks);
  const lock = path.join(locks, name);
  writeFileSync(lock, '{"tok');
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('still held')), 600);
  await assert.rejects(storeIn(base).ensure(slowExperiment(base, 1), { ...full, signal: stop.signal }), /still held/);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  await storeIn(base).ensure(slowExperiment(base, 1), full);
  assert.deepEqual(readdirSync(locks), [], 'released');
});

test('waiting ends when the reader stops it', async () => {
  const base = folder();
  const { child, ended } = inProcess(base, 'hang');
  await until(() => starts(base) === 1);
  const stop = new AbortController();
  const waiting = storeIn(base).ensure(slowExperiment(base, 1), { ...full, signal: stop.signal });
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await assert.rejects(waiting, /enough/);
  child.kill('SIGKILL');
  await ended;
});

test('runs are grouped by recipe, with means and intervals over seeds', async () => {
  const store = storeIn(folder());
  const values: Record<number, number> = { 1: 0.8, 2: 0.9, 3: 1 };
  const probe = experiment(({ seed }) => outcome({ metrics: { testAccuracy: values[seed] }, curves: { loss: [seed, 2 * seed] } }));
  for (const seed of probe.seeds) await store.ensure(probe, { ...full, seed });
  const groups = store.group(store.find({ paper: 'lenet5', experiment: 'probe' }));
  assert.equal(groups.length, 1);
  const { testAccuracy } = groups[0].metrics;
  assert.ok(Math.abs(testAccuracy.mean - 0.9) < 1e-9);
  assert.ok(Math.abs(testAccuracy.sd! - 0.1) < 1e-9);
  assert.ok(Math.abs(testAccuracy.interval![1] - 0.9 - (4.302652729749464 * 0.1) / Math.sqrt(3)) < 1e-9);
  assert.equal(groups[0].curves['loss'][1].mean, 4);
  assert.deepEqual(groups[0].seeds, [1, 2, 3]);
});

test("the repository's own records can all be trusted", () => {
  const store = new RunStore({ local: path.join(newFolder(), 'none') });
  assert.deepEqual(
    store.problems().filter(({ kind }) => kind !== 'stale numerics'),
    [],
  );
});
