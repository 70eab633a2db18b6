/** The lesson plans keep up with the notebooks: a plan for each, and every section that a plan names is there. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { start } from 'paperlab/papers';
import { repository } from './setup-clone.js';

const folder = path.join(repository, 'notebooks');
const plans = fs
  .readFileSync(path.join(repository, 'teaching', 'lesson-plans.md'), 'utf8')
  .split(/^## /m)
  .slice(1);

/** Headings of a notebook, by their text. */
function headings(name: string): string[] {
  const { cells } = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  const text = cells.filter(({ cell_type }) => cell_type === 'markdown').map(({ source }) => [source].flat().join(''));
  return [...text.join('\n\n').matchAll(/^#+\s+(.*)$/gm)].map(([, heading]) => heading!);
}

/** Section numbers in "section 8", "sections 2 and 3", "sections 1 to 3". */
export function sectionsIn(plan: string): number[] {
  return [...plan.matchAll(/[Ss]ections?\s+(\d+)(?:\s+(and|to)\s+(\d+))?/g)].flatMap(([, first, word, last]) => {
    if (!last) return [Number(first)];
    return word === 'and'
      ? [Number(first), Number(last)]
      : Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => Number(first) + at);
  });
}

/** Notebooks in "convolution (01)", "01 to 05 help". */
export function numbersIn(parts: readonly string[]): string[] {
  return parts.flatMap((part) =>
    [...part.matchAll(/\b(0\d)(?: to (0\d))?\b/g)].flatMap(([, first, last]) =>
      Array.from({ length: Number(last ?? first) - Number(first) + 1 }, (_, at) => `0${Number(first) + at}`),
    ),
  );
}

describe('lesson plans', () => {
  it('reads sections as they are written', () => {
    assert.deepEqual(sectionsIn('Section 4; sections 2 and 3, sections 5 to 7'), [4, 2, 3, 5, 6, 7]);
  });

  for (const name of fs.readdirSync(folder).filter((file) => /^\d\d-/.test(file)))
    it(`${name} has one, for 45 and 90 minutes, and it names what is there`, () => {
      const plan = plans.find((text) => text.startsWith(name.slice(0, 2)));
      assert.ok(plan, 'no plan');
      assert.match(plan, /45 minutes \| 90 minutes/);
      for (const part of ['**Goals.**', '**Ask.**', '**Common misunderstandings.**']) assert.ok(plan.includes(part), part);
      const there = headings(name);
      for (const section of sectionsIn(plan))
        assert.ok(
          there.some((heading) => heading.startsWith(`${section} `)),
          `section ${section}`,
        );
      for (const [, kind, number] of plan.matchAll(/\b([Ff]igure|[Tt]able|[Ii]mage)s? (\d+|I{1,3})\b/g))
        assert.ok(
          there.some((heading) => heading.toLowerCase().startsWith(`${kind!.toLowerCase()} ${number!.toLowerCase()} `)),
          `${kind} ${number}`,
        );
    });
});

describe('what needs what', () => {
  const text = fs.readFileSync(path.join(repository, 'teaching', 'what-needs-what.md'), 'utf8');
  const arrowsOf = (kind: string) =>
    [...text.matchAll(new RegExp(`^ {2}(\\w+) ${kind} (\\w+)$`, 'gm'))].map(
      ([, from, to]) => [from!.replace(/^n/, ''), to!.replace(/^n/, '')] as const,
    );
  const [needs, helps] = [arrowsOf('-->'), arrowsOf('-\\.->')];
  const into = (arrows: typeof needs, name: string) =>
    arrows
      .filter(([, to]) => to === name)
      .map(([from]) => from)
      .sort();
  const cellsOf = (kind: string) => (kind === '–' ? [] : kind.split(', '));
  const rows = new Map(
    [...text.matchAll(/^\| (\d\d|gallery) \| ([^|]+) \| ([^|]+) \|/gm)].map(
      ([, name, needed, helpful]) => [name!, { needed: cellsOf(needed!.trim()), helpful: cellsOf(helpful!.trim()) }] as const,
    ),
  );

  it('has every notebook, in the drawing and in the table, and they agree', () => {
    const names = fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.ipynb'))
      .map((name) => /^\d\d/.exec(name)?.[0] ?? path.basename(name, '.ipynb'));
    assert.deepEqual([...rows.keys()].sort(), names.sort());
    assert.ok(helps.length > 0);
    for (const name of names) {
      assert.match(text, new RegExp(`^ {2}n?${name}\\["`, 'm'));
      assert.deepEqual(rows.get(name), { needed: into(needs, name), helpful: into(helps, name) }, name);
    }
  });

  it('is what the table of notebook 00 says', () => {
    const { columns, rows: told } = start.notebookMap();
    const at = columns.indexOf('what it needs');
    assert.ok(at > 0 && told.length === 6);
    for (const row of told) {
      const cells = Object.values(row).map(String);
      const [name, words] = [cells[0]!.slice(0, 2), cells[at]!];
      const parts = words.split('; ');
      const [needed, helpful] = [
        numbersIn(parts.filter((part) => !/ helps?$/.test(part))),
        numbersIn(parts.filter((part) => / helps?$/.test(part))),
      ];
      const { needed: drawn, helpful: alsoDrawn } = rows.get(name)!;
      // Notebook 00 leaves itself out.
      assert.deepEqual({ needed, helpful }, { needed: drawn.filter((each) => each !== '00'), helpful: alsoDrawn }, `${name}: ${words}`);
    }
  });

  it('no arrow leads back', () => {
    const before = (name: string, seen: string[] = []): string[] =>
      [...needs, ...helps]
        .filter(([, to]) => to === name)
        .flatMap(([from]) => {
          assert.ok(!seen.includes(from), `${from} needs itself`);
          return [from, ...before(from, [...seen, from])];
        });
    assert.deepEqual([...new Set(before('06'))].sort(), ['00', '01', '02', '03', '04', '05']);
  });
});

describe('commands', () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const lines = Object.keys(scripts).map((name) => (name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`));
  const pages = ['README.md', 'CONTRIBUTING.md', 'environment.md', 'teaching/classroom.md', 'teaching/what-needs-what.md'];
  const text = pages.map((page) => fs.readFileSync(path.join(repository, page), 'utf8')).join('\n');

  it('every command of package.json is told of', () => {
    assert.deepEqual(
      lines.filter((line) => !new RegExp(`${line}\\b`).test(text)),
      [],
    );
  });

  it('every option that a page gives a command is one that the command names', () => {
    const given = [...text.matchAll(/npm run (\w+)((?: -{1,2}\w*(?: [\w.,-]+)?)*)/g)].flatMap(([, name, words]) =>
      [...words!.matchAll(/ --([a-z][\w-]*)/g)].map(([, option]) => [name!, option!] as const),
    );
    assert.ok(given.length > 5, `${given.length} options`);
    for (const [name, option] of given) {
      const source = fs.readFileSync(path.join(repository, scripts[name]!.split(' ')[1]!), 'utf8');
      assert.ok(
        new RegExp(`--${option}\\b|['"]?${option}['"]?: \\{ type|['"]--${option}['"]`).test(source),
        `npm run ${name} -- --${option}`,
      );
    }
  });
});
