/** How far the reproduction is: artefacts, claims, runs that are missing and the hours that they take. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { DataSetName } from '../data/index.js';
import {
  type Experiment,
  judgeAll,
  type PaperId,
  type Profile,
  type RunProblem,
  type RunRecord,
  type RunStore,
  runs,
  type VerdictOutcome,
} from '../results/index.js';
import { type Report, reports } from './all.js';
import { artefacts } from './artefacts.js';

const repository = path.resolve(__dirname, '..', '..', '..');

export interface MissingRun {
  experiment: Experiment;
  seed: number;
  /** What it takes, in minutes on two cores: measured on other seeds where there are any. */
  minutes: number;
  /** A checkpoint of it exists. */
  checkpoint: boolean;
}

export interface MissingOptions {
  profile?: Profile;
  /** At most so many seeds of each experiment. */
  seeds?: number;
  /** Also what is recorded already. */
  again?: boolean;
  /** A run in results/local will do. */
  local?: boolean;
  store?: RunStore;
}

/** Later seeds wait until each claim has its first run. */
const urgency = (experiment: Experiment, place: number) => Math.max(experiment.priority, place > 0 ? 2 : 1);

/** What a run takes: as long as its quickest other seed took on a CPU (a slower one shared the machine); before the first, what the experiment expects. */
function minutesOf({ minutes }: Experiment, finished: readonly RunRecord[]): number {
  const took = finished.filter(({ device }) => !device.startsWith('GPU')).map(({ seconds }) => seconds / 60);
  return took.length === 0 ? minutes : Math.min(...took);
}

/** Runs without a record, the most wanted first: one seed for each claim, then further seeds, then ablations, then the long studies; the shorter first. */
export async function missingRuns(experiments: readonly Experiment[], options: MissingOptions = {}): Promise<MissingRun[]> {
  const { profile = 'paper', seeds = Number.POSITIVE_INFINITY, again = false, local = profile === 'smoke', store = runs } = options;
  const wanted: (MissingRun & { urgency: number; place: number })[] = [];
  for (const experiment of experiments) {
    const finished = await store.of(experiment, { profile });
    const known = again ? [] : finished.filter((run) => local || store.isRecorded(run));
    const minutes = minutesOf(experiment, finished);
    for (const [place, seed] of experiment.seeds.slice(0, seeds).entries()) {
      if (known.some((run) => run.seed === seed)) continue;
      const checkpoint = await store.hasCheckpoint(experiment, { profile, seed });
      wanted.push({ experiment, seed, minutes, checkpoint, urgency: urgency(experiment, place), place });
    }
  }
  return wanted
    .sort((a, b) => a.urgency - b.urgency || a.place - b.place || Number(b.checkpoint) - Number(a.checkpoint) || a.minutes - b.minutes)
    .map(({ urgency: _urgency, place: _place, ...item }) => item);
}

/**
 * The recorded full runs on real data of a report's experiments as they are now; runs of an earlier recipe are left out.
 * With `local`, also those that a reader carried out and did not record.
 */
export async function recordedRuns(
  paper: PaperId,
  { store = runs, local = false }: { store?: RunStore; local?: boolean } = {},
): Promise<RunRecord[]> {
  const report = reports.find((known) => known.paper === paper);
  const found: RunRecord[] = [];
  for (const experiment of report?.experiments('paper') ?? [])
    found.push(...(await store.of(experiment, { profile: 'paper', provenance: 'real' })).filter((run) => local || store.isRecorded(run)));
  return found;
}

export interface ReportStatus {
  paper: PaperId;
  number: string;
  artefacts: { total: number; withRuns: number; drawn: number };
  claims: { total: number; outcomes: Partial<Record<VerdictOutcome, number>>; judged: number; provisional: number };
  runs: { recorded: number; missing: number; minutesLeft: number };
}

export interface ReproductionStatus {
  artefacts: { total: number; withRuns: number; drawn: number };
  claims: { total: number; judged: number; untestable: number; provisional: number };
  runs: { recorded: number; missing: number; minutesLeft: number };
  reports: ReportStatus[];
  data: { name: DataSetName; state: 'in the cache' | 'not fetched yet' }[];
  problems: RunProblem[];
}

const isDrawn = (id: string) => ['png', 'csv'].some((kind) => existsSync(path.join(repository, 'figures', `${id}.${kind}`)));

/** Drawn from recorded real runs: each experiment it needs has one, and its file is there. */
function artefactCounts(paper: PaperId, recorded: readonly RunRecord[]) {
  const own = artefacts.filter((artefact) => artefact.paper === paper);
  const ready = own.filter(({ needs }) => needs?.every((name) => recorded.some((run) => run.recipe.experiment === name)));
  return { total: own.length, withRuns: ready.length, drawn: ready.filter(({ id }) => isDrawn(id)).length };
}

function dataState(): ReproductionStatus['data'] {
  return (['mnist', 'fashion-mnist', 'idc'] as const).map((name) => {
    const folder = path.join(repository, 'data', 'cache', name);
    return { name, state: existsSync(folder) && readdirSync(folder).length > 0 ? 'in the cache' : 'not fetched yet' };
  });
}

async function reportStatus({ paper, number, claims, readings, experiments }: Report, store: RunStore): Promise<ReportStatus> {
  const recorded = await recordedRuns(paper, { store });
  const verdicts = judgeAll(claims, recorded, readings);
  const outcomes: ReportStatus['claims']['outcomes'] = {};
  for (const { outcome } of verdicts) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const missing = await missingRuns(experiments('paper'), { store });
  return {
    paper,
    number,
    artefacts: artefactCounts(paper, recorded),
    claims: {
      total: verdicts.length,
      outcomes,
      judged: verdicts.filter(({ outcome }) => outcome !== 'no recorded runs').length,
      provisional: verdicts.filter(({ provisional, outcome }) => provisional && outcome !== 'no recorded runs').length,
    },
    runs: { recorded: recorded.length, missing: missing.length, minutesLeft: missing.reduce((sum, { minutes }) => sum + minutes, 0) },
  };
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number) => items.reduce((total, item) => total + of(item), 0);

export async function reproductionStatus(store: RunStore = runs): Promise<ReproductionStatus> {
  const parts: ReportStatus[] = [];
  for (const report of reports) parts.push(await reportStatus(report, store));
  return {
    artefacts: {
      total: sum(parts, (part) => part.artefacts.total),
      withRuns: sum(parts, (part) => part.artefacts.withRuns),
      drawn: sum(parts, (part) => part.artefacts.drawn),
    },
    claims: {
      total: sum(parts, (part) => part.claims.total),
      judged: sum(parts, (part) => part.claims.judged),
      untestable: sum(parts, (part) => part.claims.outcomes['not testable'] ?? 0),
      provisional: sum(parts, (part) => part.claims.provisional),
    },
    runs: {
      recorded: sum(parts, (part) => part.runs.recorded),
      missing: sum(parts, (part) => part.runs.missing),
      minutesLeft: sum(parts, (part) => part.runs.minutesLeft),
    },
    reports: parts,
    data: dataState(),
    problems: store.problems(),
  };
}

export function hoursAndMinutes(minutes: number): string {
  if (minutes === 0) return 'nothing';
  if (minutes < 60) return `${minutes < 10 ? minutes.toFixed(1) : Math.round(minutes)} min`;
  return `${(minutes / 60).toFixed(1)} h`;
}

/** The status as lines of text. */
export function statusText({ artefacts: shown, claims, runs: work, reports: parts, data, problems }: ReproductionStatus): string {
  const lines = [
    `Artefacts drawn from recorded real runs: ${shown.drawn}/${shown.total} (runs are there for ${shown.withRuns})`,
    `Claims judged: ${claims.judged}/${claims.total}, of these ${claims.untestable} not testable as stated${claims.provisional > 0 ? `, ${claims.provisional} provisional (fewer than three seeds)` : ''}`,
    `Full runs: ${work.recorded} recorded, ${work.missing} missing, about ${hoursAndMinutes(work.minutesLeft)} left on two cores (npm run sweep)`,
    '',
    'report                    artefacts   claims judged   runs      left',
    ...parts.map((part) => {
      const { paper, number } = part;
      const cells = [
        `${number} ${paper}`.padEnd(25),
        `${part.artefacts.drawn}/${part.artefacts.total}`.padEnd(11),
        `${part.claims.judged}/${part.claims.total}`.padEnd(15),
        `${part.runs.recorded}/${part.runs.recorded + part.runs.missing}`.padEnd(9),
        hoursAndMinutes(part.runs.minutesLeft),
      ];
      return cells.join(' ').trimEnd();
    }),
    '',
    `Data: ${data.map(({ name, state }) => `${name} ${state}`).join(', ')} (npm run data)`,
  ];
  if (problems.length > 0) lines.push('', 'Records that were refused:', ...problems.map(({ file, reason }) => `  ${file}: ${reason}`));
  return lines.join('\n');
}
