/** The models on which engine and tf.layers are compared, and how. */
import assert from 'node:assert/strict';
import type { Examples } from 'paperlab/data';
import { type LossName, predict } from 'paperlab/engine';
import { RandomSequence, tf } from 'paperlab/runtime';
import { distance, tolerance, trainEagerly, trainWithEngine, twins } from './engine-support.js';

const { layers } = tf;
type Layer = tf.layers.Layer;

export const classifier =
  (...parts: (() => Layer)[]) =>
  () =>
    tf.sequential({ layers: [...parts.map((part) => part()), layers.dense({ units: 4, activation: 'softmax' })] });

/** Trains a model with the engine and its twin with tf.layers, and compares outputs, loss and weights. */
export async function assertSame(
  build: () => tf.LayersModel,
  examples: Examples,
  loss: LossName = 'categoricalCrossentropy',
  shards = 2,
): Promise<void> {
  const [ours, theirs] = twins(build);
  const xs = tf.tensor(examples.inputs, [examples.count, ...examples.shape], 'float32');
  const expected = theirs.predict(xs) as tf.Tensor;
  assert.ok(distance(await predict(ours, examples, { batchSize: 5, shards }), expected.dataSync()) < tolerance.outputs, 'outputs');
  tf.dispose([xs, expected]);
  const settings = { batchSize: 6, seed: 9 };
  const eager = await trainEagerly(theirs, examples, { ...settings, loss, learningRate: 0.1 });
  const engine = await trainWithEngine(ours, examples, { ...settings, loss, shards });
  assert.ok(distance([engine.loss], [eager.loss]) < tolerance.loss, `loss ${engine.loss}, tf.layers ${eager.loss}`);
  engine.weights.forEach((weight, index) => {
    const apart = distance(weight, eager.weights[index]!, 0.1);
    assert.ok(apart < tolerance.weights, `weight ${index} (${ours.weights[index]!.name}) is ${apart} apart`);
  });
  ours.dispose();
  theirs.dispose();
}

export const picture = [8, 8, 2];
const series = [12, 3];

export const cases: Record<string, { build: () => tf.LayersModel; shape: number[] }> = {
  'dense without bias': {
    build: classifier(() => layers.dense({ inputShape: [5], units: 7, useBias: false, activation: 'relu' })),
    shape: [5],
  },
  'dense on sequences': {
    build: classifier(
      () => layers.dense({ inputShape: series, units: 3, activation: 'tanh' }),
      () => layers.flatten(),
    ),
    shape: series,
  },
  'conv2d same, strides': {
    build: classifier(
      () => layers.conv2d({ inputShape: picture, filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      () => layers.flatten(),
    ),
    shape: picture,
  },
  'conv2d valid': {
    build: classifier(
      () => layers.conv2d({ inputShape: picture, filters: 3, kernelSize: [3, 2], useBias: false }),
      () => layers.flatten(),
    ),
    shape: picture,
  },
  conv1d: {
    build: classifier(
      () => layers.conv1d({ inputShape: series, filters: 5, kernelSize: 3, strides: 2, activation: 'tanh' }),
      () => layers.flatten(),
    ),
    shape: series,
  },
  'conv1d same': {
    build: classifier(
      () => layers.conv1d({ inputShape: series, filters: 5, kernelSize: 3, padding: 'same' }),
      () => layers.globalMaxPooling1d(),
    ),
    shape: series,
  },
  'max and average pooling 2-D': {
    build: classifier(
      () => layers.maxPooling2d({ inputShape: picture, poolSize: 3, strides: 2, padding: 'same' }),
      () => layers.averagePooling2d({ poolSize: [2, 1] }),
      () => layers.flatten(),
    ),
    shape: picture,
  },
  'pooling 1-D': {
    build: classifier(
      () => layers.averagePooling1d({ inputShape: series, poolSize: 2 }),
      () => layers.dense({ units: 3 }),
      () => layers.maxPooling1d({ poolSize: 2, strides: 1 }),
      () => layers.flatten(),
    ),
    shape: series,
  },
  'global pooling 2-D': {
    build: () => {
      const input = tf.input({ shape: picture });
      const features = layers.conv2d({ filters: 4, kernelSize: 3, activation: 'sigmoid' }).apply(input) as tf.SymbolicTensor;
      const both = [layers.globalAveragePooling2d({}), layers.globalMaxPooling2d({})].map(
        (layer) => layer.apply(features) as tf.SymbolicTensor,
      );
      const joined = layers.concatenate().apply(both) as tf.SymbolicTensor;
      return tf.model({ inputs: input, outputs: layers.dense({ units: 4, activation: 'softmax' }).apply(joined) as tf.SymbolicTensor });
    },
    shape: picture,
  },
  'zero padding, permute, reshape': {
    build: classifier(
      () =>
        layers.zeroPadding2d({
          inputShape: picture,
          padding: [
            [1, 0],
            [2, 1],
          ],
        }),
      () => layers.permute({ dims: [2, 3, 1] }),
      () => layers.reshape({ targetShape: [11, 18] }),
      () => layers.dense({ units: 2, activation: 'tanh' }),
      () => layers.flatten(),
    ),
    shape: picture,
  },
  'add, concatenate, a shared layer': {
    build: () => {
      const input = tf.input({ shape: [5] });
      const shared = layers.dense({ units: 6, activation: 'tanh' });
      const once = shared.apply(layers.dense({ units: 5 }).apply(input)) as tf.SymbolicTensor;
      const twice = shared.apply(input) as tf.SymbolicTensor;
      const sum = layers.add().apply([once, twice]) as tf.SymbolicTensor;
      const joined = layers.concatenate().apply([sum, once]) as tf.SymbolicTensor;
      return tf.model({ inputs: input, outputs: layers.dense({ units: 4, activation: 'softmax' }).apply(joined) as tf.SymbolicTensor });
    },
    shape: [5],
  },
  'a model inside a model': {
    build: () => {
      const inner = tf.sequential({
        layers: [layers.dense({ inputShape: [5], units: 6, activation: 'relu' }), layers.dense({ units: 3 })],
      });
      return tf.sequential({
        layers: [inner, layers.activation({ activation: 'tanh' }), layers.dense({ units: 4, activation: 'softmax' })],
      });
    },
    shape: [5],
  },
  'batch normalisation after conv2d': {
    build: classifier(
      () => layers.conv2d({ inputShape: picture, filters: 3, kernelSize: 3, useBias: false }),
      () => layers.batchNormalization({ momentum: 0.9 }),
      () => layers.activation({ activation: 'relu' }),
      () => layers.flatten(),
    ),
    shape: picture,
  },
  'batch normalisation first': {
    build: classifier(
      () => layers.batchNormalization({ inputShape: [5] }),
      () => layers.dense({ units: 3 }),
    ),
    shape: [5],
  },
  'frozen layer': {
    build: () => {
      const frozen = layers.dense({ inputShape: [5], units: 6, activation: 'tanh' });
      frozen.trainable = false;
      return tf.sequential({ layers: [frozen, layers.dense({ units: 4, activation: 'softmax' })] });
    },
    shape: [5],
  },
  regularisers: {
    build: () =>
      tf.sequential({
        layers: [
          layers.dense({
            inputShape: [5],
            units: 6,
            activation: 'tanh',
            kernelRegularizer: tf.regularizers.l1l2({ l1: 0.02, l2: 0.05 }),
            biasRegularizer: tf.regularizers.l2({ l2: 0.1 }),
          }),
          layers.dense({ units: 4, activation: 'softmax', kernelRegularizer: tf.regularizers.l1({ l1: 0.01 }) }),
        ],
      }),
    shape: [5],
  },
  'softmax as a layer of its own': {
    build: () => tf.sequential({ layers: [layers.dense({ inputShape: [5], units: 4 }), layers.softmax()] }),
    shape: [5],
  },
  rectifiers: {
    build: classifier(
      () => layers.dense({ inputShape: [5], units: 9 }),
      () => layers.leakyReLU({ alpha: 0.2 }),
      () => layers.dense({ units: 9 }),
      () => layers.reLU({ maxValue: 0.5 }),
      () => layers.dense({ units: 5 }),
      () => layers.elu(),
    ),
    shape: [5],
  },
  lstm: { build: classifier(() => layers.lstm({ inputShape: [6, 3], units: 5 })), shape: [6, 3] },
  'lstm, one step': {
    build: classifier(() => layers.lstm({ inputShape: [1, 3], units: 5, recurrentActivation: 'sigmoid' })),
    shape: [1, 3],
  },
  'lstm, 28 steps, without bias': {
    build: classifier(() =>
      layers.lstm({ inputShape: [28, 2], units: 5, recurrentActivation: 'sigmoid', useBias: false, activation: 'relu' }),
    ),
    shape: [28, 2],
  },
  'lstm, 31 steps (no divisor)': {
    build: classifier(
      () => layers.dense({ inputShape: [31, 2], units: 3 }),
      () => layers.lstm({ units: 4, unitForgetBias: false }),
    ),
    shape: [31, 2],
  },
  'lstm stacked, sequences, backwards': {
    build: classifier(
      () => layers.lstm({ inputShape: [24, 3], units: 5, returnSequences: true, recurrentActivation: 'sigmoid' }),
      () => layers.lstm({ units: 4, goBackwards: true, returnSequences: true }),
      () => layers.flatten(),
    ),
    shape: [24, 3],
  },
  'simple recurrence': {
    build: classifier(
      () => layers.simpleRNN({ inputShape: [21, 3], units: 5, returnSequences: true }),
      () => layers.simpleRNN({ units: 4, useBias: false, activation: 'relu' }),
    ),
    shape: [21, 3],
  },
  'rows of a picture into an LSTM, then conv1d': {
    build: classifier(
      () => layers.conv2d({ inputShape: picture, filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' }),
      () => layers.reshape({ targetShape: [8, 16] }),
      () => layers.lstm({ units: 5, returnSequences: true }),
      () => layers.conv1d({ filters: 3, kernelSize: 3, activation: 'relu' }),
      () => layers.flatten(),
    ),
    shape: picture,
  },
};

/** Models drawn at random: a front end for pictures, an optional middle, a head. The seed is in the test's name, so that a failure repeats. */
export function randomModel(seed: number): () => tf.LayersModel {
  const random = new RandomSequence(seed);
  const choose = <Choice>(choices: readonly Choice[]): Choice => choices[Math.floor(random.next() * choices.length)]!;
  const activation = choose(['relu', 'tanh', 'sigmoid', 'elu'] as const);
  const filters = 1 + Math.floor(random.next() * 4);
  const kernelSize = 1 + Math.floor(random.next() * 3);
  const padding = choose(['same', 'valid'] as const);
  const middle = choose(['none', 'batch', 'pool', 'lstm', 'rnn', 'residual'] as const);
  const units = 2 + Math.floor(random.next() * 5);
  return () => {
    const input = tf.input({ shape: picture });
    let x = layers.conv2d({ filters, kernelSize, padding, activation }).apply(input) as tf.SymbolicTensor;
    const then = (layer: Layer) => {
      x = layer.apply(x) as tf.SymbolicTensor;
    };
    if (middle === 'batch') then(layers.batchNormalization());
    if (middle === 'pool') then(layers.averagePooling2d({ poolSize: 2 }));
    if (middle === 'residual')
      x = layers
        .add()
        .apply([
          x,
          layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation }).apply(x) as tf.SymbolicTensor,
        ]) as tf.SymbolicTensor;
    if (middle === 'lstm' || middle === 'rnn') {
      then(layers.reshape({ targetShape: [x.shape[1]!, x.shape[2]! * filters] }));
      then(middle === 'lstm' ? layers.lstm({ units, recurrentActivation: 'sigmoid' }) : layers.simpleRNN({ units, returnSequences: true }));
    }
    if (x.shape.length > 2) then(layers.flatten());
    then(layers.dense({ units, activation }));
    then(layers.dense({ units: 4, activation: 'softmax' }));
    return tf.model({ inputs: input, outputs: x });
  };
}
