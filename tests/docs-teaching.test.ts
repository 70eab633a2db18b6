/** The lesson plans keep up with the notebooks: a plan for each, and every section that a plan names is there. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
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
