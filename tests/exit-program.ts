/** Trains a moment, then ends in the way named by its argument. Started by tests as a process of its own. */
import { fit } from 'paperlab/engine';
import { tf } from 'paperlab/runtime';

async function main(way: string): Promise<void> {
  const model = tf.sequential({
    layers: [tf.layers.lstm({ inputShape: [4, 2], units: 3 }), tf.layers.dense({ units: 2, activation: 'softmax' })],
  });
  const train = { inputs: new Float32Array(64).fill(0.5), shape: [4, 2], labels: new Uint8Array(8), count: 8 };
  await fit(model, train, {
    optimizer: { kind: 'adam', learningRate: 0.01 },
    loss: 'sparseCategoricalCrossentropy',
    epochs: 1,
    batchSize: 4,
    seed: 1,
  });
  console.log('trained');
  if (way === 'exit') process.exit(3);
  if (way === 'throw') throw new Error('on purpose');
  if (way === 'code') process.exitCode = 4;
}

void main(process.argv[2] ?? 'end');
