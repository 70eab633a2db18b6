/** The hybrid LSTM-CNN on MNIST and IDC: networks, experiments, claims, comparisons, artefacts and exercises of the report of 2019. */
export { provenanceOf } from '../evidence.js';
export * from './artefacts.js';
export * from './best-model.js';
export * from './claims.js';
export * from './comparisons.js';
export * as exercises from './exercises.js';
export * from './experiments.js';
export * from './gates.js';
export * from './models.js';
export * from './patients.js';
export { evidence, modelNames, patchWords } from './shared.js';
export * from './studies.js';
