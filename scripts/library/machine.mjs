/** What this machine is: system, NVIDIA driver, room on the disk. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SetupError } from './failure.mjs';
import { root } from './paths.mjs';

const DRIVER_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/nvidia/lib64',
  // Windows' own driver, as WSL2 shows it.
  '/usr/lib/wsl/lib',
];

function smiAnswers(environment) {
  const answer = spawnSync('nvidia-smi', ['-L'], { encoding: 'utf8', timeout: 15_000, env: environment });
  return answer.status === 0 && /GPU \d+/.test(answer.stdout);
}

/** Why this machine counts as one with an NVIDIA GPU, or undefined. */
export function nvidiaDriver({ environment = process.env, exists = fs.existsSync, smi = smiAnswers } = {}) {
  if (smi(environment)) return 'nvidia-smi answers';
  const folders = [...(environment.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean), ...DRIVER_FOLDERS];
  const library = folders.map((folder) => path.join(folder, 'libcuda.so.1')).find((file) => exists(file));
  return library && `driver library ${library}`;
}

/** Which TensorFlow this machine gets: 'cpu', 'cuda' or 'macos', and why. RUNTIME overrides. */
export function tensorflowKind({
  environment = process.env,
  platform = process.platform,
  arch = process.arch,
  driver = nvidiaDriver,
} = {}) {
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
  const found = arch === 'x64' ? driver({ environment }) : undefined;
  return found ? { kind: 'cuda', why: found } : { kind: 'cpu', why: 'no NVIDIA driver found' };
}

export function freeBytes(folder = root) {
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

export const gigabytes = (megabytes) => `${(megabytes / 1000).toFixed(1)} GB`;

/** Says what is about to be fetched and kept, and refuses when the disk has no room for it. */
export function announceNeeds(needs, { say, free = freeBytes() }) {
  const download = needs.reduce((sum, need) => sum + need.download, 0);
  const disk = needs.reduce((sum, need) => sum + need.disk, 0);
  if (download === 0) return;
  say(
    `To fetch: ${needs
      .filter((need) => need.download > 0)
      .map((need) => `${need.name} ${need.download} MB`)
      .join(', ')}`,
  );
  say(
    `Needed: ${gigabytes(download)} of download, ${gigabytes(disk)} on the disk (${gigabytes(free / 1e6)} free), 2 GB of memory. \`npm run clean\` takes it away again.`,
  );
  if (free < disk * 1e6)
    throw new SetupError({
      problem: `The disk has ${gigabytes(free / 1e6)} free; set-up needs ${gigabytes(disk)}.`,
      remedy: 'free some space or clone to another disk, then run the same command again.',
    });
}
