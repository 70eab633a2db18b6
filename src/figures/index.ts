/** The figures room: Plotly figures as data from pure functions, and the renderer of still pictures. */

export * from './curves.js';
export { largestPicture, PictureError, type RenderOptions, rendererProcess, renderPng, stopRenderer } from './render.js';
export { classColours, colourOf, contrast as colourContrast, figureWidth, ink as inkColour, paper as paperColour } from './theme.js';
export type * from './types.js';
