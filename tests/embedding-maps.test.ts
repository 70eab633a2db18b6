import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomStream } from 'paperlab/data';
import { EmbeddingError, mapQuality, pca, referenceTsne, silhouetteScore, tsne, umap } from 'paperlab/embedding';

/** Clouds around far centres; point i belongs to cloud i % clouds. */
function clouds(count: number, dimensions: number, many: number, seed = 1) {
  const random = randomStream(seed);
  const centres = Float32Array.from({ length: many * dimensions }, () => 12 * random.normal());
  const values = Float32Array.from(
    { length: count * dimensions },
    (_, at) => centres[(Math.floor(at / dimensions) % many) * dimensions + (at % dimensions)] + random.normal(),
  );
  return { values, count, dimensions };
}

/** Share of points whose nearest point in the map is of their own cloud. */
function ownCloudShare(map: Float64Array, many: number): number {
  const count = map.length / 2;
  const nearest = (i: number) => {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < count; j += 1) {
      const away = (map[2 * i] - map[2 * j]) ** 2 + (map[2 * i + 1] - map[2 * j + 1]) ** 2;
      if (j !== i && away < least) [best, least] = [j, away];
    }
    return best;
  };
  return Array.from({ length: count }, (_, i) => Number(nearest(i) % many === i % many)).reduce((a, b) => a + b) / count;
}

test('principal components are orthonormal eigenvectors of the covariance, with fixed sign', () => {
  const points = clouds(80, 12, 3);
  const { components, variances, varianceShares, coordinates } = pca(points, { dimensions: 12 });
  for (let a = 0; a < 12; a += 1) {
    for (let b = 0; b < 12; b += 1) {
      const product = components[a].reduce((sum, value, at) => sum + value * components[b][at], 0);
      assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 1e-10, `${a} · ${b} = ${product}`);
      const shared =
        Array.from({ length: 80 }, (_, point) => coordinates[point * 12 + a] * coordinates[point * 12 + b]).reduce((x, y) => x + y) / 79;
      assert.ok(Math.abs(shared - (a === b ? variances[a] : 0)) < 1e-9 * variances[0], `covariance of ${a} and ${b}`);
    }
    const largest = components[a].reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most));
    assert.ok(largest > 0);
    if (a > 0) assert.ok(variances[a] <= variances[a - 1]);
  }
  assert.ok(Math.abs(varianceShares.reduce((a, b) => a + b) - 1) < 1e-12);
});

test('t-SNE keeps clouds apart, and repeats to the bit with one thread or three', async () => {
  const points = clouds(450, 20, 5);
  const options = { perplexity: 20, iterations: 300, earlyIterations: 100, seed: 3 };
  const [one, three] = [await tsne(points, { ...options, threads: 1 }), await tsne(points, { ...options, threads: 3 })];
  assert.deepEqual(one.coordinates, three.coordinates);
  assert.equal(ownCloudShare(one.coordinates, 5), 1);
  const unmoved = await tsne(points, { ...options, iterations: 0, earlyIterations: 0 });
  assert.ok((one.klDivergence ?? 9) < (unmoved.klDivergence ?? 0) / 2);
});

test('UMAP keeps clouds apart and repeats with its seed', async () => {
  const points = clouds(150, 10, 3);
  const first = await umap(points, { seed: 2, epochs: 100 });
  assert.deepEqual(first.coordinates, (await umap(points, { seed: 2, epochs: 100 })).coordinates);
  assert.ok(ownCloudShare(first.coordinates, 3) > 0.95);
});

test('identical points stay finite; impossible wishes are refused with a way out', async () => {
  const same = { values: new Uint8Array(40 * 5).fill(7), count: 40, dimensions: 5 };
  const map = await tsne(same, { perplexity: 5, iterations: 50 });
  assert.ok(map.coordinates.every(Number.isFinite));
  assert.deepEqual([...pca(same).varianceShares], [0, 0]);
  const one = { values: Uint8Array.of(1, 2), count: 1, dimensions: 2 };
  const broken = { values: Float32Array.of(1, 2, 3, Number.NaN, 5), count: 5, dimensions: 1 };
  const wrong: [() => Promise<unknown>, RegExp][] = [
    [() => tsne(one), /1 point, at least 4/],
    [async () => pca(one), /1 point, at least 2/],
    [() => umap(one), /1 point/],
    [() => tsne(same, { perplexity: 14 }), /perplexity 14 with 40 points.*1 to 13/],
    [() => tsne(same, { perplexity: Number.NaN }), /perplexity NaN/],
    [() => tsne(same, { perplexity: 5, iterations: 10, earlyIterations: 20 }), /20 early of 10/],
    [() => tsne({ values: Float32Array.of(1, 2, 3), count: 3, dimensions: 1 }), /3 points, at least 4/],
    [() => referenceTsne(same, { perplexity: 40 }), /perplexity 40 with 40 points/],
    [() => tsne(broken), /Point 3 holds NaN/],
    [() => umap(same, { neighbours: 40 }), /40 neighbours of 40/],
    [async () => pca(same, { dimensions: 6 }), /6 components of 5/],
  ];
  for (const [run, message] of wrong) await assert.rejects(run, (error) => error instanceof EmbeddingError && message.test(error.message));
});

test('points that are the same twice over, among others that are not: finite, and the twins stay together', async () => {
  const { values, count, dimensions } = clouds(60, 6, 3);
  const twice = new Float32Array(2 * values.length);
  twice.set(values);
  twice.set(values, values.length);
  const { coordinates } = await tsne({ values: twice, count: 2 * count, dimensions }, { perplexity: 10, iterations: 300, seed: 2 });
  assert.ok(coordinates.every(Number.isFinite));
  const away = (i: number, j: number) =>
    Math.hypot(coordinates[2 * i] - coordinates[2 * j], coordinates[2 * i + 1] - coordinates[2 * j + 1]);
  const mean = (distances: number[]) => distances.reduce((sum, value) => sum + value) / distances.length;
  const points = Array.from({ length: count }, (_, point) => point);
  assert.ok(mean(points.map((point) => away(point, point + count))) < mean(points.map((point) => away(point, (point + 1) % count))) / 5);
});

test('more neighbours than points are refused where a map is judged, too', async () => {
  const points = clouds(12, 3, 2);
  await assert.rejects(mapQuality(points, pca(points), { k: 12 }), /k = 12 of 11 possible neighbours.*1 to 11/);
});

test('a map being made can be cancelled', async () => {
  const controller = new AbortController();
  const run = tsne(clouds(600, 10, 4), { iterations: 100_000, signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  await assert.rejects(run, /abort/i);
});

test('map quality: a faithful map keeps all neighbours, and known silhouettes come out', async () => {
  const points = clouds(90, 2, 3);
  const map = { method: 'pca', coordinates: Float64Array.from(points.values), count: 90, dimensions: 2, seconds: 0 } as const;
  const labels = Array.from({ length: 90 }, (_, point) => point % 3);
  const quality = await mapQuality(points, map, { k: 5, labels });
  assert.equal(quality.neighbourPreservation, 1);
  assert.equal(quality.neighbourAccuracy, 1);
  // Two pairs on a line, 0 1 and 10 11: (10.5 − 1) / 10.5 at the ends, (9.5 − 1) / 9.5 within.
  const line = { coordinates: [0, 1, 10, 11], count: 4, dimensions: 1 };
  assert.ok(Math.abs(silhouetteScore(line, [0, 0, 1, 1]) - (9.5 / 10.5 + 8.5 / 9.5) / 2) < 1e-12);
  assert.throws(() => silhouetteScore(line, [0, 0, 0, 0]), /two classes/);
});

test('our t-SNE is no worse than tsne-js on the same points', async () => {
  const points = clouds(120, 8, 4, 9);
  const [ours, reference] = [await tsne(points, { perplexity: 15 }), await referenceTsne(points, { perplexity: 15, iterations: 300 })];
  assert.ok(Number(ours.klDivergence) <= Number(reference.klDivergence) + 1e-6, `${ours.klDivergence} against ${reference.klDivergence}`);
  await assert.rejects(referenceTsne(clouds(501, 2, 2)), /501 points/);
});
