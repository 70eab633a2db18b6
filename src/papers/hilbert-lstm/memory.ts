/** How far back trained networks still feel their input, beside two theories; and how the SimpleRNN's training went. */
import { type Figure, learningCurves, legendHeight, memoryCurves } from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import { type RunRecord, runs } from '../../results/index.js';
import { type Comparison, comparisonOf, meanOf } from '../evidence.js';
import { brokeDown, constantAnswer, hardlyLearned, LEARNED } from '../failed.js';
import { percent, wrapped } from '../words.js';
import { gradientDigits, orderStudyEpochs } from './experiments.js';

const paper = 'hilbert-lstm';
/** Steps on either side of the running mean: neighbouring steps differ by what a digit happens to show there, nine keep the trend. */
const reach = 4;
/** Chosen here, for the report draws its two curves without numbers. */
const halfLife = 20;
const exponent = 1;

/** What is left of each of the last `steps` steps. */
type Theory = (parameter: number, steps: number) => number[];
const back = (steps: number) => Array.from({ length: steps }, (_, index) => index + 1);
const exponential: Theory = (half, steps) => back(steps).map((step) => 2 ** (-(step - 1) / half));
const powerLaw: Theory = (power, steps) => back(steps).map((step) => step ** -power);
const theories = (steps: number) => [
  { name: `exponential, half-life ${halfLife} steps`, values: exponential(halfLife, steps) },
  { name: `power law, exponent ${exponent}`, values: powerLaw(exponent, steps) },
];
/** Theories of other speeds, from far quicker than the drawn ones to hardly forgetting at all; neighbours differ by a tenth. */
const speeds = Array.from({ length: 80 }, (_, index) => 1.1 ** index);
const halfLives = speeds.map((factor) => Number((2 * factor).toPrecision(2)));
const exponents = speeds.map((factor) => Number((3 / factor).toPrecision(2)));
/** The report: what is older is almost all gone. */
const remembered = 150;

const short = `${orderStudyEpochs} epochs`;
/** In this order every stretch of steps holds pixels from all over the image: only here are distance from the end and place in the image apart. */
const mixed = 'order-random';
/** 'slow' is a lower learning rate: a tenth for SimpleRNN and power-law LSTM, 0.0003 for the LSTM. */
const networks = {
  'rnn-14-row': 'SimpleRNN row by row',
  'rnn-14-row-slow': 'SimpleRNN row by row, slow',
  'rnn-14-hilbert-slow': 'SimpleRNN Hilbert, slow',
  'lstm-14-row': 'LSTM row by row',
  'lstm-14-hilbert': 'LSTM Hilbert',
  // The one order that mixes all places, and rows after as short a training beside it.
  [mixed]: `LSTM random order, ${short}`,
  'order-row': `LSTM row by row, ${short}`,
  'power-law-14-row': 'power-law LSTM row by row',
  'power-law-14-row-slow': 'power-law LSTM row by row, slow',
} as const;
/** Those that read 784 steps. */
const longNetworks = {
  'lstm-28-row': 'LSTM row by row',
  'lstm-28-hilbert': 'LSTM Hilbert',
  'begun-28-row-672': 'LSTM row by row, begun at step 673',
  'lstm-28-row-clip': 'LSTM row by row, clipped',
  'lstm-28-row-slow': 'LSTM row by row, slow',
  'lstm-28-row-forget': 'LSTM row by row, forget gate open at the start',
  'lstm-28-row-chrono': 'LSTM row by row, chrono start',
  'lstm-28-row-chrono-clip': 'LSTM row by row, chrono start, clipped',
  'power-law-28-row': 'power-law LSTM row by row',
  'rnn-28-row-slow': 'SimpleRNN row by row, slow',
} as const;
/** What networks on 784 steps are called where a figure says that it is about 784 steps. */
export const longNames: Readonly<Record<string, string>> = {
  ...longNetworks,
  'rnn-28-row': 'SimpleRNN row by row',
  'rnn-28-hilbert': 'SimpleRNN Hilbert',
};
type MeasuredNetwork = keyof typeof networks | keyof typeof longNetworks;
const nameOf: Record<MeasuredNetwork, string> = { ...networks, ...longNetworks };
const measuredNetworks = Object.keys(networks) as MeasuredNetwork[];
/** The networks on 784 steps whose gradients are kept. */
export const longMemories = Object.keys(longNetworks) as MeasuredNetwork[];

/** Mean length of the loss gradient at each step, smoothed, counted from the end and relative to the last steps. */
export function gradientByDistance(gradients: readonly ArrayLike<number>[]): Float64Array {
  const sums = Float64Array.from(gradients[0], (_, at) =>
    gradients.reduce((sum, values) => sum + Number(values[values.length - 1 - at]), 0),
  );
  const smooth = sums.map((_, at) => {
    const window = sums.subarray(Math.max(0, at - reach), at + reach + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
  return smooth.map((value) => value / smooth[0]);
}

interface Measured {
  name: string;
  runs: number;
  /** Runs without a curve: a network that failed to learn remembers nothing that could be measured. */
  failed: number;
  /** Runs whose gradient is zero at every step although their answers differ. */
  flat: number;
  /** Share of test images that the runs of the curve name rightly, on average. */
  accuracy: number | undefined;
  values: Float64Array | undefined;
}

/** The share of right answers. */
function shareRight({ confusion = [] }: Pick<RunRecord, 'confusion'>): number {
  const all = confusion.flat().reduce((sum, count) => sum + count, 0);
  return confusion.reduce((sum, row, label) => sum + row[label]!, 0) / all;
}

/** One network's curve over its runs, and how many of them have none. */
export function memoryOf(name: string, kept: readonly { record: Pick<RunRecord, 'confusion'>; values: readonly number[] }[]): Measured {
  const learned = kept.filter(({ record }) => !hardlyLearned(record));
  const felt = learned.filter(({ values }) => values.some((value) => value > 0));
  return {
    name,
    runs: kept.length,
    failed: kept.length - learned.length,
    flat: learned.length - felt.length,
    accuracy: felt.length > 0 ? felt.reduce((sum, { record }) => sum + shareRight(record), 0) / felt.length : undefined,
    values: felt.length > 0 ? gradientByDistance(felt.map(({ values }) => values)) : undefined,
  };
}

/** The gradients of the networks that were run, recorded or live, never both. */
function memories(
  live: readonly RunRecord[] | undefined,
  experiments: readonly MeasuredNetwork[],
): { compared: Comparison; measured: Measured[] } {
  const compared = comparisonOf(paper, experiments, live);
  const measured = experiments.flatMap((experiment) => {
    const kept = compared.of(experiment).records.flatMap((record) => {
      const values = runs.arrays(record)['inputGradient']?.values;
      return values ? [{ record, values: Array.from(values, Number) }] : [];
    });
    return kept.length === 0 ? [] : [memoryOf(nameOf[experiment], kept)];
  });
  return { compared, measured };
}

/** How many steps back the curves reach: all experiments of one figure read series of one length. */
const lengthOf = (experiments: readonly MeasuredNetwork[]): number => (experiments.some((each) => each in longNetworks) ? 784 : 196);

/** Figure 8: the two theories of forgetting, and what trained networks show. */
export function memoryFigure(live?: readonly RunRecord[], experiments: readonly MeasuredNetwork[] = measuredNetworks): Figure {
  const { compared, measured } = memories(live, experiments);
  const steps = lengthOf(experiments);
  const x = back(steps);
  const curves = [
    ...theories(steps).map((theory) => ({ ...theory, x, theory: true })),
    ...measured.flatMap(({ name, values }) => (values ? [{ name, values, x }] : [])),
  ];
  return memoryCurves(curves, {
    title: `How far back does the loss still feel the input? ${steps} steps`,
    subtitle: `mean |∂loss/∂input| over ${gradientDigits} test digits, running mean of ${2 * reach + 1} steps, relative to the last steps; ${compared.label}; full lines: measured; broken: theory, half-life and exponent chosen here`,
    height: 530 + legendHeight(curves.map(({ name }) => name)),
    xTitle: 'steps before the end',
    yTitle: 'gradient (last steps = 1)',
  });
}

/** By what factor a curve is away from a theory, on average over the steps. */
function factorFrom(values: ArrayLike<number>, theory: readonly number[]): number {
  return 2 ** (theory.reduce((sum, wanted, at) => sum + Math.abs(Math.log2(values[at] / wanted)), 0) / theory.length);
}

interface Fit {
  parameter: number;
  factor: number;
}

function closest(values: ArrayLike<number>, parameters: readonly number[], theory: Theory): Fit {
  return parameters
    .map((parameter) => ({ parameter, factor: factorFrom(values, theory(parameter, values.length)) }))
    .reduce((best, each) => (each.factor < best.factor ? each : best));
}

/** The exponential and the power law that come nearest to a curve. */
export const closestTheories = (values: ArrayLike<number>): { exponential: Fit; powerLaw: Fit } => ({
  exponential: closest(values, halfLives, exponential),
  powerLaw: closest(values, exponents, powerLaw),
});

/** To follow a theory is to stay within this factor of it, on average. */
const near = 2;

/** The mean of some values. */
const average = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Which theories a curve fits: of all speeds tried the nearest ones, and a level line, which is no forgetting. */
function fitWords(values: Float64Array): string {
  const { exponential: slow, powerLaw: power } = closestTheories(values);
  const level = factorFrom(values, new Array<number>(values.length).fill(1));
  const away = (factor: number) => `a factor of ${factor.toFixed(1)} away`;
  // At the slow end of the speeds tried a theory is a level line: where both are nearest there, nothing that forgets is nearer.
  const slowest = slow.parameter === halfLives.at(-1) && power.parameter === exponents.at(-1);
  if (slowest && level <= near) return `A level line fits (${away(level)}); no speed of forgetting tried fits better.`;
  const fits = [
    ...(slow.factor <= near ? [`half-life ${slow.parameter} steps (${away(slow.factor)})`] : []),
    ...(power.factor <= near ? [`exponent ${power.parameter} (${away(power.factor)})`] : []),
  ];
  if (fits.length > 0)
    return `Of all speeds tried these are nearest, and fit: ${fits.join(', ')}; a level line ${level <= near ? 'fits as well' : 'does not'} (${away(level)}).`;
  return `No speed fits, half-life ${halfLives[0]} to ${halfLives[halfLives.length - 1]} steps or exponent ${exponents[exponents.length - 1]} to ${exponents[0]}: the nearest is ${away(Math.min(slow.factor, power.factor))}.`;
}

/** What one network's curve says; or why it has none. */
export function curveWords({ name, runs: count, failed, flat, accuracy, values }: Measured): string[] {
  const of = `of ${count} run${count === 1 ? '' : 's'}`;
  const without = [
    ...(failed > 0 ? [`${failed} ${of} failed to learn`] : []),
    ...(flat > 0 ? [`the gradient of ${flat} ${of} is zero at every step`] : []),
  ].join(', ');
  if (!values) return [`${name} has no curve: ${without}.`];
  const steps = values.length;
  const first = values[steps - 1]!;
  const followed = theories(steps)
    .filter((theory) => factorFrom(values, theory.values) <= near)
    .map((theory) => `the ${theory.name}`);
  const drawn = followed.length > 0 ? `follows ${followed.join(' and ')}` : 'follows neither theory as drawn here';
  const scored = accuracy === undefined ? '' : ` (names ${percent(accuracy)} of the test digits rightly)`;
  return [
    `${name}${scored}: between ${Math.min(...values).toPrecision(2)} and ${Math.max(...values).toPrecision(2)} times the last steps, ${first.toPrecision(2)} at the first; it ${drawn}${without ? ` (left out: ${without})` : ''}.`,
    `  ${fitWords(values)}${first > 1 ? ' At the first steps it lies above the last: forgetting gives no such rise.' : ''}`,
    `  Beyond ${remembered} steps the gradient is on average ${(average(values.subarray(remembered)) / average(values.subarray(0, remembered))).toPrecision(2)} times that of the last ${remembered}.`,
  ];
}

/** Whether these curves can tell forgetting from the place of a pixel in the image; the random order can. */
function placeWords(experiments: readonly MeasuredNetwork[], measured: readonly Measured[]): string {
  const tied =
    'the distance from the end also says where in the image a pixel lies, so a falling curve may show empty border and a level one may hide fading';
  if (!experiments.includes(mixed)) return `In these orders ${tied}. Beside figure 8 stands one order in which it does not.`;
  const apart = measured.find(({ name }) => name === nameOf[mixed]);
  if (!apart?.values) return `In all orders shown ${tied}: how much they forget is open here.`;
  const curves = apart.runs - apart.failed - apart.flat;
  return `In all other orders ${tied}. Only the random order keeps distance and place apart: look at its curve first (${curves} run${curves === 1 ? '' : 's'}).`;
}

/** What figure 8 says: each curve's range, whether it follows a theory and which would be nearest, and why a network has no curve. */
export function memoryWords(live?: readonly RunRecord[], experiments: readonly MeasuredNetwork[] = measuredNetworks): string {
  const { compared, measured } = memories(live, experiments);
  const steps = lengthOf(experiments);
  const small = (value: number) => (value < 1e-4 ? 'less than 0.0001' : value.toFixed(4));
  const ends = theories(steps)
    .map(({ name, values }) => `${name}: ${small(values[steps - 1])}`)
    .join('; ');
  return wrapped(
    [
      `Gradients, ${compared.label}. At the first step the theories drawn leave: ${ends}. To follow one is to stay within a factor of ${near}, on average. The report says that beyond ${remembered} steps almost no information is left; a gradient is no amount of information.`,
      ...measured.flatMap(curveWords),
      ...(measured.length > 0 ? [placeWords(experiments, measured)] : []),
    ].join('\n'),
  );
}

/** The SimpleRNN as the report states it, at the rate that its library starts from, and with one change. */
const trainings = {
  '': 'as stated, default rate',
  '-clip': 'gradients clipped',
  '-slow': 'a tenth of the learning rate',
} as const;
type Change = keyof typeof trainings;
const changes = Object.keys(trainings) as Change[];
const readings = { hilbert: 'Hilbert order', row: 'row by row' } as const;
const inOrder = { hilbert: 'in Hilbert order', row: 'row by row' } as const;
const orders = Object.keys(readings) as (keyof typeof readings)[];

const simpleRnn = (order: keyof typeof readings, change: Change) => `rnn-14-${order}${change}`;

/** These runs, and the LSTM's beside them. */
function comparedRnns(live?: readonly RunRecord[]): Comparison {
  return comparisonOf(
    paper,
    [...changes.flatMap((change) => orders.map((order) => simpleRnn(order, change))), ...orders.map((order) => `lstm-14-${order}`)],
    live,
  );
}

/** What the SimpleRNN's own runs are; the LSTM beside them has a number of seeds of its own. */
const rnnLabel = (live?: readonly RunRecord[]): string =>
  comparisonOf(
    paper,
    changes.flatMap((change) => orders.map((order) => simpleRnn(order, change))),
    live,
  ).label;

/** The SimpleRNN's runs on 196 steps, one curve each: a mean over seeds would hide a run that breaks down. */
export function simpleRnnFigure(live?: readonly RunRecord[]): Figure | undefined {
  const compared = comparedRnns(live);
  const series = changes.flatMap((change) =>
    orders.flatMap((order, colour) =>
      compared.of(simpleRnn(order, change)).records.map(({ seed, curves }) => ({
        name: `${readings[order]}, seed ${seed}`,
        panel: trainings[change],
        runs: [curves['validationAccuracy']],
        colour,
        dash: (['solid', 'dash', 'dot'] as const)[(seed - 1) % 3],
      })),
    ),
  );
  if (series.length === 0) return undefined;
  const figure = learningCurves(series, {
    title: 'SimpleRNN on 14 × 14 digits, run by run',
    subtitle: `one curve a run, not a mean; ${rnnLabel(live)}`,
    yTitle: 'validation accuracy',
    headings: true,
  });
  // One range for all panels: each on its own scale, a failed training looks like a learned one.
  const layout = Object.entries(figure.layout).map(([key, value]) => [
    key,
    key.startsWith('yaxis') ? { ...(value as object), range: [0, 100] } : value,
  ]);
  return { ...figure, layout: Object.fromEntries(layout) };
}

/** What follows from how many trainings of each kind ended at a constant answer. */
export function simpleRnnMoral(recordsOf: (change: Change) => readonly RunRecord[]): string[] {
  const failures = (change: Change) => recordsOf(change).filter((record) => constantAnswer(record) !== undefined).length;
  if (failures('') === 0) return [];
  const moral = 'A comparison of the LSTM with a run that ended at a constant answer compares it with a training that failed.';
  const tried = changes.filter((change) => recordsOf(change).length > 0);
  if (tried.length < 2) return [moral];
  const share = (change: Change) => failures(change) / recordsOf(change).length;
  const counts = tried.map((change) => `${failures(change)} of ${recordsOf(change).length} ${trainings[change]}`);
  const named = (wanted: (change: Change) => boolean) => tried.filter(wanted).map((change) => trainings[change]);
  const helped = named((change) => change !== '' && recordsOf(change).every((record) => !hardlyLearned(record)));
  const fewer = named((change) => failures(change) > 0 && share(change) < share(''));
  const meaning = [
    ...(helped.length > 0
      ? [
          `With ${helped.join(' and ')} every training learned (more than ${LEARNED} times what one answer for all digits gets): the same network learns 196 steps, so it is not unable to.`,
        ]
      : []),
    ...(fewer.length > 0 ? [`With ${fewer.join(' and ')} fewer failed.`] : []),
    ...(helped.length + fewer.length === 0 ? ['None of these changes to the training helps: why it fails is open here.'] : []),
  ].join(' ');
  return [moral, failureWords(recordsOf('')), `Trainings that ended at a constant answer: ${counts.join('; ')}.`, meaning];
}

/** Of the trainings that ended at a constant answer: which had risen before, and which never did. */
function failureWords(records: readonly RunRecord[]): string {
  const failed = records.filter((record) => constantAnswer(record) !== undefined);
  const highest = (some: readonly RunRecord[]) => Math.max(...some.flatMap(({ curves }) => curves['validationAccuracy'] ?? []));
  const fell = failed.filter(brokeDown);
  const never = failed.filter((record) => !brokeDown(record));
  return `Trained as stated (Adam at its default rate), of ${failed.length} that failed ${fell.length} rose${fell.length > 0 ? ` (to ${percent(highest(fell))} at best) and fell back` : ''}; ${never.length} never rose${never.length > 0 ? ` (${percent(highest(never))} at best)` : ''}.`;
}

const shown = (share: number) => (100 * share).toFixed(2);

/** What became of each of these runs, beside the LSTM that reads in the same order. */
export function simpleRnnTable(live?: readonly RunRecord[]): TableData {
  const compared = comparedRnns(live);
  return {
    columns: [
      'SimpleRNN',
      'order',
      'seed',
      'validation %: epoch 1',
      'best (epoch)',
      'last',
      'test accuracy %',
      'always answers (digit)',
      'LSTM, same order: test accuracy %',
    ],
    rows: changes.flatMap((change) =>
      orders.flatMap((order) => {
        const beside = meanOf(compared.of(`lstm-14-${order}`), 'testAccuracy');
        return compared.of(simpleRnn(order, change)).records.map((record) => {
          const curve = record.curves['validationAccuracy'];
          const best = Math.max(...curve);
          return [
            trainings[change],
            readings[order],
            record.seed,
            shown(curve[0]),
            `${shown(best)} (${curve.indexOf(best) + 1})`,
            shown(curve[curve.length - 1]),
            shown(record.metrics['testAccuracy']),
            constantAnswer(record) ?? '–',
            beside === undefined ? '–' : shown(beside),
          ];
        });
      }),
    ),
  };
}

/** What follows from these runs: which trainings broke down, and how near the SimpleRNN comes to the LSTM where it was trained otherwise. */
export function simpleRnnWords(live?: readonly RunRecord[]): string {
  const compared = comparedRnns(live);
  const recordsOf = (change: Change) => orders.flatMap((order) => compared.of(simpleRnn(order, change)).records);
  if (changes.every((change) => recordsOf(change).length === 0)) return 'No SimpleRNN has been run yet.';
  const learned = changes.flatMap((change) => {
    const places = orders.flatMap((order) => {
      const mine = meanOf(compared.of(simpleRnn(order, change)), 'testAccuracy');
      const beside = meanOf(compared.of(`lstm-14-${order}`), 'testAccuracy');
      return mine === undefined ? [] : [`${percent(mine)} ${inOrder[order]}${beside === undefined ? '' : ` (LSTM ${percent(beside)})`}`];
    });
    const failed = recordsOf(change).some((record) => constantAnswer(record) !== undefined);
    return failed || places.length === 0 ? [] : [`SimpleRNN, ${trainings[change]}, test accuracy: ${places.join(', ')}.`];
  });
  return wrapped([`SimpleRNN ${rnnLabel(live)}.`, ...simpleRnnMoral(recordsOf), ...learned].join('\n'));
}
