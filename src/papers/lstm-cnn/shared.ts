/** What figures and tables of this report share: runs and their labels, spreads, differences in words. */
import { type RunRecord, summarise } from '../../results/index.js';
import { type Evidence, evidenceOf, liveEvidence } from '../evidence.js';
import { percentage, signedPoints } from '../words.js';
import { architectures, idcArchitectures } from './experiments.js';
import type { Architecture } from './models.js';

export const paper = 'lstm-cnn';
export type Live = readonly RunRecord[];

export const modelNames: Record<Architecture, string> = {
  'lstm-cnn': 'LSTM + CNN',
  'cnn-lstm': 'CNN + LSTM',
  lstm: 'LSTM',
  cnn: 'CNN',
  stacked: '3 × (LSTM + CNN)',
};

const splitWords: Record<string, string> = { patch: 'by patch', patient: 'by patient' };

/** What a run is called in tables and figures: 'idc-lstm-cnn-patch' is LSTM + CNN, by patch. */
export function runName(experiment: string): string {
  const [, model, change] = /^(?:mnist|idc)-(lstm-cnn|cnn-lstm|lstm|cnn|stacked)(?:-(.+))?$/.exec(experiment) ?? [];
  if (!model) return experiment;
  return `${modelNames[model as Architecture]}${change ? `, ${splitWords[change] ?? change.replaceAll('-', ' ')}` : ''}`;
}

export const evidence = (experiment: string, live?: Live): Evidence => evidenceOf(paper, experiment, live);
export const points = (difference: number) => signedPoints(100 * difference);
/** An end of an interval; one that two decimals would call zero has three, for on which side of zero it lies is what is asked. */
const end = (difference: number) => {
  const shown = points(difference);
  return /[1-9]/.test(shown) ? shown : `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(3)}`;
};
export const between = (low: number, high: number) => `${end(low)} to ${end(high)}`;

/** Evidence of two experiments that may be compared: both recorded, or both just trained; never a full run against a lesson's. */
export function pairOf(left: string, right: string, live: Live = []): [Evidence, Evidence] {
  const pair: [Evidence, Evidence] = [evidence(left, live), evidence(right, live)];
  if (pair[0].origin === pair[1].origin || pair.some(({ origin }) => origin === 'none')) return pair;
  return [liveEvidence(left, live), liveEvidence(right, live)];
}

/** "98.12 ± 0.08" of one metric in per cent. */
export function spread(records: Live, metric: string): string {
  const values = records.map((run) => run.metrics[metric]).filter((value) => value !== undefined);
  if (values.length === 0) return '–';
  const { mean, sd } = summarise(values);
  return sd === null ? percentage(mean) : `${percentage(mean)} ± ${percentage(sd)}`;
}

/** Where the curves of one figure come from: said once if all agree, else in the legend. */
export const commonLabel = (all: readonly Evidence[]): string | undefined => {
  const labels = new Set(all.map(({ label }) => label));
  return labels.size === 1 ? [...labels][0] : undefined;
};

export const mnistRun = (architecture: Architecture) => `mnist-${architecture}`;
export type Part = 'train' | 'validation';
export const curveOf: Record<Part, string> = { train: 'accuracy', validation: 'validationAccuracy' };
export const partWords: Record<Part, string> = { train: 'training', validation: 'validation' };
export const colours: readonly Architecture[] = [...architectures, 'stacked'];

/** The IDC runs split by patch that figures 8 and 9 and table II show first. */
export const patchRuns = (live?: Live) => idcArchitectures.flatMap((architecture) => evidence(`idc-${architecture}-patch`, live).records);

/** What a constant answer scores on the test patches of these runs; a stratified split keeps the set's balance in every part. */
export function majorityOf(records: Live): number {
  if (records.length === 0) throw new Error('There is no run on IDC to draw from. Run the training cells above.');
  return summarise(records.map((run) => run.metrics['majorityAccuracy'])).mean;
}

/** What no network at all scores, from the share of positive patches: "always negative: 65.7 %". */
export const constantWords = (positiveShare: number) =>
  `always ${positiveShare > 0.5 ? 'positive' : 'negative'}: ${percentage(Math.max(positiveShare, 1 - positiveShare), 1)} %`;

/** What a constant answer scores on the test patches of these runs, in per cent: one number where a stratified split gives all the same, else from … to. */
export function constantRange(records: Live): string {
  const shares = records.map(({ metrics }) => percentage(metrics['majorityAccuracy'], 1)).sort((one, other) => Number(one) - Number(other));
  const [least, most] = [shares[0], shares.at(-1)];
  return least === most ? `${least} %` : `${least} to ${most} %`;
}

/** What the runs on tissue were made of, read off their records: "idc (extract): 15,754 patches, 34.3 % of them positive; always negative: 65.7 %". */
export function patchWords(live?: Live): string {
  const records = patchRuns(live);
  return records.length > 0 ? wordsOf(records) : 'no run yet';
}

export function wordsOf(records: Live): string {
  const most = [...records].sort((a, b) => patchesUsed(b) - patchesUsed(a))[0];
  const positiveShare = 1 - majorityOf([most]);
  const patches = `${patchesUsed(most).toLocaleString('en-US')} patches, ${percentage(positiveShare, 1)} % of them positive`;
  return `${most.data[0].name}: ${patches}; ${constantWords(positiveShare)}`;
}

/** Patches that a run used in all its parts. */
const patchesUsed = ({ data }: RunRecord) => data.reduce((sum, { count }) => sum + count, 0);
