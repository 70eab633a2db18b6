/** What the report's accuracies may be: every reading of the best row on one axis, and those that give other rows. And how a training image's twin looks. */
import { type AugmentOptions, augmentedTwin, type ImageSet, subset } from '../../data/index.js';
import { clearOfLine, type Figure, hypothesisAxis, imageGrid } from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import { judgeAll, measured, type Reading, type ReadingResult, type RunRecord, type ValueClaim } from '../../results/index.js';
import { comparisonOf, missingWords, present } from '../evidence.js';
import { percentage, seedsInWords, wrapped } from '../words.js';
import { firstOfEach } from './artefacts.js';
import { claims, readings } from './claims.js';
import { rowName } from './experiments.js';
import { splitWords } from './leak.js';
import { bestRow, reportedRows } from './recipes.js';
import { best, evidence, measuredValue, paper, recordedRuns, verdicts } from './shared.js';

/** Originals above, their augmented twins below. */
export function twinsFigure(set: ImageSet, options: AugmentOptions, seed = 1): Figure {
  const originals = subset(set, firstOfEach(set));
  const twins = augmentedTwin(originals, options, seed);
  const both: ImageSet = {
    ...originals,
    count: 2 * originals.count,
    pixels: Uint8Array.from([...originals.pixels, ...twins.pixels]),
    labels: Uint8Array.from([...originals.labels, ...twins.labels]),
    indices: Int32Array.from([...originals.indices, ...twins.indices]),
  };
  const captions = Array.from({ length: both.count }, (_, at) =>
    at < originals.count ? originals.classNames[originals.labels[at]!]! : 'its twin',
  );
  return imageGrid(
    both,
    Int32Array.from({ length: both.count }, (_, at) => at),
    {
      captions,
      columns: originals.count,
      title: 'Every training image gets one augmented twin',
      subtitle: `mirrored left to right with probability ½; shear up to ${options.shear}°, translation up to ${percentage(options.translate, 0)} %, zoom up to ${percentage(options.zoom, 0)} %`,
    },
  );
}

/** The readings of 93.56 % on one axis, for the best row. */
export function readingsFigure(live?: readonly RunRecord[]): Figure {
  const direct = { name: 'test accuracy, last epoch', measure: { experiment: best, metric: 'testAccuracy' } };
  const others = readings.flatMap(({ name, explains }) => {
    const entry = explains.find(({ claim }) => claim === `${paper}/${best}`);
    return entry ? [{ name, measure: entry.measure }] : [];
  });
  const all = [direct, ...others];
  const compared = comparisonOf(paper, [...new Set(all.map(({ measure }) => measure.experiment))], live);
  // Each reading is set against the report, not against the others, so it keeps all its seeds; its name says how many.
  const named = ({ name, measure }: (typeof all)[number]) => `${name} (${seedsInWords(compared.of(measure.experiment).records.length)})`;
  const seen = present(all.map((reading) => measuredValue(named(reading), reading.measure, compared)));
  if (seen.length === 0) throw new Error('No run of the best row is there yet: run the training cells above.');
  const drawn = hypothesisAxis(
    seen,
    { name: 'reported', value: bestRow.reported / 100 },
    {
      title: `What may ${bestRow.reported} % be?`,
      subtitle: `row ${bestRow.row}; ${compared.label}; points are means, whiskers smallest to largest${missingWords(compared, splitWords)}`,
    },
  );
  return clearOfLine(drawn, seen, bestRow.reported / 100);
}

/** Rows whose number a reading gives, each judged by the rule that the verdicts go by. */
function rowsGivenBy(reading: Reading, records: readonly RunRecord[]): number[] {
  return reportedRows
    .filter(({ row }) => {
      const claim = claims.find(({ id }) => id === `${paper}/${rowName(row)}`) as ValueClaim;
      const { together: _, ...alone } = claim;
      return judgeAll([alone], records, [reading])[0]?.readings[0]?.matched === 1;
    })
    .map(({ row }) => row);
}

interface TriedReading {
  result: ReadingResult;
  rows: number[];
  seeds: string;
}

/** The readings that have runs, the one that gives most of the eight numbers first. */
function triedReadings(): TriedReading[] {
  const records = recordedRuns();
  const results = verdicts().find(({ claim }) => claim === `${paper}/${best}`)?.readings ?? [];
  return results
    .filter(({ judged }) => judged > 0)
    .map((result) => {
      const reading = readings.find(({ id }) => id === result.reading)!;
      const counts = reading.explains
        .map(({ measure }) => evidence(measure.experiment).records.filter((record) => measured(measure, record) !== undefined).length)
        .filter((count) => count > 0);
      const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
      return { result, rows: rowsGivenBy(reading, records), seeds: fewest === most ? `${most}` : `${fewest} to ${most}` };
    })
    .sort((a, b) => b.result.matched - a.result.matched);
}

/** How many of the eight numbers each reading other than the plain one gives, and of which rows. */
export function readingTable(): TableData {
  return {
    columns: [
      'reading',
      `gives for ${bestRow.reported} %`,
      'numbers met',
      'in rows',
      'rows with runs',
      'rows in the report',
      'seeds a row',
    ],
    rows: triedReadings().map(({ result: { name, mean, matched, judged, of }, rows, seeds }) => [
      name,
      mean === null ? null : mean.toFixed(2),
      matched,
      rows.join(', ') || '–',
      judged,
      of,
      seeds,
    ]),
  };
}

/** What that table comes to. */
export function readingWords(): string {
  const tried = triedReadings();
  const [most] = tried;
  if (!most) return 'No reading has a recorded run yet.';
  const { name, matched, of } = most.result;
  const equal = tried.filter(({ result }) => result.matched === matched).map(({ result }) => `"${result.name}"`);
  return wrapped(
    matched === of
      ? `"${name}" gives all ${of} numbers that belong together.`
      : matched === 0
        ? `No reading gives any of the ${of} numbers.`
        : `No reading gives all ${of} numbers. The most, ${matched}, come${matched === 1 ? 's' : ''} from ${equal.join(' and from ')}. Where section 7 says "fits another reading", it is one of these rows.`,
  );
}
