/**
 * `npm run sweep`: carries out the missing full runs, the most wanted first, some at once, each in a process of its own.
 * It can be stopped at any moment and started again: finished runs are kept, an unfinished one goes on from its checkpoint.
 * With an address, on many machines (environment.md, "Many machines").
 */
import './library/node-version.mjs';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runCommand } from './library/arguments.mjs';
import { SetupError } from './library/failure.mjs';

const self = fileURLToPath(import.meta.url);
const root = path.resolve(path.dirname(self), '..');
const paperNumbers = { '01': 'lenet5', '02': 'lstm-cnn', '03': 'cnn-lstm-aggregated', '04': 'hilbert-lstm', '05': 'knn-cnn-lstm' };

const reportOf = (text) => paperNumbers[text.padStart(2, '0')] ?? Object.values(paperNumbers).find((name) => name === text);

const command = {
  call: 'npm run sweep',
  usage: 'npm run sweep -- [--plan] [--paper 04] [--only NAME] [--seeds N] [OPTION …]',
  does: 'Carries out the missing full runs, the most wanted first, as many at once as there are cores (and memory for them). It can be stopped at any moment and started again: finished runs are kept, an unfinished one goes on from its checkpoint. With --address, on many machines, the longest first; records come back to this one.',
  options: {
    plan: { type: 'boolean', default: false, says: 'only lists what is missing, with hours' },
    paper: {
      type: 'string',
      value: '01',
      says: `one report: ${Object.entries(paperNumbers)
        .map(([number, name]) => `${number} or ${name}`)
        .join(', ')}`,
    },
    only: { type: 'string', value: 'NAME', says: 'experiments whose name holds NAME; =NAME: that one alone; several with commas' },
    seeds: { type: 'string', value: 'N', says: 'at most the first N seeds of each experiment' },
    'at-once': {
      type: 'string',
      value: 'N',
      says: 'runs at once (without it: one a core, where there are 3 GB for each; 1 ends each run soonest)',
    },
    'max-minutes': { type: 'string', value: 'M', says: 'stops after M minutes' },
    profile: { type: 'string', default: 'paper', value: 'NAME', says: 'smoke, lesson or paper (this without the option)' },
    local: { type: 'boolean', default: false, says: 'keeps the records in results/local' },
    again: { type: 'boolean', default: false, says: 'also what is recorded already' },
    ship: {
      type: 'boolean',
      default: false,
      says: 'trains nothing: puts the best recorded networks where the clone carries them (results/REPORT/best-model), and the verdicts into README',
    },
    address: {
      type: 'string',
      value: 'A',
      says: 'a Ray cluster: ray://HOST:10001; "local" starts a Ray of its own here (without it: the variable RAY_ADDRESS)',
    },
    cpus: { type: 'string', value: 'N', says: 'on Ray: cores for each run (without it: 2; more make no run quicker)' },
    gpus: { type: 'string', value: 'N', says: 'on Ray: GPUs for each run (without it: 0; 0.5 lets two runs share one)' },
    memory: { type: 'string', value: 'GB', says: 'on Ray: memory for each run, where runs must not crowd one another out' },
    storage: {
      type: 'string',
      value: 'DIR',
      says: "on Ray: a folder that all workers share: another machine goes on from a lost one's checkpoints",
    },
    'worker-folder': {
      type: 'string',
      value: 'DIR',
      says: 'on Ray: where workers set themselves up (without it: ~/.cache/paperlab); also on this machine, then',
    },
    // Of the child processes: one run. With --lines it is told to a parent that is not Node, as lines of JSON.
    run: { type: 'string' },
    seed: { type: 'string' },
    lines: { type: 'boolean', default: false },
  },
  meant: (word) => (reportOf(word) ? `--paper ${word}` : `--only ${word}`),
};

/**
 * A run splits each batch in two and uses two cores, but never both all the time: two runs with one core each get 1.1 to 1.5 times as much
 * done as one after the other (measured for the reports' networks on two cores). The bits are the same.
 */
const GIGABYTES_A_RUN = 3;
const defaultAtOnce = () => Math.max(1, Math.min(os.availableParallelism(), Math.floor(os.totalmem() / 1e9 / GIGABYTES_A_RUN)));

const refuse = (problem, remedy) => {
  throw new SetupError({ problem, remedy });
};

function readOptions(values) {
  const positive = (name) => {
    if (values[name] === undefined) return Number.POSITIVE_INFINITY;
    const number = Number(values[name]);
    if (!(number > 0)) refuse(`--${name} wants a number above zero, not "${values[name]}".`, `for example: --${name} 2`);
    return number;
  };
  const paper = values.paper === undefined ? undefined : reportOf(values.paper);
  if (values.paper !== undefined && !paper) {
    const known = Object.entries(paperNumbers).map(([number, name]) => `${number} (${name})`);
    refuse(`There is no report "${values.paper}".`, `choose among: ${known.join(', ')}.`);
  }
  if (!['smoke', 'lesson', 'paper'].includes(values.profile))
    refuse(`There is no profile "${values.profile}".`, 'choose smoke, lesson or paper.');
  const address = values.address ?? (process.env.RAY_ADDRESS?.trim() || undefined);
  if (address !== undefined && !/^(local|auto|ray:\/\/[^/\s]+|[^/:\s]+:\d+)$/.test(address))
    refuse(
      `"${address}" is no address of a Ray cluster (${values.address === undefined ? 'variable RAY_ADDRESS' : '--address'}).`,
      'give ray://HOST:10001, HOST:6379 on a machine of the cluster, or local.',
    );
  const given = (name) => (values[name] === undefined ? undefined : positive(name));
  const clusterOnly = ['cpus', 'gpus', 'memory', 'storage', 'worker-folder'].filter((name) => values[name] !== undefined);
  if (address === undefined && clusterOnly.length > 0)
    refuse(`--${clusterOnly[0]} is for a sweep on Ray.`, 'give --address as well (--address local for this machine alone).');
  const gpus = values.gpus === '0' ? 0 : given('gpus');
  if (gpus > 1 && !Number.isInteger(gpus))
    refuse(`--gpus wants a part of one GPU or a whole number of them, not ${values.gpus}.`, 'for example: --gpus 0.5 or --gpus 2');
  const atOnce = values['at-once'] === undefined ? defaultAtOnce() : positive('at-once');
  if (!Number.isInteger(atOnce)) refuse(`--at-once wants a whole number, not ${values['at-once']}.`, 'for example: --at-once 2');
  if (address !== undefined && values['at-once'] !== undefined)
    refuse('--at-once is for this machine alone.', 'on Ray, --cpus and --memory say how many runs a machine takes.');
  const cluster = { address, cpus: given('cpus'), gpus, memory: given('memory') };
  return { ...values, ...cluster, atOnce, paper, seeds: positive('seeds'), maxMinutes: positive('max-minutes') };
}

/** A child takes what its parent has set up: nothing is compiled anew in the middle of a sweep. */
async function loadPaperlab({ asChild = false } = {}) {
  const setup = path.join(root, 'scripts', 'library', 'setup.mjs');
  if (!asChild && existsSync(setup)) await (await import(pathToFileURL(setup).href)).ensureReady();
  const load = (room) => import(pathToFileURL(path.join(root, 'src', 'dist', room, 'index.js')).href);
  const [results, papers] = await Promise.all([load('results'), load('papers')]);
  return { ...results, ...papers };
}

/** Milliseconds that a stopped run has to write its checkpoint. */
const GRACE = 60_000;

const hours = (minutes) =>
  minutes < 60 ? `${minutes < 10 ? minutes.toFixed(1) : Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
const label = ({ experiment, seed }) => `${experiment.recipe.paper}/${experiment.recipe.experiment}, seed ${seed}`;

/** One run, in this process; the parent reads its last line. */
async function carryOut({ run: name, seed, profile, local, again, lines }) {
  const tell = lines ? (message) => process.stdout.write(`${JSON.stringify(message)}\n`) : (message) => process.send?.(message);
  const { allExperiments, RunInterruptedError, runs } = await loadPaperlab({ asChild: true });
  const experiment = allExperiments(profile).find(({ recipe }) => `${recipe.paper}/${recipe.experiment}` === name);
  if (!experiment) throw new Error(`There is no experiment ${name} in the profile ${profile}.`);
  const controller = new AbortController();
  const stop = () => controller.abort(new RunInterruptedError('stopped before it began to train'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // A parent that was killed cannot stop its child; the closed pipe tells it.
  process.on('disconnect', stop);
  if (lines) process.stdin.on('end', stop).resume().unref?.();
  let told = 0;
  const options = { profile, seed: Number(seed), record: !local, again, signal: controller.signal };
  const onProgress = ({ fraction, text }) => {
    if (Date.now() - told < 500) return;
    told = Date.now();
    tell({ fraction, text });
  };
  const record = await runs.ensure(experiment, { ...options, onProgress });
  const { testAccuracy } = record.metrics;
  tell({ seconds: record.seconds, testAccuracy: testAccuracy ?? null, provenance: record.provenance });
  process.disconnect?.();
}

/** Full runs are on real data or not at all. Several at once share the cores. */
const childEnvironment = ({ profile, atOnce }) => ({
  ...process.env,
  ...(profile === 'paper' && { REQUIRE_REAL: '1' }),
  ...(atOnce > 1 && {
    TF_NUM_INTEROP_THREADS: process.env.TF_NUM_INTEROP_THREADS ?? String(Math.max(1, Math.floor(os.availableParallelism() / atOnce))),
  }),
});

/** One line on a terminal with all that is running. */
function runningLine() {
  const running = new Map();
  const draw = () => {
    if (!process.stderr.isTTY) return;
    const text = [...running.values()].join('  ·  ').slice(0, (process.stderr.columns ?? 80) - 1);
    process.stderr.write(`\r\x1b[K${text}`);
  };
  return {
    show: (key, text) => draw(running.set(key, text)),
    end: (key) => draw(running.delete(key)),
  };
}

function inChild(item, options, minutesLeft, line) {
  const { profile, local, again } = options;
  const name = `${item.experiment.recipe.paper}/${item.experiment.recipe.experiment}`;
  const flags = [
    '--run',
    name,
    '--seed',
    String(item.seed),
    '--profile',
    profile,
    ...(local ? ['--local'] : []),
    ...(again ? ['--again'] : []),
  ];
  const child = spawn(process.execPath, [self, ...flags], {
    cwd: root,
    env: childEnvironment(options),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  let finished;
  child.stderr.on('data', (text) => {
    errors = (errors + text).slice(-4000);
  });
  child.on('message', (message) => {
    if (message.seconds !== undefined) finished = message;
    else line.show(item, `${label(item)} · ${Math.floor(100 * message.fraction)} % · ${message.text}`);
  });
  const timers = [];
  // Work without a checkpoint does not listen; it is begun again the next time.
  const stop = () => {
    child.kill('SIGTERM');
    timers.push(setTimeout(() => child.kill('SIGKILL'), GRACE));
  };
  if (minutesLeft * 60_000 < 2 ** 31) timers.push(setTimeout(stop, minutesLeft * 60_000));
  const done = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      line.end(item);
      resolve({ finished, code, signal, errors });
    });
  });
  return { stop, kill: () => child.kill('SIGKILL'), done };
}

function printPlan(items) {
  let total = 0;
  for (const item of items) {
    total += item.minutes;
    console.log(`${hours(total).padStart(8)}  ${label(item)} (${hours(item.minutes)}${item.checkpoint ? ', begun' : ''})`);
  }
  console.log(
    items.length === 0
      ? 'Nothing is missing.'
      : `${items.length} ${items.length === 1 ? 'run' : 'runs'} missing, about ${hours(total)} on two cores.`,
  );
}

/** After runs were added: what each report ships is chosen anew by its own rule, and README tells the verdicts as they are now. */
async function ship() {
  const { aggregated, knnCnnLstm, lstmCnn } = await loadPaperlab();
  const shelves = { 'lstm-cnn': lstmCnn, 'cnn-lstm-aggregated': aggregated, 'knn-cnn-lstm': knnCnnLstm };
  for (const [report, { shipBestModel }] of Object.entries(shelves)) {
    const card = await shipBestModel();
    console.log(
      card
        ? `results/${report}/best-model: ${card.experiment}, seed ${card.seed}, test accuracy ${(100 * card.testAccuracy).toFixed(2)} % (${card.chosenBy})`
        : `results/${report}/best-model: no recorded run keeps a network yet`,
    );
  }
  const { renewReadme } = await import('./readme.mjs');
  console.log(renewReadme());
}

/** By the words of `--only`: `row-6` holds, `=row-6` is the name. */
const isChosen = (name, only) =>
  !only || only.split(',').some((word) => (word.startsWith('=') ? name === word.slice(1) : word !== '' && name.includes(word)));

async function sweep(options) {
  const { missingRuns, allExperiments, runs } = await loadPaperlab();
  const chosen = allExperiments(options.profile).filter(
    ({ recipe }) => (!options.paper || recipe.paper === options.paper) && isChosen(recipe.experiment, options.only),
  );
  if (chosen.length === 0) {
    const where = options.paper ? ` of ${options.paper}` : '';
    const list = `npm run sweep --${options.paper ? ` --paper ${options.paper}` : ''} --plan --again`;
    refuse(`No experiment${where} has "${options.only}" in its name.`, `\`${list}\` lists them.`);
  }
  const items = await missingRuns(chosen, { profile: options.profile, seeds: options.seeds, again: options.again, local: options.local });
  if (options.plan) return printPlan(items);
  if (options.address && items.length > 0) {
    const { sweepOnCluster } = await import('./library/cluster.mjs');
    return sweepOnCluster({ items, store: runs, options });
  }
  let stopped = false;
  const running = new Set();
  const stop = () => {
    // Once: the runs keep their checkpoints. Twice: at once.
    for (const one of running) stopped ? one.kill() : one.stop();
    stopped = true;
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const began = Date.now();
  const line = runningLine();
  const failed = [];
  const completed = [];
  const waiting = [...items];
  const work = async () => {
    while (waiting.length > 0) {
      const minutesLeft = options.maxMinutes - (Date.now() - began) / 60_000;
      if (stopped || minutesLeft <= 0) return;
      const item = waiting.shift();
      const current = inChild(item, options, minutesLeft, line);
      running.add(current);
      const { finished, errors, signal } = await current.done;
      running.delete(current);
      if (finished) {
        completed.push(item);
        const accuracy = finished.testAccuracy === null ? '' : `, test accuracy ${(100 * finished.testAccuracy).toFixed(2)} %`;
        const standIn = finished.provenance === 'real' ? '' : ' · STAND-IN, kept in results/local only';
        console.log(`✓ ${label(item)} · ${hours(finished.seconds / 60)}${accuracy}${standIn}`);
      } else if (errors.includes('RunInterruptedError') || stopped || options.maxMinutes * 60_000 <= Date.now() - began) {
        console.log(`■ ${label(item)} stopped; it goes on from its checkpoint the next time`);
        return;
      } else {
        failed.push(item);
        console.log(`✗ ${label(item)} failed${signal ? ` (${signal})` : ''}: ${lastLines(errors)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.atOnce, items.length) }, work));
  if (completed.length > 0 && options.profile === 'paper' && !options.local) await ship();
  const ended = new Set([...failed, ...completed]);
  const left = items.filter((item) => !ended.has(item));
  const minutes = left.reduce((sum, item) => sum + item.minutes, 0);
  console.log(`${completed.length} runs done, ${failed.length} failed, ${left.length} left (about ${hours(minutes)} on two cores).`);
  process.exitCode = failed.length > 0 ? 1 : stopped ? 130 : 0;
}

function lastLines(errors) {
  const line = errors.split('\n').find((text) => /^\s*\w*Error\b/.test(text));
  return line?.trim() ?? errors.trim().split('\n').pop() ?? 'no message';
}

await runCommand(command, async ({ values }) => {
  try {
    const options = readOptions(values);
    if (options.run) await carryOut(options);
    else if (options.ship) await ship();
    else await sweep(options);
  } catch (error) {
    if (error instanceof SetupError) throw error;
    // A parent reads the name of its child's error; a person needs no stack.
    console.error(values.run ? error : `✗ ${error.message}`);
    process.disconnect?.();
    return 1;
  }
});
