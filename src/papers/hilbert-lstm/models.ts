/**
 * The report's networks: a recurrent layer of 128 units that reads an image pixel by pixel, dropout, a dense layer and the classes;
 * and the convolutional baseline that sees the image whole.
 */
import { tf } from '../../runtime/index.js';
import { PowerLawLSTM } from './power-law.js';

/** How an LSTM's gates start. Keras' default opens the forget gate by a bias of one; the report used Keras and does not speak of it. */
export type GateStart =
  | { kind: 'forget-bias'; bias: number }
  /** Tallec & Ollivier (2018): biases drawn so that the gates' memory spans 1 … longest steps. */
  | { kind: 'chrono'; longest: number };

export type CellName = 'simple-rnn' | 'lstm' | 'power-law-lstm';

export interface SequenceNetworkOptions {
  cell: CellName;
  steps: number;
  units?: number;
  gateStart?: GateStart;
}

function recurrentLayer(cell: CellName, units: number, inputShape: tf.Shape): tf.layers.Layer {
  const common = { name: 'recurrent', units, inputShape };
  switch (cell) {
    case 'lstm':
      return tf.layers.lstm({ ...common, recurrentActivation: 'sigmoid', unitForgetBias: true });
    case 'simple-rnn':
      return tf.layers.simpleRNN(common);
    case 'power-law-lstm':
      return new PowerLawLSTM(common);
  }
}

/** Reads `steps` numbers one after another and names a digit at the end. */
export function sequenceNetwork({ cell, steps, units = 128, gateStart }: SequenceNetworkOptions): tf.Sequential {
  const model = tf.sequential({ name: `hilbert-${cell}-${steps}` });
  const inputShape = [steps, 1];
  model.add(recurrentLayer(cell, units, inputShape));
  model.add(tf.layers.dropout({ name: 'dropout', rate: 0.5 }));
  model.add(tf.layers.dense({ name: 'dense', units: 128, activation: 'relu' }));
  model.add(tf.layers.dense({ name: 'classes', units: 10, activation: 'softmax' }));
  if (gateStart) setGateStart(model, units, gateStart);
  return model;
}

/** Overwrites the LSTM's gate biases. Gate order in the bias vector: input, forget, candidate, output. */
function setGateStart(model: tf.Sequential, units: number, start: GateStart): void {
  const layer = model.getLayer('recurrent');
  const [kernel, recurrentKernel, bias] = layer.getWeights();
  if (bias === undefined || bias.size !== 4 * units)
    throw new RangeError(`Gate biases can be set on an LSTM of ${units} units only; the layer "${layer.name}" is not one.`);
  const values = Float32Array.from(bias.dataSync());
  for (let unit = 0; unit < units; unit++) {
    if (start.kind === 'forget-bias') values[units + unit] = start.bias;
    else {
      const span = 1 + Math.random() * (start.longest - 2);
      values[units + unit] = Math.log(span);
      values[unit] = -Math.log(span);
    }
  }
  tf.tidy(() => layer.setWeights([kernel, recurrentKernel, tf.tensor1d(values)]));
}

/** The baseline: one convolution, one pooling, two dense layers. The report does not give the filters; 32 of 3 × 3 is the tutorial's. */
export function baselineCnn(filters = 32): tf.Sequential {
  return tf.sequential({
    name: 'hilbert-baseline',
    layers: [
      tf.layers.conv2d({ name: 'convolution', inputShape: [28, 28, 1], filters, kernelSize: 3, activation: 'relu' }),
      tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'dense', units: 128, activation: 'relu' }),
      tf.layers.dense({ name: 'classes', units: 10, activation: 'softmax' }),
    ],
  });
}
