/** The long runs of the engine: resuming at every step, fifty fits without a leak, two hundred clean exits. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { type FitOptions, fit } from 'paperlab/engine';
import { nativeBinding, tf } from 'paperlab/runtime';
import { bits, busyModel, sample } from '../engine-support.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'paperlab-test-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const examples = sample({ shape: [6, 6, 1], count: 50 });
const usual: FitOptions = {
  optimizer: { kind: 'adam', learningRate: 0.01 },
  loss: 'sparseCategoricalCrossentropy',
  epochs: 2,
  batchSize: 8,
  seed: 7,
};

test('recurrent and all: stopped after every single step and resumed, the bits are the same', async () => {
  const undisturbed = busyModel({ recurrent: true });
  await fit(undisturbed, examples, usual);
  for (let stopAfter = 1; stopAfter <= 13; stopAfter++) {
    const checkpoint = { path: path.join(folder, `stop-${stopAfter}`), everySteps: 1 };
    const controller = new AbortController();
    let seen = 0;
    const onProgress = () => {
      seen += 1;
      if (seen === stopAfter) controller.abort();
    };
    await fit(busyModel({ recurrent: true }), examples, { ...usual, checkpoint, signal: controller.signal, onProgress });
    const resumed = busyModel({ recurrent: true });
    await fit(resumed, examples, { ...usual, checkpoint });
    assert.equal(bits(resumed), bits(undisturbed), `stopped after step ${stopAfter}`);
  }
});

test('fifty fits leave no tensor, no handle, no session, and memory flat', async () => {
  const subject = busyModel({ recurrent: true });
  const binding = nativeBinding();
  const counts = () => [tf.memory().numTensors, binding.getNumOfTensors(), binding.getNumOfSavedModels()];
  for (let round = 0; round < 10; round++) await fit(subject, examples, { ...usual, epochs: 1 });
  const before = counts();
  const resident = process.memoryUsage().rss;
  for (let round = 0; round < 50; round++) await fit(subject, examples, { ...usual, epochs: 1 });
  assert.deepEqual(counts(), before);
  const grown = (process.memoryUsage().rss - resident) / 2 ** 20;
  assert.ok(grown < 100, `resident memory grew by ${grown.toFixed(0)} MB over 50 fits`);
});

test('two hundred processes that trained end with their own exit code', () => {
  const program = path.join(__dirname, '..', 'exit-program.js');
  const ways = [
    ['end', 0],
    ['exit', 3],
    ['throw', 1],
    ['code', 4],
  ] as const;
  for (let run = 0; run < 200; run++) {
    const [way, code] = ways[run % ways.length]!;
    const { status, signal } = spawnSync(process.execPath, [program, way], { stdio: 'ignore' });
    assert.deepEqual([run, way, status, signal], [run, way, code, null]);
  }
});
