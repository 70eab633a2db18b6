/** The two programs made from a model: a loop of training steps, and evaluation of one block of examples. */
import type { tf } from '../runtime/index.js';
import { type DevicePlan, piecesOf } from './device.js';
import { gradients } from './gradients.js';
import { DataType, Graph, type Operation, type Scope, UNKNOWN, type Value, type Variable } from './graph.js';
import { scoreShard, type TargetKind } from './losses.js';
import { drawSeed, drawUniform, forwardModel, type ModelWeight, modelWeights, penalty } from './model.js';
import { Operations } from './ops.js';
import { clipGradients, type Optimizer } from './optimizers.js';
import { GraphDoors, uniquePrefix } from './session.js';
import type { LossName } from './types.js';

/** What the data look like to a program. */
export interface DataShape {
  readonly inputType: DataType;
  readonly shape: readonly number[];
  readonly scale: number;
  readonly targetKind: TargetKind;
  /** Numbers per row of targets; 1 for classes. */
  readonly targetWidth: number;
}

/** A run of training steps of one batch size, and its feeds. */
export interface TrainingLoop {
  readonly batch: number;
  readonly steps: Value;
  readonly firstStep: Value;
  readonly seed: Value;
  readonly order: Value;
  readonly rates: Value;
  /** Per step: sum of losses, number of right answers. */
  readonly scores: Value;
  readonly stepsDone: Value;
}

/** Evaluation of one block of examples, fed from outside. */
export interface EvaluationBlock {
  readonly batch: number;
  readonly inputs: Value;
  readonly targets: Value;
  readonly seed: Value;
  readonly step: Value;
  readonly outputs: Value;
  readonly losses: Value | undefined;
  readonly correct: Value | undefined;
  readonly inputGradient: Value | undefined;
  readonly byLayer: { name: string; finite: Value }[];
}

export interface ProgramWeights {
  readonly doors: GraphDoors;
  readonly prefix: string;
  readonly weights: readonly ModelWeight[];
}

export function beginProgram(model: tf.LayersModel, { pinnedTo }: DevicePlan): ProgramWeights {
  const prefix = uniquePrefix();
  const doors = new GraphDoors(new Graph(pinnedTo));
  const weights = modelWeights(model, prefix);
  for (const { variable } of weights) doors.variable(variable.name, variable.type, variable.shape);
  return { doors, prefix, weights };
}

/** Bytes become floats here, inside the graph: a quarter of the memory, and scaling costs nothing on the way. */
function asInput(g: Operations, raw: Value, scale: number): Value {
  return raw.type === DataType.uint8 ? g.scale(g.cast(raw, DataType.float), scale) : raw;
}

const asTarget = (g: Operations, raw: Value, kind: TargetKind): Value => (kind === 'classes' ? g.cast(raw, DataType.int32) : raw);

/** Mirrors pictures left to right, each with the given probability; `draw` gives the random numbers. */
function flipped(g: Operations, x: Value, probability: number, draw: (shape: readonly number[]) => Value): Value {
  const chosen = g.less(draw([x.dimension(0), ...x.shape.slice(1).map(() => 1)]), g.scalar(probability));
  return g.where(chosen, g.reverse(x, 2), x);
}

export interface TrainingPlan {
  readonly model: tf.LayersModel;
  readonly program: ProgramWeights;
  readonly data: DataShape;
  readonly inputs: Variable;
  readonly targets: Variable;
  readonly loss: LossName;
  readonly optimizer: Optimizer;
  readonly slots: ReadonlyMap<string, readonly Variable[]>;
  readonly safeguard: Safeguard;
  readonly shards: number;
  readonly horizontalFlip: number;
  readonly device: DevicePlan;
}

/** Variables of the optimiser, beside each trained weight. */
export function makeSlots({ doors, weights }: ProgramWeights, optimizer: Optimizer): Map<string, Variable[]> {
  const trained = weights.filter(({ trainable }) => trainable);
  return new Map(
    trained.map(({ variable }) => [
      variable.name,
      optimizer.slots.map((slot) => doors.variable(`${variable.name}_${slot}`, DataType.float, variable.shape)),
    ]),
  );
}

/** Values that a round of the training loop hands to the next. */
type LoopState = readonly [
  step: Value,
  healthy: Value,
  scores: Value,
  steps: Value,
  firstStep: Value,
  seed: Value,
  order: Value,
  rates: Value,
];

/** One training step as a function; made once, called by whoever loops over steps. */
interface StepFunction {
  readonly name: string;
  readonly score: Value;
  readonly finite: Value;
}

/**
 * The training loop: a `While` whose body is one step: take the step's examples, forward, backward, update.
 * How many steps one call runs is fed, so it can follow the clock without changing a bit of the result. It stops by itself at the first loss
 * that is not finite. Where rounds have several steps, a first loop runs whole rounds and a second one the steps left over.
 */
export function trainingLoop(plan: TrainingPlan, batch: number): TrainingLoop {
  const { doors } = plan.program;
  const main = doors.g;
  const name = `train${batch}`;
  const feeds = {
    steps: doors.placeholder(`${name}_steps`, DataType.int32, []),
    firstStep: doors.placeholder(`${name}_first`, DataType.int32, []),
    seed: doors.placeholder(`${name}_seed`, DataType.int32, []),
    order: doors.placeholder(`${name}_order`, DataType.int32, [UNKNOWN]),
    rates: doors.placeholder(`${name}_rates`, DataType.float, [UNKNOWN]),
  };
  const scoresList = main.list([2], feeds.steps);
  const healthy = main.constant([1], [], DataType.bool);
  const state = [main.integer(0), healthy, scoresList, feeds.steps, feeds.firstStep, feeds.seed, feeds.order, feeds.rates] as const;
  const { stepsPerRound } = plan.device;
  const loop = { plan, name, batch };
  const rounds = stepLoop(loop, state, stepsPerRound);
  const outputs = stepsPerRound === 1 ? rounds.outputs : stepLoop(loop, rounds.outputs, 1, rounds.stepFunction).outputs;
  return { batch, ...feeds, scores: main.listStack(outputs[2], [2], UNKNOWN), stepsDone: main.identity(outputs[0]) };
}

/** A loop over rounds of `count` steps, as long as a whole round is left to do. */
function stepLoop(
  { plan, name, batch }: { plan: TrainingPlan; name: string; batch: number },
  state: LoopState,
  count: number,
  known?: StepFunction,
): { outputs: LoopState; stepFunction: StepFunction } {
  const { doors } = plan.program;
  const { graph } = doors;
  const condition = graph.function(`${name}_condition`);
  const [conditionStep, conditionHealthy, , conditionSteps] = state.map(({ type, shape }, index) =>
    condition.argument(`argument${index}`, type, shape),
  );
  const c = new Operations(condition);
  const end = count === 1 ? conditionStep! : c.add(conditionStep!, c.integer(count - 1));
  const left = c.less(end, conditionSteps!);
  condition.result(plan.device.watchesLoss ? c.and(left, conditionHealthy!) : left);

  const body = graph.function(`${name}_body`);
  const inside = state.map(({ type, shape }, index) => body.argument(`argument${index}`, type, shape)) as unknown as LoopState;
  const [step, , scores, steps, firstStep, seed, order, rates] = inside;
  const g = new Operations(body);
  let stepFunction = known;
  let list = scores;
  let finite: Value | undefined;
  for (let index = 0; index < count; index++) {
    const here = index === 0 ? step : g.add(step, g.integer(index));
    const rows = g.window(order, g.multiply(here, g.integer(batch)), batch);
    const given = [rows, g.reshape(g.window(rates, here, 1), []), seed, g.add(firstStep, here)];
    stepFunction ??= makeStepFunction(plan, name, given);
    const call = g.call(stepFunction.name, given, [stepFunction.score, stepFunction.finite], {
      stateful: true,
      // Steps share the variables: each begins when the one before is done.
      after: finite ? [finite.operation] : [],
    }) as [Value, Value];
    finite = call[1];
    if (count > 1) list = g.listSet(list, here, call[0]);
    else {
      body.result(g.add(step, g.integer(1)));
      body.result(finite);
      body.result(g.listSet(list, here, call[0]));
    }
  }
  if (count > 1) for (const value of [g.add(step, g.integer(count)), finite!, list]) body.result(value);
  for (const value of [steps, firstStep, seed, order, rates]) body.result(value);

  const outputs = doors.g.whileLoop(condition.name, body.name, state, { stateful: true, after: known ? [] : plan.safeguard.keep });
  return { outputs: outputs as unknown as LoopState, stepFunction: stepFunction! };
}

/** The step is a function of its own that the body calls: see Operations.call. */
function makeStepFunction(plan: TrainingPlan, name: string, given: readonly Value[]): StepFunction {
  const scope = plan.program.doors.graph.function(`${name}_step`);
  const [rows, rate, seed, step] = given.map(({ type, shape }, index) => scope.argument(`argument${index}`, type, shape)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const made = trainingStep(plan, new Operations(scope), { rows, rate, seed, step });
  for (const value of [made.score, made.finite]) scope.result(value);
  return { name: scope.name, ...made };
}

/** One step inside the loop's body. */
function trainingStep(
  plan: TrainingPlan,
  g: Operations,
  at: { rows: Value; rate: Value; seed: Value; step: Value },
): { score: Value; finite: Value } {
  const { data, model, program, shards, loss, device } = plan;
  const { weights } = program;
  const batch = at.rows.dimension(0);
  const { sizes, drawnIn } = piecesOf(device, batch, shards);
  const raw = g.gatherRows(g.scope.handle(plan.inputs), plan.inputs, at.rows);
  const target = asTarget(g, g.gatherRows(g.scope.handle(plan.targets), plan.targets, at.rows), data.targetKind);
  const targets = g.splitSizes(target, sizes, 0);
  const inputs = g.splitSizes(raw, sizes, 0).map((part, shard) => {
    const x = asInput(g, part, data.scale);
    const draw = (shape: readonly number[]) => drawUniform(g, shape, shard, (own) => drawSeed(g, at.seed, at.step, -1, own), drawnIn);
    return plan.horizontalFlip > 0 ? flipped(g, x, plan.horizontalFlip, draw) : x;
  });
  const { outputs, assigned } = forwardModel(model, inputs, {
    ...{ g, weights, training: true, dropout: true, seed: at.seed, step: at.step },
    ...{ drawnIn, recurrentKernel: device.recurrentKernel },
  });
  const onGpu = device.device === 'gpu';
  const scored = outputs.map((output, shard) => scoreShard(g, loss, output, targets[shard]!, data.targetKind, onGpu));
  const lossSums = scored.map(({ losses }) => g.sum(losses));
  const trained = weights.filter(({ trainable }) => trainable);
  const extra = penalty(g, trained);
  const sources = trained.map(({ variable }) => g.scope.read(variable));
  const share = g.scalar(1 / batch);
  const roots = [...lossSums.map((value) => ({ value, seed: share })), ...(extra ? [{ value: extra, seed: g.scalar(1) }] : [])];
  const found = gradients(g, roots, sources);
  const lossSum = g.sumOf(lossSums);
  const total = extra ? g.add(lossSum, g.scale(extra, batch)) : lossSum;
  const correct = g.sumOf(scored.map((part) => g.sum(part.correct)));
  const finite = g.isFinite(total);
  const changed = trained.flatMap((weight, index) => (found[index] ? [{ weight, gradient: found[index] }] : []));
  const updates = updateWeights(plan, g, { changed, assigned, rate: at.rate });
  // Only what a function's results depend on is sure to run.
  return { score: g.pack([total, correct]), finite: g.identity(finite, updates) };
}

/** Clips, then writes weights and moving averages. */
function updateWeights(
  plan: TrainingPlan,
  g: Operations,
  {
    changed,
    assigned,
    rate,
  }: { changed: { weight: ModelWeight; gradient: Value }[]; assigned: { variable: Variable; value: Value }[]; rate: Value },
): Operation[] {
  const clipped = clipGradients(
    g,
    changed.map(({ gradient }) => gradient),
    plan.optimizer.spec,
  );
  return [
    ...changed.map(({ weight }, index) =>
      plan.optimizer.update(g, weight.variable, plan.slots.get(weight.variable.name)!, clipped[index]!, rate),
    ),
    ...assigned.map(({ variable, value }) => assign(g.scope, variable, value)),
  ];
}

const assign = (scope: Scope, variable: Variable, value: Value): Operation =>
  scope.make('AssignVariableOp', [scope.handle(variable), value], { dtype: { type: DataType.float } }, []);

/**
 * A copy of all weights and slots, taken at the start of every call (TensorFlow copies a buffer only when it is next written, so this costs one
 * copy per call). When a step goes wrong, the copy is put back and the good steps of that call are run again.
 */
export interface Safeguard {
  readonly keep: readonly Operation[];
  readonly restore: Value;
}

export function makeSafeguard({ doors }: ProgramWeights, variables: readonly Variable[]): Safeguard {
  const { g, graph } = doors;
  const copies = variables.map((variable) => ({ variable, copy: { ...variable, name: `${variable.name}_before` } }));
  const readOf = (variable: Variable) =>
    graph.main.make('ReadVariableOp', [graph.main.handle(variable)], { dtype: { type: DataType.float } }, [variable]).outputs[0]!;
  const keep = copies.map(({ variable, copy }) => assign(graph.main, copy, readOf(variable)));
  const restored = copies.map(({ variable, copy }) => assign(graph.main, variable, readOf(copy)));
  return { keep, restore: g.identity(g.scalar(1), restored) };
}

export interface EvaluationOptions {
  loss?: LossName | undefined;
  shards: number;
  device: DevicePlan;
  dropout?: boolean;
  inputGradient?: boolean;
  /** Also tells, per layer, whether its output is finite. */
  inspect?: boolean;
}

/** Adds an evaluation of `batch` examples to the program. Blocks are always full: the caller fills up the last one and cuts the answer. */
export function evaluationBlock(
  model: tf.LayersModel,
  program: ProgramWeights,
  data: DataShape,
  batch: number,
  options: EvaluationOptions,
): EvaluationBlock {
  const { doors, weights } = program;
  // A name of its own for each block: several may live in one graph.
  const name = `evaluate${doors.graph.main.operations.length}`;
  const g = doors.g;
  const inputs = doors.placeholder(`${name}_inputs`, data.inputType, [batch, ...data.shape]);
  const targets = doors.placeholder(`${name}_targets`, DataType.float, data.targetKind === 'classes' ? [batch] : [batch, data.targetWidth]);
  const seed = doors.placeholder(`${name}_seed`, DataType.int32, []);
  const step = doors.placeholder(`${name}_step`, DataType.int32, []);
  const { sizes, drawnIn } = piecesOf(options.device, batch, options.shards);
  const xs = g.splitSizes(inputs, sizes, 0).map((part) => asInput(g, part, data.scale));
  const forward = forwardModel(model, xs, {
    ...{ g, weights, training: false, dropout: options.dropout === true, seed, step },
    ...{ drawnIn, recurrentKernel: options.device.recurrentKernel },
  });
  const { loss } = options;
  const shardTargets = loss ? g.splitSizes(asTarget(g, targets, data.targetKind), sizes, 0) : [];
  const onGpu = options.device.device === 'gpu';
  const scored = loss
    ? forward.outputs.map((output, shard) => scoreShard(g, loss, output, shardTargets[shard]!, data.targetKind, onGpu))
    : [];
  let inputGradient: Value | undefined;
  if (options.inputGradient) {
    const found = gradients(
      g,
      scored.map(({ losses }) => ({ value: losses, seed: g.filled(losses.shape, 1) })),
      xs,
    );
    inputGradient = g.concat(
      found.map((gradient, shard) => gradient ?? g.zeros(xs[shard]!.shape)),
      0,
    );
  }
  const finite = (values: readonly Value[]) =>
    g.cast(
      values.map((value) => g.all(g.isFinite(value))).reduce((a, b) => g.and(a, b)),
      DataType.float,
    );
  return {
    batch,
    inputs,
    targets,
    seed,
    step,
    outputs: g.identity(g.concat(forward.outputs, 0)),
    losses:
      loss &&
      g.identity(
        g.concat(
          scored.map(({ losses }) => losses),
          0,
        ),
      ),
    correct:
      loss &&
      g.identity(
        g.concat(
          scored.map(({ correct }) => correct),
          0,
        ),
      ),
    inputGradient: inputGradient && g.identity(inputGradient),
    byLayer: options.inspect ? forward.byLayer.map(({ layer, outputs }) => ({ name: layer.name, finite: finite(outputs) })) : [],
  };
}
