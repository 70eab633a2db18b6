/** A graph at work: loaded into TensorFlow, run by name, with variables that stay inside it between runs, and freed when done. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type NativeTensor, nativeBinding, type TensorData } from '../runtime/index.js';
import { DeviceError, deviceFailure, EngineError } from './errors.js';
import { DataType, type Graph, type Operation, sizeOf, UNKNOWN, type Value, type Variable } from './graph.js';
import { Operations } from './ops.js';

const TAG = 'paperlab';
let made = 0;

/** Variables are found by name across all sessions of the process: every model's names start with a number of its own. */
export function uniquePrefix(): string {
  made += 1;
  return `paperlab${made}`;
}

/** The nodes by which a variable is written from outside. */
interface VariableDoor {
  variable: Variable;
  feed: Value;
  assigned: Value;
  value: Value;
}

/** What a graph offers to the outside: feeds, results and variables by name. Made while the graph is built, used by the session. */
export class GraphDoors {
  readonly g: Operations;
  private readonly doors = new Map<string, VariableDoor>();

  constructor(readonly graph: Graph) {
    this.g = new Operations(graph.main);
  }

  placeholder(name: string, type: DataType, shape: readonly number[]): Value {
    return this.graph.main.make('Placeholder', [], { dtype: { type }, shape: { shape } }, [{ type, shape }], { name }).outputs[0]!;
  }

  variable(name: string, type: DataType, shape: readonly number[]): Variable {
    const variable = { name, type, shape };
    const feed = this.placeholder(`${name}_feed`, type, shape);
    const assign: Operation = this.graph.main.make('AssignVariableOp', [this.graph.main.handle(variable), feed], { dtype: { type } }, []);
    const assigned = this.g.identity(this.g.scalar(1), [assign]);
    // A read of its own: the shared one would be kept for the whole run of whoever else reads.
    const value = this.graph.main.make('ReadVariableOp', [this.graph.main.handle(variable)], { dtype: { type } }, [variable]).outputs[0]!;
    this.doors.set(name, { variable, feed, assigned, value });
    return variable;
  }

  door(variable: Variable): VariableDoor {
    const door = this.doors.get(variable.name);
    if (!door) throw new Error(`Variable ${variable.name} is not part of this graph.`);
    return door;
  }

  all(): Variable[] {
    return [...this.doors.values()].map(({ variable }) => variable);
  }
}

export type Feeds = readonly (readonly [Value, TensorData, (readonly number[])?])[];

const live = new Set<Session>();

/** Frees what is still open. Sessions own threads; leaving them to the process's last moments is what crashes there. */
export function closeAllSessions(): void {
  for (const session of [...live]) session.close();
}
let closesOnExit = false;

export class Session {
  private readonly binding = nativeBinding();
  private id: number | undefined;

  constructor(readonly doors: GraphDoors) {
    this.id = this.load(doors.graph.savedModel(TAG));
    live.add(this);
    if (!closesOnExit) {
      closesOnExit = true;
      process.once('exit', closeAllSessions);
    }
  }

  private load(bytes: Uint8Array): number {
    let folder: string;
    try {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'paperlab-engine-'));
    } catch (cause) {
      throw new EngineError(
        `The engine cannot write its graph to the temporary folder ${os.tmpdir()}: ${(cause as Error).message}. Make it writable, or set TMPDIR to a folder that is.`,
        { cause },
      );
    }
    try {
      fs.writeFileSync(path.join(folder, 'saved_model.pb'), bytes);
      return this.binding.loadSavedModel(folder, TAG);
    } catch (cause) {
      throw new EngineError(`TensorFlow did not take the engine's graph (${bytes.length} bytes): ${(cause as Error).message}`, { cause });
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  get open(): boolean {
    return this.id !== undefined;
  }

  private typeNumber(type: DataType): number {
    if (type === DataType.float) return this.binding.TF_FLOAT;
    if (type === DataType.int32) return this.binding.TF_INT32;
    if (type === DataType.uint8) return this.binding.TF_UINT8;
    throw new Error(`Values of type ${type} cannot be fed.`);
  }

  /** Feeds, runs, and copies the results out; every handle made on the way is freed. */
  run(feeds: Feeds, results: readonly Value[]): TensorData[] {
    if (this.id === undefined) throw new Error('This session is closed.');
    const inputs = feeds.map(([value, data, shape]) =>
      this.binding.createTensor(feedShape(value, data, shape), this.typeNumber(value.type), data),
    );
    try {
      const names = (values: readonly Value[]) => values.map(({ operation, port }) => `${operation.name}:${port}`).join(',');
      const outputs = this.runNative(inputs, names(feeds.map(([value]) => value)), names(results));
      return outputs.map(({ id }) => {
        const data = this.binding.tensorDataSync(id);
        this.binding.deleteTensor(id);
        return data;
      });
    } finally {
      for (const id of inputs) this.binding.deleteTensor(id);
    }
  }

  private runNative(inputs: number[], inputNames: string, outputNames: string): NativeTensor[] {
    try {
      return this.binding.runSavedModel(this.id!, inputs, inputNames, outputNames);
    } catch (cause) {
      const words = (cause as Error).message;
      const failure = deviceFailure(words);
      throw failure ? new DeviceError(failure, words.replace(/^Session fail to run with error: /, '')) : cause;
    }
  }

  /** Writes several variables in one run: TensorFlow prepares each new combination of feeds and results anew, and that takes tens of milliseconds. */
  write(entries: readonly (readonly [Variable, TensorData])[]): void {
    if (entries.length === 0) return;
    const doors = entries.map(([variable]) => this.doors.door(variable));
    this.run(
      entries.map(([, data], index) => [doors[index]!.feed, data] as const),
      doors.map(({ assigned }) => assigned),
    );
  }

  /** Reads several variables in one run. */
  read(variables: readonly Variable[]): Float32Array[] {
    if (variables.length === 0) return [];
    return this.run(
      [],
      variables.map((variable) => this.doors.door(variable).value),
    ) as Float32Array[];
  }

  close(): void {
    if (this.id === undefined) return;
    this.binding.deleteSavedModel(this.id);
    this.id = undefined;
    live.delete(this);
  }
}

function feedShape(value: Value, data: TensorData, given?: readonly number[]): number[] {
  const shape = given ?? (value.shape.length === 1 && value.shape[0] === UNKNOWN ? [data.length] : value.shape);
  if (sizeOf(shape) !== data.length)
    throw new EngineError(`Feeding ${value.operation.name}: ${data.length} values given, shape [${shape}] wants ${sizeOf(shape)}.`);
  return [...shape];
}
