/**
 * What notebook 04 runs. Every experiment is a recipe (plain data) and a seed; the store carries it out once and keeps the record.
 * As the report says: 20 epochs, batches of 32, Adam, dropout 0.5, 128 units. What it does not say is chosen here: Adam's learning rate and a
 * forget gate that starts at a bias of one, both the defaults of the library that the report used; one tenth of the training images, drawn by
 * class, as the validation part.
 */
import {
  type Examples,
  type ImageSet,
  meanPooled,
  mnist,
  type PixelOrder,
  pixelOrders,
  reordered,
  stratifiedSplit,
  subset,
  toExamples,
  toFloats,
} from '../../data/index.js';
import { inputGradient, type OptimizerSpec } from '../../engine/index.js';
import { type Experiment, type Json, type Profile, type Recipe, type RunContext, type RunOutcome, usedOf } from '../../results/index.js';
import { RandomSequence, type tf } from '../../runtime/index.js';
import { type NetworkExamples, type NetworkRecipe, networkExperiment } from '../network.js';
import { baselineCnn, type CellName, type GateStart, sequenceNetwork } from './models.js';
import { defaultReservoir, makeReservoir, type ReservoirOptions, readoutPredictions, reservoirStates, trainReadout } from './reservoir.js';

/** Pixel orders that the notebook compares, by the names that recipes carry. */
export const orderNames = [
  'row',
  'column',
  'snake',
  'hilbert',
  'z-order',
  'spiral-in',
  'spiral-out',
  'reversed-row',
  'reversed-hilbert',
  'random',
] as const;
export type OrderName = (typeof orderNames)[number];

/** The order of that name on a side × side image. The random one is the same for every run: it is an order like the others. */
export function pixelOrderOf(name: OrderName, side: number): PixelOrder {
  const { row, column, snake, hilbert, zOrder, spiralIn, spiralOut, reversed, random } = pixelOrders;
  const makers = {
    row,
    column,
    snake,
    hilbert,
    'z-order': zOrder,
    'spiral-in': spiralIn,
    'spiral-out': spiralOut,
    'reversed-row': reversed(row),
    'reversed-hilbert': reversed(hilbert),
    random: random(1),
  };
  return makers[name](side, side);
}

/** An order begun at another of its steps: what stood before it comes at the end. Every pixel is read once, after the same neighbour but one. */
export function begunAt(order: PixelOrder, begin: number): PixelOrder {
  const { positions } = order;
  const turned = new Int32Array(positions.length);
  positions.forEach((position, step) => {
    turned[(step - begin + positions.length) % positions.length] = position;
  });
  return { ...order, name: begin === 0 ? order.name : `${order.name}, begun at step ${begin + 1}`, positions: turned };
}

/** Not in the report: chosen here. */
export const validationFraction = 0.1;

/** How much of the data, and for how long, in each profile. */
const scale: Record<Profile, { train: number | null; test: number | null; epochs: number }> = {
  smoke: { train: 200, test: 100, epochs: 1 },
  lesson: { train: 6000, test: 2000, epochs: 5 },
  paper: { train: null, test: null, epochs: 20 },
};

/** How much a profile trains on, for how long, and on what it tests, in words. */
export function scaleWords(profile: Profile): string {
  const { train, test, epochs } = scale[profile];
  const number = (count: number) => count.toLocaleString('en-US');
  return `${profile} profile: ${number(train ?? 60_000)} digits, ${100 * validationFraction} % of them kept back for validation; ${epochs} epoch${epochs === 1 ? '' : 's'}; ${number(test ?? 10_000)} test digits`;
}

interface SequenceData {
  side: 14 | 28;
  order: OrderName;
  /** The step at which the order is begun, where it is not its first. */
  begin?: number;
  trainLimit: number | null;
  testLimit: number | null;
  validationFraction: number;
}

export interface SequenceRecipe extends NetworkRecipe {
  model: { cell: CellName; units: number; gateStart: GateStart | null };
  data: SequenceData;
}

/** Digits as series of brightness: mean-pooled to 14 × 14 where the recipe says so, then read in the recipe's order. */
export function asSeries(set: ImageSet, side: 14 | 28, order: OrderName, begin = 0): Examples {
  const examples = side === 14 ? meanPooled(set, 2) : toExamples(set);
  return reordered(examples, begunAt(pixelOrderOf(order, side), begin));
}

/** How often each of the ten digits occurs. */
export function digitCounts(labels: ArrayLike<number>): number[] {
  const counts = new Array<number>(10).fill(0);
  for (let index = 0; index < labels.length; index++) counts[labels[index]]++;
  return counts;
}

async function digits(limits: { trainLimit: number | null; testLimit: number | null }, seed: number) {
  const [train, test] = await Promise.all([
    mnist({ split: 'train', seed, ...(limits.trainLimit ? { limit: limits.trainLimit, stratified: true } : {}) }),
    mnist({ split: 'test', seed: 0, ...(limits.testLimit ? { limit: limits.testLimit, stratified: true } : {}) }),
  ]);
  return { train, test };
}

async function splitDigits(
  limits: { trainLimit: number | null; testLimit: number | null; validationFraction: number },
  seed: number,
  prepare: (set: ImageSet) => Examples,
): Promise<NetworkExamples> {
  const { train, test } = await digits(limits, seed);
  const parts = stratifiedSplit(train, limits.validationFraction, seed);
  const training = subset(train, parts.train);
  const validation = subset(train, parts.test);
  return {
    train: prepare(training),
    validation: prepare(validation),
    test: prepare(test),
    used: [usedOf(training, 'training'), usedOf(validation, 'validation'), usedOf(test, 'test')],
  };
}

/** Test digits that a gradient is averaged over. */
export const gradientDigits = 200;

/** Mean length of the loss gradient with respect to the input, step by step: what the network still feels of each pixel. */
async function gradientByStep(model: tf.LayersModel, test: Examples): Promise<Float32Array> {
  const steps = test.shape[0];
  const sample = subset(
    test,
    Int32Array.from({ length: Math.min(gradientDigits, test.count) }, (_, index) => index),
  );
  const gradients = await inputGradient(model, toFloats(sample), { loss: 'sparseCategoricalCrossentropy' });
  const means = new Float64Array(steps);
  for (let example = 0; example < sample.count; example++)
    for (let step = 0; step < steps; step++) means[step] += Math.abs(gradients.gradients[example * steps + step]) / sample.count;
  return Float32Array.from(means);
}

interface SequenceSettings {
  experiment: string;
  cell?: CellName;
  side?: 14 | 28;
  order?: OrderName;
  begin?: number;
  optimizer?: OptimizerSpec;
  gateStart?: GateStart;
  /** Epochs of the paper profile where they are not the report's 20. */
  epochs?: number;
  seeds?: number[];
  minutes: number;
  priority: number;
}

const adam: OptimizerSpec = { kind: 'adam', learningRate: 0.001 };

function sequenceExperiment(profile: Profile, settings: SequenceSettings): Experiment {
  const {
    experiment,
    cell = 'lstm',
    side = 14,
    order = 'row',
    begin = 0,
    optimizer = adam,
    gateStart,
    seeds = [1, 2, 3],
    minutes,
    priority,
  } = settings;
  const { train, test, epochs } = scale[profile];
  const recipe: SequenceRecipe = {
    paper: 'hilbert-lstm',
    experiment,
    model: { cell, units: profile === 'smoke' ? 16 : 128, gateStart: gateStart ?? null },
    // Named only where it is not the first step: what was recorded before keeps its hash.
    data: { side, order, ...(begin > 0 && { begin }), trainLimit: train, testLimit: test, validationFraction },
    optimizer,
    epochs: profile === 'paper' ? (settings.epochs ?? epochs) : epochs,
    batchSize: 32,
  };
  return networkExperiment({
    recipe,
    profile,
    seeds,
    minutes,
    priority,
    build: ({ model }) =>
      sequenceNetwork({
        cell: model.cell,
        units: model.units,
        steps: side * side,
        ...(model.gateStart ? { gateStart: model.gateStart } : {}),
      }),
    examples: ({ data }, seed) => splitDigits(data, seed, (set) => asSeries(set, data.side, data.order, data.begin)),
    after: async (model, examples) => {
      const norms = await gradientByStep(model, examples.test);
      return { arrays: { inputGradient: { values: norms, shape: [norms.length] } } };
    },
  });
}

function baseline(profile: Profile): Experiment {
  const { train, test, epochs } = scale[profile];
  const recipe = {
    paper: 'hilbert-lstm' as const,
    experiment: 'cnn',
    model: { filters: 32 },
    data: { trainLimit: train, testLimit: test, validationFraction },
    optimizer: adam,
    epochs,
    batchSize: 32,
  };
  return networkExperiment({
    recipe,
    profile,
    seeds: [1, 2, 3],
    minutes: 4,
    priority: 1,
    build: ({ model }) => baselineCnn(model.filters),
    examples: ({ data }, seed) => splitDigits(data, seed, (set) => toExamples(set)),
  });
}

interface ReservoirSettings {
  experiment: string;
  order: OrderName;
  reservoir: Partial<ReservoirOptions>;
  minutes: number;
}

function reservoirExperiment(profile: Profile, { experiment, order, reservoir, minutes }: ReservoirSettings): Experiment {
  const { train, test } = scale[profile];
  const options: ReservoirOptions = { ...defaultReservoir, ...reservoir, ...(profile === 'smoke' ? { units: 50 } : {}) };
  const side = 14;
  const recipe: Recipe = {
    paper: 'hilbert-lstm',
    experiment,
    model: { kind: 'reservoir', ...options } as Record<string, Json>,
    data: { side, order, trainLimit: train, testLimit: test },
  };
  const run = async ({ seed, report }: RunContext): Promise<RunOutcome> => {
    const sets = await digits({ trainLimit: train, testLimit: test }, seed);
    const random = new RandomSequence(seed);
    const machine = makeReservoir(options, () => random.next());
    const drive = async (set: ImageSet, from: number, share: number) => {
      const series = toFloats(asSeries(set, side, order));
      return reservoirStates(machine, series.inputs as Float32Array, side * side, {
        onBatch: (done) =>
          report({ fraction: from + (share * done) / set.count, text: `driving the reservoir: ${done} of ${set.count} digits` }),
      });
    };
    const seen = await drive(sets.train, 0, 0.8);
    report({ fraction: 0.8, text: 'solving for the read-out' });
    const weights = trainReadout(seen.states, seen.width, sets.train.labels, 10, options.ridge);
    const trained = readoutPredictions(seen.states, seen.width, weights, 10);
    const unseen = await drive(sets.test, 0.85, 0.15);
    const predicted = readoutPredictions(unseen.states, unseen.width, weights, 10);
    const confusion = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
    predicted.forEach((label, index) => {
      confusion[sets.test.labels[index]][label]++;
    });
    const share = (labels: Uint8Array, truth: Uint8Array) =>
      labels.reduce((right, label, index) => right + (label === truth[index] ? 1 : 0), 0) / labels.length;
    return {
      metrics: {
        testAccuracy: share(predicted, sets.test.labels),
        trainAccuracy: share(trained, sets.train.labels),
        parameters: seen.width * 10,
      },
      confusion,
      arrays: { predictions: { values: predicted, shape: [predicted.length] } },
      data: [usedOf(sets.train, 'training'), usedOf(sets.test, 'test')],
    };
  };
  return { recipe, seeds: [1, 2, 3], minutes, priority: 3, profile, run };
}

/** Epochs of the study of orders: enough to tell orders apart, few enough for ten of them. */
export const orderStudyEpochs = 5;

/** Epochs of the study of changes on 784 steps: each is held against as many first epochs of the LSTM as stated. */
export const gateStudyEpochs = 5;

/** One change each against the LSTM as the report states it. */
export const gateStudy: readonly { suffix: string; optimizer?: OptimizerSpec; gateStart?: GateStart }[] = [
  { suffix: 'clip', optimizer: { ...adam, clipGlobalNorm: 1 } },
  { suffix: 'slow', optimizer: { ...adam, learningRate: 0.0003 } },
  { suffix: 'forget', gateStart: { kind: 'forget-bias', bias: 3 } },
  { suffix: 'chrono', gateStart: { kind: 'chrono', longest: 784 } },
];

/**
 * Orders begun at another step. Nothing changes but how many empty steps end the series: predicted before they were run, a row-wise reading that
 * now ends with empty rows fails, and column and spiral, which now begin with what was empty at their end, learn.
 */
export const begunElsewhere: readonly { order: OrderName; side: 14 | 28; begin: number; predicted: 'fails' | 'learns' }[] = [
  // The two first rows, at the end.
  { order: 'row', side: 14, begin: 28, predicted: 'fails' },
  // The two last columns, at the beginning.
  { order: 'column', side: 14, begin: 168, predicted: 'learns' },
  // The outermost ring, at the beginning.
  { order: 'spiral-out', side: 14, begin: 144, predicted: 'learns' },
  // The four last rows, at the beginning.
  { order: 'row', side: 28, begin: 672, predicted: 'learns' },
];

/** The experiment of an order begun elsewhere. */
export const begunName = ({ order, side, begin }: { order: OrderName; side: 14 | 28; begin: number }): string =>
  `begun-${side}-${order}-${begin}`;

/** All experiments of this report. */
export function experiments(profile: Profile): Experiment[] {
  const sequence = (settings: SequenceSettings) => sequenceExperiment(profile, settings);
  return [
    baseline(profile),
    sequence({ experiment: 'lstm-14-hilbert', order: 'hilbert', minutes: 15, priority: 1 }),
    sequence({ experiment: 'lstm-14-row', order: 'row', minutes: 15, priority: 1 }),
    sequence({ experiment: 'rnn-14-hilbert', cell: 'simple-rnn', order: 'hilbert', minutes: 5, priority: 1 }),
    sequence({ experiment: 'rnn-14-row', cell: 'simple-rnn', order: 'row', minutes: 5, priority: 1 }),
    // Does the SimpleRNN fail because it cannot remember, or because its training breaks down? Adam's steps hardly depend on how long a gradient is, so
    // clipping takes away only what sticks out; a lower rate shortens every step.
    ...(['hilbert', 'row'] as const).flatMap((order) => {
      const changed = (change: string, optimizer: OptimizerSpec) =>
        sequence({ experiment: `rnn-14-${order}-${change}`, cell: 'simple-rnn', order, optimizer, minutes: 5, priority: 3 });
      return [changed('clip', { ...adam, clipGlobalNorm: 1 }), changed('slow', { ...adam, learningRate: 0.0001 })];
    }),
    ...orderNames.map((order) => sequence({ experiment: `order-${order}`, order, epochs: orderStudyEpochs, minutes: 4, priority: 3 })),
    ...begunElsewhere.map((reading) =>
      sequence({
        experiment: begunName(reading),
        order: reading.order,
        side: reading.side,
        begin: reading.begin,
        epochs: orderStudyEpochs,
        ...(reading.side === 28 && { seeds: [1] }),
        minutes: reading.side === 28 ? 15 : 4,
        priority: 3,
      }),
    ),
    sequence({ experiment: 'power-law-14-row', cell: 'power-law-lstm', minutes: 20, priority: 3 }),
    // As stated it stays at one answer from the first epoch on. What saves the SimpleRNN, for it; added after that was seen.
    sequence({
      experiment: 'power-law-14-row-slow',
      cell: 'power-law-lstm',
      optimizer: { ...adam, learningRate: 0.0001 },
      seeds: [1],
      minutes: 30,
      priority: 3,
    }),
    ...(['row', 'hilbert'] as const).flatMap((order) => [
      reservoirExperiment(profile, { experiment: `reservoir-${order}`, order, reservoir: {}, minutes: 3 }),
      reservoirExperiment(profile, { experiment: `reservoir-${order}-small`, order, reservoir: { units: 100 }, minutes: 1 }),
      reservoirExperiment(profile, { experiment: `reservoir-${order}-large`, order, reservoir: { units: 800 }, minutes: 8 }),
      reservoirExperiment(profile, { experiment: `reservoir-${order}-slow`, order, reservoir: { leakRate: 0.1 }, minutes: 3 }),
      reservoirExperiment(profile, { experiment: `reservoir-${order}-quick`, order, reservoir: { leakRate: 0.9 }, minutes: 3 }),
      // Read at its last step only, as the LSTM is: what it knows of the first steps it has carried to the end.
      reservoirExperiment(profile, { experiment: `reservoir-${order}-end`, order, reservoir: { snapshots: 1 }, minutes: 2 }),
    ]),
    ...(['hilbert', 'row'] as const).map((order) =>
      sequence({ experiment: `rnn-28-${order}`, cell: 'simple-rnn', side: 28, order, seeds: [1], minutes: 20, priority: 4 }),
    ),
    ...(['hilbert', 'row'] as const).map((order) =>
      sequence({ experiment: `lstm-28-${order}`, side: 28, order, seeds: [1], minutes: 60, priority: 4 }),
    ),
    // What saves the SimpleRNN on 196 steps, on 784.
    sequence({
      experiment: 'rnn-28-row-slow',
      cell: 'simple-rnn',
      side: 28,
      optimizer: { ...adam, learningRate: 0.0001 },
      seeds: [1],
      minutes: 20,
      priority: 4,
    }),
    // Why does it fail at 784 steps, and must it? One change at a time against the first epochs of lstm-28-row, then all that may help together.
    ...gateStudy.map(({ suffix, ...change }) =>
      sequence({ experiment: `lstm-28-row-${suffix}`, side: 28, ...change, epochs: gateStudyEpochs, seeds: [1], minutes: 15, priority: 4 }),
    ),
    sequence({
      experiment: 'power-law-28-row',
      cell: 'power-law-lstm',
      side: 28,
      epochs: gateStudyEpochs,
      seeds: [1],
      minutes: 25,
      priority: 4,
    }),
    sequence({
      experiment: 'lstm-28-row-chrono-clip',
      side: 28,
      optimizer: { ...adam, clipGlobalNorm: 1 },
      gateStart: { kind: 'chrono', longest: 784 },
      seeds: [1],
      minutes: 60,
      priority: 4,
    }),
  ];
}
