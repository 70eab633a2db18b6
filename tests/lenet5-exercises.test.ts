import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import { exercises } from 'paperlab/papers/lenet5';

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
