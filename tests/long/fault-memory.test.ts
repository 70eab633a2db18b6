/** A notebook's kernel lives for hours: trainings one after another must leave nothing behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { kernelSession, NETWORK, noSession } from '../kernel-support.js';

test('ten trainings in one process: no tensor more, and at most a tenth more memory than after the third', () => {
  const program = path.join(__dirname, '..', 'fault-program.js');
  const ended = spawnSync(process.execPath, ['--expose-gc', program, 'repeat'], { encoding: 'utf8', timeout: 300_000 });
  assert.equal(ended.status, 0, ended.stderr);
  const rounds = [...ended.stdout.matchAll(/^round \d+ (\d+) (\d+)$/gm)].map(([, tensors, megabytes]) => ({
    tensors: Number(tensors),
    megabytes: Number(megabytes),
  }));
  assert.equal(rounds.length, 10);
  for (const { tensors } of rounds) assert.equal(tensors, rounds[0]!.tensors, JSON.stringify(rounds));
  // The first ones fill caches that stay; after the third nothing should be added.
  const growth = rounds.at(-1)!.megabytes / rounds[2]!.megabytes - 1;
  console.log(`resident memory after each training (MB): ${rounds.map(({ megabytes }) => megabytes).join(', ')}`);
  assert.ok(growth <= 0.1, `${(100 * growth).toFixed(1)} % more`);
});

/** tslab's compiler leaves some ten megabytes a cell to be collected, whatever the cell does; what is left when they are is counted. */
const COLLECT = `import v8 from 'node:v8';
import vm from 'node:vm';
v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;`;
const TRAINING = `const model = seeded(5, start.smallNetwork);
await fit(model, pictures, { ...recipe, epochs: 3, validation: pictures });
model.dispose();
collect();
console.log('tensors', tf.memory().numTensors);`;

test('ten trainings in one kernel, a cell each: no tensor more, and at most a tenth more memory than after the first', {
  skip: noSession,
}, async () => {
  const [, ...rounds] = await kernelSession([
    { code: `${NETWORK}\n${COLLECT}` },
    ...Array.from({ length: 10 }, () => ({ code: TRAINING })),
  ]);
  assert.equal(rounds.length, 10);
  for (const { status, text } of rounds) assert.deepEqual([status, text], ['ok', rounds[0]!.text]);
  assert.match(rounds[0]!.text, /^tensors \d+$/m);
  const growth = rounds.at(-1)!.megabytes / rounds[0]!.megabytes - 1;
  console.log(`resident memory of the kernel after each training (MB): ${rounds.map(({ megabytes }) => megabytes.toFixed(0)).join(', ')}`);
  assert.ok(growth <= 0.1, `${(100 * growth).toFixed(1)} % more`);
});
