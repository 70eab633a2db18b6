/** `npm run reproduce`: runs the notebooks headless, writes them back with their outputs, and ends with how far the reproduction is. */
import './library/node-version.mjs';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { readArguments, wholeNumber } from './library/arguments.mjs';
import { passThrough } from './library/children.mjs';
import { dataEnvironment } from './library/data.mjs';
import { runMain, SetupError } from './library/failure.mjs';
import { inRoot, jupyterEnvironment, notebooks, python, runtimeFolder, shown } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

const USAGE = 'npm run reproduce -- [01 05 …] [--profile paper|lesson|smoke] [--seeds N] [--out DIR] [--html]';
const PROFILES = ['smoke', 'lesson', 'paper'];

function chosenNotebooks(names) {
  const all = fs.existsSync(notebooks)
    ? fs
        .readdirSync(notebooks)
        .filter((name) => name.endsWith('.ipynb'))
        .sort()
    : [];
  if (all.length === 0)
    throw new SetupError({ problem: 'There is no notebook in notebooks/.', remedy: '`git checkout notebooks` brings them back.' });
  for (const name of names)
    if (!all.some((file) => file.startsWith(path.basename(name, '.ipynb'))))
      throw new SetupError({ problem: `No notebook begins with ${name}.`, remedy: `choose among: ${all.join(', ')}.` });
  return names.length === 0 ? all : all.filter((file) => names.some((name) => file.startsWith(path.basename(name, '.ipynb'))));
}

function environmentFor({ profile, seeds, out, work, name }) {
  return {
    ...jupyterEnvironment(dataEnvironment()),
    PROFILE: profile,
    PAPERLAB_UNAWAITED: path.join(work, `${name}.unawaited`),
    ...(seeds === undefined ? {} : { SEEDS: String(seeds) }),
    ...(out ? { PAPERLAB_FIGURES_DIR: path.join(out, 'figures') } : {}),
  };
}

async function execute(file, settings) {
  const report = path.join(settings.work, `${file}.json`);
  const environment = environmentFor({ ...settings, name: file });
  fs.rmSync(report, { force: true });
  fs.rmSync(environment.PAPERLAB_UNAWAITED, { force: true });
  console.log(`\n${file} (profile ${settings.profile})`);
  const target = path.join(settings.out ?? notebooks, file);
  const code = await passThrough(python, [inRoot('scripts', 'python', 'run_notebook.py'), path.join(notebooks, file), target, report], {
    cwd: notebooks,
    env: environment,
  });
  const result = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : { notebook: file, ok: false };
  return { ...result, code, profile: settings.profile, target };
}

/** Times of a full run on real data are worth keeping with the results; others stay in .runtime. */
function keepRecord(results, { work, out, profile }) {
  const records = results.map(({ notebook, seconds, peakMegabytes, cells, ok, standIn }) => ({
    notebook,
    profile,
    seconds,
    peakMegabytes,
    cells,
    ok,
    standIn,
  }));
  fs.writeFileSync(path.join(work, 'last.json'), `${JSON.stringify(records, null, 2)}\n`);
  const worthy = records.filter((record) => record.ok && !record.standIn);
  if (out || profile === 'smoke' || worthy.length === 0) return;
  const file = inRoot('results', 'notebooks.json');
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  const processor = os.cpus()[0]?.model.trim() ?? os.arch();
  for (const { notebook, seconds, peakMegabytes } of worthy)
    before[notebook] = { ...before[notebook], [profile]: { seconds, peakMegabytes, cores: os.availableParallelism(), processor } };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(Object.fromEntries(Object.entries(before).sort()), null, 2)}\n`);
}

async function writeHtml(results, folder) {
  const files = results.filter(({ ok }) => ok).map(({ target }) => target);
  if (files.length === 0) return 0;
  // No script from a network: figures are in the page as pictures, formulas as their source.
  const offline = [
    '--HTMLExporter.mathjax_url=',
    '--HTMLExporter.require_js_url=',
    '--HTMLExporter.jquery_url=',
    '--HTMLExporter.mermaid_js_url=',
  ];
  const code = await passThrough(
    python,
    ['-m', 'nbconvert', '--to', 'html', '--log-level=ERROR', ...offline, '--output-dir', folder, ...files],
    {
      env: jupyterEnvironment(),
    },
  );
  if (code === 0) console.log(`Static report: ${shown(folder)}/`);
  return code;
}

function summary(results) {
  console.log('');
  for (const { notebook, ok, seconds, peakMegabytes, cells, standIn } of results)
    console.log(
      `${ok ? '✓' : '✗'} ${notebook.padEnd(32)} ${seconds === undefined ? '' : `${seconds.toFixed(1).padStart(8)} s`}  ${cells ?? '?'} cells  ${peakMegabytes ? `${peakMegabytes} MB` : ''}${standIn ? '  STAND-IN data' : ''}`,
    );
}

await runMain(async (words) => {
  const { values, positionals } = readArguments(
    words,
    { profile: { type: 'string' }, seeds: { type: 'string' }, out: { type: 'string' }, html: { type: 'boolean' } },
    USAGE,
  );
  const profile = values.profile ?? process.env.PROFILE ?? 'lesson';
  if (!PROFILES.includes(profile))
    throw new SetupError({ problem: `There is no profile ${profile}.`, remedy: `choose among: ${PROFILES.join(', ')}.` });
  const seeds = wholeNumber(values.seeds, '--seeds', { from: 1, to: 1000 });
  const files = chosenNotebooks(positionals);
  await ensureReady();
  const out = values.out ? path.resolve(process.env.INIT_CWD ?? process.cwd(), values.out) : undefined;
  const work = path.join(runtimeFolder, 'reproduce');
  fs.mkdirSync(work, { recursive: true });
  const settings = { profile, seeds, out, work };
  const results = [];
  for (const file of files) {
    const result = await execute(file, settings);
    results.push(result);
    if (result.code === 130) break;
  }
  keepRecord(results, settings);
  summary(results);
  const html = values.html ? await writeHtml(results, path.join(out ?? inRoot('report'))) : 0;
  const status = inRoot('scripts', 'status.mjs');
  if (positionals.length === 0 && fs.existsSync(status)) await passThrough(process.execPath, [status]);
  return results.every(({ ok }) => ok) && html === 0 ? 0 : 1;
});
