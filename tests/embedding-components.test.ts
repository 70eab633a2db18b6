/** Principal components: against scikit-learn, with fewer points than dimensions, with equal variances, and a few of many dimensions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomStream } from 'paperlab/data';
import { type PrincipalComponents, pca } from 'paperlab/embedding';

/** Whole numbers by a rule, so that the reference saw the same points to the bit. */
function ruled(count: number, dimensions: number) {
  const values = Float32Array.from({ length: count * dimensions }, (_, index) => {
    const [i, j] = [Math.floor(index / dimensions), index % dimensions];
    return (i * i * (j + 3) + 7 * i * j + 11 * j * j) % 251;
  });
  return { values, count, dimensions };
}

function assertOrthonormal({ components }: PrincipalComponents): void {
  components.forEach((row, a) => {
    components.forEach((other, b) => {
      const product = row.reduce((sum, value, at) => sum + value * other[at], 0);
      assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 1e-12, `${a} · ${b} = ${product}`);
    });
  });
}

// sklearn.decomposition.PCA(3, svd_solver='full') of the same points, signs turned so that each component's largest entry is positive.
const reference = [
  {
    count: 60,
    dimensions: 8,
    variances: [8289.773146799376, 8021.753383712097, 5612.172014599572],
    shares: [0.18974033274313232, 0.18360576691975386, 0.1284541044253969],
    starts: [
      [-0.07449750309555232, 0.12042465781092741, 0.5836834642746366, -0.5509698697537266],
      [0.5053050770553361, 0.22610625035258627, 0.161329931739029, 0.044155346680587],
      [0.0721203453237244, -0.15675356687581543, 0.34312391038364803, -0.08851694476282923],
    ],
  },
  {
    count: 12,
    dimensions: 40,
    variances: [38381.8058063256, 29026.63246908534, 24656.53750086706],
    shares: [0.18780252062004718, 0.14202757343708725, 0.12064465949807923],
    starts: [
      [0.25174116119274936, 0.1242112217213668, 0.17127162387139086, -0.20808927030007573],
      [-0.0810791991140335, 0.11903959550783179, 0.06423696749220084, 0.01091661096303812],
      [0.024139529645611616, 0.0350370408534561, 0.1015446642253614, 0.12351778920423095],
    ],
  },
];

for (const { count, dimensions, variances, shares, starts } of reference)
  test(`${count} points of ${dimensions} dimensions: the components, variances and shares of scikit-learn`, () => {
    const found = pca(ruled(count, dimensions), { dimensions: 3 });
    assertOrthonormal(found);
    for (let place = 0; place < 3; place += 1) {
      assert.ok(Math.abs(found.variances[place] - variances[place]) < 1e-10 * variances[0], `variance ${place}`);
      assert.ok(Math.abs(found.varianceShares[place] - shares[place]) < 1e-12, `share ${place}`);
      starts[place].forEach((value, at) => {
        assert.ok(Math.abs(found.components[place][at] - value) < 1e-10, `component ${place}, entry ${at}`);
      });
    }
  });

test('equal variances: each gets a direction of its own', () => {
  // Both ends of each axis: the variance is the same in all directions.
  const dimensions = 9;
  const values = new Float32Array(2 * dimensions * dimensions);
  for (let axis = 0; axis < dimensions; axis += 1) {
    values[2 * axis * dimensions + axis] = 1;
    values[(2 * axis + 1) * dimensions + axis] = -1;
  }
  const found = pca({ values, count: 2 * dimensions, dimensions }, { dimensions });
  assertOrthonormal(found);
  for (const variance of found.variances) assert.ok(Math.abs(variance - 2 / 17) < 1e-14, String(variance));
});

test('points that span fewer dimensions than are asked for: the rest have no variance and stand at right angles', () => {
  const found = pca(ruled(4, 30), { dimensions: 6 });
  assertOrthonormal(found);
  assert.ok(found.variances[2] > 1);
  for (const variance of found.variances.subarray(3)) assert.ok(variance < 1e-10 * found.variances[0], String(variance));
});

test('two components of 400 dimensions are the first two of all 400, to the same bits each time', () => {
  const random = randomStream(4);
  const [count, dimensions] = [450, 400];
  const values = Float32Array.from({ length: count * dimensions }, (_, at) => random.normal() * (1 + 3 / (1 + (at % dimensions))));
  const points = { values, count, dimensions };
  const [two, all] = [pca(points), pca(points, { dimensions })];
  assertOrthonormal(two);
  assert.deepEqual(two.coordinates, pca(points).coordinates);
  for (let place = 0; place < 2; place += 1) {
    assert.ok(Math.abs(two.variances[place] - all.variances[place]) < 1e-12 * all.variances[0]);
    assert.ok(two.components[place].every((value, at) => Math.abs(value - all.components[place][at]) < 1e-9));
  }
  assert.ok(Math.abs(all.variances.reduce((sum, value) => sum + value) / all.variances[0] - 1 / all.varianceShares[0]) < 1e-9);
});
