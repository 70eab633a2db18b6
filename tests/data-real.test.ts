/** The real sets, where they are at hand (a mirror or the cache); skipped, saying so, where they are not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  classCounts,
  type DataSetName,
  dataCards,
  dataStatus,
  describeSet,
  fashionMnist,
  groupSplit,
  idc,
  mnist,
  pixelOrders,
  reordered,
  subset,
} from 'paperlab/data';

/** True where a set can be read without a network. */
function atHand(name: DataSetName): boolean | string {
  const { state } = dataStatus().find((status) => status.name === name)!;
  return state === 'cached' || state === 'in mirror'
    ? false
    : `the real ${name} is not here (npm run data -- fetch ${name}, or DATA_MIRROR=FOLDER)`;
}

const real = { requireReal: true } as const;

test('MNIST has its known counts and pixels', { skip: process.env['STAND_IN'] ? 'STAND_IN is set' : atHand('mnist') }, async () => {
  const train = await mnist(real);
  assert.deepEqual(
    describeSet(train).classes.map((each) => each.count),
    [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  );
  const held = await mnist({ ...real, split: 'test' });
  assert.deepEqual(
    describeSet(held).classes.map((each) => each.count),
    classCounts('mnist', 'test'),
  );
  assert.deepEqual([...train.labels.subarray(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  const mean = train.pixels.reduce((sum, value) => sum + value, 0) / train.pixels.length / 255;
  assert.ok(Math.abs(mean - 0.1307) < 0.0001, `mean ${mean}`);
});

test('Fashion-MNIST: both splits, limits, a whole set re-ordered', {
  skip: process.env['STAND_IN'] ? 'STAND_IN is set' : atHand('fashion-mnist'),
}, async () => {
  const [train, held] = [await fashionMnist(real), await fashionMnist({ ...real, split: 'test' })];
  assert.deepEqual([train.count, held.count, train.provenance], [60_000, 10_000, 'real']);
  assert.notEqual(train.checksum, held.checksum);
  assert.deepEqual(new Set(describeSet(train).classes.map((each) => each.count)), new Set([6000]));
  assert.deepEqual([...held.labels.subarray(0, 10)], [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]);
  const part = await fashionMnist({ ...real, limit: 500, stratified: true, seed: 4 });
  assert.deepEqual(new Set(describeSet(part).classes.map((each) => each.count)), new Set([50]));
  const order = pixelOrders.hilbert(28, 28);
  const sequences = reordered(train, order);
  assert.equal(sequences.inputs[59_999 * 784 + 100], train.pixels[59_999 * 784 + order.positions[100]!]);
});

test('IDC: every patch, its patients, and a split between them', {
  skip: process.env['STAND_IN'] ? 'STAND_IN is set' : atHand('idc'),
}, async () => {
  const set = await idc(real);
  const summary = describeSet(set);
  assert.ok(set.variant === 'extract' || set.variant === 'complete archive');
  if (set.variant === 'extract') {
    assert.deepEqual(
      [summary.images, summary.groups, summary.rejected, ...summary.classes.map((each) => each.count)],
      [15_754, 223, 0, 10_349, 5405],
    );
    assert.equal(summary.majorityRate.toFixed(3), '0.657');
  }
  const { train, test: held } = groupSplit(set, 0.2, 1);
  const patients = new Set(subset(set, held).groups);
  assert.ok(![...subset(set, train).groups!].some((patient) => patients.has(patient)));
});

test('each set has a card', () => {
  assert.deepEqual(
    dataCards().map((card) => card.name),
    ['mnist', 'fashion-mnist', 'idc'],
  );
  for (const card of dataCards())
    assert.ok(card.licence && card.citation.length > 40 && card.home.startsWith('http') && card.classNames.length > 1);
});
