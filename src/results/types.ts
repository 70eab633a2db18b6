import type { Provenance } from '../data/types.js';

export type Profile = 'smoke' | 'lesson' | 'paper';
/** The reports by name. One that is written elsewhere joins them by `declare module 'paperlab/results'`, see ARCHITECTURE.md. */
export interface Papers {
  lenet5: true;
  'lstm-cnn': true;
  'cnn-lstm-aggregated': true;
  'hilbert-lstm': true;
  'knn-cnn-lstm': true;
}
export type PaperId = keyof Papers;
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
  /** Seconds of work, with those before an interruption; measured by the store where missing. */
  seconds?: number;
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
  /** The profile that the recipe was made for; where given, asking for another one is refused. */
  profile?: Profile;
  /**
   * Checksums of the data that the run will use, by name. Where given they are part of the run's hash: a run on
   * stand-ins is then never taken for one on real data. Where missing, runs on stand-ins are not used again.
   */
  dataChecksums?: () => Promise<Record<string, string>>;
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
  /** Name and processor of the machine, where the run was one of a sweep over several. */
  host?: string;
  versions: Record<string, string>;
  commit: string;
  finishedAt: string;
  /** The file with the arrays, where the run has any. */
  binary?: { file: string; bytes: number; sha256: string };
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

/** A number read from one run of an experiment: one of its metrics, a curve reduced to a number, or a function. */
export type Measure =
  | { experiment: string; metric: string }
  | { experiment: string; curve: string; take: 'first' | 'last' | 'mean' | 'highest' | 'lowest' | { epoch: number } }
  | { experiment: string; read: (run: RunRecord) => number | undefined; what: string };

/** A number that stands in the literature or in the report, to compare a measure with; in the claim's unit. */
export interface Constant {
  constant: number;
  what: string;
}

interface ClaimBase {
  /** Unique within all reports: 'lstm-cnn/mnist-lstm-cnn-validation'. */
  id: string;
  paper: PaperId;
  /** Where it stands: 'table I, row LSTM + CNN'. */
  place: string;
  /** What is claimed, in our words. */
  statement: string;
  /** The section of the notebook that shows it, by the end of its title, where `place` does not name one. */
  shownIn?: string;
}

/** '%': a claim in per cent, judged against measures that are fractions of 1. '1': a fraction or an index of order 1. Others as named. */
export type ClaimUnit = '%' | '1' | (string & {});

export interface ValueClaim extends ClaimBase {
  kind: 'value';
  value: number;
  unit: ClaimUnit;
  /** Decimals that the report prints; 'reproduced exactly' compares as many. */
  decimals: number;
  measure: Measure;
  /** The claim is about measure − minus, paired by seed. */
  minus?: Measure;
  /** Which side of the value is the better one. */
  goodSide: 'higher' | 'lower' | 'none';
  /** 'More than 99 %' is a bound, not a value: anything beyond it on that side is as claimed. */
  bound?: 'at least' | 'at most';
  /** What the report says where the number is ours: 'chance'. */
  said?: string;
  /** Replaces the rule's 0.5 points (in the claim's unit); must be given for units other than '%' and '1'. */
  tolerance?: number;
  /** No chance in it: one run is enough, and every digit can be asked for. */
  deterministic?: boolean;
  /** Claims with the same name belong together: 'reproduced exactly' and 'explained' ask for all of them. */
  together?: string;
}

/** "A is better than B": judged by the paired interval of A − B over seeds. */
export interface ComparisonClaim extends ClaimBase {
  kind: 'comparison';
  left: Measure;
  right: Measure | Constant;
  /** What is claimed of left against right; 'equal' needs the whole interval within ± tolerance. */
  relation: 'higher' | 'lower' | 'equal';
  unit: ClaimUnit;
  tolerance?: number;
  together?: string;
}

/** A number that follows from the structure alone and is computed, not measured: parameters, connections, shapes. */
export interface StructureClaim extends ClaimBase {
  kind: 'structure';
  value: number;
  unit: ClaimUnit;
  compute: () => number;
  together?: string;
}

/** A statement that cannot be tested here, with the reason and what is tested instead. */
export interface UntestableClaim extends ClaimBase {
  kind: 'untestable';
  value?: number;
  /** Digits that the report prints after the point. */
  decimals?: number;
  unit?: ClaimUnit;
  why: string;
  /** Ids of the claims that are judged in its place. */
  instead?: string[];
}

export type Claim = ValueClaim | ComparisonClaim | StructureClaim | UntestableClaim;

/**
 * Another way to read a report's numbers, declared before its runs: 'the accuracy is one of training'. It explains when it
 * gives all the numbers that belong together.
 */
export interface Reading {
  id: string;
  paper: PaperId;
  name: string;
  statement: string;
  /** A setting was searched to fit the claim: a match is then 'consistent with' and no more. */
  fitted?: boolean;
  deterministic?: boolean;
  /** What this reading takes each claimed number for. */
  explains: { claim: string; measure: Measure; minus?: Measure }[];
}

export type VerdictOutcome =
  | 'reproduced exactly'
  | 'reproduced'
  | 'better'
  | 'not reproduced'
  | 'explained'
  | 'consistent with'
  | 'not testable'
  | 'no recorded runs';

export interface ReadingResult {
  reading: string;
  name: string;
  /** Numbers that it gives, of those that belong together; judged = those that have runs. */
  matched: number;
  judged: number;
  of: number;
  fitted: boolean;
  /** What it gives for this claim, in the claim's unit. */
  mean: number | null;
}

export interface Verdict {
  claim: string;
  paper: PaperId;
  outcome: VerdictOutcome;
  /** Fewer than three seeds stand behind it. */
  provisional: boolean;
  /** Obtained minus claimed in the claim's unit; for a comparison the mean difference. */
  margin: number | null;
  n: number;
  seeds: number[];
  mean: number | null;
  /** Null with fewer than two runs. */
  sd: number | null;
  /** 95 % t-interval of the mean (of the paired difference for a comparison); null with fewer than three runs. */
  interval: [number, number] | null;
  claimed: number | null;
  unit: ClaimUnit;
  /** Readings that were declared for this claim, whether they matched or not. */
  readings: ReadingResult[];
  /** The one among them that the outcome is named after, with the fewest seeds behind its numbers. */
  fits?: { reading: ReadingResult; seeds: number };
  /**
   * What a comparison that is not reproduced shows: nothing yet, or the contrary. Of a number that is reproduced: that a wide spread alone
   * makes it so, with all runs on one side of it.
   */
  shows?: 'no difference shown' | 'the other way round' | 'by the spread alone: all runs lower' | 'by the spread alone: all runs higher';
  /** Files of the runs behind the verdict: <paper>/<experiment>-<hash8>-s<seed>. */
  runs: string[];
  /** What a reader sees. */
  words: string;
}

/** Mean and spread of one number over seeds. */
export interface Summary {
  n: number;
  mean: number;
  /** Sample standard deviation; null with fewer than two. */
  sd: number | null;
  /** 95 % interval of the mean by Student's t; null with fewer than three. */
  interval: [number, number] | null;
  lowest: number;
  highest: number;
}

/** Runs of one recipe over several seeds. */
export interface RunGroup {
  paper: PaperId;
  experiment: string;
  profile: Profile;
  hash: string;
  n: number;
  seeds: number[];
  provenance: Provenance;
  /** Where some runs are a CPU's and some a GPU's: which. Whoever shows the group's means shows this beside them. */
  mixed: string | undefined;
  metrics: Record<string, Summary>;
  /** Per epoch; only as long as the shortest curve. */
  curves: Record<string, Summary[]>;
  records: RunRecord[];
}

/** A file of the store that cannot be used, and why. */
export interface RunProblem {
  file: string;
  kind: 'truncated' | 'other schema' | 'stale numerics' | 'edited' | 'missing binary' | 'invalid' | 'unreadable';
  reason: string;
}
