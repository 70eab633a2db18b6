/** `npm run check`: types of sources, tests and notebook cells, then lint and format. `-- --fix` mends what can be mended. */
import './library/node-version.mjs';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { runCommand } from './library/arguments.mjs';
import { passThrough } from './library/children.mjs';
import { compile } from './library/compile.mjs';
import { biome, inRoot, notebooks } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

async function types() {
  const complaints = await compile();
  if (complaints.length > 0) console.log(complaints.join('\n'));
  return complaints.length === 0 ? 0 : 1;
}

function cells() {
  const files = fs.existsSync(notebooks)
    ? fs
        .readdirSync(notebooks)
        .filter((name) => name.endsWith('.ipynb'))
        .sort()
    : [];
  if (files.length === 0) return 0;
  const checker = inRoot('scripts', 'library', 'cells.mjs');
  return passThrough(process.execPath, [checker, ...files.map((name) => path.join(notebooks, name))], { cwd: notebooks });
}

const lint = (fix) =>
  passThrough(process.execPath, [biome, 'check', ...(fix ? ['--write'] : []), '--max-diagnostics=60', '.'], { cwd: inRoot() });

export async function check({ fix = false } = {}) {
  let failed = 0;
  for (const [name, part] of [
    ['types of src and tests', types],
    ['types of notebook cells', cells],
    ['lint and format', () => lint(fix)],
  ]) {
    const started = Date.now();
    const code = await part();
    console.log(`${code === 0 ? '✓' : '✗'} ${name}  (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (code !== 0) failed++;
  }
  return failed === 0 ? 0 : 1;
}

const command = {
  call: 'npm run check',
  does: 'Looks at the types of sources, tests and notebook cells, then at lint and format. `npm test` begins with it.',
  options: { fix: { type: 'boolean', says: 'mends what lint and format can mend by themselves: it rewrites files' } },
};

if (process.argv[1] === inRoot('scripts', 'check.mjs'))
  await runCommand(command, async ({ values }) => {
    await ensureReady({ sources: false });
    return check(values);
  });
