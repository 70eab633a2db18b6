/** Every number and comparison that the report on digits as time series states, with its place; accuracies are in per cent. */
import { classCounts } from '../../data/index.js';
import type {
  Claim,
  ComparisonClaim,
  Measure,
  Reading,
  RunRecord,
  StructureClaim,
  UntestableClaim,
  ValueClaim,
} from '../../results/index.js';
import { orderStudyEpochs, pixelOrderOf } from './experiments.js';
import { inkFromEnd, placements } from './ink.js';
import { sequenceNetwork } from './models.js';

const paper = 'hilbert-lstm';

/** Per cent of the test digits that are ones: what the best constant answer gets. Our remark; the report speaks of guessing, and its own chance is ten per cent. */
const testDigits = classCounts('mnist', 'test');
const largestClass = (100 * Math.max(...testDigits)) / testDigits.reduce((sum, count) => sum + count, 0);
const guessing = 10;

const test = (experiment: string): Measure => ({ experiment, metric: 'testAccuracy' });

/** Sections of the notebook that show what a claim is about. */
const sections = {
  summary: "Summary: all results of the report's section 4, recorded",
  simpleRnn: 'The SimpleRNN, run by run',
  explanation: 'Testing the explanation',
  long: 'Why did 784 steps fail, and must they?',
  old: 'Is anything older than 150 steps gone?',
  outlook: 'What has come of the outlook?',
};

const rnns = (['hilbert', 'row'] as const).flatMap((order) => ([14, 28] as const).map((side) => ({ order, side })));
const orderWords = { hilbert: 'in Hilbert order', row: 'row by row' };

const aboveGuessing = (side: number, order: keyof typeof orderWords) =>
  `The simple RNN on ${side} × ${side} images read ${orderWords[order]} is barely above guessing (${guessing} % for ten classes)`;

const values: ValueClaim[] = [
  {
    id: `${paper}/cnn`,
    paper,
    place: 'section 4.1',
    shownIn: sections.summary,
    statement: 'The baseline CNN answers 97.28 % of the test images rightly',
    kind: 'value',
    value: 97.28,
    decimals: 2,
    unit: '%',
    measure: test('cnn'),
    goodSide: 'higher',
  },
  ...rnns.map(
    ({ order, side }): ValueClaim => ({
      id: `${paper}/rnn-${side}-${order}`,
      paper,
      place: 'section 4.2',
      shownIn: side === 14 ? sections.simpleRnn : sections.long,
      statement: `A simple RNN stays at 10.50 % on ${side} × ${side} images read ${orderWords[order]}`,
      kind: 'value',
      value: 10.5,
      decimals: 2,
      unit: '%',
      measure: test(`rnn-${side}-${order}`),
      // It claims a failure: more of it is not better, less is another failure.
      goodSide: 'none',
      together: 'simple-rnn',
    }),
  ),
  ...rnns.map(
    ({ order, side }): ValueClaim => ({
      id: `${paper}/rnn-${side}-${order}-never-higher`,
      paper,
      place: 'section 4.2',
      shownIn: side === 14 ? sections.simpleRnn : sections.long,
      statement: `A simple RNN never rises above 10.50 % on ${side} × ${side} images read ${orderWords[order]} (best epoch, validation digits)`,
      kind: 'value',
      value: 10.5,
      decimals: 2,
      unit: '%',
      bound: 'at most',
      measure: { experiment: `rnn-${side}-${order}`, curve: 'validationAccuracy', take: 'highest' },
      goodSide: 'none',
    }),
  ),
  {
    id: `${paper}/lstm-14-hilbert`,
    paper,
    place: 'section 4.3.1',
    shownIn: sections.summary,
    statement: 'The LSTM reaches 92 % on 14 × 14 images in Hilbert order',
    kind: 'value',
    value: 92,
    decimals: 0,
    unit: '%',
    measure: test('lstm-14-hilbert'),
    goodSide: 'higher',
  },
  {
    id: `${paper}/lstm-14-row`,
    paper,
    place: 'section 4.3.2',
    shownIn: sections.summary,
    statement: 'The LSTM reaches 97 % on 14 × 14 images read row by row',
    kind: 'value',
    value: 97,
    decimals: 0,
    unit: '%',
    measure: test('lstm-14-row'),
    goodSide: 'higher',
  },
  ...(['hilbert', 'row'] as const).map(
    (order): ValueClaim => ({
      id: `${paper}/lstm-28-${order}`,
      paper,
      place: order === 'hilbert' ? 'section 4.3.1' : 'section 4.3.2',
      shownIn: sections.long,
      statement: `On 28 × 28 images read ${orderWords[order]} the LSTM is no better than chance (the largest class has ${largestClass.toFixed(2)} %)`,
      kind: 'value',
      value: largestClass,
      decimals: 2,
      unit: '%',
      bound: 'at most',
      said: 'chance',
      measure: test(`lstm-28-${order}`),
      // As above: it claims a failure.
      goodSide: 'none',
    }),
  ),
];

/** Over the Hilbert curve's placements: in how many the ink of the test digits lies further from the end than row by row. */
function inkFurther(): { further: number; of: number } {
  const row = inkFromEnd(pixelOrderOf('row', 14));
  const all = placements(pixelOrderOf('hilbert', 14)).map(inkFromEnd);
  return { further: all.filter((distance) => distance > row).length, of: all.length };
}
const ink = inkFurther();

/** The largest count off the diagonal, without one cell. */
function largestOther(run: RunRecord, actual: number, predicted: number): number | undefined {
  const counts = run.confusion?.flatMap((row, at) => row.filter((_, label) => label !== at && !(at === actual && label === predicted)));
  return counts && Math.max(...counts);
}

const study = `LSTM, 14 × 14, ${orderStudyEpochs} epochs each`;

const comparisons: ComparisonClaim[] = [
  {
    id: `${paper}/row-beats-hilbert`,
    paper,
    place: 'sections 4.3.2 and 5.2',
    shownIn: sections.summary,
    statement: 'Reading row by row works better than the Hilbert order (LSTM, 14 × 14)',
    kind: 'comparison',
    left: test('lstm-14-row'),
    right: test('lstm-14-hilbert'),
    relation: 'higher',
    unit: '%',
  },
  {
    id: `${paper}/series-as-accurate-as-cnn`,
    paper,
    place: 'section 5.4',
    shownIn: sections.summary,
    statement: 'A time series can be classified just as accurately as an image by a CNN (LSTM row by row, 14 × 14)',
    kind: 'comparison',
    left: test('lstm-14-row'),
    right: test('cnn'),
    relation: 'equal',
    unit: '%',
  },
  ...(['hilbert', 'row'] as const).map(
    (order): ComparisonClaim => ({
      id: `${paper}/lstm-beats-rnn-14-${order}`,
      paper,
      place: 'sections 4.2, 4.3 and 5.1',
      shownIn: sections.simpleRnn,
      statement: `The LSTM learns 14 × 14 images read ${orderWords[order]} where the simple RNN, as stated and at Adam's default rate, does not`,
      kind: 'comparison',
      left: test(`lstm-14-${order}`),
      right: test(`rnn-14-${order}`),
      relation: 'higher',
      unit: '%',
    }),
  ),
  {
    id: `${paper}/nine-for-four`,
    paper,
    place: 'section 4.3.1, figure 5',
    statement: 'The most common error of the Hilbert LSTM is a 9 taken for a 4 (against the largest other error of the same run)',
    kind: 'comparison',
    left: { experiment: 'lstm-14-hilbert', what: 'nines taken for fours', read: (run) => run.confusion?.[9]?.[4] },
    right: { experiment: 'lstm-14-hilbert', what: 'the most frequent other error', read: (run) => largestOther(run, 9, 4) },
    relation: 'higher',
    unit: 'images',
  },
  {
    id: `${paper}/spiral-beats-row`,
    paper,
    place: 'section 5.2',
    shownIn: sections.explanation,
    statement: `A spiral from the edge inwards, which ends where the ink is, could be the most effective order (against row by row; ${study})`,
    kind: 'comparison',
    left: test('order-spiral-in'),
    right: test('order-row'),
    relation: 'higher',
    unit: '%',
  },
  {
    id: `${paper}/spiral-beats-hilbert`,
    paper,
    place: 'section 5.2',
    shownIn: sections.explanation,
    statement: `A spiral from the edge inwards could be the most effective order (against Hilbert; ${study})`,
    kind: 'comparison',
    left: test('order-spiral-in'),
    right: test('order-hilbert'),
    relation: 'higher',
    unit: '%',
  },
];

interface Sizes {
  recurrent: number;
  dense: number;
}

let sizes: Sizes | undefined;

/** Sizes of the network that the report describes, counted on the one built here; built once, its orthogonal start takes a second. */
function countedSizes(): Sizes {
  if (sizes) return sizes;
  const model = sequenceNetwork({ cell: 'lstm', steps: 196 });
  const width = (layer: string) => (model.getLayer(layer).outputShape as (number | null)[]).at(-1) ?? 0;
  try {
    sizes = { recurrent: width('recurrent'), dense: width('dense') };
    return sizes;
  } finally {
    model.dispose();
  }
}

/** Steps of a series are pixels of an image, whatever reads them: a small network will do. */
function steps(side: number): number {
  const model = sequenceNetwork({ cell: 'lstm', steps: side * side, units: 2 });
  try {
    return (model.inputs[0].shape[1] as number | null) ?? 0;
  } finally {
    model.dispose();
  }
}

const structures: StructureClaim[] = [
  {
    id: `${paper}/steps-28`,
    place: 'section 3.1',
    statement: 'A 28 × 28 image is a series of 784 steps',
    value: 784,
    compute: () => steps(28),
  },
  {
    id: `${paper}/steps-14`,
    place: 'section 3.1',
    statement: 'A 14 × 14 image is a series of 196 steps',
    value: 196,
    compute: () => steps(14),
  },
  {
    id: `${paper}/lstm-units`,
    place: 'section 3.3',
    statement: 'The LSTM has 128 units',
    value: 128,
    compute: () => countedSizes().recurrent,
  },
  {
    id: `${paper}/dense-units`,
    place: 'section 3.3',
    statement: 'The dense layer has 128 units',
    value: 128,
    compute: () => countedSizes().dense,
  },
].map((claim) => ({ ...claim, paper, kind: 'structure', unit: '1' }));

const untestable: UntestableClaim[] = [
  // As a comparison with ten per cent, a network that names one class for every digit would pass.
  ...rnns.map(
    ({ order, side }): UntestableClaim => ({
      id: `${paper}/rnn-${side}-${order}-above-chance`,
      paper,
      place: 'section 4.2',
      shownIn: side === 14 ? sections.simpleRnn : sections.long,
      statement: aboveGuessing(side, order),
      kind: 'untestable',
      value: guessing,
      unit: '%',
      decimals: 0,
      why: `"barely" has no measure, and always answering with the largest class scores ${largestClass.toFixed(2)} % without having learnt anything`,
      instead: [`${paper}/rnn-${side}-${order}`],
    }),
  ),
  {
    id: `${paper}/hilbert-ink-further`,
    paper,
    place: 'section 5.2',
    shownIn: sections.explanation,
    statement: 'In Hilbert order the ink lies further from the end of the series than row by row',
    kind: 'untestable',
    why: `the report does not say where its curve starts; of ${ink.of} placements, turned and mirrored, ${ink.further} put the ink further (weighted by its brightness; test digits, 14 × 14; the notebook also counts every pixel that is not black alike)`,
  },
  {
    id: `${paper}/memory-150`,
    paper,
    place: 'section 5.1',
    shownIn: sections.old,
    statement: 'Almost all useful information older than 150 steps is gone',
    kind: 'untestable',
    value: 150,
    unit: 'steps',
    why: 'it is said of LSTMs in general and not measured; the gradient against the distance from the end is measured on the trained networks, beside figure 8 and in section 8',
  },
  {
    id: `${paper}/hilbert-slow`,
    paper,
    place: 'section 5.3',
    shownIn: 'Figure 2 · The Hilbert curve',
    statement: 'Turning images into Hilbert order takes a very long time',
    kind: 'untestable',
    why: "it is about the authors' own program, which is not given; here the order is computed once and applied as a permutation, timed in the notebook",
  },
  {
    id: `${paper}/power-law`,
    paper,
    place: 'sections 5.1 and 5.5',
    shownIn: sections.outlook,
    statement: 'A forget gate that forgets by a power law might hold 784 steps',
    kind: 'untestable',
    why: 'it is future work in the report; section 9 of the notebook sets it beside the LSTM on 196 steps and, once that run is recorded, on 784',
  },
  {
    id: `${paper}/reservoir`,
    paper,
    place: 'sections 5.4 and 5.5',
    shownIn: sections.outlook,
    statement: 'Images as time series can be fed into reservoir computers',
    kind: 'untestable',
    why: 'it is future work in the report; the notebook trains one on both orders, as an experiment of ours',
  },
];

export const claims: readonly Claim[] = [...values, ...comparisons, ...structures, ...untestable];

/** 10.50 % is below the share of the largest class, so it is no constant answer of "1"; these are other ways to come by it. */
export const readings: readonly Reading[] = [
  {
    id: `${paper}/rnn-first-epoch`,
    paper,
    name: 'the first epoch',
    statement: 'The simple RNNs were given up after one epoch',
    explains: rnns.map(({ order, side }) => ({
      claim: `${paper}/rnn-${side}-${order}`,
      measure: { experiment: `rnn-${side}-${order}`, curve: 'validationAccuracy', take: 'first' },
    })),
  },
  {
    id: `${paper}/rnn-training-accuracy`,
    paper,
    name: 'training accuracy',
    statement: '10.50 % is the accuracy on the training images, as the progress bar prints it',
    explains: rnns.map(({ order, side }) => ({
      claim: `${paper}/rnn-${side}-${order}`,
      measure: { experiment: `rnn-${side}-${order}`, curve: 'accuracy', take: 'last' },
    })),
  },
];
