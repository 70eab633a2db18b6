/** Where do 98.9 % and the numbers of table 2 come from? Every reading of them, with its own runs, on one axis and in words. */

import { type CurveSeries, clearOfLine, type Figure, hypothesisAxis, learningCurves, type MeasuredValue } from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import { type Measure, type Reading, type ReadingResult, type RunRecord, summarise } from '../../results/index.js';
import { comparisonOf, curvesOf, type Evidence, provenanceOf } from '../evidence.js';
import { decimal, percentage, signedPoints, wrapped } from '../words.js';
import { adamNames, earlySetOf, epochNearestKappa, errorReadings, nearestToTable2, readings, table2, table2Tolerance } from './claims.js';
import { longTraining } from './experiments.js';
import { type Scores, scoreName } from './scores.js';
import { evidence, type Live, main, meanOfValues, paper, reportedAccuracy, usedBy, valuesOf, verdicts } from './shared.js';

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
  const values = accuracyReadingValues(live);
  const drawn = hypothesisAxis(
    values,
    { name: 'claimed', value: reportedAccuracy },
    {
      title: 'Where does 98.9 % come from?',
      subtitle: `SGD: tanh; ${adamNames.stated}: ReLU, batches of 32; ${adamNames.long}: ReLU, batches of 64; whiskers: lowest and highest seed`,
      xTitle: 'what is called accuracy',
      provenance: provenanceOf(accuracyReadings.flatMap((reading) => usedBy(measureOf(reading, accuracyClaim)!, live))),
    },
  );
  return clearOfLine(drawn, values, reportedAccuracy);
}

/** "8.94 points below 98.9 %". */
export function fromReported(share: number): string {
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
    `From plain to binary accuracy: a network that is sure of itself has a binary accuracy of ${percentage(reportedAccuracy, 1)} % when it names ${percentage(needed, 1)} % of the images rightly (two of ${outputs} outputs are wrong for each wrong image).` +
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
  const errorName = (score: keyof Scores) => errorReadings.find((reading) => reading.score === score)!.name;
  const series = (name: string, score: keyof Scores, panel: string, colour: number): CurveSeries => ({
    name,
    runs: curvesOf(records, scoreName('test', score)),
    panel,
    colour,
  });
  const drawn = learningCurves(
    [
      series('kappa', 'kappa', agreement, 0),
      series('informedness, weighted by predictions', 'informednessByPrediction', agreement, 1),
      series(errorName('absoluteLabelError'), 'absoluteLabelError', error, 2),
      series(errorName('squaredErrorPerImage'), 'squaredErrorPerImage', error, 3),
    ],
    {
      title: 'Table 2, epoch by epoch',
      subtitle: `test images, plain SGD as stated; ${label}; dashed: the report's numbers`,
      provenance: provenanceOf(records),
      percentages: false,
      lines: [
        { value: table2.kappa, name: 'reported kappa', panel: agreement },
        { value: table2.informedness, name: 'reported informedness', panel: agreement },
        { value: table2.error, name: 'reported error', panel: error },
      ],
    },
  );
  // The names of the lines, so short that they end before the curves cross them: the subtitle says what is dashed.
  const annotations = drawn.layout.annotations?.map((each) => ({ ...each, text: each.text?.replace(/^reported /, '') }));
  return { ...drawn, layout: { ...drawn.layout, ...(annotations && { annotations }) } };
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
