/** Where the files of figures and tables go, and whether they may. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Provenance } from '../data/index.js';
import { artefactDirectory } from '../results/index.js';
import { inNotebook } from './output.js';

/** An artefact's name: paper and label, 'lenet5/fig-7'. */
export type ArtefactId = string;

export class ArtefactError extends Error {
  override name = 'ArtefactError';
}

export interface ArtefactPolicy {
  /** Folder that takes <paper>/<label>.png and .csv; 'temporary' = a folder of this process under the system's temporary one; null = none. */
  directory: string | 'temporary' | null;
}

/** The repository's root, seen from src/dist/notebook. */
export const repositoryRoot = path.resolve(__dirname, '..', '..', '..');

/** The committed folder of artefacts. */
export const figuresFolder = path.join(repositoryRoot, 'figures');

let policy: ArtefactPolicy | undefined;

/**
 * Says where the files of figures and tables go; undefined goes back to the rule: in a notebook where the profile says (figures/ for
 * lesson and paper on real data), outside one the temporary folder. The variable PAPERLAB_FIGURES_DIR comes before everything.
 */
export function setArtefactPolicy(next: ArtefactPolicy | undefined): void {
  policy = next;
}

const temporary = path.join(os.tmpdir(), `paperlab-figures-${process.pid}`);

/** The folder that an artefact's files go to now, or null. Stand-ins never reach the committed folder. */
export function artefactFolder(provenance: Provenance = 'real'): string | null {
  const named = process.env['PAPERLAB_FIGURES_DIR'];
  if (named) return path.resolve(named);
  const directory = policy ? policy.directory : inNotebook() ? artefactDirectory() : 'temporary';
  if (directory === null) return null;
  if (directory === 'temporary' || provenance === 'stand-in') return temporary;
  return path.resolve(directory);
}

export function checkArtefactId(id: ArtefactId): void {
  if (!/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/.test(id))
    throw new ArtefactError(
      `"${id}" is no artefact id. It has the form paper/label, for example lenet5/fig-7 (small letters, digits, hyphens).`,
    );
}

/** Writes one file of an artefact, whole or not at all; returns its path, or null where the policy says none. */
export function writeArtefact(id: ArtefactId, extension: 'png' | 'csv', contents: Buffer | string, provenance?: Provenance): string | null {
  checkArtefactId(id);
  const folder = artefactFolder(provenance);
  if (folder === null) return null;
  const file = path.join(folder, `${id}.${extension}`);
  const unfinished = `${file}.${process.pid}.part`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(unfinished, contents);
    renameSync(unfinished, file);
  } catch (error) {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // Where nothing could be written there is nothing to remove.
    }
    const { code, message } = error as NodeJS.ErrnoException;
    const [why, remedy] = code === 'ENOSPC' ? ['the disk is full', 'Make room'] : [message, 'Make the folder writable'];
    throw new ArtefactError(`${file} could not be written: ${why}. ${remedy}, or name another folder with PAPERLAB_FIGURES_DIR.`);
  }
  return file;
}
