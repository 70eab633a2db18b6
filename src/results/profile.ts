/** Which profile this process works in, and where its figures may go. */
import path from 'node:path';
import type { Provenance } from '../data/types.js';
import { ResultsError } from './errors.js';
import type { Profile } from './types.js';

/** The repository's root, seen from src/dist/results. */
const root = path.resolve(__dirname, '..', '..', '..');

export const profiles: readonly Profile[] = ['smoke', 'lesson', 'paper'];

const meaning: Record<Profile, string> = {
  smoke: 'a few hundred images and one epoch: shows that everything runs, says nothing about the results',
  lesson: 'real data, reduced: each notebook takes a few minutes; the recorded full runs are shown beside it',
  paper: 'as the report says: can take hours, may be stopped and taken up again',
};

let chosen: Profile | undefined;
let standInsUsed = false;

function checked(name: string, from: string): Profile {
  const profile = profiles.find((known) => known === name.trim().toLowerCase());
  if (!profile) throw new ResultsError(`There is no profile "${name}" (${from}). Choose one of: ${profiles.join(', ')}.`);
  return profile;
}

function resolved(requested?: string): Profile {
  if (requested !== undefined) return checked(requested, 'argument of useProfile');
  const fromEnvironment = process.env['PROFILE'];
  return fromEnvironment ? checked(fromEnvironment, 'environment variable PROFILE') : 'lesson';
}

/** Chooses the profile: the argument, then the variable PROFILE, then 'lesson'. Says which it is. */
export function useProfile(requested?: Profile): Profile {
  chosen = resolved(requested);
  // One thought a line: a notebook breaks longer ones inside words.
  process.stdout.write(`Profile ${chosen}: ${meaning[chosen].replaceAll('; ', ';\n')}.\n`);
  return chosen;
}

/** The profile in use; chosen as useProfile() does where nobody chose yet. */
export function currentProfile(): Profile {
  chosen ??= resolved();
  return chosen;
}

/** Tells that something was made from this data: after a stand-in no figure of this process is an artefact any more. */
export function noteProvenance(provenance: Provenance): void {
  if (provenance === 'stand-in') standInsUsed = true;
}

/** Where figures and tables may be written: figures/ in lesson and paper on real data only; 'temporary' otherwise. */
export function artefactDirectory(): string {
  return currentProfile() === 'smoke' || standInsUsed ? 'temporary' : path.join(root, 'figures');
}
