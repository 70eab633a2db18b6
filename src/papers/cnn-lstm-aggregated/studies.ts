/** The experiments that explain the report's numbers: what stands idle, what each factor carries, dropout while testing, mirror images. */
import type { Examples } from '../../data/index.js';
import { predict } from '../../engine/index.js';
import { barsWithIntervals, type Figure, type MeasuredValue } from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import { holdsZero, judgeAll, type RunRecord, runs, summarise, type Verdict } from '../../results/index.js';
import { RandomSequence, tf } from '../../runtime/index.js';
import { type Comparison, comparisonOf, type Evidence, liveEvidence, missingWords, pairedPoints, type Score } from '../evidence.js';
import { brokeDown } from '../failed.js';
import { trainLive as train } from '../live.js';
import { predictedClasses } from '../network.js';
import { percent, seedsInWords, signedPoints, signedRange, wrapped } from '../words.js';
import { evidence, experimentOf, type Live, modelNames, type ScoredRun, scoreOf } from './artefacts.js';
import { claims, readings } from './claims.js';
import { aggregatedShare, experiments, gridCell, gridHeads, type RecipeName, stepHeads, wideCell, wideHeads } from './experiments.js';
import { CLASSES } from './garments.js';
import { equalParameterWidth, equalWorkingWidth, type Head, idleNumbers, lstmParameters, narrowSize, sixModels } from './models.js';

const paper = 'cnn-lstm-aggregated';

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Trains more and adds the runs to the list. */
export async function trainMore(live: RunRecord[], names: readonly string[]): Promise<void> {
  live.push(...(await trainLive(names)));
}

/** Verdicts on all claims, from the recorded runs. */
export function verdicts(): Verdict[] {
  return judgeAll(claims, runs.find({ paper, profile: 'paper', provenance: 'real' }), readings);
}

/** What the intervals over seeds say of the two claims on time: their verdicts look at the mean alone, as a bound has no allowance. */
export function timeWords(judged: readonly Verdict[]): string {
  const ratios = [
    { id: 'no-more-training-time', what: 'an epoch with flips over one without' },
    { id: 'no-more-inference-time', what: 'the aggregated output over the plain one' },
  ].flatMap(({ id, what }) => {
    const verdict = judged.find(({ claim }) => claim === `${paper}/${id}`);
    return verdict && verdict.mean !== null ? [{ what, mean: verdict.mean, n: verdict.n, interval: verdict.interval }] : [];
  });
  if (ratios.length === 0) return 'The times have not been measured yet: npm run sweep -- --paper 03 --only times';
  const lines = ratios.map(({ what, mean, n, interval }) => {
    const ratio = `  ${what}: ${mean.toFixed(2)} times`;
    if (!interval) return `${ratio}; ${seedsInWords(n)}, too few for an interval`;
    const [low, high] = interval;
    const side =
      low > 1 ? 'it lies above 1.00: more time' : high < 1 ? 'it lies below 1.00: less time' : 'it holds 1.00: no difference is shown';
    return `${ratio}, 95 % over ${seedsInWords(n)} ${low.toFixed(2)} to ${high.toFixed(2)}: ${side}`;
  });
  return wrapped(['Processor time; a verdict on "at most" looks at the mean alone:', ...lines].join('\n'));
}

export type LstmPart = 'recurrent weights' | 'forget gate' | 'input gate';

export interface IdleRow {
  part: string;
  /** How many of the LSTM's numbers were replaced. */
  replaced: number;
  /** How many answers the network gave. */
  answers: number;
  changedAnswers: number;
  largestChange: number;
}

/** Columns of a kernel that belong to a gate: tf.layers keeps input, forget, candidate and output side by side. */
const gateOrder = ['input gate', 'forget gate', 'candidate', 'output gate'];

/** Puts noise where a part of the LSTM was; returns how many numbers that were. */
function scramble(model: tf.LayersModel, parts: readonly LstmPart[], random: RandomSequence): number {
  const layer = model.getLayer('lstm');
  const weights = layer.getWeights();
  const [kernel, recurrent, bias] = weights.map((weight) => Float32Array.from(weight.dataSync()));
  const units = weights[1].shape[0];
  const touched = [new Set<number>(), new Set<number>(), new Set<number>()];
  const columns = (values: Float32Array, gate: number) =>
    Array.from(values.keys()).filter((at) => Math.floor((at % (4 * units)) / units) === gate);
  for (const part of parts) {
    if (part === 'recurrent weights') touched[1] = new Set(recurrent.keys());
    else
      [kernel, recurrent, bias].forEach((values, which) => {
        for (const at of columns(values, gateOrder.indexOf(part))) touched[which].add(at);
      });
  }
  [kernel, recurrent, bias].forEach((values, which) => {
    for (const at of touched[which]) values[at] = 4 * random.next() - 2;
  });
  const replaced = [kernel, recurrent, bias].map((values, which) => tf.tensor(values, weights[which].shape));
  layer.setWeights(replaced);
  for (const tensor of replaced) tensor.dispose();
  return touched.reduce((sum, places) => sum + places.size, 0);
}

/**
 * Replaces parts of a trained LSTM by noise, one after the other, and counts what changes on the test images. At length one there is no
 * earlier state: what the recurrent weights multiply, and what the forget gate lets through, is zero.
 */
export async function idleWeightsStudy(model: tf.LayersModel, test: Examples): Promise<IdleRow[]> {
  const before = model
    .getLayer('lstm')
    .getWeights()
    .map((weight) => weight.clone());
  const trained = await predict(model, test);
  const answers = predictedClasses(trained, CLASSES);
  const random = new RandomSequence(1);
  const rows: IdleRow[] = [];
  try {
    for (const parts of [['recurrent weights'], ['forget gate'], ['recurrent weights', 'forget gate'], ['input gate']] as LstmPart[][]) {
      const replaced = scramble(model, parts, random);
      const now = await predict(model, test);
      const nowAnswers = predictedClasses(now, CLASSES);
      rows.push({
        part: parts.join(' and '),
        replaced,
        answers: answers.length,
        changedAnswers: answers.filter((answer, image) => answer !== nowAnswers[image]).length,
        largestChange: now.reduce((most, value, at) => Math.max(most, Math.abs(value - trained[at])), 0),
      });
      model.getLayer('lstm').setWeights(before);
    }
  } finally {
    for (const weight of before) weight.dispose();
  }
  return rows;
}

export function idleWeightsTable(rows: readonly IdleRow[]): TableData {
  return {
    columns: [
      'replaced by noise',
      'numbers replaced',
      `answers changed (of ${rows[0].answers.toLocaleString('en-US')})`,
      'largest change of a probability',
    ],
    rows: rows.map(({ part, replaced, changedAnswers, largestChange }) => [part, replaced, changedAnswers, largestChange.toExponential(1)]),
  };
}

/** The counts behind it, in words. */
export function idleWords(): string {
  const { features, lstmUnits } = narrowSize;
  const all = lstmParameters(features, lstmUnits);
  const idle = idleNumbers(features, lstmUnits);
  const share = ((100 * idle) / all).toFixed(1);
  const [held, working] = [equalParameterWidth(features, lstmUnits), equalWorkingWidth(features, lstmUnits)];
  const classifier = (lstmUnits + 1) * CLASSES;
  const asDense = (width: number) => (features + 1) * width + (width + 1) * CLASSES;
  const written = (value: number) => value.toLocaleString('en-US');
  return wrapped(
    [
      `Model II's LSTM holds ${written(all)} numbers (${written(lstmParameters(features, lstmUnits, 2))} with PyTorch's second bias).`,
      `${written(idle)} of them, ${share} %, cannot change any answer at length one.`,
      `A dense layer of ${written(held)} units and the FC2 behind it hold about as many numbers (${written(asDense(held))}) as this LSTM with its FC2 (${written(all + classifier)}); all of them count. That is ${(asDense(held) / (all - idle + classifier)).toFixed(1)} times as many as are at work in the LSTM and its FC2 (${written(all - idle + classifier)}): a layer of ${written(working)} units would do for those (${written(asDense(working))}).`,
    ].join('\n'),
  );
}

export const headWords: Record<Head, string> = {
  dense: 'CNN',
  'dense-equal-parameters': 'CNN + wide dense layer',
  'dense-equal-working': "CNN + dense layer of the LSTM's working size",
  'dense-linear': 'CNN, FC1 linear and without dropout',
  'lstm-length-1': 'CNN + LSTM, one step',
  'lstm-rows': 'CNN + LSTM, four rows',
};
const optimiserOf: Record<RecipeName, string> = { cnn: 'SGD', 'cnn-lstm': 'Adam' };
const ownersOf: Record<RecipeName, string> = { cnn: "the CNNs' recipe", 'cnn-lstm': "the CNN-LSTMs' recipe" };

/** A recipe as it was carried out: a lesson shortens it. */
function recipeWords(name: RecipeName, { recipe }: RunRecord): string {
  const { batchSize, epochs } = recipe as unknown as { batchSize: number; epochs: number };
  return `${ownersOf[name]}: ${optimiserOf[name]}, batches of ${batchSize.toLocaleString('en-US')}, ${epochs} epochs`;
}

const recipeNames: readonly RecipeName[] = ['cnn', 'cnn-lstm'];
export const gridExperimentNames: readonly string[] = gridHeads.flatMap((head) => recipeNames.map((recipe) => gridCell(head, recipe)));

const stepExperimentNames: readonly string[] = stepHeads.map((head) => gridCell(head, 'cnn-lstm'));

/** What the lines with caps are: said in the picture itself, which is also looked at where nothing can be hovered over. */
const barsAre = 'lines with caps: 95 % over seeds (none before three)';

/** Full runs and lesson runs are never compared with each other: the grid is drawn from one kind. */
const gridComparison = (live?: Live): Comparison => comparisonOf(paper, gridExperimentNames, live);

/**
 * As long as a cell is not recorded, trains the whole grid and the two networks beside it in the profile in use, so that one kind of runs fills it,
 * and adds the runs to the list.
 */
export async function trainGrid(live: RunRecord[]): Promise<void> {
  if (gridComparison().missing.length === 0) return;
  const trained = new Set(live.map(({ recipe }) => recipe.experiment));
  await trainMore(
    live,
    [...gridExperimentNames, ...stepExperimentNames].filter((name) => !trained.has(name)),
  );
}

const isLive = (label: string) => label.startsWith('live');
const caution = 'says little about full runs';

const valuesOf = (records: readonly RunRecord[], metric: string) =>
  records.map((run) => run.metrics[metric]).filter((value) => value !== undefined);

function measuredValue(name: string, values: readonly number[], group: string): MeasuredValue {
  const { mean, interval, n } = summarise(values);
  return { name, value: mean, count: n, group, ...(interval && { low: interval[0], high: interval[1] }) };
}

/** A cell of the grid, or a network beside it, as its row in the figure is called. */
const cellWords = (experiment: string): string => {
  const head = [...gridHeads, ...stepHeads].find((each) => recipeNames.some((recipe) => gridCell(each, recipe) === experiment))!;
  return `${headWords[head]}, ${optimiserOf[recipeNames.find((recipe) => gridCell(head, recipe) === experiment)!]}`;
};

/** 'broke down on 2 of 3 seeds'. */
const brokeDownOn = (broken: number, seeds: number) => `broke down on ${broken} of ${seedsInWords(seeds)}`;

const heldOf = (records: readonly RunRecord[]) => records.filter((run) => !brokeDown(run));

/**
 * Every head with both recipes. A training that broke down is named, not drawn: its point would make all others too close to tell apart. A cell that
 * held on some seeds only says of how many its mean is.
 */
export function gridFigure(live?: Live): Figure {
  const grid = gridComparison(live);
  const cells = gridHeads.flatMap((head) =>
    recipeNames.flatMap((recipe) => {
      const { records } = grid.of(gridCell(head, recipe));
      return records.length > 0 ? [{ name: `${headWords[head]}, ${optimiserOf[recipe]}`, recipe, records }] : [];
    }),
  );
  const values = cells.flatMap(({ name, recipe, records }) => {
    const held = heldOf(records);
    const found = valuesOf(held, 'testAccuracy');
    if (found.length === 0) return [];
    const ofWhich = held.length < records.length ? `, mean of the ${held.length} of ${seedsInWords(records.length)} that held` : '';
    return [measuredValue(`${name}: ${(100 * summarise(found).mean).toFixed(2)} %${ofWhich}`, found, recipeWords(recipe, records[0]))];
  });
  const unmeasured = cells
    .filter(({ records }) => heldOf(records).length === 0)
    .map(({ name, records }) => ({ name, words: brokeDownOn(records.length, records.length) }));
  if (values.length === 0)
    throw new Error('No cell of the grid has been run: run the training cells, or npm run sweep -- --paper 03 --only grid.');
  const broken = cells.flatMap(({ name, records }) => {
    const fallen = records.filter(brokeDown).map(({ seed, metrics }) => `seed ${seed} (${percent(metrics['testAccuracy'])})`);
    return fallen.length > 0 ? [`${name}, ${fallen.join(', ')}`] : [];
  });
  const without = broken.length > 0 ? `; in no mean, as the training broke down: ${broken.join(' · ')}` : '';
  return barsWithIntervals(values, {
    title: 'Four networks, two recipes',
    subtitle: `same convolutions, same images, no flips; ${grid.label}${isLive(grid.label) ? `: ${caution}` : ''}; ${barsAre}${missingWords(grid, cellWords)}${without}`,
    xTitle: 'test accuracy',
    percentages: true,
    intervalName: '95 % interval over seeds (none before three seeds)',
    unmeasured,
  });
}

/** Epochs at the end of a training whose mean is less a matter of luck than its last one. */
const LAST_EPOCHS = 5;

/** Test accuracy of the last epochs; undefined for a training so short that it still climbed in them. */
function lastEpochs({ curves }: RunRecord, epochs: number): readonly number[] | undefined {
  const curve = curves['testAccuracy'] ?? [];
  return curve.length >= 2 * epochs ? curve.slice(-epochs) : undefined;
}

/** How far apart neighbouring epochs lie at the end of the grid's trainings, by each recipe: every score here is that of a last epoch. */
export function epochWords(live?: Live): string {
  const grid = gridComparison(live);
  const lines = recipeNames.flatMap((recipe) => {
    const steps = gridHeads.flatMap((head) =>
      heldOf(grid.of(gridCell(head, recipe)).records).flatMap((run) => {
        const scores = lastEpochs(run, 2 * LAST_EPOCHS) ?? [];
        return scores.slice(1).map((score, at) => ({ size: 100 * Math.abs(score - scores[at]), run }));
      }),
    );
    if (steps.length === 0) return [];
    const widest = steps.reduce((most, step) => (step.size > most.size ? step : most));
    const { mean } = summarise(steps.map(({ size }) => size));
    return [`  ${optimiserOf[recipe]}: ${mean.toFixed(2)} on average, at most ${widest.size.toFixed(2)} (${runWords(widest.run)})`];
  });
  if (lines.length === 0) return 'These trainings are too short to show how far neighbouring epochs lie apart once a network has learned.';
  const what = `Points of test accuracy between neighbouring epochs, the last ${2 * LAST_EPOCHS} of each training that held:`;
  return wrapped([what, ...lines].join('\n'));
}

/** What one cell reached: mean and spread of the trainings that held. */
function cellScore({ records }: Evidence): string {
  if (records.length === 0) return 'not run yet';
  const held = heldOf(records);
  if (held.length === 0) return brokeDownOn(records.length, records.length);
  const score = spreadOf(valuesOf(held, 'testAccuracy'));
  return held.length < records.length ? `${score} (${brokeDownOn(records.length - held.length, records.length)})` : score;
}

/** The four cells that exist at both sizes, side by side: whether what the grid shows is a matter of the size of Models II and III. */
export function sizeCheckTable(): TableData {
  return {
    columns: ['network', 'recipe', 'size of II and III %', 'seeds (II, III)', 'size of I and IV %', 'seeds (I, IV)'],
    rows: wideHeads.flatMap((head) =>
      recipeNames.map((recipe) => {
        const [narrow, wide] = [evidence(gridCell(head, recipe)), evidence(wideCell(head, recipe))];
        return [headWords[head], optimiserOf[recipe], cellScore(narrow), narrow.records.length, cellScore(wide), wide.records.length];
      }),
    ),
  };
}

export interface Factor {
  name: string;
  group: 'network' | 'recipe' | 'flips and aggregation' | 'check at the size of Models I and IV';
  left: Score;
  right: Score;
}

const plain = (experiment: string) => ({ experiment, metric: 'testAccuracy' });
const largest = (experiment: string) => ({ experiment, metric: 'aggregatedAccuracy' });
const byMean = (experiment: string) => ({ experiment, metric: 'meanAggregatedAccuracy' });
const network = (name: string, recipe: RecipeName, left: Head, right: Head): Factor => ({
  name: `${name}, ${optimiserOf[recipe]}`,
  group: 'network',
  left: plain(gridCell(left, recipe)),
  right: plain(gridCell(right, recipe)),
});
const readOut = (name: string, left: Score, right: Score): Factor => ({ name, group: 'flips and aggregation', left, right });
const check = (name: string, left: string, right: string): Factor => ({
  // Short, as the name takes its room from the bars; the group says what it is.
  name: `I, IV: ${name}`,
  group: 'check at the size of Models I and IV',
  left: plain(left),
  right: plain(right),
});

/** Each is a difference of two scores with the same seed. The notebook says of which more than one thing changes. */
export const factors: readonly Factor[] = [
  ...recipeNames.map((recipe) => network('add the LSTM of length one', recipe, 'lstm-length-1', 'dense')),
  ...recipeNames.map((recipe) => network('add a dense layer of its size', recipe, 'dense-equal-parameters', 'dense')),
  ...recipeNames.map((recipe) =>
    network('the LSTM instead of a dense layer of its size', recipe, 'lstm-length-1', 'dense-equal-parameters'),
  ),
  ...recipeNames.map((recipe) => network('add the LSTM over four rows', recipe, 'lstm-rows', 'dense')),
  network('add a dense layer of its working size', 'cnn-lstm', 'dense-equal-working', 'dense'),
  network('the LSTM instead of a layer of its working size', 'cnn-lstm', 'lstm-length-1', 'dense-equal-working'),
  network('FC1 linear and without dropout', 'cnn-lstm', 'dense-linear', 'dense'),
  network('add the LSTM behind a linear FC1', 'cnn-lstm', 'lstm-length-1', 'dense-linear'),
  ...recipeNames.map((recipe) => network('four rows instead of one step', recipe, 'lstm-rows', 'lstm-length-1')),
  ...gridHeads.map(
    (head): Factor => ({
      name: `Adam's recipe instead of SGD's, ${headWords[head]}`,
      group: 'recipe',
      left: plain(gridCell(head, 'cnn-lstm')),
      right: plain(gridCell(head, 'cnn')),
    }),
  ),
  readOut('flips in training only', plain('model-6'), plain('model-2')),
  readOut('aggregated output only', largest('model-2'), plain('model-2')),
  readOut('both (Model VI)', largest('model-6'), plain('model-2')),
  readOut('both, read out by the mean', byMean('model-6'), plain('model-2')),
  readOut('aggregated output after flips (Model VI)', largest('model-6'), plain('model-6')),
  readOut('aggregated output after flips (Model V)', largest('model-5'), plain('model-5')),
  readOut('mean instead of maximum after flips (Model VI)', byMean('model-6'), largest('model-6')),
  ...recipeNames.map((recipe) =>
    check(`add the LSTM of length one, ${optimiserOf[recipe]}`, wideCell('lstm-length-1', recipe), wideCell('dense', recipe)),
  ),
  ...wideHeads.map((head) =>
    check(
      `Adam's recipe instead of SGD's, ${headWords[head].replace(', one step', '')}`,
      wideCell(head, 'cnn-lstm'),
      wideCell(head, 'cnn'),
    ),
  ),
];

export interface MeasuredFactor {
  factor: Factor;
  /** Points that it carries, one per seed that both sides have. */
  points: number[];
  /** The same by the mean of the last epochs, where both scores are those of one and the trainings are long enough. */
  lastPoints: number[];
  /** Trainings of either side that broke down: their points measure that. */
  broken: RunRecord[];
  /** What both sides are: 'recorded' or 'live, lesson profile'. */
  from: string;
}

/** Seeds on which a side of the difference broke down. */
const seedsBroken = ({ broken }: MeasuredFactor) => new Set(broken.map(({ seed }) => seed)).size;

function lastPointsOf({ left, right }: Factor, more: readonly RunRecord[], less: readonly RunRecord[]): number[] {
  // Only the plain score is followed over the epochs.
  if ([left, right].some(({ metric }) => metric !== 'testAccuracy')) return [];
  return more.flatMap((run) => {
    const other = less.find(({ seed }) => seed === run.seed);
    const [high, low] = [lastEpochs(run, LAST_EPOCHS), other && lastEpochs(other, LAST_EPOCHS)];
    return high && low ? [100 * (summarise(high).mean - summarise(low).mean)] : [];
  });
}

/** Each factor from recorded runs where both its sides have some, else from live ones; recorded factors first, those not run last. */
export function measuredFactors(live?: Live, wanted: readonly Factor[] = factors): MeasuredFactor[] {
  const measured = wanted.map((factor): MeasuredFactor => {
    const sides = comparisonOf(paper, [factor.left.experiment, factor.right.experiment], live);
    const points = pairedPoints(factor.left, factor.right, (experiment) => sides.of(experiment).records);
    const [left, right] = [factor.left, factor.right].map(({ experiment }) => sides.of(experiment).records);
    const seeds = new Set(left.map(({ seed }) => seed).filter((seed) => right.some((other) => other.seed === seed)));
    const broken = [...new Set([...left, ...right])].filter((run) => seeds.has(run.seed) && brokeDown(run));
    const from = points.length === 0 ? '–' : isLive(sides.label) ? sides.label : 'recorded';
    return { factor, points, lastPoints: lastPointsOf(factor, left, right), broken, from };
  });
  const rank = ({ points, from }: MeasuredFactor) => (points.length === 0 ? 2 : isLive(from) ? 1 : 0);
  return measured.sort((one, other) => rank(one) - rank(other));
}

/**
 * The figure that says which factor carries how many points. Recorded and live factors, where there are both, have a colour each. A
 * difference from a training that broke down has words in place of a bar, which would stand for something else and make all others too short to read.
 */
export function factorsFigure(live?: Live, wanted: readonly Factor[] = factors): Figure {
  const compared = measuredFactors(live, wanted).filter(({ points }) => points.length > 0);
  const measured = compared.filter(({ broken }) => broken.length === 0);
  if (measured.length === 0)
    throw new Error('No pair of runs to compare whose trainings held: run the training cells, or npm run sweep -- --paper 03.');
  const unmeasured = compared
    .filter(({ broken }) => broken.length > 0)
    .map((each) => ({ name: each.factor.name, words: brokeDownOn(seedsBroken(each), each.points.length) }));
  const kinds = [...new Set(measured.map(({ from }) => from))];
  const counts = measured.map(({ points }) => points.length);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const seeds = `${fewest < most ? `${fewest} to ${most}` : most} seed${most === 1 ? '' : 's'}`;
  const nameOf = ({ factor, points }: MeasuredFactor) => `${factor.name}: ${signedPoints(summarise(points).mean)}`;
  return barsWithIntervals(
    measured.map((each) => measuredValue(nameOf(each), each.points, kinds.length > 1 ? each.from : each.factor.group)),
    {
      title: 'Which factor carries how many points?',
      subtitle: `differences of runs with the same seed, ${seeds}; ${kinds.map((kind) => (isLive(kind) ? `${kind}: ${caution}` : kind)).join('; ')}; ${barsAre}`,
      xTitle: 'points of test accuracy',
      fromZero: true,
      percentages: false,
      intervalName: '95 % interval over seeds (none before three seeds)',
      unmeasured,
    },
  );
}

/** The same by the mean of the last epochs; undefined where not every seed has one. */
const lastMean = ({ points, lastPoints }: MeasuredFactor): number | undefined =>
  points.length > 0 && lastPoints.length === points.length ? summarise(lastPoints).mean : undefined;

/** The mean of the last epochs lies outside of the interval of the last one: seeds that agreed by luck, and a size that is not settled. */
function outsideItsInterval(measured: MeasuredFactor): boolean {
  const { interval } = summarise(measured.points);
  const last = lastMean(measured);
  return interval !== null && last !== undefined && (last < interval[0] || last > interval[1]);
}

const signAlone = 'yes, its sign alone';

/** Whether a difference is settled: by an interval that leaves out zero, and by trainings that held. */
function settledWords(measured: MeasuredFactor): string {
  const { interval, n, mean } = summarise(measured.points);
  const broken = seedsBroken(measured);
  const fell = brokeDownOn(broken, n);
  if (interval === null) return `${seedsInWords(n)}: too few${broken > 0 ? `; ${fell}` : ''}`;
  if (holdsZero(...interval)) return `no: includes zero${broken > 0 ? `; ${fell}` : ''}`;
  if (broken > 0) return `no: ${fell}`;
  if (!outsideItsInterval(measured)) return 'yes';
  return Math.sign(lastMean(measured)!) === Math.sign(mean) ? signAlone : `no: not in the mean of the last ${LAST_EPOCHS} epochs`;
}

/** The same in numbers. */
export function factorsTable(live?: Live, wanted: readonly Factor[] = factors): TableData {
  return {
    columns: ['factor', 'points', '95 % interval', `points, mean of the last ${LAST_EPOCHS} epochs`, 'seeds', 'settled?', 'from'],
    rows: measuredFactors(live, wanted).map((measured) => {
      const { factor, points, from } = measured;
      if (points.length === 0) return [factor.name, '–', '–', '–', 0, 'not run', from];
      const { mean, interval, n } = summarise(points);
      const words = interval ? signedRange(interval) : '–';
      const last = lastMean(measured);
      return [factor.name, signedPoints(mean), words, last === undefined ? '–' : signedPoints(last), n, settledWords(measured), from];
    }),
  };
}

/** How the table of factors is to be read: many intervals at once, some of them too short, and live rows among recorded ones where there are some. */
export function factorsNote(live?: Live, wanted: readonly Factor[] = factors): string {
  const measured = measuredFactors(live, wanted).filter(({ points }) => points.length > 0);
  const intervals = measured.filter(({ points }) => summarise(points).interval !== null).length;
  const many =
    intervals > 1
      ? [`${intervals} intervals at 95 % are read one by one: where nothing differs, about one in twenty leaves zero out by chance.`]
      : [];
  const short = measured.filter((each) => settledWords(each) === signAlone).map(({ factor }) => factor.name);
  const agreed =
    short.length > 0
      ? [
          `Few seeds that happen to agree make too short an interval: where the mean of the last ${LAST_EPOCHS} epochs lies outside of it (${short.join('; ')}), only the sign is settled.`,
        ]
      : [];
  const kinds = new Set(measured.map(({ from }) => isLive(from)));
  const rows = kinds.size > 1 ? 'Recorded rows first. A live row compares' : 'These rows compare';
  const small = kinds.has(true) ? [`${rows} runs as small as section 4 says: it says little about full runs.`] : [];
  return [...many, ...agreed, ...small].join(' ');
}

/** An experiment as a reader knows it: 'CNN + LSTM, one step, SGD', 'Model II'. */
function experimentWords(experiment: string): string {
  const model = modelNames.find((name) => experimentOf(name) === experiment);
  if (model) return `Model ${model}`;
  if ([...gridExperimentNames, ...stepExperimentNames].includes(experiment)) return cellWords(experiment);
  for (const head of wideHeads)
    for (const recipe of recipeNames)
      if (wideCell(head, recipe) === experiment) return `${headWords[head]}, ${optimiserOf[recipe]}, size of I and IV`;
  return experiment;
}

const runWords = ({ recipe: { experiment }, seed }: RunRecord) => `${experimentWords(experiment)}, seed ${seed}`;

/** One sentence for each network whose trainings broke down: how often, what they had reached, and what its differences leave open. */
function breakdownWords(measured: readonly MeasuredFactor[], live?: Live): string[] {
  const fallen = new Map(measured.flatMap(({ broken }) => broken).map((run) => [run.recipe.experiment, run]));
  return [...fallen].map(([experiment, some]) => {
    const { records } = live?.includes(some) ? liveEvidence(experiment, live) : evidence(experiment);
    const broken = records.filter(brokeDown);
    const falls = broken.map((run) => {
      const { best, epoch, last } = brokeDown(run)!;
      return `seed ${run.seed}: ${percent(best)} at epoch ${epoch}, ${percent(last)} at the end`;
    });
    return `${experimentWords(experiment)} ${brokeDownOn(broken.length, records.length)} (${falls.join('; ')}): this network with this recipe is unstable, and its differences measure that. What it could reach otherwise stays open.`;
  });
}

/** Model II, Model III, and the two ways between them. */
const corners = {
  both: gridCell('lstm-length-1', 'cnn-lstm'),
  recipeOnly: gridCell('dense', 'cnn-lstm'),
  lstmOnly: gridCell('lstm-length-1', 'cnn'),
  neither: gridCell('dense', 'cnn'),
  /** The LSTM that reads four rows, alone and with the recipe: the one of one step breaks down without it. */
  rowsOnly: gridCell('lstm-rows', 'cnn'),
  rowsBoth: gridCell('lstm-rows', 'cnn-lstm'),
  /** The CNN by Adam's recipe less what the step to Model II removes. */
  linear: gridCell('dense-linear', 'cnn-lstm'),
  /** The CNN by Adam's recipe with a layer as large as what works in Model II's LSTM. */
  working: gridCell('dense-equal-working', 'cnn-lstm'),
};
type Corners = Pick<typeof corners, 'both' | 'recipeOnly' | 'lstmOnly' | 'neither'> & Partial<typeof corners>;

/** Which of two steps is larger, by the interval of their difference; undefined where it includes zero or there is none. */
function larger(one: { points: readonly number[]; name: string }, other: { points: readonly number[]; name: string }): string | undefined {
  const { interval } = summarise(one.points.map((points, at) => points - other.points[at]));
  if (interval === null || holdsZero(...interval)) return undefined;
  return interval[0] > 0 ? one.name : other.name;
}

const spanned = (points: readonly number[]): string => {
  const { mean, interval } = summarise(points);
  if (interval === null) return signedPoints(mean);
  const span = signedRange(interval);
  return `${signedPoints(mean)} (${span}${holdsZero(...interval) ? ': it includes zero' : ''})`;
};

/** The two orders through the LSTM over four rows, if it held in both recipes: with it the order can be turned round. */
function rowsOrderWords(
  { recipeOnly, neither, rowsOnly, rowsBoth }: Corners,
  recordsOf: (experiment: string) => readonly RunRecord[],
): string {
  if (rowsOnly === undefined || rowsBoth === undefined) return '';
  const sides = [neither, recipeOnly, rowsOnly, rowsBoth].map(recordsOf);
  const shared = sides.map((records) => records.filter(({ seed }) => sides.every((side) => side.some((run) => run.seed === seed))));
  if (shared[0].length === 0) return '';
  const name = 'the LSTM over four rows';
  const fallen = shared.flat().filter(brokeDown).length;
  if (fallen > 0) return `By ${name} the order cannot be turned round: a training among those it needs broke down.`;
  const at = (experiment: string) => shared[[neither, recipeOnly, rowsOnly, rowsBoth].indexOf(experiment)];
  const step = (left: string, right: string) => pairedPoints(plain(left), plain(right), at);
  const [recipeFirst, lstmAfter] = [step(recipeOnly, neither), step(rowsBoth, recipeOnly)];
  const [lstmFirst, recipeAfter] = [step(rowsOnly, neither), step(rowsBoth, rowsOnly)];
  const orders = `Looked at afterwards: with ${name} (in FC1's place), which held, both orders can be walked (${seedsInWords(shared[0].length)}): recipe first ${spanned(recipeFirst)}, then the LSTM ${spanned(lstmAfter)}; LSTM first ${spanned(lstmFirst)}, then the recipe ${spanned(recipeAfter)}.`;
  const one = larger({ points: recipeFirst, name: 'the recipe' }, { points: lstmAfter, name: 'the LSTM' });
  const other = larger({ points: recipeAfter, name: 'the recipe' }, { points: lstmFirst, name: 'the LSTM' });
  if (one === undefined || other === undefined) return `${orders} Which of the two carries more is not settled in both orders.`;
  if (one === other) return `${orders} In both orders ${one} carries more.`;
  return `${orders} Which of the two carries more depends on the order: they do much of the same.`;
}

/**
 * Model II's distance from Model III, shared out between recipe and LSTM: in the order that changes the recipe first, and what is known of
 * the other order. Every number is of the same seeds.
 */
export function splitWords(live?: Live, names: Corners = corners): string {
  const { both, recipeOnly, lstmOnly, neither } = names;
  const sides = comparisonOf(paper, [both, recipeOnly, neither], live);
  const { records: lstmFirst } = isLive(sides.label) ? liveEvidence(lstmOnly, live) : evidence(lstmOnly);
  const recordsOf = (experiment: string) => (experiment === lstmOnly ? lstmFirst : sides.of(experiment).records);
  const runOf = (experiment: string, seed: number) => recordsOf(experiment).find((run) => run.seed === seed);
  const seeds = recordsOf(both)
    .map(({ seed }) => seed)
    .filter((seed) => runOf(recipeOnly, seed) && runOf(neither, seed));
  if (seeds.length === 0) return 'How the recipe and the LSTM share the distance of Models II and III is not known yet: runs are missing.';
  const step = (left: string, right: string) =>
    pairedPoints(plain(left), plain(right), (experiment) => recordsOf(experiment).filter(({ seed }) => seeds.includes(seed)));
  const mean = (points: readonly number[]) => summarise(points).mean;
  const words = (points: readonly number[]) => signedPoints(mean(points));

  // Seeds on which the network between the two was not run count for the whole, not for the split.
  const all = pairedPoints(plain(both), plain(neither), recordsOf);
  const overAll = all.length > seeds.length ? ` Over all ${all.length} seeds that both have it is ${words(all)}.` : '';
  const whole = mean(step(both, neither));
  const [recipe, lstm] = [step(recipeOnly, neither), step(both, recipeOnly)];
  const from = `${isLive(sides.label) ? sides.label : 'recorded'}, ${seedsInWords(seeds.length)}`;
  const lead = `Model II is ${Math.abs(whole).toFixed(2)} points ${whole < 0 ? 'below' : 'above'} Model III (${from}): ${words(recipe)} go with Adam's recipe while the network stays a CNN, ${words(lstm)} with the LSTM added and FC1's ReLU and dropout removed after that.${overAll}`;
  const { interval } = summarise(recipe.map((points, at) => points - lstm[at]));
  const more = larger({ points: recipe, name: 'the recipe' }, { points: lstm, name: 'the LSTM' });
  const fell = [both, recipeOnly, neither].some((experiment) => seeds.some((seed) => brokeDown(runOf(experiment, seed)!)));
  const settled = fell
    ? 'A training among these broke down: the split says nothing.'
    : interval === null
      ? `${seedsInWords(seeds.length)}, too few: the split is not settled.`
      : more
        ? `In this order ${more} carries more.`
        : 'The interval of their difference includes zero: which of the two carries more is not settled.';

  const others = lstmFirst.filter(({ seed }) => seeds.includes(seed));
  const order = "The other order (LSTM first, by SGD's recipe)";
  const other =
    others.length === 0
      ? `${order} has not been run.`
      : others.some(brokeDown)
        ? `${order} runs through a network that ${brokeDownOn(others.filter(brokeDown).length, others.length)}.`
        : `${order} gives ${words(step(lstmOnly, neither))} to the LSTM and ${words(step(both, lstmOnly))} to the recipe.`;
  const kind = isLive(sides.label) ? (experiment: string) => liveEvidence(experiment, live) : (experiment: string) => evidence(experiment);
  const rows = rowsOrderWords(names, (experiment) => kind(experiment).records);
  return [lead, settled, other, ...(rows ? [rows] : [])].join(' ');
}

const sweepFor = (experiment: string) => `npm run sweep -- --paper 03 --only ${experiment}`;

/**
 * What the last step to Model II is made of, by the two networks beside the grid: the CNN less what the step removes, and a dense layer as
 * large as what works in the LSTM. A run that is missing is named, and what stays open without it.
 */
export function stepWords(
  live?: Live,
  { both, recipeOnly, linear = corners.linear, working = corners.working }: Corners = corners,
): string {
  const told = (between: string, words: (before: readonly number[], after: readonly number[]) => string, open: string): string => {
    const sides = comparisonOf(paper, [recipeOnly, between, both], live);
    const records = [recipeOnly, between, both].map((experiment) => sides.of(experiment).records);
    const shared = records.map((side) => side.filter(({ seed }) => records.every((other) => other.some((run) => run.seed === seed))));
    if (shared[0].length === 0) return `${open}: ${sweepFor(between)}`;
    if (shared.flat().some(brokeDown)) return `${open}: a training of this step broke down.`;
    const at = (experiment: string) => shared[[recipeOnly, between, both].indexOf(experiment)];
    const from = `${isLive(sides.label) ? `${sides.label}: ${caution}` : 'recorded'}, ${seedsInWords(shared[0].length)}`;
    const step = (left: string, right: string) => pairedPoints(plain(left), plain(right), at);
    return `${words(step(between, recipeOnly), step(both, between))} (${from}).`;
  };
  return [
    told(
      linear,
      (removed, lstm) =>
        `The step to Model II by Adam's recipe, taken apart: FC1's ReLU and dropout removed ${spanned(removed)}, the LSTM added to that ${spanned(lstm)}`,
      "How much of the step to Model II by Adam's recipe is the LSTM's, and how much comes with FC1's ReLU and dropout removed, is open",
    ),
    told(
      working,
      (dense, lstm) =>
        `A dense layer of the LSTM's working size in its place, FC1 left as it is: ${spanned(dense)} over the CNN; the LSTM instead of it, FC1's ReLU and dropout removed, ${spanned(lstm)}`,
      "Whether a dense layer of the LSTM's working size would do as well is open",
    ),
  ].join('\n');
}

/** What the figure and the table of factors say, in words: which differences measure a breakdown, and how the recipe and the LSTM share Model II's lead. */
export function factorsWords(live?: Live, wanted: readonly Factor[] = factors): string {
  return wrapped([...breakdownWords(measuredFactors(live, wanted), live), splitWords(live), stepWords(live)].join('\n'));
}

const shown = (values: readonly number[]) => (values.length > 0 ? summarise(values.map((value) => 100 * value)).mean.toFixed(2) : '–');

/** "90.75 ± 0.12" of shares in per cent; a single one has no spread. */
function spreadOf(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const { sd } = summarise(values.map((value) => 100 * value));
  return `${shown(values)}${sd === null ? '' : ` ± ${sd.toFixed(2)}`}`;
}

/** One read-out of several runs. */
async function readOutValues(records: readonly RunRecord[], metric: string): Promise<number[]> {
  if (metric !== 'aggregatedAccuracy') return valuesOf(records, metric);
  return (await Promise.all(records.map(aggregatedShare))).filter((value) => value !== undefined);
}

/** All read-outs of the six models: alone, in the mirror, aggregated two ways, and with dropout left on. */
export async function readOutTable(live?: Live): Promise<TableData> {
  const metrics = ['testAccuracy', 'mirroredAccuracy', 'aggregatedAccuracy', 'meanAggregatedAccuracy', 'dropoutOnAccuracy'];
  return {
    columns: ['model', 'alone %', 'mirror image %', 'larger of both %', 'mean of both %', 'alone, dropout on %', 'reported %', 'from'],
    rows: await Promise.all(
      modelNames.map(async (name) => {
        const here = evidence(experimentOf(name), live);
        const claim = claims.find(({ id }) => id === `${paper}/${experimentOf(name)}-accuracy`);
        const reported = claim?.kind === 'value' ? claim.value.toFixed(2) : '–';
        const flips = sixModels[name].aggregated ? ' (trained on flips)' : '';
        const values = await Promise.all(metrics.map((metric) => readOutValues(here.records, metric)));
        return [`Model ${name}${flips}`, ...values.map(spreadOf), { value: reported, mark: 'claim' as const }, here.label];
      }),
    ),
  };
}

/** How many images of each class a network names rightly, as they are and in the mirror; the class that loses most comes first. */
export function mirrorByClassTable({ set, direct, inMirror }: ScoredRun): TableData {
  const [alone, reflected] = [predictedClasses(direct, CLASSES), predictedClasses(inMirror, CLASSES)];
  const rows = set.classNames.map((name, label) => {
    const images = Array.from(set.labels.keys()).filter((image) => set.labels[image] === label);
    const rightBy = (answers: Uint8Array) => images.filter((image) => answers[image] === label).length;
    return { name, images: images.length, alone: rightBy(alone), reflected: rightBy(reflected) };
  });
  rows.sort((one, other) => one.reflected - one.alone - (other.reflected - other.alone));
  return {
    columns: ['class', 'test images', 'right as they are', 'right in the mirror', 'change'],
    rows: rows.map(({ name, images, alone, reflected }) => [name, images, alone, reflected, reflected - alone]),
  };
}

/** On how many recorded seeds the six models stand: 'recorded, 1 to 3 seeds'. */
export const recordedSeeds = (): string => comparisonOf(paper, modelNames.map(experimentOf)).label;

const shareOf = (matched: number, tried: number) => (tried === 0 ? '–' : `${matched} of ${tried}`);

/** What the readings declared beforehand make of table II. */
export function readingTable(): TableData {
  const judged = verdicts().filter(({ claim }) => modelNames.some((name) => claim === `${paper}/${experimentOf(name)}-accuracy`));
  const rows = readings.map((reading) => {
    const given = judged.flatMap((verdict) => verdict.readings.filter((result) => result.reading === reading.id));
    const matched = given[0];
    const values = modelNames.map((name) => {
      const verdict = judged.find(({ claim }) => claim === `${paper}/${experimentOf(name)}-accuracy`);
      return verdict?.readings.find((result) => result.reading === reading.id)?.mean?.toFixed(2) ?? '–';
    });
    return [reading.name, ...values, matched ? shareOf(matched.matched, matched.judged) : '–'];
  });
  const asDescribed = judged.filter(({ mean }) => mean !== null);
  const reproduced = asDescribed.filter(({ outcome }) => outcome.startsWith('reproduced'));
  const plainValues = modelNames.map((name) => shown(valuesOf(evidence(experimentOf(name)).records, scoreOf(name))));
  const reported = modelNames.map((name) => {
    const claim = claims.find(({ id }) => id === `${paper}/${experimentOf(name)}-accuracy`);
    return { value: claim?.kind === 'value' ? claim.value.toFixed(2) : '–', mark: 'claim' as const };
  });
  return {
    columns: ['read as', ...modelNames, 'matched'],
    rows: [
      ['reported', ...reported, ''],
      ['as described (dropout off, last epoch)', ...plainValues, shareOf(reproduced.length, asDescribed.length)],
      ...rows,
    ],
  };
}
