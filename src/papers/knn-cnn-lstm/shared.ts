/** What figures, tables and words of this report share: its runs and their labels, live trainings and searches, verdicts. */
import type { MeasuredValue } from '../../figures/index.js';
import { show } from '../../notebook/index.js';
import {
  currentProfile,
  judgeAll,
  type Measure,
  measured,
  type RunProgress,
  type RunRecord,
  runs,
  summarise,
  type Verdict,
} from '../../results/index.js';
import { type Comparison, type Evidence, evidenceOf, neededEvidence } from '../evidence.js';
import { trainLive as train } from '../live.js';
import { wrapped } from '../words.js';
import { claims, readings } from './claims.js';
import { experimentNamed, experiments, rowName } from './experiments.js';
import { bestRow } from './recipes.js';

export const paper = 'knn-cnn-lstm';
/** The experiment of the report's best row. */
export const best = rowName(bestRow.row);

/** Counting neighbours has no chance in it: its one recorded run is not one seed of many. */
export const withoutSeeds = (found: Evidence): Evidence =>
  found.origin === 'recorded' && found.experiment.startsWith('knn-') ? { ...found, label: 'recorded' } : found;

export const evidence = (experiment: string, live?: readonly RunRecord[]): Evidence => withoutSeeds(evidenceOf(paper, experiment, live));

/** The same; without any run an error says how to get one. */
export const needed = (experiment: string, live?: readonly RunRecord[]): Evidence => withoutSeeds(neededEvidence(paper, experiment, live));

/** The runs of an experiment that its figures and words are drawn from. */
export const recorded = (experiment: string): readonly RunRecord[] => evidence(experiment).records;

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Searches neighbours live, as the named experiments say, each with one updating line. A recorded full search is not repeated. */
export async function searchLive(names: readonly string[]): Promise<RunRecord[]> {
  const profile = currentProfile();
  const records: RunRecord[] = [];
  for (const name of names) {
    const progress = show.progress(name);
    const options = { profile, again: profile !== 'paper', onProgress: (state: RunProgress) => progress.update(state) };
    const record = await runs.ensure(experimentNamed(name, profile), options);
    const asked = record.data.find(({ role }) => role === 'test')?.count ?? 0;
    progress.done(`${asked.toLocaleString('en-GB')} test images in ${record.seconds.toFixed(1)} s (${profile} profile)`);
    records.push(record);
  }
  return records;
}

/** Epochs at the end of a training whose mean hangs less on chance than its last one. */
export const lateEpochs = 5;

/** Mean test accuracy over the last epochs; undefined for a training so short that it still climbed in them. */
export function lateAccuracy({ curves }: RunRecord): number | undefined {
  const curve = curves['testAccuracy'] ?? [];
  return curve.length >= 2 * lateEpochs ? summarise(curve.slice(-lateEpochs)).mean : undefined;
}

/** Points of one experiment above another by these means, seed by seed. */
export const latePoints = (more: string, less: string, recordsOf: (experiment: string) => readonly RunRecord[]): number[] =>
  recordsOf(more).flatMap((run) => {
    const other = recordsOf(less).find(({ seed }) => seed === run.seed);
    const [high, low] = [lateAccuracy(run), other && lateAccuracy(other)];
    return high === undefined || low === undefined ? [] : [100 * (high - low)];
  });

/** Full runs on real data. */
export const recordedRuns = () => runs.find({ paper, profile: 'paper', provenance: 'real' });

/** Verdicts on all claims, from the recorded runs. */
export function verdicts(): Verdict[] {
  return judgeAll(claims, recordedRuns(), readings);
}

/** Values of one measure over the runs of an experiment, as mean with its interval. */
export function measuredValue(name: string, measure: Measure, compared: Comparison, group?: string): MeasuredValue | undefined {
  const values = compared
    .of(measure.experiment)
    .records.map((record) => measured(measure, record))
    .filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  const { mean, lowest, highest, n } = summarise(values);
  return { name, value: mean, count: n, ...(n > 1 && { low: lowest, high: highest }), ...(group && { group }) };
}

/** A point of the seeds that all share, with a whisker over every seed that the experiment has. */
export function sharedValue(
  name: string,
  measure: Measure,
  shared: Comparison,
  all: Comparison,
  group?: string,
): MeasuredValue | undefined {
  const [point, whole] = [measuredValue(name, measure, shared, group), measuredValue(name, measure, all)];
  return point && whole?.low !== undefined ? { ...point, low: whole.low, high: whole.high } : point;
}

export const sharedWords = (shared: Comparison) => `points: ${shared.label}; whiskers: lowest to highest of all seeds`;

/** The report has two decimals and so has what is printed: their difference is taken of what is printed. */
export const gapTo = (reported: number, share: number): number => Number((100 * share).toFixed(2)) - reported;
export const gapWords = (reported: number, share: number): string => {
  const gap = gapTo(reported, share);
  return `${Math.abs(gap).toFixed(2)} points ${gap < 0 ? 'below' : 'above'}`;
};
/** Sentences, one a line, within the width of a cell. */
export const lines = (texts: readonly string[]): string => wrapped(texts.join('\n'));
