/** The report's nine figures and two tables, drawn from runs. */

import { type ImageSet, type Provenance, randomStream } from '../../data/index.js';
import { type Figure, type GateActivations, imageGrid, learningCurves, lstmCellDiagram, modelDiagram } from '../../figures/index.js';
import type { Cell, TableData } from '../../notebook/index.js';
import { judgeAll, type RunRecord, summarise, type Verdict } from '../../results/index.js';
import { curvesOf, neededEvidence, provenanceOf } from '../evidence.js';
import { trainLive as train } from '../live.js';
import { recordedRuns } from '../status.js';
import { percentage, signedPoints, wrapped } from '../words.js';
import { trainedNetwork } from './best-model.js';
import { claims, readings, table1, table2 } from './claims.js';
import { architectures, chosenSettings, experiments, idcArchitectures } from './experiments.js';
import { cellWeights, gatesOf, openingByStep, openingOfBias, rowsSeen } from './gates.js';
import { type Architecture, network } from './models.js';
import {
  colours,
  commonLabel,
  constantWords,
  curveOf,
  evidence,
  type Live,
  majorityOf,
  mnistRun,
  modelNames,
  type Part,
  paper,
  partWords,
  patchRuns,
  patchWords,
  spread,
} from './shared.js';

/** Trains the named experiments in the profile in use. */
export const trainLive = (names: readonly string[]): Promise<RunRecord[]> => train(experiments, names);

/** Verdicts on all claims, from the recorded runs. */
export const verdicts = async (): Promise<Verdict[]> => judgeAll(claims, await recordedRuns(paper), readings);

/** The run of the report's network that was best on validation images, of those that kept their weights. */
export function bestRun(live?: Live): RunRecord {
  const { records } = neededEvidence(paper, 'mnist-lstm-cnn', live);
  return [...records].sort((a, b) => b.metrics['validationAccuracy'] - a.metrics['validationAccuracy'])[0];
}

/** How many numbers each other reading changes, how many of those it gives, and on which side of the report they lie. */
export function readingWords(judged: readonly Verdict[]): string {
  const lines = readings.flatMap(({ id, name }): string[] => {
    const given = judged.flatMap((verdict) => {
      const result = verdict.readings.find(({ reading }) => reading === id);
      return result && result.mean !== null && verdict.claimed !== null ? [{ result, off: result.mean - verdict.claimed }] : [];
    });
    if (given.length === 0) return [];
    const below = given.filter(({ off }) => off < 0).length;
    const side = `below the report's: ${below}, above: ${given.length - below}`;
    const order = orderWords(judged, (verdict) => verdict.readings.find(({ reading }) => reading === id)?.mean ?? null);
    return [
      `  ${name}: changes ${given.length} numbers of table I, gives ${given[0].result.matched} of them (${side})${order && `; ${order}`}`,
    ];
  });
  const plain = orderWords(judged, ({ mean }) => mean);
  return lines.length > 0
    ? wrapped(['Other readings, judged by the same rule:', ...lines, ...(plain ? [`As described, ${plain}.`] : [])].join('\n'))
    : 'No run yet.';
}

/** Whether the four models come in the order in which the report has them: near 100 % each can be near its number and the order another one. */
function orderWords(judged: readonly Verdict[], meanOf: (verdict: Verdict) => number | null): string {
  const told = (['train', 'validation'] as const).flatMap((part) => {
    const four = architectures.flatMap((architecture) => {
      const verdict = judged.find(({ claim }) => claim === `${paper}/mnist-${architecture}-${part}`);
      const mean = verdict && meanOf(verdict);
      return verdict && verdict.claimed !== null && typeof mean === 'number' ? [{ claimed: verdict.claimed, mean }] : [];
    });
    if (four.length < architectures.length) return [];
    const ordered = [...four].sort((one, other) => other.claimed - one.claimed);
    const kept = ordered.every(({ mean }, at) => at === 0 || mean < ordered[at - 1].mean);
    return [`${partWords[part]} ${kept ? '' : 'not '}as reported`];
  });
  return told.length > 0 ? `order of the four models: ${told.join(', ')}` : '';
}

/** How far each of table I's validation accuracies lies from the report's: a shift that all share is no advantage of one. */
export function shiftWords(judged: readonly Verdict[]): string {
  const shifts = architectures.flatMap((architecture) => {
    const verdict = judged.find(({ claim }) => claim === `${paper}/mnist-${architecture}-validation`);
    return verdict && verdict.margin !== null ? [{ name: modelNames[architecture], points: verdict.margin }] : [];
  });
  if (shifts.length === 0) return 'No run yet.';
  const above = shifts.filter(({ points: shift }) => shift > 0).length;
  const which =
    above === shifts.length ? 'all lie above it' : above === 0 ? 'none lies above it' : `${above} of ${shifts.length} lie above it`;
  return wrapped(
    `Validation accuracy minus the report's, points: ${shifts.map((each) => `${each.name} ${signedPoints(each.points)}`).join(', ')}: ${which}.`,
  );
}

export interface CellStudy {
  activations: GateActivations;
  /** Whether a row of the image holds any ink, from the top. */
  inked: boolean[];
  digit: string;
  label: string;
  provenance: Provenance;
}

function inkedRows(set: ImageSet, position: number): boolean[] {
  const rowLength = set.width * set.channels;
  const start = position * set.height * rowLength;
  return Array.from({ length: set.height }, (_, row) =>
    set.pixels.subarray(start + row * rowLength, start + (row + 1) * rowLength).some((value) => value > 0),
  );
}

/** Every gate and state of the trained LSTM in an LSTM + CNN while it reads one digit row by row. */
export function cellStudy(set: ImageSet, position: number, live?: Live): CellStudy {
  const record = bestRun(live);
  const model = trainedNetwork(record);
  try {
    return {
      activations: gatesOf(cellWeights(model), rowsSeen(model, set, position)),
      inked: inkedRows(set, position),
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
    subtitle: `trained LSTM + CNN (${label}); a line is a unit, a column a row of the image; gates: dark blue open (1), white shut (0); g, c, h: blue positive, orange negative`,
    provenance,
  });
}

/** Stretches of rows that are all empty or all hold ink, from the top of an image. */
function stretchesOf(inked: readonly boolean[]): { ink: boolean; rows: number[] }[] {
  const stretches: { ink: boolean; rows: number[] }[] = [];
  inked.forEach((ink, row) => {
    const last = stretches.at(-1);
    if (last?.ink === ink) last.rows.push(row);
    else stretches.push({ ink, rows: [row] });
  });
  return stretches;
}

/** How far the forget gate stood open in the empty rows and in those with ink, where least, and where it started before training. */
export function forgetWords({ activations, inked }: CellStudy): string {
  const opening = openingByStep(activations, 'forget');
  const mean = (rows: readonly number[]) => summarise(rows.map((row) => opening[row])).mean.toFixed(2);
  const stretches = stretchesOf(inked).map(({ ink, rows }) => {
    const numbers = rows.length > 1 ? `rows ${rows[0] + 1} to ${rows.at(-1)! + 1}` : `row ${rows[0] + 1}`;
    return `  ${numbers} (${ink ? 'ink' : 'empty'}): ${mean(rows)}`;
  });
  const least = opening.indexOf(Math.min(...opening));
  return wrapped(
    [
      `Forget gate, mean over ${activations.units} units:`,
      ...stretches,
      `  least open in row ${least + 1} (${inked[least] ? 'ink' : 'empty'}): ${opening[least].toFixed(2)}`,
      `  before training: near ${openingOfBias(1).toFixed(2)} in every row, σ of the 1 that its bias starts at`,
    ].join('\n'),
  );
}

/** The image of figure 1. */
export const digitFigure = (set: ImageSet, position: number): Figure =>
  imageGrid(set, [position], { title: 'What the cell reads, from the top row to the bottom row', provenance: set.provenance });

function diagram(architecture: Architecture, title: string): Figure {
  const model = network({ architecture, ...chosenSettings, image: [28, 28, 1], classes: 10 });
  try {
    return modelDiagram(model, {
      title,
      subtitle: 'widths from the recorded search; total with the two running averages of normalise, which are not trained',
    });
  } finally {
    model.dispose();
  }
}

/** Figure 2: the convolutional rival. */
export const cnnFigure = (): Figure => diagram('cnn', 'The CNN: one convolution along the rows of the image');

/** Figure 3: the report's own network. */
export const hybridFigure = (): Figure => diagram('lstm-cnn', 'The LSTM-CNN: the convolution reads what the LSTM remembers');

interface CurveEntry {
  architecture: Architecture;
  experiment: string;
  name?: string;
}

/** One colour for each model, in every figure. */
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

/** What the report states for the stack. */
const reportedStack = (part: Part) => (table1.find(({ model }) => model === 'stacked')?.[part][0] ?? Number.NaN) / 100;

/** Figures 6 and 7: three blocks on top of each other, beside one. */
export function stackCurves(part: Part, live?: Live): Figure {
  const entries: CurveEntry[] = [
    { architecture: 'stacked', experiment: 'mnist-stacked' },
    { architecture: 'lstm-cnn', experiment: mnistRun('lstm-cnn'), name: `${modelNames['lstm-cnn']}, one block` },
  ];
  return curvesFigure(entries, part, live, {
    title: `MNIST: ${partWords[part]} accuracy of three stacked LSTM-CNN`,
    lines: [{ value: reportedStack(part), name: 'reported' }],
  });
}

const positives = ({ labels }: ImageSet) => labels.reduce((sum, label) => sum + label, 0);

/** Share of the more frequent class: what accuracy must pass before it says anything. */
export const majorityShare = (set: ImageSet): number => Math.max(positives(set), set.count - positives(set)) / set.count;

/** "15,754 patches of 223 patients, 34.3 % of them positive". */
export function describePatches(set: ImageSet): string {
  const patients = new Set(set.groups).size;
  return `${set.count.toLocaleString('en-US')} patches of ${patients} patients, ${percentage(positives(set) / set.count, 1)} % of them positive`;
}

/**
 * A negative and a positive patch of patients who have both, as positions; no more patients than wanted. Patients and patches are drawn by lot: the
 * first patch of a patient often lies at the edge of a slide, and who looks would learn "edge" for "negative".
 */
export function patchPairs(set: ImageSet, wanted = 8, seed = 1): { negative: number; positive: number }[] {
  const patients = new Map<number, [negatives: number[], positives: number[]]>();
  for (let position = 0; position < set.count; position++) {
    const patient = set.groups?.[position] ?? position;
    const patches = patients.get(patient) ?? [[], []];
    patches[set.labels[position]].push(position);
    patients.set(patient, patches);
  }
  const random = randomStream(seed);
  const left = [...patients.values()].filter((patches) => patches.every(({ length }) => length > 0));
  const drawn = Array.from({ length: Math.min(wanted, left.length) }, () => left.splice(random.below(left.length), 1)[0]);
  return drawn.map((patches) => {
    const [negative, positive] = patches.map((ofClass) => ofClass[random.below(ofClass.length)]);
    return { negative, positive };
  });
}

/** A negative and a positive patch of some patients, one patient a column. */
export function patchesFigure(set: ImageSet): Figure {
  const pairs = patchPairs(set);
  return imageGrid(set, [...pairs.map(({ negative }) => negative), ...pairs.map(({ positive }) => positive)], {
    columns: pairs.length,
    title: `Breast tissue: patches of ${set.width} × ${set.height} pixels from ${pairs.length} patients`,
    subtitle: `above: negative, below: positive; one patient a column, drawn by lot; the set: ${describePatches(set)}; ${constantWords(positives(set) / set.count)}`,
    provenance: set.provenance,
  });
}

/** Figures 8 and 9: the three models on IDC, split by patch; the report does not say how it split. */
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
      'from',
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
        here.label,
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
    here.label,
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
      'from',
    ],
    rows: [
      ...table2.map(({ model, row, train: training, validation }) =>
        patchRow(`${row}, by patch`, `idc-${model}-patch`, [training[0].toFixed(training[1]), validation[0].toFixed(validation[1])], live),
      ),
      ...table2.map(({ model, row }) => patchRow(`${row}, by patient`, `idc-${model}-patient`, ['–', '–'], live)),
      ['always "negative"', '–', majority, '–', majority, majority, majority, '50.00', '0.00', '50.00', 'counted'],
    ],
  };
}
