/** What a reader sees of names that programs use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricInWords } from 'paperlab/notebook';
import { runs } from 'paperlab/results';

test('the names of measured values read as words', () => {
  const wanted = {
    testAccuracy: 'test accuracy',
    trainLoss: 'training loss, during the last epoch',
    testMacroAuc: 'test macro AUC',
    f1: 'F1',
    aucClass6: 'AUC class 6',
    accuracyK5: 'accuracy, K = 5',
    accuracyK100: 'accuracy, K = 100',
    secondsPerEpoch: 'seconds per epoch',
    trainAccuracyAfter: 'training accuracy after',
    testOneVersusRest: 'test one versus rest',
    parameters: 'parameters',
  };
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, metricInWords(name)])), wanted);
});

test('so do those of every recorded run', () => {
  const names = new Set(runs.find().flatMap(({ metrics }) => Object.keys(metrics)));
  assert.ok(names.size > 10);
  for (const name of names) assert.doesNotMatch(metricInWords(name), /[a-z][A-Z]/, name);
});
