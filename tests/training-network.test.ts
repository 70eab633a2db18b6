/** Training with progress and interruption, and the experiment of a trained network, on a network of a few numbers. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import type { Examples } from 'paperlab/data';
import type { EpochRecord, FitOptions, History } from 'paperlab/engine';
import { networkExperiment } from 'paperlab/papers';
import { type Experiment, RunInterruptedError, type RunProgress } from 'paperlab/results';
import { tf } from 'paperlab/runtime';
import { curvesOf, train, withInterruption } from 'paperlab/training';
import { newFolder, storeIn } from './results-support.js';

function points(count: number, shift: number): Examples {
  const inputs = new Float32Array(count * 4);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    labels[row] = row % 3;
    for (let column = 0; column < 4; column++)
      inputs[row * 4 + column] = ((row * 7 + column * 3 + shift) % 11) / 11 + (labels[row] === column ? 0.4 : 0);
  }
  return { inputs, shape: [4], labels, count };
}

function probe(more: { epochs?: number; keepProbabilities?: boolean } = {}): Experiment {
  return networkExperiment({
    recipe: {
      paper: 'lenet5',
      experiment: 'probe',
      optimizer: { kind: 'adam', learningRate: 0.01 },
      epochs: more.epochs ?? 4,
      batchSize: 16,
      hidden: 8,
    },
    seeds: [1, 2],
    minutes: 0.1,
    priority: 1,
    keepProbabilities: more.keepProbabilities,
    build: ({ hidden }) =>
      tf.sequential({
        layers: [
          tf.layers.dense({ units: hidden, inputShape: [4], activation: 'relu' }),
          tf.layers.dense({ units: 3, activation: 'softmax' }),
        ],
      }),
    examples: async () => ({
      train: points(300, 0),
      validation: points(60, 1),
      test: points(90, 2),
      also: { test: points(90, 2) },
      used: [{ name: 'points', role: 'training', count: 300, checksum: 'c0ffee', provenance: 'real' }],
    }),
    after: (_model, _examples, outcome) => ({ metrics: { rows: outcome.confusion!.length } }),
  });
}

test('a trained network is recorded with its standard outcome, and its numbers agree with one another', async () => {
  const folder = newFolder();
  try {
    const store = storeIn(folder);
    const seen: RunProgress[] = [];
    const record = await store.ensure(probe({ keepProbabilities: true }), {
      profile: 'paper',
      onProgress: (progress) => seen.push(progress),
    });
    const { metrics, curves, confusion } = record;
    assert.equal(metrics['parameters'], 4 * 8 + 8 + 8 * 3 + 3);
    assert.equal(metrics['rows'], 3);
    for (const name of ['loss', 'accuracy', 'validationLoss', 'validationAccuracy', 'testLoss', 'testAccuracy'])
      assert.equal(curves[name].length, 4, name);
    const right = confusion!.reduce((sum, row, label) => sum + row[label], 0);
    assert.ok(Math.abs(right / 90 - metrics['testAccuracy']) < 1e-6);
    assert.ok(Math.abs(curves['testAccuracy'][3] - metrics['testAccuracy']) < 1e-6, 'scored once more after the last epoch: the same');
    assert.equal(metrics['trainAccuracy'], curves['accuracy'][3]);
    const { predictions, probabilities } = store.arrays(record);
    assert.equal(predictions.values.length, 90);
    assert.deepEqual(probabilities.shape, [90, 3]);
    const { labels } = points(90, 2);
    assert.equal(
      [...predictions.values].reduce((count, label, row) => count + (label === labels[row] ? 1 : 0), 0),
      right,
    );
    assert.deepEqual(record.recipe['optimizer'], { kind: 'adam', learningRate: 0.01 });
    assert.equal(record.recipe['shards'], 2, 'part of the recipe, though the plan does not name it');
    assert.equal(seen[seen.length - 1].fraction, 1);
    assert.ok(
      seen.every(({ fraction }, at) => at === 0 || fraction >= seen[at - 1].fraction),
      'progress never goes back',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the same seed gives the same record, another seed another', async () => {
  const folders = [newFolder(), newFolder()];
  try {
    const [one, again] = await Promise.all(folders.map((folder) => storeIn(folder).ensure(probe(), { profile: 'paper' })));
    assert.deepEqual(one.curves, again.curves);
    const other = await storeIn(folders[0]).ensure(probe(), { profile: 'paper', seed: 2 });
    assert.notDeepEqual(one.curves, other.curves);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});

test('stopped after an epoch and taken up again, a run ends with the numbers of one that was left alone', async () => {
  const folders = [newFolder(), newFolder()];
  try {
    const alone = await storeIn(folders[0]).ensure(probe(), { profile: 'paper' });
    const store = storeIn(folders[1]);
    const stop = new AbortController();
    const onProgress = ({ curves }: RunProgress) => {
      if ((curves?.['loss']?.length ?? 0) >= 2) stop.abort(new Error('enough'));
    };
    await assert.rejects(store.ensure(probe(), { profile: 'paper', signal: stop.signal, onProgress }), (error: Error) => {
      assert.ok(error instanceof RunInterruptedError, String(error));
      assert.match(error.message, /stopped after \d of 4 epochs.*checkpoint is kept/);
      return true;
    });
    assert.deepEqual(store.find(), []);
    assert.equal(await store.hasCheckpoint(probe(), { profile: 'paper', seed: 1 }), true);
    const resumed = await store.ensure(probe(), { profile: 'paper' });
    assert.deepEqual(resumed.curves, alone.curves);
    assert.deepEqual(resumed.confusion, alone.confusion);
    assert.equal(resumed.metrics['testLoss'], alone.metrics['testLoss']);
    assert.equal(await store.hasCheckpoint(probe(), { profile: 'paper', seed: 1 }), false);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});

const epoch = (number: number): EpochRecord => ({
  epoch: number,
  loss: 1 / number,
  accuracy: 0.5,
  validationLoss: 2,
  also: { test: { loss: 3, accuracy: 0.25 } },
  learningRate: 0.1,
  seconds: 1,
});

test('curves hold one value an epoch, by name', () => {
  assert.deepEqual(curvesOf([epoch(1), epoch(2)]), {
    loss: [1, 0.5],
    accuracy: [0.5, 0.5],
    validationLoss: [2, 2],
    testLoss: [3, 3],
    testAccuracy: [0.25, 0.25],
  });
});

/** An engine that only listens: it trains until it is told to stop. */
async function endless(_model: tf.LayersModel, _examples: Examples, { signal }: FitOptions): Promise<History> {
  await new Promise((resolve) => signal?.addEventListener('abort', resolve));
  return { epochs: [epoch(1)], stopped: true, resumedFromEpoch: 0, seconds: 1 };
}

const options = { optimizer: { kind: 'sgd', learningRate: 0.1 }, loss: 'meanSquaredError', epochs: 2, batchSize: 1, seed: 1 } as const;

test('SIGINT and an AbortSignal stop a training, and leave no listener behind', async () => {
  const before = process.listenerCount('SIGINT');
  const model = undefined as unknown as tf.LayersModel;
  const interrupted = train(model, points(1, 0), { ...options, fit: endless });
  assert.equal(process.listenerCount('SIGINT'), before + 1);
  process.emit('SIGINT');
  assert.equal((await interrupted).stopped, true);
  const outer = new AbortController();
  const aborted = train(model, points(1, 0), { ...options, fit: endless, signal: outer.signal });
  outer.abort();
  assert.equal((await aborted).stopped, true);
  assert.equal(process.listenerCount('SIGINT'), before);
});

test('a signal that was given long ago stops the work at once', async () => {
  const outer = AbortSignal.abort();
  assert.equal(await withInterruption(outer, async (signal) => signal.aborted), true);
});
