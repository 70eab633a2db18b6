/** The line a reader watches while something long happens. */
import type { DownloadProgress } from './download.js';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function seconds(value: number): string {
  return value < 90 ? `${Math.ceil(value)} s` : `${Math.ceil(value / 60)} min`;
}

function bar(share: number): string {
  const filled = Math.round(20 * Math.min(1, share));
  return '█'.repeat(filled) + '░'.repeat(20 - filled);
}

/** On a clock that nobody moves: the day's clock may jump back, and the line would then stand still. */
let lastWritten = Number.NEGATIVE_INFINITY;
let open = false;

/** One line that is written over at most five times a second; only where a person looks (a terminal). */
export function statusLine(text: string, now = performance.now()): void {
  if (!process.stderr.isTTY || now - lastWritten < 200) return;
  lastWritten = now;
  open = true;
  process.stderr.write(`\r${text.padEnd(78)}`);
}

export function endLine(): void {
  if (open) process.stderr.write('\n');
  open = false;
  lastWritten = Number.NEGATIVE_INFINITY;
}

export function formatDownload(title: string, progress: DownloadProgress): string {
  const { received, total, bytesPerSecond, secondsLeft } = progress;
  const rate = `${megabytes(bytesPerSecond)}/s`;
  if (total === undefined || secondsLeft === undefined) return `${title}  ${megabytes(received)}  ${rate}`;
  return `${title}  ${bar(received / total)} ${megabytes(received)} of ${megabytes(total)}  ${rate}  ${seconds(secondsLeft)} left`;
}

export function downloadLine(title: string): (progress: DownloadProgress) => void {
  return (progress) => statusLine(formatDownload(title, progress));
}
