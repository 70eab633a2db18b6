import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Architecture, network, parameterCount, widthForParameters } from 'paperlab/internal/papers/lstm-cnn/models';

const settings = { units: 24, filters: 16, kernelSize: 3, dropout: 0.2 };
const architectures: Architecture[] = ['lstm-cnn', 'cnn-lstm', 'lstm', 'cnn', 'stacked'];

for (const architecture of architectures)
  for (const image of [
    [28, 28, 1],
    [50, 50, 3],
  ] as [number, number, number][])
    test(`${architecture} on ${image.join('×')} holds as many trainable numbers as its formula says`, () => {
      const model = network({ ...settings, architecture, image, classes: 10 });
      const trainable = model.trainableWeights.reduce((sum, weight) => sum + weight.shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
      assert.equal(trainable, parameterCount({ ...settings, architecture, image, classes: 10 }));
      assert.deepEqual(model.outputs[0].shape, [null, 10]);
    });

test('an equal-parameter width comes within two per cent of what was wanted', () => {
  for (const architecture of architectures) {
    const options = { architecture, image: [28, 28, 1] as [number, number, number], classes: 10, kernelSize: 3, dropout: 0.2 };
    const width = widthForParameters(60_000, options);
    const got = parameterCount({ ...options, units: width, filters: width });
    assert.ok(Math.abs(got - 60_000) / 60_000 < 0.02, `${architecture}: ${got}`);
  }
});
