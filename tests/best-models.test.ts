import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fashionMnist, type ImageSet, mnist, toExamples } from 'paperlab/data';
import { evaluate, predict } from 'paperlab/engine';
import { bestValidated, type ModelCard, modelShelf } from 'paperlab/internal/papers/trained';
import { aggregated, knnCnnLstm, lstmCnn } from 'paperlab/papers';
import { runs } from 'paperlab/results';
import { seeded, type tf } from 'paperlab/runtime';

const folder = mkdtempSync(path.join(os.tmpdir(), 'best-model-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a saved network comes back with the same answers', async () => {
  const model = seeded(2, () => knnCnnLstm.garmentNetwork({ filters: 4, lstmUnits: 8, denseUnits: 8, dropout1: 0.4, dropout2: 0.5 }));
  await model.save(`file://${folder}`);
  const again = await knnCnnLstm.loadBestModel(folder);
  const inputs = Float32Array.from({ length: 3 * 784 }, (_, index) => (index % 17) / 17);
  const examples = { inputs, shape: [28, 28, 1], labels: Uint8Array.of(0, 1, 2), count: 3 };
  assert.deepEqual(await predict(again, examples), await predict(model, examples));
});

test('where there are no weights, the error says how to get them', async () => {
  const nothing = path.join(folder, 'nothing');
  await assert.rejects(knnCnnLstm.loadBestModel(nothing), /npm run sweep -- --paper 05 .*--ship/);
  await assert.rejects(lstmCnn.loadBestModel(nothing), /npm run sweep -- --paper 02/);
  await assert.rejects(aggregated.loadBestModel(nothing), /npm run sweep -- --paper 03/);
});

test('the validation accuracy chooses, never the test accuracy', () => {
  const card = (seed: number, validationAccuracy: number, testAccuracy: number) => ({ seed, validationAccuracy, testAccuracy });
  assert.equal(bestValidated([card(1, 0.8, 0.99), card(2, 0.9, 0.5), card(3, 0.9, 0.7)])?.seed, 2);
  assert.equal(bestValidated([]), undefined);
});

test('weights of another network are refused', () => {
  const [record] = runs.find({ paper: 'lstm-cnn', experiment: 'mnist-lstm-cnn', profile: 'paper', provenance: 'real' });
  assert.ok(record, 'the recorded run of mnist-lstm-cnn comes with the clone');
  const recipe = { ...record.recipe, model: { ...(record.recipe['model'] as object), units: 64 } };
  assert.throws(() => lstmCnn.trainedNetwork({ ...record, recipe }), /kept 165518 weights; its network has \d+/);
  const [without] = runs.find({ paper: 'lstm-cnn', experiment: 'mnist-cnn', profile: 'paper', provenance: 'real' });
  assert.throws(() => lstmCnn.trainedNetwork(without!), /mnist-cnn, seed \d+, kept no weights\. mnist-lstm-cnn does/);
});

test('what is shipped is what the recorded runs choose', () => {
  const recorded = (paper: 'lstm-cnn' | 'cnn-lstm-aggregated', experiment: string) =>
    runs.find({ paper, experiment, profile: 'paper', provenance: 'real' }).filter((run) => runs.isRecorded(run));
  const lstm = recorded('lstm-cnn', 'mnist-lstm-cnn').map(({ seed, metrics }) => ({
    seed,
    validationAccuracy: metrics['validationAccuracy']!,
  }));
  const advice = 'run npm run sweep -- --ship';
  assert.equal(lstmCnn.bestModelCard()?.seed, bestValidated(lstm)?.seed, advice);
  const six = recorded('cnn-lstm-aggregated', 'model-6').find(({ seed }) => seed === 1);
  assert.equal(aggregated.bestModelCard()?.aggregatedAccuracy, six?.metrics['aggregatedAccuracy'], advice);
});

interface Shipped {
  name: string;
  card: () => ModelCard | undefined;
  load: () => Promise<tf.LayersModel>;
  images: () => Promise<ImageSet>;
}

const shipped: Shipped[] = [
  { name: 'LSTM-CNN', card: lstmCnn.bestModelCard, load: lstmCnn.loadBestModel, images: () => mnist({ split: 'test' }) },
  { name: 'Model VI', card: aggregated.bestModelCard, load: aggregated.loadBestModel, images: () => fashionMnist({ split: 'test' }) },
  { name: 'row 6', card: knnCnnLstm.bestModelCard, load: knnCnnLstm.loadBestModel, images: () => fashionMnist({ split: 'test' }) },
];

for (const { name, card: cardOf, load, images } of shipped)
  test(`${name} scores on the test set what its card says`, async (context) => {
    const card = cardOf();
    assert.ok(card, 'its weights come with the clone: npm run sweep -- --ship');
    const set = await images();
    if (set.provenance !== 'real') return context.skip('needs the real test images: DATA_MIRROR names a folder that has them');
    const model = await load();
    const { accuracy } = await evaluate(model, toExamples(set), { loss: 'sparseCategoricalCrossentropy' });
    assert.ok(Math.abs(accuracy - card.testAccuracy) < 0.0005, `${accuracy}, the card says ${card.testAccuracy}`);
    assert.equal(model.countParams(), card.parameters);
    if (card.aggregatedAccuracy === undefined) return;
    const examples = toExamples(set);
    const both = aggregated.aggregate(await predict(model, examples), await predict(model, aggregated.mirrored(examples)), 10);
    const right = both.filter((label, index) => label === examples.labels[index]).length / examples.count;
    assert.ok(Math.abs(right - card.aggregatedAccuracy) < 0.0005, `${right}, the card says ${card.aggregatedAccuracy}`);
  });

test('a candidate becomes the network of the clone', async () => {
  const at = (name: string) => path.join(folder, name);
  const shelf = modelShelf('knn-cnn-lstm', 'nothing', { ...runs.folders, recorded: at('recorded'), local: at('local') });
  const model = seeded(2, () => knnCnnLstm.garmentNetwork({ filters: 4, lstmUnits: 8, denseUnits: 8, dropout1: 0.4, dropout2: 0.5 }));
  const card: ModelCard = {
    experiment: 'tiny',
    seed: 3,
    profile: 'paper',
    chosenBy: 'a test',
    parameters: model.countParams(),
    testAccuracy: 0.1,
  };
  await shelf.keep(model, card);
  assert.equal(shelf.card(), undefined);
  assert.deepEqual(shelf.candidates('tiny', [1, 2, 3]), [card]);
  shelf.promote(card);
  assert.deepEqual(shelf.card(), card);
  assert.equal((await shelf.load()).countParams(), card.parameters);
});
