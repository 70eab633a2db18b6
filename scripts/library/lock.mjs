/** Two set-ups at once wait for one another. A lock left by a process that is gone is recognised and taken over. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** When a process began, where the system tells: a number used again by another process is then not mistaken for the old one. */
function began(id) {
  try {
    const stat = fs.readFileSync(`/proc/${id}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function alive({ process: id, began: then }) {
  if (!Number.isInteger(id)) return false;
  try {
    process.kill(id, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  const now = began(id);
  return then === undefined || now === undefined || now === then;
}

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    return error.code === 'ENOENT' ? undefined : {};
  }
}

function take(file) {
  const mine = `${file}.${process.pid}`;
  // Written first and linked into place, so that nobody ever reads half a lock.
  fs.writeFileSync(mine, JSON.stringify({ process: process.pid, began: began(process.pid), since: new Date().toISOString() }));
  try {
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(mine, { force: true });
  }
}

/** Moves a dead lock aside; if somebody else replaced it meanwhile, puts theirs back. */
function clearStale(file) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved && alive(moved)) {
    try {
      fs.linkSync(aside, file);
    } catch {
      // A third one was quicker; the one moved aside finds out when it releases.
    }
  }
  fs.rmSync(aside, { force: true });
}

export async function withLock(file, work, { say = () => {}, every = 250 } = {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    const holder = read(file);
    if (holder && !alive(holder)) clearStale(file);
    else if (holder) {
      if (!told) say(`Another set-up is at work (process ${holder.process}); waiting for it …`);
      told = true;
      await sleep(every);
    }
  }
  try {
    return await work();
  } finally {
    if (read(file)?.process === process.pid) fs.rmSync(file, { force: true });
  }
}
