/** `npm run clean`: takes away what set-up made. Data, results and figures stay. `-- --all` takes the data cache and local runs too. */
import './library/node-version.mjs';
import fs from 'node:fs';
import { runMain } from './library/failure.mjs';
import { inRoot } from './library/paths.mjs';

const MADE = ['.runtime', '.build', 'src/dist', 'node_modules'];
const KEPT_USUALLY = ['data/cache', 'results/local'];

await runMain((words) => {
  for (const name of words.includes('--all') ? [...MADE, ...KEPT_USUALLY] : MADE) {
    if (!fs.existsSync(inRoot(name))) continue;
    fs.rmSync(inRoot(name), { recursive: true, force: true, maxRetries: 3 });
    console.log(`removed ${name}`);
  }
  console.log('Clean. Any command sets up again what it needs.');
});
