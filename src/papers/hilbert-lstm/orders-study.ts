/** The report's explanations as numbers: what an order does to a series, and whether that goes with accuracy over ten orders. */
import { type ImageSet, meanPooled, type PixelOrder, toFloats } from '../../data/index.js';
import { type Figure, pixelOrderFigure, scatterWithFit } from '../../figures/index.js';
import { type Interval, pearsonCorrelation } from '../../metrics/index.js';
import type { TableData } from '../../notebook/index.js';
import { holdsZero, type RunRecord, summarise } from '../../results/index.js';
import { comparisonOf, meanAccuracy } from '../evidence.js';
import { constantAnswer } from '../failed.js';
import { percent, wrapped } from '../words.js';
import { orderNames, pixelOrderOf } from './experiments.js';
import { placements } from './ink.js';

const paper = 'hilbert-lstm';
const side = 14;
/** Touching pixels that are read at most so many steps apart count as near: half a row. */
const near = side / 2;

export interface OrderMeasures {
  order: string;
  /** Mean number of steps between a pixel's ink, weighted by its brightness, and the end of the series. */
  inkFromEnd: number;
  /** The same with every pixel that is not black counted alike, however bright. */
  inkedFromEnd: number;
  /** Mean change of brightness (0 to 1) from one step to the next. */
  stepChange: number;
  /** Mean change of that change: how much a series bends. */
  stepBend: number;
  /** Mean number of steps between pixels that touch in the image. */
  neighbourGap: number;
  /** The share of these numbers that are at most `near`, and the largest number. */
  neighbourNear: number;
  neighbourFurthest: number;
}

export type OrderMeasure = 'inkFromEnd' | 'inkedFromEnd' | 'stepChange' | 'stepBend' | 'neighbourGap' | 'neighbourNear';

/** What an order does to a series, as numbers: where the ink comes, how smooth it is, how far apart touching pixels end up. */
export function orderMeasures(set: ImageSet, { name, positions }: PixelOrder): OrderMeasures {
  const stepOf = new Int32Array(side * side);
  positions.forEach((position, step) => {
    stepOf[position] = step;
  });
  const pooled = toFloats(meanPooled(set, 2)).inputs;
  let ink = 0;
  let distance = 0;
  let inked = 0;
  let inkedDistance = 0;
  let change = 0;
  let bend = 0;
  for (let digit = 0; digit < pooled.length; digit += positions.length) {
    let previous = pooled[digit + positions[0]];
    let lastChange: number | undefined;
    for (let step = 0; step < positions.length; step++) {
      const value = pooled[digit + positions[step]];
      ink += value;
      distance += value * (positions.length - 1 - step);
      if (value > 0) {
        inked++;
        inkedDistance += positions.length - 1 - step;
      }
      if (step > 0) {
        const stepped = value - previous;
        change += Math.abs(stepped);
        if (lastChange !== undefined) bend += Math.abs(stepped - lastChange);
        lastChange = stepped;
      }
      previous = value;
    }
  }
  const gaps: number[] = [];
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      for (const neighbour of [column + 1 < side ? row * side + column + 1 : -1, row + 1 < side ? (row + 1) * side + column : -1])
        if (neighbour >= 0) gaps.push(Math.abs(stepOf[row * side + column] - stepOf[neighbour]));
  const digits = pooled.length / positions.length;
  return {
    order: name,
    inkFromEnd: distance / ink,
    inkedFromEnd: inkedDistance / inked,
    stepChange: change / (digits * (positions.length - 1)),
    stepBend: bend / (digits * (positions.length - 2)),
    neighbourGap: gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length,
    neighbourNear: gaps.filter((gap) => gap <= near).length / gaps.length,
    neighbourFurthest: Math.max(...gaps),
  };
}

/** One way to measure what a reason supposes: in how many placements of the curve it holds. */
interface Holding {
  measured: string;
  holding: number;
}

/** What becomes of a reason: it may hold at its start in each placement, in none, depend on the corner, or on how it is measured. */
function premise(which: string, ways: readonly Holding[], of: number): string {
  if (ways.every(({ holding }) => holding === of)) return `As the report supposes, so the ${which} reason may be tested.`;
  if (ways.every(({ holding }) => holding === 0))
    return `Not as the report supposes in any of them: the ${which} reason fails at its premise.`;
  if (ways.some(({ holding }) => holding === 0)) {
    const each = ways.map(({ measured, holding }) => `${measured} in ${holding} of ${of}`).join(', ');
    return `It holds ${each}. The report does not say how it measures this: the ${which} reason is open at its premise.`;
  }
  return `The ${which} reason depends on a corner that the report does not name.`;
}

/** Whether the report's two reasons hold at their start: in which order the ink comes later, and which series is smoother. */
export function premiseWords(set: ImageSet): string {
  const placed = placements(pixelOrderOf('hilbert', side)).map((order) => orderMeasures(set, order));
  const [hilbert] = placed;
  const row = orderMeasures(set, pixelOrderOf('row', side));
  const above = (measure: 'inkFromEnd' | 'inkedFromEnd' | 'stepChange' | 'stepBend') =>
    placed.filter((each) => each[measure] > row[measure]).length;
  const line = (measure: 'inkFromEnd' | 'stepChange' | 'stepBend', decimals: number, unit: string, more: string) => {
    const all = placed.map((each) => each[measure]);
    const shown = (value: number) => value.toFixed(decimals);
    return `${shown(hilbert[measure])}${unit} as drawn here, ${shown(Math.min(...all))} to ${shown(Math.max(...all))} over its ${all.length} placements, turned and mirrored; ${above(measure)} of ${all.length} ${more} than row by row (${shown(row[measure])}).`;
  };
  const first = premise(
    'first',
    [
      { measured: 'weighted by brightness', holding: above('inkFromEnd') },
      { measured: 'with every pixel that is not black counted alike', holding: above('inkedFromEnd') },
    ],
    placed.length,
  );
  const second = premise(
    'second',
    [
      { measured: 'by the change', holding: above('stepChange') },
      { measured: 'by the bend', holding: above('stepBend') },
    ],
    placed.length,
  );
  return wrapped(
    [
      `${set.count.toLocaleString('en-US')} test digits (${set.provenance} data), 14 × 14.`,
      `From the ink, weighted by its brightness, to the end, Hilbert order: ${line('inkFromEnd', 1, ' steps', 'further')} With every pixel that is not black counted alike: ${above('inkedFromEnd')} of ${placed.length}. ${first}`,
      `Change of brightness per step, Hilbert order: ${line('stepChange', 4, '', 'less smooth')} Its bend, the change of that change: ${line('stepBend', 4, '', 'less smooth')} ${second}`,
      `Touching pixels at most ${near} steps apart: ${percent(hilbert.neighbourNear)} in Hilbert order, ${percent(row.neighbourNear)} row by row. The furthest stand ${hilbert.neighbourFurthest} and ${row.neighbourFurthest} steps apart, so the means, ${hilbert.neighbourGap.toFixed(1)} and ${row.neighbourGap.toFixed(1)}, hide that most stay near.`,
    ].join('\n'),
  );
}

export interface StudiedOrder extends OrderMeasures {
  accuracy: number;
  /** Runs of this order, and how many of them ended at a constant answer. */
  runs: number;
  constant: number;
  /** The other runs one by one, and their mean; undefined where there is none. */
  scores: readonly number[];
  learned: number | undefined;
}

export interface OrderStudy {
  /** Where the accuracies are from: recorded full runs, or runs of this session. */
  label: string;
  caption: string;
  rows: StudiedOrder[];
}

/** Accuracy of every order that has been run, beside its measures. */
export function orderStudy(set: ImageSet, live?: readonly RunRecord[]): OrderStudy {
  const compared = comparisonOf(
    paper,
    orderNames.map((order) => `order-${order}`),
    live,
  );
  const label = compared.label.replace(/\bseeds?\b/, '$& per order');
  const rows = orderNames.flatMap((order) => {
    const { records } = compared.of(`order-${order}`);
    if (records.length === 0) return [];
    const learned = records.filter((record) => constantAnswer(record) === undefined);
    return [
      {
        ...orderMeasures(set, pixelOrderOf(order, side)),
        order,
        accuracy: meanAccuracy(records),
        runs: records.length,
        constant: records.length - learned.length,
        scores: learned.map(({ metrics }) => metrics['testAccuracy']!),
        learned: learned.length > 0 ? meanAccuracy(learned) : undefined,
      },
    ];
  });
  const first = orderNames.flatMap((order) => compared.of(`order-${order}`).records)[0];
  const digits = first?.data.find(({ role }) => role === 'training')?.count ?? 0;
  const training = first ? `${first.recipe['epochs']} epochs on ${digits.toLocaleString('en-US')} digits` : 'no runs yet';
  return { label, rows, caption: `Ten orders, the same network, ${training}; ${label}` };
}

const measureWords: Record<OrderMeasure, { question: string; axis: string; name: string }> = {
  inkFromEnd: {
    question: 'Does ink near the end help?',
    axis: 'mean distance of ink from the end (steps)',
    name: 'the distance of ink from the end, weighted by brightness',
  },
  inkedFromEnd: {
    question: 'Does ink near the end help?',
    axis: 'mean distance of pixels that are not black from the end (steps)',
    name: 'the distance of pixels that are not black from the end',
  },
  stepChange: {
    question: 'Does a smooth series help?',
    axis: 'mean change of brightness per step',
    name: 'the change of brightness per step',
  },
  stepBend: {
    question: 'Does a series that bends little help?',
    axis: 'mean change of that change, per step',
    name: 'the bend, the change of that change',
  },
  neighbourGap: {
    question: 'Does keeping neighbours together help?',
    axis: 'mean distance of touching pixels (steps)',
    name: 'the mean distance of touching pixels',
  },
  neighbourNear: {
    question: 'Does keeping neighbours together help?',
    axis: `share of touching pixels at most ${near} steps apart`,
    name: `the share of touching pixels at most ${near} steps apart`,
  },
};

interface Point {
  row: StudiedOrder;
  accuracy: number;
}

/** The orders that learned, each with the mean of the runs that did. */
const learnedPoints = (rows: readonly StudiedOrder[]): Point[] =>
  rows.flatMap((row) => (row.learned === undefined ? [] : [{ row, accuracy: row.learned }]));
const allPoints = (rows: readonly StudiedOrder[]): Point[] => rows.map((row) => ({ row, accuracy: row.accuracy }));

const correlation = (points: readonly Point[], measure: OrderMeasure): Interval =>
  pearsonCorrelation(
    points.map(({ row }) => row[measure]),
    points.map(({ accuracy }) => accuracy),
  );

/** One order may make a correlation: the one without which it is most different, with what is then left. */
function withoutOne(points: readonly Point[], measure: OrderMeasure): { order: string; estimate: number } | undefined {
  // A correlation needs four orders, so five to leave one out.
  if (points.length < 5) return undefined;
  const whole = correlation(points, measure).estimate;
  return points
    .map((left) => {
      const { estimate } = correlation(
        points.filter((point) => point !== left),
        measure,
      );
      return { order: left.row.order, estimate, moved: Math.abs(estimate - whole) };
    })
    .reduce((most, each) => (each.moved > most.moved ? each : most));
}

/** Accuracy against one measure. Trainings that failed would squeeze all others into a corner: they are left out, by name. */
export function orderStudyFigure({ label, rows }: OrderStudy, measure: OrderMeasure): Figure {
  const failed = rows.filter(({ constant }) => constant > 0).map(({ order }) => order);
  const kept = learnedPoints(rows);
  const rest = withoutOne(kept, measure);
  return scatterWithFit(
    kept.map(({ row, accuracy }) => ({ name: row.order, x: row[measure], y: 100 * accuracy })),
    {
      title: measureWords[measure].question,
      subtitle: [
        `LSTM, 14 × 14, the same short training for every order; ${label}`,
        ...(failed.length > 0 ? [`left out, constant answers: ${failed.join(', ')}`] : []),
        ...(rest ? [`without ${rest.order} r = ${signed(rest.estimate)}`] : []),
      ].join('; '),
      xTitle: measureWords[measure].axis,
      yTitle: 'test accuracy (%)',
    },
  );
}

/** Ten orders, drawn. */
export function ordersFigure(): Figure {
  return pixelOrderFigure(
    orderNames.map((name) => ({ ...pixelOrderOf(name, side), name })),
    { columns: 5, title: 'Ten ways to read 14 × 14 pixels', sizes: false },
  );
}

/** The orders with their measures, the best first. */
export function orderTable({ rows }: OrderStudy): TableData {
  return {
    columns: [
      'order',
      'ink to end (steps)',
      'pixels not black to end (steps)',
      'brightness change per step',
      'its bend',
      'touching pixels apart: mean (steps)',
      `at most ${near} steps apart %`,
      'test accuracy %',
      'sd over seeds (points)',
      'constant answers',
    ],
    rows: [...rows]
      .sort((a, b) => b.accuracy - a.accuracy)
      .map((row) => [
        row.order,
        row.inkFromEnd.toFixed(1),
        row.inkedFromEnd.toFixed(1),
        row.stepChange.toFixed(3),
        row.stepBend.toFixed(3),
        row.neighbourGap.toFixed(1),
        (100 * row.neighbourNear).toFixed(1),
        (100 * row.accuracy).toFixed(2),
        // Of runs that failed beside others that learned it would only say that some failed.
        row.constant === 0 && row.scores.length > 1 ? (100 * summarise(row.scores).sd!).toFixed(2) : '–',
        `${row.constant} of ${row.runs}`,
      ]),
  };
}

const signed = (value: number): string => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`;

/** Correlation of accuracy with every measure: over all orders, and without the trainings that failed. */
export function correlationTable({ rows }: OrderStudy): TableData {
  const kinds = [
    { name: `all ${rows.length} orders`, points: allPoints(rows) },
    ...(rows.some(({ constant }) => constant > 0)
      ? [{ name: `the ${learnedPoints(rows).length} that learned`, points: learnedPoints(rows) }]
      : []),
  ].filter(({ points }) => points.length >= 4);
  return {
    columns: ['accuracy against', ...kinds.flatMap(({ name }) => [`r, ${name}`, `95 % interval, ${name}`, `r without one order, ${name}`])],
    rows: (Object.keys(measureWords) as OrderMeasure[]).map((measure) => [
      measureWords[measure].name,
      ...kinds.flatMap(({ points }) => {
        const { estimate, low, high } = correlation(points, measure);
        const rest = withoutOne(points, measure);
        return [signed(estimate), `${signed(low)} to ${signed(high)}`, rest ? `${signed(rest.estimate)} (${rest.order})` : '–'];
      }),
    ]),
  };
}

/** The 97.5th percentile of the normal distribution, from which the intervals of correlations are reckoned. */
const NORMAL = 1.959964;

/** The least correlation of so many points whose 95 % interval leaves out zero. */
export const leastShown = (points: number): number => Math.tanh(NORMAL / Math.sqrt(points - 3));

/** What so few orders can show at all, and how far single runs of one order lie apart. */
function fewWords(rows: readonly StudiedOrder[], learned: number): string {
  const bound = (points: number) => `± ${leastShown(points).toFixed(2)}`;
  const more = learned < rows.length && learned >= 4 ? ` (${bound(learned)} for the ${learned} that learned)` : '';
  const apart = rows.flatMap(({ scores }) => (scores.length > 1 ? [100 * (Math.max(...scores) - Math.min(...scores))] : []));
  const single = rows.filter(({ runs }) => runs === 1).length;
  const spread = apart.length > 0 ? ` Single runs of one order lie up to ${Math.max(...apart).toFixed(1)} points apart` : '';
  const few = single > 0 ? `${spread ? ', and ' : ' '}${single} of ${rows.length} orders have one run` : '';
  return `With so few orders only a correlation beyond ${bound(rows.length)}${more} would show.${spread}${few}${spread || few ? '.' : ''}`;
}

/** What the correlations come to: which trainings failed, and what the intervals settle. */
export function correlationWords({ label, rows }: OrderStudy): string {
  if (rows.length < 4)
    return `${rows.length} of ${orderNames.length} orders have been run: a correlation needs at least four (npm run sweep -- --paper 04).`;
  const failed = rows.filter(({ constant }) => constant > 0);
  const runs = (pick: 'runs' | 'constant') => rows.reduce((sum, row) => sum + row[pick], 0);
  const learned = learnedPoints(rows);
  const measures = Object.keys(measureWords) as OrderMeasure[];
  const settledIn = (points: readonly Point[]) =>
    points.length < 4
      ? []
      : measures.filter((measure) => {
          const { low, high } = correlation(points, measure);
          return !holdsZero(low, high);
        });
  const said = (points: readonly Point[], which: string) => {
    const settled = settledIn(points).map((measure) => measureWords[measure].name);
    return settled.length === 0
      ? `Over ${which}, every interval holds zero: none of these measures is shown to go with accuracy.`
      : `Over ${which}, the interval leaves out zero for ${settled.join(' and ')}; ${measures.length} measures are read, so one in twenty may do so by chance.`;
  };
  return wrapped(
    [
      `Correlation of accuracy with each measure (${label}). The last column of each part leaves out the one order without which r moves most.`,
      ...(failed.length > 0
        ? [
            `${runs('constant')} of ${runs('runs')} runs (${failed.map(({ order }) => order).join(', ')}) ended at a constant answer: trainings that failed.`,
          ]
        : []),
      said(allPoints(rows), `all ${rows.length} orders`),
      ...(failed.length > 0 && learned.length >= 4 ? [said(learned, `the ${learned.length} that learned`)] : []),
      fewWords(rows, learned.length),
    ].join('\n'),
  );
}
