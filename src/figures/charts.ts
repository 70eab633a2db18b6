/** Flow charts: boxes in rows and columns, and arrows between them. */
import { listed } from './numbers.js';
import { Sheet } from './sheet.js';
import { colourOf, fontSize, softInk } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface FlowNode {
  id: string;
  text: string;
  row: number;
  /** Counted from 0; halves stand between two columns. */
  column?: number;
  kind?: 'data' | 'step' | 'decision' | 'result';
  /** Position in the palette, for boxes that belong together. */
  colour?: number;
}

export interface FlowEdge {
  from: string;
  to: string;
  text?: string;
}

export interface FlowChart {
  title?: string;
  nodes: readonly FlowNode[];
  edges: readonly FlowEdge[];
}

const fills: Record<NonNullable<FlowNode['kind']>, string> = { data: '#e4ecf2', step: '#0072b2', decision: '#f6dfc8', result: '#00805d' };

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

function drawEdge(sheet: Sheet, from: Place, to: Place, text: string | undefined): void {
  const [fromX, toX] = [from.x + from.width / 2, to.x + to.width / 2];
  const down = to.y >= from.y + from.height;
  const up = to.y + to.height <= from.y;
  if (down || up) {
    const start = down ? from.y + from.height : from.y;
    const end = down ? to.y - 1 : to.y + to.height + 1;
    const middle = (start + end) / 2;
    const straight = Math.abs(fromX - toX) < 2;
    sheet.arrow(
      straight
        ? [
            [fromX, start],
            [toX, end],
          ]
        : [
            [fromX, start],
            [fromX, middle],
            [toX, middle],
            [toX, middle],
            [toX, end],
          ],
      softInk,
    );
    if (text)
      sheet.text(straight ? fromX + 8 : (fromX + toX) / 2, middle, text, {
        align: straight ? 'left' : 'center',
        size: fontSize - 2,
        background: '#fdfdfb',
      });
  } else {
    const right = to.x >= from.x;
    const y = from.y + from.height / 2;
    const [start, end] = right ? [from.x + from.width, to.x - 1] : [from.x, to.x + to.width + 1];
    sheet.arrow(
      [
        [start, y],
        [end, y],
      ],
      softInk,
    );
    if (text) sheet.text((start + end) / 2, y - 10, text, { size: fontSize - 2 });
  }
}

/** One or several charts side by side. */
export function flowChart(charts: FlowChart | readonly FlowChart[], options: FigureOptions = {}): Figure {
  const list = Array.isArray(charts) ? (charts as readonly FlowChart[]) : [charts as FlowChart];
  const columnsOf = (chart: FlowChart) => 1 + Math.ceil(Math.max(0, ...chart.nodes.map((node) => node.column ?? 0)));
  const rows = 1 + Math.max(0, ...list.flatMap((chart) => chart.nodes.map((node) => node.row)));
  const titled = list.some((chart) => chart.title);
  const [rowHeight, top] = [92, titled ? 40 : 6];
  const sheet = new Sheet(top + rows * rowHeight - 22);
  const gap = list.length > 1 ? 36 : 0;
  const allColumns = list.reduce((sum, chart) => sum + columnsOf(chart), 0);
  const pitch = (sheet.width - gap * (list.length - 1)) / allColumns;
  const rowOf = (chart: FlowChart, id: string) => chart.nodes.find((node) => node.id === id)?.row;
  const sideways = list.some((chart) => chart.edges.some(({ from, to }) => rowOf(chart, from) === rowOf(chart, to)));
  const width = Math.min(pitch - (sideways ? 70 : 20), 260);
  let left = 0;
  const sentences: string[] = [];
  for (const chart of list) {
    const places = new Map<string, Place>();
    const chartWidth = columnsOf(chart) * pitch;
    if (chart.title) sheet.text(left + chartWidth / 2, 14, `<b>${chart.title}</b>`);
    for (const node of chart.nodes) {
      const height = node.kind === 'decision' ? 70 : 56;
      const x = left + (node.column ?? 0) * pitch + (pitch - width) / 2;
      const y = top + node.row * rowHeight + (70 - height) / 2;
      places.set(node.id, { x, y, width, height });
    }
    for (const { from, to, text } of chart.edges) {
      const [start, end] = [places.get(from), places.get(to)];
      if (!start || !end) throw new RangeError(`flowChart: an arrow goes from "${from}" to "${to}", but one of them is no node.`);
      drawEdge(sheet, start, end, text);
    }
    for (const node of chart.nodes) {
      const { x, y, width: wide, height } = places.get(node.id) as Place;
      const fill = node.colour !== undefined ? colourOf(node.colour) : fills[node.kind ?? 'step'];
      if (node.kind === 'decision') sheet.diamond(x, y, wide, height, node.text, { fill, text: { size: fontSize - 1 } });
      else sheet.box(x, y, wide, height, node.text, { fill, line: node.kind === 'data' ? softInk : fill, text: { size: fontSize - 1 } });
    }
    const names = new Map(chart.nodes.map((node) => [node.id, node.text.replace(/<br>/g, ' ')]));
    sentences.push(
      `${chart.title ? `${chart.title}: ` : ''}${chart.edges.map((edge) => `${names.get(edge.from)} → ${names.get(edge.to)}${edge.text ? ` (${edge.text})` : ''}`).join('; ')}`,
    );
    left += chartWidth + gap;
  }
  return sheet.finish(`Flow chart. ${sentences.join('. ')}.`, options);
}

/** The three ways to join a convolutional network and an LSTM. */
export function joinDiagram(options: FigureOptions & { input?: string; output?: string } = {}): Figure {
  const { input = 'image', output = 'class' } = options;
  const ends: FlowNode[] = [{ id: 'image', text: input, row: 0, kind: 'data' }];
  const chain = (first: string, second: string, between: string): FlowChart => ({
    title: `${first} → ${second}`,
    nodes: [
      ...ends,
      { id: 'a', text: first, row: 1, colour: first === 'CNN' ? 0 : 3 },
      { id: 'b', text: second, row: 2, colour: second === 'CNN' ? 0 : 3 },
      { id: 'classes', text: output, row: 3, kind: 'result' },
    ],
    edges: [
      { from: 'image', to: 'a', text: first === 'CNN' ? 'pixels' : 'rows as steps' },
      { from: 'a', to: 'b', text: between },
      { from: 'b', to: 'classes', text: 'softmax' },
    ],
  });
  const parallel: FlowChart = {
    title: 'side by side',
    nodes: [
      { id: 'image', text: input, row: 0, column: 0.5, kind: 'data' },
      { id: 'cnn', text: 'CNN', row: 1, column: 0, colour: 0 },
      { id: 'lstm', text: 'LSTM', row: 1, column: 1, colour: 3 },
      { id: 'join', text: 'joined', row: 2, column: 0.5, kind: 'step', colour: 4 },
      { id: 'classes', text: output, row: 3, column: 0.5, kind: 'result' },
    ],
    edges: [
      { from: 'image', to: 'cnn' },
      { from: 'image', to: 'lstm' },
      { from: 'cnn', to: 'join' },
      { from: 'lstm', to: 'join' },
      { from: 'join', to: 'classes', text: 'softmax' },
    ],
  };
  const figure = flowChart([chain('CNN', 'LSTM', 'features as steps'), chain('LSTM', 'CNN', 'states as a map'), parallel], options);
  return {
    ...figure,
    description: figure.description.replace(
      'Flow chart.',
      `Three ways to join a CNN and an LSTM (${listed(['CNN first', 'LSTM first', 'side by side'])}).`,
    ),
  };
}
