/** How a sweep over machines stands: counts, time left, and the table a terminal shows. */

export function inWords(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

const seconds = (run) => run.minutes * 60;
const total = (runs, of) => runs.reduce((sum, run) => sum + of(run), 0);

/** Runs by state. What was recorded meanwhile counts as done, what came back and could not be written as unwritten. */
export function countRuns(runs) {
  const count = (...states) => runs.filter(({ state }) => states.includes(state)).length;
  return {
    waiting: count('waiting'),
    running: count('running', 'preparing'),
    done: count('done', 'skipped'),
    failed: count('failed'),
    unwritten: count('unwritten'),
    stopped: count('stopped'),
  };
}

/**
 * Seconds until the last run is done: the plan's minutes, corrected by how long the finished ones took, shared among as many places as
 * are at work now; never less than the longest run that is still to be done.
 */
export function secondsLeft(runs) {
  const done = runs.filter(({ state, took }) => state === 'done' && took > 0);
  const pace = done.length > 0 ? total(done, (run) => run.took) / total(done, seconds) : 1;
  const running = runs.filter(({ state }) => state === 'running' || state === 'preparing');
  const open = [
    ...runs.filter(({ state }) => state === 'waiting').map(seconds),
    ...running.map((run) => seconds(run) * (1 - (run.fraction ?? 0))),
  ];
  if (open.length === 0) return 0;
  if (running.length === 0) return Number.NaN;
  return pace * Math.max(...open, open.reduce((sum, left) => sum + left, 0) / running.length);
}

export const nameOf = ({ paper, experiment, seed }) => `${paper}/${experiment}, seed ${seed}`;

export function summary(runs, { ended = false } = {}) {
  const { waiting, running, done, failed, unwritten, stopped } = countRuns(runs);
  const parts = [`${running} running`, `${waiting} waiting`, `${done} done`, `${failed} failed`];
  if (unwritten > 0) parts.push(`${unwritten} not written yet`);
  if (stopped > 0) parts.push(`${stopped} stopped`);
  if (waiting + running > 0 && !ended) {
    const left = secondsLeft(runs);
    parts.push(Number.isFinite(left) ? `about ${inWords(left)} left` : 'time left not known yet');
  }
  return parts.join(' · ');
}

/** A line for each run at work, then the counts: at most `height` lines of at most `width` characters. */
export function tableLines(runs, { width = 100, height = 20, dashboard } = {}) {
  const atWork = runs.filter(({ state }) => state === 'running' || state === 'preparing');
  const shown = atWork.slice(0, Math.max(1, height - 2));
  const lines = shown.map((run) => {
    const share = run.state === 'running' ? `${String(Math.floor(100 * (run.fraction ?? 0))).padStart(3)} %` : '  …  ';
    return `  ${share}  ${nameOf(run)} · ${run.machine ?? ''}${run.text ? ` · ${run.text}` : ''}`;
  });
  if (atWork.length > shown.length) lines.push(`  … and ${atWork.length - shown.length} more`);
  lines.push(`  ${summary(runs)}${dashboard ? ` · dashboard http://${dashboard}` : ''}`);
  return lines.map((line) => line.slice(0, width));
}

/** Draws the table in place on a terminal; elsewhere only what is said. */
export function screen(stream = process.stderr) {
  let drawn = 0;
  const erase = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  return {
    live: stream.isTTY === true,
    draw(runs, dashboard) {
      if (!stream.isTTY) return;
      erase();
      const lines = tableLines(runs, { width: (stream.columns ?? 80) - 1, height: Math.max(3, (stream.rows ?? 24) - 2), dashboard });
      stream.write(`${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    erase,
  };
}
