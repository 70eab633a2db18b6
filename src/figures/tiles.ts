/** Many things of a few kinds, one tile each: how many there are of each kind, row by row, and on hover which. */
import type { Plot } from 'nodeplotlib';
import { listed } from './numbers.js';
import { axis, finish, hiddenAxis, lookOf, markerOf, trace } from './theme.js';
import type { Figure, FigureOptions, Look } from './types.js';

export interface Tile {
  row: string;
  /** Tiles of a kind share colour and symbol, and stand side by side. */
  kind: string;
  /** Shown on hover. */
  name: string;
}

export interface TileOptions extends FigureOptions {
  /** All kinds there may be, in the order in which they stand; without it as they come. */
  kinds?: readonly string[];
  /** How kinds look; without it by their place among all. */
  looks?: Readonly<Record<string, Look>>;
  /** Tiles side by side before a row goes on in a further line. */
  width?: number;
}

/** Height of a line of tiles, in pixels. */
const LINE = 24;
/** Lines left empty between two rows. */
const GAP = 1;

export function tileChart(tiles: readonly Tile[], options: TileOptions = {}): Figure {
  const { kinds = [...new Set(tiles.map(({ kind }) => kind))], width = 30, looks = {} } = options;
  const rows = [...new Set(tiles.map(({ row }) => row))];
  const places = new Map<Tile, { x: number; y: number }>();
  const middles: number[] = [];
  let line = 0;
  for (const row of rows) {
    const members = kinds.flatMap((kind) => tiles.filter((tile) => tile.row === row && tile.kind === kind));
    members.forEach((tile, index) => {
      places.set(tile, { x: index % width, y: -(line + Math.floor(index / width)) });
    });
    const lines = Math.ceil(members.length / width);
    middles.push(-(line + (lines - 1) / 2));
    line += lines + GAP;
  }
  const shown = kinds.filter((kind) => tiles.some((tile) => tile.kind === kind));
  const data: Plot[] = shown.map((kind) => {
    const members = tiles.filter((tile) => tile.kind === kind);
    return trace({
      type: 'scatter',
      mode: 'markers',
      name: `${kind} (${members.length})`,
      x: members.map((tile) => places.get(tile)!.x),
      y: members.map((tile) => places.get(tile)!.y),
      text: members.map(({ name }) => name),
      hovertemplate: '%{text}<extra></extra>',
      marker: markerOf(looks[kind] ?? lookOf(kinds.indexOf(kind)), 15),
      cliponaxis: false,
    });
  });
  const layout = {
    height: 190 + line * LINE,
    showlegend: true,
    xaxis: hiddenAxis({ range: [-1, width] }),
    yaxis: axis({
      title: '',
      tickmode: 'array',
      tickvals: middles,
      ticktext: [...rows],
      range: [-line + GAP - 0.6, 0.6],
      showgrid: false,
      zeroline: false,
    }),
  };
  const sentences = rows.map((row) => {
    const counts = shown.flatMap((kind) => {
      const count = tiles.filter((tile) => tile.row === row && tile.kind === kind).length;
      return count > 0 ? [`${count} ${kind}`] : [];
    });
    return `${row}: ${counts.join(', ')}`;
  });
  return finish({ data, layout, description: `${tiles.length} tiles. ${listed(sentences)}.` }, options);
}
