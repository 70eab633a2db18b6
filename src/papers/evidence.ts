/** What an artefact is drawn from: recorded full runs on real data where they exist, else what was just trained, and it says which. */
import { type PaperId, type RunGroup, type RunRecord, runs } from '../results/index.js';

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

/** Recorded paper runs of an experiment, or the live ones given. */
export function evidenceOf(paper: PaperId, experiment: string, live: readonly RunRecord[] = []): Evidence {
  const recorded = latestGroup(
    runs.find({ paper, experiment, profile: 'paper', provenance: 'real' }).filter((record) => runs.isRecorded(record)),
  );
  if (recorded) {
    const { records, n, mixed } = recorded;
    const seeds = `recorded, ${n} seed${n === 1 ? '' : 's'}`;
    return { experiment, records, origin: 'recorded', label: mixed ? `${seeds}: ${mixed}` : seeds };
  }
  const mine = live.filter((record) => record.recipe.experiment === experiment);
  if (mine.length === 0) return { experiment, records: [], origin: 'none', label: 'not run yet' };
  const standIn = mine.some((record) => record.provenance === 'stand-in');
  return { experiment, records: mine, origin: 'live', label: `live, ${mine[0].profile} profile${standIn ? ', STAND-IN data' : ''}` };
}

/** The same, but an error says how to get the runs that are missing. */
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
