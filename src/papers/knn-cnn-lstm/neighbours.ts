/** The report's first part: K nearest neighbours on thresholded garments, as experiments of the run store. */

import { fashionMnist, type ImageSet, subset, takeLast } from '../../data/index.js';
import {
  type EqualDistanceOrder,
  type Neighbours,
  nearestNeighbours,
  pointRows,
  type TieRule,
  voteAccuracies,
  voteLabels,
} from '../../neighbours/index.js';
import {
  type DataUsed,
  type Experiment,
  type Profile,
  plainRecipe,
  type RunContext,
  type RunOutcome,
  usedOf,
} from '../../results/index.js';

/** The six K of the report, with the accuracies it prints, in per cent. */
export const reportedNeighbours: readonly { k: number; reported: number }[] = [
  { k: 1, reported: 78.48 },
  { k: 4, reported: 78.93 },
  { k: 9, reported: 79.38 },
  { k: 20, reported: 78.29 },
  { k: 50, reported: 76.64 },
  { k: 100, reported: 75.18 },
];
export const reportedKs: readonly number[] = reportedNeighbours.map(({ k }) => k);

export interface VoteSetting {
  /** A pixel above it counts as ink. */
  threshold: number;
  /** Which of several training images at the same distance comes first. */
  order: EqualDistanceOrder;
  ties: TieRule;
}

/**
 * The reading of the report's KNN: half of the grey scale as threshold, a stable sort of the distances (so the earlier image comes first),
 * and of the labels with the most votes the largest one (the last maximum of the ten shares). Each is what plain code does by itself;
 * a first search pointed to it, and the recorded sweep below says how many other settings do as well.
 */
export const naturalSetting: VoteSetting = { threshold: 127, order: 'lowest-index', ties: 'largest-label' };

/** The sweep: thresholds over the grey scale, closer together around its half, both orders, every rule for tied votes. */
export const sweptThresholds: readonly number[] = [0, 31, 63, 95, 111, 126, 127, 128, 143, 159, 191, 223];
export const sweptOrders: readonly EqualDistanceOrder[] = ['lowest-index', 'highest-index'];
export const sweptTies: readonly TieRule[] = ['nearest', 'smallest-label', 'largest-label', 'first-to-reach'];

/** K that the validation part chooses from. */
export const validatedKs: readonly number[] = [1, 3, 4, 5, 7, 9, 11, 15, 20];

export const accuracyName = (k: number) => `accuracyK${k}`;

interface Extent {
  train: number | null;
  queries: number | null;
  thresholds: readonly number[];
}

const extents: Record<Profile, Extent> = {
  smoke: { train: 500, queries: 200, thresholds: [63, 127, 191] },
  lesson: { train: null, queries: 2000, thresholds: [63, 127, 191] },
  paper: { train: null, queries: null, thresholds: sweptThresholds },
};

/** Garments to search among and to ask about; a limit draws every class evenly. */
async function sets({
  train,
  queries,
}: Pick<Extent, 'train' | 'queries'>): Promise<{ training: ImageSet; test: ImageSet; used: DataUsed[] }> {
  const training = await fashionMnist({ split: 'train', seed: 0, ...(train ? { limit: train, stratified: true } : {}) });
  const test = await fashionMnist({ split: 'test', seed: 0, ...(queries ? { limit: queries, stratified: true } : {}) });
  return { training, test, used: [usedOf(training, 'training'), usedOf(test, 'test')] };
}

const largestOf = (ks: readonly number[], training: ImageSet) => Math.min(Math.max(...ks), training.count - 1);
const usable = (ks: readonly number[], found: Neighbours) => ks.filter((k) => k <= found.k);

function confusionOf(actual: ArrayLike<number>, predicted: Uint8Array, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  predicted.forEach((label, query) => {
    counts[actual[query]!]![label]! += 1;
  });
  return counts;
}

/** The search of one experiment, with progress between `from` and `to`. */
async function search(
  training: ImageSet,
  queries: ImageSet,
  options: { metric: 'hamming' | 'euclidean'; k: number; threshold?: number; order: EqualDistanceOrder },
  { signal, report }: RunContext,
  [from, to]: [number, number] = [0, 1],
): Promise<Neighbours> {
  const what = options.metric === 'hamming' ? `Hamming, threshold ${options.threshold}` : 'Euclidean';
  return nearestNeighbours(pointRows(training), pointRows(queries), {
    ...options,
    ...(signal && { signal }),
    onProgress: (done, total) =>
      report({
        fraction: from + ((to - from) * done) / total,
        text: `${what}: ${done.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')} images`,
      }),
  });
}

function outcomeOf(found: Neighbours, training: ImageSet, test: ImageSet, ks: readonly number[], ties: TieRule, best: number) {
  const classes = training.classNames.length;
  const asked = usable(ks, found);
  const accuracies = voteAccuracies(found, training.labels, test.labels, { ks: asked, classes, ties });
  const predicted = voteLabels(found, training.labels, { k: Math.min(best, found.k), classes, ties });
  return {
    metrics: Object.fromEntries(asked.map((k, index) => [accuracyName(k), accuracies[index]!])),
    confusion: confusionOf(test.labels, predicted, classes),
    arrays: { predictions: { values: predicted, shape: [test.count] } },
  };
}

/** Bytes that the search works in: rows packed to bits, distances of one query a thread, and the neighbours found. */
function workingBytes(training: ImageSet, test: ImageSet, k: number): number {
  const rowBytes = 16 * Math.ceil((training.height * training.width) / 128);
  return (training.count + test.count) * rowBytes + 2 * 4 * training.count + test.count * k * 8;
}

function experiment(
  profile: Profile,
  name: string,
  minutes: number,
  settings: Record<string, unknown>,
  run: (extent: Extent, context: RunContext) => Promise<RunOutcome>,
  priority = 1,
): Experiment {
  const extent = extents[profile];
  const { thresholds: _thresholds, ...data } = extent;
  return {
    recipe: plainRecipe({ paper: 'knn-cnn-lstm', experiment: name, data: { set: 'fashion-mnist', ...data }, ...settings }),
    profile,
    seeds: [1],
    minutes,
    priority,
    run: (context) => run(extent, context),
  };
}

/** The report's own: six K by Hamming distance, at the natural setting. */
function reportExperiment(profile: Profile): Experiment {
  const { threshold, order, ties } = naturalSetting;
  return experiment(profile, 'knn-hamming', 0.3, { metric: 'hamming', ks: reportedKs, threshold, order, ties }, async (extent, context) => {
    const { training, test, used } = await sets(extent);
    const k = largestOf(reportedKs, training);
    const started = performance.now();
    const found = await search(training, test, { metric: 'hamming', k, threshold, order }, context);
    const outcome = outcomeOf(found, training, test, reportedKs, ties, 9);
    const metrics = {
      ...outcome.metrics,
      searchSeconds: (performance.now() - started) / 1000,
      workingGigabytes: workingBytes(training, test, k) / 1e9,
      processGigabytes: process.resourceUsage().maxRSS / 1e6,
    };
    return { ...outcome, metrics, data: used };
  });
}

/** Plain Euclidean distance on the grey values, for the same six K: what thresholding costs. */
function euclideanExperiment(profile: Profile): Experiment {
  const ties: TieRule = 'nearest';
  const order: EqualDistanceOrder = 'lowest-index';
  return experiment(profile, 'knn-euclidean', 1, { metric: 'euclidean', ks: [...reportedKs, 5], order, ties }, async (extent, context) => {
    const { training, test, used } = await sets(extent);
    const found = await search(training, test, { metric: 'euclidean', k: largestOf(reportedKs, training), order }, context);
    return { ...outcomeOf(found, training, test, [...reportedKs, 5], ties, 5), data: used };
  });
}

export interface SweptSetting extends VoteSetting {
  /** Fractions of 1, for the six K. */
  accuracies: number[];
  /** How many of the report's six numbers it gives to the last digit. */
  exact: number;
}

/** How many of the six printed numbers these accuracies give to the last digit. */
export function exactMatches(accuracies: readonly number[]): number {
  return reportedNeighbours.filter(({ reported }, index) => (100 * (accuracies[index] ?? Number.NaN)).toFixed(2) === reported.toFixed(2))
    .length;
}

/** Every threshold, order and tie rule of the sweep, with its six accuracies. */
function sweepExperiment(profile: Profile): Experiment {
  const { thresholds } = extents[profile];
  const settings = { metric: 'hamming', ks: reportedKs, thresholds, orders: sweptOrders, ties: sweptTies };
  return experiment(
    profile,
    'knn-sweep',
    4,
    settings,
    async (extent, context) => {
      const { training, test, used } = await sets(extent);
      const k = largestOf(reportedKs, training);
      const passes = thresholds.flatMap((threshold) => sweptOrders.map((order) => ({ threshold, order })));
      const swept: SweptSetting[] = [];
      for (const [pass, { threshold, order }] of passes.entries()) {
        const range: [number, number] = [pass / passes.length, (pass + 1) / passes.length];
        const found = await search(training, test, { metric: 'hamming', k, threshold, order }, context, range);
        const ks = usable(reportedKs, found);
        for (const ties of sweptTies) {
          const accuracies = voteAccuracies(found, training.labels, test.labels, { ks, classes: training.classNames.length, ties });
          swept.push({ threshold, order, ties, accuracies, exact: exactMatches(accuracies) });
        }
      }
      const best = swept.reduce((leader, setting) => (setting.exact > leader.exact ? setting : leader));
      return {
        metrics: {
          settings: swept.length,
          mostExact: best.exact,
          settingsWithMostExact: swept.filter(({ exact }) => exact === best.exact).length,
        },
        extra: plainRecipe({ paper: 'knn-cnn-lstm', experiment: 'knn-sweep', swept })['swept'],
        data: used,
      };
    },
    3,
  );
}

/** A setting of our own: threshold and K chosen on the last sixth of the training images, then one look at the test set. */
function chosenExperiment(profile: Profile): Experiment {
  const { thresholds } = extents[profile];
  const { order, ties }: Omit<VoteSetting, 'threshold'> = { order: 'lowest-index', ties: 'nearest' };
  const settings = { metric: 'hamming', ks: validatedKs, thresholds, order, ties, validation: 'last sixth of the training images' };
  return experiment(
    profile,
    'knn-chosen',
    3,
    settings,
    async (extent, context) => {
      const { training, test, used } = await sets(extent);
      const parts = takeLast(training, 1 / 6);
      const [base, validation] = [subset(training, parts.train), subset(training, parts.test)];
      // The lesson asks about as many validation images as test images.
      const asked = extent.queries
        ? subset(
            validation,
            Int32Array.from({ length: Math.min(extent.queries, validation.count) }, (_, i) => i),
          )
        : validation;
      const k = largestOf(validatedKs, base);
      const tried: { threshold: number; k: number; validationAccuracy: number }[] = [];
      for (const [pass, threshold] of thresholds.entries()) {
        const range: [number, number] = [pass / (thresholds.length + 1), (pass + 1) / (thresholds.length + 1)];
        const found = await search(base, asked, { metric: 'hamming', k, threshold, order }, context, range);
        const accuracies = voteAccuracies(found, base.labels, asked.labels, { ks: validatedKs, classes: training.classNames.length, ties });
        tried.push(...validatedKs.map((each, index) => ({ threshold, k: each, validationAccuracy: accuracies[index]! })));
      }
      const best = tried.reduce((leader, setting) => (setting.validationAccuracy > leader.validationAccuracy ? setting : leader));
      const range: [number, number] = [thresholds.length / (thresholds.length + 1), 1];
      const found = await search(training, test, { metric: 'hamming', k: best.k, threshold: best.threshold, order }, context, range);
      const outcome = outcomeOf(found, training, test, [best.k], ties, best.k);
      const testAccuracy = outcome.metrics[accuracyName(best.k)]!;
      return {
        ...outcome,
        metrics: {
          testAccuracy,
          validationAccuracy: best.validationAccuracy,
          threshold: best.threshold,
          k: best.k,
          settings: tried.length,
        },
        extra: tried,
        data: used,
      };
    },
    3,
  );
}

export function neighbourExperiments(profile: Profile): Experiment[] {
  return [reportExperiment(profile), euclideanExperiment(profile), sweepExperiment(profile), chosenExperiment(profile)];
}

/** The settings of a recorded sweep. */
export function sweptSettings(record: { extra: unknown }): SweptSetting[] {
  return record.extra as SweptSetting[];
}
