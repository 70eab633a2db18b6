/** K nearest neighbours as a learner among the others; the search itself lives in the neighbours room. */
import { nearestNeighbours, voteLabels } from '../neighbours/index.js';
import { checkTable, type Learner } from './types.js';

export interface NeighbourLearnerParameters {
  /** Default 5. */
  k?: number;
}

/** Euclidean distance, every neighbour one vote, the smallest label of equals: scikit-learn's KNeighborsClassifier. */
export function kNeighbours({ k = 5 }: NeighbourLearnerParameters = {}): Learner {
  return {
    name: 'KNeighborsClassifier',
    parameters: { n_neighbors: k, weights: 'uniform', p: 2 },
    async train(table, { onProgress, signal } = {}) {
      checkTable(table);
      const { values, rows, columns, labels, classes } = table;
      return {
        async predict(queries, count) {
          const found = await nearestNeighbours(
            { values, count: rows, dimensions: columns },
            { values: queries, count, dimensions: columns },
            { metric: 'euclidean', k, signal, onProgress: (done, total) => onProgress?.(done / total, `query ${done} of ${total}`) },
          );
          return voteLabels(found, labels, { k, classes, ties: 'smallest-label' });
        },
        facts: { kept: rows },
      };
    },
  };
}
