/** What a reader sees of names that programs use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricInWords, show } from 'paperlab/notebook';
import { runs } from 'paperlab/results';
import { printed } from './printed.js';

test('the names of measured values read as words', () => {
  const wanted = {
    testAccuracy: 'test accuracy',
    trainLoss: 'training loss',
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

test("a run's table tells training accuracy counted during the last epoch from that counted afterwards", async () => {
  const [run] = runs.find({ paper: 'lenet5', experiment: 'proposed-lenet5', profile: 'paper' });
  const text = await printed(() => show.run(run));
  assert.match(text, /^training accuracy, during the last epoch +0\.\d+/m);
  assert.match(text, /^training accuracy +0\.\d+/m);
});

test('a run shows the numbers that are asked for, says how many more there are, and names what it has not', async () => {
  const [run] = runs.find({ paper: 'lenet5', experiment: 'proposed-lenet5', profile: 'paper' });
  const text = await printed(() => show.run(run, ['testAccuracy', 'parameters']));
  assert.match(text, /^test accuracy +0\.\d+/m);
  assert.doesNotMatch(text, /^test kappa/m);
  assert.match(text, new RegExp(`^and +${Object.keys(run.metrics).length - 2} more numbers`, 'm'));
  await assert.rejects(
    printed(() => show.run(run, ['noSuchMetric'])),
    /has no noSuchMetric; it has testAccuracy/,
  );
});

test('so do those of every recorded run', () => {
  const names = new Set(runs.find().flatMap(({ metrics }) => Object.keys(metrics)));
  assert.ok(names.size > 10);
  for (const name of names) assert.doesNotMatch(metricInWords(name), /[a-z][A-Z]/, name);
});
