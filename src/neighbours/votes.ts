/** Votes over neighbours found once: any number of K and tie rules cost milliseconds. */
import { NeighboursError } from './errors.js';
import type { Neighbours } from './search.js';

/**
 * Who wins when several labels have the most votes: the label whose nearest voter comes first, the smallest label (NumPy's argmax
 * of bincount, SciPy's mode), the largest label (argmax over the reversed counts), or the label that reached that number first.
 */
export type TieRule = 'nearest' | 'smallest-label' | 'largest-label' | 'first-to-reach';

export interface VoteOptions {
  k: number;
  classes: number;
  ties?: TieRule;
}

function checkVote(neighbours: Neighbours, trainLabels: ArrayLike<number>, { k, classes }: VoteOptions): void {
  if (!Number.isInteger(k) || k < 1 || k > neighbours.k)
    throw new NeighboursError(`A vote of ${k} among ${neighbours.k} neighbours found`, `search with k of at least ${k}`);
  for (let index = 0; index < trainLabels.length; index += 1)
    if (!Number.isInteger(trainLabels[index]) || trainLabels[index] < 0 || trainLabels[index] >= classes)
      throw new NeighboursError(`Train label ${index} is ${trainLabels[index]} with ${classes} classes`, 'check the number of classes');
}

function winner(votes: Int32Array, firstPlace: Int32Array, reached: Int32Array, ties: TieRule): number {
  let best = 0;
  for (let label = 1; label < votes.length; label += 1) {
    if (votes[label] < votes[best]) continue;
    const passes =
      votes[label] > votes[best] ||
      ties === 'largest-label' ||
      (ties === 'nearest' && firstPlace[label] < firstPlace[best]) ||
      (ties === 'first-to-reach' && reached[label] < reached[best]);
    if (passes) best = label;
  }
  return best;
}

/** The label each query's k nearest neighbours choose. */
export function voteLabels(neighbours: Neighbours, trainLabels: ArrayLike<number>, options: VoteOptions): Uint8Array {
  checkVote(neighbours, trainLabels, options);
  const { k, classes, ties = 'nearest' } = options;
  const [votes, firstPlace, reached] = [new Int32Array(classes), new Int32Array(classes), new Int32Array(classes)];
  const chosen = new Uint8Array(neighbours.count);
  for (let query = 0; query < neighbours.count; query += 1) {
    votes.fill(0);
    for (let place = 0; place < k; place += 1) {
      const label = trainLabels[neighbours.indices[query * neighbours.k + place]];
      if (votes[label] === 0) firstPlace[label] = place;
      reached[label] = place;
      votes[label] += 1;
    }
    chosen[query] = winner(votes, firstPlace, reached, ties);
  }
  return chosen;
}

/** Share of queries answered rightly for each K: `accuracies[i]` belongs to `ks[i]`. */
export function voteAccuracies(
  neighbours: Neighbours,
  trainLabels: ArrayLike<number>,
  queryLabels: ArrayLike<number>,
  options: { ks: readonly number[]; classes: number; ties?: TieRule },
): number[] {
  if (queryLabels.length !== neighbours.count)
    throw new NeighboursError(`${queryLabels.length} labels for ${neighbours.count} queries`, 'give one label per query');
  return options.ks.map((k) => {
    const chosen = voteLabels(neighbours, trainLabels, { k, classes: options.classes, ties: options.ties });
    return chosen.reduce((right, label, query) => right + (label === queryLabels[query] ? 1 : 0), 0) / neighbours.count;
  });
}
