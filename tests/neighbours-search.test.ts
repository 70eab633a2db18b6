import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomStream } from 'paperlab/data';
import { type NeighbourOptions, NeighboursError, nearestNeighbours, type PointRows, voteAccuracies, voteLabels } from 'paperlab/neighbours';

function randomRows(seed: number, count: number, dimensions: number, floats = false): PointRows {
  const random = randomStream(seed);
  const values = floats ? new Float32Array(count * dimensions) : new Uint8Array(count * dimensions);
  for (let index = 0; index < values.length; index += 1) values[index] = floats ? random.normal() : random.below(256);
  return { values, count, dimensions };
}

/** Sorts all distances, the plain way. */
function naive(train: PointRows, queries: PointRows, { metric, k, order, threshold = 0 }: NeighbourOptions): number[] {
  const away = (query: number, point: number) => {
    let total = 0;
    for (let at = 0; at < train.dimensions; at += 1) {
      const [a, b] = [queries.values[query * train.dimensions + at], train.values[point * train.dimensions + at]];
      total += metric === 'hamming' ? Number(a > threshold !== b > threshold) : (a - b) ** 2;
    }
    return total;
  };
  return Array.from({ length: queries.count }, (_, query) =>
    Array.from({ length: train.count }, (_unused, point) => ({ point, distance: away(query, point) }))
      .sort((a, b) => a.distance - b.distance || (order === 'highest-index' ? b.point - a.point : a.point - b.point))
      .slice(0, k)
      .map(({ point }) => point),
  ).flat();
}

for (const dimensions of [1, 7, 130, 784, 4200])
  for (const order of ['lowest-index', 'highest-index'] as const)
    test(`bytes of ${dimensions} dimensions, ${order}: the neighbours of a plain sort, ties included`, async () => {
      const [train, queries] = [randomRows(1, 150, dimensions), randomRows(2, 20, dimensions)];
      for (const metric of ['hamming', 'euclidean'] as const) {
        const options = { metric, k: 30, order, threshold: 127, threads: 2 };
        const found = await nearestNeighbours(train, queries, options);
        assert.deepEqual([...found.indices], naive(train, queries, options), metric);
      }
    });

test('floats: the neighbours and distances of a plain sort', async () => {
  const points = randomRows(3, 120, 11, true);
  const found = await nearestNeighbours(points, points, { metric: 'euclidean', k: 5 });
  assert.deepEqual([...found.indices], naive(points, points, { metric: 'euclidean', k: 5 }));
  const others = await nearestNeighbours(points, points, { metric: 'euclidean', k: 4, excludeSelf: true });
  for (let query = 0; query < 120; query += 1) {
    assert.equal(found.indices[query * 5], query);
    assert.deepEqual([...others.indices.subarray(query * 4, query * 4 + 4)], [...found.indices.subarray(query * 5 + 1, query * 5 + 5)]);
  }
});

test('one thread and four find the same', async () => {
  const [train, queries] = [randomRows(4, 300, 60), randomRows(5, 90, 60)];
  const [one, four] = await Promise.all(
    [1, 4].map((threads) => nearestNeighbours(train, queries, { metric: 'hamming', k: 9, threshold: 100, threads })),
  );
  assert.deepEqual(one.indices, four.indices);
  assert.deepEqual(one.distances, four.distances);
});

test('each tie rule answers as it says', () => {
  const found = { indices: Int32Array.of(0, 1, 2, 3), distances: new Float32Array(4), k: 4, count: 1 };
  const vote = (ties: 'nearest' | 'smallest-label' | 'largest-label' | 'first-to-reach', labels: number[]) =>
    voteLabels(found, labels, { k: 4, classes: 5, ties })[0];
  const labels = [2, 1, 1, 2];
  assert.equal(vote('nearest', labels), 2);
  assert.equal(vote('first-to-reach', labels), 1);
  assert.equal(vote('smallest-label', labels), 1);
  assert.equal(vote('largest-label', labels), 2);
  assert.equal(vote('largest-label', [1, 1, 1, 4]), 1);
  assert.deepEqual(voteAccuracies(found, labels, [1], { ks: [1, 3, 4], classes: 5, ties: 'smallest-label' }), [0, 1, 1]);
});

test('wrong input is refused with a way out; a cancelled search stops', async () => {
  const good = randomRows(6, 10, 3);
  const wrong: [PointRows, PointRows, Partial<NeighbourOptions>, RegExp][] = [
    [good, good, { k: 11 }, /k = 11 of 10/],
    [good, good, { k: 10, excludeSelf: true }, /k = 10 of 9/],
    [good, good, { k: 0 }, /k = 0/],
    [good, randomRows(1, 10, 4), { k: 1 }, /3 dimensions, queries 4/],
    [{ ...good, count: 0 }, good, { k: 1 }, /hold 0 points/],
    [{ ...good, count: 9 }, good, { k: 1 }, /30 numbers for 9 points/],
    [{ values: Float32Array.of(1, Number.NaN), count: 2, dimensions: 1 }, good, { k: 1 }, /Point 1 of the train points holds NaN/],
  ];
  for (const [train, queries, options, message] of wrong)
    await assert.rejects(nearestNeighbours(train, queries, { metric: 'euclidean', k: 1, ...options }), (error) => {
      return error instanceof NeighboursError && message.test(error.message) && /What to do/.test(error.message);
    });
  const [train, queries] = [randomRows(7, 20_000, 784), randomRows(8, 2000, 784)];
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 60);
  await assert.rejects(nearestNeighbours(train, queries, { metric: 'euclidean', k: 50, signal: controller.signal }), /abort/i);
});
