/** The experiments that explain the report's numbers: what stands idle, what each factor carries, dropout while testing, mirror images. */
import type { Examples } from '../../data/index.js';
import { predict } from '../../engine/index.js';
import { barsWithIntervals, type Figure, type MeasuredValue } from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import { judgeAll, type RunRecord, runs, summarise, type Verdict } from '../../results/index.js';
import { RandomSequence, tf } from '../../runtime/index.js';
import { pairedPoints, type Score } from '../evidence.js';
import { trainLive as train } from '../live.js';
import { predictedClasses } from '../network.js';
import { evidence, experimentOf, idleNumbers, type Live, modelNames, scoreOf } from './artefacts.js';
import { claims, readings } from './claims.js';
import { experiments, gridCell, gridHeads, type RecipeName } from './experiments.js';
import { CLASSES } from './garments.js';
import { equalParameterWidth, type Head, lstmParameters, narrowSize, sixModels } from './models.js';

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

export type LstmPart = 'recurrent weights' | 'forget gate' | 'input gate';

export interface IdleRow {
  part: string;
  /** How many of the LSTM's numbers were replaced. */
  replaced: number;
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
    columns: ['replaced by noise', 'numbers replaced', 'answers changed', 'largest change of a probability'],
    rows: rows.map(({ part, replaced, changedAnswers, largestChange }) => [part, replaced, changedAnswers, largestChange.toExponential(1)]),
  };
}

/** The counts behind it, in words. */
export function idleWords(): string {
  const { features, lstmUnits } = narrowSize;
  const all = lstmParameters(features, lstmUnits);
  const idle = idleNumbers(features, lstmUnits);
  const share = ((100 * idle) / all).toFixed(1);
  const width = equalParameterWidth(features, lstmUnits);
  return [
    `Model II's LSTM holds ${all.toLocaleString('en-US')} numbers (${lstmParameters(features, lstmUnits, 2).toLocaleString('en-US')} with PyTorch's second bias).`,
    `${idle.toLocaleString('en-US')} of them, ${share} %, cannot change any answer at length one.`,
    `A dense layer with as many numbers is ${width.toLocaleString('en-US')} units wide; all of its numbers count.`,
  ].join('\n');
}

export const headWords: Record<Head, string> = {
  dense: 'CNN',
  'dense-equal-parameters': 'CNN + wide dense layer',
  'lstm-length-1': 'CNN + LSTM, one step',
  'lstm-rows': 'CNN + LSTM, four rows',
};
const recipeWords: Record<RecipeName, string> = {
  cnn: "the CNNs' recipe: SGD, small batches",
  'cnn-lstm': "the CNN-LSTMs' recipe: Adam, large batches",
};
const recipeNames: readonly RecipeName[] = ['cnn', 'cnn-lstm'];
export const gridExperimentNames: readonly string[] = gridHeads.flatMap((head) => recipeNames.map((recipe) => gridCell(head, recipe)));

export interface GridSource {
  /** Runs of each cell; a cell without a run has none. */
  recordsOf: (experiment: string) => readonly RunRecord[];
  label: string;
  missing: string[];
}

/** Full runs and lesson runs are never compared with each other: recorded ones if every cell has one, else what was trained live. */
export function gridSource(live: Live = []): GridSource {
  const recordedOf = (experiment: string) => {
    const found = evidence(experiment);
    return found.origin === 'recorded' ? found.records : [];
  };
  const liveOf = (experiment: string) => live.filter((run) => run.recipe.experiment === experiment);
  const missingIn = (of: (experiment: string) => readonly RunRecord[]) => gridExperimentNames.filter((name) => of(name).length === 0);
  const [unrecorded, untrained] = [missingIn(recordedOf), missingIn(liveOf)];
  const useLive = unrecorded.length > 0 && untrained.length < unrecorded.length;
  const recordsOf = useLive ? liveOf : recordedOf;
  const profile = live[0]?.profile ?? 'lesson';
  return {
    recordsOf,
    missing: useLive ? untrained : unrecorded,
    label: useLive ? `live, ${profile} profile, one seed: says little about full runs` : 'recorded',
  };
}

/** Trains the cells of the grid that are neither recorded nor trained yet, in the profile in use, and adds them to the list. */
export async function trainGrid(live: RunRecord[]): Promise<void> {
  const wanted = gridSource().missing.filter((name) => live.every((run) => run.recipe.experiment !== name));
  await trainMore(live, wanted);
}

const valuesOf = (records: readonly RunRecord[], metric: string) =>
  records.map((run) => run.metrics[metric]).filter((value) => value !== undefined);

function measuredValue(name: string, values: readonly number[], group: string): MeasuredValue {
  const { mean, interval, n } = summarise(values);
  return { name, value: mean, count: n, group, ...(interval && { low: interval[0], high: interval[1] }) };
}

/** Every head with both recipes. */
export function gridFigure(live?: Live): Figure {
  const { recordsOf, label } = gridSource(live);
  const values = gridHeads.flatMap((head) =>
    recipeNames.flatMap((recipe) => {
      const found = valuesOf(recordsOf(gridCell(head, recipe)), 'testAccuracy');
      return found.length > 0
        ? [measuredValue(`${headWords[head]}, ${recipe === 'cnn' ? 'SGD' : 'Adam'}`, found, recipeWords[recipe])]
        : [];
    }),
  );
  if (values.length === 0)
    throw new Error('No cell of the grid has been run: run the training cells, or npm run sweep -- --paper 03 --only grid.');
  return barsWithIntervals(values, {
    title: 'Four networks, two recipes',
    subtitle: `same convolutions, same images, no flips; ${label}`,
    xTitle: 'test accuracy',
    percentages: true,
    intervalName: '95 % interval over seeds',
  });
}

export interface Factor {
  name: string;
  group: 'network' | 'recipe' | 'flips and aggregation';
  left: Score;
  right: Score;
}

const plain = (experiment: string) => ({ experiment, metric: 'testAccuracy' });
const network = (name: string, recipe: RecipeName, left: Head, right: Head): Factor => ({
  name: `${name}, ${recipe === 'cnn' ? 'SGD' : 'Adam'}`,
  group: 'network',
  left: plain(gridCell(left, recipe)),
  right: plain(gridCell(right, recipe)),
});

/** One change at a time; each is a difference of two scores with the same seed. */
export const factors: readonly Factor[] = [
  ...recipeNames.map((recipe) => network('add the LSTM of length one', recipe, 'lstm-length-1', 'dense')),
  ...recipeNames.map((recipe) => network('add a dense layer of its size', recipe, 'dense-equal-parameters', 'dense')),
  ...recipeNames.map((recipe) => network('four rows instead of one step', recipe, 'lstm-rows', 'lstm-length-1')),
  ...gridHeads.map(
    (head): Factor => ({
      name: `Adam's recipe instead of SGD's, ${headWords[head]}`,
      group: 'recipe',
      left: plain(gridCell(head, 'cnn-lstm')),
      right: plain(gridCell(head, 'cnn')),
    }),
  ),
  { name: 'flips in training only', group: 'flips and aggregation', left: plain('model-6'), right: plain('model-2') },
  {
    name: 'aggregated output only',
    group: 'flips and aggregation',
    left: { experiment: 'model-2', metric: 'aggregatedAccuracy' },
    right: plain('model-2'),
  },
  {
    name: 'both (Model VI)',
    group: 'flips and aggregation',
    left: { experiment: 'model-6', metric: 'aggregatedAccuracy' },
    right: plain('model-2'),
  },
  {
    name: 'both, mean instead of maximum',
    group: 'flips and aggregation',
    left: { experiment: 'model-6', metric: 'meanAggregatedAccuracy' },
    right: plain('model-2'),
  },
];

/** Points that a factor carries, one per seed that both sides have. */
const pointsOf = ({ left, right }: Factor, { recordsOf }: GridSource): number[] => pairedPoints(left, right, recordsOf);

/** The figure that says which factor carries how many points. */
export function factorsFigure(live?: Live): Figure {
  const source = gridSource(live);
  const values = factors.flatMap((factor) => {
    const points = pointsOf(factor, source);
    return points.length > 0 ? [measuredValue(factor.name, points, factor.group)] : [];
  });
  if (values.length === 0) throw new Error('No pair of runs to compare: run the training cells, or npm run sweep -- --paper 03.');
  return barsWithIntervals(values, {
    title: 'Which factor carries how many points?',
    subtitle: `differences of runs with the same seed; ${source.label}`,
    xTitle: 'points of test accuracy',
    fromZero: true,
    percentages: false,
    intervalName: '95 % interval over seeds (none with one seed)',
  });
}

export function factorsTable(live?: Live): TableData {
  const source = gridSource(live);
  return {
    columns: ['factor', 'points', '95 % interval', 'seeds', 'settled?'],
    rows: factors.map((factor) => {
      const points = pointsOf(factor, source);
      if (points.length === 0) return [factor.name, '–', '–', 0, 'not run'];
      const { mean, interval, n } = summarise(points);
      const words = interval ? `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}` : '–';
      const settled = interval === null ? 'one seed' : interval[0] > 0 || interval[1] < 0 ? 'yes' : 'no: includes zero';
      return [factor.name, `${mean > 0 ? '+' : ''}${mean.toFixed(2)}`, words, n, settled];
    }),
  };
}

const shown = (values: readonly number[]) => (values.length > 0 ? (100 * summarise(values).mean).toFixed(2) : '–');

/** All read-outs of the six models: alone, in the mirror, aggregated two ways, and with dropout left on. */
export function readOutTable(live?: Live): TableData {
  const metrics = ['testAccuracy', 'mirroredAccuracy', 'aggregatedAccuracy', 'meanAggregatedAccuracy', 'dropoutOnAccuracy'];
  return {
    columns: ['model', 'alone %', 'mirror image %', 'larger of both %', 'mean of both %', 'alone, dropout on %', 'reported %', 'from'],
    rows: modelNames.map((name) => {
      const here = evidence(experimentOf(name), live);
      const claim = claims.find(({ id }) => id === `${paper}/${experimentOf(name)}-accuracy`);
      const reported = claim?.kind === 'value' ? claim.value.toFixed(2) : '–';
      const flips = sixModels[name].aggregated ? ' (trained on flips)' : '';
      return [
        `Model ${name}${flips}`,
        ...metrics.map((metric) => shown(valuesOf(here.records, metric))),
        { value: reported, mark: 'claim' as const },
        here.label,
      ];
    }),
  };
}

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
    return [reading.name, ...values, matched ? `${matched.matched} of ${matched.of}` : '–'];
  });
  const plainValues = modelNames.map((name) => shown(valuesOf(evidence(experimentOf(name)).records, scoreOf(name))));
  const reported = modelNames.map((name) => {
    const claim = claims.find(({ id }) => id === `${paper}/${experimentOf(name)}-accuracy`);
    return { value: claim?.kind === 'value' ? claim.value.toFixed(2) : '–', mark: 'claim' as const };
  });
  return {
    columns: ['read as', ...modelNames, 'matched'],
    rows: [['reported', ...reported, ''], ['as described (dropout off, last epoch)', ...plainValues, ''], ...rows],
  };
}
