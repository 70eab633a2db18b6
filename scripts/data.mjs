/** npm run data: lists the data sets; -- verify|fetch|clear NAME checks, fetches or removes one (or `all`). */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runMain, SetupError } from './library/failure.mjs';
import { root } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

const USAGE = `npm run data                      lists the data sets, their state and size
npm run data -- fetch NAME        reads a set into data/cache (from DATA_MIRROR or the network)
npm run data -- verify NAME       checks every byte in data/cache
npm run data -- clear NAME        removes a set from data/cache
NAME is one of mnist, fashion-mnist, idc, all.`;

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

async function main() {
  const [action, name, ...rest] = process.argv.slice(2);
  if (action === '--help' || action === 'help') {
    console.log(USAGE);
    return;
  }
  if (action !== undefined && (!['fetch', 'verify', 'clear'].includes(action) || rest.length > 0))
    throw new SetupError({ problem: `“${process.argv.slice(2).join(' ')}” is not understood.`, remedy: `one of these\n${USAGE}` });
  await ensureReady();
  const loaded = await import(pathToFileURL(path.join(root, 'src', 'dist', 'data', 'index.js')).href);
  const data = loaded.default ?? loaded;
  if (action === undefined) {
    list(data);
    return;
  }
  const known = data.dataCards().map((card) => card.name);
  if (name !== 'all' && !known.includes(name))
    throw new SetupError({ problem: `There is no data set ${name ?? 'without a name'}.`, remedy: `choose ${known.join(', ')} or all` });
  for (const each of name === 'all' ? known : [name]) await carryOut(action, each, data).catch(speak);
}

await runMain(main);
