/**
 * What notebook 02 runs. The report says that the four models share their parameters but gives none of them, so one small search,
 * declared here and the same for all models, sets them on a validation part of MNIST; then they are fixed for everything else.
 */
import { groupSplit, type ImageSet, idc, mnist, stratifiedDraw, stratifiedSplit, subset, toExamples } from '../../data/index.js';
import { evaluate, type OptimizerSpec } from '../../engine/index.js';
import { auc, rocCurves } from '../../metrics/index.js';
import { type DataUsed, type Experiment, type Profile, type RunOutcome, usedOf } from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import { type NetworkExamples, type NetworkOutcome, type NetworkRecipe, networkExperiment } from '../network.js';
import { packedWeights } from '../trained.js';
import { type Architecture, multiplyAdds, network, parameterCount, type SharedSettings, widthForParameters } from './models.js';

export const architectures: readonly Architecture[] = ['lstm-cnn', 'cnn-lstm', 'lstm', 'cnn'];
export const idcArchitectures: readonly Architecture[] = ['lstm-cnn', 'lstm', 'cnn'];
/** The controlled trial of the leak: the report's own network, and the quickest one. */
export const leakArchitectures: readonly Architecture[] = ['lstm-cnn', 'cnn'];

/** The search: every combination, LSTM-CNN and its three rivals alike, two epochs on 12,000 digits, judged on 6,000 others; no test digit. */
export const searchGrid: readonly SharedSettings[] = [64, 128].flatMap((width) =>
  [0.2, 0.4].map((dropout) => ({ units: width, filters: width, kernelSize: 3, dropout })),
);

/** What the search chose: the setting with the best mean validation accuracy over the four models. */
export const chosenSettings: SharedSettings = { units: 128, filters: 128, kernelSize: 3, dropout: 0.2 };

/**
 * Epochs of a full training, MNIST and IDC alike. The report gives none. Six, because some eighty runs have to fit into hours on
 * two processor cores; where a curve still rises at its end, a longer training would end higher, and the figures let a reader see that.
 */
export const fullEpochs = 6;

const adam: OptimizerSpec = { kind: 'adam', learningRate: 0.001 };
const scale: Record<Profile, { train: number | null; test: number | null; patches: number | null; epochs: number }> = {
  smoke: { train: 200, test: 100, patches: 300, epochs: 1 },
  lesson: { train: 6000, test: 2000, patches: 3000, epochs: 4 },
  paper: { train: null, test: null, patches: null, epochs: fullEpochs },
};

/** Narrow networks in the smoke profile: it proves that everything runs, not what it learns. */
const widthsOf = (profile: Profile, shared: SharedSettings): SharedSettings =>
  profile === 'smoke' ? { ...shared, units: 16, filters: 16 } : shared;

interface MnistRecipe extends NetworkRecipe {
  model: SharedSettings & { architecture: Architecture };
  data: {
    set: 'mnist';
    trainLimit: number | null;
    testLimit: number | null;
    validationFraction: number;
    /** What is scored in the end: the search never sees a test digit. */
    scored: 'test' | 'validation';
  };
}

interface MnistSettings {
  experiment: string;
  architecture: Architecture;
  shared?: SharedSettings;
  data?: Partial<MnistRecipe['data']>;
  epochs?: number;
  seeds?: number[];
  keepWeights?: boolean;
  minutes: number;
  priority: number;
}

async function digitExamples({ data }: MnistRecipe, seed: number): Promise<NetworkExamples> {
  const train = await mnist({ split: 'train', seed, ...(data.trainLimit ? { limit: data.trainLimit, stratified: true } : {}) });
  const parts = stratifiedSplit(train, data.validationFraction, seed);
  const [training, validation] = [subset(train, parts.train), subset(train, parts.test)];
  const used: DataUsed[] = [usedOf(training, 'training'), usedOf(validation, 'validation')];
  const common = { train: toExamples(training), validation: toExamples(validation) };
  if (data.scored === 'validation') return { ...common, test: common.validation, used };
  const test = await mnist({ split: 'test', seed: 0, ...(data.testLimit ? { limit: data.testLimit, stratified: true } : {}) });
  return { ...common, test: toExamples(test), used: [...used, usedOf(test, 'test')] };
}

/** Beside what every run keeps: the true classes, and the training accuracy with dropout switched off. */
async function commonAfter(model: tf.LayersModel, { train, test }: NetworkExamples) {
  const { accuracy } = await evaluate(model, train, { loss: 'sparseCategoricalCrossentropy' });
  const labels: { values: Uint8Array; shape: number[] } = { values: Uint8Array.from(test.labels), shape: [test.count] };
  return { metrics: { trainAccuracyAfter: accuracy }, arrays: { labels } };
}

function mnistExperiment(profile: Profile, settings: MnistSettings): Experiment {
  const { experiment, architecture, shared = chosenSettings, data = {}, seeds = [1, 2, 3], keepWeights, minutes, priority } = settings;
  const { train, test, epochs } = scale[profile];
  const recipe: MnistRecipe = {
    paper: 'lstm-cnn',
    experiment,
    model: { ...widthsOf(profile, shared), architecture },
    data: {
      set: 'mnist',
      testLimit: test,
      validationFraction: 0.1,
      scored: 'test',
      ...data,
      trainLimit: profile === 'paper' ? (data.trainLimit ?? train) : train,
    },
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
    ...(data.scored !== 'validation' && {
      after: async (model: tf.LayersModel, examples: NetworkExamples) => {
        const { metrics, arrays } = await commonAfter(model, examples);
        return { metrics, arrays: { ...arrays, ...(keepWeights && { weights: packedWeights(model) }) } };
      },
    }),
  });
}

/**
 * patch: patches at random, so that neighbours of one slide stand on both sides. patient: patient by patient, none crosses.
 * leak-apart and leak-shared: the same test patches of held-out patients and the same number of training patches;
 * in leak-shared other patches of those patients are among them.
 */
export type IdcSplit = 'patch' | 'patient' | 'leak-apart' | 'leak-shared';

/** What a run on tissue uses of the set, and how it divides it. */
export interface PatchRecipeData {
  set: 'idc';
  limit: number | null;
  split: IdcSplit;
  validationFraction: number;
  testFraction: number;
}

interface IdcRecipe extends NetworkRecipe {
  model: SharedSettings & { architecture: Architecture };
  data: PatchRecipeData;
}

export interface PatchParts {
  training: ImageSet;
  validation?: ImageSet;
  test: ImageSet;
}

/** Test patients give half of their patches to the test; the other half takes the place of as many training patches, or is left out. */
function leakParts(all: ImageSet, fraction: number, shared: boolean, seed: number): PatchParts {
  const outer = groupSplit(all, fraction, seed);
  const [others, held] = [subset(all, outer.train), subset(all, outer.test)];
  const halves = stratifiedSplit(held, 0.5, seed + 1);
  const test = subset(held, halves.test);
  if (!shared) return { training: others, test };
  const kept = stratifiedDraw(others, others.count - halves.train.length, seed + 2);
  const positions = [...Array.from(kept, (index) => outer.train[index]), ...Array.from(halves.train, (index) => outer.test[index])];
  return { training: subset(all, Int32Array.from(positions).sort()), test };
}

/** The parts of a split; `validationFraction` is of what the test leaves. */
export function patchParts(
  all: ImageSet,
  { split, testFraction, validationFraction }: Pick<IdcRecipe['data'], 'split' | 'testFraction' | 'validationFraction'>,
  seed: number,
): PatchParts {
  if (split === 'leak-apart' || split === 'leak-shared') return leakParts(all, testFraction, split === 'leak-shared', seed);
  const divided = split === 'patient' ? groupSplit : stratifiedSplit;
  const outer = divided(all, testFraction, seed);
  const [rest, test] = [subset(all, outer.train), subset(all, outer.test)];
  const inner = divided(rest, validationFraction, seed + 1);
  return { training: subset(rest, inner.train), validation: subset(rest, inner.test), test };
}

async function patchExamples({ data }: IdcRecipe, seed: number): Promise<NetworkExamples & { patients: Int32Array }> {
  const all = await idc({ seed, ...(data.limit ? { limit: data.limit, stratified: true } : {}) });
  const { training, validation, test } = patchParts(all, data, seed);
  return {
    train: toExamples(training),
    ...(validation && { validation: toExamples(validation) }),
    test: toExamples(test),
    used: [usedOf(training, 'training'), ...(validation ? [usedOf(validation, 'validation')] : []), usedOf(test, 'test')],
    patients: test.groups!,
  };
}

/** Measures that a lopsided set needs beside accuracy; class 1 is the positive one. */
export function lopsidedMetrics(confusion: readonly (readonly number[])[]): Record<'balancedAccuracy' | 'f1' | 'majorityAccuracy', number> {
  const [[trueNegative, falsePositive], [falseNegative, truePositive]] = confusion;
  const [negatives, positives] = [trueNegative + falsePositive, falseNegative + truePositive];
  return {
    balancedAccuracy: (truePositive / positives + trueNegative / negatives) / 2,
    f1: (2 * truePositive) / (2 * truePositive + falsePositive + falseNegative),
    majorityAccuracy: Math.max(positives, negatives) / (positives + negatives),
  };
}

async function afterPatches(model: tf.LayersModel, examples: NetworkExamples, outcome: NetworkOutcome): Promise<Partial<RunOutcome>> {
  const { metrics, arrays } = await commonAfter(model, examples);
  const { patients } = examples as NetworkExamples & { patients: Int32Array };
  const { falsePositiveRate, truePositiveRate } = rocCurves(examples.test.labels, outcome.probabilities, 2)[1];
  return {
    metrics: { ...metrics, ...lopsidedMetrics(outcome.confusion!), auc: auc(falsePositiveRate, truePositiveRate) },
    arrays: { ...arrays, patients: { values: patients, shape: [patients.length] } },
  };
}

interface IdcSettings {
  experiment: string;
  architecture: Architecture;
  split: IdcSplit;
  seeds?: number[];
  testFraction?: number;
  minutes: number;
  priority: number;
}

function idcExperiment(profile: Profile, settings: IdcSettings): Experiment {
  const { experiment, architecture, split, seeds = [1, 2, 3], testFraction = 0.2, minutes, priority } = settings;
  const recipe: IdcRecipe = {
    paper: 'lstm-cnn',
    experiment,
    model: { ...widthsOf(profile, chosenSettings), architecture },
    data: { set: 'idc', limit: scale[profile].patches, split, validationFraction: 0.15, testFraction },
    optimizer: adam,
    epochs: scale[profile].epochs,
    // Batch normalisation's running means keep 0.99 of themselves a step: after a lesson's ninety steps of 128 they were still those of
    // the start, and what had 87 % in training gave a constant answer in validation. Batches of 32 give four times as many steps.
    batchSize: profile === 'paper' ? 128 : 32,
  };
  return networkExperiment({
    recipe,
    profile,
    seeds,
    minutes,
    priority,
    build: ({ model }) => network({ ...model, image: [50, 50, 3], classes: 2 }),
    examples: patchExamples,
    keepProbabilities: true,
    after: afterPatches,
  });
}

const digitNetwork = { image: [28, 28, 1] as [number, number, number], classes: 10 };

/** Where a run takes less than five minutes. */
const fiveSeeds = [1, 2, 3, 4, 5];

/** The rivals widened until each holds about as many parameters as the LSTM-CNN of the chosen setting. */
function equalParameterExperiments(profile: Profile): Experiment[] {
  const { kernelSize, dropout } = chosenSettings;
  const wanted = parameterCount({ ...digitNetwork, ...chosenSettings, architecture: 'lstm-cnn' });
  return architectures.slice(1).map((architecture) => {
    const width = widthForParameters(wanted, { ...digitNetwork, architecture, kernelSize, dropout });
    const shared = { units: width, filters: width, kernelSize, dropout };
    return mnistExperiment(profile, {
      experiment: `mnist-${architecture}-equal-parameters`,
      architecture,
      shared,
      seeds: fiveSeeds,
      minutes: 3,
      priority: 3,
    });
  });
}

/** Epochs that give each model as many multiplications as the slowest of the four has in a full training. */
export function equalComputeEpochs(architecture: Architecture, epochs = fullEpochs): number {
  const cost = (each: Architecture) => multiplyAdds({ ...digitNetwork, ...chosenSettings, architecture: each });
  return Math.round((epochs * Math.max(...architectures.map(cost))) / cost(architecture));
}

function equalComputeExperiments(profile: Profile): Experiment[] {
  return architectures
    .map((architecture) => ({ architecture, epochs: equalComputeEpochs(architecture) }))
    .filter(({ epochs }) => epochs > fullEpochs)
    .map(({ architecture, epochs }) =>
      mnistExperiment(profile, {
        experiment: `mnist-${architecture}-equal-compute`,
        architecture,
        epochs,
        seeds: fiveSeeds,
        minutes: 3,
        priority: 3,
      }),
    );
}

/** Name of the search run of one model in one setting. */
export const searchRun = (architecture: Architecture, { units, dropout }: SharedSettings) =>
  `search-${architecture}-u${units}-d${Math.round(dropout * 100)}`;

function searchExperiments(profile: Profile): Experiment[] {
  return architectures.flatMap((architecture) =>
    searchGrid.map((shared) =>
      mnistExperiment(profile, {
        experiment: searchRun(architecture, shared),
        architecture,
        shared,
        data: { trainLimit: 18_000, validationFraction: 1 / 3, scored: 'validation' },
        epochs: 2,
        seeds: [1],
        minutes: 0.5,
        priority: 1,
      }),
    ),
  );
}

/** All experiments of this report. */
export function experiments(profile: Profile): Experiment[] {
  return [
    ...searchExperiments(profile),
    ...architectures.map((architecture) =>
      mnistExperiment(profile, {
        experiment: `mnist-${architecture}`,
        architecture,
        seeds: fiveSeeds,
        minutes: architecture === 'cnn' ? 1 : 4,
        priority: 1,
        keepWeights: architecture === 'lstm-cnn',
      }),
    ),
    mnistExperiment(profile, { experiment: 'mnist-stacked', architecture: 'stacked', minutes: 6, priority: 1 }),
    ...idcArchitectures.flatMap((architecture) =>
      (['patch', 'patient'] as const).map((split) =>
        idcExperiment(profile, {
          experiment: `idc-${architecture}-${split}`,
          architecture,
          split,
          seeds: fiveSeeds,
          minutes: architecture === 'cnn' ? 0.5 : 2,
          priority: 1,
        }),
      ),
    ),
    ...leakArchitectures.flatMap((architecture) =>
      (['leak-apart', 'leak-shared'] as const).map((split) =>
        idcExperiment(profile, {
          experiment: `idc-${architecture}-${split}`,
          architecture,
          split,
          testFraction: 0.3,
          seeds: fiveSeeds,
          minutes: architecture === 'cnn' ? 0.5 : 2,
          priority: 2,
        }),
      ),
    ),
    ...equalParameterExperiments(profile),
    ...equalComputeExperiments(profile),
  ];
}
