/** What the report leaves open: optimiser, activation and the like, one change at a time, and what each brings. */

import type { TableData } from '../../notebook/index.js';
import { summarise } from '../../results/index.js';
import { percentage, signedPoints, signedRange } from '../words.js';
import { adamNames } from './claims.js';
import { longTraining } from './experiments.js';
import { fromReported } from './readings.js';
import { evidence, type Live, liveRuns, main, meanOfValues } from './shared.js';

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

/** Both of the changes that are told apart above, made together. */
const jointChange = { change: `${adamNames.stated} for SGD and ReLU for tanh`, to: 'proposed-adam-relu', from: main };

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

/** Whether Adam, or ReLU, is shown to help by itself, or to cost: the interval of what it brings lies above zero, or below. */
export function aloneWords(changes: readonly Change[]): string[] {
  const there = alone.flatMap(({ name, to, from }) => {
    const change = changes.find((each) => each.to === to && each.from === from);
    const { interval = null } = change ?? {};
    return change ? [{ name, shown: interval !== null && interval[0] > 0, costs: interval !== null && interval[1] < 0 }] : [];
  });
  if (there.length < alone.length) return [];
  const helping = there.filter(({ shown }) => shown).map(({ name }) => name);
  const verdict =
    helping.length === alone.length
      ? 'each is shown to help alone'
      : helping.length === 0
        ? 'neither is shown to help alone'
        : `only ${helping[0]} is shown to help alone`;
  const costing = there.filter(({ costs }) => costs).map(({ name }) => name);
  return [
    `Of ${there.map(({ name }) => name).join(' and ')} ${verdict}${costing.length > 0 ? `; ${costing.length > 1 ? 'each' : costing[0]} alone costs` : ''}.`,
  ];
}

/** Which recorded row is highest, how far it is from the report, and what each single change brings. */
export function ablationWords(): string {
  const rows = ablation.flatMap(({ experiment, name }) => {
    const mean = meanOfValues(evidence(experiment).records.map((run) => run.metrics['testAccuracy']));
    return mean === undefined ? [] : [{ name, mean }];
  });
  if (rows.length === 0) return 'No row has been recorded yet.';
  const highest = rows.reduce((best, row) => (row.mean > best.mean ? row : best));
  const measured = (wanted: typeof singleChanges) =>
    wanted.flatMap(({ change, to, from }) => {
      const differences = gains(evidence(to).records, evidence(from).records);
      return differences.length > 0 ? [{ change, to, from, ...summarise(differences) }] : [];
    });
  const changes = measured(singleChanges);
  const joint = measured([jointChange]);
  const words = ({ change, mean, n, interval }: (typeof changes)[number]) =>
    `${signedPoints(mean)} points: ${change} (${n === 1 ? 'one seed' : `${n} seeds`}${interval ? `; ${signedRange(interval)}` : ''})`;
  return [
    `Highest: ${highest.name}.`,
    `It reaches ${percentage(highest.mean)} %, ${fromReported(highest.mean)}.`,
    'One change at a time, over the seeds that both sides have:',
    ...changes.sort((a, b) => b.mean - a.mean).map(words),
    ...(joint.length > 0 ? ['Two changes at once:', ...joint.map(words)] : []),
    ...([...changes, ...joint].some(({ interval }) => interval) ? ['After the seeds: the 95 % interval of the mean.'] : []),
    ...aloneWords(changes),
  ].join('\n');
}
