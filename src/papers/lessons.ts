/** What five reports together teach about reading results: each habit with the number that its experiment gave here. */
import type { TableData } from '../notebook/index.js';
import { type PaperId, type RunRecord, runs, summarise } from '../results/index.js';
import { gridCell } from './cnn-lstm-aggregated/experiments.js';
import { relationMetrics } from './knn-cnn-lstm/experiments.js';

/** One metric of one experiment, a fraction of 1. */
interface Score {
  experiment: string;
  metric: string;
}

interface Lesson {
  habit: string;
  paper: PaperId;
  number: string;
  /** What the number is, in words: one score minus another, in points. */
  what: string;
  more: Score;
  less: Score;
}

const lessons: readonly Lesson[] = [
  {
    habit: 'Ask which number it is',
    paper: 'lenet5',
    number: '01',
    what: 'accuracy over single outputs minus accuracy over images, the same predictions',
    more: { experiment: 'proposed-lenet5', metric: 'testBinaryAccuracy' },
    less: { experiment: 'proposed-lenet5', metric: 'testAccuracy' },
  },
  {
    habit: 'Ask whether the test images were in training',
    paper: 'lenet5',
    number: '01',
    what: 'test accuracy with the test images among the training images minus without, 60 epochs each',
    more: { experiment: 'leaked-test-images', metric: 'testAccuracy' },
    less: { experiment: 'long-training', metric: 'testAccuracy' },
  },
  {
    habit: 'Ask who is on both sides of the split',
    paper: 'lstm-cnn',
    number: '02',
    what: 'accuracy on the same tissue with patches of the same patients in training minus without them',
    more: { experiment: 'idc-cnn-leak-shared', metric: 'testAccuracy' },
    less: { experiment: 'idc-cnn-leak-apart', metric: 'testAccuracy' },
  },
  {
    habit: 'Ask what else changed',
    paper: 'cnn-lstm-aggregated',
    number: '03',
    what: "test accuracy that goes with the training recipe alone: the same CNN-LSTM by Adam's recipe minus by SGD's",
    more: { experiment: gridCell('lstm-length-1', 'cnn-lstm'), metric: 'testAccuracy' },
    less: { experiment: gridCell('lstm-length-1', 'cnn'), metric: 'testAccuracy' },
  },
  {
    habit: 'Ask what else changed',
    paper: 'cnn-lstm-aggregated',
    number: '03',
    what: 'the same two recipes without any LSTM',
    more: { experiment: gridCell('dense', 'cnn-lstm'), metric: 'testAccuracy' },
    less: { experiment: gridCell('dense', 'cnn'), metric: 'testAccuracy' },
  },
  {
    habit: 'Ask whether the order was the cause',
    paper: 'hilbert-lstm',
    number: '04',
    what: 'test accuracy of the LSTM along the Hilbert curve minus row by row, 196 steps',
    more: { experiment: 'lstm-14-hilbert', metric: 'testAccuracy' },
    less: { experiment: 'lstm-14-row', metric: 'testAccuracy' },
  },
  {
    habit: 'Ask what the validation images were',
    paper: 'knn-cnn-lstm',
    number: '05',
    what: 'validation accuracy on garments whose augmented twin was trained on minus on garments of which nothing was',
    more: { experiment: 'row-6-random', metric: relationMetrics['original, twin seen'] },
    less: { experiment: 'row-6-grouped', metric: relationMetrics['original, unseen'] },
  },
];

/** Points of `more` above `less`, seed by seed where both were run. */
export function pointsBetween(records: readonly RunRecord[], more: Score, less: Score): number[] {
  const of = (score: Score) => records.filter(({ recipe }) => recipe.experiment === score.experiment);
  return of(more).flatMap((run) => {
    const other = of(less).find(({ seed }) => seed === run.seed);
    const [high, low] = [run.metrics[more.metric], other?.metrics[less.metric]];
    return high === undefined || low === undefined ? [] : [100 * (high - low)];
  });
}

const signed = (value: number) => `${value > 0 ? '+' : ''}${value.toFixed(2)}`;

/** The largest spread over seeds of any trained network with at least three of them: what a difference has to beat. */
function widestSpread(): { experiment: string; paper: PaperId; sd: number; seeds: number } | undefined {
  return runs
    .group(runs.find({ profile: 'paper', provenance: 'real' }))
    .flatMap(({ paper, experiment, metrics, n }) => {
      const sd = metrics['testAccuracy']?.sd ?? null;
      return sd === null || n < 3 ? [] : [{ experiment, paper, sd: 100 * sd, seeds: n }];
    })
    .sort((a, b) => b.sd - a.sd)[0];
}

/** One row a lesson; where runs are missing the row says so. */
export function lessonsTable(): TableData {
  const records = runs.find({ profile: 'paper', provenance: 'real' });
  const rows = lessons.map(({ habit, paper, number, what, more, less }) => {
    const points = pointsBetween(
      records.filter(({ recipe }) => recipe.paper === paper),
      more,
      less,
    );
    if (points.length === 0) return [habit, number, what, 'no recorded runs yet', '–', 0];
    const { mean, interval, n } = summarise(points);
    return [habit, number, what, signed(mean), interval ? `${signed(interval[0])} to ${signed(interval[1])}` : 'one seed', n];
  });
  const spread = widestSpread();
  if (spread)
    rows.push([
      'Ask for more than one seed',
      'all',
      `standard deviation over seeds of ${spread.paper}/${spread.experiment}, the widest here: a smaller difference is no difference`,
      `± ${spread.sd.toFixed(2)}`,
      '–',
      spread.seeds,
    ]);
  return { columns: ['habit', 'notebook', 'what is measured', 'points', '95 % interval', 'seeds'], rows };
}
