/** The metrics room: pure functions from labels and scores to numbers. */
export { type Calibration, calibration, expectedCalibrationError, type ReliabilityBin } from './calibration.js';
export * from './classification.js';
export { type McNemarResult, mcNemar, type PairedBootstrapResult, pairedBootstrap } from './comparison.js';
export { auc, macroAuc, type RocCurve, rocCurve, rocCurves } from './curves.js';
export { MetricsError } from './errors.js';
export * from './errors-of-values.js';
export {
  type BootstrapOptions,
  bootstrapInterval,
  type Interval,
  meanInterval,
  pearsonCorrelation,
  spearmanCorrelation,
} from './intervals.js';
