/** The first notebook, executed as `npm run reproduce -- 00 --profile smoke --out … --html` does it, and what a reader then sees in it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { repository } from './setup-clone.js';

interface Output {
  output_type: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: { paperlab?: { artefact?: string } };
}
interface Cell {
  cell_type: string;
  id: string;
  source: string | string[];
  outputs?: Output[];
}

const name = '00-start-here.ipynb';
const original = path.join(repository, 'notebooks', name);
const costs = () => ['results/notebooks.json', 'bench/RESULTS.md'].map((file) => fs.readFileSync(path.join(repository, file), 'utf8'));
const joined = (text: unknown) => (Array.isArray(text) ? text.join('') : String(text ?? ''));

describe('notebook 00', { skip: fs.existsSync(original) ? false : `${name} is not there yet` }, () => {
  let folder: string;
  let cells: Cell[] = [];
  let outputs: Output[] = [];
  let before00: string;
  let beforeCosts: string[];
  let said: string;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'reproduce-'));
    before00 = fs.readFileSync(original, 'utf8');
    beforeCosts = costs();
    const ended = spawnSync(
      process.execPath,
      [path.join(repository, 'scripts', 'reproduce.mjs'), '00', '--profile', 'smoke', '--out', folder, '--html'],
      {
        encoding: 'utf8',
        timeout: 300_000,
      },
    );
    said = ended.stdout + ended.stderr;
    assert.equal(ended.status, 0, said);
    cells = (JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as { cells: Cell[] }).cells;
    outputs = cells.flatMap((cell) => cell.outputs ?? []);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('leaves what the committed notebooks cost as it was', () => assert.deepEqual(costs(), beforeCosts));

  it('adds a page, and an index that leads to it', () => {
    assert.match(said, /Static report: open .*index\.html in a browser/);
    assert.match(fs.readFileSync(path.join(folder, 'index.html'), 'utf8'), /<a href="00-start-here\.html">Start here<\/a>/);
    assert.match(fs.readFileSync(path.join(folder, '00-start-here.html'), 'utf8'), /<a href="index\.html"[^>]*>All notebooks/);
  });

  const printed = () =>
    outputs.map((output) => joined(output.text) + joined(output.data?.['text/plain']) + joined(output.data?.['text/markdown'])).join('\n');
  const bundles = (type: string) => outputs.filter((output) => output.data && type in output.data);

  it('leaves the original alone and keeps its cell ids', () => {
    assert.equal(fs.readFileSync(original, 'utf8'), before00);
    const ids = (JSON.parse(before00) as { cells: Cell[] }).cells.map((cell) => cell.id);
    assert.deepEqual(
      cells.map((cell) => cell.id),
      ids,
    );
  });

  it('says what it runs on', () => {
    assert.match(printed(), /TensorFlow\s+2\.\d+\.\d+/);
    assert.match(printed(), /smoke/);
    assert.doesNotMatch(said + printed(), /port\.cc|cpu_feature_guard|absl::/);
  });

  it('shows a figure that is interactive, a picture and words at once', () => {
    const figures = bundles('application/vnd.plotly.v1+json');
    assert.ok(figures.length > 0, 'at least one figure');
    for (const { data } of figures) {
      const figure = data!['application/vnd.plotly.v1+json'] as { data: unknown[] };
      assert.ok(figure.data.length > 0);
      const picture = Buffer.from(joined(data!['image/png']), 'base64');
      assert.deepEqual([...picture.subarray(1, 4)], [...Buffer.from('PNG')]);
      assert.ok(picture.length < 400_000, `${picture.length} bytes`);
      assert.ok(joined(data!['text/plain']).length > 0);
    }
  });

  it('shows a table', () => {
    assert.ok(bundles('text/html').some(({ data }) => /<table[\s>]/.test(joined(data!['text/html']))));
  });

  it('has no cell with an error in it', () => {
    for (const output of outputs) assert.notEqual(output.output_type, 'error');
    assert.doesNotMatch(printed(), /UncaughtException|UnhandledPromiseRejection/);
  });
});
