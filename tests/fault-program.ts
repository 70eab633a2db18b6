/**
 * A training in a process of its own, for tests that kill it or watch its memory. It says each step that is done, at once and unbuffered.
 *   node fault-program.js train CHECKPOINT     trains, resuming what is there; ends with a digest of weights and curves
 *   node --expose-gc fault-program.js repeat   ten trainings, one after another; tensors and memory after each
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Examples } from 'paperlab/data';
import { type FitOptions, fit } from 'paperlab/engine';
import { RandomSequence, seeded, tf } from 'paperlab/runtime';

const say = (words: string) => writeSync(1, `${words}\n`);

export function pictures(count: number): Examples {
  const random = new RandomSequence(11);
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random.next() * 4));
  const inputs = Float32Array.from({ length: count * 144 }, (_, at) => random.next() + (at % 4 === labels[Math.floor(at / 144)] ? 0.3 : 0));
  return { inputs, shape: [12, 12, 1], labels, count };
}

/** Everything whose state must survive: dropout's draws, moving averages, Adam's two slots for each weight. */
export const network = () =>
  seeded(5, () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [12, 12, 1], filters: 8, kernelSize: 3, activation: 'relu' }),
        tf.layers.batchNormalization({}),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dropout({ rate: 0.3 }),
        tf.layers.dense({ units: 4, activation: 'softmax' }),
      ],
    }),
  );

export const recipe: FitOptions = {
  optimizer: { kind: 'adam', learningRate: 0.003 },
  loss: 'sparseCategoricalCrossentropy',
  epochs: 6,
  batchSize: 16,
  seed: 9,
};

export function digest(model: tf.LayersModel, curves: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(curves));
  for (const weight of model.getWeights()) hash.update(new Uint8Array(new Float32Array(weight.dataSync()).buffer));
  return hash.digest('hex');
}

async function trainTo(checkpoint: string): Promise<void> {
  const model = network();
  const train = pictures(330);
  const history = await fit(model, train, {
    ...recipe,
    validation: pictures(40),
    checkpoint: { path: checkpoint, everySteps: 3 },
    onProgress: ({ epoch, step }) => say(`step ${epoch} ${step}`),
  });
  const curves = history.epochs.map(({ seconds: _, ...scores }) => scores);
  say(`done ${digest(model, curves)} ${history.epochs.length}`);
}

async function repeatedly(): Promise<void> {
  const train = pictures(600);
  for (let round = 1; round <= 10; round++) {
    const model = network();
    await fit(model, train, { ...recipe, epochs: 3, validation: train });
    model.dispose();
    (globalThis as { gc?: () => void }).gc?.();
    say(`round ${round} ${tf.memory().numTensors} ${Math.round(process.memoryUsage().rss / 2 ** 20)}`);
  }
}

const [, , what, where] = process.argv;
if (require.main === module) void (what === 'train' ? trainTo(where!) : repeatedly());
