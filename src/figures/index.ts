/** The figures room: Plotly figures as data from pure functions, and the renderer of still pictures. */

export * from './boxes.js';
export * from './comparisons.js';
export * from './confusion.js';
export * from './curves.js';
export * from './maps.js';
export { largestPicture, PictureError, type RenderOptions, rendererProcess, renderPng, stopRenderer } from './render.js';
export * from './roc.js';
export * from './series.js';
export { classColours, colourOf, contrast as colourContrast, figureWidth, ink as inkColour, paper as paperColour } from './theme.js';
export type * from './types.js';
