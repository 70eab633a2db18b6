/** The report's ten figures and tables, drawn from runs, and the verdicts on their cells. */

import { type ImageSet, subset, toExamples, toFloats } from '../../data/index.js';
import { classExamples, confusionFigure, type Figure, featureMaps, learningCurves, modelDiagram } from '../../figures/index.js';
import { classReport } from '../../metrics/index.js';
import { type Cell, outcomeWords, type TableData } from '../../notebook/index.js';
import { type RunRecord, summarise, type Verdict } from '../../results/index.js';
import { tf } from '../../runtime/index.js';
import { neededEvidence, provenanceOf, summedConfusion } from '../evidence.js';
import { decimal, percentage, signedPoints, signedRange, wrapped } from '../words.js';
import { gains } from './ablation.js';
import { adamNames, claims, errorReadings, table1, table2, table3 } from './claims.js';
import { longTraining } from './experiments.js';
import { classicLeNet5, proposedLeNet5 } from './models.js';
import { type Scores, scoreName } from './scores.js';
import { beside, evidence, type Live, liveNote, liveRuns, main, meanOfValues, paper, reportedAccuracy, verdicts } from './shared.js';

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
  const { mean, n, interval } = summarise(points);
  const shared = n === 1 ? 'on the one shared seed' : `on the ${n} shared seeds`;
  const firm = interval ? ` (${signedRange(interval)})` : ', which gives no interval';
  const side = mean < 0 ? 'still below' : mean > 0 ? 'above' : 'level with';
  const batches = [one, two].map(({ recipe }) => Number(recipe['batchSize']));
  const unequal = batches[0] === batches[1] ? '' : `; batches of ${batches.join(' and ')}`;
  return `${all} With their optimiser (${optimiserWords(one)}) a LeNet-5 of today, ReLU and average pools, reaches ${percentage(own)} % (${leNet.label}), ${side} the CNN of two convolutions (${percentage(other)} %, ${cnn.label}; ${shared} ${signedPoints(mean)} points${firm}${unequal}).`;
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
