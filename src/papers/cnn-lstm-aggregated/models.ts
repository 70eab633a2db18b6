/**
 * The report's networks: two convolutional ones (III, IV), the same with an LSTM over a sequence of length one (I, II),
 * and the variants that a fair comparison needs. V and VI are I and II trained on flipped images and read out twice.
 */
import { channelDropout } from '../../engine/index.js';
import { tf } from '../../runtime/index.js';

/** Table II of the report: what distinguishes the two sizes. */
export interface Size {
  /** Channels of the first convolution; the second always has 32. */
  firstChannels: number;
  /** Units of the first dense layer, FC1. */
  features: number;
  /** Units of the LSTM, where there is one. */
  lstmUnits: number;
}

/** Models II, III and VI. */
export const narrowSize: Size = { firstChannels: 8, features: 64, lstmUnits: 320 };
/** Models I, IV and V. */
export const wideSize: Size = { firstChannels: 16, features: 32, lstmUnits: 160 };

export type Head =
  /** FC1 with ReLU and dropout, then the classes: the report's CNN. */
  | 'dense'
  /** FC1, then an LSTM over one time step, as the report joins them. */
  | 'lstm-length-1'
  /** FC1, then a dense layer that holds, together with FC2, as many numbers as that LSTM with its FC2: is it the LSTM or its size? */
  | 'dense-equal-parameters'
  /** The same, as wide as the numbers that are at work in that LSTM: at length one most of those it holds are idle. */
  | 'dense-equal-working'
  /** FC1 without ReLU and without dropout behind it, then the classes: the CNN less all that the step to 'lstm-length-1' removes, and no LSTM. */
  | 'dense-linear'
  /** An LSTM that reads the 4 × 4 × 32 map as four rows: a sequence worth the name. */
  | 'lstm-rows';

export interface NetworkOptions extends Size {
  head: Head;
  /** Chance that a channel (after the second convolution) or a feature (after FC1) is dropped. */
  dropout?: number;
}

/** PyTorch's default start: uniform within ± 1/√(number of inputs), for weights and biases alike. */
function pytorchStart(inputs: number) {
  const bound = 1 / Math.sqrt(inputs);
  return {
    kernelInitializer: tf.initializers.randomUniform({ minval: -bound, maxval: bound }),
    biasInitializer: tf.initializers.randomUniform({ minval: -bound, maxval: bound }),
  };
}

function lstm(units: number) {
  const bound = 1 / Math.sqrt(units);
  const uniform = () => tf.initializers.randomUniform({ minval: -bound, maxval: bound });
  return tf.layers.lstm({
    name: 'lstm',
    units,
    recurrentActivation: 'sigmoid',
    unitForgetBias: false,
    kernelInitializer: uniform(),
    recurrentInitializer: uniform(),
    biasInitializer: uniform(),
  });
}

/** Numbers that an LSTM layer holds: four gates, each with input weights, recurrent weights and a bias. */
export function lstmParameters(inputs: number, units: number, biasVectors: 1 | 2 = 1): number {
  return 4 * (units * inputs + units * units + biasVectors * units);
}

/** Numbers of an LSTM over one time step that cannot change its answer: recurrent weights, and all of the forget gate. */
export function idleNumbers(inputs: number, units: number): number {
  return 4 * units * units + units * inputs + units;
}

/** Width of a dense layer that, with the classifier behind it, holds about this many numbers and a classifier behind as many units as the LSTM has. */
const widthFor = (numbers: number, inputs: number, lstmUnits: number, classes: number) =>
  Math.round((numbers + lstmUnits * classes) / (inputs + 1 + classes));

/** Width of a dense layer that, with the classifier behind it, holds about as many numbers as the LSTM and its classifier. */
export const equalParameterWidth = (inputs: number, lstmUnits: number, classes = 10): number =>
  widthFor(lstmParameters(inputs, lstmUnits), inputs, lstmUnits, classes);

/** The same for those numbers alone that are at work in an LSTM over one time step. */
export const equalWorkingWidth = (inputs: number, lstmUnits: number, classes = 10): number =>
  widthFor(lstmParameters(inputs, lstmUnits) - idleNumbers(inputs, lstmUnits), inputs, lstmUnits, classes);

export function network({ firstChannels, features, lstmUnits, head, dropout = 0.5 }: NetworkOptions): tf.Sequential {
  const model = tf.sequential({ name: `aggregated-${head}` });
  const recurrent = head === 'lstm-length-1' || head === 'lstm-rows';
  const kernel = 5;
  model.add(
    tf.layers.conv2d({
      name: 'conv1',
      inputShape: [28, 28, 1],
      filters: firstChannels,
      kernelSize: kernel,
      activation: 'relu',
      ...pytorchStart(kernel * kernel),
    }),
  );
  model.add(tf.layers.maxPooling2d({ name: 'pool1', poolSize: 2, strides: 2 }));
  model.add(
    tf.layers.conv2d({
      name: 'conv2',
      filters: 32,
      kernelSize: kernel,
      activation: 'relu',
      ...pytorchStart(kernel * kernel * firstChannels),
    }),
  );
  // A dropped channel stays zero through ReLU and pooling, so the two orders that the authors use compute the same.
  model.add(channelDropout({ name: 'channel-dropout', rate: dropout }));
  model.add(tf.layers.maxPooling2d({ name: 'pool2', poolSize: 2, strides: 2 }));
  if (head === 'lstm-rows') {
    model.add(tf.layers.reshape({ name: 'rows', targetShape: [4, 4 * 32] }));
    model.add(lstm(lstmUnits));
  } else {
    model.add(tf.layers.flatten({ name: 'flatten' }));
    const linear = head === 'lstm-length-1' || head === 'dense-linear';
    model.add(tf.layers.dense({ name: 'fc1', units: features, activation: linear ? 'linear' : 'relu', ...pytorchStart(512) }));
    if (head === 'lstm-length-1') {
      model.add(tf.layers.reshape({ name: 'one-step', targetShape: [1, features] }));
      model.add(lstm(lstmUnits));
    } else if (!linear) model.add(tf.layers.dropout({ name: 'dropout', rate: dropout }));
  }
  let width = recurrent ? lstmUnits : features;
  if (head === 'dense-equal-parameters' || head === 'dense-equal-working') {
    width = (head === 'dense-equal-parameters' ? equalParameterWidth : equalWorkingWidth)(features, lstmUnits);
    model.add(tf.layers.dense({ name: 'wide', units: width, activation: 'relu', ...pytorchStart(features) }));
  }
  if (recurrent) model.add(tf.layers.activation({ name: 'relu', activation: 'relu' }));
  model.add(tf.layers.dense({ name: 'fc2', units: 10, activation: 'softmax', ...pytorchStart(width) }));
  return model;
}

export type ModelName = 'I' | 'II' | 'III' | 'IV' | 'V' | 'VI';

/** What each of the six models is: its network, and whether it is trained on flips and read out twice. */
export const sixModels: Record<ModelName, NetworkOptions & { aggregated: boolean }> = {
  I: { ...wideSize, head: 'lstm-length-1', aggregated: false },
  II: { ...narrowSize, head: 'lstm-length-1', aggregated: false },
  III: { ...narrowSize, head: 'dense', aggregated: false },
  IV: { ...wideSize, head: 'dense', aggregated: false },
  V: { ...wideSize, head: 'lstm-length-1', aggregated: true },
  VI: { ...narrowSize, head: 'lstm-length-1', aggregated: true },
};

export function modelNumber(name: ModelName, options: Partial<NetworkOptions> = {}): tf.Sequential {
  const { aggregated: _, ...description } = sixModels[name];
  return network({ ...description, ...options });
}

export type AggregationRule = 'maximum' | 'mean';

/**
 * The report's read-out of an image and its mirror image: the largest of all twenty probabilities decides, of equals the first, and the image
 * itself comes before its mirror image. Its alternative, the mean of the two vectors, is the usual test-time augmentation.
 */
export function aggregate(direct: Float32Array, mirrored: Float32Array, classes: number, rule: AggregationRule = 'maximum'): Uint8Array {
  if (direct.length !== mirrored.length || direct.length % classes !== 0)
    throw new RangeError(
      `aggregate: got ${direct.length} and ${mirrored.length} probabilities; both must be the same multiple of ${classes} classes.`,
    );
  const predicted = new Uint8Array(direct.length / classes);
  const scores: ((at: number) => number)[] =
    rule === 'mean' ? [(at) => (direct[at] + mirrored[at]) / 2] : [(at) => direct[at], (at) => mirrored[at]];
  for (let image = 0; image < predicted.length; image++) {
    let best = -1;
    for (const scoreAt of scores)
      for (let label = 0; label < classes; label++) {
        const score = scoreAt(image * classes + label);
        if (score <= best) continue;
        best = score;
        predicted[image] = label;
      }
  }
  return predicted;
}

/** The networks of table I that can be trained from what it says of them. */
export const publishedRows = ['cnn-lstm', 'cnn', 'cnn-svm'] as const;
export type PublishedRow = (typeof publishedRows)[number];

/**
 * A network of table I. Open there and chosen here: the width of the dense layer (256) and of the LSTM (128), which reads the map row by
 * row; batch normalisation after each convolution and dropout 0.5 before the classes, where the row names them.
 */
export function publishedNetwork(row: PublishedRow): tf.Sequential {
  const model = tf.sequential({ name: `published-${row}` });
  const stage = (name: string, filters: number, kernelSize: number, inputShape?: [number, number, number]) => {
    const padding = row === 'cnn' ? 'same' : 'valid';
    model.add(tf.layers.conv2d({ name, filters, kernelSize, padding, ...(inputShape ? { inputShape } : {}) }));
    if (row !== 'cnn-lstm') model.add(tf.layers.batchNormalization({ name: `${name}-normalise` }));
    model.add(tf.layers.activation({ name: `${name}-relu`, activation: 'relu' }));
  };
  const pool = (name: string) => model.add(tf.layers.maxPooling2d({ name, poolSize: 2, strides: 2 }));
  stage('conv1', row === 'cnn-lstm' ? 20 : 32, row === 'cnn-lstm' ? 3 : 5, [28, 28, 1]);
  pool('pool1');
  stage('conv2', row === 'cnn-lstm' ? 20 : 64, 5);
  if (row === 'cnn-lstm') {
    model.add(tf.layers.reshape({ name: 'rows', targetShape: [9, 9 * 20] }));
    model.add(tf.layers.lstm({ name: 'lstm', units: 128, recurrentActivation: 'sigmoid' }));
  } else {
    pool('pool2');
    model.add(tf.layers.flatten({ name: 'flatten' }));
  }
  model.add(tf.layers.dense({ name: 'dense', units: 256, activation: 'relu' }));
  if (row !== 'cnn-lstm') model.add(tf.layers.dropout({ name: 'dropout', rate: 0.5 }));
  model.add(tf.layers.dense({ name: 'classes', units: 10, activation: row === 'cnn-svm' ? 'linear' : 'softmax' }));
  return model;
}
