/** Stubs of notebook 02 fail with a reason, folded solutions pass, and the misconceptions are met by name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import * as lstmCnn from 'paperlab/papers/lstm-cnn';

const { exercises } = lstmCnn;

test('the misconceptions are met by name', async () => {
  const message = async (exercise: Exercise, answer: unknown) => (await exercise.check(answer)).message;
  const { units } = lstmCnn.chosenSettings;
  const gates = (width: number) => width * 28 + width * width + width;
  const gate = gates(units / 2);
  assert.match(await message(exercises.cellParameters, 4 * gates(units)), /128 units/);
  assert.match(await message(exercises.cellParameters, 2 * gates(units)), /is halved, too/);
  assert.match(await message(exercises.cellParameters, gate), /one gate/);
  assert.match(await message(exercises.cellParameters, 4 * gate * 28), /same at every row/);
  assert.match(await message(exercises.cellParameters, 4 * ((units / 2) * 28 + units / 2)), /last hidden state/);
  assert.match(
    await message(exercises.cellStep, (f: number, g: number, o: number) => [(1 - f) * g, o * (1 - f) * g]),
    /forgets everything/,
  );
  type Step = (f: number, g: number, o: number, before: number) => number[];
  const unsquashed: Step = (f, g, o, before) => [f * before + (1 - f) * g, o * (f * before + (1 - f) * g)];
  assert.match(await message(exercises.cellStep, unsquashed), /What squashes it/);
  const turned: Step = (f, g, _o, before) => [(1 - f) * before + f * g, 0];
  assert.match(await message(exercises.cellStep, turned), /other way round/);
  const uncoupled: Step = (f, g, _o, before) => [f * before + g, 0];
  assert.match(await message(exercises.cellStep, uncoupled), /How much room/);
  assert.match(
    await message(exercises.constantAnswer, (labels: number[]) => (100 * labels.filter((each) => each === 0).length) / labels.length),
    /not in per cent/,
  );
  assert.match(await message(exercises.balanced, ([[a, b], [c, d]]: number[][]) => (a + d) / (a + b + c + d)), /plain accuracy/);
  assert.match(
    await message(exercises.honestSplit, (patients: number[]) => patients.map((_, at) => at).filter((at) => at % 4 === 0)),
    /that is the leak/,
  );
  assert.match(await message(exercises.pairedSeeds, { certain: '?', test: () => true }), /Which pair/);
  assert.match(await message(exercises.pairedSeeds, { certain: 'B', test: () => true }), /pair B lie further apart.* −1\.10/);
  assert.match(await message(exercises.pairedSeeds, { certain: 'A', test: true }), /Give a function/);
  assert.match(await message(exercises.pairedSeeds, { certain: 'A', test: () => true }), /the answer is no/);
  assert.match(await message(exercises.pairedSeeds, { certain: 'A', test: () => false }), /the answer is yes/);
  assert.doesNotMatch(exercises.pairedSeeds.question, /2\.776|√/, 'the formula is a hint');
  assert.match(await message(exercises.equalSize, 64.5), /whole number/);
  assert.match(await message(exercises.equalSize, 128), /trainable parameters/);
});

test('every exercise has hints and an id of its own', () => {
  const all = Object.values(exercises);
  for (const { id, hints } of all) assert.ok(/^02\.\d$/.test(id) && hints.length >= 2, id);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
});
