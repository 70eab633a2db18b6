/** A store in a folder of its own and experiments that need no network. Also run as a process of its own: `node results-support.js <folder> <mode>`. */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Experiment, type FileWriter, type RunContext, type RunOutcome, RunStore } from 'paperlab/results';

export const newFolder = () => mkdtempSync(path.join(os.tmpdir(), 'paperlab-results-'));

export function storeIn(folder: string, writer?: FileWriter): RunStore {
  const recorded = path.join(folder, 'results');
  return new RunStore({ recorded, local: path.join(recorded, 'local'), work: path.join(folder, 'work') }, writer);
}

export const outcome = (more: Partial<RunOutcome> = {}): RunOutcome => ({
  metrics: { testAccuracy: 0.123456789, testLoss: Number.NaN },
  curves: { loss: [2, 1.5, 1.25], accuracy: [0.1, 0.2, Number.POSITIVE_INFINITY] },
  confusion: [
    [3, 1],
    [0, 4],
  ],
  arrays: {
    predictions: { values: Uint8Array.from([1, 0, 1]), shape: [3] },
    probabilities: { values: Float32Array.from([0.25, 0.75, 0.5, 0.5]), shape: [2, 2] },
  },
  extra: { note: 'a text' },
  data: [{ name: 'mnist', role: 'training', count: 3, checksum: 'c0ffee', provenance: 'real' }],
  ...more,
});

export interface Counted extends Experiment {
  /** Times that it was carried out, by this process. */
  count(): number;
}

export function experiment(
  run: (context: RunContext) => Promise<RunOutcome> | RunOutcome = () => outcome(),
  more: Partial<Experiment> = {},
): Counted {
  let times = 0;
  return {
    recipe: { paper: 'lenet5', experiment: 'probe', epochs: 3, model: { units: 8 } },
    seeds: [1, 2, 3],
    minutes: 1,
    priority: 1,
    run: async (context) => {
      times++;
      return run(context);
    },
    count: () => times,
    ...more,
  };
}

/** Carries out `probe`, noting each start in a file that all processes share. */
export const slowExperiment = (folder: string, milliseconds: number) =>
  experiment(async ({ checkpointPath }) => {
    appendFileSync(path.join(folder, 'starts'), `${process.pid}\n`);
    mkdirSync(path.dirname(checkpointPath), { recursive: true });
    writeFileSync(checkpointPath, 'half way');
    await pause(milliseconds);
    return outcome();
  });

export const starts = (folder: string) =>
  existsSync(path.join(folder, 'starts')) ? readFileSync(path.join(folder, 'starts'), 'utf8').trim().split('\n').length : 0;

async function main(folder: string, mode: string) {
  const milliseconds = mode === 'hang' ? 600_000 : 700;
  const record = await storeIn(folder).ensure(slowExperiment(folder, milliseconds), { profile: 'paper', record: true });
  process.stdout.write(`${record.finishedAt}\n`);
}

if (require.main === module) void main(process.argv[2], process.argv[3]);
