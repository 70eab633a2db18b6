/** Exercises of notebook 04. Each names the misconception that it is after; its check computes the answer, nothing is typed in. */
import { mnist, stratifiedSplit } from '../../data/index.js';
import type { Exercise } from '../../notebook/index.js';
import { digitCounts, pixelOrderOf, validationFraction } from './experiments.js';
import { orderMeasures } from './orders-study.js';

const close = (answer: unknown, wanted: number, tolerance: number) => typeof answer === 'number' && Math.abs(answer - wanted) <= tolerance;

/** Calls a reader's function and turns what it throws into a message. */
function attempt<Result>(answer: unknown, ...values: number[]): Result | string {
  if (typeof answer !== 'function') return 'Give a function, not its result.';
  try {
    return (answer as (...values: number[]) => Result)(...values);
  } catch (error) {
    return `Your function stopped with: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export type OrderFunction = (height: number, width: number) => ArrayLike<number>;

function permutationFault(positions: unknown, pixels: number): string | undefined {
  const list = positions as ArrayLike<number> | undefined;
  if (!list || typeof list.length !== 'number') return 'Return an array of positions.';
  if (list.length !== pixels) return `There are ${pixels} pixels; you name ${list.length} positions.`;
  const seen = new Set(Array.from(list));
  if (seen.size !== pixels) return `Some pixel is read twice: only ${seen.size} of ${pixels} positions differ.`;
  if (Array.from(seen).some((position) => !Number.isInteger(position) || position < 0 || position >= pixels))
    return `Positions run from 0 to ${pixels - 1}: row × width + column.`;
  return undefined;
}

export const columnOrder: Exercise = {
  id: '04.1',
  misconception: '"down the columns" is the row order with another name',
  minutes: 6,
  stub: '(height, width) => []',
  question:
    'An order is a list of positions, `row × width + column`, in the sequence in which they are read. Write `(height, width) => number[]` that reads an image column by column, each column from top to bottom.',
  hints: ['For a 2 × 3 image the answer is [0, 3, 1, 4, 2, 5].', 'The outer loop runs over columns, the inner one over rows.'],
  check: (answer) => {
    const positions = attempt<ArrayLike<number>>(answer, 5, 7);
    if (typeof positions === 'string') return { passed: false, message: positions };
    const fault = permutationFault(positions, 35);
    if (fault) return { passed: false, message: fault };
    const is = (order: (step: number) => number) => Array.from(positions).every((position, step) => position === order(step));
    if (is((step) => (step % 5) * 7 + Math.floor(step / 5))) return { passed: true, message: 'Right: on a 5 × 7 image too.' };
    if (is((step) => step)) return { passed: false, message: 'That is the row order: position 0, 1, 2 and so on.' };
    if (is((step) => (step % 7) * 5 + Math.floor(step / 7)))
      return { passed: false, message: 'That says of each pixel when it is read. Say of each step which pixel is read: the inverse list.' };
    return { passed: false, message: 'On a 5 × 7 image some pixels come at the wrong time.' };
  },
};

/** Per cent of the labels that the most frequent digit has. */
const bestShare = (labels: ArrayLike<number>) => (100 * Math.max(...digitCounts(labels))) / labels.length;

export const bestConstant: Exercise = {
  id: '04.2',
  misconception: 'ten classes are ten equal shares, in every part of the data',
  minutes: 5,
  stub: '0',
  question:
    'What accuracy (in per cent, two decimals) does a network reach on the MNIST *training* digits that gives the same answer to every one of them, if it picks that answer well?',
  hints: ['Count how often each digit occurs.', '`(await mnist({ split: "train" })).labels` holds all labels of the training digits.'],
  check: async (answer) => {
    const [train, test] = await Promise.all([mnist({ split: 'train' }), mnist({ split: 'test' })]);
    const best = bestShare(train.labels);
    const onTest = bestShare(test.labels);
    if (close(answer, best, 0.005)) {
      const kept = stratifiedSplit(train, validationFraction, 1).test;
      const onValidation = bestShare(kept.map((position) => train.labels[position]));
      return {
        passed: true,
        message: `Right, ${best.toFixed(2)} %. So a failed run that always gives this digit stands at ${onValidation.toFixed(2)} % on the validation digits, drawn from the training digits class by class, and at ${onTest.toFixed(2)} % on the test digits, which have their own share of it.`,
      };
    }
    if (close(answer, best / 100, 5e-5)) return { passed: false, message: 'Right share; in per cent, please.' };
    const wrong = close(answer, 10, 0.01)
      ? 'That would be so if all digits were equally frequent. Are they?'
      : close(answer, onTest, 0.005)
        ? 'That is its share of the test digits. Count the training digits.'
        : 'Not that. Which digit is the most frequent?';
    return { passed: false, message: wrong };
  },
};

export const stepsToForget: Exercise = {
  id: '04.3',
  misconception: 'a forget gate near one remembers for ever, or loses the same amount at each step',
  minutes: 5,
  stub: '0',
  question: 'A forget gate stays at 0.97. After how many steps is, for the first time, less than 1 % left of what the cell remembered?',
  hints: ['For which n is 0.97ⁿ = 0.01? Take logarithms of both sides.', 'n = ln 0.01 / ln 0.97; the first whole number above it.'],
  check: (answer) => {
    const exactly = Math.log(0.01) / Math.log(0.97);
    const wanted = Math.ceil(exactly);
    const passed = close(answer, wanted, 0);
    if (passed)
      return {
        passed,
        message: `Right, ${wanted} steps: about what the report says of LSTMs in general. It is a fact about this gate value, not about LSTMs.`,
      };
    if (close(answer, wanted - 1, 0)) return { passed, message: 'Nearly: there slightly more than 1 % is left.' };
    if (close(answer, exactly, 0.01)) return { passed, message: 'There exactly 1 % is left. Steps are whole: after which one is it less?' };
    if (close(answer, 33, 0)) return { passed, message: 'Each step takes 3 % of what is left, not 3 % of what there was at first.' };
    return { passed, message: 'After n steps 0.97ⁿ is left.' };
  },
};

export const biasForHalfLife: Exercise = {
  id: '04.4',
  misconception: 'exponential forgetting makes 784 steps impossible',
  minutes: 6,
  stub: '1',
  question:
    'Which forget-gate bias (one decimal is enough) lets an untrained cell, with no input yet, keep half of its content over 784 steps?',
  hints: ['First find the gate value f with f⁷⁸⁴ = ½.', 'The gate is a sigmoid of its bias: invert it, b = ln(f / (1 − f)).'],
  check: (answer) => {
    const gate = 0.5 ** (1 / 784);
    const wanted = Math.log(gate / (1 - gate));
    const passed = close(answer, wanted, 0.06);
    return {
      passed,
      message: passed
        ? `Right, about ${wanted.toFixed(2)}. The default is 1.`
        : 'Is your gate value between 0.99 and 1? Then invert the sigmoid.',
    };
  },
};

export const ownOrder: Exercise = {
  id: '04.5',
  misconception: 'a network must do better when the ink lies nearer to the end of the series',
  minutes: 8,
  stub: '(height, width) => []',
  question:
    'Invent an order of your own for 14 × 14 pixels, `(height, width) => number[]`, in which the ink of MNIST digits lies nearer to the end of the series than row by row. Will a network be more accurate for it? Guess first; section 7 tells.',
  hints: ['Where in the image is the ink?', 'Sort all positions by their distance from the centre, far ones first.'],
  check: async (answer) => {
    const positions = attempt<ArrayLike<number>>(answer, 14, 14);
    if (typeof positions === 'string') return { passed: false, message: positions };
    const fault = permutationFault(positions, 196);
    if (fault) return { passed: false, message: fault };
    const digits = await mnist({ split: 'test', limit: 500 });
    const mine = orderMeasures(digits, { name: 'own', height: 14, width: 14, positions: Int32Array.from(positions) }).inkFromEnd;
    const rows = orderMeasures(digits, pixelOrderOf('row', 14)).inkFromEnd;
    return {
      passed: mine < rows,
      message: `Ink of ${digits.count} test digits lies ${mine.toFixed(1)} steps from the end on average; row by row it is ${rows.toFixed(1)}. ${mine < rows ? 'Nearer: well done. Whether a network that reads it so does better is another question: section 7 tells.' : 'Not nearer yet.'}`,
    };
  },
};

export const poolingTwice: Exercise = {
  id: '04.6',
  misconception: 'averaging 2 × 2 pixels loses a quarter of the steps',
  minutes: 2,
  stub: '0',
  question: 'If 28 × 28 images are mean-pooled 2 × 2 twice, how many steps does a series have?',
  hints: ['How many pixels become one in one pooling?', 'Each pooling halves both sides: 28, then 14, then?'],
  check: (answer) => {
    const passed = close(answer, (28 / 4) ** 2, 0);
    if (passed) return { passed, message: 'Right: each pooling leaves a quarter of the steps.' };
    if (close(answer, (28 / 2) ** 2, 0)) return { passed, message: 'That is one pooling; there are two.' };
    if (close(answer, 28 / 4, 0)) return { passed, message: 'That is one side of the image. A step is one pixel.' };
    if (close(answer, 28 ** 2 * 0.75 ** 2, 0))
      return { passed, message: 'That keeps three quarters each time. Four pixels become one: how much is kept?' };
    return { passed, message: 'How many pixels has the image after the first pooling, and after the second?' };
  },
};
