import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  choleskySolve,
  defaultReservoir,
  makeReservoir,
  readoutPredictions,
  reservoirStates,
  snapshotSteps,
  spectralRadius,
  trainReadout,
} from 'paperlab/internal/papers/hilbert-lstm/reservoir';

/** A small repeatable generator; the tests need no better one. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('the Cholesky solve undoes a multiplication', () => {
  const random = generator(3);
  const size = 20;
  const factor = Float64Array.from({ length: size * size }, () => random() - 0.5);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) matrix[i * size + j] += factor[i * size + k] * factor[j * size + k];
      if (i === j) matrix[i * size + j] += 0.1;
    }
  const wanted = Float64Array.from({ length: size * 2 }, () => random());
  const right = new Float64Array(size * 2);
  for (let i = 0; i < size; i++)
    for (let c = 0; c < 2; c++) for (let j = 0; j < size; j++) right[i * 2 + c] += matrix[i * size + j] * wanted[j * 2 + c];
  const solution = choleskySolve(matrix, size, right, 2);
  for (let index = 0; index < solution.length; index++) assert.ok(Math.abs(solution[index] - wanted[index]) < 1e-9);
});

test('a matrix that is not positive definite is refused with the remedy', () => {
  assert.throws(
    () => choleskySolve(Float64Array.from([1, 2, 2, 1]), 2, Float64Array.from([1, 1]), 1),
    /positive definite.*raise the ridge/,
  );
});

test('the spectral radius is found for real and for complex eigenvalues', () => {
  assert.ok(Math.abs(spectralRadius(Float32Array.from([2, 0, 0, -0.5]), 2, generator(1)) - 2) < 1e-6);
  const rotation = Float32Array.from([0, 1.5, -1.5, 0]);
  assert.ok(Math.abs(spectralRadius(rotation, 2, generator(1)) - 1.5) < 1e-6);
});

test('a reservoir has the spectral radius it was asked for', () => {
  const random = generator(5);
  const reservoir = makeReservoir({ ...defaultReservoir, units: 60, spectralRadius: 0.8 }, random);
  assert.ok(Math.abs(spectralRadius(reservoir.recurrentWeights, 60, random) - 0.8) < 0.02);
});

test('snapshots are evenly spaced and end at the end', () => {
  assert.deepEqual(snapshotSteps(196, 4), [48, 97, 146, 195]);
  assert.deepEqual(snapshotSteps(5, 1), [4]);
});

test('a read-out learns which half of a series held the pulse, which needs memory', async () => {
  const random = generator(11);
  const steps = 20;
  const make = (count: number) => {
    const series = new Float32Array(count * steps);
    const labels = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const at = Math.floor(random() * steps);
      series[i * steps + at] = 1;
      labels[i] = at < steps / 2 ? 0 : 1;
    }
    return { series, labels };
  };
  const reservoir = makeReservoir({ ...defaultReservoir, units: 50, snapshots: 1, leakRate: 0.5 }, random);
  const train = make(400);
  const test = make(200);
  const seen = await reservoirStates(reservoir, train.series, steps, { batchSize: 150 });
  assert.equal(seen.width, 51);
  const weights = trainReadout(seen.states, seen.width, train.labels, 2, 1e-6);
  const unseen = await reservoirStates(reservoir, test.series, steps);
  const predicted = readoutPredictions(unseen.states, unseen.width, weights, 2);
  const right = predicted.filter((label, index) => label === test.labels[index]).length;
  assert.ok(right / 200 > 0.9, `${right} of 200 right`);
});
