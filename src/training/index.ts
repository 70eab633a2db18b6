/** The training room: epochs with progress, checkpoints and interruption, over engine and data. */
export {};
