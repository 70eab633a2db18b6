import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import { aggregated } from 'paperlab/papers';

const { smallMatrix, ...exercises } = aggregated.exercises;

interface Cell {
  cell_type: string;
  source: string | string[];
  metadata: { tags?: string[]; jupyter?: { source_hidden?: boolean } };
}

const file = path.join(__dirname, '..', '..', 'notebooks', '03-cnn-lstm-aggregated.ipynb');
const cells = (JSON.parse(readFileSync(file, 'utf8')) as { cells: Cell[] }).cells.map((cell) => ({
  ...cell,
  source: Array.isArray(cell.source) ? cell.source.join('') : cell.source,
}));
const tagged = (tag: string) => cells.filter((cell) => cell.metadata.tags?.includes(tag));

/** Runs a cell's answer as JavaScript (types taken off) against the exercise that it names. */
async function answered(source: string): Promise<{ name: string; passed: boolean; message: string }> {
  const plain = source.replace(/(\w+): number(?:\[\])?(?=[,)])/g, '$1').replace(/\): number(?:\[\])? =>/g, ') =>');
  let given: { exercise: Exercise; answer: unknown } | undefined;
  const check = {
    exercise: async (exercise: Exercise, answer: unknown) => {
      given = { exercise, answer };
    },
  };
  const names = Object.keys(exercises);
  const run = new Function('check', ...names, `return (async () => {${plain}})();`) as (...values: unknown[]) => Promise<void>;
  await run(check, ...Object.values(exercises));
  assert.ok(given, `the cell checks no exercise: ${source}`);
  const { exercise, answer } = given;
  const result = await exercise.check(answer);
  return { name: names.find((name) => exercises[name as keyof typeof exercises] === exercise)!, ...result };
}

test('every exercise has a stub that fails with a reason and a folded solution that passes', async () => {
  const stubs = await Promise.all(tagged('exercise').map(({ source }) => answered(source)));
  const solutions = await Promise.all(tagged('solution').map(({ source }) => answered(source)));
  assert.deepEqual(stubs.map(({ name }) => name).sort(), Object.keys(exercises).sort());
  assert.deepEqual(solutions.map(({ name }) => name).sort(), Object.keys(exercises).sort());
  for (const { name, passed, message } of stubs) assert.ok(!passed && message.length > 10, `${name}: the stub passes`);
  for (const { name, passed, message } of solutions) assert.ok(passed, `${name}: ${message}`);
  for (const { metadata } of tagged('solution')) assert.equal(metadata.jupyter?.source_hidden, true);
});

test('the misconceptions are met by name', async () => {
  const message = async (exercise: Exercise, answer: unknown) => (await exercise.check(answer)).message;
  assert.match(await message(exercises.mirrorImage, (pixels: number[]) => [...pixels].reverse()), /upside down/);
  const place = (direct: number[], mirrored: number[]) => {
    const all = [...direct, ...mirrored];
    return all.indexOf(Math.max(...all));
  };
  assert.match(await message(exercises.aggregatedOutput, place), /place among twenty/);
  assert.match(await message(exercises.aggregatedOutput, 3), /function/);
  assert.match(
    await message(exercises.ruleThatDiffers, [
      [0.9, 0.1, 0],
      [0.8, 0.1, 0.1],
    ]),
    /Both rules say 0/,
  );
  assert.match(
    await message(exercises.ruleThatDiffers, [
      [0.9, 0.9, 0],
      [0.8, 0.1, 0.1],
    ]),
    /sum to 1/,
  );
  assert.match(await message(exercises.numbersInUse, 4 * (320 * 64 + 320)), /One gate/);
  assert.match(await message(exercises.precisionOfThird, smallMatrix[2]![2]! / 100), /recall/);
  assert.match(await message(exercises.exaggeration, Math.floor(Math.log10(70_000) ** 2)), /natural/);
});
