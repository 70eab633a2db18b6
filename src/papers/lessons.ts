/** What five reports together teach about reading results: each habit with the number that its experiment gave here. */
import type { TableData } from '../notebook/index.js';
import { type PaperId, runs, summarise } from '../results/index.js';
import { reports } from './all.js';
import { gridCell } from './cnn-lstm-aggregated/experiments.js';
import { pairedPoints, type Score, signedPoints } from './evidence.js';
import { relationMetrics } from './knn-cnn-lstm/experiments.js';

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
    what: "test accuracy that goes with the training recipe alone: the same CNN-LSTM by Adam's recipe minus by SGD's",
    more: accuracy(gridCell('lstm-length-1', 'cnn-lstm')),
    less: accuracy(gridCell('lstm-length-1', 'cnn')),
  },
  {
    habit: 'Ask what else changed',
    paper: 'cnn-lstm-aggregated',
    what: 'the same two recipes without any LSTM',
    more: accuracy(gridCell('dense', 'cnn-lstm')),
    less: accuracy(gridCell('dense', 'cnn')),
  },
  {
    habit: 'Ask whether the training broke down',
    paper: 'hilbert-lstm',
    what: "test accuracy of the SimpleRNN row by row at a tenth of Adam's usual learning rate minus at the usual one, 196 steps",
    more: accuracy('rnn-14-row-slow'),
    less: accuracy('rnn-14-row'),
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

/** The largest spread over seeds of any network with at least three of them, all scored on one fixed test set: elsewhere a seed draws the test set, too. */
function widestSpread(): { experiment: string; paper: PaperId; sd: number; seeds: number } | undefined {
  return runs
    .group(runs.find({ profile: 'paper', provenance: 'real' }))
    .flatMap(({ paper, experiment, metrics, n, records }) => {
      const sd = metrics['testAccuracy']?.sd ?? null;
      const fixed = records.every(({ data }) => data.some(({ role, count }) => role === 'test' && count === WHOLE_TEST_SET));
      return sd === null || n < 3 || !fixed ? [] : [{ experiment, paper, sd: 100 * sd, seeds: n }];
    })
    .sort((a, b) => b.sd - a.sd)[0];
}

/** One row a lesson; where runs are missing the row says so. */
export function lessonsTable(): TableData {
  const records = runs.find({ profile: 'paper', provenance: 'real' });
  const numberOf = new Map(reports.map(({ paper, number }) => [paper, number]));
  const rows = lessons.map(({ habit, paper, what, more, less }) => {
    const number = numberOf.get(paper)!;
    const own = records.filter(({ recipe }) => recipe.paper === paper);
    const points = pairedPoints(more, less, (experiment) => own.filter(({ recipe }) => recipe.experiment === experiment));
    if (points.length === 0) return [habit, number, what, 'no recorded runs yet', '–', 0];
    const { mean, interval, n } = summarise(points);
    return [
      habit,
      number,
      what,
      signedPoints(mean),
      interval ? `${signedPoints(interval[0])} to ${signedPoints(interval[1])}` : 'one seed',
      n,
    ];
  });
  const spread = widestSpread();
  if (spread)
    rows.push([
      'Ask for more than one seed',
      'all',
      `standard deviation over seeds of ${spread.paper}/${spread.experiment}, the widest of networks scored on one fixed test set: one seed against one seed says little below about twice this`,
      `± ${spread.sd.toFixed(2)}`,
      '–',
      spread.seeds,
    ]);
  return { columns: ['habit', 'notebook', 'what is measured', 'points', '95 % interval', 'seeds'], rows };
}
