/**
 * One table: layer class → what it does forward, in training and in inference. Gradients follow by themselves (gradients.ts).
 * A new layer is one entry: `registerLayer('MyLayer', { forward: ({ g, weight }, x) => g.multiply(x, weight(0)) })`.
 */
import type { tf } from '../runtime/index.js';
import { activationNamed } from './activations.js';
import type { RecurrentKernel } from './cudnn.js';
import { EngineError } from './errors.js';
import { DataType, type Value } from './graph.js';
import type { Operations, Padding, Pair } from './ops.js';

type Layer = tf.layers.Layer;
export type LayerConfig = Readonly<Record<string, unknown>>;

/** What an entry has at hand while it writes one layer, for one shard of the batch. */
export interface LayerContext {
  /** Writes operations: `g.add`, `g.matMul`, … (ops.ts). */
  readonly g: Operations;
  readonly layer: Layer;
  readonly config: LayerConfig;
  /** Batch statistics are taken and moving averages updated. */
  readonly training: boolean;
  /** Values are dropped. In training always; at evaluation if asked for. */
  readonly dropout: boolean;
  /** Runs a whole recurrence in one operation, where the device has one. */
  readonly recurrentKernel?: RecurrentKernel | undefined;
  /** The layer's weights, in the order of `layer.weights`. */
  weight(index: number): Value;
  /** Uniform numbers in [0, 1): another draw for each layer, step and shard, the same for the same seed. */
  random(shape: readonly number[]): Value;
  /** A new value for a weight that training keeps without a gradient (a moving average). */
  assign(index: number, value: Value): void;
}

export interface LayerEntry {
  /** The layer's output for one shard. Layers with several inputs get them all. */
  forward?(context: LayerContext, ...inputs: Value[]): Value;
  /** For layers that look at the whole batch: all shards at once, `inputs[shard][input]`. */
  acrossShards?(contexts: readonly LayerContext[], inputs: readonly (readonly Value[])[]): Value[];
  /** Says why a layer with this configuration cannot be done, if so. */
  refuses?(config: LayerConfig): string | undefined;
}

const entries = new Map<string, LayerEntry>();

/** Teaches the engine a layer class; a later entry replaces an earlier one. */
export function registerLayer(className: string, entry: LayerEntry): void {
  entries.set(className, entry);
}

export function layerEntry(layer: Layer): LayerEntry | undefined {
  return entries.get(layer.getClassName());
}

/** A recurrent layer keeps its settings in its cell. */
export function layerConfig(layer: Layer): LayerConfig {
  const { cell } = layer as unknown as { cell?: Layer };
  const own = layer.getConfig() as LayerConfig;
  return cell && typeof cell.getConfig === 'function' ? { ...(cell.getConfig() as LayerConfig), ...definedOnly(own) } : own;
}

const definedOnly = (config: LayerConfig): LayerConfig =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined && value !== null));

/** Why the engine cannot train or run this layer; undefined when it can. */
export function refusal(layer: Layer): string | undefined {
  const entry = layerEntry(layer);
  if (!entry) return `layer class ${layer.getClassName()} is not in the engine's table`;
  const config = layerConfig(layer);
  for (const [key, value] of Object.entries(config)) {
    if (!value) continue;
    if (key.endsWith('Constraint')) return `${key} is not supported`;
    if (key === 'activityRegularizer') return 'activityRegularizer is not supported';
    if (/activation$/i.test(key) && !activationNamed(value)) return `activation '${String(value)}' is not known`;
    if (key === 'dataFormat' && value === 'channelsFirst') return "dataFormat 'channelsFirst' is not supported";
  }
  return entry.refuses?.(config);
}

const activate = ({ g, config }: LayerContext, x: Value): Value => activationNamed(config['activation'])!(g, x);
const withBias = ({ g, config, weight }: LayerContext, x: Value): Value => (config['useBias'] === false ? x : g.biasAdd(x, weight(1)));
const pair = (value: unknown, fallback: Pair = [1, 1]): Pair =>
  Array.isArray(value) ? [value[0] as number, (value[1] ?? value[0]) as number] : typeof value === 'number' ? [value, value] : fallback;
const first = (value: unknown, fallback = 1): number => pair(value, [fallback, fallback])[0];
const padding = (config: LayerConfig): Padding => (config['padding'] === 'same' ? 'same' : 'valid');

/** Drops values where the mask says so and scales up what stays, so that the expected sum is unchanged. */
export function dropped({ g, random, dropout }: LayerContext, x: Value, rate: number, maskShape: readonly number[] = x.shape): Value {
  if (!dropout || rate <= 0) return x;
  const keep = g.cast(g.greaterEqual(random(maskShape), g.scalar(rate)), DataType.float);
  return g.multiply(x, g.scale(keep, 1 / (1 - rate)));
}

/** A sequence [n, steps, channels] as a picture of height 1. */
const asPicture = (g: Operations, x: Value): Value => g.reshape(x, [x.dimension(0), 1, x.dimension(1), x.dimension(2)]);
const asSequence = (g: Operations, x: Value): Value => g.reshape(x, [x.dimension(0), x.dimension(2), x.dimension(3)]);

registerLayer('InputLayer', { forward: (_, x) => x });

registerLayer('Dense', {
  forward(context, x) {
    const { g, weight } = context;
    const rows = g.reshape(x, [x.size / x.dimension(-1), x.dimension(-1)]);
    const product = withBias(context, g.matMul(rows, weight(0)));
    return activate(context, g.reshape(product, [...x.shape.slice(0, -1), product.dimension(1)]));
  },
});

registerLayer('Conv2D', {
  forward(context, x) {
    const { g, config, weight } = context;
    const options = { strides: pair(config['strides']), padding: padding(config), dilations: pair(config['dilationRate']) };
    return activate(context, withBias(context, g.conv2d(x, weight(0), options)));
  },
});

registerLayer('Conv1D', {
  forward(context, x) {
    const { g, config, weight } = context;
    const kernel = weight(0);
    const filters = g.reshape(kernel, [1, ...kernel.shape]);
    const options = {
      strides: [1, first(config['strides'])] as const,
      padding: padding(config),
      dilations: [1, first(config['dilationRate'])] as const,
    };
    return activate(context, asSequence(g, withBias(context, g.conv2d(asPicture(g, x), filters, options))));
  },
  refuses: (config) => (config['padding'] === 'causal' ? "padding 'causal' is not supported" : undefined),
});

const pooling2d = (kind: 'maxPool' | 'averagePool'): LayerEntry => ({
  forward({ g, config }, x) {
    const window = pair(config['poolSize'], [2, 2]);
    return g[kind](x, window, { strides: pair(config['strides'], window), padding: padding(config) });
  },
});
registerLayer('MaxPooling2D', pooling2d('maxPool'));
registerLayer('AveragePooling2D', pooling2d('averagePool'));

const pooling1d = (kind: 'maxPool' | 'averagePool'): LayerEntry => ({
  forward({ g, config }, x) {
    const window = first(config['poolSize'], 2);
    return asSequence(
      g,
      g[kind](asPicture(g, x), [1, window], { strides: [1, first(config['strides'], window)], padding: padding(config) }),
    );
  },
});
registerLayer('MaxPooling1D', pooling1d('maxPool'));
registerLayer('AveragePooling1D', pooling1d('averagePool'));

const globalPooling = (kind: 'max' | 'mean', axes: readonly number[]): LayerEntry => ({ forward: ({ g }, x) => g[kind](x, axes) });
registerLayer('GlobalMaxPooling1D', globalPooling('max', [1]));
registerLayer('GlobalAveragePooling1D', globalPooling('mean', [1]));
registerLayer('GlobalMaxPooling2D', globalPooling('max', [1, 2]));
registerLayer('GlobalAveragePooling2D', globalPooling('mean', [1, 2]));

registerLayer('ZeroPadding2D', {
  forward({ g, config }, x) {
    const amounts = config['padding'] as number | readonly [number | Pair, number | Pair];
    const side = (axis: 0 | 1): Pair => pair(typeof amounts === 'number' ? amounts : amounts[axis]);
    return g.pad(x, [[0, 0], side(0), side(1), [0, 0]]);
  },
});

registerLayer('Flatten', { forward: ({ g }, x) => g.reshape(x, [x.dimension(0), x.size / x.dimension(0)]) });

registerLayer('Reshape', {
  forward({ g, config }, x) {
    const wanted = [...(config['targetShape'] as (number | null)[])].map((length) => length ?? -1);
    const known = wanted.filter((length) => length >= 0).reduce((product, length) => product * length, 1);
    return g.reshape(x, [x.dimension(0), ...wanted.map((length) => (length < 0 ? x.size / x.dimension(0) / known : length))]);
  },
});

registerLayer('Permute', { forward: ({ g, config }, x) => g.transpose(x, [0, ...(config['dims'] as number[])]) });
registerLayer('RepeatVector', {
  forward: ({ g, config }, x) =>
    g.broadcastTo(g.reshape(x, [x.dimension(0), 1, x.dimension(1)]), [x.dimension(0), config['n'] as number, x.dimension(1)]),
});

registerLayer('Activation', { forward: activate });
registerLayer('ReLU', {
  forward({ g, config }, x) {
    const limit = config['maxValue'];
    return typeof limit === 'number' ? g.minimum(g.relu(x), g.scalar(limit)) : g.relu(x);
  },
});
registerLayer('LeakyReLU', {
  forward: ({ g, config }, x) => g.where(g.greater(x, g.scalar(0)), x, g.scale(x, (config['alpha'] as number | undefined) ?? 0.3)),
});
registerLayer('ELU', {
  forward: ({ g }, x) => g.elu(x),
  refuses: (config) => ((config['alpha'] ?? 1) === 1 ? undefined : 'alpha other than 1 is not supported'),
});
registerLayer('Softmax', {
  forward({ g, config, layer }, x) {
    const axis = (config['axis'] as number | undefined) ?? -1;
    if (axis !== -1 && axis !== x.rank - 1)
      throw new EngineError(`Layer '${layer.name}': softmax over axis ${axis} of [${x.shape}] is not supported, only over the last.`);
    return g.softmax(x);
  },
});

registerLayer('Dropout', {
  forward(context, x) {
    const noise = context.config['noiseShape'] as (number | null)[] | undefined | null;
    return dropped(
      context,
      x,
      context.config['rate'] as number,
      noise ? noise.map((length, axis) => (axis === 0 ? x.dimension(0) : (length ?? x.dimension(axis)))) : x.shape,
    );
  },
});
registerLayer('SpatialDropout1D', {
  forward: (context, x) => dropped(context, x, context.config['rate'] as number, [x.dimension(0), 1, x.dimension(2)]),
});

const merged = (combine: (g: Operations, a: Value, b: Value) => Value): LayerEntry => ({
  forward: ({ g }, ...inputs) => inputs.reduce((sum, next) => combine(g, sum, next)),
});
registerLayer(
  'Add',
  merged((g, a, b) => g.add(a, b)),
);
registerLayer(
  'Multiply',
  merged((g, a, b) => g.multiply(a, b)),
);
registerLayer('Average', {
  forward: ({ g }, ...inputs) =>
    g.scale(
      inputs.reduce((sum, next) => g.add(sum, next)),
      1 / inputs.length,
    ),
});
registerLayer('Concatenate', { forward: ({ g, config }, ...inputs) => g.concat(inputs, (config['axis'] as number | undefined) ?? -1) });

/**
 * Batch normalisation over the whole batch: each shard adds its part to the sums, in the order of the shards, and all of them then use the same
 * mean and variance. Gradients through the shared sums follow like any others.
 */
registerLayer('BatchNormalization', {
  acrossShards(contexts, inputs) {
    const { g, config, training, weight, assign } = contexts[0]!;
    const { epsilon, momentum, scale, center } = config as { epsilon: number; momentum: number; scale: boolean; center: boolean };
    const xs = inputs.map(([x]) => x!);
    const gamma = scale ? weight(0) : undefined;
    const beta = center ? weight(scale ? 1 : 0) : undefined;
    const meanIndex = (scale ? 1 : 0) + (center ? 1 : 0);
    let mean = weight(meanIndex);
    let variance = weight(meanIndex + 1);
    if (training) {
      // The moments of the whole batch, from those of its shards.
      const parts = xs.map((x) => ({ ...g.moments(x), rows: x.size / x.dimension(-1) }));
      const count = parts.reduce((sum, { rows }) => sum + rows, 0);
      const weighted = (values: Value[]) => g.sumOf(values.map((value, index) => g.scale(value, parts[index]!.rows / count)));
      const batchMean = weighted(parts.map((part) => part.mean));
      variance = weighted(parts.map((part) => g.add(part.variance, g.square(g.subtract(part.mean, batchMean)))));
      mean = batchMean;
      const moved = (index: number, value: Value) => g.subtract(weight(index), g.scale(g.subtract(weight(index), value), 1 - momentum));
      assign(meanIndex, moved(meanIndex, g.stopGradient(mean)));
      assign(meanIndex + 1, moved(meanIndex + 1, g.stopGradient(variance)));
    }
    const channels = [xs[0]!.dimension(-1)];
    const perChannel = { factor: gamma ?? g.filled(channels, 1), offset: beta ?? g.zeros(channels), mean, variance };
    return xs.map((x) => g.normalised(x, perChannel, epsilon));
  },
  refuses: (config) => ((config['axis'] ?? -1) === -1 || config['axis'] === 3 ? undefined : 'axis other than the last is not supported'),
});
