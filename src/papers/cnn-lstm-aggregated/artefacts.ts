/** The report's sixteen figures and three tables, drawn from data, from networks as built, and from runs. */

import { fashionMnist, type ImageSet, subset, toFloats } from '../../data/index.js';
import {
  boxPlots,
  boxSummary,
  classExamples,
  confusionFigure,
  type EmbeddingMap,
  embeddingScatter,
  type Figure,
  flowChart,
  imageGrid,
  joinDiagram,
  lstmCellDiagram,
  modelDiagram,
  probabilityFigure,
  rocFigure,
  unrolledLstmDiagram,
} from '../../figures/index.js';
import { rocCurves } from '../../metrics/index.js';
import type { Cell, TableData } from '../../notebook/index.js';
import { canonicalJson, currentProfile, holdsZero, type RunRecord, runs, summarise } from '../../results/index.js';
import { RandomSequence, type tf } from '../../runtime/index.js';
import { type Evidence, evidenceOf, neededEvidence, provenanceOf, summedConfusion } from '../evidence.js';
import { classicLeNet5 } from '../lenet5/models.js';
import { predictedClasses } from '../network.js';
import { percentage, seedsInWords, signedPoints, signedRange, wrapped } from '../words.js';
import { claims } from './claims.js';
import { experiments } from './experiments.js';
import { CLASSES, SHIRT, T_SHIRT, testImages } from './garments.js';
import { type MapName, mapSources } from './maps.js';
import { aggregate, idleNumbers, lstmParameters, type ModelName, modelNumber, type PublishedRow, sixModels } from './models.js';

const paper = 'cnn-lstm-aggregated';
export type Live = readonly RunRecord[];

export const modelNames = Object.keys(sixModels) as ModelName[];
export const experimentOf = (name: ModelName): string => `model-${modelNames.indexOf(name) + 1}`;
export const evidence = (experiment: string, live?: Live): Evidence => evidenceOf(paper, experiment, live);

export const claimedValue = (id: string) => {
  const claim = claims.find((one) => one.id === `${paper}/${id}`);
  return claim && 'value' in claim ? claim.value : undefined;
};

/** Draws a network and forgets it. */
function diagram(model: tf.LayersModel, options: Parameters<typeof modelDiagram>[1]): Figure {
  try {
    return modelDiagram(model, options);
  } finally {
    model.dispose();
  }
}

/** Figure 1: LeNet-5, from the network that notebook 01 trains. */
export function leNetFigure(): Figure {
  return diagram(classicLeNet5(), {
    title: 'LeNet-5, the pattern of all six models',
    subtitle: 'convolution, sub-sampling, convolution, sub-sampling, dense layers',
  });
}

/** Figure 2: the memory cell with its six equations. */
export function cellFigure(): Figure {
  return lstmCellDiagram({
    title: 'The memory cell',
    subtitle: 'the report calls the gates Γf (forget), Γu (update: input) and Γo (output)',
  });
}

/** Figure 3: the chain over time, and what a sequence of length one leaves of it. */
export function unrolledFigure(): Figure {
  return unrolledLstmDiagram({
    title: 'An LSTM unrolled over time',
    subtitle: 'left: four steps; right: one step, as in Models I, II, V, VI',
  });
}

/** Figure 4: three ways to join the two networks. */
export function joinsFigure(): Figure {
  return joinDiagram({ title: 'Three ways to join a CNN and an LSTM', input: 'image', output: 'ten classes' });
}

/** Figure 5: the ten classes. */
export function classesFigure(set: ImageSet): Figure {
  return classExamples(set, { title: 'Fashion-MNIST: ten classes, labels 0 to 9', provenance: set.provenance });
}

export interface ImageMoments {
  /** Mean grey value of each image, 0 to 255. */
  means: Float64Array;
  /** Variance of its 784 grey values. */
  variances: Float64Array;
  labels: Uint8Array;
  classNames: readonly string[];
  provenance: ImageSet['provenance'];
}

/** Mean and variance of every image's pixels, all parts together. */
export function imageMoments(sets: readonly ImageSet[]): ImageMoments {
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  const means = new Float64Array(count);
  const variances = new Float64Array(count);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const set of sets) {
    const size = set.height * set.width * set.channels;
    for (let image = 0; image < set.count; image++, at++) {
      let sum = 0;
      let squares = 0;
      for (let pixel = image * size; pixel < (image + 1) * size; pixel++) {
        sum += set.pixels[pixel];
        squares += set.pixels[pixel] ** 2;
      }
      means[at] = sum / size;
      variances[at] = squares / size - means[at] ** 2;
      labels[at] = set.labels[image];
    }
  }
  const provenance = sets.some((set) => set.provenance === 'stand-in') ? 'stand-in' : 'real';
  return { means, variances, labels, classNames: sets[0].classNames, provenance };
}

/** Figures 7 and 8: means or variances by class. */
export function momentsFigure(moments: ImageMoments, which: 'means' | 'variances'): Figure {
  const { labels, classNames, provenance } = moments;
  const groups = classNames.map((name, label) => ({
    name,
    summary: boxSummary(moments[which].filter((_, image) => labels[image] === label)),
    colour: label,
  }));
  return boxPlots(groups, {
    title: which === 'means' ? 'How bright are the garments?' : 'How much do their pixels differ?',
    subtitle: `${labels.length.toLocaleString('en-US')} images; box: middle half; line: median, dashed: mean; whiskers: to the last value within 1.5 box lengths; circle: only the most extreme of those beyond`,
    yTitle: which === 'means' ? 'mean grey value (0 – 255)' : 'variance (grey values 0 – 255, squared)',
    provenance,
  });
}

/** Figure 9: Model II, its idle layer marked. */
export function modelTwoFigure(): Figure {
  const { features, lstmUnits } = sixModels.II;
  const all = lstmParameters(features, lstmUnits);
  const idle = idleNumbers(features, lstmUnits);
  return diagram(modelNumber('II'), {
    title: 'Model II',
    subtitle: 'drawn from the built network; Model VI is the same network, trained and read out in another way',
    highlight: {
      lstm: `a sequence of length one: ${idle.toLocaleString('en-US')} of its ${all.toLocaleString('en-US')} numbers do nothing`,
    },
  });
}

/** Figure 10: both ways of working, side by side. */
export function flowFigure(): Figure {
  const general = {
    title: 'general (I – IV)',
    nodes: [
      { id: 'data', text: 'training images', row: 0, kind: 'data' as const },
      { id: 'train', text: 'train the network', row: 2, kind: 'step' as const },
      { id: 'test', text: 'test image', row: 3, kind: 'data' as const },
      { id: 'softmax', text: 'ten probabilities', row: 5, kind: 'step' as const },
      { id: 'answer', text: 'label of the largest', row: 7, kind: 'result' as const },
    ],
    edges: [
      { from: 'data', to: 'train' },
      { from: 'train', to: 'test' },
      { from: 'test', to: 'softmax' },
      { from: 'softmax', to: 'answer' },
    ],
  };
  const aggregated = {
    title: 'aggregated (V, VI)',
    nodes: [
      { id: 'data', text: 'training images', row: 0, column: 0.5, kind: 'data' as const },
      { id: 'flip', text: 'flip each with chance ½', row: 1, column: 0.5, kind: 'step' as const, colour: 3 },
      { id: 'train', text: 'train the network', row: 2, column: 0.5, kind: 'step' as const },
      { id: 'test', text: 'test image', row: 3, column: 0.5, kind: 'data' as const },
      { id: 'same', text: 'as it is', row: 4, column: 0, kind: 'step' as const },
      { id: 'mirror', text: 'mirror image', row: 4, column: 1, kind: 'step' as const, colour: 3 },
      { id: 'left', text: 'ten probabilities', row: 5, column: 0, kind: 'step' as const },
      { id: 'right', text: 'ten probabilities', row: 5, column: 1, kind: 'step' as const },
      { id: 'join', text: 'put together: twenty', row: 6, column: 0.5, kind: 'step' as const, colour: 3 },
      { id: 'answer', text: 'label of the largest', row: 7, column: 0.5, kind: 'result' as const },
    ],
    edges: [
      { from: 'data', to: 'flip' },
      { from: 'flip', to: 'train' },
      { from: 'train', to: 'test' },
      { from: 'test', to: 'same' },
      { from: 'test', to: 'mirror' },
      { from: 'same', to: 'left' },
      { from: 'mirror', to: 'right' },
      { from: 'left', to: 'join' },
      { from: 'right', to: 'join' },
      { from: 'join', to: 'answer' },
    ],
  };
  return flowChart([aggregated, general], { title: 'The two ways of working' });
}

const originOf = (record: RunRecord) =>
  record.profile === 'paper' ? `recorded, seed ${record.seed}` : `live, ${record.profile} profile, seed ${record.seed}`;

export interface ScoredRun {
  record: RunRecord;
  set: ImageSet;
  label: string;
  /** Count × 10, as the run recorded them. */
  direct: Float32Array;
  inMirror: Float32Array;
}

/**
 * One run of a model with its test images and both read-outs. Where the images at hand are stand-ins, a run on real ones would be
 * shown with the wrong pictures: then the live run is taken.
 */
export async function scoredRun(name: 'II' | 'III' | 'VI', live?: Live): Promise<ScoredRun> {
  const experiment = experimentOf(name);
  const found = neededEvidence(paper, experiment, live);
  const own = live?.filter((record) => record.recipe.experiment === experiment) ?? [];
  for (const record of [...found.records, ...own]) {
    const { testLimit } = record.recipe['data'] as { testLimit: number | null };
    const set = await testImages(testLimit);
    if (set.provenance !== record.provenance) continue;
    const arrays = runs.arrays(record);
    const label = originOf(record);
    const direct = arrays['probabilities'].values as Float32Array;
    return { record, set, label, direct, inMirror: arrays['mirroredProbabilities'].values as Float32Array };
  }
  throw new Error(`The images at hand are stand-ins and no run of ${experiment} was made on them: run the training cells above.`);
}

const row = (values: Float32Array, image: number) => values.subarray(image * CLASSES, (image + 1) * CLASSES);
const isShoe = (label: number) => label === 5 || label === 7 || label === 9;

export interface AggregationCases {
  /** Positions of test images that are wrong alone and right when aggregated, and the other way round. */
  repaired: number[];
  broken: number[];
  differing: number[];
}

/** What the aggregated output changes, image by image. */
export function aggregationCases({ set, direct, inMirror }: ScoredRun): AggregationCases {
  const alone = predictedClasses(direct, CLASSES);
  const together = aggregate(direct, inMirror, CLASSES);
  const cases: AggregationCases = { repaired: [], broken: [], differing: [] };
  set.labels.forEach((label, image) => {
    if (alone[image] === together[image]) return;
    cases.differing.push(image);
    if (together[image] === label) cases.repaired.push(image);
    if (alone[image] === label) cases.broken.push(image);
  });
  return cases;
}

export interface WorkedExample {
  figure: Figure;
  words: string;
}

/** Figure 11: a shoe, as in the report, whose label is wrong alone and right when aggregated; else the first such image of any kind. */
export function aggregationExample(scored: ScoredRun): WorkedExample {
  const { set, direct, inMirror, label } = scored;
  const { repaired, broken, differing } = aggregationCases(scored);
  const image = repaired.find((at) => isShoe(set.labels[at])) ?? repaired[0] ?? differing[0] ?? 0;
  const pixels = toFloats(subset(set, [image])).inputs as Float32Array;
  const flipped = pixels.map((_, at) => pixels[at - (at % set.width) + set.width - 1 - (at % set.width)]);
  const [alone, reflected, together] = [
    predictedClasses(row(direct, image), CLASSES)[0],
    predictedClasses(row(inMirror, image), CLASSES)[0],
    aggregate(row(direct, image), row(inMirror, image), CLASSES)[0],
  ];
  const names = set.classNames;
  const picture = (values: Float32Array) => ({ values, height: set.height, width: set.width });
  const figure = probabilityFigure(
    [
      { name: 'the image', values: row(direct, image), note: `alone: ${names[alone]}`, image: picture(pixels) },
      { name: 'its mirror image', values: row(inMirror, image), note: `alone: ${names[reflected]}`, image: picture(flipped) },
    ],
    names,
    {
      title: `Aggregated output: ${names[together]} (true: ${names[set.labels[image]]})`,
      subtitle: `test image ${set.indices[image]}; Model VI, ${label}; the largest of the twenty decides`,
      provenance: set.provenance,
    },
  );
  const otherwise = differing.length - repaired.length - broken.length;
  const kind =
    repaired.length > 0 ? 'wrong alone and right when aggregated' : 'no image of this small run is repaired; this one is shown instead';
  const words = [
    `Shown: test image ${set.indices[image]}, ${kind}.`,
    `Of ${set.count.toLocaleString('en-US')} test images the aggregated output changes ${differing.length} answers: ${repaired.length} from wrong to right, ${broken.length} from right to wrong; ${otherwise} from one wrong label to another.`,
  ].join('\n');
  return { figure, words };
}

/** What the counts of Model II's confusion matrix are of: 'counts of 2 seeds added up; recorded'. */
export function countsInWords(live?: Live, also = ''): string {
  const { records, label } = neededEvidence(paper, 'model-2', live);
  const matrices = records.filter(({ confusion: counts }) => counts !== undefined).length;
  // How many seeds is said once.
  return matrices > 1 ? `counts of ${matrices} seeds added up${also}; ${label.replace(/, \d+ seeds/, '')}` : `counts${also}; ${label}`;
}

/** Figure 12: the confusion matrix of Model II, all seeds added up. */
export function confusion(classNames: readonly string[], live?: Live): Figure {
  const here = neededEvidence(paper, 'model-2', live);
  return confusionFigure(summedConfusion(here), classNames, {
    title: 'What Model II takes for what',
    subtitle: `test set; ${countsInWords(live, ', and share of the row')}`,
  });
}

/**
 * What the report says of shirts and T-shirts, and what the confusion matrices of the six models show of it. That T-shirts are what shirts are
 * taken for most often is asked here, not claimed there.
 */
export function shirtWords(live?: Live): string {
  const counted = modelNames.flatMap((name) => {
    const { records, label } = evidence(experimentOf(name), live);
    const rows = records.flatMap(({ confusion: counts }) => (counts ? [{ shirt: counts[SHIRT], tShirt: counts[T_SHIRT] }] : []));
    return rows.length > 0 ? [{ name, rows, label }] : [];
  });
  if (counted.length === 0) return 'No run kept a confusion matrix yet.';
  const share = (row: readonly number[], label: number) => row[label] / row.reduce((sum, count) => sum + count, 0);
  const mean = (values: readonly number[]) => percentage(summarise(values).mean, 1);
  const nextOf = ({ shirt }: { shirt: readonly number[] }) => Math.max(...shirt.filter((_, label) => label !== SHIRT && label !== T_SHIRT));
  const models = counted.map(({ name, rows }) => {
    const [one, other] = [rows.map(({ shirt }) => share(shirt, T_SHIRT)), rows.map(({ tShirt }) => share(tShirt, SHIRT))];
    return `${name} ${mean(one)} / ${mean(other)} %`;
  });
  const most = counted.filter(({ rows }) => rows.every((row) => row.shirt[T_SHIRT] > nextOf(row))).map(({ name }) => name);
  const labels = [...new Set(counted.map(({ label }) => label))].join(' / ');
  const lines = [
    'The report (section IV D) says that shirts and T-shirts overlap in all models, to a different degree.',
    `Shirts taken for T-shirts / T-shirts taken for shirts, as they are, means over seeds (${labels}): ${models.join(', ')}.`,
    `T-shirts are what shirts are most often taken for, on every seed, in ${most.length} of ${counted.length} models${most.length > 0 && most.length < counted.length ? ` (${most.join(', ')})` : ''}. The report does not say so; it is no claim here.`,
  ];
  const two = counted.find(({ name }) => name === 'II');
  if (two) {
    const { mean: lead, interval, n } = summarise(two.rows.map((row) => row.shirt[T_SHIRT] - nextOf(row)));
    const span = interval
      ? `95 % over ${seedsInWords(n)} ${signedRange(interval)}: ${holdsZero(...interval) ? 'it includes zero' : 'it leaves zero out'}`
      : `${seedsInWords(n)}, too few for an interval`;
    lines.push(`In Model II that is ${signedPoints(lead)} shirts against the next class (${span}).`);
  }
  return wrapped(lines.join('\n'));
}

/** Figure 13: one ROC curve per class, the shirt's stressed. */
export function rocOfModelTwo({ set, direct, label }: ScoredRun): Figure {
  const curves = rocCurves(set.labels, direct, CLASSES).map((curve, at) => ({ name: `${at} ${set.classNames[at]}`, colour: at, ...curve }));
  return rocFigure(curves, {
    title: `ROC of Model II: class ${SHIRT}, ${set.classNames[SHIRT]}, has the area ${curves[SHIRT].auc.toFixed(3)}`,
    subtitle: `each class against the rest; the report: ${claimedValue('shirt-auroc')?.toFixed(2)}; ${label}`,
    emphasise: [curves[SHIRT].name],
    provenance: set.provenance,
  });
}

const mapTitles: Record<MapName, string> = {
  'tsne-raw': 'Raw pixels',
  'tsne-3': 'Model III (CNN)',
  'tsne-2': 'Model II (CNN-LSTM)',
  'tsne-6': 'Model VI (aggregated)',
  'umap-2': 'Model II (CNN-LSTM)',
};

function mapExperiment(name: MapName) {
  const found = experiments(currentProfile()).find(({ recipe }) => recipe.experiment === name);
  if (!found) throw new Error(`There is no map "${name}". The maps are: ${Object.keys(mapSources).join(', ')}.`);
  return found;
}

/** A map drawn now, in the profile in use. */
export function drawMap(name: MapName, onProgress?: (state: { fraction: number; text: string }) => void): Promise<RunRecord> {
  const again = currentProfile() !== 'paper';
  return runs.ensure(mapExperiment(name), { seed: 1, again, ...(onProgress && { onProgress }) });
}

/** The recorded maps of all test images; those that are not recorded yet are drawn now, in the profile in use. */
export async function maps(names: readonly MapName[]): Promise<RunRecord[]> {
  const found: RunRecord[] = [];
  for (const name of names) found.push(evidence(name).records[0] ?? (await runs.ensure(mapExperiment(name), { seed: 1 })));
  return found;
}

/** A map's record as points with hover texts and what is known of its quality. */
function mapOf(record: RunRecord, classNames: readonly string[]): EmbeddingMap {
  const { coordinates, labels, indices, predicted } = runs.arrays(record);
  const name = record.recipe.experiment as MapName;
  const { points, neighbourPreservation, neighbourAccuracy, accuracyOfPoints } = record.metrics;
  const texts = Array.from(labels.values, (label, at) => {
    const image = `image ${indices.values[at]}`;
    // Pixels have no answer.
    if (!predicted) return image;
    const answer = predicted.values[at];
    return `${image}, ${answer === label ? 'right' : `taken for ${classNames[answer]}`}`;
  });
  const right = accuracyOfPoints === undefined ? '' : `${percentage(accuracyOfPoints, 1)} % right, `;
  const note = `${right}vote on the map ${percentage(neighbourAccuracy, 1)} %, neighbours kept ${percentage(neighbourPreservation, 0)} %`;
  return {
    coordinates: coordinates.values,
    labels: labels.values,
    name: mapTitles[name],
    note: `${points.toLocaleString('en-US')} points, ${note}`,
    texts,
  };
}

const methodOf = (record: RunRecord) => (record.recipe.experiment === 'umap-2' ? 'UMAP' : 't-SNE');
const mapAxes = (method: string) => ({ xTitle: `${method} 1 (no unit)`, yTitle: `${method} 2 (no unit)` });

/** Figures 6 and 14: one map, all its points. */
export function mapFigure(record: RunRecord, classNames: readonly string[]): Figure {
  const { name, note, ...points } = mapOf(record, classNames);
  const method = methodOf(record);
  return embeddingScatter(points, classNames, {
    ...mapAxes(method),
    title: `${method}: ${name}`,
    subtitle: `${originOf(record)}; ${note}`,
    maxPoints: 10_000,
    provenance: record.provenance,
  });
}

/** Points of each map of figure 16 that are drawn; more could not be told apart. */
const MOST_DRAWN = 2000;

/** Figure 16: several maps side by side. */
export function mapsFigure(records: readonly RunRecord[], classNames: readonly string[]): Figure {
  const sizes = [...new Set(records.map(({ metrics }) => metrics.points))];
  const drawn = sizes.map((points) => `${Math.min(MOST_DRAWN, points).toLocaleString('en-US')} of ${points.toLocaleString('en-US')}`);
  return embeddingScatter(
    records.map((record) => {
      const { accuracyOfPoints, neighbourAccuracy } = record.metrics;
      const right = accuracyOfPoints === undefined ? '' : `${percentage(accuracyOfPoints)} % right, `;
      return { ...mapOf(record, classNames), name: mapNetwork(record), note: `${right}map vote ${percentage(neighbourAccuracy, 1)} %` };
    }),
    classNames,
    {
      ...mapAxes('t-SNE'),
      title: 'The same test images at four stages',
      subtitle: `${drawn.join(' or ')} points drawn, votes over all; map vote: how often neighbours on the map name the class rightly; ${[...new Set(records.map(originOf))].join(' / ')}`,
      maxPoints: MOST_DRAWN,
      provenance: provenanceOf(records),
    },
  );
}

const mapNetwork = (record: RunRecord) => mapTitles[record.recipe.experiment as MapName].replace(/ \(.*/, '');

/** The maps of networks under letters, in an order drawn by lot, the same everywhere. */
function byLot(records: readonly RunRecord[]): { record: RunRecord; letter: string }[] {
  const lot = new RandomSequence(3);
  return records
    .filter(({ metrics }) => metrics.accuracyOfPoints !== undefined)
    .map((record) => ({ record, drawn: lot.next() }))
    .sort((one, other) => one.drawn - other.drawn)
    .map(({ record }, at) => ({ record, letter: 'ABCDEFGH'[at] }));
}

/** The maps of figure 16 that show networks, without names and numbers: for a guess before they are told. */
export function namelessMapsFigure(records: readonly RunRecord[], classNames: readonly string[]): Figure {
  const shown = byLot(records);
  return embeddingScatter(
    shown.map(({ record, letter }) => {
      const { texts, ...map } = mapOf(record, classNames);
      // Whether an answer is right would give the network away.
      return { ...map, texts: texts?.map((text) => text.replace(/,.*/, '')), name: letter, note: '' };
    }),
    classNames,
    {
      ...mapAxes('t-SNE'),
      title: `The maps of ${shown.length} networks, without their names`,
      subtitle: 'in an order drawn by lot; which network is which is said under figure 16',
      maxPoints: MOST_DRAWN,
      provenance: provenanceOf(records),
    },
  );
}

/** Which letter was which network. */
export const namesOfMaps = (records: readonly RunRecord[]): string =>
  wrapped(
    `Without their names: ${byLot(records)
      .map(({ record, letter }) => `${letter} was ${mapNetwork(record)}`)
      .join(', ')}.`,
  );

export interface Sureness {
  /** Mean over the test images of the largest of the ten probabilities. */
  meanLargest: number;
  wrong: number;
  /** Wrong answers given with more than 90 %. */
  surelyWrong: number;
}

/** How sure a network is of its answers, right and wrong ones. */
export function sureness(probabilities: Float32Array, labels: ArrayLike<number>): Sureness {
  const answers = predictedClasses(probabilities.subarray(0, labels.length * CLASSES), CLASSES);
  const found: Sureness = { meanLargest: 0, wrong: 0, surelyWrong: 0 };
  answers.forEach((answer, image) => {
    const largest = probabilities[image * CLASSES + answer];
    found.meanLargest += largest / answers.length;
    if (answer === labels[image]) return;
    found.wrong++;
    if (largest > 0.9) found.surelyWrong++;
  });
  return found;
}

/** Sureness of the network that a map shows, on the images as they are; a map of pixels has no network. */
function surenessBehind(map: RunRecord): Sureness | undefined {
  const { seed, profile, provenance } = map;
  const experiment = mapSources[map.recipe.experiment as MapName];
  if (experiment === null) return undefined;
  const source = runs
    .find({ paper, experiment, seed, profile, provenance })
    .find(({ recipe }) => canonicalJson(recipe) === canonicalJson(map.recipe['source']));
  return source && sureness(runs.arrays(source)['probabilities'].values as Float32Array, runs.arrays(map)['labels'].values);
}

/** Quality of the maps in numbers. */
export function mapQualityTable(records: readonly RunRecord[]): TableData {
  return {
    columns: [
      'map',
      'points',
      'answers right %',
      'vote on the map right %',
      'neighbours kept %',
      'silhouette of classes',
      'KL divergence (nats)',
      'mean largest probability',
      'wrong with over 90 %',
      'seconds to draw',
      'from',
    ],
    rows: records.map((record) => {
      const { points, accuracyOfPoints, neighbourAccuracy, neighbourPreservation, silhouette, klDivergence, mapSeconds } = record.metrics;
      const sure = surenessBehind(record);
      return [
        `${methodOf(record)}: ${mapTitles[record.recipe.experiment as MapName]}`,
        points,
        percentage(accuracyOfPoints),
        percentage(neighbourAccuracy),
        percentage(neighbourPreservation, 1),
        silhouette?.toFixed(3) ?? '–',
        klDivergence?.toFixed(3) ?? '–',
        sure?.meanLargest.toFixed(3) ?? '–',
        sure ? `${sure.surelyWrong} of ${sure.wrong}` : '–',
        mapSeconds.toFixed(1),
        originOf(record),
      ];
    }),
  };
}

/**
 * What silhouettes and votes of maps say beside the accuracy of the networks: whether the tidier map of one method is that of the better
 * network here, how far another method moves the silhouette of the same outputs, and how close the vote comes to the accuracy.
 */
export function mapWords(records: readonly RunRecord[]): string {
  const ofNetworks = records.filter(({ metrics }) => metrics.accuracyOfPoints !== undefined && metrics.silhouette !== undefined);
  const tidy = (record: RunRecord) => record.metrics.silhouette.toFixed(3);
  const byAccuracy = ofNetworks
    .filter((record) => methodOf(record) === 't-SNE')
    .sort((one, other) => one.metrics.accuracyOfPoints - other.metrics.accuracyOfPoints);
  const rises = byAccuracy.every(({ metrics }, at) => at === 0 || metrics.silhouette > byAccuracy[at - 1].metrics.silhouette);
  const listed = byAccuracy.map(
    (record) => `${mapNetwork(record)} ${percentage(record.metrics.accuracyOfPoints)} % right, ${tidy(record)}`,
  );
  const sentences = [`Here the silhouette by t-SNE ${rises ? 'happens to rise' : 'does not rise'} with accuracy: ${listed.join('; ')}.`];
  for (const other of ofNetworks.filter((record) => methodOf(record) !== 't-SNE')) {
    const same = byAccuracy.find((record) => mapNetwork(record) === mapNetwork(other));
    if (same)
      sentences.push(
        `The same outputs of ${mapNetwork(same)} give ${tidy(same)} by ${methodOf(same)} and ${tidy(other)} by ${methodOf(other)}.`,
      );
  }
  const distances = ofNetworks.map(({ metrics }) => Math.abs(metrics.neighbourAccuracy - metrics.accuracyOfPoints));
  sentences.push(`The vote on a map lies at most ${percentage(Math.max(...distances))} points from the accuracy of its network.`);
  return sentences.join('\n');
}

/** Positions of the test images that a run names wrongly, in the order of the set. */
export function mislabelled({ set, direct }: ScoredRun): number[] {
  const predicted = predictedClasses(direct, CLASSES);
  return Array.from(set.labels.keys()).filter((image) => predicted[image] !== set.labels[image]);
}

/** Figure 15: the first images of the test set that Model II names wrongly; or a fair sample, drawn by lot. */
export function mislabelledFigure(scored: ScoredRun, pick: 'first wrong' | 'by lot' = 'first wrong', count = 20): Figure {
  const { set, direct, label } = scored;
  const predicted = predictedClasses(direct, CLASSES);
  const lots = new RandomSequence(1);
  const positions =
    pick === 'first wrong' ? mislabelled(scored).slice(0, count) : Array.from({ length: count }, () => Math.floor(lots.next() * set.count));
  const wrong = positions.filter((image) => predicted[image] !== set.labels[image]).length;
  return imageGrid(set, positions, {
    columns: 5,
    predicted: positions.map((image) => predicted[image]),
    title: pick === 'first wrong' ? 'Images that Model II names wrongly' : `${count} test images drawn by lot: ${wrong} named wrongly`,
    subtitle: `${pick === 'first wrong' ? `the first ${positions.length} wrong ones in the test set's order` : 'with seed 1'}; ${label}`,
    provenance: set.provenance,
  });
}

/** Chance that of so many images drawn by lot at least half are wrong, when each is wrong with this chance. */
export function chanceOfHalfWrong(error: number, images: number): number {
  let chance = 0;
  let ways = 1;
  for (let wrong = 0; wrong <= images; wrong++) {
    if (2 * wrong >= images) chance += ways * error ** wrong * (1 - error) ** (images - wrong);
    ways = (ways * (images - wrong)) / (wrong + 1);
  }
  return chance;
}

const accuracies = (records: Live, metric: string) => records.map((run) => run.metrics[metric]).filter((value) => value !== undefined);

/** Mean and spread of a metric in per cent. */
function obtained(records: Live, metric: string): { mean: string; sd: string } {
  const values = accuracies(records, metric).map((value) => 100 * value);
  if (values.length === 0) return { mean: '–', sd: '–' };
  const { mean, sd } = summarise(values);
  return { mean: mean.toFixed(2), sd: sd === null ? '–' : sd.toFixed(2) };
}

export const publishedWords: { name: string; row?: PublishedRow; structure: string; claim: string }[] = [
  { name: 'people', structure: 'three choices per image, no fashion experts', claim: 'cited-people' },
  { name: 'CNN+LSTM', row: 'cnn-lstm', structure: 'conv 20@3, pool, conv 20@5, LSTM, dense', claim: 'cited-cnn-lstm' },
  { name: 'CNN', row: 'cnn', structure: 'conv 32@5 same, pool, conv 64@5 same, pool, dense; batch norm, dropout', claim: 'cited-cnn' },
  {
    name: 'CNN with SVM',
    row: 'cnn-svm',
    structure: 'conv 32@5, pool, conv 64@5, pool, dense, hinge loss; batch norm, dropout',
    claim: 'cited-cnn-svm',
  },
];

/** Table I: what is published, and what the same structures reach here. */
export function table1(live?: Live): TableData {
  const rows = publishedWords.map(({ name, row: experiment, structure, claim }) => {
    const here = experiment ? evidence(`published-${experiment}`, live) : undefined;
    const { mean, sd } = obtained(here?.records ?? [], 'testAccuracy');
    return [name, structure, { value: claimedValue(claim)?.toFixed(2), mark: 'claim' as const }, mean, sd, here?.label ?? 'not a network'];
  });
  const best = evidence('model-6', live);
  const { mean, sd } = obtained(best.records, 'aggregatedAccuracy');
  const reported = { value: claimedValue('model-6-accuracy')?.toFixed(2), mark: 'claim' as const };
  return {
    columns: ['method', 'structure', 'published %', 'obtained %', 'sd', 'from'],
    rows: [...rows, ["Model VI (the report's best)", structureOf('VI'), reported, mean, sd, best.label]],
  };
}

/** A model of table II in one line. */
export function structureOf(name: ModelName): string {
  const { firstChannels, features, lstmUnits, head, aggregated } = sixModels[name];
  const lstm = head === 'lstm-length-1' ? `, LSTM ${features}→${lstmUnits}` : '';
  const last = head === 'lstm-length-1' ? lstmUnits : features;
  return `conv ${firstChannels}@5, pool, conv 32@5, pool, FC 512→${features}${lstm}, FC ${last}→${CLASSES}${aggregated ? '; flips, aggregated' : ''}`;
}

/** Numbers that a model of table II learns. */
export function parametersOf(name: ModelName): number {
  const model = modelNumber(name);
  try {
    return model.countParams();
  } finally {
    model.dispose();
  }
}

/** The metric by which table II scores a model. */
export const scoreOf = (name: ModelName): string => (sixModels[name].aggregated ? 'aggregatedAccuracy' : 'testAccuracy');

/** Table II: six models, obtained beside reported. */
export function table2(live?: Live): TableData {
  return {
    columns: ['model', 'structure', 'parameters', 'reported %', 'obtained %', 'sd', 'from', 'live %'],
    rows: modelNames.map((name): Cell[] => {
      const here = evidence(experimentOf(name), live);
      const { mean, sd } = obtained(here.records, scoreOf(name));
      const mine = live?.filter((run) => run.recipe.experiment === experimentOf(name)) ?? [];
      const claimed = { value: claimedValue(`${experimentOf(name)}-accuracy`)?.toFixed(2), mark: 'claim' as const };
      return [`Model ${name}`, structureOf(name), parametersOf(name), claimed, mean, sd, here.label, obtained(mine, scoreOf(name)).mean];
    }),
  };
}

/** The part of a confusion matrix that lies between some classes. */
export const cornerOf = (matrix: readonly (readonly number[])[], labels: readonly number[]): number[][] =>
  labels.map((actual) => labels.map((predicted) => matrix[actual][predicted]));

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** The report's equations (10) to (20), evaluated as printed on a matrix whose rows are the actual classes. */
export function printedEquations(matrix: readonly (readonly number[])[]) {
  const all = sumOf(matrix.flat());
  const rowRest = matrix.map((counts, at) => sumOf(counts) - counts[at]);
  const columnRest = matrix.map((counts, at) => sumOf(matrix.map((other) => other[at])) - counts[at]);
  const truePositives = matrix.map((counts, at) => counts[at]);
  const trueNegatives = truePositives.map((right, at) => all - right - rowRest[at] - columnRest[at]);
  // (12) sums over row i and (13) over column i.
  const falsePositives = rowRest;
  const falseNegatives = columnRest;
  const accuracy = truePositives.map((right, at) => right / (right + falseNegatives[at]));
  const recall = truePositives.map((right, at) => right / (right + falsePositives[at]));
  const totalAccuracy = sumOf(truePositives) / (sumOf(truePositives) + sumOf(falseNegatives));
  const totalF1 = (2 * totalAccuracy * totalAccuracy) / (totalAccuracy + totalAccuracy);
  return { truePositives, trueNegatives, falsePositives, falseNegatives, accuracy, recall, totalAccuracy, totalF1, all };
}

/** A share of nothing is no number. */
const short = (values: readonly number[], digits = 0) => values.map((value) => (Number.isFinite(value) ? value.toFixed(digits) : '–'));

/** Table III worked on a corner of Model II's matrix: the layout, then every equation as printed and what its value is usually called. */
export function table3(classNames: readonly string[], live?: Live, labels: readonly number[] = [0, 2, SHIRT]): TableData {
  const here = neededEvidence(paper, 'model-2', live);
  const corner = cornerOf(summedConfusion(here), labels);
  const printed = printedEquations(corner);
  const mean = (values: readonly number[]) => sumOf(values).toFixed(0);
  const [total] = short([printed.totalAccuracy], 4);
  return {
    columns: ['row', 'equation', ...labels.map((label) => classNames[label]), 'all', 'usually called'],
    rows: [
      ...corner.map((counts, at) => [
        `actual ${classNames[labels[at]]}`,
        'table III',
        ...short(counts),
        mean(counts),
        'a row of the confusion matrix',
      ]),
      ['TP', '(10), (16)', ...short(printed.truePositives), mean(printed.truePositives), 'true positives'],
      ['TN', '(11)', ...short(printed.trueNegatives), mean(printed.trueNegatives), 'true negatives'],
      [
        'FP as printed',
        '(12), (17)',
        ...short(printed.falsePositives),
        mean(printed.falsePositives),
        { value: 'false negatives', mark: 'bad' as const },
      ],
      [
        'FN as printed',
        '(13), (18)',
        ...short(printed.falseNegatives),
        mean(printed.falseNegatives),
        { value: 'false positives', mark: 'bad' as const },
      ],
      ['"Accuracy" of a class', '(14)', ...short(printed.accuracy, 4), total, { value: 'precision', mark: 'bad' as const }],
      ['"Recall" of a class', '(15)', ...short(printed.recall, 4), total, 'recall: two swaps cancel'],
      ['accuracy = recall', '(19)', ...labels.map(() => ''), total, 'accuracy (micro average)'],
      ['F1', '(20)', ...labels.map(() => ''), ...short([printed.totalF1], 4), 'micro F1, equal to accuracy'],
      [
        'F1 of a class',
        'not printed',
        ...short(
          printed.accuracy.map((precision, at) => (2 * precision * printed.recall[at]) / (precision + printed.recall[at])),
          4,
        ),
        '',
        'from precision and recall',
      ],
    ],
  };
}

/** The two parts of the set, or a few images of each. */
export async function allImages(limit?: number): Promise<ImageSet[]> {
  const few = limit ? { limit, stratified: true } : {};
  return [await fashionMnist({ split: 'train', ...few }), await fashionMnist({ split: 'test', ...few })];
}
