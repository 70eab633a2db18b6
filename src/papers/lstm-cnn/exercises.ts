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

/** Misconception: that an LSTM has one weight matrix, as a dense layer has. */
export const cellParameters: Exercise = {
  id: '02.1',
  question: `The LSTM reads 28 rows of 28 pixels and has ${chosenSettings.units} units. How many parameters has this layer, biases included?`,
  hints: [
    'Every gate sees the row (28 numbers) and the last hidden state (one number per unit), and has a bias.',
    'There are three gates and a candidate: four times the same.',
  ],
  check(answer) {
    const { units } = chosenSettings;
    const wanted = 4 * (units * 28 + units * units + units);
    if (answer === wanted)
      return right(`Right: ${wanted.toLocaleString('en-US')}, whatever the number of rows: every step uses the same weights.`);
    if (answer === wanted / 4) return wrong('That is one gate. How many are there, and what of the candidate?');
    if (answer === wanted * 28) return wrong('The weights are the same at every row: do not count them 28 times.');
    if (answer === wanted - 4 * units) return wrong('Nearly: the biases are missing.');
    if (answer === 4 * (units * 28 + units)) return wrong('The gates also see the last hidden state.');
    return wrong('Not that number. Draw the four arrows of figure 1 and count what comes in.');
  },
};

/** Misconception: that new content replaces what a cell remembers. */
export const cellStep: Exercise = {
  id: '02.2',
  question:
    'Write one step of the cell for one unit, `(f, i, g, o, before) => [c, h]`: the gates are already squashed, `before` is what the cell held, `c` what it holds now and `h` what it shows.',
  hints: ['Read the last two equations of figure 1: c and h.', 'c = f · before + i · g, then h = o · tanh(c).'],
  check(answer) {
    for (const [f, i, g, o, before] of [
      [0.9, 0.2, -0.7, 0.6, 1.3],
      [0, 1, 0.5, 1, 4],
      [1, 0, 0.9, 0.3, -2],
    ]) {
      const { value, fault } = called(answer, f, i, g, o, before);
      if (fault) return wrong(fault);
      const cell = f * before + i * g;
      const [c, h] = Array.isArray(value) ? (value as unknown[]) : [];
      if (close(c, i * g, 1e-9) && !close(c, cell, 1e-9)) return wrong('Your cell forgets everything: where does `before` come in?');
      if (!close(c, cell))
        return wrong(
          `With f = ${f}, i = ${i}, g = ${g} and before = ${before} the cell holds ${cell.toFixed(3)}; yours gives ${String(c)}.`,
        );
      if (close(h, o * cell, 1e-9) && !close(h, o * Math.tanh(cell), 1e-9))
        return wrong('The cell is right. What squashes it before it is shown?');
      if (!close(h, o * Math.tanh(cell))) return wrong('The cell is right; look at the last equation of figure 1 again for h.');
    }
    return right('Right: a product to forget, a sum to learn. With f = 1 and i = 0 nothing is ever lost.');
  },
};

/** Misconception: that 80 % right is good without knowing how often each class occurs. */
export const constantAnswer: Exercise = {
  id: '02.3',
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

/** Misconception: that balanced accuracy is accuracy on a balanced set, or the mean of precision and recall. */
export const balanced: Exercise = {
  id: '02.4',
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

/** Misconception: that a random split is an honest one. */
export const honestSplit: Exercise = {
  id: '02.5',
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

/** Misconception: that two lists of scores must be far apart for their difference to be certain. */
export const pairedSeeds: Exercise = {
  id: '02.6',
  question:
    'Two models were trained with the same five seeds. Write `(first: number[], second: number[]) => boolean`: is the mean of the *paired* differences further from zero than 2.776 · s / √5, where s is their standard deviation (divide by 4)?',
  hints: [
    'First take the five differences, seed by seed.',
    "Then their mean and their standard deviation; 2.776 is Student's t for five pairs.",
  ],
  check(answer) {
    const cases: [number[], number[]][] = [
      // The seeds differ by much, the models always by the same little.
      [
        [97.1, 98.0, 96.2, 99.0, 97.6],
        [96.9, 97.81, 95.98, 98.8, 97.42],
      ],
      // The means differ by more, but by chance.
      [
        [97.1, 98.0, 96.2, 99.0, 97.6],
        [98.2, 96.1, 97.9, 95.0, 98.1],
      ],
      [
        [97, 97.1, 97.2, 97.3, 97.4],
        [97.9, 98.05, 98.12, 98.2, 98.31],
      ],
    ];
    for (const [first, second] of cases) {
      const { value, fault } = called(answer, [...first], [...second]);
      if (fault) return wrong(fault);
      const { mean, sd, n } = summarise(first.map((score, seed) => score - second[seed]));
      const wanted = Math.abs(mean) > (studentQuantile(0.95, n - 1) * sd!) / Math.sqrt(n);
      if (value !== wanted)
        return wrong(
          `For ${first.join(', ')} against ${second.join(', ')} the answer is ${wanted ? 'yes' : 'no'}: the differences are ${first.map((score, seed) => (score - second[seed]).toFixed(2)).join(', ')}.`,
        );
    }
    return right(
      'Right: pairs take the luck of a seed out of the comparison, so a small difference can be certain and a large one can be chance.',
    );
  },
};

/** Misconception: that "equal settings" means a network of equal size. */
export const equalSize: Exercise = {
  id: '02.7',
  question: `With ${chosenSettings.filters} filters of width 3 the CNN is smaller than the LSTM + CNN. How many filters (nearest whole number) give the CNN about as many parameters as the LSTM + CNN?`,
  hints: [
    'The CNN: 2 for batch normalisation, 84 · filters + filters for the convolution over 28-pixel rows, then 28 · filters · 10 + 10 for the classes.',
    '`lstmCnn.parameterCount({ architecture: "cnn", … })` counts for you; try some widths.',
  ],
  check(answer) {
    const options = { image: [28, 28, 1] as [number, number, number], classes: 10, kernelSize: chosenSettings.kernelSize };
    const wanted = parameterCount({ ...options, ...chosenSettings, architecture: 'lstm-cnn' });
    const got = (filters: number) => parameterCount({ ...options, architecture: 'cnn', units: filters, filters });
    if (typeof answer !== 'number' || !Number.isInteger(answer) || answer < 1) return wrong('Give a whole number of filters.');
    const off = Math.abs(got(answer) - wanted);
    const best = off <= Math.min(Math.abs(got(answer + 1) - wanted), Math.abs(got(Math.max(1, answer - 1)) - wanted));
    const words = `${answer} filters make ${got(answer).toLocaleString('en-US')} parameters, the LSTM + CNN has ${wanted.toLocaleString('en-US')}`;
    return best ? right(`Right: ${words}. So "identical parameters" can mean two quite different things.`) : wrong(`${words}.`);
  },
};
