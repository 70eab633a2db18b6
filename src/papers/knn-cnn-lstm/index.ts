/** KNN on thresholded garments, then CNN + LSTM with augmentation: networks, neighbours, experiments, claims, figures, the shipped weights. */
export * from './artefacts.js';
export * from './best-model.js';
export * from './claims.js';
export * from './controls.js';
export * from './exercises.js';
export * from './experiments.js';
export * from './leak.js';
export * from './models.js';
export * from './neighbours.js';
export * from './neighbours-study.js';
export * from './readings.js';
export * from './recipes.js';
export { evidence, lateAccuracy, searchLive, trainLive, verdicts } from './shared.js';
export * from './words.js';
