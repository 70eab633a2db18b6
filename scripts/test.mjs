/** `npm test`: types, lint, then every test a person waits for. `-- --all` adds the long ones; `-- NAME …` runs those whose file begins so. */
import './library/node-version.mjs';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { check } from './check.mjs';
import { runCommand } from './library/arguments.mjs';
import { passThrough } from './library/children.mjs';
import { dataEnvironment, dataState, mirrorBeside } from './library/data.mjs';
import { SetupError } from './library/failure.mjs';
import { inRoot, tests } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

function testFiles(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => path.join(folder, name));
}

function chosen(all, names) {
  const files = [...testFiles(tests), ...(all ? testFiles(path.join(tests, 'long')) : [])];
  if (names.length === 0) return files;
  const found = files.filter((file) => names.some((name) => path.basename(file).startsWith(name)));
  if (found.length === 0)
    throw new SetupError({
      problem: `No test begins with ${names.join(' or ')}.`,
      remedy: `choose among: ${files.map((file) => path.basename(file, '.test.js')).join(', ')}.`,
    });
  return found;
}

/** The last lines: which data the tests saw, and whether that is what they should have seen. */
function reportData(environment) {
  const state = dataState(environment);
  if (!state) {
    console.log('Data: stand-ins only (no data here; `npm run data -- fetch all` gets the real sets).');
    return 0;
  }
  const words = Object.entries(state).map(([name, value]) => `${name} ${value}`);
  const real =
    ['real', 'cached', 'in mirror'].some((word) => Object.values(state).includes(word)) && !Object.values(state).includes('stand-in');
  console.log(`Data: ${real ? 'real data used' : 'STAND-INS used'} (${words.join(', ')}).`);
  if (real || !fs.existsSync(mirrorBeside)) return 0;
  console.log(`✗ ${mirrorBeside} exists and its data were not used.`);
  return 1;
}

const command = {
  call: 'npm test',
  does: 'Looks at types and lint, then runs every test that a person waits for; the last lines say which data the tests saw.',
  options: {
    all: { type: 'boolean', says: 'the long tests too' },
    only: { type: 'boolean', says: 'the tests alone, without types and lint' },
  },
  names: { shown: '[NAME …]', says: 'only tests whose file in tests/ begins so' },
};

await runCommand(command, async ({ values, positionals }) => {
  await ensureReady();
  const environment = { ...dataEnvironment(), TF_CPP_MIN_LOG_LEVEL: '3' };
  const checked = values.only ? 0 : await check();
  const files = chosen(values.all, positionals);
  const code = await passThrough(
    process.execPath,
    [
      '--enable-source-maps',
      '--test',
      '--test-concurrency=1',
      ...['spec', pathToFileURL(inRoot('scripts', 'library', 'exit-reporter.mjs')).href].flatMap((reporter) => [
        `--test-reporter=${reporter}`,
        '--test-reporter-destination=stdout',
      ]),
      ...files,
    ],
    {
      cwd: inRoot(),
      env: environment,
    },
  );
  const data = reportData(environment);
  console.log(
    `Types and lint: ${values.only ? 'not looked at (--only)' : checked === 0 ? 'pass' : 'FAIL'}. Tests: ${code === 0 ? 'pass' : 'FAIL'} (${files.length} files).`,
  );
  return checked || code || data ? 1 : 0;
});
