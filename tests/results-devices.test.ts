/** Runs of a CPU and of a GPU under one recipe: told apart by the record, named wherever they are averaged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceKind, groupRuns, judge, mixedDevices, type RunRecord, type ValueClaim } from 'paperlab/results';

const processor = 'Intel(R) Xeon(R) Processor';
const card = 'GPU NVIDIA H200, driver 580.65.06';

const run = (seed: number, device: string, experiment = 'a'): RunRecord => ({
  ...{ schema: 1, numerics: 1, hash: 'a'.repeat(64), recipe: { paper: 'lenet5', experiment }, seed, profile: 'paper', provenance: 'real' },
  ...{ data: [], seconds: 1, device, machine: 'test', versions: {}, commit: 'none', finishedAt: '2026-01-01T00:00:00.000Z' },
  ...{ metrics: { accuracy: 0.9 + seed / 1000 }, curves: {}, arrays: {}, extra: null, seal: '' },
});
const claim: ValueClaim = {
  ...{ id: 'lenet5/x', paper: 'lenet5', place: 'table 1', statement: 'x', kind: 'value', value: 90, decimals: 2, unit: '%' },
  ...{ measure: { experiment: 'a', metric: 'accuracy' }, goodSide: 'higher' },
};

test('a record tells which kind of device computed it', () => {
  assert.equal(deviceKind(run(1, processor)), 'CPU');
  assert.equal(deviceKind(run(1, card)), 'GPU');
  assert.equal(deviceKind(run(1, 'GPU')), 'GPU');
  assert.equal(deviceKind(run(1, 'GPUlike processor')), 'CPU');
});

test('a group of both kinds says which seed is whose; one of a single kind says nothing', () => {
  const mixed = groupRuns([run(3, card), run(1, processor), run(2, processor)]);
  assert.equal(mixed.length, 1);
  assert.equal(mixed[0]!.mixed, 'seeds 1, 2 on CPU; seed 3 on GPU');
  assert.deepEqual(mixed[0]!.seeds, [1, 2, 3]);
  assert.equal(groupRuns([run(1, processor), run(2, 'another processor')])[0]!.mixed, undefined);
  const on = (seed: number, name: string): RunRecord => ({
    ...run(seed, processor),
    data: [{ name, role: 'training', count: 1, checksum: '', provenance: 'real' }],
  });
  assert.deepEqual(
    groupRuns([on(1, 'idc (extract)'), on(2, 'idc (complete archive)'), on(3, 'idc (extract)')]).map(({ seeds }) => seeds),
    [[1, 3], [2]],
    'another state of the data is another group',
  );
  assert.equal(mixedDevices([run(1, card), run(2, card)]), undefined);
});

test('a verdict over both kinds names them; runs of other experiments do not count', () => {
  const runs = [run(1, processor), run(2, card), run(3, card)];
  assert.match(judge(claim, runs).words, /Computed on different devices: seed 1 on CPU; seeds 2, 3 on GPU\.$/);
  const same = [1, 2, 3].map((seed) => run(seed, card));
  assert.doesNotMatch(judge(claim, [...same, run(1, processor, 'b')]).words, /devices/);
});
