import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import { exercises } from 'paperlab/papers/lenet5';

interface Cell {
  cell_type: string;
  source: string | string[];
  metadata: { tags?: string[]; jupyter?: { source_hidden?: boolean } };
}

const file = path.join(__dirname, '..', '..', 'notebooks', '01-lenet5.ipynb');
const cells = (JSON.parse(readFileSync(file, 'utf8')) as { cells: Cell[] }).cells.map((cell) => ({
  ...cell,
  source: Array.isArray(cell.source) ? cell.source.join('') : cell.source,
}));
const tagged = (tag: string) => cells.filter((cell) => cell.metadata.tags?.includes(tag));

/** Runs a cell's answer as JavaScript (types taken off) against the exercise that it names. */
async function answered(source: string): Promise<{ name: string; passed: boolean; message: string }> {
  const plain = source.replace(
    /\((\w+): (?:number|number\[\])(?:, (\w+): (?:number|number\[\]))?\)(?:: number)?/g,
    (_all, first, second) => (second ? `(${first}, ${second})` : `(${first})`),
  );
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
  assert.match(await message(exercises.partialC3, 2416), /C3 of today/);
  assert.match(await message(exercises.partialC3, 1500), /bias/);
  assert.match(await message(exercises.roomForPool, 40), /fewer would do/);
  assert.match(await message(exercises.fMeasure, (p: number, r: number) => (p + r) / 2), /plain mean/);
  assert.match(await message(exercises.fMeasure, 0.99), /function/);
  assert.match(await message(exercises.binaryIllusion, 0.99), /per cent/);
  assert.match(await message(exercises.honestEpoch, (_v: number[], t: number[]) => t[t.length - 1]), /last epoch/);
});

test('every exercise has hints', () => {
  for (const { id, hints } of Object.values(exercises)) assert.ok(hints.length >= 2, id);
});
