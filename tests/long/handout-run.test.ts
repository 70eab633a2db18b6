/** Copies for a class as `npm run handout` makes them: students' type-check, a teacher's executes with every solution right. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

const repository = path.resolve(__dirname, '..', '..', '..');

interface Cell {
  metadata: { tags?: string[] };
  outputs?: unknown[];
}

describe('npm run handout', {
  skip: fs.existsSync(path.join(repository, '.runtime', 'venv')) ? false : 'not set up: npm run setup',
}, () => {
  const folder = path.join(repository, '.build', 'handouts');
  before(() => {
    fs.rmSync(folder, { recursive: true, force: true });
    const script = path.join(repository, 'scripts', 'handout.mjs');
    const ended = spawnSync(process.execPath, [script, '01', '--run', '--profile', 'smoke', '--out', folder], {
      encoding: 'utf8',
      timeout: 600_000,
    });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("a teacher's copy was run, and every solution passes its check", () => {
    const { cells } = JSON.parse(fs.readFileSync(path.join(folder, 'teacher', '01-lenet5.ipynb'), 'utf8')) as { cells: Cell[] };
    const solutions = cells.filter(({ metadata }) => metadata.tags?.includes('solution'));
    assert.ok(solutions.length > 0);
    for (const { outputs } of solutions) assert.match(JSON.stringify(outputs), /✓/);
  });

  it("a student's copy type-checks without its solutions", () => {
    const checker = path.join(repository, 'scripts', 'library', 'cells.mjs');
    const student = path.join(folder, 'student', '01-lenet5.ipynb');
    const ended = spawnSync(process.execPath, [checker, student], { cwd: path.join(repository, 'notebooks'), encoding: 'utf8' });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
  });
});
