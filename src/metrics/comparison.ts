/** Whether two models that answered the same questions differ by more than chance. */
import { requireConfidence, requireSameLength } from './checks.js';
import { fairCoinAtMost, normalUpperTail } from './distributions.js';
import { MetricsError } from './errors.js';
import { type BootstrapOptions, bootstrapInterval, type Interval, requireResamples, resampledMeans } from './intervals.js';

export interface McNemarResult {
  /** Examples only the first, or only the second, got right. */
  onlyFirst: number;
  onlySecond: number;
  /** 'exact' (binomial) up to 25 differing examples by default, else chi-squared with continuity correction. */
  method: 'exact' | 'chi-squared';
  statistic: number;
  pValue: number;
}

function checkThree(measure: string, actual: ArrayLike<number>, first: ArrayLike<number>, second: ArrayLike<number>): void {
  requireSameLength(measure, actual, first);
  requireSameLength(measure, actual, second);
}

export function mcNemar(
  actual: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: { method?: McNemarResult['method'] } = {},
): McNemarResult {
  checkThree('mcNemar', actual, first, second);
  let [onlyFirst, onlySecond] = [0, 0];
  for (let index = 0; index < actual.length; index += 1) {
    const [rightFirst, rightSecond] = [first[index] === actual[index], second[index] === actual[index]];
    if (rightFirst && !rightSecond) onlyFirst += 1;
    if (rightSecond && !rightFirst) onlySecond += 1;
  }
  const differing = onlyFirst + onlySecond;
  const method = options.method ?? (differing <= 25 ? 'exact' : 'chi-squared');
  const fewer = Math.min(onlyFirst, onlySecond);
  if (method === 'exact')
    return { onlyFirst, onlySecond, method, statistic: fewer, pValue: Math.min(1, 2 * fairCoinAtMost(fewer, differing)) };
  // Two models that never differ: no evidence of a difference.
  if (differing === 0) return { onlyFirst, onlySecond, method, statistic: 0, pValue: 1 };
  const statistic = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1) ** 2 / differing;
  return { onlyFirst, onlySecond, method, statistic, pValue: Math.min(1, 2 * normalUpperTail(Math.sqrt(statistic))) };
}

export interface PairedBootstrapResult extends Interval {
  /** Twice the smaller share of resamples on one side of zero, at least 1 / (resamples + 1). */
  pValue: number;
  resamples: number;
}

/** Difference in accuracy (first less second) over resamples of the same examples. */
export function pairedBootstrap(
  actual: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: BootstrapOptions = {},
): PairedBootstrapResult {
  checkThree('pairedBootstrap', actual, first, second);
  const { seed = 1, resamples = 2000, confidence = 0.95 } = options;
  requireConfidence('pairedBootstrap', confidence);
  requireResamples('pairedBootstrap', resamples);
  if (resamples * actual.length > 2e9)
    throw new MetricsError('pairedBootstrap', `${resamples} resamples of ${actual.length} examples`, 'ask for fewer resamples');
  const differences = Int8Array.from({ length: actual.length }, (_, index) => {
    return Number(first[index] === actual[index]) - Number(second[index] === actual[index]);
  });
  const means = resampledMeans(differences, resamples, seed);
  const notAbove = means.reduce((count, value) => count + (value <= 0 ? 1 : 0), 0);
  const notBelow = means.reduce((count, value) => count + (value >= 0 ? 1 : 0), 0);
  const pValue = Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (resamples + 1));
  return { ...bootstrapInterval(differences, { seed, resamples, confidence }), pValue, resamples };
}
