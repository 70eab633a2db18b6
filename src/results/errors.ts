/** Errors of the results room: each says what was wrong, where, and what to do next. */
import type { RunProblem } from './types.js';

export class ResultsError extends Error {
  override name = 'ResultsError';
}

/** The folder of recorded runs cannot be used. */
export class StoreError extends ResultsError {
  override name = 'StoreError';
}

/** A record was refused. */
export class RecordError extends ResultsError {
  override name = 'RecordError';
  constructor(readonly problem: RunProblem) {
    super(`${problem.file}: ${problem.reason}`);
  }
}

/** The run was stopped by its reader; what it had done is kept. */
export class RunInterruptedError extends ResultsError {
  override name = 'RunInterruptedError';
}
