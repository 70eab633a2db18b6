/** The diagram of a network, drawn from the built model: what each layer is, what leaves it, how many numbers it learns. */
import { grouped, listed } from './numbers.js';
import { Sheet } from './sheet.js';
import { claimInk, colourOf, fontSize, ink, readableOn, softInk, translucent } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

type Shape = readonly (number | null)[];

/** What of a tf.layers layer the diagram reads. */
export interface DiagramLayer {
  readonly name: string;
  readonly outputShape: Shape | readonly Shape[];
  getClassName(): string;
  countParams(): number;
  getConfig(): object;
  readonly inboundNodes?: readonly { readonly inboundLayers: readonly { readonly name: string }[] }[];
}

/** A tf.LayersModel, as far as the diagram reads it. */
export interface DiagramModel {
  readonly name: string;
  readonly layers: readonly DiagramLayer[];
}

export interface ModelDiagramOptions extends FigureOptions {
  /** Numbers of parameters that a report states, by layer name: shown beside ours, and marked where they differ. */
  reported?: Record<string, number>;
  /** Layers to stress, by name, with what there is to say about them. */
  highlight?: Record<string, string>;
}

interface LayerRow {
  name: string;
  kind: string;
  detail: string;
  shape: number[];
  parameters: number;
  family: Family;
  /** Layers it reads from, where that is not just the one above. */
  from: string[];
}

type Family = 'input' | 'convolution' | 'pooling' | 'recurrent' | 'dense' | 'other';

const familyColour: Record<Family, string> = {
  input: '#5c5c5c',
  convolution: colourOf(0),
  pooling: colourOf(2),
  recurrent: colourOf(3),
  dense: colourOf(1),
  other: '#707070',
};

function familyOf(kind: string): Family {
  if (/input/i.test(kind)) return 'input';
  if (/conv/i.test(kind)) return 'convolution';
  if (/pool|subsampl/i.test(kind)) return 'pooling';
  if (/lstm|gru|rnn|recurrent|bidirectional/i.test(kind)) return 'recurrent';
  if (/dense/i.test(kind)) return 'dense';
  return 'other';
}

function times(value: unknown): string {
  return Array.isArray(value) ? value.join('×') : String(value);
}

/** The settings of a layer in a few words. */
function detailOf(config: Record<string, unknown>): string {
  const words: string[] = [];
  const kernel = config['kernelSize'];
  if (typeof config['filters'] === 'number') words.push(`${config['filters']} filters ${times(kernel)}`);
  else if (kernel !== undefined) words.push(`kernel ${times(kernel)}`);
  if (config['poolSize'] !== undefined) words.push(times(config['poolSize']));
  if (typeof config['units'] === 'number') words.push(`${config['units']} units`);
  if (typeof config['rate'] === 'number') words.push(`rate ${config['rate']}`);
  const strides = config['strides'];
  const trivial =
    strides === undefined ||
    strides === null ||
    times(strides)
      .split('×')
      .every((stride) => stride === '1');
  if (!trivial && times(strides) !== times(config['poolSize'])) words.push(`stride ${times(strides)}`);
  if (config['padding'] === 'same') words.push('padded');
  if (Array.isArray(config['targetShape'])) words.push(`to ${times(config['targetShape'])}`);
  if (typeof config['activation'] === 'string' && config['activation'] !== 'linear') words.push(config['activation']);
  if (typeof config['recurrentActivation'] === 'string') words.push(`gates ${config['recurrentActivation']}`);
  return words.join(', ');
}

function sizeOf(shape: Shape | readonly Shape[]): number[] {
  const first = (Array.isArray(shape[0]) ? shape[0] : shape) as Shape;
  return first.slice(1).map((size) => size ?? 0);
}

function rowsOf(model: DiagramModel): LayerRow[] {
  return model.layers.map((layer, index) => {
    const kind = layer.getClassName();
    const sources = layer.inboundNodes?.[0]?.inboundLayers.map((source) => source.name) ?? [];
    const above = model.layers[index - 1]?.name;
    return {
      name: layer.name,
      kind,
      detail: detailOf(layer.getConfig() as Record<string, unknown>),
      shape: sizeOf(layer.outputShape),
      parameters: layer.countParams(),
      family: familyOf(kind),
      from: sources.length > 1 || (sources.length === 1 && above !== undefined && sources[0] !== above) ? sources : [],
    };
  });
}

/** The input's size as its first layer was told, where the model has no layer of its own for it. */
function inputRow(model: DiagramModel): LayerRow | undefined {
  const first = model.layers[0];
  if (!first || familyOf(first.getClassName()) === 'input') return undefined;
  const shape = (first.getConfig() as { batchInputShape?: Shape }).batchInputShape;
  if (!shape) return undefined;
  return { name: 'input', kind: 'Input', detail: '', shape: sizeOf(shape), parameters: 0, family: 'input', from: [] };
}

/** What leaves the layer, to scale: maps as a stack, sequences as a grid, vectors as a bar. */
function drawShape(sheet: Sheet, shape: readonly number[], x: number, middle: number, height: number, colour: string): void {
  const fill = translucent(colour, 0.28);
  const style = { fill, line: colour, lineWidth: 1.2, rounded: false };
  const side = (size: number) => Math.max(4, Math.min(height - 12, 5 + (size / 32) * (height - 18)));
  if (shape.length === 3) {
    const [rows, columns, channels] = shape;
    const stack = Math.min(5, 1 + Math.floor(Math.log2(Math.max(1, channels))));
    const [tall, wide] = [side(rows), side(columns)];
    const left = x - wide / 2 - (stack - 1) * 2.5;
    for (let index = stack - 1; index >= 0; index--)
      sheet.box(left + index * 5, middle - tall / 2 - index * 1.5 + (stack - 1) * 0.75, wide, tall, '', style);
  } else if (shape.length === 2) {
    const [steps, features] = shape;
    const wide = Math.min(96, 8 + 14 * Math.log2(steps + 1));
    const tall = Math.max(5, Math.min(height - 14, 3 + 4.5 * Math.log2(features + 1)));
    sheet.box(x - wide / 2, middle - tall / 2, wide, tall, '', style);
    const marks = Math.min(steps, 8);
    for (let mark = 1; mark < marks; mark++) {
      const at = x - wide / 2 + (mark * wide) / marks;
      sheet.line(
        [
          [at, middle - tall / 2],
          [at, middle + tall / 2],
        ],
        colour,
        1,
      );
    }
  } else {
    const wide = Math.min(100, 8 + 9 * Math.log2((shape[0] ?? 1) + 1));
    sheet.box(x - wide / 2, middle - 5, wide, 10, '', style);
  }
}

export function modelDiagram(model: DiagramModel, options: ModelDiagramOptions = {}): Figure {
  const { reported = {}, highlight = {} } = options;
  const own = rowsOf(model);
  const input = inputRow(model);
  const rows = input ? [input, ...own] : own;
  const unknown = [...Object.keys(reported), ...Object.keys(highlight)].filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new RangeError(`modelDiagram: no layer is called ${listed(unknown)}; the layers are ${listed(rows.map((row) => row.name))}.`);
  const withReport = Object.keys(reported).length > 0;
  const withNotes = Object.keys(highlight).length > 0;
  const [block, gap, top] = [rows.length > 12 ? 40 : 46, rows.length > 12 ? 12 : 16, 34];
  const pitch = block + gap;
  const sheet = new Sheet(top + rows.length * pitch + 30);
  const columns = {
    glyph: 62,
    block: 128,
    blockWidth: withNotes && withReport ? 270 : withNotes ? 300 : 330,
    shape: 0,
    parameters: 0,
    reported: 0,
    notes: 0,
  };
  columns.shape = columns.block + columns.blockWidth + 62;
  columns.parameters = columns.shape + 172;
  columns.reported = columns.parameters + 96;
  columns.notes = (withReport ? columns.reported : columns.parameters) + 16;
  const head = { size: fontSize - 1, colour: softInk };
  sheet.text(columns.glyph, 12, 'what leaves it', head);
  sheet.text(columns.block + columns.blockWidth / 2, 12, 'layer', head);
  sheet.text(columns.shape, 12, 'output shape', head);
  sheet.text(columns.parameters, 12, 'parameters', { ...head, align: 'right' });
  if (withReport) sheet.text(columns.reported, 12, 'reported', { ...head, align: 'right' });
  const disagreements: string[] = [];
  rows.forEach((row, index) => {
    const y = top + index * pitch;
    const middle = y + block / 2;
    const colour = familyColour[row.family];
    const stressed = row.name in highlight;
    drawShape(sheet, row.shape, columns.glyph, middle, pitch, colour);
    const words = [row.detail, row.from.length > 0 ? `from ${row.from.join(' + ')}` : ''].filter(Boolean).join('; ');
    const second = words ? `<br><span style="font-size:14px">${words.length > 44 ? `${words.slice(0, 43)}…` : words}</span>` : '';
    sheet.box(columns.block, y, columns.blockWidth, block, `<b>${row.name}</b> · ${row.kind}${second}`, {
      fill: colour,
      line: stressed ? claimInk : colour,
      lineWidth: stressed ? 5 : 1,
      text: { colour: readableOn(colour), size: fontSize - 1 },
    });
    sheet.hover(columns.block + columns.blockWidth / 2, middle, `${row.name} · ${row.kind}${words ? `<br>${words}` : ''}`);
    sheet.text(columns.shape, middle, row.shape.join(' × ') || '–');
    sheet.text(columns.parameters, middle, row.parameters > 0 ? grouped(row.parameters) : '–', { align: 'right' });
    const stated = reported[row.name];
    if (stated !== undefined) {
      const same = stated === row.parameters;
      if (!same) disagreements.push(`${row.name}: ${grouped(row.parameters)}, reported ${grouped(stated)}`);
      sheet.text(columns.reported, middle, `${same ? '✓ ' : '≠ '}${grouped(stated)}`, {
        align: 'right',
        colour: same ? colourOf(2) : claimInk,
      });
    }
    if (stressed)
      sheet.text(columns.notes, middle, wrapped(highlight[row.name], withReport ? 13 : 24), {
        align: 'left',
        size: fontSize - 2,
        colour: claimInk,
      });
    const next = rows[index + 1];
    if (next && (next.from.length === 0 || next.from.includes(row.name)))
      sheet.arrow(
        [
          [columns.block + columns.blockWidth / 2, y + block + 1],
          [columns.block + columns.blockWidth / 2, y + pitch - 1],
        ],
        ink,
        1.6,
      );
  });
  const total = own.reduce((sum, row) => sum + row.parameters, 0);
  sheet.text(columns.parameters, top + rows.length * pitch + 8, `<b>total ${grouped(total)}</b>`, { align: 'right' });
  const chain = rows.map(
    (row) =>
      `${row.name} (${row.kind}${row.detail ? ` ${row.detail}` : ''}) ${row.shape.join('×')}${row.parameters > 0 ? `, ${grouped(row.parameters)} parameters` : ''}`,
  );
  const notes = Object.entries(highlight).map(([name, note]) => `${name}: ${note}`);
  const description = `Model ${model.name}, ${grouped(total)} parameters: ${chain.join(' → ')}.${disagreements.length > 0 ? ` Differs from the report: ${disagreements.join('; ')}.` : withReport ? ' Parameters agree with the report.' : ''}${notes.length > 0 ? ` Marked: ${notes.join('; ')}.` : ''}`;
  return sheet.finish(description, { title: model.name, ...options });
}

/** Breaks words into lines of about so many characters. */
export function wrapped(text: string, length: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last && last.length + 1 + word.length > length) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.join('<br>');
}
