/** How much of Fashion-MNIST each profile uses, and the test images that go with it. */
import { type Examples, fashionMnist, type ImageSet } from '../../data/index.js';
import type { Profile } from '../../results/index.js';

export const CLASSES = 10;
export const SHIRT = 6;
export const T_SHIRT = 0;

/** Limits of the two parts, epochs, and the largest batch; null: all of it, and as the authors have it. */
export const scale: Record<Profile, { train: number | null; test: number | null; epochs: number | null; batch: number | null }> = {
  smoke: { train: 200, test: 100, epochs: 3, batch: 10 },
  lesson: { train: 6000, test: 2000, epochs: 6, batch: 100 },
  paper: { train: null, test: null, epochs: null, batch: null },
};

/** The test images that a run with this limit is scored on, in its order. */
export const testImages = (limit: number | null): Promise<ImageSet> =>
  fashionMnist({ split: 'test', seed: 0, ...(limit ? { limit, stratified: true } : {}) });

/** Every image in the mirror: columns from right to left. */
export function mirrored(examples: Examples): Examples {
  const [height, width, channels = 1] = examples.shape;
  const inputs = examples.inputs.slice();
  const rows = examples.count * height;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < channels; channel++)
        inputs[(row * width + column) * channels + channel] = examples.inputs[(row * width + width - 1 - column) * channels + channel];
  return { ...examples, inputs };
}
