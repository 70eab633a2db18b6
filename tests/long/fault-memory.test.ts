/** A notebook's kernel lives for hours: trainings one after another must leave nothing behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

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
