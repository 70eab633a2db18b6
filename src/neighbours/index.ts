/** The neighbours room: K nearest neighbours, Hamming and Euclidean, all K in one pass. */
export { NeighboursError } from './errors.js';
export { type PointRows, pointRows } from './rows.js';
export { type EqualDistanceOrder, type NeighbourOptions, type Neighbours, nearestNeighbours } from './search.js';
export { type TieRule, type VoteOptions, voteAccuracies, voteLabels } from './votes.js';
