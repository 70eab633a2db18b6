/**
 * `npm run bundle`: one archive with this project and everything that its set-up fetches, for machines without a network. Unpacked there,
 * `npm start` needs nothing else than Node and Python. Data go along where their terms allow it. With --students, solutions stay out.
 */
import './library/node-version.mjs';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { studentCopy } from './handout.mjs';
import { runCommand } from './library/arguments.mjs';
import { FORMAT, locksOf, sha256Of, startHere, UNPACKED } from './library/bundle.mjs';
import { SetupError } from './library/failure.mjs';
import { gigabytes, tensorflowKind } from './library/machine.mjs';
import { inRoot, python, requirements, root, runtimeFolder, shown } from './library/paths.mjs';
import { replace } from './library/python.mjs';
import { mustRun } from './library/run.mjs';
import { ensureReady, npmCommand } from './library/setup.mjs';

const VERSIONS = ['3.10', '3.11', '3.12', '3.13'];
/** What may be handed on as it is: the terms in the manifest that say so without conditions on who asks. */
const PASSED_ON = /^(MIT|CC BY(-SA)? \d)/;
/** The oldest Linux that the wheels are for: glibc 2.28. */
const NEWEST_GLIBC = 28;

function pythonVersions(asked) {
  const own = spawnSync(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { encoding: 'utf8' }).stdout.trim();
  const versions = asked ? asked.split(',').map((text) => text.trim()) : [own];
  for (const version of versions)
    if (!VERSIONS.includes(version) || (version !== own && process.platform !== 'linux'))
      throw new SetupError({
        problem: `--python ${version} cannot be packed here.`,
        remedy:
          process.platform === 'linux'
            ? `choose among ${VERSIONS.join(', ')}.`
            : `leave --python away: on macOS a bundle holds the packages of the Python it is packed with, ${own} here. For another version, set up a clone with that Python (\`PYTHON=python3.12 npm run setup\`) and pack once more there: one bundle per version, each with its own --out.`,
      });
  return versions;
}

/** Tags of Linux wheels that older systems take as well. */
function platformWords() {
  if (process.platform !== 'linux') return [];
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const tags = Array.from({ length: NEWEST_GLIBC - 4 }, (_, at) => `manylinux_2_${NEWEST_GLIBC - at}_${machine}`);
  return [...tags, ...['manylinux2014', 'manylinux2010', 'manylinux1'].map((name) => `${name}_${machine}`)].flatMap((tag) => [
    '--platform',
    tag,
  ]);
}

/** Releases of a Python version among which a lock file tells apart: a laptop may have any of them, and each may want other packages. */
export function releasesOf(version, lock) {
  const named = [...lock.matchAll(/python_full_version\s*[<>=!~]+\s*'(\d+\.\d+)\.(\d+)'/g)].filter(([, own]) => own === version);
  const borders = named.flatMap(([, , patch]) => [Number(patch), Number(patch) + 1]);
  return [...new Set([0, ...borders])].sort((a, b) => a - b).map((patch) => `${version}.${patch}`);
}

function linesFor(release, name) {
  const resolved = spawnSync(python, [inRoot('scripts', 'bundle', 'for_python.py'), requirements(name), release], { encoding: 'utf8' });
  if (resolved.status !== 0) throw new Error(resolved.stderr);
  return resolved.stdout;
}

async function fetchWheels(folder, version, names, work) {
  const wanted = names.flatMap((name) =>
    releasesOf(version, fs.readFileSync(requirements(name), 'utf8')).map((release) => ({ name, release, lines: linesFor(release, name) })),
  );
  const different = wanted.filter(
    ({ name, lines }, at) => wanted.findIndex((other) => other.name === name && other.lines === lines) === at,
  );
  for (const { name, release, lines } of different) {
    const filtered = path.join(work, `${name}-${release}.txt`);
    fs.writeFileSync(filtered, lines);
    const target = process.platform === 'linux' ? ['--python-version', release, ...platformWords()] : [];
    await mustRun(`Fetching the Python packages of ${name}.txt for Python ${release}`, python, [
      ...['-m', 'pip', '--disable-pip-version-check', '--no-input', 'download', '--require-hashes', '--no-deps', '--only-binary=:all:'],
      ...['--progress-bar', 'off', '--dest', folder, ...target, '-r', filtered],
    ]);
  }
}

/** Packages as the lock names them, fresh from npm: a folder in use may hold anything. */
async function packPackages(archive, work) {
  const folder = path.join(work, 'packages');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'vendor', 'src/package.json'])
    if (fs.existsSync(inRoot(name))) fs.cpSync(inRoot(name), path.join(folder, name), { recursive: true });
  const [command, first] = npmCommand();
  await mustRun('Fetching npm packages', command, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  await mustRun('Packing npm packages', 'tar', ['-czf', archive, '-C', folder, 'node_modules']);
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Tests of exercises hold answers. */
const TELLS_ANSWERS = /^tests\/.*exercises\.test\.ts$/;

/** Student copies in place of the notebooks: no solutions, no outputs. The gallery has no exercises and stays. */
function withoutSolutions(folder) {
  const copies = path.join(folder, 'notebooks');
  for (const name of fs.readdirSync(copies).filter((file) => /^\d\d-.*\.ipynb$/.test(file))) {
    const file = path.join(copies, name);
    fs.writeFileSync(file, `${JSON.stringify(studentCopy(JSON.parse(fs.readFileSync(file, 'utf8'))), null, 1)}\n`);
  }
}

function copyProject(folder, students) {
  const list = spawnSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (list.status !== 0)
    throw new SetupError({
      problem: 'The files of this project cannot be listed: this is no git clone.',
      remedy: 'pack from a clone made with git.',
    });
  for (const name of list.stdout.split('\0').filter(Boolean)) {
    const from = inRoot(name);
    if (!fs.existsSync(from) || (students && TELLS_ANSWERS.test(name))) continue;
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.copyFileSync(from, path.join(folder, name));
  }
  if (students) withoutSolutions(folder);
}

/** Data sets that are in the cache and may be passed on; the others with the reason why they stay here. */
export function chooseData(sets, isCached) {
  const taken = [];
  const left = [];
  for (const { name, licence } of sets) {
    if (!PASSED_ON.test(licence))
      left.push({ name, why: `its terms (${licence}) are not ours to pass on; each class fetches it, or uses the drawn stand-in` });
    else if (!isCached(name)) left.push({ name, why: `it is not in data/cache; \`npm run data -- fetch ${name}\` puts it there` });
    else taken.push({ name, licence });
  }
  return { taken, left };
}

function copyData(folder) {
  const { sets } = JSON.parse(fs.readFileSync(inRoot('data', 'manifest.json'), 'utf8'));
  const cached = (name) => fs.existsSync(inRoot('data', 'cache', name)) && fs.readdirSync(inRoot('data', 'cache', name)).length > 0;
  const { taken, left } = chooseData(sets, cached);
  for (const { name } of taken) {
    const { files } = sets.find((set) => set.name === name);
    for (const { name: file, sha256 } of files) {
      const payload = inRoot('data', 'cache', name, file.replace(/\.gz$/, ''));
      if (!fs.existsSync(payload) || sha256Of(payload) !== sha256)
        throw new SetupError({
          problem: `${shown(payload)} is missing or has changed.`,
          remedy: `\`npm run data -- clear ${name}\`, \`npm run data -- fetch ${name}\`, then pack again.`,
        });
      const to = path.join(folder, 'data', 'cache', name, path.basename(payload));
      fs.mkdirSync(path.dirname(to), { recursive: true });
      fs.copyFileSync(payload, to);
    }
  }
  return { taken, left };
}

function filesIn(folder, below) {
  return fs
    .readdirSync(path.join(folder, below), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path
        .relative(folder, path.join(entry.parentPath ?? entry.path, entry.name))
        .split(path.sep)
        .join('/'),
    )
    .sort();
}

const command = {
  call: 'npm run bundle',
  does: 'Packs one archive with this project and everything that its set-up fetches, for machines like this one without a network: there, unpack it and run `npm start`. Data sets go along where their terms allow it.',
  options: {
    python: {
      type: 'string',
      value: '3.10,3.12',
      says: 'the versions of Python to pack for (without it: the one in use here; on macOS only that)',
    },
    students: { type: 'boolean', says: 'leaves solutions and outputs out' },
    'no-data': { type: 'boolean', says: 'leaves the data sets out' },
    out: { type: 'string', value: 'FILE.tar', says: 'writes it there (without it: handouts/)' },
  },
};

async function main({ values }) {
  if (!fs.existsSync(python)) await ensureReady();
  // A class has no GPUs unless somebody says so.
  const { kind } = tensorflowKind({
    environment: { ...process.env, RUNTIME: process.env.RUNTIME || (process.platform === 'darwin' ? '' : 'cpu') },
  });
  const versions = pythonVersions(values.python);
  const work = path.join(runtimeFolder, 'bundle');
  fs.rmSync(work, { recursive: true, force: true });
  const folder = path.join(work, UNPACKED);
  const inner = path.join(folder, '.bundle');
  fs.mkdirSync(path.join(inner, 'wheels'), { recursive: true });
  copyProject(folder, values.students);
  for (const version of versions) {
    console.log(`Python packages for Python ${version} (TensorFlow for ${kind}) …`);
    await fetchWheels(path.join(inner, 'wheels'), version, ['notebooks', `tensorflow-${kind}`, 'compiler'], work);
  }
  console.log('npm packages …');
  await packPackages(path.join(inner, 'node_modules.tar.gz'), work);
  const { taken, left } = values['no-data'] ? { taken: [], left: [] } : copyData(folder);
  const files = Object.fromEntries(
    filesIn(folder, '.bundle').map((name) => [
      name,
      { bytes: fs.statSync(path.join(folder, name)).size, sha256: sha256Of(path.join(folder, name)) },
    ]),
  );
  const contents = {
    format: FORMAT,
    kind,
    platform: process.platform,
    arch: process.arch,
    pythons: versions,
    data: taken,
    leftOut: left,
    locks: locksOf(folder, kind),
    files,
  };
  fs.writeFileSync(path.join(inner, 'bundle.json'), `${JSON.stringify(contents, null, 1)}\n`);
  fs.writeFileSync(path.join(folder, 'START-HERE.md'), startHere({ ...contents, students: values.students }));
  const name = `paperlab-${process.platform}-${process.arch}-${kind}${values.students ? '-students' : ''}.tar`;
  const archive = values.out ? path.resolve(process.env.INIT_CWD ?? process.cwd(), values.out) : inRoot('handouts', name);
  fs.mkdirSync(path.dirname(archive), { recursive: true });
  await mustRun('Writing the archive', 'tar', ['-cf', `${archive}.partial`, '-C', work, UNPACKED]);
  replace(`${archive}.partial`, archive);
  fs.rmSync(work, { recursive: true, force: true });
  console.log(
    `Notebooks ${values.students ? 'without solutions and outputs, for students' : 'with their solutions folded away (--students leaves them out)'}.`,
  );
  for (const { name: set, licence } of taken) console.log(`With ${set} (${licence}).`);
  for (const { name: set, why } of left) console.log(`Without ${set}: ${why}.`);
  console.log(
    `\n${shown(archive)}: ${gigabytes(fs.statSync(archive).size / 1e6)}, for ${process.platform} ${process.arch} with Node 20 or newer and Python ${versions.join(' or ')}.`,
  );
  console.log(`There: tar -xf ${path.basename(archive)} && cd ${UNPACKED} && npm start   (START-HERE.md in it says so too)`);
}

if (process.argv[1] === inRoot('scripts', 'bundle.mjs')) await runCommand(command, main);
