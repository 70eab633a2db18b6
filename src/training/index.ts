/** The training room: epochs with progress, checkpoints and interruption, over engine and data. */
export { withInterruption } from './interruption.js';
export { curvesOf, progressText, type Training, type TrainingEngine, type TrainingProgress, type TrainOptions, train } from './train.js';
