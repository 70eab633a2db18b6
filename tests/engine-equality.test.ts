/** The engine computes what tf.layers computes: outputs, loss and weights after several steps, layer by layer and loss by loss. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Examples } from 'paperlab/data';
import { channelDropout, inputGradient, type LossName, predict, registerLayer, registerRecurrentCell } from 'paperlab/engine';
import { RandomSequence, tf } from 'paperlab/runtime';
import { distance, numbers, sample, tolerance, trainEagerly, trainWithEngine, twins, weightsOf } from './engine-support.js';

const { layers } = tf;
type Layer = tf.layers.Layer;

const classifier =
  (...parts: (() => Layer)[]) =>
  () =>
    tf.sequential({ layers: [...parts.map((part) => part()), layers.dense({ units: 4, activation: 'softmax' })] });

async function assertSame(
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

const picture = [8, 8, 2];
const series = [12, 3];

const cases: Record<string, { build: () => tf.LayersModel; shape: number[] }> = {
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

for (const [name, { build, shape }] of Object.entries(cases)) test(`like tf.layers: ${name}`, () => assertSame(build, sample({ shape })));

const everyActivation = [
  'elu',
  'hardSigmoid',
  'linear',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'tanh',
  'swish',
  'mish',
  'gelu',
  'gelu_new',
] as const;
test('like tf.layers: every activation, side by side', () =>
  assertSame(
    () => {
      const input = tf.input({ shape: [5] });
      const branches = everyActivation.map(
        (activation) => layers.dense({ units: 3, activation, kernelInitializer: 'randomNormal' }).apply(input) as tf.SymbolicTensor,
      );
      const joined = layers.concatenate().apply(branches) as tf.SymbolicTensor;
      return tf.model({ inputs: input, outputs: layers.dense({ units: 4, activation: 'softmax' }).apply(joined) as tf.SymbolicTensor });
    },
    sample({ shape: [5] }),
  ));

test('regularisers of recurrent layers count, as in Keras (tf.layers forgets them)', async () => {
  const l2 = { l2: 0.1 };
  const build = classifier(() =>
    layers.lstm({
      inputShape: [6, 3],
      units: 5,
      kernelRegularizer: tf.regularizers.l2(l2),
      recurrentRegularizer: tf.regularizers.l2(l2),
      biasRegularizer: tf.regularizers.l2(l2),
    }),
  );
  const [regularised] = twins(build);
  const [plain] = twins(classifier(() => layers.lstm({ inputShape: [6, 3], units: 5 })));
  plain.setWeights(regularised.getWeights());
  const penalties = weightsOf(regularised)
    .slice(0, 3)
    .reduce((sum, weight) => sum + 0.1 * weight.reduce((total, value) => total + value * value, 0), 0);
  const still = { optimizer: { kind: 'sgd', learningRate: 0 }, loss: 'categoricalCrossentropy' } as const;
  const [withPenalty, without] = [
    await trainWithEngine(regularised, sample({ shape: [6, 3] }), still),
    await trainWithEngine(plain, sample({ shape: [6, 3] }), still),
  ];
  assert.ok(distance([withPenalty.loss], [without.loss + penalties]) < tolerance.loss);
});

const scores = (units: number, activation: 'linear' | 'sigmoid' | 'softmax') => () =>
  tf.sequential({ layers: [layers.dense({ inputShape: [5], units: 7, activation: 'tanh' }), layers.dense({ units, activation })] });
test('like tf.layers: sparse categorical cross-entropy', () =>
  assertSame(scores(4, 'softmax'), sample({ shape: [5] }), 'sparseCategoricalCrossentropy'));
test('like tf.layers: binary cross-entropy', () =>
  assertSame(scores(1, 'sigmoid'), sample({ shape: [5], classes: 2 }), 'binaryCrossentropy'));
test('like tf.layers: binary cross-entropy over several outputs', () =>
  assertSame(scores(4, 'sigmoid'), sample({ shape: [5] }), 'binaryCrossentropy'));
test('like tf.layers: mean squared error', () => assertSame(scores(4, 'linear'), sample({ shape: [5] }), 'meanSquaredError'));
test('like tf.layers: hinge', () => assertSame(scores(4, 'linear'), sample({ shape: [5] }), 'hinge'));

test('shards of 1, 2, 3 and more than a batch agree with tf.layers', async () => {
  for (const shards of [1, 3, 9])
    await assertSame(
      cases['batch normalisation after conv2d']!.build,
      sample({ shape: picture, count: 19 }),
      'categoricalCrossentropy',
      shards,
    );
});

/** Models drawn at random: a front end for pictures, an optional middle, a head. The seed is in the test's name, so that a failure repeats. */
function randomModel(seed: number): () => tf.LayersModel {
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
for (let seed = 1; seed <= 6; seed++)
  test(`like tf.layers: random model ${seed}`, () =>
    assertSame(randomModel(seed), sample({ shape: picture, seed }), 'sparseCategoricalCrossentropy'));

test('input gradients agree with finite differences, through convolution and recurrence', async () => {
  const build = classifier(
    () => layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 2, activation: 'tanh' }),
    () => layers.reshape({ targetShape: [3, 6] }),
    () => layers.lstm({ units: 3, recurrentActivation: 'sigmoid' }),
  );
  const [model] = twins(build);
  const examples = sample({ shape: [4, 4, 1], count: 2 });
  const loss = 'sparseCategoricalCrossentropy';
  const { gradients } = await inputGradient(model, examples, { loss });
  const width = 16;
  const step = 1e-2;
  // All disturbed copies of both examples in one call.
  const disturbed = (sign: number): Examples => {
    const inputs = new Float32Array(2 * width * width);
    for (let copy = 0; copy < 2 * width; copy++) {
      const example = Math.floor(copy / width);
      inputs.set((examples.inputs as Float32Array).subarray(example * width, (example + 1) * width), copy * width);
      inputs[copy * width + (copy % width)]! += sign * step;
    }
    return {
      inputs,
      shape: [4, 4, 1],
      count: 2 * width,
      labels: Uint8Array.from({ length: 2 * width }, (_, copy) => examples.labels[Math.floor(copy / width)]!),
    };
  };
  const [above, below] = await Promise.all([disturbed(1), disturbed(-1)].map((set) => inputGradient(model, set, { loss })));
  const expected = above!.losses.map((value, index) => (value - below!.losses[index]!) / (2 * step));
  assert.ok(distance(gradients, expected, 1e-6) < tolerance.finiteDifference);
});

test("a layer of one's own takes ten lines", async () => {
  class ScaleAndShift extends tf.layers.Layer {
    static readonly className = 'ScaleAndShift';
    override build(inputShape: tf.Shape): void {
      const maps = [inputShape.at(-1)!];
      this.addWeight('factor', maps, 'float32', tf.initializers.ones());
      this.addWeight('term', maps, 'float32', tf.initializers.zeros());
      this.built = true;
    }
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const [factor, term] = this.weights.map((weight) => weight.read());
      return tf.tidy(() => (Array.isArray(inputs) ? inputs[0]! : inputs).mul(factor!).add(term!));
    }
    override computeOutputShape(inputShape: tf.Shape): tf.Shape {
      return inputShape;
    }
  }
  registerLayer('ScaleAndShift', { forward: ({ g, weight }, x) => g.add(g.multiply(x, weight(0)), weight(1)) });
  await assertSame(
    classifier(
      () => layers.averagePooling2d({ inputShape: picture, poolSize: 2 }),
      () => new ScaleAndShift({}),
      () => layers.flatten(),
    ),
    sample({ shape: picture }),
  );
});

test("a recurrent cell of one's own is an equation", async () => {
  // A leaky unit: h′ = a·h + (1 − a)·tanh(sum), with a = σ(decay) learned per unit.
  class LeakyRecurrence extends tf.layers.Layer {
    static readonly className = 'LeakyRecurrence';
    constructor(private readonly units: number) {
      super({});
    }
    override build(inputShape: tf.Shape): void {
      const make = (name: string, shape: number[], seed: number) => {
        const weight = this.addWeight(name, shape, 'float32', tf.initializers.zeros());
        weight.write(
          tf.tensor(
            numbers(
              shape.reduce((a, b) => a * b, 1),
              seed,
              -0.5,
              0.5,
            ),
            shape,
          ),
        );
      };
      make('kernel', [inputShape.at(-1)!, this.units], 1);
      make('recurrent_kernel', [this.units, this.units], 2);
      make('bias', [this.units], 3);
      make('decay', [this.units], 4);
      this.built = true;
    }
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.tidy(() => {
        const [kernel, recurrentKernel, bias, decay] = this.weights.map((weight) => weight.read()) as [
          tf.Tensor2D,
          tf.Tensor2D,
          tf.Tensor1D,
          tf.Tensor1D,
        ];
        const steps = tf.unstack(Array.isArray(inputs) ? inputs[0]! : inputs, 1) as tf.Tensor2D[];
        const keep = decay.sigmoid();
        let h: tf.Tensor2D = tf.zeros([steps[0]!.shape[0], this.units]);
        for (const x of steps) h = h.mul(keep).add(tf.tanh(x.matMul(kernel).add(h.matMul(recurrentKernel)).add(bias)).mul(tf.sub(1, keep)));
        return h;
      });
    }
    override computeOutputShape(inputShape: tf.Shape): tf.Shape {
      return [(inputShape as number[])[0]!, this.units];
    }
  }
  registerRecurrentCell('LeakyRecurrence', {
    gates: 1,
    states: 1,
    step({ g, extras: [decay] }, [sum], [h]) {
      const keep = g.sigmoid(decay!);
      return [g.add(g.multiply(h!, keep), g.multiply(g.tanh(sum!), g.subtract(g.scalar(1), keep)))];
    },
  });
  await assertSame(
    classifier(
      () => layers.dense({ inputShape: [24, 2], units: 2 }),
      () => new LeakyRecurrence(3),
    ),
    sample({ shape: [24, 2] }),
  );
});

test('channel dropout drops whole channels, at its rate, and nothing at evaluation', async () => {
  const model = tf.sequential({ layers: [channelDropout({ inputShape: [3, 3, 50], rate: 0.4 })] });
  const examples: Examples = { inputs: new Float32Array(40 * 450).fill(1), shape: [3, 3, 50], labels: new Uint8Array(0), count: 40 };
  const plain = await predict(model, examples);
  assert.ok(plain.every((value) => value === 1));
  const masked = await predict(model, examples, { dropout: true, seed: 4 });
  let channelsDropped = 0;
  for (let example = 0; example < 40; example++) {
    for (let channel = 0; channel < 50; channel++) {
      const values = Array.from({ length: 9 }, (_, place) => masked[example * 450 + place * 50 + channel]!);
      assert.ok(
        values.every((value) => value === values[0]),
        'a channel falls or stays as one',
      );
      assert.ok(values[0] === 0 || Math.abs(values[0]! - 1 / 0.6) < 1e-6);
      channelsDropped += values[0] === 0 ? 1 : 0;
    }
  }
  // 2,000 channels: five standard deviations around 40 %.
  assert.ok(Math.abs(channelsDropped / 2000 - 0.4) < 5 * Math.sqrt(0.24 / 2000), `${channelsDropped} of 2000`);
  const eager = model.apply(tf.ones([1, 3, 3, 50]), { training: true }) as tf.Tensor;
  assert.ok(new Set(eager.dataSync()).size === 2);
});
