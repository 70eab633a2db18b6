/**
 * Differentiation: one table from operation to rule, and one walk backwards over the record of operations.
 * A rule is given the gradients of an operation's outputs and makes those of its inputs. An operation without a rule ends the walk with an error.
 */
import { DataType, type GradientRule, type Operation, type Shape, type Value } from './graph.js';
import { constantIntegers, type Operations, type Pair, splitAxis } from './ops.js';

type Rule = GradientRule<Operations>;

/** Sums a gradient over the axes along which its value was repeated. */
function unbroadcast(g: Operations, gradient: Value, shape: Shape): Value {
  const missing = gradient.rank - shape.length;
  const repeated = gradient.shape
    .map((length, axis) => (axis < missing || (shape[axis - missing] === 1 && length !== 1) ? axis : -1))
    .filter((axis) => axis >= 0);
  if (repeated.length === 0) return gradient;
  // Adding up everything but the last axis is what TensorFlow's bias kernel does best.
  if (shape.length === 1 && repeated.length === gradient.rank - 1 && shape[0] === gradient.dimension(-1))
    return g.biasAddGradient(gradient);
  return g.reshape(g.sum(gradient, repeated), shape);
}

/** Rule of y = f(x) from y's gradient, x and y. */
const elementwise =
  (rule: (g: Operations, gradient: Value, x: Value, y: Value) => Value): Rule =>
  (g, { inputs, outputs }, [gradient]) => [rule(g, gradient!, inputs[0]!, outputs[0]!)];

/** Rule of z = f(a, b) with broadcasting: each side made only where somebody asks. */
const pairwise =
  (
    left: (g: Operations, gradient: Value, a: Value, b: Value, z: Value) => Value,
    right: (g: Operations, gradient: Value, a: Value, b: Value, z: Value) => Value,
  ): Rule =>
  (g, { inputs, outputs }, [gradient], needed) => {
    const [a, b] = inputs as [Value, Value];
    const z = outputs[0]!;
    return [
      needed[0] ? unbroadcast(g, left(g, gradient!, a, b, z), a.shape) : undefined,
      needed[1] ? unbroadcast(g, right(g, gradient!, a, b, z), b.shape) : undefined,
    ];
  };

const mask = (g: Operations, condition: Value, gradient: Value): Value => g.multiply(gradient, g.cast(condition, DataType.float));
const kept = (operation: Operation, ...names: string[]) => Object.fromEntries(names.map((name) => [name, operation.attributes[name]!]));

/** The product whose gradient this is: the walk may merge products with the same weights into one (see `gradients`). */
const matMulRule: Rule = (g, { inputs, attributes }, [gradient], needed) => {
  const [a, b] = inputs as [Value, Value];
  const transposeA = 'bool' in attributes['transpose_a']! && attributes['transpose_a'].bool;
  const transposeB = 'bool' in attributes['transpose_b']! && attributes['transpose_b'].bool;
  const dz = gradient!;
  const left = () =>
    transposeA ? g.matMul(b, dz, { transposeA: transposeB, transposeB: true }) : g.matMul(dz, b, { transposeB: !transposeB });
  const right = () =>
    transposeB ? g.matMul(dz, a, { transposeA: true, transposeB: transposeA }) : g.matMul(a, dz, { transposeA: !transposeA });
  return [needed[0] ? left() : undefined, needed[1] ? right() : undefined];
};

/** y = factor·(x − mean)/√(variance + ε) + offset, or the moments of x, whose y nobody asks for: see Operations' normalised and moments. */
const batchNormRule: Rule = (g, { inputs, outputs, attributes }, given, needed) => {
  const [x, factor, , mean, variance] = inputs as [Value, Value, Value, Value, Value];
  const { epsilon, is_training: training } = attributes;
  if (!(training && 'bool' in training && epsilon && 'float' in epsilon))
    throw new Error('FusedBatchNormV3 without is_training or epsilon.');
  if (training.bool) {
    if (!needed[0]) return [];
    const [, meanGradient, varianceGradient] = given;
    const rows = x.size / x.dimension(-1);
    const zero = g.zeros(factor.shape);
    // d mean / d x = 1 / rows, d variance / d x = 2 (x − mean) / (rows − 1): one pass over x.
    const perChannel = {
      factor: varianceGradient ? g.scale(varianceGradient, 2 / Math.max(1, rows - 1)) : zero,
      offset: meanGradient ? g.scale(meanGradient, 1 / rows) : zero,
      mean: outputs[1]!,
      variance: g.filled(factor.shape, 1),
    };
    return [g.normalised(x, perChannel, 0), undefined, undefined, undefined, undefined];
  }
  if (!needed[0] && !needed[3] && !needed[4]) {
    // Nothing before x learns: two sums are all there is to do.
    const plain = { factor: g.filled(factor.shape, 1), offset: g.zeros(factor.shape), mean, variance };
    const rowSum = (value: Value) => g.sum(g.reshape(value, [x.size / x.dimension(-1), x.dimension(-1)]), [0]);
    const normal = () => g.normalised(x, plain, epsilon.float);
    return [undefined, needed[1] ? rowSum(g.multiply(given[0]!, normal())) : undefined, needed[2] ? rowSum(given[0]!) : undefined];
  }
  const [dx, factorGradient, offsetGradient] = g.normalisedGradient(given[0]!, x, factor, mean, variance, epsilon.float);
  const spread = g.offset(variance, epsilon.float);
  return [
    dx,
    factorGradient,
    offsetGradient,
    needed[3] ? g.negate(g.multiply(offsetGradient!, g.multiply(factor, g.rsqrt(spread)))) : undefined,
    needed[4] ? g.divide(g.multiply(factorGradient!, g.scale(factor, -0.5)), spread) : undefined,
  ];
};

const rules: Record<string, Rule> = {
  Identity: elementwise((_, d) => d),
  AddV2: pairwise(
    (_, d) => d,
    (_, d) => d,
  ),
  Sub: pairwise(
    (_, d) => d,
    (g, d) => g.negate(d),
  ),
  Mul: pairwise(
    (g, d, _a, b) => g.multiply(d, b),
    (g, d, a) => g.multiply(d, a),
  ),
  RealDiv: pairwise(
    (g, d, _a, b) => g.divide(d, b),
    (g, d, _a, b, z) => g.negate(g.divide(g.multiply(d, z), b)),
  ),
  Maximum: pairwise(
    (g, d, a, b) => mask(g, g.greaterEqual(a, b), d),
    (g, d, a, b) => mask(g, g.less(a, b), d),
  ),
  Minimum: pairwise(
    (g, d, a, b) => mask(g, g.greaterEqual(b, a), d),
    (g, d, a, b) => mask(g, g.less(b, a), d),
  ),
  // x ^ p: the logarithm is taken only where x > 0, elsewhere p's gradient is 0.
  Pow: pairwise(
    (g, d, a, b) => g.multiply(d, g.multiply(b, g.power(a, g.offset(b, -1)))),
    (g, d, a, _b, z) => g.multiply(d, g.multiply(z, g.log(g.where(g.greater(a, g.scalar(0)), a, g.scalar(1))))),
  ),
  Neg: elementwise((g, d) => g.negate(d)),
  Exp: elementwise((g, d, _x, y) => g.multiply(d, y)),
  Log: elementwise((g, d, x) => g.divide(d, x)),
  Sqrt: elementwise((g, d, _x, y) => g.divide(g.scale(d, 0.5), y)),
  Rsqrt: elementwise((g, d, x, y) => g.multiply(g.scale(d, -0.5), g.divide(y, x))),
  Square: elementwise((g, d, x) => g.multiply(g.scale(d, 2), x)),
  Abs: elementwise((g, d, x) => g.multiply(d, g.sign(x))),
  Erf: elementwise((g, d, x) => g.multiply(g.scale(d, 2 / Math.sqrt(Math.PI)), g.exp(g.negate(g.square(x))))),
  Sigmoid: elementwise((g, d, _x, y) => g.gradientKernel('SigmoidGrad', y, d)),
  Tanh: elementwise((g, d, _x, y) => g.gradientKernel('TanhGrad', y, d)),
  Relu: elementwise((g, d, _x, y) => g.gradientKernel('ReluGrad', d, y)),
  Relu6: elementwise((g, d, _x, y) => g.gradientKernel('Relu6Grad', d, y)),
  Elu: elementwise((g, d, _x, y) => g.gradientKernel('EluGrad', d, y)),
  Selu: elementwise((g, d, _x, y) => g.gradientKernel('SeluGrad', d, y)),
  Softplus: elementwise((g, d, x) => g.gradientKernel('SoftplusGrad', d, x)),
  Softsign: elementwise((g, d, x) => g.gradientKernel('SoftsignGrad', d, x)),
  Softmax: elementwise((g, d, _x, y) => g.multiply(g.subtract(d, g.sum(g.multiply(d, y), [-1], true)), y)),
  LogSoftmax: elementwise((g, d, _x, y) => g.subtract(d, g.multiply(g.exp(y), g.sum(d, [-1], true)))),
  SelectV2: (g, { inputs }, [d], needed) => {
    const [condition, whenTrue, whenFalse] = inputs as [Value, Value, Value];
    const zero = g.scalar(0);
    return [
      undefined,
      needed[1] ? unbroadcast(g, g.where(condition, d!, zero), whenTrue.shape) : undefined,
      needed[2] ? unbroadcast(g, g.where(condition, zero, d!), whenFalse.shape) : undefined,
    ];
  },

  AddN: (_, { inputs }, [d]) => inputs.map(() => d),
  Sum: (g, { inputs }, [d]) => [g.broadcastTo(g.reshape(d!, keptShape(inputs[0]!, inputs[1]!)), inputs[0]!.shape), undefined],
  // Where several values are the largest, they share the gradient.
  Max: (g, { inputs, outputs }, [d]) => {
    const [x, axes] = inputs as [Value, Value];
    const shape = keptShape(x, axes);
    const winners = g.cast(g.equal(x, g.reshape(outputs[0]!, shape)), DataType.float);
    const shared = g.divide(g.reshape(d!, shape), g.sum(winners, constantIntegers(axes), true));
    return [g.multiply(winners, shared), undefined];
  },

  MatMul: matMulRule,
  BiasAdd: (g, _operation, [d], needed) => [d, needed[1] ? g.biasAddGradient(d!) : undefined],
  Conv2D: (g, { inputs, attributes }, [d], needed) => {
    const [x, filters] = inputs as [Value, Value];
    return [
      needed[0] ? g.conv2dInputGradient(x.shape, filters, d!, attributes) : undefined,
      needed[1] ? g.conv2dFilterGradient(x, filters.shape, d!, attributes) : undefined,
    ];
  },
  MaxPool: (g, operation, [d]) => [g.maxPoolGradient(operation.inputs[0]!, operation.outputs[0]!, d!, operation.attributes)],
  AvgPool: (g, operation, [d]) => [
    g.averagePoolGradient(operation.inputs[0]!.shape, d!, kept(operation, 'T', 'ksize', 'strides', 'padding', 'data_format')),
  ],

  FusedBatchNormV3: batchNormRule,

  Reshape: (g, { inputs }, [d]) => [g.reshape(d!, inputs[0]!.shape), undefined],
  Transpose: (g, { inputs }, [d]) => {
    const order = constantIntegers(inputs[1]!);
    return [
      g.transpose(
        d!,
        order.map((_, axis) => order.indexOf(axis)),
      ),
      undefined,
    ];
  },
  ConcatV2: (g, { inputs }, [d]) => {
    const parts = inputs.slice(0, -1);
    const axis = constantIntegers(inputs.at(-1)!)[0]!;
    const sizes = parts.map((part) => part.dimension(axis));
    return [...g.splitSizes(d!, sizes, axis), undefined];
  },
  Split: (g, operation, gradients) => [undefined, g.concat(filled(g, operation, gradients), splitAxis(operation))],
  SplitV: (g, operation, gradients) => [
    g.concat(filled(g, operation, gradients), constantIntegers(operation.inputs[2]!)[0]!),
    undefined,
    undefined,
  ],
  Slice: (g, { inputs, outputs }, [d]) => {
    const begin = constantIntegers(inputs[1]!);
    const amounts = inputs[0]!.shape.map((length, axis): Pair => [begin[axis]!, length - begin[axis]! - outputs[0]!.shape[axis]!]);
    return [g.pad(d!, amounts), undefined, undefined];
  },
  Pad: (g, { inputs }, [d]) => {
    const amounts = constantIntegers(inputs[1]!);
    return [
      g.slice(
        d!,
        inputs[0]!.shape.map((_, axis) => amounts[2 * axis]!),
        inputs[0]!.shape,
      ),
      undefined,
    ];
  },
  ReverseV2: (g, { inputs }, [d]) => [g.reverse(d!, constantIntegers(inputs[1]!)[0]!), undefined],
  BroadcastTo: (g, { inputs }, [d]) => [unbroadcast(g, d!, inputs[0]!.shape), undefined],
  Pack: (g, { inputs }, [d]) => g.split(d!, inputs.length, 0).map((part, index) => g.reshape(part, inputs[index]!.shape)),

  SparseSoftmaxCrossEntropyWithLogits: (g, { outputs }, [d]) => [g.multiply(g.reshape(d!, [...d!.shape, 1]), outputs[1]!), undefined],
  SoftmaxCrossEntropyWithLogits: (g, { outputs }, [d]) => [g.multiply(g.reshape(d!, [...d!.shape, 1]), outputs[1]!), undefined],
};

/** Ends of the walk: nothing behind them is differentiated. */
const ends = new Set([
  'StopGradient',
  'Cast',
  'Const',
  'Argument',
  'ReadVariableOp',
  'ResourceGather',
  'StatelessRandomUniform',
  'Equal',
  'Greater',
  'GreaterEqual',
  'Less',
  'ArgMax',
  'Sign',
  'Fill',
  'Floor',
  'IsFinite',
]);

const keptShape = (x: Value, axes: Value): Shape => {
  const reduced = new Set(constantIntegers(axes));
  return x.shape.map((length, axis) => (reduced.has(axis) ? 1 : length));
};

const filled = (g: Operations, operation: Operation, gradients: readonly (Value | undefined)[]): Value[] =>
  operation.outputs.map(({ shape }, port) => gradients[port] ?? g.zeros(shape));

/** Every operation of the scope through which one of `sources` can reach further. */
function dependants(sources: readonly Value[]): Set<Operation> {
  const found = new Set<Operation>(sources.map(({ operation }) => operation));
  for (const operation of sources[0]?.scope.operations ?? [])
    if (!ends.has(operation.op) && operation.inputs.some((input) => found.has(input.operation))) found.add(operation);
  return found;
}

/**
 * The gradients of Σ output·seed with respect to `sources`, written by `g`. `outputs` and `sources` may lie in another scope than `g`'s:
 * what a rule needs of the forward pass is then captured by g's scope (this is how the backward half of a loop is made).
 */
export function gradients(
  g: Operations,
  outputs: readonly { value: Value; seed: Value }[],
  sources: readonly Value[],
): (Value | undefined)[] {
  const path = dependants(sources);
  const contributions = new Map<Operation, (Value[] | undefined)[]>();
  const contribute = (value: Value, gradient: Value): void => {
    const ports = contributions.get(value.operation) ?? [];
    ports[value.port] = [...(ports[value.port] ?? []), gradient];
    contributions.set(value.operation, ports);
  };
  for (const { value, seed } of outputs) if (path.has(value.operation)) contribute(value, seed);
  const isSource = new Set(sources.map(({ operation }) => operation));
  const total = new Map<Operation, (Value | undefined)[]>();
  for (const operation of [...path].sort((a, b) => b.order - a.order)) {
    const ports = contributions.get(operation);
    if (!ports) continue;
    // Later operations contributed first; summing in the order of the forward pass keeps shards in their order.
    const sums = operation.outputs.map((_, port) => (ports[port] ? g.sumOf([...ports[port]!].reverse()) : undefined));
    if (isSource.has(operation)) total.set(operation, sums);
    if (isSource.has(operation) || ends.has(operation.op)) continue;
    const rule = (operation.gradient as Rule | undefined) ?? rules[operation.op];
    if (!rule) throw new Error(`No gradient rule for operation ${operation.op}: add one to the table in gradients.ts.`);
    const needed = operation.inputs.map((input) => path.has(input.operation));
    rule(g, operation, sums, needed).forEach((gradient, index) => {
      if (gradient && needed[index]) contribute(operation.inputs[index]!, gradient);
    });
  }
  return sources.map((source) => total.get(source.operation)?.[source.port]);
}
