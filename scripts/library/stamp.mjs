/** Remembers for each step what its result was made from, so that a second call skips what is up to date. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { stampFolder } from './paths.mjs';

export function fingerprint(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(typeof part === 'string' ? part : JSON.stringify(part)).update('\0');
  return hash.digest('hex').slice(0, 24);
}

export function contents(...files) {
  return fingerprint(
    ...files.map((file) => {
      try {
        return fs.readFileSync(file, 'utf8');
      } catch {
        return 'missing';
      }
    }),
  );
}

const fileOf = (name) => path.join(stampFolder, name);

export function isStamped(name, value) {
  try {
    return fs.readFileSync(fileOf(name), 'utf8') === value;
  } catch {
    return false;
  }
}

export function stamp(name, value) {
  fs.mkdirSync(stampFolder, { recursive: true });
  const partial = `${fileOf(name)}.${process.pid}`;
  fs.writeFileSync(partial, value);
  fs.renameSync(partial, fileOf(name));
}

export function unstamp(name) {
  fs.rmSync(fileOf(name), { force: true });
}
