/**
 * `npm run handout`: copies of the notebooks for a class, in handouts/. Students get no solutions and no outputs; teachers get solutions
 * unfolded and run, and before each the misconception that its exercise is after. The notebooks themselves are left alone.
 */
import './library/node-version.mjs';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { runCommand } from './library/arguments.mjs';
import { passThrough } from './library/children.mjs';
import { dataEnvironment } from './library/data.mjs';
import { SetupError } from './library/failure.mjs';
import { chosenNotebooks } from './library/notebooks.mjs';
import { inRoot, jupyterEnvironment, notebooks, python, runtimeFolder, shown } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

const PROFILES = ['smoke', 'lesson', 'paper'];

const textOf = (source) => (Array.isArray(source) ? source.join('') : (source ?? ''));
const linesOf = (text) => text.split('\n').map((line, index, all) => (index < all.length - 1 ? `${line}\n` : line));
const isSolution = (cell) => cell.metadata?.tags?.includes('solution') ?? false;
const isCode = (cell) => cell.cell_type === 'code';

/** What only makes sense where the solutions are. */
const ABOUT_SOLUTIONS = / *Solutions? (?:is|are) folded away[^.]*\./g;
export const withoutSolutionNote = (text) => text.replace(ABOUT_SOLUTIONS, '');

/** Links out of notebooks/ must still lead there from a copy that lies elsewhere; links to other notebooks stay among the copies. */
export function movedLinks(text, from, to) {
  return text.replace(/(\]\()((?:\.\.\/)[^)\s]+)/g, (_, before, link) => {
    const [file, ...fragment] = link.split('#');
    const moved = path.relative(to, path.resolve(from, file)).split(path.sep).join('/');
    return before + [moved, ...fragment].join('#');
  });
}

function copied(notebook, kind, place) {
  const cells = notebook.cells.map((cell) => ({ ...cell, metadata: { ...cell.metadata } }));
  if (place)
    for (const cell of cells)
      if (cell.cell_type === 'markdown') cell.source = linesOf(movedLinks(textOf(cell.source), place.from, place.to));
  return { ...notebook, cells, metadata: { ...notebook.metadata, paperlab: { ...notebook.metadata?.paperlab, handout: kind } } };
}

/** Without solutions and without outputs: the check in each exercise still gives its hints, one more with each new wrong answer. */
export function studentCopy(notebook, place) {
  const copy = copied(notebook, 'student', place);
  copy.cells = copy.cells.filter((cell) => !isSolution(cell));
  for (const cell of copy.cells) {
    if (isCode(cell)) Object.assign(cell, { outputs: [], execution_count: null });
    else cell.source = linesOf(withoutSolutionNote(textOf(cell.source)));
  }
  return copy;
}

/** The exercises of a notebook by the names that its cells call them; each says which misconception it is after. */
export function exercisesFor(name) {
  const { exercisesOf, reports } = createRequire(import.meta.url)('paperlab/papers');
  const report = reports.find(({ number }) => name.startsWith(`${number}-`));
  return report ? exercisesOf(report.paper) : {};
}

/** A cell for teachers: what the exercise that is solved in the next one is after. */
function misconceptionCell(solution, exercises) {
  const [, name] = /check\.exercise\(\s*(\w+)/.exec(textOf(solution.source)) ?? [];
  const { id, misconception, minutes } = exercises[name] ?? {};
  if (!misconception) return [];
  const text = `**Exercise ${id}** (about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}) is after the belief that ${misconception}.`;
  return [{ cell_type: 'markdown', id: `${solution.id}-after`, metadata: { tags: ['misconception'] }, source: linesOf(text) }];
}

/** Everything, solutions open, each behind the misconception that its exercise is after. */
export function teacherCopy(notebook, place, exercises = {}) {
  const copy = copied(notebook, 'teacher', place);
  for (const cell of copy.cells.filter(isSolution)) {
    const { source_hidden: _, outputs_hidden: __, ...jupyter } = cell.metadata.jupyter ?? {};
    if (Object.keys(jupyter).length > 0) cell.metadata.jupyter = jupyter;
    else delete cell.metadata.jupyter;
  }
  copy.cells = copy.cells.map((cell) =>
    cell.cell_type === 'markdown' ? { ...cell, source: linesOf(textOf(cell.source).replace('folded away', 'shown')) } : cell,
  );
  copy.cells = copy.cells.flatMap((cell) => (isSolution(cell) ? [...misconceptionCell(cell, exercises), cell] : [cell]));
  return copy;
}

/** Whether the outputs that a teacher needs are in the notebook already. */
export const wasRun = (notebook) =>
  notebook.cells.filter((cell) => isCode(cell) && textOf(cell.source).trim()).every(({ execution_count }) => execution_count !== null);

function write(file, notebook) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  fs.writeFileSync(partial, `${JSON.stringify(notebook, null, 1)}\n`);
  fs.renameSync(partial, file);
}

/** Runs a teacher's copy where it lies; its figures are not the repository's. */
async function execute(file, folder, profile) {
  const work = path.join(runtimeFolder, 'handout');
  fs.mkdirSync(work, { recursive: true });
  const name = path.basename(file);
  const unawaited = path.join(work, `${name}.unawaited`);
  fs.rmSync(unawaited, { force: true });
  const environment = {
    ...jupyterEnvironment(dataEnvironment()),
    PROFILE: profile,
    PAPERLAB_UNAWAITED: unawaited,
    PAPERLAB_FIGURES_DIR: path.join(folder, 'figures'),
  };
  const runner = inRoot('scripts', 'python', 'run_notebook.py');
  return passThrough(python, [runner, file, file, path.join(work, `${name}.json`)], { cwd: path.dirname(file), env: environment });
}

const command = {
  call: 'npm run handout',
  does: 'Makes copies of the notebooks for a class: for students without solutions and outputs, for teachers with solutions open and run, and the misconception that each exercise is after. The notebooks themselves stay as they are.',
  names: { shown: '[01 05 …]', says: 'only notebooks that begin so; all without a name' },
  options: {
    run: { type: 'boolean', says: 'runs the copies for teachers anew, also where the notebook has its outputs' },
    profile: { type: 'string', value: 'lesson|smoke|paper', says: 'how much they compute then (without it: lesson)' },
    out: { type: 'string', value: 'DIR', says: 'puts the copies there (without it: handouts/)' },
  },
};

async function main({ values, positionals }) {
  const profile = values.profile ?? process.env.PROFILE ?? 'lesson';
  if (!PROFILES.includes(profile))
    throw new SetupError({ problem: `There is no profile ${profile}.`, remedy: `choose among: ${PROFILES.join(', ')}.` });
  const folder = values.out ? path.resolve(process.env.INIT_CWD ?? process.cwd(), values.out) : inRoot('handouts');
  const files = chosenNotebooks(notebooks, positionals, /^\d\d-.*\.ipynb$/);
  let failed = 0;
  await ensureReady();
  for (const name of files) {
    const notebook = JSON.parse(fs.readFileSync(path.join(notebooks, name), 'utf8'));
    const solutions = notebook.cells.filter(isSolution).length;
    const place = (kind) => ({ from: notebooks, to: path.join(folder, kind) });
    write(path.join(folder, 'student', name), studentCopy(notebook, place('student')));
    const teacher = path.join(folder, 'teacher', name);
    write(teacher, teacherCopy(notebook, place('teacher'), exercisesFor(name)));
    const needed = values.run || !wasRun(notebook);
    console.log(`${name}: ${solutions} solutions${needed ? `; running the teacher's copy (profile ${profile})` : ''}`);
    if (!needed) continue;
    if ((await execute(teacher, folder, profile)) !== 0) failed++;
  }
  console.log(`\nFor students: ${shown(path.join(folder, 'student'))}/   for teachers: ${shown(path.join(folder, 'teacher'))}/`);
  return failed === 0 ? 0 : 1;
}

if (process.argv[1] === inRoot('scripts', 'handout.mjs')) await runCommand(command, main);
