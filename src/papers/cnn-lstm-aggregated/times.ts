/**
 * What flips in training and the aggregated output cost, as ratios of processor time taken in turns: that of a clock on the wall would count
 * whatever else the machine was doing.
 */
import { type Examples, fashionMnist, toExamples } from '../../data/index.js';
import { type FitOptions, predict } from '../../engine/index.js';
import { type Experiment, type Profile, type RunContext, type RunOutcome, usedOf } from '../../results/index.js';
import { seeded, type tf, usesGpu } from '../../runtime/index.js';
import { train } from '../../training/index.js';
import { CLASSES, mirrored, scale, testImages } from './garments.js';
import { aggregate, type NetworkOptions, network, sixModels } from './models.js';

const TURNS = 6;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds that the processors worked; on a GPU, where they mostly wait, seconds of the clock. */
async function computing(work: () => Promise<unknown>): Promise<number> {
  const [clock, processor] = [performance.now(), process.cpuUsage()];
  await work();
  if (usesGpu()) return (performance.now() - clock) / 1000;
  const { user, system } = process.cpuUsage(processor);
  return (user + system) / 1e6;
}

/** Time of the aggregated read-out over time of the plain one, taken in turns; the first turn warms up and does not count. */
export async function readOutTimeRatio(model: tf.LayersModel, test: Examples): Promise<number> {
  const plain: number[] = [];
  const both: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const once = await computing(() => predict(model, test));
    const twice = await computing(async () => aggregate(await predict(model, test), await predict(model, mirrored(test)), CLASSES));
    if (turn === 0) continue;
    plain.push(once);
    both.push(twice);
  }
  return median(both) / median(plain);
}

const [FEW_EPOCHS, MORE_EPOCHS] = [1, 4];

/** Time of an epoch with flips over one without, on the same images, in turns. What a training costs once (its graph) falls out of the difference. */
async function flipTimeRatio(
  model: NetworkOptions,
  options: Pick<FitOptions, 'optimizer' | 'batchSize'>,
  examples: Examples,
  { seed, signal, report }: RunContext,
): Promise<number> {
  const seconds = { with: [] as number[], without: [] as number[] };
  const once = async (epochs: number, horizontalFlip: number) => {
    const fresh = seeded(seed, () => network(model));
    const took = await computing(() =>
      train(fresh, examples, {
        ...options,
        loss: 'sparseCategoricalCrossentropy',
        epochs,
        seed,
        ...(horizontalFlip > 0 && { horizontalFlip }),
      }),
    );
    fresh.dispose();
    return took;
  };
  for (let turn = 0; turn < TURNS; turn++) {
    for (const kind of ['with', 'without'] as const) {
      signal?.throwIfAborted();
      const share = kind === 'with' ? 0.5 : 0;
      seconds[kind].push((await once(MORE_EPOCHS, share)) - (await once(FEW_EPOCHS, share)));
    }
    report({ fraction: (turn + 1) / (TURNS + 1), text: `turn ${turn + 1} of ${TURNS}` });
  }
  return median(seconds.with) / median(seconds.without);
}

/** Images of each set: an epoch of ten batches takes about a second. */
const IMAGES = 10_000;
const recipe = { optimizer: { kind: 'adam', learningRate: 0.001 }, batchSize: 1000 } as const;

async function carriedOut(context: RunContext): Promise<RunOutcome> {
  const { aggregated: _aggregated, ...model } = sixModels.VI;
  const { train: most, test: mostScored } = scale[context.profile];
  const images = await fashionMnist({ split: 'train', limit: Math.min(IMAGES, most ?? IMAGES), stratified: true, seed: context.seed });
  const test = await testImages(mostScored);
  const fresh = seeded(context.seed, () => network(model));
  try {
    return {
      metrics: {
        aggregatedTimeRatio: await readOutTimeRatio(fresh, toExamples(test)),
        epochTimeRatio: await flipTimeRatio(model, recipe, toExamples(images), context),
      },
      data: [usedOf(images, 'training'), usedOf(test, 'test')],
    };
  } finally {
    fresh.dispose();
  }
}

/** Claims on time are judged by a run of their own, on Model VI's network, which is that of Model II. */
export function timesExperiment(profile: Profile): Experiment {
  return {
    recipe: {
      paper: 'cnn-lstm-aggregated',
      experiment: 'model-6-times',
      ...recipe,
      images: IMAGES,
      turns: TURNS,
      epochs: [FEW_EPOCHS, MORE_EPOCHS],
    },
    seeds: [1, 2, 3],
    minutes: 2,
    priority: 1,
    profile,
    run: carriedOut,
  };
}
