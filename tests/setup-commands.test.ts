/** What a person meets who asks a command for help, or mistypes: an answer that leads on, and nothing done. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Clone, ourModule, pretendClone, repository } from './setup-clone.js';

const COMMANDS: Record<string, string> = {
  start: 'npm start',
  test: 'npm test',
  ...Object.fromEntries(
    ['check', 'reproduce', 'handout', 'slides', 'bundle', 'bench', 'setup', 'data', 'status', 'sweep', 'build', 'clean'].map((name) => [
      name,
      `npm run ${name}`,
    ]),
  ),
  readme: 'node scripts/readme.mjs',
  'notebook-text': 'node scripts/notebook-text.mjs',
};
const MADE = ['.runtime', 'node_modules', 'src/dist', '.build'];

let clone: Clone;

/** Runs a command that must refuse; what it said. */
function refused(script: string, words: string[], environment: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = clone.run(`${script}.mjs`, words, environment);
  const said = `${script} ${words.join(' ')}: ${stdout}${stderr}`;
  assert.equal(status, 1, said);
  assert.match(stderr, /^✗ .{5,}\n {2}What to do: .{10}/m, said);
  assert.doesNotMatch(stderr, /To specify|^\s+at .*:\d+/m, said);
  return stderr;
}

describe('every command', () => {
  before(() => {
    clone = pretendClone();
  });
  after(() => clone.remove());

  it('is in the table here', () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const programs = fs.readdirSync(path.join(repository, 'scripts')).filter((name) => name.endsWith('.mjs'));
    assert.deepEqual(programs.map((name) => path.basename(name, '.mjs')).sort(), Object.keys(COMMANDS).sort());
    assert.deepEqual(
      Object.keys(scripts).filter((name) => !(name in COMMANDS)),
      [],
    );
  });

  for (const [script, name] of Object.entries(COMMANDS)) {
    it(`${name} says how it is used, and does nothing`, () => {
      for (const words of [['--help'], ['-h'], ['word', '--nosuch', '--help']]) {
        const { status, stdout, stderr } = clone.run(`${script}.mjs`, words);
        assert.equal(status, 0, stderr);
        assert.equal(stderr, '');
        assert.ok(stdout.startsWith(`Usage: ${name}`), stdout);
        assert.match(stdout, /\n\n[A-Z].{40}[\s\S]*\n {2}-h, --help/);
      }
      assert.deepEqual(
        MADE.filter((made) => fs.existsSync(path.join(clone.folder, made))),
        [],
      );
    });

    it(`${name} names an option that it does not know, and what to do`, () => {
      const said = refused(script, ['--nosuch-option']);
      assert.ok(said.includes(`✗ ${name} has no option --nosuch-option.`), said);
      assert.ok(said.includes(`use it like this: ${name}`) && said.includes('--help` says more'), said);
      assert.deepEqual(
        MADE.filter((made) => fs.existsSync(path.join(clone.folder, made))),
        [],
      );
    });
  }

  it('guesses what was meant', () => {
    assert.match(refused('sweep', ['--papr', '04']), /no option --papr\.[\s\S]*did you mean --paper 04\?/);
    assert.match(refused('sweep', ['--papr=04']), /did you mean --paper 04\?/);
    assert.match(refused('sweep', ['--plna', '--again']), /did you mean --plan\?/);
    assert.match(refused('sweep', ['04']), /“04” is not understood[\s\S]*did you mean --paper 04\?/);
    assert.match(refused('sweep', ['lstm-28']), /did you mean --only lstm-28\?/);
    assert.match(refused('start', ['--prot', '9000']), /did you mean --port 9000\?/);
    assert.match(refused('start', ['--port']), /--port wants a value\./);
    assert.match(refused('start', ['--port', '--no-browser']), /--port wants a value\./);
    assert.match(refused('check', ['--fix=yes']), /--fix takes no value\./);
    assert.match(refused('build', ['everything']), /“everything” is not understood/);
    assert.match(refused('status', ['json']), /“json” is not understood/);
  });

  it('tells when npm took an option away', () => {
    const npm = { npm_lifecycle_event: 'any' };
    assert.match(refused('sweep', [], { ...npm, npm_config_plan: 'true' }), /npm took --plan for itself[\s\S]*npm run sweep -- --plan/);
    assert.match(refused('sweep', [], { ...npm, npm_config_max_minutes: '5' }), /npm run sweep -- --max-minutes 5/);
    assert.match(refused('sweep', ['04'], { ...npm, npm_config_paper: 'true' }), /npm run sweep -- --paper 04/);
    assert.match(refused('bundle', [], { ...npm, npm_config_data: '' }), /npm run bundle -- --no-data/);
    // npm itself reads --plan as -p -l -a -n.
    const letters = { npm_config_parseable: 'true', npm_config_long: 'true', npm_config_all: 'true' };
    assert.match(refused('sweep', [], { ...npm, ...letters }), /npm took --plan for itself/);
  });

  it('knows which reports, data sets and notebooks there are', () => {
    assert.match(refused('sweep', ['--paper', '99']), /There is no report "99"\.[\s\S]*01 \(lenet5\), .*05 \(knn-cnn-lstm\)/);
    const text = path.join(clone.folder, 'lesson.md');
    const notebook = path.join(clone.folder, 'notebooks', '01-x.ipynb');
    const known = path.join(clone.folder, 'notebooks', '01-lenet5.ipynb');
    fs.mkdirSync(path.dirname(known));
    fs.writeFileSync(known, '{"cells": []}');
    assert.match(refused('notebook-text', ['to', notebook, text]), /There is no notebook .*01-x\.ipynb[\s\S]*01-lenet5\.ipynb/);
    assert.match(refused('notebook-text', ['from', text, known]), /There is no file .*lesson\.md[\s\S]*notebook-text\.mjs to/);
    assert.match(refused('notebook-text', ['from', known, text]), /text first, then the notebook/);
    assert.match(refused('notebook-text', ['to', known]), /is not understood/);
    fs.writeFileSync(text, '```ts\nopen');
    assert.match(refused('notebook-text', ['from', text, known]), /opens on line 1 is never closed/);
    assert.equal(fs.readFileSync(known, 'utf8'), '{"cells": []}');
  });
});

describe('npm run clean', () => {
  it('with a wrong word, or asked for help, leaves everything standing', () => {
    clone = pretendClone();
    try {
      const all = [...MADE, 'data/cache', 'results/local'];
      for (const name of all) fs.mkdirSync(path.join(clone.folder, name), { recursive: true });
      assert.equal(clone.run('clean.mjs', ['--help']).status, 0);
      assert.match(refused('clean', ['--al']), /did you mean --all\?/);
      for (const words of [['--dry-run'], ['help'], ['--all', 'data'], ['--all=no'], ['-n']]) refused('clean', words);
      const npm = { npm_lifecycle_event: 'clean' };
      assert.match(refused('clean', [], { ...npm, npm_config_all: 'true' }), /npm run clean -- --all/);
      assert.match(refused('clean', [], { ...npm, npm_config_dry_run: 'true' }), /no trial run/);
      assert.deepEqual(
        all.filter((name) => !fs.existsSync(path.join(clone.folder, name))),
        [],
      );
    } finally {
      clone.remove();
    }
  });
});

describe('words that need the project set up', () => {
  const run = (script: string, words: string[]) =>
    spawnSync(process.execPath, [path.join(repository, 'scripts', `${script}.mjs`), ...words], {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, RAY_ADDRESS: '' },
      timeout: 120_000,
    });

  it('a plan of experiments that do not exist is no empty plan', () => {
    const { status, stdout, stderr } = run('sweep', ['--only', 'nosuch', '--plan']);
    assert.equal(status, 1);
    assert.doesNotMatch(stdout, /Nothing is missing/);
    assert.match(stderr, /✗ No experiment has "nosuch" in its name\.\n {2}What to do: `npm run sweep -- --plan/);
    const planned = (only: string) => run('sweep', ['--paper', '5', '--again', '--seeds', '1', '--plan', '--only', only]).stdout;
    assert.match(planned('row-6'), /row-6, seed 1[\s\S]*row-6-grouped|row-6-grouped[\s\S]*row-6, seed 1/);
    assert.match(planned('=row-6'), /row-6, seed 1 .*\n1 run missing/);
    assert.match(planned('=row-6,=row-7'), /2 runs missing/);
    assert.match(run('sweep', ['--paper', '4', '--only', 'nosuch']).stderr, /✗ No experiment of hilbert-lstm has "nosuch"/);
  });

  it('a data set must be named', () => {
    const { status, stderr } = run('data', ['fetch']);
    assert.equal(status, 1);
    assert.match(stderr, /✗ fetch which data set\?[\s\S]*npm run data -- fetch all/);
  });
});

describe('what is said of the disk', () => {
  it('is the sum of what set-up keeps, wherever it is said', async () => {
    const { steps } = (await ourModule('setup.mjs')) as { steps(of: { kind: string }): { need: { disk: number } }[] };
    const { diskNeeded, DISK_NEEDED } = await ourModule('sizes.mjs');
    const sum = (kind: string) => steps({ kind }).reduce((total, { need }) => total + need.disk, 0);
    for (const kind of ['cpu', 'macos', 'cuda']) assert.equal(diskNeeded(kind), sum(kind));
    const { misfortune } = await ourModule('failure.mjs');
    assert.ok(misfortune('ENOSPC').remedy.includes(DISK_NEEDED));
    assert.equal(DISK_NEEDED, `${(sum('cpu') / 1000).toFixed(1)} GB are needed in all, ${(sum('cuda') / 1000).toFixed(1)} GB with a GPU`);
  });
});

describe('node scripts/readme.mjs --check', () => {
  it('finds notebooks that print another number of claims', async () => {
    const { oldCounts } = (await import(`file://${path.join(repository, 'scripts', 'readme.mjs')}`)) as {
      oldCounts(claims: number, folder: string): { notebook: string; shown: number }[];
    };
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'counts-'));
    const write = (name: string, ...texts: (string | string[])[]) =>
      fs.writeFileSync(
        path.join(folder, name),
        JSON.stringify({ cells: [{ source: '' }, { outputs: texts.map((text) => ({ output_type: 'stream', text })) }] }),
      );
    try {
      write('00-start-here.ipynb', 'other words', ['7 claims in 2 reports: 3 reproduced\n']);
      write('01-lenet5.ipynb', '1 claims in 1 reports');
      write('06-scoreboard.ipynb', '9 claims in 2 reports: 3 reproduced');
      assert.deepEqual(oldCounts(9, folder), [{ notebook: '00', shown: 7 }]);
      assert.deepEqual(oldCounts(8, folder).length, 2);
      write('00-start-here.ipynb', 'not run');
      assert.deepEqual(oldCounts(9, folder), []);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
