/** Intervals over seeds, against tabulated quantiles. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studentQuantile, summarise, varianceRatioBelow } from 'paperlab/results';

test('Student quantiles agree with scipy.stats.t.ppf', () => {
  const table: [number, number, number][] = [
    [0.95, 1, 12.706204736432095],
    [0.95, 2, 4.302652729696142],
    [0.95, 4, 2.7764451051977987],
    [0.95, 9, 2.2621571628540993],
    [0.95, 30, 2.0422724563012373],
    [0.95, 1000, 1.9623390808264078],
    [0.99, 5, 4.032142983557536],
    [0.5, 3, 0.7648923284043452],
  ];
  for (const [confidence, freedom, wanted] of table)
    assert.ok(Math.abs(studentQuantile(confidence, freedom) / wanted - 1) < 1e-9, `${confidence}, ${freedom}`);
  assert.throws(() => studentQuantile(0.95, 0), RangeError);
});

test('the F distribution agrees with tabulated quantiles and with its closed forms', () => {
  const table: [number, number, number, number][] = [
    [0.95, 7, 2, 19.3532],
    [0.95, 2, 7, 4.7374],
    [0.95, 5, 10, 3.3258],
    [0.99, 3, 8, 7.591],
    [0.5, 4, 4, 1],
  ];
  for (const [probability, above, below, ratio] of table)
    assert.ok(Math.abs(varianceRatioBelow(ratio, above, below) - probability) < 2e-5, `${probability}, ${above}, ${below}`);
  // With two degrees on one side the incomplete beta function is a power.
  assert.ok(Math.abs(varianceRatioBelow(0.05, 7, 2) - (0.35 / 2.35) ** 3.5) < 1e-12);
  assert.ok(Math.abs(varianceRatioBelow(3, 2, 6) - (1 - (1 + 6 / 6) ** -3)) < 1e-12);
  // The square of Student's t has one degree above the line.
  assert.ok(Math.abs(varianceRatioBelow(studentQuantile(0.95, 9) ** 2, 1, 9) - 0.95) < 1e-9);
  assert.equal(varianceRatioBelow(0, 3, 3), 0);
  assert.throws(() => varianceRatioBelow(-1, 3, 3), RangeError);
  assert.throws(() => varianceRatioBelow(1, 0, 3), RangeError);
});

test('one value has no spread, equal values have an interval of no width, a diverged one has none', () => {
  assert.deepEqual(summarise([3]), { n: 1, mean: 3, sd: null, interval: null, lowest: 3, highest: 3 });
  assert.deepEqual(summarise([2, 2, 2]).interval, [2, 2]);
  assert.equal(summarise([2, 3]).interval, null, 'two values have none');
  const diverged = summarise([1, Number.NaN]);
  assert.ok(Number.isNaN(diverged.mean));
  assert.equal(diverged.interval, null);
  assert.throws(() => summarise([]), RangeError);
});
