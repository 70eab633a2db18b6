/** The classical rows of table 3, with the settings that the public benchmark of Fashion-MNIST gives for its best result or with scikit-learn's own. */
import type { ImageSet } from '../../data/index.js';
import {
  decisionTree,
  extraTree,
  gaussianNaiveBayes,
  kNeighbours,
  type LabelledTable,
  type Learner,
  linearSupportVectors,
  logisticRegression,
  randomForest,
  rbfSupportVectors,
  sgdClassifier,
  standardScaler,
} from '../../learners/index.js';
import { accuracyOfMatrix, confusionMatrix } from '../../metrics/index.js';
import { type Experiment, type Profile, plainRecipe, type RunContext, type RunOutcome, usedOf } from '../../results/index.js';
import { extent, type GarmentData, garmentData, garments } from './recipes.js';

/** 'bytes': as they are. 'standard': every pixel with mean 0 and deviation 1 over the training images, as the benchmark does. */
type Scaling = 'bytes' | 'standard';

/** Names of the rows as the benchmark, and after it the report, spells them. */
export const classicalNames = {
  decisionTree: 'DecisionTreeClassifier',
  extraTree: 'ExtraTreeClassifier',
  gaussianNB: 'GaussianNB',
  nearestNeighbours: 'KNeighborsClassifier',
  linearSVC: 'LinearSVC',
  logisticRegression: 'LogisticRegression',
  randomForest: 'RandomForestClassifier',
  sgd: 'SGDClassifier',
} as const;

interface Row {
  experiment: string;
  learner: Learner;
  scaling: Scaling;
  minutes: number;
  /** Training images drawn evenly from the classes, where not all of them are used. */
  rows?: number;
  seeds?: number[];
}

const rowsOfTable3: Row[] = [
  { experiment: 'row-decision-tree', learner: decisionTree({ criterion: 'entropy', maxDepth: 10 }), scaling: 'bytes', minutes: 0.5 },
  {
    experiment: 'row-extra-tree',
    learner: extraTree({ criterion: 'gini', splitter: 'best', maxDepth: 10, maxFeatures: 'sqrt' }),
    scaling: 'bytes',
    minutes: 0.2,
    seeds: [1, 2, 3],
  },
  { experiment: 'row-gaussian-nb', learner: gaussianNaiveBayes(), scaling: 'standard', minutes: 0.2 },
  { experiment: 'row-knn', learner: kNeighbours({ k: 5 }), scaling: 'bytes', minutes: 2 },
  { experiment: 'row-linear-svc', learner: linearSupportVectors({ C: 1 }), scaling: 'standard', minutes: 2 },
  { experiment: 'row-logistic-regression', learner: logisticRegression({ C: 1 }), scaling: 'standard', minutes: 2 },
  {
    experiment: 'row-random-forest',
    learner: randomForest({ trees: 100, criterion: 'entropy', maxDepth: 100 }),
    scaling: 'bytes',
    minutes: 4,
  },
  { experiment: 'row-sgd', learner: sgdClassifier(), scaling: 'standard', minutes: 3, seeds: [1, 2, 3] },
  { experiment: 'row-svc-rbf', learner: rbfSupportVectors({ C: 10 }), scaling: 'standard', rows: 20_000, minutes: 15 },
];

/** Prepares both tables as the row asks for. */
function tables(training: ImageSet, test: ImageSet, scaling: Scaling): { table: LabelledTable; unseen: Uint8Array | Float32Array } {
  const columns = training.height * training.width;
  const shape = { rows: training.count, columns, labels: training.labels, classes: training.classNames.length };
  if (scaling === 'bytes') return { table: { values: training.pixels, ...shape }, unseen: test.pixels };
  const scaler = standardScaler(training.pixels, training.count, columns);
  return { table: { values: scaler.apply(training.pixels, training.count), ...shape }, unseen: scaler.apply(test.pixels, test.count) };
}

async function carriedOut(data: GarmentData, { learner, scaling }: Row, { seed, signal, report }: RunContext): Promise<RunOutcome> {
  const { training, test } = await garments(data);
  const { table, unseen } = tables(training, test, scaling);
  const started = performance.now();
  const model = await learner.train(table, { seed, signal, onProgress: (fraction, text) => report({ fraction: 0.9 * fraction, text }) });
  const trained = performance.now();
  const predicted = await model.predict(unseen, test.count);
  const confusion = confusionMatrix(test.labels, predicted, table.classes);
  return {
    metrics: {
      testAccuracy: accuracyOfMatrix(confusion),
      trainSeconds: (trained - started) / 1000,
      predictSeconds: (performance.now() - trained) / 1000,
      ...model.facts,
    },
    confusion,
    arrays: { predictions: { values: predicted, shape: [test.count] } },
    data: [usedOf(training, 'training'), usedOf(test, 'test')],
  };
}

/** The learner's settings stand in the recipe by scikit-learn's names, so that a changed setting is another recipe. */
function classicalExperiment(profile: Profile, row: Row): Experiment {
  const limit = profile === 'paper' ? (row.rows ?? null) : Math.min(row.rows ?? Number.POSITIVE_INFINITY, extent[profile].train!);
  const data = garmentData(profile, { size: 28, trainLimit: limit, validationFraction: 0 });
  const settings = {
    paper: 'lenet5' as const,
    experiment: row.experiment,
    learner: row.learner.name,
    parameters: { ...row.learner.parameters },
    scaling: row.scaling,
    data: { ...data },
  };
  return {
    recipe: plainRecipe(settings),
    profile,
    seeds: row.seeds ?? [1],
    minutes: row.minutes,
    priority: 2,
    run: (context) => carriedOut(data, row, context),
  };
}

export function classicalExperiments(profile: Profile): Experiment[] {
  return rowsOfTable3.map((row) => classicalExperiment(profile, row));
}
