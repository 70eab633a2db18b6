/** Training as a whole: optimisers, repeatability, resuming, stopping, errors, leaks. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Examples } from 'paperlab/data';
import {
  activationsOf,
  CheckpointError,
  EngineError,
  evaluate,
  explain,
  type FitOptions,
  fit,
  NotANumberError,
  type OptimizerSpec,
  predict,
} from 'paperlab/engine';
import { Graph } from 'paperlab/internal/engine/graph';
import { nativeBinding, seeded, tf } from 'paperlab/runtime';
import { allWeights, bits, busyModel, distance, numbers, sample, tolerance, trainWithEngine, twins, weightsOf } from './engine-support.js';

const { layers } = tf;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'paperlab-test-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const model = (): tf.LayersModel => busyModel();
// 50 examples in batches of 8: the last batch of an epoch has 2.
const examples = sample({ shape: [6, 6, 1], count: 50 });
const usual: FitOptions = {
  optimizer: { kind: 'adam', learningRate: 0.01 },
  loss: 'sparseCategoricalCrossentropy',
  epochs: 3,
  batchSize: 8,
  seed: 7,
};

async function trained(
  options: Partial<FitOptions> = {},
  set: Examples = examples,
): Promise<{ bits: string; losses: number[]; model: tf.LayersModel }> {
  const subject = model();
  const history = await fit(subject, set, { ...usual, ...options });
  return { bits: bits(subject), losses: history.epochs.map(({ loss }) => loss), model: subject };
}

test('the same seed gives the same bits, with callbacks or without; another seed does not', async () => {
  const first = await trained();
  let reports = 0;
  const second = await trained({ validation: examples, onProgress: () => reports++, onEpoch: async () => undefined });
  assert.equal(second.bits, first.bits);
  assert.deepEqual(second.losses, first.losses);
  assert.ok(reports >= 3);
  assert.notEqual((await trained({ seed: 8 })).bits, first.bits);
});

test('steps per call change no bit', async () => {
  const whole = await trained();
  const stepwise = await trained({ checkpoint: { path: path.join(folder, 'stepwise'), everySteps: 1 } });
  assert.equal(stepwise.bits, whole.bits);
  assert.deepEqual(stepwise.losses, whole.losses);
});

test('stopped at any step and resumed, training ends on the same bits', async () => {
  const undisturbed = await trained();
  for (const stopAfter of [4, 15]) {
    const checkpoint = { path: path.join(folder, `resume-${stopAfter}`), everySteps: 1, key: 'resume' };
    const controller = new AbortController();
    let seen = 0;
    const first = model();
    const stopped = await fit(first, examples, {
      ...usual,
      checkpoint,
      signal: controller.signal,
      onProgress: () => ++seen === stopAfter && controller.abort(),
    });
    assert.equal(stopped.stopped, true);
    const second = model();
    const history = await fit(second, examples, { ...usual, checkpoint });
    assert.equal(bits(second), undisturbed.bits, `stopped after ${stopAfter} reports`);
    assert.deepEqual(
      history.epochs.map(({ loss }) => loss),
      undisturbed.losses,
    );
  }
});

test('a damaged checkpoint gives way to the one before; a foreign one is refused', async () => {
  const file = path.join(folder, 'damaged');
  await trained({ epochs: 2, checkpoint: { path: file } });
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 5]! ^= 1;
  fs.writeFileSync(file, bytes);
  const subject = model();
  const history = await fit(subject, examples, { ...usual, checkpoint: { path: file } });
  assert.equal(history.resumedFromEpoch, 1);
  assert.equal(bits(subject), (await trained()).bits);
  await assert.rejects(
    trained({ batchSize: 5, checkpoint: { path: file } }),
    (error: Error) => error instanceof CheckpointError && /batchSize is 8 there and 5 here/.test(error.message),
  );
  fs.writeFileSync(file, 'nonsense');
  fs.rmSync(`${file}.previous`);
  await assert.rejects(trained({ checkpoint: { path: file } }), /does not begin like one.*Delete it/);
});

test('other shard counts give the same result up to rounding', async () => {
  const plain = () =>
    seeded(11, () =>
      tf.sequential({
        layers: [
          layers.conv2d({ inputShape: [6, 6, 1], filters: 3, kernelSize: 3 }),
          layers.batchNormalization(),
          layers.flatten(),
          layers.dense({ units: 4, activation: 'softmax' }),
        ],
      }),
    );
  const results: Float32Array[] = [];
  for (const shards of [1, 2, 3]) {
    const subject = plain();
    await fit(subject, examples, { ...usual, optimizer: { kind: 'sgd', learningRate: 0.1 }, shards });
    results.push(allWeights(subject));
  }
  for (const other of results.slice(1)) assert.ok(distance(other, results[0]!) < tolerance.shards);
});

test('shards of one size share their loops over time: the graph holds each once, however many shards', async (context) => {
  const loops: string[][] = [];
  const written = Graph.prototype.savedModel;
  context.mock.method(Graph.prototype, 'savedModel', function (this: Graph, tag: string) {
    const bytes = written.call(this, tag);
    loops.push([
      ...new Set(
        Buffer.from(bytes)
          .toString('latin1')
          .match(/time_(?:body|back)(?:_\d+)?(?!\w)/g),
      ),
    ]);
    return bytes;
  });
  const series = sample({ shape: [24, 3], count: 24 });
  const recurrent = () =>
    seeded(12, () =>
      tf.sequential({ layers: [layers.lstm({ inputShape: [24, 3], units: 4 }), layers.dense({ units: 4, activation: 'softmax' })] }),
    );
  for (const shards of [1, 2, 4]) await fit(recurrent(), series, { ...usual, epochs: 1, shards });
  const [one, two, four] = loops;
  assert.ok(one && one.length >= 2, `a loop forward and one back: ${one}`);
  assert.equal(loops.length, 3, 'one graph for each training');
  assert.deepEqual([two!.length, four!.length], [one.length, one.length]);
});

/** Definitions in double precision, written from Keras' documentation. */
function reference(spec: OptimizerSpec, weight: Float64Array, gradients: Float64Array[]): void {
  const a = new Float64Array(weight.length);
  const b = new Float64Array(weight.length);
  gradients.forEach((gradient, step) => {
    for (let index = 0; index < weight.length; index++) {
      const g = gradient[index]!;
      if (spec.kind === 'sgd') {
        const { learningRate, momentum = 0, nesterov } = spec;
        a[index] = momentum * a[index]! - learningRate * g;
        weight[index]! += nesterov ? momentum * a[index]! - learningRate * g : a[index]!;
      } else if (spec.kind === 'adam') {
        const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = spec;
        a[index] = beta1 * a[index]! + (1 - beta1) * g;
        b[index] = beta2 * b[index]! + (1 - beta2) * g * g;
        const rate = (learningRate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1));
        weight[index]! -= (rate * a[index]!) / (Math.sqrt(b[index]!) + epsilon);
      } else {
        const { learningRate, rho = 0.9, momentum = 0, epsilon = 1e-7 } = spec;
        b[index] = rho * b[index]! + (1 - rho) * g * g;
        a[index] = momentum * a[index]! + (learningRate * g) / Math.sqrt(b[index]! + epsilon);
        weight[index]! -= a[index]!;
      }
    }
  });
}

/** Linear model, squared error, one example at a time: the gradient of the weights is 2·error·input, by hand. */
const optimizers: OptimizerSpec[] = [
  { kind: 'sgd', learningRate: 0.05 },
  { kind: 'sgd', learningRate: 0.05, momentum: 0.9 },
  { kind: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true },
  { kind: 'adam', learningRate: 0.05 },
  { kind: 'adam', learningRate: 0.01, beta1: 0.5, beta2: 0.9, epsilon: 1e-2 },
  { kind: 'rmsprop', learningRate: 0.01 },
  { kind: 'rmsprop', learningRate: 0.01, rho: 0.8, momentum: 0.5, epsilon: 1e-3 },
];
for (const spec of optimizers) {
  test(`optimiser against its definition in float64: ${JSON.stringify(spec)}`, async () => {
    const subject = tf.sequential({
      layers: [layers.dense({ inputShape: [3], units: 1, useBias: false, weights: [tf.tensor2d([0.3, -0.2, 0.5], [3, 1])] })],
    });
    const x = numbers(3, 21);
    const one: Examples = { inputs: x, shape: [3], labels: Float32Array.of(0.7), count: 1 };
    await fit(subject, one, { optimizer: spec, loss: 'meanSquaredError', epochs: 12, batchSize: 1, seed: 1 });
    // The gradient depends on the weights, so reference and gradients advance together: replay all gradients at every step.
    const gradients: Float64Array[] = [];
    let weight = Float64Array.of(Math.fround(0.3), Math.fround(-0.2), 0.5);
    for (let step = 0; step < 12; step++) {
      const error = weight.reduce((sum, value, index) => sum + value * x[index]!, 0) - Math.fround(0.7);
      gradients.push(Float64Array.from(x, (value) => 2 * error * value));
      weight = Float64Array.of(Math.fround(0.3), Math.fround(-0.2), 0.5);
      reference(spec, weight, gradients);
    }
    assert.ok(distance(weightsOf(subject)[0]!, weight) < tolerance.optimizer);
  });
}

test('clipping: by value, by norm, by the norm of all; schedules change the rate', async () => {
  const linear = () =>
    tf.sequential({ layers: [layers.dense({ inputShape: [3], units: 1, weights: [tf.tensor2d([1, 1, 1], [3, 1]), tf.tensor1d([0])] })] });
  const one: Examples = { inputs: Float32Array.of(3, 0, 4), shape: [3], labels: Float32Array.of(0), count: 1 };
  // Error 7: gradient 14·(3, 0, 4) for the weights, 14 for the bias.
  const gradient = [42, 0, 56];
  const step = async (clip: Partial<OptimizerSpec>) => {
    const subject = linear();
    await fit(subject, one, {
      optimizer: { kind: 'sgd', learningRate: 1, ...clip } as OptimizerSpec,
      loss: 'meanSquaredError',
      epochs: 1,
      batchSize: 1,
      seed: 1,
    });
    return Array.from(weightsOf(subject)[0]!, (value) => 1 - value);
  };
  assert.deepEqual(await step({ clipValue: 2 }), [2, 0, 2]);
  assert.ok(distance(await step({ clipNorm: 7 }), [4.2, 0, 5.6]) < 1e-6);
  const all = Math.hypot(42, 56, 14);
  assert.ok(
    distance(
      await step({ clipGlobalNorm: 1 }),
      gradient.map((value) => value / all),
    ) < 1e-5,
  );
  const rates: number[] = [];
  await fit(linear(), one, {
    optimizer: { kind: 'sgd', learningRate: 0.001, schedule: { kind: 'step', everyEpochs: 2, factor: 0.5 } },
    loss: 'meanSquaredError',
    epochs: 4,
    batchSize: 1,
    seed: 1,
    onEpoch: ({ learningRate }) => void rates.push(learningRate),
  });
  assert.deepEqual(rates, [0.001, 0.001, 0.0005, 0.0005]);
});

test('dropout keeps its rate and its mask repeats with seed and step', async () => {
  const masks = tf.sequential({ layers: [layers.dropout({ inputShape: [1000], rate: 0.3 })] });
  const ones: Examples = { inputs: new Float32Array(20_000).fill(1), shape: [1000], labels: new Uint8Array(0), count: 20 };
  const first = await predict(masks, ones, { dropout: true, seed: 1 });
  assert.deepEqual(await predict(masks, ones, { dropout: true, seed: 1 }), first);
  assert.notDeepEqual(await predict(masks, ones, { dropout: true, seed: 2 }), first);
  const kept = first.filter((value) => value !== 0);
  assert.ok(kept.every((value) => Math.abs(value - 1 / 0.7) < 1e-6));
  // 20,000 draws: five standard deviations.
  assert.ok(Math.abs(kept.length / 20_000 - 0.7) < 5 * Math.sqrt(0.21 / 20_000));
});

test('bytes train like floats of the same value', async () => {
  const bytes = Uint8Array.from(numbers(50 * 36, 5, 0, 255));
  const asBytes = await trained({}, { ...examples, inputs: bytes, scale: 1 / 255 });
  const asFloats = await trained({}, { ...examples, inputs: Float32Array.from(bytes, (value) => value * Math.fround(1 / 255)) });
  assert.ok(distance(allWeights(asBytes.model), allWeights(asFloats.model)) < tolerance.weights);
});

test('labels as classes or as rows of ones and zeros: the same training', async () => {
  const rows = new Float32Array(50 * 4);
  examples.labels.forEach((label, example) => {
    rows[example * 4 + label] = 1;
  });
  const plain = () =>
    seeded(1, () =>
      tf.sequential({ layers: [layers.flatten({ inputShape: [6, 6, 1] }), layers.dense({ units: 4, activation: 'softmax' })] }),
    );
  const [byClass, byRow] = [plain(), plain()];
  await trainWithEngine(byClass, examples, { loss: 'sparseCategoricalCrossentropy' });
  await trainWithEngine(byRow, { ...examples, labels: rows }, { loss: 'categoricalCrossentropy' });
  assert.ok(distance(allWeights(byRow), allWeights(byClass)) < tolerance.weights);
});

test('flipping: probability 1 trains on mirrored pictures, probability 0 on the pictures', async () => {
  const mirrored = Float32Array.from(examples.inputs);
  for (let row = 0; row < 50 * 6; row++)
    mirrored.set(
      examples.inputs
        .subarray(row * 6, row * 6 + 6)
        .slice()
        .reverse() as Float32Array,
      row * 6,
    );
  assert.equal((await trained({ horizontalFlip: 1 })).bits, (await trained({}, { ...examples, inputs: mirrored })).bits);
  assert.notEqual((await trained({ horizontalFlip: 0.5 })).bits, (await trained()).bits);
});

test('new inputs for an epoch are trained on', async () => {
  const others = numbers(50 * 36, 77);
  const swapped = await trained({ inputsForEpoch: () => others });
  assert.equal(swapped.bits, (await trained({}, { ...examples, inputs: others })).bits);
});

test('validation, further sets, evaluate and predict agree with each other', async () => {
  const other = sample({ shape: [6, 6, 1], count: 23, seed: 40 });
  const subject = model();
  const history = await fit(subject, examples, { ...usual, epochs: 1, validation: other, alsoEvaluate: { again: other } });
  const [record] = history.epochs;
  const scored = await evaluate(subject, other, { loss: 'sparseCategoricalCrossentropy' });
  assert.ok(distance([scored.loss], [record!.validationLoss!]) < tolerance.loss);
  assert.equal(scored.accuracy, record!.validationAccuracy);
  assert.deepEqual(record!.also, { again: { loss: record!.validationLoss, accuracy: record!.validationAccuracy } });
  const outputs = await predict(subject, other);
  assert.ok(distance(scored.probabilities, outputs) < tolerance.outputs);
  const right = scored.predictions.filter((value, index) => value === other.labels[index]).length;
  assert.equal(right / 23, scored.accuracy);
});

test('an abort stops at once and leaves the weights of the last finished step', async () => {
  const controller = new AbortController();
  const subject = model();
  let lastReport = 0;
  const history = await fit(subject, examples, {
    ...usual,
    epochs: 100_000,
    signal: controller.signal,
    onProgress: ({ epoch }) => {
      if (epoch >= 3 && !controller.signal.aborted) {
        controller.abort();
        lastReport = performance.now();
      }
    },
  });
  assert.equal(history.stopped, true);
  assert.ok(performance.now() - lastReport < 1000, 'a generous bound: the aim is 200 ms on a quiet machine');
  assert.notEqual(bits(subject), bits(model()));
});

for (const inputs of [examples.inputs, Uint8Array.from({ length: 50 * 36 }, (_, index) => index % 256)])
  test(`a loss that is not a number (${inputs.constructor.name}) stops with epoch, step, rate and layer; weights stay finite`, async () => {
    const subject = seeded(1, () =>
      tf.sequential({
        layers: [
          layers.flatten({ inputShape: [6, 6, 1] }),
          layers.dense({ units: 8, name: 'first' }),
          layers.dense({ units: 4, name: 'second' }),
        ],
      }),
    );
    const failure = await fit(
      subject,
      { ...examples, inputs },
      { ...usual, optimizer: { kind: 'sgd', learningRate: 1e12 }, loss: 'meanSquaredError' },
    ).then(
      () => assert.fail('it should have stopped'),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof NotANumberError);
    assert.equal(failure.epoch, 1);
    assert.ok(failure.step > 1 && failure.learningRate === 1e12);
    assert.match(failure.message, /epoch 1, step \d+, learning rate 1000000000000/);
    assert.ok(failure.layer === 'first' || failure.layer === 'second' || failure.layer === undefined);
    assert.ok(allWeights(subject).every(Number.isFinite));
  });

test('two models training in turn do not disturb one another', async () => {
  const alone = await trained();
  const turn = await Promise.all([trained(), trained({ seed: 8 }), trained()]);
  assert.equal(turn[0]!.bits, alone.bits);
  assert.equal(turn[2]!.bits, alone.bits);
});

test('nothing is left behind: tensors, handles and sessions', async () => {
  const subject = model();
  const once = () => fit(subject, examples, { ...usual, epochs: 1, validation: examples });
  await once();
  await predict(subject, examples);
  const binding = nativeBinding();
  const before = [tf.memory().numTensors, binding.getNumOfTensors(), binding.getNumOfSavedModels()];
  for (let round = 0; round < 2; round++) {
    await once();
    await predict(subject, examples);
  }
  assert.deepEqual([tf.memory().numTensors, binding.getNumOfTensors(), binding.getNumOfSavedModels()], before);
});

test('activations of a layer inside; of the last layer they are the predictions', async () => {
  const subject = model();
  const names = subject.layers.map(({ name }) => name);
  const last = activationsOf(subject, examples, names.at(-1)!);
  assert.deepEqual(last.shape, [4]);
  assert.ok(distance(last.values, await predict(subject, examples)) < tolerance.outputs);
  assert.deepEqual(activationsOf(subject, examples, names[0]!).shape, [4, 4, 3]);
  assert.throws(() => activationsOf(subject, examples, 'nobody'), /layerName is 'nobody'; model .* has /);
});

test('a layer outside the table is trained by tf.layers, and named once', async (context) => {
  const gru = seeded(2, () =>
    tf.sequential({
      layers: [
        layers.reshape({ inputShape: [6, 6, 1], targetShape: [6, 6] }),
        layers.gru({ units: 3 }),
        layers.dense({ units: 4, activation: 'softmax' }),
      ],
    }),
  );
  assert.deepEqual(
    explain(gru).map(({ className, path: way }) => [className, way]),
    [
      ['Reshape', 'engine'],
      ['GRU', "layer class GRU is not in the engine's table"],
      ['Dense', 'engine'],
    ],
  );
  const lines: string[] = [];
  context.mock.method(console, 'warn', (line: string) => lines.push(line));
  const before = bits(gru);
  const history = await fit(gru, examples, { ...usual, epochs: 1, validation: examples });
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /GRU/);
  assert.notEqual(bits(gru), before);
  assert.ok(history.epochs[0]!.validationAccuracy! >= 0);
});

const wrong: [string, Partial<Examples>, Partial<FitOptions>, RegExp][] = [
  ['no examples', { count: 0, inputs: new Float32Array(0), labels: new Uint8Array(0) }, {}, /train.count is 0/],
  ['a label out of range', { labels: new Uint8Array(50).fill(9) }, {}, /train.labels\[0\] is 9.*0 to 3/],
  [
    'a pixel that is not a number',
    { inputs: new Float32Array(50 * 36).fill(Number.NaN, 40, 41) },
    {},
    /train.inputs holds NaN at example 1, position 4/,
  ],
  ['too few numbers', { inputs: new Float32Array(7) }, {}, /train.inputs holds 7 numbers; 50 examples of shape \[6,6,1\] need 1800/],
  ['another shape', { shape: [36] }, {}, /train.shape is \[36\].*\[6,6,1\]/],
  ['too few labels', { labels: new Uint8Array(3) }, {}, /train.labels holds 3 numbers/],
  ['a batch larger than the data', {}, { batchSize: 51 }, /batchSize is 51, but there are only 50/],
  ['half a batch', {}, { batchSize: 2.5 }, /batchSize is 2.5/],
  [
    'an unknown optimiser option',
    {},
    { optimizer: { kind: 'adam', learningRate: 1, rate: 2 } as never },
    /optimizer.rate is not an option of 'adam'/,
  ],
  ['an unknown optimiser', {}, { optimizer: { kind: 'adagrad', learningRate: 1 } as never }, /optimizer.kind is 'adagrad'/],
  ['an unknown loss', {}, { loss: 'cosine' as never }, /loss is 'cosine'/],
];
for (const [name, data, options, message] of wrong) {
  test(`said clearly: ${name}`, () =>
    assert.rejects(
      fit(model(), { ...examples, ...data }, { ...usual, ...options }),
      (error: Error) => error instanceof EngineError && message.test(error.message),
    ));
}

test('said clearly: cross-entropy behind a rectifier, and an unwritable temporary folder', async () => {
  const [rectified] = twins(() =>
    tf.sequential({ layers: [layers.flatten({ inputShape: [6, 6, 1] }), layers.dense({ units: 4, activation: 'relu' })] }),
  );
  await assert.rejects(fit(rectified, examples, usual), /needs a softmax .* ends in Relu/);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = path.join(folder, 'missing');
  try {
    await assert.rejects(fit(model(), examples, usual), /temporary folder .*missing.*TMPDIR/);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
