/** The report's nine figures and two tables, drawn from runs; and the figures and tables of the experiments that explain its numbers. */
import type { ImageSet, Provenance } from '../../data/index.js';
import {
  barsWithIntervals,
  type Figure,
  type GateActivations,
  imageGrid,
  learningCurves,
  lstmCellDiagram,
  type MeasuredValue,
  modelDiagram,
} from '../../figures/index.js';
import type { Cell, TableData } from '../../notebook/index.js';
import { judgeAll, type RunRecord, summarise, type Verdict } from '../../results/index.js';
import { type Evidence, evidenceOf, neededEvidence } from '../evidence.js';
import { trainLive as train } from '../live.js';
import { recordedRuns } from '../status.js';
import { claims, readings, table1, table2 } from './claims.js';
import { imageComparisons, leakBySeed, seedDifference } from './comparisons.js';
import {
  architectures,
  chosenSettings,
  equalComputeEpochs,
  experiments,
  fullEpochs,
  idcArchitectures,
  leakArchitectures,
  searchGrid,
  searchRun,
} from './experiments.js';
import { cellWeights, gatesOf, rowsSeen, trainedNetwork } from './gates.js';
import { type Architecture, multiplyAdds, network, parameterCount, type SharedSettings } from './models.js';

const paper = 'lstm-cnn';
type Live = readonly RunRecord[];

export const modelNames: Record<Architecture, string> = {
  'lstm-cnn': 'LSTM + CNN',
  'cnn-lstm': 'CNN + LSTM',
  lstm: 'LSTM',
  cnn: 'CNN',
  stacked: '3 × (LSTM + CNN)',
};

export const evidence = (experiment: string, live?: Live): Evidence => evidenceOf(paper, experiment, live);

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Verdicts on all claims, from the recorded runs. */
export const verdicts = async (): Promise<Verdict[]> => judgeAll(claims, await recordedRuns(paper), readings);

/** Stand-ins leave their mark on whatever is made of them. */
export const provenanceOf = (records: Live): Provenance => (records.some((run) => run.provenance === 'stand-in') ? 'stand-in' : 'real');
const curvesOf = (records: Live, curve: string) => records.map((run) => run.curves[curve]).filter((values) => values !== undefined);
const percentage = (share: number | undefined, digits = 2) => (share === undefined ? '–' : (100 * share).toFixed(digits));
const points = (difference: number) => `${difference >= 0 ? '+' : '−'}${Math.abs(100 * difference).toFixed(2)}`;
const between = (low: number, high: number) => `${points(low)} to ${points(high)}`;

/** "98.12 ± 0.08" of one metric in per cent. */
function spread(records: Live, metric: string): string {
  const values = records.map((run) => run.metrics[metric]).filter((value) => value !== undefined);
  if (values.length === 0) return '–';
  const { mean, sd } = summarise(values);
  return sd === null ? percentage(mean) : `${percentage(mean)} ± ${percentage(sd)}`;
}

/** Where the curves of one figure come from: said once if all agree, else in the legend. */
const commonLabel = (all: readonly Evidence[]): string | undefined => {
  const labels = new Set(all.map(({ label }) => label));
  return labels.size === 1 ? [...labels][0] : undefined;
};

/** The run of the report's network that was best on validation images, of those that kept their weights. */
export function bestRun(live?: Live): RunRecord {
  const { records } = neededEvidence(paper, 'mnist-lstm-cnn', live);
  return [...records].sort((a, b) => b.metrics['validationAccuracy'] - a.metrics['validationAccuracy'])[0];
}

export interface CellStudy {
  activations: GateActivations;
  digit: string;
  label: string;
  provenance: Provenance;
}

/** Every gate and state of the trained LSTM in an LSTM + CNN while it reads one digit row by row. */
export function cellStudy(set: ImageSet, position: number, live?: Live): CellStudy {
  const record = bestRun(live);
  const model = trainedNetwork(record);
  try {
    return {
      activations: gatesOf(cellWeights(model), rowsSeen(model, set, position)),
      digit: set.classNames[set.labels[position]],
      label: `${evidence('mnist-lstm-cnn', live).origin}, seed ${record.seed}`,
      provenance: provenanceOf([record]),
    };
  } finally {
    model.dispose();
  }
}

/** Figure 1: the cell, its equations, and what its gates do on one digit. */
export function cellFigure({ activations, digit, label, provenance }: CellStudy): Figure {
  return lstmCellDiagram({
    activations,
    title: `An LSTM cell, and what it does while it reads a ${digit} row by row`,
    subtitle: `gates and states of a trained LSTM + CNN (${label}); one line per unit, one column per row of the image`,
    provenance,
  });
}

/** The image of figure 1. */
export const digitFigure = (set: ImageSet, position: number): Figure =>
  imageGrid(set, [position], { title: 'What the cell reads, from the top row to the bottom row', provenance: set.provenance });

function diagram(architecture: Architecture, title: string): Figure {
  const model = network({ architecture, ...chosenSettings, image: [28, 28, 1], classes: 10 });
  try {
    return modelDiagram(model, { title, subtitle: 'drawn from the built model; widths from the recorded search' });
  } finally {
    model.dispose();
  }
}

/** Figure 2: the convolutional rival. */
export const cnnFigure = (): Figure => diagram('cnn', 'The CNN: one convolution along the rows of the image');

/** Figure 3: the report's own network. */
export const hybridFigure = (): Figure => diagram('lstm-cnn', 'The LSTM-CNN: the convolution reads what the LSTM remembers');

/** Input sizes, settings and costs of the networks on MNIST. */
export function sizeTable(): TableData {
  const all: Architecture[] = [...architectures, 'stacked'];
  return {
    columns: ['network', 'parameters', 'multiplications per image', 'epochs', 'epochs for equal compute'],
    rows: all.map((architecture) => {
      const options = { architecture, ...chosenSettings, image: [28, 28, 1] as [number, number, number], classes: 10 };
      const equal = architecture === 'stacked' ? '–' : equalComputeEpochs(architecture);
      return [modelNames[architecture], parameterCount(options), multiplyAdds(options), fullEpochs, equal];
    }),
  };
}

export interface SearchRow {
  settings: SharedSettings;
  validation: Partial<Record<Architecture, number>>;
  /** Over the models; undefined while one is missing. */
  mean: number | undefined;
}

/** The recorded search, the best setting first. */
export function searchRows(): SearchRow[] {
  const rows = searchGrid.map((settings): SearchRow => {
    const validation: SearchRow['validation'] = {};
    for (const architecture of architectures) {
      const [record] = evidence(searchRun(architecture, settings)).records;
      if (record) validation[architecture] = record.metrics['validationAccuracy'];
    }
    const values = Object.values(validation);
    return { settings, validation, mean: values.length === architectures.length ? summarise(values).mean : undefined };
  });
  return rows.sort((a, b) => (b.mean ?? -1) - (a.mean ?? -1));
}

const sameSettings = (one: SharedSettings, other: SharedSettings) =>
  one.units === other.units && one.filters === other.filters && one.kernelSize === other.kernelSize && one.dropout === other.dropout;

export function searchTable(): TableData {
  return {
    columns: [
      'units = filters',
      'kernel',
      'dropout',
      ...architectures.map((architecture) => `${modelNames[architecture]} %`),
      'mean %',
      '',
    ],
    rows: searchRows().map(({ settings, validation, mean }) => [
      settings.units,
      settings.kernelSize,
      settings.dropout,
      ...architectures.map((architecture) => percentage(validation[architecture])),
      { value: percentage(mean), ...(sameSettings(settings, chosenSettings) && { mark: 'best' as const }) },
      sameSettings(settings, chosenSettings) ? 'chosen' : '',
    ]),
  };
}

const mnistRun = (architecture: Architecture) => `mnist-${architecture}`;
type Part = 'train' | 'validation';
const curveOf: Record<Part, string> = { train: 'accuracy', validation: 'validationAccuracy' };
const partWords: Record<Part, string> = { train: 'training', validation: 'validation' };

interface CurveEntry {
  architecture: Architecture;
  experiment: string;
  name?: string;
}

/** One colour for each model, in every figure. */
const colours: readonly Architecture[] = [...architectures, 'stacked'];

function curvesFigure(
  entries: readonly CurveEntry[],
  part: Part,
  live: Live | undefined,
  options: { title: string; note?: string; lines?: { value: number; name: string }[] },
): Figure {
  const all = entries.map((entry) => ({ ...entry, found: neededEvidence(paper, entry.experiment, live) }));
  const records = all.flatMap(({ found }) => found.records);
  const common = commonLabel(all.map(({ found }) => found));
  const series = all.map(({ architecture, found, name = modelNames[architecture] }) => ({
    name: common ? name : `${name} (${found.label})`,
    runs: curvesOf(found.records, curveOf[part]),
    colour: colours.indexOf(architecture),
  }));
  const band = all.some(({ found }) => found.records.length > 1) ? 'band: ± 1 standard deviation over seeds' : '';
  return learningCurves(series, {
    title: options.title,
    subtitle: [common ?? 'the legend says where each curve comes from', band, options.note].filter(Boolean).join('; '),
    yTitle: `${partWords[part]} accuracy`,
    lines: options.lines ?? [],
    provenance: provenanceOf(records),
  });
}

/** Figures 4 and 5: the four models on MNIST. */
export function digitCurves(part: Part, live?: Live): Figure {
  const entries = architectures.map((architecture) => ({ architecture, experiment: mnistRun(architecture) }));
  return curvesFigure(entries, part, live, { title: `MNIST: ${partWords[part]} accuracy of the four models` });
}

const reportedStack: Record<Part, number> = { train: 0.997, validation: 0.9929 };

/** Figures 6 and 7: three blocks on top of each other, beside one. */
export function stackCurves(part: Part, live?: Live): Figure {
  const entries: CurveEntry[] = [
    { architecture: 'stacked', experiment: 'mnist-stacked' },
    { architecture: 'lstm-cnn', experiment: mnistRun('lstm-cnn'), name: `${modelNames['lstm-cnn']}, one block` },
  ];
  return curvesFigure(entries, part, live, {
    title: `MNIST: ${partWords[part]} accuracy of three stacked LSTM-CNN`,
    lines: [{ value: reportedStack[part], name: 'reported' }],
  });
}

const positives = ({ labels }: ImageSet) => labels.reduce((sum, label) => sum + label, 0);

/** Share of the more frequent class: what a network scores that has learned nothing. */
export const majorityShare = (set: ImageSet): number => Math.max(positives(set), set.count - positives(set)) / set.count;

/** "15,754 patches of 223 patients, 34.3 % with the disease". */
export function describePatches(set: ImageSet): string {
  const patients = new Set(set.groups).size;
  return `${set.count.toLocaleString('en-US')} patches of ${patients} patients, ${percentage(positives(set) / set.count, 1)} % of them positive`;
}

/** Some patches of each class, from different patients where there are enough. */
export function patchesFigure(set: ImageSet): Figure {
  const firstOfEach = (wanted: number) => {
    const met = new Set<number>();
    const found: number[] = [];
    for (let position = 0; position < set.count && found.length < 8; position++) {
      const patient = set.groups?.[position] ?? position;
      if (set.labels[position] !== wanted || met.has(patient)) continue;
      met.add(patient);
      found.push(position);
    }
    return found;
  };
  return imageGrid(set, [...firstOfEach(0), ...firstOfEach(1)], {
    columns: 8,
    title: 'Breast tissue: patches of 50 × 50 pixels, each from another patient',
    subtitle: 'above: negative patches; below: positive ones',
    provenance: set.provenance,
  });
}

/** The IDC runs split by patch that figures 8 and 9 and table II show first. */
const patchRuns = (live?: Live) => idcArchitectures.flatMap((architecture) => evidence(`idc-${architecture}-patch`, live).records);

/** What a constant answer scores on the test patches of these runs; a stratified split keeps the set's balance in every part. */
function majorityOf(records: Live): number {
  if (records.length === 0) throw new Error('There is no run on IDC to draw from. Run the training cells above.');
  return summarise(records.map((run) => run.metrics['majorityAccuracy'])).mean;
}

/** What the runs on tissue were made of, read off their records: "idc (extract): 15,754 patches, 34.3 % of them positive". */
export function patchWords(live?: Live): string {
  const records = patchRuns(live);
  if (records.length === 0) return 'no run yet';
  const most = [...records].sort((a, b) => patchesUsed(b) - patchesUsed(a))[0];
  const positiveShare = 1 - majorityOf([most]);
  return `${most.data[0].name}: ${patchesUsed(most).toLocaleString('en-US')} patches, ${percentage(positiveShare, 1)} % of them positive`;
}

/** Patches that a run used in all its parts. */
const patchesUsed = ({ data }: RunRecord) => data.reduce((sum, { count }) => sum + count, 0);

/** Figures 8 and 9: the three models on IDC, split by patch as the report must have done. */
export function patchCurves(part: Part, live?: Live): Figure {
  const entries = idcArchitectures.map((architecture) => ({ architecture, experiment: `idc-${architecture}-patch` }));
  return curvesFigure(entries, part, live, {
    title: `IDC: ${partWords[part]} accuracy of the three models`,
    note: `split by patch; ${patchWords(live)}`,
    lines: [{ value: majorityOf(patchRuns(live)), name: 'always "negative"' }],
  });
}

const liveValue = (experiment: string, metric: string, live: Live = []) =>
  spread(
    live.filter((run) => run.recipe.experiment === experiment),
    metric,
  );

/** Table I: the four models and the stack on MNIST. */
export function table1Data(live?: Live): TableData {
  return {
    columns: [
      'model',
      'training reported %',
      'training obtained %',
      'validation reported %',
      'validation obtained %',
      'test obtained %',
      'seeds',
      'live validation %',
    ],
    rows: table1.map(({ model, row, train: training, validation }): Cell[] => {
      const here = evidence(`mnist-${model}`, live);
      const obtained = (metric: string) => ({ value: spread(here.records, metric), note: here.label });
      return [
        row,
        { value: training[0].toFixed(training[1]), mark: 'claim' },
        obtained('trainAccuracy'),
        { value: validation[0].toFixed(validation[1]), mark: 'claim' },
        obtained('validationAccuracy'),
        obtained('testAccuracy'),
        here.records.length,
        liveValue(`mnist-${model}`, 'validationAccuracy', live),
      ];
    }),
  };
}

/** Measures of one IDC experiment: accuracy on both parts, then what a lopsided set needs. */
function patchRow(name: string, experiment: string, reported: [string, string], live?: Live): Cell[] {
  const here = evidence(experiment, live);
  const obtained = (metric: string) => ({ value: spread(here.records, metric), note: here.label });
  return [
    name,
    { value: reported[0], mark: 'claim' },
    obtained('trainAccuracy'),
    { value: reported[1], mark: 'claim' },
    obtained('validationAccuracy'),
    obtained('testAccuracy'),
    obtained('majorityAccuracy'),
    obtained('balancedAccuracy'),
    obtained('f1'),
    obtained('auc'),
    here.records.length,
  ];
}

/** Table II: the three models on IDC, by patch as reported; by patient; and what no network at all would score. */
export function table2Data(live?: Live): TableData {
  const majority = percentage(majorityOf(patchRuns(live)));
  return {
    columns: [
      'model',
      'training reported %',
      'training %',
      'validation reported %',
      'validation %',
      'test %',
      'constant answer on test %',
      'balanced %',
      'F1 %',
      'AUC %',
      'seeds',
    ],
    rows: [
      ...table2.map(({ model, row, train: training, validation }) =>
        patchRow(`${row}, by patch`, `idc-${model}-patch`, [training[0].toFixed(training[1]), validation[0].toFixed(validation[1])], live),
      ),
      ...table2.map(({ model, row }) => patchRow(`${row}, by patient`, `idc-${model}-patient`, ['–', '–'], live)),
      ['always "negative"', '–', majority, '–', majority, majority, majority, '50.00', '0.00', '50.00', '–'],
    ],
  };
}

const reportedDifference = (rows: typeof table1, rival: Architecture) => {
  const value = (model: Architecture) => rows.find((row) => row.model === model)?.validation[0];
  const [own, other] = [value('lstm-cnn'), value(rival)];
  return own === undefined || other === undefined ? undefined : (own - other) / 100;
};

interface Rivalry {
  set: 'MNIST' | 'IDC';
  rival: Architecture;
  left: Evidence;
  right: Evidence;
  reported: number | undefined;
}

/** LSTM + CNN against every other model, on both sets. */
function rivalries(live?: Live): Rivalry[] {
  const digits = architectures.slice(1).map((rival) => ({
    set: 'MNIST' as const,
    rival,
    left: evidence(mnistRun('lstm-cnn'), live),
    right: evidence(mnistRun(rival), live),
    reported: reportedDifference(table1, rival),
  }));
  const tissue = idcArchitectures.slice(1).map((rival) => ({
    set: 'IDC' as const,
    rival,
    left: evidence('idc-lstm-cnn-patch', live),
    right: evidence(`idc-${rival}-patch`, live),
    reported: reportedDifference(table2, rival),
  }));
  return [...digits, ...tissue];
}

/** Whether the four models differ by more than seeds do, and by more than the choice of test images does. */
export function differenceTable(live?: Live): TableData {
  return {
    columns: [
      'LSTM + CNN less',
      'set',
      'reported',
      'validation, seeds',
      '95 % over seeds',
      'test, images',
      '95 % over images',
      'only one right',
      'McNemar p',
      'seeds',
    ],
    rows: rivalries(live).map(({ set, rival, left, right, reported }): Cell[] => {
      const seeds = seedDifference(left.records, right.records, 'validationAccuracy');
      const [images] = imageComparisons(left.records, right.records);
      return [
        modelNames[rival],
        set,
        { value: reported === undefined ? '–' : points(reported), mark: 'claim' },
        seeds ? points(seeds.mean) : '–',
        seeds?.interval ? between(...seeds.interval) : 'needs two seeds',
        images ? points(images.bootstrap.estimate) : '–',
        images ? between(images.bootstrap.low, images.bootstrap.high) : '–',
        images ? `${images.mcNemar.onlyFirst} : ${images.mcNemar.onlySecond}` : '–',
        images ? images.mcNemar.pValue.toPrecision(2) : '–',
        seeds?.n ?? 0,
      ];
    }),
  };
}

/** The same as a picture: differences on the test set with their intervals, reported differences beside them. */
export function differenceFigure(live?: Live): Figure {
  const all = rivalries(live);
  const values = all.flatMap(({ set, rival, left, right, reported }): MeasuredValue[] => {
    const [images] = imageComparisons(left.records, right.records);
    if (!images) return [];
    const { estimate, low, high } = images.bootstrap;
    const name = `${set}: less ${modelNames[rival]}`;
    const claim = reported === undefined ? undefined : 100 * reported;
    return [{ name, value: 100 * estimate, low: 100 * low, high: 100 * high, claim, group: set }];
  });
  if (values.length === 0) throw new Error('No two runs answered the same test images yet: run the training cells above.');
  const used = all.flatMap(({ left, right }) => [left, right]);
  return barsWithIntervals(values, {
    title: 'LSTM + CNN less each other model',
    subtitle: `first seed on the test images, ${commonLabel(used) ?? 'recorded and live runs'}; diamonds: what the report states for validation`,
    xTitle: 'difference in accuracy (percentage points)',
    percentages: false,
    intervalName: '95 % interval over test images',
    provenance: provenanceOf(used.flatMap(({ records }) => records)),
  });
}

/** What a run's size and length are, read off its recipe. */
function sizeOf(record: RunRecord): { parameters: number; epochs: number; cost: number } {
  const model = record.recipe['model'] as unknown as SharedSettings & { architecture: Architecture };
  const epochs = Number(record.recipe['epochs']);
  const cost = multiplyAdds({ ...model, image: [28, 28, 1], classes: 10 }) * epochs;
  return { parameters: record.metrics['parameters'], epochs, cost };
}

/** The four models with equal settings, with equal numbers of parameters and with equal numbers of multiplications. */
export function fairnessTable(live?: Live): TableData {
  const variants = [
    ['equal settings', ''],
    ['equal parameters', '-equal-parameters'],
    ['equal compute', '-equal-compute'],
  ];
  return {
    columns: ['compared at', 'model', 'parameters', 'epochs', 'multiplications of a training, 10⁹', 'validation %', 'test %', 'from'],
    rows: variants.flatMap(([words, suffix]) =>
      architectures.map((architecture): Cell[] => {
        // A model that needs no change for a comparison was not trained twice.
        const known = evidence(`${mnistRun(architecture)}${suffix}`, live);
        const same =
          suffix === '-equal-parameters' ? architecture === 'lstm-cnn' : suffix !== '' && equalComputeEpochs(architecture) <= fullEpochs;
        const here = same ? evidence(mnistRun(architecture), live) : known;
        const [first] = here.records;
        const size = first && sizeOf(first);
        return [
          words,
          modelNames[architecture],
          size?.parameters ?? '–',
          size?.epochs ?? '–',
          size ? Math.round((size.cost * (first.data.find(({ role }) => role === 'training')?.count ?? 0)) / 1e9) : '–',
          spread(here.records, 'validationAccuracy'),
          spread(here.records, 'testAccuracy'),
          here.label,
        ];
      }),
    ),
  };
}

const leakMeasures = [
  { metric: 'testAccuracy', words: 'accuracy' },
  { metric: 'balancedAccuracy', words: 'balanced accuracy' },
  { metric: 'f1', words: 'F1' },
  { metric: 'auc', words: 'AUC' },
];

/** With the leak, without it, and the difference seed by seed. */
function leakRows(name: string, withLeak: Evidence, without: Evidence): Cell[][] {
  return leakMeasures.flatMap(({ metric, words }): Cell[][] => {
    const difference = seedDifference(withLeak.records, without.records, metric);
    if (!difference) return [];
    const interval = difference.interval ? between(...difference.interval) : 'needs two seeds';
    return [
      [name, words, spread(withLeak.records, metric), spread(without.records, metric), points(difference.mean), interval, difference.n],
    ];
  });
}

const controlled = (architecture: Architecture, live?: Live) => ({
  shared: evidence(`idc-${architecture}-leak-shared`, live),
  apart: evidence(`idc-${architecture}-leak-apart`, live),
});

/** By patch against by patient for every model: two splits, two test parts. */
export function splitTable(live?: Live): TableData {
  const rows = idcArchitectures.flatMap((architecture) =>
    leakRows(modelNames[architecture], evidence(`idc-${architecture}-patch`, live), evidence(`idc-${architecture}-patient`, live)),
  );
  return { columns: ['model', 'measure', 'by patch %', 'by patient %', 'difference', '95 % over seeds', 'seeds'], rows };
}

/** The controlled trial: the same test patches, their patients met in training or not. */
export function leakTable(live?: Live): TableData {
  const rows = leakArchitectures.flatMap((architecture) => {
    const { shared, apart } = controlled(architecture, live);
    return leakRows(modelNames[architecture], shared, apart);
  });
  const none: Cell[] = ['not run yet: npm run sweep -- --paper 02 --only leak', '–', '–', '–', '–', '–', 0];
  return {
    columns: ['model', 'measure', 'patients met %', 'patients unknown %', 'difference', '95 % over seeds', 'seeds'],
    rows: rows.length > 0 ? rows : [none],
  };
}

/** What the leak gives in accuracy, seed by seed, each with its interval over patients; undefined while nothing was run. */
export function leakFigure(live?: Live): Figure | undefined {
  const all = leakArchitectures.map((architecture) => ({ architecture, ...controlled(architecture, live) }));
  const values = all.flatMap(({ architecture, shared, apart }) =>
    leakBySeed(shared.records, apart.records).map(({ seed, estimate, low, high }) => ({
      name: `${modelNames[architecture]}, seed ${seed}`,
      value: 100 * estimate,
      low: 100 * low,
      high: 100 * high,
      group: modelNames[architecture],
    })),
  );
  if (values.length === 0) return undefined;
  const used = all.flatMap(({ shared, apart }) => [shared, apart]).filter(({ records }) => records.length > 0);
  return barsWithIntervals(values, {
    title: 'What it is worth to have met the patient before',
    subtitle: `same test patches, as many training patches; ${commonLabel(used) ?? 'recorded and live runs'}; bars: 95 % over patients`,
    xTitle: 'gain in accuracy (percentage points)',
    percentages: false,
    intervalName: '95 % interval over patients',
    provenance: provenanceOf(used.flatMap(({ records }) => records)),
  });
}

/** Why validation lies above training: the training curve is counted with dropout on and while the weights still change. */
export function dropoutTable(live?: Live): TableData {
  const all = [...architectures.map(mnistRun), 'mnist-stacked', ...idcArchitectures.map((architecture) => `idc-${architecture}-patch`)];
  return {
    columns: ['run', 'training, during the last epoch %', 'training, afterwards without dropout %', 'validation %', 'from'],
    rows: all.flatMap((experiment): Cell[][] => {
      const { records, label } = evidence(experiment, live);
      if (records.length === 0) return [];
      return [
        [experiment, spread(records, 'trainAccuracy'), spread(records, 'trainAccuracyAfter'), spread(records, 'validationAccuracy'), label],
      ];
    }),
  };
}

/** Live runs of this session, as curves. */
export function liveFigure(live: Live, title: string): Figure {
  if (live.length === 0) throw new Error('There is no live run to draw: run the training cell first.');
  const names = live.map(({ recipe }) => String(recipe.experiment));
  const series = (['train', 'validation'] as const).flatMap((part) =>
    live.map((run, colour) => ({
      name: names[colour],
      runs: curvesOf([run], curveOf[part]),
      panel: `${partWords[part]} accuracy`,
      colour,
    })),
  );
  return learningCurves(series, {
    title,
    subtitle: `live, ${live[0].profile} profile, seed ${live[0].seed}`,
    provenance: provenanceOf(live),
  });
}

/** What the leak comes to in the controlled trial, in a sentence for each model. */
export function leakWords(live?: Live): string {
  const sentences = leakArchitectures.flatMap((architecture) => {
    const { shared, apart } = controlled(architecture, live);
    const difference = seedDifference(shared.records, apart.records, 'testAccuracy');
    if (!difference) return [];
    const interval = difference.interval
      ? `95 % interval ${between(...difference.interval)} over ${difference.n} seeds`
      : 'one seed, no interval over seeds';
    return [
      `${modelNames[architecture]}: having met other patches of the same patients is worth ${points(difference.mean)} points of accuracy (${interval}).`,
    ];
  });
  return sentences.length > 0 ? sentences.join('\n') : 'The controlled trial has not been run yet: npm run sweep -- --paper 02 --only leak';
}
