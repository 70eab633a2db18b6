import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

const root = path.join(__dirname, '..', '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'lstm-cnn-notebook-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const labels = ['fig-1', 'fig-2', 'fig-3', 'fig-4', 'fig-5', 'fig-6', 'fig-7', 'fig-8', 'fig-9', 'table-1', 'table-2'];

interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: { paperlab?: { artefact?: string } };
}

const needed = path.join(root, '.runtime', 'venv');
const skip = existsSync(needed) ? false : 'JupyterLab is not set up: npm run setup';

test('notebook 02 runs in smoke, shows all eleven artefacts, and says that it is no tool for diagnosis', { skip, timeout: 900_000 }, () => {
  const run = spawnSync(process.execPath, ['scripts/reproduce.mjs', '02', '--profile', 'smoke', '--out', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, `${run.stdout}\n${run.stderr}`);
  const notebook = JSON.parse(readFileSync(path.join(folder, '02-lstm-cnn.ipynb'), 'utf8')) as {
    cells: { cell_type: string; source: string | string[]; outputs?: Output[]; metadata: { tags?: string[] } }[];
  };
  const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
  for (const label of labels) {
    const id = `lstm-cnn/${label}`;
    const shown = outputs.filter((output) => output.metadata?.paperlab?.artefact === id);
    assert.equal(shown.length, 1, `${id} is shown once`);
    const data = shown[0].data ?? {};
    assert.ok(String(data['text/plain']).length > 40, `${id} says something in words`);
    const isFigure = label.startsWith('fig');
    assert.ok(isFigure ? data['image/png'] && data['application/vnd.plotly.v1+json'] : data['text/html'], `${id} has its renderings`);
    const file = path.join(folder, 'figures', 'lstm-cnn', `${label}.${isFigure ? 'png' : 'csv'}`);
    assert.ok(statSync(file).size > (isFigure ? 5000 : 150), `${id} is written`);
    if (label === 'fig-8' || label === 'fig-9') assert.match(String(data['text/plain']), /line always "negative" at 6\d\.\d\d? %/, id);
  }
  // Without the real data the stand-ins announce themselves.
  const stderr = outputs.filter(
    (output) => output.output_type === 'stream' && output.name === 'stderr' && !/stand-in/i.test(String(output.text)),
  );
  assert.deepEqual(stderr, [], 'no cell complains');
  for (const cell of notebook.cells.filter(({ metadata }) => metadata.tags?.includes('solution')))
    assert.match(JSON.stringify(cell.outputs), /✓/, 'solutions pass');
  const prose = notebook.cells.filter((cell) => cell.cell_type === 'markdown').map(({ source }) => String(source));
  assert.equal(prose.filter((text) => /not for diagnosis/.test(text)).length, 1, 'said once');
});
