/** The results room: the run store, claims and verdicts. */
export { canonicalJson, plainRecipe, recipeHash, sha256 } from './canonical.js';
export * from './errors.js';
export * from './numerics.js';
export { artefactDirectory, currentProfile, noteProvenance, profiles, useProfile } from './profile.js';
export * from './types.js';
