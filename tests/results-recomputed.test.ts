/** The repository's own records: every number of the main tables again, from the files, by other code; and what a record says twice. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { renderTable, repositoryRoot, type TableData } from 'paperlab/notebook';
import { aggregated, hilbert, knnCnnLstm, lenet5, lstmCnn } from 'paperlab/papers';
import { compareTable, type RawRun, specs } from './recomputed-support.js';

const results = path.join(repositoryRoot, 'results');

/** Tables drawn with no live run beside the recorded ones. */
const tables: Record<string, () => TableData> = {
  'lenet5/table-1': () => lenet5.table1Data(),
  'lenet5/table-2': () => lenet5.table2Data(),
  'lenet5/table-3': () => lenet5.table3Data(),
  'lstm-cnn/table-1': () => lstmCnn.table1Data(),
  'lstm-cnn/table-2': () => lstmCnn.table2Data(),
  'cnn-lstm-aggregated/table-1': () => aggregated.table1(),
  'cnn-lstm-aggregated/table-2': () => aggregated.table2(),
  'hilbert-lstm/summary': () => hilbert.summaryTable(),
  'knn-cnn-lstm/table-1': () => knnCnnLstm.neighboursTable(),
  'knn-cnn-lstm/table-2': () => knnCnnLstm.rowsTable(),
  'knn-cnn-lstm/table-3': () => knnCnnLstm.comparisonTable(),
};

test('every number that a main table takes from recorded runs comes out of the files again', () => {
  let compared = 0;
  for (const spec of specs) compared += compareTable(renderTable(tables[spec.artefact]()).csv, spec, results);
  // Those that are recorded at the time of writing; more will come.
  assert.ok(compared >= 110, `${compared} numbers compared`);
});

test('accuracy and kappa of a record are those of its confusion matrix', () => {
  let checked = 0;
  for (const paper of ['lenet5', 'lstm-cnn', 'cnn-lstm-aggregated', 'hilbert-lstm', 'knn-cnn-lstm'])
    for (const name of readdirSync(path.join(results, paper)).filter((file) => file.endsWith('.json'))) {
      const { confusion, metrics }: RawRun = JSON.parse(readFileSync(path.join(results, paper, name), 'utf8'));
      if (!confusion || metrics['testAccuracy'] === undefined) continue;
      const all = confusion.flat().reduce((sum, count) => sum + count, 0);
      const right = confusion.reduce((sum, counts, label) => sum + counts[label], 0);
      assert.ok(Math.abs(metrics['testAccuracy'] - right / all) < 1e-6, `${name}: accuracy`);
      checked += 1;
      if (metrics['testKappa'] === undefined) continue;
      const byChance = confusion.reduce((sum, counts, label) => {
        const [actual, called] = [counts.reduce((a, b) => a + b), confusion.reduce((total, row) => total + row[label], 0)];
        return sum + (actual / all) * (called / all);
      }, 0);
      assert.ok(Math.abs(metrics['testKappa'] - (right / all - byChance) / (1 - byChance)) < 1e-6, `${name}: kappa`);
    }
  assert.ok(checked >= 20, `${checked} records checked`);
});
