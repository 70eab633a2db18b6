/** Lines: a digit as a time series, a score over what was varied, curves of memory on logarithmic axes. */
import type { Plot } from 'nodeplotlib';
import { listed, mean, readable, significant, significantAll } from './numbers.js';
import { axis, claimMarker, colourOf, dashes, finish, fontSize, symbols, trace } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface SequenceSeries {
  name: string;
  values: ArrayLike<number>;
}

export interface SeriesOptions extends FigureOptions {
  xTitle?: string;
  yTitle?: string;
}

/** One row per sequence over a common axis of steps. */
export function seriesFigure(series: readonly SequenceSeries[], options: SeriesOptions = {}): Figure {
  const { xTitle = 'time step', yTitle = 'pixel value' } = options;
  const rows = series.length;
  const gap = rows > 1 ? 0.16 : 0;
  const height = (1 - gap * (rows - 1)) / rows;
  const layout: Record<string, unknown> = { height: 110 + 190 * rows, showlegend: false };
  const annotations: object[] = [];
  const data: Plot[] = series.map((one, index) => {
    const suffix = index === 0 ? '' : String(index + 1);
    const bottom = 1 - height - index * (height + gap);
    layout[`xaxis${suffix}`] = axis({
      title: index === rows - 1 ? xTitle : '',
      domain: [0, 1],
      anchor: `y${suffix}`,
      ...(index > 0 ? { matches: 'x' } : {}),
    });
    layout[`yaxis${suffix}`] = axis({ title: yTitle, domain: [bottom, bottom + height], anchor: `x${suffix}`, nticks: 5 });
    annotations.push({
      text: `<b>${one.name}</b>`,
      xref: 'paper',
      yref: 'paper',
      x: 0,
      y: bottom + height,
      xanchor: 'left',
      yanchor: 'bottom',
      showarrow: false,
      font: { size: fontSize },
    });
    return trace({
      type: 'scatter',
      mode: 'lines',
      name: one.name,
      x: Array.from(one.values, (_, step) => step + 1),
      y: significantAll(one.values, 3),
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      line: { color: colourOf(index), width: 1.8, shape: one.values.length > 400 ? 'linear' : 'hv' },
      fill: 'tozeroy',
      hovertemplate: `${xTitle} %{x}: %{y}<extra>${one.name}</extra>`,
    });
  });
  layout['annotations'] = annotations;
  const sentences = series.map((one) => `${one.name}: ${one.values.length} steps, mean ${readable(significant(mean(one.values), 3))}`);
  return finish({ data, layout, headroom: 20, description: `${yTitle} over ${xTitle}s. ${sentences.join('; ')}.` }, options);
}

export interface LineOver {
  name: string;
  x: readonly number[];
  values: readonly number[];
  /** What a report states, at its place. */
  claim?: { x: number; value: number };
}

export interface LinesOverOptions extends FigureOptions {
  xTitle: string;
  yTitle?: string;
  /** Draws shares as percentages (default). */
  percentages?: boolean;
}

/** Lines over a quantity that was varied; red diamonds mark what a report states. */
export function linesOver(lines: readonly LineOver[], options: LinesOverOptions): Figure {
  const { xTitle, yTitle = 'accuracy', percentages = true } = options;
  const [scale, unit] = percentages ? [100, ' %'] : [1, ''];
  const shown = (value: number) => `${percentages ? (100 * value).toFixed(2) : readable(significant(value))}${unit}`;
  const data: Plot[] = lines.map(({ name, x, values }, index) =>
    trace({
      type: 'scatter',
      mode: 'lines+markers',
      name,
      x: [...x],
      y: values.map((value) => significant(scale * value, 5)),
      line: { color: colourOf(index), width: 2.5 },
      marker: { color: colourOf(index), size: 7, symbol: symbols[index % symbols.length] },
      hovertemplate: `${name}<br>${xTitle} %{x}: %{y:.2f}${unit}<extra></extra>`,
    }),
  );
  const claimed = lines.flatMap(({ name, claim }) => (claim ? [{ name, ...claim }] : []));
  if (claimed.length > 0)
    data.push(
      trace({
        type: 'scatter',
        mode: 'markers',
        name: 'reported',
        x: claimed.map(({ x }) => x),
        y: claimed.map(({ value }) => significant(scale * value, 5)),
        text: claimed.map(({ name }) => name),
        marker: claimMarker(14),
        hovertemplate: `%{text}: reported %{y:.2f}${unit}<extra></extra>`,
      }),
    );
  const layout = {
    height: 540,
    showlegend: true,
    xaxis: axis({ title: xTitle }),
    yaxis: axis({ title: `${yTitle}${percentages ? ' (%)' : ''}` }),
  };
  const sentences = lines.map(({ name, x, values, claim }) => {
    const top = values.indexOf(Math.max(...values));
    const stated = claim ? `; reported ${shown(claim.value)} at ${claim.x}` : '';
    return `${name}: ${shown(values[0])} at ${x[0]}, highest ${shown(values[top])} at ${x[top]}, ${shown(values[values.length - 1])} at ${x[x.length - 1]}${stated}`;
  });
  const description = `${yTitle} over ${xTitle}, ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}. ${sentences.join('. ')}.`;
  return finish({ data, layout, description }, options);
}

export interface MemoryCurve {
  name: string;
  /** Steps back; default 1, 2, 3 … */
  x?: ArrayLike<number>;
  values: ArrayLike<number>;
  /** Drawn dashed, as theory. */
  theory?: boolean;
  colour?: number;
}

export interface MemoryOptions extends FigureOptions {
  xTitle?: string;
  yTitle?: string;
  logX?: boolean;
  logY?: boolean;
  /** On a logarithmic axis nothing below this is drawn: thirty powers of ten of nothing hide the few that matter. Default 1e-8. */
  floor?: number;
}

/** How influence fades with distance: a straight line is an exponential on a log–linear axis and a power law on a log–log one. */
export function memoryCurves(curves: readonly MemoryCurve[], options: MemoryOptions = {}): Figure {
  const { xTitle = 'steps back in time', yTitle = 'influence (relative)', logX = true, logY = true, floor = 1e-8 } = options;
  const data = curves.map((curve, index) => {
    const all = Array.from(curve.values, (value, step) => [curve.x ? curve.x[step] : step + 1, value]);
    // A logarithm has no place for zero.
    const kept = all.filter(([x, y]) => Number.isFinite(y) && (!logX || x > 0) && (!logY || y >= floor));
    const colour = colourOf(curve.colour ?? index);
    return trace({
      type: 'scatter',
      mode: curve.theory || kept.length > 60 ? 'lines' : 'lines+markers',
      name: curve.name,
      x: kept.map(([x]) => significant(x)),
      y: kept.map(([, y]) => significant(y, 3)),
      line: { color: colour, width: curve.theory ? 2 : 2.8, dash: curve.theory ? dashes[1 + (index % 3)] : 'solid' },
      marker: { color: colour, size: 7, symbol: symbols[index % symbols.length] },
      hovertemplate: `${curve.name}<br>${xTitle} %{x}: %{y:.2e}<extra></extra>`,
    });
  });
  const drawn = data.flatMap(({ y }) => y as number[]);
  const decades = Math.log10(Math.max(...drawn) / Math.min(...drawn));
  const layout = {
    height: 540,
    showlegend: true,
    xaxis: axis({ title: `${xTitle}${logX ? ' (logarithmic)' : ''}`, type: logX ? 'log' : 'linear', ...(logX ? { dtick: 1 } : {}) }),
    yaxis: axis({
      title: `${yTitle}${logY ? ' (logarithmic)' : ''}`,
      type: logY ? 'log' : 'linear',
      exponentformat: 'power',
      ...(logY ? { dtick: decades > 6 ? 2 : 1 } : {}),
    }),
  };
  const sentences = curves.map((curve) => {
    const last = curve.values.length - 1;
    return `${curve.name}${curve.theory ? ' (theory)' : ''}: from ${readable(significant(curve.values[0], 3))} to ${readable(significant(curve.values[last], 3))} over ${curve.values.length} steps`;
  });
  return finish(
    { data, layout, description: `${yTitle} against ${xTitle} for ${listed(curves.map((curve) => curve.name))}. ${sentences.join('; ')}.` },
    options,
  );
}
