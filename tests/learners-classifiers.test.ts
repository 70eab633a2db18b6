import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decisionTree,
  extraTree,
  gaussianNaiveBayes,
  kNeighbours,
  type LabelledTable,
  type Learner,
  LearnerError,
  linearSupportVectors,
  logisticRegression,
  minimise,
  randomForest,
  rbfSupportVectors,
  sgdClassifier,
  solveDual,
  standardScaler,
} from 'paperlab/learners';
import { RandomSequence } from 'paperlab/runtime';

/** Rows around one centre per class, with normal noise. */
function clouds(perClass: number, centres: number[][], noise: number, seed: number): LabelledTable & { values: Float32Array } {
  const random = new RandomSequence(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const columns = centres[0].length;
  const rows = perClass * centres.length;
  const values = new Float32Array(rows * columns);
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    labels[row] = row % centres.length;
    for (let column = 0; column < columns; column++) values[row * columns + column] = centres[labels[row]][column] + noise * normal();
  }
  return { values, rows, columns, labels, classes: centres.length };
}

const asBytes = (table: LabelledTable): LabelledTable => ({
  ...table,
  values: Uint8Array.from(table.values, (value) => Math.max(0, Math.min(255, Math.round(value * 16 + 128)))),
});

async function accuracy(learner: Learner, train: LabelledTable, test: LabelledTable, seed = 1): Promise<number> {
  const predicted = await (await learner.train(train, { seed })).predict(test.values, test.rows);
  return predicted.reduce((sum, label, row) => sum + Number(label === test.labels[row]), 0) / test.rows;
}

const centres = [
  [2, 0, 0, 1],
  [-1, 2, 0, 0],
  [-1, -2, 1, 0],
];
const train = clouds(200, centres, 0.5, 1);
const unseen = clouds(200, centres, 0.5, 2);
const xor: LabelledTable = {
  ...asBytes(
    clouds(
      100,
      [
        [3, 3],
        [-3, -3],
        [3, -3],
        [-3, 3],
      ],
      0.7,
      3,
    ),
  ),
  labels: Uint8Array.from({ length: 400 }, (_, row) => Number(row % 4 >= 2)),
  classes: 2,
};

for (const learner of [
  gaussianNaiveBayes(),
  logisticRegression(),
  linearSupportVectors(),
  sgdClassifier(),
  rbfSupportVectors(),
  kNeighbours(),
])
  test(`${learner.name} separates three clouds that it has not seen`, async () => {
    assert.ok((await accuracy(learner, train, unseen)) > 0.99);
  });

for (const learner of [decisionTree(), extraTree(), randomForest({ trees: 20 })])
  test(`${learner.name} separates three clouds, and an exclusive-or that no line separates`, async () => {
    assert.ok((await accuracy(learner, asBytes(train), asBytes(unseen))) > 0.95);
    assert.ok((await accuracy(learner, xor, xor)) > 0.99);
  });

test('a linear learner fails on the exclusive-or, an RBF machine does not', async () => {
  const scaler = standardScaler(xor.values, xor.rows, xor.columns);
  const scaled = { ...xor, values: scaler.apply(xor.values, xor.rows) };
  assert.ok((await accuracy(logisticRegression(), scaled, scaled)) < 0.7);
  assert.ok((await accuracy(rbfSupportVectors(), scaled, scaled)) > 0.99);
});

test('a tree splits where Gini and entropy say, worked by hand', async () => {
  // Levels 10, 20, 30, 40 with classes 0 0 1 1 in the second column; the first column tells nothing.
  const table = { values: Uint8Array.from([5, 10, 5, 20, 5, 30, 5, 40]), rows: 4, columns: 2, labels: [0, 0, 1, 1], classes: 2 };
  for (const criterion of ['gini', 'entropy'] as const) {
    const tree = await decisionTree({ criterion }).train(table);
    assert.equal(tree.facts['nodes'], 3);
    assert.deepEqual([...(await tree.predict(Uint8Array.from([5, 24, 5, 26]), 2))], [0, 1], 'the threshold is 25');
  }
});

test('depth is bounded; a forest repeats with its seed and changes with it', async () => {
  const stump = await decisionTree({ maxDepth: 1 }).train(asBytes(train));
  assert.deepEqual([stump.facts['nodes'], stump.facts['depth']], [3, 1]);
  // A noisy table: where clouds overlap, other draws give other trees.
  const noisy = asBytes(clouds(200, centres, 2, 1));
  const forest = async (seed: number) => (await randomForest({ trees: 3 }).train(noisy, { seed })).predict(noisy.values, noisy.rows);
  assert.deepEqual(await forest(4), await forest(4));
  assert.notDeepEqual(await forest(4), await forest(5));
});

test('naive Bayes gives the boundary of two normal distributions', async () => {
  // Means 0 and 4, both of variance 1: the boundary lies at 2.
  const table = { values: Float32Array.from([-1, 1, 3, 5]), rows: 4, columns: 1, labels: [0, 0, 1, 1], classes: 2 };
  const model = await gaussianNaiveBayes().train(table);
  assert.deepEqual([...(await model.predict(Float32Array.from([1.99, 2.01]), 2))], [0, 1]);
});

test('the dual of two points is known in closed form', () => {
  // Kernel value k between them: both multipliers are 1 / (1 − k) where C allows, the offset is 0.
  const k = 0.5;
  const solved = solveDual(Float32Array.from([1, k, k, 1]), Int8Array.from([1, -1]), 100, 1e-6);
  assert.ok(Math.abs(solved.multipliers[0] - 1 / (1 - k)) < 1e-6);
  assert.ok(Math.abs(solved.multipliers[1] - 1 / (1 - k)) < 1e-6);
  assert.ok(Math.abs(solved.offset) < 1e-6);
  const bounded = solveDual(Float32Array.from([1, k, k, 1]), Int8Array.from([1, -1]), 0.25, 1e-6);
  assert.deepEqual([...bounded.multipliers], [0.25, 0.25]);
});

test("L-BFGS finds the bottom of Rosenbrock's valley", async () => {
  const found = await minimise(
    Float64Array.from([-1.2, 1]),
    (point) => {
      const [x, y] = point;
      return {
        value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        gradient: Float64Array.from([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]),
      };
    },
    { iterations: 200, tolerance: 1e-7 },
  );
  assert.ok(found.converged);
  assert.ok(Math.abs(found.point[0] - 1) < 1e-6 && Math.abs(found.point[1] - 1) < 1e-6);
});

test('logistic regression stops where its gradient vanishes: C Σ (share − target) x = −w', async () => {
  // One column, two rows ±1: the optimum of softmax with C solves w = 2C σ(−2w) for the weight of each class.
  const table = { values: Float32Array.from([1, -1]), rows: 2, columns: 1, labels: [0, 1], classes: 2 };
  const model = await logisticRegression({ C: 3, tolerance: 1e-6 }).train(table);
  let w = 1;
  for (let round = 0; round < 200; round++) w -= (w - (2 * 3) / (1 + Math.exp(2 * w))) / (1 + 12);
  const loss = 3 * 2 * Math.log(1 + Math.exp(-2 * w)) + w * w;
  assert.ok(Math.abs(model.facts['objective'] * 2 - loss) < 1e-4, `${model.facts['objective'] * 2} against ${loss}`);
});

test('a scaler gives every column mean 0 and deviation 1', () => {
  const scaled = standardScaler(train.values, train.rows, train.columns).apply(train.values, train.rows);
  for (let column = 0; column < train.columns; column++) {
    const entries = Array.from({ length: train.rows }, (_, row) => scaled[row * train.columns + column]);
    const mean = entries.reduce((sum, entry) => sum + entry, 0) / train.rows;
    const variance = entries.reduce((sum, entry) => sum + (entry - mean) ** 2, 0) / train.rows;
    assert.ok(Math.abs(mean) < 1e-5 && Math.abs(variance - 1) < 1e-4);
  }
});

test('wrong tables are refused with what is wrong', async () => {
  await assert.rejects(decisionTree().train(train), (error) => error instanceof LearnerError && /bytes/.test(error.message));
  await assert.rejects(logisticRegression().train({ ...train, labels: [0, 1] }), /2 labels for 600 rows/);
  await assert.rejects(gaussianNaiveBayes().train({ ...train, labels: new Uint8Array(600).fill(7) }), /label 7/);
});
