/** The results room: the run store, claims and verdicts. */
export * from './types.js';
