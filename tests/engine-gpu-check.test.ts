/** `npm run bench -- --device gpu`: honest where there is no GPU, able to find a difference, and its cases the same in both languages. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { usesGpu } from 'paperlab/runtime';
import { ourModule, repository } from './setup-clone.js';

const bench = (...words: string[]) =>
  spawnSync(process.execPath, [path.join(repository, 'scripts', 'bench.mjs'), ...words], { cwd: repository, encoding: 'utf8' });
const check = async () =>
  (await import(`file://${path.join(repository, 'bench', 'gpu-verify.mjs')}`)) as {
    casesOf(only?: string): { name: string; model: string; kind: string; batch: number }[];
    distance(a: ArrayLike<number>, b: ArrayLike<number>): number;
    disagreements(result: { apart: Record<string, number> }): string[];
    reportOf(results: object[], machine: string, options?: object): { text: string; passed: boolean };
  };

for (const words of [[], ['--verify']])
  test(`without a GPU, --device gpu ${words.join(' ')} says so, with the reason, and fails`, (context) => {
    if (usesGpu()) return context.skip('there is a GPU here');
    const { status, stdout, stderr } = bench('--device', 'gpu', ...words);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /There is no GPU here to compute on: .{10}.*Nothing was measured or verified\..*What to do: .*NVIDIA GPU/s);
    assert.doesNotMatch(stdout, /[Vv]erified|ms\/step/);
  });

test('options that do not fit together are refused', async () => {
  const { readDevice } = await ourModule('gpu-bench.mjs');
  const refused: [object, RegExp][] = [
    [{ verify: true }, /--verify is about a GPU/],
    [{ device: 'tpu' }, /--device is tpu/],
    [{ device: 'gpu', rehearse: true }, /--rehearse belongs to --verify/],
    [{ device: 'gpu', only: ['engine'] }, /--only/],
  ];
  for (const [values, message] of refused) assert.throws(() => readDevice(values, 'usage'), message);
  assert.equal(readDevice({ device: 'gpu', verify: true }, ''), true);
  assert.equal(readDevice({}, ''), false);
});

test('the check itself, rehearsed on the CPU: one case from end to end, with the rehearsal in its heading', (context) => {
  if (usesGpu()) return context.skip('there is a GPU here: run the check itself');
  const { status, stdout, stderr } = bench('--device', 'gpu', '--verify', '--rehearse', '--case', 'dropouts');
  assert.equal(status, 0, stderr + stdout);
  assert.match(stdout, /# Rehearsal of the GPU check on a CPU: .*says nothing about a GPU/);
  assert.match(stdout, /\| dropouts, batch normalisation, flips, batch 32 \|.*written out, loop \(recurrentDropout.*\| same \|/);
  assert.match(stdout, /Rehearsed: all 1 cases agree/);
  assert.doesNotMatch(stdout, /Verified/);
});

const agreeing = {
  one: { name: 'a' },
  apart: { loss: 1e-7, weights: 1e-7, outputs: 1e-7 },
  milliseconds: { cpu: 2, gpu: 1 },
  gpuMegabytes: 500,
};

test('the report passes only where every case agrees', async () => {
  const { reportOf, disagreements, distance } = await check();
  const all = reportOf([agreeing], 'TensorFlow on GPU NVIDIA H200');
  assert.ok(all.passed);
  assert.match(all.text, /# GPU check.*NVIDIA H200.*\| a \| – \| 1\.0e-7 .*\| 2 \| 1 \| 500 \| same \|.*Verified: all 1 cases agree/s);
  const apart = { ...agreeing, apart: { ...agreeing.apart, weights: 0.02 } };
  assert.deepEqual(disagreements(apart), ['weights 2.0e-2 apart, allowed 1e-3']);
  for (const bad of [apart, { one: { name: 'b' }, failed: 'OOM' }, { ...agreeing, apart: { ...agreeing.apart, loss: Number.NaN } }]) {
    const report = reportOf([agreeing, bad], 'machine');
    assert.ok(!report.passed);
    assert.match(report.text, /DIFFERENT|FAILED/);
    assert.match(report.text, /NOT verified: 1 of 2 cases agree/);
  }
  assert.ok(!reportOf([], 'machine').passed, 'nothing looked at is nothing verified');
  assert.equal(distance([1, 2], [1, 4]), 0.5);
  assert.equal(distance([Number.NaN], [1]), Number.POSITIVE_INFINITY);
  assert.equal(distance([1], [1, 2]), Number.POSITIVE_INFINITY);
});

test('ratios to PyTorch are given case by case', async () => {
  const { ratios } = await ourModule('gpu-bench.mjs');
  const row = (name: string, contender: string, value: number) => ({ name, contender, value });
  assert.equal(ratios([row('a', 'paperlab', 3), row('a', 'PyTorch', 2), row('b', 'paperlab', 1)]), 'a: 1.50 × PyTorch (aim: at most 1.2)');
});

test('every model is known in both languages, at batch 32 and at a larger one', async () => {
  const { casesOf } = await check();
  const [ours, theirs] = ['engine.mjs', 'engine.py'].map((name) => fs.readFileSync(path.join(repository, 'bench', name), 'utf8'));
  const cases = casesOf();
  for (const { model, kind, name } of cases) {
    assert.ok(ours!.includes(`name: '${model}'`), `${name}: ${model} in engine.mjs`);
    assert.ok(theirs!.includes(`"${model}", "${kind}"`), `${name}: the same kind of model in engine.py`);
  }
  for (const model of new Set(cases.map((one) => one.model))) {
    const batches = cases.filter((one) => one.model === model).map(({ batch }) => batch);
    assert.ok(batches.includes(32) && Math.max(...batches) > 32, model);
  }
});
