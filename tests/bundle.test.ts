/** A bundle packed, carried and set up from, with programs that only pretend: what is in it, what is asked of pip, what is said when it does not fit. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Clone, calls, pretendClone, pretendNpm, pretendPython, repository } from './setup-clone.js';

/** A pip that notes what it is asked, and "downloads" one wheel. */
const PIP = `echo "$*" >> pip-words
  while [ $# -gt 0 ]; do if [ "$1" = "--dest" ]; then echo wheel > "$2/some_package-1.0-py3-none-any.whl"; fi; shift; done; exit 0`;
const pictures = Buffer.from('pictures of digits');
const shaOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const MANIFEST = {
  sets: [
    { name: 'mnist', licence: 'CC BY-SA 3.0', files: [{ name: 'digits.gz', sha256: shaOf(pictures) }] },
    { name: 'fashion-mnist', licence: 'MIT', files: [] },
    { name: 'idc', licence: 'CC0 (as stated on the Kaggle copy)', files: [] },
  ],
};

const NOTEBOOK = {
  ...{ nbformat: 4, nbformat_minor: 5, metadata: {} },
  cells: [
    { cell_type: 'markdown', id: 'a', metadata: {}, source: 'Try. Solutions are folded away below. [data](../data/README.md)' },
    { cell_type: 'code', id: 'b', metadata: { tags: ['exercise'] }, source: 'mine', outputs: ['wrong'], execution_count: 1 },
    { cell_type: 'code', id: 'c', metadata: { tags: ['solution'] }, source: 'THE ANSWER', outputs: [], execution_count: 2 },
  ],
};

function programs(clone: Clone, minor = 11): void {
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']) clone.program(name, 'exit 127');
  clone.program('nvidia-smi', 'exit 1');
  for (const name of ['g++', 'c++', 'clang++']) clone.program(name, 'exit 1');
  pretendPython(clone, { minor, pip: PIP });
}

function write(file: string, contents: string | Buffer): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, contents);
}

describe('npm run bundle', { skip: process.platform === 'linux' ? false : 'pretends to be Linux' }, () => {
  let packer: Clone;
  let archive: string;
  const clones: Clone[] = [];
  before(() => {
    packer = pretendClone();
    clones.push(packer);
    programs(packer);
    pretendNpm(packer);
    write(path.join(packer.folder, 'data', 'manifest.json'), JSON.stringify(MANIFEST));
    write(path.join(packer.folder, 'notebooks', '01-trial.ipynb'), JSON.stringify(NOTEBOOK));
    write(path.join(packer.folder, 'notebooks', 'gallery.ipynb'), JSON.stringify(NOTEBOOK));
    write(path.join(packer.folder, 'tests', 'trial-exercises.test.ts'), '// holds answers');
    for (const words of [
      ['init', '-q'],
      ['add', '.'],
    ])
      assert.equal(spawnSync('git', words, { cwd: packer.folder }).status, 0);
    write(path.join(packer.folder, 'data', 'cache', 'mnist', 'digits'), pictures);
    write(path.join(packer.folder, 'data', 'cache', 'idc', 'patches.tensor'), 'tissue');
    write(path.join(packer.folder, 'private-notes.txt'), 'not for the class');
    write(path.join(packer.folder, '.runtime', 'venv', 'bin', 'python'), fs.readFileSync(path.join(packer.programs, 'python3')));
    fs.chmodSync(path.join(packer.folder, '.runtime', 'venv', 'bin', 'python'), 0o755);
    archive = path.join(packer.folder, '..', 'class.tar');
  });
  after(() => {
    for (const clone of clones) clone.remove();
  });

  /** A machine that has the archive unpacked, and no npm. */
  function unpacked(minor = 11): Clone {
    const clone = pretendClone();
    clones.push(clone);
    fs.rmSync(clone.folder, { recursive: true });
    fs.mkdirSync(clone.folder);
    assert.equal(spawnSync('tar', ['-xf', archive, '-C', clone.folder, '--strip-components=1']).status, 0);
    programs(clone, minor);
    return clone;
  }
  function refused(clone: Clone, words: string[] = []): string {
    const { status, stderr } = clone.run('setup.mjs', words);
    assert.equal(status, 1);
    assert.match(stderr, /What to do: .{20}/);
    assert.doesNotMatch(stderr, /^\s+at .*\.mjs:\d+/m, 'a stack trace is not a message');
    return stderr;
  }

  it('packs the project, wheels, npm packages and the data that may be passed on, and says what it left out', () => {
    const { status, stdout, stderr } = packer.run('bundle.mjs', ['--python', '3.11', '--out', archive]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /With mnist \(CC BY-SA 3\.0\)/);
    assert.match(stdout, /Without idc: its terms .* not ours to pass on/);
    assert.match(stdout, /Without fashion-mnist: it is not in data\/cache/);
    const names = spawnSync('tar', ['-tf', archive], { encoding: 'utf8' }).stdout.split('\n');
    for (const name of [
      'scripts/setup.mjs',
      'package-lock.json',
      '.bundle/bundle.json',
      '.bundle/node_modules.tar.gz',
      'data/cache/mnist/digits',
    ])
      assert.ok(names.includes(`paperlab/${name}`), name);
    assert.ok(names.some((name) => name.startsWith('paperlab/.bundle/wheels/some_package')));
    assert.ok(!names.some((name) => /idc|private|\.git\/|\.runtime/.test(name)), 'nothing that is not for others');
    const asked = fs.readFileSync(path.join(packer.folder, 'pip-words'), 'utf8');
    assert.equal(asked.match(/download --require-hashes --no-deps/g)?.length, 3, 'notebooks, TensorFlow, compiler');
    assert.match(asked, /--python-version 3\.11\.0 --platform manylinux_2_28/);
  });

  it('packs notebooks with their solutions, or with --students without', () => {
    const textIn = (file: string, name: string) => spawnSync('tar', ['-xOf', file, `paperlab/${name}`], { encoding: 'utf8' }).stdout;
    assert.match(textIn(archive, 'notebooks/01-trial.ipynb'), /THE ANSWER/);
    assert.match(textIn(archive, 'tests/trial-exercises.test.ts'), /answers/);
    const start = textIn(archive, 'START-HERE.md');
    assert.match(
      start,
      /Python 3\.11\. .*\n\n1\. `npm start` \(no network needed[\s\S]*\n2\. .*Run All[\s\S]*\n3\. .*Hints[\s\S]*\n4\. Keep the folder `\.bundle`/,
    );
    assert.match(start, /mnist is here\. Not here: fashion-mnist, idc; /);
    assert.match(start, /no git clone/);
    assert.doesNotMatch(start, /left out on purpose/);
    const forStudents = path.join(packer.folder, '..', 'students.tar');
    const { status, stdout, stderr } = packer.run('bundle.mjs', ['--python', '3.11', '--students', '--out', forStudents]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /without solutions and outputs, for students/);
    assert.match(textIn(forStudents, 'START-HERE.md'), /Outputs and solutions are left out on purpose/);
    const copy = JSON.parse(textIn(forStudents, 'notebooks/01-trial.ipynb')) as typeof NOTEBOOK;
    assert.deepEqual(
      copy.cells.map(({ id, outputs }) => [id, outputs]),
      [
        ['a', undefined],
        ['b', []],
      ],
    );
    assert.doesNotMatch(JSON.stringify(copy), /THE ANSWER|folded away/);
    assert.match(JSON.stringify(copy), /\.\.\/data\/README\.md/, 'links lead where they led');
    assert.match(textIn(forStudents, 'notebooks/gallery.ipynb'), /THE ANSWER/, 'what is no lesson stays as it is');
    const names = spawnSync('tar', ['-tf', forStudents], { encoding: 'utf8' }).stdout;
    assert.match(names, /paperlab\/\.bundle\/bundle\.json/);
    assert.doesNotMatch(names, /exercises\.test/);
    assert.match(
      fs.readFileSync(path.join(packer.folder, 'notebooks', '01-trial.ipynb'), 'utf8'),
      /THE ANSWER/,
      'the original is as it was',
    );
  });

  it('set-up takes everything from it and asks neither npm nor an index', () => {
    const clone = unpacked();
    const said = refused(clone);
    // As far as programs that pretend can come: everything is installed, and no compiler works.
    assert.match(said, /comes from the bundle.*could not be compiled/s);
    assert.doesNotMatch(said, /To fetch|of download/);
    assert.deepEqual(calls(clone), ['venv', 'pip', 'pip', 'pip']);
    const asked = fs.readFileSync(path.join(clone.folder, 'pip-words'), 'utf8').trim().split('\n');
    for (const words of asked) assert.match(words, /install --require-hashes .*--no-index --find-links .*\.bundle\/wheels/);
    assert.ok(fs.existsSync(path.join(clone.folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'package.json')));
  });

  it('a clone takes it by --from; its own data stay', () => {
    const clone = pretendClone();
    clones.push(clone);
    programs(clone);
    write(path.join(clone.folder, 'data', 'cache', 'mnist', 'digits'), 'mine');
    assert.match(refused(clone, ['--from', archive]), /comes from the bundle/);
    assert.equal(fs.readFileSync(path.join(clone.folder, 'data', 'cache', 'mnist', 'digits'), 'utf8'), 'mine');
    assert.match(refused(clone, ['--from', 'nowhere.tar']), /There is no file .*nowhere\.tar/);
    assert.match(refused(clone, ['--from', clone.folder]), /is a folder, not an archive\.[\s\S]*npm start/);
    const half = path.join(clone.folder, 'half.tar');
    write(half, 'no archive at all');
    assert.match(refused(clone, ['--from', half]), /half\.tar is no whole bundle/);
  });

  it('says what does not fit: damage, another machine, another Python, another version', () => {
    const wheel = ['.bundle', 'wheels', 'some_package-1.0-py3-none-any.whl'];
    const damaged = unpacked();
    fs.writeFileSync(path.join(damaged.folder, ...wheel), 'wheeL\n');
    assert.match(refused(damaged), /damaged: \.bundle\/wheels\/some_package.* does not match its checksum/);
    fs.rmSync(path.join(damaged.folder, ...wheel));
    assert.match(refused(damaged), /some_package.* is missing/);
    assert.ok(!fs.existsSync(path.join(damaged.folder, 'node_modules')), 'nothing was installed from it');
    const contents = path.join(damaged.folder, '.bundle', 'bundle.json');
    const text = fs.readFileSync(contents, 'utf8');
    fs.writeFileSync(contents, text.replace(/"arch": "\w+"/, '"arch": "s390x"'));
    assert.match(refused(damaged), /packed for linux s390x; this machine is linux/);
    fs.writeFileSync(contents, text.slice(0, 50));
    assert.match(refused(damaged), /bundle\.json cannot be read/);
    assert.match(refused(unpacked(12)), /has packages for Python 3\.11.*Found: python3 is 3\.12/s);
    const later = unpacked();
    fs.appendFileSync(path.join(later.folder, 'package-lock.json'), ' ');
    assert.match(refused(later), /another version of this project: package-lock\.json differs/);
  });

  it('refuses to pack what is unknown or has changed', () => {
    assert.match(packer.run('bundle.mjs', ['--python', '3.9']).stderr, /--python 3\.9 cannot be packed.*3\.10, 3\.11/s);
    write(path.join(packer.folder, 'data', 'cache', 'mnist', 'digits'), 'changed');
    assert.match(packer.run('bundle.mjs', ['--python', '3.11', '--out', archive]).stderr, /mnist\/digits is missing or has changed/);
  });
});

describe('packages for another Python', () => {
  const python = path.join(repository, '.runtime', 'venv', 'bin', 'python');
  it('are those whose conditions hold there, with their hashes', {
    skip: fs.existsSync(python) ? false : 'not set up: npm run setup',
  }, () => {
    const program = path.join(repository, 'scripts', 'bundle', 'for_python.py');
    const lock = path.join(repository, 'scripts', 'python', 'notebooks.txt');
    const pinsFor = (version: string) => {
      const { stdout, status, stderr } = spawnSync(python, [program, lock, version], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.doesNotMatch(stdout, /;/);
      const entries = stdout.trim().split(/\n(?=\w)/);
      for (const entry of entries) assert.match(entry, /^\S+==\S+ \\\n\s+--hash=sha256:[0-9a-f]{64}/);
      return new Set(entries.map((entry) => entry.split('==')[0]!));
    };
    const [old, current] = [pinsFor('3.10.0'), pinsFor('3.12.0')];
    assert.ok(old.has('exceptiongroup') && !current.has('exceptiongroup'));
    assert.ok(current.has('jupyterlab') && current.size > 60);
    assert.ok(!current.has('appnope') || process.platform === 'darwin');
  });

  it('are fetched for every release that the lock tells apart', async () => {
    const { releasesOf } = (await import(`file://${path.join(repository, 'scripts', 'bundle.mjs')}`)) as {
      releasesOf(version: string, lock: string): string[];
    };
    const lock =
      "a==1 ; python_full_version < '3.11.5' \\\nb==2 ; python_full_version >= '3.12' \\\nc==3 ; python_full_version > '3.11.8' \\";
    assert.deepEqual(releasesOf('3.11', lock), ['3.11.0', '3.11.5', '3.11.6', '3.11.8', '3.11.9']);
    assert.deepEqual(releasesOf('3.12', lock), ['3.12.0']);
  });
});

describe('data in a bundle', () => {
  it('of this project: the sets whose terms allow it, IDC not', async () => {
    const { chooseData } = (await import(`file://${path.join(repository, 'scripts', 'bundle.mjs')}`)) as {
      chooseData(sets: unknown, cached: () => boolean): { taken: { name: string }[]; left: { name: string }[] };
    };
    const { sets } = JSON.parse(fs.readFileSync(path.join(repository, 'data', 'manifest.json'), 'utf8')) as { sets: unknown };
    const { taken, left } = chooseData(sets, () => true);
    assert.deepEqual([taken.map(({ name }) => name), left.map(({ name }) => name)], [['mnist', 'fashion-mnist'], ['idc']]);
  });
});
