/** Comparisons on one axis: obtained values with intervals beside what a report states; readings against a claim; a scatter with its line. */
import type { Plot } from 'nodeplotlib';
import { placeNames } from './labels.js';
import { listed, mean, percent, readable, significant } from './numbers.js';
import {
  axis,
  claimInk,
  claimMarker,
  colourOf,
  figureWidth,
  finish,
  fontSize,
  headHeight,
  ink,
  legendHeight,
  paper,
  softInk,
  textWidth,
  trace,
} from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface MeasuredValue {
  name: string;
  value: number;
  /** Interval; without it no whisker is drawn. */
  low?: number;
  high?: number;
  /** What a report states for it. */
  claim?: number;
  /** Number of seeds, for the hover. */
  count?: number;
  /** Values with the same group share a colour. */
  group?: string;
}

export interface BarOptions extends FigureOptions {
  xTitle?: string;
  /** Shares shown as per cent. */
  percentages?: boolean;
  /** Bars from zero; default: points on an axis that fits the values, as bars must start at zero. */
  fromZero?: boolean;
  /** What the interval is: '95 % interval', '± 1 standard deviation'. */
  intervalName?: string;
  /** Rows at the foot that have no number, and what is said in its place. */
  unmeasured?: readonly { name: string; words: string }[];
}

function formatter(percentages: boolean): (value: number) => string {
  return percentages ? (value) => percent(value, 2) : readable;
}

const ROW_HEIGHT = 40;
/** Pixels beside the names of rows and the plot: margin and ticks. */
const ROW_SIDES = 44;

const zeroLine = { zeroline: true, zerolinecolor: ink, zerolinewidth: 2 };

/** Obtained values with intervals; a red diamond marks what the report states. */
export function barsWithIntervals(values: readonly MeasuredValue[], options: BarOptions = {}): Figure {
  const { xTitle = 'accuracy', percentages = true, fromZero = false, intervalName = 'interval', unmeasured = [] } = options;
  const scale = percentages ? 100 : 1;
  const format = formatter(percentages);
  const groups = [...new Set(values.map((each) => each.group ?? ''))];
  const names = [...values, ...unmeasured].map((each) => each.name);
  const hasInterval = (each: MeasuredValue) => each.low !== undefined && each.high !== undefined;
  const drawn = (members: readonly MeasuredValue[], group: string, colour: string, inLegend: boolean): Plot =>
    trace({
      type: fromZero ? 'bar' : 'scatter',
      ...(fromZero ? { orientation: 'h', width: 0.6 } : { mode: 'markers' }),
      name: group || 'obtained',
      ...(!inLegend && { showlegend: false }),
      y: members.map((each) => each.name),
      x: members.map((each) => significant(each.value * scale, 5)),
      marker: { color: colour, size: 13 },
      ...(members.every(hasInterval) && {
        error_x: {
          type: 'data',
          symmetric: false,
          array: members.map((each) => significant((each.high! - each.value) * scale)),
          arrayminus: members.map((each) => significant((each.value - each.low!) * scale)),
          color: fromZero ? ink : colour,
          thickness: 2.5,
          width: 7,
        },
      }),
      text: members.map(
        (each) =>
          `${format(each.value)}${hasInterval(each) ? ` (${intervalName} ${format(each.low!)} to ${format(each.high!)})` : ''}${each.count ? `, ${each.count} seed${each.count === 1 ? '' : 's'}` : ''}`,
      ),
      textposition: 'none',
      hovertemplate: '%{y}: %{text}<extra></extra>',
    });
  const data: Plot[] = groups.flatMap((group, position) => {
    const members = values.filter((each) => (each.group ?? '') === group);
    // Apart, as a missing whisker would be drawn as one of no length: a tick that looks like certainty.
    const parts = [members.filter(hasInterval), members.filter((each) => !hasInterval(each))].filter((part) => part.length > 0);
    return parts.map((part, index) => drawn(part, group, colourOf(position), index === 0));
  });
  const claimed = values.filter((each) => each.claim !== undefined);
  if (claimed.length > 0)
    data.push(
      trace({
        type: 'scatter',
        mode: 'markers',
        name: 'reported',
        y: claimed.map((each) => each.name),
        x: claimed.map((each) => significant((each.claim as number) * scale, 5)),
        marker: claimMarker(15),
        hovertemplate: '%{y}: reported %{x}<extra></extra>',
      }),
    );
  const ends = values.flatMap((each) => [each.value, each.low ?? each.value, each.high ?? each.value, each.claim ?? each.value]);
  // Of differences zero is what one looks for; of shares it is only an end.
  const zeroInside = !percentages && Math.min(...ends) < 0 && Math.max(...ends) > 0;
  // Names of rows take their part of the width from the plot, and so from its legend.
  const across = figureWidth - ROW_SIDES - Math.max(...names.map(textWidth));
  const inLegend = data.filter(({ showlegend }) => showlegend !== false).map(({ name }) => String(name));
  const layout = {
    height: 78 + headHeight(options) + Math.max(3, names.length) * ROW_HEIGHT + legendHeight(inLegend, { across }),
    showlegend: groups.length > 1 || claimed.length > 0,
    xaxis: axis({
      title: `${xTitle}${percentages ? ' (%)' : ''}`,
      ...(fromZero ? { rangemode: 'tozero' } : {}),
      ...(zeroInside && zeroLine),
    }),
    yaxis: axis({
      title: '',
      type: 'category',
      // Every name: a row without one says nothing.
      dtick: 1,
      categoryorder: 'array',
      categoryarray: [...names].reverse(),
      range: [-0.6, names.length - 0.4],
    }),
    annotations: unmeasured.map(({ name, words }) => ({
      ...{ text: words, xref: 'paper', x: 0, xanchor: 'left', y: name, yanchor: 'middle' },
      ...{ showarrow: false, bgcolor: paper, font: { size: fontSize, color: softInk } },
    })),
  };
  const sentences = values.map(
    (each) =>
      `${each.name} ${format(each.value)}${each.low !== undefined && each.high !== undefined ? ` (${format(each.low)} to ${format(each.high)})` : ''}${each.claim !== undefined ? `, reported ${format(each.claim)}` : ''}`,
  );
  const without = unmeasured.map(({ name, words }) => ` ${name}: ${words}.`).join('');
  return finish({ data, layout, description: `${xTitle} of ${values.length} entries: ${sentences.join('; ')}.${without}` }, options);
}

export interface HypothesisOptions extends FigureOptions {
  xTitle?: string;
  percentages?: boolean;
}

/** Several readings of one number on one axis, against the line of what the report states. */
export function hypothesisAxis(
  readings: readonly MeasuredValue[],
  claims: { name: string; value: number } | readonly { name: string; value: number }[],
  options: HypothesisOptions = {},
): Figure {
  const { xTitle = 'accuracy', percentages = true } = options;
  const lines = Array.isArray(claims) ? (claims as { name: string; value: number }[]) : [claims as { name: string; value: number }];
  const scale = percentages ? 100 : 1;
  const format = formatter(percentages);
  const figure = barsWithIntervals(readings, { xTitle, percentages });
  const data = [
    ...figure.data,
    // Invisible points stretch the axis to the claims.
    trace({
      type: 'scatter',
      mode: 'markers',
      x: lines.map((line) => line.value * scale),
      y: lines.map(() => readings[0]?.name),
      marker: { opacity: 0, size: 1 },
      hoverinfo: 'skip',
      showlegend: false,
    }),
  ];
  const layout = {
    ...figure.layout,
    height: 160 + Math.max(2, readings.length) * 46,
    margin: { r: 96, t: 16 + headHeight(options) + 26 * lines.length },
    showlegend: new Set(readings.map((each) => each.group ?? '')).size > 1,
    shapes: lines.map((line) => ({
      type: 'line',
      xref: 'x',
      yref: 'paper',
      x0: line.value * scale,
      x1: line.value * scale,
      y0: 0,
      y1: 1,
      line: { color: claimInk, width: 2.5, dash: 'dash' },
    })),
    annotations: [
      ...readings.map((each) => ({
        text: format(each.value),
        x: significant(Math.max(each.value, each.high ?? each.value) * scale, 5),
        y: each.name,
        xanchor: 'left',
        xshift: 12,
        showarrow: false,
        bgcolor: paper,
        borderpad: 1,
        font: { size: fontSize, color: ink },
      })),
      ...lines.map((line, index) => ({
        text: `${line.name} ${format(line.value)}`,
        xref: 'x',
        yref: 'paper',
        x: line.value * scale,
        y: 1,
        yshift: 24 * index,
        xanchor: 'right',
        yanchor: 'bottom',
        showarrow: false,
        font: { color: claimInk, size: fontSize },
      })),
    ],
  } as Record<string, unknown>;
  const nearest = (line: { value: number }) =>
    [...readings].sort((a, b) => Math.abs(a.value - line.value) - Math.abs(b.value - line.value))[0];
  const verdicts = lines.map((line) => {
    const near = nearest(line);
    return `${line.name} ${format(line.value)}${near ? `, nearest reading ${near.name} with ${format(near.value)}` : ''}`;
  });
  const sentences = readings.map((each) => `${each.name} ${format(each.value)}`);
  return finish(
    { data, layout, description: `${xTitle}, ${readings.length} readings: ${sentences.join('; ')}. Claimed: ${verdicts.join('; ')}.` },
    options,
  );
}

/** Share of the drawn span that a number beside its point takes. */
const labelReach = 0.3;

/** Of a hypothesisAxis of shares: numbers that would stand on the line of what is claimed go to the left of their points. */
export function clearOfLine(figure: Figure, readings: readonly MeasuredValue[], line: number): Figure {
  const ends = ({ value, low = value, high = value }: MeasuredValue): [number, number] => [low, high];
  const drawn = [line, ...readings.flatMap(ends)];
  const reach = labelReach * (Math.max(...drawn) - Math.min(...drawn));
  const annotations = figure.layout.annotations?.map((each) => {
    const reading = readings.find(({ name }) => name === each.y);
    if (!reading) return each;
    const [low, high] = ends(reading);
    return high < line && high + reach > line ? { ...each, x: 100 * low, xanchor: 'right' as const, xshift: -12 } : each;
  });
  return { ...figure, layout: { ...figure.layout, ...(annotations && { annotations }) } };
}

export interface ScatterPoint {
  name: string;
  x: number;
  y: number;
  group?: string;
}

export interface ScatterFitOptions extends FigureOptions {
  xTitle?: string;
  yTitle?: string;
  /** Names beside the points; default where there are at most 20. */
  names?: boolean;
  /** The least-squares line; default true. */
  fit?: boolean;
}

/** Least squares: y = intercept + slope · x, and Pearson's correlation. */
export function straightLine(points: readonly { x: number; y: number }[]): { slope: number; intercept: number; correlation: number } {
  const centreX = mean(points.map((point) => point.x));
  const centreY = mean(points.map((point) => point.y));
  let [xx, xy, yy] = [0, 0, 0];
  for (const { x, y } of points) {
    xx += (x - centreX) ** 2;
    xy += (x - centreX) * (y - centreY);
    yy += (y - centreY) ** 2;
  }
  const slope = xy / xx;
  return { slope, intercept: centreY - slope * centreX, correlation: xy / Math.sqrt(xx * yy) };
}

/** A range with room at its ends. */
function padded(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 0.07 * (high - low) : Math.max(1, Math.abs(high) * 0.1);
  return [low - room, high + room];
}

export function scatterWithFit(points: readonly ScatterPoint[], options: ScatterFitOptions = {}): Figure {
  const { xTitle = 'x', yTitle = 'y', names = points.length <= 20, fit = true } = options;
  const groups = [...new Set(points.map((point) => point.group ?? ''))];
  const data: Plot[] = groups.map((group, position) => {
    const members = points.filter((point) => (point.group ?? '') === group);
    return trace({
      type: 'scatter',
      mode: 'markers',
      name: group || 'measured',
      x: members.map((point) => significant(point.x)),
      y: members.map((point) => significant(point.y)),
      text: members.map((point) => point.name),
      cliponaxis: false,
      marker: { size: 11, color: colourOf(position) },
      hovertemplate: `%{text}<br>${xTitle} %{x}<br>${yTitle} %{y}<extra></extra>`,
    });
  });
  let words = '';
  const heights = points.map((point) => point.y);
  const distinct = new Set(points.map((point) => point.x)).size;
  if (fit && distinct >= 2 && points.length >= 3) {
    const { slope, intercept, correlation } = straightLine(points);
    const ends = [Math.min(...points.map((point) => point.x)), Math.max(...points.map((point) => point.x))];
    heights.push(...ends.map((x) => intercept + slope * x));
    data.unshift(
      trace({
        type: 'scatter',
        mode: 'lines',
        name: `least squares (r = ${correlation.toFixed(2)})`,
        x: ends.map((x) => significant(x)),
        y: ends.map((x) => significant(intercept + slope * x)),
        line: { color: softInk, dash: 'dash', width: 2 },
        hoverinfo: 'skip',
      }),
    );
    words = ` Least-squares line: slope ${readable(slope)}, correlation r = ${correlation.toFixed(2)}.`;
  }
  const xRange = padded(points.map((point) => point.x));
  const yRange = padded(heights);
  const layout = {
    height: 540,
    showlegend: data.length > 1,
    xaxis: axis({ title: xTitle, range: xRange }),
    yaxis: axis({ title: yTitle, range: yRange }),
    annotations: names ? placeNames(points, { width: 800, height: 360, xRange, yRange }) : [],
  };
  const sentences =
    points.length <= 20 ? ` ${listed(points.map((point) => `${point.name} (${readable(point.x)}; ${readable(point.y)})`))}.` : '';
  return finish({ data, layout, description: `${yTitle} against ${xTitle}, ${points.length} points.${words}${sentences}` }, options);
}
