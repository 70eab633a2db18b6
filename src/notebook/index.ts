/** The notebook room: what a cell shows: figure, table, progress, source. */
export {};
