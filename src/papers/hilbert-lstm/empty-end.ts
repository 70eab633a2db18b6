/**
 * How many steps without ink end a series: an LSTM that is read at its last step has to carry what it saw through all of them, and until its
 * forget gates have learnt to stay open it cannot. Does that tell which trainings learn?
 */
import { type ImageSet, meanPooled, toFloats } from '../../data/index.js';
import type { Cell, TableData } from '../../notebook/index.js';
import { type RunRecord, summarise } from '../../results/index.js';
import { comparisonOf, type Evidence } from '../evidence.js';
import { constantAnswer } from '../failed.js';
import { percent, seedsInWords, wrapped } from '../words.js';
import { begunAt, begunElsewhere, begunName, type OrderName, orderNames, orderStudyEpochs, pixelOrderOf } from './experiments.js';

const paper = 'hilbert-lstm';

interface Reading {
  side: 14 | 28;
  order: OrderName;
  /** The step at which the order is begun. */
  begin: number;
  /** Of an order begun elsewhere: what was expected of it before it was run. */
  predicted?: 'fails' | 'learns';
  experiment: string;
}

/** Ten orders of 196 steps, trained briefly, the two of 784, and some begun elsewhere. */
const readings: readonly Reading[] = [
  ...orderNames.map((order): Reading => ({ side: 14, order, begin: 0, experiment: `order-${order}` })),
  ...(['hilbert', 'row'] as const).map((order): Reading => ({ side: 28, order, begin: 0, experiment: `lstm-28-${order}` })),
  ...begunElsewhere.map((reading): Reading => ({ ...reading, experiment: begunName(reading) })),
];
const orderOf = ({ order, side, begin }: Reading) => begunAt(pixelOrderOf(order, side), begin);

/** Steps behind the last ink of every image, fewest first. */
export function emptySteps(pixels: ArrayLike<number>, positions: ArrayLike<number>): number[] {
  const steps = positions.length;
  const counts: number[] = [];
  for (let start = 0; start < pixels.length; start += steps) {
    let last = steps - 1;
    while (last >= 0 && !(pixels[start + positions[last]] > 0)) last--;
    counts.push(steps - 1 - last);
  }
  return counts.sort((a, b) => a - b);
}

/** The value that a share of all sorted values does not exceed. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

interface EmptyEnd extends Reading {
  low: number;
  median: number;
  high: number;
  found: Evidence;
  /** Trainings that gave one answer for all digits. */
  failed: number;
}

/** The readings with what is empty at their end and what became of their training, the shortest empty end first. */
function emptyEnds(set: ImageSet, live?: readonly RunRecord[]): EmptyEnd[] {
  const inputs = { 14: toFloats(meanPooled(set, 2)).inputs, 28: toFloats(set).inputs };
  const compared = comparisonOf(
    paper,
    readings.map(({ experiment }) => experiment),
    live,
  );
  return readings
    .map((reading) => {
      const sorted = emptySteps(inputs[reading.side], orderOf(reading).positions);
      const found = compared.of(reading.experiment);
      const failed = found.records.filter((run) => constantAnswer(run) !== undefined).length;
      return { ...reading, low: quantile(sorted, 0.1), median: quantile(sorted, 0.5), high: quantile(sorted, 0.9), found, failed };
    })
    .sort((a, b) => a.median - b.median);
}

/** Empty steps at the end and test accuracy, order by order. */
export function emptyEndTable(set: ImageSet, live?: readonly RunRecord[]): TableData {
  return {
    columns: ['order', 'steps', 'without ink at the end, median', '10 % to 90 % of digits', 'test accuracy %', 'epochs', 'from'],
    rows: emptyEnds(set, live).map((reading): Cell[] => {
      const { side, low, median, high, found, failed } = reading;
      const [first] = found.records;
      const accuracy = first && summarise(found.records.map((run) => 100 * run.metrics['testAccuracy'])).mean;
      return [
        orderOf(reading).name,
        side * side,
        median,
        `${low} to ${high}`,
        accuracy === undefined
          ? '–'
          : { value: accuracy.toFixed(2), ...(failed > 0 && { mark: 'bad' as const, note: 'one answer for all digits' }) },
        first ? Number(first.recipe['epochs']) : '–',
        found.label,
      ];
    }),
  };
}

const accuracyOf = ({ found }: EmptyEnd): number => summarise(found.records.map((run) => run.metrics['testAccuracy'])).mean;
const namedWith = (each: EmptyEnd) => `${orderOf(each).name} (${each.median} empty steps): ${percent(accuracyOf(each))}`;

/** Whether a length of the empty end parts the short trainings that failed from those that learned. */
function partedWords(short: readonly EmptyEnd[]): string[] {
  const failed = short.filter((each) => each.failed > 0);
  const learned = short.filter((each) => each.failed === 0);
  if (failed.length === 0 || learned.length === 0) return [];
  const [shortest, longest] = [failed[0], learned[learned.length - 1]];
  return [
    `196 steps, ${orderStudyEpochs} epochs each. One answer for all digits: ${failed.map(namedWith).join('; ')}. Of the ${learned.length} that learned, the longest empty end has ${orderOf(longest).name} (${longest.median}).`,
    shortest.median > longest.median
      ? 'So the length of the empty end parts those that failed from those that learned.'
      : `So the length of the empty end alone does not part those that failed from those that learned: ${orderOf(shortest).name} failed with ${shortest.median}.`,
  ];
}

/** The same order begun at another step, against itself: what moves is the empty end. */
function begunWords(known: readonly EmptyEnd[]): string[] {
  return known
    .filter(({ begin }) => begin > 0)
    .flatMap((begun) => {
      const plain = known.find(({ side, order, begin }) => side === begun.side && order === begun.order && begin === 0);
      if (!plain) return [];
      const came = begun.failed > 0 ? 'fails' : 'learns';
      const outcome = came === begun.predicted ? `it ${came}, as predicted` : `predicted was that it ${begun.predicted}, but it ${came}`;
      return [`The same circle of pixels, begun elsewhere: ${namedWith(plain)}; ${namedWith(begun)}: ${outcome}.`];
    });
}

/** Whether the empty end tells the trainings that failed from those that learned, in words. */
export function emptyEndWords(set: ImageSet, live?: readonly RunRecord[]): string {
  const known = emptyEnds(set, live).filter(({ found }) => found.records.length > 0);
  const long = known.filter(({ side, begin }) => side === 28 && begin === 0);
  const lines = [
    ...partedWords(known.filter(({ side, begin }) => side === 14 && begin === 0)),
    ...begunWords(known),
    ...(long.length > 0 ? [`784 steps, trained as the report says: ${long.map(namedWith).join('; ')}.`] : []),
  ];
  if (lines.length === 0) return 'No training of both kinds is recorded yet, one that learned and one that gave one answer for all digits.';
  const most = Math.max(...known.map(({ found }) => found.records.length));
  return wrapped(
    [...lines, most === 1 ? 'One seed each: a strong hint, not yet a proof.' : `Up to ${seedsInWords(most)} each.`].join('\n'),
  );
}
