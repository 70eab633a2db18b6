import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exercise } from 'paperlab/notebook';
import { aggregated } from 'paperlab/papers';

const { smallMatrix, ...exercises } = aggregated.exercises;

test('the misconceptions are met by name', async () => {
  const message = async (exercise: Exercise, answer: unknown) => (await exercise.check(answer)).message;
  assert.match(await message(exercises.mirrorImage, (pixels: number[]) => [...pixels].reverse()), /upside down/);
  const reversedRows = (pixels: number[], width: number) => pixels.map((_, at) => pixels[at - 2 * (at % width) + width - 1]!);
  assert.equal(
    (await exercises.mirrorImage.check((pixels: number[], width: number) => Uint8Array.from(reversedRows(pixels, width)))).passed,
    true,
  );
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
  assert.equal((await exercises.precisionOfThird.check(75.29)).passed, true);
  assert.match(await message(exercises.precisionOfThird, 75.29), /as a share 0\.7529/);
  assert.match(
    await message(exercises.aggregatedOutput, (direct: number[], mirrored: number[]) => {
      const sums = direct.map((value, label) => value + mirrored[label]!);
      return sums.indexOf(Math.max(...sums));
    }),
    /mean rule/,
  );
  assert.match(await message(exercises.flattenedInputs, 2048), /padding/);
  assert.match(await message(exercises.flattenedInputs, 669), /area/);
  assert.match(await message(exercises.exaggeration, 70_000), /gives 124/);
  assert.match(await message(exercises.exaggeration, Math.exp(250)), /square is not/);
  assert.match(await message(exercises.exaggeration, 10 ** Math.sqrt(250)), /natural/);
  assert.match(await message(exercises.exaggeration, 10_000), /it is 84/);
  const fits = Math.ceil(Math.exp(Math.sqrt(250)));
  for (const [n, passed] of [
    [fits - 1, false],
    [fits, true],
    [fits + 1000, true],
  ] as const)
    assert.equal((await exercises.exaggeration.check(n)).passed, passed, String(n));
});
