/** How far back trained networks still feel their input, beside two theories; and how the SimpleRNN's training went. */
import { type Figure, learningCurves, memoryCurves } from '../../figures/index.js';
import { type RunRecord, runs } from '../../results/index.js';
import { type Comparison, comparisonOf } from '../evidence.js';
import { constantAnswer } from './constant.js';
import { gradientDigits } from './experiments.js';

const paper = 'hilbert-lstm';
const steps = 196;
/** Steps on either side of the running mean: neighbouring steps differ by what a digit happens to show there, nine keep the trend. */
const reach = 4;
/** Chosen here, for the report draws its two curves without numbers. */
const halfLife = 20;
const exponent = 1;

const back = Array.from({ length: steps }, (_, index) => index + 1);
const theories = [
  { name: `exponential, half-life ${halfLife} steps`, values: back.map((step) => 2 ** (-(step - 1) / halfLife)) },
  { name: `power law, exponent ${exponent}`, values: back.map((step) => step ** -exponent) },
];

const networks = {
  'rnn-14-row': 'SimpleRNN row by row',
  'lstm-14-row': 'LSTM row by row',
  'lstm-14-hilbert': 'LSTM Hilbert',
  'power-law-14-row': 'power-law LSTM row by row',
};
type MeasuredNetwork = keyof typeof networks;
const measuredNetworks = Object.keys(networks) as MeasuredNetwork[];

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
  records: readonly RunRecord[];
  /** Runs whose gradient is zero at every step: a curve relative to its end they do not have. */
  flat: readonly RunRecord[];
  values: Float64Array | undefined;
}

/** The gradients of the networks that were run, recorded or live, never both. */
function memories(
  live: readonly RunRecord[] | undefined,
  experiments: readonly MeasuredNetwork[],
): { compared: Comparison; measured: Measured[] } {
  const compared = comparisonOf(paper, experiments, live);
  const measured = experiments.flatMap((experiment) => {
    const name = networks[experiment];
    const kept = compared.of(experiment).records.flatMap((record) => {
      const values = runs.arrays(record)['inputGradient']?.values;
      return values ? [{ record, values: Array.from(values, Number) }] : [];
    });
    const felt = kept.filter(({ values }) => values.some((value) => value > 0));
    const flat = kept.filter((each) => !felt.includes(each)).map(({ record }) => record);
    const records = kept.map(({ record }) => record);
    return kept.length === 0
      ? []
      : [{ name, records, flat, values: felt.length > 0 ? gradientByDistance(felt.map(({ values }) => values)) : undefined }];
  });
  return { compared, measured };
}

/** Figure 8: the two theories of forgetting, and what trained networks show. */
export function memoryFigure(live?: readonly RunRecord[], experiments: readonly MeasuredNetwork[] = measuredNetworks): Figure {
  const { compared, measured } = memories(live, experiments);
  return memoryCurves(
    [
      ...theories.map((theory) => ({ ...theory, x: back, theory: true })),
      ...measured.flatMap(({ name, values }) => (values ? [{ name: `${name}, measured`, values, x: back }] : [])),
    ],
    {
      title: 'How far back does the loss still feel the input?',
      subtitle: `mean |∂loss/∂input| over ${gradientDigits} test digits, running mean of ${2 * reach + 1} steps, relative to the last steps; ${compared.label}; broken lines: theory, half-life and exponent chosen here`,
      xTitle: 'steps before the end',
      yTitle: 'gradient (last steps = 1)',
    },
  );
}

/** Does a curve stay within a factor of two of a theory, on average over the steps? */
function follows(values: ArrayLike<number>, theory: readonly number[]): boolean {
  const apart = theory.reduce((sum, wanted, at) => sum + Math.abs(Math.log2(values[at] / wanted)), 0) / theory.length;
  return apart <= 1;
}

/** What figure 8 says: each curve's range, whether it follows a theory, and why a network has no curve. */
export function memoryWords(live?: readonly RunRecord[], experiments: readonly MeasuredNetwork[] = measuredNetworks): string {
  const { compared, measured } = memories(live, experiments);
  const ends = theories.map(({ name, values }) => `${name}: ${values[steps - 1].toFixed(4)}`).join('; ');
  const lines = measured.map(({ name, records, flat, values }) => {
    const constant = flat.length > 0 && flat.every((record) => constantAnswer(record) !== undefined);
    const why = constant ? `: ${flat.length === 1 ? 'that network gives' : 'those networks give'} a constant answer` : '';
    const without = `the gradient of ${flat.length} of ${records.length} run${records.length === 1 ? '' : 's'} is zero at every step${why}`;
    if (!values) return `${name} has no curve: ${without}.`;
    const followed = theories.filter((theory) => follows(values, theory.values)).map((theory) => `the ${theory.name}`);
    const range = `between ${Math.min(...values).toPrecision(2)} and ${Math.max(...values).toPrecision(2)} times the last steps, ${values[steps - 1].toPrecision(2)} at the first`;
    return `${name}: ${range}; it follows ${followed.length > 0 ? followed.join(' and ') : 'neither theory'}${flat.length > 0 ? ` (${without} and left out)` : ''}.`;
  });
  return [
    `Gradients, ${compared.label}. At the first step the theories leave: ${ends}. To follow one is to stay within a factor of two, on average.`,
    ...lines,
  ].join('\n');
}

/** The SimpleRNN as the report trains it, and with one change. */
const trainings = { '': 'as the report trains', '-clip': 'gradients clipped', '-slow': 'a tenth of the learning rate' } as const;
type Change = keyof typeof trainings;
const changes = Object.keys(trainings) as Change[];
const readings = { hilbert: 'Hilbert order', row: 'row by row' } as const;
const orders = Object.keys(readings) as (keyof typeof readings)[];

const simpleRnn = (order: keyof typeof readings, change: Change) => `rnn-14-${order}${change}`;

function comparedRnns(live?: readonly RunRecord[]): Comparison {
  return comparisonOf(
    paper,
    changes.flatMap((change) => orders.map((order) => simpleRnn(order, change))),
    live,
  );
}

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
  return learningCurves(series, {
    title: 'SimpleRNN on 14 × 14 digits, run by run',
    subtitle: `validation accuracy; ${compared.label}`,
    yTitle: 'validation accuracy',
  });
}

/** What follows from how many trainings of each kind ended at a constant answer. */
export function simpleRnnMoral(recordsOf: (change: Change) => readonly RunRecord[]): string[] {
  const failures = (change: Change) => recordsOf(change).filter((record) => constantAnswer(record) !== undefined).length;
  if (failures('') === 0) return [];
  const moral = 'A comparison of the LSTM with a run that ended at a constant answer compares it with a training that broke down.';
  const tried = changes.filter((change) => recordsOf(change).length > 0);
  if (tried.length < 2) return [moral];
  const share = (change: Change) => failures(change) / recordsOf(change).length;
  const counts = tried.map((change) => `${failures(change)} of ${recordsOf(change).length} ${trainings[change]}`);
  const helped = tried.filter((change) => share(change) < share('')).map((change) => trainings[change]);
  const meaning =
    helped.length > 0
      ? `What helps (${helped.join(', ')}) changes the training and not the network: it broke down, it was not unable to learn.`
      : 'None of these changes to the training helps: why it breaks down is open here.';
  return [moral, `Trainings that ended at a constant answer: ${counts.join('; ')}.`, meaning];
}

/** What became of each of these runs, in words. */
export function simpleRnnWords(live?: readonly RunRecord[]): string {
  const compared = comparedRnns(live);
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const lines = changes.flatMap((change) =>
    orders.flatMap((order) =>
      compared.of(simpleRnn(order, change)).records.map((record) => {
        const curve = record.curves['validationAccuracy'];
        const best = Math.max(...curve);
        const always = constantAnswer(record);
        const end = always === undefined ? '' : `; it answers ${always} to every test digit`;
        return `SimpleRNN, ${readings[order]}, ${trainings[change]}, seed ${record.seed}: validation accuracy ${percent(curve[0])} after epoch 1, at best ${percent(best)} (epoch ${curve.indexOf(best) + 1}), at the end ${percent(curve[curve.length - 1])}${end}.`;
      }),
    ),
  );
  if (lines.length === 0) return 'No SimpleRNN has been run yet.';
  const moral = simpleRnnMoral((change) => orders.flatMap((order) => compared.of(simpleRnn(order, change)).records));
  return [`${compared.label}:`, ...lines, ...moral].join('\n');
}
