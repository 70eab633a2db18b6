/**
 * What a test of a full disk or of too little memory runs in a process of its own: `node faults-program.js WAY FOLDER`. The folder is a
 * small disk. Each way fills it, meets the fault, makes room and goes on; it prints one line of JSON.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { show } from 'paperlab';
import { fit } from 'paperlab/engine';
import { learningCurves } from 'paperlab/figures';
import { seeded, tf } from 'paperlab/runtime';
import { digest, network, pictures, recipe } from './fault-program.js';
import { experiment, outcome, storeIn } from './results-support.js';

const [, , way = '', folder = ''] = process.argv;
const filler = path.join(folder, 'filler');

/** Takes all the room but `left` bytes. */
function fill(left = 0): void {
  const file = fs.openSync(filler, 'w');
  const block = Buffer.alloc(4096);
  let bytes = 0;
  try {
    for (;;) bytes += fs.writeSync(file, block);
  } catch {
    // Full.
  }
  fs.ftruncateSync(file, Math.max(0, bytes - left));
  fs.closeSync(file);
}
const makeRoom = () => fs.rmSync(filler, { force: true });
const names = (below: string) => (fs.existsSync(below) ? fs.readdirSync(below, { recursive: true }).map(String).sort() : []);

async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** The disk fills up in the middle of a training, with room for a part of the next checkpoint. */
async function checkpoint() {
  const train = pictures(330);
  const place = path.join(folder, 'state', 'run');
  const undisturbed = network();
  await fit(undisturbed, train, recipe);
  const begin = (filledAt: number) => {
    const model = network();
    const steps: number[] = [];
    const onProgress = ({ epoch, step }: { epoch: number; step: number }) => {
      if (steps.push((epoch - 1) * 21 + step) === filledAt) fill(8192);
    };
    return { model, done: fit(model, train, { ...recipe, checkpoint: { path: place, everySteps: 3 }, onProgress }), steps };
  };
  const first = begin(20);
  const message = await messageOf(first.done);
  const left = names(path.dirname(place));
  makeRoom();
  const second = begin(-1);
  const history = await second.done;
  return {
    message,
    left,
    lastBefore: first.steps.at(-1),
    firstAfter: second.steps[0],
    same: digest(second.model, []) === digest(undisturbed, []),
    epochs: history.epochs.length,
  };
}

async function record() {
  const store = storeIn(folder);
  const weights = { values: new Float32Array(100_000).fill(0.5), shape: [100_000] };
  const probe = experiment(({ checkpointPath }) => {
    fs.writeFileSync(checkpointPath, 'weights');
    fill(100_000);
    return outcome({ arrays: { weights } });
  });
  const options = { profile: 'paper', seed: 1, record: true } as const;
  const message = await messageOf(store.ensure(probe, options));
  const left = names(path.join(folder, 'results')).filter((name) => /json|bin|part/.test(name));
  const kept = await store.hasCheckpoint(probe, { profile: 'paper', seed: 1 });
  makeRoom();
  const again = experiment(() => outcome({ arrays: { weights } }));
  await store.ensure(again, options);
  return { message, left, kept, found: store.find().length };
}

async function figure() {
  process.env['PAPERLAB_FIGURES_DIR'] = path.join(folder, 'figures');
  const curve = learningCurves([{ name: 'CNN', runs: [[0.1, 0.5, 0.7]] }], { title: 'Curve' });
  fill(4096);
  const message = await messageOf(show.figure(curve, 'lenet5/fig-1'));
  const left = names(path.join(folder, 'figures')).filter((name) => name.includes('.'));
  makeRoom();
  await show.figure(curve, 'lenet5/fig-1');
  return { message, left, after: names(path.join(folder, 'figures')) };
}

/** The process may take 2 GB of addresses more than it has; one layer's output wants 16. Then a training that fits. */
async function memory() {
  await fit(network(), pictures(330), { ...recipe, epochs: 1 });
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  const limit = Number(/VmSize:\s+(\d+)/.exec(status)![1]) * 1024 + 2e9;
  const set = spawnSync('prlimit', ['--pid', String(process.pid), `--as=${limit}`], { encoding: 'utf8' });
  if (set.status !== 0) throw new Error(set.stderr);
  const wide = seeded(1, () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [1], units: 1_000_000, useBias: false }),
        tf.layers.dense({ units: 2, activation: 'softmax' }),
      ],
    }),
  );
  const examples = { inputs: new Float32Array(4000).fill(0.5), shape: [1], labels: new Uint8Array(4000), count: 4000 };
  const started = performance.now();
  const options = { ...recipe, optimizer: { kind: 'sgd', learningRate: 0.01 }, epochs: 1, batchSize: 4000 } as const;
  const message = await messageOf(fit(wide, examples, options));
  const seconds = (performance.now() - started) / 1000;
  const history = await fit(network(), pictures(330), { ...recipe, epochs: 1 });
  return { message, seconds, lossAfter: history.epochs[0]!.loss };
}

const ways: Record<string, () => Promise<object>> = { checkpoint, record, figure, memory };
void ways[way]!().then(
  (result) => {
    fs.writeSync(1, `\nRESULT ${JSON.stringify(result)}\n`);
    process.exit(0);
  },
  (error: Error) => {
    fs.writeSync(2, `${error.stack}\n`);
    process.exit(1);
  },
);
