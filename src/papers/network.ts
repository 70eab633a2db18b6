/** The experiment that most reports share: build a network, train it by a recipe, score it once on the test set. */
import type { Examples } from '../data/types.js';
import { evaluate, predict } from '../engine/index.js';
import type { History, LossName, OptimizerSpec } from '../engine/types.js';
import {
  type DataUsed,
  type Experiment,
  type PaperId,
  type Profile,
  plainRecipe,
  type RunContext,
  RunInterruptedError,
  type RunOutcome,
  recipeHash,
} from '../results/index.js';
import { seeded, type tf, threadsInsideOperations } from '../runtime/index.js';
import { train } from '../training/index.js';

/** What a recipe of a trained network says at least; anything else that decides numbers stands beside it, as plain data. */
export interface NetworkRecipe {
  paper: PaperId;
  experiment: string;
  optimizer: OptimizerSpec;
  /** Default 'sparseCategoricalCrossentropy'. */
  loss?: LossName;
  epochs: number;
  batchSize: number;
  /** Default 2: part of the recipe, never read off the machine. */
  shards?: number;
  /** Probability of a mirror image in training. */
  horizontalFlip?: number;
}

export interface NetworkExamples {
  train: Examples;
  validation?: Examples;
  /** Scored once, after training. */
  test: Examples;
  /** Scored after each epoch and never used to choose; { test } draws the report's test curve. */
  also?: Record<string, Examples>;
  /** New training inputs for an epoch, 1-based (augmentation). */
  inputsForEpoch?: (epoch: number) => Float32Array | Uint8Array;
  used: DataUsed[];
}

export interface NetworkOutcome extends RunOutcome {
  history: History;
  /** count × classes, of the test set. */
  probabilities: Float32Array;
}

export interface NetworkPlan<R extends NetworkRecipe = NetworkRecipe> {
  recipe: R;
  seeds: number[];
  minutes: number;
  priority: number;
  profile?: Profile;
  dataChecksums?: Experiment['dataChecksums'];
  /** Called with Math.random seeded, so that the first weights repeat. */
  build: (recipe: R) => tf.LayersModel;
  examples: (recipe: R, seed: number, profile: Profile) => Promise<NetworkExamples>;
  /** More metrics, arrays, …, from the trained model; what it returns is laid over the standard outcome. */
  after?: (
    model: tf.LayersModel,
    examples: NetworkExamples,
    outcome: NetworkOutcome,
    context: RunContext,
  ) => Promise<Partial<RunOutcome> | undefined> | Partial<RunOutcome> | undefined;
  /** Keep the test set's probabilities in the record (float32, count × classes). */
  keepProbabilities?: boolean;
}

/** The class with the largest probability, row by row; the first one of equals. */
export function predictedClasses(probabilities: Float32Array, classes: number): Uint8Array {
  const predicted = new Uint8Array(probabilities.length / classes);
  for (let row = 0; row < predicted.length; row++) {
    let best = 0;
    for (let label = 1; label < classes; label++)
      if (probabilities[row * classes + label]! > probabilities[row * classes + best]!) best = label;
    predicted[row] = best;
  }
  return predicted;
}

function confusionOf(actual: ArrayLike<number>, predicted: Uint8Array, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < predicted.length; row++) counts[actual[row]!]![predicted[row]!]!++;
  return counts;
}

/** Classes of a label array: as it is, or the largest entry of each row of one-hot labels. */
function classIndices(examples: Examples, classes: number): ArrayLike<number> {
  return examples.labels.length === examples.count ? examples.labels : predictedClasses(Float32Array.from(examples.labels), classes);
}

const last = (values: number[] | undefined) => values?.[values.length - 1];

async function standardOutcome(
  model: tf.LayersModel,
  examples: NetworkExamples,
  history: History,
  curves: Record<string, number[]>,
  loss: LossName,
) {
  const scored = await evaluate(model, examples.test, { loss });
  const probabilities = await predict(model, examples.test);
  const classes = Math.max(2, probabilities.length / examples.test.count);
  const predicted =
    probabilities.length === examples.test.count
      ? Uint8Array.from(probabilities, (probability) => (probability > 0.5 ? 1 : 0))
      : predictedClasses(probabilities, classes);
  const seconds = history.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const metrics: Record<string, number> = {
    testAccuracy: scored.accuracy,
    testLoss: scored.loss,
    trainAccuracy: last(curves['accuracy'])!,
    trainLoss: last(curves['loss'])!,
    parameters: model.countParams(),
    secondsPerEpoch: seconds / Math.max(1, history.epochs.length),
  };
  const validation = last(curves['validationAccuracy']);
  if (validation !== undefined) metrics['validationAccuracy'] = validation;
  const outcome: NetworkOutcome = {
    metrics,
    curves,
    confusion: confusionOf(classIndices(examples.test, classes), predicted, classes),
    arrays: { predictions: { values: predicted, shape: [examples.test.count] } },
    data: examples.used,
    history,
    probabilities,
  };
  return outcome;
}

/** Makes an experiment of a plan: trains with progress, a checkpoint every epoch and a clean stop, then scores once. */
export function networkExperiment<R extends NetworkRecipe>(plan: NetworkPlan<R>): Experiment {
  const loss = plan.recipe.loss ?? 'sparseCategoricalCrossentropy';
  const shards = plan.recipe.shards ?? 2;
  const recipe = plainRecipe({ ...plan.recipe, loss, shards });

  async function run(context: RunContext): Promise<RunOutcome> {
    const started = performance.now();
    context.report({ fraction: 0, text: 'reading the data' });
    const examples = await plan.examples(plan.recipe, context.seed, context.profile);
    const model = seeded(context.seed, () => plan.build(plan.recipe));
    try {
      const { optimizer, epochs, batchSize, horizontalFlip } = plan.recipe;
      // Named by its key: what was begun on other data (a stand-in, another variant) or ends in other bits is not in the way.
      const data = examples.used.map((used) => used.checksum);
      const key = recipeHash({ recipe, seed: context.seed, data, threads: threadsInsideOperations() });
      const { history, curves, stopped } = await train(model, examples.train, {
        optimizer,
        loss,
        epochs,
        batchSize,
        shards,
        seed: context.seed,
        ...(horizontalFlip !== undefined && { horizontalFlip }),
        ...(examples.validation && { validation: examples.validation }),
        ...(examples.also && { alsoEvaluate: examples.also }),
        ...(examples.inputsForEpoch && { inputsForEpoch: examples.inputsForEpoch }),
        ...(context.signal && { signal: context.signal }),
        checkpoint: { path: `${context.checkpointPath}-${key.slice(0, 8)}`, everyEpochs: 1, key },
        // Scoring takes the rest.
        onProgress: (progress) => context.report({ ...progress, fraction: 0.98 * progress.fraction }),
      });
      if (stopped)
        throw new RunInterruptedError(
          `${recipe.paper}/${recipe.experiment}, seed ${context.seed}, was stopped after ${history.epochs.length} of ${epochs} epochs. Its checkpoint is kept: the same call goes on from there.`,
        );
      context.report({ fraction: 0.98, text: 'scoring the test set', curves });
      const { history: _history, probabilities, ...outcome } = await finished(model, examples, history, curves, context);
      if (plan.keepProbabilities)
        outcome.arrays = {
          ...outcome.arrays,
          probabilities: { values: probabilities, shape: [examples.test.count, probabilities.length / examples.test.count] },
        };
      context.report({ fraction: 1, text: 'done', curves });
      const epochSeconds = history.epochs.map((epoch) => epoch.seconds);
      const before = epochSeconds.slice(0, history.resumedFromEpoch).reduce((sum, epoch) => sum + epoch, 0);
      return { seconds: before + (performance.now() - started) / 1000, ...outcome };
    } finally {
      model.dispose();
    }
  }

  async function finished(
    model: tf.LayersModel,
    examples: NetworkExamples,
    history: History,
    curves: Record<string, number[]>,
    context: RunContext,
  ) {
    const outcome = await standardOutcome(model, examples, history, curves, loss);
    const more = await plan.after?.(model, examples, outcome, context);
    return {
      ...outcome,
      ...more,
      metrics: { ...outcome.metrics, ...more?.metrics },
      curves: { ...outcome.curves, ...more?.curves },
      arrays: { ...outcome.arrays, ...more?.arrays },
    };
  }

  return {
    recipe,
    seeds: plan.seeds,
    minutes: plan.minutes,
    priority: plan.priority,
    ...(plan.profile && { profile: plan.profile }),
    ...(plan.dataChecksums && { dataChecksums: plan.dataChecksums }),
    run,
  };
}
