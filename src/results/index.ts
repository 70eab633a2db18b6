/** The results room: the run store, claims and verdicts. */
export type { StoredArray } from './arrays.js';
export { canonicalJson, plainRecipe, recipeHash } from './canonical.js';
export { HALF_POINT, type JudgeContext, judge, judgeAll, measured } from './claims.js';
export * from './errors.js';
export { diskWriter, type FileWriter } from './files.js';
export { type DeviceKind, deviceKind, groupRuns, mixedDevices } from './group.js';
export * from './numerics.js';
export { artefactDirectory, currentProfile, noteProvenance, profiles, useProfile } from './profile.js';
export { holdsZero, SEEDS_WANTED, studentQuantile, summarise, varianceRatioBelow } from './statistics.js';
export { type AdoptOptions, type EnsureOptions, type FindOptions, RunStore, runs, type StoreFolders } from './store.js';
export * from './types.js';
export { usedOf } from './used.js';
