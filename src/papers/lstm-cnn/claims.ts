/** Every number and comparison that the hybrid LSTM-CNN report states, with its place; accuracies are in per cent. */
import { manifestSet } from '../../data/index.js';
import type { Claim, ComparisonClaim, Reading, StructureClaim, UntestableClaim, ValueClaim } from '../../results/index.js';
import type { Architecture } from './models.js';

const paper = 'lstm-cnn';

type Part = 'train' | 'validation';
const metricOf: Record<Part, string> = { train: 'trainAccuracy', validation: 'validationAccuracy' };
const words: Record<Part, string> = { train: 'training', validation: 'validation' };

export interface ReportedRow {
  model: Architecture;
  row: string;
  train: [number, number];
  validation: [number, number];
}

/** Table I: value and printed decimals; the stack stands in the text. */
export const table1: readonly ReportedRow[] = [
  { model: 'lstm-cnn', row: 'LSTM + CNN', train: [99.8261, 4], validation: [98.267, 3] },
  { model: 'cnn-lstm', row: 'CNN + LSTM', train: [99.6572, 4], validation: [97.074, 3] },
  { model: 'lstm', row: 'LSTM', train: [99.6407, 4], validation: [98.125, 3] },
  { model: 'cnn', row: 'CNN', train: [99.2274, 4], validation: [97.273, 3] },
  { model: 'stacked', row: '3 × (LSTM + CNN)', train: [99.7, 1], validation: [99.29, 2] },
];

const digits = table1.filter(({ model }) => model !== 'stacked');

/** Table II. */
export const table2: readonly ReportedRow[] = [
  { model: 'lstm-cnn', row: 'LSTM + CNN', train: [84.548, 3], validation: [85.017, 3] },
  { model: 'lstm', row: 'LSTM', train: [82.955, 3], validation: [83.41, 3] },
  { model: 'cnn', row: 'CNN', train: [82.691, 3], validation: [82.909, 3] },
];

const parts: Part[] = ['train', 'validation'];

const digitValues: ValueClaim[] = digits.flatMap(({ model, row, ...values }) =>
  parts.map(
    (part): ValueClaim => ({
      id: `${paper}/mnist-${model}-${part}`,
      paper,
      place: `table I, row ${row}`,
      statement: `${row} reaches ${values[part][0].toFixed(values[part][1])} % ${words[part]} accuracy on MNIST`,
      kind: 'value',
      value: values[part][0],
      decimals: values[part][1],
      unit: '%',
      measure: { experiment: `mnist-${model}`, metric: metricOf[part] },
      goodSide: 'higher',
      together: 'table-1',
    }),
  ),
);

const digitComparisons: ComparisonClaim[] = digits.slice(1).flatMap(({ model, row }) =>
  parts.map(
    (part): ComparisonClaim => ({
      id: `${paper}/mnist-lstm-cnn-beats-${model}-${part}`,
      paper,
      place: 'section IV A, below table I',
      statement: `LSTM + CNN is significantly better than ${row} on MNIST (${words[part]} accuracy)`,
      kind: 'comparison',
      left: { experiment: 'mnist-lstm-cnn', metric: metricOf[part] },
      right: { experiment: `mnist-${model}`, metric: metricOf[part] },
      relation: 'higher',
      unit: '%',
    }),
  ),
);

const stacked: Claim[] = [
  {
    id: `${paper}/mnist-stacked-train`,
    paper,
    place: 'section IV A, figure 6',
    statement: 'Three LSTM-CNN blocks on top of each other reach 99.7 % training accuracy on MNIST',
    kind: 'value',
    value: 99.7,
    decimals: 1,
    unit: '%',
    measure: { experiment: 'mnist-stacked', metric: 'trainAccuracy' },
    goodSide: 'higher',
    together: 'stacked',
  },
  {
    id: `${paper}/mnist-stacked-validation`,
    paper,
    place: 'section IV A, figure 7, and section V',
    statement: 'Three LSTM-CNN blocks reach 99.29 % validation accuracy on MNIST',
    kind: 'value',
    value: 99.29,
    decimals: 2,
    unit: '%',
    measure: { experiment: 'mnist-stacked', metric: 'validationAccuracy' },
    goodSide: 'higher',
    together: 'stacked',
  },
  {
    id: `${paper}/mnist-stacked-test`,
    paper,
    place: 'section IV A',
    statement: 'The stack answers more than 99 % of the test set rightly',
    kind: 'value',
    value: 99,
    decimals: 0,
    unit: '%',
    bound: 'at least',
    measure: { experiment: 'mnist-stacked', metric: 'testAccuracy' },
    goodSide: 'higher',
    together: 'stacked',
  },
  {
    id: `${paper}/mnist-stacked-beats-single`,
    paper,
    place: 'section V',
    statement: 'More LSTM-CNN layers improve the validation accuracy',
    kind: 'comparison',
    left: { experiment: 'mnist-stacked', metric: 'validationAccuracy' },
    right: { experiment: 'mnist-lstm-cnn', metric: 'validationAccuracy' },
    relation: 'higher',
    unit: '%',
  },
];

const whyNotTissue =
  'the accuracy depends on the share of negative patches, and the extract used here (15,754 patches, 65.7 % of them negative) is not the full archive (277,524, 71.6 %)';

const tissueValues: UntestableClaim[] = table2.flatMap(({ model, row, ...values }) =>
  parts.map(
    (part): UntestableClaim => ({
      id: `${paper}/idc-${model}-${part}`,
      paper,
      place: `table II, row ${row}`,
      statement: `${row} reaches ${values[part][0].toFixed(values[part][1])} % ${words[part]} accuracy on IDC`,
      kind: 'untestable',
      value: values[part][0],
      decimals: values[part][1],
      unit: '%',
      why: whyNotTissue,
      instead:
        model === 'lstm-cnn'
          ? [`${paper}/idc-lstm-cnn-beats-lstm-${part}`, `${paper}/idc-lstm-cnn-beats-cnn-${part}`]
          : [`${paper}/idc-lstm-cnn-beats-${model}-${part}`],
    }),
  ),
);

const tissueComparisons: ComparisonClaim[] = table2.slice(1).flatMap(({ model, row }) =>
  parts.map(
    (part): ComparisonClaim => ({
      id: `${paper}/idc-lstm-cnn-beats-${model}-${part}`,
      paper,
      place: 'section IV B, below table II',
      statement: `LSTM + CNN is significantly better than ${row} on IDC (${words[part]} accuracy)`,
      kind: 'comparison',
      left: { experiment: 'idc-lstm-cnn-patch', metric: metricOf[part] },
      right: { experiment: `idc-${model}-patch`, metric: metricOf[part] },
      relation: 'higher',
      unit: '%',
    }),
  ),
);

/** Read off table II: the report does not say it in words. */
const validationAboveTraining: UntestableClaim[] = table2.map(({ model, row }) => ({
  id: `${paper}/idc-${model}-validation-above-train`,
  paper,
  place: `table II, row ${row}`,
  statement: `${row} is more often right on validation patches than on training patches`,
  kind: 'untestable',
  why: 'how far training lies above validation depends on how many patches are learned from, and the archive is here in part only; both are measured on the extract in section 8 of the notebook',
}));

/**
 * Patients in the extract, a part of the archive: more than are claimed for the whole. The number stands in the data's manifest,
 * against which the patches are checked whenever they are read.
 */
const patients: StructureClaim = {
  id: `${paper}/idc-patients`,
  paper,
  place: 'section IV B',
  statement: 'The IDC patches come from 162 patients (counted: those of the extract alone)',
  kind: 'structure',
  value: 162,
  unit: 'patients',
  compute: () => manifestSet('idc').variants?.find(({ name }) => name === 'extract')?.patients ?? Number.NaN,
};

const untestable: UntestableClaim[] = [
  {
    id: `${paper}/idc-benchmark`,
    paper,
    place: 'section IV B',
    statement: 'The result on IDC is a new benchmark',
    kind: 'untestable',
    why: 'the earlier work (Cruz-Roa 2014) reports F1 and balanced accuracy on held-out patients, this report plain accuracy on a split it does not describe, and the archive is here in part only; F1 and balanced accuracy, by patch and by patient, are measured beside the accuracy',
  },
  {
    id: `${paper}/identical-parameters`,
    paper,
    place: 'section IV A',
    statement: 'The four networks are compared with identical parameters',
    kind: 'untestable',
    why: 'the parameters are not given; the same settings give networks of different sizes, so networks of equal settings and of equal size are both trained',
  },
];

export const claims: readonly Claim[] = [
  ...digitValues,
  ...digitComparisons,
  ...stacked,
  ...tissueValues,
  ...tissueComparisons,
  ...validationAboveTraining,
  patients,
  ...untestable,
];

const curveOf: Record<Part, string> = { train: 'accuracy', validation: 'validationAccuracy' };

/** The accuracies are called averages, without a word over what. */
export const readings: readonly Reading[] = [
  {
    id: `${paper}/average-over-epochs`,
    paper,
    name: 'the average over all epochs',
    statement: 'Each accuracy of table I is the mean of its curve over the epochs',
    explains: digits.flatMap(({ model }) =>
      parts.map((part) => ({
        claim: `${paper}/mnist-${model}-${part}`,
        measure: { experiment: `mnist-${model}`, curve: curveOf[part], take: 'mean' as const },
      })),
    ),
  },
  {
    id: `${paper}/best-epoch`,
    paper,
    name: 'the best epoch',
    statement: 'Each accuracy of table I is the highest point of its curve',
    explains: digits.flatMap(({ model }) =>
      parts.map((part) => ({
        claim: `${paper}/mnist-${model}-${part}`,
        measure: { experiment: `mnist-${model}`, curve: curveOf[part], take: 'highest' as const },
      })),
    ),
  },
  {
    id: `${paper}/after-training`,
    paper,
    name: 'training accuracy taken after training',
    statement: 'The training accuracies of table I were taken after training, with dropout switched off',
    // Validation is measured as in the plain reading: a number that a reading does not change is none that it explains.
    explains: digits.map(({ model }) => ({
      claim: `${paper}/mnist-${model}-train`,
      measure: { experiment: `mnist-${model}`, metric: 'trainAccuracyAfter' },
    })),
  },
];
