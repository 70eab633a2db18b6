/**
 * `npm run reproduce`: runs the notebooks headless, writes them back with their outputs, and ends with how far the reproduction is. Outputs of
 * profile smoke and of stand-ins never replace the committed ones: they go to report/, or where --out says.
 */
import './library/node-version.mjs';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { runCommand, wholeNumber } from './library/arguments.mjs';
import { writeBenchPage } from './library/bench-report.mjs';
import { passThrough } from './library/children.mjs';
import { dataEnvironment } from './library/data.mjs';
import { SetupError } from './library/failure.mjs';
import { writeHtmlReport } from './library/html-report.mjs';
import { inRoot, jupyterEnvironment, notebooks, python, runtimeFolder, shown } from './library/paths.mjs';
import { folderOf, runsToKeep, sweepWords, withCosts } from './library/reproduction.mjs';
import { ensureReady } from './library/setup.mjs';

const command = {
  call: 'npm run reproduce',
  does: 'Runs the notebooks without a browser and writes them back with their outputs, then says how far the reproduction is. Outputs of profile smoke and of stand-ins go to report/ instead.',
  names: { shown: '[01 05 …]', says: 'only notebooks that begin so; all without a name' },
  options: {
    profile: {
      type: 'string',
      value: 'paper|lesson|smoke',
      says: 'how much is computed: shows the recorded full runs, trains for a lesson (this without the option), or only tries the path',
    },
    seeds: {
      type: 'string',
      value: 'N',
      says: 'with --profile paper: first carries out what is missing of the first N seeds; this takes hours',
    },
    out: { type: 'string', value: 'DIR', says: 'writes notebooks and figures there; the committed ones stay as they are' },
    html: { type: 'boolean', says: 'also pages to read without Jupyter; index.html leads to them' },
  },
};
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

function environmentFor({ profile, out, work, name }) {
  return {
    ...jupyterEnvironment(dataEnvironment()),
    PROFILE: profile,
    PAPERLAB_UNAWAITED: path.join(work, `${name}.unawaited`),
    ...(out ? { PAPERLAB_FIGURES_DIR: path.join(out, 'figures') } : {}),
  };
}

async function execute(file, settings) {
  const report = path.join(settings.work, `${file}.json`);
  const environment = environmentFor({ ...settings, name: file });
  fs.rmSync(report, { force: true });
  fs.rmSync(environment.PAPERLAB_UNAWAITED, { force: true });
  console.log(`\n${file} (profile ${settings.profile})`);
  // Where it belongs is known only once it has run: stand-ins show themselves then.
  const done = path.join(settings.work, file);
  fs.rmSync(done, { force: true });
  const code = await passThrough(python, [inRoot('scripts', 'python', 'run_notebook.py'), path.join(notebooks, file), done, report], {
    cwd: notebooks,
    env: environment,
  });
  const result = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : { notebook: file, ok: false };
  if (!result.ok) return { ...result, code };
  const target = path.join(folderOf({ ...settings, standIn: result.standIn }), file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}.partial`;
  fs.copyFileSync(done, partial);
  fs.renameSync(partial, target);
  fs.rmSync(done);
  return { ...result, code, target };
}

/** What a run in the notebooks' own place took is kept with the results, the newest of each profile, and shown in bench/RESULTS.md; the rest in .runtime. */
function keepRecord(results, { work, asked, profile }) {
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
  const worthy = runsToKeep(records, { asked, profile });
  if (worthy.length === 0) return;
  const file = inRoot('results', 'notebooks.json');
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  const machine = { cores: os.availableParallelism(), processor: os.cpus()[0]?.model.trim() ?? os.arch() };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(withCosts(before, worthy, profile, machine), null, 2)}\n`);
  writeBenchPage();
}

/** Pages of all notebooks: of these runs, and of those that lie where these went and were not run now. */
async function writeHtml(results, { out }) {
  const ran = new Map(results.map(({ notebook, ok, target }) => [notebook, ok ? target : undefined]));
  const lying = out ?? notebooks;
  const files = chosenNotebooks([])
    .map((name) => (ran.has(name) ? ran.get(name) : path.join(lying, name)))
    .filter((file) => file && fs.existsSync(file));
  if (files.length === 0) return 0;
  const folder = out ?? inRoot('report');
  const code = await writeHtmlReport(files, folder);
  if (code === 0) console.log(`Static report: open ${shown(path.join(folder, 'index.html'))} in a browser.`);
  return code;
}

function summary(results) {
  console.log('');
  for (const { notebook, ok, seconds, peakMegabytes, cells, standIn } of results)
    console.log(
      `${ok ? '✓' : '✗'} ${notebook.padEnd(32)} ${seconds === undefined ? '' : `${seconds.toFixed(1).padStart(8)} s`}  ${cells ?? '?'} cells  ${peakMegabytes ? `${peakMegabytes} MB` : ''}${standIn ? '  STAND-IN data' : ''}`,
    );
}

await runCommand(command, async ({ values, positionals }) => {
  const profile = values.profile ?? process.env.PROFILE ?? 'lesson';
  if (!PROFILES.includes(profile))
    throw new SetupError({ problem: `There is no profile ${profile}.`, remedy: `choose among: ${PROFILES.join(', ')}.` });
  const seeds = wholeNumber(values.seeds, '--seeds', { from: 1, to: 1000 });
  if (seeds !== undefined && profile !== 'paper')
    throw new SetupError({ problem: '--seeds is about the recorded full runs.', remedy: 'add --profile paper, or leave --seeds away.' });
  const files = chosenNotebooks(positionals);
  await ensureReady();
  const asked = values.out ? path.resolve(process.env.INIT_CWD ?? process.cwd(), values.out) : undefined;
  const out = asked ?? (profile === 'smoke' ? folderOf({ profile }) : undefined);
  const work = path.join(runtimeFolder, 'reproduce');
  fs.mkdirSync(work, { recursive: true });
  const settings = { profile, asked, out, work };
  const results = [];
  // More seeds are more recorded runs: made before the notebooks that show them.
  for (const words of sweepWords(files, seeds)) {
    const code = await passThrough(process.execPath, [inRoot('scripts', 'sweep.mjs'), ...words]);
    if (code !== 0) return code;
  }
  for (const file of files) {
    const result = await execute(file, settings);
    results.push(result);
    if (result.code === 130) break;
  }
  keepRecord(results, settings);
  summary(results);
  for (const folder of new Set(results.flatMap(({ target }) => (target ? [path.dirname(target)] : []))))
    console.log(
      folder === notebooks
        ? '\nThe notebooks hold the new outputs; `git checkout notebooks figures results/notebooks.json bench/RESULTS.md` brings the committed ones back.'
        : `\nWritten to ${shown(folder)}/; the committed notebooks are as they were.`,
    );
  const html = values.html ? await writeHtml(results, settings) : 0;
  const status = inRoot('scripts', 'status.mjs');
  if (positionals.length === 0 && fs.existsSync(status)) await passThrough(process.execPath, [status]);
  return results.every(({ ok }) => ok) && html === 0 ? 0 : 1;
});
