/** The training room: epochs with progress, checkpoints and interruption, over engine and data. */
export { withInterruption } from './interruption.js';
export { curvesOf, type Fit, progressText, type Training, type TrainingProgress, type TrainOptions, train } from './train.js';
