/** What the engine's table lacks is trained by tf.layers itself: slower, and said so once, by name. */
import type { Examples } from '../data/types.js';
import { hashSeed, permutation, seeded, tf } from '../runtime/index.js';
import { describeData, outputWidth } from './data.js';
import { EngineError } from './errors.js';
import { scheduledRate } from './optimizers.js';
import type { EpochRecord, FitOptions, History, OptimizerSpec } from './types.js';

function layersOptimizer(spec: OptimizerSpec): tf.Optimizer {
  if (spec.clipValue !== undefined || spec.clipNorm !== undefined || spec.clipGlobalNorm !== undefined)
    throw new EngineError('Gradient clipping needs a model that the engine can train: tf.layers has none.');
  if (spec.kind === 'adam') return tf.train.adam(spec.learningRate, spec.beta1, spec.beta2, spec.epsilon);
  if (spec.kind === 'rmsprop') return tf.train.rmsprop(spec.learningRate, spec.rho ?? 0.9, spec.momentum ?? 0, spec.epsilon ?? 1e-7);
  return spec.momentum ? tf.train.momentum(spec.learningRate, spec.momentum, spec.nesterov) : tf.train.sgd(spec.learningRate);
}

const lossNames = {
  sparseCategoricalCrossentropy: 'sparseCategoricalCrossentropy',
  categoricalCrossentropy: 'categoricalCrossentropy',
  binaryCrossentropy: 'binaryCrossentropy',
  meanSquaredError: 'meanSquaredError',
  hinge: 'categoricalHinge',
} as const;

/** Examples as the tensors that tf.layers trains on; the caller disposes them. */
function tensors(model: tf.LayersModel, examples: Examples, { loss }: FitOptions): { xs: tf.Tensor; ys: tf.Tensor } {
  return tf.tidy(() => {
    const data = describeData(model, examples, loss);
    const floats =
      examples.inputs instanceof Float32Array ? examples.inputs : Float32Array.from(examples.inputs, (value) => value * data.scale);
    const xs = tf.tensor(floats, [examples.count, ...examples.shape]);
    const labels = Float32Array.from(examples.labels);
    const width = outputWidth(model);
    if (data.targetKind === 'rows') return { xs, ys: tf.tensor(labels, [examples.count, width]) };
    if (loss === 'sparseCategoricalCrossentropy' || width === 1) return { xs, ys: tf.tensor(labels, [examples.count, 1]) };
    return { xs, ys: tf.oneHot(tf.tensor1d(labels, 'int32'), width) };
  });
}

/** The same contract as the engine's own fit, on tf.layers' trainOnBatch. */
export async function fitWithLayers(model: tf.LayersModel, train: Examples, options: FitOptions, reason: string): Promise<History> {
  console.warn(`paperlab: training '${model.name}' with tf.layers instead of the engine (slower): ${reason}.`);
  if (options.checkpoint) throw new EngineError(`checkpoint needs a model that the engine can train; this one it cannot: ${reason}.`);
  if (options.horizontalFlip)
    throw new EngineError(`horizontalFlip needs a model that the engine can train; this one it cannot: ${reason}.`);
  const started = performance.now();
  const optimizer = layersOptimizer(options.optimizer);
  model.compile({ optimizer, loss: lossNames[options.loss], metrics: ['accuracy'] });
  const data = tensors(model, train, options);
  const history: History = { epochs: [], stopped: false, resumedFromEpoch: 0, seconds: 0 };
  try {
    for (let epoch = 1; epoch <= options.epochs && !history.stopped; epoch++) {
      const begun = performance.now();
      const learningRate = scheduledRate(options.optimizer.learningRate, options.optimizer.schedule, epoch);
      (optimizer as unknown as { learningRate: number }).learningRate = learningRate;
      const inputs = options.inputsForEpoch?.(epoch);
      const fresh = inputs && tensors(model, { ...train, inputs }, options);
      const sums = await trainEpoch(model, fresh ?? data, train.count, options, epoch);
      tf.dispose(fresh ?? []);
      if (!sums) {
        history.stopped = true;
        break;
      }
      const record: EpochRecord = { epoch, ...sums, learningRate, seconds: 0 };
      if (options.validation) [record.validationLoss, record.validationAccuracy] = await score(model, options.validation, options);
      for (const [name, examples] of Object.entries(options.alsoEvaluate ?? {})) {
        const [loss, accuracy] = await score(model, examples, options);
        record.also = { ...record.also, [name]: { loss, accuracy } };
      }
      record.seconds = (performance.now() - begun) / 1000;
      history.epochs.push(record);
      await options.onEpoch?.(record);
    }
  } finally {
    tf.dispose(data);
  }
  history.seconds = (performance.now() - started) / 1000;
  return history;
}

async function score(model: tf.LayersModel, examples: Examples, options: FitOptions): Promise<[number, number]> {
  const data = tensors(model, examples, options);
  const results = model.evaluate(data.xs, data.ys, { batchSize: 256 }) as tf.Scalar[];
  const [loss, accuracy] = results.map((value) => value.dataSync()[0]!);
  tf.dispose([results, data]);
  return [loss!, accuracy!];
}

/** One epoch; undefined when it was stopped. */
async function trainEpoch(
  model: tf.LayersModel,
  { xs, ys }: { xs: tf.Tensor; ys: tf.Tensor },
  count: number,
  options: FitOptions,
  epoch: number,
): Promise<{ loss: number; accuracy: number } | undefined> {
  const { batchSize, seed, epochs, onProgress, signal } = options;
  const order = permutation(count, hashSeed(seed, 'shuffle', epoch));
  const stepsPerEpoch = Math.ceil(count / batchSize);
  const begun = performance.now();
  let lossSum = 0;
  let correct = 0;
  let examples = 0;
  for (let step = 1; step <= stepsPerEpoch; step++) {
    if (signal?.aborted) return undefined;
    const rows = tf.tensor1d(order.slice((step - 1) * batchSize, step * batchSize), 'int32');
    const batch = [tf.gather(xs, rows), tf.gather(ys, rows)] as const;
    const [loss, accuracy] = (await seeded(hashSeed(seed, 'draws', epoch, step), () => model.trainOnBatch(...batch))) as number[];
    lossSum += loss! * rows.size;
    correct += accuracy! * rows.size;
    examples += rows.size;
    tf.dispose([rows, ...batch]);
    onProgress?.({
      epoch,
      epochs,
      step,
      stepsPerEpoch,
      loss: lossSum / examples,
      accuracy: correct / examples,
      examplesPerSecond: (examples / (performance.now() - begun)) * 1000,
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { loss: lossSum / examples, accuracy: correct / examples };
}
