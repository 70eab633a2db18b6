/** What the pages say leads somewhere: every relative link, every command, every source that a notebook shows. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { repository } from './setup-clone.js';

interface Page {
  name: string;
  folder: string;
  text: string;
}

const IGNORED = new Set(['node_modules', '.runtime', '.build', '.git', 'dist', 'handouts', 'report', 'cache', '.ipynb_checkpoints']);

function filesIn(folder: string, ending: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(file, ending);
    return entry.name.endsWith(ending) && !entry.name.startsWith('.') ? [file] : [];
  });
}

const pageOf = (file: string, text: string): Page => ({ name: path.relative(repository, file), folder: path.dirname(file), text });
const markdown = filesIn(repository, '.md').map((file) => pageOf(file, fs.readFileSync(file, 'utf8')));
const notebookFiles = filesIn(path.join(repository, 'notebooks'), '.ipynb');

function notebookText(file: string, type: string): string {
  const { cells } = JSON.parse(fs.readFileSync(file, 'utf8')) as { cells: { cell_type: string; source: string | string[] }[] };
  return cells
    .filter(({ cell_type }) => cell_type === type)
    .map(({ source }) => [source].flat().join(''))
    .join('\n\n');
}
const prose = notebookFiles.map((file) => pageOf(file, notebookText(file, 'markdown')));
const code = notebookFiles.map((file) => pageOf(file, notebookText(file, 'code')));

/** Code is no prose: what stands in fences and backticks holds no links. */
const withoutCode = (text: string) => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');

export function linksOf(text: string): string[] {
  const plain = withoutCode(text);
  const inline = [...plain.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, link]) => link!);
  const references = [...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map(([, link]) => link!);
  const html = [...plain.matchAll(/<(?:img|a)\s[^>]*(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
  return [...inline, ...references, ...html];
}

/** A heading's anchor as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .replace(/[`*_]|\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replace(/\s/g, '-');

function fault(page: Page, link: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined;
  const [file, anchor] = decodeURI(link).split('#') as [string, string?];
  const target = file === '' ? path.join(repository, page.name) : path.resolve(page.folder, file);
  if (!fs.existsSync(target)) return `${page.name}: ${link} leads nowhere`;
  if (!target.startsWith(repository)) return `${page.name}: ${link} leads out of the repository`;
  if (!anchor || !target.endsWith('.md')) return undefined;
  const headings = [...fs.readFileSync(target, 'utf8').matchAll(/^#+\s+(.*)$/gm)].map(([, heading]) => anchorOf(heading!));
  return headings.includes(anchor.toLowerCase()) ? undefined : `${page.name}: ${link} names no heading of its page`;
}

const scripts = (JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

describe('what the pages say', () => {
  it('finds the pages, and finds a wrong link', () => {
    assert.ok(markdown.some(({ name }) => name === 'README.md') && prose.length >= 5);
    const page: Page = { name: 'README.md', folder: repository, text: '[a](nowhere.md) ![b](package.json) [c](#no-such-heading) `[d](x)`' };
    assert.deepEqual(linksOf(page.text), ['nowhere.md', 'package.json', '#no-such-heading']);
    assert.deepEqual(
      linksOf(page.text).map((link) => fault(page, link) !== undefined),
      [true, false, true],
    );
  });

  it('every relative link leads to a file of the repository, every anchor to a heading', () => {
    const pages = [...markdown, ...prose];
    const links = pages.flatMap((page) => linksOf(page.text).map((link) => [page, link] as const));
    assert.ok(links.length > 10, `${links.length} links`);
    assert.deepEqual(links.map(([page, link]) => fault(page, link)).filter(Boolean), []);
  });

  it('every npm command that is named exists', () => {
    const wrong: string[] = [];
    let named = 0;
    for (const { name, text } of [...markdown, ...prose, ...code])
      for (const [, command] of text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)) {
        named++;
        if (!(command! in scripts)) wrong.push(`${name}: npm run ${command}`);
      }
    assert.ok(named > 10, `${named} commands`);
    assert.deepEqual(wrong, []);
  });

  it('every script that package.json or a page names exists', () => {
    const named = [
      ...Object.values(scripts).map((command) => ['package.json', command] as const),
      ...[...markdown, ...prose].map(({ name, text }) => [name, text] as const),
    ].flatMap(([name, text]) =>
      [...text.matchAll(/\b((?:scripts|bench)\/[\w./-]+\.(?:mjs|py|cjs|sh))\b/g)].map(([, file]) => [name, file!] as const),
    );
    assert.ok(named.length > 10);
    const wrong = named.filter(([, file]) => !fs.existsSync(path.join(repository, file)));
    assert.deepEqual(
      wrong.map(([name, file]) => `${name}: ${file}`),
      [],
    );
  });

  it('every source that a notebook shows exists, under its name', () => {
    const wrong: string[] = [];
    let shown = 0;
    for (const { name, text } of code)
      for (const [, file, part] of text.matchAll(/show\.source\('([^'#]+)(?:#(\w+))?'/g)) {
        shown++;
        const source = path.join(repository, 'src', file!);
        if (!fs.existsSync(source) || (part && !new RegExp(`\\b${part}\\b`).test(fs.readFileSync(source, 'utf8'))))
          wrong.push(`${name}: ${file}#${part}`);
      }
    assert.ok(shown > 0);
    assert.deepEqual(wrong, []);
  });
});
