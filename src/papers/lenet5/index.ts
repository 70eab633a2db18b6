/** LeNet-5 on Fashion-MNIST: networks, recipes, experiments, claims, artefacts and exercises of the report of 2020. */
export { provenanceOf } from '../evidence.js';
export * from './ablation.js';
export * from './artefacts.js';
export * from './claims.js';
export * from './classical.js';
export * from './exercises.js';
export * from './experiments.js';
export * from './layers.js';
export * from './models.js';
export * from './readings.js';
export * from './recipes.js';
export * from './scores.js';
export { evidence, trainLive, verdicts } from './shared.js';
