/** How near the stand-ins come to the real sets, by the same measures: 9 nearest neighbours, and the mean brightness of each class. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { dataStatus, fashionMnist, type ImageSet, mnist, standIn } from 'paperlab/data';

/** May stop early and answer anything from `worst` upwards once it is reached. */
type Distance = (query: number, index: number, worst: number) => number;

function accuracyOfNine(train: ImageSet, held: ImageSet, distance: Distance): number {
  let right = 0;
  for (let query = 0; query < held.count; query += 1) {
    const nearest: Array<readonly [distance: number, label: number]> = [];
    for (let index = 0; index < train.count; index += 1) {
      const worst = nearest.length === 9 ? nearest[8]![0] : Number.POSITIVE_INFINITY;
      const found = distance(query, index, worst);
      if (found >= worst) continue;
      nearest.push([found, train.labels[index]!]);
      nearest.sort((a, b) => a[0] - b[0]);
      nearest.length = Math.min(9, nearest.length);
    }
    const votes = new Uint8Array(10);
    for (const [, label] of nearest) votes[label]! += 1;
    if (votes.indexOf(Math.max(...votes)) === held.labels[query]) right += 1;
  }
  return right / held.count;
}

const BITS = Uint8Array.from({ length: 65_536 }, (_, value) => {
  let bits = 0;
  for (let left = value; left > 0; left &= left - 1) bits += 1;
  return bits;
});

/** Images above 127 as bits, 25 words an image. */
function binarised({ pixels, count }: ImageSet): Int32Array {
  const words = new Int32Array(count * 25);
  for (let image = 0; image < count; image += 1) {
    for (let pixel = 0; pixel < 784; pixel += 1)
      if (pixels[image * 784 + pixel]! > 127) words[image * 25 + (pixel >> 5)]! |= 1 << (pixel & 31);
  }
  return words;
}

function hamming(train: ImageSet, held: ImageSet): Distance {
  const [a, b] = [binarised(held), binarised(train)];
  return (query, index) => {
    let sum = 0;
    for (let word = 0; word < 25; word += 1) {
      const differing = a[query * 25 + word]! ^ b[index * 25 + word]!;
      sum += BITS[differing & 65_535]! + BITS[differing >>> 16]!;
    }
    return sum;
  };
}

function euclidean(train: ImageSet, held: ImageSet): Distance {
  return (query, index, worst) => {
    let sum = 0;
    for (let pixel = 0; pixel < 784 && sum < worst; pixel += 1)
      sum += (held.pixels[query * 784 + pixel]! - train.pixels[index * 784 + pixel]!) ** 2;
    return sum;
  };
}

function brightness(set: ImageSet): number[] {
  const sums = new Float64Array(10);
  const counts = new Float64Array(10);
  for (let image = 0; image < set.count; image += 1) {
    const label = set.labels[image]!;
    for (let pixel = 0; pixel < 784; pixel += 1) sums[label]! += set.pixels[image * 784 + pixel]! / 784;
    counts[label]! += 1;
  }
  return [...sums].map((sum, label) => sum / counts[label]!);
}

/** Spearman's rank correlation. */
function rankCorrelation(a: number[], b: number[]): number {
  const ranks = (values: number[]) => values.map((value) => values.filter((other) => other < value).length);
  const [ra, rb] = [ranks(a), ranks(b)];
  const squares = ra.reduce((sum, rank, index) => sum + (rank - rb[index]!) ** 2, 0);
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1));
}

test('garments: 9 nearest neighbours on binarised images are right for 74 to 85 %', (context) => {
  const [train, held] = [standIn('fashion-mnist'), standIn('fashion-mnist', { split: 'test', count: 500 })];
  const accuracy = accuracyOfNine(train, held, hamming(train, held));
  context.diagnostic(`stand-in garments, binarised: ${accuracy}`);
  assert.ok(accuracy >= 0.74 && accuracy <= 0.85, `${accuracy}`);
});

test('digits: 9 nearest neighbours are right for 94 to 98 %', (context) => {
  const [train, held] = [standIn('mnist'), standIn('mnist', { split: 'test', count: 500 })];
  const accuracy = accuracyOfNine(train, held, euclidean(train, held));
  context.diagnostic(`stand-in digits: ${accuracy}`);
  assert.ok(accuracy >= 0.94 && accuracy <= 0.98, `${accuracy}`);
});

const missing = dataStatus().some(({ name, state }) => name !== 'idc' && state !== 'cached' && state !== 'in mirror');

test('beside the real sets: the same measures, and classes in a like order of brightness', {
  skip: missing && 'MNIST and Fashion-MNIST are not here',
}, async (context) => {
  const options = { requireReal: true, limit: 20_000 } as const;
  const real = { garments: await fashionMnist(options), digits: await mnist(options) };
  const drawn = { garments: standIn('fashion-mnist', { count: 20_000 }), digits: standIn('mnist', { count: 20_000 }) };
  for (const kind of ['garments', 'digits'] as const) {
    const agreement = rankCorrelation(brightness(real[kind]), brightness(drawn[kind]));
    context.diagnostic(`${kind}: rank correlation of brightness ${agreement.toFixed(2)}`);
    assert.ok(agreement > 0.6, `${kind}: ${agreement}`);
  }
  const held = {
    real: await fashionMnist({ split: 'test', requireReal: true, limit: 500 }),
    drawn: standIn('fashion-mnist', { split: 'test', count: 500 }),
  };
  const realAccuracy = accuracyOfNine(real.garments, held.real, hamming(real.garments, held.real));
  const drawnAccuracy = accuracyOfNine(drawn.garments, held.drawn, hamming(drawn.garments, held.drawn));
  context.diagnostic(`garments, binarised, 20,000 images: real ${realAccuracy}, stand-in ${drawnAccuracy}`);
  assert.ok(Math.abs(realAccuracy - drawnAccuracy) < 0.06);
});
