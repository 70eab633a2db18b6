/** Every number and comparison that the report on six Fashion-MNIST models states, with its place; accuracies are in per cent. */
import type {
  Claim,
  ComparisonClaim,
  Measure,
  Reading,
  RunRecord,
  StructureClaim,
  UntestableClaim,
  ValueClaim,
} from '../../results/index.js';
import { type ModelName, modelNumber, sixModels } from './models.js';

const paper = 'cnn-lstm-aggregated';

const names: ModelName[] = ['I', 'II', 'III', 'IV', 'V', 'VI'];
const experimentOf = (name: ModelName) => `model-${names.indexOf(name) + 1}`;
const isAggregated = (name: ModelName) => name === 'V' || name === 'VI';

/** V and VI are read out twice, from the image and from its mirror image. */
const scoreOf = (name: ModelName): Measure => ({
  experiment: experimentOf(name),
  metric: isAggregated(name) ? 'aggregatedAccuracy' : 'testAccuracy',
});

const reported: Record<ModelName, number> = { I: 89.76, II: 90.38, III: 86.55, IV: 86.28, V: 90.82, VI: 91.43 };
const accuracyId = (name: ModelName) => `${paper}/model-${names.indexOf(name) + 1}-accuracy`;

const accuracies: ValueClaim[] = names.map((name) => ({
  id: accuracyId(name),
  paper,
  place: `table II, row Model ${name}`,
  statement: `Model ${name} answers ${reported[name]} % of the test images rightly`,
  kind: 'value',
  value: reported[name],
  decimals: 2,
  unit: '%',
  measure: scoreOf(name),
  goodSide: 'higher',
  together: 'table-2',
}));

function better(left: ModelName, right: ModelName, place: string, statement: string): ComparisonClaim {
  return {
    id: `${paper}/model-${names.indexOf(left) + 1}-beats-model-${names.indexOf(right) + 1}`,
    paper,
    place,
    statement,
    kind: 'comparison',
    left: scoreOf(left),
    right: scoreOf(right),
    relation: 'higher',
    unit: '%',
  };
}

const lstmHelps = 'section IV D';
/** The pairs differ in more than one size, and not all in the same direction: the first tells them apart. */
const firstFilters = (name: ModelName, pair: string) =>
  `With an LSTM the network with ${sixModels[name].firstChannels} filters in its first convolution is better (${pair})`;
const comparisons: ComparisonClaim[] = [
  better('I', 'IV', lstmHelps, firstFilters('I', 'Model I against IV')),
  better('II', 'III', lstmHelps, firstFilters('II', 'Model II against III')),
  better('I', 'III', lstmHelps, 'Model I is better than Model III: CNN-LSTMs are generally better than CNNs'),
  better('II', 'IV', lstmHelps, 'Model II is better than Model IV: CNN-LSTMs are generally better than CNNs'),
  better('V', 'I', 'section IV D and table II', 'Flips and the aggregated output improve Model I (Model V)'),
  better('VI', 'II', 'section IV D and table II', 'Flips and the aggregated output improve Model II (Model VI)'),
  better('VI', 'V', 'section IV D', 'Model VI is the best of the six (against V)'),
  better('VI', 'I', 'section IV D', 'Model VI is the best of the six (against I)'),
  better('II', 'I', 'sections IV A and IV D', 'Model II is the best of the general models (against I)'),
];

const againstLiterature: ComparisonClaim[] = [
  {
    id: `${paper}/best-cnn-lstm`,
    paper,
    place: 'section V, point 3',
    statement: 'Model VI is better than the best CNN-LSTM before it (91.36 %)',
    kind: 'comparison',
    left: scoreOf('VI'),
    right: { constant: 91.36, what: 'Ji (2022), as table I cites it' },
    relation: 'higher',
    unit: '%',
  },
  ...names.map(
    (name): ComparisonClaim => ({
      id: `${paper}/model-${names.indexOf(name) + 1}-beats-people`,
      paper,
      place: 'section IV D with table I',
      statement: `Model ${name} is more often right than people (83.5 %)`,
      kind: 'comparison',
      left: scoreOf(name),
      right: { constant: 83.5, what: 'people without fashion training, as table I cites it' },
      relation: 'higher',
      unit: '%',
    }),
  ),
];

const SHIRT = 6;

/** Share of a class that is found. */
function recallOf(run: RunRecord, label: number): number | undefined {
  const row = run.confusion?.[label];
  const total = row?.reduce((sum, count) => sum + count, 0);
  return row && total ? row[label] / total : undefined;
}

function lowestRecallOfOthers(run: RunRecord): number | undefined {
  const others = run.confusion?.map((_, label) =>
    label === SHIRT ? Number.POSITIVE_INFINITY : (recallOf(run, label) ?? Number.POSITIVE_INFINITY),
  );
  return others ? Math.min(...others) : undefined;
}

const shirt: Claim[] = [
  {
    id: `${paper}/shirt-is-worst`,
    paper,
    place: 'section IV D, figure 12',
    statement: 'Class 6, the shirt, is the worst class of Model II (recall below that of every other class)',
    kind: 'comparison',
    left: { experiment: 'model-2', what: 'recall of class 6', read: (run) => recallOf(run, SHIRT) },
    right: { experiment: 'model-2', what: 'lowest recall of the other nine classes', read: lowestRecallOfOthers },
    relation: 'lower',
    unit: '%',
  },
  {
    id: `${paper}/shirt-auroc`,
    paper,
    place: 'section IV D, figure 13',
    statement: 'The area under the ROC curve of class 6 in Model II is 0.97',
    kind: 'value',
    value: 0.97,
    decimals: 2,
    unit: '1',
    measure: { experiment: 'model-2', metric: 'aucClass6' },
    goodSide: 'higher',
  },
];

const time: ValueClaim[] = [
  {
    id: `${paper}/no-more-training-time`,
    paper,
    place: 'section V, point 1',
    statement: 'Flips and aggregation need no more computational time: an epoch of Model VI takes as long as one of Model II',
    kind: 'value',
    value: 1,
    decimals: 2,
    unit: 'times',
    bound: 'at most',
    measure: { experiment: 'model-6-times', metric: 'epochTimeRatio' },
    goodSide: 'lower',
  },
  {
    id: `${paper}/no-more-inference-time`,
    paper,
    place: 'section V, point 1',
    statement: 'The aggregated output needs no more computational time than the plain one',
    kind: 'value',
    value: 1,
    decimals: 2,
    unit: 'times',
    bound: 'at most',
    measure: { experiment: 'model-6-times', metric: 'aggregatedTimeRatio' },
    goodSide: 'lower',
  },
];

function layerSize(name: ModelName, layer: string, size: 'inputs' | 'outputs'): number {
  const model = modelNumber(name);
  try {
    const found = model.getLayer(layer);
    // Kernels end in inputs × outputs.
    const kernel = found.getWeights()[0]?.shape ?? [];
    const shape = size === 'inputs' ? kernel.slice(0, -1) : (found.outputShape as (number | null)[]);
    return shape[shape.length - 1] ?? 0;
  } finally {
    model.dispose();
  }
}

function structure(name: ModelName, layer: string, size: 'inputs' | 'outputs', value: number): StructureClaim {
  return {
    id: `${paper}/model-${names.indexOf(name) + 1}-${layer}-${size}`,
    paper,
    place: `table II, row Model ${name}`,
    statement: `${layer.toUpperCase()} of Model ${name} has ${value} ${size}`,
    kind: 'structure',
    value,
    unit: '1',
    compute: () => layerSize(name, layer, size),
  };
}

const structures: StructureClaim[] = (
  [
    ['I', 16, 32, 160],
    ['II', 8, 64, 320],
    ['III', 8, 64, null],
    ['IV', 16, 32, null],
  ] as const
).flatMap(([name, channels, features, units]) => [
  structure(name, 'conv1', 'outputs', channels),
  structure(name, 'conv2', 'outputs', 32),
  structure(name, 'fc1', 'inputs', 512),
  structure(name, 'fc1', 'outputs', features),
  ...(units === null ? [] : [structure(name, 'lstm', 'inputs', features), structure(name, 'lstm', 'outputs', units)]),
  structure(name, 'fc2', 'inputs', units ?? features),
]);

function cited(id: string, place: string, statement: string, value: number): UntestableClaim {
  return {
    id: `${paper}/${id}`,
    paper,
    place,
    statement,
    kind: 'untestable',
    value,
    unit: '%',
    why: "it is another work's number, cited and not claimed here",
  };
}

const untestable: UntestableClaim[] = [
  cited('cited-people', 'table I', 'People reach 83.50 % (three choices per image)', 83.5),
  cited('cited-cnn-lstm', 'table I', 'A CNN+LSTM of Ji (2022) reaches 91.36 %', 91.36),
  cited('cited-cnn', 'table I', 'A CNN with two convolutions reaches 91.60 %', 91.6),
  cited('cited-cnn-svm', 'table I', 'A CNN with an SVM in place of the softmax reaches 90.72 %', 90.72),
  cited('cited-best', 'section III B', 'The highest accuracy so far is 95.7 %', 95.7),
  {
    id: `${paper}/carries-over`,
    paper,
    place: 'section III A',
    statement: 'The result carries over to other sets of horizontally interchangeable images',
    kind: 'untestable',
    why: 'the report assumes it and tries no other set',
  },
  {
    id: `${paper}/clusters-separate`,
    paper,
    place: 'section IV D, figure 16',
    statement: 'The clusters overlap less from Model III to II to VI',
    kind: 'untestable',
    why: 'the report judges the maps by eye; the maps are drawn, and their class separation is measured beside them',
  },
];

export const claims: readonly Claim[] = [
  ...accuracies,
  ...comparisons,
  ...againstLiterature,
  ...shirt,
  ...time,
  ...structures,
  ...untestable,
];

export const readings: readonly Reading[] = [
  {
    id: `${paper}/dropout-on`,
    paper,
    name: 'dropout left on while testing',
    statement: 'The test pass ran in training mode, with dropout',
    explains: names.map((name) => ({
      claim: accuracyId(name),
      measure: { experiment: experimentOf(name), metric: isAggregated(name) ? 'aggregatedDropoutOnAccuracy' : 'dropoutOnAccuracy' },
    })),
  },
  {
    id: `${paper}/cnns-dropout-on`,
    paper,
    name: 'dropout left on while testing the two CNNs only',
    statement: 'The CNNs and the CNN-LSTMs were tested by different code, and only that of the CNNs left dropout on',
    explains: names.map((name) => ({
      claim: accuracyId(name),
      measure: name === 'III' || name === 'IV' ? { experiment: experimentOf(name), metric: 'dropoutOnAccuracy' } : scoreOf(name),
    })),
  },
  {
    id: `${paper}/best-test-epoch`,
    paper,
    name: 'the best epoch on the test set',
    statement: 'Each model is reported at the epoch where its test accuracy is highest',
    explains: names
      .filter((name) => !isAggregated(name))
      .map((name) => ({ claim: accuracyId(name), measure: { experiment: experimentOf(name), curve: 'testAccuracy', take: 'highest' } })),
  },
];
