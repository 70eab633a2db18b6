/** Box plots from summary statistics: tens of thousands of values become five numbers per group. */
import { grouped, listed, readable, significant } from './numbers.js';
import { axis, colourOf, finish, trace, translucent } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface BoxSummary {
  count: number;
  mean: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  /** Smallest and largest value within 1.5 box lengths of the box. */
  lowerWhisker: number;
  upperWhisker: number;
  /** Values beyond the whiskers, and the most extreme of them on each side. */
  outliers: number;
  minimum: number;
  maximum: number;
}

/** Quartiles by linear interpolation between order statistics. */
export function boxSummary(values: ArrayLike<number>): BoxSummary {
  if (values.length === 0) throw new RangeError('boxSummary: no values given.');
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  const at = (share: number) => {
    const position = share * (count - 1);
    const below = Math.floor(position);
    const above = Math.min(count - 1, below + 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
  };
  const [lowerQuartile, median, upperQuartile] = [at(0.25), at(0.5), at(0.75)];
  const reach = 1.5 * (upperQuartile - lowerQuartile);
  const inside = sorted.filter((value) => value >= lowerQuartile - reach && value <= upperQuartile + reach);
  return {
    count,
    mean: sorted.reduce((sum, value) => sum + value, 0) / count,
    lowerQuartile,
    median,
    upperQuartile,
    lowerWhisker: inside[0],
    upperWhisker: inside[inside.length - 1],
    outliers: count - inside.length,
    minimum: sorted[0],
    maximum: sorted[count - 1],
  };
}

export interface BoxGroup {
  name: string;
  /** The values themselves, or their summary. */
  values?: ArrayLike<number>;
  summary?: BoxSummary;
  colour?: number;
}

export interface BoxOptions extends FigureOptions {
  yTitle?: string;
  xTitle?: string;
}

export function boxPlots(groups: readonly BoxGroup[], options: BoxOptions = {}): Figure {
  const { yTitle = 'value', xTitle = 'class' } = options;
  const summaries = groups.map(({ name, values, summary }) => {
    if (summary) return summary;
    if (values) return boxSummary(values);
    throw new RangeError(`boxPlots: the group "${name}" has neither values nor a summary.`);
  });
  const data = groups.map(({ name, colour }, index) => {
    const box = summaries[index];
    const shade = colourOf(colour ?? index);
    return trace({
      type: 'box',
      name,
      x: [name],
      q1: [significant(box.lowerQuartile)],
      median: [significant(box.median)],
      q3: [significant(box.upperQuartile)],
      lowerfence: [significant(box.lowerWhisker)],
      upperfence: [significant(box.upperWhisker)],
      mean: [significant(box.mean)],
      line: { color: shade, width: 2 },
      fillcolor: translucent(shade, 0.25),
      showlegend: false,
      whiskerwidth: 0.6,
      width: 0.6,
    });
  });
  data.push(
    trace({
      type: 'scatter',
      mode: 'markers',
      name: 'most extreme value',
      x: groups.flatMap(({ name }, index) => extremes(summaries[index]).map(() => name)),
      y: summaries.flatMap((box) => extremes(box).map((value) => significant(value))),
      text: summaries.flatMap((box) =>
        extremes(box).map(() => `${grouped(box.outliers)} of ${grouped(box.count)} values lie beyond the whiskers`),
      ),
      marker: {
        symbol: 'circle-open',
        size: 8,
        color: groups.flatMap(({ colour }, index) => extremes(summaries[index]).map(() => colourOf(colour ?? index))),
      },
      hovertemplate: '%{x}: %{y}<br>%{text}<extra>most extreme</extra>',
      showlegend: false,
    }),
  );
  const layout = {
    height: 520,
    boxmode: 'overlay',
    xaxis: axis({ title: xTitle, type: 'category', showgrid: false, tickangle: groups.length > 6 ? -30 : 0 }),
    yaxis: axis({ title: yTitle }),
  };
  const total = summaries.reduce((sum, box) => sum + box.count, 0);
  const medians = listed(groups.map(({ name }, index) => `${name} ${readable(significant(summaries[index].median, 3))}`));
  const description = `Box plots of ${yTitle} for ${groups.length} groups (${grouped(total)} values; box = quartiles, whiskers within 1.5 box lengths, circle = most extreme value, dashed = mean). Medians: ${medians}.`;
  return finish({ data, layout, description }, options);
}

function extremes(box: BoxSummary): number[] {
  const found: number[] = [];
  if (box.minimum < box.lowerWhisker) found.push(box.minimum);
  if (box.maximum > box.upperWhisker) found.push(box.maximum);
  return found;
}
