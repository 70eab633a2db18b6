/** Exercises of notebook 01, easiest first. Each names the misconception that it is after; every right answer is computed, never typed in. */
import { oneVersusRestAccuracy } from '../../metrics/index.js';
import type { Exercise, ExerciseResult } from '../../notebook/index.js';
import { c3Connections } from './layers.js';

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

/** Misconception: that every map of a convolution must see every map before it. */
const partialC3: Exercise = {
  id: '01.1',
  question:
    'In 1998 the sixteen maps of C3 did not all see the six maps of S2: six of them saw 3, nine saw 4, one saw all 6. Each connection has 5 × 5 weights, each map one bias. How many trainable parameters has this C3?',
  hints: ['How many connections of maps are there in all? 6 · 3 + 9 · 4 + 1 · 6.', '25 weights for each connection, then 16 biases.'],
  check(answer) {
    const wanted = 25 * c3Connections.flat().length + c3Connections.length;
    const full = 25 * 6 * 16 + 16;
    if (answer === wanted)
      return right(`Right: ${wanted.toLocaleString('en-US')}, against ${full.toLocaleString('en-US')} if every map saw all six.`);
    if (answer === full) return wrong('That is the C3 of today, where every map sees all six. In 1998 some connections were left out.');
    if (answer === wanted - c3Connections.length) return wrong('Nearly: each of the 16 maps also has a bias.');
    return wrong('Not that number.');
  },
};

/** Misconception: that a 2 × 2 pool can always halve a map. */
const roomForPool: Exercise = {
  id: '01.2',
  question:
    'The proposed network pools after C5, where a 32 × 32 picture has shrunk to 1 × 1. How wide must the (square) picture be at least, so that C5 leaves 2 × 2 and the third pool has something to do?',
  hints: [
    'A 5 × 5 convolution takes 4 off the width, a 2 × 2 pool halves it.',
    'Go backwards: 2 after C5 means 6 before it, 12 before S4 …',
  ],
  check(answer) {
    const afterC5 = (width: number) => Math.floor((Math.floor((width - 4) / 2) - 4) / 2) - 4;
    let wanted = 32;
    while (afterC5(wanted) < 2) wanted++;
    if (answer === wanted) return right(`Right: ${wanted}. On 32 × 32 the third pool is an ornament.`);
    if (typeof answer !== 'number') return wrong('Give a number of pixels.');
    const got = afterC5(answer);
    return wrong(
      got < 2
        ? `With ${answer} pixels C5 leaves ${Math.max(0, got)} × ${Math.max(0, got)}.`
        : `${answer} pixels are enough, but fewer would do.`,
    );
  },
};

/** Misconception: that the F-measure is a plain mean, or whatever a printed formula says. */
const fMeasure: Exercise = {
  id: '01.3',
  question:
    "The report's formula (4) divides precision + recall by itself and doubles it: it is 2 whatever the classifier does. Write `(precision, recall) => number` as the F-measure is meant: the harmonic mean.",
  hints: ['The harmonic mean of two numbers is 2 / (1 / a + 1 / b).', 'What if both are 0? Then F is 0, not NaN.'],
  check(answer) {
    const lopsided = called(answer, 1, 0.5);
    if (lopsided.fault) return wrong(lopsided.fault);
    if (close(lopsided.value, 2)) return wrong('That is the formula as printed: always 2.');
    if (close(lopsided.value, 0.75)) return wrong('That is the plain mean. The harmonic mean punishes the smaller number more.');
    if (!close(lopsided.value, 2 / 3)) return wrong(`For precision 1 and recall 0.5 you give ${String(lopsided.value)}.`);
    if (!close(called(answer, 0, 0).value, 0)) return wrong('For 0 and 0 it should be 0.');
    return close(called(answer, 0.99, 1).value, 1.98 / 1.99)
      ? right('Right. (0.99 and 1.00 give 0.99497, which rounds to the 0.99 of table 1.)')
      : wrong('For 0.99 and 1 it is wrong.');
  },
};

/** Misconception: that a kappa of 0.75 and an accuracy of 98.9 % can belong to the same answers. */
const kappaOfAccuracy: Exercise = {
  id: '01.4',
  question:
    "On a test set with ten equally frequent classes, Cohen's kappa follows from accuracy alone. Write `(accuracy) => kappa`, with accuracy as a share (0.989), and look what 98.9 % would mean.",
  hints: [
    'kappa = (observed − expected) / (1 − expected).',
    'Ten equal classes: a guess is right in one case of ten, however the guesses are spread.',
  ],
  check(answer) {
    for (const accuracy of [1, 0.1, 0.55]) {
      const { value, fault } = called(answer, accuracy);
      if (fault) return wrong(fault);
      const wanted = (accuracy - 0.1) / 0.9;
      if (!close(value, wanted, 1e-9)) return wrong(`For accuracy ${accuracy} kappa is ${wanted.toFixed(3)}; you give ${String(value)}.`);
    }
    const claimed = (0.989 - 0.1) / 0.9;
    return right(
      `Right: 98.9 % is kappa ${claimed.toFixed(3)}, and kappa 0.75 is ${(100 * (0.75 * 0.9 + 0.1)).toFixed(1)} % accuracy. Both cannot be the same run.`,
    );
  },
};

/** Misconception: that 99 % "accuracy" of one-hot outputs is nearly perfect. */
const binaryIllusion: Exercise = {
  id: '01.5',
  question:
    'A network that is always sure of itself names half of the images of a set with 100 classes rightly. How large is its *binary* accuracy, the share of all its one-hot outputs that are right, in per cent?',
  hints: [
    'A rightly named image has all 100 outputs right.',
    'A wrongly named image has exactly two wrong outputs: the one it says and the one it should say.',
  ],
  check(answer) {
    // 100 classes, one image each right and one wrong, each wrong one taken for the next class.
    const matrix = Array.from({ length: 100 }, (_, actual) =>
      Array.from({ length: 100 }, (_unused, predicted) => (predicted === actual ? 1 : predicted === (actual + 1) % 100 ? 1 : 0)),
    );
    const wanted = 100 * oneVersusRestAccuracy(matrix);
    if (close(answer, wanted, 0.005))
      return right(`Right: ${wanted.toFixed(1)} %, and half of the answers are wrong. The more classes, the kinder the number.`);
    if (close(answer, 50, 0.005)) return wrong('That is the plain accuracy. Count outputs, not images.');
    return close(answer, wanted / 100, 1e-4)
      ? wrong('Right share; give it in per cent.')
      : wrong('Count the wrong outputs of one wrongly named image.');
  },
};

/** Misconception: that the best test epoch is what a training is worth. */
const honestEpoch: Exercise = {
  id: '01.6',
  question:
    'A training kept two curves: validation and test accuracy after each epoch. Write `(validation, test) => number`: the test accuracy to be reported, if the epoch to keep may be chosen.',
  hints: [
    'The test set must not take part in any choice.',
    'Choose the epoch with the best validation accuracy (the first of equals), report its test accuracy.',
  ],
  check(answer) {
    const validation = [0.8, 0.85, 0.88, 0.87, 0.88];
    const test = [0.79, 0.86, 0.865, 0.88, 0.87];
    const { value, fault } = called(answer, validation, test);
    if (fault) return wrong(fault);
    if (close(value, Math.max(...test)))
      return wrong('That is the best test accuracy: the test set chose the epoch, and the number is too good.');
    if (close(value, Math.max(...validation)))
      return wrong('That is a validation accuracy; it chose the epoch, so it is too good as well.');
    if (close(value, test[test.length - 1]))
      return wrong('That is the last epoch. Honest, but the question lets you choose by validation.');
    const other = called(answer, [0.5, 0.4], [0.3, 0.9]).value;
    return close(value, test[2]) && close(other, 0.3)
      ? right('Right: validation chooses, the test set is asked once.')
      : wrong(`You give ${String(value)}.`);
  },
};

export const exercises = { partialC3, roomForPool, fMeasure, kappaOfAccuracy, binaryIllusion, honestEpoch };
