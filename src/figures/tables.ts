/** A table as a picture, and probability vectors as bars. */
import { grouped, listed, percent, readable, significant } from './numbers.js';
import { Sheet } from './sheet.js';
import { colourOf, finish, fontSize, headHeight, paper, softInk, trace } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface TableFigureData {
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

export interface TableFigureOptions extends FigureOptions {
  /** Shares of the width by column; default equal. */
  widths?: readonly number[];
}

/** A table drawn as a figure, where a PNG is wanted; show.table is the usual way. */
export function tableFigure(table: TableFigureData, options: TableFigureOptions = {}): Figure {
  const { columns, rows } = table;
  const numeric = columns.map((_, at) => rows.some((row) => typeof row[at] === 'number'));
  const rowHeight = 32;
  const data = [
    trace({
      type: 'table',
      ...(options.widths ? { columnwidth: options.widths } : {}),
      header: {
        values: columns.map((column) => `<b>${column}</b>`),
        align: numeric.map((is) => (is ? 'right' : 'left')),
        fill: { color: '#dfe7ed' },
        line: { color: softInk, width: 0.5 },
        font: { size: fontSize },
        height: rowHeight + 4,
      },
      cells: {
        values: columns.map((_, at) => rows.map((row) => (typeof row[at] === 'number' ? readable(row[at] as number) : (row[at] ?? '–')))),
        align: numeric.map((is) => (is ? 'right' : 'left')),
        fill: { color: [rows.map((_, index) => (index % 2 === 0 ? paper : '#f2f4f5'))] },
        line: { color: '#c8c8c8', width: 0.5 },
        font: { size: fontSize },
        height: rowHeight,
      },
    }),
  ];
  const layout = {
    height: 34 + (rows.length + 1) * rowHeight + headHeight(options),
    margin: { l: 12, r: 12, b: 8 },
  };
  const lines = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? readable(cell) : (cell ?? '–'))).join(', '));
  return finish(
    { data, layout, description: `Table with columns ${listed(columns)} and ${grouped(rows.length)} rows: ${lines.join('; ')}.` },
    options,
  );
}

export interface ProbabilityVector {
  name: string;
  values: ArrayLike<number>;
  /** Small print: what this vector decides. */
  note?: string;
  /** A picture beside it. */
  image?: { values: ArrayLike<number>; height: number; width: number };
}

/** Softmax vectors side by side, one bar per class, with the image that gave them. */
export function probabilityFigure(
  vectors: readonly ProbabilityVector[],
  classNames: readonly string[],
  options: FigureOptions = {},
): Figure {
  const withImages = vectors.some((vector) => vector.image);
  const pitch = 30;
  const top = (withImages ? 120 : 0) + 52;
  const sheet = new Sheet(top + classNames.length * pitch + 34);
  const gap = 30;
  const width = (sheet.width - gap * (vectors.length - 1)) / vectors.length;
  const labelWidth = Math.min(110, width * 0.42);
  const sentences = vectors.map((vector, index) => {
    if (vector.values.length !== classNames.length)
      throw new RangeError(`probabilityFigure: "${vector.name}" has ${vector.values.length} values for ${classNames.length} classes.`);
    const left = index * (width + gap);
    const best = Array.from(vector.values).reduce((at, value, position, all) => (value > all[at] ? position : at), 0);
    sheet.text(left + width / 2, 12, `<b>${vector.name}</b>`);
    if (vector.image) {
      const { values, height, width: wide } = vector.image;
      const rgb = new Uint8Array(height * wide * 3);
      const most = Math.max(...Array.from(values)) > 1.5 ? 1 : 255;
      for (let at = 0; at < height * wide; at++) rgb.fill(Math.round(values[at] * most), at * 3, at * 3 + 3);
      sheet.image({ width: wide, height, rgb }, left + width / 2 - 56, 30, 112, 112 * (height / wide));
    }
    classNames.forEach((name, label) => {
      const y = top + label * pitch;
      const value = vector.values[label];
      const bar = Math.max(1, (width - labelWidth - 66) * value);
      sheet.text(left + labelWidth - 6, y + pitch / 2, label === best ? `<b>${name}</b>` : name, { align: 'right', size: fontSize - 1 });
      sheet.box(left + labelWidth, y + 5, bar, pitch - 10, '', { fill: colourOf(label), line: colourOf(label), rounded: false });
      sheet.text(left + labelWidth + bar + 5, y + pitch / 2, percent(significant(value, 6)), { align: 'left', size: fontSize - 1 });
    });
    if (vector.note) sheet.text(left + width / 2, top + classNames.length * pitch + 18, vector.note, { colour: softInk });
    return `${vector.name}: ${classNames[best]} with ${percent(vector.values[best])}${vector.note ? ` (${vector.note})` : ''}`;
  });
  return sheet.finish(`Probabilities of ${classNames.length} classes. ${sentences.join('; ')}.`, options);
}
