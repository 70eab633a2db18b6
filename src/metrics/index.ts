/** The metrics room: pure functions from labels and scores to numbers. */
export {};
