/** `npm run data`: lists the data sets; `-- verify|fetch|clear NAME` checks, fetches or removes one (or `all`). */
import './library/node-version.mjs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand, usageOf } from './library/arguments.mjs';
import { SetupError } from './library/failure.mjs';
import { root } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

const command = {
  call: 'npm run data',
  does: 'Lists the data sets with their state and size; with a word, fetches, checks or removes one: mnist, fashion-mnist, idc or all.',
  names: {
    shown: '[fetch|verify|clear NAME]',
    says: 'fetch reads a set into data/cache (from DATA_MIRROR or the network); verify checks every byte there; clear removes it',
  },
  options: {},
};
const ACTIONS = ['fetch', 'verify', 'clear'];

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function list({ dataStatus, dataPlaces }) {
  const { cache, mirror } = dataPlaces();
  for (const set of dataStatus()) {
    console.log(`${set.name.padEnd(14)} ${set.state.padEnd(10)} ${(set.bytes > 0 ? megabytes(set.bytes) : '').padStart(9)}  ${set.title}`);
    if (set.state === 'partly') for (const file of set.files) console.log(`${''.padEnd(16)}${file.state.padEnd(10)} ${file.name}`);
  }
  console.log(`\nCache: ${path.relative(root, cache) || cache}. Mirror: ${mirror ?? 'none (name one by DATA_MIRROR)'}.`);
}

function tell(set) {
  const { images, classes, groups, rejected, variant, checksum } = set;
  const balance = classes.map(({ name, count }) => `${name} ${count}`).join(', ');
  const patients = groups === undefined ? '' : ` of ${groups} patients, ${rejected} left out because they are not 50 × 50 × 3`;
  console.log(`  ${variant ? `${variant}: ` : ''}${images} images${patients} (${balance}); sha256 ${checksum.slice(0, 16)}…`);
}

async function carryOut(action, name, data) {
  if (action === 'clear') {
    console.log(`${name}: ${megabytes(data.clearSet(name))} set free`);
    return;
  }
  const sets = await (action === 'fetch' ? data.fetchSet(name) : data.verifySet(name));
  console.log(`${name}: ${action === 'fetch' ? 'ready' : 'every byte is as it should be'}`);
  for (const set of sets) tell(data.describeSet(set));
}

/** The data room's errors carry their own remedy. */
function speak(error) {
  if (error?.name !== 'DataError') throw error;
  const expectation = error.expected ? ` Expected: ${error.expected}.` : '';
  throw new SetupError({ problem: `${error.file}: ${error.problem}.${expectation}`, remedy: error.remedy, cause: error });
}

await runCommand(command, async ({ positionals }) => {
  const [action, name, ...rest] = positionals;
  if (action !== undefined && (!ACTIONS.includes(action) || rest.length > 0))
    throw new SetupError({
      problem: `“${positionals.join(' ')}” is not understood.`,
      remedy: `use it like this: ${usageOf(command)}, one set at a time or all. \`npm run data -- --help\` says more.`,
    });
  if (action !== undefined && name === undefined)
    throw new SetupError({
      problem: `${action} which data set?`,
      remedy: `\`npm run data -- ${action} all\`, or one of those that \`npm run data\` lists.`,
    });
  await ensureReady();
  const loaded = await import(pathToFileURL(path.join(root, 'src', 'dist', 'data', 'index.js')).href);
  const data = loaded.default ?? loaded;
  if (action === undefined) {
    list(data);
    return;
  }
  const known = data.dataCards().map((card) => card.name);
  if (name !== 'all' && !known.includes(name))
    throw new SetupError({ problem: `There is no data set ${name}.`, remedy: `choose ${known.join(', ')} or all.` });
  for (const each of name === 'all' ? known : [name]) await carryOut(action, each, data).catch(speak);
});
