/** The native binding as the engine uses it: handles by number, no garbage collection, every handle freed by whoever made it. */
import { tf } from './tensorflow.js';

export type TensorData = Float32Array | Int32Array | Uint8Array;

export interface NativeTensor {
  id: number;
  shape: number[];
  dtype: number;
}

/** What the engine needs of TensorFlow's C API, as the stock binding offers it. */
export interface NativeBinding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  readonly TF_Version: string;
  createTensor(shape: number[], dtype: number, data: TensorData): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): TensorData;
  getNumOfTensors(): number;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  getNumOfSavedModels(): number;
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): NativeTensor[];
}

export function nativeBinding(): NativeBinding {
  const backend = tf.backend() as unknown as { binding?: NativeBinding };
  if (!backend.binding)
    throw new Error(
      `The engine needs TensorFlow's native backend, but the current one is '${tf.getBackend()}'. Call tf.setBackend('tensorflow').`,
    );
  return backend.binding;
}
