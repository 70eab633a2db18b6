/** Milliseconds per training step of the reports' kinds of model: the engine beside tf.layers; engine.py runs Keras and PyTorch on the same cases. */
import os from 'node:os';
import paperlab from 'paperlab/engine';
import runtimeRoom from 'paperlab/runtime';

const { fit } = paperlab;
const { runtime, seeded, tf } = runtimeRoom;
const { layers } = tf;

export const name = 'engine';

const softmax = () => layers.dense({ units: 10, activation: 'softmax' });
const lstm = (steps, features) => () =>
  tf.sequential({ layers: [layers.lstm({ inputShape: [steps, features], units: 128, recurrentActivation: 'sigmoid' }), softmax()] });
const convolutions = (first, second) => [
  layers.conv2d({ inputShape: [28, 28, 1], filters: first, kernelSize: 5, activation: 'relu' }),
  layers.maxPooling2d({ poolSize: 2 }),
  layers.conv2d({ filters: second, kernelSize: 5, activation: 'relu' }),
  layers.maxPooling2d({ poolSize: 2 }),
  layers.flatten(),
];
const lenet = () =>
  tf.sequential({
    layers: [
      layers.conv2d({ inputShape: [28, 28, 1], filters: 6, kernelSize: 5, padding: 'same', activation: 'tanh' }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 16, kernelSize: 5, activation: 'tanh' }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 120, activation: 'tanh' }),
      layers.dense({ units: 84, activation: 'tanh' }),
      softmax(),
    ],
  });
const block = (filters, first = {}) => [
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...first }),
  layers.batchNormalization(),
  layers.maxPooling2d({ poolSize: 2 }),
];

/** steps: how many the engine is timed over in one epoch; slow: tf.layers takes seconds per step, one is enough. */
export const cases = [
  { name: 'LeNet-5, batch 32', build: lenet, shape: [28, 28, 1], batch: 32, steps: 120 },
  { name: 'LeNet-5, batch 256', build: lenet, shape: [28, 28, 1], batch: 256, steps: 24 },
  {
    name: 'aggregated Model I, batch 1000',
    build: () =>
      tf.sequential({
        layers: [
          ...convolutions(16, 32),
          layers.dense({ units: 32 }),
          layers.reshape({ targetShape: [1, 32] }),
          layers.lstm({ units: 160, recurrentActivation: 'sigmoid' }),
          softmax(),
        ],
      }),
    shape: [28, 28, 1],
    batch: 1000,
    steps: 4,
  },
  {
    name: 'aggregated Model III, batch 16',
    build: () => tf.sequential({ layers: [...convolutions(8, 32), layers.dense({ units: 64, activation: 'relu' }), softmax()] }),
    shape: [28, 28, 1],
    batch: 16,
    steps: 120,
  },
  {
    name: 'LSTM-CNN on rows, batch 128',
    build: () =>
      tf.sequential({
        layers: [
          layers.batchNormalization({ inputShape: [28, 28] }),
          layers.lstm({ units: 64, recurrentActivation: 'sigmoid', returnSequences: true }),
          layers.conv1d({ filters: 64, kernelSize: 3, activation: 'relu' }),
          layers.flatten(),
          softmax(),
        ],
      }),
    shape: [28, 28],
    batch: 128,
    steps: 20,
  },
  { name: 'LSTM 128, 28 x 28, batch 32', build: lstm(28, 28), shape: [28, 28], batch: 32, steps: 60 },
  { name: 'LSTM 128, 196 x 1, batch 32', build: lstm(196, 1), shape: [196, 1], batch: 32, steps: 15, slow: true },
  { name: 'LSTM 128, 784 x 1, batch 32', build: lstm(784, 1), shape: [784, 1], batch: 32, steps: 5, slow: true },
  {
    name: 'SimpleRNN 128, 196 x 1, batch 32',
    build: () => tf.sequential({ layers: [layers.simpleRNN({ inputShape: [196, 1], units: 128 }), softmax()] }),
    shape: [196, 1],
    batch: 32,
    steps: 15,
    slow: true,
  },
  {
    name: 'knn report CNN+LSTM, batch 256',
    build: () =>
      tf.sequential({
        layers: [
          ...block(32, { inputShape: [28, 28, 1] }),
          ...block(64),
          layers.reshape({ targetShape: [7, 448] }),
          layers.lstm({ units: 128, recurrentActivation: 'sigmoid', returnSequences: true }),
          layers.flatten(),
          layers.dense({ units: 128, activation: 'relu' }),
          softmax(),
        ],
      }),
    shape: [28, 28, 1],
    batch: 256,
    steps: 4,
  },
];

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
export const rounded = (value) => Math.round(value * 100) / 100;

export function examplesOf({ shape, batch, steps }) {
  const count = batch * steps;
  const size = shape.reduce((product, length) => product * length, 1);
  return {
    inputs: Float32Array.from({ length: count * size }, (_, index) => ((index * 7919) % 256) / 255),
    shape,
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
    count,
  };
}

async function engineRows(one) {
  const model = seeded(1, one.build);
  const begun = performance.now();
  let first;
  const options = {
    optimizer: { kind: 'adam', learningRate: 1e-3 },
    loss: 'sparseCategoricalCrossentropy',
    epochs: 5,
    batchSize: one.batch,
    seed: 1,
  };
  const { epochs } = await fit(model, examplesOf(one), { ...options, onProgress: () => (first ??= performance.now() - begun) });
  model.dispose();
  return [
    { name: one.name, value: rounded(median(epochs.slice(1).map(({ seconds }) => (seconds * 1000) / one.steps))), unit: 'ms/step' },
    { name: `${one.name}: first step`, value: Math.round(first), unit: 'ms' },
    { name: `${one.name}: resident memory`, value: Math.round(process.memoryUsage().rss / 1e6), unit: 'MB' },
  ];
}

async function layersRow(one) {
  const model = seeded(1, one.build);
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const { inputs, shape, labels } = examplesOf({ ...one, steps: 1 });
  const xs = tf.tensor(inputs, [one.batch, ...shape]);
  const ys = tf.tensor2d(Float32Array.from(labels), [one.batch, 1]);
  const times = [];
  for (let step = 0; step < (one.slow ? 2 : 6); step++) {
    const begun = performance.now();
    await model.trainOnBatch(xs, ys);
    times.push(performance.now() - begun);
  }
  tf.dispose([xs, ys]);
  model.dispose();
  return { name: one.name, value: rounded(median(times.slice(1))), unit: 'ms/step', contender: 'tf.layers' };
}

/** A yardstick, not the most a processor can do: one large matrix product, best of several, on one core, times the cores. Other shapes can be quicker. */
async function peak() {
  const size = 1536;
  const [a, b] = [1, 2].map((seed) => tf.randomNormal([size, size], 0, 1, 'float32', seed));
  let best = 0;
  for (let round = 0; round < 6; round++) {
    const begun = performance.now();
    const product = tf.matMul(a, b);
    product.dataSync();
    best = Math.max(best, (2 * size ** 3) / ((performance.now() - begun) * 1e6));
    product.dispose();
  }
  tf.dispose([a, b]);
  return { name: 'matrix product on every core', value: Math.round(best * os.availableParallelism()), unit: 'GFLOP/s' };
}

/** Floating-point operations of one training step: forward once, backward twice, of what the layers multiply. */
function operationsOf({ build, batch }) {
  const model = build();
  let forward = 0;
  for (const layer of model.layers) {
    const kind = layer.getClassName();
    const places = layer.outputShape.slice(1, -1).reduce((product, length) => product * length, 1);
    const matrices = layer.weights
      .filter(({ shape }) => shape.length > 1)
      .reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0);
    if (kind === 'LSTM' || kind === 'SimpleRNN') forward += layer.input.shape[1] * matrices;
    else if (kind !== 'BatchNormalization') forward += places * matrices;
  }
  model.dispose();
  return 3 * 2 * forward * batch;
}

export async function run() {
  console.error(String(runtime()));
  const rows = [];
  const measured = await peak();
  rows.push(measured);
  const only = process.env.ENGINE_CASE;
  for (const one of cases) {
    if (only && !one.name.includes(only)) continue;
    rows.push(...(await engineRows(one)));
    try {
      rows.push(await layersRow(one));
    } catch (error) {
      // Its gradient of a recurrence over a single step fails: that case has no such row.
      console.error(`tf.layers cannot train ${one.name}: ${error.message}`);
    }
    rows.push({
      name: one.name,
      value: rounded(operationsOf(one) / (measured.value * 1e6)),
      unit: 'ms/step',
      contender: 'arithmetic reference',
    });
  }
  return rows;
}
