/** What five reports together teach about reading results: each habit with the number that its experiment gave here. */
import type { TableData } from '../notebook/index.js';
import { type PaperId, type RunGroup, type RunRecord, runs, SEEDS_WANTED, summarise } from '../results/index.js';
import { reports } from './all.js';
import { gridCell } from './cnn-lstm-aggregated/experiments.js';
import { pairedPoints, type Score } from './evidence.js';
import { brokeDown, constantAnswer } from './failed.js';
import { relationMetrics } from './knn-cnn-lstm/experiments.js';
import { signedPoints, signedRange } from './words.js';

interface Lesson {
  habit: string;
  paper: PaperId;
  /** What the number is, in words: one score minus another, in points. */
  what: string;
  more: Score;
  less: Score;
}

const accuracy = (experiment: string): Score => ({ experiment, metric: 'testAccuracy' });

const lessons: readonly Lesson[] = [
  {
    habit: 'Ask which number it is',
    paper: 'lenet5',
    what: 'accuracy over single outputs minus accuracy over images, the same predictions',
    more: { experiment: 'proposed-lenet5', metric: 'testBinaryAccuracy' },
    less: accuracy('proposed-lenet5'),
  },
  {
    habit: 'Ask whether the test images were in training',
    paper: 'lenet5',
    what: 'test accuracy with the test images among the training images minus without, 60 epochs each',
    more: accuracy('leaked-test-images'),
    less: accuracy('long-training'),
  },
  {
    habit: 'Ask who is on both sides of the split',
    paper: 'lstm-cnn',
    what: 'accuracy on the same tissue with patches of the same patients in training minus without them',
    more: accuracy('idc-cnn-leak-shared'),
    less: accuracy('idc-cnn-leak-apart'),
  },
  {
    habit: 'Ask what else changed',
    paper: 'cnn-lstm-aggregated',
    what: "test accuracy that goes with the training recipe alone: the same CNN, without an LSTM, by Adam's recipe minus by SGD's",
    more: accuracy(gridCell('dense', 'cnn-lstm')),
    less: accuracy(gridCell('dense', 'cnn')),
  },
  {
    habit: 'Ask whether the training broke down',
    paper: 'cnn-lstm-aggregated',
    what: "the same CNN-LSTM by Adam's recipe minus by SGD's",
    more: accuracy(gridCell('lstm-length-1', 'cnn-lstm')),
    less: accuracy(gridCell('lstm-length-1', 'cnn')),
  },
  {
    habit: 'Ask whether the training broke down',
    paper: 'hilbert-lstm',
    what: "test accuracy of the SimpleRNN along the Hilbert curve at a tenth of Adam's usual learning rate minus at the usual one, 196 steps",
    more: accuracy('rnn-14-hilbert-slow'),
    less: accuracy('rnn-14-hilbert'),
  },
  {
    habit: 'Ask whether the order was the cause',
    paper: 'hilbert-lstm',
    what: 'test accuracy of the LSTM along the Hilbert curve minus row by row, 196 steps',
    more: accuracy('lstm-14-hilbert'),
    less: accuracy('lstm-14-row'),
  },
  {
    habit: 'Ask what the validation images were',
    paper: 'knn-cnn-lstm',
    what: 'validation accuracy on garments whose augmented twin was trained on minus on garments of which nothing was',
    more: { experiment: 'row-6-random', metric: relationMetrics['original, twin seen'] },
    less: { experiment: 'row-6-grouped', metric: relationMetrics['original, unseen'] },
  },
];

/** Images in the test set of MNIST and of Fashion-MNIST. */
const WHOLE_TEST_SET = 10_000;

interface Spread {
  network: string;
  /** In points of test accuracy. */
  sd: number;
  n: number;
}

/** A training whose score says nothing about what its network could have learned, and so nothing about how far that scatters. */
const failed = (run: RunRecord) => brokeDown(run) !== undefined || constantAnswer(run) !== undefined;

/** A seed draws the test set, too, where it is not this one. */
const onFixedTestSet = ({ records }: RunGroup) =>
  records.every(({ data }) => data.some(({ role, count }) => role === 'test' && count === WHOLE_TEST_SET));

/** Spread over seeds of every network that was scored on one fixed test set, over the trainings that did not fail. Widest first. */
function spreads(groups: readonly RunGroup[]): Spread[] {
  return groups
    .flatMap(({ paper, experiment, records }) => {
      const scores = records
        .filter((run) => !failed(run))
        .map(({ metrics }) => metrics['testAccuracy'])
        .filter((score) => score !== undefined);
      const sd = scores.length > 1 ? summarise(scores).sd : null;
      return sd === null ? [] : [{ network: `${paper}/${experiment}`, sd: 100 * sd, n: scores.length }];
    })
    .sort((a, b) => b.sd - a.sd);
}

/** The widest spread over three seeds or more, with what it is the widest of; two seeds say little about a spread. */
export function widestSpread(groups: readonly RunGroup[]): { sd: number; n: number; words: string } | undefined {
  const scored = groups.filter(onFixedTestSet);
  const all = spreads(scored);
  const leftOut = scored.flatMap(({ records }) => records.filter(failed)).length;
  const relied = all.filter(({ n }) => n >= SEEDS_WANTED);
  if (relied.length === 0) return undefined;
  const [widest] = relied;
  const others = all.find(({ n }) => n < SEEDS_WANTED);
  const ofWhich =
    relied.length === 1
      ? 'the only network with three seeds or more on one fixed test set'
      : `the widest of the ${relied.length} networks with three seeds or more on one fixed test set`;
  const less = others ? ` (networks with two seeds spread up to ± ${others.sd.toFixed(2)})` : '';
  const without =
    leftOut > 0
      ? `; left out: ${leftOut === 1 ? 'one training' : `${leftOut} trainings`} that broke down or gave one answer for every image`
      : '';
  // The difference of two runs spreads √2 times as far as one, and 1.96 of that leaves out one in twenty: 2.8 standard deviations.
  const words = `standard deviation over seeds of ${widest.network}, ${ofWhich}${less}; two single runs of it less than about three times this apart are not told apart; three seeds say roughly how wide a spread is${without}`;
  return { sd: widest.sd, n: widest.n, words };
}

const numberOf = (paper: PaperId) => reports.find((report) => report.paper === paper)!.number;
const LAST_HABIT = 'Ask for more than one seed';

/** The questions with what is measured for each, and no result: for a prediction before the numbers are seen. */
export function habits(): TableData {
  return {
    columns: ['habit', 'notebook', 'what is measured'],
    rows: [
      ...lessons.map(({ habit, paper, what }) => [habit, numberOf(paper), what]),
      [
        LAST_HABIT,
        'all',
        'standard deviation over seeds of one network on one fixed test set, the widest of those with three seeds or more',
      ],
    ],
  };
}

/** What is measured, with a word of warning where the trainings of the second side broke down. */
export function measuredWords(what: string, second: readonly RunRecord[]): string {
  const broken = second.filter(brokeDown).length;
  if (broken === 0) return what;
  return `${what}, whose training broke down${second.length > 1 ? ` with ${broken} of ${second.length} seeds` : ''}`;
}

/** One row a lesson; where runs are missing the row says so. */
export function lessonsTable(): TableData {
  const records = runs.find({ profile: 'paper', provenance: 'real' });
  const rows = lessons.map(({ habit, paper, what, more, less }) => {
    const number = numberOf(paper);
    const recordsOf = (wanted: string) => records.filter(({ recipe }) => recipe.paper === paper && recipe.experiment === wanted);
    const points = pairedPoints(more, less, recordsOf);
    if (points.length === 0) return [habit, number, what, 'no recorded runs yet', '–', 0];
    const { mean, interval, n } = summarise(points);
    const seeds = recordsOf(more.experiment).map(({ seed }) => seed);
    return [
      habit,
      number,
      measuredWords(
        what,
        recordsOf(less.experiment).filter(({ seed }) => seeds.includes(seed)),
      ),
      signedPoints(mean),
      interval ? signedRange(interval) : '– (needs three seeds)',
      n,
    ];
  });
  const spread = widestSpread(runs.group(records));
  if (spread) rows.push([LAST_HABIT, 'all', spread.words, `± ${spread.sd.toFixed(2)}`, '–', spread.n]);
  return { columns: ['habit', 'notebook', 'what is measured', 'points', '95 % interval', 'seeds'], rows };
}
