/** The two programs made from a model: a loop of training steps, and evaluation of one block of examples. */
import type { tf } from '../runtime/index.js';
import { gradients } from './gradients.js';
import { DataType, Graph, type Operation, type Scope, UNKNOWN, type Value, type Variable } from './graph.js';
import { scoreShard, type TargetKind } from './losses.js';
import { drawSeed, forwardModel, type ModelWeight, modelWeights, penalty, shardSizes } from './model.js';
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

export function beginProgram(model: tf.LayersModel): ProgramWeights {
  const prefix = uniquePrefix();
  const doors = new GraphDoors(new Graph());
  const weights = modelWeights(model, prefix);
  for (const { variable } of weights) doors.variable(variable.name, variable.type, variable.shape);
  return { doors, prefix, weights };
}

/** Bytes become floats here, inside the graph: a quarter of the memory, and scaling costs nothing on the way. */
function asInput(g: Operations, raw: Value, scale: number): Value {
  return raw.type === DataType.uint8 ? g.scale(g.cast(raw, DataType.float), scale) : raw;
}

const asTarget = (g: Operations, raw: Value, kind: TargetKind): Value => (kind === 'classes' ? g.cast(raw, DataType.int32) : raw);

function splitBatch(g: Operations, value: Value, shards: number): Value[] {
  return g.splitSizes(value, shardSizes(value.dimension(0), shards), 0);
}

/** Mirrors pictures left to right, each with the given probability. */
function flipped(g: Operations, x: Value, probability: number, seed: Value): Value {
  const chosen = g.less(g.randomUniform([x.dimension(0), ...x.shape.slice(1).map(() => 1)], seed), g.scalar(probability));
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

/**
 * The training loop: a `While` whose body is one step: take the step's examples, forward, backward, update.
 * How many steps one call runs is fed, so it can follow the clock without changing a bit of the result. It stops by itself at the first loss
 * that is not finite.
 */
export function trainingLoop(plan: TrainingPlan, batch: number): TrainingLoop {
  const { doors } = plan.program;
  const { graph } = doors;
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
  const state = [main.integer(0), healthy, scoresList, feeds.steps, feeds.firstStep, feeds.seed, feeds.order, feeds.rates];

  const condition = graph.function(`${name}_condition`);
  const [conditionStep, conditionHealthy, , conditionSteps] = state.map(({ type, shape }, index) =>
    condition.argument(`argument${index}`, type, shape),
  );
  const c = new Operations(condition);
  condition.result(c.and(c.less(conditionStep!, conditionSteps!), conditionHealthy!));

  const body = graph.function(`${name}_body`);
  const [step, , scores, steps, firstStep, seed, order, rates] = state.map(({ type, shape }, index) =>
    body.argument(`argument${index}`, type, shape),
  ) as [Value, Value, Value, Value, Value, Value, Value, Value];
  const g = new Operations(body);
  const rows = g.window(order, g.multiply(step, g.integer(batch)), batch);
  const given = [rows, g.reshape(g.window(rates, step, 1), []), seed, g.add(firstStep, step)];
  // The step is a function of its own that the body calls: see Operations.call.
  const stepScope = graph.function(`${name}_step`);
  const [ownRows, rate, ownSeed, number] = given.map(({ type, shape }, index) => stepScope.argument(`argument${index}`, type, shape)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const made = trainingStep(plan, new Operations(stepScope), { rows: ownRows, rate, seed: ownSeed, step: number });
  for (const value of [made.score, made.finite]) stepScope.result(value);
  const [score, finite] = g.call(stepScope.name, given, [made.score, made.finite], { stateful: true }) as [Value, Value];
  body.result(g.add(step, g.integer(1)));
  body.result(finite);
  body.result(g.listSet(scores, step, score));
  for (const value of [steps, firstStep, seed, order, rates]) body.result(value);

  const outputs = main.whileLoop(condition.name, body.name, state, { stateful: true, after: plan.safeguard.keep });
  return { batch, ...feeds, scores: main.listStack(outputs[2]!, [2], UNKNOWN), stepsDone: main.identity(outputs[0]!) };
}

/** One step inside the loop's body. */
function trainingStep(
  plan: TrainingPlan,
  g: Operations,
  at: { rows: Value; rate: Value; seed: Value; step: Value },
): { score: Value; finite: Value } {
  const { data, model, program, shards, loss } = plan;
  const { weights } = program;
  const batch = at.rows.dimension(0);
  const raw = g.gatherRows(g.scope.handle(plan.inputs), plan.inputs, at.rows);
  const target = asTarget(g, g.gatherRows(g.scope.handle(plan.targets), plan.targets, at.rows), data.targetKind);
  const targets = splitBatch(g, target, shards);
  const inputs = splitBatch(g, raw, shards).map((part, shard) => {
    const x = asInput(g, part, data.scale);
    return plan.horizontalFlip > 0 ? flipped(g, x, plan.horizontalFlip, drawSeed(g, at.seed, at.step, -1, shard)) : x;
  });
  const { outputs, assigned } = forwardModel(model, inputs, { g, weights, training: true, dropout: true, seed: at.seed, step: at.step });
  const scored = outputs.map((output, shard) => scoreShard(g, loss, output, targets[shard]!, data.targetKind));
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
  const xs = splitBatch(g, inputs, options.shards).map((part) => asInput(g, part, data.scale));
  const forward = forwardModel(model, xs, { g, weights, training: false, dropout: options.dropout === true, seed, step });
  const { loss } = options;
  const shardTargets = loss ? splitBatch(g, asTarget(g, targets, data.targetKind), options.shards) : [];
  const scored = loss ? forward.outputs.map((output, shard) => scoreShard(g, loss, output, shardTargets[shard]!, data.targetKind)) : [];
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
