/**
 * How long an LSTM remembers before it has learned anything: its forget gate keeps the share σ(bias) of each step. Does that tell which of the
 * LSTMs that read 784 steps row by row learn?
 */
import { type ImageSet, toFloats } from '../../data/index.js';
import type { RunRecord } from '../../results/index.js';
import { meanAccuracy, recordedOf } from '../evidence.js';
import { hardlyLearned } from '../failed.js';
import { networkName } from '../names.js';
import { percent, wrapped } from '../words.js';
import { emptySteps, quantile } from './empty-end.js';
import { gateStudy, pixelOrderOf, type SequenceRecipe } from './experiments.js';
import type { GateStart } from './models.js';
import { halfLife } from './power-law.js';

const paper = 'hilbert-lstm';
const stated = 'lstm-28-row';
const starts = [stated, ...gateStudy.map(({ suffix }) => `${stated}-${suffix}`), `${stated}-chrono-clip`];

/** Half-life of a unit's memory at the start, inputs at zero; where units differ, of the unit in the middle. */
export function startingHalfLife(start: GateStart | null): number {
  // The forget gate as stated starts at a bias of 1, and a bias of ln s makes σ(ln s) = s / (s + 1); chrono draws s evenly.
  const span = start === null ? Math.exp(1) : start.kind === 'forget-bias' ? Math.exp(start.bias) : start.longest / 2;
  return halfLife(span / (span + 1));
}

export interface Start {
  name: string;
  steps: number;
  /** Units differ in how long they remember. */
  spread: boolean;
  accuracy: number;
  learned: boolean;
  runs: number;
}

function startsOf(experiments: readonly string[], recordsOf: (experiment: string) => readonly RunRecord[]): Start[] {
  return experiments
    .map((experiment) => ({ experiment, records: recordsOf(experiment) }))
    .filter(({ records }) => records.length > 0)
    .map(({ experiment, records }) => {
      const { gateStart } = (records[0]!.recipe as unknown as SequenceRecipe).model;
      const accuracy = meanAccuracy(records);
      return {
        name: networkName(paper, experiment),
        steps: startingHalfLife(gateStart),
        spread: gateStart?.kind === 'chrono',
        accuracy,
        learned: !records.every(hardlyLearned),
        runs: records.length,
      };
    });
}

/** What the memories at the start come to, beside the steps that they have to last. */
export function startsInWords(found: readonly Start[], empty: number, elsewhere: readonly (Start & { empty: number })[] = []): string {
  if (found.length === 0) return 'No LSTM on 784 steps, row by row, is recorded yet.';
  const each = found.map(
    ({ name, steps, spread, accuracy, learned }) =>
      `  ${name}: half is forgotten after ${steps.toFixed(steps < 10 ? 1 : 0)} steps${spread ? ' (the unit in the middle; they differ)' : ''}; test ${percent(accuracy)}, ${learned ? 'learned' : 'did not learn'}.`,
  );
  const [learned, failed] = [found.filter((start) => start.learned), found.filter((start) => !start.learned)];
  const longestFailed = Math.max(...failed.map(({ steps }) => steps));
  const parts = learned.length > 0 && failed.length > 0 && learned.every(({ steps }) => steps > longestFailed);
  const outlast = parts && learned.every(({ steps }) => steps >= empty) && longestFailed < empty;
  const most = Math.max(...found.map(({ runs }) => runs));
  const fewRuns = most === 1 ? 'one run each' : `at most ${most} runs each`;
  const conclusion =
    learned.length === 0 || failed.length === 0
      ? `All of them ${failed.length === 0 ? 'learned' : 'failed'}: the start tells nothing here.`
      : outlast
        ? `Those whose memory lasts through the empty end from the first step on learned, the others did not (${fewRuns}): that fits a training that cannot begin because nothing of the digit reaches the last step. It does not prove it.`
        : parts
          ? `Those that remember longest at the start learned, the others did not (${fewRuns}).`
          : `How long they remember at the start does not part those that learned from those that failed (${fewRuns}).`;
  // Another order that learned although its memory at the start is as short speaks against the explanation.
  const against = !outlast
    ? []
    : elsewhere
        .filter((other) => other.learned && other.steps < other.empty)
        .map(
          (other) =>
            `Against it: ${other.name}, half forgotten after ${other.steps.toFixed(1)} steps and with ${other.empty} empty ones at the end of half of the digits, learned all the same.`,
        );
  return wrapped(
    [
      `As an LSTM starts, before it has learned anything; row by row half of the digits end with ${empty} empty steps or more:`,
      ...each,
      conclusion,
      ...against,
    ].join('\n'),
  );
}

/** The same from the recorded runs, for the digits given. */
export function gateStartWords(set: ImageSet): string {
  const recordsOf = (experiment: string) => recordedOf(paper, experiment);
  const { inputs } = toFloats(set);
  const emptyIn = (order: 'row' | 'hilbert') => quantile(emptySteps(inputs, pixelOrderOf(order, 28).positions), 0.5);
  const elsewhere = startsOf(['lstm-28-hilbert'], recordsOf).map((start) => ({ ...start, empty: emptyIn('hilbert') }));
  return startsInWords(startsOf(starts, recordsOf), emptyIn('row'), elsewhere);
}
