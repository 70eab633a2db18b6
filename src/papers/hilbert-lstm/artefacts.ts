/** The report's figures and its table of results, drawn from runs; and the figures of the experiments that explain them. */
import { type ImageSet, meanPooled, type PixelOrder, pixelOrders, subset, toFloats } from '../../data/index.js';
import {
  confusionFigure,
  type Figure,
  heatmapGrid,
  learningCurves,
  lstmCellDiagram,
  memoryCurves,
  modelDiagram,
  pixelOrderFigure,
  scatterWithFit,
  seriesFigure,
} from '../../figures/index.js';
import { pearsonCorrelation } from '../../metrics/index.js';
import type { TableData } from '../../notebook/index.js';
import { judgeAll, type RunRecord, runs, type Verdict } from '../../results/index.js';
import { comparisonOf, type Evidence, evidenceOf, meanOf, neededEvidence, summedConfusion } from '../evidence.js';
import { trainLive as train } from '../live.js';
import { claims, readings } from './claims.js';
import { asSeries, experiments, orderNames, pixelOrderOf } from './experiments.js';
import { sequenceNetwork } from './models.js';

const paper = 'hilbert-lstm';
export type MainOrder = 'row' | 'hilbert';
const orderWords: Record<MainOrder, string> = { row: 'row by row', hilbert: 'in Hilbert order' };
const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export const evidence = (experiment: string, live?: readonly RunRecord[]): Evidence => evidenceOf(paper, experiment, live);

/** Figure 1: one example of each digit as it is, and mean-pooled to a quarter of its pixels. */
export function digitsFigure(set: ImageSet): Figure {
  const first = Int32Array.from(digits, (_, digit) => set.labels.indexOf(digit));
  const small = meanPooled(set, 2);
  const large = toFloats(set);
  const grid = (values: Float32Array | Uint8Array, side: number, position: number) => ({
    values: Float32Array.from(values.subarray(position * side * side, (position + 1) * side * side)),
    height: side,
    width: side,
  });
  return heatmapGrid(
    [
      ...digits.map((name, digit) => ({ name: `${name}, 28 × 28`, ...grid(large.inputs, 28, first[digit]) })),
      ...digits.map((name, digit) => ({ name: `${name}, 14 × 14`, ...grid(toFloats(small).inputs, 14, first[digit]) })),
    ],
    {
      columns: 10,
      title: 'MNIST digits at both sizes',
      subtitle: 'below: means of 2 × 2 pixels',
      unit: 'brightness',
      provenance: set.provenance,
    },
  );
}

/** Figure 2: the curve at orders 1 to 5, and fitted to the two image sizes, which are no powers of two. */
export function hilbertFigure(): Figure {
  const squares = [2, 4, 8, 16, 32, 14, 28].map((side) => pixelOrders.hilbert(side, side));
  return pixelOrderFigure(squares, {
    columns: 4,
    title: 'The Hilbert curve',
    subtitle: 'orders 1 to 5, then fitted to 14 × 14 and 28 × 28',
  });
}

/** The walk along one order, playable. */
export function walkFigure(order: PixelOrder): Figure {
  return pixelOrderFigure(order, { title: `Reading ${order.height} × ${order.width} pixels: ${order.name}` });
}

/** Figure 3: the cell and its equations. */
export function lstmFigure(): Figure {
  return lstmCellDiagram({ title: 'The LSTM cell' });
}

/** The whole network on 14 × 14 images. */
export function networkFigure(): Figure {
  const model = sequenceNetwork({ cell: 'lstm', steps: 196 });
  try {
    return modelDiagram(model, { title: 'The LSTM network on 196 steps' });
  } finally {
    model.dispose();
  }
}

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Trains more of them and adds their records to those there are. */
export async function trainMore(live: RunRecord[], names: readonly string[]): Promise<void> {
  live.push(...(await trainLive(names)));
}

/** Verdicts on all claims, from the recorded runs. */
export function verdicts(): Verdict[] {
  return judgeAll(claims, runs.find({ paper, profile: 'paper', provenance: 'real' }), readings);
}

/** Figures 4 and 6: accuracy over the epochs on 14 × 14 images. */
export function accuracyFigure(order: MainOrder, live?: readonly RunRecord[]): Figure {
  const { records, label } = neededEvidence(paper, `lstm-14-${order}`, live);
  return learningCurves(
    [
      { name: 'training', runs: records.map((record) => record.curves['accuracy']), colour: 0 },
      { name: 'validation', runs: records.map((record) => record.curves['validationAccuracy']), colour: 1, dash: 'dash' },
    ],
    { title: `LSTM on 14 × 14 digits read ${orderWords[order]}`, subtitle: label },
  );
}

/** Figures 5 and 7: what is taken for what on the test set, all seeds added up. */
export function confusion(order: MainOrder, live?: readonly RunRecord[]): Figure {
  const evidenceHere = neededEvidence(paper, `lstm-14-${order}`, live);
  return confusionFigure(summedConfusion(evidenceHere), digits, {
    title: `Confusion of the LSTM, 14 × 14 ${orderWords[order]}`,
    subtitle: evidenceHere.label,
  });
}

export interface Confusion {
  actual: number;
  predicted: number;
  count: number;
}

/** Off-diagonal cells of the confusion matrix, most frequent first. */
export function commonConfusions(order: MainOrder, live?: readonly RunRecord[]): Confusion[] {
  const matrix = summedConfusion(neededEvidence(paper, `lstm-14-${order}`, live));
  return matrix
    .flatMap((row, actual) => row.map((count, predicted) => ({ actual, predicted, count })))
    .filter(({ actual, predicted }) => actual !== predicted)
    .sort((a, b) => b.count - a.count);
}

/** Mean length of the loss gradient at each step, over the records, ordered by distance from the end and relative to the last step. */
function gradientByDistance(records: readonly RunRecord[]): Float64Array | undefined {
  const all = records.map((record) => runs.arrays(record)['inputGradient']?.values).filter((values) => values !== undefined);
  if (all.length === 0) return undefined;
  const steps = all[0].length;
  const sums = Float64Array.from({ length: steps }, (_, back) => all.reduce((sum, values) => sum + Number(values[steps - 1 - back]), 0));
  // Neighbouring steps differ by what a digit happens to show there; a running mean over nine keeps the trend.
  return sums.map((_, at) => {
    const window = sums.subarray(Math.max(0, at - 4), Math.min(steps, at + 5));
    return window.reduce((sum, value) => sum + value, 0) / window.length / sums[0];
  });
}

/** Figure 8: the two theories of forgetting, and what trained networks show. */
export function memoryFigure(live?: readonly RunRecord[]): Figure {
  const back = Array.from({ length: 196 }, (_, index) => index + 1);
  const measured = [
    { experiment: 'rnn-14-row', name: 'SimpleRNN, measured' },
    { experiment: 'lstm-14-row', name: 'LSTM row by row, measured' },
    { experiment: 'lstm-14-hilbert', name: 'LSTM Hilbert, measured' },
    { experiment: 'power-law-14-row', name: 'power-law LSTM, measured' },
  ].flatMap(({ experiment, name }) => {
    const { records, origin } = evidenceOf(paper, experiment, live);
    const values = gradientByDistance(records);
    return values ? [{ name: origin === 'live' ? `${name} (live)` : name, values, x: back }] : [];
  });
  return memoryCurves(
    [
      { name: 'exponential, half-life 20 steps', values: back.map((step) => 2 ** (-(step - 1) / 20)), x: back, theory: true },
      { name: 'power law, exponent 1', values: back.map((step) => 1 / step), x: back, theory: true },
      ...measured,
    ],
    {
      title: 'How far back does the loss still feel the input?',
      subtitle: 'length of the gradient at each step, relative to the last one; dashed: theory; below 10⁻⁸ not drawn',
      xTitle: 'steps before the end',
      yTitle: 'gradient (last step = 1)',
    },
  );
}

/** Figure 9: one five, read in both orders. */
export function fiveAsSeries(set: ImageSet): Figure {
  const five = subset(set, [set.labels.indexOf(5)]);
  const values = (order: MainOrder) => toFloats(asSeries(five, 28, order)).inputs;
  return seriesFigure(
    [
      { name: 'Hilbert order', values: values('hilbert') },
      { name: 'row by row', values: values('row') },
    ],
    { title: 'The same 5 as a time series of 784 steps', yTitle: 'brightness', provenance: set.provenance },
  );
}

const reportedOf = (experiment: string) => {
  const claim = claims.find((each) => each.kind === 'value' && 'experiment' in each.measure && each.measure.experiment === experiment);
  return claim?.kind === 'value' ? claim : undefined;
};

/** All results of section 4 in one table: reported beside obtained. */
export function summaryTable(live?: readonly RunRecord[]): TableData {
  const rows = [
    { name: 'CNN (baseline)', experiment: 'cnn', size: '28 × 28', order: 'image' },
    ...([14, 28] as const).flatMap((side) =>
      (['rnn', 'lstm'] as const).flatMap((cell) =>
        (['hilbert', 'row'] as const).map((order) => ({
          name: cell === 'rnn' ? 'SimpleRNN' : 'LSTM',
          experiment: `${cell}-${side}-${order}`,
          size: `${side} × ${side}`,
          order: order === 'row' ? 'naive (rows)' : 'Hilbert',
        })),
      ),
    ),
  ];
  return {
    columns: ['network', 'images', 'order', 'reported test accuracy %', 'obtained mean %', 'sd', 'training accuracy %', 'from'],
    rows: rows.map(({ name, experiment, size, order }) => {
      const here = evidenceOf(paper, experiment, live);
      const values = here.records.map((record) => 100 * record.metrics['testAccuracy']);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const sd = values.length > 1 ? Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) : null;
      const claim = reportedOf(experiment);
      const reported = claim ? (claim.bound === 'at most' ? 'chance' : claim.value.toFixed(claim.decimals)) : '–';
      const training = meanOf(here, 'trainAccuracy');
      return [
        name,
        size,
        order,
        reported,
        values.length ? mean.toFixed(2) : '–',
        sd === null ? '–' : sd.toFixed(2),
        training === undefined ? '–' : (100 * training).toFixed(2),
        here.label,
      ];
    }),
  };
}

export interface OrderMeasures {
  order: string;
  /** Mean number of steps between a pixel's ink and the end of the series. */
  inkFromEnd: number;
  /** Mean number of steps between pixels that touch in the image. */
  neighbourGap: number;
}

/** Two explanations as numbers: how far the ink lies from the end, and how far apart neighbours end up. */
export function orderMeasures(set: ImageSet, { name, positions }: PixelOrder): OrderMeasures {
  const side = 14;
  const stepOf = new Int32Array(side * side);
  positions.forEach((position, step) => {
    stepOf[position] = step;
  });
  const pooled = toFloats(meanPooled(set, 2)).inputs;
  let ink = 0;
  let distance = 0;
  for (let at = 0; at < pooled.length; at++) {
    ink += pooled[at];
    distance += pooled[at] * (side * side - 1 - stepOf[at % (side * side)]);
  }
  let gap = 0;
  let pairs = 0;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      for (const neighbour of [column + 1 < side ? row * side + column + 1 : -1, row + 1 < side ? (row + 1) * side + column : -1])
        if (neighbour >= 0) {
          gap += Math.abs(stepOf[row * side + column] - stepOf[neighbour]);
          pairs++;
        }
  return { order: name, inkFromEnd: distance / ink, neighbourGap: gap / pairs };
}

export interface OrderStudy {
  /** Where the accuracies are from: recorded full runs, or runs of this session. */
  label: string;
  rows: (OrderMeasures & { accuracy: number })[];
  /** Correlation of accuracy with each measure and its 95 % interval; undefined with fewer than four orders. */
  correlation?: Record<'inkFromEnd' | 'neighbourGap', { estimate: number; low: number; high: number }>;
}

/** Accuracy of every order that has been run, beside its two measures. */
export function orderStudy(set: ImageSet, live?: readonly RunRecord[]): OrderStudy {
  const compared = comparisonOf(
    paper,
    orderNames.map((order) => `order-${order}`),
    live,
  );
  const rows = orderNames.flatMap((order) => {
    const here = compared.of(`order-${order}`);
    const accuracy = meanOf(here, 'testAccuracy');
    return accuracy === undefined ? [] : [{ ...orderMeasures(set, pixelOrderOf(order, 14)), accuracy }];
  });
  const { label } = compared;
  if (rows.length < 4) return { label, rows };
  const accuracies = rows.map(({ accuracy }) => accuracy);
  const against = (measure: 'inkFromEnd' | 'neighbourGap') => {
    const { estimate, low, high } = pearsonCorrelation(
      rows.map((row) => row[measure]),
      accuracies,
    );
    return { estimate, low, high };
  };
  return { label, rows, correlation: { inkFromEnd: against('inkFromEnd'), neighbourGap: against('neighbourGap') } };
}

export function orderStudyFigure({ label, rows }: OrderStudy, measure: 'inkFromEnd' | 'neighbourGap'): Figure {
  return scatterWithFit(
    rows.map((row) => ({ name: row.order, x: row[measure], y: 100 * row.accuracy })),
    {
      title: measure === 'inkFromEnd' ? 'Does ink near the end help?' : 'Does keeping neighbours together help?',
      subtitle: `LSTM, 14 × 14, the same short training for every order; ${label}`,
      xTitle: measure === 'inkFromEnd' ? 'mean distance of ink from the end (steps)' : 'mean distance of touching pixels (steps)',
      yTitle: 'test accuracy (%)',
    },
  );
}

/** Ten orders, drawn. */
export function ordersFigure(): Figure {
  return pixelOrderFigure(
    orderNames.map((name) => ({ ...pixelOrderOf(name, 14), name })),
    { columns: 5, title: 'Ten ways to read 14 × 14 pixels' },
  );
}

export function orderTable({ label, rows }: OrderStudy): TableData {
  return {
    columns: ['order', 'ink to end (steps)', 'touching pixels apart (steps)', 'test accuracy %', 'from'],
    rows: [...rows]
      .sort((a, b) => b.accuracy - a.accuracy)
      .map((row) => [row.order, row.inkFromEnd.toFixed(1), row.neighbourGap.toFixed(1), (100 * row.accuracy).toFixed(2), label]),
  };
}

/** What the study says, in words. */
export function correlationWords({ rows, correlation }: OrderStudy): string {
  if (!correlation)
    return `${rows.length} of ${orderNames.length} orders have been run: a correlation needs at least four (npm run sweep -- --paper 04).`;
  const words = (name: string, { estimate, low, high }: { estimate: number; low: number; high: number }) =>
    `Correlation of accuracy with ${name}: ${estimate.toFixed(2)}, 95 % interval ${low.toFixed(2)} to ${high.toFixed(2)}${low > 0 || high < 0 ? '' : ' (includes zero: not settled)'}.`;
  return [
    words('the distance of ink from the end', correlation.inkFromEnd),
    words('the distance of touching pixels', correlation.neighbourGap),
  ].join('\n');
}

/** The LSTM and its power-law relative on the same digits, same training. */
export function powerLawTable(live?: readonly RunRecord[]): TableData {
  const rows = [
    ['LSTM', 'lstm-14-row'],
    ['power-law LSTM', 'power-law-14-row'],
  ];
  const compared = comparisonOf(
    paper,
    rows.map(([, experiment]) => experiment),
    live,
  );
  return {
    columns: ['network', 'test accuracy %', 'parameters', 'from'],
    rows: rows.map(([name, experiment]) => {
      const here = compared.of(experiment);
      const accuracy = meanOf(here, 'testAccuracy');
      const parameters = meanOf(here, 'parameters');
      return [
        name,
        accuracy === undefined ? '–' : (100 * accuracy).toFixed(2),
        parameters === undefined ? '–' : parameters.toLocaleString('en-US'),
        here.label,
      ];
    }),
  };
}

/** The reservoir's results: both orders, sizes and speeds. */
export function reservoirTable(live?: readonly RunRecord[]): TableData {
  const variants = [
    ['', '400 units, leak 0.3'],
    ['-small', '100 units'],
    ['-large', '800 units'],
    ['-slow', 'leak 0.1 (long memory)'],
    ['-quick', 'leak 0.9 (short memory)'],
  ];
  return {
    columns: ['reservoir', 'row by row, test accuracy %', 'Hilbert, test accuracy %', 'from'],
    rows: variants.map(([suffix, words]) => {
      const pair = [`reservoir-row${suffix}`, `reservoir-hilbert${suffix}`];
      const compared = comparisonOf(paper, pair, live);
      const shown = pair.map((experiment) => meanOf(compared.of(experiment), 'testAccuracy'));
      return [words, ...shown.map((value) => (value === undefined ? '–' : (100 * value).toFixed(2))), compared.label];
    }),
  };
}

/** Validation accuracy over the epochs of every 784-step variant that has been run. */
export function longSeriesFigure(): Figure | undefined {
  const variants = [
    ...['', '-clip', '-slow', '-forget', '-chrono', '-chrono-clip'].map((suffix) => `lstm-28-row${suffix}`),
    'power-law-28-row',
  ];
  const series = variants.flatMap((experiment) => {
    const { records } = evidenceOf(paper, experiment);
    return records.length ? [{ name: experiment, runs: records.map((record) => record.curves['validationAccuracy']) }] : [];
  });
  if (series.length === 0) return undefined;
  return learningCurves(series, { title: 'LSTM on 784 steps: what makes it train?', yTitle: 'validation accuracy' });
}
