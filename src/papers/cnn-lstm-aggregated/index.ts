/** Six CNN and CNN-LSTM models with aggregated output: networks and experiments. */
export { claims, readings } from './claims.js';
export * from './experiments.js';
export * from './models.js';
