/** What set-up says: one line per step with its time on the screen, everything else in a log file. */
import fs from 'node:fs';
import process from 'node:process';
import { logFile, runtimeFolder, shown } from './paths.mjs';

let opened = false;

export function log(text) {
  if (!opened) {
    fs.mkdirSync(runtimeFolder, { recursive: true });
    fs.writeFileSync(logFile, `Set-up of ${new Date().toISOString()}, Node ${process.version}, ${process.platform} ${process.arch}\n`);
    opened = true;
  }
  fs.appendFileSync(logFile, text.endsWith('\n') ? text : `${text}\n`);
}

export const logName = () => shown(logFile);

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Steps at work, in the order they began; a terminal's last line shows them all. */
const active = new Set();
let timer;

function draw(stream) {
  const width = Math.max(20, (stream.columns ?? 80) - 1);
  const parts = [...active].map(({ title, started }) => `${title} ${seconds(started)}`);
  const latest = active.size === 1 ? [...active][0].latest : '';
  stream.write(`\r\u001b[2K${`  … ${parts.join(' | ')}  ${latest}`.slice(0, width)}`);
}

/** A progress line: on a terminal it counts the seconds and shows the last thing printed; elsewhere it is said once. */
export function progress(title, stream = process.stderr) {
  const live = stream.isTTY === true;
  const step = { title, started: Date.now(), latest: '' };
  active.add(step);
  if (live) timer ??= setInterval(() => draw(stream), 200);
  else stream.write(`  … ${title}\n`);
  const end = (sign, note) => {
    active.delete(step);
    if (active.size === 0) timer = clearInterval(timer);
    stream.write(`${live ? '\r\u001b[2K' : ''}  ${sign} ${title}  (${seconds(step.started)})${note ? `: ${note}` : ''}\n`);
  };
  return {
    note: (text) => {
      step.latest = text;
    },
    done: (note) => end('✓', note),
    failed: () => end('✗'),
  };
}
