/** Exercises of notebook 05. Each names the misconception that it is after; each check computes what is right. */
import type { Exercise, ExerciseResult } from '../../notebook/index.js';
import { hashSeed, RandomSequence } from '../../runtime/index.js';
import { hammingDistance } from './artefacts.js';
import { bestRow, chosenFilters, heldOut, reportedRows } from './recipes.js';

const right = (message: string): ExerciseResult => ({ passed: true, message });
const wrong = (message: string): ExerciseResult => ({ passed: false, message });

type AnyFunction = (...values: never[]) => unknown;
const isFunction = (answer: unknown): answer is AnyFunction => typeof answer === 'function';

/** The row of the report's table with the widest LSTM. Row 6's count stands in image 3, so this one is asked for. */
const widestRow = reportedRows.reduce((widest, row) => (row.lstmUnits > widest.lstmUnits ? row : widest));

/** Zeros and ones that repeat. */
function bits(count: number, name: string): number[] {
  const random = new RandomSequence(hashSeed(5, name));
  return Array.from({ length: count }, () => (random.next() < 0.5 ? 1 : 0));
}

const hamming: Exercise = {
  id: '05.1',
  misconception: 'the distance of two pictures is the difference of how much ink they have',
  minutes: 4,
  stub: '(a, b) => 0',
  question:
    'Write `(a, b) => number`: the Hamming distance of two rows of zeros and ones of the same length. Can two garments with the same number of ink pixels be far apart?',
  hints: ['Compare place by place, not sums.', 'Count the places at which `a[i] !== b[i]`.'],
  check(answer) {
    if (!isFunction(answer)) return wrong('Give a function of two rows, not a value.');
    const distance = answer as unknown as (a: number[], b: number[]) => unknown;
    const [a, b] = [bits(784, 'a'), bits(784, 'b')];
    if (distance([1, 0], [0, 1]) === 0)
      return wrong('[1, 0] and [0, 1] have the same amount of ink, yet differ in both places: the distance is 2.');
    if (distance([1, 0], [0, 1]) === Math.SQRT2)
      return wrong('That is the Euclidean distance. For zeros and ones its square is the Hamming distance.');
    const given = distance(a, b);
    const wanted = hammingDistance(a, b);
    return given === wanted
      ? right(
          `Right: two random pictures of 784 pixels are ${wanted} apart, about half of them. And yes: two pictures with equal ink may be up to twice their ink apart, when no ink of one lies on ink of the other.`,
        )
      : wrong(`For two random rows of 784 places you give ${String(given)}; ${wanted} places differ.`);
  },
};

const tiedVote: Exercise = {
  id: '05.2',
  misconception: 'it does not matter who wins a tie',
  minutes: 8,
  stub: '(labels) => labels[0]',
  question:
    "Write `(labels) => number`: the label with the most votes among the neighbours' labels; of several with the most, the **largest**, as in the report's reading. What changes at K = 4 if the smallest wins instead?",
  hints: [
    'Count the votes for each label 0 to 9 first.',
    'Walk through the labels in rising order and replace the leader when the count is at least as large (`>=`).',
  ],
  check(answer) {
    if (!isFunction(answer)) return wrong('Give a function of the list of labels.');
    const vote = answer as unknown as (labels: number[]) => unknown;
    const cases: [number[], number][] = [
      [[2, 2, 7], 2],
      [[3, 1, 1, 3], 3],
      [[9, 0, 4, 6], 9],
      [[5], 5],
      [[0, 0, 8, 8, 3], 8],
    ];
    for (const [labels, winner] of cases) {
      const given = vote(labels);
      if (given === winner) continue;
      if (given === String(winner)) return wrong(`For [${labels.join(', ')}] you give the text "${given}"; give a number, not text.`);
      const tied = labels.filter(
        (label) => labels.filter((other) => other === label).length === labels.filter((other) => other === winner).length,
      );
      const words =
        typeof given === 'number' && tied.includes(given)
          ? 'it is tied, and the largest of the tied labels wins'
          : 'that label does not have the most votes';
      return wrong(`For [${labels.join(', ')}] you give ${String(given)}; the answer is ${winner}: ${words}.`);
    }
    return right('Right. At K = 4 many votes are tied, and this rule alone moves the accuracy by most of a point.');
  },
};

const lstmSize: Exercise = {
  id: '05.3',
  misconception: 'an LSTM has more parameters when its sequence is longer',
  minutes: 5,
  stub: '0',
  question: `How many numbers does the LSTM of row ${widestRow.row} learn? It has ${widestRow.lstmUnits} units and reads the map row by row: 7 steps of 7 × ${2 * chosenFilters} numbers.`,
  hints: [
    'A gate of one unit sees the inputs of one step and the states of all units, and has a bias.',
    'One gate: units × (inputs + units + 1); there are three gates and a candidate. All steps share their weights.',
  ],
  check(answer) {
    const [channels, units] = [2 * chosenFilters, widestRow.lstmUnits];
    const inputs = 7 * channels;
    const numbers = (width: number, reads = inputs) => 4 * width * (reads + width + 1);
    const wanted = numbers(units);
    const best = numbers(bestRow.lstmUnits);
    if (answer === wanted)
      return right(
        `Right: ${wanted.toLocaleString('en-US')}, ${(wanted / best).toFixed(1)} times as many as in row ${bestRow.row} with its ${bestRow.lstmUnits} units, and the same for 7 steps as for 700.`,
      );
    if (answer === best) return wrong(`That is row ${bestRow.row}, drawn in image 3.`);
    if (answer === numbers(units, 7 * inputs))
      return wrong('You let one step read the whole map. It reads one row; all steps share their weights.');
    if (answer === 7 * wanted) return wrong('That counts the seven steps one by one; they share their weights.');
    if (answer === numbers(units, channels)) return wrong(`One step reads a whole row of the map: 7 places with ${channels} numbers each.`);
    if (answer === wanted / 4) return wrong('That is one gate. How many are there, and what of the candidate?');
    if (answer === wanted - 4 * units) return wrong('The biases are missing.');
    if (answer === 4 * units * (inputs + 1)) return wrong('The gates also see the last state.');
    return wrong('Count one gate first: what comes in at it?');
  },
};

const twinsInValidation: Exercise = {
  id: '05.4',
  misconception: 'images are unseen as soon as they do not stand in the training list',
  minutes: 5,
  stub: '0',
  question:
    "60,000 images, then their 60,000 augmented twins, in one list. Keras' `validation_split=0.2` takes the last fifth of it. How many of these validation images have their original in the training part?",
  hints: [
    'How long is the list, and which positions are its last fifth?',
    'The twin at position 60,000 + i belongs to the original at position i. Is position i in the last fifth?',
  ],
  check(answer) {
    const { train, validation } = heldOut(60_000, true, 'last', 0.2, 1);
    const seen = new Set(train);
    const wanted = validation.filter((position) => position >= 60_000 && seen.has(position - 60_000)).length;
    if (answer === wanted) return right(`Right: ${wanted.toLocaleString('en-US')}, every one of them. No original validates at all.`);
    if (answer === 12_000) return wrong('12,000 is a fifth of the originals; the list is twice as long.');
    if (answer === 0) return wrong('The twins themselves are not trained on, but are their originals?');
    return wrong(`${String(answer)} is not it. Write down the first and the last position that validates.`);
  },
};

const honestSplit: Exercise = {
  id: '05.5',
  misconception: 'shuffling before splitting makes a split honest',
  minutes: 6,
  stub: '(originals) => []',
  question:
    'Write `(originals) => number[]`: the positions, in the list of originals and twins behind them, of a validation part that holds a fifth of the list and shares nothing with training.',
  hints: ['Choose originals first.', 'With each chosen position i take originals + i as well.'],
  check(answer) {
    if (!isFunction(answer)) return wrong('Give a function of the number of originals.');
    const split = answer as unknown as (originals: number) => ArrayLike<number>;
    const originals = 1000;
    const given = split(originals);
    if (!given || typeof given.length !== 'number') return wrong('Return an array of positions.');
    const held = new Set(Array.from(given));
    if (held.size !== given.length) return wrong('Some position is named twice.');
    if (Array.from(held).some((position) => !Number.isInteger(position) || position < 0 || position >= 2 * originals))
      return wrong(`Positions run from 0 to ${2 * originals - 1} for ${originals} originals.`);
    const torn = Array.from(held).filter(
      (position) => !held.has(position < originals ? position + originals : position - originals),
    ).length;
    if (torn > 0) return wrong(`${torn} of your ${held.size} validation images have their other half in training.`);
    if (held.size !== (2 * originals) / 5)
      return wrong(`A fifth of ${2 * originals} images is ${(2 * originals) / 5}; you hold out ${held.size}.`);
    return right('Right: an image and its twin are one example, and one example stays on one side.');
  },
};

const chanceAlone: Exercise = {
  id: '05.6',
  misconception: 'a higher number in a table is a better model',
  minutes: 5,
  stub: '0',
  question:
    'A classifier that is right with probability 0.93 on each image is scored on 10,000 images. What is the standard deviation of its score, in points of per cent, from the choice of the images alone? (Two decimals.)',
  hints: ['Right or wrong, 10,000 times: a binomial count.', 'The standard deviation of a share is √(p (1 − p) / n).'],
  check(answer) {
    const wanted = 100 * Math.sqrt((0.93 * 0.07) / 10_000);
    if (typeof answer !== 'number') return wrong('Give a number.');
    if (Math.abs(answer - wanted) <= 0.005)
      return right(
        `Right: ${wanted.toFixed(2)} points, for one score on one draw of images. Rows scored on the same images share part of this chance; what the seed adds comes on top. A few tenths of a point need a paired comparison over several seeds.`,
      );
    if (Math.abs(answer - wanted / 100) < 0.0001) return wrong('That is a share; in points of per cent it is a hundred times as much.');
    if (Math.abs(answer - 100 * 0.93 * 0.07) < 0.1)
      return wrong('That is the variance of one answer; divide by the number of images and take the root.');
    return wrong(`${answer} is not it. How much does the number of right answers among 10,000 vary?`);
  },
};

export const exercises = { hamming, tiedVote, lstmSize, twinsInValidation, honestSplit, chanceAlone } satisfies Record<string, Exercise>;
