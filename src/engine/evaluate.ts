/** Prediction, evaluation and input gradients, block by block through one loaded graph. */
import type { Examples } from '../data/types.js';
import { hashSeed, type tf } from '../runtime/index.js';
import { describeData, outputWidth, targetsOf } from './data.js';
import { type Device, planFor } from './device.js';
import { EngineError } from './errors.js';
import { sizeOf, type Variable } from './graph.js';
import { modelRefusal } from './model.js';
import { beginProgram, type DataShape, type EvaluationBlock, evaluationBlock, type ProgramWeights } from './program.js';
import { Session } from './session.js';
import type { LossName } from './types.js';

export interface PredictOptions {
  /** Examples per run of the graph. Default 500. */
  batchSize?: number;
  /** Default 2. */
  shards?: number;
  /** Leaves dropout switched on, as in training. */
  dropout?: boolean;
  /** For dropout. Default 0. */
  seed?: number;
  /** Default: the GPU where there is one. */
  device?: Device;
}

export interface EvaluateOptions extends PredictOptions {
  loss: LossName;
}

export interface Evaluation {
  loss: number;
  accuracy: number;
  /** The model's outputs, example by example. */
  probabilities: Float32Array;
  /** The class with the largest output; with one output, 1 where it is above one half. */
  predictions: Uint8Array;
}

export interface InputGradient {
  /** d loss / d input of every example, in the examples' own shape. */
  gradients: Float32Array;
  losses: Float32Array;
}

export const DEFAULT_EVALUATION_BATCH = 500;

/** A slice of examples filled up to a whole block by repeating its last example. */
function filledSlice<Values extends Float32Array | Uint8Array>(
  values: Values,
  start: number,
  count: number,
  width: number,
  batch: number,
): Values {
  const part = values.subarray(start * width, (start + count) * width) as Values;
  if (count === batch) return part;
  const full = new (values.constructor as new (length: number) => Values)(batch * width);
  full.set(part);
  for (let index = count; index < batch; index++) full.copyWithin(index * width, (count - 1) * width, count * width);
  return full;
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface BlockAnswer {
  start: number;
  count: number;
  values: Float32Array[];
}

/** Runs examples through a block, one run after the other, letting the event loop breathe between them. */
export async function runBlocks(
  session: Session,
  block: EvaluationBlock,
  data: DataShape,
  examples: Examples,
  results: readonly EvaluationBlock['outputs'][],
  use: (answer: BlockAnswer) => void,
  { seed = 0, signal }: { seed?: number; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const targets = block.losses ? targetsOf(examples) : new Float32Array(examples.count);
  const size = sizeOf(data.shape);
  const runSeed = Int32Array.of(hashSeed('evaluate', seed) | 0);
  for (let start = 0; start < examples.count; start += block.batch) {
    signal?.throwIfAborted();
    const count = Math.min(block.batch, examples.count - start);
    const inputs = filledSlice(examples.inputs, start, count, size, block.batch);
    const target = filledSlice(targets, start, count, block.losses ? data.targetWidth : 1, block.batch);
    const feeds = [
      [block.inputs, inputs],
      ...(block.losses ? [[block.targets, target] as const] : []),
      [block.seed, runSeed, []],
      [block.step, Int32Array.of(start), []],
    ] as const;
    use({ start, count, values: session.run(feeds, results) as Float32Array[] });
    await breathe();
  }
}

/** Scores examples through a block that has a loss. */
export async function scoreExamples(
  session: Session,
  block: EvaluationBlock,
  data: DataShape,
  examples: Examples,
  width: number,
  options: { seed?: number; signal?: AbortSignal | undefined } = {},
): Promise<Evaluation> {
  const probabilities = new Float32Array(examples.count * width);
  let loss = 0;
  let correct = 0;
  const sum = (values: Float32Array, count: number) => values.subarray(0, count).reduce((total, value) => total + value, 0);
  await runBlocks(
    session,
    block,
    data,
    examples,
    [block.outputs, block.losses!, block.correct!],
    ({ start, count, values: [outputs, losses, rights] }) => {
      probabilities.set(outputs!.subarray(0, count * width), start * width);
      loss += sum(losses!, count);
      correct += sum(rights!, count);
    },
    options,
  );
  return { loss: loss / examples.count, accuracy: correct / examples.count, probabilities, predictions: largest(probabilities, width) };
}

function largest(probabilities: Float32Array, width: number): Uint8Array {
  const count = probabilities.length / width;
  if (width === 1) return Uint8Array.from(probabilities, (value) => (value > 0.5 ? 1 : 0));
  const predictions = new Uint8Array(count);
  for (let example = 0; example < count; example++) {
    let best = 0;
    for (let index = 1; index < width; index++)
      if (probabilities[example * width + index]! > probabilities[example * width + best]!) best = index;
    predictions[example] = best;
  }
  return predictions;
}

/** The model's weights, ready to be written into a session. */
export function weightEntries({ weights }: ProgramWeights): [Variable, Float32Array][] {
  // tf.layers hands out the live tensor: nothing to dispose.
  return weights.map(({ source, variable }) => [variable, source.read().dataSync() as Float32Array]);
}

function requireEngine(model: tf.LayersModel): void {
  const reason = modelRefusal(model);
  if (reason) throw new EngineError(`The engine cannot run model '${model.name}': ${reason}. model.predict can.`);
}

async function withBlock<Result>(
  model: tf.LayersModel,
  examples: Examples,
  options: PredictOptions & { loss?: LossName; inputGradient?: boolean },
  use: (session: Session, block: EvaluationBlock, data: DataShape) => Promise<Result>,
): Promise<Result> {
  requireEngine(model);
  const data = describeData(model, examples, options.loss);
  const device = planFor(options.device);
  const program = beginProgram(model, device);
  const batch = Math.min(options.batchSize ?? DEFAULT_EVALUATION_BATCH, examples.count);
  const block = evaluationBlock(model, program, data, batch, {
    loss: options.loss,
    shards: options.shards ?? 2,
    device,
    dropout: options.dropout === true,
    inputGradient: options.inputGradient === true,
  });
  const session = new Session(program.doors);
  try {
    session.write(weightEntries(program));
    return await use(session, block, data);
  } finally {
    session.close();
  }
}

type Inputs = Pick<Examples, 'inputs' | 'shape' | 'count' | 'scale'>;

/** The model's outputs (probabilities, where it ends in softmax) for all examples, one row after the other. */
export async function predict(model: tf.LayersModel, examples: Inputs, options: PredictOptions = {}): Promise<Float32Array> {
  const width = outputWidth(model);
  const outputs = new Float32Array(examples.count * width);
  const all: Examples = { ...examples, labels: new Uint8Array(0) };
  await withBlock(model, all, options, (session, block, data) =>
    runBlocks(
      session,
      block,
      data,
      all,
      [block.outputs],
      ({ start, count, values }) => outputs.set(values[0]!.subarray(0, count * width), start * width),
      options,
    ),
  );
  return outputs;
}

/** Loss, accuracy, outputs and predicted classes of labelled examples. */
export async function evaluate(model: tf.LayersModel, examples: Examples, options: EvaluateOptions): Promise<Evaluation> {
  return withBlock(model, examples, options, (session, block, data) =>
    scoreExamples(session, block, data, examples, outputWidth(model), options),
  );
}

/** How each example's loss changes with each of its inputs: saliency maps, and gradient norms along a sequence. */
export async function inputGradient(model: tf.LayersModel, examples: Examples, options: EvaluateOptions): Promise<InputGradient> {
  const size = sizeOf(examples.shape);
  const found = { gradients: new Float32Array(examples.count * size), losses: new Float32Array(examples.count) };
  await withBlock(model, examples, { ...options, inputGradient: true }, (session, block, data) =>
    runBlocks(session, block, data, examples, [block.inputGradient!, block.losses!], ({ start, count, values }) => {
      found.gradients.set(values[0]!.subarray(0, count * size), start * size);
      found.losses.set(values[1]!.subarray(0, count), start);
    }),
  );
  return found;
}
