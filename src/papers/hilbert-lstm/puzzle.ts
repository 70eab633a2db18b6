/** A puzzle with one rule, to see memory alone: name the class that was shown once, long before the end of an otherwise equal series. */
import type { Examples } from '../../data/index.js';
import { fit } from '../../engine/index.js';
import { type Figure, learningCurves } from '../../figures/index.js';
import { show } from '../../notebook/index.js';
import { seeded } from '../../runtime/index.js';
import { wrapped } from '../words.js';
import { type CellName, sequenceNetwork } from './models.js';

/** Series that differ in their third number alone: 0, 1 or 2 is the answer. */
export function puzzleSeries(count: number, steps: number): Examples {
  if (steps < 3) throw new RangeError(`The clue stands in the third step; a series of ${steps} steps has none.`);
  const inputs = Float32Array.from({ length: count * steps }, (_, index) => Math.sin((index % steps) * 0.7) / 2 + 0.5);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 3);
  labels.forEach((label, example) => {
    inputs[example * steps + 2] = label;
  });
  return { inputs, labels, shape: [steps, 1], count };
}

export interface PuzzleResult {
  cell: CellName;
  steps: number;
  /** Training accuracy after every epoch, one list for each start. */
  runs: number[][];
}

/** Trains each cell on the puzzle, live, from several starts. */
export async function memoryPuzzle(cells: readonly CellName[], steps: number, epochs = 40, starts = 1): Promise<PuzzleResult[]> {
  const results: PuzzleResult[] = [];
  for (const cell of cells) {
    const progress = show.progress(`${cell}, ${steps} steps`);
    const curves: number[][] = [];
    for (let start = 0; start < starts; start++) {
      const model = seeded(4 + start, () => sequenceNetwork({ cell, steps, units: 24 }));
      const history = await fit(model, puzzleSeries(300, steps), {
        optimizer: { kind: 'adam', learningRate: 0.005 },
        loss: 'sparseCategoricalCrossentropy',
        epochs,
        batchSize: 30,
        seed: 1 + start,
        onProgress: ({ epoch, accuracy }) =>
          progress.update({
            fraction: (start + epoch / epochs) / starts,
            text: `start ${start + 1} of ${starts}, accuracy ${(100 * accuracy).toFixed(0)} %`,
          }),
      });
      model.dispose();
      curves.push(history.epochs.map(({ accuracy }) => accuracy));
    }
    const result = { cell, steps, runs: curves };
    progress.done(`solved from ${solved(result)} of ${starts} starts`);
    results.push(result);
  }
  return results;
}

/** A run has solved the puzzle when at least so much of it is right in its last epoch. */
const enough = 0.95;

/** How many starts ended with the puzzle solved. */
export function solved({ runs }: PuzzleResult): number {
  return runs.filter((accuracy) => accuracy[accuracy.length - 1] >= enough).length;
}

const startsOf = (results: readonly PuzzleResult[]) => results[0]?.runs.length ?? 0;

/** The accuracy of each cell over the epochs: mean and range over its starts. */
export function puzzleFigure(results: readonly PuzzleResult[]): Figure {
  const starts = startsOf(results);
  return learningCurves(
    results.map(({ cell, runs }) => ({ name: cell, runs })),
    {
      title: `What stood in step 3 of ${results[0]?.steps ?? 0}?`,
      subtitle: `three fixed series, training accuracy (dropout on), live, ${starts === 1 ? 'one start each' : `mean and range of ${starts} starts each`}; guessing gives a third`,
      lines: [{ value: 1 / 3, name: 'guessing' }],
      spread: 'range',
    },
  );
}

/** How often each cell solved the puzzle, and how far that goes. */
export function puzzleWords(results: readonly PuzzleResult[]): string {
  const starts = startsOf(results);
  const counts = results.map((result) => `${result.cell} ${solved(result)}`).join(', ');
  return wrapped(
    `Solved (${100 * enough} % right at the end), of ${starts} start${starts === 1 ? '' : 's'} each: ${counts}. One learning rate and one length: this shows what can happen, not which cell remembers best.`,
  );
}
