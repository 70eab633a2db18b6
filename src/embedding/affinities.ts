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

/** Half of what each point gives and half of what it is given. Neighbours of a point come in the order in which they are met. */
function symmetric(indices: Int32Array, directed: Float64Array, count: number, k: number): Affinities {
  const givers = giversOf(indices, count, k);
  const starts = new Int32Array(new SharedArrayBuffer((count + 1) * 4));
  const [columns, values] = [new Int32Array(2 * directed.length), new Float64Array(2 * directed.length)];
  // Where each other point stands in the row being written; older marks lie before its start.
  const places = new Int32Array(count).fill(-1);
  let next = 0;
  const add = (other: number, share: number, start: number) => {
    if (places[other] < start) {
      places[other] = next;
      columns[next] = other;
      next += 1;
    }
    values[places[other]] += share / (2 * count);
  };
  for (let point = 0; point < count; point += 1) {
    const start = next;
    for (let at = point * k; at < (point + 1) * k; at += 1) add(indices[at], directed[at], start);
    for (let place = givers.starts[point]; place < givers.starts[point + 1]; place += 1)
      add(Math.floor(givers.edges[place] / k), directed[givers.edges[place]], start);
    starts[point + 1] = next;
  }
  const shared = { columns: new Int32Array(new SharedArrayBuffer(4 * next)), values: new Float64Array(new SharedArrayBuffer(8 * next)) };
  shared.columns.set(columns.subarray(0, next));
  shared.values.set(values.subarray(0, next));
  return { starts, ...shared };
}

/** For each point the places in `indices` where it is named as somebody's neighbour. */
function giversOf(indices: Int32Array, count: number, k: number): { starts: Int32Array; edges: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const point of indices) starts[point + 1] += 1;
  for (let point = 0; point < count; point += 1) starts[point + 1] += starts[point];
  const [next, edges] = [starts.slice(), new Int32Array(count * k)];
  for (let at = 0; at < edges.length; at += 1) {
    edges[next[indices[at]]] = at;
    next[indices[at]] += 1;
  }
  return { starts, edges };
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
