/**
 * TensorFlow's operations, typed, with shapes known as soon as they are made. One `Operations` writes into one scope:
 * `g.relu(g.add(g.matMul(x, w), b))`. What a layer or a cell needs is all here; gradients.ts differentiates whatever is made with it.
 */
import {
  type Attributes,
  DataType,
  type GradientRule,
  type Operation,
  type OutputDescription,
  type Scope,
  type Shape,
  sizeOf,
  UNKNOWN,
  type Value,
} from './graph.js';

export type Padding = 'same' | 'valid';
export type Pair = readonly [number, number];

export interface WindowOptions {
  strides: Pair;
  padding: Padding;
}

const float = { type: DataType.float } as const;
const int32 = { type: DataType.int32 } as const;

/** The shape of an elementwise result: NumPy's rule. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new Error(`Shapes [${a}] and [${b}] do not fit together.`);
    return left === 1 ? right : left;
  });
}

export function windowLength(length: number, window: number, stride: number, padding: Padding): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - window) / stride) + 1;
}

const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((length, axis) => length === b[axis]);

export class Operations {
  constructor(readonly scope: Scope) {}

  private one(op: string, inputs: readonly Value[], attributes: Attributes, output: OutputDescription): Value {
    return this.scope.make(op, inputs, attributes, [output]).outputs[0]!;
  }

  // Constants

  constant(values: readonly number[] | Float32Array | Int32Array, shape: Shape, type: DataType = DataType.float): Value {
    return this.scope.constant(values, shape, type);
  }
  scalar(value: number): Value {
    return this.constant([value], []);
  }
  integer(value: number): Value {
    return this.constant([value], [], DataType.int32);
  }
  integers(...values: number[]): Value {
    return this.constant(values, [values.length], DataType.int32);
  }
  /** A large constant is made where the graph runs, not stored in it. */
  filled(shape: Shape, value: number): Value {
    if (sizeOf(shape) <= 16) return this.constant(new Float32Array(sizeOf(shape)).fill(value), shape);
    return this.one(
      'Fill',
      [this.integers(...shape), this.scalar(value)],
      { T: float, index_type: int32 },
      { type: DataType.float, shape },
    );
  }
  zeros(shape: Shape): Value {
    return this.filled(shape, 0);
  }

  // Elementwise

  private unary(op: string, x: Value): Value {
    return this.one(op, [x], { T: { type: x.type } }, x);
  }
  private binary(op: string, a: Value, b: Value, type: DataType = a.type): Value {
    return this.one(op, [a, b], { T: { type: a.type } }, { type, shape: broadcastShapes(a.shape, b.shape) });
  }
  add(a: Value, b: Value): Value {
    return this.binary('AddV2', a, b);
  }
  subtract(a: Value, b: Value): Value {
    return this.binary('Sub', a, b);
  }
  multiply(a: Value, b: Value): Value {
    return this.binary('Mul', a, b);
  }
  divide(a: Value, b: Value): Value {
    return this.binary('RealDiv', a, b);
  }
  maximum(a: Value, b: Value): Value {
    return this.binary('Maximum', a, b);
  }
  minimum(a: Value, b: Value): Value {
    return this.binary('Minimum', a, b);
  }
  power(a: Value, b: Value): Value {
    return this.binary('Pow', a, b);
  }
  less(a: Value, b: Value): Value {
    return this.binary('Less', a, b, DataType.bool);
  }
  greater(a: Value, b: Value): Value {
    return this.binary('Greater', a, b, DataType.bool);
  }
  greaterEqual(a: Value, b: Value): Value {
    return this.binary('GreaterEqual', a, b, DataType.bool);
  }
  equal(a: Value, b: Value): Value {
    return this.one(
      'Equal',
      [a, b],
      { T: { type: a.type }, incompatible_shape_error: { bool: true } },
      { type: DataType.bool, shape: broadcastShapes(a.shape, b.shape) },
    );
  }
  and(a: Value, b: Value): Value {
    return this.one('LogicalAnd', [a, b], {}, { type: DataType.bool, shape: broadcastShapes(a.shape, b.shape) });
  }
  scale(x: Value, factor: number): Value {
    return factor === 1 ? x : this.multiply(x, this.scalar(factor));
  }
  offset(x: Value, term: number): Value {
    return this.add(x, this.scalar(term));
  }
  negate(x: Value): Value {
    return this.unary('Neg', x);
  }
  exp(x: Value): Value {
    return this.unary('Exp', x);
  }
  log(x: Value): Value {
    return this.unary('Log', x);
  }
  sqrt(x: Value): Value {
    return this.unary('Sqrt', x);
  }
  rsqrt(x: Value): Value {
    return this.unary('Rsqrt', x);
  }
  square(x: Value): Value {
    return this.unary('Square', x);
  }
  sign(x: Value): Value {
    return this.unary('Sign', x);
  }
  abs(x: Value): Value {
    return this.unary('Abs', x);
  }
  erf(x: Value): Value {
    return this.unary('Erf', x);
  }
  sigmoid(x: Value): Value {
    return this.unary('Sigmoid', x);
  }
  tanh(x: Value): Value {
    return this.unary('Tanh', x);
  }
  relu(x: Value): Value {
    return this.unary('Relu', x);
  }
  relu6(x: Value): Value {
    return this.unary('Relu6', x);
  }
  elu(x: Value): Value {
    return this.unary('Elu', x);
  }
  selu(x: Value): Value {
    return this.unary('Selu', x);
  }
  softplus(x: Value): Value {
    return this.unary('Softplus', x);
  }
  softsign(x: Value): Value {
    return this.unary('Softsign', x);
  }
  /** TensorFlow's own gradient kernels take (gradient, output) or (output, gradient), as each defines it. */
  gradientKernel(op: string, a: Value, b: Value): Value {
    return this.binary(op, a, b);
  }
  /** Over the last axis. */
  softmax(x: Value): Value {
    return this.unary2d('Softmax', x);
  }
  logSoftmax(x: Value): Value {
    return this.unary2d('LogSoftmax', x);
  }
  private unary2d(op: string, x: Value): Value {
    return this.one(op, [x], { T: float }, x);
  }
  /** −log softmax(logits)[class] for each row. */
  sparseCrossEntropy(logits: Value, classes: Value): Value {
    const outputs = [
      { type: DataType.float, shape: classes.shape },
      { type: DataType.float, shape: logits.shape },
    ];
    return this.scope.make('SparseSoftmaxCrossEntropyWithLogits', [logits, classes], { T: float, Tlabels: int32 }, outputs).outputs[0]!;
  }

  // Normalisation, channel by channel (the last axis): TensorFlow's own kernel passes over the data half as often as sums and products would.

  private batchNormAttributes(epsilon: number, training: boolean): Attributes {
    return { T: float, U: float, epsilon: { float: epsilon }, data_format: { text: 'NHWC' }, is_training: { bool: training } };
  }
  /** Rows × channels, as images of one pixel. */
  private asImages(x: Value): Value {
    const channels = x.dimension(-1);
    return x.rank === 4 ? x : this.reshape(x, [x.size / channels, 1, 1, channels]);
  }
  private batchNorm(x: Value, [factor, offset, mean, variance]: readonly Value[], epsilon: number, training: boolean): Operation {
    const perChannel = { type: DataType.float, shape: [x.dimension(-1)] };
    const outputs = [x, perChannel, perChannel, perChannel, perChannel, { type: DataType.float, shape: [UNKNOWN] }];
    const attributes = { ...this.batchNormAttributes(epsilon, training), exponential_avg_factor: { float: 1 } };
    return this.scope.make('FusedBatchNormV3', [x, factor!, offset!, mean!, variance!], attributes, outputs);
  }
  /** Mean and variance of each channel; the variance divides by the number of rows. */
  moments(x: Value): { mean: Value; variance: Value } {
    const channels = x.dimension(-1);
    const rows = x.size / channels;
    const empty = this.constant([], [0]);
    const made = this.batchNorm(this.asImages(x), [this.filled([channels], 1), this.zeros([channels]), empty, empty], 1e-3, true);
    // The kernel divides by one less, as statisticians do.
    return { mean: made.outputs[1]!, variance: this.scale(made.outputs[2]!, (rows - 1) / rows) };
  }
  /** factor · (x − mean) / √(variance + epsilon) + offset, each a value per channel. */
  normalised(x: Value, perChannel: { factor: Value; offset: Value; mean: Value; variance: Value }, epsilon: number): Value {
    const { factor, offset, mean, variance } = perChannel;
    return this.reshape(this.batchNorm(this.asImages(x), [factor, offset, mean, variance], epsilon, false).outputs[0]!, x.shape);
  }
  /** Gradients of `normalised` for x, factor and offset, mean and variance held fast. */
  normalisedGradient(gradient: Value, x: Value, factor: Value, mean: Value, variance: Value, epsilon: number): Value[] {
    const outputs = [x, factor, factor, { type: DataType.float, shape: [0] }, { type: DataType.float, shape: [0] }];
    const inputs = [gradient, x, factor, mean, variance, this.constant([], [0])];
    return [...this.scope.make('FusedBatchNormGradV3', inputs, this.batchNormAttributes(epsilon, false), outputs).outputs.slice(0, 3)];
  }
  clip(x: Value, low: number, high: number): Value {
    return this.minimum(this.maximum(x, this.scalar(low)), this.scalar(high));
  }
  cast(x: Value, type: DataType): Value {
    if (x.type === type) return x;
    return this.one('Cast', [x], { SrcT: { type: x.type }, DstT: { type }, Truncate: { bool: false } }, { type, shape: x.shape });
  }
  /** `whenTrue` where the condition holds, else `whenFalse`; all broadcast. */
  where(condition: Value, whenTrue: Value, whenFalse: Value): Value {
    const shape = broadcastShapes(condition.shape, broadcastShapes(whenTrue.shape, whenFalse.shape));
    return this.one('SelectV2', [condition, whenTrue, whenFalse], { T: { type: whenTrue.type } }, { type: whenTrue.type, shape });
  }
  isFinite(x: Value): Value {
    return this.one('IsFinite', [x], { T: float }, { type: DataType.bool, shape: x.shape });
  }
  /** Lets the value through, and no gradient. */
  stopGradient(x: Value): Value {
    return this.one('StopGradient', [x], { T: { type: x.type } }, x);
  }
  identity(x: Value, after: readonly Operation[] = []): Value {
    return this.scope.make('Identity', [x], { T: { type: x.type } }, [x], { after }).outputs[0]!;
  }

  // Sums. Always in the order given: adding in another order gives other bits.

  sumOf(values: readonly Value[]): Value {
    if (values.length === 1) return values[0]!;
    return this.one('AddN', values, { T: float, N: { int: values.length } }, values[0]!);
  }
  private reduce(op: string, x: Value, axes: readonly number[], keepDimensions: boolean): Value {
    if (axes.length === 0) return x;
    const reduced = new Set(axes.map((axis) => (axis < 0 ? x.rank + axis : axis)));
    const shape = keepDimensions
      ? x.shape.map((length, axis) => (reduced.has(axis) ? 1 : length))
      : x.shape.filter((_, axis) => !reduced.has(axis));
    return this.one(
      op,
      [x, this.integers(...reduced)],
      { T: { type: x.type }, Tidx: int32, keep_dims: { bool: keepDimensions } },
      { type: x.type, shape },
    );
  }
  sum(x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis), keepDimensions = false): Value {
    return this.reduce('Sum', x, axes, keepDimensions);
  }
  mean(x: Value, axes: readonly number[] = x.shape.map((_, axis) => axis), keepDimensions = false): Value {
    const reduced = axes.reduce((product, axis) => product * x.dimension(axis), 1);
    return this.scale(this.sum(x, axes, keepDimensions), 1 / reduced);
  }
  max(x: Value, axes: readonly number[], keepDimensions = false): Value {
    return this.reduce('Max', x, axes, keepDimensions);
  }
  all(x: Value): Value {
    const axes = x.shape.map((_, axis) => axis);
    if (axes.length === 0) return x;
    return this.one('All', [x, this.integers(...axes)], { Tidx: int32, keep_dims: { bool: false } }, { type: DataType.bool, shape: [] });
  }
  argMax(x: Value): Value {
    return this.one(
      'ArgMax',
      [x, this.integer(x.rank - 1)],
      { T: float, Tidx: int32, output_type: int32 },
      { type: DataType.int32, shape: x.shape.slice(0, -1) },
    );
  }

  // Products

  matMul(a: Value, b: Value, { transposeA = false, transposeB = false } = {}): Value {
    const [rows, inner] = transposeA ? [a.dimension(1), a.dimension(0)] : [a.dimension(0), a.dimension(1)];
    const [innerB, columns] = transposeB ? [b.dimension(1), b.dimension(0)] : [b.dimension(0), b.dimension(1)];
    if (inner !== innerB)
      throw new Error(`matMul: [${a.shape}]${transposeA ? 'ᵀ' : ''} and [${b.shape}]${transposeB ? 'ᵀ' : ''} do not fit.`);
    return this.one(
      'MatMul',
      [a, b],
      { T: float, transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } },
      { type: DataType.float, shape: [rows, columns] },
    );
  }
  /** Adds a vector along the last axis. */
  biasAdd(x: Value, bias: Value): Value {
    return this.one('BiasAdd', [x, bias], { T: float, data_format: { text: 'NHWC' } }, x);
  }
  biasAddGradient(gradient: Value): Value {
    return this.one(
      'BiasAddGrad',
      [gradient],
      { T: float, data_format: { text: 'NHWC' } },
      { type: DataType.float, shape: [gradient.dimension(-1)] },
    );
  }
  private windowAttributes({ strides, padding }: WindowOptions): Attributes {
    return { T: float, strides: { ints: [1, ...strides, 1] }, padding: { text: padding.toUpperCase() }, data_format: { text: 'NHWC' } };
  }
  /** Images × filters [height, width, in, out]. */
  conv2d(x: Value, filters: Value, options: WindowOptions & { dilations?: Pair }): Value {
    const [n, height, width, channels] = x.shape as [number, number, number, number];
    const [filterHeight, filterWidth, inputs, outputs] = filters.shape as [number, number, number, number];
    if (channels !== inputs) throw new Error(`conv2d: the input has ${channels} channels, the filters expect ${inputs}.`);
    const { strides, padding, dilations = [1, 1] } = options;
    const spread = (window: number, dilation: number) => (window - 1) * dilation + 1;
    const shape = [
      n,
      windowLength(height, spread(filterHeight, dilations[0]), strides[0], padding),
      windowLength(width, spread(filterWidth, dilations[1]), strides[1], padding),
      outputs,
    ];
    return this.one(
      'Conv2D',
      [x, filters],
      { ...this.windowAttributes(options), dilations: { ints: [1, ...dilations, 1] } },
      { type: DataType.float, shape },
    );
  }
  conv2dInputGradient(shape: Shape, filters: Value, gradient: Value, attributes: Attributes): Value {
    return this.one('Conv2DBackpropInput', [this.integers(...shape), filters, gradient], attributes, { type: DataType.float, shape });
  }
  conv2dFilterGradient(x: Value, shape: Shape, gradient: Value, attributes: Attributes): Value {
    return this.one('Conv2DBackpropFilter', [x, this.integers(...shape), gradient], attributes, { type: DataType.float, shape });
  }
  private pool(op: 'MaxPool' | 'AvgPool', x: Value, window: Pair, options: WindowOptions): Value {
    const [n, height, width, channels] = x.shape as [number, number, number, number];
    const { strides, padding } = options;
    const shape = [n, windowLength(height, window[0], strides[0], padding), windowLength(width, window[1], strides[1], padding), channels];
    return this.one(op, [x], { ...this.windowAttributes(options), ksize: { ints: [1, ...window, 1] } }, { type: DataType.float, shape });
  }
  maxPool(x: Value, window: Pair, options: WindowOptions): Value {
    return this.pool('MaxPool', x, window, options);
  }
  averagePool(x: Value, window: Pair, options: WindowOptions): Value {
    return this.pool('AvgPool', x, window, options);
  }
  maxPoolGradient(x: Value, y: Value, gradient: Value, attributes: Attributes): Value {
    return this.one('MaxPoolGrad', [x, y, gradient], attributes, x);
  }
  averagePoolGradient(shape: Shape, gradient: Value, attributes: Attributes): Value {
    return this.one('AvgPoolGrad', [this.integers(...shape), gradient], attributes, { type: DataType.float, shape });
  }

  // Shapes

  reshape(x: Value, shape: Shape): Value {
    if (sameShape(x.shape, shape)) return x;
    if (sizeOf(shape) !== x.size) throw new Error(`reshape: [${x.shape}] holds ${x.size} values, [${shape}] ${sizeOf(shape)}.`);
    return this.one('Reshape', [x, this.integers(...shape)], { T: { type: x.type }, Tshape: int32 }, { type: x.type, shape });
  }
  transpose(x: Value, order: readonly number[]): Value {
    if (order.every((axis, position) => axis === position)) return x;
    // Moving axes of length 1 moves no data.
    const moved = order.filter((axis) => x.shape[axis] !== 1);
    const shape = order.map((axis) => x.shape[axis]!);
    if (moved.every((axis, position) => position === 0 || axis > moved[position - 1]!)) return this.reshape(x, shape);
    return this.one('Transpose', [x, this.integers(...order)], { T: { type: x.type }, Tperm: int32 }, { type: x.type, shape });
  }
  /** Joins along an axis; joining all parts of one split again gives back what was split. */
  concat(values: readonly Value[], axis: number): Value {
    const first = values[0]!;
    const at = axis < 0 ? first.rank + axis : axis;
    if (values.length === 1) return first;
    const source = first.operation;
    const wholeSplit =
      source.op === 'Split' &&
      source.scope === this.scope &&
      source.outputs.length === values.length &&
      values.every((value, port) => value === source.outputs[port]);
    if (wholeSplit && splitAxis(source) === at) return source.inputs[1]!;
    const shape = first.shape.map((length, position) =>
      position === at ? values.reduce((sum, value) => sum + value.shape[at]!, 0) : length,
    );
    return this.one(
      'ConcatV2',
      [...values, this.integer(at)],
      { T: { type: first.type }, N: { int: values.length }, Tidx: int32 },
      { type: first.type, shape },
    );
  }
  /** Cuts into equal parts. */
  split(x: Value, parts: number, axis: number): Value[] {
    if (parts === 1) return [x];
    const at = axis < 0 ? x.rank + axis : axis;
    const shape = x.shape.map((length, position) => (position === at ? length / parts : length));
    const outputs = Array.from({ length: parts }, () => ({ type: x.type, shape }));
    return [...this.scope.make('Split', [this.integer(at), x], { T: { type: x.type }, num_split: { int: parts } }, outputs).outputs];
  }
  splitSizes(x: Value, sizes: readonly number[], axis: number): Value[] {
    if (sizes.length === 1) return [x];
    if (sizes.every((size) => size === sizes[0])) return this.split(x, sizes.length, axis);
    const at = axis < 0 ? x.rank + axis : axis;
    const outputs = sizes.map((size) => ({ type: x.type, shape: x.shape.map((length, position) => (position === at ? size : length)) }));
    const attributes = { T: { type: x.type }, Tlen: int32, num_split: { int: sizes.length } };
    return [...this.scope.make('SplitV', [x, this.integers(...sizes), this.integer(at)], attributes, outputs).outputs];
  }
  slice(x: Value, begin: readonly number[], size: readonly number[]): Value {
    return this.one(
      'Slice',
      [x, this.integers(...begin), this.integers(...size)],
      { T: { type: x.type }, Index: int32 },
      { type: x.type, shape: size },
    );
  }
  /** `length` entries of a vector from a position known only when the graph runs. */
  window(vector: Value, begin: Value, length: number): Value {
    const start = this.reshape(begin, [1]);
    return this.one(
      'Slice',
      [vector, start, this.integers(length)],
      { T: { type: vector.type }, Index: int32 },
      { type: vector.type, shape: [length] },
    );
  }
  /** Zeros before and after, for each axis. */
  pad(x: Value, amounts: readonly Pair[]): Value {
    if (amounts.every(([before, after]) => before === 0 && after === 0)) return x;
    const shape = x.shape.map((length, axis) => length + amounts[axis]![0] + amounts[axis]![1]);
    const table = this.constant(amounts.flat(), [amounts.length, 2], DataType.int32);
    return this.one('Pad', [x, table], { T: { type: x.type }, Tpaddings: int32 }, { type: x.type, shape });
  }
  reverse(x: Value, axis: number): Value {
    return this.one('ReverseV2', [x, this.integers(axis < 0 ? x.rank + axis : axis)], { T: { type: x.type }, Tidx: int32 }, x);
  }
  broadcastTo(x: Value, shape: Shape): Value {
    if (sameShape(x.shape, shape)) return x;
    return this.one('BroadcastTo', [x, this.integers(...shape)], { T: { type: x.type }, Tidx: int32 }, { type: x.type, shape });
  }
  /** One entry along the first axis, at a position known only when the graph runs. */
  at(x: Value, position: Value): Value {
    return this.one(
      'GatherV2',
      [x, position, this.integer(0)],
      { Tparams: { type: x.type }, Tindices: int32, Taxis: int32, batch_dims: { int: 0 } },
      { type: x.type, shape: x.shape.slice(1) },
    );
  }
  gatherRows(handle: Value, { type, shape }: OutputDescription, rows: Value): Value {
    return this.one(
      'ResourceGather',
      [handle, rows],
      { dtype: { type }, Tindices: int32, batch_dims: { int: 0 }, validate_indices: { bool: true } },
      { type, shape: [rows.dimension(0), ...shape.slice(1)] },
    );
  }
  pack(values: readonly Value[]): Value {
    const first = values[0]!;
    return this.one(
      'Pack',
      values,
      { T: { type: first.type }, N: { int: values.length }, axis: { int: 0 } },
      { type: first.type, shape: [values.length, ...first.shape] },
    );
  }

  // Randomness: a pure function of its seed, so that nothing depends on what ran before.

  /** Uniform in [0, 1), from a two-part seed. */
  randomUniform(shape: Shape, seed: Value): Value {
    return this.one(
      'StatelessRandomUniform',
      [this.integers(...shape), seed],
      { dtype: float, T: int32, Tseed: int32 },
      { type: DataType.float, shape },
    );
  }

  // Lists of tensors, loops

  list(elementShape: Shape, length: Value): Value {
    return this.one(
      'TensorListReserve',
      [this.integers(...elementShape), length],
      { element_dtype: float, shape_type: int32 },
      { type: DataType.variant, shape: [] },
    );
  }
  listSet(list: Value, position: Value, item: Value): Value {
    return this.one(
      'TensorListSetItem',
      [list, position, item],
      { element_dtype: float, resize_if_index_out_of_bounds: { bool: false } },
      list,
    );
  }
  listGet(list: Value, position: Value, elementShape: Shape): Value {
    return this.one(
      'TensorListGetItem',
      [list, position, this.integers(...elementShape)],
      { element_dtype: float },
      { type: DataType.float, shape: elementShape },
    );
  }
  listStack(list: Value, elementShape: Shape, length: number): Value {
    return this.one(
      'TensorListStack',
      [list, this.integers(...elementShape)],
      { element_dtype: float, num_elements: { int: length } },
      { type: DataType.float, shape: [length, ...elementShape] },
    );
  }
  /** Runs `body` while `condition` holds; both are functions over the same values. `stateful`: the body changes variables. */
  whileLoop(
    condition: string,
    body: string,
    initial: readonly Value[],
    {
      stateful = false,
      gradient,
      after = [],
    }: { stateful?: boolean; gradient?: GradientRule<Operations>; after?: readonly Operation[] } = {},
  ): Value[] {
    const attributes: Attributes = {
      T: { types: initial.map(({ type }) => type) },
      cond: { function: condition },
      body: { function: body },
      output_shapes: { shapes: [] },
      parallel_iterations: { int: 10 },
    };
    const operation = this.scope.make(stateful ? 'While' : 'StatelessWhile', initial, attributes, initial, { after });
    if (gradient) operation.gradient = gradient as GradientRule<never>;
    return [...operation.outputs];
  }
  /**
   * Calls a function. Unlike a loop's body, a called function goes through all of TensorFlow's graph passes (fused and oneDNN kernels).
   * `sequential`: its operations run one after the other on one thread, which saves the scheduling between small ones.
   */
  call(
    functionName: string,
    inputs: readonly Value[],
    outputs: readonly OutputDescription[],
    { stateful = false, sequential = false, after = [] }: { stateful?: boolean; sequential?: boolean; after?: readonly Operation[] } = {},
  ): Value[] {
    const attributes: Attributes = {
      Tin: { types: inputs.map(({ type }) => type) },
      Tout: { types: outputs.map(({ type }) => type) },
      f: { function: functionName },
      config: { text: '' },
      config_proto: { text: '' },
      executor_type: { text: sequential ? 'SINGLE_THREADED_EXECUTOR' : '' },
    };
    return [...this.scope.make(stateful ? 'StatefulPartitionedCall' : 'PartitionedCall', inputs, attributes, outputs, { after }).outputs];
  }
}

export function splitAxis(split: Operation): number {
  const axis = split.inputs[0]!.operation.attributes['value'];
  if (!axis || !('tensor' in axis)) throw new Error('A split has a constant axis.');
  return new Int32Array(axis.tensor.content.slice().buffer)[0]!;
}

/** A constant's integers, for gradient rules that need the numbers an operation was made with. */
export function constantIntegers(value: Value): number[] {
  const attribute = value.operation.attributes['value'];
  if (!attribute || !('tensor' in attribute)) throw new Error(`${value} is not a constant.`);
  return Array.from(new Int32Array(attribute.tensor.content.slice().buffer));
}

export { UNKNOWN };
