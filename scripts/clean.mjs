/** `npm run clean`: takes away what set-up made. Data, results and figures stay. `-- --all` takes the data cache and local runs too. */
import './library/node-version.mjs';
import fs from 'node:fs';
import { runCommand } from './library/arguments.mjs';
import { inRoot } from './library/paths.mjs';

const MADE = ['.runtime', '.build', 'src/dist', 'node_modules'];
const KEPT_USUALLY = ['data/cache', 'results/local'];

const command = {
  call: 'npm run clean',
  does: `Takes away what set-up made, at once and without asking: ${MADE.join(', ')}. Any command sets up again what it needs.`,
  options: { all: { type: 'boolean', says: `takes ${KEPT_USUALLY.join(' and ')} too: fetched data, and runs that were not recorded` } },
};

await runCommand(command, ({ values }) => {
  for (const name of values.all ? [...MADE, ...KEPT_USUALLY] : MADE) {
    if (!fs.existsSync(inRoot(name))) continue;
    fs.rmSync(inRoot(name), { recursive: true, force: true, maxRetries: 3 });
    console.log(`removed ${name}`);
  }
  console.log('Clean. Any command sets up again what it needs.');
});
