import type { Layout, Plot } from 'nodeplotlib';
import type { Provenance } from '../data/index.js';

/** A figure as data: what Plotly draws, and what it shows in words. */
export interface Figure {
  data: Plot[];
  layout: Partial<Layout>;
  /** Animation frames, where a figure moves. */
  frames?: object[];
  /** For screen readers, search and text/plain: what the picture shows. */
  description: string;
  /** What the figure was made from; a figure of stand-ins is marked and never written as an artefact. */
  provenance?: Provenance;
}

/** How one group of marks looks. */
export interface Look {
  colour: string;
  /** A symbol of Plotly: 'circle', 'diamond-open'. */
  symbol: string;
}

/** What every figure function understands. */
export interface FigureOptions {
  title?: string;
  /** Second line under the title, smaller: numbers of runs, settings, what to look at. */
  subtitle?: string;
  /** Height in pixels of the still picture and of the interactive figure. */
  height?: number;
  /** Marks the figure STAND-IN and keeps it from being written as an artefact. */
  provenance?: Provenance;
}
