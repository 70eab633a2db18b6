/** The hybrid LSTM-CNN on MNIST and IDC: networks and experiments. */
export * from './experiments.js';
export * from './models.js';
