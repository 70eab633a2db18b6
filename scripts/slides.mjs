/**
 * `npm run slides`: a notebook as slides, in one page that opens without a network: handouts/slides/. A cell's tags (slide, subslide, fragment,
 * notes, skip) say where it goes; where there are none, headings begin slides and what follows is laid out by its height.
 */
import './library/node-version.mjs';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { movedLinks, withoutSolutionNote } from './handout.mjs';
import { runCommand } from './library/arguments.mjs';
import { SetupError } from './library/failure.mjs';
import { chosenNotebooks } from './library/notebooks.mjs';
import { inRoot, jupyterEnvironment, notebooks, python, runtimeFolder, shown } from './library/paths.mjs';
import { mustRun } from './library/run.mjs';
import { ensureReady } from './library/setup.mjs';

const TYPES = ['slide', 'subslide', 'fragment', 'notes', 'skip'];
/** Pixels of a slide of 1280 × 720 that may be filled. */
const ROOM = 650;
const WIDEST = 1240;
const TALLEST = 600;
const HIDDEN = 'hide-input';

const textOf = (source) => (Array.isArray(source) ? source.join('') : (source ?? ''));

/** What a cell's author says about its place: a tag, or what JupyterLab's slide-type box writes. */
function askedType({ metadata = {} }) {
  const tag = (metadata.tags ?? []).find((name) => TYPES.includes(name));
  const asked = tag ?? metadata.slideshow?.slide_type;
  return TYPES.includes(asked) ? asked : undefined;
}

/** Headings, paragraphs, lists, tables and fenced code, each by itself: a long cell may go over several slides. */
export function blocksOf(markdown) {
  const blocks = [];
  let block = [];
  let fence = false;
  const close = () => {
    if (block.length > 0) blocks.push(block.join('\n'));
    block = [];
  };
  for (const line of markdown.split('\n')) {
    if (/^\s*(```|~~~)/.test(line)) fence = !fence;
    const heading = !fence && /^#{1,6}\s/.test(line);
    if (heading || (!fence && line.trim() === '')) close();
    if (fence || line.trim() !== '') block.push(line);
    if (heading) close();
  }
  close();
  return blocks;
}

const LINE = 36;

/** Pixels that a block of Markdown takes, nearly. */
function markdownHeight(block) {
  if (/^#\s/.test(block)) return 92;
  if (/^##\s/.test(block)) return 76;
  if (/^###/.test(block)) return 62;
  const lines = block.split('\n');
  if (/^\s*```/.test(block)) return 26 * lines.length + 40;
  if (lines.every((line) => /^\s*\|/.test(line))) return lines.reduce((sum, line) => sum + 34 * Math.ceil(line.length / 150), 0);
  return lines.reduce((sum, line) => sum + LINE * Math.max(1, Math.ceil(line.length / 98)), 14);
}

const codeHeight = (source) => source.split('\n').reduce((sum, line) => sum + 25 * Math.max(1, Math.ceil(line.length / 112)), 34);

/** Width and height stand in the first bytes of every PNG. */
function pictureSize(base64) {
  const head = Buffer.from(base64.slice(0, 64), 'base64');
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

function pictureHeight(base64) {
  const { width, height } = pictureSize(base64);
  return height * Math.min(1, WIDEST / width, TALLEST / height) + 10;
}

function outputHeight({ data, text }) {
  if (text !== undefined) return 27 * textOf(text).trim().split('\n').length + 10;
  if (data?.['image/png']) return pictureHeight(textOf(data['image/png']));
  const html = textOf(data?.['text/html']);
  if (/<table[\s>]/.test(html)) return Math.min(ROOM, 36 * (html.match(/<tr[\s>]/g)?.length ?? 1) + 70);
  const words = textOf(data?.['text/markdown'] ?? data?.['text/plain'] ?? html);
  return Math.min(
    ROOM,
    blocksOf(words).reduce((sum, block) => sum + markdownHeight(block), 0),
  );
}

/** What a slide shows of an output: the still picture of a figure, no warnings, nothing interactive. */
function shownOutput(output) {
  if (output.output_type === 'error' || (output.output_type === 'stream' && output.name === 'stderr')) return undefined;
  if (!output.data) return output;
  const { 'application/vnd.plotly.v1+json': _, ...data } = output.data;
  return { ...output, data };
}

/** One statement that only shows something says less than what it shows. */
const onlyShows = (source) => /^(?:await )?(?:show|check)\.\w+\([\s\S]*\);?$/.test(source.trim()) && !/;\s*\n\s*\S/.test(source.trim());

const withTags = (cell, source, outputs, tags = []) => ({ ...cell, source, ...(outputs && { outputs }), metadata: { tags } });

function markdownPieces(cell) {
  return blocksOf(textOf(cell.source)).map((block) => ({
    cell: withTags(cell, block),
    height: markdownHeight(block),
    ...(/^##?\s/.test(block) && { opens: 'slide' }),
    ...(/^###\s/.test(block) && { opens: 'subslide' }),
    question: block.includes('**Predict:**'),
  }));
}

/** A code cell is its code, then each of its outputs. An exercise's output answers a wrong attempt: left out. */
function codePieces(cell) {
  const source = textOf(cell.source);
  const exercise = cell.metadata?.tags?.includes('exercise');
  const outputs = exercise ? [] : (cell.outputs ?? []).map(shownOutput).filter(Boolean);
  const pieces = outputs.map((output) => ({
    cell: withTags(cell, source, [output], [HIDDEN]),
    height: outputHeight(output),
    isOutput: true,
  }));
  if (source.trim() && !(pieces.length > 0 && onlyShows(source)))
    pieces.unshift({ cell: withTags(cell, source, []), height: Math.min(ROOM, codeHeight(source)) });
  return pieces;
}

/** A solution is the speaker's: in the notes, or in the teacher's hands. */
const isSolution = (cell) => cell.metadata?.tags?.includes('solution') ?? false;

function piecesOf(cell) {
  const asked = askedType(cell);
  if (asked === 'skip') return [];
  if (asked === 'notes' || (!asked && isSolution(cell)))
    return [{ cell: withTags(cell, textOf(cell.source), cell.outputs && []), height: 0, opens: 'notes' }];
  const pieces = cell.cell_type === 'markdown' ? markdownPieces(cell) : cell.cell_type === 'code' ? codePieces(cell) : [];
  if (!asked) return pieces;
  // Said by the author: the cell stays in one place, whatever its height.
  return pieces.map((piece, index) => ({ ...piece, opens: index === 0 ? asked : '-', height: index === 0 ? piece.height : 0 }));
}

/** Words that lead to what comes next go with it to a new page, unless a heading would stay alone. */
function leadIn(page, piece) {
  if (piece.cell.cell_type === 'markdown') return page.length;
  let from = page.length;
  for (let height = 0; from > 1; from--) {
    const { cell, opens, question, height: own } = page[from - 1];
    height += own;
    if (cell.cell_type !== 'markdown' || opens || question || height + piece.height > ROOM) break;
  }
  return page.slice(0, from).every(({ opens }) => opens) ? page.length : from;
}

/** Puts pieces on pages: headings and authors begin them, so does what has no room, and an answer never stands beside its question. */
function laidOut(pieces) {
  const placed = [];
  let page = [];
  for (const piece of pieces) {
    const filled = page.reduce((sum, { height }) => sum + height, 0);
    const answer = piece.isOutput && page.some(({ question }) => question);
    let type = piece.opens ?? '-';
    if (placed.length === 0 && type !== 'notes') type = 'slide';
    else if (!piece.opens && answer) type = 'subslide';
    else if (!piece.opens && filled + piece.height > ROOM) {
      const from = leadIn(page, piece);
      page = page.slice(from);
      if (page.length > 0) page[0].type = 'subslide';
      else type = 'subslide';
    }
    if (type === 'slide' || type === 'subslide') page = [];
    const there = { ...piece, type };
    placed.push(there);
    if (type !== 'notes') page.push(there);
  }
  return placed;
}

/** The notebook cut into slides: every cell says in its metadata whether it begins one. */
export function deckOf(notebook, place) {
  const pieces = notebook.cells.flatMap((original) => {
    if (original.cell_type !== 'markdown') return piecesOf(original);
    const source = withoutSolutionNote(textOf(original.source));
    return piecesOf({ ...original, source: place ? movedLinks(source, place.from, place.to) : source });
  });
  const cells = laidOut(pieces).map(({ cell, type }, index) => ({
    ...cell,
    id: `${(cell.id ?? 'cell').slice(0, 50)}-${index}`,
    metadata: { ...cell.metadata, slideshow: { slide_type: type } },
  }));
  return { ...notebook, cells };
}

/** Everything in the page that a browser would fetch from elsewhere. Links are for readers and are left alone. */
export function fetchedFrom(html) {
  const scriptless = html.replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, '$1');
  const markup = scriptless.replace(/(<style\b[^>]*>)[\s\S]*?<\/style>/g, '$1');
  const sources = [...markup.matchAll(/<(?:script|img|iframe|source|video|audio|embed|input)\b[^>]*?\ssrc\s*=\s*["']?([^"'\s>]+)/gi)];
  const links = [...markup.matchAll(/<link\b[^>]*?\shref\s*=\s*["']?([^"'\s>]+)/gi)];
  const styles = [...html.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/g)].map(([, css]) => css.replace(/\/\*[\s\S]*?\*\//g, ''));
  const inStyles = styles.flatMap((css) => [...css.matchAll(/(?:@import\s+|url\()\s*["']?([^"')\s;]+)/g)]);
  return [...sources, ...links, ...inStyles].map(([, address]) => address).filter((address) => !/^(data:|#)/.test(address));
}

async function convert(file, folder, name) {
  const reveal = inRoot('node_modules', 'reveal.js');
  const words = [
    ...['-m', 'nbconvert', '--to', 'slides', '--log-level=ERROR', '--no-prompt', '--template=deck'],
    `--TemplateExporter.extra_template_basedirs=${inRoot('scripts', 'slides')}`,
    `--TemplateExporter.extra_template_paths=${reveal}`,
    '--TagRemovePreprocessor.enabled=True',
    `--TagRemovePreprocessor.remove_input_tags=${HIDDEN}`,
    ...['--output-dir', folder, '--output', name, file],
  ];
  await mustRun(`Turning ${path.basename(file)} into slides`, python, words, { environment: jupyterEnvironment() });
  const made = path.join(folder, `${name}.slides.html`);
  const foreign = fetchedFrom(fs.readFileSync(made, 'utf8'));
  if (foreign.length > 0) {
    fs.rmSync(made);
    throw new SetupError({
      problem: `The slides of ${name} would fetch ${foreign.slice(0, 3).join(', ')} when they are opened.`,
      remedy: 'take the picture or address out of the notebook, or put the file into the repository, then run the same command again.',
    });
  }
  const page = path.join(folder, `${name}.html`);
  fs.renameSync(made, page);
  return page;
}

const command = {
  call: 'npm run slides',
  does: 'Makes slides of the notebooks: one page each that opens in any browser without a network, with solutions in the speaker notes.',
  names: { shown: '[01 05 …]', says: 'only notebooks that begin so; all without a name' },
  options: { out: { type: 'string', value: 'DIR', says: 'puts the pages there (without it: handouts/slides/)' } },
};

async function main({ values, positionals }) {
  const folder = values.out ? path.resolve(process.env.INIT_CWD ?? process.cwd(), values.out) : inRoot('handouts', 'slides');
  const files = chosenNotebooks(notebooks, positionals);
  await ensureReady();
  const work = path.join(runtimeFolder, 'slides');
  fs.mkdirSync(work, { recursive: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const file of files) {
    const name = path.basename(file, '.ipynb');
    const notebook = JSON.parse(fs.readFileSync(path.join(notebooks, file), 'utf8'));
    const deck = deckOf(notebook, { from: notebooks, to: folder });
    const title = /^#\s+(.*)$/m.exec(notebook.cells.map(({ source }) => textOf(source)).join('\n'))?.[1];
    const cut = path.join(work, file);
    fs.writeFileSync(cut, JSON.stringify({ ...deck, metadata: { ...deck.metadata, title: title ?? name } }));
    const page = await convert(cut, folder, name);
    fs.rmSync(cut);
    const pages = deck.cells.filter(({ metadata }) => /slide$/.test(metadata.slideshow.slide_type)).length;
    console.log(`${shown(page)}: ${pages} slides, ${(fs.statSync(page).size / 1e6).toFixed(1)} MB`);
  }
  console.log(
    '\nOpen the page in any browser; arrow keys turn pages, S opens the speaker notes (with the solutions), Esc shows all slides.',
  );
}

if (process.argv[1] === inRoot('scripts', 'slides.mjs')) await runCommand(command, main);
