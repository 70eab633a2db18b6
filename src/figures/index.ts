/** The figures room: Plotly figures as data from pure functions, and the renderer of still pictures. */

export * from './boxes.js';
export * from './charts.js';
export type { ColourMap } from './colourmaps.js';
export * from './comparisons.js';
export * from './confusion.js';
export * from './curves.js';
export {
  type ClassExampleOptions,
  type ConvolutionOptions,
  classExamples,
  convolutionDemo,
  type FeatureMapOptions,
  type FeatureStage,
  featureMaps,
  type HeatmapGridOptions,
  heatmapGrid,
  type ImageGridOptions,
  imageGrid,
  type ValueGrid,
} from './images.js';
export * from './lstm.js';
export * from './maps.js';
export { type DiagramLayer, type DiagramModel, type ModelDiagramOptions, modelDiagram } from './models.js';
export * from './orders.js';
export { largestPicture, PictureError, type RenderOptions, rendererProcess, renderPng, stopRenderer } from './render.js';
export * from './roc.js';
export * from './series.js';
export * from './strips.js';
export * from './tables.js';
export {
  claimLook,
  classColours,
  colourOf,
  contrast as colourContrast,
  figureWidth,
  ink as inkColour,
  legendHeight,
  paper as paperColour,
} from './theme.js';
export * from './tiles.js';
export type * from './types.js';
