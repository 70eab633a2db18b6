/** Learning curves: one line per model, mean over seeds, with the spread as a band. */
import type { Plot } from 'nodeplotlib';
import { deviation, listed, mean, percent, readable, significant } from './numbers.js';
import { axis, claimInk, colourOf, dashes, finish, fontSize, ink, legendHeight, trace, translucent } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface CurveSeries {
  name: string;
  /** One curve per seed; value [epoch]. */
  runs: readonly (readonly number[])[];
  /** Curves of one panel share an axis; the panel's name is the axis title. Default: the figure's yTitle. */
  panel?: string;
  /** Position in the palette; default: order of appearance. Curves that belong together (train, validation) share one. */
  colour?: number;
  dash?: 'solid' | 'dash' | 'dot' | 'dashdot';
}

export interface LearningCurveOptions extends FigureOptions {
  yTitle?: string;
  xTitle?: string;
  /** Draws shares as percentages (default: where all values of a panel lie in 0 … 1 and its title is not a loss). */
  percentages?: boolean;
  /** Horizontal lines: a majority rate, a reported value. */
  lines?: { value: number; name: string; panel?: string }[];
  /** The band: ± one standard deviation over the seeds (default) or smallest to largest. */
  spread?: 'deviation' | 'range';
  /** First epoch drawn; default 1. */
  firstEpoch?: number;
  /** Panels show one quantity under different conditions: their names stand above them, yTitle beside the first. Default false. */
  headings?: boolean;
}

interface Summary {
  epochs: number[];
  centre: number[];
  low: number[];
  high: number[];
  /** Unrounded, for words: rounding twice may end on another last digit than a table. */
  last: number | undefined;
}

function summarise(series: CurveSeries, spread: 'deviation' | 'range', scale: number, firstEpoch: number): Summary {
  const length = Math.max(0, ...series.runs.map((run) => run.length));
  const summary: Summary = { epochs: [], centre: [], low: [], high: [], last: undefined };
  for (let epoch = 0; epoch < length; epoch++) {
    const values = series.runs.filter((run) => epoch < run.length && Number.isFinite(run[epoch])).map((run) => run[epoch] * scale);
    if (values.length === 0) continue;
    const centre = mean(values);
    const margin = deviation(values);
    summary.epochs.push(epoch + firstEpoch);
    summary.centre.push(significant(centre, 6));
    summary.last = centre;
    summary.low.push(significant(spread === 'range' ? Math.min(...values) : centre - margin, 5));
    summary.high.push(significant(spread === 'range' ? Math.max(...values) : centre + margin, 5));
  }
  return summary;
}

function looksLikeShares(series: readonly CurveSeries[], panel: string): boolean {
  if (/loss|error|entropy/i.test(panel)) return false;
  return series.every((one) => one.runs.every((run) => run.every((value) => !Number.isFinite(value) || (value >= 0 && value <= 1))));
}

/** A panel's name above it. */
const heading = (panel: string, suffix: string) => ({
  text: `<b>${panel}</b>`,
  xref: `x${suffix} domain`,
  yref: `y${suffix} domain`,
  x: 0.5,
  y: 1,
  xanchor: 'center',
  yanchor: 'bottom',
  showarrow: false,
  font: { size: fontSize },
});

export function learningCurves(series: readonly CurveSeries[], options: LearningCurveOptions = {}): Figure {
  const { yTitle = 'accuracy', xTitle = 'epoch', lines = [], spread = 'deviation', firstEpoch = 1, headings = false } = options;
  // Under headings all panels show one quantity, named once, at the left.
  const yTitleOf = (panel: string, at: number, shares: boolean): string =>
    headings ? (at === 0 ? `${yTitle}${shares ? ' (%)' : ''}` : '') : shares ? `${panel} (%)` : panel;
  const panels = [...new Set(series.map((one) => one.panel ?? yTitle))];
  if (panels.length === 0) throw new RangeError('learningCurves: no series given; give at least one { name, runs }.');
  const names = [...new Set(series.map((one) => one.name))];
  const data: Plot[] = [];
  // A legend of many lines makes the figure higher, not the curves flatter.
  const height = 412 + Math.max(68, legendHeight(names, { grouped: true }));
  const layout: Record<string, unknown> = { height, shapes: [] as object[], annotations: [] as object[] };
  const sentences: string[] = [];
  const shown = new Set<string>();
  panels.forEach((panel, panelIndex) => {
    const suffix = panelIndex === 0 ? '' : String(panelIndex + 1);
    const inPanel = series.filter((one) => (one.panel ?? yTitle) === panel);
    const shares = options.percentages ?? looksLikeShares(inPanel, panel);
    const scale = shares ? 100 : 1;
    const gap = 0.1;
    const width = (1 - gap * (panels.length - 1)) / panels.length;
    const from = panelIndex * (width + gap);
    const longest = Math.max(1, ...series.map((one) => Math.max(0, ...one.runs.map((run) => run.length))));
    // Epochs are whole numbers: a short training must not show 1.2.
    const ticks = longest <= 10 ? { dtick: longest <= 5 || panels.length < 3 ? 1 : 2 } : { nticks: 12 / panels.length + 3 };
    layout[`xaxis${suffix}`] = axis({ title: xTitle, domain: [from, from + width], anchor: `y${suffix}`, ...ticks });
    layout[`yaxis${suffix}`] = axis({ title: yTitleOf(panel, panelIndex, shares), anchor: `x${suffix}` });
    if (headings) (layout['annotations'] as object[]).push(heading(panel, suffix));
    inPanel.forEach((one, index) => {
      const position = one.colour ?? names.indexOf(one.name);
      const colour = colourOf(position);
      const { epochs, centre, low, high, last } = summarise(one, spread, scale, firstEpoch);
      const axes = { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
      if (one.runs.length > 1) {
        data.push(
          trace({
            ...axes,
            type: 'scatter',
            mode: 'lines',
            x: [...epochs, ...[...epochs].reverse()],
            y: [...high, ...[...low].reverse()],
            fill: 'toself',
            fillcolor: translucent(colour, 0.18),
            line: { width: 0 },
            hoverinfo: 'skip',
            showlegend: false,
            legendgroup: one.name,
          }),
        );
      }
      data.push(
        trace({
          ...axes,
          type: 'scatter',
          mode: epochs.length > 30 ? 'lines' : 'lines+markers',
          name: one.name,
          legendgroup: one.name,
          showlegend: !shown.has(one.name),
          x: epochs,
          y: centre,
          line: { color: colour, width: 2.5, dash: one.dash ?? (names.length > 4 ? dashes[index % dashes.length] : 'solid') },
          marker: { color: colour, size: 6 },
          hovertemplate: `%{fullData.name}<br>${xTitle} %{x}: %{y:.2f}${shares ? ' %' : ''}<extra></extra>`,
        }),
      );
      shown.add(one.name);
      if (last !== undefined) {
        const value = shares ? percent(last / 100, 2) : readable(last);
        const seeds = one.runs.length > 1 ? ` (mean of ${one.runs.length} seeds)` : '';
        sentences.push(
          `${one.name}${headings ? `, ${panel}` : ''}: ${headings ? yTitle : panel} ${value} after ${epochs.length} epochs${seeds}`,
        );
      }
    });
    for (const line of lines.filter((each) => (each.panel ?? panels[0]) === panel)) {
      (layout['shapes'] as object[]).push({
        type: 'line',
        xref: `x${suffix} domain`,
        yref: `y${suffix}`,
        x0: 0,
        x1: 1,
        y0: line.value * scale,
        y1: line.value * scale,
        line: { color: claimInk, width: 2, dash: 'dash' },
      });
      (layout['annotations'] as object[]).push({
        text: `${line.name} ${shares ? percent(line.value, 2) : readable(line.value)}`,
        xref: `x${suffix} domain`,
        yref: `y${suffix}`,
        x: 1,
        y: line.value * scale,
        xanchor: 'right',
        yanchor: 'bottom',
        showarrow: false,
        font: { color: claimInk, size: fontSize },
      });
      // Keeps the line inside the axis although shapes do not stretch it.
      data.push(
        trace({
          type: 'scatter',
          mode: 'markers',
          x: [firstEpoch],
          y: [line.value * scale],
          xaxis: `x${suffix}`,
          yaxis: `y${suffix}`,
          marker: { color: ink, opacity: 0, size: 1 },
          hoverinfo: 'skip',
          showlegend: false,
        }),
      );
      sentences.push(`line ${line.name} at ${shares ? percent(line.value, 2) : readable(line.value)}`);
    }
  });
  layout['showlegend'] = names.length > 1;
  const description = `Learning curves (${listed(panels)}) of ${listed(names)}. ${sentences.join('; ')}.`;
  return finish({ data, layout, description, headroom: headings ? 12 : 0 }, options);
}
