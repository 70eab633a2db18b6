/** Every model of the comparison with tf.layers, and many drawn at random. */
import { test } from 'node:test';
import { assertSame, cases, picture, randomModel } from '../engine-cases.js';
import { sample } from '../engine-support.js';

for (const [name, { build, shape }] of Object.entries(cases)) test(`like tf.layers: ${name}`, () => assertSame(build, sample({ shape })));
for (let seed = 10; seed < 50; seed++) {
  test(`like tf.layers: random model ${seed}`, () =>
    assertSame(randomModel(seed), sample({ shape: picture, seed }), 'sparseCategoricalCrossentropy', 1 + (seed % 3)));
}
