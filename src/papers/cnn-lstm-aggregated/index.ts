/** Six CNN and CNN-LSTM models with aggregated output: networks, experiments, figures, studies, exercises. */

export { brokeDown } from '../failed.js';
export * from './artefacts.js';
export * from './best-model.js';
export { claims, readings } from './claims.js';
export * as exercises from './exercises.js';
export * from './experiments.js';
export { mirrored } from './garments.js';
export { exaggeratedIterations, type MapName, mapSources } from './maps.js';
export * from './models.js';
export * from './studies.js';
export { readOutTimeRatio } from './times.js';
