/** Reads a tf.LayersModel: its layers in order of use, its weights, and its computation written out shard by shard. */
import { hashSeed, type tf } from '../runtime/index.js';
import type { RecurrentKernel } from './cudnn.js';
import { EngineError } from './errors.js';
import { DataType, type Value, type Variable } from './graph.js';
import { type LayerConfig, type LayerContext, layerConfig, layerEntry, refusal } from './layers.js';
import type { Operations } from './ops.js';

type Layer = tf.layers.Layer;

/** tf.layers' own records, as far as they are read here. */
interface SymbolicTensor {
  id: number;
  shape: (number | null)[];
  sourceLayer: Layer & {
    inboundNodes: { inputTensors: SymbolicTensor[] }[];
    layers?: Layer[];
    inputs?: SymbolicTensor[];
    outputs?: SymbolicTensor[];
  };
  nodeIndex: number;
}

export interface LayerVariable {
  id: number;
  name: string;
  shape: (number | null)[];
  read(): tf.Tensor;
  write(value: tf.Tensor): unknown;
}

/** One weight of the model and the variable that stands for it in the session. */
export interface ModelWeight {
  readonly source: LayerVariable;
  readonly variable: Variable;
  readonly trainable: boolean;
  readonly layer: Layer;
  readonly penalty: { l1: number; l2: number } | undefined;
}

export interface LayerExplanation {
  layer: string;
  className: string;
  /** 'engine', or why the whole model falls back to tf.layers' own training. */
  path: string;
}

const weightsOf = (layer: Layer): LayerVariable[] => layer.weights as unknown as LayerVariable[];
const symbolic = (model: tf.LayersModel, side: 'inputs' | 'outputs'): SymbolicTensor[] => model[side] as unknown as SymbolicTensor[];

/** Layers with nested models opened up, each once. */
export function flatLayers(model: tf.LayersModel): Layer[] {
  const found = new Set<Layer>();
  const open = (layer: Layer): void => {
    const { layers } = layer as unknown as { layers?: Layer[] };
    if (layers && isModel(layer)) layers.forEach(open);
    else found.add(layer);
  };
  model.layers.forEach(open);
  return [...found];
}

const isModel = (layer: Layer): boolean => Array.isArray((layer as unknown as { layers?: unknown }).layers) && 'outputs' in layer;

/** Says for each layer what the engine will do with it. */
export function explain(model: tf.LayersModel): LayerExplanation[] {
  return flatLayers(model).map((layer) => ({ layer: layer.name, className: layer.getClassName(), path: refusal(layer) ?? 'engine' }));
}

/** The first reason why the engine cannot take this model, if there is one. */
export function modelRefusal(model: tf.LayersModel): string | undefined {
  if (model.inputs.length !== 1 || model.outputs.length !== 1)
    return `the model has ${model.inputs.length} inputs and ${model.outputs.length} outputs; the engine trains models with one of each`;
  const open = model.inputs[0]!.shape.slice(1).some((length) => length === null);
  if (open) return `the model's input shape [${model.inputs[0]!.shape.slice(1)}] is not fixed`;
  for (const layer of flatLayers(model)) {
    const reason = refusal(layer);
    if (reason) return `layer '${layer.name}' (${layer.getClassName()}): ${reason}`;
  }
  return undefined;
}

const regularizerKeys: Readonly<Record<string, string>> = {
  kernel: 'kernelRegularizer',
  recurrent_kernel: 'recurrentRegularizer',
  bias: 'biasRegularizer',
  gamma: 'gammaRegularizer',
  beta: 'betaRegularizer',
};

function penaltyOf(config: LayerConfig, weightName: string): ModelWeight['penalty'] {
  const plainName = weightName.split('/').at(-1)!.replace(/_\d+$/, '');
  const regularizer = config[regularizerKeys[plainName] ?? ''] as { config?: { l1?: number; l2?: number } } | null | undefined;
  if (!regularizer?.config) return undefined;
  const { l1 = 0, l2 = 0 } = regularizer.config;
  return l1 || l2 ? { l1, l2 } : undefined;
}

/** A model's weights as session variables, named apart from every other model's. */
export function modelWeights(model: tf.LayersModel, prefix: string): ModelWeight[] {
  const trainable = new Set((model.trainableWeights as unknown as LayerVariable[]).map(({ id }) => id));
  const seen = new Map<number, ModelWeight>();
  for (const layer of flatLayers(model)) {
    const config = layerConfig(layer);
    for (const source of weightsOf(layer)) {
      if (seen.has(source.id)) continue;
      const variable = { name: `${prefix}_weight${seen.size}`, type: DataType.float, shape: source.shape as number[] };
      seen.set(source.id, { source, variable, trainable: trainable.has(source.id), layer, penalty: penaltyOf(config, source.name) });
    }
  }
  return [...seen.values()];
}

export interface ForwardOptions {
  g: Operations;
  weights: readonly ModelWeight[];
  training: boolean;
  dropout: boolean;
  /** For random numbers: the run's seed and the step, both int32 scalars. Needed only where something is random. */
  seed?: Value | undefined;
  step?: Value | undefined;
  /** Sizes of the recipe's shards where the batch is computed in one piece: each still draws its own random numbers. */
  drawnIn?: readonly number[] | undefined;
  /** For recurrent layers, where the device has one. */
  recurrentKernel?: RecurrentKernel | undefined;
}

export interface ForwardResult {
  /** The model's output, per shard. */
  outputs: Value[];
  /** New values for moving averages. */
  assigned: { variable: Variable; value: Value }[];
  /** Every layer's output, per shard, in order. */
  byLayer: { layer: Layer; outputs: Value[] }[];
}

/** A seed pair for stateless random numbers: who draws, and when. */
export function drawSeed(g: Operations, seed: Value, step: Value, who: number, shard: number): Value {
  const drawer = g.add(seed, g.integer(hashSeed('draw', who) | 0));
  // Neighbouring steps get neighbouring counters; the generator scatters them.
  return g.pack([drawer, g.add(g.multiply(step, g.integer(64)), g.integer(shard))]);
}

/**
 * Uniform numbers for one piece of the batch. A piece that holds several of the recipe's shards (`drawnIn`: their sizes) draws for each of them
 * what that shard would have drawn alone.
 */
export function drawUniform(
  g: Operations,
  shape: readonly number[],
  shard: number,
  seedOf: (shard: number) => Value,
  drawnIn: readonly number[] | undefined,
): Value {
  const examples = drawnIn?.reduce((sum, size) => sum + size, 0);
  if (!drawnIn || examples !== shape[0]) return g.randomUniform(shape, seedOf(shard));
  return g.concat(
    drawnIn.map((size, own) => g.randomUniform([size, ...shape.slice(1)], seedOf(own))),
    0,
  );
}

/** Writes the model's computation for the given shards of inputs. */
export function forwardModel(model: tf.LayersModel, shards: readonly Value[], options: ForwardOptions): ForwardResult {
  const { g, weights, training, dropout } = options;
  const variables = new Map(weights.map((weight) => [weight.source.id, weight.variable]));
  const layers = flatLayers(model);
  const result: ForwardResult = { outputs: [], assigned: [], byLayer: [] };
  const applied = new Map<Layer, number>();

  const contextFor = (layer: Layer, shard: number, drawer: number): LayerContext => {
    const own = weightsOf(layer);
    let draw = 0;
    return {
      g,
      layer,
      config: layerConfig(layer),
      training: training && layer.trainable !== false,
      dropout,
      recurrentKernel: options.recurrentKernel,
      weight: (index) => g.scope.read(variables.get(own[index]!.id)!),
      random(shape) {
        if (!options.seed || !options.step) throw new EngineError(`Layer '${layer.name}' draws random numbers, but no seed was given.`);
        draw += 1;
        const { seed, step } = options;
        const who = drawer * 16 + draw;
        return drawUniform(g, shape, shard, (own) => drawSeed(g, seed, step, who, own), options.drawnIn);
      },
      assign: (index, value) => result.assigned.push({ variable: variables.get(own[index]!.id)!, value }),
    };
  };

  const apply = (layer: Layer, inputs: readonly (readonly Value[])[]): Value[] => {
    const entry = layerEntry(layer)!;
    // Layers are told apart by their place in the model: names count up over a process's life and would change the bits.
    const uses = applied.get(layer) ?? 0;
    applied.set(layer, uses + 1);
    const drawer = layers.indexOf(layer) * 1000 + uses;
    const contexts = inputs.map((_, shard) => contextFor(layer, shard, drawer));
    const outputs = entry.acrossShards
      ? entry.acrossShards(contexts, inputs)
      : inputs.map((values, shard) => entry.forward!(contexts[shard]!, ...values));
    result.byLayer.push({ layer, outputs });
    return outputs;
  };

  const walk = (tensor: SymbolicTensor, known: Map<number, Value[]>): Value[] => {
    const done = known.get(tensor.id);
    if (done) return done;
    const { sourceLayer, nodeIndex } = tensor;
    const parts = sourceLayer.inboundNodes[nodeIndex]!.inputTensors.map((input) => walk(input, known));
    const inputs = shards.map((_, shard) => parts.map((part) => part[shard]!));
    let outputs: Value[];
    if (isModel(sourceLayer)) {
      const inner = new Map(sourceLayer.inputs!.map((input, index) => [input.id, parts[index]!]));
      outputs = walk(sourceLayer.outputs![0]!, inner);
    } else outputs = apply(sourceLayer, inputs);
    known.set(tensor.id, outputs);
    return outputs;
  };

  result.outputs = walk(symbolic(model, 'outputs')[0]!, new Map([[symbolic(model, 'inputs')[0]!.id, [...shards]]]));
  return result;
}

/** Σ l1·|w| + l2·w² over the weights that have a regulariser. */
export function penalty(g: Operations, weights: readonly ModelWeight[]): Value | undefined {
  const terms = weights.flatMap(({ penalty: amounts, variable }) => {
    if (!amounts) return [];
    const value = g.scope.read(variable);
    return [
      ...(amounts.l1 ? [g.scale(g.sum(g.abs(value)), amounts.l1)] : []),
      ...(amounts.l2 ? [g.scale(g.sum(g.square(value)), amounts.l2)] : []),
    ];
  });
  return terms.length ? g.sumOf(terms) : undefined;
}

/** Sizes of the shards of a batch: as equal as can be, the first ones larger. */
export function shardSizes(batch: number, shards: number): number[] {
  const count = Math.min(batch, shards);
  return Array.from({ length: count }, (_, index) => Math.floor(batch / count) + (index < batch % count ? 1 : 0));
}
