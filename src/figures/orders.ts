/** The order in which a grid's pixels are read, drawn as a path coloured by position, and walked. */
import type { Plot } from 'nodeplotlib';
import type { PixelOrder } from '../data/index.js';
import { plotlyScale } from './colourmaps.js';
import { grouped } from './numbers.js';
import { axis, claimInk, finish, fontSize, hiddenAxis, softInk, trace } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface PixelOrderOptions extends FigureOptions {
  /** Panels in a row; default 3. */
  columns?: number;
  /** Height and width beside each name; default true. */
  sizes?: boolean;
  /** A single order is walked when its figure is played; default true. */
  animate?: boolean;
  /** Frames of the walk; default 24. */
  frames?: number;
}

interface Path {
  x: number[];
  y: number[];
}

function pathOf(order: PixelOrder): Path {
  const steps = Array.from(order.positions);
  return { x: steps.map((position) => position % order.width), y: steps.map((position) => Math.floor(position / order.width)) };
}

/** How often the path leaves its neighbourhood. */
function jumps({ x, y }: Path): number {
  let count = 0;
  for (let step = 1; step < x.length; step++) if (Math.abs(x[step] - x[step - 1]) + Math.abs(y[step] - y[step - 1]) > 1) count++;
  return count;
}

function orderTraces(
  order: PixelOrder,
  path: Path,
  axes: object,
  markerSize: number,
  { withLine, showScale }: { withLine: boolean; showScale: boolean },
): Plot[] {
  const last = order.positions.length;
  return [
    trace({
      ...axes,
      type: 'scatter',
      mode: withLine ? 'lines+markers' : 'markers',
      ...path,
      line: { color: softInk, width: markerSize > 7 ? 2 : 1.2 },
      marker: {
        size: markerSize,
        color: path.x.map((_, step) => step + 1),
        cmin: 1,
        cmax: last,
        colorscale: plotlyScale('sequential').map(([share, colour]) => [share, share === 0 ? 'rgb(215,230,242)' : colour]),
        showscale: showScale,
        line: { width: markerSize > 5 ? 0.5 : 0, color: softInk },
        opacity: 1,
        ...(showScale
          ? { colorbar: { title: { text: 'time step', side: 'right' }, thickness: 16, outlinewidth: 0, tickfont: { size: fontSize - 1 } } }
          : {}),
      },
      hovertemplate: 'step %{marker.color}: row %{y}, column %{x}<extra></extra>',
      showlegend: false,
    }),
    trace({
      ...axes,
      type: 'scatter',
      mode: 'markers',
      x: [path.x[0], path.x[last - 1]],
      y: [path.y[0], path.y[last - 1]],
      marker: { symbol: ['circle-open', 'x-thin-open'], size: markerSize + 8, color: claimInk, line: { width: 2.5, color: claimInk } },
      text: ['first step', 'last step'],
      cliponaxis: false,
      hovertemplate: '%{text}<extra></extra>',
      showlegend: false,
    }),
  ];
}

/** Frames that walk the path, a slider and a button. */
function walk(order: PixelOrder, path: Path, wanted: number): { frames: object[]; layout: Record<string, unknown> } {
  const last = order.positions.length;
  const count = Math.min(wanted, last);
  const ends = Array.from({ length: count }, (_, index) => Math.max(1, Math.round(((index + 1) * last) / count)));
  const frames = ends.map((end) => ({ name: String(end), data: [{ x: path.x.slice(0, end), y: path.y.slice(0, end) }], traces: [2] }));
  const play = { frame: { duration: 160, redraw: false }, transition: { duration: 0 }, fromcurrent: true };
  const jump = { mode: 'immediate', frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
  return {
    frames,
    layout: {
      updatemenus: [
        {
          type: 'buttons',
          direction: 'left',
          x: 0,
          y: -0.14,
          xanchor: 'left',
          yanchor: 'top',
          pad: { t: 8 },
          buttons: [
            { label: 'walk', method: 'animate', args: [null, play] },
            { label: 'pause', method: 'animate', args: [[null], jump] },
          ],
        },
      ],
      sliders: [
        {
          active: count - 1,
          x: 0.2,
          len: 0.8,
          y: -0.14,
          pad: { t: 8 },
          currentvalue: { prefix: 'step ', font: { size: fontSize } },
          steps: ends.map((end) => ({ label: String(end), method: 'animate', args: [[String(end)], jump] })),
        },
      ],
    },
  };
}

export function pixelOrderFigure(orders: PixelOrder | readonly PixelOrder[], options: PixelOrderOptions = {}): Figure {
  const list = Array.isArray(orders) ? (orders as readonly PixelOrder[]) : [orders as PixelOrder];
  for (const order of list)
    if (order.positions.length !== order.width * order.height)
      throw new RangeError(
        `The order "${order.name}" has ${order.positions.length} steps; a ${order.height} × ${order.width} grid has ${order.height * order.width}.`,
      );
  const paths = list.map(pathOf);
  const sentences = list.map((order, index) => {
    const far = jumps(paths[index]);
    return `${order.name} on ${order.height} × ${order.width}: ${grouped(order.positions.length)} steps, ${far === 0 ? 'every step to a neighbour' : `${grouped(far)} jumps`}`;
  });
  const description = `Order in which pixels are read, light first, dark last, circle = start, cross = end. ${sentences.join('; ')}.`;
  if (list.length === 1) return single(list[0], paths[0], description, options);
  const columns = Math.min(options.columns ?? 3, list.length);
  const rows = Math.ceil(list.length / columns);
  const layout: Record<string, unknown> = { height: 20 + rows * (900 / columns + 6) };
  const gap = { x: 0.05, y: rows > 1 ? 0.08 : 0 };
  const width = (1 - gap.x * (columns - 1)) / columns;
  const height = (1 - gap.y * (rows - 1)) / rows;
  const annotations: object[] = [];
  const data = list.flatMap((order, index) => {
    const suffix = index === 0 ? '' : String(index + 1);
    const left = (index % columns) * (width + gap.x);
    const bottom = 1 - height - Math.floor(index / columns) * (height + gap.y);
    const top = bottom + height - 0.03;
    const pad = 0.06 * Math.max(order.width, order.height) + 0.15;
    layout[`xaxis${suffix}`] = hiddenAxis({
      domain: [left, left + width],
      anchor: `y${suffix}`,
      range: [-0.8, order.width - 0.2],
      constrain: 'domain',
    });
    layout[`yaxis${suffix}`] = hiddenAxis({
      domain: [bottom, top],
      anchor: `x${suffix}`,
      range: [order.height - 1 + pad, -pad],
      scaleanchor: `x${suffix}`,
      constrain: 'domain',
    });
    annotations.push({
      text: options.sizes === false ? `<b>${order.name}</b>` : `<b>${order.name}</b> ${order.height} × ${order.width}`,
      xref: 'paper',
      yref: 'paper',
      x: left + width / 2,
      y: top,
      xanchor: 'center',
      yanchor: 'bottom',
      showarrow: false,
      font: { size: fontSize },
    });
    const size = Math.max(3, Math.min(10, 130 / Math.max(order.width, order.height)));
    return orderTraces(order, paths[index], { xaxis: `x${suffix}`, yaxis: `y${suffix}` }, size, { withLine: true, showScale: false });
  });
  layout['annotations'] = annotations;
  layout['margin'] = { l: 16, b: 12, r: 16 };
  return finish({ data, layout, description, headroom: 8 }, options);
}

function single(order: PixelOrder, path: Path, description: string, options: PixelOrderOptions): Figure {
  const { animate = true, frames: wanted = 24 } = options;
  const size = Math.max(4, Math.min(18, 220 / Math.max(order.width, order.height)));
  const data = orderTraces(order, path, {}, size, { withLine: !animate, showScale: true });
  // The walker: the part of the path that has been walked; all of it at rest.
  if (animate)
    data.push(
      trace({
        type: 'scatter',
        mode: 'lines',
        ...path,
        line: { color: claimInk, width: size > 9 ? 2.5 : 1.6 },
        hoverinfo: 'skip',
        showlegend: false,
      }),
    );
  const moving = animate ? walk(order, path, wanted) : undefined;
  const layout = {
    height: 620 + (animate ? 80 : 0),
    xaxis: axis({ title: 'column', range: [-0.8, order.width - 0.2], constrain: 'domain', showgrid: false, nticks: 8 }),
    yaxis: axis({ title: 'row', range: [order.height - 0.2, -0.8], scaleanchor: 'x', constrain: 'domain', showgrid: false, nticks: 8 }),
    ...moving?.layout,
  };
  return finish({ data, layout, description, ...(moving ? { frames: moving.frames } : {}) }, options);
}
