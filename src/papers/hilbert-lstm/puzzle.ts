/** A puzzle with one rule, to see memory alone: name the class that was shown once, long before the end of an otherwise equal series. */
import type { Examples } from '../../data/index.js';
import { fit } from '../../engine/index.js';
import { type Figure, learningCurves } from '../../figures/index.js';
import { show } from '../../notebook/index.js';
import { seeded } from '../../runtime/index.js';
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
  accuracy: number[];
}

/** Trains each cell on the puzzle, live, and returns its accuracy after every epoch. */
export async function memoryPuzzle(cells: readonly CellName[], steps: number, epochs = 40): Promise<PuzzleResult[]> {
  const results: PuzzleResult[] = [];
  for (const cell of cells) {
    const model = seeded(4, () => sequenceNetwork({ cell, steps, units: 24 }));
    const progress = show.progress(`${cell}, ${steps} steps`);
    const history = await fit(model, puzzleSeries(300, steps), {
      optimizer: { kind: 'adam', learningRate: 0.005 },
      loss: 'sparseCategoricalCrossentropy',
      epochs,
      batchSize: 30,
      seed: 1,
      onProgress: ({ epoch, accuracy }) => progress.update({ fraction: epoch / epochs, text: `accuracy ${(100 * accuracy).toFixed(0)} %` }),
    });
    model.dispose();
    const accuracy = history.epochs.map((epoch) => epoch.accuracy);
    progress.done(`accuracy ${(100 * accuracy[accuracy.length - 1]).toFixed(0)} %`);
    results.push({ cell, steps, accuracy });
  }
  return results;
}

export function puzzleFigure(results: readonly PuzzleResult[]): Figure {
  return learningCurves(
    results.map(({ cell, accuracy }) => ({ name: cell, runs: [accuracy] })),
    {
      title: `What stood in step 3 of ${results[0]?.steps ?? 0}?`,
      subtitle: 'a puzzle with drawn series, trained live, one seed; guessing gives a third',
      lines: [{ value: 1 / 3, name: 'guessing' }],
    },
  );
}
