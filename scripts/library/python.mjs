/** Finds a Python that TensorFlow has libraries for, and makes the project's own environment with it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { bundleFolder, readBundle } from './bundle.mjs';
import { SetupError } from './failure.mjs';
import { log } from './log.mjs';
import { requirements, runtimeFolder } from './paths.mjs';
import { failureOf, mustRun, run } from './run.mjs';

const OLDEST = 10;
const NEWEST = 13;
const CANDIDATES = ['python3', 'python3.12', 'python3.13', 'python3.11', 'python3.10', 'python'];
const KNOWN = `3.${OLDEST} to 3.${NEWEST}`;

const QUESTION = [
  'import sys, json',
  'def has(name):',
  '    import importlib.util',
  '    return importlib.util.find_spec(name) is not None',
  'print(json.dumps({"version": list(sys.version_info[:2]), "path": sys.executable, "venv": has("venv") and has("ensurepip"), "bits": sys.maxsize.bit_length() + 1}))',
].join('\n');

function ask(command, environment) {
  const answer = spawnSync(command, ['-c', QUESTION], { encoding: 'utf8', timeout: 20_000, env: environment });
  if (answer.status !== 0) return undefined;
  try {
    return { command, ...JSON.parse(answer.stdout.trim().split('\n').at(-1)) };
  } catch {
    return undefined;
  }
}

const suits = ({ version: [major, minor], bits }) => major === 3 && minor >= OLDEST && minor <= NEWEST && bits === 64;
const named = ({ command, version }) => `${command} is ${version.join('.')}`;

/** The first interpreter that will do. PYTHON names one and is then the only one looked at. A bundle has packages for some versions only. */
export function findPython({
  environment = process.env,
  question = (command) => ask(command, environment),
  bundled = readBundle()?.pythons,
} = {}) {
  const candidates = environment.PYTHON ? [environment.PYTHON] : CANDIDATES;
  const found = [];
  for (const command of candidates) {
    const answer = question(command);
    if (!answer) continue;
    if (suits(answer) && answer.venv && (!bundled || bundled.includes(answer.version.join('.')))) return answer;
    found.push(answer);
  }
  if (bundled)
    throw new SetupError({
      problem: `The bundle has packages for Python ${bundled.join(' and ')}, with its venv module. ${found.length > 0 ? `Found: ${found.map(named).join(', ')}.` : 'No Python was found.'}`,
      remedy: 'install that Python, or pack a bundle for the one that is here: `npm run bundle -- --python 3.10,3.11,3.12,3.13`.',
    });
  throw pythonProblem(found, environment.PYTHON);
}

function pythonProblem(found, asked) {
  const withoutVenv = found.find((one) => suits(one));
  if (withoutVenv)
    return new SetupError({
      problem: `Python ${withoutVenv.version.join('.')} (${withoutVenv.command}) has no venv module.`,
      remedy: `install it (Debian, Ubuntu: \`sudo apt install python${withoutVenv.version.join('.')}-venv\`), then run the same command again.`,
    });
  const seen =
    found.length > 0 ? `Found: ${found.map(named).join(', ')}.` : asked ? `PYTHON=${asked} does not answer.` : 'No Python was found.';
  return new SetupError({
    problem: `A Python from ${KNOWN} is needed (TensorFlow 2.21 has libraries for these, 64 bit). ${seen}`,
    remedy:
      'install one of them (Debian, Ubuntu: `sudo apt install python3 python3-venv`; macOS: `brew install python@3.12`), or name one: PYTHON=/path/to/python3.12, then run the same command again.',
  });
}

/** pip, told to ask nothing, to install exactly what the lock names, and to keep quiet about itself. */
const PIP = [
  '-m',
  'pip',
  '--disable-pip-version-check',
  '--no-input',
  'install',
  '--require-hashes',
  '--no-color',
  '--progress-bar',
  'off',
  '--prefer-binary',
];

export async function pipInstall(title, interpreter, parameters, note) {
  const environment = { ...process.env, PYTHONNOUSERSITE: '1', PIP_USER: '0', PYTHONUTF8: '1' };
  const wheels = readBundle() ? ['--no-index', '--find-links', path.join(bundleFolder, 'wheels')] : [];
  const first = await run(interpreter, [...PIP, ...wheels, ...parameters], { environment, note });
  if (first.code === 0) return;
  const failure = failureOf(title, first);
  if (failure.kind !== 'damaged-download' || wheels.length > 0) throw failure;
  log('A download was damaged: once more, past the cache.');
  await mustRun(title, interpreter, [...PIP, '--no-cache-dir', ...parameters], { environment, note });
}

/** Makes an environment beside its place and moves it there when it is whole. */
export async function makeEnvironment(target, requirement, note) {
  const base = findPython();
  const partial = `${target}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(runtimeFolder, { recursive: true });
  log(`Python ${base.version.join('.')} at ${base.path}`);
  await mustRun('Making the Python environment', base.path, ['-m', 'venv', partial], { note });
  await pipInstall('Installing Python packages', path.join(partial, 'bin', 'python'), ['-r', requirements(requirement)], note);
  replace(partial, target);
}

/** Moves a finished folder to its place; the old one goes only after the new one is whole. */
export function replace(partial, target) {
  const old = `${target}.old`;
  fs.rmSync(old, { recursive: true, force: true });
  if (fs.existsSync(target)) fs.renameSync(target, old);
  fs.renameSync(partial, target);
  fs.rmSync(old, { recursive: true, force: true });
}

const canonical = (name) => name.toLowerCase().replace(/[-_.]+/g, '-');

/** Packages with their versions that a folder holds whole: pip writes RECORD last. */
export function installedIn(packages) {
  if (!fs.existsSync(packages)) return new Set();
  return new Set(
    fs
      .readdirSync(packages)
      .filter((name) => name.endsWith('.dist-info') && fs.existsSync(path.join(packages, name, 'RECORD')))
      .map((name) => {
        const [, project, version] = /^(.+)-([^-]+)\.dist-info$/.exec(name);
        return `${canonical(project)}==${version}`;
      }),
  );
}

/** The pins of a requirement file that hold on every machine. */
function pins(requirement) {
  return fs
    .readFileSync(requirements(requirement), 'utf8')
    .split('\n')
    .filter((line) => /^[A-Za-z0-9]/.test(line) && !line.includes(';'))
    .map((line) => {
      const [, name, version] = /^([\w.-]+)==(\S+)/.exec(line);
      return `${canonical(name)}==${version}`;
    });
}

export function holds(packages, requirement) {
  const installed = installedIn(packages);
  return pins(requirement).every((pin) => installed.has(pin));
}

export function sitePackages(environment) {
  const lib = path.join(environment, 'lib');
  const version = fs.existsSync(lib) ? fs.readdirSync(lib).find((name) => name.startsWith('python3')) : undefined;
  return path.join(lib, version ?? 'python3', 'site-packages');
}
