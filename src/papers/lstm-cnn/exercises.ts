/** Exercises of notebook 02. Each names the misconception that it is after; every right answer is computed, never typed in. */
import type { Exercise, ExerciseResult } from '../../notebook/index.js';
import { studentQuantile, summarise } from '../../results/index.js';
import { chosenSettings, lopsidedMetrics } from './experiments.js';
import { parameterCount } from './models.js';

const right = (message: string): ExerciseResult => ({ passed: true, message });
const wrong = (message: string): ExerciseResult => ({ passed: false, message });
const close = (value: unknown, wanted: number, tolerance = 1e-6) => typeof value === 'number' && Math.abs(value - wanted) <= tolerance;

/** Calls a reader's function; what it throws becomes the message. */
function called(answer: unknown, ...values: unknown[]): { value?: unknown; fault?: string } {
  if (typeof answer !== 'function') return { fault: 'Give a function, not its result.' };
  try {
    return { value: (answer as (...values: unknown[]) => unknown)(...values) };
  } catch (error) {
    return { fault: `Your function stopped with: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export const cellParameters: Exercise = {
  id: '02.1',
  misconception: 'an LSTM has one weight matrix, as a dense layer has, and grows with its units as one',
  minutes: 4,
  stub: '0',
  question: `The LSTM of this notebook has ${chosenSettings.units} units and reads 28 rows of 28 pixels. How many parameters would this layer have, biases included, with half as many units, ${chosenSettings.units / 2}?`,
  hints: [
    'Every gate sees the row (28 numbers) and the last hidden state (one number per unit), and has a bias.',
    'There are three gates and a candidate: four times the same.',
  ],
  check(answer) {
    const units = chosenSettings.units / 2;
    const layer = (width: number) => 4 * (width * 28 + width * width + width);
    const wanted = layer(units);
    const full = layer(chosenSettings.units).toLocaleString('en-US');
    if (answer === wanted)
      return right(
        `Right: ${wanted.toLocaleString('en-US')}, less than half of ${full}, for half the units also see half the state. The number of rows does not enter: every step uses the same weights.`,
      );
    if (answer === layer(chosenSettings.units)) return wrong(`So many it has with ${chosenSettings.units} units, as figure 3 shows.`);
    if (answer === layer(chosenSettings.units) / 2)
      return wrong(`That is half of ${full}. But the state that every unit reads is halved, too.`);
    if (answer === wanted / 4) return wrong('That is one gate. How many are there, and what of the candidate?');
    if (answer === wanted * 28) return wrong('The weights are the same at every row: do not count them 28 times.');
    if (answer === wanted - 4 * units) return wrong('Nearly: the biases are missing.');
    if (answer === 4 * (units * 28 + units)) return wrong('The gates also see the last hidden state.');
    return wrong('Draw the four arrows of figure 1 and count what comes in at one of them.');
  },
};

export const cellStep: Exercise = {
  id: '02.2',
  misconception: 'new content replaces what a cell remembers',
  minutes: 6,
  stub: '(f, g, o, before) => [0, 0]',
  question:
    'Some cells have one gate less: what they forget makes room for just as much that is new, i = 1 − f. Write one step of such a cell for one unit, `(f, g, o, before) => [c, h]`: f and o are already squashed, g is the candidate, `before` is what the cell held, `c` what it holds now and `h` what it shows. For which f does it hold on to everything?',
  hints: [
    'Read the last two equations of figure 1, c and h, and put 1 − f in the place of i.',
    'A weighted mean of `before` and g, with the weights f and 1 − f; then squashed by tanh and let through by o.',
  ],
  check(answer) {
    for (const [f, g, o, before] of [
      [0.9, -0.7, 0.6, 1.3],
      [0, 0.5, 1, 4],
      [1, 0.9, 0.3, -2],
    ]) {
      const { value, fault } = called(answer, f, g, o, before);
      if (fault) return wrong(fault);
      const cell = f * before + (1 - f) * g;
      const [c, h] = Array.isArray(value) ? (value as unknown[]) : [];
      if (!close(c, cell) && (close(c, (1 - f) * g, 1e-9) || close(c, g, 1e-9)))
        return wrong('Your cell forgets everything: where does `before` come in?');
      if (!close(c, cell) && close(c, (1 - f) * before + f * g)) return wrong('The other way round: f says how much of `before` is kept.');
      if (!close(c, cell) && close(c, f * before + g))
        return wrong('All of the candidate comes in. How much room did forgetting make for it?');
      if (!close(c, cell))
        return wrong(`With f = ${f}, g = ${g} and before = ${before} the cell holds ${cell.toFixed(3)}; yours gives ${String(c)}.`);
      if (close(h, o * cell, 1e-9) && !close(h, o * Math.tanh(cell), 1e-9))
        return wrong('The cell is right. What squashes it before it is shown?');
      if (!close(h, o * Math.tanh(cell))) return wrong('The cell is right; look at the last equation of figure 1 again for h.');
    }
    return right('Right: a product to forget, a sum to learn. With f = 1 nothing is lost, and nothing is learned either.');
  },
};

export const constantAnswer: Exercise = {
  id: '02.3',
  misconception: '80 % right is good, without knowing how often each class occurs',
  minutes: 4,
  stub: '(labels) => 0',
  question:
    'Write `(labels: number[]) => number`: the share of patches that a "network" gets right if it gives every patch the same answer, the better one of the two (0 or 1).',
  hints: ['Count the ones; all others are zeros.', 'The larger of the two counts, divided by all.'],
  check(answer) {
    const cases = [
      [0, 0, 0, 1],
      [1, 1, 0, 1, 1],
      [0, 1],
    ];
    for (const labels of cases) {
      const { value, fault } = called(answer, [...labels]);
      if (fault) return wrong(fault);
      const ones = labels.filter((label) => label === 1).length;
      const wanted = Math.max(ones, labels.length - ones) / labels.length;
      if (close(value, 100 * wanted) && !close(value, wanted)) return wrong('A share lies between 0 and 1, not in per cent.');
      if (!close(value, wanted)) return wrong(`For ${JSON.stringify(labels)} it is ${wanted}; yours gives ${String(value)}.`);
    }
    return right('Right. On the complete IDC archive this is 71.6 %: the line that accuracy must pass before it says anything.');
  },
};

export const balanced: Exercise = {
  id: '02.4',
  misconception: 'balanced accuracy is accuracy on a balanced set, or the mean of precision and recall',
  minutes: 6,
  stub: '(confusion) => 0',
  question:
    'Write `(confusion: number[][]) => number` for the balanced accuracy of two classes; rows are what a patch is, columns what it was taken for.',
  hints: ['How many of the negative patches are right? How many of the positive ones?', 'The mean of the two shares, each by its own row.'],
  check(answer) {
    for (const confusion of [
      [
        [90, 10],
        [5, 5],
      ],
      [
        [40, 0],
        [10, 0],
      ],
      [
        [7, 3],
        [2, 18],
      ],
    ]) {
      const { value, fault } = called(answer, confusion);
      if (fault) return wrong(fault);
      const { balancedAccuracy, f1 } = lopsidedMetrics(confusion);
      const [[a, b], [c, d]] = confusion;
      if (close(value, balancedAccuracy)) continue;
      if (close(value, (a + d) / (a + b + c + d))) return wrong('That is plain accuracy: the larger class has more say.');
      if (close(value, f1)) return wrong('That is F1: it does not look at the negative patches that are right.');
      if (close(value, (a / (a + c) + d / (b + d)) / 2)) return wrong('You divided by columns: those are precisions. Divide by rows.');
      return wrong(`For ${JSON.stringify(confusion)} it is ${balancedAccuracy.toFixed(3)}; yours gives ${String(value)}.`);
    }
    return right('Right: whoever always says "negative" gets one half, however few positive patches there are.');
  },
};

function splitFault(patients: readonly number[], share: number, value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'Return an array of positions.';
  const test = new Set(value as number[]);
  if ([...test].some((position) => !Number.isInteger(position) || position < 0 || position >= patients.length))
    return `Positions run from 0 to ${patients.length - 1}.`;
  const held = new Set([...test].map((position) => patients[position]));
  const crossing = patients.findIndex((patient, position) => held.has(patient) && !test.has(position));
  if (crossing >= 0) return `Patient ${patients[crossing]} has patches on both sides: that is the leak.`;
  const got = test.size / patients.length;
  if (got < share / 2 || got > share * 1.6)
    return `No patient crosses, but the test part holds ${(100 * got).toFixed(0)} % of the patches; about ${(100 * share).toFixed(0)} % are wanted.`;
  return undefined;
}

export const honestSplit: Exercise = {
  id: '02.5',
  misconception: 'a random split is an honest one',
  minutes: 8,
  stub: '(patients, share) => []',
  question:
    'Write `(patients: number[], share: number) => number[]`. `patients[k]` is the patient of patch k. Return the positions of the test patches: about `share` of all, and no patient on both sides.',
  hints: [
    'Decide patient by patient, not patch by patch.',
    'Walk through the patients and put all patches of each into the test part until there are enough.',
  ],
  check(answer) {
    const mixed = Array.from({ length: 200 }, (_, patch) => (patch * 7) % 20);
    const uneven = Array.from({ length: 20 }, (_, patient) => Array.from({ length: 4 + (patient % 5) }, () => patient)).flat();
    for (const patients of [mixed, uneven]) {
      const { value, fault } = called(answer, [...patients], 0.25);
      const problem = fault ?? splitFault(patients, 0.25, value);
      if (problem) return wrong(problem);
    }
    return right(
      'Right: no patient is on both sides. This split asks whether a new patient would be judged well, which is what one wants to know.',
    );
  },
};

type Pair = readonly [readonly number[], readonly number[]];

/** The seeds differ by much, the second model from the first always by the same little. */
const pairA: Pair = [
  [97.1, 98.0, 96.2, 99.0, 97.6],
  [96.9, 97.81, 95.98, 98.8, 97.42],
];
/** The means differ by more, but by chance. */
const pairB: Pair = [
  [97.1, 98.0, 96.2, 99.0, 97.6],
  [98.2, 96.1, 97.9, 95.0, 98.1],
];
const pairC: Pair = [
  [97, 97.1, 97.2, 97.3, 97.4],
  [97.9, 98.05, 98.12, 98.2, 98.31],
];
const inWords = ([first, second]: Pair) => `${first.join(', ')} against ${second.join(', ')}`;
const differences = ([first, second]: Pair) => first.map((score, seed) => score - second[seed]);
const differencesOf = (pair: Pair) =>
  differences(pair)
    .map((each) => each.toFixed(2).replace('-', '−'))
    .join(', ');

function isCertain(pair: Pair): boolean {
  const { mean, sd, n } = summarise(differences(pair));
  return Math.abs(mean) > (studentQuantile(0.95, n - 1) * sd!) / Math.sqrt(n);
}

export const pairedSeeds: Exercise = {
  id: '02.6',
  misconception: 'two lists of scores must lie far apart for their difference to be certain',
  minutes: 10,
  stub: '{"certain":"?","test":"(first, second) => true"}',
  question: `Two pairs of models, trained with the same five seeds each; accuracies seed by seed. Pair A: ${inWords(pairA)}. Pair B: ${inWords(pairB)}. Decide by eye first: the difference of which pair is certain, "A" or "B"? Then write the test, \`(first: number[], second: number[]) => boolean\`: does the 95 % interval of the mean *paired* difference leave out zero?`,
  hints: [
    'Certain is what comes out the same each time: write down the five differences of a pair, seed by seed.',
    "The interval is the mean of the differences ± 2.776 · s / √5: s is their standard deviation (divide by 4), 2.776 Student's t for five pairs.",
  ],
  check(answer) {
    const { certain, test } = (answer ?? {}) as { certain?: unknown; test?: unknown };
    if (certain !== 'A' && certain !== 'B') return wrong('Which pair, "A" or "B"? A guess will do to begin with.');
    const chosen = certain === 'A' ? pairA : pairB;
    if (!isCertain(chosen))
      return wrong(`The means of pair ${certain} lie further apart, but seed by seed its differences are ${differencesOf(chosen)}.`);
    for (const pair of [pairA, pairB, pairC]) {
      const [first, second] = pair;
      const { value, fault } = called(test, [...first], [...second]);
      if (fault) return wrong(`Pair ${certain} it is. Now the test: ${fault}`);
      const wanted = isCertain(pair);
      if (value !== wanted)
        return wrong(`For ${inWords(pair)} the answer is ${wanted ? 'yes' : 'no'}: the differences are ${differencesOf(pair)}.`);
    }
    return right(
      'Right: pairs take the luck of a seed out of the comparison, so a small difference can be certain and a large one can be chance.',
    );
  },
};

export const equalSize: Exercise = {
  id: '02.7',
  misconception: '"equal settings" means a network of equal size',
  minutes: 6,
  stub: '128',
  question: `With ${chosenSettings.filters} filters of width 3 the CNN is smaller than the LSTM + CNN. How many filters (nearest whole number) give the CNN about as many *trainable* parameters as the LSTM + CNN?`,
  hints: [
    'The CNN: 2 for batch normalisation (figure 3 counts 2 more, which are measured and not trained), 84 · filters + filters for the convolution over 28-pixel rows, then 28 · filters · 10 + 10 for the classes.',
    '`lstmCnn.parameterCount({ architecture: "cnn", units: filters, filters, … })` counts for you; try some widths. (A CNN has no units: what stands there does not matter.)',
  ],
  check(answer) {
    const options = { image: [28, 28, 1] as [number, number, number], classes: 10, kernelSize: chosenSettings.kernelSize };
    const wanted = parameterCount({ ...options, ...chosenSettings, architecture: 'lstm-cnn' });
    const got = (filters: number) => parameterCount({ ...options, architecture: 'cnn', units: filters, filters });
    if (typeof answer !== 'number' || !Number.isInteger(answer) || answer < 1) return wrong('Give a whole number of filters.');
    const off = Math.abs(got(answer) - wanted);
    const best = off <= Math.min(Math.abs(got(answer + 1) - wanted), Math.abs(got(Math.max(1, answer - 1)) - wanted));
    const words = `${answer} filters make ${got(answer).toLocaleString('en-US')} trainable parameters, the LSTM + CNN has ${wanted.toLocaleString('en-US')}`;
    return best ? right(`Right: ${words}. So "identical parameters" can mean two quite different things.`) : wrong(`${words}.`);
  },
};
