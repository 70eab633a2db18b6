/**
 * What a notebook asks of 100,000 predictions over ten classes: confusion matrix, scores per class, kappa, and ten ROC curves with their areas.
 * Labels and probabilities are left in .runtime/bench for metrics.py, so that scikit-learn scores the same ones; the areas stand beside each other.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import data from 'paperlab/data';
import metrics from 'paperlab/metrics';

const { randomStream } = data;

export const name = 'metrics';

const [COUNT, CLASSES] = [100_000, 10];
const folder = new URL('../.runtime/bench/', import.meta.url);

/** Probabilities that are right more often than not. */
function predictions() {
  const random = randomStream(1);
  const labels = Uint8Array.from({ length: COUNT }, () => random.below(CLASSES));
  const probabilities = new Float64Array(COUNT * CLASSES);
  for (let example = 0; example < COUNT; example += 1) {
    const row = probabilities.subarray(example * CLASSES, (example + 1) * CLASSES);
    for (let label = 0; label < CLASSES; label += 1) row[label] = Math.exp(random.normal() + (label === labels[example] ? 1.5 : 0));
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let label = 0; label < CLASSES; label += 1) row[label] /= total;
  }
  const predicted = Uint8Array.from({ length: COUNT }, (_, example) => {
    const row = probabilities.subarray(example * CLASSES, (example + 1) * CLASSES);
    return row.indexOf(Math.max(...row));
  });
  return { labels, predicted, probabilities };
}

function timed(work) {
  const started = performance.now();
  const result = work();
  return { result, milliseconds: performance.now() - started };
}

export async function run() {
  const { labels, predicted, probabilities } = predictions();
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('metrics-labels.u8', folder), labels);
  writeFileSync(new URL('metrics-predicted.u8', folder), predicted);
  writeFileSync(new URL('metrics-probabilities.f64', folder), probabilities);
  const scores = timed(() => {
    const matrix = metrics.confusionMatrix(labels, predicted, CLASSES);
    return [metrics.classReport(matrix), metrics.cohenKappa(matrix)];
  });
  const areas = timed(() => metrics.rocCurves(labels, probabilities, CLASSES).map(({ auc }) => auc));
  return [
    { name: '100,000 labels: matrix, scores per class, kappa', value: scores.milliseconds, unit: 'ms' },
    { name: '100,000 × 10: ROC curves and areas', value: areas.milliseconds, unit: 'ms' },
    { name: 'mean area, in millionths', value: (1e6 * areas.result.reduce((sum, area) => sum + area)) / CLASSES, unit: '' },
  ];
}
