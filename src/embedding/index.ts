/** The embedding room: PCA, t-SNE, UMAP behind one interface. */
export {};
