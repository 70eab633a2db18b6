/** What every classical learner takes and gives. */

/** Rows of numbers and the class of each row. */
export interface LabelledTable {
  /** rows × columns. Trees need bytes; the others take either. */
  readonly values: Float32Array | Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

export interface LearnOptions {
  /** Decides every draw; learners without chance ignore it. */
  seed?: number;
  /** Share done, 0 to 1. */
  onProgress?: (fraction: number, text: string) => void;
  signal?: AbortSignal;
}

export interface TrainedClassifier {
  /** The class of each row. */
  predict(values: Float32Array | Uint8Array, rows: number): Uint8Array | Promise<Uint8Array>;
  /** What training came to: iterations, nodes, support vectors, … */
  readonly facts: Readonly<Record<string, number>>;
}

/** A learner with its settings, named as scikit-learn names them. */
export interface Learner {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  train(table: LabelledTable, options?: LearnOptions): Promise<TrainedClassifier>;
}

/** A table that a learner cannot use; the message says what is wrong with it. */
export class LearnerError extends Error {
  override readonly name = 'LearnerError';
}

export function checkTable({ values, rows, columns, labels, classes }: LabelledTable): void {
  if (rows < 1 || columns < 1) throw new LearnerError(`The table has ${rows} rows and ${columns} columns; it needs at least one of each.`);
  if (values.length !== rows * columns)
    throw new LearnerError(`The table holds ${values.length} numbers; ${rows} rows of ${columns} columns are ${rows * columns}.`);
  if (labels.length !== rows) throw new LearnerError(`There are ${labels.length} labels for ${rows} rows; give one label per row.`);
  for (let row = 0; row < rows; row++)
    if (!Number.isInteger(labels[row]) || labels[row] < 0 || labels[row] >= classes)
      throw new LearnerError(`Row ${row} has label ${labels[row]}; labels are whole numbers from 0 to ${classes - 1}.`);
}

/** Lets timers and messages through; throws where the work was called off. */
export async function pause(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** The column of the largest value in each row; the first one of equals. */
export function largestColumn(scores: ArrayLike<number>, rows: number, columns: number): Uint8Array {
  const best = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    let column = 0;
    for (let next = 1; next < columns; next++) if (scores[row * columns + next] > scores[row * columns + column]) column = next;
    best[row] = column;
  }
  return best;
}
