/**
 * Set-up: the steps between a clone and a working notebook, each skipped when its result is there and made from what it
 * would be made from now. `ensureReady()` is what every command calls first.
 */
import './node-version.mjs';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { compileBinding } from './binding.mjs';
import { checkBundle, readBundle, unpackPackages } from './bundle.mjs';
import { compile, compiledExists, sourcesFingerprint } from './compile.mjs';
import { misfortune, SetupError } from './failure.mjs';
import { kernelIsCurrent, writeKernel } from './kernel.mjs';
import { withLock } from './lock.mjs';
import { log, logName, progress } from './log.mjs';
import { announceNeeds, tensorflowKind } from './machine.mjs';
import {
  bindingFile,
  bindingFolder,
  doorSource,
  inRoot,
  logFile,
  python,
  realBindingFile,
  referencesSource,
  requirements,
  root,
  runtimeFolder,
  tensorflowTarget,
  venv,
} from './paths.mjs';
import { holds, makeEnvironment, pipInstall, replace, sitePackages } from './python.mjs';
import { mustRun, stopPrograms } from './run.mjs';
import { DISK_NEEDED, SIZES } from './sizes.mjs';
import { contents, fingerprint, isStamped, stamp, unstamp } from './stamp.mjs';

const hidden = inRoot('node_modules', '.package-lock.json');

/** npm writes its own lock into node_modules last; where it names what ours names, the installation is whole. */
function packagesMatch() {
  try {
    const wanted = JSON.parse(fs.readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
    const found = JSON.parse(fs.readFileSync(hidden, 'utf8')).packages;
    return Object.entries(wanted)
      .filter(([where, entry]) => where.startsWith('node_modules/') && !entry.optional)
      .every(([where, entry]) => found[where] && found[where].version === entry.version);
  } catch {
    return false;
  }
}

export function npmCommand() {
  const bundled = path.join(path.dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const script = [process.env.npm_execpath, bundled].find((file) => file && /npm-cli\.c?js$/.test(file) && fs.existsSync(file));
  return script ? [process.execPath, [script]] : ['npm', []];
}

async function installPackages(note) {
  if (readBundle()) {
    await unpackPackages(note);
    return;
  }
  const [command, first] = npmCommand();
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'http'];
  try {
    await mustRun('Installing npm packages', command, [...first, ...flags], { cwd: root, note });
  } catch (error) {
    if (error.kind !== 'damaged-download') throw error;
    log('A download was damaged: once more, with a fresh cache.');
    const cache = path.join(runtimeFolder, 'npm-cache');
    await mustRun('Installing npm packages', command, [...first, ...flags, '--cache', cache], { cwd: root, note });
    fs.rmSync(cache, { recursive: true, force: true });
  }
}

/**
 * A step: `stamp()` says what its result depends on; `there()` looks whether the result is in place; `adopt()` looks closer, and
 * accepts a result made otherwise (by hand, or by a set-up whose stamp was lost) when it is whole and right.
 */
export function steps({ kind }) {
  const target = tensorflowTarget(kind);
  return [
    {
      name: 'npm packages',
      lane: 'node',
      need: SIZES.packages,
      stamp: () => contents(inRoot('package-lock.json')),
      there: () => fs.existsSync(hidden),
      adopt: packagesMatch,
      make: installPackages,
    },
    {
      name: 'JupyterLab and its Python environment',
      lane: 'python',
      need: SIZES.jupyter,
      stamp: () => contents(requirements('notebooks')),
      there: () => fs.existsSync(python),
      adopt: () => fs.existsSync(python) && holds(sitePackages(venv), 'notebooks'),
      make: (note) => makeEnvironment(venv, 'notebooks', note),
    },
    {
      name: `TensorFlow's libraries (${kind})`,
      lane: 'python',
      need: SIZES.tensorflow[kind],
      stamp: () => fingerprint(kind, contents(requirements(`tensorflow-${kind}`))),
      there: () => fs.existsSync(path.join(target, 'tensorflow')),
      adopt: () => holds(target, `tensorflow-${kind}`),
      make: async (note) => {
        const partial = `${target}.partial`;
        fs.rmSync(partial, { recursive: true, force: true });
        await pipInstall(
          "Fetching TensorFlow's libraries",
          python,
          ['--no-deps', '--target', partial, '-r', requirements(`tensorflow-${kind}`)],
          note,
        );
        replace(partial, target);
      },
    },
    {
      name: 'bridge between Node and TensorFlow',
      need: SIZES.bridge,
      stamp: () =>
        fingerprint(
          kind,
          process.arch,
          contents(doorSource, referencesSource, path.join(bindingFolder, 'package.json'), requirements(`tensorflow-${kind}`)),
        ),
      there: () => fs.existsSync(bindingFile) && fs.existsSync(realBindingFile),
      make: (note) => compileBinding(kind, note),
    },
    {
      name: 'TypeScript kernel',
      need: SIZES.kernel,
      stamp: () => 'by content',
      there: kernelIsCurrent,
      make: async () => writeKernel(),
    },
  ];
}

const stampName = (step) =>
  step.name
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/-+$/, '');
const isDone = (step) => step.there() && isStamped(stampName(step), step.stamp());

function adopts(step) {
  if (!step.adopt?.()) return false;
  log(`${step.name}: found in place and whole`);
  stamp(stampName(step), step.stamp());
  return true;
}

const say = (text) => process.stderr.write(`${text}\n`);

function makeRuntimeFolder() {
  try {
    fs.mkdirSync(runtimeFolder, { recursive: true });
    fs.accessSync(runtimeFolder, fs.constants.W_OK);
    const trial = path.join(runtimeFolder, `.trial.${process.pid}`);
    fs.writeFileSync(trial, '');
    fs.rmSync(trial);
  } catch (cause) {
    const full = misfortune(String(cause.code))?.kind === 'disk-full';
    throw new SetupError({
      problem: full ? 'The disk is full.' : `The project's folder cannot be written to (${cause.code}): ${root}`,
      remedy: full
        ? `free some space (${DISK_NEEDED}), then run the same command again.`
        : 'clone the project to a folder where you may write (not as another user, not on a read-only disk), then run the same command again.',
      cause,
    });
  }
}

async function perform(step) {
  const line = progress(step.name);
  const name = stampName(step);
  try {
    unstamp(name);
    log(`\n=== ${step.name}`);
    const note = await step.make(line.note);
    if (!step.there())
      throw new SetupError({
        problem: `${step.name}: nothing failed, but the result is not there.`,
        remedy: 'read the log.',
        log: logName(),
      });
    stamp(name, step.stamp());
    line.done(note);
  } catch (error) {
    line.failed();
    throw inWords(error, step);
  }
}

/** An error from the file system said as what it means. */
function inWords(error, step) {
  if (error instanceof SetupError) return error;
  const known = misfortune(`${error.code ?? ''} ${error.message}`);
  if (!known) return error;
  return new SetupError({
    problem: `${step.name}: ${known.problem} (${error.message})`,
    remedy: known.remedy,
    log: logName(),
    cause: error,
  });
}

async function setUp(kind, why) {
  const all = steps({ kind });
  const missing = all.filter((step) => !isDone(step) && !adopts(step));
  if (missing.length === 0) return;
  const fetching = missing.some((step) => step.need.download > 0);
  if (fetching) say(`Set-up (${why}). The log is ${path.relative(root, logFile)}.`);
  const bundle = readBundle();
  if (bundle && fetching) {
    say('Everything comes from the bundle in .bundle; the network is not asked.');
    checkBundle(bundle);
  }
  announceNeeds(
    missing.map((step) => ({ name: step.name, ...step.need })),
    { say, bundled: bundle !== undefined },
  );
  // npm and pip fetch at the same time. What one of them finished is kept when the other fails.
  const lanes = await Promise.allSettled(['node', 'python'].map((lane) => performAll(all.filter((step) => step.lane === lane))));
  const failed = lanes.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  await performAll(all.filter((step) => !step.lane));
}

/** In order, each looked at only when its turn comes: a new node_modules takes the old bridge with it. */
async function performAll(some) {
  for (const step of some) if (!isDone(step)) await perform(step);
}

async function compileSources() {
  const now = sourcesFingerprint();
  if (compiledExists() && isStamped('sources', now)) return;
  const line = progress('compiling TypeScript');
  const complaints = await compile(line.note);
  if (!compiledExists()) {
    line.failed();
    throw new SetupError({
      problem: `TypeScript could not be compiled.\n${complaints.join('\n')}`,
      remedy: 'mend the sources, then run the same command again.',
      log: logName(),
    });
  }
  if (complaints.length === 0) {
    stamp('sources', now);
    line.done();
    return;
  }
  line.done('with complaints; what compiled is used');
  const lines = complaints.join('\n').split('\n');
  say(lines.slice(0, 6).join('\n') + (lines.length > 6 ? `\n… ${lines.length - 6} more lines: npm run check` : ''));
}

function stopTogether() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      stopPrograms();
      say('\nStopped. The next call goes on where this one was.');
      process.exit(130);
    });
  }
}

/** Everything is there and compiled when this returns; under a second when it was before. */
export async function ensureReady({ sources = true } = {}) {
  makeRuntimeFolder();
  const bundle = readBundle();
  const { kind, why } = bundle ? { kind: bundle.kind, why: `bundle for ${bundle.kind}` } : tensorflowKind();
  const upToDate = () => steps({ kind }).every(isDone) && (!sources || (compiledExists() && isStamped('sources', sourcesFingerprint())));
  if (upToDate()) return { kind, why };
  stopTogether();
  const started = Date.now();
  await withLock(
    path.join(runtimeFolder, 'setup.lock'),
    async () => {
      await setUp(kind, why);
      if (sources) await compileSources();
    },
    { say },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  if (Date.now() - started > 20_000) say(`Ready after ${Math.round((Date.now() - started) / 1000)} s.`);
  return { kind, why };
}
