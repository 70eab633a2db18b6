/**
 * What the best row owes to its parts, and whether the eight rows differ by more than one row does over its seeds. Scores are those after the
 * last epoch, as the claims are judged; means of the last epochs stand beside them as a second count, looked at after the runs.
 */

import { barsWithIntervals, type Figure } from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import { type RunRecord, SEEDS_WANTED, summarise, varianceRatioBelow } from '../../results/index.js';
import { comparisonOf, missingWords, onSharedSeeds, pairedPoints, present } from '../evidence.js';
import { seedsInWords, signedPoints, signedRange, wrapped } from '../words.js';
import { comparedRows } from './claims.js';
import { rowName } from './experiments.js';
import { bestRow, reportedRows } from './recipes.js';
import { best, lateAccuracy, lateEpochs, latePoints, paper, recorded, sharedValue, sharedWords } from './shared.js';

/** Row 6 first, then the networks that it is compared with: each takes something away. */
export const controls: readonly { name: string; experiment: string }[] = [
  { name: 'with LSTM (row 6)', experiment: best },
  { name: 'without LSTM', experiment: 'without-lstm' },
  { name: 'without LSTM, as many parameters', experiment: 'without-lstm-equal-parameters' },
  { name: 'with LSTM, no augmentation', experiment: 'without-augmentation' },
];

/** The best row with and without its LSTM, and without augmentation, on the test set: points of the seeds that all have, whiskers over every seed. */
export function controlsFigure(live?: readonly RunRecord[]): Figure {
  const experiments = controls.map(({ experiment }) => experiment);
  const all = comparisonOf(paper, experiments, live);
  const shared = onSharedSeeds(all, experiments);
  const nameOf = (experiment: string) => controls.find((control) => control.experiment === experiment)!.name;
  const values = controls.map(({ name, experiment }) => sharedValue(name, { experiment, metric: 'testAccuracy' }, shared, all));
  return barsWithIntervals(present(values), {
    title: 'What the LSTM and the augmentation add',
    subtitle: `${sharedWords(shared)}${missingWords(shared, nameOf)}`,
    xTitle: 'test accuracy',
    intervalName: 'of all its seeds lowest to highest',
  });
}

/** Row 6 against the rows beside it and the benchmark's, after the last epoch and by the mean of the last ones. */
export function bothCountsTable(): TableData {
  const others = [
    { name: 'row 3', experiment: rowName(3) },
    ...comparedRows
      .filter(({ experiment }) => experiment.startsWith('benchmark-'))
      .map(({ name, preprocessing, experiment }) => ({ name: `${name} (${preprocessing})`, experiment })),
  ];
  const cells = (points: readonly number[]) => {
    if (points.length === 0) return ['–', '–'];
    const { mean, interval } = summarise(points);
    return [signedPoints(mean), interval ? signedRange(interval) : '–'];
  };
  return {
    columns: [
      `row ${bestRow.row} minus`,
      'points after the last epoch',
      '95 % interval',
      `points by the mean of the last ${lateEpochs} epochs`,
      '95 % interval of these',
      'shared seeds',
    ],
    rows: others.map(({ name, experiment }) => {
      const points = pairedPoints({ experiment: best, metric: 'testAccuracy' }, { experiment, metric: 'testAccuracy' }, recorded);
      return [name, ...cells(points), ...cells(latePoints(best, experiment, recorded)), points.length];
    }),
  };
}

/** What single runs of the eight rows, all with the same seed, come to: as the report had one of each. */
interface EightRows {
  deviation: number;
  mean: number;
}

export interface Spreads {
  betweenReported: number;
  /** Of single runs, one for each row, all with the same seed, as the report had one of each. */
  betweenRows?: number;
  /** That seed. */
  seed?: number;
  overSeeds?: number;
  /** The same by the means of the last epochs, and of the rows by their best epochs. */
  late?: { rows?: EightRows; overSeeds?: number };
  bestEpochs?: EightRows;
}

/** The lowest seed that every row was run with. */
function seedOfAllRows(): number | undefined {
  const [first = [], ...others] = reportedRows.map(({ row }) => recorded(rowName(row)).map(({ seed }) => seed));
  return first.filter((seed) => others.every((seeds) => seeds.includes(seed))).sort((a, b) => a - b)[0];
}

/** Spread between the eight rows beside the spread of one row over its seeds, in points; undefined where runs are missing. */
export function spreads(): Spreads {
  const deviation = (values: readonly number[]) => (values.length > 1 ? (summarise(values).sd ?? undefined) : undefined);
  const seed = seedOfAllRows();
  const single = reportedRows.map(({ row }) => recorded(rowName(row)).find((record) => record.seed === seed));
  const eight = (scoreOf: (record: RunRecord) => number | undefined): EightRows | undefined => {
    const scores = present(single.map((record) => record && scoreOf(record)));
    const sd = scores.length === reportedRows.length ? deviation(scores) : undefined;
    return sd === undefined ? undefined : { deviation: 100 * sd, mean: 100 * summarise(scores).mean };
  };
  const overSeeds = (scoreOf: (record: RunRecord) => number | undefined) => {
    const sd = deviation(present(recorded(best).map(scoreOf)));
    return sd === undefined ? undefined : 100 * sd;
  };
  const last = ({ metrics }: RunRecord) => metrics['testAccuracy'];
  const highest = ({ curves: { testAccuracy = [] } }: RunRecord) => (testAccuracy.length > 0 ? Math.max(...testAccuracy) : undefined);
  const [rows, lateRows, lateSeeds, seeds, bestEpochs] = [
    eight(last),
    eight(lateAccuracy),
    overSeeds(lateAccuracy),
    overSeeds(last),
    eight(highest),
  ];
  return {
    betweenReported: deviation(reportedRows.map(({ reported }) => reported))!,
    ...(rows && seed !== undefined && { betweenRows: rows.deviation, seed }),
    ...(seeds !== undefined && { overSeeds: seeds }),
    late: { ...(lateRows && { rows: lateRows }), ...(lateSeeds !== undefined && { overSeeds: lateSeeds }) },
    ...(bestEpochs && { bestEpochs }),
  };
}

/** What the two spreads of our own runs say about the table; nothing where one of them is missing. */
export function spreadConclusion({ betweenRows, overSeeds, late }: Spreads): string | undefined {
  if (betweenRows === undefined || overSeeds === undefined) return undefined;
  // Were seeds all that differs, a mean of some epochs would scatter as a single one does.
  const dips =
    late?.overSeeds !== undefined && late.overSeeds < overSeeds / 2
      ? ` Most of row ${bestRow.row}'s spread is how single epochs come out: its means of the last ${lateEpochs} scatter less than half as far.`
      : '';
  return overSeeds >= betweenRows
    ? `Scored after the last epoch, seeds of one row lie as far apart as the rows, or further: a table of single runs like ours cannot rank them.${dips}`
    : `The rows lie further apart than the seeds of one row: not all of their distance is chance. Which of two rows is better still needs several seeds of both.${dips}`;
}

/** Spread of single rows over their seeds, in points, of all rows that have enough of them together. */
function pooledSpread(): { deviation: number; freedom: number; rows: number[] } | undefined {
  const rows = reportedRows.flatMap(({ row }) => {
    const scores = present(recorded(rowName(row)).map(({ metrics }) => metrics['testAccuracy']));
    const { n, sd } = scores.length >= SEEDS_WANTED ? summarise(scores) : { n: 0, sd: null };
    return sd === null ? [] : [{ row, n, sd }];
  });
  const freedom = rows.reduce((sum, { n }) => sum + n - 1, 0);
  if (freedom === 0) return undefined;
  const squares = rows.reduce((sum, { n, sd }) => sum + (n - 1) * sd ** 2, 0);
  return { deviation: 100 * Math.sqrt(squares / freedom), freedom, rows: rows.map(({ row }) => row) };
}

/** Probabilities below this are called small. */
const smallProbability = 0.05;

/**
 * Whether our spread over seeds may be laid on the report's table: settings that lie closer together than our seeds of one row, though they
 * differ in more, had steadier scores.
 */
export function tableSpreadWords(betweenReported: number, own: ReturnType<typeof pooledSpread>): string[] {
  if (!own) return [];
  const { deviation, freedom, rows } = own;
  const p = varianceRatioBelow((betweenReported / deviation) ** 2, reportedRows.length - 1, freedom);
  const which = `row${rows.length > 1 ? 's' : ''} ${rows.join(', ')}`;
  const test = `p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`} if its scores scattered like ours over seeds (${which}: ${deviation.toFixed(2)} points; F test, for normal scatter)`;
  return [
    p < smallProbability
      ? `The report's eight settings lie closer together than eight of our runs would: ${test}. So its scores seem steadier than ours after the last epoch, and our spread is no measure of its table.`
      : `The report's eight settings need not have had steadier scores than ours: ${test}.`,
  ];
}

/** How far the largest of some values lies above their mean, in their standard deviations, and the probability of that by luck alone (Grubbs' test, normal scatter). */
export function largestByLuck(values: readonly number[]): { distance: number; probability: number } {
  const { mean, sd, highest, n } = summarise(values);
  const distance = (highest - mean) / sd!;
  const squared = (n * (n - 2) * distance ** 2) / ((n - 1) ** 2 - n * distance ** 2);
  return { distance, probability: Math.min(1, (n * (1 - varianceRatioBelow(squared, 1, n - 2))) / 2) };
}

/** What the report's own eight numbers say of their best. */
function ownTableWords(): string {
  const { distance, probability } = largestByLuck(reportedRows.map(({ reported }) => reported));
  return `By the report's own numbers: the highest, ${bestRow.reported}, lies ${distance.toFixed(2)} of their standard deviations above their mean; luck among eight equal settings does that in about one table of ${Math.round(1 / probability)} (Grubbs' test).`;
}

/** How our rows lie beside the report's when no single epoch decides. */
function besideReportWords({ late, bestEpochs, seed }: Spreads): string[] {
  if (!late?.rows || !bestEpochs) return [];
  const average = summarise(reportedRows.map(({ reported }) => reported)).mean;
  const words = (name: string, { deviation, mean }: EightRows) =>
    `${name} scatter by ${deviation.toFixed(2)} points and lie on average ${Math.abs(mean - average).toFixed(2)} ${mean < average ? 'below' : 'above'} the report's eight`;
  return [
    `Our eight rows (seed ${seed}) where no single epoch decides: ${words(`means of the last ${lateEpochs} epochs`, late.rows)}; ${words('best epochs', bestEpochs)}.`,
  ];
}

/** Mean size of the last five steps of the test accuracy from one epoch to the next, in points. */
function epochSteps(records: readonly RunRecord[]): number | undefined {
  const steps = records.flatMap(({ curves }) => {
    const late = (curves['testAccuracy'] ?? []).slice(-6);
    return late.slice(1).map((value, index) => Math.abs(value - late[index]!));
  });
  return steps.length === 0 ? undefined : 100 * summarise(steps).mean;
}

/** The spreads in words, with what one more epoch changes beside them, and whether ours may be laid on the report's table. */
export function spreadWords(): string {
  const found = spreads();
  const { betweenReported, betweenRows, seed, overSeeds, late } = found;
  const conclusion = spreadConclusion(found);
  const records = recorded(best);
  const steps = epochSteps(records);
  const shown = (value: number | undefined) => (value === undefined ? 'not recorded yet' : `${value.toFixed(2)} points`);
  const few = records.length < SEEDS_WANTED ? ' (too few to be firm)' : '';
  const asMeans = (value: number | undefined) =>
    value === undefined ? '' : ` after the last epoch, ${value.toFixed(2)} as means of the last ${lateEpochs}`;
  return wrapped(
    [
      `Standard deviation between the eight reported rows: ${shown(betweenReported)};`,
      `  between our eight rows on the test set${seed === undefined ? '' : `, seed ${seed} of each`}: ${shown(betweenRows)}${asMeans(late?.rows?.deviation)};`,
      `  of row ${bestRow.row} over its ${seedsInWords(records.length)}: ${shown(overSeeds)}${asMeans(late?.overSeeds)}${few}.`,
      ...(steps === undefined
        ? []
        : [
            `Within one run of row ${bestRow.row} the test accuracy moves by ${shown(steps)} on average from one epoch to the next (last five steps).`,
          ]),
      ...(conclusion ? [conclusion] : []),
      ...tableSpreadWords(betweenReported, pooledSpread()),
      ...besideReportWords(found),
      ownTableWords(),
    ].join('\n'),
  );
}
