/** Every activation that tf.layers knows by name, as graph operations. */
import type { Value } from './graph.js';
import type { Operations } from './ops.js';

export type ActivationRule = (g: Operations, x: Value) => Value;

export const activations: Readonly<Record<string, ActivationRule>> = {
  linear: (_, x) => x,
  relu: (g, x) => g.relu(x),
  relu6: (g, x) => g.relu6(x),
  elu: (g, x) => g.elu(x),
  selu: (g, x) => g.selu(x),
  sigmoid: (g, x) => g.sigmoid(x),
  hardSigmoid: (g, x) => g.clip(g.offset(g.scale(x, 0.2), 0.5), 0, 1),
  softplus: (g, x) => g.softplus(x),
  softsign: (g, x) => g.softsign(x),
  tanh: (g, x) => g.tanh(x),
  softmax: (g, x) => g.softmax(x),
  logSoftmax: (g, x) => g.logSoftmax(x),
  swish: (g, x) => g.multiply(x, g.sigmoid(x)),
  mish: (g, x) => g.multiply(x, g.tanh(g.softplus(x))),
  gelu: (g, x) => g.scale(g.multiply(x, g.offset(g.erf(g.scale(x, Math.SQRT1_2)), 1)), 0.5),
  gelu_new: (g, x) => {
    const cubic = g.add(x, g.scale(g.multiply(x, g.square(x)), 0.044715));
    return g.scale(g.multiply(x, g.offset(g.tanh(g.scale(cubic, Math.sqrt(2 / Math.PI))), 1)), 0.5);
  },
};

/** The activation named in a layer's configuration; undefined if the engine does not know it. */
export function activationNamed(name: unknown): ActivationRule | undefined {
  return activations[typeof name === 'string' ? name : 'linear'];
}
