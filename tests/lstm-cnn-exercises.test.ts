/** Stubs of notebook 02 fail with a reason, folded solutions pass, and the misconceptions are met by name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import * as lstmCnn from 'paperlab/papers/lstm-cnn';

const { exercises } = lstmCnn;

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
