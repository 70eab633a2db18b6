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
 * Mean of values with a 95 % interval by drawing whole clusters (patients) again and again: patches of one patient
 * resemble each other, so drawing patches would promise more certainty than there is.
 */
export function clusterBootstrap(
  values: ArrayLike<number>,
  clusters: ArrayLike<number>,
  { seed = 1, resamples = 2000 }: { seed?: number; resamples?: number } = {},
): ClusterInterval {
  if (values.length !== clusters.length || values.length === 0)
    throw new RangeError(`${values.length} values and ${clusters.length} clusters: give one cluster for each value, and at least one.`);
  const totals = new Map<number, { sum: number; count: number }>();
  for (let index = 0; index < values.length; index++) {
    const total = totals.get(clusters[index]) ?? { sum: 0, count: 0 };
    total.sum += values[index];
    total.count++;
    totals.set(clusters[index], total);
  }
  const all = [...totals.values()];
  const random = randomStream(seed, all.length);
  const means = Float64Array.from({ length: resamples }, () => {
    let [sum, count] = [0, 0];
    for (let draw = 0; draw < all.length; draw++) {
      const drawn = all[random.below(all.length)];
      sum += drawn.sum;
      count += drawn.count;
    }
    return sum / count;
  }).sort();
  const at = (share: number) => means[Math.round(share * (resamples - 1))];
  const estimate = all.reduce((sum, each) => sum + each.sum, 0) / values.length;
  return { estimate, low: at(0.025), high: at(0.975), clusters: all.length };
}

/** What more the network knows that met other patches of the test patients: per seed, with an interval over patients. */
export function leakBySeed(shared: Runs, apart: Runs): ({ seed: number } & ClusterInterval)[] {
  return shared.flatMap((with_) => {
    const without = withSeed(apart, with_.seed);
    if (!without) return [];
    const [labels, patients] = [numbersOf(with_, 'labels'), numbersOf(with_, 'patients')];
    const [first, second] = [numbersOf(with_, 'predictions'), numbersOf(without, 'predictions')];
    if (!labels || !patients || !first || !second) return [];
    return [{ seed: with_.seed, ...clusterBootstrap(gainOf(labels, first, second), patients) }];
  });
}
