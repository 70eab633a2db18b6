/** What the engine's tests share: numbers that repeat, small examples, and tf.layers' own training as the yardstick. */
import type { Examples } from 'paperlab/data';
import { channelDropout, type FitOptions, fit, type LossName } from 'paperlab/engine';
import { hashSeed, permutation, RandomSequence, seeded, tf } from 'paperlab/runtime';

/**
 * All tolerances, relative to the largest number compared, each with its reason.
 * float32 carries 24 bits (6e-8); sums over tens to thousands of terms in another order lose a few of them.
 */
export const tolerance = {
  /** One pass forward: products of a few hundred terms. */
  outputs: 2e-6,
  /** A few SGD steps: the same errors, times the learning rate, added up. */
  weights: 1e-5,
  loss: 1e-5,
  /** Optimisers in float32 against float64: square roots and divisions of numbers near ε. */
  optimizer: 2e-5,
  /** Another number of shards adds in another order, over several steps. */
  shards: 2e-5,
  /** Central differences with step 1e-2 in float32 arithmetic: error of order step² and 1e-7 / step. */
  finiteDifference: 2e-2,
} as const;

export function numbers(count: number, seed: number, low = -1, high = 1): Float32Array {
  const random = new RandomSequence(seed);
  return Float32Array.from({ length: count }, () => low + (high - low) * random.next());
}

export interface Sample {
  shape: number[];
  classes?: number;
  count?: number;
  seed?: number;
}

export function sample({ shape, classes = 4, count = 18, seed = 3 }: Sample): Examples {
  const size = shape.reduce((product, length) => product * length, 1);
  const random = new RandomSequence(seed + 1);
  return {
    inputs: numbers(count * size, seed),
    shape,
    labels: Uint8Array.from({ length: count }, () => Math.floor(random.next() * classes)),
    count,
  };
}

/** Largest difference, relative to the largest value; absolute where all values are tiny. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1e-3): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = floor;
  let difference = 0;
  for (let index = 0; index < expected.length; index++) {
    largest = Math.max(largest, Math.abs(expected[index]!));
    const here = Math.abs(actual[index]! - expected[index]!);
    if (!(here <= difference)) difference = here;
  }
  return difference / largest;
}

export const weightsOf = (model: tf.LayersModel): Float32Array[] =>
  model.getWeights().map((weight) => weight.dataSync().slice() as Float32Array);

export const allWeights = (model: tf.LayersModel): Float32Array => {
  const parts = weightsOf(model);
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
};

export const bits = (model: tf.LayersModel): string => Buffer.from(allWeights(model).buffer).toString('hex');

const layersLoss: Record<LossName, string> = {
  sparseCategoricalCrossentropy: 'sparseCategoricalCrossentropy',
  categoricalCrossentropy: 'categoricalCrossentropy',
  binaryCrossentropy: 'binaryCrossentropy',
  meanSquaredError: 'meanSquaredError',
  hinge: 'categoricalHinge',
};

export interface Trained {
  weights: Float32Array[];
  loss: number;
}

/** Trains with tf.layers on the very batches that the engine will take. */
export async function trainEagerly(
  model: tf.LayersModel,
  examples: Examples,
  { loss, batchSize, seed, learningRate }: { loss: LossName; batchSize: number; seed: number; learningRate: number },
): Promise<Trained> {
  const width = model.outputs[0]!.shape[1]!;
  const sparse = loss === 'sparseCategoricalCrossentropy' || width === 1;
  model.compile({ optimizer: tf.train.sgd(learningRate), loss: layersLoss[loss] });
  const order = permutation(examples.count, hashSeed(seed, 'shuffle', 1));
  const xs = tf.tensor(examples.inputs, [examples.count, ...examples.shape], 'float32');
  const classes = tf.tensor1d(Int32Array.from(examples.labels), 'int32');
  const ys = sparse ? classes.toFloat().reshape([-1, 1]) : tf.oneHot(classes, width).toFloat();
  let total = 0;
  for (let start = 0; start < examples.count; start += batchSize) {
    const rows = tf.tensor1d(order.slice(start, start + batchSize), 'int32');
    const x = tf.gather(xs, rows);
    const y = tf.gather(ys, rows);
    total += ((await model.trainOnBatch(x, y)) as number) * rows.size;
    tf.dispose([rows, x, y]);
  }
  tf.dispose([xs, classes, ys]);
  return { weights: weightsOf(model), loss: total / examples.count };
}

/** Two models alike, first weights included. */
export function twins(build: () => tf.LayersModel): [tf.LayersModel, tf.LayersModel] {
  const first = seeded(5, build);
  const second = seeded(5, build);
  second.setWeights(first.getWeights());
  return [first, second];
}

export async function trainWithEngine(
  model: tf.LayersModel,
  examples: Examples,
  options: Partial<FitOptions> & { loss: LossName },
): Promise<Trained> {
  const history = await fit(model, examples, {
    optimizer: { kind: 'sgd', learningRate: 0.1 },
    epochs: 1,
    batchSize: 6,
    seed: 9,
    ...options,
  });
  return { weights: weightsOf(model), loss: history.epochs[0]!.loss };
}

/** Everything that draws or shares: both dropouts, batch normalisation, and with `recurrent` an LSTM with its own dropouts. */
export function busyModel({ recurrent = false } = {}): tf.LayersModel {
  const { layers } = tf;
  const middle = recurrent
    ? [
        layers.reshape({ targetShape: [4, 12] }),
        layers.lstm({ units: 5, recurrentActivation: 'sigmoid', dropout: 0.1, recurrentDropout: 0.1 }),
      ]
    : [layers.flatten()];
  return seeded(11, () =>
    tf.sequential({
      layers: [
        layers.conv2d({ inputShape: [6, 6, 1], filters: 3, kernelSize: 3, activation: 'relu' }),
        channelDropout({ rate: 0.2 }),
        layers.batchNormalization(),
        ...middle,
        layers.dropout({ rate: 0.3 }),
        layers.dense({ units: 4, activation: 'softmax' }),
      ],
    }),
  );
}
