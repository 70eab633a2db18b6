import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sortedNumbers } from 'paperlab/internal/metrics/sorting';
import * as metrics from 'paperlab/metrics';

test('input without a defined measure is an error that says so, never NaN', () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => metrics.confusionMatrix([], [], 2), /at least 1 needed/],
    [() => metrics.confusionMatrix([0, 1], [0], 2), /2 values against 1/],
    [() => metrics.confusionMatrix([0, 2], [0, 1], 2), /label 1 is 2/],
    [() => metrics.confusionMatrix([0, Number.NaN], [0, 1], 2), /label 1 is NaN/],
    [() => metrics.classReport([[0]]), /no examples/],
    [() => metrics.classReport([[1, 2]]), /square/],
    [() => metrics.cohenKappa([[5]]), /only one class/],
    [
      () =>
        metrics.informedness([
          [5, 0],
          [0, 0],
        ]),
      /class 0 has 5 of 5/,
    ],
    [() => metrics.rocCurve([1, 1], [0.1, 0.2]), /2 positive and 0 other/],
    [() => metrics.rocCurve([1, 0], [Number.NaN, 0.2]), /value 0 is NaN/],
    [() => metrics.macroAuc([0, 0], [1, 0, 1, 0], 2), /class 0 against the rest/],
    [() => metrics.auc([1, 0], [0, 1]), /x falls/],
    [() => metrics.binaryAccuracy([0], [3, -2], 2), /no probability/],
    [() => metrics.calibration([0], [Number.POSITIVE_INFINITY, 0], 2), /Infinity/],
    [() => metrics.meanSquaredError([0], [Number.NaN]), /NaN/],
    [() => metrics.meanInterval([1]), /at least 2/],
    [() => metrics.bootstrapInterval([1, 2], { confidence: 95 }), /0.95/],
    [() => metrics.pearsonCorrelation([1, 1, 1, 1], [1, 2, 3, 4]), /all values of one list are equal/],
    [() => metrics.mcNemar([1], [1, 2], [1]), /1 values against 2/],
  ];
  for (const [run, message] of wrong)
    assert.throws(
      run,
      (error: Error) => error instanceof metrics.MetricsError && message.test(error.message) && /What to do/.test(error.message),
    );
});

test('a class that never occurs stands at 0, is named, and stays out of the macro mean', () => {
  const report = metrics.classReport([
    [2, 0, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]);
  assert.deepEqual(report.classes[2], { precision: 0, recall: 0, f1: 0, support: 0, undefinedMeasures: ['precision', 'recall', 'f1'] });
  assert.equal(report.macro.recall, 0.75);
});

test('on a balanced set macro informedness is kappa, both (10a − 1) / 9', () => {
  const matrix = Array.from({ length: 10 }, (_, row) =>
    Array.from({ length: 10 }, (_unused, column) => (row === column ? 73 + row : (column + 1) % 10 === row ? 27 - row : 0)),
  );
  const expected = (10 * metrics.accuracyOfMatrix(matrix) - 1) / 9;
  assert.ok(Math.abs(metrics.cohenKappa(matrix) - expected) < 1e-12);
  assert.ok(Math.abs(metrics.informedness(matrix) - expected) < 1e-12);
});

test('calibration counts every example once and finds a known gap', () => {
  const { bins, expectedCalibrationError } = metrics.calibration([0, 1, 0, 1], [0.8, 0.2, 0.8, 0.2, 0.8, 0.2, 0.8, 0.2], 2, 5);
  assert.equal(
    bins.reduce((sum, bin) => sum + bin.count, 0),
    4,
  );
  assert.ok(Math.abs(expectedCalibrationError - 0.3) < 1e-12);
  assert.equal(bins[0].accuracy, undefined);
});

test('bootstraps repeat with their seed, differ with another, and see a true difference', () => {
  const actual = Array.from({ length: 400 }, (_, index) => index % 10);
  const first = actual.map((label, index) => (index % 5 === 0 ? (label + 1) % 10 : label));
  const second = actual.map((label, index) => (index % 3 === 0 ? (label + 1) % 10 : label));
  const result = metrics.pairedBootstrap(actual, first, second, { seed: 4 });
  assert.deepEqual(result, metrics.pairedBootstrap(actual, first, second, { seed: 4 }));
  assert.notDeepEqual(result, metrics.pairedBootstrap(actual, first, second, { seed: 5 }));
  assert.ok(result.low > 0 && result.pValue < 0.01);
  const same = metrics.pairedBootstrap(actual, first, first);
  assert.deepEqual([same.estimate, same.low, same.high, same.pValue], [0, 0, 0, 1]);
  assert.equal(metrics.mcNemar(actual, first, first).pValue, 1);
});

test('sorting digit by digit puts numbers of every kind where comparing puts them', () => {
  // A step that shares no factor with the count visits every number once, in no order.
  const shuffled = (count: number, of: (index: number) => number) =>
    Float64Array.from({ length: count }, (_, index) => of((index * 7919) % count));
  const kinds: Record<string, (index: number) => number> = {
    'far apart, both signs': (index) => (index - 5000) * 10 ** ((index % 600) - 300),
    'single precision': (index) => Math.fround(Math.sin(index)),
    'ties and ends': (index) => [0, -0, 1, -1, 5e-324, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][index % 8],
  };
  for (const [kind, of] of Object.entries(kinds))
    for (const count of [10, 10_000]) {
      const wanted = shuffled(count, of).sort();
      assert.deepEqual(sortedNumbers(shuffled(count, of)), wanted, `${count} numbers, ${kind}`);
      // A part of a longer array, as curves.ts gives it: nothing outside of it moves.
      const longer = new Float64Array(count + 2).fill(7);
      longer.set(shuffled(count, of), 1);
      assert.deepEqual(sortedNumbers(longer.subarray(1, count + 1)), wanted);
      assert.deepEqual([longer[0], longer[count + 1]], [7, 7]);
    }
});
