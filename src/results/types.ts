import type { Provenance } from '../data/types.js';

export type Profile = 'smoke' | 'lesson' | 'paper';
export type PaperId = 'lenet5' | 'lstm-cnn' | 'cnn-lstm-aggregated' | 'hilbert-lstm' | 'knn-cnn-lstm';
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Everything that decides a run's numbers except its seed, as plain data with a stable hash. */
export interface Recipe {
  paper: PaperId;
  /** Name of the experiment within its paper: 'proposed-lenet5'. */
  experiment: string;
  /** Model, data, optimiser, epochs, batch size, shards, augmentation …: plain data, whatever the experiment needs. */
  [key: string]: Json;
}

/** What a run used of one data set. */
export interface DataUsed {
  name: string;
  role: string;
  count: number;
  checksum: string;
  provenance: Provenance;
}

/** What an experiment hands to the store when it is done. */
export interface RunOutcome {
  metrics: Record<string, number>;
  curves?: Record<string, number[]>;
  /** Rows = actual, columns = predicted. */
  confusion?: number[][];
  /** Larger numbers, kept in a compact binary file beside the record. */
  arrays?: Record<string, { values: Float32Array | Int32Array | Uint8Array; shape: number[] }>;
  /** Anything else that is small and plain. */
  extra?: Json;
  data: DataUsed[];
}

export interface RunContext {
  recipe: Recipe;
  seed: number;
  profile: Profile;
  signal?: AbortSignal;
  /** Where this run may keep its checkpoint; removed once the record is written. */
  checkpointPath: string;
  /** Fraction done (0–1) and a short text; drawn by whoever started the run. */
  report: (progress: RunProgress) => void;
}

export interface RunProgress {
  fraction: number;
  text: string;
  /** Latest values of the curves, for a live picture. */
  curves?: Record<string, number[]>;
}

/** An experiment: a recipe and the code that carries it out. */
export interface Experiment {
  recipe: Recipe;
  /** Seeds wanted in the paper profile, most wanted first. */
  seeds: number[];
  /** Expected minutes for one seed on two cores, for the plan. */
  minutes: number;
  /** Smaller runs first: 1 = a claim needs it, 2 = a headline's further seeds, 3 = ablations, 4 = 784-step studies. */
  priority: number;
  run: (context: RunContext) => Promise<RunOutcome>;
}

/** The record of a recipe carried out, as stored. */
export interface RunRecord extends RunOutcomeStored {
  schema: number;
  /** Raised with every change of code that alters results; records of an older one are stale. */
  numerics: number;
  hash: string;
  recipe: Recipe;
  seed: number;
  profile: Profile;
  provenance: Provenance;
  data: DataUsed[];
  seconds: number;
  device: string;
  machine: string;
  versions: Record<string, string>;
  commit: string;
  finishedAt: string;
  /** sha256 over the record without this field: a hand-edited record is refused. */
  seal: string;
}

export interface RunOutcomeStored {
  metrics: Record<string, number>;
  curves: Record<string, number[]>;
  confusion?: number[][];
  arrays: Record<string, { file: string; offset: number; type: 'float32' | 'int32' | 'uint8'; shape: number[] }>;
  extra: Json;
}
