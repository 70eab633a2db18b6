/** Tables in a cell: aligned HTML with the best values marked, plain text, and a CSV file. */
import { createHash } from 'node:crypto';
import type { Provenance } from '../data/index.js';
import { type ArtefactId, checkArtefactId, writeArtefact } from './artefacts.js';
import { withFilter } from './filter.js';
import { send } from './output.js';

/** A value, or a value with a note that shows on hover (where it comes from), a mark, a link to a place within the repository. */
export type Cell = CellValue | CellWords;
export interface CellWords {
  value: CellValue;
  note?: string;
  mark?: CellMark;
  link?: string;
}
export type CellValue = string | number | boolean | null | undefined;
export type CellMark = 'best' | 'claim' | 'good' | 'bad';

export interface TableData {
  columns: readonly string[];
  rows: readonly (readonly Cell[] | Record<string, Cell>)[];
}

/** What of a danfo.js DataFrame is needed here. */
export interface DataFrameLike {
  columns: string[];
  values: unknown;
}

export interface TableOptions {
  caption?: string;
  /** Digits after the point: for all columns, or by column. Without it: up to four significant digits. */
  digits?: number | Record<string, number>;
  /** Columns whose best value is marked: the largest or the smallest. */
  best?: Record<string, 'max' | 'min'>;
  /** Columns that hold what a report states. */
  claims?: readonly string[];
  /** Columns to filter by, in a trusted notebook; a search box comes with them. */
  filter?: readonly string[];
  /** Small print under the table. */
  note?: string;
  /** A table of stand-ins is marked and never written as an artefact. */
  provenance?: Provenance;
}

export class TableError extends Error {
  override name = 'TableError';
}

interface Plain {
  columns: string[];
  cells: CellWords[][];
}

function isCellObject(cell: unknown): cell is CellWords {
  return typeof cell === 'object' && cell !== null && 'value' in cell;
}

function plain(table: TableData | DataFrameLike): Plain {
  const columns = [...table.columns];
  const rows = 'rows' in table ? table.rows : (table.values as unknown[]);
  if (!Array.isArray(rows)) throw new TableError('show.table: the table has no rows. Give a DataFrame, or { columns, rows }.');
  const cells = rows.map((row, index) => {
    // A DataFrame of a single column holds its values without a row around them.
    const list = Array.isArray(row)
      ? row
      : typeof row === 'object' && row !== null && !isCellObject(row)
        ? columns.map((column) => (row as Record<string, Cell>)[column])
        : [row];
    if (list.length !== columns.length)
      throw new TableError(`show.table: row ${index + 1} has ${list.length} cells, the table has ${columns.length} columns.`);
    return list.map((cell) => (isCellObject(cell) ? { ...cell } : { value: cell as CellValue }));
  });
  return { columns, cells };
}

function digitsOf(options: TableOptions, column: string): number | undefined {
  return typeof options.digits === 'number' ? options.digits : options.digits?.[column];
}

/** The text of a value as a reader sees it. */
function shown(value: CellValue, digits: number | undefined): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return 'not defined';
  if (digits !== undefined) return value.toFixed(digits);
  if (Number.isInteger(value)) return Math.abs(value) >= 10_000 ? value.toLocaleString('en-US') : String(value);
  return String(Number(value.toPrecision(4)));
}

function markBest({ columns, cells }: Plain, options: TableOptions): void {
  for (const [column, direction] of Object.entries(options.best ?? {})) {
    const at = columns.indexOf(column);
    if (at < 0) throw new TableError(`show.table: best names the column "${column}"; the columns are ${columns.join(', ')}.`);
    const values = cells
      .map((row) => row[at].value)
      .filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
    if (values.length < 2) continue;
    const best = direction === 'max' ? Math.max(...values) : Math.min(...values);
    for (const row of cells) if (row[at].value === best) row[at].mark ??= 'best';
  }
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** Readable on a light page and on a dark one. */
export const markColours = { good: '#0d8a5f', bad: '#d9483b' } as const;

const markStyle: Record<CellMark, string> = {
  best: 'font-weight: bold; text-decoration: underline;',
  claim: 'font-style: italic;',
  good: `color: ${markColours.good}; font-weight: bold;`,
  bad: `color: ${markColours.bad}; font-weight: bold;`,
};

/** Tables link within the repository only: a relative address, so that no text can smuggle in a script or another host. */
function relativeLink(link: string): string {
  if (/^[a-z][a-z0-9+.-]*:|^\/\/|^\\/i.test(link))
    throw new TableError(
      `show.table: the link "${link}" leads outside the repository. Give a relative path, as in "01-lenet5.ipynb#2-The-data".`,
    );
  return link;
}

function filteredHtml(table: Plain, options: TableOptions): string {
  const contents = html(table, options);
  if (!options.filter) return contents;
  const filtered = options.filter.map((column) => {
    const at = table.columns.indexOf(column);
    if (at < 0) throw new TableError(`show.table: filter names the column "${column}"; the columns are ${table.columns.join(', ')}.`);
    return at;
  });
  return withFilter(contents, `table-${createHash('sha256').update(contents).digest('hex').slice(0, 12)}`, filtered);
}

function html(table: Plain, options: TableOptions): string {
  const numeric = table.columns.map((_, at) => table.cells.some((row) => typeof row[at].value === 'number'));
  const isClaim = table.columns.map((column) => options.claims?.includes(column) ?? false);
  const align = (at: number) => `text-align: ${numeric[at] ? 'right' : 'left'};`;
  const heads = table.columns.map((column, at) => `<th style="${align(at)}">${escaped(column)}</th>`).join('');
  const body = table.cells.map((row) => {
    const cells = row.map((cell, at) => {
      const mark = cell.mark ?? (isClaim[at] ? 'claim' : undefined);
      const note = cell.note ? ` title="${escaped(cell.note)}"` : '';
      const words = escaped(shown(cell.value, digitsOf(options, table.columns[at])));
      const text = cell.link === undefined ? words : `<a href="${escaped(relativeLink(cell.link))}">${words}</a>`;
      return `<td style="${align(at)}${mark ? ` ${markStyle[mark]}` : ''}"${note}>${text}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const caption = captionText(options);
  return [
    caption ? `<p style="margin-bottom: 2px;"><b>${escaped(caption)}</b></p>` : '',
    '<table>',
    `<thead><tr>${heads}</tr></thead>`,
    `<tbody>\n${body.join('\n')}\n</tbody>`,
    '</table>',
    options.note ? `<p><small>${escaped(options.note)}</small></p>` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

function captionText(options: TableOptions): string {
  return [options.provenance === 'stand-in' ? 'STAND-IN DATA.' : '', options.caption ?? ''].filter(Boolean).join(' ');
}

function text(table: Plain, options: TableOptions): string {
  const rows = table.cells.map((row) =>
    row.map((cell, at) => shown(cell.value, digitsOf(options, table.columns[at])) + (cell.mark === 'best' ? ' *' : '')),
  );
  const widths = table.columns.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at].length)));
  const numeric = table.columns.map((_, at) => table.cells.some((row) => typeof row[at].value === 'number'));
  const line = (cells: string[]) =>
    cells
      .map((cell, at) => (numeric[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
      .join('  ')
      .trimEnd();
  const caption = captionText(options);
  return [
    ...(caption ? [caption] : []),
    line(table.columns),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map(line),
    ...(options.best && rows.some((row) => row.some((cell) => cell.endsWith(' *'))) ? ['* best value of its column'] : []),
    ...(options.note ? [options.note] : []),
  ].join('\n');
}

/** Twelve digits, so that a reader of the file can compute with it; quoted as RFC 4180 says. */
function csv({ columns, cells }: Plain): string {
  const field = (value: CellValue) => {
    const missing = value === null || value === undefined || Number.isNaN(value);
    // More digits than any record has, fewer than would show how the processor stores 77.6.
    const words = missing ? '' : String(typeof value === 'number' ? Number(value.toPrecision(12)) : value);
    return /[",\n\r]/.test(words) ? `"${words.replace(/"/g, '""')}"` : words;
  };
  return `${[columns.map(field), ...cells.map((row) => row.map((cell) => field(cell.value)))].map((row) => row.join(',')).join('\n')}\n`;
}

/** The three renderings of a table. */
export function renderTable(table: TableData | DataFrameLike, options: TableOptions = {}): { html: string; text: string; csv: string } {
  const contents = plain(table);
  markBest(contents, options);
  return { html: filteredHtml(contents, options), text: text(contents, options), csv: csv(contents) };
}

/** Shows a table. With an artefact id it is also written as figures/<id>.csv (real data, lesson or paper profile). */
export async function showTable(
  table: TableData | DataFrameLike,
  idOrOptions?: ArtefactId | TableOptions,
  options?: TableOptions,
): Promise<void> {
  const id = typeof idOrOptions === 'string' ? idOrOptions : undefined;
  const settings = options ?? (typeof idOrOptions === 'object' ? idOrOptions : {});
  if (id !== undefined) checkArtefactId(id);
  const rendered = renderTable(table, settings);
  if (id !== undefined) writeArtefact(id, 'csv', rendered.csv, settings.provenance);
  const metadata = id === undefined ? {} : { paperlab: { artefact: id, provenance: settings.provenance ?? 'real' } };
  send({ 'text/html': rendered.html, 'text/plain': rendered.text }, metadata);
}
