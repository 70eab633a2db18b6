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

const names = fs
  .readdirSync(path.join(repository, 'notebooks'))
  .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
  .sort();

describe('npm run handout', {
  skip: fs.existsSync(path.join(repository, '.runtime', 'venv')) ? false : 'not set up: npm run setup',
}, () => {
  const folder = path.join(repository, '.build', 'handouts');
  let withSolutions = 0;
  before(() => {
    fs.rmSync(folder, { recursive: true, force: true });
    const script = path.join(repository, 'scripts', 'handout.mjs');
    const ended = spawnSync(process.execPath, [script, '--run', '--profile', 'smoke', '--out', folder], {
      encoding: 'utf8',
      timeout: 1_200_000,
    });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  for (const name of names)
    it(`${name}: the teacher's copy was run, and every solution passes its check`, () => {
      const { cells } = JSON.parse(fs.readFileSync(path.join(folder, 'teacher', name), 'utf8')) as { cells: Cell[] };
      const solutions = cells.filter(({ metadata }) => metadata.tags?.includes('solution'));
      if (solutions.length > 0) withSolutions++;
      for (const { outputs } of solutions) assert.match(JSON.stringify(outputs), /✓/);
    });

  it('every report has solutions to pass', () => assert.ok(withSolutions >= 5));

  it("students' copies type-check without their solutions", () => {
    const checker = path.join(repository, 'scripts', 'library', 'cells.mjs');
    const students = names.map((name) => path.join(folder, 'student', name));
    const ended = spawnSync(process.execPath, [checker, ...students], { cwd: path.join(repository, 'notebooks'), encoding: 'utf8' });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
  });
});
