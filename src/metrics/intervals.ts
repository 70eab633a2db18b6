/** Intervals of means and correlations, by Student's t, by Fisher's z and by resampling. */
import { randomStream } from '../data/index.js';
import { requireConfidence, requireFinite, requireSameLength, requireSome } from './checks.js';
import { normalQuantile, studentTQuantile } from './distributions.js';
import { MetricsError } from './errors.js';

export interface Interval {
  estimate: number;
  low: number;
  high: number;
  confidence: number;
  method: 't' | 'bootstrap' | 'fisher-z';
}

function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index += 1) total += values[index];
  return total / values.length;
}

/** Student's t interval of a mean. */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): Interval {
  requireSome('meanInterval', values, 2);
  requireFinite('meanInterval', values);
  requireConfidence('meanInterval', confidence);
  const estimate = meanOf(values);
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) squares += (values[index] - estimate) ** 2;
  const error = Math.sqrt(squares / (values.length - 1) / values.length);
  const half = studentTQuantile((1 + confidence) / 2, values.length - 1) * error;
  return { estimate, low: estimate - half, high: estimate + half, confidence, method: 't' };
}

export interface BootstrapOptions {
  seed?: number;
  resamples?: number;
  confidence?: number;
}

/** Value at a share of sorted values, between neighbours by a straight line. */
function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

export function resampledMeans(values: ArrayLike<number>, resamples: number, seed: number): Float64Array {
  const random = randomStream(seed, values.length);
  return Float64Array.from({ length: resamples }, () => {
    let total = 0;
    for (let draw = 0; draw < values.length; draw += 1) total += values[random.below(values.length)];
    return total / values.length;
  }).sort();
}

export function requireResamples(measure: string, resamples: number): void {
  if (!Number.isInteger(resamples) || resamples < 100)
    throw new MetricsError(measure, `${resamples} resamples`, 'give a whole number of at least 100');
}

/** Percentile bootstrap interval of a mean; the same seed gives the same interval. */
export function bootstrapInterval(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  const { seed = 1, resamples = 2000, confidence = 0.95 } = options;
  requireSome('bootstrapInterval', values);
  requireFinite('bootstrapInterval', values);
  requireConfidence('bootstrapInterval', confidence);
  requireResamples('bootstrapInterval', resamples);
  const means = resampledMeans(values, resamples, seed);
  const tail = (1 - confidence) / 2;
  return {
    estimate: meanOf(values),
    low: quantileOfSorted(means, tail),
    high: quantileOfSorted(means, 1 - tail),
    confidence,
    method: 'bootstrap',
  };
}

function pearson(measure: string, x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [both, squaresX, squaresY] = [0, 0, 0];
  for (let index = 0; index < x.length; index += 1) {
    const [dx, dy] = [x[index] - meanX, y[index] - meanY];
    both += dx * dy;
    squaresX += dx * dx;
    squaresY += dy * dy;
  }
  if (squaresX === 0 || squaresY === 0)
    throw new MetricsError(measure, 'all values of one list are equal', 'a correlation needs both lists to vary');
  return Math.max(-1, Math.min(1, both / (Math.sqrt(squaresX) * Math.sqrt(squaresY))));
}

/** Ranks from 1; equal values share the mean of their ranks. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Int32Array.from({ length: values.length }, (_, index) => index).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]] === values[order[from]]) to += 1;
    for (let place = from; place <= to; place += 1) ranks[order[place]] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

/** Fisher's z; Spearman's variance is a little larger (Bonett and Wright). At ±1 the interval is that point. */
function fisherInterval(estimate: number, count: number, confidence: number, variance: number): Interval {
  const z = Math.atanh(estimate);
  const half = normalQuantile((1 + confidence) / 2) * Math.sqrt(variance / (count - 3));
  const point = Math.abs(estimate) === 1;
  return {
    estimate,
    low: point ? estimate : Math.tanh(z - half),
    high: point ? estimate : Math.tanh(z + half),
    confidence,
    method: 'fisher-z',
  };
}

function checkPairs(measure: string, x: ArrayLike<number>, y: ArrayLike<number>, confidence: number): void {
  requireSameLength(measure, x, y);
  requireSome(measure, x, 4);
  requireFinite(measure, x);
  requireFinite(measure, y);
  requireConfidence(measure, confidence);
}

export function pearsonCorrelation(x: ArrayLike<number>, y: ArrayLike<number>, confidence = 0.95): Interval {
  checkPairs('pearsonCorrelation', x, y, confidence);
  return fisherInterval(pearson('pearsonCorrelation', x, y), x.length, confidence, 1);
}

export function spearmanCorrelation(x: ArrayLike<number>, y: ArrayLike<number>, confidence = 0.95): Interval {
  checkPairs('spearmanCorrelation', x, y, confidence);
  const estimate = pearson('spearmanCorrelation', ranksOf(x), ranksOf(y));
  return fisherInterval(estimate, x.length, confidence, 1 + (estimate * estimate) / 2);
}
