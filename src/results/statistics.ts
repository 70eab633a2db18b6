/** Means over seeds and their 95 % intervals by Student's t. */
import type { Summary } from './types.js';

/** Seeds that a number wants: with fewer its verdict is provisional, and no interval is drawn. */
export const SEEDS_WANTED = 3;

/** Natural logarithm of the gamma function (Lanczos, g = 7, nine terms: 15 digits). */
function logGamma(x: number): number {
  const terms = [
    0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const z = x - 1;
  let sum = terms[0]!;
  for (let index = 1; index < terms.length; index++) sum += terms[index]! / (z + index);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Continued fraction of the incomplete beta function (Lentz). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const awayFromZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 500; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / awayFromZero(1 + numerator * d);
      c = awayFromZero(1 + numerator / c);
      result *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return result;
}

/** Regularised incomplete beta function. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** The t that Student's distribution exceeds on both sides together with probability 1 − confidence. */
export function studentQuantile(confidence: number, freedom: number): number {
  if (!(confidence > 0 && confidence < 1) || !(freedom >= 1))
    throw new RangeError(
      `Student's quantile needs a confidence between 0 and 1 and at least 1 degree of freedom, not ${confidence} and ${freedom}.`,
    );
  const twoSided = (t: number) => incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
  let low = 0;
  let high = 1;
  while (twoSided(high) > 1 - confidence) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-13 * high; step++) {
    const middle = (low + high) / 2;
    if (twoSided(middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Probability that the ratio of two variances, both of values that scatter alike and normally, comes out below this one (the F distribution);
 * the freedoms are those of the variance above and of the one below the line.
 */
export function varianceRatioBelow(ratio: number, above: number, below: number): number {
  if (!(ratio >= 0) || !(above >= 1) || !(below >= 1))
    throw new RangeError(
      `A ratio of variances needs to be 0 or more, with at least 1 degree of freedom each: not ${ratio}, ${above} and ${below}.`,
    );
  return incompleteBeta((above * ratio) / (above * ratio + below), above / 2, below / 2);
}

/**
 * Mean, sample standard deviation and 95 % t-interval. A value that is not finite makes the mean so, and there is no interval. Nor is there
 * one for two values: it reaches nine standard deviations either way, and is a hair wide where the two happen to agree.
 */
export function summarise(values: readonly number[]): Summary {
  const n = values.length;
  if (n === 0) throw new RangeError('There is no value to take a mean of.');
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const finite = values.every(Number.isFinite);
  const sd = n > 1 && finite ? Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)) : null;
  const half = sd === null ? null : (studentQuantile(0.95, n - 1) * sd) / Math.sqrt(n);
  return {
    n,
    mean,
    sd,
    interval: half === null || n < SEEDS_WANTED ? null : [mean - half, mean + half],
    lowest: Math.min(...values),
    highest: Math.max(...values),
  };
}

/** Whether an interval leaves open on which side of zero the number lies. */
export const holdsZero = (low: number, high: number): boolean => low <= 0 && high >= 0;
