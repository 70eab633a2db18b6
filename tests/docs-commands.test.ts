/** Every command and option that a page names is run by a test, or the table here says why none runs it. Those that no other test runs are run here. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { pretendClone, repository } from './setup-clone.js';

/** The test (below tests/) that runs it, or the reason why none does. */
type Proof = { by: string } | { not: string };

const ITSELF = 'this very program runs the tests';
const PEERS = 'measures beside packages of several GB, for minutes; its page and its arithmetic are tested in bench-report';
const shown: Record<string, Proof> = {
  start: { by: 'browser-support.ts' },
  'start --no-browser': { by: 'browser-support.ts' },
  'start --port': { by: 'setup-library.test.ts' },
  setup: { by: 'setup-misfortunes.test.ts' },
  'setup --from': { by: 'bundle.test.ts' },
  build: { not: 'compiles, as every command does before it works (scripts/library/compile.mjs)' },
  check: { not: 'npm test begins with it' },
  'check --fix': { not: 'rewrites sources' },
  test: { not: ITSELF },
  'test --all': { not: ITSELF },
  'test --only': { not: ITSELF },
  reproduce: { by: 'notebooks-00.test.ts' },
  'reproduce --profile': { by: 'notebooks-00.test.ts' },
  'reproduce --out': { by: 'notebooks-00.test.ts' },
  'reproduce --seeds': { by: 'bench-report.test.ts' },
  'reproduce --html': { by: 'notebooks-00.test.ts' },
  data: { by: 'docs-commands.test.ts' },
  status: { by: 'docs-commands.test.ts' },
  clean: { by: 'docs-commands.test.ts' },
  'clean --all': { by: 'docs-commands.test.ts' },
  sweep: { by: 'long/results-sweep.test.ts' },
  'sweep --plan': { by: 'long/results-sweep.test.ts' },
  'sweep --paper': { by: 'long/results-sweep.test.ts' },
  'sweep --only': { by: 'long/results-sweep.test.ts' },
  'sweep --seeds': { by: 'long/results-sweep.test.ts' },
  'sweep --address': { by: 'sweep-cluster.test.ts' },
  'sweep --again': { not: 'carries out anew what is recorded, for hours' },
  'sweep --ship': { not: 'writes the committed networks; what it writes is loaded and scored by best-models.test.ts' },
  bench: { not: PEERS },
  'bench --write': { not: PEERS },
  'bench --device': { by: 'engine-gpu-check.test.ts' },
  'bench --verify': { by: 'engine-gpu-check.test.ts' },
  'bench --rehearse': { by: 'engine-gpu-check.test.ts' },
  handout: { by: 'long/handout-run.test.ts' },
  slides: { by: 'slides.test.ts' },
  bundle: { by: 'bundle.test.ts' },
  'bundle --python': { by: 'bundle.test.ts' },
  'bundle --students': { by: 'bundle.test.ts' },
  'bundle --out': { by: 'bundle.test.ts' },
};

const read = (...parts: string[]) => fs.readFileSync(path.join(repository, ...parts), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** A test's text with that of the helpers it calls. */
function withSupport(test: string): string {
  const text = read('tests', test);
  const helpers = [...text.matchAll(/from '(\.\.?\/[\w/-]+-support)\.js'/g)];
  return [text, ...helpers.map(([, file]) => read('tests', path.dirname(test), `${file}.ts`))].join('\n');
}

function pages(): string[] {
  const folders = ['.', 'bench', 'data', 'results', 'teaching'];
  const markdown = folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(repository, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => read(folder, name)),
  );
  const notebooks = fs
    .readdirSync(path.join(repository, 'notebooks'))
    .filter((name) => name.endsWith('.ipynb') && !name.startsWith('.'))
    .map((name) => {
      const { cells } = JSON.parse(read('notebooks', name)) as { cells: { source: string | string[] }[] };
      return cells.map(({ source }) => [source].flat().join('')).join('\n');
    });
  return [...markdown, ...notebooks];
}

/** "bundle", "bundle --python", … as a text names them: on the command's line, or after it as `-- --option` up to the line's end. */
export function commandsIn(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run (\w+)|(start|test)\b)(?=([^\n]*))/g)].flatMap(([, long, short, rest]) => {
    const name = (long ?? short)!;
    const own = rest!.split(/\bnpm (?:run|start|test)\b/)[0]!;
    const direct = /^(?: [^`|\n]*)?/.exec(own)![0];
    const later = [...own.matchAll(/`-- ([^`]*)`/g)].map(([, words]) => words!);
    const options = [direct, ...later].flatMap((words) =>
      [...` ${words}`.matchAll(/(?<=\s)--([a-z][\w-]+)/g)].map(([, option]) => option!),
    );
    return [name, ...options.map((option) => `${name} --${option}`)];
  });
}

describe('commands that the pages name', () => {
  const named = new Set(pages().flatMap(commandsIn));

  it('are read with their options', () => {
    const line =
      '| `npm run bundle` | one archive; `-- --students` and `-- --no-data --out F` | then `npm test -- --all x` or npm run clean';
    assert.deepEqual(commandsIn(line), ['bundle', 'bundle --students', 'bundle --no-data', 'bundle --out', 'test', 'test --all', 'clean']);
    assert.ok(named.has('setup --from') && named.has('sweep --address') && named.has('reproduce --html'));
  });

  it('are run by a test, or the table says why not', () => {
    assert.deepEqual([...named].filter((command) => command.split(' ')[0]! in scripts && !(command in shown)).sort(), []);
  });

  it('and the table holds nothing else: each entry is named by a page, each test is there and knows its command', () => {
    for (const [command, proof] of Object.entries(shown)) {
      assert.ok(named.has(command), `no page names ${command}`);
      if ('not' in proof) assert.ok(proof.not.length > 15, command);
      else {
        const [name, option] = command.split(' ') as [string, string?];
        const source = withSupport(proof.by);
        assert.ok(source.includes(`${name}.mjs`), `${proof.by} does not run ${name}.mjs`);
        assert.ok(option === undefined || source.includes(option), `${proof.by} does not give ${name} the option ${option}`);
      }
    }
  });
});

const run = (script: string) =>
  spawnSync(process.execPath, [path.join(repository, 'scripts', script)], { cwd: repository, encoding: 'utf8', timeout: 120_000 });

describe('commands that no other test runs', () => {
  it('npm run data lists every set with its state', () => {
    const { status, stdout, stderr } = run('data.mjs');
    assert.equal(status, 0, stderr);
    for (const set of ['mnist', 'fashion-mnist', 'idc']) assert.match(stdout, new RegExp(`^${set} +(absent|partly|cached|in mirror)`, 'm'));
  });

  it('npm run status says how far each report is', () => {
    const { status, stdout, stderr } = run('status.mjs');
    assert.equal(status, 0, stderr);
    for (const paper of ['lenet5', 'lstm-cnn', 'cnn-lstm-aggregated', 'hilbert-lstm', 'knn-cnn-lstm'])
      assert.ok(stdout.includes(paper), paper);
    assert.match(
      stdout,
      /^(\d+ runs? (was|were) made from sources that were never committed:|Every recorded run was made from committed)/m,
    );
  });

  it('npm run clean takes away what set-up made, and nothing else; --all the data and local runs too', () => {
    const clone = pretendClone();
    try {
      const made = ['.runtime', '.build', 'src/dist', 'node_modules'];
      const left = ['.bundle', 'handouts', 'report', 'results'];
      const all = ['data/cache', 'results/local'];
      for (const name of [...made, ...left, ...all]) fs.mkdirSync(path.join(clone.folder, name), { recursive: true });
      const there = (names: string[]) => names.filter((name) => fs.existsSync(path.join(clone.folder, name)));
      assert.equal(clone.run('clean.mjs').status, 0);
      assert.deepEqual([there(made), there(left), there(all)], [[], left, all]);
      assert.equal(clone.run('clean.mjs', ['--all']).status, 0);
      assert.deepEqual([there(left), there(all)], [left, []]);
    } finally {
      clone.remove();
    }
  });
});
