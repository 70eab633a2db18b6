/**
 * Maps of the 10,000 test images, as experiments of their own: t-SNE with the settings of the report and of its authors' code, and UMAP beside it. A map of a network's
 * outputs is made from the probabilities that the network's run recorded; where there is no such run yet, it is carried out first.
 */
import { type ImageSet, subset, toFloats } from '../../data/index.js';
import { type Embedding, mapQuality, pca, tsne, umap } from '../../embedding/index.js';
import { accuracyScore } from '../../metrics/index.js';
import type { PointRows } from '../../neighbours/index.js';
import {
  type Experiment,
  type Json,
  type Profile,
  type Recipe,
  type RunContext,
  type RunOutcome,
  runs,
  usedOf,
} from '../../results/index.js';
import { predictedClasses } from '../network.js';
import { CLASSES, scale, testImages } from './garments.js';
import { aggregate } from './models.js';

/** The perplexity of the authors' code; of fewer points fewer are neighbours, else a class becomes one dot. */
const PERPLEXITY = 81;
const perplexityOf = (points: number) => Math.min(PERPLEXITY, Math.max(5, Math.floor(points / 50)));
/** After the exaggerated iterations, as many as the report's library adds by default. */
const LATER_ITERATIONS = 500;
/** Raw pixels are reduced to so many principal components first; the share of variance that they keep is recorded. */
const PIXEL_COMPONENTS = 50;

/** The report's number of exaggerated iterations, ⌊(ln n)²⌋. */
export const exaggeratedIterations = (points: number): number => Math.floor(Math.log(points) ** 2);

/** Points of a map in each profile; the lesson's live map has to be quick. */
const mostPoints: Record<Profile, number | null> = { smoke: 100, lesson: 1000, paper: null };

/** Names of the maps, and the model whose outputs each shows; raw pixels have none. */
export const mapSources = { 'tsne-raw': null, 'tsne-3': 'model-3', 'tsne-2': 'model-2', 'tsne-6': 'model-6', 'umap-2': 'model-2' } as const;
export type MapName = keyof typeof mapSources;

/** What is mapped: rows of numbers, and what is known of each. */
interface MapInput {
  set: ImageSet;
  points: PointRows;
  /** Raw pixels are judged against all 784 of them, whatever was reduced before the map. */
  judgedBy: PointRows;
  predicted?: Uint8Array;
  metrics: Record<string, number>;
  data: RunOutcome['data'];
}

function firstRows(values: Float32Array, count: number, dimensions: number): PointRows {
  return { values: values.subarray(0, count * dimensions), count, dimensions };
}

async function pixelInput(set: ImageSet): Promise<MapInput> {
  const dimensions = set.height * set.width;
  const judgedBy = firstRows(toFloats(set).inputs as Float32Array, set.count, dimensions);
  const kept = Math.min(PIXEL_COMPONENTS, set.count - 1);
  const { coordinates, varianceShares } = pca(judgedBy, { dimensions: kept });
  const varianceKept = varianceShares.reduce((sum, share) => sum + share, 0);
  const points = firstRows(Float32Array.from(coordinates), set.count, kept);
  return { set, points, judgedBy, metrics: { varianceKept }, data: [usedOf(set, 'test')] };
}

/** The outputs of the run with the same seed. Model VI has two of each image, side by side: twenty numbers. */
async function outputInput(source: Experiment, set: ImageSet, context: RunContext): Promise<MapInput> {
  const record = await runs.ensure(source, {
    profile: context.profile,
    seed: context.seed,
    ...(context.signal && { signal: context.signal }),
    onProgress: ({ fraction, text }) => context.report({ fraction: 0.5 * fraction, text: `${source.recipe.experiment}: ${text}` }),
  });
  const arrays = runs.arrays(record);
  const direct = (arrays['probabilities'].values as Float32Array).subarray(0, set.count * CLASSES);
  const data = record.data;
  if (source.recipe.experiment !== 'model-6') {
    const predicted = predictedClasses(direct, CLASSES);
    const points = firstRows(direct, set.count, CLASSES);
    return { set, points, judgedBy: points, predicted, metrics: {}, data };
  }
  const inMirror = (arrays['mirroredProbabilities'].values as Float32Array).subarray(0, set.count * CLASSES);
  const both = new Float32Array(2 * direct.length);
  for (let image = 0; image < set.count; image++) {
    both.set(direct.subarray(image * CLASSES, (image + 1) * CLASSES), 2 * image * CLASSES);
    both.set(inMirror.subarray(image * CLASSES, (image + 1) * CLASSES), (2 * image + 1) * CLASSES);
  }
  const points = firstRows(both, set.count, 2 * CLASSES);
  return { set, points, judgedBy: points, predicted: aggregate(direct, inMirror, CLASSES), metrics: {}, data };
}

function drawMap(name: MapName, points: PointRows, { seed, signal, report }: RunContext): Promise<Embedding> {
  const control = {
    seed,
    ...(signal && { signal }),
    onProgress: (done: number, total: number) =>
      report({ fraction: 0.5 + (0.45 * done) / total, text: `map: iteration ${done} of ${total}` }),
  };
  if (name === 'umap-2') return umap(points, control);
  const earlyIterations = exaggeratedIterations(points.count);
  return tsne(points, {
    ...control,
    perplexity: perplexityOf(points.count),
    earlyIterations,
    iterations: earlyIterations + LATER_ITERATIONS,
    start: 'pca',
  });
}

async function carriedOut(name: MapName, source: Experiment | undefined, context: RunContext): Promise<RunOutcome> {
  const all = await testImages(scale[context.profile].test);
  const most = Math.min(mostPoints[context.profile] ?? all.count, all.count);
  const set =
    most < all.count
      ? subset(
          all,
          Int32Array.from({ length: most }, (_, index) => index),
        )
      : all;
  const { points, judgedBy, predicted, metrics, data } = source ? await outputInput(source, set, context) : await pixelInput(set);
  const map = await drawMap(name, points, context);
  context.report({ fraction: 0.95, text: 'judging the map' });
  const { neighbourPreservation, neighbourAccuracy, silhouette } = await mapQuality(judgedBy, map, {
    labels: set.labels,
    classes: CLASSES,
  });
  return {
    metrics: {
      ...metrics,
      points: set.count,
      mapSeconds: map.seconds,
      neighbourPreservation,
      ...(map.klDivergence !== undefined && { klDivergence: map.klDivergence }),
      ...(neighbourAccuracy !== undefined && { neighbourAccuracy }),
      ...(silhouette !== undefined && { silhouette }),
      ...(predicted && { accuracyOfPoints: accuracyScore(set.labels, predicted) }),
    },
    arrays: {
      coordinates: { values: Float32Array.from(map.coordinates), shape: [set.count, 2] },
      labels: { values: set.labels, shape: [set.count] },
      indices: { values: set.indices, shape: [set.count] },
      ...(predicted && { predicted: { values: predicted, shape: [set.count] } }),
    },
    data,
  };
}

function mapExperiment(profile: Profile, name: MapName, networks: readonly Experiment[]): Experiment {
  const wanted = mapSources[name];
  const source = networks.find(({ recipe }) => recipe.experiment === wanted);
  const settings: Record<string, Json> =
    name === 'umap-2'
      ? { method: 'umap', neighbours: 15, minimumDistance: 0.1 }
      : {
          method: 't-sne',
          perplexity: perplexityOf(mostPoints[profile] ?? 10_000),
          start: 'pca',
          exaggerated: 'floor(ln(n)^2)',
          exaggeration: 12,
          laterIterations: LATER_ITERATIONS,
          ...(source ? {} : { pixelComponents: PIXEL_COMPONENTS }),
        };
  const recipe: Recipe = {
    paper: 'cnn-lstm-aggregated',
    experiment: name,
    map: settings,
    data: { set: 'fashion-mnist', points: mostPoints[profile], testLimit: scale[profile].test },
    // A network trained in another way makes another map.
    source: source ? source.recipe : null,
  };
  return { recipe, seeds: [1], minutes: 3, priority: 2, profile, run: (context) => carriedOut(name, source, context) };
}

export function mapExperiments(profile: Profile, networks: readonly Experiment[]): Experiment[] {
  return (Object.keys(mapSources) as MapName[]).map((name) => mapExperiment(profile, name, networks));
}
