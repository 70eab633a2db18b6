/**
 * Recurrence through cuDNN: all time steps of a layer in one operation, for GPUs. Which layers it can do, its layout of weights, the operation and
 * its gradient; and what the operation computes, written out, so that everything around it can be tested without a GPU.
 */
import { type Attribute, DataType, type GradientRule, type Operation, UNKNOWN, type Value } from './graph.js';
import type { Operations } from './ops.js';

/** cuDNN's own names for the recurrences that layers here can be. */
export type CudnnMode = 'lstm' | 'rnn_tanh';

export interface RecurrentCall {
  readonly mode: CudnnMode;
  readonly units: number;
}

export interface RecurrentAnswer {
  /** [steps, examples, units] */
  sequence: Value;
  /** [examples, units] */
  last: Value;
}

/** Runs a recurrence over inputs [steps, examples, features]; states start at zero. */
export type RecurrentKernel = (g: Operations, inputs: Value, parameters: Value, call: RecurrentCall) => RecurrentAnswer;

const gatesOf = (mode: CudnnMode): number => (mode === 'lstm' ? 4 : 1);

/** What cuDNN would run this layer as, or why it cannot. */
export function cudnnMode(className: string, config: Readonly<Record<string, unknown>>): { mode: CudnnMode } | { reason: string } {
  if (className !== 'LSTM' && className !== 'SimpleRNN') return { reason: `cuDNN has no recurrence of class ${className}` };
  const wanted: Record<string, unknown> =
    className === 'LSTM' ? { activation: 'tanh', recurrentActivation: 'sigmoid' } : { activation: 'tanh' };
  for (const [key, value] of Object.entries(wanted))
    if (config[key] !== value) return { reason: `${key} is '${String(config[key])}', cuDNN's is '${String(value)}'` };
  if (Number(config['recurrentDropout'] ?? 0) > 0) return { reason: 'recurrentDropout is not zero, cuDNN has none' };
  return { mode: className === 'LSTM' ? 'lstm' : 'rnn_tanh' };
}

export interface LayerWeights {
  /** [features, gates·units] */
  kernel: Value;
  /** [units, gates·units] */
  recurrentKernel: Value;
  /** [gates·units] */
  bias: Value | undefined;
}

/**
 * Weights as cuDNN lays them out, in one vector: for each gate the input weights [units, features], for each gate the recurrent weights
 * [units, units], then two biases for each gate, of which the layer has one. Gates stand in the same order on both sides: i, f, c, o.
 */
export function packParameters(g: Operations, { kernel, recurrentKernel, bias }: LayerWeights): Value {
  const flat = (x: Value) => g.reshape(g.transpose(x, [1, 0]), [x.size]);
  const width = kernel.dimension(1);
  return g.concat([flat(kernel), flat(recurrentKernel), ...(bias ? [bias, g.zeros([width])] : [g.zeros([2 * width])])], 0);
}

/** The other way round, for whoever reads such a vector. */
export function unpackParameters(
  g: Operations,
  parameters: Value,
  features: number,
  { mode, units }: RecurrentCall,
): Required<LayerWeights> & { bias: Value } {
  const width = gatesOf(mode) * units;
  const [kernel, recurrentKernel, first, second] = g.splitSizes(parameters, [width * features, width * units, width, width], 0) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const matrix = (x: Value, rows: number) => g.transpose(g.reshape(x, [width, rows]), [1, 0]);
  return { kernel: matrix(kernel, features), recurrentKernel: matrix(recurrentKernel, units), bias: g.add(first, second) };
}

const settings = (mode: CudnnMode): Record<string, Attribute> => ({
  T: { type: DataType.float },
  rnn_mode: { text: mode },
  input_mode: { text: 'linear_input' },
  direction: { text: 'unidirectional' },
  dropout: { float: 0 },
  seed: { int: 0 },
  seed2: { int: 0 },
  num_proj: { int: 0 },
  time_major: { bool: true },
});

/** The real one. */
export const cudnnKernel: RecurrentKernel = (g, inputs, parameters, { mode, units }) => {
  const [steps, n] = inputs.shape as [number, number, number];
  const state = [1, n, units];
  const float = (shape: readonly number[]) => ({ type: DataType.float, shape });
  const zero = g.zeros(state);
  // All sequences are whole, which lets cuDNN take its quickest way. The lengths are read by the processor.
  const lengths = g.constant(new Int32Array(n).fill(steps), [n], DataType.int32);
  const attributes = { ...settings(mode), is_training: { bool: false } };
  const operation = g.scope.make('CudnnRNNV3', [inputs, zero, zero, parameters, lengths], attributes, [
    float([steps, n, units]),
    float(state),
    float(mode === 'lstm' ? state : [0]),
    float([UNKNOWN]),
    { type: DataType.int8, shape: [UNKNOWN] },
  ]);
  operation.gradient = ((builder, forward, given) => {
    // Only now is it known that somebody will differentiate: the forward operation must then keep what the way back needs.
    attributes.is_training.bool = true;
    return cudnnGradient(builder, forward, given, mode);
  }) as GradientRule<Operations> as GradientRule<never>;
  const [sequence, last] = operation.outputs as [Value, Value];
  return { sequence, last: g.reshape(last, [n, units]) };
};

function cudnnGradient(
  g: Operations,
  { inputs, outputs }: Operation,
  given: readonly (Value | undefined)[],
  mode: CudnnMode,
): (Value | undefined)[] {
  const [x, h, c, parameters, lengths] = inputs as [Value, Value, Value, Value, Value];
  const [sequence, last, cell, reserve, hostReserved] = outputs as [Value, Value, Value, Value, Value];
  const gradientOf = (value: Value, port: number) => given[port] ?? g.zeros(value.shape);
  const all = [
    ...[x, h, c, parameters, lengths, sequence, last, cell],
    ...[gradientOf(sequence, 0), gradientOf(last, 1), gradientOf(cell, 2)],
    ...[reserve, hostReserved],
  ];
  const back = g.scope.make('CudnnRNNBackpropV3', all, settings(mode), [x, h, c, parameters]);
  const [inputGradient, , , parameterGradient] = back.outputs;
  return [inputGradient, undefined, undefined, parameterGradient, undefined];
}

/** What `cudnnKernel` computes, from the same packed weights, step after step with plain operations. Differentiates by itself, runs anywhere, slowly. */
export const writtenOutKernel: RecurrentKernel = (g, inputs, parameters, call) => {
  const [steps, n, features] = inputs.shape as [number, number, number];
  const { units, mode } = call;
  const { kernel, recurrentKernel, bias } = unpackParameters(g, parameters, features, call);
  let h = g.zeros([n, units]);
  let c = h;
  const outputs: Value[] = [];
  for (const x of g.split(inputs, steps, 0)) {
    const sums = g.biasAdd(g.add(g.matMul(g.reshape(x, [n, features]), kernel), g.matMul(h, recurrentKernel)), bias);
    if (mode === 'lstm') {
      const [i, f, k, o] = g.split(sums, 4, 1) as [Value, Value, Value, Value];
      c = g.add(g.multiply(g.sigmoid(f), c), g.multiply(g.sigmoid(i), g.tanh(k)));
      h = g.multiply(g.sigmoid(o), g.tanh(c));
    } else h = g.tanh(sums);
    outputs.push(g.reshape(h, [1, n, units]));
  }
  return { sequence: g.concat(outputs, 0), last: h };
};
