/** A network finds the drawn garments about as hard as the real ones: a modern LeNet-5 is right on 87 to 93 of 100 it has not seen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standIn, toExamples } from 'paperlab/data';
import { evaluate, fit } from 'paperlab/engine';
import { lenet5 } from 'paperlab/papers';
import { seeded } from 'paperlab/runtime';

test('LeNet-5 on drawn garments', { timeout: 1_200_000 }, async (context) => {
  const train = toExamples(standIn('fashion-mnist', { split: 'train', count: 60_000, seed: 1 }), { size: 32 });
  const unseen = toExamples(standIn('fashion-mnist', { split: 'test', count: 10_000, seed: 1 }), { size: 32 });
  const model = seeded(1, () => lenet5.proposedLeNet5({ activation: 'relu' }));
  await fit(model, train, {
    optimizer: { kind: 'adam', learningRate: 0.001 },
    loss: 'sparseCategoricalCrossentropy',
    epochs: 6,
    batchSize: 64,
    seed: 1,
  });
  const { accuracy } = await evaluate(model, unseen, { loss: 'sparseCategoricalCrossentropy' });
  model.dispose();
  context.diagnostic(`held-out accuracy ${(100 * accuracy).toFixed(2)} %`);
  assert.ok(accuracy >= 0.87 && accuracy <= 0.93, `${(100 * accuracy).toFixed(2)} %`);
});
