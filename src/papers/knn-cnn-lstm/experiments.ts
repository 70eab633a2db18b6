/** Everything that notebook 05 runs: neighbours, the eight rows in three ways of holding out, controls, and the public benchmark's rows. */
import { evaluate, predict } from '../../engine/index.js';
import type { Experiment, Profile, RunOutcome } from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import { type NetworkOutcome, networkExperiment, predictedClasses } from '../network.js';
import { keepModel } from './best-model.js';
import { type BenchmarkRow, equalParameterDense, type GarmentNetworkOptions } from './models.js';
import { neighbourExperiments } from './neighbours.js';
import {
  adam,
  bestRow,
  buildNetwork,
  chosenFilters,
  extent,
  type GarmentExamples,
  type GarmentRecipe,
  garmentExamples,
  type HoldOut,
  holdOuts,
  type Relation,
  type ReportedRow,
  reportAugmentation,
  reportedRows,
} from './recipes.js';

interface Settings {
  experiment: string;
  model: GarmentRecipe['model'];
  batchSize: number;
  data?: Partial<GarmentRecipe['data']>;
  seeds?: number[];
  minutes: number;
  priority: number;
  /** Keep the trained network, as a candidate for the one that is shipped. */
  keep?: boolean;
}

/** Names of the validation accuracies by what the training part has seen of an image. */
export const relationMetrics: Record<Relation, string> = {
  'original, twin seen': 'validationOriginalTwinSeen',
  'original, unseen': 'validationOriginalUnseen',
  'twin, original seen': 'validationTwinOriginalSeen',
  'twin, unseen': 'validationTwinUnseen',
};

/** Accuracy within each kind of validation image, and on augmented test images, which nobody has seen in any form. */
async function furtherScores(model: tf.LayersModel, examples: GarmentExamples): Promise<Partial<RunOutcome>> {
  const { validation, relations, testTwins } = examples;
  if (!relations || !testTwins) return {};
  const predicted = predictedClasses(await predict(model, validation), 10);
  const metrics: Record<string, number> = {};
  for (const [relation, name] of Object.entries(relationMetrics)) {
    let [right, count] = [0, 0];
    relations.forEach((own, position) => {
      if (own !== relation) return;
      count += 1;
      if (predicted[position] === validation.labels[position]) right += 1;
    });
    if (count > 0) metrics[name] = right / count;
    metrics[`${name}Count`] = count;
  }
  const twins = await evaluate(model, testTwins, { loss: 'sparseCategoricalCrossentropy' });
  return { metrics: { ...metrics, testTwinAccuracy: twins.accuracy } };
}

function garmentExperiment(profile: Profile, settings: Settings): Experiment {
  const { experiment, model, batchSize, data = {}, seeds = [1, 2, 3], minutes, priority, keep = false } = settings;
  const { train, test, epochs } = extent[profile];
  const recipe: GarmentRecipe = {
    paper: 'knn-cnn-lstm',
    experiment,
    model: sized(model, profile),
    data: {
      set: 'fashion-mnist',
      trainLimit: train,
      testLimit: test,
      augmentOnce: reportAugmentation,
      augmentEachEpoch: null,
      holdOut: 'last',
      validationFraction: 0.2,
      scaling: 'unit',
      ...data,
    },
    optimizer: adam,
    epochs,
    batchSize: profile === 'paper' ? batchSize : Math.min(batchSize, 64),
  };
  return networkExperiment({
    recipe,
    profile,
    seeds,
    minutes,
    priority,
    build: (chosen) => buildNetwork(chosen.model),
    examples: garmentExamples,
    after: async (trained, examples, outcome: NetworkOutcome, context) => {
      const scores = await furtherScores(trained, examples as GarmentExamples);
      if (keep) await keepModel(trained, { ...outcome.metrics, ...scores.metrics }, context);
      return scores;
    },
  });
}

/** The network as it is for full runs; a short training forgets the normalisation's start faster; smoke has few filters and units. */
function sized(model: GarmentRecipe['model'], profile: Profile): GarmentRecipe['model'] {
  if (profile === 'paper') return model;
  if (model.network === 'benchmark') return profile === 'smoke' ? { ...model, width: 1 / 8 } : model;
  const short = { ...model, momentum: 0.9 };
  return profile === 'smoke' ? { ...short, filters: 4, lstmUnits: 8, denseUnits: 16 } : short;
}

const networkOf = ({ lstmUnits, denseUnits, dropout1, dropout2 }: ReportedRow): GarmentNetworkOptions => ({
  filters: chosenFilters,
  lstmUnits,
  denseUnits,
  dropout1,
  dropout2,
});

/** 'row-6', 'row-6-random', 'row-6-grouped': the first is as the report says, validated on the last fifth. */
export const rowName = (row: number, holdOut: HoldOut = 'last') => (holdOut === 'last' ? `row-${row}` : `row-${row}-${holdOut}`);

const isBest = ({ row }: ReportedRow) => row === bestRow.row;

/** The eight rows; the best one first. */
function rowExperiments(profile: Profile): Experiment[] {
  const rows = [...reportedRows].sort((a, b) => Number(isBest(b)) - Number(isBest(a)));
  return rows.flatMap((row) =>
    holdOuts.map((holdOut) =>
      garmentExperiment(profile, {
        experiment: rowName(row.row, holdOut),
        model: { network: 'report', ...networkOf(row) },
        batchSize: row.batchSize,
        data: { holdOut },
        seeds: isBest(row) || holdOut === 'last' ? [1, 2, 3] : [1],
        minutes: row.lstmUnits === 512 ? 20 : 12,
        priority: holdOut === 'last' ? 1 : isBest(row) ? 2 : 3,
        keep: isBest(row) && holdOut === 'grouped',
      }),
    ),
  );
}

/** The best row's network without its LSTM, without and with its number of parameters made up for; and without augmentation. */
function controlExperiments(profile: Profile): Experiment[] {
  const model = networkOf(bestRow);
  const common = { batchSize: bestRow.batchSize, minutes: 10 };
  const equal = { ...model, denseUnits: equalParameterDense(model) };
  return [
    garmentExperiment(profile, {
      ...common,
      experiment: 'without-lstm',
      model: { network: 'report', ...model, middle: 'none' },
      priority: 1,
    }),
    garmentExperiment(profile, {
      ...common,
      experiment: 'without-lstm-equal-parameters',
      model: { network: 'report', ...equal, middle: 'none' },
      priority: 2,
    }),
    garmentExperiment(profile, {
      ...common,
      experiment: 'without-augmentation',
      model: { network: 'report', ...model },
      data: { augmentOnce: null },
      minutes: 6,
      priority: 2,
    }),
    garmentExperiment(profile, {
      ...common,
      experiment: 'two-convolutions-a-phase',
      model: { network: 'report', ...model, convolutions: 2 },
      minutes: 30,
      priority: 4,
      seeds: [1],
    }),
    garmentExperiment(profile, {
      ...common,
      experiment: 'forget-bias-one',
      model: { network: 'report', ...model, forgetBias: 1 },
      priority: 4,
      seeds: [1],
    }),
    garmentExperiment(profile, {
      ...common,
      experiment: 'keras-starts',
      model: { network: 'report', ...model, forgetBias: 1, kernels: 'glorotUniform' },
      priority: 2,
    }),
  ];
}

interface BenchmarkSetting {
  experiment: string;
  row: BenchmarkRow;
  data: Partial<GarmentRecipe['data']>;
}

/** The public rows that the report lists, each trained as long as the report's own network, on originals. */
const benchmarkSettings: readonly BenchmarkSetting[] = [
  { experiment: 'benchmark-two-conv', row: 'two-conv', data: {} },
  { experiment: 'benchmark-two-conv-normalised', row: 'two-conv-dense', data: { scaling: 'standard' } },
  { experiment: 'benchmark-two-conv-elu', row: 'two-conv-elu', data: {} },
  { experiment: 'benchmark-three-conv-batchnorm', row: 'three-conv-batchnorm', data: {} },
  {
    experiment: 'benchmark-two-conv-augmented',
    row: 'two-conv-dense',
    data: { scaling: 'standard', augmentEachEpoch: { flip: true, verticalFlip: true, translate: 0.1, rotate: 15, fill: 'edge' } },
  },
];

function benchmarkExperiments(profile: Profile): Experiment[] {
  return benchmarkSettings.map(({ experiment, row, data }) =>
    garmentExperiment(profile, {
      experiment,
      model: { network: 'benchmark', row, width: 1 },
      batchSize: 128,
      data: { augmentOnce: null, holdOut: 'random', validationFraction: 0.1, ...data },
      minutes: row === 'three-conv-batchnorm' ? 8 : 4,
      priority: 2,
    }),
  );
}

/** All experiments of this report. */
export function experiments(profile: Profile): Experiment[] {
  return [...neighbourExperiments(profile), ...rowExperiments(profile), ...controlExperiments(profile), ...benchmarkExperiments(profile)];
}

/** One experiment by its name. */
export function experimentNamed(name: string, profile: Profile): Experiment {
  const found = experiments(profile).find(({ recipe }) => recipe.experiment === name);
  if (!found)
    throw new RangeError(
      `knn-cnn-lstm has no experiment "${name}". It has: ${experiments(profile)
        .map(({ recipe }) => recipe.experiment)
        .join(', ')}.`,
    );
  return found;
}
