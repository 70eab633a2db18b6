/** Where data lies: the repository's root, its cache, and the mirror a reader may have named. */
import fs from 'node:fs';
import path from 'node:path';
import { DataError } from './errors.js';

function isRepositoryRoot(folder: string): boolean {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).name === 'paperlab-notebooks';
  } catch {
    return false;
  }
}

let knownRoot: string | undefined;

/** The folder of the clone, found upwards from this module. */
export function repositoryRoot(): string {
  for (let folder = __dirname; knownRoot === undefined; folder = path.dirname(folder)) {
    if (isRepositoryRoot(folder)) knownRoot = folder;
    else if (path.dirname(folder) === folder) {
      throw new DataError({
        code: 'not-found',
        file: path.join(__dirname, '…', 'package.json'),
        problem: 'the repository around the package paperlab was not found',
        remedy: 'run this from a clone of the repository, with the package linked by npm',
      });
    }
  }
  return knownRoot;
}

/** data/cache, or what PAPERLAB_CACHE names. */
export function cacheFolder(): string {
  const named = process.env['PAPERLAB_CACHE'];
  return named ? path.resolve(repositoryRoot(), named) : path.join(repositoryRoot(), 'data', 'cache');
}

export type Mirror = { kind: 'folder'; folder: string } | { kind: 'address'; address: string };

/** What DATA_MIRROR names: an address, or a folder (relative to the repository's root). */
export function mirror(): Mirror | undefined {
  const named = process.env['DATA_MIRROR']?.trim();
  if (!named) return undefined;
  if (/^https?:\/\//i.test(named)) return { kind: 'address', address: named.replace(/\/+$/, '') };
  return { kind: 'folder', folder: path.resolve(repositoryRoot(), named) };
}

/** A path as a reader should see it: relative to the repository where it lies inside. */
export function shownPath(file: string): string {
  const relative = path.relative(repositoryRoot(), file);
  return relative.startsWith('..') && path.isAbsolute(file) ? file : relative;
}
