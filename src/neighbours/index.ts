/** The neighbours room: K nearest neighbours, Hamming and Euclidean, all K in one pass. */
export {};
