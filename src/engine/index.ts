/** The engine: a tf.LayersModel becomes one TensorFlow graph that trains itself. Knows TensorFlow only. */
export * from './types.js';
