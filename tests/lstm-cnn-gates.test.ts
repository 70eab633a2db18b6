/** The LSTM in plain code against the layer, and a network built again from what its run kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mnist } from 'paperlab/data';
import { cellWeights, gatesOf, network, openingByStep, openingOfBias, rowsSeen } from 'paperlab/papers/lstm-cnn';
import { seeded, tf } from 'paperlab/runtime';

const settings = { architecture: 'lstm-cnn', units: 7, filters: 5, kernelSize: 3, dropout: 0.2 } as const;
const build = () => seeded(3, () => network({ ...settings, image: [28, 28, 1], classes: 10 }));

test('six equations in plain code give what the layer gives, unit for unit and step for step', async () => {
  const model = build();
  const digits = await mnist({ split: 'test', limit: 3 });
  const weights = cellWeights(model);
  const sequence = rowsSeen(model, digits, 2);
  assert.equal(sequence.length, 28 * 28);
  const { steps, units, values } = gatesOf(weights, sequence);
  assert.deepEqual([steps, units], [28, 7]);
  const wanted = tf.tidy(() => {
    const layer = model.getLayer('lstm1');
    return (layer.apply(tf.tensor3d(sequence, [1, 28, 28])) as tf.Tensor).dataSync();
  });
  assert.equal(wanted.length, 28 * 7);
  const worst = Math.max(...Array.from(wanted, (value, at) => Math.abs(value - (values.hidden as Float32Array)[at])));
  assert.ok(worst < 1e-5, `largest difference ${worst}`);
  assert.ok(Math.max(...wanted.map(Math.abs)) > 0.01, 'the layer says something');
  model.dispose();
});

test('gates are shares; with the forget gate open and the input gate shut a cell keeps what it holds', () => {
  const units = 2;
  const none = new Float32Array(4 * units);
  // Bias alone decides: input shut, forget open, candidate free, output open.
  const weights = {
    features: 1,
    units,
    kernel: none,
    recurrentKernel: new Float32Array(units * 4 * units),
    bias: [-60, -60, 60, 60, 1, 1, 60, 60],
  };
  const { values } = gatesOf(weights, [1, 2, 3]);
  for (const part of ['input', 'forget', 'output'] as const)
    for (const value of values[part] as Float32Array) assert.ok(value >= 0 && value <= 1);
  assert.deepEqual(
    Array.from(values.cell as Float32Array, (value) => Math.abs(value) < 1e-12),
    new Array(6).fill(true),
  );
  const open = gatesOf({ ...weights, bias: [60, 60, 60, 60, 1, 1, 60, 60] }, [1, 2, 3]);
  const cell = open.values.cell as Float32Array;
  for (let step = 0; step < 3; step++) assert.ok(Math.abs(cell[step * units] - (step + 1) * Math.tanh(1)) < 1e-6, 'everything is added up');
});

test('a sequence that is no whole number of steps is refused in words', () => {
  const model = build();
  assert.throws(() => gatesOf(cellWeights(model), [1, 2, 3]), /28 features a step cannot have 3 numbers/);
  assert.throws(() => cellWeights(model, 'classes'), /no LSTM/);
  model.dispose();
});

test('how far a gate stands open at a step is the mean over all units', () => {
  const activations = { steps: 3, units: 2, values: { forget: [1, 0.5, 0.25, 0.25, 0, 0] } };
  assert.deepEqual(openingByStep(activations, 'forget'), [0.75, 0.25, 0]);
  assert.throws(() => openingByStep(activations, 'input'), /input gate was not kept/);
  assert.equal(openingOfBias(0), 0.5);
  assert.equal(openingOfBias(1).toFixed(3), '0.731');
});
