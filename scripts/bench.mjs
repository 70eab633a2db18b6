/**
 * `npm run bench`: speed of this project's parts beside that of others, interleaved, as a table and as JSON.
 *
 * bench/NAME.mjs exports `name` and `run()`, which gives rows { name, value, unit, target?, contender? } ('paperlab' unless it says otherwise).
 * bench/NAME.py, where it exists, prints the same rows as JSON for its peers, one array on its last line.
 * --write keeps what was measured in bench/results.json and writes bench/RESULTS.md anew.
 * Every round runs all of them one after the other in processes of their own, so that a slow minute of the machine meets everybody; the median counts.
 */
import './library/node-version.mjs';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { runCommand, usageOf, wholeNumber } from './library/arguments.mjs';
import { engineCases, engineFigure, keptReports, withReport, writeBenchPage } from './library/bench-report.mjs';
import { dataEnvironment } from './library/data.mjs';
import { SetupError } from './library/failure.mjs';
import { ratios, readDevice, requireGpu, verifyGpu } from './library/gpu-bench.mjs';
import { progress } from './library/log.mjs';
import { announceNeeds } from './library/machine.mjs';
import { inRoot, requirements, runtimeFolder, tensorflowTarget } from './library/paths.mjs';
import { makeEnvironment, sitePackages } from './library/python.mjs';
import { ensureReady } from './library/setup.mjs';
import { contents, isStamped, stamp } from './library/stamp.mjs';
import { benchVersions } from './library/versions.mjs';

const command = {
  call: 'npm run bench',
  usage:
    'npm run bench -- [--only engine|tsne|knn|metrics] [--rounds N] [--json] [--write] [--no-peers]   or   npm run bench -- --device gpu [--verify [--rehearse]] [--case NAME]',
  does: 'Measures the speed of parts of this project beside stock tfjs, Keras, PyTorch and others, in turns. What the others need is fetched first: several GB.',
  options: {
    only: { type: 'string', multiple: true, value: 'NAME', says: 'one bench: engine, tsne, knn or metrics; may be said more than once' },
    rounds: { type: 'string', value: 'N', says: 'how often each is measured (without it: 3); the median counts' },
    json: { type: 'boolean', says: 'prints JSON in place of a table' },
    write: { type: 'boolean', says: 'keeps what was measured in bench/results.json and writes bench/RESULTS.md anew' },
    'no-peers': { type: 'boolean', says: 'measures this project alone; nothing is fetched' },
    device: { type: 'string', value: 'gpu', says: 'measures on the GPU in place of the CPU' },
    verify: { type: 'boolean', says: 'with --device gpu: does the GPU compute the same as the CPU?' },
    rehearse: { type: 'boolean', says: 'with --verify: tries that check itself on the CPU' },
    case: { type: 'string', value: 'NAME', says: 'one case of the engine' },
  },
};
const folder = inRoot('bench');

/** Environments of the peers, each only for its benches: comparing neighbours must not cost a download of PyTorch. */
const ENVIRONMENTS = {
  peers: { needs: 'Keras, PyTorch', download: 3600, disk: 9000 },
  'peers-points': { needs: 'scikit-learn, openTSNE', download: 100, disk: 400 },
};
const environmentOf = (name) => (name === 'engine' || name === 'gpu' ? 'peers' : 'peers-points');
const pythonOf = (environment) => path.join(runtimeFolder, environment, 'bin', 'python');

const names = () =>
  fs
    .readdirSync(folder)
    // What needs a GPU runs by `--device gpu` only.
    .filter((file) => file.endsWith('.mjs') && !file.startsWith('gpu'))
    .map((file) => path.basename(file, '.mjs'))
    .sort();

/** A peers' environment; nothing else ever uses it. */
async function ensurePeers(environment) {
  const wanted = contents(requirements(environment));
  if (fs.existsSync(pythonOf(environment)) && isStamped(environment, wanted)) return;
  const { needs, download, disk } = ENVIRONMENTS[environment];
  announceNeeds([{ name: needs, download, disk }], { say: (text) => console.error(text) });
  const line = progress("the peers' Python environment");
  try {
    await makeEnvironment(path.join(runtimeFolder, environment), environment, line.note);
  } catch (error) {
    line.failed();
    throw error;
  }
  stamp(environment, wanted);
  line.done();
}

/** Versions behind a bench's numbers, read where they are installed. */
const versionsFor = (name, kind, withPeers) =>
  benchVersions(name, {
    binding: inRoot('node_modules', '@tensorflow', 'tfjs-node-gpu'),
    tensorflow: tensorflowTarget(kind),
    ...(withPeers && { peers: sitePackages(path.join(runtimeFolder, environmentOf(name))) }),
  });

const OURS = `
const { run } = await import(process.argv[1]);
console.log(JSON.stringify(await run()));
process.exit(0);`;

function rowsOf(title, command, parameters) {
  const line = progress(title);
  const answer = spawnSync(command, parameters, {
    cwd: inRoot(),
    encoding: 'utf8',
    env: { ...dataEnvironment(), TF_CPP_MIN_LOG_LEVEL: '3', PYTHONNOUSERSITE: '1' },
    maxBuffer: 2 ** 28,
  });
  try {
    const rows = JSON.parse(answer.stdout.trim().split('\n').at(-1));
    line.done();
    return rows;
  } catch {
    line.failed();
    console.error((answer.stderr || answer.stdout || `ended by ${answer.signal}`).trim().split('\n').slice(-8).join('\n'));
    return undefined;
  }
}

function oneRound(name, withPeers) {
  const ours = rowsOf(`${name}: paperlab`, process.execPath, [
    '--input-type=module',
    '-e',
    OURS,
    `file://${path.join(folder, `${name}.mjs`)}`,
  ]);
  const theirFile = path.join(folder, `${name}.py`);
  const theirs = withPeers && fs.existsSync(theirFile) ? rowsOf(`${name}: peers`, pythonOf(environmentOf(name)), [theirFile]) : [];
  return { rows: [...(ours ?? []), ...(theirs ?? [])], failed: !ours || !theirs };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rounds put together: the median, the lowest and the highest of each row. */
export function summarise(rounds) {
  const groups = new Map();
  for (const row of rounds.flat()) {
    const key = JSON.stringify([row.bench, row.name, row.contender ?? 'paperlab']);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((rows) => {
    const values = rows.map(({ value }) => value);
    return {
      ...rows[0],
      contender: rows[0].contender ?? 'paperlab',
      value: median(values),
      lowest: Math.min(...values),
      highest: Math.max(...values),
      rounds: rows.length,
    };
  });
}

const digits = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

function table(rows) {
  const lines = [['what', 'who', 'median', 'range', 'aim']];
  for (const { bench, name, contender, value, lowest, highest, unit, target } of rows)
    lines.push([
      `${bench}: ${name}`,
      contender,
      `${digits(value)} ${unit}`,
      `${digits(lowest)}–${digits(highest)}`,
      target === undefined ? '' : `${target} ${unit}`,
    ]);
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

await runCommand(command, async ({ values }) => {
  const onGpu = readDevice(values, usageOf(command));
  const rounds = wholeNumber(values.rounds, '--rounds', { from: 1, to: 100 }) ?? 3;
  const unknown = (values.only ?? []).find((name) => !names().includes(name));
  if (unknown) throw new SetupError({ problem: `There is no bench ${unknown}.`, remedy: `choose among: ${names().join(', ')}.` });
  const chosen = onGpu ? ['gpu'] : (values.only ?? names());
  const { kind, why } = await ensureReady();
  const machine = onGpu ? requireGpu(kind, why, values.rehearse) : undefined;
  if (values.case) process.env.ENGINE_CASE = values.case;
  if (values.verify) return verifyGpu(machine, values);
  const withPeers = !values['no-peers'];
  const compared = chosen.filter((name) => withPeers && fs.existsSync(path.join(folder, `${name}.py`)));
  for (const environment of new Set(compared.map(environmentOf))) await ensurePeers(environment);
  const all = [];
  let failed = false;
  for (let round = 1; round <= rounds; round++) {
    console.error(`Round ${round} of ${rounds}`);
    for (const name of chosen) {
      const result = oneRound(name, withPeers);
      failed ||= result.failed;
      all.push(result.rows.map((row) => ({ bench: name, ...row })));
    }
  }
  const rows = summarise(all);
  const report = {
    date: new Date().toISOString(),
    node: process.version,
    processor: machine ?? os.cpus()[0]?.model.trim(),
    cores: os.availableParallelism(),
    rounds,
    versions: Object.fromEntries(chosen.map((name) => [name, versionsFor(name, kind, compared.includes(name))])),
    rows,
    // The engine's cases once more, one object each, for programs that want a line and not a search.
    cases: engineCases(rows),
  };
  const file = path.join(runtimeFolder, 'bench.json');
  fs.writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  if (values.write) {
    const reports = withReport(keptReports(), report);
    fs.writeFileSync(inRoot('bench', 'results.json'), `${JSON.stringify(reports, null, 1)}\n`);
    writeBenchPage();
    const { renderPng, stopRenderer, stripPlot } = createRequire(inRoot('package.json'))('paperlab/figures');
    const figure = reports.engine && engineFigure(reports.engine, stripPlot);
    if (figure) fs.writeFileSync(inRoot('bench', 'engine.png'), await renderPng(figure));
    stopRenderer();
  }
  console.log(
    values.json
      ? JSON.stringify(report, null, 2)
      : `\n${report.processor}, ${report.cores} cores, Node ${report.node}\n\n${table(rows)}\n\n${onGpu ? `${ratios(rows)}\n\n` : ''}As JSON: .runtime/bench.json`,
  );
  return failed ? 1 : 0;
});
