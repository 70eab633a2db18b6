/** The runner of notebooks on a small notebook of its own: outputs, order, failures, errors that nobody awaited, a kernel that dies. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ourModule, repository } from './setup-clone.js';

interface Output {
  name?: string;
  text?: string | string[];
}
interface Ran {
  code: number | null;
  said: string;
  report: { ok: boolean; problem?: string; peakMegabytes?: number; cells: number };
  notebook?: { cells: { id: string; execution_count: number | null; outputs: Output[] }[]; metadata: Record<string, unknown> };
  text?: string;
}

async function run(...sources: string[]): Promise<Ran> {
  const { jupyterEnvironment, python } = await ourModule('paths.mjs');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'notebook ü '));
  const source = path.join(repository, 'notebooks', `.trial-${process.pid}.ipynb`);
  const target = path.join(folder, 'done.ipynb');
  const report = path.join(folder, 'report.json');
  const cells = sources.map((text, index) => ({
    cell_type: 'code',
    id: `cell-${index}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source: text,
  }));
  fs.writeFileSync(source, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  try {
    const ended = spawnSync(python, [path.join(repository, 'scripts', 'python', 'run_notebook.py'), source, target, report], {
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...jupyterEnvironment(process.env), PAPERLAB_UNAWAITED: path.join(folder, 'unawaited') },
    });
    const text = fs.existsSync(target) ? fs.readFileSync(target, 'utf8') : undefined;
    return {
      code: ended.status,
      said: ended.stdout + ended.stderr,
      report: JSON.parse(fs.readFileSync(report, 'utf8')),
      text,
      notebook: text === undefined ? undefined : JSON.parse(text),
    };
  } finally {
    fs.rmSync(source, { force: true });
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const textOf = ({ text }: Output) => (Array.isArray(text) ? text.join('') : (text ?? ''));

describe('running notebooks headless', () => {
  it('keeps ids, joins what a cell prints, counts cells, and repeats byte by byte', async () => {
    const sources = [
      "import { tf } from 'paperlab';\nfor (let i = 0; i < 3; i++) console.log('line', i);",
      'tf.tidy(() => tf.tensor([1, 2, 3]).sum().dataSync()[0])',
    ];
    const first = await run(...sources);
    assert.equal(first.code, 0, first.said);
    assert.deepEqual(
      first.notebook!.cells.map(({ id, execution_count }) => [id, execution_count]),
      [
        ['cell-0', 1],
        ['cell-1', 2],
      ],
    );
    assert.equal(first.notebook!.cells[0]!.outputs.length, 1);
    assert.equal(textOf(first.notebook!.cells[0]!.outputs[0]!), 'line 0\nline 1\nline 2\n');
    assert.equal(textOf(first.notebook!.cells[1]!.outputs[0]!), '6\n');
    assert.doesNotMatch(first.said, /port\.cc|cpu_feature_guard|absl/, "TensorFlow's start-up notes reach nobody");
    assert.ok(first.report.peakMegabytes! > 50);
    const plain = ["console.log('x'); process.stderr.write('y');", 'console.log(process.env.PROFILE ?? "none")'];
    assert.equal((await run(...plain)).text, (await run(...plain)).text);
  });

  it('shows where a cell failed, with the TypeScript line, and leaves the notebook alone', async () => {
    const { code, said, notebook, report } = await run('const a = 1;', "throw new Error('as wanted ' + a);");
    assert.equal(code, 1);
    assert.equal(notebook, undefined);
    assert.match(said, /code cell 2 \(cell-1\) failed/);
    assert.match(said, /as wanted 1/);
    assert.equal(report.ok, false);
  });

  it('fails on an error that nobody awaited, even after the last cell', async () => {
    const { code, said } = await run("setTimeout(() => { throw new Error('late one'); }, 20);");
    assert.equal(code, 1);
    assert.match(said, /nobody awaited.*late one/s);
  });

  it('says that the kernel died', async () => {
    const { code, said } = await run("process.kill(process.pid, 'SIGKILL');");
    assert.equal(code, 1);
    assert.match(said, /kernel died \(SIGKILL\) in code cell 1.*out of memory/s);
  });
});
