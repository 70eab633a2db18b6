/**
 * The tables of the reports computed a second time, from the files in results/ and by code that shares nothing with the package: plain JSON,
 * formulas written out. What stands here as a list of experiments or metrics is meant to repeat what src/papers says, not to import it.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface RawRun {
  hash: string;
  seed: number;
  profile: string;
  provenance: string;
  finishedAt: string;
  recipe: { experiment: string };
  metrics: Record<string, number>;
  curves: Record<string, number[]>;
  confusion?: number[][];
}

/** Recorded full runs on real data of one experiment; of several recipes, the one that was finished last. */
export function rawRuns(results: string, paper: string, experiment: string): RawRun[] {
  const folder = path.join(results, paper);
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name): RawRun => JSON.parse(readFileSync(path.join(folder, name), 'utf8')))
    .filter((run) => run.recipe.experiment === experiment && run.profile === 'paper' && run.provenance === 'real')
    .sort((a, b) => a.finishedAt.localeCompare(b.finishedAt));
  return all.filter((run) => run.hash === all[all.length - 1].hash);
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0) / (values.length - 1));
}

/** Fields of a CSV file, with quotes as RFC 4180 has them. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted && sign === '"' && text[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === ',' || sign === '\n')) {
      rows[rows.length - 1].push(field);
      field = '';
      if (sign === '\n') rows.push([]);
    } else field += sign;
  }
  return rows.slice(0, -1);
}

/** A number as printed must be the nearest that has its digits; one printed in full agrees to rounding. */
function assertPrinted(printed: string, wanted: number, place: string): void {
  assert.match(printed, /^-?\d+(\.\d+)?(e-\d+)?$/, `${place}: "${printed}" is no number`);
  const digits = printed.split('.')[1]?.length ?? 0;
  const slack = Math.max(0.5 * 10 ** -digits, 1e-9 * Math.abs(wanted)) * (1 + 1e-6);
  assert.ok(Math.abs(Number(printed) - wanted) <= slack, `${place}: ${printed}, recomputed ${wanted}`);
}

/** "mean", "mean ± deviation", or a gap where there is no run. Returns 1 where a number was compared. */
export function assertCell(cell: string, values: readonly number[], place: string): number {
  if (values.length === 0) {
    assert.match(cell, /^–?$/, `${place}: "${cell}" without a run`);
    return 0;
  }
  const [first, second] = cell.split(' ± ');
  assertPrinted(first, mean(values), place);
  if (second !== undefined) assertPrinted(second, deviation(values), `${place}, deviation`);
  return 1;
}

/** What a column holds: of each run a number (in `times` its own unit), averaged; or their deviation; or how many there are. */
type Column = { of: (run: RawRun, row: number) => number | undefined; times?: number; take?: 'mean' | 'deviation' };
const metric = (name: string, times = 100, take: Column['take'] = 'mean'): Column => ({ of: (run) => run.metrics[name], times, take });

export interface TableSpec {
  artefact: string;
  paper: string;
  /** Experiment of each row; null where the row is no network of ours. */
  rows: readonly (string | null)[];
  columns: Record<string, Column>;
}

const perClass = (row: number, matrix: number[][], score: 'precision' | 'recall' | 'F1'): number => {
  if (row === 10) return mean(Array.from({ length: 10 }, (_, label) => perClass(label, matrix, score)));
  const right = matrix[row][row];
  const called = matrix.reduce((sum, counts) => sum + counts[row], 0);
  const there = matrix[row].reduce((sum, count) => sum + count, 0);
  const [precision, recall] = [called > 0 ? right / called : 0, there > 0 ? right / there : 0];
  if (score === 'F1') return precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  return score === 'precision' ? precision : recall;
};
const classColumn = (score: 'precision' | 'recall' | 'F1'): Column => ({
  of: (run, row) => run.confusion && perClass(row, run.confusion, score),
});

const tissue = ['idc-lstm-cnn', 'idc-lstm', 'idc-cnn'];
const garmentRows = [1, 2, 3, 4, 5, 6, 7, 8].map((row) => `row-${row}`);
const heldOut = (ending: string, name: string): TableSpec => ({
  artefact: 'knn-cnn-lstm/table-2',
  paper: 'knn-cnn-lstm',
  rows: garmentRows.map((row) => `${row}${ending}`),
  columns: { [name]: metric('validationAccuracy') },
});

export const specs: readonly TableSpec[] = [
  {
    artefact: 'lenet5/table-1',
    paper: 'lenet5',
    rows: Array<string>(11).fill('proposed-lenet5'),
    columns: { 'precision obtained': classColumn('precision'), 'recall obtained': classColumn('recall'), 'F1 obtained': classColumn('F1') },
  },
  {
    artefact: 'lenet5/table-2',
    paper: 'lenet5',
    rows: Array<string>(7).fill('proposed-lenet5'),
    columns: {
      obtained: {
        of: ({ metrics }, row) =>
          [
            metrics['testKappa'],
            metrics['testInformedness'],
            metrics['testInformednessByPrediction'],
            metrics['testSquaredLabelError'],
            metrics['testAbsoluteLabelError'],
            metrics['testSquaredOutputError'],
            metrics['testSquaredErrorPerImage'],
          ][row],
      },
    },
  },
  {
    artefact: 'lenet5/table-3',
    paper: 'lenet5',
    rows: [
      ...['row-three-layers', 'row-svc-rbf', null, 'row-cnn-svm', 'row-cnn-softmax', 'row-cnn-batchnorm', 'row-cnn-batchnorm-skip'],
      ...['row-decision-tree', 'row-extra-tree', 'row-gaussian-nb', 'row-knn', 'row-linear-svc', 'row-logistic-regression'],
      ...['row-random-forest', 'row-sgd', 'row-svc-rbf', 'row-cnn', 'proposed-lenet5', 'row-mlp'],
    ],
    columns: { 'obtained %': metric('testAccuracy'), sd: metric('testAccuracy', 100, 'deviation') },
  },
  {
    artefact: 'lstm-cnn/table-1',
    paper: 'lstm-cnn',
    rows: ['lstm-cnn', 'cnn-lstm', 'lstm', 'cnn', 'stacked'].map((model) => `mnist-${model}`),
    columns: {
      'training obtained %': metric('trainAccuracy'),
      'validation obtained %': metric('validationAccuracy'),
      'test obtained %': metric('testAccuracy'),
    },
  },
  {
    artefact: 'lstm-cnn/table-2',
    paper: 'lstm-cnn',
    rows: [...tissue.map((name) => `${name}-patch`), ...tissue.map((name) => `${name}-patient`)],
    columns: {
      'training %': metric('trainAccuracy'),
      'validation %': metric('validationAccuracy'),
      'test %': metric('testAccuracy'),
      'constant answer on test %': metric('majorityAccuracy'),
      'balanced %': metric('balancedAccuracy'),
      'F1 %': metric('f1'),
      'AUC %': metric('auc'),
    },
  },
  {
    artefact: 'cnn-lstm-aggregated/table-1',
    paper: 'cnn-lstm-aggregated',
    rows: [null, 'published-cnn-lstm', 'published-cnn', 'published-cnn-svm'],
    columns: { 'obtained %': metric('testAccuracy'), sd: metric('testAccuracy', 100, 'deviation') },
  },
  {
    artefact: 'cnn-lstm-aggregated/table-1',
    paper: 'cnn-lstm-aggregated',
    rows: [null, null, null, null, 'model-6'],
    columns: { 'obtained %': metric('aggregatedAccuracy'), sd: metric('aggregatedAccuracy', 100, 'deviation') },
  },
  {
    artefact: 'cnn-lstm-aggregated/table-2',
    paper: 'cnn-lstm-aggregated',
    rows: [1, 2, 3, 4].map((model) => `model-${model}`),
    columns: { 'obtained %': metric('testAccuracy'), sd: metric('testAccuracy', 100, 'deviation') },
  },
  {
    artefact: 'cnn-lstm-aggregated/table-2',
    paper: 'cnn-lstm-aggregated',
    rows: [null, null, null, null, 'model-5', 'model-6'],
    columns: { 'obtained %': metric('aggregatedAccuracy'), sd: metric('aggregatedAccuracy', 100, 'deviation') },
  },
  {
    artefact: 'hilbert-lstm/summary',
    paper: 'hilbert-lstm',
    rows: [
      ...['cnn', 'rnn-14-hilbert', 'rnn-14-row', 'lstm-14-hilbert', 'lstm-14-row'],
      ...['rnn-28-hilbert', 'rnn-28-row', 'lstm-28-hilbert', 'lstm-28-row'],
    ],
    columns: {
      'test accuracy %, mean over seeds': metric('testAccuracy'),
      'sd over seeds (points)': metric('testAccuracy', 100, 'deviation'),
      'training accuracy %, last epoch (dropout on)': metric('trainAccuracy'),
    },
  },
  {
    artefact: 'knn-cnn-lstm/table-1',
    paper: 'knn-cnn-lstm',
    rows: Array<string>(6).fill('knn-hamming'),
    columns: { 'Hamming % (recorded)': { of: ({ metrics }, row) => metrics[`accuracyK${[1, 4, 9, 20, 50, 100][row]}`], times: 100 } },
  },
  {
    artefact: 'knn-cnn-lstm/table-1',
    paper: 'knn-cnn-lstm',
    rows: Array<string>(6).fill('knn-euclidean'),
    columns: { Euclidean: { of: ({ metrics }, row) => metrics[`accuracyK${[1, 4, 9, 20, 50, 100][row]}`], times: 100 } },
  },
  {
    artefact: 'knn-cnn-lstm/table-2',
    paper: 'knn-cnn-lstm',
    rows: garmentRows,
    columns: { 'last fifth %': metric('validationAccuracy'), 'test set (network of the last fifth) %': metric('testAccuracy') },
  },
  heldOut('-random', 'random fifth %'),
  heldOut('-grouped', 'by original %'),
  {
    artefact: 'knn-cnn-lstm/table-3',
    paper: 'knn-cnn-lstm',
    rows: [
      ...['row-6', 'benchmark-two-conv', 'benchmark-two-conv-normalised', 'benchmark-two-conv-elu'],
      ...['benchmark-three-conv-batchnorm', 'benchmark-two-conv-augmented'],
    ],
    columns: { 'obtained, test set %': metric('testAccuracy') },
  },
  {
    artefact: 'knn-cnn-lstm/table-3',
    paper: 'knn-cnn-lstm',
    rows: [null, null, null, null, null, null, 'knn-hamming'],
    columns: { 'obtained, test set %': metric('accuracyK9') },
  },
];

/** Compares one table's CSV with the files; returns how many numbers were compared. */
export function compareTable(csv: string, spec: TableSpec, results: string): number {
  const [heads, ...rows] = parseCsv(csv);
  let compared = 0;
  for (const [name, { of, times = 1, take = 'mean' }] of Object.entries(spec.columns)) {
    const at = heads.findIndex((head) => head.startsWith(name));
    assert.ok(at >= 0, `${spec.artefact} has no column ${name}`);
    spec.rows.forEach((experiment, row) => {
      if (experiment === null) return;
      const place = `${spec.artefact}, row ${row + 1}, ${name}`;
      const values = rawRuns(results, spec.paper, experiment)
        .map((run) => of(run, row))
        .filter((value) => value !== undefined)
        .map((value) => times * value);
      if (take === 'mean') compared += assertCell(rows[row][at], values, place);
      else compared += assertCell(rows[row][at], values.length > 1 ? [deviation(values)] : [], place);
    });
  }
  return compared;
}

/** Table III of the aggregated models: a corner of Model II's matrix, and its equations as they are printed. */
export function compareCorner(csv: string, results: string): number {
  const paper = 'cnn-lstm-aggregated';
  const matrices = rawRuns(results, paper, 'model-2').map((run) => run.confusion!);
  const labels = [0, 2, 6];
  const corner = labels.map((actual) => labels.map((called) => matrices.reduce((sum, matrix) => sum + matrix[actual][called], 0)));
  const inRow = corner.map((counts) => counts[0] + counts[1] + counts[2]);
  const inColumn = [0, 1, 2].map((at) => corner[0][at] + corner[1][at] + corner[2][at]);
  const right = [0, 1, 2].map((at) => corner[at][at]);
  const all = inRow[0] + inRow[1] + inRow[2];
  const total = (right[0] + right[1] + right[2]) / all;
  const sum = (values: number[]) => values[0] + values[1] + values[2];
  const trueNegatives = right.map((count, at) => all - inRow[at] - inColumn[at] + count);
  const [missed, wronglyCalled] = [inRow.map((count, at) => count - right[at]), inColumn.map((count, at) => count - right[at])];
  const [precision, recall] = [right.map((count, at) => count / inColumn[at]), right.map((count, at) => count / inRow[at])];
  const wanted: (number | undefined)[][] = [
    ...corner.map((counts, at) => [...counts, inRow[at]]),
    [...right, sum(right)],
    [...trueNegatives, sum(trueNegatives)],
    [...missed, sum(missed)],
    [...wronglyCalled, sum(wronglyCalled)],
    [...precision, total],
    [...recall, total],
    [undefined, undefined, undefined, total],
    [undefined, undefined, undefined, total],
    [...precision.map((value, at) => (2 * value * recall[at]) / (value + recall[at])), undefined],
  ];
  const rows = parseCsv(csv).slice(1);
  assert.equal(rows.length, wanted.length);
  return wanted.flatMap((values, row) =>
    values.map((value, at) => assertCell(rows[row][2 + at], value === undefined ? [] : [value], `${paper}/table-3, row ${row + 1}`)),
  ).length;
}
