import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fashionMnist, toExamples } from 'paperlab/data';
import { evaluate, predict } from 'paperlab/engine';
import { knnCnnLstm as knn } from 'paperlab/papers';
import { seeded } from 'paperlab/runtime';

const folder = mkdtempSync(path.join(os.tmpdir(), 'best-model-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a saved network comes back with the same answers', async () => {
  const model = seeded(2, () => knn.garmentNetwork({ filters: 4, lstmUnits: 8, denseUnits: 8, dropout1: 0.4, dropout2: 0.5 }));
  await model.save(`file://${folder}`);
  const again = await knn.loadBestModel(folder);
  const inputs = Float32Array.from({ length: 3 * 784 }, (_, index) => (index % 17) / 17);
  const examples = { inputs, shape: [28, 28, 1], labels: Uint8Array.of(0, 1, 2), count: 3 };
  assert.deepEqual(await predict(again, examples), await predict(model, examples));
});

test('where there are no weights, the error says how to get them', async () => {
  await assert.rejects(knn.loadBestModel(path.join(folder, 'nothing')), /npm run sweep -- --paper 05/);
});

test('the shipped network scores on the test set what its card says', async (context) => {
  const card = knn.bestModelCard();
  if (!card) return context.skip('no weights are shipped yet: npm run sweep -- --paper 05 --only row-6-grouped');
  const set = await fashionMnist({ split: 'test' });
  if (set.provenance !== 'real') return context.skip('needs the real test images: DATA_MIRROR names a folder that has them');
  const model = await knn.loadBestModel();
  const { accuracy } = await evaluate(model, toExamples(set), { loss: 'sparseCategoricalCrossentropy' });
  assert.ok(Math.abs(accuracy - card.testAccuracy) < 0.0005, `${accuracy}, the card says ${card.testAccuracy}`);
  assert.equal(model.countParams(), card.parameters);
});
