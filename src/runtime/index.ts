/** The runtime room: finds and loads TensorFlow. The only code that knows where the binding and its libraries live. */
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';

import * as tf from '@tensorflow/tfjs-node-gpu';

export { tf };
