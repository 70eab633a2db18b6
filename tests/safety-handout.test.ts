/** Copies for a class: a student's holds no solution and no output; a teacher's holds everything, open. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { repository } from './setup-clone.js';

interface Cell {
  cell_type: string;
  id: string;
  source: string | string[];
  metadata: { tags?: string[]; jupyter?: { source_hidden?: boolean; outputs_hidden?: boolean } };
  outputs?: unknown[];
  execution_count?: number | null;
}
interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
}

const folder = path.join(repository, 'notebooks');
const names = fs.readdirSync(folder).filter((name) => /^\d\d-.*\.ipynb$/.test(name));
const read = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as Notebook;
const textOf = ({ source }: Cell) => (Array.isArray(source) ? source.join('') : source);
const squeezed = (text: string) => text.replace(/\s+/g, '');
const tagged = (notebook: Notebook, tag: string) => notebook.cells.filter(({ metadata }) => metadata.tags?.includes(tag));
type Exercises = Record<string, { id: string; misconception: string }>;
interface Handout {
  studentCopy(notebook: Notebook): Notebook;
  teacherCopy(notebook: Notebook, place?: undefined, exercises?: Exercises): Notebook;
  exercisesFor(name: string): Exercises;
  movedLinks(text: string, from: string, to: string): string;
}
const library = () => import(`file://${path.join(repository, 'scripts', 'handout.mjs')}`) as Promise<Handout>;

/** The answer in a solution cell: what it hands to the check. */
function answerOf(cell: Cell): string {
  const found = /check\.exercise\(\s*\w+\s*,([\s\S]*)\)\s*;?\s*$/.exec(textOf(cell));
  return squeezed(found?.[1] ?? textOf(cell));
}

/** Names that a cell leaves behind for later ones. */
function declaredIn(source: string): string[] {
  const plain = [...source.matchAll(/^(?:const|let|var|function|class)\s+(\w+)/gm)].map(([, word]) => word!);
  const taken = [...source.matchAll(/^(?:const|let)\s+[{[]([^}\]]*)[}\]]/gm)].flatMap(([, list]) => list!.split(','));
  return [...plain, ...taken.map((word) => word.split(':').at(-1)!.trim()).filter(Boolean)];
}

describe('copies for a class', () => {
  it('have solutions to take out', () => {
    assert.ok(names.some((name) => tagged(read(path.join(folder, name)), 'solution').length > 0));
  });

  for (const name of names)
    it(`${name}: no solution, no output for students; all of it for teachers`, async () => {
      const { studentCopy, teacherCopy, exercisesFor } = await library();
      const exercises = exercisesFor(name);
      const original = read(path.join(folder, name));
      const before = JSON.stringify(original);
      // Every cell pretends to have been run, so that a forgotten output would show.
      for (const cell of original.cells)
        if (cell.cell_type === 'code')
          Object.assign(cell, { outputs: [{ output_type: 'stream', name: 'stdout', text: 'SHOWN' }], execution_count: 7 });
      const student = studentCopy(original);
      const teacher = teacherCopy(original, undefined, exercises);
      const solutions = tagged(original, 'solution');
      const words = squeezed(student.cells.map(textOf).join('\n'));
      for (const solution of solutions) {
        assert.ok(!student.cells.some(({ id }) => id === solution.id));
        // A bare number such as 0 may stand anywhere; anything longer may not.
        const answer = answerOf(solution);
        if (answer.length > 4) assert.ok(!words.includes(answer), `the answer of ${solution.id} stands elsewhere: ${answer}`);
      }
      assert.doesNotMatch(JSON.stringify(student), /SHOWN|folded away/);
      assert.deepEqual(
        student.cells.map(({ id }) => id),
        original.cells.filter((cell) => !solutions.includes(cell)).map(({ id }) => id),
      );
      assert.equal(tagged(student, 'exercise').length, tagged(original, 'exercise').length);
      assert.deepEqual(
        teacher.cells.filter((cell) => !tagged(teacher, 'misconception').includes(cell)).map(({ id }) => id),
        original.cells.map(({ id }) => id),
      );
      // Before each solution a teacher reads what its exercise is after; a student never does.
      const told = solutions.map(({ id }) => teacher.cells[teacher.cells.findIndex((cell) => cell.id === id) - 1]!);
      const wanted = Object.values(exercises);
      assert.equal(told.length, wanted.length);
      wanted.forEach((exercise, at) => {
        assert.ok(textOf(told[at]!).includes(`Exercise ${exercise.id}`) && textOf(told[at]!).includes(exercise.misconception), exercise.id);
        assert.ok(!student.cells.some((cell) => textOf(cell).includes(exercise.misconception)), exercise.id);
      });
      assert.ok(tagged(teacher, 'solution').every(({ metadata }) => !metadata.jupyter?.source_hidden && !metadata.jupyter?.outputs_hidden));
      assert.equal(JSON.stringify(read(path.join(folder, name))), before);
    });

  it('nothing that later cells use was taken out with a solution', () => {
    let declared = 0;
    for (const name of names) {
      const { cells } = read(path.join(folder, name));
      cells.forEach((solution, at) => {
        if (!solution.metadata.tags?.includes('solution')) return;
        const rest = cells.slice(at + 1).filter((cell) => cell.cell_type === 'code' && !cell.metadata.tags?.includes('solution'));
        for (const word of declaredIn(textOf(solution))) {
          declared++;
          const user = rest.find((cell) => new RegExp(`\\b${word}\\b`).test(textOf(cell)));
          const again = user && declaredIn(textOf(user)).includes(word);
          assert.ok(!user || again, `${name}: cell ${user?.id} uses ${word}, which only the solution ${solution.id} declares`);
        }
      });
    }
    assert.ok(declared > 0, 'some solution declares a name');
  });

  it('keep their links from where they lie', async () => {
    const { movedLinks } = await library();
    const text = 'See [the cards](../data/README.md#idc), [next](02-lstm-cnn.ipynb) and [web](https://example.org/../x).';
    assert.equal(
      movedLinks(text, '/clone/notebooks', '/clone/handouts/student'),
      'See [the cards](../../data/README.md#idc), [next](02-lstm-cnn.ipynb) and [web](https://example.org/../x).',
    );
  });
});
