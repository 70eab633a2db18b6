/** A bundle: everything that set-up would fetch, in the folder .bundle of a clone. `npm run bundle` packs it; set-up reads it here. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SetupError } from './failure.mjs';
import { inRoot, root } from './paths.mjs';
import { replace } from './python.mjs';
import { mustRun } from './run.mjs';

export const FORMAT = 1;
/** The folder that an archive unpacks to. */
export const UNPACKED = 'paperlab';
export const bundleFolder = inRoot('.bundle');
const contentsFile = path.join(bundleFolder, 'bundle.json');

const PACK_AGAIN = 'pack one on a machine like this one (`npm run bundle`), or delete the folder .bundle and set up over the network.';

export function sha256Of(file) {
  const hash = createHash('sha256');
  const descriptor = fs.openSync(file, 'r');
  const buffer = Buffer.allocUnsafe(1 << 20);
  try {
    for (let read = 1; read > 0; ) {
      read = fs.readSync(descriptor, buffer);
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    fs.closeSync(descriptor);
  }
  return hash.digest('hex');
}

/** What must be the same for a bundle to fit a clone: the locks. */
export function locksOf(folder, kind) {
  const names = ['package-lock.json', ...['notebooks', `tensorflow-${kind}`, 'compiler'].map((name) => `scripts/python/${name}.txt`)];
  return Object.fromEntries(
    names.map((name) => [name, fs.existsSync(path.join(folder, name)) ? sha256Of(path.join(folder, name)) : 'none']),
  );
}

/** The page that whoever unpacks a bundle finds beside README. */
export function startHere({ platform, arch, pythons, data, leftOut, students }) {
  const sets = data.map(({ name }) => name);
  const absent = leftOut.map(({ name }) => name);
  return `${[
    '# Start here',
    '',
    `Needed: ${platform} ${arch}, Node 20 or newer, Python ${pythons.join(' or ')}. In a terminal, in this folder:`,
    '',
    '1. `npm start` (no network needed; the first time takes some minutes). The browser opens; Ctrl-C in the terminal ends it.',
    '2. Open `notebooks/00-start-here.ipynb`, then **Run → Run All Cells**.',
    '3. Answer the exercises: change the cell, run it. Hints come from the second wrong answer on, one more each time.',
    '4. Keep the folder `.bundle` (its name begins with a dot, so most file managers hide it): everything is installed from there.',
    '',
    ...(students ? ['Outputs and solutions are left out on purpose: run the cells and see.', ''] : []),
    `Data: ${sets.length > 0 ? `${sets.join(', ')} ${sets.length === 1 ? 'is' : 'are'} here` : 'no data set is here'}.${absent.length > 0 ? ` Not here: ${absent.join(', ')}; notebooks draw a stand-in in their place and say so.` : ''}${sets.length === 0 && absent.length === 0 ? ' Notebooks draw stand-ins in their place and say so.' : ''}`,
    '',
    'README.md speaks of the full repository, and this folder is no git clone: what it says of `git` does not work here. To have a notebook as it was, unpack the archive again elsewhere and copy it.',
    '',
  ].join('\n')}`;
}

/** What .bundle says about itself; undefined where there is none, an error where it does not fit this machine. */
export function readBundle({ platform = process.platform, arch = process.arch } = {}) {
  if (!fs.existsSync(contentsFile)) return undefined;
  let bundle;
  try {
    bundle = JSON.parse(fs.readFileSync(contentsFile, 'utf8'));
  } catch (cause) {
    throw new SetupError({
      problem: `.bundle/bundle.json cannot be read (${cause.message}).`,
      remedy: 'unpack the archive again, or copy it again from where it came from.',
      cause,
    });
  }
  if (bundle.format !== FORMAT)
    throw new SetupError({ problem: `The bundle has format ${bundle.format}; this clone reads ${FORMAT}.`, remedy: PACK_AGAIN });
  if (bundle.platform !== platform || bundle.arch !== arch)
    throw new SetupError({
      problem: `The bundle was packed for ${bundle.platform} ${bundle.arch}; this machine is ${platform} ${arch}.`,
      remedy: PACK_AGAIN,
    });
  return bundle;
}

/** Before anything is installed from it: every file whole, and packed from the locks of this clone. */
export function checkBundle(bundle) {
  const locks = locksOf(root, bundle.kind);
  const other = Object.keys(bundle.locks).find((name) => bundle.locks[name] !== locks[name]);
  if (other)
    throw new SetupError({ problem: `The bundle was packed from another version of this project: ${other} differs.`, remedy: PACK_AGAIN });
  for (const [name, { bytes, sha256 }] of Object.entries(bundle.files)) {
    const file = path.join(root, name);
    const size = fs.existsSync(file) ? fs.statSync(file).size : undefined;
    if (size === bytes && sha256Of(file) === sha256) continue;
    throw new SetupError({
      problem: `The bundle is damaged: ${name} ${size === undefined ? 'is missing' : size === bytes ? 'does not match its checksum' : `has ${size} bytes instead of ${bytes}`}.`,
      remedy:
        'copy the archive again from where it came from (sticks drop bytes when pulled out early), unpack it again, then run the same command.',
    });
  }
}

/** node_modules as npm made it where the bundle was packed. */
export async function unpackPackages(note) {
  const partial = inRoot('.runtime', 'packages.partial');
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  const archive = path.join(bundleFolder, 'node_modules.tar.gz');
  await mustRun('Unpacking npm packages', 'tar', ['-xzf', archive, '-C', partial], { note });
  replace(path.join(partial, 'node_modules'), inRoot('node_modules'));
  fs.rmSync(partial, { recursive: true, force: true });
}

/** Takes .bundle and the data sets out of an archive into this clone. */
export function takeFrom(archive) {
  const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), archive);
  if (!fs.existsSync(file))
    throw new SetupError({
      problem: `There is no file ${file}.`,
      remedy: 'name the archive that `npm run bundle` wrote: `npm run setup -- --from FILE.tar`.',
    });
  if (fs.statSync(file).isDirectory())
    throw new SetupError({
      problem: `${file} is a folder, not an archive.`,
      remedy: 'an unpacked bundle is ready as it is: run `npm start` in it. Into another clone: `npm run setup -- --from FILE.tar`.',
    });
  const refuse = (why) =>
    new SetupError({
      problem: `${file} is no whole bundle: ${why}.`,
      remedy: 'name the archive that `npm run bundle` wrote, or copy it again.',
    });
  const list = spawnSync('tar', ['-tf', file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (list.status !== 0) throw refuse((list.stderr || String(list.error)).trim().split('\n')[0]);
  const wanted = [`${UNPACKED}/.bundle/`, `${UNPACKED}/data/cache/`].filter((name) =>
    list.stdout.split('\n').some((line) => line.startsWith(name)),
  );
  if (!list.stdout.includes(`${UNPACKED}/.bundle/bundle.json\n`)) throw refuse('it has no .bundle/bundle.json');
  fs.rmSync(bundleFolder, { recursive: true, force: true });
  // Data that are there already stay; each file is checked when it is read.
  const words = ['-xf', file, '-C', root, '--strip-components=1', '--skip-old-files', ...wanted];
  const portable = process.platform === 'darwin' ? words.map((word) => (word === '--skip-old-files' ? '-k' : word)) : words;
  const unpacked = spawnSync('tar', portable, { encoding: 'utf8' });
  if (unpacked.status !== 0) throw refuse(unpacked.stderr.trim().split('\n')[0]);
}
