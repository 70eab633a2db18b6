/** What the best row owes to its parts, and whether the eight rows differ by more than one row does over its seeds. */

import { barsWithIntervals, type Figure } from '../../figures/index.js';
import { type RunRecord, SEEDS_WANTED, summarise } from '../../results/index.js';
import { comparisonOf, missingWords, onSharedSeeds, present } from '../evidence.js';
import { wrapped } from '../words.js';
import { rowName } from './experiments.js';
import { bestRow, reportedRows } from './recipes.js';
import { best, evidence, paper, sharedValue, sharedWords } from './shared.js';

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

export interface Spreads {
  betweenReported: number;
  /** Of single runs, one for each row, all with the same seed, as the report had one of each. */
  betweenRows?: number;
  /** That seed. */
  seed?: number;
  overSeeds?: number;
}

/** The lowest seed that every row was run with. */
function seedOfAllRows(): number | undefined {
  const [first = [], ...others] = reportedRows.map(({ row }) => evidence(rowName(row)).records.map(({ seed }) => seed));
  return first.filter((seed) => others.every((seeds) => seeds.includes(seed))).sort((a, b) => a - b)[0];
}

/** Spread between the eight rows beside the spread of one row over its seeds, in points; undefined where runs are missing. */
export function spreads(): Spreads {
  const deviation = (values: readonly number[]) => (values.length > 1 ? (summarise(values).sd ?? undefined) : undefined);
  const seed = seedOfAllRows();
  const single = present(
    reportedRows.map(({ row }) => evidence(rowName(row)).records.find((record) => record.seed === seed)?.metrics['testAccuracy']),
  );
  const seeds = present(evidence(best).records.map((record) => record.metrics['testAccuracy']));
  const [betweenRows, overSeeds] = [single.length === reportedRows.length ? deviation(single) : undefined, deviation(seeds)];
  return {
    betweenReported: deviation(reportedRows.map(({ reported }) => reported))!,
    ...(betweenRows !== undefined && seed !== undefined && { betweenRows: 100 * betweenRows, seed }),
    ...(overSeeds !== undefined && { overSeeds: 100 * overSeeds }),
  };
}

/** What the two spreads of our own runs say about the table; nothing where one of them is missing. */
export function spreadConclusion({ betweenRows, overSeeds }: Spreads): string | undefined {
  if (betweenRows === undefined || overSeeds === undefined) return undefined;
  return overSeeds >= betweenRows
    ? 'Seeds of one row lie as far apart as the rows, or further: a table of single runs cannot rank them.'
    : 'The rows lie further apart than the seeds of one row: not all of their distance is chance. Which of two rows is better still needs several seeds of both.';
}

/** Mean size of the last five steps of the test accuracy from one epoch to the next, in points. */
function epochSteps(records: readonly RunRecord[]): number | undefined {
  const steps = records.flatMap(({ curves }) => {
    const late = (curves['testAccuracy'] ?? []).slice(-6);
    return late.slice(1).map((value, index) => Math.abs(value - late[index]!));
  });
  return steps.length === 0 ? undefined : 100 * summarise(steps).mean;
}

/** The same in words, with what one more epoch changes beside it. */
export function spreadWords(): string {
  const found = spreads();
  const { betweenReported, betweenRows, seed, overSeeds } = found;
  const conclusion = spreadConclusion(found);
  const { records } = evidence(best);
  const steps = epochSteps(records);
  const shown = (value: number | undefined) => (value === undefined ? 'not recorded yet' : `${value.toFixed(2)} points`);
  const few = records.length < SEEDS_WANTED ? ' (too few to be firm)' : '';
  return wrapped(
    [
      `Standard deviation between the eight reported rows: ${shown(betweenReported)};`,
      `  between our eight rows on the test set${seed === undefined ? '' : `, seed ${seed} of each`}: ${shown(betweenRows)};`,
      `  of row ${bestRow.row} over its ${records.length} seeds: ${shown(overSeeds)}${few}.`,
      ...(conclusion ? [conclusion] : []),
      ...(steps === undefined
        ? []
        : [
            `Within one run of row ${bestRow.row} the test accuracy moves by ${shown(steps)} on average from one epoch to the next (last five steps).`,
          ]),
    ].join('\n'),
  );
}
