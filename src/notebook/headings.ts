/** Links from a table into another notebook: the heading there that speaks of a place in the report. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './artefacts.js';

interface NotebookHeadings {
  file: string;
  headings: string[];
}

const known = new Map<string, NotebookHeadings | undefined>();

function readHeadings(number: string): NotebookHeadings | undefined {
  const folder = path.join(repositoryRoot, 'notebooks');
  const file = readdirSync(folder).find((name) => name.startsWith(`${number}-`) && name.endsWith('.ipynb'));
  if (!file) return undefined;
  const { cells } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  const headings = cells
    .filter(({ cell_type: kind }) => kind === 'markdown')
    .flatMap(({ source }) => (Array.isArray(source) ? source.join('') : source).split('\n'))
    .filter((line) => /^#{1,4} /.test(line))
    .map((line) => line.replace(/^#+ /, '').trim());
  return { file, headings };
}

const ordinals = ['first', 'second', 'third'];

/** 'table I, row LSTM', 'Figures 4 and 5' and 'section 4.3.1, figure 5' name what a heading begins with: its kind and number. */
function kindAndNumber(place: string): RegExp | undefined {
  const counted = /\b(first|second|third) table\b/i.exec(place);
  if (counted) return new RegExp(`^table ${ordinals.indexOf(counted[1]!.toLowerCase()) + 1}\\b`, 'i');
  const found = /\b(table|figure|image)s? ([0-9]+|[ivx]+)\b/i.exec(place);
  return found ? new RegExp(`^${found[1]} ${found[2]}\\b`, 'i') : undefined;
}

/**
 * Address of the section of notebook `number` for a place in its report ('table I, row LSTM'), as JupyterLab names headings;
 * the section whose title ends with `otherwise` where none fits; undefined where there is no such notebook. A claim may name the section
 * that shows it, by the end of its title.
 */
export function headingLink(number: string, place: string, otherwise: string, shownIn?: string): string | undefined {
  if (!known.has(number)) known.set(number, readHeadings(number));
  const notebook = known.get(number);
  if (!notebook) return undefined;
  const wanted = kindAndNumber(place);
  const named = shownIn === undefined ? undefined : notebook.headings.find((each) => each.endsWith(shownIn));
  if (shownIn !== undefined && !named)
    throw new RangeError(`Notebook ${number} has no section “${shownIn}”, which a claim (${place}) names.`);
  const heading =
    named ?? notebook.headings.find((each) => wanted?.test(each)) ?? notebook.headings.find((each) => each.endsWith(otherwise));
  return heading ? `${notebook.file}#${encodeURIComponent(heading.replaceAll(' ', '-'))}` : notebook.file;
}
