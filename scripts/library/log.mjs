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

/** A progress line: on a terminal it counts the seconds and shows the last thing printed; elsewhere it is said once. */
export function progress(title, stream = process.stderr) {
  const started = Date.now();
  const live = stream.isTTY === true;
  let latest = '';
  const draw = () => {
    const line = `  … ${title}  ${seconds(started)}  ${latest}`;
    stream.write(`\r\u001b[2K${line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
  if (!live) stream.write(`  … ${title}\n`);
  const timer = live ? setInterval(draw, 200) : undefined;
  const end = (sign, note) => {
    clearInterval(timer);
    stream.write(`${live ? '\r\u001b[2K' : ''}  ${sign} ${title}  (${seconds(started)})${note ? `: ${note}` : ''}\n`);
  };
  return {
    note: (text) => {
      latest = text;
    },
    done: (note) => end('✓', note),
    failed: () => end('✗'),
  };
}
