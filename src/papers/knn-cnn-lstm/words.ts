/** What the recorded runs say, in words, to three questions: how near the best row comes, what one low row shows, and whether a twin leaks. */
import type { AugmentOptions } from '../../data/index.js';
import { type Measure, measured, type RunRecord, summarise } from '../../results/index.js';
import { type Evidence, meanOf, pairedPoints } from '../evidence.js';
import { percent, seedsInWords, signedPoints, wrapped } from '../words.js';
import { evidence } from './artefacts.js';
import { comparedRows, readings } from './claims.js';
import { relationMetrics, rowName } from './experiments.js';
import { bestRow, type Relation } from './recipes.js';

const best = rowName(bestRow.row);

/** How far a number may lie from the report's to count as met, in points: what a verdict of one or two seeds allows. */
const near = 0.5;

/** The report has two decimals and so has what is printed: their difference is taken of what is printed. */
const gapTo = (reported: number, share: number): number => Number((100 * share).toFixed(2)) - reported;
const gapWords = (reported: number, share: number): string => {
  const gap = gapTo(reported, share);
  return `${Math.abs(gap).toFixed(2)} points ${gap < 0 ? 'below' : 'above'}`;
};
const lines = (texts: readonly string[]): string => wrapped(texts.join('\n'));

interface ReadingValue {
  name: string;
  mean?: number;
  seeds: number;
}

/** What every reading gives for the best row, the plain one first. */
function bestRowReadings(): ReadingValue[] {
  const declared = readings.flatMap(({ name, explains }) =>
    explains.filter(({ claim }) => claim === `knn-cnn-lstm/${best}`).map(({ measure }) => ({ name, measure })),
  );
  const plain: { name: string; measure: Measure } = {
    name: 'test accuracy, last epoch',
    measure: { experiment: best, metric: 'testAccuracy' },
  };
  return [plain, ...declared].map(({ name, measure }) => {
    const values = evidence(measure.experiment)
      .records.map((record) => measured(measure, record))
      .filter((value) => value !== undefined);
    return { name, seeds: values.length, ...(values.length > 0 && { mean: summarise(values).mean }) };
  });
}

/** Whether a reading comes within half a point of the best row's number; else the nearest. */
function readingsWords(): string[] {
  const all = bestRowReadings();
  const judged = all.filter((reading): reading is ReadingValue & { mean: number } => reading.mean !== undefined);
  const waiting = all.length - judged.length;
  const distance = ({ mean }: { mean: number }) => Math.abs(gapTo(bestRow.reported, mean));
  const ranked = [...judged].sort((a, b) => distance(a) - distance(b));
  const words = ({ name, mean, seeds }: ReadingValue & { mean: number }) =>
    `${name}, ${percent(mean)} (${seedsInWords(seeds)}; ${gapWords(bestRow.reported, mean)})`;
  const met = ranked.filter((reading) => distance(reading) <= near);
  return [
    met.length > 0
      ? `Within half a point of ${bestRow.reported} %: ${met.map(words).join('; ')}. Readings looked at: ${judged.length}.`
      : `None of the ${judged.length} readings comes within half a point of ${bestRow.reported} %; the nearest is ${words(ranked[0]!)}.`,
    ...(waiting > 0 ? [`${waiting} more readings have no recorded run yet.`] : []),
  ];
}

/** How far the best row's number is met: by seed, on average, by the best epoch, by any reading. */
export function bestRowWords(): string {
  const { records, label } = evidence(best);
  if (records.length === 0) return `Row ${bestRow.row} is not recorded yet: npm run sweep -- --paper 05 --only ${best}`;
  const bySeed = [...records].sort((a, b) => a.seed - b.seed);
  const last = bySeed.map((record) => ({ seed: record.seed, value: record.metrics['testAccuracy']! }));
  const highest = bySeed.map(({ seed, curves }) => {
    const curve = curves['testAccuracy']!;
    const value = Math.max(...curve);
    return { seed, value, epoch: curve.indexOf(value) + 1 };
  });
  const mean = (values: readonly { value: number }[]) => summarise(values.map(({ value }) => value)).mean;
  const meanWords = (values: readonly { value: number }[]) =>
    `${values.length > 1 ? `; mean ${percent(mean(values))}` : ''}, ${gapWords(bestRow.reported, mean(values))} the report`;
  return lines([
    `Row ${bestRow.row}, reported ${bestRow.reported} % (${label}).`,
    `Test accuracy after the last epoch: ${last.map(({ seed, value }) => `seed ${seed} ${percent(value)}`).join(', ')}${meanWords(last)}.`,
    `Best epoch, chosen on the test set itself, so too high for an honest score: ` +
      `${highest.map(({ seed, value, epoch }) => `seed ${seed} ${percent(value)} (epoch ${epoch})`).join(', ')}${meanWords(highest)}.`,
    ...readingsWords(),
  ]);
}

const distorted = 'benchmark-two-conv-augmented';
const plain = 'benchmark-two-conv-normalised';
/** Epochs at the end of a training whose gain tells whether it was over. */
const lastEpochs = 3;
/** Points gained over these epochs from which on a training counts as not over. */
const stillRising = 1;

/** Points that the test accuracy gained over the last epochs, mean over the runs. */
function gain(records: readonly RunRecord[]): number | undefined {
  const gains = records
    .map(({ curves }) => curves['testAccuracy'] ?? [])
    .filter((curve) => curve.length > lastEpochs)
    .map((curve) => 100 * (curve.at(-1)! - curve.at(-1 - lastEpochs)!));
  return gains.length === 0 ? undefined : summarise(gains).mean;
}

/** How a run distorts its training images, in words. */
function distortionsOf({ recipe }: RunRecord): string {
  const { augmentEachEpoch } = recipe['data'] as unknown as { augmentEachEpoch: (AugmentOptions & { verticalFlip?: boolean }) | null };
  const { flip, verticalFlip, rotate, translate } = augmentEachEpoch ?? {};
  return [
    ...(flip ? ['mirrored left to right with probability ½'] : []),
    ...(verticalFlip ? ['turned upside down with probability ½'] : []),
    ...(rotate ? [`rotated by up to ${rotate}°`] : []),
    ...(translate ? [`shifted by up to ${(100 * translate).toFixed(0)} %`] : []),
  ].join(', ');
}

/** Why the row with flips and rotation is so low, as far as the runs tell. */
export function distortedRowWords(): string {
  const reported = comparedRows.find(({ experiment }) => experiment === distorted)!.reported;
  const [more, less] = [evidence(distorted), evidence(plain)];
  const [score, other] = [meanOf(more, 'testAccuracy'), meanOf(less, 'testAccuracy')];
  const [gained, otherGained, training] = [gain(more.records), gain(less.records), meanOf(more, 'trainAccuracy')];
  if (score === undefined || other === undefined || gained === undefined || otherGained === undefined || training === undefined)
    return `The row with flips and rotation, or the one without, is not recorded yet: npm run sweep -- --paper 05 --only ${distorted}`;
  const recordsOf = (experiment: string) => (experiment === distorted ? more : less).records;
  const bySeed = pairedPoints({ experiment: distorted, metric: 'testAccuracy' }, { experiment: plain, metric: 'testAccuracy' }, recordsOf);
  const difference = bySeed.length > 0 ? summarise(bySeed).mean : 100 * (score - other);
  const rising = gained >= stillRising;
  const effect = difference < 0 ? 'cost' : 'bring';
  return lines([
    `"2 Conv" with flips, translation and rotation: ${percent(score)} of the test images (${more.label}), ${gapWords(reported, score)} the cited ${reported} %.`,
    `The same network without them: ${percent(other)} (${less.label}); difference ${signedPoints(difference)} points${bySeed.length > 1 ? ` (seed by seed ${bySeed.map(signedPoints).join(', ')})` : ''}.`,
    `Over its last ${lastEpochs} epochs the row gained ${signedPoints(gained)} points, the one without ${signedPoints(otherGained)}: its training ${rising ? 'was not over' : 'was about over'}. ` +
      `It named ${percent(training)} of its own training images (distorted, under dropout)${training < score ? ', fewer than of the test images: no sign of learning by heart' : ''}.`,
    `What it can show: in as many epochs as the other rows, distortions as we chose them (each image in every epoch ${distortionsOf(more.records[0]!)}) ${effect} this much on garments that all stand upright.`,
    `What it cannot: ${rising ? 'where longer training ends; ' : ''}which distortion does it; whether the cited number is right, since the list gives neither ranges nor epochs. ` +
      'The two rows also scale their bytes differently.',
  ]);
}

/** Right answers among some images: share and number. */
interface Part {
  share: number;
  count: number;
}

function partOf({ metrics }: RunRecord, relation: Relation): Part | undefined {
  const metric = relationMetrics[relation];
  const [share, count] = [metrics[metric], metrics[`${metric}Count`]];
  return share === undefined || count === undefined ? undefined : { share, count };
}

/** Points by which a relative in training raises the score, and how far counting alone may move that; mean over the runs. */
function leakOf(found: Evidence, seen: Relation, unseen: Relation): { points: number; error: number } | undefined {
  const pairs = found.records.flatMap((record) => {
    const [one, other] = [partOf(record, seen), partOf(record, unseen)];
    return one && other ? [{ one, other }] : [];
  });
  if (pairs.length === 0) return undefined;
  const variance = ({ share, count }: Part) => (share * (1 - share)) / count;
  const variances = pairs.map(({ one, other }) => variance(one) + variance(other));
  return {
    points: 100 * summarise(pairs.map(({ one, other }) => one.share - other.share)).mean,
    error: (100 * Math.sqrt(variances.reduce((sum, value) => sum + value, 0))) / pairs.length,
  };
}

/** Does a twin in training raise the score, and may that be the report's number? */
export function leakWords(): string {
  const random = evidence(rowName(bestRow.row, 'random'));
  const kinds: { name: string; leak: ReturnType<typeof leakOf> }[] = [
    { name: 'originals', leak: leakOf(random, 'original, twin seen', 'original, unseen') },
    { name: 'twins', leak: leakOf(random, 'twin, original seen', 'twin, unseen') },
  ];
  const found = kinds.flatMap(({ name, leak }) => (leak ? [{ name, ...leak }] : []));
  if (found.length === 0)
    return `The random fifth is not recorded yet: npm run sweep -- --paper 05 --only ${rowName(bestRow.row, 'random')}`;
  const beyond = found.filter(({ points, error }) => points > 2 * error);
  const validations = (['last', 'random', 'grouped'] as const)
    .map((holdOut) => meanOf(evidence(rowName(bestRow.row, holdOut)), 'validationAccuracy'))
    .filter((value) => value !== undefined);
  const highest = Math.max(...validations);
  return lines([
    `Random fifth (${random.label}), other half trained on against nothing seen: ` +
      `${found.map(({ name, points, error }) => `${name} ${signedPoints(points)} points (counting error ± ${error.toFixed(2)})`).join(', ')}.`,
    beyond.length > 0
      ? `Beyond two counting errors: ${beyond.map(({ name }) => name).join(' and ')}. What the seed adds is not in them.`
      : 'Neither is beyond two counting errors: these runs show no leak, and a small one they could not show.',
    `The highest of the ${validations.length} validation scores, ${percent(highest)}, lies ${gapWords(bestRow.reported, highest)} ${bestRow.reported} %${gapTo(bestRow.reported, highest) < -near ? ': as our networks leak, that does not make it' : ''}.`,
  ]);
}
