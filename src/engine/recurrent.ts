/**
 * Recurrent layers. A cell is an equation from gates and states to new states; everything else is here, once: the loop over time and its gradient.
 *
 * The loop is a `StatelessWhile` whose body unrolls a few time steps. Its gradient is a second loop that runs backwards: its body is made by walking
 * the forward body's record (gradients.ts); whatever forward value that walk asks for is kept in a list by the first loop and read by the second.
 * Each step has one matrix product, [h, x, 1] · [recurrent kernel; kernel; bias], and all steps of a body share one product for the kernel's gradient.
 */
import { activationNamed } from './activations.js';
import { cudnnMode, packParameters } from './cudnn.js';
import { gradients } from './gradients.js';
import { DataType, type FunctionScope, type Operation, type Value } from './graph.js';
import { dropped, type LayerConfig, type LayerContext, registerLayer } from './layers.js';
import { Operations } from './ops.js';

/** What a cell's equation has at hand at one time step. */
export interface CellContext {
  readonly g: Operations;
  readonly config: LayerConfig;
  /** Weights after kernel, recurrent kernel and bias, in the layer's order. */
  readonly extras: readonly Value[];
  /** The time step as a float, counted from 0. */
  readonly time: Value;
}

export interface RecurrentCell {
  /** How many gates the kernels hold side by side. */
  readonly gates: number;
  /** How many states, each [examples, units]; the first is the output. All start at zero. */
  readonly states: number;
  /** New states from the gates' sums (before any activation) and the states before. */
  step(context: CellContext, gates: readonly Value[], states: readonly Value[]): Value[];
  /** Sizes of further state, where it differs from the layer's units. */
  refuses?(config: LayerConfig): string | undefined;
}

const activation = (config: LayerConfig, key: string) => activationNamed(config[key])!;

/** h′ = activation(W·[h, x, 1]) */
const simpleCell: RecurrentCell = { gates: 1, states: 1, step: ({ g, config }, [sum]) => [activation(config, 'activation')(g, sum!)] };

/** c′ = f·c + i·k, h′ = o·activation(c′); gates in Keras' order i, f, k, o. */
const lstmCell: RecurrentCell = {
  gates: 4,
  states: 2,
  step({ g, config }, [i, f, k, o], [, c]) {
    const gate = activation(config, 'recurrentActivation');
    const squash = activation(config, 'activation');
    const carried = g.add(g.multiply(gate(g, f!), c!), g.multiply(gate(g, i!), squash(g, k!)));
    return [g.multiply(gate(g, o!), squash(g, carried)), carried];
  },
};

/** Teaches the engine a recurrent layer: weights kernel, recurrent kernel, bias (unless useBias is false), then any extras of the cell. */
export function registerRecurrentCell(className: string, cell: RecurrentCell): void {
  registerLayer(className, {
    forward: (context, x) => recurrentLayer(context, cell, x),
    refuses(config) {
      if (config['stateful']) return 'stateful is not supported';
      if (config['returnState']) return 'returnState is not supported';
      return cell.refuses?.(config);
    },
  });
}

registerRecurrentCell('SimpleRNN', simpleCell);
registerRecurrentCell('LSTM', lstmCell);

/** The whole recurrence in one operation, where device and layer allow it. */
function fusedRecurrence({ recurrentKernel: run, ...context }: LayerContext, x: Value): Value | undefined {
  const { g, config, weight, layer } = context;
  const chosen = cudnnMode(layer.getClassName(), config);
  if (!run || 'reason' in chosen) return undefined;
  const [n, , features] = x.shape as [number, number, number];
  const units = weight(1).dimension(0);
  const bias = config['useBias'] === false ? undefined : weight(2);
  const parameters = packParameters(g, { kernel: weight(0), recurrentKernel: weight(1), bias });
  const input = dropped(context, x, Number(config['dropout'] ?? 0), [n, 1, features]);
  const ordered = config['goBackwards'] ? g.reverse(input, 1) : input;
  const { sequence, last } = run(g, g.transpose(ordered, [1, 0, 2]), parameters, { mode: chosen.mode, units });
  return config['returnSequences'] === true ? g.transpose(sequence, [1, 0, 2]) : last;
}

function recurrentLayer(context: LayerContext, cell: RecurrentCell, x: Value): Value {
  const fused = fusedRecurrence(context, x);
  if (fused) return fused;
  const { g, config, weight, layer } = context;
  const [n, steps, features] = x.shape as [number, number, number];
  const kernel = weight(0);
  const recurrentKernel = weight(1);
  const units = recurrentKernel.dimension(0);
  const useBias = config['useBias'] !== false;
  const bias = useBias ? g.reshape(weight(2), [1, kernel.dimension(1)]) : undefined;
  const weights = g.concat([recurrentKernel, kernel, ...(bias ? [bias] : [])], 0);
  const firstExtra = useBias ? 3 : 2;
  const extras = layer.weights.slice(firstExtra).map((_, index) => weight(firstExtra + index));
  // One mask for all time steps, as Keras does.
  const input = dropped(context, x, Number(config['dropout'] ?? 0), [n, 1, features]);
  const recurrentRate = Number(config['recurrentDropout'] ?? 0);
  const mask = recurrentRate > 0 && context.dropout ? dropped(context, g.filled([n, units], 1), recurrentRate) : undefined;
  const ordered = config['goBackwards'] ? g.reverse(input, 1) : input;
  const timeMajor = g.transpose(ordered, [1, 0, 2]);
  const xs = bias ? g.concat([timeMajor, g.filled([steps, n, 1], 1)], 2) : timeMajor;
  const zero = g.zeros([n, units]);
  const setting: Recurrence = { cell, config, units, weights, extras, mask, features };
  const { states, sequence } = runRecurrence(
    g,
    setting,
    xs,
    Array.from({ length: cell.states }, () => zero),
    config['returnSequences'] === true,
  );
  return sequence ? g.transpose(sequence, [1, 0, 2]) : states[0]!;
}

interface Recurrence {
  readonly cell: RecurrentCell;
  readonly config: LayerConfig;
  readonly units: number;
  /** Width of one input without the column of ones. */
  readonly features: number;
  /** [recurrent kernel; kernel; bias] */
  readonly weights: Value;
  readonly extras: readonly Value[];
  /** Recurrent dropout. */
  readonly mask: Value | undefined;
}

interface RecurrenceResult {
  states: Value[];
  /** [steps, examples, units], if asked for. */
  sequence: Value | undefined;
}

/** How many time steps the body unrolls: enough to spread the cost of an iteration, few enough to start fast. */
export function unrolledSteps(steps: number): number {
  const preferred = [14, 7, 8, 10, 12, 13, 11, 9, 16, 15, 6, 5, 18, 20, 4];
  if (steps <= 20) return steps;
  return preferred.find((length) => steps % length === 0) ?? 14;
}

/** Runs all time steps: whole bodies in a loop, what is left over written out. */
function runRecurrence(g: Operations, setting: Recurrence, xs: Value, initial: Value[], wantsSequence: boolean): RecurrenceResult {
  const [steps, n, width] = xs.shape as [number, number, number];
  const unrolled = unrolledSteps(steps);
  const rounds = steps === 1 ? 0 : Math.floor(steps / unrolled);
  const looped = rounds * unrolled;
  let states = initial;
  const pieces: Value[] = [];
  if (rounds > 0) {
    const part = looped === steps ? xs : g.slice(xs, [0, 0, 0], [looped, n, width]);
    const loop = timeLoop(g, setting, g.reshape(part, [rounds, unrolled * n, width]), states, { rounds, unrolled, n, wantsSequence });
    states = loop.states;
    if (loop.sequence) pieces.push(g.reshape(loop.sequence, [looped, n, setting.units]));
  }
  for (let time = looped; time < steps; time++) {
    const x = g.reshape(g.slice(xs, [time, 0, 0], [1, n, width]), [n, width]);
    states = oneStep(g, setting, x, states, g.scalar(time)).states;
    if (wantsSequence) pieces.push(g.reshape(states[0]!, [1, n, setting.units]));
  }
  return { states, sequence: wantsSequence ? g.concat(pieces, 0) : undefined };
}

interface StepRecord {
  /** [h, x, 1], what the weights are multiplied with. */
  joined: Value;
  sums: Value;
  before: Value[];
  states: Value[];
  time: Value;
}

function oneStep(g: Operations, { cell, config, weights, extras, mask }: Recurrence, x: Value, before: Value[], time: Value): StepRecord {
  const h = mask ? g.multiply(before[0]!, mask) : before[0]!;
  const joined = g.concat([h, x], 1);
  const sums = g.matMul(joined, weights);
  const states = cell.step({ g, config, extras, time }, g.split(sums, cell.gates, 1), before);
  // A state must be an operation's only output, so that the walk back can stop there.
  return { joined, sums, before, time, states: states.map((state) => (state.operation.outputs.length > 1 ? g.identity(state) : state)) };
}

interface LoopShape {
  readonly rounds: number;
  readonly unrolled: number;
  readonly n: number;
  readonly wantsSequence: boolean;
}

const loopCondition = (
  g: Operations,
  name: string,
  initial: readonly Value[],
  holds: (g: Operations, round: Value) => Value,
): FunctionScope => {
  const condition = g.scope.graph.function(name);
  const [round] = initial.map(({ type, shape }, index) => condition.argument(`argument${index}`, type, shape));
  condition.result(holds(new Operations(condition), round!));
  return condition;
};

/** The loop over whole bodies, with its gradient attached. */
function timeLoop(g: Operations, outer: Recurrence, xs: Value, initial: Value[], shape: LoopShape): RecurrenceResult {
  const { rounds, unrolled, n, wantsSequence } = shape;
  const { units, extras, mask, weights } = outer;
  const sequenceShape = [unrolled * n, units];
  const starts = [
    g.integer(0),
    ...initial,
    weights,
    xs,
    ...extras,
    ...(mask ? [mask] : []),
    ...(wantsSequence ? [g.list(sequenceShape, g.integer(rounds))] : []),
  ];
  const condition = loopCondition(g, 'time_condition', starts, (c, round) => c.less(round, c.integer(rounds)));

  const body = g.scope.graph.function('time_body');
  const b = new Operations(body);
  const inside = starts.map(({ type, shape: size }, index) => body.argument(`argument${index}`, type, size));
  const take = cursor(inside);
  const round = take();
  const statesBefore = initial.map(take);
  const local: Recurrence = { ...outer, weights: take(), features: outer.features };
  const allInputs = take();
  const inner: Recurrence = { ...local, extras: extras.map(take), mask: mask ? take() : undefined };
  const list = wantsSequence ? take() : undefined;

  const firstTime = b.scale(b.cast(round, DataType.float), unrolled);
  const parts = b.split(b.at(allInputs, round), unrolled, 0);
  const records: StepRecord[] = [];
  const stepOperations: Operation[][] = [];
  let states = statesBefore;
  for (const [index, x] of parts.entries()) {
    const time = b.offset(firstTime, index);
    const begin = body.operations.length;
    const record = oneStep(b, inner, x, states, time);
    records.push(record);
    // Constants are shared between steps; without them every step is the same list of operations.
    stepOperations.push(body.operations.slice(begin).filter(({ op }) => op !== 'Const'));
    states = record.states;
  }
  body.result(b.add(round, b.integer(1)));
  for (const state of states) body.result(state);
  for (const value of [inner.weights, allInputs, ...inner.extras, ...(inner.mask ? [inner.mask] : [])]) body.result(value);
  if (list)
    body.result(
      b.listSet(
        list,
        round,
        b.concat(
          records.map((record) => record.states[0]!),
          0,
        ),
      ),
    );

  const forward: ForwardLoop = { outer, inner, body, condition, round, records, stepOperations, shape, statesBefore, xs };
  const outputs = g.whileLoop(condition.name, body.name, starts, {
    gradient: (builder, operation, given, needed) => timeLoopGradient(builder, operation, given, needed, forward),
  });
  return {
    states: outputs.slice(1, 1 + initial.length),
    sequence: wantsSequence ? sequenceOf(g, outputs.at(-1)!, sequenceShape, rounds) : undefined,
  };
}

const cursor = (values: readonly Value[]): (() => Value) => {
  let position = 0;
  return () => values[position++]!;
};

/** The list of outputs as one tensor. Its gradient goes to the loop as a tensor too: see the rule of the loop. */
function sequenceOf(g: Operations, list: Value, elementShape: readonly number[], rounds: number): Value {
  const stacked = g.listStack(list, elementShape, rounds);
  stacked.operation.gradient = ((_builder: Operations, _operation: Operation, [gradient]: Value[]) => [gradient, undefined]) as never;
  return stacked;
}

interface ForwardLoop {
  readonly outer: Recurrence;
  readonly inner: Recurrence;
  readonly body: FunctionScope;
  readonly condition: FunctionScope;
  readonly round: Value;
  readonly records: readonly StepRecord[];
  readonly stepOperations: readonly (readonly Operation[])[];
  readonly shape: LoopShape;
  readonly statesBefore: readonly Value[];
  readonly xs: Value;
}

/** Values of one kind: the same place in every time step of a body. */
class Saved {
  private readonly kinds = new Map<string, { values: Value[]; inBackward: Value[]; whole: Value }>();
  readonly lists: { values: Value[]; elementShape: number[] }[] = [];

  constructor(
    private readonly forward: ForwardLoop,
    private readonly backward: FunctionScope,
    private readonly round: () => Value,
  ) {}

  /** Which kind a forward value is of, and at which step. */
  private find(value: Value): { key: string; step: number; values: Value[] } {
    const { records, stepOperations } = this.forward;
    for (let state = 0; state < records[0]!.before.length; state++) {
      const step = records.findIndex(({ before }) => before[state] === value);
      if (step >= 0) return { key: `state${state}`, step, values: records.map(({ before }) => before[state]!) };
    }
    const step = stepOperations.findIndex((operations) => operations.includes(value.operation));
    if (step < 0) throw new Error(`${value} is made outside the time steps and cannot be kept for the way back.`);
    const place = stepOperations[step]!.indexOf(value.operation);
    return { key: `${place}:${value.port}`, step, values: stepOperations.map((operations) => operations[place]!.outputs[value.port]!) };
  }

  private kind(value: Value) {
    const { key, step, values } = this.find(value);
    let kind = this.kinds.get(key);
    if (!kind) {
      const b = new Operations(this.backward);
      const rows = value.rank === 0 ? [1] : [...value.shape];
      const elementShape = [values.length * rows[0]!, ...rows.slice(1)];
      const list = this.backward.argument(`saved${this.lists.length}`, DataType.variant, []);
      this.lists.push({ values, elementShape });
      const whole = b.listGet(list, this.round(), elementShape);
      kind = { values, whole, inBackward: b.split(whole, values.length, 0).map((part) => b.reshape(part, value.shape)) };
      this.kinds.set(key, kind);
    }
    return { kind, step };
  }

  /** The value at its own step. */
  one(value: Value): Value {
    const { kind, step } = this.kind(value);
    return kind.inBackward[step]!;
  }

  /** The kind's values of all steps, one below the other. */
  all(value: Value): Value {
    return this.kind(value).kind.whole;
  }
}

/** The loop back through time. Inputs of the forward loop: round, states, weights, xs, extras, mask, list of outputs. */
function timeLoopGradient(
  g: Operations,
  operation: Operation,
  given: readonly (Value | undefined)[],
  needed: readonly boolean[],
  forward: ForwardLoop,
): (Value | undefined)[] {
  const { outer, inner, shape, records, statesBefore, xs } = forward;
  const { rounds, unrolled, n, wantsSequence } = shape;
  const { units, features, extras } = outer;
  const stateCount = statesBefore.length;
  const needsInputs = needed[2 + stateCount] === true;
  const width = xs.dimension(2);
  const inputShape = [unrolled * n, width];
  const sequenceGradient = wantsSequence ? given.at(-1) : undefined;

  // Transposed once: the product that is needed at every step then reads memory in order.
  const back = g.slice(outer.weights, [0, 0], [needsInputs ? units + features : units, outer.weights.dimension(1)]);
  const transposed = g.transpose(back, [1, 0]);
  const starts = [
    g.integer(rounds - 1),
    ...statesBefore.map((state, index) => given[1 + index] ?? g.zeros(state.shape)),
    transposed,
    g.zeros(outer.weights.shape),
    ...extras,
    ...extras.map((extra) => g.zeros(extra.shape)),
    ...(outer.mask ? [outer.mask] : []),
    ...(sequenceGradient ? [sequenceGradient] : []),
    ...(needsInputs ? [g.list(inputShape, g.integer(rounds))] : []),
  ];

  const backward: FunctionScope = g.scope.graph.function('time_back', (value) => capture(value));
  const b = new Operations(backward);
  const inside = starts.map(({ type, shape: size }, index) => backward.argument(`argument${index}`, type, size));
  const take = cursor(inside);
  const round = take();
  let stateGradients: Value[] = statesBefore.map(take);
  const weightsTransposed = take();
  const weightsGradient = take();
  const ownExtras = extras.map(take);
  let extraGradients = extras.map(take);
  const mask = outer.mask ? take() : undefined;
  const sequence = sequenceGradient ? take() : undefined;
  const inputList = needsInputs ? take() : undefined;

  const saved = new Saved(forward, backward, () => round);
  const fixed = new Map<Value, Value>(inner.extras.map((extra, index) => [extra, ownExtras[index]!]));
  if (inner.mask && mask) fixed.set(inner.mask, mask);
  const capture = (value: Value): Value => fixed.get(value) ?? saved.one(value);
  // The clock is worked out again rather than kept.
  const firstTime = b.scale(b.cast(round, DataType.float), unrolled);
  records.forEach(({ time }, step) => {
    fixed.set(time, b.offset(firstTime, step));
  });

  const outputGradients = sequence ? b.split(b.at(sequence, round), unrolled, 0) : undefined;
  const sumGradients: Value[] = [];
  const inputGradients: Value[] = [];
  for (let step = unrolled - 1; step >= 0; step--) {
    const { states, sums, before } = records[step]!;
    const seeds = states.map((value, index) => {
      const own = stateGradients[index]!;
      return { value, seed: index === 0 && outputGradients ? b.add(own, outputGradients[step]!) : own };
    });
    const found = gradients(b, seeds, [sums, ...before, ...inner.extras]);
    const sumGradient = found[0] ?? b.zeros(sums.shape);
    sumGradients.unshift(sumGradient);
    const product = b.matMul(sumGradient, weightsTransposed);
    const [throughH, throughX] = needsInputs ? b.splitSizes(product, [units, features], 1) : [product];
    if (needsInputs) inputGradients.unshift(throughX!);
    const throughMask = mask ? b.multiply(throughH!, mask) : throughH!;
    stateGradients = before.map((state, index) => {
      const direct = found[1 + index];
      if (index === 0) return direct ? b.add(direct, throughMask) : throughMask;
      return direct ?? b.zeros(state.shape);
    });
    extraGradients = extraGradients.map((sum, index) => {
      const more = found[1 + before.length + index];
      return more ? b.add(sum, more) : sum;
    });
  }
  const weightsMore = b.matMul(saved.all(records[0]!.joined), b.concat(sumGradients, 0), { transposeA: true });
  const inputPiece = inputList && b.listSet(inputList, round, padColumns(b, b.concat(inputGradients, 0), width));

  backward.result(b.subtract(round, b.integer(1)));
  for (const value of [...stateGradients, weightsTransposed, b.add(weightsGradient, weightsMore), ...ownExtras, ...extraGradients])
    backward.result(value);
  for (const value of [mask, sequence, inputPiece]) if (value) backward.result(value);

  const lists = keepInForwardLoop(g, operation, forward, saved);
  for (const argument of backward.arguments.slice(starts.length)) backward.result(argument);
  const condition = loopCondition(g, 'time_back_condition', [...starts, ...lists], (c, current) => c.greaterEqual(current, c.integer(0)));
  const outputs = g.whileLoop(condition.name, backward.name, [...starts, ...lists]);

  const end = cursor(outputs);
  end();
  const states = statesBefore.map(end);
  end();
  const weights = end();
  extras.map(end);
  const foundExtras = extras.map(end);
  if (mask) end();
  if (sequence) end();
  const inputs = needsInputs ? g.listStack(end(), inputShape, rounds) : undefined;
  return [undefined, ...states, weights, inputs, ...foundExtras, ...(outer.mask ? [undefined] : []), ...(wantsSequence ? [undefined] : [])];
}

/** The column of ones has no gradient that anybody wants. */
const padColumns = (b: Operations, x: Value, width: number): Value =>
  x.dimension(1) === width
    ? x
    : b.pad(x, [
        [0, 0],
        [0, width - x.dimension(1)],
      ]);

/** Makes the forward loop keep what the way back asked for; gives the lists. */
function keepInForwardLoop(g: Operations, operation: Operation, { body, condition, round, shape }: ForwardLoop, saved: Saved): Value[] {
  const b = new Operations(body);
  return saved.lists.flatMap(({ values, elementShape }, index) => {
    const list = body.argument(`kept${index}`, DataType.variant, []);
    condition.argument(`kept${index}`, DataType.variant, []);
    const rows = values.map((value) => (value.rank === 0 ? b.reshape(value, [1]) : value));
    body.result(b.listSet(list, round, b.concat(rows, 0)));
    const start = g.list(elementShape, g.integer(shape.rounds));
    return g.scope.extend(operation, [start], [start]);
  });
}
