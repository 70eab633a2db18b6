/** Intervals over seeds, against tabulated quantiles. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studentQuantile, summarise } from 'paperlab/results';

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

test('one value has no spread, equal values have an interval of no width, a diverged one has none', () => {
  assert.deepEqual(summarise([3]), { n: 1, mean: 3, sd: null, interval: null, lowest: 3, highest: 3 });
  assert.deepEqual(summarise([2, 2, 2]).interval, [2, 2]);
  assert.equal(summarise([2, 3]).interval, null, 'two values have none');
  const diverged = summarise([1, Number.NaN]);
  assert.ok(Number.isNaN(diverged.mean));
  assert.equal(diverged.interval, null);
  assert.throws(() => summarise([]), RangeError);
});
