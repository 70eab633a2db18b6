/** ARCHITECTURE.md's model and its whole report are code that runs: cut out of the page, compiled, carried out and judged in a temporary folder. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { explain, fit, modelDiagram, predict, seeded, show, type tf } from 'paperlab';
import type { Figure } from 'paperlab/figures';
import { networkName } from 'paperlab/internal/papers/names';
import { setArtefactPolicy, type TableData } from 'paperlab/notebook';
import { missingRuns, type Report } from 'paperlab/papers';
import { type Experiment, judge, judgeAll, type Profile, type RunRecord, runs } from 'paperlab/results';
import { storeIn } from './results-support.js';
import { repository } from './setup-clone.js';

interface ModelBlock {
  rowReader(units?: number): tf.Sequential;
}
interface ReportBlock {
  report: Report;
  table(records: RunRecord[]): TableData;
  figure(records: RunRecord[]): Figure;
}

const page = fs.readFileSync(path.join(repository, 'ARCHITECTURE.md'), 'utf8');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sixth-report-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** The TypeScript under a heading of the page. */
function blockUnder(heading: string): string {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0];
  const block = /^```ts\n([\s\S]*?)^```$/m.exec(section ?? '')?.[1];
  assert.ok(block, `ARCHITECTURE.md has no TypeScript under "${heading}"`);
  return block;
}

/** Compiles blocks of the page as strictly as the sources, in a folder that sees the packages as a notebook does. Gives what they export. */
function compiled(name: string, source: string): { complaints: string; load: () => unknown } {
  const place = path.join(folder, name);
  fs.mkdirSync(place);
  fs.symlinkSync(path.join(repository, 'node_modules'), path.join(place, 'node_modules'), 'junction');
  fs.writeFileSync(path.join(place, `${name}.ts`), source);
  const compilerOptions = { rootDir: '.', outDir: '.', composite: false, incremental: false, declaration: false, declarationMap: false };
  const settings = { extends: path.join(repository, 'tsconfig.base.json'), compilerOptions, files: [`${name}.ts`] };
  fs.writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify(settings));
  const tsc = path.join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', place, '--pretty', 'false'], { encoding: 'utf8' });
  const file = path.join(place, `${name}.js`);
  return { complaints: status === 0 ? '' : `${stdout}${stderr}`, load: () => createRequire(file)(file) as unknown };
}

test('a mistake in a block is a complaint: what the next tests rest on', () => {
  const wrong = blockUnder('How to add a report').replace("kind: 'comparison'", "kind: 'comparision'");
  assert.match(compiled('wrong', wrong).complaints, /comparision/);
  assert.match(
    compiled('unknown', blockUnder('How to add a report').replace('perceptrons: true', 'others: true')).complaints,
    /perceptrons/,
  );
});

test('the model of the page: the same first weights each time, every layer in the engine, trained and asked', async () => {
  const { complaints, load } = compiled('model', blockUnder('How to add a model'));
  assert.equal(complaints, '');
  const { rowReader } = load() as ModelBlock;
  const [model, twin] = [1, 1].map((seed) => seeded(seed, () => rowReader()));
  const numbers = (each: tf.LayersModel) => each.getWeights().map((weight) => Array.from(weight.dataSync()));
  assert.deepEqual(numbers(model), numbers(twin));
  assert.equal(model.countParams(), 4 * 16 * (28 + 16 + 1) + 10 * (16 + 1));
  assert.deepEqual(new Set(explain(model).map(({ path: way }) => way)), new Set(['engine']));
  assert.match(modelDiagram(model, { title: 'Row reader' }).description, /memory/);
  // Two kinds of pictures: bright above, or bright below.
  const labels = Uint8Array.from({ length: 64 }, (_, row) => row % 2);
  const inputs = Float32Array.from({ length: 64 * 784 }, (_, at) =>
    Math.floor((at % 784) / 392) === labels[Math.floor(at / 784)] ? 1 : 0,
  );
  const pictures = { inputs, shape: [28, 28, 1], labels, count: 64 };
  const optimizer = { kind: 'adam', learningRate: 0.02 } as const;
  await fit(model, pictures, { optimizer, loss: 'sparseCategoricalCrossentropy', epochs: 4, batchSize: 8, seed: 1 });
  const shares = await predict(model, pictures);
  const right = labels.filter((label, row) => shares[row * 10 + label] > 0.5).length;
  assert.equal(right, 64);
  model.dispose();
  twin.dispose();
});

test('the report of the page is shorter than fifty lines, formatted as the sources are', () => {
  const block = blockUnder('How to add a report');
  assert.ok(block.trimEnd().split('\n').length < 50, `${block.trimEnd().split('\n').length} lines`);
  for (const heading of ['How to add a report', 'How to add a model']) {
    const biome = path.join(repository, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const words = [biome, 'format', '--stdin-file-path=src/block.ts'];
    const { stdout } = spawnSync(process.execPath, words, { cwd: repository, encoding: 'utf8', input: blockUnder(heading) });
    assert.equal(stdout, blockUnder(heading));
  }
});

describe('the report of the page', () => {
  const store = storeIn(folder);
  let block: ReportBlock;
  let records: RunRecord[];

  /** Every run of a profile; `trained` counts those that were carried out and not found. */
  async function carriedOut(profile: Profile, record = true): Promise<{ records: RunRecord[]; trained: number }> {
    const found: RunRecord[] = [];
    let trained = 0;
    for (const experiment of block.report.experiments(profile)) {
      const watched: Experiment = { ...experiment, run: (context) => experiment.run(context).finally(() => trained++) };
      for (const seed of experiment.seeds) found.push(await store.ensure(watched, { profile, seed, record }));
    }
    return { records: found, trained };
  }

  before(async () => {
    const { complaints, load } = compiled('report', blockUnder('How to add a report'));
    assert.equal(complaints, '');
    block = load() as ReportBlock;
    setArtefactPolicy({ directory: path.join(folder, 'figures') });
  });
  after(() => setArtefactPolicy(undefined));

  it('has no verdict from smoke runs, and says why', async () => {
    const { report } = block;
    const smoke = report.experiments('smoke');
    const tried: RunRecord[] = [];
    for (const experiment of smoke) tried.push(await store.ensure(experiment, { profile: 'smoke', seed: 1, record: true }));
    for (const { outcome, words } of judgeAll(report.claims, tried)) {
      assert.equal(outcome, 'no recorded runs');
      assert.match(words, /of the smoke profile exist; they never give a verdict/);
    }
    assert.deepEqual(
      tried.map((run) => store.isRecorded(run)),
      [false, false],
      'they stand among the local runs',
    );
    const epochs = (['smoke', 'lesson', 'paper'] as const).map((profile) => report.experiments(profile)[0].recipe['epochs'] as number);
    assert.ok(epochs[0] < epochs[1] && epochs[1] < epochs[2], 'three scales');
  });

  it('is trained once: a second call finds the records', async () => {
    const planned = await missingRuns(block.report.experiments('paper'), { store });
    assert.equal(planned.length, 10);
    const first = await carriedOut('paper');
    records = first.records;
    assert.equal(first.trained, 10);
    const second = await carriedOut('paper');
    assert.equal(second.trained, 0);
    assert.deepEqual(second.records, records);
    assert.ok(records.every((run) => store.isRecorded(run)));
    assert.deepEqual(await missingRuns(block.report.experiments('paper'), { store }), []);
    assert.deepEqual(store.problems(), []);
  });

  it('is judged by the rule, from the records on disk', () => {
    const { claims } = block.report;
    const found = store.find({ paper: block.report.paper, profile: 'paper' });
    const [most, more] = judgeAll(claims, found);
    assert.deepEqual([most.outcome, most.n, most.provisional], ['reproduced', 5, false]);
    assert.deepEqual([more.outcome, more.n, more.provisional], ['reproduced', 5, false]);
    assert.ok(most.mean! <= 75 && more.interval![0] > 0, JSON.stringify([most.mean, more.interval]));
    // The same records refute what is not so.
    const [line, layer] = claims;
    assert.ok(line.kind === 'value' && layer.kind === 'comparison');
    assert.equal(judge({ ...line, value: 100, bound: 'at least' }, found).outcome, 'not reproduced');
    assert.equal(judge({ ...layer, relation: 'lower' }, found).outcome, 'not reproduced');
    assert.equal(judge(line, found.slice(0, 0)).outcome, 'no recorded runs');
  });

  it('shows its claims as a table and its runs as a figure', async () => {
    await show.table(block.table(records), 'perceptrons/table-1');
    const csv = fs
      .readFileSync(path.join(folder, 'figures', 'perceptrons', 'table-1.csv'), 'utf8')
      .trim()
      .split('\n');
    assert.equal(csv.length, 3);
    assert.match(csv[1], /three of four.*at most 75 %.*reproduced/);
    assert.equal(
      networkName(block.report.paper, 'hidden-layer'),
      'hidden-layer',
      'a report without words for its networks goes by their names',
    );
    const { description, data } = block.figure(records);
    assert.match(description, /hidden-layer/);
    assert.deepEqual((data[0] as { y: string[] }).y, ['no-hidden-layer', 'hidden-layer']);
  });

  it('leaves nothing in the repository', async () => {
    const left = ['results/perceptrons', 'results/local/perceptrons', 'figures/perceptrons'].map((name) => path.join(repository, name));
    assert.deepEqual(
      left.filter((name) => fs.existsSync(name)),
      [],
    );
    assert.equal(fs.readdirSync(path.join(folder, 'results', 'perceptrons')).filter((name) => name.endsWith('.json')).length, 10);
    for (const experiment of block.report.experiments('paper'))
      assert.equal(await runs.hasCheckpoint(experiment, { profile: 'paper', seed: 1 }), false);
  });
});
