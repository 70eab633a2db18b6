/** The exercises of all reports, by the names that notebooks call them. */
import type { Exercise } from '../notebook/index.js';
import type { PaperId } from '../results/index.js';
import * as aggregated from './cnn-lstm-aggregated/exercises.js';
import * as hilbert from './hilbert-lstm/exercises.js';
import * as knnCnnLstm from './knn-cnn-lstm/exercises.js';
import * as lenet5 from './lenet5/exercises.js';
import * as lstmCnn from './lstm-cnn/exercises.js';

const isExercise = (value: unknown): value is Exercise => typeof value === 'object' && value !== null && 'question' in value;

/** The exercises among what a file hands out. */
function exercisesIn(file: object): Record<string, Exercise> {
  return Object.fromEntries(Object.entries(file).filter((entry): entry is [string, Exercise] => isExercise(entry[1])));
}

const byPaper: Partial<Record<PaperId, Record<string, Exercise>>> = {
  lenet5: lenet5.exercises,
  'lstm-cnn': exercisesIn(lstmCnn),
  'cnn-lstm-aggregated': exercisesIn(aggregated),
  'hilbert-lstm': exercisesIn(hilbert),
  'knn-cnn-lstm': knnCnnLstm.exercises,
};

/** The exercises of a report by name; none where it has none. */
export function exercisesOf(paper: PaperId): Readonly<Record<string, Exercise>> {
  return byPaper[paper] ?? {};
}
