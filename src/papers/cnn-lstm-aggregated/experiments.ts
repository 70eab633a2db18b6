/**
 * What notebook 03 runs: the six models with their authors' recipes, and the grid that takes apart what the report changed together.
 * Each run is read out three ways (plain, aggregated by the largest probability, aggregated by the mean) and once with dropout left on.
 */
import { type Examples, fashionMnist, toExamples } from '../../data/index.js';
import { type OptimizerSpec, predict } from '../../engine/index.js';
import { rocCurves } from '../../metrics/index.js';
import { type Experiment, type Profile, type RunOutcome, type RunRecord, runs, usedOf } from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import { type NetworkExamples, type NetworkRecipe, networkExperiment, predictedClasses } from '../network.js';
import { packedWeights } from '../trained.js';
import { CLASSES, mirrored, SHIRT, scale, testImages } from './garments.js';
import { mapExperiments } from './maps.js';
import {
  aggregate,
  type Head,
  type ModelName,
  type NetworkOptions,
  narrowSize,
  network,
  type PublishedRow,
  publishedNetwork,
  publishedRows,
  sixModels,
  wideSize,
} from './models.js';
import { timesExperiment } from './times.js';

export type RecipeName = 'cnn' | 'cnn-lstm';

/** The authors' two ways to train: one for the networks without an LSTM, another for those with one. */
export const authorsRecipes: Record<RecipeName, { optimizer: OptimizerSpec; batchSize: number; epochs: number }> = {
  cnn: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 16, epochs: 50 },
  'cnn-lstm': { optimizer: { kind: 'adam', learningRate: 0.001 }, batchSize: 1000, epochs: 100 },
};

/** How large a run of the six models is in a profile, and how large a full one: a lesson shortens both recipes. */
export function runSizeWords(profile: Profile): string {
  const { train: images, test, epochs, batch } = scale[profile];
  const { cnn, 'cnn-lstm': withLstm } = authorsRecipes;
  const count = (value: number) => value.toLocaleString('en-US');
  const full = `all images; ${cnn.epochs} epochs in batches of ${count(cnn.batchSize)} (III, IV), ${withLstm.epochs} in batches of ${count(withLstm.batchSize)} (I, II, V, VI)`;
  if (images === null || test === null || epochs === null || batch === null) return `A run here is a full one: ${full}.`;
  return [
    `A live run (${profile} profile): ${count(images)} images, ${epochs} epochs with both recipes, batches of at most ${count(batch)}; scored on ${count(test)} test images.`,
    `A full run: ${full}.`,
  ].join('\n');
}

interface GarmentRecipe extends NetworkRecipe {
  model: NetworkOptions;
  data: { set: 'fashion-mnist'; trainLimit: number | null; testLimit: number | null };
}

interface Settings {
  experiment: string;
  model: NetworkOptions;
  recipe: RecipeName;
  flip: boolean;
  seeds?: number[];
  minutes: number;
  priority: number;
  keepProbabilities?: boolean;
}

/** The report trains on all 60,000 images and keeps none back: its only score is the test set's, and so is ours. */
async function garmentExamples({ data }: Pick<GarmentRecipe, 'data'>, seed: number): Promise<NetworkExamples> {
  const [train, test] = await Promise.all([
    fashionMnist({ split: 'train', seed, ...(data.trainLimit ? { limit: data.trainLimit, stratified: true } : {}) }),
    testImages(data.testLimit),
  ]);
  const scored = toExamples(test);
  return { train: toExamples(train), test: scored, also: { test: scored }, used: [usedOf(train, 'training'), usedOf(test, 'test')] };
}

/** Share of predictions that are right. */
export const shareRight = (predicted: Uint8Array, labels: ArrayLike<number>) =>
  predicted.reduce((right, label, index) => right + (label === labels[index] ? 1 : 0), 0) / predicted.length;

/**
 * The share that the aggregated output of a run names rightly, counted again from both sets of probabilities where it kept them. What older
 * runs wrote down broke exact ties by the lower label, not by the image itself: seven images in three runs of Model III, none in those of
 * Models II and VI. Models I, IV and V kept no probabilities: of them there is only what they wrote down.
 */
export async function aggregatedShare(record: RunRecord): Promise<number | undefined> {
  const kept = record.metrics['aggregatedAccuracy'];
  const { probabilities, mirroredProbabilities } = runs.arrays(record);
  if (!probabilities || !mirroredProbabilities) return kept;
  const set = await testImages((record.recipe['data'] as GarmentRecipe['data']).testLimit);
  if (set.provenance !== record.provenance) return kept;
  return shareRight(aggregate(probabilities.values as Float32Array, mirroredProbabilities.values as Float32Array, CLASSES), set.labels);
}

/** Reads a test set out in every way that the notebook compares: alone, in the mirror, both together, and with dropout left on. */
async function readOuts(model: tf.LayersModel, test: Examples, direct: Float32Array, seed: number): Promise<Partial<RunOutcome>> {
  const inMirror = await predict(model, mirrored(test));
  const withDropout = await predict(model, test, { dropout: true, seed });
  const mirroredWithDropout = await predict(model, mirrored(test), { dropout: true, seed: seed + 1 });
  const aggregated = aggregate(direct, inMirror, CLASSES);
  const right = (predicted: Uint8Array) => shareRight(predicted, test.labels);
  return {
    metrics: {
      aggregatedAccuracy: right(aggregated),
      meanAggregatedAccuracy: right(aggregate(direct, inMirror, CLASSES, 'mean')),
      mirroredAccuracy: right(predictedClasses(inMirror, CLASSES)),
      dropoutOnAccuracy: right(predictedClasses(withDropout, CLASSES)),
      aggregatedDropoutOnAccuracy: right(aggregate(withDropout, mirroredWithDropout, CLASSES)),
      aucClass6: rocCurves(test.labels, direct, CLASSES)[SHIRT].auc,
    },
    arrays: {
      aggregatedPredictions: { values: aggregated, shape: [aggregated.length] },
      mirroredProbabilities: { values: inMirror, shape: [test.count, CLASSES] },
    },
  };
}

function garmentExperiment(profile: Profile, settings: Settings): Experiment {
  const { experiment, model, flip, seeds = [1, 2, 3], minutes, priority, keepProbabilities = false } = settings;
  const { optimizer, batchSize, epochs } = authorsRecipes[settings.recipe];
  const { train: trainLimit, test: testLimit, epochs: shortened, batch } = scale[profile];
  const recipe: GarmentRecipe = {
    paper: 'cnn-lstm-aggregated',
    experiment,
    model: profile === 'smoke' ? { ...model, lstmUnits: 16 } : model,
    data: { set: 'fashion-mnist', trainLimit, testLimit },
    optimizer,
    epochs: shortened ?? epochs,
    batchSize: Math.min(batchSize, batch ?? batchSize),
    ...(flip ? { horizontalFlip: 0.5 } : {}),
  };
  return networkExperiment({
    recipe,
    profile,
    seeds,
    minutes,
    priority,
    keepProbabilities,
    build: (wanted) => network(wanted.model),
    examples: garmentExamples,
    after: async (trained, examples, outcome, context) => {
      const { metrics, arrays } = await readOuts(trained, examples.test, outcome.probabilities, context.seed);
      const { mirroredProbabilities, ...small } = arrays!;
      const kept = keepProbabilities && context.seed === seeds[0];
      return {
        metrics: metrics!,
        arrays: { ...small, ...(keepProbabilities && { mirroredProbabilities }), ...(kept && { weights: packedWeights(trained) }) },
      };
    },
  });
}

const hasLstm = (head: Head) => head === 'lstm-length-1' || head === 'lstm-rows';

function sixModelExperiment(profile: Profile, name: ModelName): Experiment {
  const { aggregated, ...model } = sixModels[name];
  return garmentExperiment(profile, {
    experiment: `model-${Object.keys(sixModels).indexOf(name) + 1}`,
    model,
    recipe: hasLstm(model.head) ? 'cnn-lstm' : 'cnn',
    flip: aggregated,
    minutes: hasLstm(model.head) ? 8 : 5,
    priority: 1,
    keepProbabilities: name === 'II' || name === 'III' || name === 'VI',
  });
}

/** The grid at the size of Models II and III: which head, trained which way. Two of its cells are those models themselves. */
export const gridHeads: readonly Head[] = ['dense', 'dense-equal-parameters', 'lstm-length-1', 'lstm-rows'];
export const gridCell = (head: Head, recipe: RecipeName): string =>
  head === 'dense' && recipe === 'cnn'
    ? 'model-3'
    : head === 'lstm-length-1' && recipe === 'cnn-lstm'
      ? 'model-2'
      : `grid-${head}-${recipe}-recipe`;

/**
 * Beside the grid, by Adam's recipe only (by SGD's the LSTM breaks down, so there is nothing to set beside it): two networks that say what the step from Model III's network
 * to Model II's is made of. They were added after the grid had been run.
 */
export const stepHeads: readonly Head[] = ['dense-equal-working', 'dense-linear'];

function gridExperiments(profile: Profile): Experiment[] {
  const cells = [
    ...gridHeads.flatMap((head) => (['cnn', 'cnn-lstm'] as const).map((recipe) => ({ head, recipe }))),
    ...stepHeads.map((head) => ({ head, recipe: 'cnn-lstm' as const })),
  ];
  return cells
    .filter(({ head, recipe }) => gridCell(head, recipe).startsWith('grid-'))
    .map(({ head, recipe }) =>
      garmentExperiment(profile, {
        experiment: gridCell(head, recipe),
        model: { ...narrowSize, head },
        recipe,
        flip: false,
        minutes: 7,
        priority: 3,
      }),
    );
}

/** The same question once more, as a check, at the size of Models I and IV, which are two of its four cells. */
export const wideHeads = ['dense', 'lstm-length-1'] as const;
export const wideCell = (head: (typeof wideHeads)[number], recipe: RecipeName): string =>
  head === 'dense' && recipe === 'cnn'
    ? 'model-4'
    : head === 'lstm-length-1' && recipe === 'cnn-lstm'
      ? 'model-1'
      : `wide-${head}-${recipe}-recipe`;

function wideExperiments(profile: Profile): Experiment[] {
  return (
    [
      ['dense', 'cnn-lstm'],
      ['lstm-length-1', 'cnn'],
    ] as const
  ).map(([head, recipe]) =>
    garmentExperiment(profile, {
      experiment: wideCell(head, recipe),
      model: { ...wideSize, head },
      recipe,
      flip: false,
      seeds: [1],
      minutes: 10,
      priority: 3,
    }),
  );
}

interface PublishedRecipe extends NetworkRecipe {
  model: { published: PublishedRow };
  data: GarmentRecipe['data'];
}

/** What table I leaves open of its three networks is chosen here: ten epochs, batches of 100, Adam at its default rate where no optimiser is named. */
function publishedExperiment(profile: Profile, row: PublishedRow): Experiment {
  const { train: trainLimit, test: testLimit, epochs: shortened } = scale[profile];
  const recipe: PublishedRecipe = {
    paper: 'cnn-lstm-aggregated',
    experiment: `published-${row}`,
    model: { published: row },
    data: { set: 'fashion-mnist', trainLimit, testLimit },
    optimizer: row === 'cnn' ? { kind: 'sgd', learningRate: 0.1 } : { kind: 'adam', learningRate: 0.001 },
    ...(row === 'cnn-svm' ? { loss: 'hinge' as const } : {}),
    epochs: shortened ?? 10,
    batchSize: 100,
  };
  return networkExperiment({
    recipe,
    profile,
    seeds: [1, 2, 3],
    minutes: row === 'cnn-lstm' ? 5 : 15,
    priority: 3,
    build: ({ model }) => publishedNetwork(model.published),
    examples: garmentExamples,
  });
}

/** All networks that are trained; the maps of their outputs are in maps.ts. */
export function networkExperiments(profile: Profile): Experiment[] {
  return [
    ...(Object.keys(sixModels) as ModelName[]).map((name) => sixModelExperiment(profile, name)),
    ...gridExperiments(profile),
    ...wideExperiments(profile),
    ...publishedRows.map((row) => publishedExperiment(profile, row)),
  ];
}

/** All experiments of this report. */
export function experiments(profile: Profile): Experiment[] {
  const networks = networkExperiments(profile);
  return [...networks, timesExperiment(profile), ...mapExperiments(profile, networks)];
}
