/** The six models of the aggregated report: what they hold, how they are read out, what stands idle, the report's equations. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Examples, fashionMnist } from 'paperlab/data';
import { classReport } from 'paperlab/metrics';
import { aggregated } from 'paperlab/papers';
import { runs } from 'paperlab/results';
import { RandomSequence, seeded } from 'paperlab/runtime';

const { aggregate, mirrored, modelNames, network, parametersOf, sixModels } = aggregated;

/** Counted by hand from table II: convolutions, FC1, LSTM with one bias vector, FC2. */
function parametersByHand(firstChannels: number, features: number, units: number | null): number {
  const convolutions = 25 * firstChannels + firstChannels + (25 * firstChannels * 32 + 32);
  const dense = 512 * features + features;
  const lstm = units === null ? 0 : 4 * (units * features + units * units + units);
  const last = units ?? features;
  return convolutions + dense + lstm + 10 * last + 10;
}

test('the six networks hold as many numbers as table II makes them hold', () => {
  const wanted = {
    I: [16, 32, 160],
    II: [8, 64, 320],
    III: [8, 64, null],
    IV: [16, 32, null],
    V: [16, 32, 160],
    VI: [8, 64, 320],
  } as const;
  for (const name of modelNames) {
    const [channels, features, units] = wanted[name];
    assert.equal(parametersOf(name), parametersByHand(channels, features, units), `Model ${name}`);
  }
  assert.equal(parametersOf('II'), 535_482);
  assert.equal(aggregated.lstmParameters(64, 320), 492_800);
  assert.equal(aggregated.lstmParameters(64, 320, 2), 494_080, "PyTorch's two bias vectors");
});

test('a dense layer of equal parameters holds as many as the LSTM within half a per cent', () => {
  const dense = network({ ...sixModels.II, head: 'dense-equal-parameters' });
  const difference = Math.abs(dense.countParams() - parametersOf('II')) / parametersOf('II');
  assert.ok(difference < 0.005, `${dense.countParams()}`);
  const last = dense.layers.slice(-2).reduce((sum, layer) => sum + layer.countParams(), 0);
  const words = aggregated.idleWords().replaceAll(/\s+/g, ' ');
  assert.ok(words.includes(`(${last.toLocaleString('en-US')})`), 'the words count the wide layer and FC2 as built');
  assert.match(words, /its FC2 \(496,010\)/);
  dense.dispose();
});

test('a dense layer of the working size holds as many as the numbers at work in the LSTM, and the classes', () => {
  const dense = network({ ...sixModels.II, head: 'dense-equal-working' });
  const names = dense.layers.map(({ name }) => name);
  assert.deepEqual(names, ['conv1', 'pool1', 'conv2', 'channel-dropout', 'pool2', 'flatten', 'fc1', 'dropout', 'wide', 'fc2']);
  // By hand: input, candidate and output gate of 320 units, each with 64 weights and a bias, and 320 × 10 + 10 for the classes.
  const atWork = 3 * 320 * (64 + 1) + 320 * 10 + 10;
  const last = dense.layers.slice(-2).reduce((sum, layer) => sum + layer.countParams(), 0);
  assert.equal(dense.getLayer('wide').getConfig()['units'], 875);
  assert.equal(last, 875 * (64 + 1) + (875 + 1) * 10);
  assert.ok(Math.abs(last - atWork) <= 75 / 2, `${last} and ${atWork}: nearer than half a unit`);
  const words = aggregated.idleWords().replaceAll(/\s+/g, ' ');
  assert.match(words, /7\.6 times as many as are at work in the LSTM and its FC2 \(65,610\): a layer of 875 units .* \(65,635\)\.$/);
  dense.dispose();
});

test('the CNN with a linear FC1 is the CNN without what the step to the LSTM removes, layer by layer', () => {
  const layersOf = (head: aggregated.Head) => {
    const model = network({ ...sixModels.III, head });
    const layers = model.layers.map((layer) => [layer.name, layer.getConfig()['activation'] ?? '', layer.countParams()].join(' '));
    model.dispose();
    return layers;
  };
  const [cnn, linear, lstm] = [layersOf('dense'), layersOf('dense-linear'), layersOf('lstm-length-1')];
  assert.deepEqual(
    linear,
    cnn.filter((layer) => !layer.startsWith('dropout')).map((layer) => layer.replace('fc1 relu', 'fc1 linear')),
  );
  assert.equal(cnn.length, linear.length + 1, 'the dropout behind FC1, and nothing else, is gone');
  assert.deepEqual(linear.slice(0, -1), lstm.slice(0, linear.length - 1), 'up to FC1 it is the network with the LSTM');
  assert.deepEqual(
    lstm.slice(linear.length - 1).map((layer) => layer.split(' ')[0]),
    ['one-step', 'lstm', 'relu', 'fc2'],
  );
});

test("the two networks beside the grid are trained by Adam's recipe, on three seeds, as their neighbours are", () => {
  const all = aggregated.experiments('paper');
  const named = (name: string) => all.find(({ recipe }) => recipe.experiment === name)!;
  const neighbour = named('grid-dense-cnn-lstm-recipe');
  for (const head of aggregated.stepHeads) {
    const { recipe, seeds, minutes, priority } = named(`grid-${head}-cnn-lstm-recipe`);
    assert.deepEqual({ ...recipe, experiment: '', model: '' }, { ...neighbour.recipe, experiment: '', model: '' });
    assert.deepEqual(recipe['model'], { ...(neighbour.recipe['model'] as object), head });
    assert.deepEqual([seeds, minutes, priority], [[1, 2, 3], neighbour.minutes, neighbour.priority]);
    assert.equal(named(`grid-${head}-cnn-recipe`), undefined);
  }
});

test('the networks of table I end in ten outputs', () => {
  for (const row of aggregated.publishedRows) {
    const model = aggregated.publishedNetwork(row);
    assert.deepEqual(model.outputs[0]!.shape, [null, 10], row);
    model.dispose();
  }
});

test('aggregation takes the largest of twenty, or the mean of two', () => {
  const direct = Float32Array.of(0.6, 0.4, 0, 0.1, 0.2, 0.7);
  const mirror = Float32Array.of(0, 0.5, 0.5, 0.8, 0.1, 0.1);
  assert.deepEqual([...aggregate(direct, mirror, 3)], [0, 0]);
  assert.deepEqual([...aggregate(direct, mirror, 3, 'mean')], [1, 0]);
  assert.throws(() => aggregate(direct, mirror.subarray(1), 3), RangeError);
});

test('of equal probabilities the first of the twenty decides: the image itself, then its mirror image', () => {
  const [direct, mirror] = [Float32Array.of(0, 0, 1), Float32Array.of(1, 0, 0)];
  assert.deepEqual([...aggregate(direct, mirror, 3)], [2]);
  assert.deepEqual([...aggregate(mirror, direct, 3)], [0]);
  const within = Float32Array.of(0, 0.5, 0.5);
  assert.deepEqual([...aggregate(within, within, 3)], [1], 'of two in one vector the lower label');
});

test('the aggregated share is counted from the probabilities that a run kept', async (context) => {
  const { labels, provenance } = await fashionMnist({ split: 'test' });
  if (provenance !== 'real') return context.skip('needs the real test images: DATA_MIRROR names a folder that has them');
  for (const name of ['model-2', 'model-3', 'model-6'])
    for (const record of aggregated.evidence(name).records) {
      const { probabilities, mirroredProbabilities } = runs.arrays(record);
      const twenty = (image: number) =>
        [probabilities, mirroredProbabilities].flatMap((kept) => Array.from(kept!.values.subarray(10 * image, 10 * image + 10)));
      const right = labels.filter((label, image) => twenty(image).indexOf(Math.max(...twenty(image))) % 10 === label).length;
      assert.equal(await aggregated.aggregatedShare(record), right / labels.length, `${name}, seed ${record.seed}`);
    }
  const [kept] = aggregated.evidence('model-5').records;
  assert.equal(await aggregated.aggregatedShare(kept!), kept!.metrics['aggregatedAccuracy'], 'without probabilities: as written down');
});

test('a mirror image exchanges left and right, row by row, and twice is the image again', () => {
  const inputs = Uint8Array.from({ length: 12 }, (_, at) => at);
  const examples: Examples = { inputs, shape: [2, 3, 1], labels: Uint8Array.of(0, 1), count: 2 };
  assert.deepEqual([...mirrored(examples).inputs], [2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9]);
  assert.deepEqual([...mirrored(mirrored(examples)).inputs], [...inputs]);
});

test('at length one recurrent weights and forget gate change no answer at all; the input gate does', async () => {
  const model = seeded(1, () => network({ ...sixModels.II, lstmUnits: 24 }));
  const random = new RandomSequence(5);
  const count = 20;
  const inputs = Float32Array.from({ length: count * 784 }, () => random.next());
  const rows = await aggregated.idleWeightsStudy(model, { inputs, shape: [28, 28, 1], labels: new Uint8Array(count), count });
  const [recurrent, forget, both, input] = rows;
  assert.match(String(aggregated.idleWeightsTable(rows).columns[2]), /of 20/);
  assert.deepEqual([recurrent!.largestChange, forget!.largestChange, both!.largestChange], [0, 0, 0]);
  assert.ok(input!.largestChange > 1e-3);
  assert.equal(both!.replaced, aggregated.idleNumbers(64, 24));
  assert.equal(recurrent!.replaced + forget!.replaced - 24 * 24, both!.replaced, 'the forget gate has recurrent weights, too');
  model.dispose();
});

test('over a real sequence the same weights matter', async () => {
  const model = seeded(1, () => network({ ...sixModels.II, lstmUnits: 24, head: 'lstm-rows' }));
  const random = new RandomSequence(5);
  const inputs = Float32Array.from({ length: 10 * 784 }, () => random.next());
  const [recurrent, forget] = await aggregated.idleWeightsStudy(model, {
    inputs,
    shape: [28, 28, 1],
    labels: new Uint8Array(10),
    count: 10,
  });
  assert.ok(recurrent!.largestChange > 1e-3 && forget!.largestChange > 1e-5);
  model.dispose();
});

test("the report's equations as printed: class accuracy is precision, class recall is recall, totals are the accuracy", () => {
  const matrix = aggregated.exercises.smallMatrix;
  const printed = aggregated.printedEquations(matrix);
  const { classes, accuracy } = classReport(matrix);
  classes.forEach(({ precision, recall }, at) => {
    assert.ok(Math.abs(printed.accuracy[at]! - precision) < 1e-12);
    assert.ok(Math.abs(printed.recall[at]! - recall) < 1e-12);
  });
  assert.ok(Math.abs(printed.totalAccuracy - accuracy) < 1e-12);
  assert.ok(Math.abs(printed.totalF1 - accuracy) < 1e-12);
  const parts = printed.truePositives.map(
    (right, at) => right + printed.trueNegatives[at]! + printed.falsePositives[at]! + printed.falseNegatives[at]!,
  );
  assert.deepEqual(parts, [300, 300, 300]);
});

test('half of a fair sample is hardly ever wrong', () => {
  assert.ok(Math.abs(aggregated.chanceOfHalfWrong(0.5, 1) - 0.5) < 1e-12);
  assert.ok(Math.abs(aggregated.chanceOfHalfWrong(0.1, 2) - 0.19) < 1e-12);
  const chance = aggregated.chanceOfHalfWrong(0.0962, 20);
  assert.ok(chance > 1e-6 && chance < 1e-4, `${chance}`);
});

test('the exaggerated phase is as long as the report says', () => {
  assert.equal(aggregated.exaggeratedIterations(10_000), 84);
});

test('the maps are recipes that change with the network they are made of', () => {
  const all = aggregated.experiments('paper').map(({ recipe }) => recipe);
  for (const [name, source] of Object.entries(aggregated.mapSources)) {
    const map = all.find(({ experiment }) => experiment === name);
    assert.ok(map, name);
    const network = all.find(({ experiment }) => experiment === source);
    assert.deepEqual(map['source'], network ?? null);
  }
});
