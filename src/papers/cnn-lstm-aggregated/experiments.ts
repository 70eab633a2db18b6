/**
 * What notebook 03 runs: the six models with their authors' recipes, and the grid that takes apart what the report changed together.
 * Each run is read out three ways (plain, aggregated by the largest probability, aggregated by the mean) and once with dropout left on.
 */
import { type Examples, fashionMnist, toExamples } from '../../data/index.js';
import { type OptimizerSpec, predict } from '../../engine/index.js';
import { type Experiment, type Profile, type RunOutcome, usedOf } from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import { type NetworkExamples, type NetworkRecipe, networkExperiment, predictedClasses } from '../network.js';
import { aggregate, type Head, type ModelName, type NetworkOptions, narrowSize, network, sixModels } from './models.js';

export type RecipeName = 'cnn' | 'cnn-lstm';

/** The authors' two ways to train: one for the networks without an LSTM, another for those with one. */
export const authorsRecipes: Record<RecipeName, { optimizer: OptimizerSpec; batchSize: number; epochs: number }> = {
  cnn: { optimizer: { kind: 'sgd', learningRate: 0.1 }, batchSize: 16, epochs: 50 },
  'cnn-lstm': { optimizer: { kind: 'adam', learningRate: 0.001 }, batchSize: 1000, epochs: 100 },
};

const scale: Record<Profile, { train: number | null; test: number | null; epochs: number | null }> = {
  smoke: { train: 200, test: 100, epochs: 1 },
  lesson: { train: 6000, test: 2000, epochs: 6 },
  paper: { train: null, test: null, epochs: null },
};

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
async function garmentExamples({ data }: GarmentRecipe, seed: number): Promise<NetworkExamples> {
  const [train, test] = await Promise.all([
    fashionMnist({ split: 'train', seed, ...(data.trainLimit ? { limit: data.trainLimit, stratified: true } : {}) }),
    fashionMnist({ split: 'test', seed: 0, ...(data.testLimit ? { limit: data.testLimit, stratified: true } : {}) }),
  ]);
  const scored = toExamples(test);
  return { train: toExamples(train), test: scored, also: { test: scored }, used: [usedOf(train, 'training'), usedOf(test, 'test')] };
}

/** Every image in the mirror: columns from right to left. */
export function mirrored(examples: Examples): Examples {
  const [height, width, channels = 1] = examples.shape;
  const inputs = examples.inputs.slice();
  const rows = examples.count * height;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < channels; channel++)
        inputs[(row * width + column) * channels + channel] = examples.inputs[(row * width + width - 1 - column) * channels + channel];
  return { ...examples, inputs };
}

const shareRight = (predicted: Uint8Array, labels: ArrayLike<number>) =>
  predicted.reduce((right, label, index) => right + (label === labels[index] ? 1 : 0), 0) / predicted.length;

async function readOuts(model: tf.LayersModel, test: Examples, direct: Float32Array, seed: number): Promise<Partial<RunOutcome>> {
  const inMirror = await predict(model, mirrored(test));
  const withDropout = await predict(model, test, { dropout: true, seed });
  const aggregated = aggregate(direct, inMirror, 10);
  return {
    metrics: {
      aggregatedAccuracy: shareRight(aggregated, test.labels),
      meanAggregatedAccuracy: shareRight(aggregate(direct, inMirror, 10, 'mean'), test.labels),
      mirroredAccuracy: shareRight(predictedClasses(inMirror, 10), test.labels),
      dropoutOnAccuracy: shareRight(predictedClasses(withDropout, 10), test.labels),
    },
    arrays: { aggregatedPredictions: { values: aggregated, shape: [aggregated.length] } },
  };
}

function garmentExperiment(profile: Profile, settings: Settings): Experiment {
  const { experiment, model, flip, seeds = [1, 2, 3], minutes, priority, keepProbabilities = false } = settings;
  const { optimizer, batchSize, epochs } = authorsRecipes[settings.recipe];
  const { train, test, epochs: shortened } = scale[profile];
  const recipe: GarmentRecipe = {
    paper: 'cnn-lstm-aggregated',
    experiment,
    model: profile === 'smoke' ? { ...model, lstmUnits: 16 } : model,
    data: { set: 'fashion-mnist', trainLimit: train, testLimit: test },
    optimizer,
    epochs: shortened ?? epochs,
    batchSize: profile === 'paper' ? batchSize : Math.min(batchSize, 100),
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
    after: (trained, examples, outcome, context) => readOuts(trained, examples.test, outcome.probabilities, context.seed),
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

function gridExperiments(profile: Profile): Experiment[] {
  return gridHeads.flatMap((head) =>
    (['cnn', 'cnn-lstm'] as const)
      .filter((recipe) => gridCell(head, recipe).startsWith('grid-'))
      .map((recipe) =>
        garmentExperiment(profile, {
          experiment: gridCell(head, recipe),
          model: { ...narrowSize, head },
          recipe,
          flip: false,
          minutes: 7,
          priority: 3,
        }),
      ),
  );
}

/** All experiments of this report. */
export function experiments(profile: Profile): Experiment[] {
  return [...(Object.keys(sixModels) as ModelName[]).map((name) => sixModelExperiment(profile, name)), ...gridExperiments(profile)];
}
