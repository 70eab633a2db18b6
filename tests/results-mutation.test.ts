/**
 * One run is changed: its table, its figure and its verdict change, and nothing beside them. In a store of its own, filled with made-up full
 * runs of every experiment, so that also those are covered that nobody has recorded yet.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Figure } from 'paperlab/figures';
import type { TableData } from 'paperlab/notebook';
import type { Experiment, RunOutcome, Verdict } from 'paperlab/results';
import { compareCorner, compareTable, deviation, mean, parseCsv, rawRuns, specs } from './recomputed-support.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'paperlab-mutation-'));
const results = path.join(folder, 'results');
// The package looks for its records where this says, once, when it is loaded: so it is loaded after this line, in `before`.
process.env['PAPERLAB_RESULTS_DIR'] = results;
process.env['PAPERLAB_COMMIT'] = 'made up for a test';

const load = async () => ({
  ...(await import('paperlab/papers')),
  ...(await import('paperlab/results')),
  ...(await import('paperlab/data')),
  ...(await import('paperlab/notebook')),
});
let lab: Awaited<ReturnType<typeof load>>;

const metricNames = [
  ...['testAccuracy', 'trainAccuracy', 'trainingAccuracy', 'validationAccuracy', 'trainAccuracyAfter', 'aggregatedAccuracy'],
  ...['testKappa', 'testInformedness', 'testInformednessByPrediction', 'testSquaredLabelError', 'testAbsoluteLabelError'],
  ...['testSquaredOutputError', 'testSquaredErrorPerImage', 'majorityAccuracy', 'balancedAccuracy', 'f1', 'auc'],
  ...[1, 4, 9, 20, 50, 100].map((k) => `accuracyK${k}`),
];
const curveNames = ['loss', 'accuracy', 'validationLoss', 'validationAccuracy', 'testLoss', 'testAccuracy'];

/** Numbers of the right kind that nobody measured; `change` gives others. */
function madeUp({ recipe }: Experiment, seed: number, change = 0): RunOutcome {
  const name = `${recipe.paper}/${recipe.experiment}`;
  const random = lab.randomStream(seed, change, ...Array.from(name, (sign) => sign.charCodeAt(0)));
  return {
    metrics: Object.fromEntries(metricNames.map((metric) => [metric, random.uniform()])),
    curves: Object.fromEntries(curveNames.map((curve) => [curve, [1, 2, 3, 4].map(() => random.uniform())])),
    confusion: Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => random.below(100))),
    extra: null,
    data: [{ name: 'made up', role: 'training', count: 1, checksum: 'none', provenance: 'real' }],
  };
}

const record = (experiment: Experiment, seed: number, change = 0) =>
  lab.runs.ensure(
    { ...experiment, run: async () => madeUp(experiment, seed, change) },
    { profile: 'paper', seed, record: true, again: true },
  );

const named = (paper: string, experiment: string) =>
  lab.allExperiments('paper').find(({ recipe }) => recipe.paper === paper && recipe.experiment === experiment)!;

before(async () => {
  lab = await load();
  const needed = new Set(specs.flatMap(({ paper, rows }) => rows.flatMap((row) => (row ? [`${paper}/${row}`] : []))));
  for (const { paper, experiment } of cases) needed.add(`${paper}/${experiment}`);
  for (const name of needed) for (const seed of [1, 2, 3]) await record(named(...(name.split('/') as [string, string])), seed);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Each table with its artefact's name. */
const tables = (): Record<string, TableData> => ({
  'lenet5/table-1': lab.lenet5.table1Data(),
  'lenet5/table-2': lab.lenet5.table2Data(),
  'lenet5/table-3': lab.lenet5.table3Data(),
  'lstm-cnn/table-1': lab.lstmCnn.table1Data(),
  'lstm-cnn/table-2': lab.lstmCnn.table2Data(),
  'cnn-lstm-aggregated/table-1': lab.aggregated.table1(),
  'cnn-lstm-aggregated/table-2': lab.aggregated.table2(),
  'cnn-lstm-aggregated/table-3': lab.aggregated.table3(classNames),
  'hilbert-lstm/summary': lab.hilbert.summaryTable(),
  'knn-cnn-lstm/table-1': lab.knnCnnLstm.neighboursTable(),
  'knn-cnn-lstm/table-2': lab.knnCnnLstm.rowsTable(),
  'knn-cnn-lstm/table-3': lab.knnCnnLstm.comparisonTable(),
});
const classNames = Array.from({ length: 10 }, (_, label) => `class ${label}`);
const csvOf = (table: TableData) => lab.renderTable(table).csv;

test('with a run for every row, each number of every main table comes out of the files again', () => {
  const drawn = tables();
  let compared = compareCorner(csvOf(drawn['cnn-lstm-aggregated/table-3']), results);
  for (const spec of specs) compared += compareTable(csvOf(drawn[spec.artefact]), spec, results);
  assert.ok(compared >= 250, `${compared} numbers compared`);
});

interface Case {
  paper: string;
  experiment: string;
  /** Tables that show the run; no other may change. */
  shownBy: string[];
  figures: Record<string, () => Figure>;
  claim: string;
}

const cases: readonly Case[] = [
  {
    paper: 'lenet5',
    experiment: 'proposed-lenet5',
    shownBy: ['lenet5/table-1', 'lenet5/table-2', 'lenet5/table-3'],
    figures: {
      'lenet5/fig-5': () => lab.lenet5.accuracyFigure(),
      'lenet5/fig-6': () => lab.lenet5.validationFigure(),
      'lenet5/fig-7': () => lab.lenet5.confusion(classNames),
    },
    claim: 'lenet5/text-accuracy',
  },
  {
    paper: 'lstm-cnn',
    experiment: 'mnist-lstm',
    shownBy: ['lstm-cnn/table-1'],
    figures: { 'lstm-cnn/fig-4': () => lab.lstmCnn.digitCurves('train'), 'lstm-cnn/fig-5': () => lab.lstmCnn.digitCurves('validation') },
    claim: 'lstm-cnn/mnist-lstm-train',
  },
  {
    paper: 'cnn-lstm-aggregated',
    experiment: 'model-2',
    shownBy: ['cnn-lstm-aggregated/table-2', 'cnn-lstm-aggregated/table-3'],
    figures: { 'cnn-lstm-aggregated/fig-12': () => lab.aggregated.confusion(classNames) },
    claim: 'cnn-lstm-aggregated/model-2-accuracy',
  },
  {
    paper: 'hilbert-lstm',
    experiment: 'lstm-14-hilbert',
    shownBy: ['hilbert-lstm/summary'],
    figures: {
      'hilbert-lstm/fig-4': () => lab.hilbert.accuracyFigure('hilbert'),
      'hilbert-lstm/fig-5': () => lab.hilbert.confusion('hilbert'),
    },
    claim: 'hilbert-lstm/lstm-14-hilbert',
  },
  {
    paper: 'knn-cnn-lstm',
    experiment: 'knn-hamming',
    shownBy: ['knn-cnn-lstm/table-1', 'knn-cnn-lstm/table-3'],
    // Its figures need the images themselves.
    figures: {},
    claim: 'knn-cnn-lstm/k-9',
  },
  {
    paper: 'knn-cnn-lstm',
    experiment: 'row-6',
    shownBy: ['knn-cnn-lstm/table-2', 'knn-cnn-lstm/table-3'],
    figures: {
      'knn-cnn-lstm/img-6': () => lab.knnCnnLstm.trainingFigure(),
      'what the readings give': () => lab.knnCnnLstm.readingsFigure(),
    },
    claim: 'knn-cnn-lstm/row-6',
  },
];

async function verdictOn({ paper, claim }: Case): Promise<Verdict> {
  const report = lab.reports.find((known) => known.paper === paper)!;
  const verdicts = lab.judgeAll(report.claims, await lab.recordedRuns(report.paper), report.readings);
  const found = verdicts.find((verdict) => verdict.claim === claim);
  assert.ok(found, `${claim} is no claim; there are ${verdicts.map((verdict) => verdict.claim).join(', ')}`);
  return found;
}

for (const one of cases)
  test(`${one.paper}: another run of ${one.experiment} changes its tables, its figures and its verdict, and no other table`, async () => {
    const draw = async () => ({
      tables: Object.fromEntries(Object.entries(tables()).map(([name, table]) => [name, csvOf(table)])),
      figures: Object.fromEntries(Object.entries(one.figures).map(([name, figure]) => [name, JSON.stringify(figure().data)])),
      verdict: await verdictOn(one),
    });
    const first = await draw();
    assert.deepEqual(await draw(), first, 'the same runs give the same');
    const seed = named(one.paper, one.experiment).seeds[0];
    await record(named(one.paper, one.experiment), seed, 1);
    const second = await draw();
    for (const [name, csv] of Object.entries(second.tables))
      assert.equal(csv !== first.tables[name], one.shownBy.includes(name), `${name} ${csv === first.tables[name] ? 'stays' : 'changes'}`);
    for (const [name, data] of Object.entries(second.figures)) assert.notEqual(data, first.figures[name], name);
    assert.notEqual(second.verdict.mean, first.verdict.mean);
    assert.notEqual(second.verdict.words, first.verdict.words);
  });

test('the curve of a figure is the mean of the recorded ones, and its verdict that of the recorded metric', async () => {
  const runs = rawRuns(results, 'lenet5', 'proposed-lenet5');
  assert.equal(runs.length, 3);
  const drawn = lab.lenet5.accuracyFigure().data.find((trace) => trace.name === 'test') as { y: number[] };
  const wanted = [0, 1, 2, 3].map((epoch) => 100 * mean(runs.map((run) => run.curves['testAccuracy'][epoch])));
  wanted.forEach((value, epoch) => {
    assert.ok(Math.abs(drawn.y[epoch] - value) <= 0.0005 + 1e-9, `epoch ${epoch + 1}: ${drawn.y[epoch]}, recomputed ${value}`);
  });
  const verdict = await verdictOn(cases[0]);
  const accuracies = runs.map((run) => 100 * run.metrics['testAccuracy']);
  assert.ok(Math.abs(verdict.mean! - mean(accuracies)) < 1e-9);
  assert.ok(Math.abs(verdict.sd! - deviation(accuracies)) < 1e-9);
  const row = parseCsv(csvOf(lab.lenet5.table3Data())).find(([name]) => name === 'CNN-LeNet-5 (the report)')!;
  assert.ok(Math.abs(Number(row[3]) - mean(accuracies)) < 1e-9);
});
