/** Exercises of notebook 03. Each names the misconception that it is after; its check computes the answer, nothing is typed in. */
import { classReport } from '../../metrics/index.js';
import type { Exercise } from '../../notebook/index.js';
import { RandomSequence } from '../../runtime/index.js';
import { exaggeratedIterations } from './maps.js';
import { aggregate, idleNumbers, lstmParameters, narrowSize, type Size, wideSize } from './models.js';

const close = (answer: unknown, wanted: number, tolerance: number) => typeof answer === 'number' && Math.abs(answer - wanted) <= tolerance;

/** Calls a reader's function and turns what it throws into a message. */
function attempt<Result>(answer: unknown, ...values: unknown[]): { result: Result } | { fault: string } {
  if (typeof answer !== 'function') return { fault: 'Give a function, not its result.' };
  try {
    return { result: (answer as (...values: unknown[]) => Result)(...values) };
  } catch (error) {
    return { fault: `Your function stopped with: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export const mirrorImage: Exercise = {
  id: '03.1',
  misconception: 'a mirror image is the row of all pixels read backwards',
  minutes: 5,
  stub: '(pixels, width) => pixels',
  question:
    'Write `(pixels: number[], width: number) => number[]` that gives the mirror image, left and right exchanged. The pixels stand row by row.',
  hints: [
    'For [1, 2, 3, 4, 5, 6] and width 3 the answer is [3, 2, 1, 6, 5, 4].',
    'Pixel `at` is in column `at % width`; its mirror stands in column `width − 1 − at % width` of the same row.',
  ],
  check: (answer) => {
    const pixels = Array.from({ length: 20 }, (_, at) => at);
    const tried = attempt<unknown>(answer, [...pixels], 5);
    if ('fault' in tried) return { passed: false, message: tried.fault };
    const given = tried.result as ArrayLike<number> | undefined;
    if (!given || typeof given !== 'object' || given.length !== 20)
      return { passed: false, message: 'Return as many pixels as you were given.' };
    const mirrored = Array.from(given);
    const passed = mirrored.every((value, at) => value === at - (at % 5) + 4 - (at % 5));
    if (passed) return { passed, message: 'Right, on a 4 × 5 image too.' };
    const turned = mirrored.every((value, at) => value === 19 - at);
    return {
      passed,
      message: turned
        ? 'That turns the image upside down as well: rows stay where they are.'
        : 'On a 4 × 5 image some pixels end up in the wrong place.',
    };
  },
};

export const aggregatedOutput: Exercise = {
  id: '03.2',
  misconception: 'two answers are put together by taking their mean',
  minutes: 5,
  stub: '(direct, mirrored) => 0',
  question:
    'A network gives ten probabilities for an image and ten for its mirror image. Write the rule by which the report makes one label of them (section 4), `(direct: number[], mirrored: number[]) => number`.',
  hints: [
    '`[...direct, ...mirrored]` has twenty entries; at which place is the largest?',
    'Places 10 to 19 belong to labels 0 to 9 again: the remainder by ten.',
  ],
  check: (answer) => {
    const random = new RandomSequence(3);
    const pairs = Array.from({ length: 200 }, () => [0, 1].map(() => Float32Array.from({ length: 10 }, () => random.next())));
    const given: number[] = [];
    for (const [direct, mirrored] of pairs) {
      const tried = attempt<number>(answer, Array.from(direct), Array.from(mirrored));
      if ('fault' in tried) return { passed: false, message: tried.fault };
      given.push(tried.result);
    }
    const wanted = pairs.map(([direct, mirrored]) => aggregate(direct, mirrored, 10)[0]);
    const missed = given.findIndex((label, at) => label !== wanted[at]);
    if (missed < 0) return { passed: true, message: 'Right, on 200 pairs of vectors drawn by lot.' };
    if (given.every((label, at) => label % 10 === wanted[at]))
      return { passed: false, message: 'You answer with a place among twenty; the labels go from 0 to 9.' };
    if (given.every((label, at) => label === aggregate(...(pairs[at] as [Float32Array, Float32Array]), 10, 'mean')[0]))
      return { passed: false, message: 'That is the mean rule; 03.3 asks when the two differ. In the report the surest answer decides.' };
    return { passed: false, message: `For one pair of vectors the answer is ${wanted[missed]}, you say ${given[missed]}.` };
  },
};

export const ruleThatDiffers: Exercise = {
  id: '03.3',
  misconception: 'the surest answer is always the one that both answers together favour',
  minutes: 6,
  stub: '[[1, 0, 0], [1, 0, 0]]',
  question:
    'Find two vectors of three probabilities, as `[[a, b, c], [d, e, f]]`, for which the largest single probability and the largest *mean* name different labels. Each vector sums to 1.',
  hints: [
    'One image is very sure of label 0; the other is very sure that it is not 0.',
    'Try 0.6 for label 0 in the first, and let both like label 1 well enough.',
  ],
  check: (answer) => {
    const pair = answer as number[][];
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((vector) => !Array.isArray(vector) || vector.length !== 3))
      return { passed: false, message: 'Give two vectors of three numbers each.' };
    if (pair.some((vector) => vector.some((value) => !(value >= 0)) || Math.abs(vector[0] + vector[1] + vector[2] - 1) > 1e-6))
      return { passed: false, message: 'Each vector holds numbers from 0 on that sum to 1.' };
    const [direct, mirrored] = pair.map((vector) => Float32Array.from(vector));
    const [largest, mean] = [aggregate(direct, mirrored, 3)[0], aggregate(direct, mirrored, 3, 'mean')[0]];
    return {
      passed: largest !== mean,
      message: largest !== mean ? `Right: the largest says ${largest}, the mean says ${mean}.` : `Both rules say ${largest}.`,
    };
  },
};

const numbersOf = ({ features, lstmUnits }: Size) => lstmParameters(features, lstmUnits);
const inUse = (size: Size) => numbersOf(size) - idleNumbers(size.features, size.lstmUnits);

/** Model II's count stands in figure 9, so Model I's is asked for. */
export const numbersInUse: Exercise = {
  id: '03.4',
  misconception: 'an LSTM uses all its numbers, whatever it reads',
  minutes: 6,
  stub: '123520',
  question:
    "Model I's LSTM (32 inputs, 160 units, one bias per gate and unit) reads a sequence of length one. How many of its numbers can change an answer?",
  hints: [
    'At the first step the state before is zero: what do the recurrent weights multiply?',
    'The forget gate decides how much of the old cell is kept; the old cell is zero. Three gates remain, each with input weights and a bias.',
  ],
  check: (answer) => {
    const all = numbersOf(wideSize);
    const wanted = inUse(wideSize);
    const passed = close(answer, wanted, 0);
    if (passed) return { passed, message: `Right: ${wanted.toLocaleString('en-US')} of ${all.toLocaleString('en-US')}.` };
    if (close(answer, inUse(narrowSize), 0)) return { passed, message: 'So many are in use in Model II. Model I has another size.' };
    if (close(answer, all - wanted, 0)) return { passed, message: 'So many stand idle. How many are left?' };
    return {
      passed,
      message: close(answer, all - 4 * wideSize.lstmUnits ** 2, 0)
        ? 'The recurrent weights are out. One gate does nothing either: which?'
        : 'Count input weights and biases of the gates that still matter.',
    };
  },
};

export const flattenedInputs: Exercise = {
  id: '03.5',
  misconception: 'the number of inputs of a dense layer is a choice, or grows with the area of the image',
  minutes: 5,
  stub: '512',
  question: 'FC1 has 512 inputs for images of 28 × 28. How many would it have for images of 32 × 32, with the same convolutions and pools?',
  hints: [
    'A 5 × 5 convolution without padding makes the map 4 narrower and 4 lower (28 → 24); a pool halves both.',
    'Begin with 28, where the end is known: a 4 × 4 map, 32 of them. Then begin with 32.',
  ],
  check: (answer) => {
    const side = (start: number) => ((start - 4) / 2 - 4) / 2;
    const maps = 32;
    const passed = close(answer, maps * side(32) ** 2, 0);
    if (passed) return { passed, message: 'Right: 5 × 5 maps, 32 of them.' };
    if (close(answer, maps * (32 / 4) ** 2, 0))
      return { passed, message: 'So it would be with padding. These convolutions have none: each takes something off the map.' };
    if (close(answer, maps * side(28) ** 2 * (32 / 28) ** 2, 1))
      return { passed, message: 'The area of the image does not decide it: what a convolution takes off is the same for any image.' };
    return { passed, message: 'Follow the side of the map: convolution, pool, convolution, pool.' };
  },
};

/** A small matrix to work on; rows are the actual classes. */
export const smallMatrix: readonly (readonly number[])[] = [
  [80, 5, 15],
  [4, 90, 6],
  [26, 10, 64],
];

export const precisionOfThird: Exercise = {
  id: '03.6',
  misconception: 'the share of a row and the share of a column are the same thing',
  minutes: 4,
  stub: '0',
  question:
    'In `aggregated.exercises.smallMatrix` rows are the actual and columns the predicted classes. What is the precision of the third class (four decimals)?',
  hints: ['Precision: of all that were *called* third, how many are?', 'Called third: the third column, 15 + 6 + 64.'],
  check: (answer) => {
    const { precision, recall } = classReport(smallMatrix).classes[2];
    const inPerCent = close(answer, 100 * precision, 5e-3);
    if (inPerCent || close(answer, precision, 5e-5))
      return {
        passed: true,
        message: `Right${inPerCent ? '; as a share' : ','} ${precision.toFixed(4)}. The report's equation (14) gives this number and calls it accuracy.`,
      };
    return {
      passed: false,
      message: close(answer, recall, 5e-5) ? 'That is the recall: the share of the third row.' : 'Divide one cell by the sum of a column.',
    };
  },
};

/** What t-SNE programs take when nothing is said. */
const usualIterations = 250;

export const exaggeration: Exercise = {
  id: '03.7',
  misconception: "a map's early phase lasts 250 steps whatever the data",
  minutes: 5,
  stub: '70000',
  question:
    'Early exaggeration usually lasts 250 iterations; the report lets it last ⌊(ln n)²⌋. For how many images n would that be 250? (Any n for which it is.)',
  hints: [
    'Undo the steps from the last to the first: what must ln n be, so that its square is 250?',
    'ln n = √250, so n is e to the power of that: Math.exp. The result is rounded down, so take an n a little larger.',
  ],
  check: (answer) => {
    if (typeof answer !== 'number' || !(answer >= 1)) return { passed: false, message: 'Give a number of images.' };
    const all = exaggeratedIterations(70_000);
    if (exaggeratedIterations(answer) === usualIterations)
      return {
        passed: true,
        message: `Right: that takes millions of images. For all 70,000 it is ${all}, for 10,000 it is ${exaggeratedIterations(10_000)}.`,
      };
    if (answer === 70_000) return { passed: false, message: `For all 70,000 images the rule gives ${all}, not ${usualIterations}.` };
    if (close(Math.log10(answer) ** 2, usualIterations, 1))
      return { passed: false, message: 'That undoes the logarithm to base ten; ln is the natural one.' };
    if (close(Math.log(answer), usualIterations, 1)) return { passed: false, message: 'The logarithm is undone, the square is not.' };
    const words = answer > 1e15 ? 'far more' : exaggeratedIterations(answer).toLocaleString('en-US');
    return { passed: false, message: `For ${answer.toLocaleString('en-US')} images it is ${words}.` };
  },
};
