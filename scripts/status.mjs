/** npm run status: how far the reproduction is: artefacts, claims, missing runs, state of the data. --json prints it as data. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const setup = path.join(root, 'scripts', 'library', 'setup.mjs');
if (existsSync(setup)) await (await import(pathToFileURL(setup).href)).ensureReady();
const { reproductionStatus, statusText } = await import(pathToFileURL(path.join(root, 'src', 'dist', 'papers', 'index.js')).href).then(
  (loaded) => loaded.default ?? loaded,
);

const status = await reproductionStatus();
console.log(process.argv.includes('--json') ? JSON.stringify(status, null, 2) : statusText(status));
