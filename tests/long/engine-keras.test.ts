/** The engine's trainings beside Keras 3's: same first weights, same data, same optimiser; skipped where Keras' environment is not there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fit, type OptimizerSpec } from 'paperlab/engine';
import { seeded, tf } from 'paperlab/runtime';
import { distance, sample } from '../engine-support.js';
import { repository } from '../setup-clone.js';

const python = path.join(repository, '.runtime', 'peers', 'bin', 'python');
const program = path.join(repository, 'tests', 'long', 'engine-keras.py');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'paperlab-test-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const { layers } = tf;
const classes = 4;
const head = () => layers.dense({ units: classes, activation: 'softmax' });

/** Networks that engine-keras.py builds under the same name. */
const networks: Record<string, { shape: number[]; build: () => tf.Sequential }> = {
  convolutions: {
    shape: [8, 8, 2],
    build: () =>
      tf.sequential({
        layers: [
          layers.conv2d({ inputShape: [8, 8, 2], filters: 5, kernelSize: 3, padding: 'same', activation: 'relu' }),
          layers.batchNormalization({ epsilon: 1e-3, momentum: 0.9 }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 6, kernelSize: 2, activation: 'tanh' }),
          layers.averagePooling2d({ poolSize: 2 }),
          layers.flatten(),
          head(),
        ],
      }),
  },
  lstm: {
    shape: [9, 3],
    build: () =>
      tf.sequential({
        layers: [
          layers.lstm({ inputShape: [9, 3], units: 7, returnSequences: true, recurrentActivation: 'sigmoid' }),
          layers.lstm({ units: 5, recurrentActivation: 'sigmoid' }),
          head(),
        ],
      }),
  },
  'simple-rnn': {
    shape: [9, 3],
    build: () => tf.sequential({ layers: [layers.simpleRNN({ inputShape: [9, 3], units: 7 }), head()] }),
  },
};

const optimizers: Record<string, OptimizerSpec> = {
  sgd: { kind: 'sgd', learningRate: 0.05 },
  momentum: { kind: 'sgd', learningRate: 0.02, momentum: 0.9, nesterov: true },
  adam: { kind: 'adam', learningRate: 0.005 },
  rmsprop: { kind: 'rmsprop', learningRate: 0.002 },
};

/** Six steps over all examples at once: no order of batches to agree on. Adam divides by small numbers early on, which enlarges rounding. */
const STEPS = 6;
const tolerance = { weights: 2e-4, loss: 2e-5 };

const layerWeights = (model: tf.LayersModel) =>
  model.layers.map((layer) => layer.getWeights().map((weight) => Array.from(weight.dataSync() as Float32Array)));

describe('Keras 3', {
  skip: fs.existsSync(python) ? false : 'its environment is not installed: npm run bench -- --only engine makes it',
}, () => {
  for (const [name, { shape, build }] of Object.entries(networks))
    for (const [optimizerName, optimizer] of Object.entries(optimizers))
      test(`${name} by ${optimizerName}: losses and weights agree after ${STEPS} steps`, async () => {
        const examples = sample({ shape, classes, count: 24 });
        const model = seeded(5, build);
        const input = path.join(folder, 'case.json');
        const before = layerWeights(model);
        const inputs = Array.from(examples.inputs);
        fs.writeFileSync(
          input,
          JSON.stringify({
            name,
            shape,
            optimizer: optimizerName,
            steps: STEPS,
            inputs,
            labels: Array.from(examples.labels),
            weights: before,
          }),
        );
        const answer = spawnSync(python, [program, input], { encoding: 'utf8', maxBuffer: 2 ** 26 });
        assert.equal(answer.status, 0, answer.stderr.slice(-2000));
        const theirs = JSON.parse(answer.stdout.trim().split('\n').at(-1)!) as { losses: number[]; weights: number[][] };
        const { epochs } = await fit(model, examples, {
          optimizer,
          loss: 'sparseCategoricalCrossentropy',
          epochs: STEPS,
          batchSize: examples.count,
          seed: 1,
        });
        const losses = epochs.map(({ loss }) => loss);
        assert.ok(distance(losses, theirs.losses) < tolerance.loss, `losses ${losses} against ${theirs.losses}`);
        const mine = layerWeights(model).flat();
        assert.equal(mine.length, theirs.weights.length);
        mine.forEach((weight, at) => {
          const apart = distance(weight, theirs.weights[at]!);
          assert.ok(apart < tolerance.weights, `weight ${at} is ${apart} apart`);
        });
        const moved = distance(mine.flat(), before.flat(2));
        assert.ok(moved > 10 * tolerance.weights, `the training moved the weights by ${moved} only: this compares nothing`);
        model.dispose();
      });
});
