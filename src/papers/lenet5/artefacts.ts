/** The report's ten figures and tables, drawn from runs; and the figures and tables of the experiments that explain its numbers. */
import { type ImageSet, type Provenance, subset, toExamples, toFloats } from '../../data/index.js';
import {
  type CurveSeries,
  classExamples,
  confusionFigure,
  type Figure,
  featureMaps,
  hypothesisAxis,
  learningCurves,
  type MeasuredValue,
  modelDiagram,
} from '../../figures/index.js';
import { classReport } from '../../metrics/index.js';
import { type Cell, outcomeWords, type TableData } from '../../notebook/index.js';
import {
  judgeAll,
  type Measure,
  measured,
  type Reading,
  type ReadingResult,
  type RunRecord,
  runs,
  summarise,
  type Verdict,
} from '../../results/index.js';
import { tf } from '../../runtime/index.js';
import { comparisonOf, type Evidence, evidenceOf, neededEvidence, summedConfusion } from '../evidence.js';
import { trainLive as train } from '../live.js';
import { signedPoints, wrapped } from '../words.js';
import {
  adamNames,
  claims,
  earlySetOf,
  epochNearestKappa,
  errorReadings,
  nearestToTable2,
  readings,
  table1,
  table2,
  table2Tolerance,
  table3,
} from './claims.js';
import { experiments, longTraining } from './experiments.js';
import { classicLeNet5, proposedLeNet5 } from './models.js';
import { type Scores, scoreName } from './scores.js';

const paper = 'lenet5';
const main = 'proposed-lenet5';
const reportedAccuracy = 0.989;
type Live = readonly RunRecord[];

export const evidence = (experiment: string, live?: Live): Evidence => evidenceOf(paper, experiment, live);

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Verdicts on all claims, from the recorded runs. */
export function verdicts(): Verdict[] {
  return judgeAll(claims, runs.find({ paper, profile: 'paper', provenance: 'real' }), readings);
}

const liveRuns = (experiment: string, live: Live = []) => live.filter((run) => run.recipe.experiment === experiment);
/** Live runs that may stand beside recorded ones: those on real data. */
const realRuns = (experiment: string, live?: Live) => liveRuns(experiment, live).filter((run) => run.provenance === 'real');
const meanOfValues = (values: readonly number[]) => (values.length > 0 ? summarise(values).mean : undefined);
const percentage = (share: number | undefined, digits = 2) => (share === undefined ? '–' : (100 * share).toFixed(digits));
const decimal = (value: number | undefined, digits = 2) => (value === undefined ? '–' : value.toFixed(digits));

/** Figure 1: one garment on its way through a trained network, every picture a real feature map. */
export function featureFigure(model: tf.LayersModel, set: ImageSet, position = 0): Figure {
  const one = subset(set, [position]);
  const { inputs } = toFloats(toExamples(one, { size: 32 }));
  const layers = ['C1', 'S2', 'C3', 'S4', 'C5', 'F6', 'output'];
  const stages = tf.tidy(() => {
    const inner = tf.model({ inputs: model.inputs, outputs: layers.map((name) => model.getLayer(name).output as tf.SymbolicTensor) });
    const outputs = inner.predict(tf.tensor4d(inputs as Float32Array, [1, 32, 32, 1])) as tf.Tensor[];
    return outputs.map((output, index) => {
      const shape = output.shape.slice(1);
      // One pixel per map is a vector.
      return { name: layers[index], values: output.dataSync(), shape: shape[0] === 1 ? [shape[shape.length - 1]] : shape };
    });
  });
  const image = { name: 'input', values: inputs, shape: [32, 32, 1] };
  return featureMaps([image, ...stages], {
    classNames: set.classNames,
    title: `What a CNN does: one ${set.classNames[one.labels[0]]} on its way through LeNet-5`,
    subtitle: 'convolutions (C) find patterns, sub-sampling (S) shrinks the maps, dense layers decide',
    provenance: set.provenance,
  });
}

/** Draws a network and forgets it. */
function diagram(model: tf.LayersModel, options: Parameters<typeof modelDiagram>[1]): Figure {
  try {
    return modelDiagram(model, options);
  } finally {
    model.dispose();
  }
}

/** Figure 2: the classic network, its parameters beside those that the report states. */
export function classicFigure(): Figure {
  return diagram(classicLeNet5(), {
    title: 'The classic LeNet-5',
    subtitle: 'parameters counted in the built model, beside the numbers that the report states',
    reported: { S2: 12, S4: 32, F6: 10_164 },
  });
}

/** Figure 3: the ten classes. */
export function classesFigure(set: ImageSet): Figure {
  return classExamples(set, { title: 'Fashion-MNIST: ten classes of garments', provenance: set.provenance });
}

/** Figure 4: the proposed network, what is new in it marked. */
export function proposedFigure(): Figure {
  return diagram(proposedLeNet5(), {
    title: 'The proposed LeNet-5',
    subtitle: 'marked: what is added or not stated; S2 and S4 are plain averages here',
    highlight: {
      'third-pool': 'new; one pixel per map comes in, so it changes nothing',
      FC2: 'width not stated; 84, as F6',
      FC3: 'new; its width is not stated, 84 chosen',
    },
  });
}

/** Stand-ins leave their mark on whatever is made of them. */
export const provenanceOf = (records: Live): Provenance => (records.some((run) => run.provenance === 'stand-in') ? 'stand-in' : 'real');

const curvesOf = (records: Live, curve: string) => records.map((run) => run.curves[curve]).filter((values) => values !== undefined);

/** Recorded curves in full lines, live ones dotted, where both exist. */
function beside(wanted: { name: string; curve: string; panel?: string; colour: number }[], live?: Live): CurveSeries[] {
  const shown = neededEvidence(paper, main, live);
  const others = shown.origin === 'recorded' ? realRuns(main, live) : [];
  return wanted.flatMap(({ name, curve, panel, colour }) => [
    { name, runs: curvesOf(shown.records, curve), panel, colour },
    ...(others.length > 0 ? [{ name: `${name}, live`, runs: curvesOf(others, curve), panel, colour, dash: 'dot' as const }] : []),
  ]);
}

const liveNote = (live?: Live) => (realRuns(main, live).length > 0 && evidence(main).origin === 'recorded' ? '; dotted: live' : '');

/** Figure 5: accuracy on training and test images after every epoch, mean and spread over the trials. */
export function accuracyFigure(live?: Live): Figure {
  return learningCurves(
    beside(
      [
        { name: 'training', curve: 'accuracy', colour: 0 },
        { name: 'test', curve: 'testAccuracy', colour: 1 },
      ],
      live,
    ),
    {
      title: 'Accuracy of the proposed LeNet-5, epoch by epoch',
      subtitle: `${neededEvidence(paper, main, live).label}; band: ± 1 standard deviation${liveNote(live)}`,
      yTitle: 'accuracy',
      lines: [{ value: reportedAccuracy, name: 'reported' }],
      provenance: provenanceOf(neededEvidence(paper, main, live).records),
    },
  );
}

/** Figure 6: loss and accuracy, training against validation. */
export function validationFigure(live?: Live): Figure {
  return learningCurves(
    beside(
      [
        { name: 'training', curve: 'loss', panel: 'loss (nats)', colour: 0 },
        { name: 'validation', curve: 'validationLoss', panel: 'loss (nats)', colour: 1 },
        { name: 'training', curve: 'accuracy', panel: 'accuracy', colour: 0 },
        { name: 'validation', curve: 'validationAccuracy', panel: 'accuracy', colour: 1 },
      ],
      live,
    ),
    {
      title: 'Training against validation',
      subtitle: `${neededEvidence(paper, main, live).label}; a tenth of the training images held out${liveNote(live)}`,
      provenance: provenanceOf(neededEvidence(paper, main, live).records),
    },
  );
}

/** Validation loss against training loss after the last epoch, as stated and in trainings that learn more by heart. */
export function lossWords(live?: Live): string {
  const trainings = [
    { name: 'as stated', experiment: main },
    { name: `${adamNames.stated}, ReLU`, experiment: 'proposed-adam-relu' },
    { name: `${longTraining} epochs, ${adamNames.long}, ReLU`, experiment: 'long-training' },
  ];
  const told = trainings.flatMap(({ name, experiment }) => {
    const { records, label } = evidence(experiment, live);
    const last = (curve: string) => records.flatMap(({ curves }) => curves[curve]?.at(-1) ?? []);
    const [training, validation] = [last('loss'), last('validationLoss')];
    if (training.length === 0 || validation.length !== training.length) return [];
    const [learned, held] = [summarise(training).mean, summarise(validation).mean];
    return [`  ${name}: ${held.toFixed(3)} against ${learned.toFixed(3)}, ${(held / learned).toFixed(2)} times (${label})`];
  });
  return wrapped(['Loss after the last epoch, validation against training images:', ...told].join('\n'));
}

/** Figure 7: the confusion matrix of the test set, all trials added up. */
export function confusion(classNames: readonly string[], live?: Live): Figure {
  const here = neededEvidence(paper, main, live);
  return confusionFigure(summedConfusion(here), classNames, {
    title: 'What the proposed LeNet-5 takes for what',
    subtitle: `test set, all seeds added up; count and share of the row; ${here.label}`,
    provenance: provenanceOf(here.records),
  });
}

/** Small print: what stands behind the columns "obtained" and "live" of a table. */
export function obtainedNote(live?: Live, { spread = false } = {}): string {
  const { label, records } = neededEvidence(paper, main, live);
  const mine = liveRuns(main, live);
  const mean = records.length > 1 ? `, mean${spread ? ' ± one standard deviation' : ''}` : '';
  const seeds = mine.length === 1 ? 'one seed' : `${mine.length} seeds`;
  return `Obtained: ${label}${mean}.${mine.length > 0 ? ` Live: ${seeds}, ${mine[0].profile} profile.` : ''}`;
}

const columns = ['precision', 'recall', 'f1'] as const;

/** Precision, recall and F1 of one class (10: the mean) over several runs. */
function classMeasure(records: Live, row: number, column: (typeof columns)[number]): number | undefined {
  const values = records.flatMap((run) => {
    if (!run.confusion) return [];
    const report = classReport(run.confusion);
    return [row < 10 ? report.classes[row][column] : report.macro[column]];
  });
  return meanOfValues(values);
}

/** Table 1: per class, reported beside obtained; the last column is what was trained live. */
export function table1Data(live?: Live): TableData {
  const here = neededEvidence(paper, main, live);
  const mine = liveRuns(main, live);
  const titles = { precision: 'precision', recall: 'recall', f1: 'F1' };
  return {
    columns: ['class', ...columns.flatMap((column) => [`${titles[column]} reported`, `${titles[column]} obtained`]), 'F1 live'],
    rows: table1.map((reportedRow, row) => [
      reportedRow.name,
      ...columns.flatMap((column): Cell[] => [
        { value: reportedRow[column], mark: 'claim' },
        { value: classMeasure(here.records, row, column), note: here.label },
      ]),
      classMeasure(mine, row, 'f1'),
    ]),
  };
}

/** "0.82 ± 0.01" of one score over runs. */
function spread(records: Live, metric: string, digits = 3): string {
  const values = records.map((run) => run.metrics[metric]).filter((value) => value !== undefined);
  if (values.length === 0) return '–';
  const { mean, sd } = summarise(values);
  return sd === null ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`;
}

/** Table 2: the three measures, the error in every reading that makes sense. */
export function table2Data(live?: Live): TableData {
  const here = neededEvidence(paper, main, live);
  const mine = liveRuns(main, live);
  const row = (measure: string, reading: string, claimed: number, score: keyof Scores): Cell[] => [
    measure,
    reading,
    { value: claimed.toFixed(2), mark: 'claim' },
    { value: spread(here.records, scoreName('test', score)), note: here.label },
    spread(mine, scoreName('test', score)),
  ];
  return {
    columns: ['measure', 'read as', 'reported', 'obtained', 'live'],
    rows: [
      row('kappa', 'agreement beyond chance', table2.kappa, 'kappa'),
      row('informedness', 'mean over the classes', table2.informedness, 'informedness'),
      row('informedness', 'weighted by predictions', table2.informedness, 'informednessByPrediction'),
      ...errorReadings.map(({ score, name }) => row('error ("MSE")', name, table2.error, score)),
    ],
  };
}

/** Table 3: reported, published where known, and what we measure. */
export function table3Data(live?: Live): TableData {
  return {
    columns: ['model', 'reported %', 'published %', 'obtained %', 'sd', 'seeds', 'live %', 'remark'],
    rows: table3.map(({ name, reported, published, experiment, note }) => {
      const records = experiment ? evidence(experiment).records : [];
      const mine = experiment ? liveRuns(experiment, live) : [];
      const accuracies = (list: Live) => list.map((run) => 100 * run.metrics['testAccuracy']);
      const { mean, sd } = records.length > 0 ? summarise(accuracies(records)) : { mean: undefined, sd: null };
      const differs = published !== undefined && published.value !== reported;
      return [
        name,
        { value: reported, mark: 'claim' as const },
        published ? { value: published.value, note: published.source, ...(differs && { mark: 'bad' as const }) } : null,
        mean,
        sd,
        records.length || null,
        meanOfValues(accuracies(mine)),
        note ?? '',
      ];
    }),
  };
}

/** Rows of table 3 that were trained on as many images. */
interface TrainedOn {
  images: number;
  names: string[];
  /** All of them networks, all of them something else, or some of each. */
  kind: 'networks' | 'classical' | 'mixed';
}

function trainedOn(): TrainedOn[] {
  const rows = table3.flatMap(({ name, experiment }) => {
    const [record] = experiment ? evidence(experiment).records : [];
    const images = record?.data.find(({ role }) => role === 'training')?.count;
    return record && images !== undefined ? [{ name, images, network: typeof record.recipe['epochs'] === 'number' }] : [];
  });
  return [...new Set(rows.map(({ images }) => images))]
    .sort((a, b) => b - a)
    .map((images) => {
      const members = rows.filter((row) => row.images === images);
      const networks = members.filter(({ network }) => network).length;
      const kind = networks === members.length ? 'networks' : networks === 0 ? 'classical' : 'mixed';
      return { images, names: members.map(({ name }) => name), kind };
    });
}

/** Epochs of the networks of table 3, the usual number first, and which rows differ from it. */
function epochsWords(): string {
  const rows = table3.flatMap(({ name, experiment }) => {
    const epochs = experiment ? evidence(experiment).records[0]?.recipe['epochs'] : undefined;
    return typeof epochs === 'number' ? [{ name, epochs }] : [];
  });
  const count = (epochs: number) => rows.filter((row) => row.epochs === epochs).length;
  const [usual, ...others] = [...new Set(rows.map(({ epochs }) => epochs))].sort((a, b) => count(b) - count(a));
  if (usual === undefined) return '';
  const named = (epochs: number) => `${epochs} for ${rows.flatMap((row) => (row.epochs === epochs ? [row.name] : [])).join(', ')}`;
  return ` Networks learn for ${[`${usual} epochs`, ...others.map(named)].join(', ')}.`;
}

/** What makes the rows of table 3 unlike each other: images to learn from, and epochs. */
export function unlikeTrainingsWords(): string {
  const kinds = { networks: 'the networks (the rest validates)', classical: 'the classical learners' };
  const groups = trainedOn();
  if (groups.length === 0) return 'No row of table 3 has been recorded yet.';
  const words = groups.map(
    ({ images, names, kind }) =>
      `${images.toLocaleString('en-US')} for ${kind === 'mixed' || names.length <= 2 ? names.join(' and ') : kinds[kind]}`,
  );
  return `Not trained alike. Training images: ${words.join(', ')}.${epochsWords()}`;
}

const optimiserWords = (record: RunRecord) => {
  const { kind, learningRate } = record.recipe['optimizer'] as { kind: string; learningRate: number };
  return `${kind === 'adam' ? 'Adam' : kind.toUpperCase()} at ${learningRate}`;
};

/** LeNet-5 and the CNN of two convolutions, both trained with the optimiser of table 3's convolutional rows. */
export function sameOptimiserWords(leNet = evidence('modern-lenet5'), cnn = evidence('row-cnn')): string {
  const all = " Our convolutional rows are all trained with Adam: part of their distance is the training's.";
  const points = gains(leNet.records, cnn.records);
  const [own, other] = [leNet, cnn].map(({ records }) => meanOfValues(records.map((run) => run.metrics['testAccuracy'])));
  if (own === undefined || other === undefined || points.length === 0) return all;
  const [one, two] = [leNet.records[0]!, cnn.records[0]!];
  if (optimiserWords(one) !== optimiserWords(two)) return all;
  const { mean } = summarise(points);
  const side = mean < 0 ? 'still below' : mean > 0 ? 'above' : 'level with';
  const batches = [one, two].map(({ recipe }) => Number(recipe['batchSize']));
  const unequal = batches[0] === batches[1] ? '' : `; batches of ${batches.join(' and ')}`;
  return `${all} With their optimiser (${optimiserWords(one)}) a LeNet-5 of today, ReLU and average pools, reaches ${percentage(own)} % (${leNet.label}), ${side} the CNN of two convolutions (${percentage(other)} %, ${cnn.label}; on shared seeds ${signedPoints(mean)} points${unequal}).`;
}

/** How many of the values that table 3 prints for other classifiers the network obtained here surpasses. */
export function rankWords(live?: Live): string {
  const { records, label } = neededEvidence(paper, main, live);
  const { mean } = summarise(records.map((run) => 100 * run.metrics['testAccuracy']));
  const others = table3.filter(({ experiment }) => experiment !== main);
  const below = (score: number) => others.filter(({ reported }) => reported < score).length;
  const adam = evidence('proposed-adam-relu', live);
  const scores = adam.records.map((run) => 100 * run.metrics['testAccuracy']);
  const otherwise =
    scores.length > 0
      ? ` With ${adamNames.stated} and ReLU (${decimal(summarise(scores).mean)} %; ${adam.label}) it lies above ${below(summarise(scores).mean)}.${sameOptimiserWords()}`
      : '';
  return wrapped(`Our mean (${decimal(mean)} %; ${label}) lies above ${below(mean)} of the ${others.length} reported values.${otherwise}`);
}

const usedBy = (measure: Measure, live?: Live) => evidence(measure.experiment, live).records;

/** Every value that a measure takes over the runs of its experiment, recorded or, where there are none, live. */
function valuesOf(measure: Measure, live?: Live): number[] {
  return usedBy(measure, live)
    .map((run) => measured(measure, run))
    .filter((value) => value !== undefined);
}

const accuracyClaim = 'lenet5/text-accuracy';
const accuracyReadings = readings.filter((reading) => reading.explains.some(({ claim }) => claim === accuracyClaim));
const measureOf = (reading: Reading, claim: string) => reading.explains.find((entry) => entry.claim === claim)?.measure;

const heldOutGroup = 'held-out accuracy';

/** What each reading of "accuracy" comes to. */
export function accuracyReadingValues(live?: Live): MeasuredValue[] {
  const honest: { name: string; measure: Measure }[] = [
    { name: 'test accuracy, SGD (as stated)', measure: { experiment: main, metric: 'testAccuracy' } },
    { name: `test accuracy, ${adamNames.stated}`, measure: { experiment: 'proposed-adam-relu', metric: 'testAccuracy' } },
    {
      name: `test accuracy after ${longTraining} epochs, ${adamNames.long}`,
      measure: { experiment: 'long-training', metric: 'testAccuracy' },
    },
  ];
  const others = accuracyReadings.map((reading) => ({ name: reading.name, measure: measureOf(reading, accuracyClaim)! }));
  return [...honest, ...others].flatMap(({ name, measure }, index) => {
    const values = valuesOf(measure, live);
    if (values.length === 0) return [];
    const { mean, lowest, highest } = summarise(values);
    const origin = evidence(measure.experiment, live).origin === 'live' ? ' (live)' : '';
    const group = index < honest.length ? heldOutGroup : 'other readings';
    return [{ name: `${name}${origin}`, value: mean, ...(values.length > 1 && { low: lowest, high: highest }), group }];
  });
}

/** Every reading of 98.9 % on one axis. */
export function hypothesisFigure(live?: Live): Figure {
  return hypothesisAxis(
    accuracyReadingValues(live),
    { name: 'claimed', value: reportedAccuracy },
    {
      title: 'Where does 98.9 % come from?',
      subtitle: `SGD: tanh; ${adamNames.stated}: ReLU, batches of 32; ${adamNames.long}: ReLU, batches of 64; whiskers: lowest and highest seed`,
      xTitle: 'what is called accuracy',
      provenance: provenanceOf(accuracyReadings.flatMap((reading) => usedBy(measureOf(reading, accuracyClaim)!, live))),
    },
  );
}

/** "8.94 points below 98.9 %". */
function fromReported(share: number): string {
  const points = 100 * (share - reportedAccuracy);
  return `${decimal(Math.abs(points))} points ${points < 0 ? 'below' : 'above'} ${percentage(reportedAccuracy, 1)} %`;
}

/** Outputs of one-hot answers: ten for each image. */
const outputs = 10;

/** How many images must be named rightly for a binary accuracy of 98.9 %, and whether any held-out accuracy reaches that. */
export function binaryBridgeWords(values: readonly MeasuredValue[] = accuracyReadingValues()): string {
  // Of a network that is sure of itself a wrongly named image has two wrong outputs: the one it says, and the one it should say.
  const needed = 1 - ((1 - reportedAccuracy) * outputs) / 2;
  const held = values.filter(({ group }) => group === heldOutGroup);
  const best = held.reduce<MeasuredValue | undefined>((top, next) => (top && top.value >= next.value ? top : next), undefined);
  const reached = best && best.value >= needed;
  return wrapped(
    `The bridge between the two: a network that is sure of itself has a binary accuracy of ${percentage(reportedAccuracy, 1)} % when it names ${percentage(needed, 1)} % of the images rightly (two of ${outputs} outputs are wrong for each wrong image).` +
      (best
        ? ` The highest held-out accuracy of the figure, ${percentage(best.value)} % (${best.name}), ${reached ? 'reaches' : 'does not reach'} that.`
        : ''),
  );
}

/** The reading that comes nearest to the claim, in words. */
export function nearestReading(live?: Live): string {
  const sorted = accuracyReadingValues(live).sort((a, b) => Math.abs(a.value - reportedAccuracy) - Math.abs(b.value - reportedAccuracy));
  if (sorted.length === 0) return 'No reading has been run yet.';
  return sorted
    .slice(0, 3)
    .map(({ name, value }, place) => `${place + 1}. ${name}: ${percentage(value)} %, ${fromReported(value)}`)
    .join('\n');
}

/** The readings of 98.9 % that have runs, the one that gives most of the numbers first. */
function triedReadings(): ReadingResult[] {
  const verdict = verdicts().find(({ claim }) => claim === accuracyClaim);
  return (verdict?.readings ?? [])
    .filter(({ judged }) => judged > 0)
    .sort((a, b) => b.matched - a.matched || Math.abs((a.mean ?? 0) - 98.9) - Math.abs((b.mean ?? 0) - 98.9));
}

/** Recorded seeds behind a reading of 98.9 %. */
function seedsOf(id: string): number {
  const reading = accuracyReadings.find((each) => each.id === id);
  return reading ? usedBy(measureOf(reading, accuracyClaim)!).length : 0;
}

/**
 * How many numbers that belong together each reading gives: the three stated accuracies and the 33 cells of table 1. A reading without a
 * confusion matrix can give the accuracies only.
 */
export function readingTable(): TableData {
  return {
    columns: ['reading', 'gives for 98.9 %', 'numbers matched', 'can give', 'of', 'seeds'],
    rows: triedReadings().map(({ reading, name, mean, matched, judged, of }) => [name, mean, matched, judged, of, seedsOf(reading)]),
  };
}

/** What the table of readings comes to: the answer to the notebook's question, or that there is none. */
export function readingWords(tried: readonly ReadingResult[] = triedReadings()): string {
  const [best] = tried;
  if (!best) return 'No reading has a recorded run yet.';
  if (best.matched < best.of)
    return [
      `No declared reading gives all ${best.of} numbers.`,
      `Most: ${best.name}, ${best.matched} of ${best.of}${best.mean === null ? '' : `, with ${decimal(best.mean)} % for 98.9 %`}.`,
      'So 98.9 % stays unexplained.',
    ].join('\n');
  return `${best.name} gives all ${best.of} numbers that belong together: it explains 98.9 %.`;
}

/** First epoch after which the training accuracy is at least this share; undefined where it never is. */
export function firstEpochAbove(run: RunRecord, share: number): number | undefined {
  const epoch = (run.curves['accuracy'] ?? []).findIndex((accuracy) => accuracy >= share);
  return epoch < 0 ? undefined : epoch + 1;
}

/** The long training and the leak, beside each other. */
export function longTrainingFigure(live?: Live): Figure | undefined {
  const both = comparisonOf(paper, ['long-training', 'leaked-test-images'], live);
  const long = both.of('long-training');
  const leak = both.of('leaked-test-images');
  if (long.records.length === 0) return undefined;
  const series: CurveSeries[] = [
    { name: 'training images', runs: curvesOf(long.records, 'accuracy'), colour: 0 },
    { name: 'test images, held out', runs: curvesOf(long.records, 'testAccuracy'), colour: 1 },
  ];
  if (leak.records.length > 0)
    series.push({ name: 'test images, leaked', runs: curvesOf(leak.records, 'testAccuracy'), colour: 2, dash: 'dash' });
  return learningCurves(series, {
    title: `${longTraining} epochs: do training images ever reach 98.9 %?`,
    subtitle: `${adamNames.long}, batches of 64, ReLU; ${both.label}`,
    provenance: provenanceOf([...long.records, ...leak.records]),
    lines: [{ value: reportedAccuracy, name: 'reported' }],
  });
}

/** Epochs whose mean is compared with that of as many before: single epochs go up and down. */
const lateEpochs = 10;

/** Points by which the mean of the last epochs lies above that of as many epochs before them. */
export function lateGain(curve: readonly number[]): number | undefined {
  if (curve.length < 2 * lateEpochs) return undefined;
  const mean = (values: readonly number[]) => summarise(values).mean;
  return 100 * (mean(curve.slice(-lateEpochs)) - mean(curve.slice(-2 * lateEpochs, -lateEpochs)));
}

/** Whether a curve that did not get there was still on its way. */
function lateWords(curve: readonly number[]): string[] {
  const gain = lateGain(curve);
  if (gain === undefined) return [];
  const means = `${signedPoints(gain)} points, the mean of its last ${lateEpochs} epochs against that of the ${lateEpochs} before`;
  return gain > 0
    ? [`Still rising: ${means}.`, `So ${curve.length} epochs settle only that it takes longer.`]
    : [`Not rising any more: ${means}.`];
}

/** When the training images are named as well as the report says of the test images, in words. */
export function crossingWords(live?: Live): string {
  const { records, label } = evidence('long-training', live);
  if (records.length === 0) return 'The long training has not been run yet: npm run sweep -- --paper lenet5 --only long-training';
  return records
    .map((run) => {
      const epoch = firstEpochAbove(run, reportedAccuracy);
      const epochs = run.curves['accuracy'].length;
      const passed = epoch === undefined ? `does not pass 98.9 % within ${epochs} epochs` : `passes 98.9 % in epoch ${epoch}`;
      const best = Math.max(...run.curves['accuracy']);
      const end = percentage(run.metrics['testAccuracy']);
      return [
        `Seed ${run.seed} (${label}): training accuracy ${passed}.`,
        `Its highest is ${percentage(best)} %; test accuracy at the end is ${end} %.`,
        ...(epoch === undefined ? lateWords(run.curves['accuracy']) : []),
      ].join('\n');
    })
    .join('\n');
}

/** What accuracy and kappa say of each other where every class is equally frequent, as in the test set. */
export function kappaWords(): string {
  const chance = 1 / 10;
  const kappa = (reportedAccuracy - chance) / (1 - chance);
  const accuracy = table2.kappa * (1 - chance) + chance;
  return `With ten equally frequent classes ${percentage(reportedAccuracy, 1)} % would be kappa ${decimal(kappa, 3)}; kappa ${table2.kappa} means ${percentage(accuracy, 1)} %.`;
}

/** Kappa, informedness and the label errors after every epoch, against the reported values. */
export function table2Figure(live?: Live): Figure | undefined {
  const { records, label } = evidence('scores-by-epoch', live);
  if (records.length === 0) return undefined;
  const agreement = 'kappa and informedness';
  const error = 'error';
  const series = (name: string, score: keyof Scores, panel: string, colour: number): CurveSeries => ({
    name,
    runs: curvesOf(records, scoreName('test', score)),
    panel,
    colour,
  });
  return learningCurves(
    [
      series('kappa', 'kappa', agreement, 0),
      series('informedness by predictions', 'informednessByPrediction', agreement, 1),
      series('absolute label distance', 'absoluteLabelError', error, 2),
      series('squared error per image', 'squaredErrorPerImage', error, 3),
    ],
    {
      title: 'Table 2, epoch by epoch',
      subtitle: `test images, plain SGD as stated; ${label}`,
      provenance: provenanceOf(records),
      percentages: false,
      lines: [
        { value: table2.kappa, name: 'reported kappa', panel: agreement },
        { value: table2.informedness, name: 'reported informedness', panel: agreement },
        { value: table2.error, name: 'reported error', panel: error },
      ],
    },
  );
}

/** The epoch after which a reading of table 2 takes its numbers; seeds may differ: '3 or 2, by seed'. */
export function epochsOf(reading: Reading, records: Live): string {
  const set = earlySetOf(reading);
  const epochs = records.map((run) => (set ? epochNearestKappa(run, set) : Number(run.recipe['epochs'])));
  const different = [...new Set(epochs)];
  return different.length > 1 ? `${different.join(' or ')}, by seed` : different.join('');
}

/** Table 1 as a whole: how many cells come out as stated, and how many any one other reading gives. */
export function table1Words(): string {
  const judged = verdicts().filter(({ claim }) => claim.startsWith('lenet5/table-1-'));
  const asStated = judged.filter(({ outcome }) => outcome.startsWith('reproduced')).length;
  const fitting = judged.flatMap(({ outcome, fits }) => (outcome === 'consistent with' || outcome === 'explained' ? [fits] : []));
  const names = new Set(fitting.map((fits) => fits?.reading.name));
  const best = Math.max(0, ...judged.flatMap(({ readings: tried }) => tried.map(({ matched }) => matched)));
  return wrapped(
    `As stated: ${asStated} of ${judged.length} numbers of table 1. Another reading gives ${fitting.length} of them, but ${names.size} different readings together; no single one gives more than ${best} (section 8 compares them).`,
  );
}

/** The readings of table 2 that come nearest: what each gives for the three numbers that belong together. */
export function table2ReadingData(live?: Live, most = 8): TableData {
  const ids = ['lenet5/table-2-kappa', 'lenet5/table-2-informedness', 'lenet5/table-2-error'];
  const wanted = [table2.kappa, table2.informedness, table2.error];
  const rows = readings
    .filter((reading) => measureOf(reading, ids[0]) !== undefined)
    .flatMap((reading) => {
      const values = ids.map((id) => meanOfValues(valuesOf(measureOf(reading, id)!, live)));
      if (values.some((value) => value === undefined)) return [];
      const numbers = values as number[];
      const farthest = Math.max(...numbers.map((value, at) => Math.abs(value - wanted[at])));
      const matched = numbers.filter((value, at) => Math.abs(value - wanted[at]) <= table2Tolerance).length;
      return [{ reading, numbers, farthest, matched }];
    })
    .sort((a, b) => b.matched - a.matched || a.farthest - b.farthest)
    .slice(0, most);
  return {
    columns: ['reading', 'epoch', 'kappa', 'informedness', 'error', 'matched', 'of', 'seeds'],
    rows: [
      ['reported', null, ...wanted.map((value) => ({ value, mark: 'claim' as const })), null, null, null],
      ...rows.map(({ reading, numbers, matched }) => {
        const used = usedBy(measureOf(reading, ids[0])!, live);
        return [reading.name, epochsOf(reading, used), ...numbers, matched, wanted.length, used.length];
      }),
    ],
  };
}

/** Whether any epoch at all gives the three numbers of table 2, in words. */
export function table2Words({ records, label }: Evidence = evidence('scores-by-epoch')): string {
  const best = nearestToTable2(records);
  if (!best) return 'Not recorded yet: npm run sweep -- --paper lenet5 --only scores-by-epoch';
  const { seed, set, epoch, informedBy, errorName, numbers, matched } = best;
  const [kappa, informedness, error] = numbers.map((value) => decimal(value, 3));
  const all = matched === numbers.length;
  return [
    `Over all epochs and sets, at most ${matched} of ${numbers.length} numbers come together:`,
    `${set} images, epoch ${epoch}, kappa ${kappa}, informedness ${informedness} (${informedBy}),`,
    `${errorName} ${error} (seed ${seed}; ${label}; the epoch was searched for).`,
    all ? 'That fits table 2; being searched for, it explains nothing yet.' : 'No epoch gives all three: table 2 stays unexplained.',
  ].join('\n');
}

const ablation = [
  { experiment: main, name: 'proposed, SGD, tanh (as stated)' },
  { experiment: 'proposed-sgd-relu', name: 'proposed, SGD, ReLU' },
  { experiment: 'proposed-adam-tanh', name: `proposed, ${adamNames.stated}, tanh` },
  { experiment: 'proposed-adam-relu', name: `proposed, ${adamNames.stated}, ReLU` },
  { experiment: 'proposed-wide-pool', name: 'proposed, third pool on 5 × 5, SGD, tanh' },
  { experiment: 'classic-lenet5', name: 'classic, trainable sub-sampling, SGD' },
  { experiment: 'classic-lenet5-partial', name: 'classic, partial C3 of 1998, SGD' },
  { experiment: 'modern-lenet5', name: `classic, average pools, ReLU, ${adamNames.long}` },
  { experiment: 'long-training', name: `proposed, ${adamNames.long}, batch 64, ReLU, ${longTraining} epochs` },
];

/** What the report leaves open: the recorded choices, one or more changed at a time. */
export function ablationTable(live?: Live): TableData {
  return {
    columns: ['network and training', 'test accuracy %', 'sd', 'training accuracy %', 'parameters', 'seeds', 'live %'],
    rows: ablation.map(({ experiment, name }) => {
      const { records } = evidence(experiment);
      const mine = liveRuns(experiment, live);
      const { mean, sd } =
        records.length > 0 ? summarise(records.map((run) => 100 * run.metrics['testAccuracy'])) : { mean: undefined, sd: null };
      const training = meanOfValues(records.map((run) => run.metrics['trainingAccuracy']));
      return [
        name,
        mean,
        sd,
        training === undefined ? null : 100 * training,
        records[0]?.metrics['parameters'] ?? mine[0]?.metrics['parameters'] ?? null,
        records.length || null,
        meanOfValues(mine.map((run) => 100 * run.metrics['testAccuracy'])),
      ];
    }),
  };
}

/** Pairs of rows that differ by one change only. */
const singleChanges = [
  { change: 'ReLU for tanh, with SGD', to: 'proposed-sgd-relu', from: main },
  { change: `ReLU for tanh, with ${adamNames.stated}`, to: 'proposed-adam-relu', from: 'proposed-adam-tanh' },
  { change: `${adamNames.stated} for SGD, with tanh`, to: 'proposed-adam-tanh', from: main },
  { change: `${adamNames.stated} for SGD, with ReLU`, to: 'proposed-adam-relu', from: 'proposed-sgd-relu' },
  { change: 'third pool on 5 × 5 for 1 × 1', to: 'proposed-wide-pool', from: main },
  { change: 'partial for full C3, classic network', to: 'classic-lenet5-partial', from: 'classic-lenet5' },
];

/** Points of test accuracy that a change brings, one number for each seed that both sides have. */
export function gains(to: Live, from: Live): number[] {
  return to.flatMap((run) => {
    const other = from.find(({ seed }) => seed === run.seed);
    return other ? [100 * (run.metrics['testAccuracy'] - other.metrics['testAccuracy'])] : [];
  });
}

/** Adam for SGD and ReLU for tanh, each with everything else as stated. */
const alone = [
  { name: 'ReLU', to: 'proposed-sgd-relu', from: main },
  { name: 'Adam', to: 'proposed-adam-tanh', from: main },
];

type Change = { to: string; from: string; interval: [number, number] | null };

/** Whether Adam, or ReLU, is shown to help by itself: the interval of what it brings lies above zero. */
export function aloneWords(changes: readonly Change[]): string[] {
  const there = alone.flatMap(({ name, to, from }) => {
    const change = changes.find((each) => each.to === to && each.from === from);
    return change ? [{ name, shown: change.interval !== null && change.interval[0] > 0 }] : [];
  });
  if (there.length < alone.length) return [];
  const helping = there.filter(({ shown }) => shown).map(({ name }) => name);
  const verdict =
    helping.length === alone.length
      ? 'each is shown to help alone'
      : helping.length === 0
        ? 'neither is shown to help alone'
        : `only ${helping[0]} is shown to help alone`;
  return [`Of ${there.map(({ name }) => name).join(' and ')} ${verdict}.`];
}

/** Which recorded row is highest, how far it is from the report, and what each single change brings. */
export function ablationWords(): string {
  const rows = ablation.flatMap(({ experiment, name }) => {
    const mean = meanOfValues(evidence(experiment).records.map((run) => run.metrics['testAccuracy']));
    return mean === undefined ? [] : [{ name, mean }];
  });
  if (rows.length === 0) return 'No row has been recorded yet.';
  const highest = rows.reduce((best, row) => (row.mean > best.mean ? row : best));
  const changes = singleChanges.flatMap(({ change, to, from }) => {
    const differences = gains(evidence(to).records, evidence(from).records);
    return differences.length > 0 ? [{ change, to, from, ...summarise(differences) }] : [];
  });
  return [
    `Highest: ${highest.name}.`,
    `It reaches ${percentage(highest.mean)} %, ${fromReported(highest.mean)}.`,
    'One change at a time, over the seeds that both sides have:',
    ...changes
      .sort((a, b) => b.mean - a.mean)
      .map(
        ({ change, mean, n, interval }) =>
          `${signedPoints(mean)} points: ${change} (${n === 1 ? 'one seed' : `${n} seeds`}${interval ? `; ${interval.map(signedPoints).join(' to ')}` : ''})`,
      ),
    ...(changes.some(({ interval }) => interval) ? ['After the seeds: the 95 % interval of the mean.'] : []),
    ...aloneWords(changes),
  ].join('\n');
}

/** Claims other than the cells of table 1, which have a table of their own. */
export const headlineClaims = claims.filter(({ id }) => !/table-1-\d-/.test(id));

const signs: Partial<Record<Verdict['outcome'], string>> = {
  reproduced: '✓',
  better: '▲',
  explained: '◆',
  'consistent with': '◇',
  'not reproduced': '✗',
};

/** A verdict in one cell; hover for its reason. */
export function verdictCell(verdict: Verdict | undefined): Cell {
  if (!verdict) return '–';
  const { outcome, provisional, n, words } = verdict;
  return { value: `${signs[outcome] ?? '–'} ${outcomeWords(outcome)}${provisional && n > 0 ? ', provisional' : ''}`, note: words };
}

/** A sign for each cell of table 1. */
export function table1Verdicts(): TableData {
  const judged = new Map(verdicts().map((verdict) => [verdict.claim, verdict]));
  return {
    columns: ['class', 'precision', 'recall', 'F1'],
    rows: table1.map(({ name }, row) => [
      name,
      ...columns.map((column) => verdictCell(judged.get(`lenet5/table-1-${row < 10 ? row : 'overall'}-${column}`))),
    ]),
  };
}
