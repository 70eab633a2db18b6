/** The studies of the aggregated report: what aggregation changes image by image, the table on a corner, the factors, live against recorded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageSet } from 'paperlab/data';
import { renderTable } from 'paperlab/notebook';
import { aggregated } from 'paperlab/papers';
import type { RunRecord } from 'paperlab/results';

const classNames = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'];

/** Ten probabilities with these two entries. */
function vector(first: number, share: number, second: number, other: number): number[] {
  const values = new Array<number>(10).fill(0);
  values[first] = share;
  values[second] = other;
  return values;
}

/** Three images: repaired by the mirror, broken by it, and left as it is. */
function scored(): aggregated.ScoredRun {
  const labels = Uint8Array.of(7, 5, 0);
  const set: ImageSet = {
    ...{ name: 'fashion-mnist', split: 'test', pixels: Uint8Array.from({ length: 3 * 784 }, (_, at) => at % 256), labels, count: 3 },
    ...{ height: 28, width: 28, channels: 1, classNames, indices: Int32Array.of(10, 20, 30), provenance: 'real', checksum: '' },
  };
  const direct = Float32Array.from([vector(5, 0.5, 7, 0.45), vector(5, 0.6, 7, 0.4), vector(0, 0.9, 6, 0.1)].flat());
  const inMirror = Float32Array.from([vector(7, 0.8, 5, 0.2), vector(7, 0.7, 5, 0.3), vector(0, 0.8, 6, 0.2)].flat());
  return { record: {} as RunRecord, set, label: 'made up', direct, inMirror };
}

test('aggregation repairs one image, breaks one and leaves one alone', () => {
  const { repaired, broken, differing } = aggregated.aggregationCases(scored());
  assert.deepEqual([repaired, broken, differing], [[0], [1], [0, 1]]);
});

test('the worked example is the repaired shoe, and says how many are repaired and broken', () => {
  const { figure, words } = aggregated.aggregationExample(scored());
  assert.match(figure.description, /the image: Sandal with 50.0 %.*its mirror image: Sneaker with 80.0 %/);
  assert.match(words, /test image 10, wrong alone and right when aggregated/);
  assert.match(words, /changes 2 answers: 1 from wrong to right, 1 from right to wrong/);
});

test('mislabelled images come in the order of the set; a fair sample comes by lot', () => {
  assert.deepEqual(aggregated.mislabelled(scored()), [0]);
  assert.match(aggregated.mislabelledFigure(scored()).description, /1 of 1 wrong/);
  assert.match(JSON.stringify(aggregated.mislabelledFigure(scored(), 'by lot', 12).layout.title), /12 test images drawn by lot/);
});

test('box plots are drawn from the moments of every image of both parts', () => {
  const { set } = scored();
  const moments = aggregated.imageMoments([set, set]);
  assert.equal(moments.means.length, 6);
  const pixels = Array.from(set.pixels.subarray(0, 784));
  const mean = pixels.reduce((sum, value) => sum + value, 0) / 784;
  assert.ok(Math.abs(moments.means[0]! - mean) < 1e-9);
  assert.ok(Math.abs(moments.variances[3]! - pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 784) < 1e-6);
});

const run = (experiment: string, seed: number, metrics: Record<string, number>) =>
  ({ recipe: { paper: 'cnn-lstm-aggregated', experiment }, seed, profile: 'lesson', metrics, provenance: 'real' }) as unknown as RunRecord;

test('a factor is a difference of runs with the same seed, and settled only by an interval', (context) => {
  const live = [
    ...[1, 2, 3].map((seed) => run('model-2', seed, { testAccuracy: 0.8 + seed / 1000, aggregatedAccuracy: 0.77 + seed / 1000 })),
    run('model-6', 2, { testAccuracy: 0.85, aggregatedAccuracy: 0.86, meanAggregatedAccuracy: 0.87 }),
    ...aggregated.gridExperimentNames.filter((name) => name !== 'model-2').map((name) => run(name, 1, { testAccuracy: 0.75 })),
  ];
  const source = aggregated.gridSource(live);
  if (source.label === 'recorded') return context.skip('the grid is recorded, and goes before anything live');
  const { rows } = aggregated.factorsTable(live);
  const row = (name: string) => rows.find((cells) => Array.isArray(cells) && cells[0] === name) as unknown[];
  assert.deepEqual(row('aggregated output only').slice(1), ['-3.00', '-3.00 to -3.00', 3, 'yes']);
  assert.deepEqual(row('flips in training only').slice(1), ['+4.80', '–', 1, 'one seed']);
  assert.deepEqual(row('both, mean instead of maximum').slice(1), ['+6.80', '–', 1, 'one seed']);
  assert.match(aggregated.gridFigure(live).description, /CNN \+ LSTM, one step, Adam/);
});

test('every factor names experiments that exist, and the grid holds Models II and III themselves', () => {
  const known = new Set(aggregated.experiments('paper').map(({ recipe }) => recipe.experiment));
  for (const { left, right } of aggregated.factors) assert.ok(known.has(left.experiment) && known.has(right.experiment));
  assert.equal(aggregated.gridExperimentNames.length, 8);
  for (const name of ['model-2', 'model-3']) assert.ok(aggregated.gridExperimentNames.includes(name));
});

test('the corner of table III is cut from the right rows and columns', (context) => {
  const matrix = Array.from({ length: 10 }, (_, actual) => Array.from({ length: 10 }, (__, predicted) => 10 * actual + predicted));
  assert.deepEqual(aggregated.cornerOf(matrix, [0, 6]), [
    [0, 6],
    [60, 66],
  ]);
  const live = [{ ...run('model-2', 1, {}), confusion: matrix } as RunRecord];
  if (aggregated.evidence('model-2').origin === 'recorded') return context.skip('Model II is recorded, and goes before anything live');
  const { text } = renderTable(aggregated.table3(classNames, live));
  assert.match(text, /FP as printed.*false negatives/);
});
