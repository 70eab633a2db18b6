/** Raised with every change of code that alters what a run computes; records of an older number show as stale. */
export const NUMERICS = 1;

/** The form of a record file. */
export const SCHEMA = 1;
