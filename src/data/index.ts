/** The data room: real data sets, stand-ins, splits, pixel orders, augmentation. Knows no TensorFlow. */
export * from './types.js';
