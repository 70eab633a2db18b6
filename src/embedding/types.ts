import type { PointRows } from '../neighbours/index.js';

export type { PointRows };

/** A map: `coordinates[point × dimensions + dimension]`. */
export interface Embedding {
  method: 'pca' | 't-sne' | 'umap' | 't-sne (tsne-js)';
  coordinates: Float64Array;
  count: number;
  dimensions: number;
  seconds: number;
  /** t-SNE: distance between the neighbourhoods in the data and in the map; smaller is better. */
  klDivergence?: number;
}

export interface EmbeddingControl {
  seed?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}
