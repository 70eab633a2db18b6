/** Losses and accuracy of one shard. Cross-entropies look behind a softmax or sigmoid to the logits, which is exact where probabilities underflow. */
import { EngineError } from './errors.js';
import { DataType, type Value } from './graph.js';
import type { Operations } from './ops.js';
import type { LossName } from './types.js';

/** How targets lie in memory: one class index per example, or one row of numbers. */
export type TargetKind = 'classes' | 'rows';

/** Per example: the loss, and 1 for a right answer. */
export interface ShardScore {
  losses: Value;
  correct: Value;
}

const EPSILON = 1e-7;

/** What stands before the output's activation, if it is the given one. */
function before(output: Value, op: string): Value | undefined {
  let operation = output.operation;
  // A Dense layer on sequences reshapes after its activation's input was made; reshapes change no numbers.
  while (operation.op === 'Reshape') operation = operation.inputs[0]!.operation;
  return operation.op === op ? operation.inputs[0] : undefined;
}

const oneHot = (g: Operations, classes: Value, count: number): Value => {
  const columns = g.constant(
    Int32Array.from({ length: count }, (_, index) => index),
    [1, count],
    DataType.int32,
  );
  return g.cast(g.equal(g.reshape(classes, [classes.dimension(0), 1]), columns), DataType.float);
};

/** −log of the probability given to the right class, per example. */
function crossEntropy(g: Operations, output: Value, target: Value, kind: TargetKind): Value {
  const logits = before(output, 'Softmax') ?? before(output, 'LogSoftmax') ?? (isProbability(output) ? undefined : output);
  if (!logits)
    throw new EngineError(
      `Cross-entropy over classes needs a softmax (or plain linear scores) as the model's output; this one ends in ${output.operation.op}.`,
    );
  if (kind === 'classes') return g.sparseCrossEntropy(logits, target);
  return g.negate(g.sum(g.multiply(target, g.logSoftmax(logits)), [1]));
}

const isProbability = (output: Value): boolean => ['Sigmoid', 'Relu', 'Minimum', 'Tanh'].includes(output.operation.op);

/** max(x, 0) − x·z + log(1 + e^−|x|) from the logit x; from a probability where there is no logit. Mean over the outputs. */
function binaryCrossEntropy(g: Operations, output: Value, target: Value): Value {
  const logits = before(output, 'Sigmoid');
  const x =
    logits ??
    (() => {
      const p = g.clip(output, EPSILON, 1 - EPSILON);
      return g.log(g.divide(p, g.subtract(g.scalar(1), p)));
    })();
  return g.mean(g.subtract(g.softplus(x), g.multiply(x, target)), [1]);
}

/** Crammer and Singer's hinge for one score per class, as Keras' categorical hinge: max(0, 1 + max over wrong classes − score of the right one). */
function categoricalHinge(g: Operations, output: Value, target: Value): Value {
  const right = g.sum(g.multiply(target, output), [1]);
  const wrong = g.max(g.multiply(g.subtract(g.scalar(1), target), output), [1]);
  return g.maximum(g.scalar(0), g.offset(g.subtract(wrong, right), 1));
}

/** The loss per example. */
function perExample(g: Operations, name: LossName, output: Value, target: Value, kind: TargetKind): Value {
  const width = output.dimension(1);
  const rows = () =>
    kind === 'rows' ? target : width === 1 ? g.reshape(g.cast(target, DataType.float), [target.dimension(0), 1]) : oneHot(g, target, width);
  switch (name) {
    case 'sparseCategoricalCrossentropy':
    case 'categoricalCrossentropy':
      return crossEntropy(g, output, target, kind);
    case 'binaryCrossentropy':
      return binaryCrossEntropy(g, output, rows());
    case 'meanSquaredError':
      return g.mean(g.square(g.subtract(output, rows())), [1]);
    case 'hinge':
      return categoricalHinge(g, output, rows());
    default:
      throw new EngineError(
        `loss is '${String(name)}'; expected sparseCategoricalCrossentropy, categoricalCrossentropy, binaryCrossentropy, meanSquaredError or hinge.`,
      );
  }
}

/** With one output: on the right side of one half. With several: the largest is the right class. */
function correctAnswers(g: Operations, output: Value, target: Value, kind: TargetKind, comparesFloats: boolean): Value {
  const width = output.dimension(1);
  if (width === 1) {
    const answers = g.greater(g.reshape(output, [output.dimension(0)]), g.scalar(0.5));
    const truth =
      kind === 'rows'
        ? g.greater(g.reshape(target, [target.dimension(0)]), g.scalar(0.5))
        : g.greater(g.cast(target, DataType.float), g.scalar(0.5));
    return g.equal(g.cast(answers, DataType.float), g.cast(truth, DataType.float));
  }
  const [answers, truth] = [g.argMax(output), kind === 'rows' ? g.argMax(target) : target];
  return comparesFloats ? g.equal(g.cast(answers, DataType.float), g.cast(truth, DataType.float)) : g.equal(answers, truth);
}

/** `comparesFloats`: classes are compared as floats, which is exact; whole numbers would leave a GPU at every step to be compared. */
export function scoreShard(
  g: Operations,
  name: LossName,
  output: Value,
  target: Value,
  kind: TargetKind,
  comparesFloats = false,
): ShardScore {
  const flat = output.rank === 2 ? output : g.reshape(output, [output.dimension(0), output.size / output.dimension(0)]);
  return {
    losses: perExample(g, name, flat, target, kind),
    correct: g.cast(correctAnswers(g, flat, target, kind, comparesFloats), DataType.float),
  };
}
