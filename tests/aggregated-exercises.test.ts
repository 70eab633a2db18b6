import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import { aggregated } from 'paperlab/papers';

const { smallMatrix, ...exercises } = aggregated.exercises;

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
  assert.match(await message(exercises.numbersInUse, 4 * (160 * 32 + 160)), /One gate/);
  assert.match(await message(exercises.numbersInUse, 62_400), /Model II/);
  assert.match(await message(exercises.numbersInUse, 107_680), /idle/);
  assert.match(await message(exercises.numbersInUse, 15_840), /15,840 of 123,520/);
  assert.match(await message(exercises.precisionOfThird, smallMatrix[2]![2]! / 100), /recall/);
  assert.match(await message(exercises.exaggeration, Math.floor(Math.log10(70_000) ** 2)), /natural/);
});
