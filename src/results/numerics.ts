/**
 * Raised with every change of code that alters what a run computes; records of an older number show as stale. Another order of the same sums is no
 * such change: it moves a result as another seed or another processor does, and a record names its processor, versions, threads and commit.
 */
export const NUMERICS = 1;

/** The form of a record file. */
export const SCHEMA = 1;
