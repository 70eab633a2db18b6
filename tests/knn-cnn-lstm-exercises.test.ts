import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import { knnCnnLstm } from 'paperlab/papers';
import { permutation } from 'paperlab/runtime';

const { exercises } = knnCnnLstm;

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
