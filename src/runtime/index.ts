/** The runtime room: finds and loads TensorFlow. The only code that knows where the binding and its libraries live. */
export { type NativeBinding, type NativeTensor, nativeBinding, type TensorData } from './binding.js';
export { gpuAbsence, type RuntimeReport, runtime, threadsInsideOperations, usesGpu } from './report.js';
export { hashSeed, permutation, RandomSequence, seeded } from './seed.js';
export { RuntimeMissingError, tf } from './tensorflow.js';
