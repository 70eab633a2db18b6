/** The hybrid LSTM-CNN on MNIST and IDC: networks and experiments. */
export { claims, readings } from './claims.js';
export * from './experiments.js';
export * from './models.js';
