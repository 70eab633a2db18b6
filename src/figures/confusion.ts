/** Confusion matrices: counts and row shares in one picture, readable at ten classes. */
import { grouped, percent } from './numbers.js';
import { axis, finish, fontSize, ink, paper, readableOn, trace } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export interface ConfusionOptions extends FigureOptions {
  /** What a cell says: count and share of its row (default), or one of them. */
  cells?: 'both' | 'counts' | 'shares';
}

/** Right answers in blue, wrong ones in orange: two scales from the paper to a full colour. */
const right = [0, 114, 178];
const wrong = [198, 81, 0];

function cellColour(share: number, onDiagonal: boolean): string {
  const full = onDiagonal ? right : wrong;
  // Errors are rare: a steeper scale lets a few per cent be seen.
  const strength = share <= 0 ? 0 : onDiagonal ? 0.25 + 0.75 * Math.sqrt(share) : Math.min(1, 0.08 + 0.92 * Math.sqrt(share));
  const background = [253, 253, 251];
  const mixed = full.map((channel, index) => Math.round(background[index] + (channel - background[index]) * strength));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** Shares of each row; a row without examples has none. */
function rowShares(matrix: readonly ArrayLike<number>[]): number[][] {
  return matrix.map((row) => {
    const total = Array.from(row).reduce((sum, count) => sum + count, 0);
    return Array.from(row, (count) => (total > 0 ? count / total : 0));
  });
}

function describe(matrix: readonly ArrayLike<number>[], names: readonly string[], shares: number[][]): string {
  let total = 0;
  let hits = 0;
  let worst = { count: 0, actual: 0, predicted: 0 };
  let lowest = -1;
  matrix.forEach((row, actual) => {
    const sum = Array.from(row).reduce((all, count) => all + count, 0);
    total += sum;
    hits += row[actual];
    if (sum > 0 && (lowest < 0 || shares[actual][actual] < shares[lowest][lowest])) lowest = actual;
    for (let predicted = 0; predicted < row.length; predicted++)
      if (predicted !== actual && row[predicted] > worst.count) worst = { count: row[predicted], actual, predicted };
  });
  const sentences = [
    `Confusion matrix of ${grouped(total)} examples in ${names.length} classes (rows actual, columns predicted): ${percent(hits / total, 2)} on the diagonal`,
  ];
  if (lowest >= 0) sentences.push(`lowest row share ${names[lowest]} with ${percent(shares[lowest][lowest])}`);
  if (worst.count > 0)
    sentences.push(`most common error ${names[worst.actual]} taken for ${names[worst.predicted]}, ${grouped(worst.count)} times`);
  return `${sentences.join('; ')}.`;
}

/** Rows = actual, columns = predicted. */
export function confusionFigure(
  matrix: readonly ArrayLike<number>[],
  classNames: readonly string[],
  options: ConfusionOptions = {},
): Figure {
  const size = classNames.length;
  if (matrix.length !== size || matrix.some((row) => row.length !== size))
    throw new RangeError(`confusionFigure: ${size} class names, but the matrix has ${matrix.length} rows of ${matrix[0]?.length ?? 0}.`);
  const { cells = 'both' } = options;
  const shares = rowShares(matrix);
  const shapes: object[] = [];
  const annotations: object[] = [];
  for (let actual = 0; actual < size; actual++) {
    for (let predicted = 0; predicted < size; predicted++) {
      const count = matrix[actual][predicted];
      const share = shares[actual][predicted];
      const colour = cellColour(share, actual === predicted);
      shapes.push({
        type: 'rect',
        layer: 'below',
        x0: predicted - 0.5,
        x1: predicted + 0.5,
        y0: actual - 0.5,
        y1: actual + 0.5,
        fillcolor: colour,
        line: { color: paper, width: 2 },
      });
      if (count === 0) continue;
      const small = share >= 0.0995 ? `${(100 * share).toFixed(0)} %` : `${(100 * share).toFixed(1)} %`;
      const text =
        cells === 'counts'
          ? grouped(count)
          : cells === 'shares'
            ? small
            : `<b>${grouped(count)}</b><br><span style="font-size:14px">${small}</span>`;
      annotations.push({ x: predicted, y: actual, text, showarrow: false, font: { size: fontSize, color: readableOn(colour) } });
    }
  }
  const hover = shares.map((row, actual) =>
    row.map(
      (share, predicted) =>
        `actual ${classNames[actual]}<br>predicted ${classNames[predicted]}<br>${grouped(matrix[actual][predicted])} examples, ${percent(share)} of the row`,
    ),
  );
  const positions = classNames.map((_, index) => index);
  const data = [
    // Carries the hover; the coloured squares lie below it.
    trace({
      type: 'heatmap',
      x: positions,
      y: positions,
      z: shares.map((row) => row.map((share) => Number(share.toFixed(3)))),
      opacity: 0,
      showscale: false,
      text: hover,
      hovertemplate: '%{text}<extra></extra>',
    }),
  ];
  const labels = { tickmode: 'array', tickvals: positions, ticktext: [...classNames], showgrid: false, ticks: '' };
  const layout = {
    height: Math.max(360, 190 + size * 54),
    shapes,
    annotations,
    xaxis: axis({ title: 'predicted class', ...labels, range: [-0.5, size - 0.5], tickangle: size > 5 ? -35 : 0 }),
    yaxis: axis({ title: 'actual class', ...labels, range: [size - 0.5, -0.5] }),
    font: { size: fontSize, color: ink },
  };
  return finish({ data, layout, description: describe(matrix, classNames, shares) }, options);
}
