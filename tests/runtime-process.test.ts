/** The process around TensorFlow: what it says about itself, numbers that repeat, and clean exits. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { hashSeed, permutation, RandomSequence, runtime, seeded, tf } from 'paperlab/runtime';

test('the runtime says what it computes on', () => {
  const report = runtime();
  assert.match(report.tensorflow, /^\d+\.\d+/);
  assert.ok(report.cores >= 1 && report.memoryGigabytes > 0);
  assert.match(String(report), new RegExp(`TensorFlow ${report.tensorflow}`));
});

test('seeded building repeats, and puts Math.random back', () => {
  const original = Math.random;
  const weights = (seed: number) => seeded(seed, () => tf.layers.dense({ inputShape: [4], units: 3 }));
  const values = (seed: number) => tf.sequential({ layers: [weights(seed)] });
  assert.equal(Math.random, original);
  const [first, again, other] = [1, 1, 2].map((seed) =>
    Array.from(
      seeded(seed, () => values(seed))
        .getWeights()[0]!
        .dataSync(),
    ),
  );
  assert.deepEqual(again, first);
  assert.notDeepEqual(other, first);
  assert.throws(() => seeded(1, () => assert.fail('inside')));
  assert.equal(Math.random, original);
});

test('a permutation holds every index once; sequences are uniform', () => {
  assert.deepEqual(
    Array.from(permutation(1000, 3)).sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, index) => index),
  );
  assert.notDeepEqual(permutation(1000, 3), permutation(1000, 4));
  assert.notEqual(hashSeed(1, 2), hashSeed(2, 1));
  const random = new RandomSequence(5);
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 100_000; draw++) counts[Math.floor(random.next() * 10)]! += 1;
  // χ² with 9 degrees of freedom: 27.9 is passed by chance once in a thousand seeds; this seed is fixed.
  assert.ok(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0) < 27.9);
});

test('nothing that TensorFlow calls is deprecated in this Node: no warning appears among a cell’s outputs', () => {
  // Joining is the operation whose call takes a list of tensors, which the binding asks an old helper about.
  const join = "const { tf } = require('paperlab/runtime'); console.log(tf.concat([tf.ones([2]), tf.zeros([1])]).dataSync().join());";
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--throw-deprecation', '-e', join], { encoding: 'utf8', cwd: __dirname });
  assert.deepEqual([stdout.trim(), stderr, status], ['1,1,0', '', 0]);
});

const program = path.join(__dirname, 'exit-program.js');

test('a process that trained ends with its own exit code: by itself, by process.exit, by an error', () => {
  for (const [way, code] of [
    ['end', 0],
    ['exit', 3],
    ['throw', 1],
    ['code', 4],
  ] as const) {
    const { status, signal, stderr } = spawnSync(process.execPath, [program, way], { encoding: 'utf8' });
    assert.deepEqual([way, status, signal], [way, code, null], stderr);
    assert.doesNotMatch(stderr, /oneDNN|absl/, 'TensorFlow keeps quiet');
  }
  assert.equal(
    execFileSync(process.execPath, [program, 'end'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(),
    'trained',
  );
});

test("arrays that a thread of TensorFlow drops are let go of on JavaScript's own", () => {
  const rounds = 6000;
  const shared = path.join(__dirname, 'shared-memory-program.js');
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [shared, String(rounds)], { encoding: 'utf8' });
  assert.deepEqual([status, signal], [0, null], stderr);
  // They are 880 MB together; what is let go of is a matter of one round.
  assert.ok(Number(stdout) < 100, `resident memory grew by ${stdout.trim()} MB over ${rounds} rounds`);
});
