/**
 * What came out of each report's question, in a sentence. A sentence is written by a person who has read the runs, and names the verdicts
 * that it rests on: once one of them changes it is no longer shown, and a test asks for it to be read again.
 */
import type { TableData } from '../notebook/index.js';
import { holdsZero, type PaperId, SEEDS_WANTED, summarise, type VerdictOutcome } from '../results/index.js';
import { reports } from './all.js';
import { evidenceOf, pairedPoints, recordedOf } from './evidence.js';
import { hardlyLearned } from './failed.js';
import { type Judged, judgedClaims } from './judged.js';
import { questionOf } from './start.js';
import { wrapped } from './words.js';

export interface Answer {
  words: string;
  /** Claims (without their report's name) and what became of them when the sentence was written. */
  restsOn: Record<string, VerdictOutcome>;
  /** Differences that no claim of the report is about, and what they showed when the sentence was written. */
  differences?: readonly Difference[];
  /** Experiments whose training it speaks of, and what became of it, as `hardlyLearned` judges. */
  trainings?: Readonly<Record<string, TrainingOutcome>>;
}

export type TrainingOutcome = 'learned' | 'failed' | 'both' | 'not run';

export type Shown = 'higher' | 'lower' | 'nothing' | 'too few seeds';

export interface Difference {
  left: string;
  right: string;
  metric: string;
  /** Another metric of the right side, where two numbers of one run are compared. */
  rightMetric?: string;
  shown: Shown;
}

/** One comparison on validation images and on test images. */
const onBothParts = (left: string, right: string, validation: Shown, test: Shown): Difference[] => [
  { left, right, metric: 'validationAccuracy', shown: validation },
  { left, right, metric: 'testAccuracy', shown: test },
];

const answers: Partial<Record<string, Answer>> = {
  lenet5: {
    words: 'not of garments it has not seen; other ways to count come nearer',
    restsOn: { 'text-accuracy': 'consistent with', 'over-98': 'consistent with', 'table-1-overall-f1': 'not reproduced' },
  },
  'lstm-cnn': {
    words:
      'digits, at equal settings: better than either, not shown better than the other order; at equal size: better than the convolution alone; any other lead at equal size or work is shown on validation or on test digits only, never on both; tissue, split by patch: better than the convolution alone, not shown better than the LSTM alone; split by patient: no advantage is shown on test patches',
    restsOn: {
      'mnist-lstm-cnn-beats-lstm-validation': 'reproduced',
      'mnist-lstm-cnn-beats-cnn-validation': 'reproduced',
      'mnist-lstm-cnn-beats-cnn-lstm-validation': 'not reproduced',
      'idc-lstm-cnn-beats-lstm-validation': 'not reproduced',
      'idc-lstm-cnn-beats-cnn-validation': 'reproduced',
    },
    differences: [
      ...onBothParts('mnist-lstm-cnn', 'mnist-lstm', 'higher', 'higher'),
      ...onBothParts('mnist-lstm-cnn', 'mnist-cnn', 'higher', 'higher'),
      ...onBothParts('mnist-lstm-cnn', 'mnist-cnn-lstm', 'nothing', 'nothing'),
      ...onBothParts('mnist-lstm-cnn', 'mnist-lstm-equal-parameters', 'nothing', 'higher'),
      ...onBothParts('mnist-lstm-cnn', 'mnist-cnn-equal-parameters', 'higher', 'higher'),
      ...onBothParts('mnist-lstm-cnn', 'mnist-cnn-lstm-equal-parameters', 'higher', 'nothing'),
      ...onBothParts('mnist-lstm-cnn-equal-compute', 'mnist-lstm-equal-compute', 'nothing', 'nothing'),
      ...onBothParts('mnist-lstm-cnn-equal-compute', 'mnist-cnn-equal-compute', 'nothing', 'higher'),
      // The other order is the model whose work the others are given.
      ...onBothParts('mnist-lstm-cnn-equal-compute', 'mnist-cnn-lstm', 'nothing', 'nothing'),
      ...onBothParts('idc-lstm-cnn-patch', 'idc-lstm-patch', 'nothing', 'nothing'),
      ...onBothParts('idc-lstm-cnn-patch', 'idc-cnn-patch', 'higher', 'higher'),
      { left: 'idc-lstm-cnn-patient', right: 'idc-lstm-patient', metric: 'testAccuracy', shown: 'nothing' },
      { left: 'idc-lstm-cnn-patient', right: 'idc-cnn-patient', metric: 'testAccuracy', shown: 'nothing' },
    ],
  },
  'cnn-lstm-aggregated': {
    words:
      'accuracies near the reported ones; the LSTM reads a single step: most of its lead over the CNN comes with its recipe and no LSTM, or with an LSTM over four rows and without that recipe; on top of the recipe a smaller part goes with the layer itself, though against a dense layer of its working size no gain is shown; asking twice adds a few tenths of a point to a network trained on mirrored garments; over one trained without them no gain is shown',
    restsOn: {
      'model-1-accuracy': 'better',
      'model-2-accuracy': 'reproduced',
      'model-3-accuracy': 'reproduced',
      'model-4-accuracy': 'reproduced',
      'model-5-accuracy': 'reproduced',
      'model-6-accuracy': 'reproduced',
      'model-2-beats-model-3': 'reproduced',
      'model-5-beats-model-1': 'not reproduced',
      'model-6-beats-model-2': 'not reproduced',
    },
    differences: [
      { left: 'grid-dense-cnn-lstm-recipe', right: 'model-3', metric: 'testAccuracy', shown: 'higher' },
      { left: 'model-2', right: 'grid-dense-cnn-lstm-recipe', metric: 'testAccuracy', shown: 'higher' },
      // The layer itself, and what it replaces: FC1's ReLU and dropout.
      { left: 'model-2', right: 'grid-dense-linear-cnn-lstm-recipe', metric: 'testAccuracy', shown: 'higher' },
      { left: 'grid-dense-linear-cnn-lstm-recipe', right: 'grid-dense-cnn-lstm-recipe', metric: 'testAccuracy', shown: 'nothing' },
      { left: 'model-2', right: 'grid-dense-equal-working-cnn-lstm-recipe', metric: 'testAccuracy', shown: 'nothing' },
      { left: 'grid-lstm-rows-cnn-recipe', right: 'model-3', metric: 'testAccuracy', shown: 'higher' },
      // Models V and VI were trained on flips; Model II was not.
      ...['model-5', 'model-6'].map(
        (model): Difference => ({ left: model, right: model, metric: 'aggregatedAccuracy', rightMetric: 'testAccuracy', shown: 'higher' }),
      ),
      { left: 'model-6', right: 'model-2', metric: 'aggregatedAccuracy', rightMetric: 'testAccuracy', shown: 'nothing' },
    ],
  },
  'hilbert-lstm': {
    words:
      '196 steps: yes, and better row by row than along the Hilbert curve (three runs each); 784 steps, one run each: along the curve yes; row by row not as stated, but once its gates start with memories of up to 784 steps',
    restsOn: {
      'lstm-14-row': 'better',
      'lstm-14-hilbert': 'better',
      'row-beats-hilbert': 'reproduced',
      'lstm-28-hilbert': 'not reproduced',
      'lstm-28-row': 'reproduced',
    },
    trainings: { 'lstm-28-row': 'failed', 'lstm-28-row-chrono': 'learned' },
  },
  'knn-cnn-lstm': {
    words:
      'pixels: all six accuracies to the last digit; the network, one to three seeds a row: of eight reported accuracies three are met, and two more, the highest among them, only because the score after the last epoch scatters; begun as in Keras it does no better; against a network of as many parameters the LSTM shows no gain (three seeds)',
    restsOn: {
      ...Object.fromEntries([1, 4, 9, 20, 50, 100].map((k) => [`k-${k}`, 'reproduced exactly' as const])),
      'row-1': 'consistent with',
      'row-2': 'not reproduced',
      'row-3': 'reproduced',
      'row-4': 'consistent with',
      'row-5': 'reproduced',
      'row-6': 'reproduced',
      'row-7': 'reproduced',
      'row-8': 'reproduced',
      'lstm-helps': 'not reproduced',
    },
    differences: [
      { left: 'row-6', right: 'without-lstm-equal-parameters', metric: 'testAccuracy', shown: 'nothing' },
      { left: 'keras-starts', right: 'row-6', metric: 'testAccuracy', shown: 'nothing' },
    ],
  },
};

/** What a difference shows over the seeds that both sides have. */
function shownBy(paper: PaperId, { left, right, metric, rightMetric = metric }: Difference): Shown {
  const points = pairedPoints(
    { experiment: left, metric },
    { experiment: right, metric: rightMetric },
    (name) => evidenceOf(paper, name).records,
  );
  if (points.length < SEEDS_WANTED) return 'too few seeds';
  const { interval } = summarise(points);
  if (!interval || holdsZero(...interval)) return 'nothing';
  return interval[0] > 0 ? 'higher' : 'lower';
}

/** The differences below a sentence that show something else than when it was written. */
export const changedDifferences = (paper: PaperId, differences: readonly Difference[] = []): string[] =>
  differences.flatMap((difference) => {
    const now = shownBy(paper, difference);
    const { left, right, metric, rightMetric, shown } = difference;
    const what = rightMetric === undefined ? metric : `${metric} against ${rightMetric}`;
    return now === shown ? [] : [`${left} minus ${right} (${what}) showed “${shown}”, shows “${now}”`];
  });

/** What became of an experiment's recorded trainings. */
function outcomeOf(paper: PaperId, experiment: string): TrainingOutcome {
  const records = recordedOf(paper, experiment);
  if (records.length === 0) return 'not run';
  const failed = records.filter(hardlyLearned).length;
  return failed === 0 ? 'learned' : failed === records.length ? 'failed' : 'both';
}

/** The trainings below a sentence that came out otherwise than when it was written. */
export const changedTrainings = (paper: PaperId, trainings: Answer['trainings'] = {}): string[] =>
  Object.entries(trainings).flatMap(([experiment, then]) => {
    const now = outcomeOf(paper, experiment);
    return now === then ? [] : [`${experiment} was “${then}”, is “${now}”`];
  });

/** What has changed below a sentence since it was written, in words; nothing where it still stands. */
export function changesBelow({ restsOn }: Answer, judged: readonly Judged[]): string[] {
  return Object.entries(restsOn).flatMap(([name, then]) => {
    const now = judged.find(({ claim }) => claim.id.endsWith(`/${name}`))?.verdict.outcome;
    if (now === then) return [];
    return [now === undefined ? `there is no claim ${name}` : `${name} was “${then}”, is “${now}”`];
  });
}

/** Each report's question and what came out, with what speaks against the sentence as it is written. */
export function reportAnswers(): { paper: PaperId; number: string; asks: string; words: string; changes: string[] }[] {
  return reports.map(({ paper, number }) => {
    const answer = answers[paper];
    const changes = answer
      ? [
          ...changesBelow(answer, judgedClaims(paper)),
          ...changedDifferences(paper, answer.differences),
          ...changedTrainings(paper, answer.trainings),
        ]
      : [];
    const words = !answer ? '' : changes.length === 0 ? answer.words : 'to be read again: verdicts have changed';
    return { paper, number, asks: questionOf(paper), words, changes };
  });
}

/** The five questions and their answers so far. */
export function answersTable(): TableData {
  return {
    columns: ['report', 'asks', 'what came out'],
    rows: reportAnswers().map(({ paper, number, asks, words }) => [`${number} ${paper}`, asks, words]),
  };
}

/** One report's question and what came out of it, for the end of its notebook. */
export function answerWords(paper: PaperId): string {
  const { asks, words } = reportAnswers().find((answer) => answer.paper === paper)!;
  return wrapped(`Asked: ${asks}\nCame out: ${words}.`);
}
