/** MNIST as a time series along a Hilbert curve: networks, reservoir, experiments. */

export { constantAnswer } from '../failed.js';
export * from './artefacts.js';
export { claims, readings } from './claims.js';
export { constantWords } from './constant.js';
export { emptyEndTable, emptyEndWords, emptySteps } from './empty-end.js';
export * as exercises from './exercises.js';
export * from './experiments.js';
export { gateStartWords } from './gate-starts.js';
export { longMemories, memoryFigure, memoryWords, simpleRnnFigure, simpleRnnTable, simpleRnnWords } from './memory.js';
export * from './models.js';
export * from './orders-study.js';
export { cellsOnDigits, outlookWords, powerLawTable } from './outlook.js';
export * from './power-law.js';
export * from './puzzle.js';
export * from './reservoir.js';
