/**
 * What runs say, in words: how near the best row comes, what one low row shows, whether the LSTM helps, what batch normalisation remembers; and what a lesson's own trainings say of two of these.
 */
import { type AugmentOptions, type ImageSet, subset, toExamples } from '../../data/index.js';
import { evaluate } from '../../engine/index.js';
import { HALF_POINT, holdsZero, type Measure, measured, type RunRecord, runs, SEEDS_WANTED, summarise } from '../../results/index.js';
import { tf } from '../../runtime/index.js';
import { type Evidence, liveEvidence, meanOf, pairedPoints, type Score } from '../evidence.js';
import { percent, seedsInWords, signedPoints, signedRange } from '../words.js';
import { bestModelCard, loadBestModel } from './best-model.js';
import { comparedRows, readings } from './claims.js';
import { controls } from './controls.js';
import { rowName } from './experiments.js';
import { bestRow, chosenFilters, reportedRows } from './recipes.js';
import { best, evidence, gapTo, gapWords, lateAccuracy, lateEpochs, latePoints, lines, recorded, verdicts } from './shared.js';

interface ReadingValue {
  name: string;
  mean?: number;
  seeds: number;
}

/** What every reading of the best row's number measures, the plain one first. */
function bestRowMeasures(): { name: string; measure: Measure }[] {
  const declared = readings.flatMap(({ name, explains }) =>
    explains.filter(({ claim }) => claim === `knn-cnn-lstm/${best}`).map(({ measure }) => ({ name, measure })),
  );
  const plain: { name: string; measure: Measure } = {
    name: 'test accuracy, last epoch',
    measure: { experiment: best, metric: 'testAccuracy' },
  };
  return [plain, ...declared];
}

/** What every reading gives for the best row. */
function bestRowReadings(): ReadingValue[] {
  return bestRowMeasures().map(({ name, measure }) => {
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
  const met = ranked.filter((reading) => distance(reading) <= HALF_POINT);
  return [
    met.length > 0
      ? `Within half a point of ${bestRow.reported} %: ${met.map(words).join('; ')}. Readings looked at: ${judged.length}.`
      : `None of the ${judged.length} readings comes within half a point of ${bestRow.reported} %; the nearest is ${words(ranked[0]!)}.`,
    ...spreadWords(met.length > 0),
    ...(waiting > 0 ? [`${waiting} more readings have no recorded run yet.`] : []),
  ];
}

/** Where the verdict meets the number by the spread alone: how wide that spread is, and that no run came so far. */
function spreadWords(someReadingFits: boolean): string[] {
  const verdict = verdicts().find(({ claim }) => claim === `knn-cnn-lstm/${best}`);
  if (someReadingFits || !verdict?.shows || verdict.sd === null) return [];
  return [
    `Section 7 counts the number as reproduced all the same (${verdict.shows}): two standard deviations of these ${verdict.n} seeds are ${(2 * verdict.sd).toFixed(2)} points. Section 9 asks what that spread is, and whether it may be laid on the report's table.`,
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

const deeper = 'two-convolutions-a-phase';

/** What a recipe says of the report's network: how wide and how deep its phases are. */
function phasesOf({ recipe }: RunRecord): { filters: number; convolutions: number } | undefined {
  const model = recipe['model'] as { network?: string; filters?: number; convolutions?: number } | undefined;
  return model?.network === 'report' ? { filters: model.filters ?? chosenFilters, convolutions: model.convolutions ?? 1 } : undefined;
}

/** The readings of the best row's number, taken from another network: those whose measure its run has. */
function sameReadingsOf(found: Evidence): (ReadingValue & { mean: number })[] {
  return bestRowMeasures()
    .filter(({ measure }) => measure.experiment === best)
    .flatMap(({ name, measure }) => {
      const values = found.records
        .map((record) => measured({ ...measure, experiment: found.experiment }, record))
        .filter((value) => value !== undefined);
      return values.length > 0 ? [{ name, seeds: values.length, mean: summarise(values).mean }] : [];
    });
}

/** Points of a network against row 6, on the seeds that both have. */
function againstBest(points: readonly number[]): string {
  if (points.length === 0) return '';
  const { mean, interval } = summarise(points);
  const between = interval ? `; 95 % ${signedRange(interval)}` : '';
  return `; ${signedPoints(mean)} points against row ${bestRow.row} (shared seeds: ${points.length}${between})`;
}

const tooFew = `So few seeds cannot show a difference: compare how far row ${bestRow.row}'s own seeds lie apart.`;

/**
 * On which networks the readings stand. How many convolutions a phase has, and how many filters, is our choice: what the other choice gives
 * where it was run, and that it was not tried where it was not.
 */
export function networkChoiceWords(
  found: Evidence = evidence(deeper),
  tried: readonly RunRecord[] = runs.find({ paper: 'knn-cnn-lstm', profile: 'paper', provenance: 'real' }),
): string {
  const filters = new Set([...tried, ...found.records].flatMap((record) => phasesOf(record)?.filters ?? []));
  const wider = [...filters].some((count) => count > chosenFilters);
  const network = `one convolution a phase, ${chosenFilters} and ${2 * chosenFilters} filters`;
  const open = `${wider ? '' : ' More filters are not tried.'}`;
  if (found.records.length === 0)
    return lines([
      `All readings are of one network (${network}; section 3). More convolutions${wider ? '' : ' or filters'} are not tried: npm run sweep -- --paper 05 --only ${deeper}`,
    ]);
  const own = recorded(best);
  const points = pairedPoints(testAccuracy(deeper), testAccuracy(best), (experiment) => (experiment === best ? own : found.records));
  const readingsFound = sameReadingsOf(found);
  const [last] = readingsFound;
  const distance = ({ mean }: { mean: number }) => Math.abs(gapTo(bestRow.reported, mean));
  const nearest = readingsFound.reduce((near, next) => (distance(next) < distance(near) ? next : near));
  const met = distance(nearest) <= HALF_POINT;
  return lines([
    `These readings are of one network (${network}). The other choice, two convolutions a phase (${found.label}): ${last!.name}, ${percent(last!.mean)}, ${gapWords(bestRow.reported, last!.mean)} the report` +
      `${againstBest(points)}.${points.length > 0 && points.length < SEEDS_WANTED ? ` ${tooFew}` : ''}`,
    `Of its ${readingsFound.length} readings the nearest is ${nearest.name}, ${percent(nearest.mean)} (${gapWords(bestRow.reported, nearest.mean)}): ${met ? 'within half a point. It was not among the readings declared for the table, so it explains nothing yet' : 'none comes within half a point'}.${open}`,
  ]);
}

/** What Keras starts otherwise than tf.layers, and the experiments that start as Keras does: one thing alone, then everything. */
const otherStarts = {
  bias: {
    experiment: 'forget-bias-one',
    choice: `The forget gate begins at bias 0 here, at 1 in Keras (row ${bestRow.row}).`,
    words: 'With bias 1',
  },
  everything: {
    experiment: 'keras-starts',
    choice: "The weights of LSTM and dense layers begin with Glorot's normal numbers here, with Glorot's uniform ones in Keras.",
    words: 'With bias 1 and uniform numbers, so that everything starts as in Keras',
  },
} as const;

/** One other start: that it is not tried, or what it gives, set against row 6 on the seeds that both have. */
export function otherStartWords(
  start: keyof typeof otherStarts,
  found: Evidence = evidence(otherStarts[start].experiment),
  own: readonly RunRecord[] = recorded(best),
): string {
  const { experiment, choice, words } = otherStarts[start];
  if (found.records.length === 0) return `${choice} The other start is not tried: npm run sweep -- --paper 05 --only ${experiment}`;
  const recordsOf = (name: string) => (name === best ? own : found.records);
  const points = pairedPoints(testAccuracy(experiment), testAccuracy(best), recordsOf);
  const reached = summarise(found.records.map(({ metrics }) => metrics['testAccuracy']!)).mean;
  const first = `${choice} ${words} (${found.label}): test accuracy ${percent(reached)}, ${gapWords(bestRow.reported, reached)} the report`;
  if (points.length === 0) return `${first}.`;
  const { mean, interval } = summarise(points);
  const late = latePoints(experiment, best, recordsOf);
  const lateMean = late.length > 0 ? `; by the mean of the last ${lateEpochs} epochs ${signedPoints(summarise(late).mean)}` : '';
  const against = `${first}${againstBest(points)}${lateMean}.`;
  if (points.length < SEEDS_WANTED) return `${against} ${tooFew}`;
  const shown = interval && !holdsZero(...interval);
  return `${against} After the last epoch ${shown ? `this other start is ${mean > 0 ? 'better' : 'worse'}` : 'no difference is shown'}.`;
}

/** How the network starts is our choice where the report leaves it to Keras: what the other starts give, where they were run. */
export const startsWords = (): string => lines([otherStartWords('bias'), otherStartWords('everything')]);

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

/** What a recipe says of the pictures that it trains on. */
const picturesOf = ({ recipe }: RunRecord) =>
  recipe['data'] as unknown as { augmentEachEpoch: (AugmentOptions & { verticalFlip?: boolean }) | null; scaling: string };

/** How a run distorts its training images, in words. */
function distortionsOf(record: RunRecord): string {
  const { augmentEachEpoch } = picturesOf(record);
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
  const [distorting, straight] = [more.records[0]!, less.records[0]!];
  const upsideDown = picturesOf(distorting).augmentEachEpoch?.verticalFlip === true;
  const otherScaling = picturesOf(distorting).scaling !== picturesOf(straight).scaling;
  return lines([
    `"2 Conv" with flips, translation and rotation: ${percent(score)} of the test images (${more.label}), ${gapWords(reported, score)} the cited ${reported} %.`,
    `The same network without them${otherScaling ? ', its bytes scaled otherwise' : ''}: ${percent(other)} (${less.label}); difference ${signedPoints(difference)} points${bySeed.length > 1 ? ` (seed by seed ${bySeed.map(signedPoints).join(', ')})` : ''}.`,
    `Over its last ${lastEpochs} epochs the row gained ${signedPoints(gained)} points, the one without ${signedPoints(otherGained)}: its training ${rising ? 'was not over' : 'was about over'}. ` +
      `It named ${percent(training)} of its own training images (distorted, under dropout)${training < score ? ', fewer than of the test images: no sign of learning by heart' : ''}.`,
    ...(upsideDown ? ['What no test image shows: a garment upside down. In training about half of the images were.'] : []),
    `What it can show: in as many epochs as the other rows, distortions as we chose them (each image in every epoch ${distortionsOf(distorting)})` +
      `${otherScaling ? ', and to an unknown part the other scaling of bytes,' : ''} ${effect} this much on garments that all stand upright.`,
    `What it cannot: ${rising ? 'where longer training ends; ' : ''}which distortion does it${otherScaling ? ', and how much of it is the scaling' : ''}; ` +
      'whether the cited number is right, since the list gives neither ranges nor epochs.',
  ]);
}

const testAccuracy = (experiment: string): Score => ({ experiment, metric: 'testAccuracy' });

/** Test accuracies of row 6 over its recorded seeds: how many, the lowest, the highest, in words; undefined with fewer than two. */
function ownSpread(): { words: string; points: number; late: string } | undefined {
  const means = recorded(best).flatMap((record) => lateAccuracy(record) ?? []);
  const [lowestMean, highestMean] = [Math.min(...means), Math.max(...means)];
  const scores = recorded(best).flatMap(({ metrics }) => metrics['testAccuracy'] ?? []);
  if (scores.length < 2) return undefined;
  const [lowest, highest] = [Math.min(...scores), Math.max(...scores)];
  const points = 100 * (highest - lowest);
  return {
    words: `row ${bestRow.row}'s own ${scores.length} seeds lie ${points.toFixed(2)} points apart (${percent(lowest)} to ${percent(highest)})`,
    points,
    late:
      means.length < 2
        ? ''
        : `, their means of the last ${lateEpochs} epochs ${(100 * (highestMean - lowestMean)).toFixed(2)} (${percent(lowestMean)} to ${percent(highestMean)})`,
  };
}

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const sideWords = (points: number) => (points > 0 ? 'ahead of' : points < 0 ? 'behind' : 'level with');

/** What taking the LSTM or the twins away does to row 6, seed by seed, against both networks without an LSTM. */
export function controlsWords(): string {
  const differences = controls.slice(1).map(({ name, experiment }) => {
    const points = pairedPoints(testAccuracy(best), testAccuracy(experiment), recorded);
    return { name, experiment, points, late: latePoints(best, experiment, recorded), ...(points.length > 0 && summarise(points)) };
  });
  const there = differences.filter(({ points }) => points.length > 0);
  if (there.length === 0) return `Row ${bestRow.row} or its controls are not recorded yet: npm run sweep -- --paper 05 --only without-lstm`;
  const own = ownSpread();
  const [smaller, equal] = ['without-lstm', 'without-lstm-equal-parameters'].map((wanted) =>
    there.find(({ experiment }) => experiment === wanted),
  );
  return lines([
    `Row ${bestRow.row}, with LSTM and twins, minus its controls, points of the test images after the last epoch:`,
    ...there.map(
      ({ name, points, late, mean, interval }) =>
        `  minus "${name}" ${signedPoints(mean!)} (shared seeds: ${points.length}${interval ? `; 95 % interval ${signedRange(interval)}` : ''})${lateWords(late)}`,
    ),
    ...(own ? [`${upperFirst(own.words)}${own.late}.`] : []),
    ...(smaller && equal ? [lstmWords(smaller.points, equal.points, own?.points), ...lateLstmWords(smaller.late, equal.late)] : []),
  ]);
}

/** The same difference by the mean of the last epochs. */
function lateWords(points: readonly number[]): string {
  if (points.length === 0) return '';
  const { mean, interval } = summarise(points);
  return `; by the mean of the last ${lateEpochs} epochs ${signedPoints(mean)}${interval ? ` (${signedRange(interval)})` : ''}`;
}

/** What the second count, looked at after the runs, says of the LSTM. */
export function lateLstmWords(smaller: readonly number[], equal: readonly number[]): string[] {
  if (smaller.length === 0 || equal.length === 0) return [];
  const told = (points: readonly number[]) => {
    const { mean, interval, n } = summarise(points);
    if (!interval) return { ahead: false, words: `${seedsInWords(n)} show${n === 1 ? 's' : ''} nothing` };
    if (interval[0] > 0) return { ahead: true, words: 'the LSTM is ahead' };
    return { ahead: false, words: interval[1] < 0 ? 'the LSTM is behind' : `no difference is shown (${signedPoints(mean)})` };
  };
  const [less, same] = [told(smaller), told(equal)];
  const end = less.ahead && same.ahead ? 'By this count the LSTM helps.' : 'That it is the LSTM and not its parameters is not shown.';
  return [
    `The means of the last ${lateEpochs} epochs were looked at afterwards, not declared before. By them, against the network just without it: ${less.words}; against the one with as many parameters: ${same.words}. ${end}`,
  ];
}

/** Whether both networks without an LSTM stay behind, beyond what their seeds leave open. */
function lstmWords(smaller: readonly number[], equal: readonly number[], spread: number | undefined): string {
  const both = [summarise(smaller), summarise(equal)] as const;
  const sides = both.map(({ mean }) => sideWords(mean));
  const place =
    sides[0] === sides[1]
      ? `The LSTM is ${sides[0]} both networks without one`
      : `The LSTM is ${sides[0]} the network just without it, and ${sides[1]} the one without it that has as many parameters`;
  const shown = both.every(({ interval }) => interval !== null && interval[0] > 0);
  const within = spread !== undefined && both.every(({ mean }) => Math.abs(mean) < spread);
  return shown
    ? `${place}, and neither 95 % interval holds zero: here it helps.`
    : `${place}${within ? `; both differences are smaller than the distance of row ${bestRow.row}'s seeds` : ''}. That it helps is not shown.`;
}

/** What a training with and one without the LSTM gave in this session, and how little that says beside the full runs. */
export function liveLstmWords(live: readonly RunRecord[]): string {
  const recordsOf = (experiment: string) => liveEvidence(experiment, live).records;
  const points = pairedPoints(testAccuracy(best), testAccuracy('without-lstm'), recordsOf);
  if (points.length === 0) return 'Train both networks, with and without the LSTM, with the same seed.';
  const [score, other] = [best, 'without-lstm'].map((experiment) => meanOf(liveEvidence(experiment, live), 'testAccuracy')!);
  const full = pairedPoints(testAccuracy(best), testAccuracy('without-lstm'), recorded);
  const own = ownSpread();
  const fullWords =
    full.length === 0
      ? ''
      : ` There it is ${signedPoints(summarise(full).mean)} (shared seeds: ${full.length})${own ? `, and ${own.words}` : ''}.`;
  return lines([
    `Live, with LSTM minus without: ${signedPoints(summarise(points).mean)} points of the test images (${percent(score!)} and ${percent(other!)}).`,
    `That is ${seedsInWords(points.length)} in the ${recordsOf(best)[0]!.profile} profile: section 9 has the full runs.${fullWords}`,
  ]);
}

/** Why a validation part of twins scores lower: the same network on test images as they are and distorted like twins. */
export function liveTwinsWords(live: readonly RunRecord[]): string {
  const found = liveEvidence(best, live);
  const [validation, plainTest, twinTest] = ['validationAccuracy', 'testAccuracy', 'testTwinAccuracy'].map((metric) =>
    meanOf(found, metric),
  );
  if (validation === undefined || plainTest === undefined || twinTest === undefined) return `Row ${bestRow.row} is not trained yet.`;
  const harder = twinTest < plainTest;
  return lines([
    `The last fifth holds twins alone, and a twin is distorted. Row ${bestRow.row}'s network names ${percent(plainTest)} of the test images, ` +
      `${percent(twinTest)} of the same images distorted like twins, and ${percent(validation)} of the last fifth.`,
    harder
      ? 'Distortion alone lowers a score, though nothing of the test images was trained on: a low last fifth says nothing of a leak. Section 8 separates the two.'
      : 'Here distortion costs nothing: so few images may hide it. Section 8 separates it from the leak.',
  ]);
}

/** Steps of one epoch. */
function stepsOf({ recipe, data }: RunRecord): number {
  const images = data.find(({ role }) => role === 'training')!.count;
  return Math.ceil(images / (recipe['batchSize'] as number));
}

const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

/** First-epoch scores of the eight rows by how many steps that epoch had. */
function firstEpochWords(momentum: number): string[] {
  const firsts = reportedRows
    .flatMap(({ row }) => recorded(rowName(row)))
    .map((record) => ({ steps: stepsOf(record), score: record.curves['testAccuracy']?.[0] ?? 0 }));
  const kinds = [...new Set(firsts.map(({ steps }) => steps))].sort((a, b) => a - b);
  return kinds.map((steps) => {
    const scores = firsts.filter((first) => first.steps === steps).map(({ score }) => score);
    const range = `${percent(Math.min(...scores))} to ${percent(Math.max(...scores))}`;
    return `  ${steps} steps (${percent(momentum ** steps)} of the start left): ${range} of the test images, ${scores.length} runs`;
  });
}

/** Running variance of a normalisation's filters. */
const runningVariance = (layer: tf.layers.Layer): tf.Variable =>
  layer.weights.find(({ name }) => name.includes('moving_variance'))!.read() as tf.Variable;

/** Scores of a network with so much of the start put back into its running variances as each share says; the network changes. */
async function scoresWithStart(model: tf.LayersModel, images: ImageSet, shares: readonly number[]): Promise<number[]> {
  const examples = toExamples(images);
  const variances = model.layers.filter(({ name }) => name.startsWith('normalise')).map(runningVariance);
  const own = variances.map((variance) => variance.clone());
  const scores: number[] = [];
  for (const share of shares) {
    variances.forEach((variance, index) => {
      variance.assign(tf.tidy(() => own[index]!.mul(1 - share).add(share)));
    });
    scores.push((await evaluate(model, examples, { loss: 'sparseCategoricalCrossentropy' })).accuracy);
  }
  for (const each of own) each.dispose();
  return scores;
}

/** Images that the trial with the start put back is scored on. */
const triedImages = 1000;

/**
 * Why a few per cent of the start are too much: the running variances of the network that comes with the clone beside what is left of
 * their 1; what it scores with that put back; and what the eight rows scored after their first epoch.
 */
export async function normalisationWords(test: ImageSet): Promise<string> {
  const card = bestModelCard();
  const record = card && recorded(card.experiment)[0];
  if (!record) return 'No weights are shipped yet: npm run sweep -- --paper 05 --only row-6-grouped';
  const model = await loadBestModel();
  try {
    const layer = model.getLayer('normalise1');
    const { momentum, epsilon } = layer.getConfig() as { momentum: number; epsilon: number };
    const variances = Array.from(runningVariance(layer).dataSync());
    const variance = middle(variances);
    const steps = stepsOf(record);
    const left = momentum ** steps;
    const shrunk = Math.sqrt((left + variance + epsilon) / (variance + epsilon));
    const images = subset(
      test,
      Int32Array.from({ length: Math.min(triedImages, test.count) }, (_, index) => index),
    );
    const [whole, back, later] = await scoresWithStart(model, images, [0, left, momentum ** (2 * steps)]);
    return lines([
      `Running variances start at 1 and keep ${(100 * momentum).toFixed(0)} % of the old value at each step: after an epoch of ${steps} steps ${left.toFixed(4)} of that 1 is left.`,
      `In the shipped network, trained to the end, the ${variances.length} filters of the first normalisation have a median variance of ${variance.toPrecision(2)}: ` +
        `what is left of the start is ${(left / variance).toFixed(0)} times as large. Such a filter, divided by √(variance + ${epsilon}), comes out ${shrunk.toFixed(1)} times too small.`,
      `A trial: the shipped network names ${percent(whole!)} of ${images.count} test images; with ${left.toFixed(4)} of the start put back into its variances ${percent(back!)}, with what two epochs leave (${(momentum ** (2 * steps)).toFixed(4)}) ${percent(later!)}.`,
      'The eight rows after their first epoch:',
      ...firstEpochWords(momentum),
    ]);
  } finally {
    model.dispose();
  }
}

/** What a ✓ of row 6 over a row of the benchmark is worth: ours may have fallen short of the number that is cited for it. */
export function citedRowsWords(): string {
  const own = meanOf(evidence(best), 'testAccuracy');
  const judged = verdicts();
  const weak = comparedRows.flatMap(({ name, preprocessing, reported, experiment }) => {
    const found = evidence(experiment);
    const score = meanOf(found, 'testAccuracy');
    const beaten = judged.some(({ claim, outcome }) => claim === `knn-cnn-lstm/beats-own-${experiment}` && outcome === 'reproduced');
    if (!beaten || own === undefined || score === undefined || 100 * own > reported) return [];
    const gained = gain(found.records);
    const open = gained !== undefined && gained >= stillRising ? ' after a training that was not over' : '';
    return [
      `The ✓ against "${name}" (${preprocessing}) says little: ours reached ${percent(score)}${open}; ${reported} % is cited for it, and row ${bestRow.row}'s ${percent(own)} does not pass that.`,
    ];
  });
  return lines(
    weak.length > 0 ? weak : ['No ✓ against a row of the benchmark hangs on a training of ours that fell short of the cited number.'],
  );
}
