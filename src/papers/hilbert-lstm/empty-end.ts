/**
 * How many steps without ink end a series: an LSTM that is read at its last step has to carry what it saw through all of them, and until its
 * forget gates have learnt to stay open it cannot. Does that tell which trainings learn?
 */
import { type ImageSet, meanPooled, toFloats } from '../../data/index.js';
import type { Cell, TableData } from '../../notebook/index.js';
import { type RunRecord, SEEDS_WANTED, summarise } from '../../results/index.js';
import { comparisonOf, type Evidence, meanAccuracy } from '../evidence.js';
import { constantAnswer, hardlyLearned } from '../failed.js';
import { percent, wrapped } from '../words.js';
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
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

export interface EmptyEnd extends Reading {
  low: number;
  median: number;
  high: number;
  found: Evidence;
  /** Trainings that gave one answer for all digits, or were hardly better than that would be. */
  failed: number;
  /** Those of them that gave one answer. */
  constant: number;
  /** What became of them all: some may fail and others learn. */
  outcome: 'fails' | 'learns' | 'both';
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
      const failed = found.records.filter(hardlyLearned).length;
      const constant = found.records.filter((run) => constantAnswer(run) !== undefined).length;
      const outcome = failed === 0 ? ('learns' as const) : failed === found.records.length ? ('fails' as const) : ('both' as const);
      const [low, median, high] = [0.1, 0.5, 0.9].map((share) => quantile(sorted, share)) as [number, number, number];
      return { ...reading, low, median, high, found, failed, constant, outcome };
    })
    .sort((a, b) => a.median - b.median);
}

/** What a failed training gives. */
function failedWords({ outcome, failed, constant, found }: EmptyEnd): string {
  const what = constant === failed ? 'one answer for all digits' : 'hardly more than one answer for all digits';
  return outcome === 'both' ? `${failed} of ${found.records.length} runs give ${what}` : what;
}

/** Empty steps at the end and test accuracy, order by order. */
export function emptyEndTable(set: ImageSet, live?: readonly RunRecord[]): TableData {
  return {
    columns: ['order', 'steps', 'without ink at the end, median', '10 % to 90 % of digits', 'test accuracy %', 'learned', 'epochs', 'from'],
    rows: emptyEnds(set, live).map((reading): Cell[] => {
      const { side, low, median, high, found, outcome } = reading;
      const [first] = found.records;
      const accuracy = first && summarise(found.records.map((run) => 100 * run.metrics['testAccuracy'])).mean;
      return [
        orderOf(reading).name,
        side * side,
        median,
        `${low} to ${high}`,
        accuracy === undefined
          ? '–'
          : { value: accuracy.toFixed(2), ...(outcome !== 'learns' && { mark: 'bad' as const, note: failedWords(reading) }) },
        !first
          ? '–'
          : outcome === 'learns'
            ? 'yes'
            : outcome === 'fails'
              ? 'no'
              : `in ${found.records.length - reading.failed} of ${found.records.length}`,
        first ? Number(first.recipe['epochs']) : '–',
        found.label,
      ];
    }),
  };
}

const accuracyOf = ({ found }: EmptyEnd): number => meanAccuracy(found.records);
const namedWith = (each: EmptyEnd) =>
  `${orderOf(each).name} (${each.median} empty steps): ${percent(accuracyOf(each))}${each.outcome === 'both' ? ` (${failedWords(each)})` : ''}`;

type Length = 'low' | 'median';

/** The longest empty end that learned and the shortest that failed; undefined where there are not both kinds. */
function extremes(readings: readonly EmptyEnd[], length: Length): { learned: EmptyEnd; failed: EmptyEnd } | undefined {
  const sorted = [...readings].sort((a, b) => a[length] - b[length]);
  const learned = sorted.filter(({ outcome }) => outcome === 'learns').at(-1);
  const failed = sorted.find(({ outcome }) => outcome === 'fails');
  return learned && failed ? { learned, failed } : undefined;
}

/** Whether a length parts all that failed from all that learned. */
function parts(readings: readonly EmptyEnd[], length: Length): boolean {
  const found = extremes(readings, length);
  return found !== undefined && found.failed[length] > found.learned[length];
}

function againstWords(readings: readonly EmptyEnd[], length: Length): string {
  const { learned, failed } = extremes(readings, length)!;
  return `${orderOf(failed).name} failed with ${failed[length]}; ${orderOf(learned).name} learned with ${learned[length]}`;
}

/** Whether the length of the empty end parts the short trainings that failed from those that learned: of the ten orders, and of all. */
function partedWords(all: readonly EmptyEnd[]): string[] {
  const ten = all.filter(({ begin }) => begin === 0);
  const found = extremes(ten, 'median');
  if (!found) return [];
  const failed = ten.filter(({ outcome }) => outcome === 'fails');
  const both = ten.filter(({ outcome }) => outcome === 'both');
  const learned = ten.filter(({ outcome }) => outcome === 'learns');
  const begun = all.length > ten.length;
  const tenPart = parts(ten, 'median');
  return [
    `196 steps, ${orderStudyEpochs} epochs each. Failed, one answer for all digits or hardly more: ${failed.map(namedWith).join('; ')}.${both.length > 0 ? ` In some runs only: ${both.map(namedWith).join('; ')}.` : ''} Of the ${learned.length} that learned, the longest empty end has ${orderOf(found.learned).name} (${found.learned.median}).`,
    tenPart
      ? `Of the ten orders alone, the length of the empty end parts those that failed from those that learned${!begun ? '' : parts(all, 'median') ? '; so it does with those begun elsewhere' : `; with those begun elsewhere it does not: ${againstWords(all, 'median')}`}.`
      : `The length of the empty end alone does not part those that failed from those that learned: ${againstWords(ten, 'median')}.`,
    parts(all, 'low')
      ? 'The empty end of the tenth of digits where it is shortest parts them all.'
      : `Nor does the empty end of the tenth of digits where it is shortest: ${againstWords(all, 'low')}.`,
  ];
}

/** Orders that were begun elsewhere and run, each with the same order begun at its first pixel. */
function begunPairs(known: readonly EmptyEnd[]): { plain: EmptyEnd; begun: EmptyEnd }[] {
  return known
    .filter(({ begin }) => begin > 0)
    .flatMap((begun) => {
      const plain = known.find(({ side, order, begin }) => side === begun.side && order === begun.order && begin === 0);
      return plain ? [{ plain, begun }] : [];
    });
}

const epochsOf = ({ found }: EmptyEnd): number => Number(found.records[0]?.recipe['epochs']);

/** The same order begun at another step, against itself: what moves is the empty end. */
function begunWords(pairs: ReturnType<typeof begunPairs>): string[] {
  return pairs.map(({ plain, begun }) => {
    const came = begun.outcome === 'both' ? `does both, ${failedWords(begun)}` : begun.outcome;
    const [long, short] = [epochsOf(plain), epochsOf(begun)];
    // Where one was trained for fewer epochs, a failure may be haste.
    const differ = long !== short;
    const after = (each: EmptyEnd, epochs: number) => `${namedWith(each)}${differ ? ` after ${epochs} epochs` : ''}`;
    const hasty = differ && short < long && begun.outcome !== 'learns' ? `, within ${short} epochs; more might change that` : '';
    const outcome =
      came === begun.predicted ? `it ${came}, as predicted${hasty}` : `predicted was that it ${begun.predicted}, but it ${came}${hasty}`;
    return `The same circle of pixels, begun elsewhere: ${after(plain, long)}; ${after(begun, short)}: ${outcome}.`;
  });
}

/** Whether the empty end parts those of 784 steps as well, orders as they are and begun elsewhere; nothing where all became the same. */
function longWords(long: readonly EmptyEnd[]): string[] {
  if (long.length === 0) return [];
  const each = long.map((reading) => `${namedWith(reading)}, ${epochsOf(reading)} epochs`).join('; ');
  const said = !extremes(long, 'median')
    ? ''
    : parts(long, 'median')
      ? ' Here, too, those with the longer empty ends failed.'
      : ` Here the length of the empty end does not part them: ${againstWords(long, 'median')}.`;
  return [`784 steps: ${each}.${said}`];
}

/** What the predictions come to: on so few runs a side they can agree with an explanation, not show it. */
function closingWords(pairs: ReturnType<typeof begunPairs>): string {
  if (pairs.length === 0) return 'No order begun elsewhere has been run: what parts the orders is a hint, not a proof.';
  const counts = pairs.flatMap(({ plain, begun }) => [plain, begun]).map(({ found }) => found.records.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const seeds = most === 1 ? 'one run a side' : `${fewest < most ? `${fewest} to ` : ''}${most} runs a side`;
  const held = pairs.filter(({ begun }) => begun.outcome === begun.predicted).length;
  const counted = `${held} of ${pairs.length} prediction${pairs.length === 1 ? '' : 's'} held, ${seeds}`;
  if (held === 0) return `${counted}: the empty end does not tell which trainings learn.`;
  const shown = fewest < SEEDS_WANTED ? `; fewer than ${SEEDS_WANTED} runs a side do not show it` : '';
  if (held < pairs.length) return `${counted}: that fits an empty end that matters in some orders, and is not the whole story${shown}.`;
  return `${counted}: that fits an empty end that decides${shown}.`;
}

/** Whether the empty end tells the trainings that failed from those that learned, in words. */
export const emptyEndWords = (set: ImageSet, live?: readonly RunRecord[]): string => endsInWords(emptyEnds(set, live));

/** The same of readings that are known already. */
export function endsInWords(all: readonly EmptyEnd[]): string {
  const known = all.filter(({ found }) => found.records.length > 0);
  const long = known.filter(({ side }) => side === 28);
  const short = known.filter(({ side }) => side === 14);
  const pairs = begunPairs(known);
  const parted = partedWords(short);
  if (parted.length === 0) return 'No training of both kinds is recorded yet, one that learned and one that failed.';
  const lines = [...parted, ...begunWords(pairs), ...longWords(long), closingWords(pairs)];
  return wrapped(lines.join('\n'));
}
