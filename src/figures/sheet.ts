/**
 * A sheet to draw diagrams on, in pixels, origin at the top left. It becomes a Plotly figure of fixed width, so that words fit
 * their boxes, with shapes and annotations; hover texts lie on invisible points.
 */
import type { Plot } from 'nodeplotlib';
import { encodePng, type Raster } from './png.js';
import { figureWidth, finish, fontSize, headHeight, hiddenAxis, ink, paper, readableOn, softInk, trace } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface TextStyle {
  size?: number;
  colour?: string;
  align?: 'left' | 'center' | 'right';
  vertical?: 'top' | 'middle' | 'bottom';
  background?: string;
  angle?: number;
}

export interface BoxStyle {
  fill?: string;
  line?: string;
  lineWidth?: number;
  dash?: string;
  rounded?: boolean;
  layer?: 'above' | 'below';
  text?: TextStyle;
}

const sideMargin = 12;

export class Sheet {
  readonly width = figureWidth - 2 * sideMargin;
  private readonly shapes: object[] = [];
  private readonly annotations: object[] = [];
  private readonly traces: Plot[] = [];
  private readonly hovers: { x: number; y: number; text: string }[] = [];

  constructor(readonly height: number) {}

  box(x: number, y: number, width: number, height: number, text = '', style: BoxStyle = {}): void {
    const { fill = paper, line = softInk, lineWidth = 1.5, dash = 'solid', rounded = true, layer = 'below' } = style;
    const radius = rounded ? Math.min(8, width / 3, height / 3) : 0;
    const look = { fillcolor: fill, line: { color: line, width: lineWidth, dash }, layer };
    if (radius === 0) this.shapes.push({ type: 'rect', x0: x, x1: x + width, y0: y, y1: y + height, ...look });
    else {
      const [right, bottom] = [x + width, y + height];
      const corners = [
        `M ${x + radius} ${y} L ${right - radius} ${y} Q ${right} ${y} ${right} ${y + radius}`,
        `L ${right} ${bottom - radius} Q ${right} ${bottom} ${right - radius} ${bottom}`,
        `L ${x + radius} ${bottom} Q ${x} ${bottom} ${x} ${bottom - radius}`,
        `L ${x} ${y + radius} Q ${x} ${y} ${x + radius} ${y} Z`,
      ];
      this.shapes.push({ type: 'path', path: corners.join(' '), ...look });
    }
    if (text) this.text(x + width / 2, y + height / 2, text, { colour: fill.startsWith('#') ? readableOn(fill) : ink, ...style.text });
  }

  circle(x: number, y: number, radius: number, text = '', style: BoxStyle = {}): void {
    const { fill = paper, line = softInk, lineWidth = 1.5, dash = 'solid', layer = 'below' } = style;
    this.shapes.push({
      type: 'circle',
      x0: x - radius,
      x1: x + radius,
      y0: y - radius,
      y1: y + radius,
      fillcolor: fill,
      line: { color: line, width: lineWidth, dash },
      layer,
    });
    if (text) this.text(x, y, text, { colour: fill.startsWith('#') ? readableOn(fill) : ink, ...style.text });
  }

  diamond(x: number, y: number, width: number, height: number, text = '', style: BoxStyle = {}): void {
    const { fill = paper, line = softInk, lineWidth = 1.5 } = style;
    const [middleX, middleY] = [x + width / 2, y + height / 2];
    this.shapes.push({
      type: 'path',
      path: `M ${middleX} ${y} L ${x + width} ${middleY} L ${middleX} ${y + height} L ${x} ${middleY} Z`,
      fillcolor: fill,
      line: { color: line, width: lineWidth },
      layer: 'below',
    });
    if (text) this.text(middleX, middleY, text, { colour: fill.startsWith('#') ? readableOn(fill) : ink, ...style.text });
  }

  line(points: readonly (readonly [number, number])[], colour: string = softInk, width = 2, dash = 'solid'): void {
    this.shapes.push({
      type: 'path',
      path: points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'} ${x} ${y}`).join(' '),
      line: { color: colour, width, dash },
      layer: 'below',
    });
  }

  /** A line through points with a head at its end. */
  arrow(points: readonly (readonly [number, number])[], colour: string = softInk, width = 2): void {
    if (points.length > 2) this.line(points.slice(0, -1), colour, width);
    const [fromX, fromY] = points[points.length - 2];
    const [toX, toY] = points[points.length - 1];
    this.annotations.push({
      x: toX,
      y: toY,
      ax: fromX,
      ay: fromY,
      xref: 'x',
      yref: 'y',
      axref: 'x',
      ayref: 'y',
      showarrow: true,
      arrowhead: 2,
      arrowsize: 1,
      arrowwidth: width,
      arrowcolor: colour,
      text: '',
      standoff: 0,
    });
  }

  text(x: number, y: number, text: string, style: TextStyle = {}): void {
    const { size = fontSize, colour = ink, align = 'center', vertical = 'middle', background, angle } = style;
    this.annotations.push({
      x,
      y,
      text,
      showarrow: false,
      align,
      xanchor: align,
      yanchor: vertical,
      font: { size, color: colour },
      borderpad: background ? 2 : 0,
      ...(background ? { bgcolor: background } : {}),
      ...(angle ? { textangle: angle } : {}),
    });
  }

  /** Pixels in a rectangle of the sheet, drawn without smoothing. */
  image(raster: Raster, x: number, y: number, width: number, height: number): void {
    const [dx, dy] = [width / raster.width, height / raster.height];
    this.traces.push(
      trace({
        type: 'image',
        source: `data:image/png;base64,${encodePng(raster).toString('base64')}`,
        x0: x + dx / 2,
        y0: y + dy / 2,
        dx,
        dy,
        hoverinfo: 'skip',
      }),
    );
  }

  hover(x: number, y: number, text: string): void {
    this.hovers.push({ x, y, text });
  }

  finish(description: string, options: FigureOptions = {}): Figure {
    const data = [...this.traces];
    // At least one trace on the axes, or Plotly draws no axes at all.
    data.push(
      trace({
        type: 'scatter',
        mode: 'markers',
        x: this.hovers.length > 0 ? this.hovers.map((point) => Math.round(point.x)) : [0],
        y: this.hovers.length > 0 ? this.hovers.map((point) => Math.round(point.y)) : [0],
        text: this.hovers.map((point) => point.text),
        hovertemplate: '%{text}<extra></extra>',
        ...(this.hovers.length > 0 ? {} : { hoverinfo: 'skip' }),
        marker: { size: 22, opacity: 0 },
        showlegend: false,
      }),
    );
    const top = 10 + headHeight(options) + (options.provenance === 'stand-in' ? 24 : 0);
    const layout = {
      width: figureWidth,
      autosize: false,
      dragmode: false,
      hovermode: 'closest',
      margin: { l: sideMargin, r: sideMargin, t: top, b: 10 },
      xaxis: hiddenAxis({ range: [0, this.width], constrain: 'domain' }),
      yaxis: hiddenAxis({ range: [this.height, 0] }),
      shapes: this.shapes,
      annotations: this.annotations,
    };
    return finish({ data, layout, description }, { ...options, height: options.height ?? Math.round(this.height + top + 10) });
  }
}
