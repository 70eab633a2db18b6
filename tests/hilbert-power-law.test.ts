import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, fit, predict } from 'paperlab/engine';
import { hilbert } from 'paperlab/papers';
import { seeded, tf } from 'paperlab/runtime';

const steps = 25;

function series(count: number) {
  const inputs = Float32Array.from({ length: count * steps }, (_, index) => Math.sin(index * 0.7) * 0.5 + 0.5);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 3);
  for (let example = 0; example < count; example++) inputs[example * steps + 2] = labels[example];
  return { inputs, labels, shape: [steps, 1], count };
}

const network = () => seeded(4, () => hilbert.sequenceNetwork({ cell: 'power-law-lstm', steps, units: 24 }));

test('the engine trains the power-law LSTM itself, without falling back', () => {
  const model = network();
  assert.ok(
    explain(model).every(({ path }) => path === 'engine'),
    JSON.stringify(explain(model)),
  );
  model.dispose();
});

test('the graph and the layer called step by step give the same probabilities', async () => {
  const model = network();
  const examples = series(9);
  const inGraph = await predict(model, examples);
  const eager = tf.tidy(() => (model.predict(tf.tensor3d(examples.inputs, [9, steps, 1])) as tf.Tensor).dataSync());
  inGraph.forEach((value, index) => {
    assert.ok(Math.abs(value - eager[index]) < 1e-5, `${index}: ${value} and ${eager[index]}`);
  });
  model.dispose();
});

test('it learns to remember the third of 25 steps, and its exponents move', async () => {
  const model = network();
  const before = model.getLayer('recurrent').getWeights()[3].dataSync().slice();
  const history = await fit(model, series(300), {
    optimizer: { kind: 'adam', learningRate: 0.005 },
    loss: 'sparseCategoricalCrossentropy',
    epochs: 40,
    batchSize: 30,
    seed: 1,
  });
  const last = history.epochs.at(-1)!;
  assert.ok(last.accuracy > 0.8, `accuracy ${last.accuracy}`);
  const after = model.getLayer('recurrent').getWeights()[3].dataSync();
  assert.ok(after.some((value, index) => Math.abs(value - before[index]) > 1e-3));
  model.dispose();
});

test('while its clock is not reset, a unit forgets by a power of the time gone by', () => {
  // The product of the forget factors from step 1 on, with the clock at zero, against time^-p.
  const exponent = 0.5;
  let left = 1;
  for (let time = 2; time <= 400; time++) left *= ((time + 1e-3) / (time + 1)) ** exponent;
  assert.ok(Math.abs(left / (401 / 2) ** -exponent - 1) < 0.01, String(left));
});

test('a fresh cell forgets exponentially once its clock trails: reckoned step by step from the weights that it is built with', () => {
  const model = network();
  const [, , bias, logExponent] = model.getLayer('recurrent').getWeights();
  const gate = 1 / (1 + Math.exp(-bias.dataSync()[24]!));
  const exponent = Math.exp(logExponent.dataSync()[0]!);
  model.dispose();
  let clock = 0;
  const factors = [1];
  for (let time = 1; time <= 400; time++) {
    clock = gate * time + (1 - gate) * clock;
    factors.push(((time - clock + 1e-3) / (time - clock + 1)) ** exponent);
  }
  const said = hilbert.startOfForgetting();
  assert.ok(Math.abs(400 - clock - said.lag) < 0.01, `${400 - clock}`);
  // From step 200 on: how many steps until half is left.
  let left = 1;
  let step = 200;
  while (left > 0.5) left *= factors[++step]!;
  assert.ok(Math.abs(step - 200 - said.halfLife) <= 1, `${step - 200} and ${said.halfLife}`);
  assert.ok(
    hilbert
      .freshCellWords()
      .replace(/\n {2}/g, ' ')
      .includes(`by ${said.lag.toFixed(0)} steps at most`),
  );
});
