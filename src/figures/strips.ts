/** Many values in few rows: one dot each, spread out within its row so that equal values can be told apart. */
import type { Plot } from 'nodeplotlib';
import { listed, readable, significant } from './numbers.js';
import { axis, claimInk, finish, gridInk, headHeight, lookOf, markerOf, trace } from './theme.js';
import type { Figure, FigureOptions, Look } from './types.js';

export interface StripValue {
  row: string;
  value: number;
  /** Shown on hover. */
  name: string;
  /** Values of a group share colour and symbol. */
  group: string;
}

export interface StripOptions extends FigureOptions {
  /** All groups there may be, in their order: a group looks alike whichever others are shown. Without it as they come. */
  groups?: readonly string[];
  /** How groups look; without it by their place among all. */
  looks?: Readonly<Record<string, Look>>;
  xTitle?: string;
  /** A line at this value: what every dot is compared with. */
  reference?: { value: number; name: string };
  /** Values beyond are drawn at the edge, with their true value on hover. */
  limits?: readonly [number, number];
}

/** Rows stand one apart: the dots of one take so much of that, and two beside each other no more than this. */
const ROW_SPREAD = 0.62;
const LARGEST_STEP = 0.14;

/** Places within a row: 0, +1, −1, +2, … steps about its middle, so that neighbours by value are apart and the row stays narrow. */
function offsets(count: number): number[] {
  const levels = Math.min(7, count);
  const step = Math.min(ROW_SPREAD / Math.max(1, levels - 1), LARGEST_STEP);
  const middle = levels % 2 === 0 ? 0.5 : 0;
  return Array.from({ length: count }, (_, index) => {
    const level = index % levels;
    return ((level % 2 === 1 ? 1 : -1) * Math.ceil(level / 2) - middle) * step;
  });
}

/** Faint lines that part the rows, so that a dot off the middle of its row stays in it. */
const betweenRows = (rows: number) =>
  Array.from({ length: Math.max(0, rows - 1) }, (_, below) => {
    const line = { color: gridInk, width: 1.5 };
    return { type: 'line', xref: 'paper', yref: 'y', x0: 0, x1: 1, y0: below + 0.5, y1: below + 0.5, layer: 'below', line };
  });

const referenceLine = (value: number) => {
  const line = { color: claimInk, width: 2.5, dash: 'dash' };
  return { type: 'line', xref: 'x', yref: 'paper', x0: value, x1: value, y0: 0, y1: 1, line };
};

export function stripPlot(values: readonly StripValue[], options: StripOptions = {}): Figure {
  const { xTitle = 'value', reference, limits } = options;
  const rows = [...new Set(values.map(({ row }) => row))];
  const { looks = {} } = options;
  const groups = [...new Set([...(options.groups ?? []), ...values.map(({ group }) => group)])];
  const shown = groups.filter((group) => values.some((each) => each.group === group));
  const clipped = (value: number) => (limits ? Math.min(limits[1], Math.max(limits[0], value)) : value);
  const heights = new Map<StripValue, number>();
  rows.forEach((row, position) => {
    const members = values.filter((each) => each.row === row).sort((a, b) => a.value - b.value);
    const shifts = offsets(members.length);
    members.forEach((each, index) => {
      heights.set(each, rows.length - 1 - position + shifts[index]!);
    });
  });
  const beyond = values.filter(({ value }) => clipped(value) !== value).length;
  const data: Plot[] = shown.map((group) => {
    const members = values.filter((each) => each.group === group);
    return trace({
      type: 'scatter',
      mode: 'markers',
      name: group,
      x: members.map(({ value }) => significant(clipped(value), 5)),
      y: members.map((each) => significant(heights.get(each)!, 4)),
      text: members.map(({ name, value }) => `${name}: ${readable(value)}`),
      hovertemplate: '%{text}<extra></extra>',
      marker: { ...markerOf(looks[group] ?? lookOf(groups.indexOf(group)), 10), opacity: 0.85 },
      cliponaxis: false,
    });
  });
  const layout = {
    height: 150 + rows.length * 84,
    showlegend: shown.length > 1,
    xaxis: axis({ title: xTitle, ...(limits ? { range: [limits[0], limits[1]] } : {}) }),
    yaxis: axis({
      title: '',
      tickmode: 'array',
      tickvals: rows.map((_, position) => rows.length - 1 - position),
      ticktext: [...rows],
      range: [-0.6, rows.length - 0.4],
      showgrid: false,
    }),
    margin: { t: 16 + headHeight(options) + (reference ? 26 : 0) },
    shapes: [...betweenRows(rows.length), ...(reference ? [referenceLine(reference.value)] : [])],
    ...(reference && {
      annotations: [
        {
          text: reference.name,
          xref: 'x',
          yref: 'paper',
          x: reference.value,
          y: 1,
          yanchor: 'bottom',
          showarrow: false,
          font: { color: claimInk },
        },
      ],
    }),
  };
  const sentences = rows.map((row) => {
    const members = values.filter((each) => each.row === row).map(({ value }) => value);
    return `${row}: ${members.length} values from ${readable(Math.min(...members))} to ${readable(Math.max(...members))}`;
  });
  const edge = beyond > 0 ? ` ${beyond} lie beyond the axis and are drawn at its edge.` : '';
  return finish({ data, layout, description: `${xTitle}, one dot each. ${listed(sentences)}.${edge}` }, options);
}
