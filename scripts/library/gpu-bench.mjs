/** What `npm run bench -- --device gpu` needs beside the benches: is there a GPU, does it compute the same, how far from PyTorch. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SetupError } from './failure.mjs';
import { inRoot, runtimeFolder, shown } from './paths.mjs';

/** The options that name a device, checked against each other; true for a GPU. */
export function readDevice({ device, verify, rehearse, only }, usage) {
  const refuse = (problem, remedy = `use it like this: ${usage}`) => {
    throw new SetupError({ problem, remedy });
  };
  if (device !== undefined && device !== 'cpu' && device !== 'gpu') refuse(`--device is ${device}.`, 'give cpu or gpu.');
  if (device !== 'gpu' && verify) refuse('--verify is about a GPU and needs --device gpu.');
  if (rehearse && !verify) refuse('--rehearse belongs to --verify.');
  if (device === 'gpu' && only) refuse('--only chooses among the benches of the CPU.', 'choose a case by --case NAME.');
  return device === 'gpu';
}

const ASK_RUNTIME = `
const { default: { runtime } } = await import('paperlab/runtime');
const { gpu, withoutGpu } = runtime();
console.log(JSON.stringify({ gpu, withoutGpu, words: String(runtime()) }));
process.exit(0);`;

/** What the runtime says of this machine; where there is no GPU, an error with the reason. `why`: set-up's reason for the libraries it took. */
export function requireGpu(kind, why, rehearse) {
  const answer = spawnSync(process.execPath, ['--input-type=module', '-e', ASK_RUNTIME], { cwd: inRoot(), encoding: 'utf8' });
  let found;
  try {
    found = JSON.parse(answer.stdout.trim().split('\n').at(-1));
  } catch {
    throw new SetupError({
      problem: `TensorFlow does not load: ${(answer.stderr ?? '').trim().split('\n').at(-1)}`,
      remedy: '`npm run clean`, then the same command again.',
    });
  }
  if (!found.gpu && !rehearse) {
    const reason = (kind === 'cuda' ? found.withoutGpu : why).replace(/\.$/, '');
    throw new SetupError({
      problem: `There is no GPU here to compute on: ${reason}. Nothing was measured or verified.`,
      remedy:
        'run the same command on a machine with an NVIDIA GPU. `npm run bench -- --device gpu --verify --rehearse` tries the check itself on the CPU.',
    });
  }
  return found.words;
}

/** Runs the check, prints its report and keeps it as a file; the exit code. */
export async function verifyGpu(machine, { rehearse, case: only }) {
  const { verify } = await import('../../bench/gpu-verify.mjs');
  const { text, passed } = verify({ only, rehearse, machine, onCase: (name) => console.error(`  ${name}`) });
  const file = path.join(runtimeFolder, rehearse ? 'gpu-rehearsal.md' : 'gpu-check.md');
  fs.writeFileSync(file, `${text}\n`);
  console.log(`\n${text}\n\nAs a file: ${shown(file)}`);
  return passed ? 0 : 1;
}

/** paperlab's step in PyTorch's steps, case by case. */
export function ratios(rows) {
  return rows
    .filter(({ contender }) => contender === 'paperlab')
    .flatMap((ours) => {
      const theirs = rows.find(({ name, contender }) => contender === 'PyTorch' && name === ours.name);
      return theirs ? [`${ours.name}: ${(ours.value / theirs.value).toFixed(2)} × PyTorch (aim: at most 1.2)`] : [];
    })
    .join('\n');
}
