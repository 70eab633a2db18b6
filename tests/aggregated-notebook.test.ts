/** Notebook 03 as it stands: all nineteen artefacts, each under a heading that names it, and shown where it has been run. (The run itself: notebooks-artefacts.test.ts.) */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { artefacts } from 'paperlab/papers';

const paper = 'cnn-lstm-aggregated';
const file = path.join(__dirname, '..', '..', 'notebooks', `03-${paper}.ipynb`);

interface Cell {
  cell_type: 'code' | 'markdown';
  source: string | string[];
  execution_count?: number | null;
  outputs?: { output_type: string; name?: string; data?: Record<string, unknown>; metadata?: { paperlab?: { artefact?: string } } }[];
}

const { cells } = JSON.parse(readFileSync(file, 'utf8')) as { cells: Cell[] };
const textOf = ({ source }: Cell) => (Array.isArray(source) ? source.join('') : source);
const ids = [...Array.from({ length: 16 }, (_, index) => `${paper}/fig-${index + 1}`), ...[1, 2, 3].map((at) => `${paper}/table-${at}`)];
const numerals: Record<string, string> = { 'table-1': 'Table I ', 'table-2': 'Table II ', 'table-3': 'Table III ' };

test('the nineteen artefacts of the report are asked for once each, under a heading that names them', () => {
  assert.deepEqual(
    artefacts
      .filter((each) => each.paper === paper)
      .map(({ id }) => id)
      .sort(),
    [...ids].sort(),
  );
  for (const id of ids) {
    const places = cells.flatMap((cell, at) => (cell.cell_type === 'code' && textOf(cell).includes(`'${id}'`) ? [at] : []));
    assert.equal(places.length, 1, id);
    const label = id.split('/')[1]!;
    const heading = numerals[label] ?? `Figure ${label.slice(4)} `;
    const headings = cells.slice(0, places[0]).flatMap((cell) => (cell.cell_type === 'markdown' ? textOf(cell).split('\n') : []));
    const last = headings.filter((line) => line.startsWith('### ')).pop();
    assert.ok(last?.startsWith(`### ${heading}`), `${id} stands under "${last}"`);
  }
});

test('cells are short, and prose stands before them', () => {
  for (const [at, cell] of cells.entries()) {
    if (cell.cell_type !== 'code') continue;
    assert.ok(textOf(cell).split('\n').length <= 10, textOf(cell));
    assert.doesNotMatch(textOf(cell), /await \(async/, 'the kernel loses errors of a function called in place');
    assert.ok(at > 0);
  }
  assert.ok(cells.filter((cell) => cell.cell_type === 'markdown' && textOf(cell).includes('**Predict:**')).length >= 10);
});

test('the committed notebook has been run to its end, without complaint, and is small enough to read online', () => {
  assert.ok(statSync(file).size < 6_000_000);
  const code = cells.filter((cell) => cell.cell_type === 'code');
  assert.deepEqual(
    code.map((cell) => cell.execution_count),
    code.map((_, at) => at + 1),
  );
  const outputs = code.flatMap((cell) => cell.outputs ?? []);
  assert.ok(outputs.every(({ output_type, name }) => output_type !== 'error' && name !== 'stderr'));
  for (const id of ids) {
    const shown = outputs.filter(({ metadata }) => metadata?.paperlab?.artefact === id);
    assert.equal(shown.length, 1, id);
    const data = shown[0]!.data ?? {};
    assert.ok(data['text/html'] || (data['image/png'] && data['application/vnd.plotly.v1+json']), `${id} has its renderings`);
  }
});
