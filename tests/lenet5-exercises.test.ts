import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import { exercises } from 'paperlab/papers/lenet5';

test('the misconceptions are met by name', async () => {
  const message = async (exercise: Exercise, answer: unknown) => (await exercise.check(answer)).message;
  assert.match(await message(exercises.partialC3, 2416), /C3 of today/);
  assert.match(await message(exercises.partialC3, 1500), /bias/);
  assert.match(await message(exercises.partialC3, 60), /number of connections/);
  assert.match(await message(exercises.partialC3, 26 * 60), /belongs to a map/);
  assert.match(await message(exercises.partialC3, 25 * 16), /one window a map/);
  assert.match(await message(exercises.partialC3, 7), /Two things are counted/);
  assert.match(await message(exercises.roomForPool, 40), /fewer would do/);
  assert.match(await message(exercises.fMeasure, (p: number, r: number) => (p + r) / 2), /plain mean/);
  assert.match(await message(exercises.fMeasure, 0.99), /function/);
  assert.match(await message(exercises.fMeasure, (p: number, r: number) => (2 * p * r) / (p + r)), /For 0 and 0/);
  assert.match(exercises.fMeasure.question, /0 if both are 0/);
  assert.match(await message(exercises.kappaOfAccuracy, (accuracy: number) => (accuracy - 0.1) / 0.9), /holds for ten classes/);
  assert.match(await message(exercises.binaryIllusion, 0.99), /per cent/);
  assert.match(await message(exercises.honestEpoch, (_v: number[], t: number[]) => t[t.length - 1]), /last epoch/);
  assert.match(await message(exercises.honestEpoch, (v: number[]) => v.indexOf(Math.max(...v))), /place of the epoch/);
});

test('01.6: whoever takes the last of equally good epochs is right as well', async () => {
  const last = (v: number[], t: number[]) => t[v.lastIndexOf(Math.max(...v))];
  assert.equal((await exercises.honestEpoch.check(last)).passed, true);
  const bestValidation = await exercises.honestEpoch.check((v: number[]) => Math.max(...v));
  assert.match(bestValidation.message, /a validation accuracy/);
});

test('every exercise has hints', () => {
  for (const { id, hints } of Object.values(exercises)) assert.ok(hints.length >= 2, id);
});
