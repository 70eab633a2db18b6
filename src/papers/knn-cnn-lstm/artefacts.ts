/** The report's six pictures and three tables, drawn from data and runs. */

import type { ImageSet } from '../../data/index.js';
import {
  claimLook,
  classExamples,
  colourOf,
  convolutionDemo,
  type Figure,
  heatmapGrid,
  imageGrid,
  type Look,
  learningCurves,
  modelDiagram,
  type StripValue,
  stripPlot,
} from '../../figures/index.js';
import type { Cell, TableData } from '../../notebook/index.js';
import { type RunRecord, summarise } from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import { type Comparison, comparisonOf, type Evidence, meanOf } from '../evidence.js';
import { percentage, signedPoints } from '../words.js';
import { comparedRows } from './claims.js';
import { rowName } from './experiments.js';
import { garmentNetwork } from './models.js';
import { accuracyName, naturalSetting, reportedNeighbours } from './neighbours.js';
import { bestRow, chosenFilters, type HoldOut, holdOuts, reportedRows } from './recipes.js';
import { best, evidence, lines, needed, paper, withoutSeeds } from './shared.js';

/** One garment of each class: the positions of the first ones. */
export const firstOfEach = (set: ImageSet) =>
  Int32Array.from(set.classNames, (_, label) => set.labels.indexOf(label)).filter((at) => at >= 0);

/** Image 1: garments as they are. */
export function garmentsFigure(set: ImageSet): Figure {
  const positions = Int32Array.from({ length: Math.min(24, set.count) }, (_, index) => index);
  return imageGrid(set, positions, {
    title: 'Garments',
    subtitle: `the first ${positions.length} of ${set.count.toLocaleString('en-GB')} images`,
  });
}

/** Image 2: the ten labels, with examples of each. */
export function labelsFigure(set: ImageSet): Figure {
  return classExamples(set, { title: 'The ten labels', subtitle: 'the first ten images of each' });
}

/** The best row's network as the report describes it, not trained. */
export const bestNetwork = (): tf.Sequential => garmentNetwork({ ...bestRow, filters: chosenFilters });

/** Image 3: the network of the best row. */
export function networkFigure(): Figure {
  const model = bestNetwork();
  try {
    return modelDiagram(model, {
      title: 'Convolutions, an LSTM over the rows of the map, two dense layers',
      subtitle: `row ${bestRow.row} of the report's table; ${chosenFilters} and ${2 * chosenFilters} filters are our choice`,
      highlight: { lstm: 'reads the 7 rows of the map as 7 steps' },
    });
  } finally {
    model.dispose();
  }
}

/** One image as ink (1) and no ink (0). */
export function inkOf(set: ImageSet, position: number, threshold: number = naturalSetting.threshold): Uint8Array {
  const size = set.height * set.width;
  return Uint8Array.from(set.pixels.subarray(position * size, (position + 1) * size), (pixel) => (pixel > threshold ? 1 : 0));
}

/** Number of places where two rows of zeros and ones differ. */
export function hammingDistance(first: ArrayLike<number>, second: ArrayLike<number>): number {
  if (first.length !== second.length)
    throw new RangeError(`hammingDistance: rows of ${first.length} and ${second.length} numbers cannot be compared.`);
  let differing = 0;
  for (let place = 0; place < first.length; place += 1) if (first[place] !== second[place]) differing += 1;
  return differing;
}

/** The first garment of a class with enough ink to see its shape. */
export function clearExample(set: ImageSet, label: number, ink = 200): number {
  for (let position = 0; position < set.count; position += 1)
    if (set.labels[position] === label && inkOf(set, position).reduce((sum, bit) => sum + bit, 0) >= ink) return position;
  return Math.max(0, set.labels.indexOf(label));
}

/** Image 4: the distance of two real garments, place by place. */
export function hammingFigure(set: ImageSet, one: number, other: number): Figure {
  const [first, second] = [inkOf(set, one), inkOf(set, other)];
  const differing = first.map((ink, place) => (ink === second[place] ? 0 : 1));
  const grid = (name: string, values: ArrayLike<number>, note: string) => ({ name, values, height: set.height, width: set.width, note });
  const inked = (ink: Uint8Array) => `${ink.reduce((sum, bit) => sum + bit, 0)} pixels of ink`;
  const nameOf = (position: number) => `${set.classNames[set.labels[position]!]}, image ${set.indices[position]}`;
  return heatmapGrid(
    [
      grid(nameOf(one), first, inked(first)),
      grid(nameOf(other), second, inked(second)),
      grid('where they differ', differing, `distance ${hammingDistance(first, second)} of ${first.length}`),
    ],
    {
      title: 'Hamming distance: d(a, b) = Σ |aᵢ − bᵢ| over all pixels i, with aᵢ, bᵢ ∈ {0, 1}',
      subtitle: `white: ink (a pixel above ${naturalSetting.threshold} of 255); right: white where they differ`,
      colours: 'grey',
      unit: 'ink',
      // Two values need no scale beside them.
      shared: false,
      provenance: set.provenance,
    },
  );
}

/** Image 5: a kernel at work on a real garment; with a trained network, the first-layer kernel that reacts most. */
export function convolutionFigure(set: ImageSet, position: number, model?: tf.LayersModel): Figure {
  const size = set.height * set.width;
  const values = Float32Array.from(set.pixels.subarray(position * size, (position + 1) * size), (pixel) => pixel / 255);
  const name = `${set.classNames[set.labels[position]!]}, image ${set.indices[position]}`;
  const edge = { values: Float32Array.of(1, 0, -1, 2, 0, -2, 1, 0, -1), size: 3 };
  const kernel = model ? strongestKernel(model) : edge;
  return convolutionDemo({ values, height: set.height, width: set.width }, kernel, {
    name,
    title: 'Convolution: a kernel slides over the image',
    subtitle: model ? "the trained network's largest kernel of its first layer" : 'a kernel that reacts to upright edges',
    provenance: set.provenance,
  });
}

/** The kernel of the first convolution whose numbers are largest together. */
function strongestKernel(model: tf.LayersModel): { values: Float32Array; size: number } {
  const weights = model.getLayer('conv1').getWeights()[0]!;
  const [size, , , filters] = weights.shape as [number, number, number, number];
  const values = weights.dataSync() as Float32Array;
  const kernels = Array.from({ length: filters }, (_, filter) =>
    Float32Array.from({ length: size * size }, (_place, place) => values[place * filters + filter]!),
  );
  const strength = (kernel: Float32Array) => kernel.reduce((sum, value) => sum + value * value, 0);
  return { values: kernels.reduce((leader, kernel) => (strength(kernel) > strength(leader) ? kernel : leader)), size };
}

const accuracyPanel = 'accuracy';

/** Image 6: accuracy and loss over the epochs, and what the report does not show: the test set along the way, seed by seed. */
export function trainingFigure(live?: readonly RunRecord[]): Figure {
  const { records, label } = needed(best, live);
  const series = (name: string, curve: string, panel: string, colour: number, dash: 'solid' | 'dash' | 'dot') => ({
    name,
    runs: records.map((record) => record.curves[curve] ?? []),
    panel,
    colour,
    dash,
  });
  const accuracies = [
    series('training', 'accuracy', accuracyPanel, 0, 'solid'),
    series('validation (last fifth)', 'validationAccuracy', accuracyPanel, 1, 'dash'),
    series('test', 'testAccuracy', accuracyPanel, 2, 'dot'),
  ];
  const seeds = records.length;
  const single = seeds > 1 ? records.map(({ seed, curves }) => ({ name: seedName(seed), run: curves['testAccuracy'] ?? [] })) : [];
  const frame = lateFrame(accuracies.flatMap(({ runs }) => runs));
  const drawn = learningCurves(
    [
      ...accuracies,
      ...single.map(({ name, run }) => ({ name, runs: [run], panel: accuracyPanel, colour: 2, dash: 'solid' as const })),
      series('training', 'loss', 'loss', 0, 'solid'),
      series('validation (last fifth)', 'validationLoss', 'loss', 1, 'dash'),
      series('test', 'testLoss', 'loss', 2, 'dot'),
    ],
    {
      title: `Training of the report's best row (row ${bestRow.row})`,
      subtitle: `${label}${seeds > 1 ? `; lines: means, band: ± 1 sd over seeds (n = ${seeds}); thin: the test set, each seed` : ''}${frame?.words ?? ''}`,
      lines: [{ value: bestRow.reported / 100, name: 'reported', panel: accuracyPanel }],
    },
  );
  return namedAtStart(framed(thinSeeds(drawn), frame?.from), 'reported');
}

const ofOneSeed = 'test, seed ';
const seedName = (seed: number) => `${ofOneSeed}${seed}`;

/** The single seeds' lines thin, without marks and without places in the legend. */
function thinSeeds(figure: Figure): Figure {
  const data = figure.data.map((each) =>
    each.name?.startsWith(ofOneSeed) ? { ...each, mode: 'lines' as const, showlegend: false, line: { ...each.line, width: 1 } } : each,
  );
  return { ...figure, data };
}

/**
 * Where the axis of accuracies begins when the first epoch lies far below all others: at the five per cent below their lowest. A first epoch
 * near chance would press everything that matters into a strip.
 */
function lateFrame(runs: readonly (readonly number[])[]): { from: number; words: string } | undefined {
  const later = runs.flatMap((run) => run.slice(1));
  const firsts = runs.flatMap((run) => run.slice(0, 1));
  if (later.length === 0) return undefined;
  const lowest = Math.min(...later);
  const from = 5 * Math.floor((100 * lowest) / 5);
  const below = firsts.filter((value) => 100 * value < from);
  // Without a gap wider than what is left there is nothing to cut off.
  if (below.length === 0 || lowest - Math.min(...below) < 1 - lowest) return undefined;
  return {
    from,
    words: `; accuracies of epoch 1 from ${percentage(Math.min(...below), 0)} to ${percentage(Math.max(...below), 0)} % lie below the frame`,
  };
}

function framed(figure: Figure, from: number | undefined): Figure {
  if (from === undefined) return figure;
  return { ...figure, layout: { ...figure.layout, yaxis: { ...figure.layout.yaxis, range: [from, 100], autorange: false } } };
}

/** Moves a horizontal line's name to its left end: accuracies start far below it and end beside it, where they would run through the name. */
function namedAtStart(figure: Figure, name: string): Figure {
  const annotations = figure.layout.annotations?.map((each) =>
    each.text?.startsWith(name) ? { ...each, x: 0.01, xanchor: 'left' as const } : each,
  );
  return { ...figure, layout: { ...figure.layout, ...(annotations && { annotations }) } };
}

/** What table 1 holds fixed, and on how many images its live column stands. */
export function neighboursCaption(live?: readonly RunRecord[]): string {
  const asked = live?.find(({ recipe }) => recipe.experiment === 'knn-hamming')?.data.find(({ role }) => role === 'test')?.count;
  return (
    `K nearest neighbours, per cent of the 10,000 test images${asked ? ` (live: of ${asked.toLocaleString('en-GB')})` : ''}. ` +
    `Hamming: threshold ${naturalSetting.threshold}, earlier image first, largest label wins a tie; Euclidean: the nearest neighbour decides a tie`
  );
}

/** Table 1: six K, reported, recorded and just found. */
export function neighboursTable(live?: readonly RunRecord[]): TableData {
  const recorded = evidence('knn-hamming');
  const found = live?.find((record) => record.recipe.experiment === 'knn-hamming');
  const grey = evidence('knn-euclidean', live);
  return {
    columns: [
      'K',
      'reported %',
      `Hamming % (${recorded.label})`,
      'same digits',
      'Hamming % (live)',
      `Euclidean on grey values % (${grey.label})`,
    ],
    rows: reportedNeighbours.map(({ k, reported }) => {
      const obtained = meanOf(recorded, accuracyName(k));
      const same = percentage(obtained) === reported.toFixed(2);
      return [
        k,
        { value: reported.toFixed(2), mark: 'claim' },
        percentage(obtained),
        obtained === undefined ? '–' : { value: same ? '✓' : '✗', mark: same ? 'good' : 'bad' },
        percentage(found?.metrics[accuracyName(k)]),
        percentage(meanOf(grey, accuracyName(k))),
      ];
    }),
  };
}

/** Four ways to score a row; splits have the colours that they have in the figure of the leak. */
const scoreColumns: readonly { name: string; holdOut: HoldOut; metric: string; look: Look }[] = [
  { name: 'last fifth', holdOut: 'last', metric: 'validationAccuracy', look: { colour: colourOf(2), symbol: 'triangle-up' } },
  { name: 'random fifth', holdOut: 'random', metric: 'validationAccuracy', look: { colour: colourOf(0), symbol: 'circle' } },
  { name: 'by original', holdOut: 'grouped', metric: 'validationAccuracy', look: { colour: colourOf(1), symbol: 'square' } },
  { name: 'test set (network of the last fifth)', holdOut: 'last', metric: 'testAccuracy', look: { colour: colourOf(3), symbol: 'cross' } },
];

/** Mean ± deviation of a metric over an experiment's runs, as a cell that says where it comes from. */
function scoreCell(found: Evidence, metric: string): Cell {
  const values = found.records.map((record) => record.metrics[metric]).filter((value) => value !== undefined);
  if (values.length === 0) return { value: '–', note: 'not run yet' };
  const { mean, sd } = summarise(values);
  return { value: `${percentage(mean)}${sd === null ? '' : ` ± ${percentage(sd)}`}`, note: found.label };
}

/** The runs behind table 2: all recorded, or all of this session. */
const rowsCompared = (live?: readonly RunRecord[]): Comparison =>
  comparisonOf(
    paper,
    reportedRows.flatMap(({ row }) => holdOuts.map((holdOut) => rowName(row, holdOut))),
    live,
  );

/** What a table says of the kind of its runs: it never holds both. */
const kindWords = ({ label }: Comparison): string =>
  label.startsWith('live')
    ? `all ${label}: small runs of your own, not to be set against the report`
    : label.startsWith('recorded')
      ? 'recorded full runs, no live run among them'
      : label;

/** Which runs table 2 shows. */
export const rowsCaption = (live?: readonly RunRecord[]): string => `Eight settings, per cent (${kindWords(rowsCompared(live))})`;

/** How to read table 2. */
export const rowsNote =
  "Marked row: the report's best. ±: standard deviation over seeds. The last column counts the seeds of each split; the test column has those of the last fifth. A dash: no such run yet (npm run sweep -- --paper 05).";

/** Table 2: the eight rows, each scored in four ways. */
export function rowsTable(live?: readonly RunRecord[]): TableData {
  const compared = rowsCompared(live);
  return {
    columns: [
      'row',
      'batch',
      'dropout 1',
      'dropout 2',
      'LSTM',
      'dense',
      'reported %',
      ...scoreColumns.map(({ name }) => `${name} %`),
      'seeds: last · random · by original',
    ],
    rows: reportedRows.map((row) => {
      const found = (holdOut: HoldOut) => compared.of(rowName(row.row, holdOut));
      return [
        { value: row.row, mark: row.row === bestRow.row ? 'best' : undefined },
        row.batchSize,
        row.dropout1,
        row.dropout2,
        row.lstmUnits,
        row.denseUnits,
        { value: row.reported.toFixed(2), mark: 'claim' },
        ...scoreColumns.map(({ holdOut, metric }) => scoreCell(found(holdOut), metric)),
        holdOuts.map((holdOut) => found(holdOut).records.length || '–').join(' · '),
      ];
    }),
  };
}

/** One score of one run of one row. */
interface RowScore {
  row: number;
  reported: number;
  way: string;
  seed: number;
  value: number;
}

const wayOf = ({ name, metric }: (typeof scoreColumns)[number]): string =>
  metric === 'testAccuracy' ? "test set (last fifth's network)" : `validation, ${name}`;

/** Every run of the eight rows, scored in each way that it can be. */
const rowScores = (compared: Comparison): RowScore[] =>
  reportedRows.flatMap(({ row, reported }) =>
    scoreColumns.flatMap((column) =>
      compared.of(rowName(row, column.holdOut)).records.flatMap(({ metrics, seed }) => {
        const score = metrics[column.metric];
        return score === undefined ? [] : [{ row, reported, way: wayOf(column), seed, value: 100 * score }];
      }),
    ),
  );

/** Table 2 drawn: every run a dot, every way to score it a colour, beside what the report states of its row. */
export function rowsFigure(live?: readonly RunRecord[]): Figure {
  const compared = rowsCompared(live);
  const stated = 'reported';
  const scores = rowScores(compared);
  const values = reportedRows.flatMap(({ row, reported }): StripValue[] => {
    const name = `row ${row}`;
    const obtained = scores
      .filter((score) => score.row === row)
      .map(({ value, way, seed }) => ({ row: name, value, name: `${name}, ${way}, seed ${seed}`, group: way }));
    return [{ row: name, value: reported, name: `${name}, ${stated}`, group: stated }, ...obtained];
  });
  const title = 'Eight settings, scored in four ways';
  const drawn = stripPlot(values, {
    title,
    subtitle: `filled: one mark a score (${kindWords(compared)}), two for a run on the last fifth; hollow: the report; height within a row means nothing`,
    xTitle: 'accuracy (%)',
    groups: [stated, ...scoreColumns.map(wayOf)],
    looks: { [stated]: claimLook, ...Object.fromEntries(scoreColumns.map((column) => [wayOf(column), column.look])) },
  });
  const sentences = reportedRows.flatMap(({ row, reported }) => {
    const own = scores.filter((score) => score.row === row).map(({ value }) => value);
    if (own.length === 0) return [];
    return [
      `row ${row}: ${own.length} scores from ${Math.min(...own).toFixed(2)} to ${Math.max(...own).toFixed(2)}, reported ${reported.toFixed(2)}`,
    ];
  });
  return { ...drawn, description: `${title}. Accuracy (%): ${sentences.join('; ')}.` };
}

/** How many of these scores reach the number that the report states of their row, and which comes nearest. */
export function rowsWords(live?: readonly RunRecord[], scores: readonly RowScore[] = rowScores(rowsCompared(live))): string {
  if (scores.length === 0) return 'No row is recorded yet: npm run sweep -- --paper 05 --only row-';
  const above = ({ value, reported }: RowScore) => value - reported;
  const reaching = scores.filter((score) => above(score) >= 0);
  const nearest = scores.reduce((best, score) => (Math.abs(above(score)) < Math.abs(above(best)) ? score : best));
  const ways = [...new Set(scores.map(({ way }) => way))];
  const counts = ways.map((way) => {
    const own = scores.filter((score) => score.way === way);
    const rows = [...new Set(own.map(({ row }) => row))];
    const means = rows.map((row) => summarise(own.filter((score) => score.row === row).map(above)).mean);
    const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
    return `${way} ${signedPoints(summarise(means).mean)} (${counted(rows.length, 'row')}, ${counted(own.length, 'score')})`;
  });
  return lines([
    `${reaching.length === 0 ? 'None' : reaching.length} of ${scores.length} scores ${reaching.length <= 1 ? 'reaches' : 'reach'} the number that the report states for its row. ` +
      `Nearest: row ${nearest.row}, ${nearest.way}, seed ${nearest.seed}, ${signedPoints(above(nearest))} points.`,
    `Mean of score minus stated number, points, every row counted once: ${counts.join('; ')}.`,
  ]);
}

const tableThreeCompared = (live?: readonly RunRecord[]): Comparison =>
  comparisonOf(
    paper,
    comparedRows.map(({ experiment }) => experiment),
    live,
  );

/** Which runs table 3 shows. */
export const comparisonCaption = (live?: readonly RunRecord[]): string =>
  `Seven methods, per cent of the test images (${kindWords(tableThreeCompared(live))})`;

/** Table 3: the report's comparison, with our own training of each row. */
export function comparisonTable(live?: readonly RunRecord[]): TableData {
  const compared = tableThreeCompared(live);
  return {
    columns: ['method', 'preprocessing', 'reported %', 'obtained, test set %', 'from'],
    rows: comparedRows.map(({ name, preprocessing, reported, experiment, metric }) => {
      const found = withoutSeeds(compared.of(experiment));
      return [name, preprocessing, { value: String(reported), mark: 'claim' }, scoreCell(found, metric), found.label];
    }),
  };
}
