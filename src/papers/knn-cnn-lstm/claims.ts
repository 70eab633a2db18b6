/** What the report states, number by number, and the readings of its network's accuracies that are worth trying; these were written before any of the network's runs. */
import type { Claim, ComparisonClaim, Measure, Reading, ValueClaim } from '../../results/index.js';
import { rowName } from './experiments.js';
import { accuracyName, reportedNeighbours } from './neighbours.js';
import { bestRow, type HoldOut, reportedRows } from './recipes.js';

const paper = 'knn-cnn-lstm' as const;
const best = rowName(bestRow.row);
const testAccuracy = (experiment: string): Measure => ({ experiment, metric: 'testAccuracy' });

const neighbourClaims: ValueClaim[] = reportedNeighbours.map(({ k, reported }) => ({
  id: `${paper}/k-${k}`,
  paper,
  place: `first table, K = ${k}`,
  statement: `KNN on thresholded images, Hamming distance, K = ${k}: ${reported.toFixed(2)} %`,
  kind: 'value',
  value: reported,
  unit: '%',
  decimals: 2,
  measure: { experiment: 'knn-hamming', metric: accuracyName(k) },
  goodSide: 'higher',
  deterministic: true,
  together: 'six K',
}));

const rowId = (row: number) => `${paper}/row-${row}`;

/** Set beside benchmarks of test accuracy, so the plain reading is: accuracy on the test set. */
const rowClaims: ValueClaim[] = reportedRows.map(({ row, reported, batchSize, dropout1, dropout2, lstmUnits, denseUnits }) => ({
  id: rowId(row),
  paper,
  place: `second table, row ${row}`,
  statement: `Batch ${batchSize}, dropout ${dropout1} and ${dropout2}, LSTM ${lstmUnits}, dense ${denseUnits}: ${reported.toFixed(2)} %`,
  kind: 'value',
  value: reported,
  unit: '%',
  decimals: 2,
  measure: testAccuracy(rowName(row)),
  goodSide: 'higher',
  together: 'eight rows',
}));

/** A row of the report's last table. */
export interface ComparedRow {
  name: string;
  preprocessing: string;
  /** In per cent, as the report prints it. */
  reported: number;
  /** Our experiment for it, and the metric that scores it. */
  experiment: string;
  metric: string;
}

export const comparedRows: readonly ComparedRow[] = [
  {
    name: '2 Conv + pooling + LSTM + 2 dense',
    preprocessing: 'normalised; shear, flip, translation, zoom',
    reported: 93.56,
    experiment: best,
    metric: 'testAccuracy',
  },
  { name: '2 Conv', preprocessing: 'none', reported: 92.5, experiment: 'benchmark-two-conv', metric: 'testAccuracy' },
  { name: '2 Conv', preprocessing: 'normalised', reported: 92.2, experiment: 'benchmark-two-conv-normalised', metric: 'testAccuracy' },
  { name: '2 Conv + pooling + ELU', preprocessing: 'none', reported: 90.3, experiment: 'benchmark-two-conv-elu', metric: 'testAccuracy' },
  {
    name: '3 Conv + pooling + batch norm',
    preprocessing: 'none',
    reported: 90.3,
    experiment: 'benchmark-three-conv-batchnorm',
    metric: 'testAccuracy',
  },
  {
    name: '2 Conv',
    preprocessing: 'normalised; flips, translation, rotation',
    reported: 91.9,
    experiment: 'benchmark-two-conv-augmented',
    metric: 'testAccuracy',
  },
  { name: 'KNN, K = 9', preprocessing: 'thresholded', reported: 79.38, experiment: 'knn-hamming', metric: accuracyName(9) },
];

const benchmarkClaims: ValueClaim[] = comparedRows
  .filter(({ experiment }) => experiment.startsWith('benchmark-'))
  .map(({ name, preprocessing, reported, experiment }) => ({
    id: `${paper}/${experiment}`,
    paper,
    place: 'third table',
    statement: `${name}, ${preprocessing}: ${reported.toFixed(1)} % (cited from the public benchmark)`,
    kind: 'value',
    value: reported,
    unit: '%',
    decimals: 1,
    measure: testAccuracy(experiment),
    goodSide: 'higher',
  }));

const comparison = (
  id: string,
  place: string,
  statement: string,
  left: Measure,
  right: ComparisonClaim['right'],
  relation: ComparisonClaim['relation'] = 'higher',
): ComparisonClaim => ({ id: `${paper}/${id}`, paper, place, statement, kind: 'comparison', left, right, relation, unit: '%' });

const comparisonClaims: Claim[] = [
  comparison(
    'lstm-helps',
    'below the third table',
    'The LSTM layer gives a better accuracy than the same network without it',
    testAccuracy(best),
    testAccuracy('without-lstm'),
  ),
  comparison(
    'augmentation-helps',
    'below the third table',
    'Augmentation gives a better accuracy than the same network without it',
    testAccuracy(best),
    testAccuracy('without-augmentation'),
  ),
  comparison(
    'beats-listed-benchmarks',
    'third table',
    'The network beats every benchmark row that the report lists (the best of them: 92.5 %)',
    testAccuracy(best),
    { constant: 92.5, what: '2 Conv without preprocessing, as the public benchmark gives it' },
  ),
  ...comparedRows
    .filter(({ experiment }) => experiment.startsWith('benchmark-'))
    .map(({ name, preprocessing, experiment }) =>
      comparison(
        `beats-own-${experiment}`,
        'third table',
        // A tenth of the 60,000 originals validates there; a fifth of these and their twins here.
        `The network beats ${name} (${preprocessing}), trained here for as many epochs (it on 54,000 images, the network on 96,000)`,
        testAccuracy(best),
        testAccuracy(experiment),
      ),
    ),
  comparison(
    'row-6-beats-row-3',
    'second table',
    'Row 6 is better than row 3, in the report the next best (level with row 4)',
    testAccuracy(best),
    testAccuracy(rowName(3)),
  ),
  comparison('network-beats-knn', 'third table', 'The network beats KNN with K = 9 (79.38 %)', testAccuracy(best), {
    constant: 79.38,
    what: 'KNN, K = 9, as reported and as found here',
  }),
  {
    id: `${paper}/memory`,
    paper,
    place: 'usage notes',
    statement: 'The KNN script of the report needs at least 16 GB, because of how it computes the distance',
    kind: 'untestable',
    value: 16,
    unit: 'GB',
    why: 'the script is not here; the memory that such array code needs, and what our packed search needs, are shown in section 4',
  },
];

export const claims: readonly Claim[] = [...neighbourClaims, ...rowClaims, ...benchmarkClaims, ...comparisonClaims];

/** A reading that takes the eight accuracies for one measure of the eight rows' runs. */
function rowReading(id: string, name: string, statement: string, measure: (experiment: string) => Measure, holdOut?: HoldOut): Reading {
  return {
    id: `${paper}/${id}`,
    paper,
    name,
    statement,
    explains: reportedRows.map(({ row }) => ({ claim: rowId(row), measure: measure(rowName(row, holdOut)) })),
  };
}

const validation = (experiment: string): Measure => ({ experiment, metric: 'validationAccuracy' });

export const readings: readonly Reading[] = [
  rowReading(
    'last-fifth',
    'validation accuracy on the last fifth, last epoch',
    'The accuracy is that of the validation part as Keras takes it: augmented twins of training images',
    validation,
  ),
  rowReading(
    'last-fifth-best-epoch',
    'validation accuracy on the last fifth, best epoch',
    'The same, from the epoch that did best',
    (experiment) => ({ experiment, curve: 'validationAccuracy', take: 'highest' }),
  ),
  rowReading(
    'random-fifth',
    'validation accuracy on a random fifth',
    'The list was shuffled before its fifth was taken: most validation images have their other half in training',
    validation,
    'random',
  ),
  rowReading(
    'grouped-fifth',
    'validation accuracy, split by original image',
    'Image and twin were kept together: nothing of the validation part was seen',
    validation,
    'grouped',
  ),
  rowReading('training', 'training accuracy, last epoch', 'The accuracy is that of the training images', (experiment) => ({
    experiment,
    metric: 'trainAccuracy',
  })),
  rowReading(
    'test-best-epoch',
    'test accuracy, best epoch',
    'The test set was scored after every epoch and the best value kept',
    (experiment) => ({
      experiment,
      curve: 'testAccuracy',
      take: 'highest',
    }),
  ),
];
