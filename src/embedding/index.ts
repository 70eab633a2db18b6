/** The embedding room: PCA, t-SNE, UMAP behind one interface. */
export { EmbeddingError } from './errors.js';
export { type PrincipalComponents, pca } from './pca.js';
export { type MapQuality, mapQuality, silhouetteScore } from './quality.js';
export { referenceTsne } from './reference.js';
export { type TsneOptions, tsne } from './tsne.js';
export type { Embedding, EmbeddingControl } from './types.js';
export { type UmapOptions, umap } from './umap.js';
