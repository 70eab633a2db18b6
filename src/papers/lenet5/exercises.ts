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

const partialC3: Exercise = {
  id: '01.1',
  misconception: 'every map of a convolution has to see every map before it',
  minutes: 3,
  stub: '0',
  question:
    'In 1998 the sixteen maps of C3 did not all see the six maps of S2: six of them saw 3, nine saw 4, one saw all 6. Each connection has 5 × 5 weights, each map one bias. How many trainable parameters has this C3?',
  hints: ['Count how many maps see how many: first the connections, in all.', 'Then 25 weights for each connection, and 16 biases.'],
  check(answer) {
    const [connections, maps] = [c3Connections.flat().length, c3Connections.length];
    const wanted = 25 * connections + maps;
    const full = 25 * 6 * 16 + 16;
    if (answer === wanted)
      return right(`Right: ${wanted.toLocaleString('en-US')}, against ${full.toLocaleString('en-US')} if every map saw all six.`);
    if (answer === full) return wrong('That is the C3 of today, where every map sees all six. In 1998 some connections were left out.');
    if (answer === wanted - maps) return wrong('Nearly: each of the 16 maps also has a bias.');
    if (answer === 26 * connections) return wrong('Nearly: a bias belongs to a map, not to each of its connections.');
    if (answer === connections) return wrong('That is the number of connections. Each has a window of weights of its own.');
    if (answer === 25 * maps || answer === 26 * maps)
      return wrong('That is one window a map. A map has a window of its own for each map that it sees.');
    return wrong('Two things are counted: the windows (one for each connection, 25 weights) and the biases (one for each map).');
  },
};

const roomForPool: Exercise = {
  id: '01.2',
  misconception: 'a pool of 2 × 2 can always halve a map',
  minutes: 4,
  stub: '0',
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

const fMeasure: Exercise = {
  id: '01.3',
  misconception: 'the F-measure is a plain mean, or whatever a printed formula says',
  minutes: 4,
  stub: '(precision, recall) => (2 * (precision + recall)) / (precision + recall)',
  question:
    "The report's formula (4) divides precision + recall by itself and doubles it: it is 2 whatever the classifier does. Write `(precision, recall) => number` as the F-measure is meant: the harmonic mean (0 if both are 0).",
  hints: ['The harmonic mean of two numbers a and b is 2 / (1 / a + 1 / b).', 'Multiply above and below by a · b: 2 · a · b / (a + b).'],
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

const kappaFrom = (accuracy: number, classes: number) => (accuracy - 1 / classes) / (1 - 1 / classes);

const kappaOfAccuracy: Exercise = {
  id: '01.4',
  misconception: 'a kappa of 0.75 and an accuracy of 98.9 % can belong to the same answers',
  minutes: 6,
  stub: '(accuracy, classes) => accuracy',
  question:
    "On a test set whose classes are equally frequent, Cohen's kappa follows from accuracy and the number of classes alone. Write `(accuracy, classes) => kappa`, with accuracy as a share (0.989). With more classes, does the same accuracy mean a higher kappa or a lower one?",
  hints: [
    'kappa = (observed − expected) / (1 − expected).',
    'Of k equally frequent classes a guess names the right one in one case of k, however the guesses are spread.',
  ],
  check(answer) {
    const cases = [
      [1, 10],
      [0.1, 10],
      [0.55, 10],
      [0.55, 2],
      [0.8, 4],
    ];
    for (const [accuracy, classes] of cases) {
      const { value, fault } = called(answer, accuracy, classes);
      if (fault) return wrong(fault);
      const wanted = kappaFrom(accuracy, classes);
      if (close(value, wanted, 1e-9)) continue;
      if (classes !== 10 && close(value, kappaFrom(accuracy, 10), 1e-9))
        return wrong(`That holds for ten classes. Of ${classes} classes a guess is right more often.`);
      return wrong(`For accuracy ${accuracy} and ${classes} classes kappa is ${wanted.toFixed(3)}; you give ${String(value)}.`);
    }
    const [ten, two] = [10, 2].map((classes) => kappaFrom(0.989, classes).toFixed(3));
    return right(
      `Right: 98.9 % is kappa ${ten} with ten classes and ${two} with two: the more classes, the less is left to guessing. No number of classes makes 0.75 of it.`,
    );
  },
};

const binaryIllusion: Exercise = {
  id: '01.5',
  misconception: '99 % "accuracy" of one-hot outputs is nearly perfect',
  minutes: 5,
  stub: '50',
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

const honestEpoch: Exercise = {
  id: '01.6',
  misconception: 'the best test epoch is what a training is worth',
  minutes: 5,
  stub: '(validation, test) => Math.max(...test)',
  question:
    'A training kept two curves: validation and test accuracy after each epoch. Write `(validation, test) => number`: the test accuracy to be reported, if the epoch to keep may be chosen.',
  hints: [
    'The test set must not take part in any choice.',
    'Choose the epoch with the best validation accuracy, report its test accuracy.',
  ],
  check(answer) {
    // No two epochs are equally good, and no number stands in both curves at its best: each way to go wrong is told by its number.
    const validation = [0.8, 0.85, 0.89, 0.87, 0.86];
    const test = [0.79, 0.86, 0.865, 0.88, 0.875];
    const chosen = validation.indexOf(Math.max(...validation));
    const { value, fault } = called(answer, [...validation], [...test]);
    if (fault) return wrong(fault);
    if (close(value, Math.max(...test)))
      return wrong('That is the best test accuracy: the test set chose the epoch, and the number is too good.');
    if (close(value, Math.max(...validation)))
      return wrong('That is a validation accuracy; it chose the epoch, so it is too good as well.');
    if (close(value, test[test.length - 1]))
      return wrong('That is the last epoch. Honest, but the question lets you choose by validation.');
    if (value === chosen) return wrong('That is the place of the epoch. Which test accuracy belongs to it?');
    const other = called(answer, [0.5, 0.4], [0.3, 0.9]).value;
    return close(value, test[chosen]) && close(other, 0.3)
      ? right('Right: validation chooses, the test set is asked once.')
      : wrong(`You give ${String(value)}: neither the best test epoch nor the last is asked for. Who may choose?`);
  },
};

export const exercises = { partialC3, roomForPool, fMeasure, kappaOfAccuracy, binaryIllusion, honestEpoch };
