/** Checks what the engine is given and describes it: every message names the argument, what it got and what it expects. */

import type { Examples } from '../data/types.js';
import type { tf } from '../runtime/index.js';
import { EngineError } from './errors.js';
import { DataType, sizeOf } from './graph.js';
import type { DataShape } from './program.js';
import type { LossName } from './types.js';

const classLosses: readonly LossName[] = ['sparseCategoricalCrossentropy', 'categoricalCrossentropy', 'hinge'];

export function outputWidth(model: tf.LayersModel): number {
  return (model.outputs[0]!.shape.slice(1) as number[]).reduce((product, length) => product * length, 1);
}

/** Describes the examples for a program, after checking that they fit the model and the loss. */
export function describeData(model: tf.LayersModel, examples: Examples, loss: LossName | undefined, argument = 'examples'): DataShape {
  checkInputs(model, examples, argument);
  const inputType = examples.inputs instanceof Uint8Array ? DataType.uint8 : DataType.float;
  const base = { inputType, shape: [...examples.shape], scale: inputType === DataType.uint8 ? (examples.scale ?? 1) : 1 };
  const width = outputWidth(model);
  if (!loss) return { ...base, targetKind: 'classes', targetWidth: 1 };
  const { labels, count } = examples;
  const rows = labels.length === count * width && (width > 1 || !classLosses.includes(loss));
  if (!rows && labels.length !== count) {
    throw new EngineError(
      `${argument}.labels holds ${labels.length} numbers for ${count} examples; expected ${count} class indices, or ${count * width} numbers (one row of ${width} each).`,
    );
  }
  if (!rows) checkClasses(labels, width, argument);
  else checkFinite(labels, `${argument}.labels`, width);
  return { ...base, targetKind: rows ? 'rows' : 'classes', targetWidth: rows ? width : 1 };
}

function checkInputs(model: tf.LayersModel, { inputs, shape, count }: Examples, argument: string): void {
  if (!(count > 0)) throw new EngineError(`${argument}.count is ${count}; expected at least one example.`);
  const size = sizeOf(shape);
  if (inputs.length !== count * size)
    throw new EngineError(`${argument}.inputs holds ${inputs.length} numbers; ${count} examples of shape [${shape}] need ${count * size}.`);
  const wanted = model.inputs[0]!.shape.slice(1) as number[];
  const fits = wanted.length === shape.length && wanted.every((length, axis) => length === shape[axis]);
  if (!fits) throw new EngineError(`${argument}.shape is [${shape}]; model '${model.name}' expects inputs of shape [${wanted}].`);
  checkFinite(inputs, `${argument}.inputs`, size);
}

function checkFinite(values: ArrayLike<number>, argument: string, perExample: number): void {
  if (!(values instanceof Float32Array)) return;
  for (let index = 0; index < values.length; index++) {
    if (Number.isFinite(values[index]!)) continue;
    throw new EngineError(
      `${argument} holds ${values[index]} at example ${Math.floor(index / perExample)}, position ${index % perExample}; expected finite numbers.`,
    );
  }
}

function checkClasses(labels: ArrayLike<number>, width: number, argument: string): void {
  const classes = width === 1 ? 2 : width;
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new EngineError(
      `${argument}.labels[${index}] is ${label}; the model has ${width} output${width === 1 ? '' : 's'}, so labels are whole numbers from 0 to ${classes - 1}.`,
    );
  }
}

/** Labels as the float rows or classes that programs are fed. */
export function targetsOf(examples: Examples): Float32Array {
  return examples.labels instanceof Float32Array ? examples.labels : Float32Array.from(examples.labels);
}
