/** How strongly points belong together in the data: Gaussian neighbourhoods of one perplexity, made symmetric. */
import type { Neighbours } from '../neighbours/index.js';

/** Sparse rows: the entries of point i are starts[i] … starts[i + 1]. All values sum to 1. */
export interface Affinities {
  starts: Int32Array;
  columns: Int32Array;
  values: Float64Array;
}

/** Writes the row's probabilities for one precision and returns their entropy. */
function entropyAt(precision: number, squares: Float64Array, row: Float64Array): number {
  let [total, moment] = [0, 0];
  for (let at = 0; at < squares.length; at += 1) {
    row[at] = Math.exp(-precision * (squares[at] - squares[0]));
    total += row[at];
    moment += row[at] * (squares[at] - squares[0]);
  }
  for (let at = 0; at < row.length; at += 1) row[at] /= total;
  return Math.log(total) + (precision * moment) / total;
}

/** Halves the interval until the neighbourhood has the wanted perplexity; equal distances give equal shares. */
export function calibrateRow(squares: Float64Array, perplexity: number, row: Float64Array): void {
  const wanted = Math.log(perplexity);
  // Distances are brought to size 1 so that the search starts near its end.
  const mean = squares.reduce((sum, value) => sum + value - squares[0], 0) / squares.length;
  let [precision, low, high] = [mean > 0 ? 1 / mean : 1, 0, Number.POSITIVE_INFINITY];
  for (let step = 0; step < 200; step += 1) {
    const difference = entropyAt(precision, squares, row) - wanted;
    if (Math.abs(difference) < 1e-9 || mean === 0) return;
    if (difference > 0) low = precision;
    else high = precision;
    precision = high === Number.POSITIVE_INFINITY ? precision * 2 : (low + high) / 2;
  }
}

export function affinitiesOf(neighbours: Neighbours, perplexity: number): Affinities {
  const { k, count, indices, distances } = neighbours;
  const directed = new Float64Array(count * k);
  const [squares, row] = [new Float64Array(k), new Float64Array(k)];
  for (let point = 0; point < count; point += 1) {
    for (let place = 0; place < k; place += 1) squares[place] = distances[point * k + place] ** 2;
    calibrateRow(squares, perplexity, row);
    directed.set(row, point * k);
  }
  return symmetric(indices, directed, count, k);
}

function symmetric(indices: Int32Array, directed: Float64Array, count: number, k: number): Affinities {
  const rows = Array.from({ length: count }, () => new Map<number, number>());
  for (let at = 0; at < directed.length; at += 1) {
    const [from, to, share] = [Math.floor(at / k), indices[at], directed[at] / (2 * count)];
    rows[from].set(to, (rows[from].get(to) ?? 0) + share);
    rows[to].set(from, (rows[to].get(from) ?? 0) + share);
  }
  const total = rows.reduce((sum, row) => sum + row.size, 0);
  const starts = new Int32Array(new SharedArrayBuffer((count + 1) * 4));
  const columns = new Int32Array(new SharedArrayBuffer(total * 4));
  const values = new Float64Array(new SharedArrayBuffer(total * 8));
  let place = 0;
  rows.forEach((row, point) => {
    for (const [column, value] of row) {
      columns[place] = column;
      values[place] = value;
      place += 1;
    }
    starts[point + 1] = place;
  });
  return { starts, columns, values };
}

/** KL divergence between affinities and a map, with the exact normaliser. */
export function klDivergenceOf({ starts, columns, values }: Affinities, map: Float64Array): number {
  const count = starts.length - 1;
  const near = (i: number, j: number) => 1 / (1 + (map[2 * i] - map[2 * j]) ** 2 + (map[2 * i + 1] - map[2 * j + 1]) ** 2);
  let [normaliser, sum] = [0, 0];
  for (let i = 0; i < count; i += 1) for (let j = i + 1; j < count; j += 1) normaliser += 2 * near(i, j);
  for (let i = 0; i < count; i += 1)
    for (let at = starts[i]; at < starts[i + 1]; at += 1)
      if (values[at] > 0) sum += values[at] * Math.log((values[at] * normaliser) / near(i, columns[at]));
  return sum;
}
