/**
 * What notebook 02 runs. The report says that the four models share their parameters but gives none of them, so one small search,
 * declared here and the same for all models, sets them on a validation part of MNIST; then they are fixed for everything else.
 */
import { groupSplit, type ImageSet, idc, mnist, stratifiedSplit, subset, toExamples } from '../../data/index.js';
import type { OptimizerSpec } from '../../engine/index.js';

import { type Experiment, type Profile, type RunOutcome, usedOf } from '../../results/index.js';
import { type NetworkExamples, type NetworkRecipe, networkExperiment } from '../network.js';
import { type Architecture, network, type SharedSettings, widthForParameters } from './models.js';

export const architectures: readonly Architecture[] = ['lstm-cnn', 'cnn-lstm', 'lstm', 'cnn'];
export const idcArchitectures: readonly Architecture[] = ['lstm-cnn', 'lstm', 'cnn'];

/** The search: every combination, LSTM-CNN and its three rivals alike, two epochs on 12,000 digits, judged on 6,000 others. */
export const searchGrid: readonly SharedSettings[] = [64, 128].flatMap((width) =>
  [0.2, 0.4].map((dropout) => ({ units: width, filters: width, kernelSize: 3, dropout })),
);

/** What the search chose: the setting with the best mean validation accuracy over the four models. */
export const chosenSettings: SharedSettings = { units: 128, filters: 128, kernelSize: 3, dropout: 0.2 };

const adam: OptimizerSpec = { kind: 'adam', learningRate: 0.001 };
const scale: Record<Profile, { train: number | null; test: number | null; epochs: number }> = {
  smoke: { train: 200, test: 100, epochs: 1 },
  lesson: { train: 6000, test: 2000, epochs: 4 },
  paper: { train: null, test: null, epochs: 20 },
};

interface MnistRecipe extends NetworkRecipe {
  model: SharedSettings & { architecture: Architecture };
  data: { set: 'mnist'; trainLimit: number | null; testLimit: number | null; validationFraction: number };
}

interface MnistSettings {
  experiment: string;
  architecture: Architecture;
  shared?: SharedSettings;
  trainLimit?: number;
  validationFraction?: number;
  epochs?: number;
  seeds?: number[];
  minutes: number;
  priority: number;
}

async function digitExamples({ data }: MnistRecipe, seed: number): Promise<NetworkExamples> {
  const [train, test] = await Promise.all([
    mnist({ split: 'train', seed, ...(data.trainLimit ? { limit: data.trainLimit, stratified: true } : {}) }),
    mnist({ split: 'test', seed: 0, ...(data.testLimit ? { limit: data.testLimit, stratified: true } : {}) }),
  ]);
  const parts = stratifiedSplit(train, data.validationFraction, seed);
  const [training, validation] = [subset(train, parts.train), subset(train, parts.test)];
  return {
    train: toExamples(training),
    validation: toExamples(validation),
    test: toExamples(test),
    used: [usedOf(training, 'training'), usedOf(validation, 'validation'), usedOf(test, 'test')],
  };
}

function mnistExperiment(profile: Profile, settings: MnistSettings): Experiment {
  const { experiment, architecture, shared = chosenSettings, validationFraction = 0.1, seeds = [1, 2, 3], minutes, priority } = settings;
  const { train, test, epochs } = scale[profile];
  const small = profile === 'smoke' ? { ...shared, units: 16, filters: 16 } : shared;
  const recipe: MnistRecipe = {
    paper: 'lstm-cnn',
    experiment,
    model: { ...small, architecture },
    data: { set: 'mnist', trainLimit: profile === 'paper' ? (settings.trainLimit ?? train) : train, testLimit: test, validationFraction },
    optimizer: adam,
    epochs: profile === 'paper' ? (settings.epochs ?? epochs) : epochs,
    batchSize: 128,
  };
  return networkExperiment({
    recipe,
    profile,
    seeds,
    minutes,
    priority,
    build: ({ model }) => network({ ...model, image: [28, 28, 1], classes: 10 }),
    examples: digitExamples,
  });
}

export type IdcSplit = 'patch' | 'patient';

interface IdcRecipe extends NetworkRecipe {
  model: SharedSettings & { architecture: Architecture };
  data: { set: 'idc'; limit: number | null; split: IdcSplit; validationFraction: number; testFraction: number };
}

/** Splits patches at random (neighbours of one slide on both sides) or patient by patient (none crosses). */
function splitPatches(set: ImageSet, kind: IdcSplit, fraction: number, seed: number) {
  return kind === 'patient' ? groupSplit(set, fraction, seed) : stratifiedSplit(set, fraction, seed);
}

async function patchExamples({ data }: IdcRecipe, seed: number): Promise<NetworkExamples> {
  const all = await idc({ seed, ...(data.limit ? { limit: data.limit, stratified: true } : {}) });
  const outer = splitPatches(all, data.split, data.testFraction, seed);
  const [rest, test] = [subset(all, outer.train), subset(all, outer.test)];
  const inner = splitPatches(rest, data.split, data.validationFraction, seed + 1);
  const [training, validation] = [subset(rest, inner.train), subset(rest, inner.test)];
  return {
    train: toExamples(training),
    validation: toExamples(validation),
    test: toExamples(test),
    used: [usedOf(training, 'training'), usedOf(validation, 'validation'), usedOf(test, 'test')],
  };
}

/** Measures that a lopsided set needs beside accuracy; class 1 is the one with the disease. */
function lopsidedMetrics([[trueNegative, falsePositive], [falseNegative, truePositive]]: number[][]): RunOutcome['metrics'] {
  const [negatives, positives] = [trueNegative + falsePositive, falseNegative + truePositive];
  return {
    balancedAccuracy: (truePositive / positives + trueNegative / negatives) / 2,
    f1: (2 * truePositive) / (2 * truePositive + falsePositive + falseNegative),
    majorityAccuracy: Math.max(positives, negatives) / (positives + negatives),
  };
}

function idcExperiment(profile: Profile, architecture: Architecture, split: IdcSplit): Experiment {
  const shared = profile === 'smoke' ? { ...chosenSettings, units: 16, filters: 16 } : chosenSettings;
  const recipe: IdcRecipe = {
    paper: 'lstm-cnn',
    experiment: `idc-${architecture}-${split}`,
    model: { ...shared, architecture },
    data: {
      set: 'idc',
      limit: profile === 'smoke' ? 300 : profile === 'lesson' ? 3000 : null,
      split,
      validationFraction: 0.15,
      testFraction: 0.2,
    },
    optimizer: adam,
    epochs: profile === 'paper' ? 20 : scale[profile].epochs,
    batchSize: 128,
  };
  return networkExperiment({
    recipe,
    profile,
    seeds: [1, 2, 3],
    minutes: 4,
    priority: 1,
    build: ({ model }) => network({ ...model, image: [50, 50, 3], classes: 2 }),
    examples: patchExamples,
    keepProbabilities: true,
    after: (_model, _examples, outcome) => ({ metrics: lopsidedMetrics(outcome.confusion!) }),
  });
}

/** The networks widened or narrowed until each holds about as many parameters as the LSTM-CNN. */
function equalParameterExperiments(profile: Profile): Experiment[] {
  const image: [number, number, number] = [28, 28, 1];
  const { kernelSize, dropout } = chosenSettings;
  const wanted = 200_000;
  return architectures.map((architecture) => {
    const width = widthForParameters(wanted, { architecture, image, classes: 10, kernelSize, dropout });
    return mnistExperiment(profile, {
      experiment: `mnist-${architecture}-equal-parameters`,
      architecture,
      shared: { units: width, filters: width, kernelSize, dropout },
      minutes: 5,
      priority: 3,
    });
  });
}

const searchName = ({ units, dropout }: SharedSettings) => `u${units}-d${Math.round(dropout * 100)}`;

/** All experiments of this report. */
export function experiments(profile: Profile): Experiment[] {
  return [
    ...architectures.flatMap((architecture) =>
      searchGrid.map((shared) =>
        mnistExperiment(profile, {
          experiment: `search-${architecture}-${searchName(shared)}`,
          architecture,
          shared,
          trainLimit: 18_000,
          validationFraction: 1 / 3,
          epochs: 2,
          seeds: [1],
          minutes: 0.5,
          priority: 1,
        }),
      ),
    ),
    ...architectures.map((architecture) =>
      mnistExperiment(profile, { experiment: `mnist-${architecture}`, architecture, minutes: 5, priority: 1 }),
    ),
    mnistExperiment(profile, { experiment: 'mnist-stacked', architecture: 'stacked', minutes: 12, priority: 1 }),
    ...idcArchitectures.flatMap((architecture) =>
      (['patch', 'patient'] as const).map((split) => idcExperiment(profile, architecture, split)),
    ),
    ...equalParameterExperiments(profile),
  ];
}
