/** Training: the model becomes a graph, data and weights move into the session, steps run in calls of a few tens of milliseconds. */
import type { Examples } from '../data/types.js';
import { hashSeed, permutation, tf } from '../runtime/index.js';
import { describeData, outputWidth, targetsOf } from './data.js';
import { EngineError, NotANumberError } from './errors.js';
import { DEFAULT_EVALUATION_BATCH, scoreExamples, uploadWeights } from './evaluate.js';
import { DataType, sizeOf, type Variable } from './graph.js';
import { modelRefusal } from './model.js';
import { optimizer as makeOptimizer, type Optimizer, scheduledRate } from './optimizers.js';
import {
  beginProgram,
  type DataShape,
  type EvaluationBlock,
  evaluationBlock,
  makeSlots,
  type ProgramWeights,
  type TrainingLoop,
  trainingLoop,
} from './program.js';
import { Session } from './session.js';
import type { EpochRecord, FitOptions, History } from './types.js';

/** A call aims at this long: short enough for progress and interruption, long enough that the call itself costs nothing. */
const CALL_MILLISECONDS = 40;
const MOST_STEPS_PER_CALL = 512;

interface Trainer {
  readonly model: tf.LayersModel;
  readonly options: FitOptions;
  readonly optimizer: Optimizer;
  readonly data: DataShape;
  readonly program: ProgramWeights;
  readonly session: Session;
  readonly full: TrainingLoop;
  readonly rest: TrainingLoop | undefined;
  readonly evaluation: EvaluationBlock | undefined;
  readonly inspection: EvaluationBlock;
  readonly inputs: Variable;
  readonly targets: Variable;
  readonly slots: ReadonlyMap<string, readonly Variable[]>;
}

function checkOptions(train: Examples, { epochs, batchSize, shards = 2, seed, horizontalFlip = 0 }: FitOptions): void {
  const whole = (name: string, value: number, least: number) => {
    if (!Number.isInteger(value) || value < least)
      throw new EngineError(`${name} is ${value}; expected a whole number of at least ${least}.`);
  };
  whole('epochs', epochs, 0);
  whole('batchSize', batchSize, 1);
  whole('shards', shards, 1);
  if (!Number.isFinite(seed)) throw new EngineError(`seed is ${seed}; expected a number.`);
  if (batchSize > train.count)
    throw new EngineError(`batchSize is ${batchSize}, but there are only ${train.count} training examples; choose at most ${train.count}.`);
  if (!(horizontalFlip >= 0 && horizontalFlip <= 1))
    throw new EngineError(`horizontalFlip is ${horizontalFlip}; expected a probability between 0 and 1.`);
  if (horizontalFlip > 0 && train.shape.length !== 3)
    throw new EngineError(`horizontalFlip needs pictures [height, width, channels]; the examples have shape [${train.shape}].`);
}

function prepare(model: tf.LayersModel, train: Examples, options: FitOptions): Trainer {
  const { loss, shards = 2, batchSize, validation, alsoEvaluate = {}, horizontalFlip = 0 } = options;
  const optimizer = makeOptimizer(options.optimizer);
  const data = describeData(model, train, loss, 'train');
  for (const [name, set] of Object.entries({ ...(validation && { validation }), ...alsoEvaluate })) {
    const other = describeData(model, set, loss, name);
    if (other.inputType !== data.inputType || other.scale !== data.scale || other.targetKind !== data.targetKind) {
      throw new EngineError(`${name} differs from train in the type or scale of its numbers; give both in the same form.`);
    }
  }
  const program = beginProgram(model);
  const { doors, prefix } = program;
  const slots = makeSlots(program, optimizer);
  const inputs = doors.variable(`${prefix}_inputs`, data.inputType, [train.count, ...data.shape]);
  const targets = doors.variable(
    `${prefix}_targets`,
    DataType.float,
    data.targetKind === 'classes' ? [train.count] : [train.count, data.targetWidth],
  );
  const plan = { model, program, data, inputs, targets, loss, optimizer, slots, shards, horizontalFlip };
  const full = trainingLoop(plan, batchSize);
  const remainder = train.count % batchSize;
  const rest = remainder ? trainingLoop(plan, remainder) : undefined;
  const evaluated = [...(validation ? [validation] : []), ...Object.values(alsoEvaluate)];
  const largestSet = Math.max(0, ...evaluated.map(({ count }) => count));
  const evaluation = largestSet
    ? evaluationBlock(model, program, data, Math.min(DEFAULT_EVALUATION_BATCH, largestSet), { loss, shards })
    : undefined;
  const inspection = evaluationBlock(model, program, data, batchSize, { loss, shards, inspect: true });
  const session = new Session(doors);
  return { model, options, optimizer, data, program, session, full, rest, evaluation, inspection, inputs, targets, slots };
}

/** Moves weights from the session into the model, where predict, save and summary find them. */
function returnWeights({ session, program: { weights } }: Trainer): void {
  const values = session.read(weights.map(({ variable }) => variable));
  weights.forEach(({ source, variable }, index) => {
    const tensor = tf.tensor(values[index]!, [...variable.shape]);
    source.write(tensor);
    tensor.dispose();
  });
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sums over an epoch so far; in double precision and in the order of the steps, so that calls of any length give the same numbers. */
interface Tally {
  loss: number;
  correct: number;
  examples: number;
  step: number;
}

/** Trains a model; its weights are those of the last finished step when this returns. */
export async function fit(model: tf.LayersModel, train: Examples, options: FitOptions): Promise<History> {
  checkOptions(train, options);
  const reason = modelRefusal(model);
  if (reason) {
    const { fitWithLayers } = await import('./fallback.js');
    return fitWithLayers(model, train, options, reason);
  }
  const started = performance.now();
  const trainer = prepare(model, train, options);
  const stop = stopSwitch(options.signal);
  try {
    uploadWeights(trainer.session, trainer.program);
    for (const variables of trainer.slots.values())
      for (const slot of variables) trainer.session.write(slot, new Float32Array(sizeOf(slot.shape)));
    trainer.session.write(trainer.targets, targetsOf(train));
    if (!options.inputsForEpoch) trainer.session.write(trainer.inputs, train.inputs);
    return await trainEpochs(trainer, train, stop, started);
  } finally {
    stop.release();
    trainer.session.close();
  }
}

interface StopSwitch {
  readonly pulled: boolean;
  release(): void;
}

/** Pulled by the caller's AbortSignal or by SIGINT (a notebook's stop button, Ctrl-C). */
function stopSwitch(signal: AbortSignal | undefined): StopSwitch {
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  process.once('SIGINT', interrupt);
  return {
    get pulled() {
      return interrupted || signal?.aborted === true;
    },
    release: () => process.removeListener('SIGINT', interrupt),
  };
}

async function trainEpochs(trainer: Trainer, train: Examples, stop: StopSwitch, started: number): Promise<History> {
  const { options } = trainer;
  const history: History = { epochs: [], stopped: false, resumedFromEpoch: 0, seconds: 0 };
  const stepsPerEpoch = Math.ceil(train.count / options.batchSize);
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    const epochStarted = performance.now();
    if (options.inputsForEpoch) trainer.session.write(trainer.inputs, checkedInputs(options.inputsForEpoch(epoch), train));
    const learningRate = scheduledRate(options.optimizer.learningRate, options.optimizer.schedule, epoch);
    const tally: Tally = { loss: 0, correct: 0, examples: 0, step: 0 };
    await trainEpoch(trainer, train, { epoch, stepsPerEpoch, learningRate, tally, stop, epochStarted });
    if (tally.step < stepsPerEpoch) {
      history.stopped = true;
      break;
    }
    const record: EpochRecord = {
      epoch,
      loss: tally.loss / tally.examples,
      accuracy: tally.correct / tally.examples,
      learningRate,
      seconds: 0,
    };
    await evaluateEpoch(trainer, record);
    record.seconds = (performance.now() - epochStarted) / 1000;
    history.epochs.push(record);
    if (options.onEpoch) {
      returnWeights(trainer);
      await options.onEpoch(record);
    }
  }
  returnWeights(trainer);
  history.seconds = (performance.now() - started) / 1000;
  return history;
}

function checkedInputs(inputs: Float32Array | Uint8Array, train: Examples): Float32Array | Uint8Array {
  if (inputs.length === train.inputs.length && inputs.constructor === train.inputs.constructor) return inputs;
  throw new EngineError(
    `inputsForEpoch gave ${inputs.constructor.name} of ${inputs.length}; expected ${train.inputs.constructor.name} of ${train.inputs.length}, like the training inputs.`,
  );
}

interface EpochRun {
  epoch: number;
  stepsPerEpoch: number;
  learningRate: number;
  tally: Tally;
  stop: StopSwitch;
  epochStarted: number;
}

/** The remaining steps of an epoch, in calls whose length follows the clock. */
async function trainEpoch(trainer: Trainer, train: Examples, run: EpochRun): Promise<void> {
  const { options, full, rest } = trainer;
  const { batchSize, seed, onProgress } = options;
  const { epoch, stepsPerEpoch, tally } = run;
  const order = permutation(train.count, hashSeed(seed, 'shuffle', epoch));
  const fullSteps = Math.floor(train.count / batchSize);
  let perCall = 1;
  while (tally.step < stepsPerEpoch && !run.stop.pulled) {
    const loop = tally.step < fullSteps ? full : rest!;
    const steps = loop === full ? Math.min(perCall, fullSteps - tally.step) : 1;
    const begun = performance.now();
    runSteps(trainer, loop, steps, order.subarray(tally.step * batchSize, tally.step * batchSize + steps * loop.batch), run);
    const perStep = (performance.now() - begun) / steps;
    perCall = Math.max(1, Math.min(MOST_STEPS_PER_CALL, perCall * 2, Math.floor(CALL_MILLISECONDS / perStep)));
    onProgress?.({
      epoch,
      epochs: options.epochs,
      step: tally.step,
      stepsPerEpoch,
      loss: tally.loss / tally.examples,
      accuracy: tally.correct / tally.examples,
      examplesPerSecond: (tally.examples / (performance.now() - run.epochStarted)) * 1000,
    });
    await breathe();
  }
}

function runSteps(trainer: Trainer, loop: TrainingLoop, steps: number, rows: Int32Array, run: EpochRun): void {
  const { session, optimizer, options } = trainer;
  const { tally, learningRate, epoch, stepsPerEpoch } = run;
  const firstStep = (epoch - 1) * stepsPerEpoch + tally.step;
  const rates = Float32Array.from({ length: steps }, (_, index) => optimizer.stepSize(learningRate, firstStep + index));
  const [scores, done] = session.run(
    [
      [loop.steps, Int32Array.of(steps), []],
      [loop.firstStep, Int32Array.of(firstStep), []],
      [loop.seed, Int32Array.of(hashSeed(options.seed, 'draws') | 0), []],
      [loop.order, rows.slice()],
      [loop.rates, rates],
    ],
    [loop.scores, loop.stepsDone],
  ) as [Float32Array, Int32Array];
  for (let index = 0; index < done[0]!; index++) {
    const loss = scores[2 * index]!;
    if (!Number.isFinite(loss)) throw notANumber(trainer, rows.subarray(index * loop.batch, (index + 1) * loop.batch), run);
    tally.loss += loss;
    tally.correct += scores[2 * index + 1]!;
    tally.examples += loop.batch;
    tally.step += 1;
  }
}

/** The weights are still those from before the bad step: run its examples forward and see where numbers go wrong. */
function notANumber(trainer: Trainer, rows: Int32Array, { epoch, tally, learningRate }: EpochRun): NotANumberError {
  returnWeights(trainer);
  return new NotANumberError(epoch, tally.step + 1, learningRate, firstBadLayer(trainer, rows));
}

function firstBadLayer({ session, inspection, data, program, inputs }: Trainer, rows: Int32Array): string | undefined {
  const bad = program.weights.find(({ variable }) => session.read([variable])[0]!.some((value) => !Number.isFinite(value)));
  if (bad) return bad.layer.name;
  const size = sizeOf(data.shape);
  const all = session.run([], [session.doors.door(inputs).value])[0]!;
  const batch = (
    all instanceof Float32Array ? new Float32Array(inspection.batch * size) : new Uint8Array(inspection.batch * size)
  ) as Float32Array;
  for (let index = 0; index < inspection.batch; index++) {
    const row = rows[index % rows.length]!;
    batch.set(all.subarray(row * size, (row + 1) * size) as Float32Array, index * size);
  }
  const zero = Int32Array.of(0);
  const finite = session.run(
    [
      [inspection.inputs, batch],
      [inspection.seed, zero, []],
      [inspection.step, zero, []],
    ],
    inspection.byLayer.map((layer) => layer.finite),
  );
  return inspection.byLayer[finite.findIndex(([value]) => value === 0)]?.name;
}

async function evaluateEpoch(trainer: Trainer, record: EpochRecord): Promise<void> {
  const { session, evaluation, data, model, options } = trainer;
  if (!evaluation) return;
  const score = (examples: Examples) => scoreExamples(session, evaluation, data, examples, outputWidth(model));
  if (options.validation) {
    const { loss, accuracy } = await score(options.validation);
    record.validationLoss = loss;
    record.validationAccuracy = accuracy;
  }
  for (const [name, examples] of Object.entries(options.alsoEvaluate ?? {})) {
    const { loss, accuracy } = await score(examples);
    record.also = { ...record.also, [name]: { loss, accuracy } };
  }
}
