/**
 * Builds TensorFlow graphs as data: values with static shapes, operations in the order they were made, functions with captured values.
 * A scope is where operations go: the main graph or the body of a function. Every operation stays on record, so that gradients can walk back.
 */
import { Message } from './wire.js';

export const DataType = { float: 1, uint8: 4, int32: 3, int8: 6, bool: 10, resource: 20, variant: 21 } as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

export type Shape = readonly number[];

/** −1: a length known only when the graph runs. Only the loop over training steps and cuDNN's scratch memory have such values. */
export const UNKNOWN = -1;

export type Attribute =
  | { type: DataType }
  | { types: DataType[] }
  | { shape: Shape }
  | { shapes: readonly Shape[] }
  | { int: number }
  | { ints: readonly number[] }
  | { float: number }
  | { bool: boolean }
  | { text: string }
  | { function: string }
  | { tensor: { type: DataType; shape: Shape; content: Uint8Array } };

export type Attributes = Readonly<Record<string, Attribute>>;

/** What a gradient rule is given: a scope's operations are made through `Operations` (ops.ts), which this file does not know. */
export type GradientRule<Builder = unknown> = (
  builder: Builder,
  operation: Operation,
  gradients: readonly (Value | undefined)[],
  /** Which inputs' gradients anybody will use: the others need not be made. */
  needed: readonly boolean[],
) => (Value | undefined)[];

export interface Operation {
  readonly scope: Scope;
  readonly name: string;
  readonly op: string;
  readonly inputs: Value[];
  readonly attributes: Attributes;
  readonly outputs: Value[];
  /** Runs only after these. */
  readonly after: readonly Operation[];
  /** Position in its scope: operations are made after what they use, so this order is topological. */
  readonly order: number;
  /** A rule of its own, for composites such as a recurrence; otherwise the table's. */
  gradient?: GradientRule<never>;
}

/** One output of one operation. */
export class Value {
  constructor(
    readonly operation: Operation,
    readonly port: number,
    readonly type: DataType,
    readonly shape: Shape,
  ) {}

  get scope(): Scope {
    return this.operation.scope;
  }
  get rank(): number {
    return this.shape.length;
  }
  get size(): number {
    return sizeOf(this.shape);
  }
  dimension(axis: number): number {
    return this.shape[axis < 0 ? this.rank + axis : axis]!;
  }
  toString(): string {
    return `${this.operation.op} ${this.operation.name}:${this.port} [${this.shape.join(', ')}]`;
  }
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

export interface OutputDescription {
  type: DataType;
  shape: Shape;
}

/** A variable that lives in the session between calls. */
export interface Variable {
  readonly name: string;
  readonly type: DataType;
  readonly shape: Shape;
}

/**
 * Names of output arguments, needed to refer to an output inside a function body (`node:argument:index`). A text: one output; an array of
 * one: a list-typed output; an array of several: that many single outputs. What is missing here is called 'output'.
 */
const outputArguments: Record<string, string | readonly [string] | readonly string[]> = {
  MatMul: 'product',
  AddN: 'sum',
  ReadVariableOp: 'value',
  VarHandleOp: 'resource',
  Split: ['output'],
  SplitV: ['output'],
  Unpack: ['output'],
  PartitionedCall: ['output'],
  StatefulPartitionedCall: ['output'],
  StatelessWhile: ['output'],
  While: ['output'],
  If: ['output'],
  StatelessIf: ['output'],
  SparseSoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
  SoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
  TensorListGetItem: 'item',
  TensorListSetItem: 'output_handle',
  TensorListReserve: 'handle',
  TensorListStack: 'tensor',
  CudnnRNNV3: ['output', 'output_h', 'output_c', 'reserve_space', 'host_reserved'],
  CudnnRNNBackpropV3: ['input_backprop', 'input_h_backprop', 'input_c_backprop', 'params_backprop'],
  FusedBatchNormV3: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2', 'reserve_space_3'],
  FusedBatchNormGradV3: ['x_backprop', 'scale_backprop', 'offset_backprop', 'reserve_space_4', 'reserve_space_5'],
  Softmax: 'softmax',
  LogSoftmax: 'logsoftmax',
  ReluGrad: 'backprops',
  Relu6Grad: 'backprops',
  EluGrad: 'backprops',
  SeluGrad: 'backprops',
  SoftplusGrad: 'backprops',
  SoftsignGrad: 'backprops',
  Relu: 'activations',
  Relu6: 'activations',
  Elu: 'activations',
  Selu: 'activations',
  Softplus: 'activations',
  Softsign: 'activations',
};
for (const op of [
  'AddV2',
  'Mul',
  'Sub',
  'RealDiv',
  'Maximum',
  'Minimum',
  'Pow',
  'SquaredDifference',
  'Less',
  'LessEqual',
  'Greater',
  'GreaterEqual',
  'Equal',
  'LogicalAnd',
  'SigmoidGrad',
  'TanhGrad',
  'FloorMod',
  'FloorDiv',
  'DivNoNan',
])
  outputArguments[op] = 'z';
for (const op of [
  'Sigmoid',
  'Tanh',
  'ZerosLike',
  'OnesLike',
  'Transpose',
  'Cast',
  'Neg',
  'Exp',
  'Log',
  'Log1p',
  'Sqrt',
  'Rsqrt',
  'Square',
  'Sign',
  'Abs',
  'IsFinite',
  'Erf',
  'Floor',
  'Inv',
  'Sin',
  'Cos',
])
  outputArguments[op] = 'y';

/** Where operations are made. */
export abstract class Scope {
  /** Everything made here so far, in order. */
  readonly operations: Operation[] = [];
  private readonly names = new Set<string>();
  private readonly constants = new Map<string, Value>();
  private readonly copies = new Map<Operation, Value>();
  private readonly handles = new Map<string, Value>();
  private readonly reads = new Map<string, Value>();
  private count = 0;

  constructor(readonly graph: Graph) {}

  /** Makes a foreign value usable here, or explains why that cannot be. */
  protected abstract capture(value: Value): Value;
  protected abstract reference(value: Value): string;
  protected abstract controlReference(operation: Operation): string;

  local(value: Value): Value {
    if (value.scope === this) return value;
    if (value.operation.op === 'Const') return this.copyConstant(value);
    return this.capture(value);
  }

  make(
    op: string,
    inputs: readonly Value[],
    attributes: Attributes,
    outputs: readonly OutputDescription[],
    options: { name?: string; after?: readonly Operation[] } = {},
  ): Operation {
    const localInputs = inputs.map((value) => this.local(value));
    const name = this.uniqueName(options.name ?? op);
    const operation = {
      scope: this,
      name,
      op,
      inputs: localInputs,
      attributes,
      outputs: [],
      after: options.after ?? [],
      order: this.count++,
    };
    this.operations.push(operation);
    this.extend(operation, [], outputs);
    return operation;
  }

  /** Adds inputs and outputs to an operation already made: a loop learns only from its gradient what it must keep. */
  extend(operation: Operation, inputs: readonly Value[], outputs: readonly OutputDescription[]): Value[] {
    operation.inputs.push(...inputs.map((value) => this.local(value)));
    const added = outputs.map(({ type, shape }, index) => new Value(operation, operation.outputs.length + index, type, shape));
    operation.outputs.push(...added);
    // A loop names the types of all it carries.
    const carried = operation.attributes['T'];
    if (inputs.length > 0 && carried && 'types' in carried) carried.types.push(...inputs.map(({ type }) => type));
    return added;
  }

  /** All nodes; written last, so that operations may be extended until then. */
  protected *nodes(): Generator<Message> {
    for (const operation of this.operations) {
      if (operation.op === 'Argument') continue;
      const node = new Message().text(1, operation.name).text(2, operation.op);
      for (const value of operation.inputs) node.text(3, this.reference(value));
      for (const before of operation.after) node.text(3, this.controlReference(before));
      if (this.graph.pinnedTo) node.text(4, this.graph.pinnedTo);
      for (const [key, attribute] of Object.entries(operation.attributes)) {
        const named = 'function' in attribute ? { function: this.graph.nameOf(attribute.function) } : attribute;
        node.entry(5, key, attributeMessage(named));
      }
      yield node;
    }
  }

  /** An operation that is not written as a node (a function's argument). */
  protected makeArgument(name: string, { type, shape }: OutputDescription): Value {
    const operation: Operation = {
      scope: this,
      name: this.uniqueName(name),
      op: 'Argument',
      inputs: [],
      attributes: {},
      outputs: [],
      after: [],
      order: this.count++,
    };
    this.operations.push(operation);
    return this.extend(operation, [], [{ type, shape }])[0]!;
  }

  constant(values: readonly number[] | Float32Array | Int32Array, shape: Shape, type: DataType = DataType.float): Value {
    const key = values.length <= 16 ? `${type}|${shape.join(',')}|${Array.from(values).join(',')}` : undefined;
    const known = key && this.constants.get(key);
    if (known) return known;
    const content = encodeConstant(values, type);
    const made = this.make('Const', [], { dtype: { type }, value: { tensor: { type, shape, content } } }, [{ type, shape }]).outputs[0]!;
    if (key) this.constants.set(key, made);
    return made;
  }

  private copyConstant(value: Value): Value {
    let copy = this.copies.get(value.operation);
    if (!copy) {
      copy = this.make('Const', [], value.operation.attributes, [value]).outputs[0]!;
      this.copies.set(value.operation, copy);
    }
    return copy;
  }

  handle(variable: Variable): Value {
    let handle = this.handles.get(variable.name);
    if (!handle) {
      const { type, shape, name } = variable;
      const attributes: Attributes = { dtype: { type }, shape: { shape }, shared_name: { text: name }, container: { text: '' } };
      handle = this.make('VarHandleOp', [], attributes, [{ type: DataType.resource, shape: [] }]).outputs[0]!;
      this.handles.set(name, handle);
    }
    return handle;
  }

  /** The variable's value at the start of this scope's run: one read, shared by all who ask. */
  read(variable: Variable): Value {
    let value = this.reads.get(variable.name);
    if (!value) {
      value = this.make('ReadVariableOp', [this.handle(variable)], { dtype: { type: variable.type } }, [variable]).outputs[0]!;
      this.reads.set(variable.name, value);
    }
    return value;
  }

  private uniqueName(wanted: string): string {
    const base = wanted.replace(/[^A-Za-z0-9_]/g, '_');
    let name = base;
    for (let suffix = this.count; this.names.has(name); suffix++) name = `${base}_${suffix}`;
    this.names.add(name);
    return name;
  }
}

class MainScope extends Scope {
  protected override capture(value: Value): Value {
    throw new Error(`${value} belongs to a function and cannot be used in the main graph.`);
  }
  protected override reference(value: Value): string {
    return value.port === 0 ? value.operation.name : `${value.operation.name}:${value.port}`;
  }
  protected override controlReference(operation: Operation): string {
    return `^${operation.name}`;
  }
  messages(): Iterable<Message> {
    return this.nodes();
  }
}

/** The body of a function. Its arguments are fixed, or grow as values from outside are used (`onCapture`). */
export class FunctionScope extends Scope {
  readonly arguments: Value[] = [];
  private readonly results: { name: string; value: Value }[] = [];

  constructor(
    graph: Graph,
    readonly name: string,
    private readonly onCapture?: (value: Value) => Value,
  ) {
    super(graph);
  }

  argument(name: string, type: DataType, shape: Shape): Value {
    const value = this.makeArgument(name, { type, shape });
    this.arguments.push(value);
    return value;
  }

  result(value: Value): void {
    this.results.push({ name: `result_${this.results.length}`, value: this.local(value) });
  }

  get resultValues(): readonly Value[] {
    return this.results.map(({ value }) => value);
  }

  protected override capture(value: Value): Value {
    if (!this.onCapture) throw new Error(`${value} is not known inside function ${this.name}: pass it as an argument.`);
    return this.onCapture(value);
  }

  protected override reference(value: Value): string {
    const { op, name, outputs } = value.operation;
    if (op === 'Argument') return name;
    const names = outputArguments[op] ?? 'output';
    if (typeof names === 'string') return `${name}:${names}:${value.port}`;
    return names.length === 1 && outputs.length >= 1 ? `${name}:${names[0]}:${value.port}` : `${name}:${names[value.port]}:0`;
  }

  protected override controlReference(operation: Operation): string {
    return `^${operation.name}`;
  }

  message(name = this.name): Message {
    const signature = new Message().text(1, name);
    for (const { operation, type } of this.arguments) signature.message(2, new Message().text(1, operation.name).integer(3, type));
    for (const { name, value } of this.results) signature.message(3, new Message().text(1, name).integer(3, value.type));
    const definition = new Message().message(1, signature);
    // Left to itself TensorFlow copies small functions into their callers, which makes the first run of a long recurrence take half a minute.
    for (const key of ['_noinline', '_nospecialize']) definition.entry(5, key, attributeMessage({ bool: true }));
    for (const node of this.nodes()) definition.message(3, node);
    for (const { name, value } of this.results) definition.entry(4, name, this.reference(value));
    return definition;
  }
}

/** A whole graph: the main scope and its library of functions. */
export class Graph {
  readonly main: MainScope = new MainScope(this);
  private readonly functions = new Map<string, FunctionScope>();
  private readonly twins = new Map<string, string>();

  /** `pinnedTo`: the device that every operation names. Without it TensorFlow chooses: a GPU wherever it has one and a kernel for it. */
  constructor(readonly pinnedTo?: string) {}

  /** Every operation of the main graph and of all functions. */
  *everyOperation(): Generator<Operation> {
    yield* this.main.operations;
    for (const scope of this.functions.values()) yield* scope.operations;
  }

  function(name: string, onCapture?: (value: Value) => Value): FunctionScope {
    let unique = name;
    for (let suffix = 1; this.functions.has(unique); suffix++) unique = `${name}_${suffix}`;
    const scope = new FunctionScope(this, unique, onCapture);
    this.functions.set(unique, scope);
    return scope;
  }

  /** The name under which a function is in the library. */
  nameOf(functionName: string): string {
    return this.twins.get(functionName) ?? functionName;
  }

  /**
   * Functions without their doubles: shards of one size have the same loops over time, and TensorFlow's preparation of each is most of what the
   * first step waits for. Inner functions are made after those that call them, so from the last to the first the names within are settled.
   */
  private distinctFunctions(): FunctionScope[] {
    const known = new Map<string, string>();
    const distinct: FunctionScope[] = [];
    for (const scope of [...this.functions.values()].reverse()) {
      const content = Buffer.from(scope.message('').finish()).toString('latin1');
      const twin = known.get(content);
      if (twin) this.twins.set(scope.name, twin);
      else {
        known.set(content, scope.name);
        distinct.unshift(scope);
      }
    }
    return distinct;
  }

  /** The bytes of a SavedModel that holds this graph and nothing else. */
  savedModel(tag: string): Uint8Array {
    const library = new Message();
    for (const scope of this.distinctFunctions()) library.message(1, scope.message());
    const graph = new Message();
    for (const node of this.main.messages()) graph.message(1, node);
    // The producer version tells TensorFlow which op definitions this graph was written against.
    graph.message(2, library).message(4, new Message().integer(1, 1882));
    const metaGraph = new Message().message(1, new Message().text(4, tag)).message(2, graph);
    return new Message().integer(1, 1).message(2, metaGraph).finish();
  }
}

function encodeConstant(values: readonly number[] | Float32Array | Int32Array, type: DataType): Uint8Array {
  if (type === DataType.bool) return Uint8Array.from(values);
  const array = type === DataType.int32 ? Int32Array.from(values) : Float32Array.from(values);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function shapeMessage(shape: Shape): Message {
  const message = new Message();
  for (const length of shape) message.message(2, new Message().integer(1, length));
  return message;
}

function attributeMessage(attribute: Attribute): Message {
  const message = new Message();
  if ('type' in attribute) return message.integer(6, attribute.type);
  if ('types' in attribute) return message.message(1, new Message().packed(6, attribute.types));
  if ('shape' in attribute) return message.message(7, shapeMessage(attribute.shape));
  if ('shapes' in attribute) {
    const list = new Message();
    for (const shape of attribute.shapes) list.message(7, shapeMessage(shape));
    return message.message(1, list);
  }
  if ('int' in attribute) return message.integer(3, attribute.int);
  if ('ints' in attribute) return message.message(1, new Message().packed(3, attribute.ints));
  if ('float' in attribute) return message.float(4, attribute.float);
  if ('bool' in attribute) return message.boolean(5, attribute.bool);
  if ('text' in attribute) return message.text(2, attribute.text);
  if ('function' in attribute) return message.message(10, new Message().text(1, attribute.function));
  const { type, shape, content } = attribute.tensor;
  return message.message(8, new Message().integer(1, type).message(2, shapeMessage(shape)).bytes(4, content));
}
