/** How the sweep over many machines stands (`npm run sweep -- --address …`), as the state it leaves says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { repositoryRoot } from './artefacts.js';
import { inNotebook, type Output, send } from './output.js';
import { duration } from './progress.js';
import { renderTable, type TableData } from './table.js';

export type SweepRunState = 'waiting' | 'preparing' | 'running' | 'done' | 'skipped' | 'failed' | 'unwritten' | 'stopped';

export interface SweepState {
  began: string;
  updated: string;
  ended: boolean;
  dashboard: string | null;
  secondsLeft: number | null;
  counts: { waiting: number; running: number; done: number; failed: number; unwritten: number; stopped: number };
  runs: {
    paper: string;
    experiment: string;
    seed: number;
    minutes: number;
    state: SweepRunState;
    machine?: string;
    fraction?: number;
    text?: string;
    message?: string;
  }[];
}

export interface SweepOptions {
  /** Show it once and go on; otherwise the cell follows the sweep to its end (in a notebook). */
  once?: boolean;
  /** The state's file. Default: that of this checkout's latest sweep. */
  file?: string;
}

/** Without a word for so long, a sweep that has not ended is taken for one that was killed. */
const SILENCE = 30_000;
const order: SweepRunState[] = ['running', 'preparing', 'unwritten', 'failed', 'stopped', 'waiting', 'done', 'skipped'];
const words: Partial<Record<SweepRunState, string>> = { skipped: 'recorded meanwhile', unwritten: 'done, not written yet' };

function read(file: string): SweepState | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SweepState;
  } catch {
    return undefined;
  }
}

const isSilent = ({ ended, updated }: SweepState) => !ended && Date.now() - Date.parse(updated) > SILENCE;

function headline(state: SweepState): string {
  const { waiting, running, done, failed, unwritten, stopped } = state.counts;
  const parts = [`${running} running`, `${waiting} waiting`, `${done} done`, `${failed} failed`];
  if (unwritten > 0) parts.push(`${unwritten} not written yet`);
  if (stopped > 0) parts.push(`${stopped} stopped`);
  const gone = duration((Date.parse(state.updated) - Date.parse(state.began)) / 1000);
  if (state.ended) parts.push(`ended after ${gone}`);
  else if (isSilent(state))
    parts.push('not heard of for a while: it was probably killed; start the same sweep again, finished runs are kept');
  else parts.push(`${gone} gone, ${state.secondsLeft === null ? 'time left not known yet' : `about ${duration(state.secondsLeft)} left`}`);
  if (state.dashboard && !state.ended) parts.push(`dashboard http://${state.dashboard}`);
  return `Sweep · ${parts.join(' · ')}`;
}

function rows(state: SweepState): TableData {
  const sorted = [...state.runs].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return {
    columns: ['run', 'seed', 'state', 'machine', 'done', 'what'],
    rows: sorted.map((run) => [
      `${run.paper}/${run.experiment}`,
      run.seed,
      {
        value: words[run.state] ?? run.state,
        ...(run.state === 'failed' && { mark: 'bad' as const }),
        ...(run.state === 'done' && { mark: 'good' as const }),
      },
      run.machine ?? '',
      run.fraction === undefined ? '' : `${Math.floor(100 * run.fraction)} %`,
      run.message ?? run.text ?? '',
    ]),
  };
}

function bundle(state: SweepState) {
  const table = renderTable(rows(state), { caption: headline(state) });
  return { 'text/html': table.html, 'text/plain': table.text };
}

/** Shows the latest sweep over many machines: running, waiting, done and failed runs with the time left. */
export async function showSweep({ once = !inNotebook(), file }: SweepOptions = {}): Promise<void> {
  const place = file ?? path.join(repositoryRoot, '.runtime', 'sweep.json');
  let state = read(place);
  if (!state) {
    const text = 'No sweep over many machines was started from here yet: npm run sweep -- --address local (or ray://HOST:10001).';
    send({ 'text/plain': text });
    return;
  }
  const output: Output = send(bundle(state));
  while (!once && !state.ended && !isSilent(state)) {
    await pause(1000);
    state = read(place) ?? state;
    output.replace(bundle(state));
  }
}
