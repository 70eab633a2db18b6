/** Stubs of notebook 02 fail with a reason, folded solutions pass, and the misconceptions are met by name. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import * as lstmCnn from 'paperlab/papers/lstm-cnn';

const { exercises } = lstmCnn;

interface Cell {
  source: string | string[];
  metadata: { tags?: string[]; jupyter?: { source_hidden?: boolean } };
}

const file = path.join(__dirname, '..', '..', 'notebooks', '02-lstm-cnn.ipynb');
const cells = (JSON.parse(readFileSync(file, 'utf8')) as { cells: Cell[] }).cells.map((cell) => ({
  ...cell,
  source: Array.isArray(cell.source) ? cell.source.join('') : cell.source,
}));
const tagged = (tag: string) => cells.filter((cell) => cell.metadata.tags?.includes(tag));

/** Runs a cell's answer as JavaScript (types taken off) against the exercise that it names. */
async function answered(source: string): Promise<{ name: string; passed: boolean; message: string }> {
  const plain = source.replace(/: (?:number|boolean)(?:\[\])*/g, '').replace(/ as \[number, number, number\]/g, '');
  let given: { exercise: Exercise; answer: unknown } | undefined;
  const check = {
    exercise: async (exercise: Exercise, answer: unknown) => {
      given = { exercise, answer };
    },
  };
  const names = Object.keys(exercises);
  const run = new Function('check', 'lstmCnn', ...names, `return (async () => {${plain}})();`) as (...values: unknown[]) => Promise<void>;
  await run(check, lstmCnn, ...Object.values(exercises));
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
  const { units } = lstmCnn.chosenSettings;
  const gate = units * 28 + units * units + units;
  assert.match(await message(exercises.cellParameters, gate), /one gate/);
  assert.match(await message(exercises.cellParameters, 4 * gate * 28), /same at every row/);
  assert.match(await message(exercises.cellParameters, 4 * (units * 28 + units)), /last hidden state/);
  assert.match(
    await message(exercises.cellStep, (_f: number, i: number, g: number, o: number) => [i * g, o * i * g]),
    /forgets everything/,
  );
  const unsquashed = (f: number, i: number, g: number, o: number, c: number) => [f * c + i * g, o * (f * c + i * g)];
  assert.match(await message(exercises.cellStep, unsquashed), /What squashes it/);
  assert.match(
    await message(exercises.constantAnswer, (labels: number[]) => (100 * labels.filter((each) => each === 0).length) / labels.length),
    /not in per cent/,
  );
  assert.match(await message(exercises.balanced, ([[a, b], [c, d]]: number[][]) => (a + d) / (a + b + c + d)), /plain accuracy/);
  assert.match(
    await message(exercises.honestSplit, (patients: number[]) => patients.map((_, at) => at).filter((at) => at % 4 === 0)),
    /that is the leak/,
  );
  assert.match(await message(exercises.pairedSeeds, () => true), /the answer is no/);
  assert.match(await message(exercises.pairedSeeds, () => false), /the answer is yes/);
  assert.match(await message(exercises.equalSize, 64.5), /whole number/);
});

test('every exercise has hints and an id of its own', () => {
  const all = Object.values(exercises);
  for (const { id, hints } of all) assert.ok(/^02\.\d$/.test(id) && hints.length >= 2, id);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
});
