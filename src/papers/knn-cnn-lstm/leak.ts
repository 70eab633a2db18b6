/** Whether a twin in training raises the score of its original, and of itself: drawn and counted for the best row, then over every row. */
import { barsWithIntervals, type Figure, inkColour, type MeasuredValue } from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import { HALF_POINT, type RunRecord, SEEDS_WANTED, summarise } from '../../results/index.js';
import { type Comparison, comparisonOf, missingWords, onSharedSeeds, present } from '../evidence.js';
import { percent, seedsInWords, signedPoints, signedRange } from '../words.js';
import { relationMetrics, rowName } from './experiments.js';
import { bestRow, type HoldOut, type Relation, reportedRows } from './recipes.js';
import { evidence, gapTo, gapWords, lines, paper, recorded, sharedValue, sharedWords } from './shared.js';

/** How many images stand behind a score of a part of the validation images, in words. */
function imagesBehind(experiment: string, metric: string, compared: Comparison): string {
  const counts = compared.of(experiment).records.flatMap(({ metrics }) => metrics[`${metric}Count`] ?? []);
  return counts.length === 0
    ? ''
    : ` (${Math.round(counts.reduce((sum, count) => sum + count, 0) / counts.length).toLocaleString('en-GB')} images)`;
}

const relationWords: Record<Relation, string> = {
  'original, unseen': 'originals, nothing seen',
  'original, twin seen': 'originals, twin trained on',
  'twin, unseen': 'twins, nothing seen',
  'twin, original seen': 'twins, original trained on',
};

const splits: { holdOut: HoldOut; words: string }[] = [
  { holdOut: 'last', words: 'last fifth' },
  { holdOut: 'random', words: 'random fifth' },
  { holdOut: 'grouped', words: 'split by original' },
];

/** Which split of the best row an experiment is. */
export const splitWords = (experiment: string) =>
  splits.find(({ holdOut }) => rowName(bestRow.row, holdOut) === experiment)?.words ?? experiment;

/** What leakFigure holds side by side: originals above, twins below, the seen ones first. */
const leakKinds: readonly (readonly { words: string; metric: string }[])[] = [
  [
    ...(['original, twin seen', 'original, unseen'] as const).map((relation) => ({
      words: relationWords[relation],
      metric: relationMetrics[relation],
    })),
    { words: 'test images', metric: 'testAccuracy' },
  ],
  [
    ...(['twin, original seen', 'twin, unseen'] as const).map((relation) => ({
      words: relationWords[relation],
      metric: relationMetrics[relation],
    })),
    { words: 'twins of test images', metric: 'testTwinAccuracy' },
  ],
];

/** Accuracy on validation images by what training has seen of them: the leak, measured, on the seeds that all ways to split have. */
export function leakFigure(live?: readonly RunRecord[]): Figure {
  const ways = splits.map(({ holdOut }) => rowName(bestRow.row, holdOut));
  const compared = comparisonOf(paper, ways, live);
  const shared = onSharedSeeds(compared, ways);
  const [originals, twins] = leakKinds.map((kinds) =>
    present(
      kinds.flatMap(({ words, metric }) =>
        splits.map(({ holdOut, words: split }) => {
          const experiment = rowName(bestRow.row, holdOut);
          const name = `${words} · ${split}${imagesBehind(experiment, metric, shared)}`;
          return sharedValue(name, { experiment, metric }, shared, compared, split);
        }),
      ),
    ),
  ) as [MeasuredValue[], MeasuredValue[]];
  const drawn = barsWithIntervals([...originals, ...twins], {
    title: 'Does a twin in training raise the score?',
    subtitle: `row ${bestRow.row}; ${sharedWords(shared)}; above the line originals, below it twins${missingWords(compared, splitWords)}`,
    xTitle: 'accuracy',
    intervalName: 'of all its seeds lowest to highest',
  });
  // Rows are counted from below: the line runs above the uppermost twin.
  const between = twins.length - 0.5;
  const line = { color: inkColour, width: 1.5 };
  const shapes = [{ type: 'line' as const, xref: 'paper' as const, x0: 0, x1: 1, yref: 'y' as const, y0: between, y1: between, line }];
  return { ...drawn, layout: { ...drawn.layout, shapes } };
}

/** Right answers among some images: share and number. */
interface Part {
  share: number;
  count: number;
}

/** Variance that counting so many images gives a share. */
const variance = ({ share, count }: Part) => (share * (1 - share)) / count;

function partOf({ metrics }: RunRecord, relation: Relation): Part | undefined {
  const metric = relationMetrics[relation];
  const [share, count] = [metrics[metric], metrics[`${metric}Count`]];
  return share === undefined || !count ? undefined : { share, count };
}

/** Points by which a relative in training raises a score, and how far counting so few images alone may move that. */
interface Leak {
  points: number;
  error: number;
}

/** What one run shows of it; undefined where it has no images of one kind. */
function leakOfRun(record: RunRecord, seen: Relation, unseen: Relation): Leak | undefined {
  const [one, other] = [partOf(record, seen), partOf(record, unseen)];
  if (!one || !other) return undefined;
  return { points: 100 * (one.share - other.share), error: 100 * Math.sqrt(variance(one) + variance(other)) };
}

/** Mean over the runs of one experiment: each seed draws its own images, so their counting errors are independent. */
function leakOf(records: readonly RunRecord[], seen: Relation, unseen: Relation): Leak | undefined {
  const leaks = records.flatMap((record) => leakOfRun(record, seen, unseen) ?? []);
  if (leaks.length === 0) return undefined;
  const squares = leaks.reduce((sum, { error }) => sum + error ** 2, 0);
  return { points: summarise(leaks.map(({ points }) => points)).mean, error: Math.sqrt(squares) / leaks.length };
}

/** Points by which twins that validate stand above the twins of test images, for one seed trained in both ways; and how far the parts' sizes may move their difference. */
interface TwinGap {
  /** Of the last fifth, whose originals were all trained on. */
  lastFifth: number;
  /** Split by original: nothing of these twins was seen. */
  byOriginal: number;
  error: number;
}

/** Each seed draws its own twins: only runs of one seed are set against each other. */
function twinGaps(last: readonly RunRecord[], grouped: readonly RunRecord[]): TwinGap[] {
  return last.flatMap((run) => {
    const other = grouped.find(({ seed }) => seed === run.seed);
    const [seen, unseen] = [partOf(run, 'twin, original seen'), other && partOf(other, 'twin, unseen')];
    const [twins, otherTwins] = [run.metrics['testTwinAccuracy'], other?.metrics['testTwinAccuracy']];
    if (!seen || !unseen || twins === undefined || otherTwins === undefined) return [];
    return [
      {
        lastFifth: 100 * (seen.share - twins),
        byOriginal: 100 * (unseen.share - otherTwins),
        error: 100 * Math.sqrt(variance(seen) + variance(unseen)),
      },
    ];
  });
}

const differenceOf = ({ lastFifth, byOriginal, error }: TwinGap): Leak => ({ points: lastFifth - byOriginal, error });

/** Mean of differences with its interval, the greatest counting error, and whether both together show a leak: above zero, and beyond two of these errors. */
function judged(leaks: readonly Leak[], over: string): { words: string; shown: boolean } {
  const { mean, interval } = summarise(leaks.map(({ points }) => points));
  const error = Math.max(...leaks.map((leak) => leak.error));
  const between = interval ? `95 % over ${over} ${signedRange(interval)}, ` : '';
  return {
    words: `${signedPoints(mean)} points (${between}counting error up to ± ${error.toFixed(2)})`,
    shown: interval !== null && interval[0] > 0 && mean > 2 * error,
  };
}

/** The last fifth stands above the twins of test images: whether a split by original, where nothing of the twins was seen, shows as much. */
export function lastFifthWords(last: readonly RunRecord[], grouped: readonly RunRecord[]): string[] {
  const gaps = twinGaps(last, grouped);
  if (gaps.length === 0) return [];
  const rangeOf = (points: readonly number[]) =>
    points.length === 1 ? signedPoints(points[0]!) : signedRange([Math.min(...points), Math.max(...points)]);
  const { words, shown } = judged(gaps.map(differenceOf), 'seeds');
  return [
    `Twins of the last fifth stand ${rangeOf(gaps.map(({ lastFifth }) => lastFifth))} points above the twins of test images (${seedsInWords(gaps.length)}); ` +
      `split by original, where nothing of these twins was seen, ${rangeOf(gaps.map(({ byOriginal }) => byOriginal))}. Difference, seed by seed: ${words}. ` +
      (shown ? 'That is beyond both: having their originals in training may be why.' : 'No leak is shown.'),
  ];
}

/** Does a twin in training raise the score, and may that be the report's number? */
export function leakWords(): string {
  const random = evidence(rowName(bestRow.row, 'random'));
  const kinds: { name: string; leak: Leak | undefined }[] = [
    { name: 'originals', leak: leakOf(random.records, 'original, twin seen', 'original, unseen') },
    { name: 'twins', leak: leakOf(random.records, 'twin, original seen', 'twin, unseen') },
  ];
  const found = kinds.flatMap(({ name, leak }) => (leak ? [{ name, ...leak }] : []));
  if (found.length === 0)
    return `The random fifth is not recorded yet: npm run sweep -- --paper 05 --only ${rowName(bestRow.row, 'random')}`;
  const beyond = found.filter(({ points, error }) => points > 2 * error);
  const validations = splits.flatMap(({ holdOut, words }) =>
    evidence(rowName(bestRow.row, holdOut)).records.flatMap(({ metrics, curves, seed }) => {
      const score = metrics['validationAccuracy'];
      const ofAny = Math.max(score ?? 0, ...(curves['validationAccuracy'] ?? []));
      return score === undefined ? [] : [{ score, ofAny, from: `${words}, seed ${seed}` }];
    }),
  );
  const highestBy = (key: 'score' | 'ofAny') => validations.reduce((best, each) => (each[key] > best[key] ? each : best));
  const [highest, ofAny] = [highestBy('score'), highestBy('ofAny')];
  const own = evidence(rowName(bestRow.row));
  return lines([
    `Random fifth (${random.label}), other half trained on against nothing seen: ` +
      `${found.map(({ name, points, error }) => `${name} ${signedPoints(points)} points (counting error ± ${error.toFixed(2)})`).join(', ')}.`,
    beyond.length > 0
      ? `Beyond two counting errors: ${beyond.map(({ name }) => name).join(' and ')}. What the seed adds is not in them.`
      : 'Neither is beyond two counting errors: these runs show no leak, and a small one they could not show.',
    ...lastFifthWords(own.records, evidence(rowName(bestRow.row, 'grouped')).records),
    `The highest of row ${bestRow.row}'s ${validations.length} validation scores after the last epoch, ${percent(highest.score)} (${highest.from}), lies ${gapWords(bestRow.reported, highest.score)} ${bestRow.reported} %; of any epoch, ${percent(ofAny.ofAny)} (${ofAny.from}), ${gapWords(bestRow.reported, ofAny.ofAny)}${gapTo(bestRow.reported, ofAny.ofAny) < -HALF_POINT ? ': no validation score of our network explains it' : ''}.`,
  ]);
}

/** What the trainings of one row show of the leak, in points, means over seeds. */
export interface RowLeak {
  row: number;
  /** Random fifth, scored by one network: the other half trained on against nothing seen. */
  originals?: Leak;
  twins?: Leak;
  /** Twins of the last fifth and split by original, each above the twins of test images, on the seeds that both have. */
  gaps: readonly TwinGap[];
  /** How many runs validate on a random fifth. */
  randomSeeds: number;
}

/** Every row, by its recorded runs. */
export const leakOfRows = (recordsOf: (experiment: string) => readonly RunRecord[] = recorded): RowLeak[] =>
  reportedRows.map(({ row }) => {
    const runsOf = (holdOut: HoldOut) => recordsOf(rowName(row, holdOut));
    const random = runsOf('random');
    return {
      row,
      originals: leakOf(random, 'original, twin seen', 'original, unseen'),
      twins: leakOf(random, 'twin, original seen', 'twin, unseen'),
      gaps: twinGaps(runsOf('last'), runsOf('grouped')),
      randomSeeds: random.length,
    };
  });

const pointsOrDash = (points: readonly number[]) => (points.length === 0 ? '–' : signedPoints(summarise(points).mean));

/** What each row shows of a leak, two ways. */
export function leakTable(rows: readonly RowLeak[] = leakOfRows()): TableData {
  return {
    columns: [
      'row',
      'random fifth, originals: twin trained on minus nothing seen',
      'random fifth, twins: original trained on minus nothing seen',
      'last fifth: twins minus test twins',
      'by original: twins minus test twins',
      'seeds: random · the other two',
    ],
    rows: rows.map(({ row, originals, twins, gaps, randomSeeds }) => [
      { value: row, mark: row === bestRow.row ? 'best' : undefined },
      ...[originals, twins].map((leak) => pointsOrDash(leak ? [leak.points] : [])),
      pointsOrDash(gaps.map(({ lastFifth }) => lastFifth)),
      pointsOrDash(gaps.map(({ byOriginal }) => byOriginal)),
      `${randomSeeds || '–'} · ${gaps.length || '–'}`,
    ]),
  };
}

/** Two ways to ask whether a twin leaks, over all rows instead of the best one alone. */
export function leakOverRowsWords(rows: readonly RowLeak[] = leakOfRows()): string {
  const kinds = (['originals', 'twins'] as const).map((kind) => ({ kind, leaks: rows.flatMap((row) => row[kind] ?? []) }));
  const differences = rows.flatMap(({ gaps }) => {
    const own = gaps.map(differenceOf);
    return own.length === 0
      ? []
      : [{ points: summarise(own.map(({ points }) => points)).mean, error: Math.max(...own.map(({ error }) => error)) }];
  });
  const count = Math.min(...kinds.map(({ leaks }) => leaks.length));
  if (count < SEEDS_WANTED || differences.length < SEEDS_WANTED)
    return lines([
      `Fewer than ${SEEDS_WANTED} rows are recorded with a random fifth and split by original: npm run sweep -- --paper 05 --seeds 1 --only row-`,
    ]);
  const found = kinds.map(({ kind, leaks }) => ({ kind, ...judged(leaks, 'rows') }));
  const shown = found.filter((each) => each.shown).map(({ kind }) => kind);
  const last = judged(differences, 'rows');
  return lines([
    `Random fifth, ${count} rows: ${found.map(({ kind, words }) => `${kind} ${words}`).join('; ')}.`,
    'Surer by more rows: what one training does by chance. Not surer: what these images do, since all rows of one seed hold out the same ones. So the interval over rows alone is too narrow, and a leak is shown only by both: above zero over the rows, and beyond two counting errors.',
    shown.length > 0
      ? `Shown for ${shown.join(' and ')}: having trained on the other half raises their score.`
      : 'Neither has both: no leak is shown.',
    `Twins of the last fifth, whose originals were trained on, minus twins split by original, each as points above the twins of test images: ${last.words}, ${differences.length} rows: ` +
      `${last.shown ? 'both. Their originals in training are the likely reason, though the two networks were trained on different lists' : 'no leak is shown'}.`,
  ]);
}
