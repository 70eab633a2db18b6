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
  assert.match(words, /changes 2 answers: 1 from wrong to right, 1 from right to wrong; 0 from one wrong label to another/);
});

test('answers by class, as they are and in the mirror: the class that loses most comes first', () => {
  const { rows } = aggregated.mirrorByClassTable(scored());
  assert.deepEqual(rows[0], ['Sandal', 1, 1, 0, -1]);
  assert.deepEqual(rows.at(-1), ['Sneaker', 1, 0, 1, 1]);
});

test('sureness: the mean of the largest probabilities, and the wrong answers among the sure ones', () => {
  const probabilities = Float32Array.from([vector(5, 0.95, 7, 0.05), vector(5, 0.6, 7, 0.4), vector(0, 0.91, 6, 0.09)].flat());
  const { meanLargest, wrong, surelyWrong } = aggregated.sureness(probabilities, [7, 7, 0]);
  assert.ok(Math.abs(meanLargest - 0.82) < 1e-6);
  assert.deepEqual([wrong, surelyWrong], [2, 1]);
});

test('the table of maps says how sure each recorded network is, and none for pixels', async () => {
  const { columns, rows } = aggregated.mapQualityTable(await aggregated.maps(['tsne-raw', 'tsne-2', 'umap-2']));
  const at = columns.indexOf('mean largest probability');
  const sure = rows.map((cells) => (cells as unknown[])[at]);
  assert.equal(sure[0], '–');
  assert.match(String(sure[1]), /^0\.\d{3}$/);
  assert.equal(sure[2], sure[1], 'one network under two maps');
});

test('the table of readings counts what each reading was tried on', () => {
  const { rows } = aggregated.readingTable();
  const matched = (name: RegExp) => (rows as unknown[][]).find((cells) => name.test(String(cells[0])))?.at(-1);
  assert.match(String(matched(/^as described/)), /^\d of 6$/);
  assert.match(String(matched(/best epoch/)), /^\d of 4$/);
});

test('the size of a live run is that of its recipe', () => {
  for (const name of ['model-2', 'model-3']) {
    const { recipe } = aggregated.experiments('lesson').find((each) => each.recipe.experiment === name)!;
    const { data, epochs, batchSize } = recipe as unknown as { data: { trainLimit: number }; epochs: number; batchSize: number };
    const words = aggregated.runSizeWords('lesson');
    assert.match(words, new RegExp(`${data.trainLimit.toLocaleString('en-US')} images, ${epochs} epochs with both recipes`));
    assert.ok(batchSize <= Number(/at most (\d+)/.exec(words)?.[1]));
  }
  assert.match(aggregated.runSizeWords('paper'), /full one: all images; 50 epochs in batches of 16/);
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
  ({
    recipe: { paper: 'cnn-lstm-aggregated', experiment, batchSize: 100, epochs: 6 },
    ...{ seed, profile: 'lesson', metrics, provenance: 'real' },
  }) as unknown as RunRecord;

/** A factor between two experiments; names of the tests' own are never recorded. */
const factor = (name: string, left: string, right: string): aggregated.Factor => ({
  ...{ name, group: 'network' },
  left: { experiment: left, metric: 'testAccuracy' },
  right: { experiment: right, metric: 'testAccuracy' },
});

test('a factor is a difference of runs with the same seed, and settled only by an interval', () => {
  const live = [
    ...[1, 2, 3].map((seed) => run('plain', seed, { testAccuracy: 0.8 + seed / 1000 })),
    ...[1, 2, 3].map((seed) => run('worse', seed, { testAccuracy: 0.77 + seed / 1000 })),
    run('better', 2, { testAccuracy: 0.85 }),
    run('better', 4, { testAccuracy: 0.1 }),
  ];
  const { rows } = aggregated.factorsTable(live, [
    factor('nothing', 'missing', 'plain'),
    factor('a loss', 'worse', 'plain'),
    factor('a gain', 'better', 'plain'),
  ]);
  const from = 'live, lesson profile';
  assert.deepEqual(rows, [
    ['a loss', '-3.00', '-3.00 to -3.00', 3, 'yes', from],
    ['a gain', '+4.80', '–', 1, 'one seed', from],
    ['nothing', '–', '–', 0, 'not run', '–'],
  ]);
});

test('each factor takes recorded runs where both sides have some, never one kind beside the other, and the figure says which', () => {
  const recorded = aggregated.evidence('model-2').records[0]!;
  assert.equal(aggregated.evidence('model-2').origin, 'recorded', 'Models II and VI are recorded');
  const made = [run('made-up', recorded.seed, { testAccuracy: 0.1 }), run('made-up-too', recorded.seed, { testAccuracy: 0.2 })];
  const live = [...made, run('model-2', recorded.seed, { testAccuracy: 0.3 }), run('model-6', recorded.seed, { testAccuracy: 0.9 })];
  const wanted = [factor('both live', 'made-up', 'made-up-too'), factor('one recorded', 'made-up', 'model-2')];
  const both = factor('both recorded', 'model-6', 'model-2');
  const measured = aggregated.measuredFactors(live, [...wanted, both]);
  assert.deepEqual(
    measured.map(({ factor, from }) => [factor.name, /recorded|live/.exec(from)?.[0]]),
    [
      ['both recorded', 'recorded'],
      ['both live', 'live'],
      ['one recorded', 'live'],
    ],
  );
  assert.ok(Math.abs(measured[0]!.points[0]!) < 10, `recorded models lie close, the live ones do not: ${measured[0]!.points}`);
  assert.ok(Math.abs(measured[2]!.points[0]! + 20) < 1e-9, 'live against live, though one of them is recorded');
  assert.deepEqual(aggregated.measuredFactors(made, [wanted[1]!])[0]!.points, [], 'a recorded run is not compared with a live one');

  const drawn = JSON.stringify(aggregated.factorsFigure(live, [...wanted, both])).replaceAll(/<[^>]*>/g, ' ');
  assert.match(drawn, /"name":"recorded"/);
  assert.match(drawn, /"name":"live, lesson profile"/);
  assert.match(drawn, /live, lesson profile: +says +little +about +full +runs/);
  assert.doesNotMatch(JSON.stringify(aggregated.factorsFigure(live, [both])), /live/);
});

test('the grid is drawn from one kind of runs, and its recipes are named as they were carried out', (context) => {
  const live = aggregated.gridExperimentNames.map((name) => run(name, 1, { testAccuracy: 0.75 }));
  const figure = aggregated.gridFigure(live);
  assert.match(figure.description, /CNN \+ LSTM, one step, Adam/);
  if (aggregated.gridExperimentNames.every((name) => aggregated.evidence(name).origin === 'recorded'))
    return context.skip('the grid is recorded, and goes before anything live');
  assert.match(JSON.stringify(figure.data), /Adam, batches of 100, 6 epochs/);
  assert.equal(figure.description.match(/75\.00 %/g)?.length, 8, 'no recorded cell among live ones');
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
