/** What an artefact is drawn from: recorded full runs on real data where they exist, else what was just trained, and it says which. */
import type { Provenance } from '../data/index.js';
import { type PaperId, type RunGroup, type RunRecord, runs, summarise } from '../results/index.js';
import { seedsInWords } from './words.js';

export interface Evidence {
  experiment: string;
  records: RunRecord[];
  origin: 'recorded' | 'live' | 'none';
  /** For captions: 'recorded, 3 seeds' or 'live, lesson profile'. */
  label: string;
}

/** The newest recipe's records when an experiment has several: those whose group finished last. */
function latestGroup(records: readonly RunRecord[]): RunGroup | undefined {
  const finished = (group: RunGroup) => Math.max(...group.records.map((record) => Date.parse(record.finishedAt)));
  return [...runs.group(records)].sort((a, b) => finished(b) - finished(a))[0];
}

const nothing: Omit<Evidence, 'experiment'> = { records: [], origin: 'none', label: 'not run yet' };

/** Runs of this session alone. */
export function liveEvidence(experiment: string, live: readonly RunRecord[] = []): Evidence {
  const records = live.filter((record) => record.recipe.experiment === experiment);
  if (records.length === 0) return { experiment, ...nothing };
  const standIn = records.some((record) => record.provenance === 'stand-in');
  return { experiment, records, origin: 'live', label: `live, ${records[0].profile} profile${standIn ? ', STAND-IN data' : ''}` };
}

/** Recorded paper runs of an experiment, or the live ones given. */
export function evidenceOf(paper: PaperId, experiment: string, live: readonly RunRecord[] = []): Evidence {
  const recorded = latestGroup(
    runs.find({ paper, experiment, profile: 'paper', provenance: 'real' }).filter((record) => runs.isRecorded(record)),
  );
  if (recorded) {
    const { records, n, mixed } = recorded;
    const seeds = `recorded, ${seedsInWords(n)}`;
    return { experiment, records, origin: 'recorded', label: mixed ? `${seeds}: ${mixed}` : seeds };
  }
  return liveEvidence(experiment, live);
}

/** The recorded full runs of an experiment alone; none where there are only live ones, or none. */
export function recordedOf(paper: PaperId, experiment: string): readonly RunRecord[] {
  const { records, origin } = evidenceOf(paper, experiment);
  return origin === 'recorded' ? records : [];
}

export interface Comparison {
  of(experiment: string): Evidence;
  /** For captions: 'recorded, 1 to 3 seeds'. */
  label: string;
  /** Experiments that have no run of this kind. */
  missing: string[];
}

/**
 * What one picture or number may hold side by side: recorded full runs, or runs of this session, never one kind beside the other.
 * The kind that covers more experiments is shown, recorded runs where both cover as many.
 */
export function comparisonOf(paper: PaperId, experiments: readonly string[], live: readonly RunRecord[] = []): Comparison {
  const recorded = experiments.map((experiment) => evidenceOf(paper, experiment)).filter(({ origin }) => origin === 'recorded');
  const mine = experiments.map((experiment) => liveEvidence(experiment, live)).filter(({ origin }) => origin === 'live');
  const shown = new Map((recorded.length >= mine.length ? recorded : mine).map((evidence) => [evidence.experiment, evidence]));
  const counts = [...shown.values()].map(({ records }) => records.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const first = [...shown.values()][0];
  return {
    of: (experiment) => shown.get(experiment) ?? { experiment, ...nothing },
    label: first?.origin === 'recorded' && fewest < most ? `recorded, ${fewest} to ${most} seeds` : (first?.label ?? nothing.label),
    missing: experiments.filter((experiment) => !shown.has(experiment)),
  };
}

/**
 * The same with only those seeds that everything shown was run with: the mean of two seeds beside one run compares seeds as well. Where no seed is
 * shared it stays as it is.
 */
export function onSharedSeeds(compared: Comparison, experiments: readonly string[]): Comparison {
  const shown = experiments.map(compared.of).filter(({ records }) => records.length > 0);
  const seeds = (shown[0]?.records ?? [])
    .map(({ seed }) => seed)
    .filter((seed) => shown.every(({ records }) => records.some((record) => record.seed === seed)));
  if (seeds.length === 0 || shown.every(({ records }) => records.length === seeds.length)) return compared;
  return {
    ...compared,
    of: (experiment) => {
      const evidence = compared.of(experiment);
      return { ...evidence, records: evidence.records.filter(({ seed }) => seeds.includes(seed)) };
    },
    label: `${compared.label.split(',')[0]}, seed${seeds.length > 1 ? 's' : ''} ${seeds.join(', ')}, which all of them have`,
  };
}

/** What a caption says of the part of a comparison that is not there: '; not recorded yet: …'. */
export const missingWords = ({ label, missing }: Comparison, nameOf: (experiment: string) => string): string =>
  missing.length === 0 ? '' : `; not ${label.startsWith('recorded') ? 'recorded' : 'run'} yet: ${missing.map(nameOf).join(' · ')}`;

/** Recorded or live runs; without any, an error says how to get them. */
export function neededEvidence(paper: PaperId, experiment: string, live: readonly RunRecord[] = []): Evidence {
  const evidence = evidenceOf(paper, experiment, live);
  if (evidence.origin === 'none')
    throw new Error(
      `There is no run of ${paper}/${experiment} to draw from. Run the training cells above, or \`npm run sweep -- --paper ${paper}\` for the full runs.`,
    );
  return evidence;
}

/** Mean of one metric over the records; undefined where no record has it. */
export function meanOf(evidence: Evidence, metric: string): number | undefined {
  const values = evidence.records.map((record) => record.metrics[metric]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean test accuracy of runs that all have one, a share of one. */
export const meanAccuracy = (records: readonly RunRecord[]): number =>
  summarise(records.map(({ metrics }) => metrics['testAccuracy']!)).mean;

/** Confusion matrices of several runs added up. */
export function summedConfusion(evidence: Evidence): number[][] {
  const matrices = evidence.records.map((record) => record.confusion).filter((matrix) => matrix !== undefined);
  if (matrices.length === 0) throw new Error(`No run of ${evidence.experiment} kept a confusion matrix.`);
  return matrices[0].map((row, actual) => row.map((_, predicted) => matrices.reduce((sum, matrix) => sum + matrix[actual][predicted], 0)));
}

/** One metric of one experiment, a fraction of 1. */
export interface Score {
  experiment: string;
  metric: string;
}

/** Points of `more` above `less`, seed by seed where both were run. */
export function pairedPoints(more: Score, less: Score, recordsOf: (experiment: string) => readonly RunRecord[]): number[] {
  return recordsOf(more.experiment).flatMap((run) => {
    const other = recordsOf(less.experiment).find(({ seed }) => seed === run.seed);
    const [high, low] = [run.metrics[more.metric], other?.metrics[less.metric]];
    return high === undefined || low === undefined ? [] : [100 * (high - low)];
  });
}

/** Stand-ins leave their mark on whatever is made of them. */
export const provenanceOf = (records: readonly RunRecord[]): Provenance =>
  records.some((run) => run.provenance === 'stand-in') ? 'stand-in' : 'real';

/** One curve of each run that has it. */
export const curvesOf = (records: readonly RunRecord[], curve: string) =>
  records.map((run) => run.curves[curve]).filter((values) => values !== undefined);

/** What is there, of things that may not be. */
export const present = <Item>(items: readonly (Item | undefined)[]): Item[] => items.filter((item): item is Item => item !== undefined);
