/** The page of speeds is written from what was measured: every figure on it is one of the report's, or a ratio of two. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripPlot } from 'paperlab/figures';
import { ourModule } from './setup-clone.js';

const row = (name: string, contender: string, value: number, unit = 'ms/step', bench = 'engine') => ({
  ...{ bench, name, contender, value, unit },
  ...{ lowest: value * 0.9, highest: value * 1.1, rounds: 3 },
});

const report = {
  ...{ date: '2026-01-02T03:04:05Z', node: 'v20.1.0', processor: 'a processor', cores: 2, rounds: 3 },
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
    row('LSTM', 'arithmetic floor', 10),
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
  const page: string = benchPage(reports, { '01.ipynb': { lesson: { seconds: 63.6, peakMegabytes: 971, cores: 2 } } });
  assert.match(page, /Measured 2026-01-02 on a processor, 2 cores, Node v20\.1\.0, 3 rounds/);
  assert.match(page, /\| LSTM \| 20 \| 50 \| 30 \| 2000 \| 10 \| 1\.50× \| 100× \| 400 \| 700 \|/);
  assert.match(page, /\| LeNet-5 \| 4 \| – \| – \| – \| – \| – \| – \| – \| – \|/);
  assert.match(page, /## Neighbours\n\n.*\n.*\n\| Hamming \| scikit-learn \| 60 s \| 54–66 \| {2}\|/);
  assert.match(page, /\| 01\.ipynb \| lesson \| 64 s \| 971 MB \| 2 \|/);
  assert.doesNotMatch(page, /## (Maps|Metrics|GPU)/);
});

test('the picture shows the others as multiples of the engine, and nothing where nothing was compared', async () => {
  const { engineFigure } = await ourModule('bench-report.mjs');
  const figure = engineFigure(report, stripPlot);
  const seen = Object.fromEntries(figure.data.map(({ name, x }: { name: string; x: number[] }) => [name, x]));
  assert.deepEqual(seen, { 'Keras 3': [2.5], PyTorch: [1.5], 'tf.layers': [8] });
  assert.equal(engineFigure({ ...report, rows: [] }, stripPlot), undefined);
});
