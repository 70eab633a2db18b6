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
  assert.match(
    await message(exercises.hamming, (a: number[], b: number[]) => a.filter((bit, at) => bit !== b[at]).length),
    /twice their ink apart/,
  );
  const winner = (labels: number[]) => {
    const votes = (label: number) => labels.filter((other) => other === label).length;
    return Math.max(...labels.filter((label) => labels.every((other) => votes(other) <= votes(label))));
  };
  assert.equal((await exercises.tiedVote.check(winner)).passed, true);
  assert.match(await message(exercises.tiedVote, (labels: number[]) => String(winner(labels))), /a number, not text/);
  const numbers = (inputs: number, units = 512) => 4 * units * (inputs + units + 1);
  assert.equal((await exercises.lstmSize.check(numbers(7 * 64))).passed, true);
  assert.match(await message(exercises.lstmSize, numbers(7 * 64, 256)), /row 6/);
  assert.match(await message(exercises.lstmSize, numbers(7 * 7 * 64)), /whole map.*share their weights/);
  assert.match(await message(exercises.lstmSize, numbers(64)), /whole row/);
  assert.match(await message(exercises.lstmSize, 7 * numbers(7 * 64)), /share their weights/);
  assert.match(await message(exercises.lstmSize, 1), /^Count one gate first/);
  assert.match(await message(exercises.twinsInValidation, 0), /originals/);
  const shuffled = (originals: number) => Array.from(permutation(2 * originals, 1)).slice(0, (2 * originals) / 5);
  assert.match(await message(exercises.honestSplit, shuffled), /other half in training/);
  assert.match(await message(exercises.chanceAlone, 0.0025515), /share/);
  assert.equal((await exercises.chanceAlone.check(0.26)).passed, true);
  assert.equal((await exercises.chanceAlone.check(0.25)).passed, false, 'to two decimals it is 0.26');
});
