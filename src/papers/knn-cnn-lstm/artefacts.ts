/** The report's six pictures and three tables, drawn from data and runs; and the figures of the experiments that explain them. */
import { type AugmentOptions, augmentedTwin, type ImageSet, subset } from '../../data/index.js';
import {
  barsWithIntervals,
  classExamples,
  confusionFigure,
  convolutionDemo,
  type Figure,
  heatmapGrid,
  hypothesisAxis,
  imageGrid,
  inkColour,
  learningCurves,
  linesOver,
  type MeasuredValue,
  modelDiagram,
} from '../../figures/index.js';
import { type Cell, show, type TableData } from '../../notebook/index.js';
import {
  currentProfile,
  judgeAll,
  type Measure,
  measured,
  type Reading,
  type ReadingResult,
  type RunProgress,
  type RunRecord,
  runs,
  SEEDS_WANTED,
  summarise,
  type ValueClaim,
  type Verdict,
} from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import {
  type Comparison,
  comparisonOf,
  type Evidence,
  evidenceOf,
  meanOf,
  missingWords,
  neededEvidence,
  onSharedSeeds,
} from '../evidence.js';
import { trainLive as train } from '../live.js';
import { seedsInWords, wrapped } from '../words.js';
import { claims, comparedRows, readings } from './claims.js';
import { experimentNamed, experiments, relationMetrics, rowName } from './experiments.js';
import { garmentNetwork } from './models.js';
import { accuracyName, naturalSetting, reportedKs, reportedNeighbours, type SweptSetting, sweptSettings } from './neighbours.js';
import { bestRow, chosenFilters, type HoldOut, type Relation, reportedRows } from './recipes.js';

const paper = 'knn-cnn-lstm';
const best = rowName(bestRow.row);
const percent = (share: number | undefined, digits = 2) => (share === undefined ? '–' : (100 * share).toFixed(digits));

/** Counting neighbours has no chance in it: its one recorded run is not one seed of many. */
const withoutSeeds = (found: Evidence): Evidence =>
  found.origin === 'recorded' && found.experiment.startsWith('knn-') ? { ...found, label: 'recorded' } : found;

export const evidence = (experiment: string, live?: readonly RunRecord[]): Evidence => withoutSeeds(evidenceOf(paper, experiment, live));

/** The same; without any run an error says how to get one. */
const needed = (experiment: string, live?: readonly RunRecord[]): Evidence => withoutSeeds(neededEvidence(paper, experiment, live));

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Searches neighbours live, as the named experiments say, each with one updating line. A recorded full search is not repeated. */
export async function searchLive(names: readonly string[]): Promise<RunRecord[]> {
  const profile = currentProfile();
  const records: RunRecord[] = [];
  for (const name of names) {
    const progress = show.progress(name);
    const options = { profile, again: profile !== 'paper', onProgress: (state: RunProgress) => progress.update(state) };
    const record = await runs.ensure(experimentNamed(name, profile), options);
    const asked = record.data.find(({ role }) => role === 'test')?.count ?? 0;
    progress.done(`${asked.toLocaleString('en-GB')} test images in ${record.seconds.toFixed(1)} s (${profile} profile)`);
    records.push(record);
  }
  return records;
}

/** Verdicts on all claims, from the recorded runs. */
export function verdicts(): Verdict[] {
  return judgeAll(claims, recordedRuns(), readings);
}

/** One garment of each class: the positions of the first ones. */
const firstOfEach = (set: ImageSet) => Int32Array.from(set.classNames, (_, label) => set.labels.indexOf(label)).filter((at) => at >= 0);

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
      subtitle: `a pixel above ${naturalSetting.threshold} of 255 is ink`,
      colours: 'grey',
      unit: 'ink',
      range: [0, 1],
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

/** Image 6: accuracy and loss over the epochs, and what the report does not show: the test set along the way. */
export function trainingFigure(live?: readonly RunRecord[]): Figure {
  const { records, label } = needed(best, live);
  const series = (name: string, curve: string, panel: string, colour: number, dash: 'solid' | 'dash' | 'dot') => ({
    name,
    runs: records.map((record) => record.curves[curve] ?? []),
    panel,
    colour,
    dash,
  });
  const seeds = records.length;
  const drawn = learningCurves(
    [
      series('training', 'accuracy', 'accuracy', 0, 'solid'),
      series('validation (last fifth)', 'validationAccuracy', 'accuracy', 1, 'dash'),
      series('test', 'testAccuracy', 'accuracy', 2, 'dot'),
      series('training', 'loss', 'loss', 0, 'solid'),
      series('validation (last fifth)', 'validationLoss', 'loss', 1, 'dash'),
      series('test', 'testLoss', 'loss', 2, 'dot'),
    ],
    {
      title: `Training of the report's best row (row ${bestRow.row})`,
      subtitle: seeds > 1 ? `${label}; lines: means, band: ± 1 sd over seeds (n = ${seeds})` : label,
      lines: [{ value: bestRow.reported / 100, name: 'reported', panel: 'accuracy' }],
    },
  );
  return namedAtStart(drawn, 'reported');
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
      const same = percent(obtained) === reported.toFixed(2);
      return [
        k,
        { value: reported.toFixed(2), mark: 'claim' },
        percent(obtained),
        obtained === undefined ? '–' : { value: same ? '✓' : '✗', mark: same ? 'good' : 'bad' },
        percent(found?.metrics[accuracyName(k)]),
        percent(meanOf(grey, accuracyName(k))),
      ];
    }),
  };
}

const scoreColumns: readonly { name: string; holdOut: HoldOut; metric: string }[] = [
  { name: 'last fifth', holdOut: 'last', metric: 'validationAccuracy' },
  { name: 'random fifth', holdOut: 'random', metric: 'validationAccuracy' },
  { name: 'by original', holdOut: 'grouped', metric: 'validationAccuracy' },
  { name: 'test set (network of the last fifth)', holdOut: 'last', metric: 'testAccuracy' },
];

/** Mean ± deviation of a metric over an experiment's runs, as a cell that says where it comes from. */
function scoreCell(found: Evidence, metric: string): Cell {
  const values = found.records.map((record) => record.metrics[metric]).filter((value) => value !== undefined);
  if (values.length === 0) return { value: '–', note: 'not run yet' };
  const { mean, sd } = summarise(values);
  return { value: `${percent(mean)}${sd === null ? '' : ` ± ${percent(sd)}`}`, note: found.label };
}

/** The runs behind table 2: all recorded, or all of this session. */
const rowsCompared = (live?: readonly RunRecord[]): Comparison =>
  comparisonOf(
    paper,
    reportedRows.flatMap(({ row }) => holdOuts.map(({ holdOut }) => rowName(row, holdOut))),
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
        holdOuts.map(({ holdOut }) => found(holdOut).records.length || '–').join(' · '),
      ];
    }),
  };
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

/** What a matrix of all distances takes, in gigabytes: the way plain array code computes them. */
export const distanceMatrixGigabytes = (queries: number, training: number, bytesEach = 8) => (queries * training * bytesEach) / 1e9;

/** Where 16 GB come from, and what the same search needs when rows are packed to bits, in words. */
export function memoryWords(): string {
  const one = distanceMatrixGigabytes(10_000, 60_000);
  const found = evidence('knn-hamming');
  const [working, whole] = [meanOf(found, 'workingGigabytes'), meanOf(found, 'processGigabytes')];
  const ours =
    working === undefined || whole === undefined
      ? 'our search is not recorded yet'
      : `our search works in ${(1000 * working).toFixed(0)} MB, the whole process with its data in ${(1000 * whole).toFixed(0)} MB (${found.label})`;
  return wrapped(
    `One matrix of 10,000 × 60,000 distances in double precision takes ${one.toFixed(1)} GB; two partial sums, their total and an order by argsort make ${(4 * one).toFixed(1)} GB at most; ${ours}.`,
  );
}

const orderWords = { 'lowest-index': 'earlier image first', 'highest-index': 'later image first' } as const;

const tieWords = {
  nearest: 'nearest neighbour decides',
  'smallest-label': 'smallest label wins',
  'largest-label': 'largest label wins',
  'first-to-reach': 'first to reach the number wins',
} as const;

function sweepOf(live?: readonly RunRecord[]): { swept: SweptSetting[]; evidence: Evidence } {
  const found = needed('knn-sweep', live);
  return { swept: sweptSettings(found.records[0]!), evidence: found };
}

/** Accuracy over the threshold, one line for each K, at the natural order and tie rule. */
export function thresholdFigure(live?: readonly RunRecord[]): Figure {
  const { swept, evidence: found } = sweepOf(live);
  const line = swept.filter(({ order, ties }) => order === naturalSetting.order && ties === naturalSetting.ties);
  const thresholds = line.map(({ threshold }) => threshold);
  const lines = reportedNeighbours.flatMap(({ k, reported }, index) => {
    const values = line.map(({ accuracies }) => accuracies[index]);
    // A small search has fewer neighbours than the largest K asks for.
    if (!values.every((value) => value !== undefined)) return [];
    return [{ name: `K = ${k}`, x: thresholds, values, claim: { x: naturalSetting.threshold, value: reported / 100 } }];
  });
  return linesOver(lines, {
    title: 'KNN on thresholded images: accuracy over the threshold',
    subtitle: `${found.label}; ${orderWords[naturalSetting.order]}, ${tieWords[naturalSetting.ties]}; diamonds: the report's numbers`,
    xTitle: 'threshold (a pixel above it is ink)',
    yTitle: 'test accuracy',
  });
}

/** How near each setting of the sweep comes to the six numbers: matches to the last digit and the largest gap, best first. */
export function settingsTable(live?: readonly RunRecord[], most = 12): TableData {
  const { swept } = sweepOf(live);
  const gap = ({ accuracies }: SweptSetting) =>
    Math.max(...accuracies.map((accuracy, index) => Math.abs(100 * accuracy - reportedNeighbours[index]!.reported)));
  // At K = 1 no vote is tied, so a setting may meet that number through the winner's distances alone: one number met does not rank a setting.
  const all = ({ exact }: SweptSetting) => Number(exact === reportedKs.length);
  const ranked = [...swept].sort((a, b) => all(b) - all(a) || gap(a) - gap(b)).slice(0, most);
  return {
    columns: ['threshold', 'equal distances', 'tied votes', ...reportedKs.map((k) => `K = ${k}`), 'exact of 6', 'largest gap (points)'],
    rows: ranked.map((setting) => [
      setting.threshold,
      orderWords[setting.order],
      tieWords[setting.ties],
      ...setting.accuracies.map((accuracy) => percent(accuracy)),
      { value: setting.exact, mark: setting.exact === reportedKs.length ? 'good' : undefined },
      Number(gap(setting).toFixed(2)),
    ]),
  };
}

/** How many settings were tried and how many give all six numbers, in words. */
export function sweepWords(live?: readonly RunRecord[]): string {
  const { swept, evidence: found } = sweepOf(live);
  const all = swept.filter(({ exact }) => exact === reportedKs.length);
  const next = Math.max(0, ...swept.filter(({ exact }) => exact < reportedKs.length).map(({ exact }) => exact));
  const which = all.map(({ threshold, order, ties }) => `threshold ${threshold}, ${orderWords[order]}, ${tieWords[ties]}`).join('; ');
  return wrapped(
    `${swept.length} settings tried (${found.label}). ${all.length} of them ${all.length === 1 ? 'gives' : 'give'} all six numbers to the last digit${which ? `: ${which}` : ''}. No other setting gives more than ${next} of the six.`,
  );
}

/** The setting chosen on validation images and what it scores on the test set, beside the report's and the plain Euclidean one. */
export function chosenTable(live?: readonly RunRecord[]): TableData {
  const chosen = evidence('knn-chosen', live);
  const own = evidence('knn-hamming', live);
  const grey = evidence('knn-euclidean', live);
  const [threshold, k] = [meanOf(chosen, 'threshold'), meanOf(chosen, 'k')];
  return {
    columns: ['method', 'threshold', 'K', 'chosen by', 'test accuracy %', 'from'],
    rows: [
      ['Hamming, as the report', naturalSetting.threshold, 9, 'hand (the report)', percent(meanOf(own, accuracyName(9))), own.label],
      ['Hamming, our choice', threshold ?? '–', k ?? '–', 'validation images', percent(meanOf(chosen, 'testAccuracy')), chosen.label],
      ['Euclidean on grey values', '–', 5, 'convention (not tuned)', percent(meanOf(grey, accuracyName(5))), grey.label],
    ],
  };
}

/** What thresholding confuses: the confusion matrix of KNN with K = 9. */
export function neighboursConfusion(set: ImageSet, live?: readonly RunRecord[]): Figure {
  const { records, label } = needed('knn-hamming', live);
  return confusionFigure(records[0]!.confusion!, [...set.classNames], { title: 'KNN on thresholded garments, K = 9', subtitle: label });
}

/** Nearest training images of one query, with distances in the captions. */
export function nearestFigure(
  training: ImageSet,
  query: ImageSet,
  position: number,
  indices: ArrayLike<number>,
  distances: ArrayLike<number>,
): Figure {
  const asked = subset(query, Int32Array.of(position));
  const near = subset(training, indices);
  const joined: ImageSet = {
    ...near,
    count: near.count + 1,
    pixels: Uint8Array.from([...asked.pixels, ...near.pixels]),
    labels: Uint8Array.from([...asked.labels, ...near.labels]),
    indices: Int32Array.from([...asked.indices, ...near.indices]),
  };
  const captions = ['asked', ...Array.from(distances, (distance) => String(Math.round(distance)))].map(
    (words, index) => `${joined.classNames[joined.labels[index]!]}<br>${index === 0 ? words : `distance ${words}`}`,
  );
  return imageGrid(
    joined,
    Int32Array.from(joined.labels, (_, index) => index),
    {
      captions,
      columns: Math.min(10, joined.count),
      title: 'A test image and its nearest training images',
      subtitle: `Hamming distance, threshold ${naturalSetting.threshold}`,
    },
  );
}

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
      subtitle: `flip; shear up to ${options.shear}°, translation up to ${percent(options.translate, 0)} %, zoom up to ${percent(options.zoom, 0)} %`,
    },
  );
}

/** Values of one measure over the runs of an experiment, as mean with its interval. */
function measuredValue(name: string, measure: Measure, compared: Comparison, group?: string): MeasuredValue | undefined {
  const values = compared
    .of(measure.experiment)
    .records.map((record) => measured(measure, record))
    .filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  const { mean, lowest, highest, n } = summarise(values);
  return { name, value: mean, count: n, ...(n > 1 && { low: lowest, high: highest }), ...(group && { group }) };
}

/** How many images stand behind a score of a part of the validation images, in words. */
function imagesBehind(experiment: string, metric: string, compared: Comparison): string {
  const counts = compared.of(experiment).records.flatMap(({ metrics }) => metrics[`${metric}Count`] ?? []);
  return counts.length === 0
    ? ''
    : ` (${Math.round(counts.reduce((sum, count) => sum + count, 0) / counts.length).toLocaleString('en-GB')} images)`;
}

const present = <Item>(items: readonly (Item | undefined)[]): Item[] => items.filter((item): item is Item => item !== undefined);

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

/** Share of the drawn span that a number beside its point takes. */
const labelReach = 0.3;

/** Numbers that would stand on the line of the report go to the left of their points. */
function clearOfLine(figure: Figure, seen: readonly MeasuredValue[], line: number): Figure {
  const ends = ({ value, low = value, high = value }: MeasuredValue): [number, number] => [low, high];
  const drawn = [line, ...seen.flatMap(ends)];
  const reach = labelReach * (Math.max(...drawn) - Math.min(...drawn));
  const annotations = figure.layout.annotations?.map((each) => {
    const value = seen.find(({ name }) => name === each.y);
    if (!value) return each;
    const [low, high] = ends(value);
    return high < line && high + reach > line ? { ...each, x: 100 * low, xanchor: 'right' as const, xshift: -12 } : each;
  });
  return { ...figure, layout: { ...figure.layout, ...(annotations && { annotations }) } };
}

const recordedRuns = () => runs.find({ paper, profile: 'paper', provenance: 'real' });

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
    columns: ['reading', `gives for ${bestRow.reported} %`, 'rows matched', 'which', 'can give', 'of', 'seeds a row'],
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
  const [most] = triedReadings();
  if (!most) return 'No reading has a recorded run yet.';
  const { name, matched, of } = most.result;
  return wrapped(
    matched === of
      ? `"${name}" gives all ${of} numbers that belong together.`
      : matched === 0
        ? `No reading gives any of the ${of} numbers.`
        : `No reading gives all ${of} numbers; most, ${matched}, gives "${name}". Where section 7 says "fits another reading", it is one of these rows.`,
  );
}

const relationWords: Record<Relation, string> = {
  'original, unseen': 'originals, nothing seen',
  'original, twin seen': 'originals, twin trained on',
  'twin, unseen': 'twins, nothing seen',
  'twin, original seen': 'twins, original trained on',
};

const holdOuts: { holdOut: HoldOut; words: string }[] = [
  { holdOut: 'last', words: 'last fifth' },
  { holdOut: 'random', words: 'random fifth' },
  { holdOut: 'grouped', words: 'split by original' },
];

/** Which split of the best row an experiment is. */
const splitWords = (experiment: string) =>
  holdOuts.find(({ holdOut }) => rowName(bestRow.row, holdOut) === experiment)?.words ?? experiment;

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

/** A point of the seeds that all share, with a whisker over every seed that the experiment has. */
function sharedValue(name: string, measure: Measure, shared: Comparison, all: Comparison, group?: string): MeasuredValue | undefined {
  const [point, whole] = [measuredValue(name, measure, shared, group), measuredValue(name, measure, all)];
  return point && whole?.low !== undefined ? { ...point, low: whole.low, high: whole.high } : point;
}

const sharedWords = (shared: Comparison) => `points: ${shared.label}; whiskers: lowest to highest of all seeds`;

/** Accuracy on validation images by what training has seen of them: the leak, measured, on the seeds that all ways to split have. */
export function leakFigure(live?: readonly RunRecord[]): Figure {
  const splits = holdOuts.map(({ holdOut }) => rowName(bestRow.row, holdOut));
  const compared = comparisonOf(paper, splits, live);
  const shared = onSharedSeeds(compared, splits);
  const [originals, twins] = leakKinds.map((kinds) =>
    present(
      kinds.flatMap(({ words, metric }) =>
        holdOuts.map(({ holdOut, words: split }) => {
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
