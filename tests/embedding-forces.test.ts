/** Forces between the points of a t-SNE map, through the tree, against the sum over all pairs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomStream } from 'paperlab/data';
import { buildTree, repulsion, sharedTree } from 'paperlab/internal/embedding/tree';

/** Points in clumps of very different size, some of them in the same place. */
function clumps(count: number): Float64Array {
  const random = randomStream(6);
  const map = Float64Array.from({ length: 2 * count }, (_, at) => {
    const clump = Math.floor(at / 2) % 7;
    return 20 * Math.cos(clump + (at % 2)) + 0.6 ** clump * 5 * random.normal();
  });
  for (let point = 0; point < count; point += 50) map.copyWithin(2 * point, 2, 4);
  return map;
}

function ofAllPairs(map: Float64Array, point: number): [number, number, number] {
  let [x, y, total] = [0, 0, 0];
  for (let other = 0; other < map.length / 2; other += 1) {
    if (other === point) continue;
    const [dx, dy] = [map[2 * point] - map[2 * other], map[2 * point + 1] - map[2 * other + 1]];
    const q = 1 / (1 + dx * dx + dy * dy);
    x += q * q * dx;
    y += q * q * dy;
    total += q;
  }
  return [x, y, total];
}

function throughTree(map: Float64Array, angle: number): [number, number, number][] {
  const [count, forces] = [map.length / 2, new Float64Array(map.length)];
  const tree = sharedTree(count);
  buildTree(tree, map);
  return Array.from({ length: count }, (_, point) => {
    const total = repulsion(tree, map, point, angle * angle, forces);
    return [forces[2 * point], forces[2 * point + 1], total];
  });
}

/** Root of the mean squared difference, measured against the size of the forces. */
function difference(angle: number, which: readonly number[]): number {
  const map = clumps(900);
  const got = throughTree(map, angle);
  let [apart, size] = [0, 0];
  got.forEach((values, point) => {
    const exact = ofAllPairs(map, point);
    for (const at of which) {
      apart += (values[at] - exact[at]) ** 2;
      size += exact[at] ** 2;
    }
  });
  return Math.sqrt(apart / size);
}

test('with an angle of 0 every pair counts: only cells too small to be seen are put together', () => {
  assert.ok(difference(0, [0, 1]) < 1e-5, `forces ${difference(0, [0, 1])}`);
  assert.ok(difference(0, [2]) < 1e-6, `sums ${difference(0, [2])}`);
});

test('with an angle of 0.5 forces are within two per cent and sums within one', () => {
  assert.ok(difference(0.5, [0, 1]) < 0.02, `forces ${difference(0.5, [0, 1])}`);
  assert.ok(difference(0.5, [2]) < 0.01, `sums ${difference(0.5, [2])}`);
  assert.ok(difference(0.5, [0, 1]) > difference(0, [0, 1]), 'the angle saves work');
});

test('all points in one place push nobody', () => {
  for (const [x, y, total] of throughTree(new Float64Array(40).fill(3), 0.5)) {
    assert.ok(Math.abs(x) + Math.abs(y) < 1e-9);
    assert.ok(Math.abs(total - 19) < 1e-9);
  }
});
