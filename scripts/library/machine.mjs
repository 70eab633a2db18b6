/** What this machine is: system, NVIDIA driver, room on the disk. */
import fs from 'node:fs';
import process from 'node:process';
import driver from './driver.cjs';
import { SetupError } from './failure.mjs';
import { root } from './paths.mjs';
import { gigabytes } from './sizes.mjs';

export { gigabytes };

/** What set-up makes of the driver's answer: words for a GPU that TensorFlow can use, or why there is none. */
export function nvidiaGpu({ environment = process.env, ...asking } = {}) {
  const answer = driver.askDriver({ environment, ...asking });
  const problem = driver.driverProblem(answer);
  // Whether a GPU is free or hidden just now is the runtime's question: libraries are fetched for the machine.
  if (problem) return { problem };
  const [gpu] = answer.gpus;
  return { found: `${gpu.name || 'an NVIDIA GPU'}, driver ${answer.driver || 'of unknown version'}, by ${answer.source}` };
}

/** Which TensorFlow this machine gets: 'cpu', 'cuda' or 'macos', and why. RUNTIME overrides. */
export function tensorflowKind({ environment = process.env, platform = process.platform, arch = process.arch, gpu = nvidiaGpu } = {}) {
  const asked = environment.RUNTIME?.trim().toLowerCase();
  if (asked && asked !== 'cpu' && asked !== 'cuda')
    throw new SetupError({
      problem: `RUNTIME=${environment.RUNTIME} is not known.`,
      remedy: 'set RUNTIME=cpu or RUNTIME=cuda, or leave it away.',
    });
  if (platform === 'win32')
    throw new SetupError({
      problem: 'Windows itself is not supported: TensorFlow has no libraries for it that this project can use.',
      remedy: 'install WSL2 (`wsl --install` in an administrator terminal), clone the project inside it and run the same command there.',
    });
  if (platform === 'darwin') {
    if (asked === 'cuda' || arch !== 'arm64')
      throw new SetupError({
        problem: asked === 'cuda' ? 'There is no CUDA on macOS.' : 'TensorFlow 2.21 has no libraries for Macs with Intel processors.',
        remedy: asked === 'cuda' ? 'leave RUNTIME away.' : 'use a Mac with Apple silicon, or Linux (a container will do).',
      });
    return { kind: 'macos', why: 'macOS on Apple silicon' };
  }
  if (asked) return { kind: asked, why: `RUNTIME=${asked}` };
  if (arch !== 'x64') return { kind: 'cpu', why: `no CUDA libraries for ${arch} processors here` };
  const { found, problem } = gpu({ environment });
  return found ? { kind: 'cuda', why: found } : { kind: 'cpu', why: problem.replace(/\.$/, '') };
}

export function freeBytes(folder = root) {
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Says what is about to be fetched and kept, and refuses when the disk has no room for it. */
export function announceNeeds(needs, { say, free = freeBytes(), bundled = false }) {
  const download = needs.reduce((sum, need) => sum + need.download, 0);
  const disk = needs.reduce((sum, need) => sum + need.disk, 0);
  if (download === 0) return;
  const fetched = needs.filter((need) => need.download > 0).map((need) => `${need.name} ${need.download} MB`);
  if (!bundled) say(`To fetch: ${fetched.join(', ')}`);
  say(
    `Needed: ${bundled ? '' : `${gigabytes(download)} of download, `}${gigabytes(disk)} on the disk (${gigabytes(free / 1e6)} free), 3 GB of memory. \`npm run clean\` takes it away again.`,
  );
  if (free < disk * 1e6)
    throw new SetupError({
      problem: `The disk has ${gigabytes(free / 1e6)} free; set-up needs ${gigabytes(disk)}.`,
      remedy: 'free some space or clone to another disk, then run the same command again.',
    });
}
