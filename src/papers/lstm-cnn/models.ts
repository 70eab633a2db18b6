/**
 * The report's four networks and its stack. All begin alike: batch normalisation per colour, then the image read as a
 * sequence of rows. What follows is an LSTM, a one-dimensional convolution along the sequence, or both in either order.
 */
import { tf } from '../../runtime/index.js';

export type Architecture = 'lstm-cnn' | 'cnn-lstm' | 'lstm' | 'cnn' | 'stacked';

/** The report says that all models share their parameters, but not their values; a declared search sets them once for all. */
export interface SharedSettings {
  units: number;
  filters: number;
  kernelSize: number;
  dropout: number;
}

export interface NetworkOptions extends SharedSettings {
  architecture: Architecture;
  /** Height, width, colours of an image. */
  image: [number, number, number];
  classes: number;
  /** Blocks of LSTM and convolution in the stack. */
  blocks?: number;
}

export function network({ architecture, image, classes, units, filters, kernelSize, dropout, blocks = 3 }: NetworkOptions): tf.Sequential {
  const [height, width, colours] = image;
  const model = tf.sequential({ name: architecture });
  model.add(tf.layers.batchNormalization({ name: 'normalise', inputShape: image }));
  model.add(tf.layers.reshape({ name: 'rows', targetShape: [height, width * colours] }));

  let layer = 0;
  const lstm = (returnSequences: boolean) => {
    layer++;
    model.add(tf.layers.lstm({ name: `lstm${layer}`, units, returnSequences, recurrentActivation: 'sigmoid', unitForgetBias: true }));
    // "With a dropout rate" can mean the inputs, the state or the outputs; the outputs it is, for every model alike.
    model.add(tf.layers.dropout({ name: `lstm${layer}-dropout`, rate: dropout }));
  };
  const convolution = () => {
    layer++;
    model.add(tf.layers.conv1d({ name: `conv${layer}`, filters, kernelSize, padding: 'same', activation: 'relu' }));
    model.add(tf.layers.dropout({ name: `conv${layer}-dropout`, rate: dropout }));
  };

  if (architecture === 'lstm') lstm(false);
  else if (architecture === 'cnn') convolution();
  else if (architecture === 'cnn-lstm') {
    convolution();
    lstm(false);
  } else
    for (let block = 0; block < (architecture === 'stacked' ? blocks : 1); block++) {
      lstm(true);
      convolution();
    }
  // A convolution leaves a map of height × filters; an LSTM that ends the network leaves a vector.
  if (architecture !== 'lstm' && architecture !== 'cnn-lstm') model.add(tf.layers.flatten({ name: 'flatten' }));
  model.add(tf.layers.dense({ name: 'classes', units: classes, activation: 'softmax' }));
  return model;
}

/** Widths at which each architecture holds about `wanted` parameters, all else alike: is a difference one of kind or of size? */
export function widthForParameters(wanted: number, options: Omit<NetworkOptions, 'units' | 'filters'>): number {
  let best = { width: 1, distance: Number.POSITIVE_INFINITY };
  for (let width = 1; width <= 1024; width++) {
    const parameters = parameterCount({ ...options, units: width, filters: width });
    const distance = Math.abs(parameters - wanted);
    if (distance < best.distance) best = { width, distance };
    if (parameters > wanted) break;
  }
  return best.width;
}

/** Trainable numbers of a network, from its description alone. */
export function parameterCount({
  architecture,
  image,
  classes,
  units,
  filters,
  kernelSize,
  blocks = 3,
}: Omit<NetworkOptions, 'dropout'>): number {
  const [height, width, colours] = image;
  const lstm = (inputs: number) => 4 * (units * inputs + units * units + units);
  const convolution = (inputs: number) => filters * inputs * kernelSize + filters;
  const classifier = (inputs: number) => classes * inputs + classes;
  const row = width * colours;
  const normalisation = 2 * colours;
  switch (architecture) {
    case 'lstm':
      return normalisation + lstm(row) + classifier(units);
    case 'cnn':
      return normalisation + convolution(row) + classifier(height * filters);
    case 'cnn-lstm':
      return normalisation + convolution(row) + lstm(filters) + classifier(units);
    case 'lstm-cnn':
      return normalisation + lstm(row) + convolution(units) + classifier(height * filters);
    case 'stacked':
      return (
        normalisation + lstm(row) + convolution(units) + (blocks - 1) * (lstm(filters) + convolution(units)) + classifier(height * filters)
      );
  }
}

/** Multiplications with addition that one image costs on its way forward; what learning costs is about three times as much for all. */
export function multiplyAdds({
  architecture,
  image,
  classes,
  units,
  filters,
  kernelSize,
  blocks = 3,
}: Omit<NetworkOptions, 'dropout'>): number {
  const [height, width, colours] = image;
  const lstm = (inputs: number) => height * 4 * units * (inputs + units);
  const convolution = (inputs: number) => height * filters * inputs * kernelSize;
  const row = width * colours;
  const fromMap = classes * height * filters;
  switch (architecture) {
    case 'lstm':
      return lstm(row) + classes * units;
    case 'cnn':
      return convolution(row) + fromMap;
    case 'cnn-lstm':
      return convolution(row) + lstm(filters) + classes * units;
    case 'lstm-cnn':
      return lstm(row) + convolution(units) + fromMap;
    case 'stacked':
      return lstm(row) + convolution(units) + (blocks - 1) * (lstm(filters) + convolution(units)) + fromMap;
  }
}
