/** Whom the parts of the tissue runs are made of: patients in the test parts, and the balance of what the controlled trial learned from. */
import { type ImageSet, idc } from '../../data/index.js';
import { type RunRecord, runs } from '../../results/index.js';
import { comparisonOf } from '../evidence.js';
import { percentage, seedsInWords, wrapped } from '../words.js';
import { idcArchitectures, leakArchitectures, type PatchRecipeData, patchParts } from './experiments.js';
import { type Live, paper } from './shared.js';

/** How many patients each run was tested on, in the order of the seeds. */
export function testPatients(records: readonly RunRecord[]): { seed: number; patients: number }[] {
  return records
    .flatMap((record) => {
      const { patients } = runs.arrays(record);
      return patients ? [{ seed: record.seed, patients: new Set(patients.values).size }] : [];
    })
    .sort((one, other) => one.seed - other.seed);
}

const seedsOf = (found: readonly { seed: number }[]) => `seed${found.length > 1 ? 's' : ''} ${found.map(({ seed }) => seed).join(', ')}`;

/** How many patients stand behind a number by patient: a share of the patches is held out, whoever they are of. */
export function testPatientsWords(live?: Live): string {
  const recordsOf = (experiment: string) => comparisonOf(paper, [experiment], live).of(experiment).records;
  const [split, trial] = [`idc-${idcArchitectures[0]}-patient`, `idc-${leakArchitectures[0]}-leak-shared`].map((name) =>
    testPatients(recordsOf(name)),
  );
  const told = [
    ...(split.length > 0
      ? [
          `Split by patient, the test part has ${split.map(({ patients }) => patients).join(', ')} patients (${seedsOf(split)}). Patients differ, and with so few of them the rows by patient may scatter for that alone.`,
        ]
      : []),
    ...(trial.length > 0
      ? [
          `In the controlled trial of section 10 they are ${trial.map(({ patients }) => patients).join(', ')} (${seedsOf(trial)}), with half of their patches.`,
        ]
      : []),
  ];
  return told.length > 0 ? wrapped(told.join('\n')) : 'No run split by patient kept its patients yet.';
}

export interface TrialBalance {
  seed: number;
  /** Share of positive patches: in training without the patients and with them, and in the test part. */
  apart: number;
  shared: number;
  test: number;
}

/** A set without its pixels, for counting: the parts are drawn by labels and patients alone. */
const withoutPixels = (set: ImageSet): ImageSet => ({ ...set, pixels: new Uint8Array(set.count), height: 1, width: 1, channels: 1 });

/** What the two sides of the controlled trial learned from, drawn again as each run drew it. */
export async function trialBalance(records: readonly RunRecord[]): Promise<TrialBalance[]> {
  const found: TrialBalance[] = [];
  for (const { seed, recipe, data, provenance } of records) {
    const drawn = recipe['data'] as unknown as PatchRecipeData;
    const all = withoutPixels(await idc({ seed, ...(drawn.limit ? { limit: drawn.limit, stratified: true } : {}) }));
    const [apart, shared] = (['leak-apart', 'leak-shared'] as const).map((split) => patchParts(all, { ...drawn, split }, seed));
    // Where another set lies on this machine than the run had, its parts cannot be drawn again.
    const same = data.find(({ role }) => role === 'training')?.count === shared.training.count && all.provenance === provenance;
    if (!same) continue;
    const positive = ({ labels, count }: ImageSet) => labels.reduce((sum, label) => sum + label, 0) / count;
    found.push({ seed, apart: positive(apart.training), shared: positive(shared.training), test: positive(shared.test) });
  }
  return found.sort((one, other) => one.seed - other.seed);
}

/** The same in words: a side that is trained nearer to the balance of the test may gain accuracy by that alone. */
export function balanceSentence(found: readonly TrialBalance[]): string {
  if (found.length === 0)
    return 'What the two sides of the trial learned from cannot be counted here: its runs or their patches are missing.';
  const rows = found.map(
    ({ seed, apart, shared, test }) => `seed ${seed} ${percentage(apart, 1)} / ${percentage(shared, 1)} / ${percentage(test, 1)}`,
  );
  const most = Math.max(...found.map(({ apart, shared }) => Math.abs(apart - shared)));
  const nearer = found.filter(({ apart, shared, test }) => Math.abs(shared - test) < Math.abs(apart - test)).length;
  return wrapped(
    `Positive patches in per cent, in training with patients unknown / met / in the test part: ${rows.join(', ')}. The two training parts differ by up to ${(100 * most).toFixed(1)} points, and that with the patients lies nearer to the test part on ${nearer} of ${seedsInWords(found.length)}${nearer > 0 ? ': what accuracy gains by that is no leak. That is another reason to look at balanced accuracy and AUC.' : '.'}`,
  );
}

/** What the recorded trial, or the one just run, learned from. */
export async function balanceWords(live?: Live): Promise<string> {
  const experiment = `idc-${leakArchitectures[0]}-leak-shared`;
  return balanceSentence(await trialBalance(comparisonOf(paper, [experiment], live).of(experiment).records));
}
