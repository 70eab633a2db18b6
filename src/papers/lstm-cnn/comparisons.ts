/** Is a difference more than chance? Over seeds, over test images, over patients. */
import { randomStream } from '../../data/index.js';
import { type McNemarResult, mcNemar, pairedBootstrap } from '../../metrics/index.js';
import { type RunRecord, runs, type Summary, summarise } from '../../results/index.js';

type Runs = readonly RunRecord[];

const withSeed = (records: Runs, seed: number) => records.find((record) => record.seed === seed);

/** Left less right in one metric, seed by seed; undefined where no seed has both. */
export function seedDifference(left: Runs, right: Runs, metric: string): Summary | undefined {
  const values = left.flatMap((mine) => {
    const value = mine.metrics[metric];
    const other = withSeed(right, mine.seed)?.metrics[metric];
    return value === undefined || other === undefined ? [] : [value - other];
  });
  return values.length > 0 ? summarise(values) : undefined;
}

export interface ImageComparison {
  seed: number;
  count: number;
  mcNemar: McNemarResult;
  /** Of the difference: over the patients where both runs kept them, else over the test images. */
  interval: { estimate: number; low: number; high: number };
  over: 'images' | 'patients';
}

const numbersOf = (record: RunRecord, name: string) => runs.arrays(record)[name]?.values;

/**
 * Both answers to the same test images, for every seed that both have; runs that were scored on other images are left out.
 * Patches of one patient resemble each other, so the interval is drawn over patients wherever they are known.
 */
export function imageComparisons(left: Runs, right: Runs): ImageComparison[] {
  return left.flatMap((mine): ImageComparison[] => {
    const other = withSeed(right, mine.seed);
    if (!other) return [];
    const [labels, otherLabels] = [numbersOf(mine, 'labels'), numbersOf(other, 'labels')];
    const [first, second] = [numbersOf(mine, 'predictions'), numbersOf(other, 'predictions')];
    if (!labels || !otherLabels || !first || !second || !sameImages(mine, other)) return [];
    if (!sameNumbers(labels, otherLabels)) return [];
    const [patients, otherPatients] = [numbersOf(mine, 'patients'), numbersOf(other, 'patients')];
    const answers = [labels, first, second] as const;
    const common = { seed: mine.seed, count: labels.length, mcNemar: mcNemar(...answers) };
    if (patients && otherPatients && sameNumbers(patients, otherPatients))
      return [{ ...common, interval: clusterBootstrap(gainOf(...answers), patients), over: 'patients' }];
    return [{ ...common, interval: pairedBootstrap(...answers, { resamples: 1000 }), over: 'images' }];
  });
}

type Numbers = ArrayLike<number>;

const sameNumbers = (one: Numbers, other: Numbers) =>
  one.length === other.length && Array.from(one).every((value, index) => value === other[index]);

/** For each image 1 where only the first answer is right, −1 where only the second is, else 0. */
const gainOf = (labels: Numbers, first: Numbers, second: Numbers) =>
  Array.from(labels, (label, index) => Number(first[index] === label) - Number(second[index] === label));

/** The test parts of two runs hold the same images: same source, and drawn in the same way. */
function sameImages(one: RunRecord, other: RunRecord): boolean {
  const test = ({ data }: RunRecord) => data.find(({ role }) => role === 'test');
  const [mine, theirs] = [test(one), test(other)];
  return mine !== undefined && theirs !== undefined && mine.checksum === theirs.checksum && mine.count === theirs.count;
}

export interface ClusterInterval {
  estimate: number;
  low: number;
  high: number;
  clusters: number;
}

/**
 * Mean of values (with classes: of the classes' means) with a 95 % interval by drawing whole clusters (patients) again and again: patches of one patient
 * resemble each other, so drawing patches would promise more certainty than there is.
 */
export function clusterBootstrap(
  values: ArrayLike<number>,
  clusters: ArrayLike<number>,
  { seed = 1, resamples = 2000, classes }: { seed?: number; resamples?: number; classes?: ArrayLike<number> } = {},
): ClusterInterval {
  if (values.length !== clusters.length || values.length === 0)
    throw new RangeError(`${values.length} values and ${clusters.length} clusters: give one cluster for each value, and at least one.`);
  const kinds = classes ? [...new Set(Array.from(classes))] : [0];
  const totals = new Map<number, { sums: number[]; counts: number[] }>();
  for (let index = 0; index < values.length; index++) {
    const total = totals.get(clusters[index]) ?? { sums: kinds.map(() => 0), counts: kinds.map(() => 0) };
    const kind = classes ? kinds.indexOf(classes[index]) : 0;
    total.sums[kind] += values[index];
    total.counts[kind]++;
    totals.set(clusters[index], total);
  }
  const all = [...totals.values()];
  // A class that a draw happens to lack has no mean in it.
  const meanOfDraw = (drawn: readonly { sums: number[]; counts: number[] }[]): number => {
    const means = kinds.flatMap((_, kind) => {
      const count = drawn.reduce((sum, { counts }) => sum + counts[kind], 0);
      return count > 0 ? [drawn.reduce((sum, { sums }) => sum + sums[kind], 0) / count] : [];
    });
    return means.reduce((sum, value) => sum + value, 0) / means.length;
  };
  const random = randomStream(seed, all.length);
  const means = Float64Array.from({ length: resamples }, () => meanOfDraw(all.map(() => all[random.below(all.length)]))).sort();
  const at = (share: number) => means[Math.round(share * (resamples - 1))];
  return { estimate: meanOfDraw(all), low: at(0.025), high: at(0.975), clusters: all.length };
}

/** Draws of whole clusters: for each draw, how often each of them is in it. */
function clusterDraws(clusters: number, { seed = 1, resamples = 2000 }: { seed?: number; resamples?: number }): Uint16Array[] {
  const random = randomStream(seed, clusters);
  return Array.from({ length: resamples }, () => {
    const times = new Uint16Array(clusters);
    for (let drawn = 0; drawn < clusters; drawn++) times[random.below(clusters)]++;
    return times;
  });
}

/** Scores of one network with what ranks them: sorted once, then weighted anew in each draw. */
export interface Ranked {
  labels: ArrayLike<number>;
  /** Position of each item's cluster. */
  clusters: ArrayLike<number>;
  scores: ArrayLike<number>;
}

/**
 * Area under the ROC curve in which each item counts as often as its cluster was drawn: the chance that a positive one is ranked above a negative
 * one, equal scores counted as half. Undefined where a draw lacks a class.
 */
function weightedAreas({ labels, clusters, scores }: Ranked): (times: ArrayLike<number>) => number | undefined {
  if (Array.from(scores).some(Number.isNaN)) throw new RangeError('A score that is not a number ranks nothing: the training diverged.');
  const order = Array.from(scores, (_, index) => index).sort((one, other) => scores[one] - scores[other]);
  return (times) => {
    let [negatives, positives, above] = [0, 0, 0];
    for (let at = 0; at < order.length; ) {
      const score = scores[order[at]];
      let [tiedNegatives, tiedPositives] = [0, 0];
      for (; at < order.length && scores[order[at]] === score; at++) {
        const weight = times[clusters[order[at]]];
        if (labels[order[at]] === 1) tiedPositives += weight;
        else tiedNegatives += weight;
      }
      above += tiedPositives * (negatives + tiedNegatives / 2);
      negatives += tiedNegatives;
      positives += tiedPositives;
    }
    return negatives > 0 && positives > 0 ? above / (negatives * positives) : undefined;
  };
}

/**
 * Mean over pairs of networks of the difference of their areas under the ROC curve, with a 95 % interval by drawing whole clusters (patients), each
 * with all its items in every pair. Clusters are positions, 0 to `clusters` − 1.
 */
export function areaBootstrap(
  pairs: readonly { left: Ranked; right: Ranked }[],
  clusters: number,
  options: { seed?: number; resamples?: number } = {},
): ClusterInterval {
  const areas = pairs.map(({ left, right }) => [weightedAreas(left), weightedAreas(right)] as const);
  const meanOf = (times: ArrayLike<number>): number | undefined => {
    // A pair whose test part lacks a class in a draw has no area in it.
    const differences = areas.flatMap(([left, right]) => {
      const [high, low] = [left(times), right(times)];
      return high === undefined || low === undefined ? [] : [high - low];
    });
    return differences.length > 0 ? differences.reduce((sum, value) => sum + value, 0) / differences.length : undefined;
  };
  const estimate = meanOf(new Uint16Array(clusters).fill(1));
  if (estimate === undefined) throw new RangeError('An area under a ROC curve needs both classes: no pair has them.');
  const means = Float64Array.from(clusterDraws(clusters, options).flatMap((times) => meanOf(times) ?? [])).sort();
  const at = (share: number) => means[Math.round(share * (means.length - 1))];
  return { estimate, low: at(0.025), high: at(0.975), clusters };
}

/** Gains of the network that met other patches of the test patients, patch by patch, for every seed that both have. */
function leakGains(shared: Runs, apart: Runs) {
  return shared.flatMap((with_) => {
    const without = withSeed(apart, with_.seed);
    if (!without) return [];
    const [labels, patients] = [numbersOf(with_, 'labels'), numbersOf(with_, 'patients')];
    const [first, second] = [numbersOf(with_, 'predictions'), numbersOf(without, 'predictions')];
    if (!labels || !patients || !first || !second) return [];
    const probabilities = [with_, without].map((run) => numbersOf(run, 'probabilities'));
    // Of the two probabilities of a patch the second is that of carcinoma.
    const positive = probabilities.map((values) => values && Array.from(labels, (_, index) => values[2 * index + 1]));
    const gains = gainOf(labels, first, second);
    return [{ seed: with_.seed, gains, labels: Array.from(labels), patients: Array.from(patients), positive }];
  });
}

/** What more that network knows: per seed, with an interval over patients. */
export const leakBySeed = (shared: Runs, apart: Runs): ({ seed: number } & ClusterInterval)[] =>
  leakGains(shared, apart).map(({ seed, gains, patients }) => ({ seed, ...clusterBootstrap(gains, patients) }));

/** One difference, over patients and over seeds. */
export interface LeakMeasure {
  patients: ClusterInterval;
  /** Undefined where the runs lack the measure. */
  seeds?: Summary;
}

export interface PooledLeak {
  seeds: number;
  accuracy: LeakMeasure;
  balanced: LeakMeasure;
  /** Undefined where a run kept no probabilities. */
  auc?: LeakMeasure;
}

/** The same of all seeds together, each patient drawn with all that every seed tested of them. */
export function leakOverSeeds(shared: Runs, apart: Runs): PooledLeak | undefined {
  const found = leakGains(shared, apart);
  if (found.length === 0) return undefined;
  const gains = found.flatMap((each) => each.gains);
  const patients = found.flatMap((each) => each.patients);
  const classes = found.flatMap((each) => each.labels);
  const measure = (over: ClusterInterval, metric: string): LeakMeasure => ({
    patients: over,
    seeds: seedDifference(shared, apart, metric),
  });
  const all = [...new Set(patients)];
  const pairs = found.flatMap(({ labels, patients: own, positive: [left, right] }) => {
    if (!left || !right) return [];
    const clusters = own.map((patient) => all.indexOf(patient));
    return [{ left: { labels, clusters, scores: left }, right: { labels, clusters, scores: right } }];
  });
  return {
    seeds: found.length,
    accuracy: measure(clusterBootstrap(gains, patients), 'testAccuracy'),
    balanced: measure(clusterBootstrap(gains, patients, { classes }), 'balancedAccuracy'),
    ...(pairs.length === found.length && { auc: measure(areaBootstrap(pairs, all.length), 'auc') }),
  };
}
