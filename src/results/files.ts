/** Files written whole or not at all. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** The operations that can fail for want of space or rights; tests put failing ones in their place. */
export interface FileWriter {
  write(descriptor: number, contents: Buffer): void;
}

export const diskWriter: FileWriter = {
  write(descriptor, contents) {
    let written = 0;
    while (written < contents.length) written += writeSync(descriptor, contents, written);
  },
};

/** The name is on disk only once its folder is. Where folders cannot be opened (Windows) the rename has to do. */
function syncFolder(folder: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(descriptor);
  } catch {
    // Some file systems refuse to sync a folder; the rename stands all the same.
  } finally {
    closeSync(descriptor);
  }
}

let counter = 0;

/** Writes beside the target, waits for the disk, then renames: a reader sees the old file or the new one, never half of one. */
export function writeWhole(file: string, contents: Buffer | string, writer: FileWriter = diskWriter): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}-${counter++}.part`;
  try {
    const descriptor = openSync(unfinished, 'w');
    try {
      writer.write(descriptor, typeof contents === 'string' ? Buffer.from(contents) : contents);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  syncFolder(path.dirname(file));
}
