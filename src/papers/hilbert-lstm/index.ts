/** MNIST as a time series along a Hilbert curve: networks, reservoir, experiments. */
export * from './experiments.js';
export * from './models.js';
export * from './reservoir.js';
