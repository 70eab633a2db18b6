/** KNN on thresholded garments, then CNN + LSTM with augmentation: networks, neighbours, experiments, claims, the shipped weights. */
export * from './best-model.js';
export * from './experiments.js';
export * from './models.js';
export * from './neighbours.js';
export * from './recipes.js';
