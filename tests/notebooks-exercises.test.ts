/** The exercises of all notebooks, cell by cell, without a kernel: stubs fail and are no try, solutions pass, and each says what it is after. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as paperlab from 'paperlab';
import { checkExercise, type Exercise } from 'paperlab/notebook';
import { exercisesOf, reports } from 'paperlab/papers';
import { printed } from './printed.js';

interface Cell {
  id: string;
  source: string | string[];
  metadata: { tags?: string[] };
}

const folder = path.resolve(__dirname, '..', '..', 'notebooks');
/** The compiler of the kernel: what a stub looks like once compiled is what it has to be known by. */
const kernelsCompiler = createRequire(__filename)('@tslab/typescript-for-tslab') as {
  transpile(source: string, options: { target: string; module: string }): string;
};
const textOf = ({ source }: Cell) => (Array.isArray(source) ? source.join('') : source);
const cellsOf = (name: string) => (JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as { cells: Cell[] }).cells;

/** What a cell answers to which exercise: the cell is run, with a check that only listens. */
async function answerOf(cell: Cell, exercises: Readonly<Record<string, Exercise>>): Promise<{ exercise: Exercise; answer: unknown }> {
  const heard: { exercise: Exercise; answer: unknown }[] = [];
  const check = { exercise: async (exercise: Exercise, answer: unknown) => void heard.push({ exercise, answer }) };
  const names = { ...paperlab, knn: paperlab.knnCnnLstm, ...exercises, check };
  const source = kernelsCompiler.transpile(textOf(cell), { target: 'ES2020', module: 'ESNext' });
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as FunctionConstructor;
  await new AsyncFunction(...Object.keys(names), source)(...Object.values(names));
  assert.equal(heard.length, 1, `one answer in cell ${cell.id}`);
  return heard[0]!;
}

for (const { number, paper } of reports)
  describe(`notebook ${number}`, () => {
    const cells = cellsOf(`${number}-${paper}.ipynb`);
    const tagged = (tag: string) => cells.filter(({ metadata }) => metadata.tags?.includes(tag));
    const exercises = exercisesOf(paper);
    const all = Object.values(exercises);

    test('every exercise says what it is after, how long it takes, and has two hints; ids follow one another', () => {
      assert.ok(all.length >= 5);
      for (const { id, misconception, minutes, hints } of all) {
        assert.ok(misconception.length > 20 && !/[.:]$/.test(misconception), `${id}: "the belief that ${misconception}."`);
        assert.ok(Number.isInteger(minutes) && minutes > 0 && minutes <= 15, id);
        assert.ok(hints.length >= 2 && new Set(hints).size === hints.length, id);
      }
      assert.deepEqual(
        all.map(({ id }) => id),
        all.map((_, at) => `${number}.${at + 1}`),
      );
    });

    test('each stub fails, tells no hint, and is no try; a first own answer brings none, a second one does', async () => {
      for (const cell of tagged('exercise')) {
        const { exercise, answer } = await answerOf(cell, exercises);
        const text = await printed(async () => {
          for (let time = 0; time < 3; time++) assert.equal(await checkExercise(exercise, answer), false, exercise.id);
        });
        assert.match(text, /✗ .{10}/, exercise.id);
        assert.match(text, /as it came/, `${exercise.id}: the stub is known as such: ${exercise.stub}`);
        assert.doesNotMatch(text, /Hint|belief/, exercise.id);
        const hinted = await printed(async () => {
          for (const wrong of ['a wrong answer', 'another one']) await checkExercise(exercise, wrong);
        });
        assert.match(hinted, /Another wrong answer brings a hint\.\n✗.*\nHint 1 of/, exercise.id);
      }
      assert.equal(tagged('exercise').length, all.length);
    });

    test('each solution passes, says what it was after, and gives its reason in words', async () => {
      const solved: string[] = [];
      for (const cell of tagged('solution')) {
        const { exercise, answer } = await answerOf(cell, exercises);
        const text = await printed(async () => assert.equal(await checkExercise(exercise, answer), true, exercise.id));
        assert.ok(text.includes(`What this was after: the belief that ${exercise.misconception}.`), exercise.id);
        assert.ok((textOf(cell).match(/^\/\/ /gm)?.length ?? 0) >= 2, `${exercise.id}: two lines of reasons`);
        solved.push(exercise.id);
      }
      assert.deepEqual(
        solved,
        all.map(({ id }) => id),
      );
    });

    test('no question and no answer to a stub gives a hint away', async () => {
      for (const { id, question, hints } of all) for (const hint of hints) assert.ok(!question.includes(hint), id);
    });
  });
