/** MNIST as a time series along a Hilbert curve: networks, reservoir, experiments. */
export * from './artefacts.js';
export { claims, readings } from './claims.js';
export * as exercises from './exercises.js';
export * from './experiments.js';
export * from './models.js';
export * from './power-law.js';
export * from './puzzle.js';
export * from './reservoir.js';
