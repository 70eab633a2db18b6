import type { Examples } from '../data/types.js';
import type { Device } from './device.js';

/** An optimiser as plain data, so that a recipe can hold it. Definitions follow Keras. */
export type OptimizerSpec = { clipValue?: number; clipNorm?: number; clipGlobalNorm?: number; schedule?: LearningRateSchedule } & (
  | { kind: 'sgd'; learningRate: number; momentum?: number; nesterov?: boolean }
  | { kind: 'adam'; learningRate: number; beta1?: number; beta2?: number; epsilon?: number }
  | { kind: 'rmsprop'; learningRate: number; rho?: number; momentum?: number; epsilon?: number }
);

export type LearningRateSchedule =
  | { kind: 'step'; everyEpochs: number; factor: number }
  | { kind: 'exponential'; decayPerEpoch: number }
  | { kind: 'cosine'; epochs: number; floor?: number };

export type LossName = 'sparseCategoricalCrossentropy' | 'categoricalCrossentropy' | 'binaryCrossentropy' | 'meanSquaredError' | 'hinge';

export interface EpochRecord {
  /** Counted from 1. */
  epoch: number;
  loss: number;
  accuracy: number;
  validationLoss?: number;
  validationAccuracy?: number;
  /** Further sets scored after the epoch, by name. */
  also?: Record<string, { loss: number; accuracy: number }>;
  learningRate: number;
  seconds: number;
}

export interface BatchReport {
  epoch: number;
  epochs: number;
  /** Steps done in this epoch. */
  step: number;
  stepsPerEpoch: number;
  /** Running means over this epoch. */
  loss: number;
  accuracy: number;
  examplesPerSecond: number;
}

export interface FitOptions {
  optimizer: OptimizerSpec;
  loss: LossName;
  epochs: number;
  batchSize: number;
  seed: number;
  /** Part of the recipe, never read off the machine: the same bits everywhere. Default 2. */
  shards?: number;
  /** Where to train. Default: the GPU where runtime() has one. Changes results by rounding only. */
  device?: Device;
  validation?: Examples;
  /** Scored after each epoch, never used to select. */
  alsoEvaluate?: Record<string, Examples>;
  /** Random horizontal flip, in the graph, with this probability. */
  horizontalFlip?: number;
  /** New inputs for an epoch (augmentation by the data room); called before each epoch, 1-based. */
  inputsForEpoch?: (epoch: number) => Float32Array | Uint8Array;
  /** At least every 100 ms. */
  onProgress?: (report: BatchReport) => void;
  onEpoch?: (record: EpochRecord) => void | Promise<void>;
  signal?: AbortSignal;
  /** Where the checkpoint lies; an existing one of the same recipe is resumed, bit for bit. */
  checkpoint?: { path: string; everyEpochs?: number; everySteps?: number; key?: string };
}

export interface History {
  epochs: EpochRecord[];
  /** True when AbortSignal or SIGINT ended it early; the weights are those of the last finished step. */
  stopped: boolean;
  resumedFromEpoch: number;
  seconds: number;
}
