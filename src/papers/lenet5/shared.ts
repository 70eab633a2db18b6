/** What figures, tables and words of this report share: its runs and their labels, live trainings, verdicts, curves with live ones beside. */

import type { CurveSeries } from '../../figures/index.js';
import { judgeAll, type Measure, measured, type RunRecord, runs, summarise, type Verdict } from '../../results/index.js';
import { curvesOf, type Evidence, evidenceOf, neededEvidence } from '../evidence.js';
import { trainLive as train } from '../live.js';
import { claims, readings } from './claims.js';
import { experiments } from './experiments.js';

export const paper = 'lenet5';
/** The experiment as the report states it. */
export const main = 'proposed-lenet5';
export const reportedAccuracy = 0.989;
export type Live = readonly RunRecord[];

export const evidence = (experiment: string, live?: Live): Evidence => evidenceOf(paper, experiment, live);

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Verdicts on all claims, from the recorded runs. */
export function verdicts(): Verdict[] {
  return judgeAll(claims, runs.find({ paper, profile: 'paper', provenance: 'real' }), readings);
}

export const liveRuns = (experiment: string, live: Live = []) => live.filter((run) => run.recipe.experiment === experiment);

/** Live runs that may stand beside recorded ones: those on real data. */
const realRuns = (experiment: string, live?: Live) => liveRuns(experiment, live).filter((run) => run.provenance === 'real');

export const meanOfValues = (values: readonly number[]) => (values.length > 0 ? summarise(values).mean : undefined);

/** Recorded curves in full lines, live ones dotted, where both exist. */
export function beside(wanted: { name: string; curve: string; panel?: string; colour: number }[], live?: Live): CurveSeries[] {
  const shown = neededEvidence(paper, main, live);
  const others = shown.origin === 'recorded' ? realRuns(main, live) : [];
  return wanted.flatMap(({ name, curve, panel, colour }) => [
    { name, runs: curvesOf(shown.records, curve), panel, colour },
    ...(others.length > 0 ? [{ name: `${name}, live`, runs: curvesOf(others, curve), panel, colour, dash: 'dot' as const }] : []),
  ]);
}

export const liveNote = (live?: Live) => (realRuns(main, live).length > 0 && evidence(main).origin === 'recorded' ? '; dotted: live' : '');

export const usedBy = (measure: Measure, live?: Live) => evidence(measure.experiment, live).records;

/** Every value that a measure takes over the runs of its experiment, recorded or, where there are none, live. */
export function valuesOf(measure: Measure, live?: Live): number[] {
  return usedBy(measure, live)
    .map((run) => measured(measure, run))
    .filter((value) => value !== undefined);
}
