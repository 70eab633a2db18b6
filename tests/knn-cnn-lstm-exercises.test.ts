import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import { knnCnnLstm } from 'paperlab/papers';
import { permutation } from 'paperlab/runtime';

const { exercises } = knnCnnLstm;

interface Cell {
  cell_type: string;
  source: string | string[];
  metadata: { tags?: string[]; jupyter?: { source_hidden?: boolean } };
}

const file = path.join(__dirname, '..', '..', 'notebooks', '05-knn-cnn-lstm.ipynb');
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
  const ink = (row: number[]) => row.reduce((sum, bit) => sum + bit, 0);
  assert.match(await message(exercises.hamming, (a: number[], b: number[]) => Math.abs(ink(a) - ink(b))), /same amount of ink/);
  assert.match(
    await message(exercises.hamming, (a: number[], b: number[]) => Math.hypot(...a.map((bit, at) => bit - b[at]!))),
    /Euclidean/,
  );
  assert.match(await message(exercises.lstmSize, 7 * 721_920), /share their weights/);
  assert.match(await message(exercises.twinsInValidation, 0), /originals/);
  const shuffled = (originals: number) => Array.from(permutation(2 * originals, 1)).slice(0, (2 * originals) / 5);
  assert.match(await message(exercises.honestSplit, shuffled), /other half in training/);
  assert.match(await message(exercises.chanceAlone, 0.0025515), /share/);
});
