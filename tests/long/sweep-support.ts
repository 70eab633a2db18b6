import { spawn } from 'node:child_process';
import path from 'node:path';
import { repository } from '../setup-clone.js';

/** `npm run sweep` as a reader starts it. */
export function sweep(folder: string, flags: string[], more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(repository, 'scripts', 'sweep.mjs'), ...flags], {
    cwd: repository,
    env: { ...process.env, RAY_ADDRESS: '', STAND_IN: '1', PAPERLAB_RESULTS_DIR: folder, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      output += text;
    });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => child.on('close', (code) => resolve({ code, output })));
  return { child, ended, output: () => output };
}
