/** ROC curves, one class against the rest. */
import { listed, significant } from './numbers.js';
import { axis, colourOf, dashes, finish, gridInk, softInk, trace } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface RocSeries {
  name: string;
  falsePositiveRate: ArrayLike<number>;
  truePositiveRate: ArrayLike<number>;
  auc: number;
  /** Position in the palette; default: order. */
  colour?: number;
}

export interface RocOptions extends FigureOptions {
  /** Names of the curves to stress; the others are drawn thin. Default: all alike. */
  emphasise?: readonly string[];
  /** Points kept per curve; default 150. */
  points?: number;
}

/** Keeps the corners that can be seen: about so many points, evenly along the curve's length. */
function thinned({ falsePositiveRate, truePositiveRate }: RocSeries, points: number): { x: number[]; y: number[] } {
  const count = falsePositiveRate.length;
  const x: number[] = [];
  const y: number[] = [];
  let walked = 0;
  let kept = -1;
  for (let index = 0; index < count; index++) {
    if (index > 0)
      walked +=
        Math.abs(falsePositiveRate[index] - falsePositiveRate[index - 1]) + Math.abs(truePositiveRate[index] - truePositiveRate[index - 1]);
    const step = Math.floor((walked / 2) * points);
    if (index > 0 && index < count - 1 && step === kept) continue;
    kept = step;
    x.push(significant(falsePositiveRate[index]));
    y.push(significant(truePositiveRate[index]));
  }
  return { x, y };
}

export function rocFigure(curves: readonly RocSeries[], options: RocOptions = {}): Figure {
  const { emphasise = [], points = 150 } = options;
  const stressed = (name: string) => emphasise.length === 0 || emphasise.includes(name);
  const data = [
    trace({
      type: 'scatter',
      mode: 'lines',
      name: 'guessing',
      x: [0, 1],
      y: [0, 1],
      line: { color: softInk, dash: 'dot', width: 1.5 },
      hoverinfo: 'skip',
      showlegend: false,
    }),
    ...curves.map((curve, index) =>
      trace({
        type: 'scatter',
        mode: 'lines',
        name: `${curve.name} (AUC ${curve.auc.toFixed(3)})`,
        ...thinned(curve, points),
        line: {
          color: colourOf(curve.colour ?? index),
          width: stressed(curve.name) ? (emphasise.length > 0 ? 4 : 2.2) : 1.4,
          dash: emphasise.length > 0 && stressed(curve.name) ? 'solid' : dashes[index % 3],
        },
        hovertemplate: `${curve.name}<br>false positives %{x:.3f}<br>true positives %{y:.3f}<extra></extra>`,
      }),
    ),
  ];
  const layout = {
    height: 560,
    legend: { orientation: 'v', x: 1.02, xanchor: 'left', y: 1, yanchor: 'top', font: { size: 15 } },
    xaxis: axis({ title: 'false positive rate', range: [-0.01, 1.01], dtick: 0.2 }),
    yaxis: axis({ title: 'true positive rate', range: [-0.01, 1.01], dtick: 0.2, gridcolor: gridInk }),
  };
  const stressedFirst = [...curves].sort((a, b) => Number(stressed(b.name)) - Number(stressed(a.name)));
  const description = `ROC curves, one class against the rest; area under the curve: ${listed(stressedFirst.map((curve) => `${curve.name} ${curve.auc.toFixed(3)}`))}.`;
  return finish({ data, layout, description }, options);
}
