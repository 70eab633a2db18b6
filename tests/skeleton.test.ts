import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tf } from 'paperlab/runtime';

test('TensorFlow answers through the binding', () => {
  assert.equal(tf.add(1, 2).dataSync()[0], 3);
});
