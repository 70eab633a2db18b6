/** The page of speeds is written from what was measured: every figure on it is one of the report's, or a ratio of two. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { stripPlot } from 'paperlab/figures';
import { ourModule, pretendClone, repository } from './setup-clone.js';

const row = (name: string, contender: string, value: number, unit = 'ms/step', bench = 'engine') => ({
  ...{ bench, name, contender, value, unit },
  ...{ lowest: value * 0.9, highest: value * 1.1, rounds: 3 },
});

const report = {
  ...{ date: '2026-01-02T03:04:05Z', node: 'v20.1.0', processor: 'a processor', cores: 2, rounds: 3 },
  versions: { engine: { TensorFlow: '2.0', Keras: '3.1' }, knn: { 'scikit-learn': '1.2' } },
  rows: [
    row('matrix product', 'paperlab', 150, 'GFLOP/s'),
    row('LSTM', 'paperlab', 20),
    row('LSTM: first step', 'paperlab', 400, 'ms'),
    row('LSTM: resident memory', 'paperlab', 700, 'MB'),
    row('LSTM', 'tf.layers', 2000),
    row('LSTM', 'Keras', 50),
    row('LSTM', 'PyTorch', 30),
    row('LSTM: eager', 'PyTorch', 30),
    row('LSTM: torch.compile', 'PyTorch', 31),
    row('LSTM', 'arithmetic reference', 10),
    row('LeNet-5', 'paperlab', 4),
    row('Hamming', 'scikit-learn', 60, 's', 'knn'),
  ],
};

test('one object a case, with the names that other programs expect', async () => {
  const { engineCases } = await ourModule('bench-report.mjs');
  const [first, second, ...more] = engineCases(report.rows);
  assert.deepEqual(first, {
    case: 'LSTM',
    ...{ engine_ms: 20, tfjs_ms: 2000, keras_ms: 50, torch_ms: 30, floor_ms: 10, first_step_ms: 400, rss_mb: 700 },
  });
  assert.deepEqual(second, { case: 'LeNet-5', engine_ms: 4 });
  assert.deepEqual(more, []);
});

test('the page names the machine, compares with the quicker peer, and leaves out what was not measured', async () => {
  const { benchPage, withReport } = await ourModule('bench-report.mjs');
  const reports = withReport({ knn: { ...report, date: '2025-01-01T00:00:00Z', rows: [] } }, { ...report, cases: [] });
  const costs = {
    '01.ipynb': { lesson: { seconds: 63.6, peakMegabytes: 971, cores: 2 }, smoke: { seconds: 9.9, peakMegabytes: 500, cores: 2 } },
  };
  const page: string = benchPage(reports, costs);
  assert.match(page, /Measured 2026-01-02 on a processor, 2 cores, Node v20\.1\.0, TensorFlow 2\.0, Keras 3\.1; 3 rounds/);
  assert.match(page, /Node v20\.1\.0, scikit-learn 1\.2; 3 rounds/, 'each bench with the versions of its own peers');
  assert.match(page, /\| LSTM \| 20 \| 50 \| 30 \| 2000 \| 10 \| 1\.50× \| 100× \| 400 \| 700 \|/);
  assert.match(page, /\| LeNet-5 \| 4 \| – \| – \| – \| – \| – \| – \| – \| – \|/);
  assert.match(page, /## Neighbours\n\n.*\n.*\n\| Hamming \| scikit-learn \| 60 s \| 54–66 \| {2}\|/);
  assert.match(page, /\| 01\.ipynb \| lesson \| 64 s \| 971 MB \| 2 \|/);
  assert.match(page, /\| 01\.ipynb \| smoke \| 10 s \| 500 MB \| 2 \|/);
  assert.doesNotMatch(page, /## (Maps|Metrics|GPU)/);
});

test('a round that failed for one contender is not counted as one of its own', async () => {
  const { benchPage, withReport } = await ourModule('bench-report.mjs');
  const rows = [row('LSTM', 'paperlab', 20), { ...row('LSTM', 'Keras', 50), rounds: 2 }];
  assert.match(benchPage(withReport({}, { ...report, rows }), {}), /; 2 to 3 rounds, all contenders/);
});

test('bench/RESULTS.md is what its two sources say', async () => {
  const { benchPage, keptCosts, keptReports } = await ourModule('bench-report.mjs');
  const page = fs.readFileSync(path.join(repository, 'bench', 'RESULTS.md'), 'utf8');
  assert.equal(page, benchPage(keptReports(), keptCosts()), 'npm run reproduce and npm run bench -- --write write it anew');
  for (const title of ['Training step', 'Neighbours', 'Metrics', 'Maps', 'Notebooks']) assert.ok(page.includes(`## ${title}`), title);
  for (const [name, { versions }] of Object.entries<{ versions?: Record<string, string> }>(keptReports()))
    assert.ok(versions && Object.keys(versions).length > 0, `${name} says with which versions it was measured`);
});

test('versions are those that are installed', async () => {
  const { benchVersions } = await ourModule('versions.mjs');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'versions-'));
  const installed = (where: string, name: string) => {
    fs.mkdirSync(path.join(folder, where, `${name}.dist-info`), { recursive: true });
    fs.writeFileSync(path.join(folder, where, `${name}.dist-info`, 'RECORD'), '');
  };
  for (const name of ['keras-3.9.0', 'torch-2.7.1', 'openTSNE-1.0.4']) installed('lib/python3.12/site-packages', name);
  installed('tensorflow', 'tensorflow_cpu-2.21.0');
  fs.mkdirSync(path.join(folder, 'binding'));
  fs.writeFileSync(path.join(folder, 'binding', 'package.json'), JSON.stringify({ version: '4.22.0' }));
  const ours = { binding: path.join(folder, 'binding'), tensorflow: path.join(folder, 'tensorflow') };
  const peers = path.join(folder, 'lib', 'python3.12', 'site-packages');
  assert.deepEqual(benchVersions('engine', { ...ours, peers }), {
    ...{ 'TensorFlow.js': '4.22.0', TensorFlow: '2.21.0', Keras: '3.9.0', PyTorch: '2.7.1', Python: '3.12' },
  });
  assert.deepEqual(benchVersions('tsne', { ...ours, peers }), { openTSNE: '1.0.4', Python: '3.12' });
  assert.deepEqual(benchVersions('knn', ours), {});
  fs.rmSync(folder, { recursive: true });
});

test('costs: the newest of each notebook and profile, in order', async () => {
  const { withCosts } = await ourModule('reproduction.mjs');
  const cost = (seconds: number) => ({ seconds, peakMegabytes: 900, cores: 2, processor: 'p' });
  const before = { '01.ipynb': { lesson: cost(60) } };
  const runs = ['01.ipynb', '00.ipynb'].map((notebook) => ({ notebook, seconds: 5, peakMegabytes: 900 }));
  const machine = { cores: 2, processor: 'p' };
  const after = withCosts(before, runs, 'paper', machine);
  assert.deepEqual(Object.entries(after), [
    ['00.ipynb', { paper: cost(5) }],
    ['01.ipynb', { lesson: cost(60), paper: cost(5) }],
  ]);
  assert.equal(withCosts(after, [{ ...runs[0], seconds: 7 }], 'paper', machine)['01.ipynb'].paper.seconds, 7);
  assert.deepEqual(withCosts({ '02.ipynb': { lesson: cost(9), smoke: cost(3) } }, [], 'lesson', machine), {
    '02.ipynb': { lesson: cost(9) },
  });
});

test('costs of smoke runs, of stand-ins and of runs that went elsewhere are not kept with the results', async () => {
  const { runsToKeep } = await ourModule('reproduction.mjs');
  const records = [{ ok: true, standIn: false }, { ok: true, standIn: true }, { ok: false }];
  assert.deepEqual(runsToKeep(records, { profile: 'lesson' }), [records[0]]);
  assert.deepEqual(runsToKeep(records, { profile: 'paper' }), [records[0]]);
  assert.deepEqual(runsToKeep(records, { profile: 'smoke' }), []);
  assert.deepEqual(runsToKeep(records, { profile: 'lesson', asked: '/elsewhere' }), []);
});

test('outputs that say nothing about the reports never go to the committed notebooks', async () => {
  const { folderOf } = await ourModule('reproduction.mjs');
  const place = (settings: object) => path.relative(repository, folderOf(settings));
  assert.equal(place({ profile: 'lesson' }), 'notebooks');
  assert.equal(place({ profile: 'paper', standIn: false }), 'notebooks');
  assert.equal(place({ profile: 'smoke' }), path.join('report', 'smoke'));
  assert.equal(place({ profile: 'lesson', standIn: true }), path.join('report', 'stand-in'));
  assert.equal(folderOf({ asked: '/elsewhere', profile: 'smoke', standIn: true }), '/elsewhere');
});

test('more seeds are the work of the sweep, report by report, and only of full runs', async () => {
  const { sweepWords } = await ourModule('reproduction.mjs');
  const files = ['00-start-here.ipynb', '03-cnn-lstm-aggregated.ipynb', '06-scoreboard.ipynb', 'gallery.ipynb'];
  assert.deepEqual(sweepWords(files, 3), [['--paper', '03', '--seeds', '3']]);
  assert.deepEqual(sweepWords(files, undefined), []);
  const clone = pretendClone();
  try {
    const { status, stderr } = clone.run('reproduce.mjs', ['03', '--seeds', '3']);
    assert.equal(status, 1);
    assert.match(stderr, /--seeds is about the recorded full runs.*--profile paper/s);
  } finally {
    clone.remove();
  }
});

test('the picture shows the others as multiples of the engine, and nothing where nothing was compared', async () => {
  const { engineFigure } = await ourModule('bench-report.mjs');
  const figure = engineFigure(report, stripPlot);
  const seen = Object.fromEntries(figure.data.map(({ name, x }: { name: string; x: number[] }) => [name, x]));
  assert.deepEqual(seen, { 'Keras 3': [2.5], PyTorch: [1.5], 'tf.layers': [8] });
  assert.equal(engineFigure({ ...report, rows: [] }, stripPlot), undefined);
});
