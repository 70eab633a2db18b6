/** Trainings that ended at a constant answer, in words. */
import type { RunRecord } from '../../results/index.js';
import { comparisonOf } from '../evidence.js';
import { constantAnswer } from '../failed.js';
import { networkName } from '../names.js';
import { percent, wrapped } from '../words.js';

/** Which runs of the named experiments ended at a constant answer, in words; live and recorded ones are never mixed. */
export function constantWords(experiments: readonly string[], live?: readonly RunRecord[]): string {
  const compared = comparisonOf('hilbert-lstm', experiments, live);
  const records = experiments.flatMap((experiment) => compared.of(experiment).records);
  if (records.length === 0) return 'None of these networks has been run yet.';
  const failed = records.filter((record) => constantAnswer(record) !== undefined);
  // How many seeds the others have is no part of what is said of one run.
  const from = compared.label.startsWith('recorded') ? 'recorded' : compared.label;
  if (failed.length === 0) return `No run ended at a constant answer (${compared.label}).`;
  return wrapped(
    failed
      .map(
        (record) =>
          `${networkName('hilbert-lstm', record.recipe.experiment)}, seed ${record.seed} (${from}): always answers ${constantAnswer(record)}, ${percent(record.metrics['testAccuracy'])} of the test digits. A training that failed, not a measure of what the network can remember.`,
      )
      .join('\n'),
  );
}
