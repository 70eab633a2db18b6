/** Stand-ins: the shapes and counts of the real sets, the same each time, marked as what they are; classes that can be told apart, but not all. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { describeSet, type ImageSet, standIn } from 'paperlab/data';

function nearestNeighbourAccuracy(train: ImageSet, held: ImageSet): number {
  let right = 0;
  const size = train.height * train.width * train.channels;
  for (let query = 0; query < held.count; query += 1) {
    let best = Number.POSITIVE_INFINITY;
    let label = -1;
    for (let index = 0; index < train.count; index += 1) {
      let distance = 0;
      for (let pixel = 0; pixel < size && distance < best; pixel += 1)
        distance += (train.pixels[index * size + pixel]! - held.pixels[query * size + pixel]!) ** 2;
      if (distance < best) {
        best = distance;
        label = train.labels[index]!;
      }
    }
    if (label === held.labels[query]) right += 1;
  }
  return right / held.count;
}

test('a stand-in repeats to the byte, changes with its seed, and says what it is', () => {
  for (const name of ['mnist', 'fashion-mnist', 'idc'] as const) {
    const set = standIn(name, { count: 60, seed: 2 });
    assert.equal(set.provenance, 'stand-in');
    assert.deepEqual(standIn(name, { count: 60, seed: 2 }).pixels, set.pixels);
    assert.notDeepEqual(standIn(name, { count: 60, seed: 3 }).pixels, set.pixels);
    assert.notEqual(standIn(name, { count: 60, seed: 3 }).checksum, set.checksum);
  }
  const train = standIn('mnist', { count: 60 });
  assert.notDeepEqual(standIn('mnist', { count: 60, split: 'test' }).pixels, train.pixels);
});

test('image i is the same whatever the number of images', () => {
  const few = standIn('fashion-mnist', { count: 10 });
  assert.deepEqual(standIn('fashion-mnist', { count: 50 }).pixels.slice(0, 10 * 784), few.pixels);
});

test('whole sets have the real counts', () => {
  assert.deepEqual(new Set(describeSet(standIn('fashion-mnist', { split: 'test' })).classes.map((each) => each.count)), new Set([1000]));
  const digits = describeSet(standIn('mnist', { split: 'test' })).classes.map((each) => each.count);
  assert.deepEqual(digits, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
});

test('tissue: patients differ in their share of carcinoma, the set has the share of the extract', () => {
  const set = standIn('idc', { count: 2000 });
  const summary = describeSet(set);
  assert.equal(summary.groups, 100);
  assert.ok(Math.abs(summary.classes[1]!.share - 0.343) < 0.01);
  const shares = Array.from({ length: 100 }, (_, patient) => {
    const own = [...set.labels].filter((__, index) => set.groups![index] === patient);
    return own.reduce((sum, label) => sum + label, 0) / own.length;
  });
  assert.ok(Math.max(...shares) - Math.min(...shares) > 0.3);
});

test('digits are easier than garments, and neither is trivial nor hopeless', () => {
  const accuracy = (name: 'mnist' | 'fashion-mnist') =>
    nearestNeighbourAccuracy(standIn(name, { count: 1500 }), standIn(name, { count: 200, split: 'test' }));
  const [digits, garments] = [accuracy('mnist'), accuracy('fashion-mnist')];
  assert.ok(digits > 0.7 && digits < 0.99, `digits ${digits}`);
  assert.ok(garments > 0.6 && garments < 0.9, `garments ${garments}`);
});
