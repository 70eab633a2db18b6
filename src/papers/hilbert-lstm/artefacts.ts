/** The report's figures and its table of results, drawn from runs; and the figures of the experiments that explain them. */
import { classCounts, type ImageSet, meanPooled, type PixelOrder, pixelOrders, subset, toFloats } from '../../data/index.js';
import {
  confusionFigure,
  type Figure,
  heatmapGrid,
  learningCurves,
  lstmCellDiagram,
  modelDiagram,
  pixelOrderFigure,
  seriesFigure,
} from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import { judgeAll, type RunRecord, runs, type Verdict } from '../../results/index.js';
import { comparisonOf, type Evidence, evidenceOf, meanOf, neededEvidence, summedConfusion } from '../evidence.js';
import { constantAnswer, LEARNED } from '../failed.js';
import { trainLive as train } from '../live.js';
import { networkName } from '../names.js';
import { percent, signedPoints, wrapped } from '../words.js';
import { claims, readings } from './claims.js';
import { asSeries, experiments, gateStudy, gateStudyEpochs } from './experiments.js';
import { longNames } from './memory.js';
import { sequenceNetwork } from './models.js';
import { defaultReservoir, snapshotSteps } from './reservoir.js';

const paper = 'hilbert-lstm';
export type MainOrder = 'row' | 'hilbert';
const orderWords: Record<MainOrder, string> = { row: 'row by row', hilbert: 'in Hilbert order' };
const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export const evidence = (experiment: string, live?: readonly RunRecord[]): Evidence => evidenceOf(paper, experiment, live);

/** Figure 1: one example of each digit as it is, and mean-pooled to a quarter of its pixels. */
export function digitsFigure(set: ImageSet): Figure {
  const first = Int32Array.from(digits, (_, digit) => set.labels.indexOf(digit));
  const small = meanPooled(set, 2);
  const large = toFloats(set);
  const grid = (values: Float32Array | Uint8Array, side: number, position: number) => ({
    values: Float32Array.from(values.subarray(position * side * side, (position + 1) * side * side)),
    height: side,
    width: side,
  });
  return heatmapGrid(
    [
      ...digits.map((name, digit) => ({ name: `${name}, 28 × 28`, ...grid(large.inputs, 28, first[digit]) })),
      ...digits.map((name, digit) => ({ name: `${name}, 14 × 14`, ...grid(toFloats(small).inputs, 14, first[digit]) })),
    ],
    {
      columns: 10,
      title: 'MNIST digits at both sizes',
      subtitle: 'below: means of 2 × 2 pixels',
      unit: 'brightness',
      provenance: set.provenance,
    },
  );
}

/** Figure 2: the curve at orders 1 to 5, and fitted to the two image sizes, which are no powers of two. */
export function hilbertFigure(): Figure {
  const squares = [2, 4, 8, 16, 32, 14, 28].map((side) => pixelOrders.hilbert(side, side));
  return pixelOrderFigure(squares, {
    columns: 4,
    title: 'The Hilbert curve',
    subtitle: 'orders 1 to 5, then fitted to 14 × 14 and 28 × 28',
  });
}

/** The walk along one order, playable. */
export function walkFigure(order: PixelOrder): Figure {
  return pixelOrderFigure(order, { title: `Reading ${order.height} × ${order.width} pixels: ${order.name}` });
}

/** Figure 3: the cell and its equations. */
export function lstmFigure(): Figure {
  return lstmCellDiagram({ title: 'The LSTM cell' });
}

/** The whole network on 14 × 14 images. */
export function networkFigure(): Figure {
  const model = sequenceNetwork({ cell: 'lstm', steps: 196 });
  try {
    return modelDiagram(model, { title: 'The LSTM network on 196 steps' });
  } finally {
    model.dispose();
  }
}

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Trains more of them and adds their records to those there are. */
export async function trainMore(live: RunRecord[], names: readonly string[]): Promise<void> {
  live.push(...(await trainLive(names)));
}

/** Verdicts on all claims, from the recorded runs. */
export function verdicts(): Verdict[] {
  return judgeAll(claims, runs.find({ paper, profile: 'paper', provenance: 'real' }), readings);
}

/** Figures 4 and 6: accuracy over the epochs on 14 × 14 images. */
export function accuracyFigure(order: MainOrder, live?: readonly RunRecord[]): Figure {
  const { records, label } = neededEvidence(paper, `lstm-14-${order}`, live);
  return learningCurves(
    [
      { name: 'training', runs: records.map((record) => record.curves['accuracy']), colour: 0 },
      { name: 'validation', runs: records.map((record) => record.curves['validationAccuracy']), colour: 1, dash: 'dash' },
    ],
    { title: `LSTM on 14 × 14 digits read ${orderWords[order]}`, subtitle: label },
  );
}

/** Figures 5 and 7: what is taken for what on the test set, all seeds added up. */
export function confusion(order: MainOrder, live?: readonly RunRecord[]): Figure {
  const evidenceHere = neededEvidence(paper, `lstm-14-${order}`, live);
  return confusionFigure(summedConfusion(evidenceHere), digits, {
    title: `Confusion of the LSTM, 14 × 14 ${orderWords[order]}`,
    subtitle: evidenceHere.label,
  });
}

export interface Confusion {
  actual: number;
  predicted: number;
  count: number;
}

/** Off-diagonal cells of the confusion matrix, most frequent first. */
export function commonConfusions(order: MainOrder, live?: readonly RunRecord[]): Confusion[] {
  const matrix = summedConfusion(neededEvidence(paper, `lstm-14-${order}`, live));
  return matrix
    .flatMap((row, actual) => row.map((count, predicted) => ({ actual, predicted, count })))
    .filter(({ actual, predicted }) => actual !== predicted)
    .sort((a, b) => b.count - a.count);
}

/** The most frequent confusions, and whether each single run agrees on the first: seeds added up may hide that they do not. */
export function confusionWords(order: MainOrder, live?: readonly RunRecord[]): string {
  const { records, label } = neededEvidence(paper, `lstm-14-${order}`, live);
  const common = commonConfusions(order, live);
  const named = ({ actual, predicted }: Confusion) => `${actual} taken for ${predicted}`;
  const lines = common.slice(0, 3).map((each) => `${named(each)}: ${each.count} times`);
  const [first] = common;
  if (!first || records.length < 2) return [...lines, `${label}.`].join('\n');
  const leads = records.filter(({ confusion: matrix }) => {
    const counts = matrix!.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual));
    return matrix![first.actual]![first.predicted] === Math.max(...counts);
  });
  return wrapped(
    [...lines, `Added up (${label}), ${named(first)} leads; run by run it does so in ${leads.length} of ${records.length}.`].join('\n'),
  );
}

/** Figure 9: one five, read in both orders. */
export function fiveAsSeries(set: ImageSet): Figure {
  const five = subset(set, [set.labels.indexOf(5)]);
  const values = (order: MainOrder) => toFloats(asSeries(five, 28, order)).inputs;
  return seriesFigure(
    [
      { name: 'Hilbert order', values: values('hilbert') },
      { name: 'row by row', values: values('row') },
    ],
    { title: 'The same 5 as a time series of 784 steps', yTitle: 'brightness', provenance: set.provenance },
  );
}

const reportedOf = (experiment: string) => {
  const claim = claims.find((each) => each.kind === 'value' && 'experiment' in each.measure && each.measure.experiment === experiment);
  return claim?.kind === 'value' ? claim : undefined;
};

/** All results of the report's section 4 in one table: reported beside obtained. */
export function summaryTable(live?: readonly RunRecord[]): TableData {
  const rows = [
    { name: 'CNN (baseline)', experiment: 'cnn', size: '28 × 28', order: 'image' },
    ...([14, 28] as const).flatMap((side) =>
      (['rnn', 'lstm'] as const).flatMap((cell) =>
        (['hilbert', 'row'] as const).map((order) => ({
          name: cell === 'rnn' ? 'SimpleRNN' : 'LSTM',
          experiment: `${cell}-${side}-${order}`,
          size: `${side} × ${side}`,
          order: order === 'row' ? 'naive (rows)' : 'Hilbert',
        })),
      ),
    ),
  ];
  return {
    columns: [
      'network',
      'images',
      'order',
      'reported test accuracy %',
      'test accuracy %, mean over seeds',
      'sd over seeds (points)',
      'training accuracy %, last epoch (dropout on)',
      'from',
    ],
    rows: rows.map(({ name, experiment, size, order }) => {
      const here = evidenceOf(paper, experiment, live);
      const values = here.records.map((record) => 100 * record.metrics['testAccuracy']);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const sd = values.length > 1 ? Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) : null;
      const claim = reportedOf(experiment);
      const reported = claim
        ? // A bound that is set here for the report's word is no number of the report.
          (claim.said ?? claim.value.toFixed(claim.decimals))
        : '–';
      const training = meanOf(here, 'trainAccuracy');
      return [
        name,
        size,
        order,
        reported,
        values.length ? mean.toFixed(2) : '–',
        sd === null ? '–' : sd.toFixed(2),
        training === undefined ? '–' : (100 * training).toFixed(2),
        here.label,
      ];
    }),
  };
}

/** Kinds of reservoir that are compared, each in both orders; the first is the plain one. */
export const reservoirKinds = [
  { suffix: '', words: `${defaultReservoir.units} units, leak rate ${defaultReservoir.leakRate}` },
  { suffix: '-small', words: `100 units, leak rate ${defaultReservoir.leakRate}` },
  { suffix: '-large', words: `800 units, leak rate ${defaultReservoir.leakRate}` },
  { suffix: '-slow', words: `${defaultReservoir.units} units, leak rate 0.1 (long memory)` },
  { suffix: '-quick', words: `${defaultReservoir.units} units, leak rate 0.9 (short memory)` },
  { suffix: '-end', words: `${defaultReservoir.units} units, leak rate ${defaultReservoir.leakRate}, read at the last step only` },
] as const;
type ReservoirKind = (typeof reservoirKinds)[number]['suffix'];
const mainOrders = ['row', 'hilbert'] as const;

/** The reservoir's results: both orders, sizes and speeds. */
export function reservoirTable(live?: readonly RunRecord[]): TableData {
  return {
    columns: ['reservoir', 'row by row, test accuracy %', 'Hilbert, test accuracy %', 'from'],
    rows: reservoirKinds.map(({ suffix, words }) => {
      const pair = mainOrders.map((order) => `reservoir-${order}${suffix}`);
      const compared = comparisonOf(paper, pair, live);
      const shown = pair.map((experiment) => meanOf(compared.of(experiment), 'testAccuracy'));
      return [words, ...shown.map((value) => (value === undefined ? '–' : (100 * value).toFixed(2))), compared.label];
    }),
  };
}

/** Mean test accuracy of a recorded experiment, a share of one. */
const recordedAccuracy = (experiment: string): number | undefined => {
  const evidence = evidenceOf(paper, experiment);
  return evidence.origin === 'recorded' ? meanOf(evidence, 'testAccuracy') : undefined;
};

/** What the reservoirs say: which order is ahead, what size and speed give, and what is left when the state is read once, as an LSTM's is. */
export function reservoirWords(accuracyOf: (experiment: string) => number | undefined = recordedAccuracy): string {
  const steps = 14 * 14;
  const read = snapshotSteps(steps, defaultReservoir.snapshots).map((step) => step + 1);
  const of = (kind: ReservoirKind, order: MainOrder) => accuracyOf(`reservoir-${order}${kind}`);
  const both = reservoirKinds.flatMap(({ suffix }) => {
    const [row, curve] = mainOrders.map((order) => of(suffix, order));
    return row === undefined || curve === undefined ? [] : [row > curve];
  });
  const gain = (better: ReservoirKind, worse: ReservoirKind) =>
    mainOrders.flatMap((order) => {
      const [high, low] = [of(better, order), of(worse, order)];
      return high === undefined || low === undefined ? [] : [`${signedPoints(100 * (high - low))} ${orderWords[order]}`];
    });
  const line = (what: string, points: string[]) => (points.length > 0 ? [`${what}: ${points.join(', ')} (points).`] : []);
  const end = mainOrders.flatMap((order) => {
    const [reservoir, lstm] = [of('-end', order), accuracyOf(`lstm-14-${order}`)];
    if (reservoir === undefined) return [];
    return [`${orderWords[order]} ${percent(reservoir)}${lstm === undefined ? '' : ` (LSTM ${percent(lstm)})`}`];
  });
  return wrapped(
    [
      `The read-out sees the reservoir's state after ${read.slice(0, -1).join(', ')} and ${read[read.length - 1]} steps of ${steps}, where the table says nothing else. An LSTM here is read at its end only.`,
      ...(both.length > 0
        ? [`Recorded: row by row is ahead of the Hilbert order in ${both.filter(Boolean).length} of ${both.length} kinds.`]
        : []),
      ...line('800 units instead of 100', gain('-large', '-small')),
      ...line('Leak rate 0.9 instead of 0.1', gain('-quick', '-slow')),
      ...line('Read at the last step only, instead of four times', gain('-end', '')),
      end.length > 0
        ? `What is left at the end, read once as the LSTM is: ${end.join(', ')}.`
        : 'Read once, at its end, no reservoir is recorded yet: how much it carries there is open.',
    ].join('\n'),
  );
}

/** Changes to how the LSTM that reads 784 steps row by row is trained, one thing each and the two of them together. */
const trainingChanges = [...gateStudy.map(({ suffix }) => suffix), 'chrono-clip'].map((suffix) => `lstm-28-row-${suffix}`);
/** LSTMs that read 784 steps: as the report states it, trained otherwise, in the other order, and with another cell. */
const longLstms = ['lstm-28-row', ...trainingChanges, 'lstm-28-hilbert', 'begun-28-row-672', 'power-law-28-row'];
/** Beside them, the SimpleRNN as stated, at Adam's default rate, and at a tenth of it. */
const longRnns = ['rnn-28-row', 'rnn-28-hilbert', 'rnn-28-row-slow'];
const longSeries = [...longLstms, ...longRnns];

/** Validation accuracy over the epochs of every 784-step network that has been run. */
export function longSeriesFigure(): Figure | undefined {
  const compared = comparisonOf(paper, longSeries);
  const series = longSeries.flatMap((experiment) => {
    const { records } = compared.of(experiment);
    return records.length
      ? [
          {
            name: longNames[experiment] ?? networkName(paper, experiment),
            runs: records.map((record) => record.curves['validationAccuracy']),
          },
        ]
      : [];
  });
  if (series.length === 0) return undefined;
  return learningCurves(series, {
    title: '784 steps: what makes a network train?',
    // A legend of one entry is not drawn: the name stands here.
    subtitle: [
      ...(series.length === 1 ? [series[0].name] : []),
      compared.label,
      ...(compared.missing.length > 0 ? [`${compared.missing.length} of ${longSeries.length} trainings not recorded yet`] : []),
    ].join('; '),
    yTitle: 'validation accuracy',
  });
}

/** How long the missing trainings of 784 steps may take, with what the recorded ones of an LSTM took. */
function longSeriesCost(missing: readonly string[], recordsOf: (experiment: string) => readonly RunRecord[]): string {
  const minutes = experiments('paper')
    .filter(({ recipe }) => missing.includes(recipe.experiment))
    .map((experiment) => experiment.minutes);
  const [least, most] = [Math.min(...minutes), Math.max(...minutes)];
  const taken = ['lstm-28-row', 'lstm-28-hilbert'].flatMap((experiment) =>
    recordsOf(experiment).map(({ seconds, curves }) => ({ minutes: seconds / 60, epochs: curves['validationAccuracy'].length })),
  );
  const each = taken.map((run) => `${run.minutes.toFixed(0)} for ${run.epochs} epochs`).join(' and ');
  const measured = taken.length === 0 ? '' : `; the LSTMs recorded here took ${each}`;
  return `npm run sweep -- --paper 04 trains what is missing (${missing.length} of ${longSeries.length}). Expected minutes each on two cores: ${least < most ? `${least} to ` : ''}${most}${measured}.`;
}

/** What each change of the training gave after the epochs of its study, against the LSTM as stated after as many; beside it another order and another cell. */
function changeWords(recordsOf: (experiment: string) => readonly RunRecord[]): string[] {
  const after = (experiment: string) => recordsOf(experiment)[0]?.curves['validationAccuracy']?.[gateStudyEpochs - 1];
  const plain = after('lstm-28-row');
  if (plain === undefined) return [];
  const against = (experiment: string) => {
    const reached = after(experiment);
    const words = () => `${networkName(paper, experiment)}: ${percent(reached!)} (${signedPoints(100 * (reached! - plain))} points)`;
    return reached === undefined ? [] : [{ reached, words }];
  };
  const changed = trainingChanges.flatMap(against).sort((one, other) => other.reached - one.reached);
  const [order] = against('lstm-28-hilbert');
  const [begun] = against('begun-28-row-672');
  const [cell] = against('power-law-28-row');
  return [
    `After ${gateStudyEpochs} epochs, on validation digits, one seed each: ${networkName(paper, 'lstm-28-row')} ${percent(plain)}.`,
    ...(changed.length > 0
      ? [
          `Trained otherwise (${changesInWords()}):`,
          ...changed.map(({ words }) => `  ${words()}`),
          changesConclusion(changed.map(({ reached }) => reached)),
        ]
      : ['None of the changes to its training has been run yet: which helps is open.']),
    ...(order ? [`Another order, nothing else changed: ${order.words()}.`] : []),
    ...(begun ? [`The same rows, begun at another step: ${begun.words()}.`] : []),
    ...(cell ? [`Another cell: ${cell.words()}.`] : []),
  ];
}

/** The values of the changes, from where they are declared. */
function changesInWords(): string {
  return gateStudy
    .map(({ suffix, optimizer, gateStart }) => {
      if (gateStart)
        return gateStart.kind === 'chrono' ? `${suffix}: memories of 1 to ${gateStart.longest} steps` : `${suffix}: bias ${gateStart.bias}`;
      if (optimizer?.clipGlobalNorm !== undefined) return `${suffix}: gradients no longer than ${optimizer.clipGlobalNorm}`;
      return `${suffix}: learning rate ${optimizer?.learningRate}`;
    })
    .join('; ');
}

/** The share of test digits that the most frequent one has. */
const largestShare = () => {
  const counts = classCounts('mnist', 'test');
  return Math.max(...counts) / counts.reduce((sum, count) => sum + count, 0);
};

/** How many changes brought the network off the constant answer. */
function changesConclusion(reached: readonly number[]): string {
  const learned = reached.filter((share) => share > LEARNED * largestShare()).length;
  const of = `of ${reached.length} change${reached.length === 1 ? '' : 's'} run`;
  return learned === 0
    ? `None ${of} makes it learn within ${gateStudyEpochs} epochs (more than ${LEARNED} times what one answer gets); whether longer training would is open.`
    : `${learned} ${of} make${learned === 1 ? 's' : ''} it learn within ${gateStudyEpochs} epochs (more than ${LEARNED} times what one answer gets).`;
}

/** What the later epochs added to the LSTMs that were trained as the report states: would training still longer help? */
function longerWords(recordsOf: (experiment: string) => readonly RunRecord[]): string[] {
  const said = (['lstm-28-hilbert', 'lstm-28-row'] as const).flatMap((experiment) => {
    const curve = recordsOf(experiment)[0]?.curves['validationAccuracy'];
    const late = gateStudyEpochs;
    if (!curve || curve.length < 3 * late) return [];
    const [early, before, last] = [curve[late - 1]!, curve[curve.length - 1 - late]!, curve[curve.length - 1]!];
    const failed = last < LEARNED * largestShare();
    const trend = failed ? 'longer training has not helped' : last > before ? 'still rising when the training ended' : 'no longer rising';
    return [
      `  ${networkName(paper, experiment)}: ${percent(early)} after ${late} epochs, ${percent(last)} after ${curve.length} (the last ${late} gave ${signedPoints(100 * (last - before))} points): ${trend}.`,
    ];
  });
  return said.length > 0 ? ['Longer training, on validation digits:', ...said] : [];
}

/** The accuracy from which 784 steps would be called learned as well as 196 are. */
const WELL = 0.95;

const recordedLongSeries = (experiment: string) => comparisonOf(paper, longSeries).of(experiment).records;

/** What became of the networks on 784 steps: of each run, and of the question that only an LSTM's run can answer. */
export function longSeriesWords(recordsOf: (experiment: string) => readonly RunRecord[] = recordedLongSeries): string {
  const lines = longSeries.flatMap((experiment) =>
    recordsOf(experiment).map((record) => {
      const curve = record.curves['validationAccuracy'];
      const always = constantAnswer(record);
      return `${networkName(paper, experiment)}, seed ${record.seed}, ${curve.length} epochs: validation at best ${percent(Math.max(...curve))}, at the end ${percent(curve[curve.length - 1])}; test ${percent(record.metrics['testAccuracy'])}${always === undefined ? '' : `, always answering ${always}`}.`;
    }),
  );
  const tested = longLstms.flatMap((experiment) =>
    recordsOf(experiment).map((record) => ({ experiment, accuracy: record.metrics['testAccuracy'] })),
  );
  const best = tested.reduce<(typeof tested)[number] | undefined>(
    (top, each) => (top && top.accuracy >= each.accuracy ? top : each),
    undefined,
  );
  const well = tested.filter(({ accuracy }) => accuracy >= WELL).length;
  const headline = well > 0 ? `${well} of them reach${well === 1 ? 'es' : ''}` : 'None of them reaches';
  const answer = best
    ? `Of ${tested.length} trainings of an LSTM on 784 steps the best on the test digits is: ${networkName(paper, best.experiment)}, ${percent(best.accuracy)}. ${headline} ${100 * WELL} %.`
    : 'No LSTM on 784 steps is recorded yet: its question is open.';
  const changes = changeWords(recordsOf);
  const missing = longSeries.filter((experiment) => recordsOf(experiment).length === 0);
  return wrapped(
    [...lines, answer, ...changes, ...longerWords(recordsOf), ...(missing.length > 0 ? [longSeriesCost(missing, recordsOf)] : [])].join(
      '\n',
    ),
  );
}

/** Live, what the cells gave in the session's short training, and how little that says. */
export function liveCellsWords(live: readonly RunRecord[]): string {
  const scores = (['hilbert', 'row'] as const).flatMap((order) => {
    const [lstm, rnn] = [`lstm-14-${order}`, `rnn-14-${order}`].map((name) => live.find(({ recipe }) => recipe.experiment === name));
    if (!lstm || !rnn) return [];
    const words = order === 'hilbert' ? 'in Hilbert order' : 'row by row';
    return [`${words} SimpleRNN ${percent(rnn.metrics['testAccuracy'])}, LSTM ${percent(lstm.metrics['testAccuracy'])}`];
  });
  if (scores.length === 0) return 'Train the LSTM and the SimpleRNN above first.';
  const epochs = Math.max(...live.map(({ curves }) => (curves['validationAccuracy'] ?? []).length));
  return wrapped(
    `Live, test accuracy after ${epochs} epoch${epochs === 1 ? '' : 's'} on few digits: ${scores.join('; ')}. One seed each, so short, is no ranking: "The SimpleRNN, run by run" in section 5 shows what becomes of it on all digits.`,
  );
}

/** Which digits' shares of each part of MNIST come nearest to a number: what a constant answer may have been scored on. */
export function constantShareWords(percentage = 10.5): string {
  const nearest = (['test', 'train'] as const).map((split) => {
    const counts = classCounts('mnist', split);
    const all = counts.reduce((sum, count) => sum + count, 0);
    const shares = counts.map((count, digit) => ({ digit, share: (100 * count) / all }));
    const [best] = shares.sort((a, b) => Math.abs(a.share - percentage) - Math.abs(b.share - percentage));
    return `${split === 'test' ? 'of the test digits' : 'of the training digits'} ${best!.digit} (${best!.share.toFixed(2)} %)`;
  });
  return wrapped(
    `${percentage.toFixed(2)} % and constant answers. The digit whose share comes nearest: ${nearest.join(', ')}. The report does not say on which part it counted, and a part drawn by chance differs a little from the whole.`,
  );
}
