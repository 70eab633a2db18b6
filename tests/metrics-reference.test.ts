import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as metrics from 'paperlab/metrics';

interface Case {
  name: string;
  classes: number;
  actual: number[];
  predicted: number[];
  scores: number[];
  confusion: number[][];
  precision: number[];
  recall: number[];
  f1: number[];
  macro: number[];
  micro: number[];
  weighted: number[];
  aucs?: number[];
  informedness?: number[];
  roc?: { fpr: number[]; tpr: number[]; thresholds: number[] };
  [measure: string]: unknown;
}

interface Reference {
  cases: Case[];
  intervals: Record<'x' | 'y' | 'mean' | 'pearson', number[]> & {
    spearman: number;
    tQuantiles: number[][];
    exact: number[][];
    chiSquared: number[][];
  };
}

// Compiled tests lie in .build/tests; the fixtures stay beside the sources.
const file = join(__dirname, '../../tests/fixtures/metrics/reference.json');
const reference: Reference = JSON.parse(readFileSync(file, 'utf8'));

function close(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string, tolerance = 1e-12): void {
  assert.equal(got.length, wanted.length, what);
  for (let index = 0; index < wanted.length; index += 1)
    assert.ok(
      Math.abs(got[index] - wanted[index]) <= tolerance * Math.max(1, Math.abs(wanted[index])),
      `${what} ${index}: ${got[index]} against ${wanted[index]}`,
    );
}

for (const known of reference.cases) {
  const { actual, predicted, scores, classes } = known;

  test(`${known.name}: measures of the confusion matrix agree with scikit-learn`, () => {
    const matrix = metrics.confusionMatrix(actual, predicted, classes);
    assert.deepEqual(matrix, known.confusion);
    const report = metrics.classReport(matrix);
    for (const measure of ['precision', 'recall', 'f1'] as const)
      close(
        report.classes.map((row) => row[measure]),
        known[measure],
        measure,
      );
    for (const average of ['macro', 'micro', 'weighted'] as const)
      close([report[average].precision, report[average].recall, report[average].f1], known[average], average);
    const single: Record<string, number> = {
      accuracy: report.accuracy,
      kappa: metrics.cohenKappa(matrix),
      balanced: metrics.balancedAccuracy(matrix),
      oneVersusRest: metrics.oneVersusRestAccuracy(matrix),
      mse: metrics.meanSquaredError(actual, predicted),
      mae: metrics.meanAbsoluteError(actual, predicted),
      mseOneHot: metrics.meanSquaredErrorOfProbabilities(actual, scores, classes),
      binaryAccuracy: metrics.binaryAccuracy(actual, scores, classes),
      crossEntropy: metrics.crossEntropy(actual, scores, classes),
    };
    for (const [name, value] of Object.entries(single)) close([value], [known[name] as number], name);
    close([metrics.accuracyScore(actual, predicted)], [report.accuracy], 'accuracy of labels');
  });

  test(`${known.name}: ROC, AUC and informedness agree with scikit-learn`, () => {
    if (!known.aucs || !known.roc || !known.informedness) {
      assert.throws(() => metrics.macroAuc(actual, scores, classes), /class 2 against the rest/);
      assert.throws(() => metrics.informedness(known.confusion), /class 2 has 0/);
      return;
    }
    const curves = metrics.rocCurves(actual, scores, classes);
    close(
      curves.map((curve) => curve.auc),
      known.aucs,
      'auc',
    );
    close([metrics.macroAuc(actual, scores, classes)], [known.aucs.reduce((a, b) => a + b) / classes], 'macro auc');
    close(curves[0].falsePositiveRate, known.roc.fpr, 'false positive rate');
    close(curves[0].truePositiveRate, known.roc.tpr, 'true positive rate');
    close(curves[0].thresholds.slice(1), known.roc.thresholds, 'thresholds');
    close(metrics.classInformedness(known.confusion), known.informedness, 'informedness');
  });
}

test('intervals and p-values agree with SciPy', () => {
  const known = reference.intervals;
  const parts = ({ estimate, low, high }: metrics.Interval) => [estimate, low, high];
  close(parts(metrics.meanInterval(known.x)), known.mean, 'mean');
  close(parts(metrics.pearsonCorrelation(known.x, known.y)), known.pearson, 'pearson');
  close([metrics.spearmanCorrelation(known.x, known.y).estimate], [known.spearman], 'spearman');
  const answers = (only: number, count: number) => Array.from({ length: count }, (_, index) => (index < only ? 1 : 0));
  for (const [fewer, count, pValue] of known.exact) {
    const first = answers(fewer, count);
    const result = metrics.mcNemar(
      new Array(count).fill(1),
      first,
      first.map((mark) => 1 - mark),
      { method: 'exact' },
    );
    close([result.pValue], [pValue], `exact ${fewer} of ${count}`);
  }
  for (const [onlyFirst, onlySecond, pValue] of known.chiSquared) {
    const first = answers(onlyFirst, onlyFirst + onlySecond);
    const second = first.map((mark) => 1 - mark);
    close([metrics.mcNemar(new Array(first.length).fill(1), first, second).pValue], [pValue], `chi ${onlyFirst} ${onlySecond}`);
  }
});

test('Student quantiles agree with SciPy', async () => {
  const { studentTQuantile } = await import('paperlab/internal/metrics/distributions');
  for (const [probability, freedom, value] of reference.intervals.tQuantiles)
    close([studentTQuantile(probability, freedom)], [value], `t ${probability} ${freedom}`);
});
