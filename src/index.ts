/** paperlab: what a notebook cell imports. One door; the rooms behind it are listed in ARCHITECTURE.md. */

export * from './data/index.js';
export * from './embedding/index.js';
export * from './engine/index.js';
export * from './figures/index.js';
export * from './learners/index.js';
export * from './metrics/index.js';
export * from './neighbours/index.js';
export * from './notebook/index.js';
export * from './papers/index.js';
export * from './results/index.js';
export * from './runtime/index.js';
export * from './training/index.js';
