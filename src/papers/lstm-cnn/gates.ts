/** What a trained LSTM cell computes, in plain code: the six equations of the report, one step after another. */
import { type ImageSet, subset, toFloats } from '../../data/index.js';
import type { GateActivations } from '../../figures/index.js';
import { tf } from '../../runtime/index.js';

export interface CellWeights {
  features: number;
  units: number;
  /** features × 4 units, row by row; the columns are input gate, forget gate, candidate, output gate. */
  kernel: ArrayLike<number>;
  /** units × 4 units, in the same order. */
  recurrentKernel: ArrayLike<number>;
  /** 4 units. */
  bias: ArrayLike<number>;
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

/** Input, forget, candidate and output before they are squashed: W x + U h + b. */
function sums({ features, units, kernel, recurrentKernel, bias }: CellWeights, input: ArrayLike<number>, hidden: ArrayLike<number>) {
  const result = Float64Array.from(bias);
  for (let column = 0; column < 4 * units; column++) {
    for (let feature = 0; feature < features; feature++) result[column] += input[feature] * kernel[feature * 4 * units + column];
    for (let unit = 0; unit < units; unit++) result[column] += hidden[unit] * recurrentKernel[unit * 4 * units + column];
  }
  return result;
}

/** Runs the cell over a sequence of steps × features numbers and keeps every gate and state. */
export function gatesOf(weights: CellWeights, sequence: ArrayLike<number>): GateActivations {
  const { features, units } = weights;
  const steps = sequence.length / features;
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(
      `A sequence of ${features} features a step cannot have ${sequence.length} numbers: give steps × features of them.`,
    );
  const part = () => new Float32Array(steps * units);
  const values = { input: part(), forget: part(), candidate: part(), output: part(), cell: part(), hidden: part() };
  let hidden = new Float64Array(units);
  let cell = new Float64Array(units);
  for (let step = 0; step < steps; step++) {
    const input = Array.prototype.slice.call(sequence, step * features, (step + 1) * features) as number[];
    const before = sums(weights, input, hidden);
    const [nextHidden, nextCell] = [new Float64Array(units), new Float64Array(units)];
    for (let unit = 0; unit < units; unit++) {
      const i = sigmoid(before[unit]);
      const f = sigmoid(before[units + unit]);
      const g = Math.tanh(before[2 * units + unit]);
      const o = sigmoid(before[3 * units + unit]);
      nextCell[unit] = f * cell[unit] + i * g;
      nextHidden[unit] = o * Math.tanh(nextCell[unit]);
      const at = step * units + unit;
      values.input[at] = i;
      values.forget[at] = f;
      values.candidate[at] = g;
      values.output[at] = o;
      values.cell[at] = nextCell[unit];
      values.hidden[at] = nextHidden[unit];
    }
    [hidden, cell] = [nextHidden, nextCell];
  }
  return { steps, units, values };
}

/** How far a gate stands open at every step: the mean over all units. */
export function openingByStep({ steps, units, values }: GateActivations, gate: 'input' | 'forget' | 'output'): number[] {
  const opened = values[gate];
  if (!opened) throw new RangeError(`The ${gate} gate was not kept.`);
  return Array.from({ length: steps }, (_, step) => {
    let sum = 0;
    for (let unit = 0; unit < units; unit++) sum += opened[step * units + unit];
    return sum / units;
  });
}

/** How far a gate stands open before any training whose bias starts at this value, while input and state are near zero. */
export const openingOfBias = (bias: number): number => sigmoid(bias);

/** The weights of a network's LSTM layer as plain numbers. */
export function cellWeights(model: tf.LayersModel, layer = 'lstm1'): CellWeights {
  const [kernel, recurrentKernel, bias] = model.getLayer(layer).getWeights();
  if (recurrentKernel === undefined || kernel.shape[1] !== 4 * recurrentKernel.shape[0])
    throw new TypeError(`The layer "${layer}" is no LSTM: it has no four gates.`);
  return {
    features: kernel.shape[0],
    units: recurrentKernel.shape[0],
    kernel: kernel.dataSync(),
    recurrentKernel: recurrentKernel.dataSync(),
    bias: bias.dataSync(),
  };
}

/** The rows of one image as the first LSTM of a network sees them: after batch normalisation. */
export function rowsSeen(model: tf.LayersModel, set: ImageSet, position: number): Float32Array {
  const { inputs, shape } = toFloats(subset(set, [position]));
  return tf.tidy(() => {
    const head = tf.model({ inputs: model.inputs, outputs: model.getLayer('rows').output as tf.SymbolicTensor });
    return (head.predict(tf.tensor(inputs, [1, ...shape])) as tf.Tensor).dataSync() as Float32Array;
  });
}
