/**
 * A sweep over many machines: makes the plan, starts the Python side (scripts/ray/driver.py) that hands it to Ray, writes each record
 * that comes back into the run store of this machine, and shows how it stands.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { countRuns, nameOf, screen, secondsLeft, summary } from './cluster-table.mjs';
import { misfortune, SetupError } from './failure.mjs';
import { root, runtimeFolder } from './paths.mjs';

/** Not needed to carry out a run: what would make every worker's archive larger. */
const LEFT_AT_HOME = /^(results|figures|notebooks|handouts|teaching|tests|bench|\.ci)\//;
/** What of this shell's settings decides how a run computes or where it finds its data. */
const PASSED_ON = ['DATA_MIRROR', 'STAND_IN', 'REQUIRE_REAL', 'RUNTIME', 'TF_NUM_INTRAOP_THREADS'];

function git(folder, ...words) {
  return execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64e6 });
}

function sources(folder) {
  try {
    const files = git(folder, 'ls-files', '-z').split('\0');
    return files.filter((name) => name && !LEFT_AT_HOME.test(name));
  } catch (cause) {
    throw new SetupError({
      problem: `The files that workers need cannot be listed: git does not answer in ${folder}.`,
      remedy: 'install git, and use a clone of the project rather than a downloaded archive.',
      cause,
    });
  }
}

function commitOf(folder) {
  try {
    const changed = git(folder, 'status', '--porcelain', '--untracked-files=no', '--', 'src').trim() !== '';
    return `${git(folder, 'rev-parse', 'HEAD').trim()}${changed ? ' with changes' : ''}`;
  } catch {
    return '';
  }
}

/** A file that only this machine's checkout holds: a task that finds it there needs no set-up of its own. */
function tokenIn(folder) {
  const file = path.join(folder, '.runtime', 'sweep-token');
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    const token = randomUUID();
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, token);
    return token;
  }
}

/**
 * Whoever reaches a Ray runs programs on it. The one that a sweep starts for itself asks for a token that only this user can read; a
 * cluster's token is the user's own affair (~/.ray/auth_token, RAY_AUTH_TOKEN).
 */
export function tokenEnvironment(address, folder = runtimeFolder) {
  if (address !== 'local' || process.env.RAY_AUTH_MODE) return {};
  const file = path.join(folder, 'ray-token');
  fs.mkdirSync(folder, { recursive: true });
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomUUID().replaceAll('-', ''), { mode: 0o600 });
  return { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN_PATH: file };
}

/** The plan as the Python side reads it, longest run first: a long one that begins last would keep everybody waiting. */
export async function clusterPlan(items, { store, folder = root, ...options }) {
  const runs = [];
  for (const { experiment, seed, minutes } of items) {
    const hash = await store.hashOf(experiment, options.profile);
    const { paper, experiment: title } = experiment.recipe;
    runs.push({ id: `${paper}/${title}-${hash.slice(0, 8)}-s${seed}`, paper, experiment: title, seed, minutes, hash });
  }
  runs.sort((a, b) => b.minutes - a.minutes);
  const environment = Object.fromEntries(PASSED_ON.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
  if (options.profile === 'paper') environment.REQUIRE_REAL = '1';
  return {
    address: options.address,
    cpus: options.cpus ?? 2,
    gpus: options.gpus ?? 0,
    memory: options.memory ? Math.round(options.memory * 1e9) : null,
    root: folder,
    files: sources(folder),
    runs,
    job: {
      sweep: randomUUID(),
      root: folder,
      host: os.hostname(),
      token: tokenIn(folder),
      node: process.execPath,
      worker_folder: options['worker-folder'] ?? null,
      storage: options.storage ?? null,
      profile: options.profile,
      again: options.again === true,
      commit: commitOf(folder),
      environment,
    },
  };
}

/** The state that `show.sweep()` reads; written beside its place and moved there. */
function stateWriter(file) {
  let written = 0;
  return (state, { now = false } = {}) => {
    if (!now && Date.now() - written < 1000) return;
    written = Date.now();
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(state));
      fs.renameSync(`${file}.${process.pid}`, file);
    } catch {
      // A picture of the sweep, not the sweep: a full disk must not end it.
      fs.rmSync(`${file}.${process.pid}`, { force: true });
    }
  };
}

/** One sweep. `driver` is the Python side or, in tests, something that speaks the same lines. */
export class ClusterSweep {
  constructor({
    items,
    plan,
    store,
    options,
    driver,
    stateFile = path.join(runtimeFolder, 'sweep.json'),
    print = console.log,
    retryWrite = 10_000,
  }) {
    this.plan = plan;
    this.store = store;
    this.options = options;
    this.driver = driver;
    this.print = print;
    this.retryWrite = retryWrite;
    this.experiments = new Map(
      items.map((item) => [`${item.experiment.recipe.paper}/${item.experiment.recipe.experiment}`, item.experiment]),
    );
    this.runs = plan.runs.map(({ hash: _hash, ...run }) => ({ ...run, state: 'waiting' }));
    this.byId = new Map(this.runs.map((run) => [run.id, run]));
    this.saveState = stateWriter(stateFile);
    this.screen = screen();
    this.began = Date.now();
    this.stopped = false;
    /** Records that came back and could not be written: id → { files, why }. */
    this.unwritten = new Map();
    this.handling = Promise.resolve();
  }

  state() {
    return {
      began: new Date(this.began).toISOString(),
      updated: new Date().toISOString(),
      ended: this.ended === true,
      process: process.pid,
      address: this.plan.address,
      dashboard: this.dashboard ?? null,
      secondsLeft: Number.isFinite(secondsLeft(this.runs)) ? secondsLeft(this.runs) : null,
      counts: countRuns(this.runs),
      runs: this.runs,
    };
  }

  say(text) {
    this.screen.erase();
    this.print(text);
    this.show();
  }

  show(now = false) {
    this.screen.draw(this.runs, this.dashboard);
    this.saveState(this.state(), { now });
  }

  /** Runs to the end; gives the counts, and the problem that ended it early. */
  async run() {
    const { command, parameters } = this.driver;
    const log = path.join(runtimeFolder, 'sweep.log');
    fs.mkdirSync(runtimeFolder, { recursive: true });
    const child = spawn(command, parameters, {
      // A group of its own: Ctrl-C reaches this process, which then says so in an order; Ray is not torn down under its tasks.
      detached: true,
      env: { ...process.env, ...tokenEnvironment(this.plan.address) },
      stdio: ['pipe', 'pipe', fs.openSync(log, 'w')],
    });
    this.child = child;
    child.stdin.on('error', () => {});
    const closed = new Promise((resolve) => {
      child.on('error', (cause) => resolve({ cause }));
      child.on('close', (code, signal) => resolve({ code, signal }));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      // One after another: a record is written before the next message is looked at.
      this.handling = this.handling.then(() => this.handle(line)).catch((error) => this.say(`✗ ${error.stack ?? error}`));
    });
    this.order(this.plan);
    const timers = [
      setInterval(() => this.show(), 1000),
      setInterval(() => this.skipRecorded(), 5000),
      setInterval(() => this.writeAgain(), this.retryWrite),
    ];
    if (Number.isFinite(this.options.maxMinutes))
      timers.push(setTimeout(() => this.stop(), Math.min(this.options.maxMinutes * 60_000, 2 ** 31 - 1)));
    this.show(true);
    const end = await closed;
    await this.handling;
    for (const timer of timers) clearInterval(timer);
    await this.writeAgain();
    this.endedEarly(end, log);
    this.ended = true;
    this.screen.erase();
    this.saveState(this.state(), { now: true });
    return { ...countRuns(this.runs), interrupted: this.stopped, problem: this.problem };
  }

  order(order) {
    if (this.child.stdin.writable) this.child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** Once: the tasks are cancelled, what is finished is kept, begun runs keep their checkpoints. Twice: at once. */
  stop() {
    if (this.stopped) this.child?.kill('SIGTERM');
    else {
      this.stopped = true;
      this.say('Stopping: what is finished is kept, begun runs write their checkpoints (at most a minute; Ctrl-C again to end at once) …');
      this.order({ stop: true });
    }
  }

  async handle(line) {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      throw new Error(`The Python side said something that is no JSON: ${line.slice(0, 200)}`);
    }
    const run = this.byId.get(message.id);
    if (message.id !== undefined && !run) throw new Error(`The Python side spoke of a run that is not in the plan: ${message.id}`);
    const react = {
      connected: () => this.connected(message),
      progress: () => this.progressed(run, message),
      finished: () => this.finished(run, message),
      failed: () => this.failed(run, message.machine, message.message),
      again: () => {
        run.lostAt = run.fraction ?? 0;
        Object.assign(run, { state: 'waiting', machine: undefined, fraction: undefined, text: undefined, attempt: message.attempt });
        this.say(`↻ ${nameOf(run)}: ${message.message}; it is tried again`);
      },
      unusable: () => this.say(`✗ machine ${message.machine} is left out. ${message.message}`),
      stopped: () => {
        if (run.state !== 'skipped') run.state = 'stopped';
      },
      problem: () => {
        this.problem = new SetupError({ problem: message.problem, remedy: message.remedy });
      },
      ended: () => {
        this.finishedWork = true;
      },
    }[message.event];
    if (!react) throw new Error(`The Python side sent an event that is not known: ${message.event}`);
    await react();
    this.show();
  }

  connected({ dashboard, ray, machines, cores, gpus }) {
    this.dashboard = dashboard;
    const room = `${machines} ${machines === 1 ? 'machine' : 'machines'}, ${cores} cores${gpus ? `, ${gpus} GPUs` : ''}`;
    const token = this.plan.address === 'local' ? ' (its token is in .runtime/ray-token)' : '';
    this.say(
      `Ray ${ray}: ${room}; ${this.runs.length} runs of ${this.plan.cpus} cores each${dashboard ? `. Dashboard: http://${dashboard}${token}` : ''}`,
    );
  }

  progressed(run, { state, machine, fraction, text }) {
    if (run.state !== 'waiting' && run.state !== 'preparing' && run.state !== 'running') return;
    Object.assign(run, { state, machine, text, fraction, since: run.since ?? Date.now() });
    // A run says 0 while it reads its data; what follows tells whether it found its checkpoint.
    if (run.lostAt === undefined || !fraction) return;
    const percent = (part) => `${Math.floor(100 * part)} %`;
    this.say(`↻ ${nameOf(run)} goes on at ${percent(fraction)}; it was lost at ${percent(run.lostAt)}`);
    delete run.lostAt;
  }

  failed(run, machine, message) {
    Object.assign(run, { state: 'failed', machine, message });
    this.say(`✗ ${nameOf(run)} failed${machine ? ` on ${machine}` : ''}: ${message}`);
  }

  async finished(run, { machine, files }) {
    run.machine = machine;
    const contents = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, 'base64')]));
    await this.write(run, contents);
  }

  async write(run, files) {
    const { profile, local, again } = this.options;
    const experiment = this.experiments.get(`${run.paper}/${run.experiment}`);
    try {
      const record = await this.store.adopt(experiment, files, { profile, seed: run.seed, record: !local, again });
      this.unwritten.delete(run.id);
      this.order({ kept: run.id });
      Object.assign(run, { state: 'done', took: record.seconds, fraction: 1, text: undefined, message: undefined });
      const accuracy = record.metrics.testAccuracy;
      const words = accuracy === undefined ? '' : `, test accuracy ${(100 * accuracy).toFixed(2)} %`;
      const standIn = record.provenance === 'real' ? '' : ' · STAND-IN, kept in results/local only';
      this.say(`✓ ${nameOf(run)} · ${(record.seconds / 60).toFixed(1)} min on ${run.machine}${words}${standIn}`);
    } catch (error) {
      // A record that is wrong stays wrong; one that finds no room waits for some.
      if (error.name !== 'StoreError') return this.failed(run, run.machine, `its record was refused. ${error.message}`);
      const full = misfortune(`${error.cause?.code ?? ''} ${error.message}`)?.problem ?? error.message;
      if (!this.unwritten.has(run.id))
        this.say(
          `! ${nameOf(run)} is finished on ${run.machine}, but its record cannot be written to ${this.store.folders.recorded}: ${full} It is held until there is room.`,
        );
      Object.assign(run, { state: 'unwritten', message: full });
      this.unwritten.set(run.id, files);
    }
  }

  async writeAgain() {
    for (const [id, files] of [...this.unwritten]) await this.write(this.byId.get(id), files);
  }

  /** Somebody else may have carried out a waiting run meanwhile: another sweep, a notebook, a `git pull`. */
  skipRecorded() {
    if (this.options.again) return;
    const { recorded, local } = this.store.folders;
    const folders = this.options.local ? [recorded, local] : [recorded];
    for (const run of this.runs)
      if (run.state === 'waiting' && folders.some((folder) => fs.existsSync(path.join(folder, `${run.id}.json`)))) {
        run.state = 'skipped';
        this.order({ skip: run.id });
        this.say(`– ${nameOf(run)} was recorded meanwhile`);
      }
  }

  /** The Python side ended: as it should, with a problem that it named, or in some other way. */
  endedEarly({ code, signal, cause }, log) {
    for (const run of this.runs)
      if (['running', 'preparing'].includes(run.state) || (run.state === 'waiting' && this.stopped)) run.state = 'stopped';
    if (this.finishedWork || this.problem || this.stopped) return;
    const said = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n').slice(-3).join('\n    ') : '';
    const how = cause ? `could not be started (${cause.message})` : `ended ${signal ? `by ${signal}` : `with code ${code}`}`;
    this.problem = new SetupError({
      problem: `The Python side of the sweep ${how}.${said ? `\n    ${said}` : ''}`,
      remedy: 'read the log; what is finished is kept, so the same command goes on from here.',
      log: path.relative(root, log),
    });
  }
}

/** Carries the missing runs out on a cluster and prints how it went; sets the exit code. */
export async function sweepOnCluster({ items, store, options }) {
  const { rayDriver } = await import('./cluster-environment.mjs');
  const driver = await rayDriver();
  const sweep = new ClusterSweep({ items, plan: await clusterPlan(items, { ...options, store }), store, options, driver });
  const stop = () => sweep.stop();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const result = await sweep.run();
  console.log(`${summary(sweep.runs, { ended: true })}, after ${((Date.now() - sweep.began) / 60_000).toFixed(1)} min.`);
  const unwritten = sweep.runs.filter(({ state }) => state === 'unwritten');
  if (unwritten.length > 0)
    throw new SetupError({
      problem: `${unwritten.length} finished runs could not be written to ${store.folders.recorded}: ${unwritten[0].message}`,
      remedy: `make room and start the same sweep again: the machines that carried them out keep them for 14 days${options.storage ? '' : ' (with --storage FOLDER any machine finds them)'}. They are: ${unwritten.map(nameOf).join('; ')}.`,
    });
  if (result.problem) throw result.problem;
  process.exitCode = result.failed > 0 ? 1 : result.interrupted ? 130 : 0;
}
