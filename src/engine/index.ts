/** The engine: a tf.LayersModel becomes one TensorFlow graph that trains itself. Knows TensorFlow only. */
export { activationsOf, type LayerActivations } from './activations-of.js';
export { type ChannelDropoutArguments, channelDropout } from './channel-dropout.js';
export { type Device, rehearseGpu } from './device.js';
export { CheckpointError, DeviceError, EngineError, NotANumberError } from './errors.js';
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type InputGradient,
  inputGradient,
  type PredictOptions,
  predict,
} from './evaluate.js';
export { fit } from './fit.js';
export { type LayerContext, type LayerEntry, registerLayer } from './layers.js';
export { explain, type LayerExplanation } from './model.js';
export { type CellContext, type RecurrentCell, registerRecurrentCell } from './recurrent.js';
export * from './types.js';
