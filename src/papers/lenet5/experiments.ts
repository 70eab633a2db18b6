/** Everything that notebook 01 runs: the report's own network, the choices it leaves open, its comparison table, and what 98.9 % may be. */
import type { Examples } from '../../data/index.js';
import { type OptimizerSpec, predict } from '../../engine/index.js';
import { type Experiment, type Profile, plainRecipe, type RunContext, RunInterruptedError, type RunOutcome } from '../../results/index.js';
import { hashSeed, seeded, type tf } from '../../runtime/index.js';
import { train } from '../../training/index.js';
import { networkExperiment } from '../network.js';
import { classicalExperiments } from './classical.js';
import {
  adam,
  adamAtReportedRate,
  buildNetwork,
  extent,
  type GarmentData,
  garmentData,
  garmentExamples,
  type LeNetRecipe,
  type NetworkChoice,
  plainSgd,
  reported,
} from './recipes.js';
import { named, scoresOf } from './scores.js';

interface Settings {
  experiment: string;
  model: NetworkChoice;
  optimizer: OptimizerSpec;
  epochs?: number;
  batchSize?: number;
  loss?: LeNetRecipe['loss'];
  data?: Partial<GarmentData>;
  seeds?: number[];
  minutes: number;
  priority: number;
}

/** Scores on the test set and on the training images, each in all readings; only for networks that end in a softmax. */
async function allScores(
  model: tf.LayersModel,
  training: Examples,
  test: Examples,
  probabilities: Float32Array,
): Promise<Partial<RunOutcome>> {
  const onTest = scoresOf(test.labels, probabilities);
  const onTraining = scoresOf(training.labels, await predict(model, training));
  return {
    metrics: { ...named('test', onTest.scores), ...named('training', onTraining.scores) },
    extra: { trainingConfusion: onTraining.confusion },
  };
}

function garmentExperiment(profile: Profile, settings: Settings): Experiment {
  const { experiment, model, optimizer, loss, data = {}, seeds = [1, 2, 3], minutes, priority } = settings;
  const recipe: LeNetRecipe = {
    paper: 'lenet5',
    experiment,
    model,
    data: garmentData(profile, data),
    optimizer,
    epochs: Math.min(settings.epochs ?? reported.epochs, extent[profile].epochs),
    batchSize: settings.batchSize ?? reported.batchSize,
    ...(loss && { loss }),
  };
  return networkExperiment({
    recipe,
    profile,
    seeds,
    minutes,
    priority,
    build: (chosen) => buildNetwork(chosen.model),
    examples: garmentExamples,
    ...(loss !== 'hinge' && {
      after: (trained: tf.LayersModel, examples: { train: Examples; test: Examples }, outcome: { probabilities: Float32Array }) =>
        allScores(trained, examples.train, examples.test, outcome.probabilities),
    }),
  });
}

const trials = Array.from({ length: reported.trials }, (_, index) => index + 1);

/** The report's recipe, and what it leaves open: optimiser, squashing, third pool. */
function proposedExperiments(profile: Profile): Experiment[] {
  const make = (settings: Partial<Settings> & Pick<Settings, 'experiment' | 'model' | 'optimizer'>) =>
    garmentExperiment(profile, { minutes: 3, priority: 3, ...settings });
  return [
    make({
      experiment: 'proposed-lenet5',
      model: { network: 'proposed', activation: 'tanh' },
      optimizer: plainSgd,
      seeds: trials,
      priority: 1,
    }),
    make({ experiment: 'proposed-sgd-relu', model: { network: 'proposed', activation: 'relu' }, optimizer: plainSgd }),
    make({ experiment: 'proposed-adam-tanh', model: { network: 'proposed', activation: 'tanh' }, optimizer: adamAtReportedRate }),
    make({ experiment: 'proposed-adam-relu', model: { network: 'proposed', activation: 'relu' }, optimizer: adamAtReportedRate }),
    make({
      experiment: 'proposed-wide-pool',
      model: { network: 'proposed', activation: 'tanh', thirdPool: 'wide' },
      optimizer: plainSgd,
      minutes: 6,
    }),
    make({ experiment: 'classic-lenet5', model: { network: 'classic' }, optimizer: plainSgd, priority: 2 }),
    make({ experiment: 'classic-lenet5-partial', model: { network: 'classic', c3: 'partial' }, optimizer: plainSgd }),
    make({ experiment: 'modern-lenet5', model: { network: 'classic', subSampling: 'average', activation: 'relu' }, optimizer: adam }),
  ];
}

/** Epochs of the trainings that run until the training images are nearly all known. */
export const longTraining = 60;

/** Experiments on the number 98.9: training accuracy in a long run, and test images among the training images. */
function hypothesisExperiments(profile: Profile): Experiment[] {
  // Larger batches than stated: these runs ask what happens in the end, and each takes a quarter of an hour as it is.
  const long = { optimizer: adam, epochs: longTraining, batchSize: 64, minutes: 15 } as const;
  return [
    garmentExperiment(profile, { ...long, experiment: 'long-training', model: { network: 'proposed', activation: 'relu' }, priority: 1 }),
    garmentExperiment(profile, {
      ...long,
      experiment: 'leaked-test-images',
      model: { network: 'proposed', activation: 'relu' },
      data: { leak: true },
      priority: 1,
    }),
    byEpochExperiment(profile),
  ];
}

interface ByEpochRecipe extends LeNetRecipe {
  scoredAfterEachEpoch: string[];
}

/** The report's recipe again, with every score of table 2 taken after each epoch, on three sets. */
function byEpochExperiment(profile: Profile): Experiment {
  const recipe: ByEpochRecipe = {
    paper: 'lenet5',
    experiment: 'scores-by-epoch',
    model: { network: 'proposed', activation: 'tanh' },
    data: garmentData(profile),
    optimizer: plainSgd,
    loss: 'sparseCategoricalCrossentropy',
    epochs: Math.min(reported.epochs, extent[profile].epochs),
    batchSize: reported.batchSize,
    shards: 2,
    scoredAfterEachEpoch: ['training', 'validation', 'test'],
  };
  const run = async (context: RunContext): Promise<RunOutcome> => {
    const examples = await garmentExamples(recipe);
    const model = seeded(context.seed, () => buildNetwork(recipe.model));
    try {
      const sets: Record<string, Examples> = { training: examples.train, validation: examples.validation!, test: examples.test };
      return { ...(await scoredEpochs(model, sets, recipe, context)), data: examples.used };
    } finally {
      model.dispose();
    }
  };
  return { recipe: plainRecipe({ ...recipe }), profile, seeds: [1, 2, 3], minutes: 4, priority: 1, run };
}

/** Trains epoch by epoch. Plain SGD carries nothing from one epoch to the next but the weights, so epochs can be called one at a time. */
async function scoredEpochs(
  model: tf.LayersModel,
  sets: Record<string, Examples>,
  recipe: ByEpochRecipe,
  { seed, signal, report }: RunContext,
): Promise<Omit<RunOutcome, 'data'>> {
  const curves: Record<string, number[]> = {};
  let last: Record<string, number> = {};
  let confusion: number[][] = [];
  const { optimizer, batchSize, epochs, shards } = recipe;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const { stopped } = await train(model, sets['training'], {
      optimizer,
      loss: 'sparseCategoricalCrossentropy',
      epochs: 1,
      batchSize,
      seed: hashSeed(seed, epoch),
      shards,
      signal,
      onProgress: ({ fraction, text }) => report({ fraction: (epoch - 1 + fraction) / epochs, text: `${epoch} of ${epochs}: ${text}` }),
    });
    if (stopped)
      throw new RunInterruptedError(
        `lenet5/scores-by-epoch, seed ${seed}, was stopped in epoch ${epoch}; it starts anew when called again.`,
      );
    last = {};
    for (const [set, examples] of Object.entries(sets)) {
      const { scores, confusion: counted } = scoresOf(examples.labels, await predict(model, examples));
      Object.assign(last, named(set, scores));
      if (set === 'test') confusion = counted;
    }
    for (const [name, value] of Object.entries(last)) {
      curves[name] ??= [];
      curves[name].push(value);
    }
  }
  return { metrics: last, curves, confusion };
}

/**
 * The neural rows of table 3. One network of two convolutions underlies all the convolutional ones; it is smaller than those of the
 * literature (16 and 32 filters), so that a row takes minutes.
 */
function comparisonNetworks(profile: Profile): Experiment[] {
  const row = (experiment: string, model: NetworkChoice, settings: Partial<Settings> = {}) =>
    garmentExperiment(profile, {
      experiment,
      model,
      optimizer: adam,
      batchSize: 128,
      data: { size: 28 },
      seeds: [1, 2, 3],
      minutes: 2,
      priority: 2,
      ...settings,
    });
  const filters: [number, number] = [16, 32];
  return [
    // scikit-learn's MLPClassifier: one hidden layer of 100, batches of 200.
    row('row-mlp', { network: 'dense', hidden: [100] }, { batchSize: 200, epochs: 20, minutes: 1 }),
    row('row-three-layers', { network: 'dense', hidden: [256, 128] }, { minutes: 1 }),
    row('row-cnn', { network: 'cnn', filters }),
    row('row-cnn-softmax', { network: 'cnn', filters, dropout: 0.5 }),
    row('row-cnn-svm', { network: 'cnn', filters, dropout: 0.5, head: 'svm' }, { loss: 'hinge' }),
    row('row-cnn-batchnorm', { network: 'cnn', filters, batchNormalization: true }),
    row('row-cnn-batchnorm-skip', { network: 'cnn', filters, batchNormalization: true, skip: true }, { minutes: 4 }),
  ];
}

/** All experiments of this report. */
export function experiments(profile: Profile): Experiment[] {
  return [
    ...proposedExperiments(profile),
    ...hypothesisExperiments(profile),
    ...classicalExperiments(profile),
    ...comparisonNetworks(profile),
  ];
}
