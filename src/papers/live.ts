/** Trains experiments in front of the reader, one after another, each with one updating line. */
import { show } from '../notebook/index.js';
import { currentProfile, type Experiment, type Profile, type RunRecord, runs } from '../results/index.js';

function named(experiments: readonly Experiment[], name: string): Experiment {
  const found = experiments.find((experiment) => experiment.recipe.experiment === name);
  if (!found) {
    const known = experiments.map((experiment) => experiment.recipe.experiment).join(', ');
    throw new Error(`There is no experiment "${name}" in this report. Its experiments are: ${known}.`);
  }
  return found;
}

/**
 * Trains each named experiment with seed 1, live: what a lesson watches is always trained again.
 * In the paper profile a recorded run is not repeated, because it takes hours.
 */
export async function trainLive(
  experimentsOf: (profile: Profile) => readonly Experiment[],
  names: readonly string[],
  options: { seed?: number } = {},
): Promise<RunRecord[]> {
  const profile = currentProfile();
  const experiments = experimentsOf(profile);
  const records: RunRecord[] = [];
  for (const name of names) {
    const progress = show.progress(name);
    const record = await runs.ensure(named(experiments, name), {
      profile,
      seed: options.seed ?? 1,
      again: profile !== 'paper',
      onProgress: (state) => progress.update(state),
    });
    progress.done(
      `test accuracy ${(100 * record.metrics['testAccuracy']).toFixed(1)} % in ${record.seconds.toFixed(0)} s (${profile} profile, seed ${record.seed})`,
    );
    records.push(record);
  }
  return records;
}
