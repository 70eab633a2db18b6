/** The engine computes what tf.layers computes: outputs, loss and weights after several steps, layer by layer and loss by loss. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Examples } from 'paperlab/data';
import { channelDropout, inputGradient, predict, registerLayer, registerRecurrentCell } from 'paperlab/engine';
import { tf } from 'paperlab/runtime';
import { assertSame, cases, classifier, picture, randomModel } from './engine-cases.js';
import { distance, numbers, sample, tolerance, trainWithEngine, twins, weightsOf } from './engine-support.js';

const { layers } = tf;

/** One of each kind here; tests/long/engine-equality.test.ts runs them all. */
const quick = [
  'conv2d same, strides',
  'conv1d',
  'pooling 1-D',
  'zero padding, permute, reshape',
  'global pooling 2-D',
  'add, concatenate, a shared layer',
  'batch normalisation after conv2d',
  'regularisers',
  'lstm, 31 steps (no divisor)',
  'lstm stacked, sequences, backwards',
  'simple recurrence',
];
for (const name of quick) test(`like tf.layers: ${name}`, () => assertSame(cases[name]!.build, sample({ shape: cases[name]!.shape })));

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

test('shards of 1 and more than a batch agree with tf.layers', async () => {
  for (const shards of [1, 9])
    await assertSame(
      cases['batch normalisation after conv2d']!.build,
      sample({ shape: picture, count: 19 }),
      'categoricalCrossentropy',
      shards,
    );
});

for (let seed = 1; seed <= 2; seed++)
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
