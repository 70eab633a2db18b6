/** The runtime room: finds and loads TensorFlow. The only code that knows where the binding and its libraries live. */
export { type NativeBinding, nativeBinding, type TensorData } from './binding.js';
export { type RuntimeReport, runtime } from './report.js';
export { hashSeed, permutation, RandomSequence, seeded } from './seed.js';
export { RuntimeMissingError, tf } from './tensorflow.js';
