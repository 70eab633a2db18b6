/** Sweeps on a real Ray cluster of two nodes: one is lost half-way and nothing with it. Ray is installed when it is missing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { experiment, newFolder, storeIn } from '../results-support.js';
import { host, library, numbersOf, repository, startCluster, sweepState } from './ray-support.js';
import { sweep } from './sweep-support.js';

// Five epochs each, so that a run that is lost half-way has a checkpoint to go on from.
const flags = ['--profile', 'lesson', '--local', '--paper', '04', '--only', 'lstm-14', '--seeds', '1'];

test('a node is killed half-way: the sweep finishes, with the same records as a serial run', async () => {
  const [serial, spread, storage] = [newFolder(), newFolder(), newFolder()];
  const cluster = await startCluster();
  try {
    const run = sweep(spread, [...flags, '--address', cluster.address, '--storage', storage]);
    let lost = false;
    const finished = run.ended.then(() => true);
    while (!lost && !(await Promise.race([finished, pause(200).then(() => false)]))) {
      const state = existsSync(path.join(repository, '.runtime', 'sweep.json')) ? sweepState() : undefined;
      if (state?.process !== run.child.pid) continue;
      const running = state.runs.filter((one: { state: string }) => one.state === 'running');
      // Both nodes are at work, both runs in their second epoch or later: one node goes without a word.
      if (running.length < 2 || !running.every((one: { fraction?: number }) => (one.fraction ?? 0) > 0.3)) continue;
      cluster.loseSecond();
      lost = true;
    }
    assert.ok(lost, `the node was to be lost while two runs were at work:\n${run.output()}`);
    const { code, output } = await run.ended;
    assert.equal(code, 0, output);
    assert.match(output, /↻ hilbert-lstm\/lstm-14-\w+, seed \d: its machine or worker was lost .*; it is tried again/);
    // An epoch is a fifth of 98 %; scoring is the rest.
    const [, wentOnAt] = /↻ hilbert-lstm\/lstm-14-\w+, seed 1 goes on at (\d+) %/.exec(output) ?? [];
    assert.ok(Number(wentOnAt) >= 19, `at least its first epoch was not trained again:\n${output}`);
    assert.match(output, /0 running · 0 waiting · 2 done · 0 failed/);
    const state = sweepState();
    assert.equal(state.ended, true);
    assert.ok(state.runs.every((one: { machine: string }) => one.machine === host));

    const alone = await sweep(serial, flags).ended;
    assert.equal(alone.code, 0, alone.output);
    const place = (folder: string) => path.join(folder, 'local', 'hilbert-lstm');
    const names = readdirSync(place(serial)).sort();
    assert.equal(names.filter((name) => name.endsWith('.json')).length, 2);
    assert.deepEqual(readdirSync(place(spread)).sort(), names);
    for (const name of names) {
      const [one, other] = [path.join(place(spread), name), path.join(place(serial), name)];
      if (name.endsWith('.json')) assert.deepEqual(numbersOf(one), numbersOf(other), name);
      else assert.ok(readFileSync(one).equals(readFileSync(other)), `${name} has the same bytes`);
    }
    const record = JSON.parse(readFileSync(path.join(place(spread), names.find((name) => name.endsWith('.json'))!), 'utf8'));
    assert.ok(record.host.startsWith(`${host} (`), 'the record names its machine');
  } finally {
    await cluster.stop();
    for (const folder of [serial, spread, storage]) rmSync(folder, { recursive: true, force: true });
  }
});

/**
 * A project with a set-up and runs of seconds: what the Ray side does with workers that fail, told apart from what networks do. Its `sweep.mjs`
 * keeps records with the real store.
 */
function smallProject(folder: string): string {
  const project = path.join(folder, 'project');
  mkdirSync(path.join(project, 'scripts'), { recursive: true });
  const journal = JSON.stringify(path.join(folder, 'journal'));
  writeFileSync(
    path.join(project, 'scripts', 'setup.mjs'),
    `import fs from 'node:fs';
     fs.appendFileSync(${journal}, 'set up\\n');
     if (process.env.WITHOUT_COMPILER) {
       console.log('  … bridge\\n✗ The bridge could not be compiled.\\n  What to do: sudo apt install g++');
       process.exit(1);
     }`,
  );
  writeFileSync(
    path.join(project, 'scripts', 'sweep.mjs'),
    `import fs from 'node:fs';
     import { createRequire } from 'node:module';
     const require = createRequire(${JSON.stringify(path.join(repository, 'package.json'))});
     const { RunStore } = require('paperlab/results');
     const { experiment, outcome } = require(${JSON.stringify(path.join(repository, '.build', 'tests', 'results-support.js'))});
     const word = (name) => process.argv[process.argv.indexOf('--' + name) + 1];
     const name = word('run').split('/')[1];
     const begun = () => fs.readFileSync(${journal}, 'utf8').split('\\n').filter((line) => line === name).length;
     fs.appendFileSync(${journal}, name + '\\n');
     if (name === 'broken') throw new RangeError('its recipe asks for -3 units');
     if (name === 'killed-once' && begun() === 1) process.kill(process.pid, 'SIGKILL');
     if (name === 'greedy') process.kill(process.pid, 'SIGKILL');
     if (name === 'endless') {
       process.stdout.write(JSON.stringify({ fraction: 0.5, text: 'at work' }) + '\\n');
       process.on('SIGTERM', () => {
         fs.appendFileSync(${journal}, 'asked to stop\\n');
         process.exit(1);
       });
       setInterval(() => {}, 1000);
       await new Promise(() => {});
     }
     await new RunStore().ensure(experiment(() => outcome(), { recipe: { paper: 'lenet5', experiment: name } }), { profile: 'smoke', seed: 1 });`,
  );
  execFileSync('git', ['init', '-q'], { cwd: project });
  execFileSync('git', ['add', '-A'], { cwd: project });
  return project;
}

interface Running {
  runs: { state: string; fraction?: number }[];
  stop(): void;
}

async function smallSweep(
  folder: string,
  names: string[],
  address: string,
  more: Record<string, unknown> = {},
  atWork?: (run: Running) => void,
) {
  const { clusterPlan, ClusterSweep } = await library('cluster.mjs');
  const { rayDriver } = await library('cluster-environment.mjs');
  const project = existsSync(path.join(folder, 'project')) ? path.join(folder, 'project') : smallProject(folder);
  const store = storeIn(folder);
  const items = names.map((name) => ({
    experiment: experiment(undefined, { recipe: { paper: 'lenet5', experiment: name } }),
    seed: 1,
    minutes: 0.1,
  }));
  const options = {
    address,
    profile: 'smoke',
    local: true,
    'worker-folder': path.join(folder, 'workers'),
    maxMinutes: Number.POSITIVE_INFINITY,
    ...more,
  };
  const said: string[] = [];
  const run = new ClusterSweep({
    items,
    plan: await clusterPlan(items, { ...options, store, folder: project }),
    store,
    options,
    driver: await rayDriver(),
    stateFile: path.join(folder, 'state.json'),
    print: (line: string) => said.push(line),
  });
  const ended = run.run();
  if (atWork) {
    const over = ended.then(() => true);
    while (!run.runs.some((one: { fraction?: number }) => (one.fraction ?? 0) > 0.3))
      if (await Promise.race([over, pause(100).then(() => false)])) break;
    atWork(run);
  }
  return { ...(await ended), said: said.join('\n') };
}

const journal = (folder: string) => readFileSync(path.join(folder, 'journal'), 'utf8').trim().split('\n');

test('workers that fail: no compiler, a recipe that fails every time, a run that is killed once, one that is killed always', async () => {
  const folder = newFolder();
  const cluster = await startCluster({ PAPERLAB_WORKER_FOLDER: path.join(folder, 'second'), WITHOUT_COMPILER: '1' });
  try {
    const result = await smallSweep(folder, ['good', 'fine', 'broken', 'killed-once', 'greedy', 'sound'], cluster.address);
    assert.equal(result.done, 4, result.said);
    assert.equal(result.failed, 2, result.said);
    assert.match(result.said, /✗ lenet5\/broken, seed 1 failed on .*: RangeError: its recipe asks for -3 units/);
    assert.match(result.said, /✗ lenet5\/greedy, seed 1 failed: its process was ended by SIGKILL; so it went 4 times\. .*--memory/);
    assert.match(result.said, /↻ lenet5\/killed-once, seed 1: its process was ended by SIGKILL; it is tried again/);
    assert.match(
      result.said,
      /✗ machine .* is left out\. It could not be set up .*\n✗ The bridge could not be compiled\.\n {2}What to do: sudo apt install g\+\+/,
    );
    const lines = journal(folder);
    assert.equal(lines.filter((line) => line === 'set up').length, 2, 'once for each machine');
    assert.equal(lines.filter((line) => line === 'broken').length, 1, 'a recipe that fails is not retried');
    assert.equal(lines.filter((line) => line === 'killed-once').length, 2);
    assert.equal(storeIn(folder).find({ paper: 'lenet5' }).length, 4);
    const copies = readdirSync(path.join(folder, 'workers', host, 'checkout', '.runtime', 'sweep', 'runs'));
    assert.equal(copies.length, 2, `what came home is not kept there; of the two that failed the folders are left: ${copies.join(', ')}`);
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('interrupted: the run at work is asked to stop, those that wait never begin, and Ray goes with the sweep', async () => {
  const folder = newFolder();
  try {
    const result = await smallSweep(folder, ['endless', 'good'], 'local', { cpus: 1000 }, (run) => run.stop());
    assert.deepEqual([result.done, result.failed, result.stopped], [0, 0, 2], result.said);
    assert.deepEqual(journal(folder), ['set up', 'endless', 'asked to stop']);
    const stillThere = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(path.join(repository, '.runtime', 'ray')) && /raylet|gcs_server|driver\.py/.test(line));
    assert.deepEqual(stillThere, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what a cluster cannot give is said at once', async () => {
  const folder = newFolder();
  try {
    const nobody = await smallSweep(folder, ['good'], 'ray://127.0.0.1:9');
    assert.match(nobody.problem.problem, /No Ray answers at ray:\/\/127\.0\.0\.1:9/);
    assert.match(nobody.problem.remedy, /--address local/);
    const greedy = await smallSweep(folder, ['good'], 'local', { gpus: 64 });
    assert.match(greedy.problem.problem, /No machine of this cluster has 2 cores and 64 GPUs for a run/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
