/** Splits: shares, patients, folds, and the same result everywhere. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  groupSplit,
  kFold,
  randomStream,
  type Split,
  standIn,
  stratifiedDraw,
  stratifiedSplit,
  subset,
  takeLast,
  toExamples,
} from 'paperlab/data';

const set = standIn('idc', { count: 600 });

function everyIndexOnce({ train, test: held }: Split, count: number): void {
  const all = [...train, ...held].sort((a, b) => a - b);
  assert.deepEqual(
    all,
    Array.from({ length: count }, (_, index) => index),
  );
}

test('random numbers are the same on every machine', () => {
  const random = randomStream(1, 2, 3);
  assert.deepEqual(
    Array.from({ length: 4 }, () => Math.floor(random.uniform() * 2 ** 32)),
    [3438028214, 2439982162, 1325083919, 3445775677],
  );
});

test('a stratified split keeps the share of each class', () => {
  const split = stratifiedSplit(set, 0.25, 5);
  everyIndexOnce(split, set.count);
  assert.equal(split.test.length, 150);
  const share = (indices: Int32Array) => indices.reduce((sum, index) => sum + set.labels[index]!, 0) / indices.length;
  assert.ok(Math.abs(share(split.test) - share(split.train)) < 0.01);
  assert.deepEqual(stratifiedSplit(set, 0.25, 5), split);
  assert.notDeepEqual(stratifiedSplit(set, 0.25, 6), split);
  assert.throws(() => stratifiedSplit(set, 1, 5), /between 0 and 1/);
});

test('no patient crosses a group split, for a hundred seeds and several shares', () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const fraction = [0.1, 0.25, 0.5, 0.8][seed % 4]!;
    const split = groupSplit(set, fraction, seed);
    everyIndexOnce(split, set.count);
    const held = new Set([...split.test].map((index) => set.groups![index]));
    assert.ok(
      [...split.train].every((index) => !held.has(set.groups![index])),
      `seed ${seed}`,
    );
    assert.ok(Math.abs(split.test.length / set.count - fraction) < 0.06, `seed ${seed}: ${split.test.length} held out for ${fraction}`);
  }
  assert.throws(() => groupSplit({ labels: set.labels, count: set.count }, 0.2, 1), /no groups/);
});

test('k folds: each image is held out once; classes keep their shares; patients stay whole where asked', () => {
  for (const keep of ['class', 'group', 'none'] as const) {
    const folds = kFold(set, 5, 3, { keep });
    assert.equal(folds.length, 5);
    for (const fold of folds) everyIndexOnce(fold, set.count);
    assert.deepEqual(
      folds.flatMap((fold) => [...fold.test]).sort((a, b) => a - b),
      Array.from({ length: set.count }, (_, index) => index),
    );
    if (keep === 'class') {
      const positives = folds.map((fold) => fold.test.reduce((sum, index) => sum + set.labels[index]!, 0));
      assert.ok(Math.max(...positives) - Math.min(...positives) <= 1, positives.join(' '));
    }
    if (keep === 'group') {
      for (const fold of folds) {
        const held = new Set([...fold.test].map((index) => set.groups![index]));
        assert.ok([...fold.train].every((index) => !held.has(set.groups![index])));
      }
    }
  }
  assert.throws(() => kFold(set, 1, 0), /not possible/);
});

test('takeLast holds out the end, as validation_split of Keras does', () => {
  const split = takeLast({ count: 10 }, 0.25);
  assert.deepEqual([...split.test], [7, 8, 9]);
  assert.equal(takeLast({ count: 60_000 }, 0.1).test.length, 6000);
});

test('subset takes pixels, labels, patients and numbers along', () => {
  const part = subset(set, [7, 3]);
  const bytes = 50 * 50 * 3;
  assert.deepEqual(part.pixels.subarray(0, bytes), set.pixels.subarray(7 * bytes, 8 * bytes));
  assert.deepEqual([...part.indices], [7, 3]);
  assert.equal(part.groups![1], set.groups![3]);
  assert.deepEqual(subset(toExamples(set), [7, 3]).inputs, part.pixels);
  assert.throws(() => subset(set, [600]), /outside/);
});

test('a stratified draw has the size asked for', () => {
  const draw = stratifiedDraw(set, 100, 1);
  assert.equal(draw.length, 100);
  const positive = draw.reduce((sum, index) => sum + set.labels[index]!, 0);
  const share = set.labels.reduce((sum, label) => sum + label, 0) / set.count;
  assert.ok(Math.abs(positive - 100 * share) <= 1);
});
