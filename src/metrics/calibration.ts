/** How far stated confidence and actual accuracy agree. */
import { requireProbabilities, requireScores } from './checks.js';
import { MetricsError } from './errors.js';

export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  /** Undefined in an empty bin. */
  confidence: number | undefined;
  accuracy: number | undefined;
}

export interface Calibration {
  bins: ReliabilityBin[];
  expectedCalibrationError: number;
  maximumCalibrationError: number;
}

/** Bins (from, to] of equal width over the probability of the predicted class. */
export function calibration(actual: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number, bins = 15): Calibration {
  requireScores('calibration', actual, probabilities, classes);
  requireProbabilities('calibration', probabilities);
  if (!Number.isInteger(bins) || bins < 1) throw new MetricsError('calibration', `${bins} bins`, 'give a whole number of at least 1');
  const [counts, confidences, hits] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)];
  for (let example = 0; example < actual.length; example += 1) {
    const predicted = largestOf(probabilities, example * classes, classes);
    const confidence = probabilities[example * classes + predicted];
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    counts[bin] += 1;
    confidences[bin] += confidence;
    if (predicted === actual[example]) hits[bin] += 1;
  }
  let [expected, maximum] = [0, 0];
  const rows = Array.from({ length: bins }, (_, bin): ReliabilityBin => {
    const count = counts[bin];
    const [from, to] = [bin / bins, (bin + 1) / bins];
    if (count === 0) return { from, to, count, confidence: undefined, accuracy: undefined };
    const gap = Math.abs(hits[bin] - confidences[bin]) / count;
    expected += (gap * count) / actual.length;
    maximum = Math.max(maximum, gap);
    return { from, to, count, confidence: confidences[bin] / count, accuracy: hits[bin] / count };
  });
  return { bins: rows, expectedCalibrationError: expected, maximumCalibrationError: maximum };
}

export function expectedCalibrationError(actual: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number, bins = 15): number {
  return calibration(actual, probabilities, classes, bins).expectedCalibrationError;
}

function largestOf(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index += 1) if (values[from + index] > values[from + best]) best = index;
  return best;
}
