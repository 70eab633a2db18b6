/** Training: the model becomes a graph, data and weights move into the session, steps run in calls of a few tens of milliseconds. */
import type { Examples } from '../data/types.js';
import { hashSeed, permutation, tf, threadsInsideOperations } from '../runtime/index.js';
import { type Checkpoint, checkRecipe, type Position, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { describeData, outputWidth, targetsOf } from './data.js';
import { type DevicePlan, planFor } from './device.js';
import { DeviceError, EngineError, NotANumberError } from './errors.js';
import { DEFAULT_EVALUATION_BATCH, scoreExamples, weightEntries } from './evaluate.js';
import { DataType, sizeOf, type Variable } from './graph.js';
import { modelRefusal } from './model.js';
import { optimizer as makeOptimizer, type Optimizer, scheduledRate } from './optimizers.js';
import {
  beginProgram,
  type DataShape,
  type EvaluationBlock,
  evaluationBlock,
  makeSafeguard,
  makeSlots,
  type ProgramWeights,
  type Safeguard,
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
  readonly device: DevicePlan;
  readonly program: ProgramWeights;
  readonly session: Session;
  readonly full: TrainingLoop;
  readonly rest: TrainingLoop | undefined;
  readonly evaluation: EvaluationBlock | undefined;
  readonly inputs: Variable;
  readonly targets: Variable;
  readonly slots: ReadonlyMap<string, readonly Variable[]>;
  readonly safeguard: Safeguard;
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
  if (train.count > 0 && batchSize > train.count)
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
  const device = planFor(options.device);
  const program = beginProgram(model, device);
  const { doors, prefix } = program;
  const slots = makeSlots(program, optimizer);
  const inputs = doors.variable(`${prefix}_inputs`, data.inputType, [train.count, ...data.shape]);
  const targets = doors.variable(
    `${prefix}_targets`,
    DataType.float,
    data.targetKind === 'classes' ? [train.count] : [train.count, data.targetWidth],
  );
  const safeguard = makeSafeguard(program, [...program.weights.map(({ variable }) => variable), ...[...slots.values()].flat()]);
  const plan = { model, program, data, inputs, targets, loss, optimizer, slots, safeguard, shards, horizontalFlip, device };
  const full = trainingLoop(plan, batchSize);
  const remainder = train.count % batchSize;
  const rest = remainder ? trainingLoop(plan, remainder) : undefined;
  const evaluated = [...(validation ? [validation] : []), ...Object.values(alsoEvaluate)];
  const largestSet = Math.max(0, ...evaluated.map(({ count }) => count));
  const evaluation = largestSet
    ? evaluationBlock(model, program, data, Math.min(DEFAULT_EVALUATION_BATCH, largestSet), { loss, shards, device })
    : undefined;
  const session = new Session(doors);
  return { model, options, optimizer, data, device, program, session, full, rest, evaluation, inputs, targets, slots, safeguard };
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

/** Where training stands. Sums are in double precision and in the order of the steps: calls of any length give the same numbers. */
interface Progress extends Position {
  readonly epochs: EpochRecord[];
  resumedFromEpoch: number;
}

/** Everything that decides the bits of a run; a checkpoint of another run is refused. */
function recipeOf({ data, device, program, options }: Trainer, train: Examples): Record<string, unknown> {
  const { optimizer, loss, batchSize, seed, shards = 2, horizontalFlip = 0, checkpoint } = options;
  const weights = program.weights.map(({ variable }) => variable.shape);
  return {
    key: checkpoint?.key ?? null,
    optimizer,
    loss,
    batchSize,
    seed,
    shards,
    horizontalFlip,
    examples: train.count,
    shape: data.shape,
    scale: data.scale,
    weights,
    threads: threadsInsideOperations(),
    ...(device.device === 'gpu' && { device: device.device }),
  };
}

/** All that lives in the session and changes: weights, then the optimiser's slots. */
function stateVariables({ program, slots }: Trainer): { name: string; variable: Variable }[] {
  return program.weights.flatMap(({ variable }, index) => [
    { name: `weight${index}`, variable },
    ...(slots.get(variable.name) ?? []).map((slot, place) => ({ name: `weight${index}/slot${place}`, variable: slot })),
  ]);
}

function save(trainer: Trainer, train: Examples, progress: Progress): void {
  const { checkpoint } = trainer.options;
  if (!checkpoint) return;
  const variables = stateVariables(trainer);
  const values = trainer.session.read(variables.map(({ variable }) => variable));
  const tensors = variables.map(({ name, variable }, index) => ({ name, shape: variable.shape, values: values[index]! }));
  const { epoch, step, tally, epochs } = progress;
  writeCheckpoint(checkpoint.path, { recipe: recipeOf(trainer, train), position: { epoch, step, tally }, epochs, tensors });
}

const fresh = (): Progress => ({ epoch: 1, step: 0, tally: { loss: 0, correct: 0, examples: 0 }, epochs: [], resumedFromEpoch: 0 });

/** Fills the session: data, and weights and slots as the model or a checkpoint has them. */
function resume(trainer: Trainer, train: Examples): Progress {
  const { session, program, slots, options, inputs, targets } = trainer;
  const { checkpoint } = options;
  const data: [Variable, Float32Array | Uint8Array][] = [[targets, targetsOf(train)]];
  if (!options.inputsForEpoch) data.push([inputs, train.inputs]);
  const found: Checkpoint | undefined = checkpoint && readCheckpoint(checkpoint.path);
  if (!checkpoint || !found) {
    const zeros = [...slots.values()].flat().map((slot) => [slot, new Float32Array(sizeOf(slot.shape))] as const);
    session.write([...data, ...weightEntries(program), ...zeros]);
    return fresh();
  }
  // What the first checkpoints do not name: there was no other device then, and operations had two threads.
  checkRecipe(checkpoint.path, { device: 'cpu', threads: '2', ...found.recipe }, { device: 'cpu', ...recipeOf(trainer, train) });
  session.write([...data, ...stateVariables(trainer).map(({ variable }, index) => [variable, found.tensors[index]!.values] as const)]);
  return { ...found.position, epochs: found.epochs, resumedFromEpoch: found.epochs.length };
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
  let progress: Progress | undefined;
  try {
    progress = resume(trainer, train);
    return await trainEpochs(trainer, train, progress, stop, started);
  } catch (error) {
    throw error instanceof DeviceError ? placed(error, options, progress) : error;
  } finally {
    stop.release();
    trainer.session.close();
  }
}

/** The same failure, with where it happened and what is kept. A failed device is asked for nothing more: the checkpoint is the last one written. */
function placed({ failure, words }: DeviceError, { batchSize, checkpoint }: FitOptions, progress: Progress | undefined): DeviceError {
  const place = progress
    ? `at epoch ${progress.epoch}, step ${progress.step + 1} (batch size ${batchSize})`
    : `before the first step, while data and weights were brought to it (batch size ${batchSize})`;
  const last = checkpoint && readCheckpoint(checkpoint.path);
  const kept = last
    ? `The checkpoint ${checkpoint.path} is whole (epoch ${last.position.epoch}, ${last.position.step} of its steps done): the same call goes on from there.`
    : 'Nothing was kept of this training; with `checkpoint` it could go on from where it was.';
  return new DeviceError(failure, words, place, kept);
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

async function trainEpochs(trainer: Trainer, train: Examples, progress: Progress, stop: StopSwitch, started: number): Promise<History> {
  const { options, session, inputs } = trainer;
  const { epochs: finished, resumedFromEpoch } = progress;
  const stepsPerEpoch = Math.ceil(train.count / options.batchSize);
  const everyEpochs = options.checkpoint?.everyEpochs ?? 1;
  let stopped = false;
  while (progress.epoch <= options.epochs) {
    const { epoch } = progress;
    const epochStarted = performance.now();
    const epochInputs = options.inputsForEpoch ? checkedInputs(options.inputsForEpoch(epoch), train) : train.inputs;
    if (options.inputsForEpoch) session.write([[inputs, epochInputs]]);
    const learningRate = scheduledRate(options.optimizer.learningRate, options.optimizer.schedule, epoch);
    await trainEpoch(trainer, train, { progress, inputs: epochInputs, stepsPerEpoch, learningRate, stop, epochStarted });
    stopped = progress.step < stepsPerEpoch;
    if (stopped) break;
    const { loss, correct, examples } = progress.tally;
    const record: EpochRecord = { epoch, loss: loss / examples, accuracy: correct / examples, learningRate, seconds: 0 };
    await evaluateEpoch(trainer, record);
    record.seconds = (performance.now() - epochStarted) / 1000;
    finished.push(record);
    Object.assign(progress, { epoch: epoch + 1, step: 0, tally: fresh().tally });
    if (epoch % everyEpochs === 0 || epoch === options.epochs) save(trainer, train, progress);
    if (options.onEpoch) {
      returnWeights(trainer);
      await options.onEpoch(record);
    }
    stopped = stop.pulled && epoch < options.epochs;
    if (stopped) break;
  }
  if (stopped) save(trainer, train, progress);
  returnWeights(trainer);
  return { epochs: finished, stopped, resumedFromEpoch, seconds: (performance.now() - started) / 1000 };
}

function checkedInputs(inputs: Float32Array | Uint8Array, train: Examples): Float32Array | Uint8Array {
  if (inputs.length === train.inputs.length && inputs.constructor === train.inputs.constructor) return inputs;
  throw new EngineError(
    `inputsForEpoch gave ${inputs.constructor.name} of ${inputs.length}; expected ${train.inputs.constructor.name} of ${train.inputs.length}, like the training inputs.`,
  );
}

interface EpochRun {
  readonly progress: Progress;
  /** What this epoch trains on. */
  readonly inputs: Float32Array | Uint8Array;
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  readonly stop: StopSwitch;
  readonly epochStarted: number;
}

/** The remaining steps of an epoch, in calls whose length follows the clock. */
async function trainEpoch(trainer: Trainer, train: Examples, run: EpochRun): Promise<void> {
  const { options, full, rest } = trainer;
  const { batchSize, seed, checkpoint } = options;
  const { stepsPerEpoch, progress, stop } = run;
  const order = permutation(train.count, hashSeed(seed, 'shuffle', progress.epoch));
  const fullSteps = Math.floor(train.count / batchSize);
  const everySteps = checkpoint?.everySteps ?? Number.POSITIVE_INFINITY;
  let savedAt = progress.step;
  let perCall = 1;
  while (progress.step < stepsPerEpoch && !stop.pulled) {
    const loop = progress.step < fullSteps ? full : rest!;
    const steps = loop === full ? Math.min(perCall, fullSteps - progress.step, savedAt + everySteps - progress.step) : 1;
    const from = progress.step * batchSize;
    const begun = performance.now();
    runSteps(trainer, loop, order.slice(from, from + steps * loop.batch), run);
    const perStep = (performance.now() - begun) / steps;
    perCall = Math.max(1, Math.min(MOST_STEPS_PER_CALL, perCall * 2, Math.floor(CALL_MILLISECONDS / perStep)));
    if (progress.step - savedAt >= everySteps && progress.step < stepsPerEpoch) {
      save(trainer, train, progress);
      savedAt = progress.step;
    }
    report(trainer, run);
    await breathe();
  }
}

function report({ options: { onProgress, epochs } }: Trainer, { progress, stepsPerEpoch, epochStarted }: EpochRun): void {
  const { epoch, step, tally } = progress;
  onProgress?.({
    epoch,
    epochs,
    step,
    stepsPerEpoch,
    loss: tally.loss / tally.examples,
    accuracy: tally.correct / tally.examples,
    examplesPerSecond: (tally.examples / (performance.now() - epochStarted)) * 1000,
  });
}

/** One call of the loop: as many steps as rows were given for, unless one goes wrong. Gives loss sum and right answers of each step done. */
function callLoop(
  { session, optimizer, options }: Trainer,
  loop: TrainingLoop,
  rows: Int32Array,
  firstStep: number,
  learningRate: number,
): Float32Array {
  const steps = rows.length / loop.batch;
  const rates = Float32Array.from({ length: steps }, (_, index) => optimizer.stepSize(learningRate, firstStep + index));
  const [scores, done] = session.run(
    [
      [loop.steps, Int32Array.of(steps), []],
      [loop.firstStep, Int32Array.of(firstStep), []],
      [loop.seed, Int32Array.of(hashSeed(options.seed, 'draws') | 0), []],
      [loop.order, rows],
      [loop.rates, rates],
    ],
    [loop.scores, loop.stepsDone],
  ) as [Float32Array, Int32Array];
  return scores.subarray(0, 2 * done[0]!);
}

function runSteps(trainer: Trainer, loop: TrainingLoop, rows: Int32Array, run: EpochRun): void {
  const { progress, learningRate, stepsPerEpoch } = run;
  const firstStep = (progress.epoch - 1) * stepsPerEpoch + progress.step;
  const scores = callLoop(trainer, loop, rows, firstStep, learningRate);
  for (let index = 0; index < scores.length / 2; index++) {
    const loss = scores[2 * index]!;
    if (!Number.isFinite(loss)) {
      // Back to the call's beginning, then forward again to just before the bad step.
      trainer.session.run([], [trainer.safeguard.restore]);
      if (index > 0) callLoop(trainer, loop, rows.slice(0, index * loop.batch), firstStep, learningRate);
      returnWeights(trainer);
      const layer = firstBadLayer(trainer, run.inputs, rows.subarray(index * loop.batch, (index + 1) * loop.batch));
      throw new NotANumberError(progress.epoch, progress.step + 1, learningRate, layer);
    }
    progress.tally.loss += loss;
    progress.tally.correct += scores[2 * index + 1]!;
    progress.tally.examples += loop.batch;
    progress.step += 1;
  }
}

/** With the weights from before the bad step, runs its examples forward to see where numbers go wrong. */
function firstBadLayer({ model, data, device, options }: Trainer, all: Float32Array | Uint8Array, rows: Int32Array): string | undefined {
  const program = beginProgram(model, device);
  const block = evaluationBlock(model, program, data, rows.length, { shards: options.shards ?? 2, device, inspect: true });
  const size = sizeOf(data.shape);
  const batch = all instanceof Float32Array ? new Float32Array(rows.length * size) : new Uint8Array(rows.length * size);
  rows.forEach((row, index) => {
    batch.set(all.subarray(row * size, (row + 1) * size), index * size);
  });
  const entries = weightEntries(program);
  const badWeight = entries.findIndex(([, values]) => values.some((value) => !Number.isFinite(value)));
  if (badWeight >= 0) return program.weights[badWeight]!.layer.name;
  const look = new Session(program.doors);
  try {
    look.write(entries);
    const zero = Int32Array.of(0);
    const feeds = [[block.inputs, batch] as const, [block.seed, zero, []] as const, [block.step, zero, []] as const];
    const finite = look.run(
      feeds,
      block.byLayer.map((layer) => layer.finite),
    );
    return block.byLayer[finite.findIndex(([value]) => value === 0)]?.name;
  } finally {
    look.close();
  }
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
