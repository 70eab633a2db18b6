/**
 * Stands where the Python side of a sweep stands and speaks its lines: `node sweep-driver.js MODE`. Records are made by the real store from
 * `experiment()` of the results tests, so that the Node side reads what it would read from a worker.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { experiment, outcome, storeIn } from './results-support.js';

interface PlannedRun {
  id: string;
  experiment: string;
  seed: number;
}

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function recordOf({ experiment: name, seed }: PlannedRun): Promise<Record<string, string>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'paperlab-worker-'));
  try {
    const one = experiment(() => outcome(), { recipe: { paper: 'lenet5', experiment: name } });
    await storeIn(folder).ensure(one, { profile: 'smoke', seed });
    const kept = path.join(folder, 'results', 'local', 'lenet5');
    return Object.fromEntries(readdirSync(kept).map((file) => [file, readFileSync(path.join(kept, file)).toString('base64')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(mode: string) {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const plan = JSON.parse((await lines.next()).value) as { runs: PlannedRun[] };
  if (process.argv[3]) writeFileSync(process.argv[3], JSON.stringify(plan));
  if (mode === 'nobody') {
    say({ event: 'problem', problem: 'No Ray answers at ray://nowhere:10001.', remedy: 'check the address.' });
    process.exit(1);
  }
  say({ event: 'connected', dashboard: '127.0.0.1:8265', ray: '0', machines: 2, cores: 4, gpus: 0 });
  const [first, ...others] = plan.runs;
  say({ event: 'progress', id: first!.id, state: 'running', machine: 'one', fraction: 0.5, text: 'epoch 1 of 2' });
  if (mode === 'crash') {
    process.stderr.write('MemoryError: a cause that only standard error names\n');
    process.exit(3);
  }
  if (mode === 'wait') {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const order = JSON.parse(line.value) as { stop?: boolean; skip?: string };
      if (order.skip) say({ event: 'stopped', id: order.skip });
      if (order.stop) break;
    }
    say({ event: 'finished', id: first!.id, machine: 'one', files: await recordOf(first!) });
    for (const run of others) say({ event: 'stopped', id: run.id });
    return end();
  }
  if (mode === 'mixed') {
    const [broken, foreign, edited] = others;
    say({ event: 'again', id: first!.id, message: 'its machine or worker was lost (NodeDiedError)', attempt: 2 });
    say({ event: 'progress', id: first!.id, state: 'running', machine: 'one', fraction: 0, text: 'reading the data' });
    say({ event: 'progress', id: first!.id, state: 'running', machine: 'one', fraction: 0.4, text: 'epoch 1 of 2' });
    say({ event: 'progress', id: first!.id, state: 'running', machine: 'one', fraction: 0.6, text: 'epoch 2 of 2' });
    say({ event: 'unusable', machine: 'two', message: 'There is no Node on this machine.' });
    say({ event: 'failed', id: broken!.id, machine: 'one', message: 'RangeError: its recipe asks for -3 units' });
    say({ event: 'finished', id: foreign!.id, machine: 'one', files: await recordOf({ ...foreign!, experiment: 'another' }) });
    const files = await recordOf(edited!);
    for (const name of Object.keys(files).filter((file) => file.endsWith('.json')))
      files[name] = Buffer.from(
        Buffer.from(files[name]!, 'base64').toString().replace('0.25', '0.75').replace('0.1234568', '0.99'),
      ).toString('base64');
    say({ event: 'finished', id: edited!.id, machine: 'one', files });
    say({ event: 'finished', id: first!.id, machine: 'one', files: await recordOf(first!) });
    return end();
  }
  for (const run of plan.runs) say({ event: 'finished', id: run.id, machine: 'one', files: await recordOf(run) });
  // 'full': the sweep ends only after there was time to make room.
  if (mode === 'full') await pause(1500);
  end();
}

function end() {
  say({ event: 'ended' });
  process.exit(0);
}

mkdirSync(os.tmpdir(), { recursive: true });
void main(process.argv[2]!);
