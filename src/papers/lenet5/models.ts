/**
 * The report's networks: LeNet-5 as LeCun and colleagues built it in 1998, LeNet-5 as one builds it today, the report's own variant,
 * and the networks of its comparison table. All take pictures of 32 × 32 (LeNets) or 28 × 28 (the others) and name one of ten garments.
 */
import { tf } from '../../runtime/index.js';
import { c3Connections, PartialConvolution, TrainableSubSampling } from './layers.js';

export type Activation = 'tanh' | 'relu';

export interface ClassicOptions {
  activation?: Activation;
  /** 'trainable': a weight and a bias per map, as in 1998. 'average': plain average pooling, as today. */
  subSampling?: 'trainable' | 'average';
  /** 'partial': each map of C3 sees only some maps of S2, as in 1998. 'full': it sees all six. */
  c3?: 'partial' | 'full';
}

/**
 * LeNet-5. Three things differ from 1998 in every reading: the squashing is a plain tanh; sub-sampling takes the mean of four pixels and not
 * their sum, which its trainable weight can make up for; and the output is a softmax instead of distances to drawn characters, for garments
 * have no such drawings.
 */
export function classicLeNet5({ activation = 'tanh', subSampling = 'trainable', c3 = 'full' }: ClassicOptions = {}): tf.Sequential {
  const model = tf.sequential({ name: 'classic-lenet5' });
  const pool = (name: string) => {
    if (subSampling === 'average') return model.add(tf.layers.averagePooling2d({ name, poolSize: 2 }));
    model.add(new TrainableSubSampling({ name }));
    model.add(tf.layers.activation({ name: `${name}-squash`, activation }));
  };
  model.add(tf.layers.conv2d({ name: 'C1', inputShape: [32, 32, 1], filters: 6, kernelSize: 5, activation }));
  pool('S2');
  if (c3 === 'partial') {
    model.add(new PartialConvolution({ name: 'C3', kernelSize: 5, connections: c3Connections }));
    model.add(tf.layers.activation({ name: 'C3-squash', activation }));
  } else model.add(tf.layers.conv2d({ name: 'C3', filters: 16, kernelSize: 5, activation }));
  pool('S4');
  model.add(tf.layers.conv2d({ name: 'C5', filters: 120, kernelSize: 5, activation }));
  model.add(tf.layers.flatten({ name: 'flatten' }));
  model.add(tf.layers.dense({ name: 'F6', units: 84, activation }));
  model.add(tf.layers.dense({ name: 'output', units: 10, activation: 'softmax' }));
  return model;
}

export interface ProposedOptions {
  activation?: Activation;
  /** Units of the dense layer that the report adds; it does not say how many. Default: as many as the layer before it. */
  fc3?: number;
  /**
   * C5 leaves one pixel per map, which no 2 × 2 pool can shrink. 'identity' (default) pools it all the same, padded: nothing changes.
   * 'wide' pads C5 instead, so that 5 × 5 pixels come out and the pool has something to do.
   */
  thirdPool?: 'identity' | 'wide';
}

/** The report's variant: pools after the first, second and fifth convolution (C1, C3, C5) and one more dense layer, FC3. */
export function proposedLeNet5({ activation = 'tanh', fc3 = 84, thirdPool = 'identity' }: ProposedOptions = {}): tf.Sequential {
  const convolution = thirdPool === 'wide' ? 'same' : 'valid';
  return tf.sequential({
    name: 'proposed-lenet5',
    layers: [
      tf.layers.conv2d({ name: 'C1', inputShape: [32, 32, 1], filters: 6, kernelSize: 5, activation }),
      tf.layers.averagePooling2d({ name: 'S2', poolSize: 2 }),
      tf.layers.conv2d({ name: 'C3', filters: 16, kernelSize: 5, activation }),
      tf.layers.averagePooling2d({ name: 'S4', poolSize: 2 }),
      tf.layers.conv2d({ name: 'C5', filters: 120, kernelSize: 5, activation, padding: convolution }),
      tf.layers.averagePooling2d({ name: 'third-pool', poolSize: 2, padding: 'same' }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'FC2', units: 84, activation }),
      tf.layers.dense({ name: 'FC3', units: fc3, activation }),
      tf.layers.dense({ name: 'FC4', units: 10, activation: 'softmax' }),
    ],
  });
}

/** Trainable numbers of one layer, by its name. */
export function layerParameters(model: tf.LayersModel, layer: string): number {
  return model.getLayer(layer).countParams();
}

/** Connections of a sub-sampling layer: each unit is joined to the pixels of its window and to one bias. */
export function subSamplingConnections(model: tf.LayersModel, layer: string): number {
  const { poolSize } = model.getLayer(layer).getConfig() as unknown as { poolSize: [number, number] };
  const [, height, width, maps] = model.getLayer(layer).outputShape as number[];
  return height * width * maps * (poolSize[0] * poolSize[1] + 1);
}

/** Numbers of one picture that each unit of a convolution sees: window × window × maps before it. */
export function convolutionFanIn(model: tf.LayersModel, layer: string): number {
  const kernel = model.getLayer(layer).getWeights()[0];
  return kernel.shape.slice(0, -1).reduce((product, length) => product * length, 1);
}

/** A dense network on the 784 pixels: one hidden layer of 100 as scikit-learn's default, or the widths given. */
export function denseNetwork({ hidden = [100], activation = 'relu' }: { hidden?: number[]; activation?: Activation } = {}): tf.Sequential {
  const model = tf.sequential({ name: `dense-${hidden.join('-')}` });
  model.add(tf.layers.flatten({ name: 'pixels', inputShape: [28, 28, 1] }));
  hidden.forEach((units, index) => {
    model.add(tf.layers.dense({ name: `hidden${index + 1}`, units, activation }));
  });
  model.add(tf.layers.dense({ name: 'classes', units: 10, activation: 'softmax' }));
  return model;
}

export interface ComparisonCnnOptions {
  filters?: [number, number];
  dense?: number;
  dropout?: number;
  batchNormalization?: boolean;
  /** A second convolution in each stage, its output added to its input. */
  skip?: boolean;
  /** 'softmax' for cross-entropy; 'svm': plain scores for the hinge loss. */
  head?: 'softmax' | 'svm';
}

/**
 * The convolutional rows of the comparison table: one network of two convolutions for all of them, with batch normalisation, a skip or
 * another head added, so that rows differ by nothing else.
 */
export function comparisonCnn({
  filters = [32, 64],
  dense = 128,
  dropout = 0,
  batchNormalization = false,
  skip = false,
  head = 'softmax',
}: ComparisonCnnOptions = {}): tf.LayersModel {
  const input = tf.input({ shape: [28, 28, 1] });
  const normalised = (x: tf.SymbolicTensor, name: string) =>
    batchNormalization ? (tf.layers.batchNormalization({ name }).apply(x) as tf.SymbolicTensor) : x;
  const rectified = (x: tf.SymbolicTensor, name: string) =>
    tf.layers.activation({ name, activation: 'relu' }).apply(x) as tf.SymbolicTensor;
  const convolved = (x: tf.SymbolicTensor, name: string, maps: number) =>
    normalised(
      tf.layers.conv2d({ name, filters: maps, kernelSize: 3, padding: 'same' }).apply(x) as tf.SymbolicTensor,
      `${name}-normalise`,
    );
  const stage = (x: tf.SymbolicTensor, number: number, maps: number) => {
    let y = rectified(convolved(x, `conv${number}`, maps), `conv${number}-relu`);
    if (skip) {
      const inner = convolved(y, `conv${number}b`, maps);
      y = rectified(tf.layers.add({ name: `skip${number}` }).apply([y, inner]) as tf.SymbolicTensor, `conv${number}b-relu`);
    }
    return tf.layers.maxPooling2d({ name: `pool${number}`, poolSize: 2 }).apply(y) as tf.SymbolicTensor;
  };
  let x = stage(stage(input, 1, filters[0]), 2, filters[1]);
  x = tf.layers.flatten({ name: 'flatten' }).apply(x) as tf.SymbolicTensor;
  x = tf.layers.dense({ name: 'dense', units: dense, activation: 'relu' }).apply(x) as tf.SymbolicTensor;
  if (dropout > 0) x = tf.layers.dropout({ name: 'dropout', rate: dropout }).apply(x) as tf.SymbolicTensor;
  const output = tf.layers
    .dense({ name: 'classes', units: 10, activation: head === 'softmax' ? 'softmax' : 'linear' })
    .apply(x) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output, name: 'comparison-cnn' });
}
