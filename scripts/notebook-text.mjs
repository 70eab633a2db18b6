#!/usr/bin/env node
/**
 * Edit a notebook as text. A notebook is JSON, which nobody likes to edit by hand or to review.
 *
 *   node scripts/notebook-text.mjs to   notebooks/01-lenet5.ipynb lesson.md
 *   node scripts/notebook-text.mjs from lesson.md notebooks/01-lenet5.ipynb
 *
 * In the text, prose is a Markdown cell; a line `+++` starts another one; a fence that opens with
 * ```ts is a code cell, and `tags=a,b` after it are its tags. (Code that is only shown, not run, goes
 * between ~~~ts fences.) A cell that did not change keeps its outputs; ids stay as they were.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { runCommand, usageOf } from './library/arguments.mjs';
import { SetupError } from './library/failure.mjs';

const OPENING = /^```ts(?:\s+tags=([\w,-]+))?\s*$/;

export function parseText(text) {
  const cells = [];
  let prose = [];
  let code = null;
  const closeProse = () => {
    const source = prose.join('\n').trim();
    if (source) cells.push({ type: 'markdown', source, tags: [] });
    prose = [];
  };
  text.split('\n').forEach((line, index) => {
    if (code) {
      if (line.trimEnd() === '```') {
        cells.push({ type: 'code', source: code.lines.join('\n').trim(), tags: code.tags });
        code = null;
      } else code.lines.push(line);
      return;
    }
    const opening = OPENING.exec(line);
    if (opening) {
      closeProse();
      code = { lines: [], tags: opening[1] ? opening[1].split(',') : [], from: index + 1 };
    } else if (line.trimEnd() === '+++') closeProse();
    else prose.push(line);
  });
  if (code)
    throw new SetupError({
      problem: `The code cell that opens on line ${code.from} is never closed.`,
      remedy: 'add a line with three backticks at its end.',
    });
  closeProse();
  return cells;
}

/** Pairs new cells with old ones: the same source first, then neighbours of the same type between those. */
function pairCells(cells, old) {
  const pairs = new Map();
  const taken = new Set();
  let cursor = 0;
  cells.forEach((cell, index) => {
    const found = old.findIndex((candidate, at) => at >= cursor && candidate.type === cell.type && candidate.source === cell.source);
    if (found < 0) return;
    pairs.set(index, found);
    taken.add(found);
    cursor = found + 1;
  });
  let previous = -1;
  cells.forEach((cell, index) => {
    if (pairs.has(index)) {
      previous = pairs.get(index);
      return;
    }
    const candidate = previous + 1;
    if (candidate < old.length && !taken.has(candidate) && old[candidate].type === cell.type) {
      pairs.set(index, candidate);
      taken.add(candidate);
      previous = candidate;
    }
  });
  return pairs;
}

const joined = (source) => (Array.isArray(source) ? source.join('') : source);
const linesOf = (source) => source.split('\n').map((line, index, all) => (index < all.length - 1 ? `${line}\n` : line));

export function toNotebook(text, previous) {
  const cells = parseText(text);
  const oldCells = (previous?.cells ?? []).map((cell) => ({ type: cell.cell_type, source: joined(cell.source).trim(), cell }));
  const pairs = pairCells(cells, oldCells);
  const ids = new Set([...pairs.values()].map((at) => oldCells[at].cell.id));
  const freshId = (cell, index) => {
    for (let attempt = 0; ; attempt++) {
      const id = createHash('sha256').update(`${index}/${attempt}/${cell.source}`).digest('hex').slice(0, 8);
      if (!ids.has(id)) {
        ids.add(id);
        return id;
      }
    }
  };
  return {
    cells: cells.map((cell, index) => {
      const old = pairs.has(index) ? oldCells[pairs.get(index)] : undefined;
      const metadata = {};
      // A solution's answer gives away as much as its code.
      if (cell.tags.includes('solution')) metadata.jupyter = { outputs_hidden: true, source_hidden: true };
      else if (cell.tags.includes('hide-input')) metadata.jupyter = { source_hidden: true };
      if (cell.tags.length) metadata.tags = cell.tags;
      const base = { cell_type: cell.type, id: old?.cell.id ?? freshId(cell, index), metadata };
      if (cell.type === 'markdown') return { ...base, source: linesOf(cell.source) };
      const same = old && old.source === cell.source;
      return {
        cell_type: 'code',
        execution_count: same ? (old.cell.execution_count ?? null) : null,
        id: base.id,
        metadata,
        outputs: same ? old.cell.outputs : [],
        source: linesOf(cell.source),
      };
    }),
    metadata: previous?.metadata ?? {
      kernelspec: { display_name: 'TypeScript (paperlab)', language: 'typescript', name: 'paperlab' },
      language_info: {
        codemirror_mode: { name: 'typescript' },
        file_extension: '.ts',
        mimetype: 'text/typescript',
        name: 'typescript',
        version: '',
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

export function toText(notebook) {
  const parts = [];
  let afterProse = false;
  for (const cell of notebook.cells) {
    const source = joined(cell.source).trim();
    if (cell.cell_type === 'markdown') {
      parts.push(afterProse ? `+++\n\n${source}` : source);
      afterProse = true;
    } else {
      const tags = cell.metadata?.tags ?? [];
      parts.push(`\`\`\`ts${tags.length ? ` tags=${tags.join(',')}` : ''}\n${source}\n\`\`\``);
      afterProse = false;
    }
  }
  return `${parts.join('\n\n')}\n`;
}

const command = {
  call: 'node scripts/notebook-text.mjs',
  usage: 'node scripts/notebook-text.mjs to NOTEBOOK.ipynb TEXT.md   or   node scripts/notebook-text.mjs from TEXT.md NOTEBOOK.ipynb',
  does: 'Turns a notebook into text that is easy to edit, and the text back into the notebook. A cell that did not change keeps its outputs; ids stay as they were.',
  names: {
    shown: 'to|from ONE OTHER',
    says: 'to writes the notebook as text, from writes the text into the notebook. In the text, prose is a Markdown cell, a line `+++` starts another one, and a fence that opens with ```ts is a code cell; `tags=a,b` after it are its tags',
  },
  options: {},
};

const refuse = (problem, remedy) => {
  throw new SetupError({ problem, remedy });
};

function readNotebook(file) {
  if (!existsSync(file)) {
    const folder = path.dirname(file);
    const there = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ipynb') && !name.startsWith('.')) : [];
    refuse(
      `There is no notebook ${file}.`,
      there.length > 0 ? `choose among: ${there.sort().join(', ')}.` : `give its path from ${process.cwd()}.`,
    );
  }
  try {
    const notebook = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(notebook.cells)) return notebook;
  } catch {
    // Said below.
  }
  return refuse(`${file} is no notebook.`, `use it like this: ${usageOf(command)}.`);
}

function main({ positionals }) {
  const [direction, from, to, ...rest] = positionals;
  if (!['to', 'from'].includes(direction) || !from || !to || rest.length > 0)
    refuse(`“${positionals.join(' ')}” is not understood.`, `use it like this: ${usageOf(command)}.`);
  // One mistaken for the other would be overwritten.
  const [notebook, text] = direction === 'to' ? [from, to] : [to, from];
  if (!notebook.endsWith('.ipynb') || text.endsWith('.ipynb'))
    refuse(
      `“${direction}” wants the ${direction === 'to' ? 'notebook first, then the text' : 'text first, then the notebook'}.`,
      `use it like this: ${usageOf(command)}.`,
    );
  if (direction === 'from' && !existsSync(text))
    refuse(`There is no file ${text}.`, `write the notebook as text first: node scripts/notebook-text.mjs to ${notebook} ${text}`);
  if (!existsSync(path.dirname(to))) refuse(`There is no folder ${path.dirname(to)}.`, 'make it first, or give another path.');
  const result =
    direction === 'to'
      ? toText(readNotebook(notebook))
      : `${JSON.stringify(toNotebook(readFileSync(text, 'utf8'), existsSync(notebook) ? readNotebook(notebook) : undefined), null, 1)}\n`;
  writeFileSync(`${to}.new`, result);
  renameSync(`${to}.new`, to);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await runCommand(command, main);
