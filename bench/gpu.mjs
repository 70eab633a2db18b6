/** Milliseconds per training step on a GPU, at batch 32 and at the largest batch that a report uses; gpu.py runs PyTorch with cuDNN on the same cases. */
import paperlab from 'paperlab/engine';
import runtimeRoom from 'paperlab/runtime';
import { cases as engineCases, examplesOf, median, rounded } from './engine.mjs';
import { casesOf } from './gpu-verify.mjs';

const { fit } = paperlab;
const { runtime, seeded } = runtimeRoom;

export const name = 'gpu';

export const buildOf = ({ model }) => {
  const known = engineCases.find((one) => one.name === model);
  if (!known) throw new Error(`bench/gpu-cases.json names '${model}', which bench/engine.mjs does not have.`);
  return known.build;
};

/** Median over epochs after the first two: graphs are prepared and kernels chosen in the first. */
export async function stepMilliseconds({ build, shape, batch, steps, device, epochs = 6 }) {
  const model = seeded(1, build);
  const optimizer = { kind: 'adam', learningRate: 1e-3 };
  const options = { optimizer, loss: 'sparseCategoricalCrossentropy', epochs, batchSize: batch, seed: 1, device };
  const { epochs: records } = await fit(model, examplesOf({ shape, batch, steps }), options);
  model.dispose();
  return rounded(median(records.slice(Math.min(2, epochs - 1)).map(({ seconds }) => (seconds * 1000) / steps)));
}

export async function run() {
  console.error(String(runtime()));
  const rows = [];
  for (const one of casesOf(process.env.ENGINE_CASE)) {
    const value = await stepMilliseconds({ ...one, build: buildOf(one), device: 'gpu' });
    rows.push({ name: one.name, value, unit: 'ms/step' });
  }
  return rows;
}
