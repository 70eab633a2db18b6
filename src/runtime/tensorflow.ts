/** TensorFlow, value and types: `tf.add(…)`, `tf.Tensor`. */
import './prepare.js';
import './quiet.js';

// A namespace import, not a variable, so that `tf.Tensor` is a type wherever `tf` is imported.
import * as tf from '@tensorflow/tfjs-node-gpu';

export { RuntimeMissingError } from './prepare.js';
export { tf };
