/** Every notebook runs in the smoke profile, and every one of the 59 artefacts is shown once, in words and pictures, and written. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { artefacts, exercisesOf, reports } from 'paperlab/papers';

const root = path.join(__dirname, '..', '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'paperlab notebooks-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: { paperlab?: { artefact?: string } };
}

interface Cell {
  cell_type: string;
  source: string | string[];
  outputs?: Output[];
  metadata: { tags?: string[]; jupyter?: { source_hidden?: boolean; outputs_hidden?: boolean } };
}

const skip = existsSync(path.join(root, '.runtime', 'venv')) ? false : 'JupyterLab is not set up: npm run setup';
const notebooks = readdirSync(path.join(root, 'notebooks')).filter((name) => /^0[1-9]-.*\.ipynb$/.test(name));

function reproduce(number: string): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/reproduce.mjs', number, '--profile', 'smoke', '--out', folder], { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (status) => resolve({ status, output }));
  });
}

function checkArtefact(id: string, outputs: readonly Output[]): void {
  const shown = outputs.filter((output) => output.metadata?.paperlab?.artefact === id);
  assert.equal(shown.length, 1, `${id} is shown once`);
  const data = shown[0].data ?? {};
  assert.ok(String(data['text/plain']).length > 40, `${id} says something in words`);
  const isFigure = data['text/html'] === undefined;
  assert.ok(!isFigure || (data['image/png'] && data['application/vnd.plotly.v1+json']), `${id} has its picture and its interactive form`);
  if (/^lstm-cnn\/fig-[89]$/.test(id)) assert.match(String(data['text/plain']), /line always "negative" at 6\d\.\d\d? %/, id);
  const file = path.join(folder, 'figures', `${id}.${isFigure ? 'png' : 'csv'}`);
  assert.ok(statSync(file).size > (isFigure ? 5000 : 150), `${id} is written`);
}

/** Every exercise has a stub, which fails with a reason, and a folded solution, which passes. */
function checkExercises(cells: readonly Cell[], wanted: number): void {
  const tagged = (tag: string) => cells.filter(({ metadata }) => metadata.tags?.includes(tag));
  const [stubs, solutions] = [tagged('exercise'), tagged('solution')];
  assert.equal(stubs.length, wanted, 'every exercise of the report has its cell');
  assert.equal(solutions.length, stubs.length, 'as many solutions as exercises');
  for (const cell of stubs) assert.match(JSON.stringify(cell.outputs), /✗ .{10}/, `a stub fails: ${cell.source}`);
  for (const cell of solutions) {
    assert.match(JSON.stringify(cell.outputs), /✓/, `a solution passes: ${cell.source}`);
    assert.equal(cell.metadata.jupyter?.source_hidden, true, `a solution is folded: ${cell.source}`);
    assert.equal(cell.metadata.jupyter?.outputs_hidden, true, `its answer is folded, too: ${cell.source}`);
  }
}

test('there are 59 artefacts, each with an id of its own', () => {
  assert.equal(artefacts.length, 59);
  assert.equal(new Set(artefacts.map(({ id }) => id)).size, 59);
});

test('every report has its notebook', () => {
  for (const { number, paper } of reports) assert.ok(notebooks.includes(`${number}-${paper}.ipynb`), `${number}-${paper}.ipynb`);
});

describe('in the smoke profile', { skip }, () => {
  for (const name of notebooks) {
    const number = name.slice(0, 2);
    const paper = reports.find((report) => report.number === number)?.paper;
    test(name, { timeout: 400_000 }, async () => {
      const { status, output } = await reproduce(number);
      assert.equal(status, 0, output);
      const { cells } = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { cells: Cell[] };
      const outputs = cells.flatMap((cell) => cell.outputs ?? []);
      for (const { id } of artefacts.filter((each) => each.paper === paper)) checkArtefact(id, outputs);
      // Without the real data the stand-ins announce themselves.
      const complaints = outputs.filter(
        (each) =>
          each.output_type === 'error' || (each.output_type === 'stream' && each.name === 'stderr' && !/stand-in/i.test(String(each.text))),
      );
      assert.deepEqual(complaints, [], 'no cell complains');
      checkExercises(cells, paper === undefined ? 0 : Object.values(exercisesOf(paper)).length);
      const warned = cells.filter(({ cell_type, source }) => cell_type === 'markdown' && /not for diagnosis/.test(String(source)));
      if (paper === 'lstm-cnn') assert.equal(warned.length, 1, 'said once that it is not for diagnosis');
    });
  }
});
