/** Where a notebook that was run belongs, what of its costs is kept, and which runs more seeds ask for. */
import { inRoot, notebooks } from './paths.mjs';

/** The folder for outputs: the asked one; else the notebooks' own, unless the outputs say nothing about the reports. */
export function folderOf({ asked, profile, standIn }) {
  if (asked) return asked;
  if (standIn) return inRoot('report', 'stand-in');
  return profile === 'smoke' ? inRoot('report', 'smoke') : notebooks;
}

/** Runs whose time and memory are kept with the committed results: whole ones on real data whose outputs went to the notebooks themselves. */
export function runsToKeep(records, { asked, profile }) {
  return asked || profile === 'smoke' ? [] : records.filter(({ ok, standIn }) => ok && !standIn);
}

/** What is known of the notebooks' costs with these runs' in their places: the newest of each notebook and profile. Of smoke runs none is kept. */
export function withCosts(before, runs, profile, { cores, processor }) {
  const next = Object.fromEntries(Object.entries(before).map(([notebook, { smoke: _, ...kept }]) => [notebook, kept]));
  for (const { notebook, seconds, peakMegabytes } of runs)
    next[notebook] = { ...next[notebook], [profile]: { seconds, peakMegabytes, cores, processor } };
  return Object.fromEntries(Object.entries(next).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Calls of the sweep that bring each report among these notebooks to so many seeds; none without a number. */
export function sweepWords(files, seeds) {
  if (seeds === undefined) return [];
  return files.filter((file) => /^0[1-5]-/.test(file)).map((file) => ['--paper', file.slice(0, 2), '--seeds', String(seeds)]);
}
