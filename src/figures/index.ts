/** The figures room: Plotly figures as data from pure functions, and the renderer of still pictures. */
export type * from './types.js';
