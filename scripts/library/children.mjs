/** Child processes that never outlive the command that started them. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const groups = new Set();

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}

/** Starts a program as the head of a group of its own, so that all it starts can be taken down with it. */
export function startGroup(command, parameters, options) {
  const child = spawn(command, parameters, { ...options, detached: true });
  groups.add(child);
  child.on('exit', () => {
    // Grandchildren that stayed behind.
    signalGroup(child, 'SIGTERM');
    groups.delete(child);
  });
  return child;
}

const ended = (child) => child.exitCode !== null || child.signalCode !== null;
const end = (child) => (ended(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve)));

/** Asks every group to end, and insists after a while. */
export async function stopGroups(patience = 8000) {
  const all = [...groups];
  for (const child of all) child.kill('SIGTERM');
  const timer = setTimeout(() => {
    for (const child of all) signalGroup(child, 'SIGKILL');
  }, patience);
  await Promise.all(all.map(end));
  clearTimeout(timer);
}

process.on('exit', () => {
  for (const child of groups) signalGroup(child, 'SIGKILL');
});

/** Runs a program with our own input and output and gives its exit code. */
export function passThrough(command, parameters, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    process.on('SIGTERM', forward);
    // Ctrl-C reaches the child by itself; this process only waits for it to end.
    const wait = () => {};
    process.on('SIGINT', wait);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', wait);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}
