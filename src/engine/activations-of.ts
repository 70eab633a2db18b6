/** What a layer inside a model puts out: feature maps for figures. */
import type { Examples } from '../data/types.js';
import { tf } from '../runtime/index.js';
import { describeData } from './data.js';
import { EngineError } from './errors.js';

export interface LayerActivations {
  /** All outputs, example by example. */
  values: Float32Array;
  /** Shape of one example's output. */
  shape: number[];
}

/** Outputs of the named layer, computed by tf.layers itself (dropout off): meant for some dozens of examples. */
export function activationsOf(
  model: tf.LayersModel,
  examples: Pick<Examples, 'inputs' | 'shape' | 'count' | 'scale'>,
  layerName: string,
): LayerActivations {
  const layer = model.layers.find(({ name }) => name === layerName);
  if (!layer)
    throw new EngineError(`layerName is '${layerName}'; model '${model.name}' has ${model.layers.map(({ name }) => name).join(', ')}.`);
  const { scale } = describeData(model, { ...examples, labels: new Uint8Array(0) }, undefined);
  const part = tf.model({ inputs: model.inputs, outputs: layer.output as tf.SymbolicTensor });
  return tf.tidy(() => {
    const floats = examples.inputs instanceof Float32Array ? examples.inputs : Float32Array.from(examples.inputs, (value) => value * scale);
    const outputs = part.predict(tf.tensor(floats, [examples.count, ...examples.shape])) as tf.Tensor;
    return { values: outputs.dataSync().slice() as Float32Array, shape: outputs.shape.slice(1) };
  });
}
