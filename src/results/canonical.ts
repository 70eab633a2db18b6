/** Plain data with one spelling: what hashes and seals are taken over. */
import { createHash } from 'node:crypto';
import { ResultsError } from './errors.js';
import type { Json, Recipe } from './types.js';

/** JSON with sorted keys and no spaces; numbers as JavaScript prints them. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item === undefined ? null : item)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

export function sha256(contents: string | Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex');
}

/** Hash of anything plain; the same for the same data, whatever the order of its keys. */
export function recipeHash(plain: unknown): string {
  return sha256(canonicalJson(plain));
}

function plainValue(value: unknown, at: string): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new ResultsError(`The recipe holds ${value} at ${at}: only finite numbers have one spelling in a record.`);
  }
  if (Array.isArray(value)) return value.map((item, index) => plainValue(item, `${at}[${index}]`));
  if (typeof value === 'object' && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null))
    return plainObject(value, at);
  throw new ResultsError(
    `The recipe holds a ${typeof value === 'object' ? value.constructor.name : typeof value} at ${at}. A recipe is plain data: texts, numbers, true and false, lists and objects of them.`,
  );
}

function plainObject(value: object, at: string): { [key: string]: Json } {
  const plain: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) plain[key] = plainValue(item, at ? `${at}.${key}` : key);
  return plain;
}

/** Checks that a recipe is plain data, drops what is undefined, and copies it. */
export function plainRecipe<R extends { paper: Recipe['paper']; experiment: string }>(recipe: R): Recipe {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(recipe.experiment))
    throw new ResultsError(
      `"${recipe.experiment}" cannot name an experiment: it becomes part of a file name. Use small letters, digits and hyphens.`,
    );
  return plainObject(recipe, '') as unknown as Recipe;
}
