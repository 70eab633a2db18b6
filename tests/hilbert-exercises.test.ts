import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mnist } from 'paperlab/data';
import type { Exercise } from 'paperlab/notebook';
import { hilbert } from 'paperlab/papers';

const { exercises } = hilbert;
const message = async (exercise: Exercise, answer: unknown) => (await exercise.check(answer)).message;
const places = (count: number) => Array.from({ length: count }, (_, at) => at);

test('the misconceptions are met by name', async () => {
  assert.match(await message(exercises.columnOrder, (height: number, width: number) => places(height * width)), /row order/);
  const inverse = (height: number, width: number) => places(height * width).map((at) => (at % width) * height + Math.floor(at / width));
  assert.match(await message(exercises.columnOrder, inverse), /inverse list/);
  assert.match(await message(exercises.stepsToForget, 151), /slightly more than 1 %/);
  assert.match(await message(exercises.stepsToForget, 151.19), /exactly 1 %/);
  assert.match(await message(exercises.stepsToForget, 33), /3 % of what is left/);
  assert.match(await message(exercises.stepsToForget, 1000), /^After n steps/);
  assert.match(await message(exercises.poolingTwice, 196), /one pooling/);
  assert.match(await message(exercises.poolingTwice, 7), /one side/);
  assert.match(await message(exercises.poolingTwice, 441), /three quarters/);
});

test('04.2: a share is told to be one', async () => {
  const { labels } = await mnist({ split: 'train' });
  const share = Math.max(...hilbert.digitCounts(labels)) / labels.length;
  assert.match(await message(exercises.bestConstant, share), /Right share; in per cent/);
  assert.equal((await exercises.bestConstant.check(100 * share)).passed, true);
});

test('04.5: a nearer order passes, and whether it is more accurate is left to section 7', async () => {
  assert.match(exercises.ownOrder.question, /more accurate.*section 7/);
  const centreLast = (height: number, width: number) => {
    const far = (at: number) => Math.hypot(Math.floor(at / width) - (height - 1) / 2, (at % width) - (width - 1) / 2);
    return places(height * width).sort((a, b) => far(b) - far(a));
  };
  assert.match(await message(exercises.ownOrder, centreLast), /another question: section 7/);
});
