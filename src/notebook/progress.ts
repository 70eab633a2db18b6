/** Progress of long work: one output that is replaced while the work goes on and folds to one line at its end. */
import { inNotebook, type Output, send } from './output.js';

export interface ProgressState {
  /** Share done, 0 to 1. */
  fraction: number;
  /** Where it stands: 'epoch 3 of 10, step 120 of 469'. */
  text?: string;
  /** Latest values of the curves, for a small live picture. */
  curves?: Record<string, readonly number[]>;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Ends it and leaves one line. */
  done(text?: string): void;
  /** Ends it after a failure or an interruption. */
  stopped(text?: string): void;
}

/** Seconds for reading: 8 s, 3 min 20 s, 2 h 5 min. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

const blocks = '▁▂▃▄▅▆▇█';

/** A curve in one line of characters. */
export function sparkline(values: readonly number[], width = 40): string {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return '';
  const picked =
    finite.length <= width
      ? finite
      : Array.from({ length: width }, (_, at) => finite[Math.round((at * (finite.length - 1)) / (width - 1))]);
  const low = Math.min(...picked);
  const high = Math.max(...picked);
  return picked.map((value) => blocks[high === low ? 3 : Math.round(((value - low) / (high - low)) * (blocks.length - 1))]).join('');
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function curveRows(curves: Record<string, readonly number[]>): string {
  return Object.entries(curves)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => {
      const last = values[values.length - 1];
      return `<tr><td style="text-align: left;">${escaped(name)}</td><td style="text-align: left; font-family: monospace; font-size: 120%;">${sparkline(values)}</td><td style="text-align: right;">${last.toPrecision(4)}</td></tr>`;
    })
    .join('');
}

function bar(fraction: number): string {
  const share = (100 * fraction).toFixed(1);
  return `<div style="background: #8886; width: 100%; max-width: 640px; height: 14px;"><div style="background: #0072b2; width: ${share}%; height: 14px;"></div></div>`;
}

/** Starts a progress output. In a notebook it is one output, replaced at most ten times a second; elsewhere plain lines, one per tenth. */
export function showProgress(title: string): Progress {
  const started = performance.now();
  const interactive = inNotebook();
  let output: Output | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let tenth = -1;
  let ended = false;
  const seconds = () => (performance.now() - started) / 1000;

  function draw({ fraction, text = '', curves = {} }: ProgressState) {
    const left = fraction > 0.01 ? `about ${duration((seconds() * (1 - fraction)) / fraction)} left` : 'time left not known yet';
    const line = `${title} · ${Math.floor(fraction * 100)} % · ${text ? `${text} · ` : ''}${duration(seconds())} gone, ${left}`;
    if (!interactive) {
      process.stdout.write(`${line}\n`);
      return;
    }
    const rows = curveRows(curves);
    const html = `<div>${escaped(line)}</div>${bar(fraction)}${rows ? `<table>${rows}</table>` : ''}`;
    const bundle = { 'text/plain': line, 'text/html': html };
    if (output) output.replace(bundle);
    else output = send(bundle);
  }

  function finish(line: string) {
    if (ended) return;
    ended = true;
    const bundle = { 'text/plain': line, 'text/html': `<div>${escaped(line)}</div>` };
    if (output) output.replace(bundle);
    else send(bundle);
  }

  return {
    update(state) {
      if (ended) return;
      const fraction = Math.min(1, Math.max(0, Number.isFinite(state.fraction) ? state.fraction : 0));
      if (interactive ? performance.now() - drawnAt < 100 : Math.floor(fraction * 10) === tenth) return;
      drawnAt = performance.now();
      tenth = Math.floor(fraction * 10);
      draw({ ...state, fraction });
    },
    done: (text) => finish(`✓ ${title}${text ? ` · ${text}` : ''} · ${duration(seconds())}`),
    stopped: (text) => finish(`■ ${title} stopped${text ? ` · ${text}` : ''} · after ${duration(seconds())}`),
  };
}
