/** The papers room: one folder per report, each with claims, models, recipes and experiments. */
export { allClaims, allExperiments, allReadings, type Report, reports } from './all.js';
export { type Artefact, artefacts } from './artefacts.js';
export * as aggregated from './cnn-lstm-aggregated/index.js';
export { exercisesOf } from './exercises.js';
export * as hilbert from './hilbert-lstm/index.js';
export * as knnCnnLstm from './knn-cnn-lstm/index.js';
export * as lenet5 from './lenet5/index.js';
export * as lstmCnn from './lstm-cnn/index.js';
export {
  type NetworkExamples,
  type NetworkOutcome,
  type NetworkPlan,
  type NetworkRecipe,
  networkExperiment,
  predictedClasses,
} from './network.js';
export * as scoreboard from './scoreboard.js';
export * as start from './start.js';
export { type MissingRun, missingRuns, type ReproductionStatus, recordedRuns, reproductionStatus, statusText } from './status.js';
