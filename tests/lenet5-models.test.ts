import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, fit, predict } from 'paperlab/engine';
import {
  c3Connections,
  classicLeNet5,
  comparisonCnn,
  convolutionFanIn,
  denseNetwork,
  layerParameters,
  proposedLeNet5,
  subSamplingConnections,
} from 'paperlab/papers/lenet5';
import { RandomSequence, seeded, tf } from 'paperlab/runtime';

const shapes = (model: tf.LayersModel) =>
  model.layers.map((layer) => `${layer.name} ${(layer.outputShape as number[]).slice(1).join('×')}`);

test('the classic LeNet-5 has the parameters and connections that the report states', () => {
  const model = classicLeNet5();
  assert.equal(layerParameters(model, 'S2'), 12);
  assert.equal(layerParameters(model, 'S4'), 32);
  assert.equal(layerParameters(model, 'F6'), 10_164);
  assert.equal(subSamplingConnections(model, 'S2'), 5880);
  assert.equal(subSamplingConnections(model, 'S4'), 2000);
  assert.equal(convolutionFanIn(model, 'C5'), 400);
  // C1 156, S2 12, C3 2,416, S4 32, C5 48,120, F6 10,164, output 850.
  assert.equal(model.countParams(), 156 + 12 + 2416 + 32 + 48_120 + 10_164 + 850);
});

test("LeCun's partial C3 has 60 connections of maps and 1,516 parameters", () => {
  assert.equal(c3Connections.flat().length, 60);
  const seenBy = [0, 1, 2, 3, 4, 5].map((map) => c3Connections.filter((maps) => maps.includes(map)).length);
  assert.deepEqual(seenBy, [10, 10, 10, 10, 10, 10], 'every map of S2 feeds ten maps of C3');
  assert.equal(new Set(c3Connections.map(String)).size, 16, 'no two maps of C3 see the same maps');
  assert.equal(layerParameters(classicLeNet5({ c3: 'partial' }), 'C3'), 1516);
});

test('today’s LeNet-5 has plain pools without parameters', () => {
  const model = classicLeNet5({ subSampling: 'average', activation: 'relu' });
  assert.equal(layerParameters(model, 'S2'), 0);
  assert.equal(model.countParams(), 61_706);
});

test('the proposed network pools three times and has one dense layer more', () => {
  assert.deepEqual(shapes(proposedLeNet5()), [
    'C1 28×28×6',
    'S2 14×14×6',
    'C3 10×10×16',
    'S4 5×5×16',
    'C5 1×1×120',
    'third-pool 1×1×120',
    'flatten 120',
    'FC2 84',
    'FC3 84',
    'FC4 10',
  ]);
  assert.equal(layerParameters(proposedLeNet5(), 'FC2'), 10_164);
  assert.deepEqual(shapes(proposedLeNet5({ thirdPool: 'wide' })).slice(4, 7), ['C5 5×5×120', 'third-pool 3×3×120', 'flatten 1080']);
});

test('pooling a single pixel with padding changes nothing, as the notebook says', () => {
  const pixel = tf.randomNormal([3, 1, 1, 4], 0, 1, 'float32', 1) as tf.Tensor4D;
  const pooled = tf.avgPool(pixel, 2, 2, 'same');
  assert.deepEqual([...pooled.dataSync()], [...pixel.dataSync()]);
});

/** Pictures of noise with labels. */
function noise(count: number, size: number) {
  const random = new RandomSequence(7);
  const inputs = Float32Array.from({ length: count * size * size }, () => random.next());
  return { inputs, shape: [size, size, 1], labels: Uint8Array.from({ length: count }, (_, index) => index % 10), count };
}

const networks = {
  'classic, trainable sub-sampling, partial C3': () => classicLeNet5({ c3: 'partial' }),
  'classic, averages': () => classicLeNet5({ subSampling: 'average' }),
  proposed: () => proposedLeNet5(),
  'proposed, wide': () => proposedLeNet5({ thirdPool: 'wide' }),
};

for (const [name, build] of Object.entries(networks))
  test(`the engine computes and trains ${name} as tf.layers does`, async () => {
    const examples = noise(20, 32);
    const [ours, theirs] = [seeded(3, build), seeded(3, build)];
    assert.ok(explain(ours).every(({ path }) => path === 'engine'));
    const x = tf.tensor4d(examples.inputs, [20, 32, 32, 1]);
    const y = tf.oneHot(tf.tensor1d([...examples.labels], 'int32'), 10);
    const near = async () => {
      const [mine, reference] = [await predict(ours, examples), (theirs.predict(x) as tf.Tensor).dataSync()];
      reference.forEach((value, index) => {
        assert.ok(Math.abs(value - mine[index]) < 2e-5, `output ${index}: ${mine[index]} against ${value}`);
      });
    };
    await near();
    await fit(ours, examples, {
      optimizer: { kind: 'sgd', learningRate: 0.1 },
      loss: 'sparseCategoricalCrossentropy',
      epochs: 3,
      batchSize: 20,
      seed: 1,
    });
    theirs.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' });
    for (let step = 0; step < 3; step++) await theirs.trainOnBatch(x, y);
    await near();
  });

test('rows of the comparison table differ by one thing at a time', () => {
  const names = (model: tf.LayersModel) => model.layers.map((layer) => layer.getClassName());
  const plain = comparisonCnn();
  assert.equal(names(comparisonCnn({ batchNormalization: true })).filter((name) => name === 'BatchNormalization').length, 2);
  assert.equal(names(comparisonCnn({ skip: true })).filter((name) => name === 'Add').length, 2);
  assert.equal(comparisonCnn({ head: 'svm' }).countParams(), plain.countParams());
  assert.equal(denseNetwork().countParams(), 784 * 100 + 100 + 1010, "scikit-learn's multilayer perceptron");
});
