/** One look for every figure: colours, fonts, the frame around a picture. */
import type { Plot } from 'nodeplotlib';
import type { Figure, FigureOptions, Look } from './types.js';

/** Width of every still picture, in pixels; the interactive figure takes the width of its cell. */
export const figureWidth = 900;

/** An opaque near-white: the same figure reads the same on a light page, a dark page and a projector. */
export const paper = '#fdfdfb';
export const ink = '#1c1c1c';
export const softInk = '#4a4a4a';
export const gridInk = '#dedede';
export const claimInk = '#a3003c';

/** How dots of what a report states look among others. */
export const claimLook: Look = { colour: claimInk, symbol: 'diamond-open' };

/** The open diamond that stands for what a report states. */
export const claimMarker = (size: number) => ({ symbol: claimLook.symbol, size, color: claimInk, line: { width: 2.5, color: claimInk } });

export const fontSize = 16;
export const fontFamily = 'Open Sans, Noto Sans, Liberation Sans, Arial, sans-serif';

/**
 * Ten colours: Okabe and Ito's blue, orange, green and black, darkened where theirs vanish on white, and six more that were
 * searched for so that any two stay apart for eyes without red or green cones, and each has a contrast of at least 3 : 1 on the
 * paper. The first four differ most. Figures with many series add dashes or symbols, and names at the data.
 */
export const classColours: readonly string[] = [
  '#0072b2',
  '#c65100',
  '#00805d',
  '#94007a',
  '#969353',
  '#4e1fef',
  '#1c1c1c',
  '#7d362a',
  '#c67ba2',
  '#6958dc',
];

export const dashes: readonly string[] = ['solid', 'dash', 'dot', 'dashdot', 'longdash', 'longdashdot'];
export const symbols: readonly string[] = [
  'circle',
  'square',
  'diamond',
  'triangle-up',
  'cross',
  'x',
  'triangle-down',
  'star',
  'pentagon',
  'hexagram',
];

/** The colour of a class or series, the same in every figure. */
export function colourOf(index: number): string {
  return classColours[((index % classColours.length) + classColours.length) % classColours.length];
}

/** The look of the group at this place among all groups, whichever of them are shown. */
export const lookOf = (index: number): Look => ({ colour: colourOf(index), symbol: symbols[index % symbols.length] });

/** Plotly draws these wider than a circle of the same size: side by side they would touch. */
const drawnWide = [
  { symbol: /^line/, share: 0.55 },
  { symbol: /^diamond/, share: 0.75 },
];

/** A marker of that look; an open symbol is all line, which must be thick enough to see. */
export const markerOf = ({ colour, symbol }: Look, size: number) => ({
  size: size * (drawnWide.find((wide) => wide.symbol.test(symbol))?.share ?? 1),
  ...{ color: colour, symbol },
  ...(symbol.includes('-open') && { line: { width: 2.5, color: colour } }),
});

/** A colour with an opacity, as Plotly reads it. */
export function translucent(colour: string, opacity: number): string {
  const [red, green, blue] = channels(colour);
  return `rgba(${red},${green},${blue},${opacity})`;
}

function channels(colour: string): [number, number, number] {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!match) throw new RangeError(`Not a colour of the form #rrggbb: ${JSON.stringify(colour)}`);
  return [Number.parseInt(match[1], 16), Number.parseInt(match[2], 16), Number.parseInt(match[3], 16)];
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours as the Web Content Accessibility Guidelines count it: 1 (none) to 21. */
export function contrast(first: string, second: string): number {
  const [dark, light] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** White or ink: white where it reads well, so that neighbouring boxes of one hue carry the same, else whichever reads better. */
export function readableOn(background: string): string {
  const white = contrast(background, '#ffffff');
  return white >= 4.5 || white >= contrast(background, ink) ? '#ffffff' : ink;
}

/** A trace; Plotly knows more attributes than the types that nodeplotlib brings. */
export function trace(attributes: Record<string, unknown>): Plot {
  return attributes as Plot;
}

export interface AxisOptions {
  title: string;
  [attribute: string]: unknown;
}

/** An axis in the theme: a title always, thin grid, ticks outside, no zero line. */
export function axis({ title, ...attributes }: AxisOptions): Record<string, unknown> {
  return {
    title: { text: title, standoff: 10, font: { size: fontSize + 1 } },
    gridcolor: gridInk,
    linecolor: softInk,
    tickcolor: softInk,
    showline: true,
    zeroline: false,
    ticks: 'outside',
    automargin: true,
    tickfont: { size: fontSize },
    ...attributes,
  };
}

/** An axis that only places things: no line, no ticks, no title. */
export function hiddenAxis(attributes: Record<string, unknown> = {}): Record<string, unknown> {
  return { visible: false, showgrid: false, zeroline: false, fixedrange: true, ...attributes };
}

/** A legend below the picture, never over the data. */
export const legendBelow = {
  orientation: 'h',
  xref: 'paper',
  x: 0,
  xanchor: 'left',
  yref: 'container',
  y: 0.01,
  yanchor: 'bottom',
  font: { size: fontSize },
  bgcolor: 'rgba(0,0,0,0)',
} as const;

/** Pixels that a text takes, about. */
export const textWidth = (text: string): number => 7.8 * text.length;

/** Pixels: an entry's mark with its gaps, a line, what Plotly adds between lines of entries that stand for several traces. */
const LEGEND = { mark: 44, line: 24, betweenGroups: 10 };

/**
 * Height of the legend below a plot that is `across` pixels wide, as Plotly sets it. Entries of one trace each: all on one line where they fit, else in
 * columns as wide as the longest. Entries that stand for several traces (`grouped`): as many on a line as fit. A figure that grows by it keeps its data as
 * high as without a legend.
 */
export function legendHeight(names: readonly string[], { across = 800, grouped = false } = {}): number {
  const widths = names.map((name) => LEGEND.mark + textWidth(name));
  if (grouped) {
    let [lines, used] = [1, 0];
    for (const width of widths) {
      if (used > 0 && used + width > across) [lines, used] = [lines + 1, 0];
      used += width;
    }
    return lines * (LEGEND.line + LEGEND.betweenGroups);
  }
  const together = widths.reduce((sum, width) => sum + width, 0);
  const columns = together <= across ? names.length : Math.max(1, Math.floor(across / Math.max(...widths)));
  return LEGEND.line * Math.ceil(names.length / columns);
}

export interface Drawn {
  data: Plot[];
  layout: Record<string, unknown>;
  frames?: object[];
  description: string;
  /** Pixels kept free above the plot for headings of panels. */
  headroom?: number;
}

/** Characters of a second line that fit the figure's width. */
const SUBTITLE_WIDTH = 108;

/** A subtitle in as many lines as it takes; Plotly would cut it off at the picture's edge. */
export function subtitleLines(subtitle = ''): string[] {
  const lines: string[] = [];
  for (const word of subtitle.split(' ').filter(Boolean)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= SUBTITLE_WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Pixels that title and subtitle take above a figure. */
export const headHeight = ({ title, subtitle }: FigureOptions): number => (title ? 30 : 0) + 24 * subtitleLines(subtitle).length;

function titleText({ title, subtitle }: FigureOptions): string | undefined {
  if (!title && !subtitle) return undefined;
  const second = subtitleLines(subtitle).map((line) => `<span style="font-size:${fontSize}px;color:${softInk}">${line}</span>`);
  return [...(title ? [`<b>${title}</b>`] : []), ...second].join('<br>');
}

const standInMark = {
  text: '<b>STAND-IN DATA</b>',
  xref: 'paper',
  yref: 'paper',
  x: 1,
  y: 1,
  xanchor: 'right',
  yanchor: 'bottom',
  showarrow: false,
  font: { size: fontSize, color: '#ffffff' },
  bgcolor: claimInk,
  borderpad: 3,
};

/** Puts the theme's frame around what a figure function has drawn. */
export function finish(drawn: Drawn, options: FigureOptions = {}): Figure {
  const text = titleText(options);
  const standIn = options.provenance === 'stand-in';
  const { margin, annotations = [], ...layout } = drawn.layout as { margin?: object; annotations?: object[] };
  const top = 16 + (drawn.headroom ?? 0) + headHeight(options) + (standIn ? 24 : 0);
  const height = options.height ?? (layout as { height?: number }).height ?? 480;
  const titled = text
    ? {
        title: {
          text,
          x: 0.01,
          xanchor: 'left',
          y: 1 - (options.title && options.subtitle ? 24 : 10) / height,
          yanchor: 'top',
          font: { size: 19, color: ink },
        },
      }
    : {};
  const description = `${options.title ? `${options.title}. ` : ''}${standIn ? 'STAND-IN DATA. ' : ''}${drawn.description}`;
  return {
    data: drawn.data,
    layout: {
      paper_bgcolor: paper,
      plot_bgcolor: paper,
      font: { family: fontFamily, size: fontSize, color: ink },
      colorway: [...classColours],
      hoverlabel: { font: { size: fontSize } },
      legend: legendBelow,
      autosize: true,
      ...layout,
      ...titled,
      height,
      margin: { l: 64, r: 24, t: top, b: 56, ...margin },
      annotations: standIn ? [...annotations, standInMark] : annotations,
    } as Figure['layout'],
    ...(drawn.frames ? { frames: drawn.frames } : {}),
    description,
    ...(options.provenance ? { provenance: options.provenance } : {}),
  };
}
