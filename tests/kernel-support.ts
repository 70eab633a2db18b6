/** A kernel of this clone for tests: cells are sent to it as a reader sends them, and it is told to stop, or given little memory. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ourModule, repository } from './setup-clone.js';

export interface Step {
  code: string;
  /** Interrupts the kernel once the cell's progress has moved on, and waits for these words of the cell too. */
  interrupt?: string;
  /** Bytes that the kernel may take more than it has while the cell runs. */
  room?: number;
}

/** What came of a cell. */
export interface Stepped {
  status: 'ok' | 'error' | 'abort';
  /** All that it printed and showed, in words; tslab writes a cell's error there. */
  text: string;
  seconds: number;
  /** Seconds from the interruption until the kernel was idle and the words were said. */
  stoppedAfter: number | null;
  /** Resident memory of the kernel afterwards. */
  megabytes: number;
}

export const noKernel = fs.existsSync(path.join(repository, '.runtime', 'venv')) ? false : 'the kernel is not set up: npm run setup';
/** Sessions read a process's memory where Linux tells it. */
export const noSession = noKernel || (process.platform === 'linux' ? false : 'needs /proc');

/** Runs a Python program of tests/fixtures that starts the kernel; the kernel's name and `words` are its arguments. Gives its last line, read. */
export async function withKernel<Result>(program: string, words: readonly string[] = [], input = ''): Promise<Result> {
  const { jupyterEnvironment, python } = (await ourModule('paths.mjs')) as {
    jupyterEnvironment: (environment: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
    python: string;
  };
  const { kernelSpec } = (await ourModule('kernel.mjs')) as { kernelSpec: () => object };
  // A kernel spec of its own: the one of set-up is the last clone's that shares .runtime.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kernel-'));
  const place = path.join(folder, 'kernels', 'paperlab-trial');
  fs.mkdirSync(place, { recursive: true });
  fs.writeFileSync(path.join(place, 'kernel.json'), JSON.stringify(kernelSpec()));
  try {
    const script = path.join(repository, 'tests', 'fixtures', program);
    const ended = spawnSync(python, [script, 'paperlab-trial', ...words], {
      encoding: 'utf8',
      env: { ...jupyterEnvironment(process.env), JUPYTER_PATH: folder },
      timeout: 400_000,
      input,
    });
    if (ended.status !== 0) throw new Error(`${program} ended with ${ended.status ?? ended.signal}: ${ended.stderr}`);
    return JSON.parse(ended.stdout.trim().split('\n').pop()!) as Result;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Cells in one kernel, one after another. */
export const kernelSession = (steps: readonly Step[]): Promise<Stepped[]> =>
  withKernel('kernel-session.py', [path.join(repository, 'notebooks')], JSON.stringify(steps));

/** First cell of a session: a network as large as that of notebook 00, and pictures enough for an hour of training. */
export const NETWORK = `import { fit, RandomSequence, seeded, show, start, tf, train } from 'paperlab';
const random = new RandomSequence(3);
const labels = Uint8Array.from({ length: 2000 }, () => Math.floor(10 * random.next()));
const inputs = Uint8Array.from({ length: 2000 * 784 }, () => Math.floor(256 * random.next()));
const pictures = { inputs, shape: [28, 28, 1], labels, count: 2000 };
const recipe = { optimizer: { kind: 'adam', learningRate: 0.001 }, loss: 'sparseCategoricalCrossentropy', batchSize: 32, seed: 1 } as const;`;
