/** Maps of many points in the plane (t-SNE, UMAP, PCA): class names stand at their clusters. */
import type { Plot } from 'nodeplotlib';
import { type NamedPoint, placeTags } from './labels.js';
import { grouped, listed } from './numbers.js';
import { axis, colourOf, figureWidth, finish, fontSize, paper, readableOn, symbols, trace } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface EmbeddingMap {
  /** x and y of each point in turn: 2 × count values. */
  coordinates: ArrayLike<number>;
  labels: ArrayLike<number>;
  /** Heading of a panel. */
  name?: string;
  /** Small print under the heading: accuracy, quality of the map. */
  note?: string;
  /** What a point's hover text says after the name of its class. Short: a notebook keeps every one of them. */
  texts?: readonly string[];
}

export interface EmbeddingOptions extends FigureOptions {
  /** Points drawn per map; more cannot be told apart. Default 4,000, in several panels 1,500. */
  maxPoints?: number;
  /** Several maps: panels in a row; default 2. */
  columns?: number;
  xTitle?: string;
  yTitle?: string;
}

/** Every k-th point of each class, so that all classes keep their share. */
function drawn(labels: ArrayLike<number>, classes: number, most: number): number[] {
  const byClass: number[][] = Array.from({ length: classes }, () => []);
  for (let index = 0; index < labels.length; index++) byClass[labels[index]]?.push(index);
  const share = Math.min(1, most / labels.length);
  return byClass.flatMap((members) => {
    const wanted = Math.min(members.length, Math.max(1, Math.round(members.length * share)));
    return Array.from({ length: wanted }, (_, at) => members[Math.floor((at * members.length) / wanted)]);
  });
}

/** The middle of a class's densest spot: a mean would fall between two clusters. */
function densestSpot(coordinates: ArrayLike<number>, members: number[], bounds: Bounds): [number, number] {
  const cells = 12;
  const bins = new Map<number, number[]>();
  for (const index of members) {
    const column = Math.min(cells - 1, Math.floor(((coordinates[2 * index] - bounds.left) / bounds.width) * cells));
    const row = Math.min(cells - 1, Math.floor(((coordinates[2 * index + 1] - bounds.bottom) / bounds.height) * cells));
    const key = row * cells + column;
    const bin = bins.get(key);
    if (bin) bin.push(index);
    else bins.set(key, [index]);
  }
  let fullest: number[] = [];
  for (const bin of bins.values()) if (bin.length > fullest.length) fullest = bin;
  const middle = (offset: number) => fullest.reduce((sum, index) => sum + coordinates[2 * index + offset], 0) / fullest.length;
  return [middle(0), middle(1)];
}

interface Bounds {
  left: number;
  bottom: number;
  width: number;
  height: number;
}

function boundsOf(coordinates: ArrayLike<number>): Bounds {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let index = 0; index < coordinates.length; index += 2) {
    left = Math.min(left, coordinates[index]);
    right = Math.max(right, coordinates[index]);
    bottom = Math.min(bottom, coordinates[index + 1]);
    top = Math.max(top, coordinates[index + 1]);
  }
  return { left, bottom, width: right - left || 1, height: top - bottom || 1 };
}

/** Plotly leaves about so much room around the points on each side. */
const ROOM_AROUND = 0.06;
const withRoom = (low: number, extent: number): [number, number] => [low - ROOM_AROUND * extent, low + (1 + ROOM_AROUND) * extent];

/** Pixels of a picture between its side margins, and of its height that titles take. */
const PLOT_WIDTH = figureWidth - 90;
const FOR_TITLES = 70;

interface Panel {
  axes: { xaxis: string; yaxis: string };
  markerSize: number;
  /** In pixels. */
  width: number;
  height: number;
}

function drawMap(map: EmbeddingMap, classNames: readonly string[], most: number, { axes, markerSize, width, height }: Panel) {
  const { coordinates, labels, texts } = map;
  const bounds = boundsOf(coordinates);
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(Math.max(bounds.width, bounds.height))));
  const short = (value: number) => Number(value.toFixed(decimals));
  const chosen = drawn(labels, classNames.length, most);
  const traces: Plot[] = [];
  const spots: (NamedPoint & { colour: string })[] = [];
  classNames.forEach((name, label) => {
    const members = chosen.filter((index) => labels[index] === label);
    if (members.length === 0) return;
    const colour = colourOf(label);
    traces.push(
      trace({
        ...axes,
        type: 'scatter',
        mode: 'markers',
        name,
        x: members.map((index) => short(coordinates[2 * index])),
        y: members.map((index) => short(coordinates[2 * index + 1])),
        marker: { color: colour, size: markerSize, opacity: 0.55, symbol: symbols[label % symbols.length] },
        ...(texts ? { text: members.map((index) => texts[index]) } : {}),
        hovertemplate: `${name}${texts ? ', %{text}' : ''}<extra></extra>`,
        showlegend: false,
      }),
    );
    const [x, y] = densestSpot(coordinates, members, bounds);
    spots.push({ x, y, name, colour });
  });
  const frame = { width, height, xRange: withRoom(bounds.left, bounds.width), yRange: withRoom(bounds.bottom, bounds.height) };
  const places = placeTags(spots, frame);
  const names = spots.map(({ x, y, name, colour }, at) => ({
    ...{ xref: axes.xaxis, yref: axes.yaxis },
    ...{ x, y, text: `<b>${name}</b>` },
    ...places[at],
    font: { size: fontSize - (most < 3000 ? 1 : 0), color: readableOn(colour) },
    ...{ bgcolor: colour, bordercolor: paper, borderwidth: 1.5, borderpad: 2, opacity: 0.92 },
  }));
  return { traces, names, shown: chosen.length };
}

function checkMap(map: EmbeddingMap): void {
  if (map.coordinates.length !== 2 * map.labels.length)
    throw new RangeError(
      `An embedding of ${map.labels.length} points needs ${2 * map.labels.length} coordinates, got ${map.coordinates.length}.`,
    );
}

/** One or several maps. Axes of such maps have no unit; distances within a map are what can be compared. */
export function embeddingScatter(
  maps: EmbeddingMap | readonly EmbeddingMap[],
  classNames: readonly string[],
  options: EmbeddingOptions = {},
): Figure {
  const list = Array.isArray(maps) ? (maps as readonly EmbeddingMap[]) : [maps as EmbeddingMap];
  list.forEach(checkMap);
  const { maxPoints = list.length > 1 ? 1500 : 4000, xTitle = 'first coordinate', yTitle = 'second coordinate' } = options;
  const columns = Math.min(list.length, options.columns ?? 2);
  const rows = Math.ceil(list.length / columns);
  const panelHeight = list.length > 1 ? 440 : 620;
  const layout: Record<string, unknown> = { height: rows * panelHeight + 60, hovermode: 'closest' };
  const annotations: object[] = [];
  const data: Plot[] = [];
  const gap = { x: 0.09, y: rows > 1 ? 0.15 : 0 };
  const width = (1 - gap.x * (columns - 1)) / columns;
  const height = (1 - gap.y * (rows - 1)) / rows;
  const sentences: string[] = [];
  list.forEach((map, index) => {
    const suffix = index === 0 ? '' : String(index + 1);
    const left = (index % columns) * (width + gap.x);
    const bottom = 1 - height - Math.floor(index / columns) * (height + gap.y);
    const { traces, names, shown } = drawMap(map, classNames, maxPoints, {
      axes: { xaxis: `x${suffix}`, yaxis: `y${suffix}` },
      markerSize: list.length > 1 ? 4 : 5,
      width: width * PLOT_WIDTH,
      height: height * (rows * panelHeight - FOR_TITLES),
    });
    data.push(...traces);
    const top = bottom + height - (list.length > 1 ? 0.025 : 0);
    layout[`xaxis${suffix}`] = axis({ title: xTitle, domain: [left, left + width], anchor: `y${suffix}`, showgrid: false, nticks: 5 });
    layout[`yaxis${suffix}`] = axis({ title: yTitle, domain: [bottom, top], anchor: `x${suffix}`, showgrid: false, nticks: 5 });
    annotations.push(...names);
    if (map.name)
      annotations.push({
        text: `<b>${map.name}</b>${map.note ? `: ${map.note}` : ''}`,
        xref: 'paper',
        yref: 'paper',
        x: left,
        y: top,
        xanchor: 'left',
        yanchor: 'bottom',
        showarrow: false,
        font: { size: fontSize },
      });
    const total = map.labels.length;
    sentences.push(
      `${map.name ? `${map.name}: ` : ''}${shown < total ? `${grouped(shown)} of ` : ''}${grouped(total)} points${map.note ? `, ${map.note}` : ''}`,
    );
  });
  layout['annotations'] = annotations;
  const description = `${list.length > 1 ? `${list.length} maps` : 'Map'} of points coloured by class (${listed(classNames)}), names at each class's densest spot. ${sentences.join('. ')}.`;
  return finish({ data, layout, description, headroom: list.length > 1 ? 8 : 0 }, options);
}
