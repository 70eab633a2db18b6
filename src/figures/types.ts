import type { Layout, Plot } from 'nodeplotlib';

/** A figure as data: what Plotly draws, and what it shows in words. */
export interface Figure {
  data: Plot[];
  layout: Partial<Layout>;
  /** Animation frames, where a figure moves. */
  frames?: object[];
  /** For screen readers, search and text/plain: what the picture shows. */
  description: string;
}
