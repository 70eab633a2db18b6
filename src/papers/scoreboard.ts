/** Notebook 06: every claim of every report with its verdict, every network that was trained, and what they teach. Nothing in it is typed. */
import { barsWithIntervals, type Figure, type MeasuredValue, stripPlot, tileChart } from '../figures/index.js';
import {
  type Cell,
  claimsTable,
  explainedClaimsTable,
  headingLink,
  metricInWords,
  outcomeLooks,
  outcomeWords,
  type TableData,
} from '../notebook/index.js';
import { type PaperId, type RunGroup, runs, summarise, type ValueClaim, type Verdict, type VerdictOutcome } from '../results/index.js';
import { reports } from './all.js';
import { claimedValue, publishedWords } from './cnn-lstm-aggregated/artefacts.js';
import { brokeDown, constantAnswer } from './failed.js';
import { type Judged, judgedClaims, recordedOf } from './judged.js';
import { table3 } from './lenet5/claims.js';
import { networkName } from './names.js';
import { wrapped } from './words.js';

export { type Answer, answersTable, answerWords, changedDifferences, changedTrainings, changesBelow, reportAnswers } from './answers.js';
export { type Judged, judgedClaims } from './judged.js';
export { habits, lessonsTable } from './lessons.js';

const outcomes: readonly VerdictOutcome[] = [
  'reproduced exactly',
  'reproduced',
  'better',
  'explained',
  'consistent with',
  'not reproduced',
  'not testable',
  'no recorded runs',
];

/** The same colour and symbol for a verdict in every figure, by what a reader calls it. */
const looks = Object.fromEntries(outcomes.map((outcome) => [outcomeWords(outcome), outcomeLooks[outcome]]));

/** Why a verdict is what it is, in lines that fit below a cell. */
export const reasonWords = ({ words }: Verdict): string => wrapped(words);

/** How many claims of each report came out how. */
export function outcomeTable(): TableData {
  const all = judgedClaims();
  const shown = outcomes.filter((outcome) => all.some(({ verdict }) => verdict.outcome === outcome));
  return {
    columns: ['report', 'claims', ...shown.map(outcomeWords)],
    rows: reports.map(({ paper, number }) => {
      const judged = judgedClaims(paper);
      return [
        `${number} ${paper}`,
        judged.length,
        ...shown.map((outcome) => judged.filter(({ verdict }) => verdict.outcome === outcome).length),
      ];
    }),
  };
}

/** All claims of a report, or only those with one outcome. */
export function claimRows(paper: PaperId, outcome?: VerdictOutcome): TableData {
  const judged = judgedClaims(paper).filter(({ verdict }) => outcome === undefined || verdict.outcome === outcome);
  return claimsTable(
    judged.map(({ claim }) => claim),
    judged.map(({ verdict }) => verdict),
  );
}

/** Every claim in one picture, one tile each. */
export function claimTiles(): Figure {
  const numberOf = new Map(reports.map(({ paper, number }) => [paper, number]));
  const judged = judgedClaims();
  return tileChart(
    judged.map(({ claim, verdict }) => ({
      row: `${numberOf.get(claim.paper)} ${claim.paper}`,
      kind: outcomeWords(verdict.outcome),
      name: `${claim.place}: ${claim.statement}`,
    })),
    {
      title: 'Every claim, one mark each',
      subtitle: `${judged.length} claims of ${reports.length} reports by what became of them`,
      kinds: outcomes.map(outcomeWords),
      looks,
    },
  );
}

/** One table, or one passage of the text: 'table 1, Bag, recall' stands in table 1. */
const passageOf = (place: string): string => place.split(',')[0]!;

/** How many claims come out of one table or one passage, where many do: so many claims are no independent tests. */
export function crowdedWords(judged: readonly Judged[] = judgedClaims()): string {
  const numberOf = new Map(reports.map(({ paper, number }) => [paper, number]));
  const counts = new Map<string, { all: number; failed: number }>();
  for (const { claim, verdict } of judged) {
    const passage = `report ${numberOf.get(claim.paper)}, ${passageOf(claim.place)}`;
    const { all, failed } = counts.get(passage) ?? { all: 0, failed: 0 };
    counts.set(passage, { all: all + 1, failed: failed + Number(verdict.outcome === 'not reproduced') });
  }
  const largest = [...counts].sort(([, one], [, other]) => other.all - one.all).slice(0, 4);
  const held = largest.map(([passage, { all, failed }]) => `${passage}: ${all} (${failed} not reproduced)`);
  const together = largest.reduce((sum, [, { all }]) => sum + all, 0);
  return wrapped(
    `Claims are no independent tests: one table, or one sentence, may hold many. The largest: ${held.join('; ')}; together ${together} of ${judged.length}. Read the picture report by report, not as a rate of success.`,
  );
}

/** Every claim of every report in one table, with its interval and the reason of its verdict; its place leads to the section of its notebook. */
export function everyClaim(): TableData {
  const tables = reports.map(({ paper, number }) => {
    const judged = judgedClaims(paper);
    const { columns, rows } = explainedClaimsTable(
      judged.map(({ claim }) => claim),
      judged.map(({ verdict }) => verdict),
    );
    return {
      columns,
      rows: (rows as Cell[][]).map(([statement, place, ...rest], index): Cell[] => {
        const link = headingLink(number, judged[index].claim.place, 'Claimed, obtained, verdict', judged[index].claim.shownIn);
        return [number, statement, link ? { value: String(place), link } : place, ...rest];
      }),
    };
  });
  return { columns: ['report', ...tables[0].columns], rows: tables.flatMap(({ rows }) => rows) };
}

/** How far each claimed percentage lies from what its runs give, report by report. */
export function distanceFigure(): Figure | undefined {
  const numberOf = new Map(reports.map(({ paper, number }) => [paper, number]));
  const judged = judgedClaims();
  const values = judged.flatMap(({ claim, verdict }) => {
    // Of a bound, being far off may mean that it holds by far.
    if (claim.kind !== 'value' || claim.bound || claim.unit !== '%' || verdict.mean === null) return [];
    return [
      {
        row: `${numberOf.get(claim.paper)} ${claim.paper}`,
        value: verdict.mean - claim.value,
        name: `${claim.place}: ${claim.statement}`,
        group: outcomeWords(verdict.outcome),
      },
    ];
  });
  if (values.length === 0) return undefined;
  return stripPlot(values, {
    title: 'How far from what the reports state?',
    subtitle: `${values.length} of all ${judged.length} claims: the percentages that recorded runs answer, but no bounds such as “over 98 %”; one dot each: mean of our runs minus the reported value`,
    xTitle: 'points above the reported value (left of the line: below)',
    reference: { value: 0, name: 'as reported' },
    groups: outcomes.map(outcomeWords),
    looks,
  });
}

/**
 * What tells apart claims that stand in one place of a report: the network, or else what is measured of it; and the number, where two are
 * stated of one measure. Neighbours for many K are counted in one run, whose name has a K of its own: there it is the metric.
 */
export function subjectOf(claim: ValueClaim, neighbours: readonly ValueClaim[]): string {
  const { paper, measure, value, decimals } = claim;
  const sameAs = (other: ValueClaim) => JSON.stringify(other.measure) === JSON.stringify(measure);
  const measures = new Set(neighbours.map((other) => JSON.stringify(other.measure)));
  const experiments = new Set(neighbours.map((other) => other.measure.experiment));
  const metric = 'metric' in measure ? measure.metric : 'curve' in measure ? measure.curve : measure.experiment;
  const byNetwork = experiments.size === measures.size && !/K\d+$/.test(metric);
  const subject = byNetwork ? networkName(paper, measure.experiment) : metricInWords(metric);
  return neighbours.filter(sameAs).length > 1 ? `${subject}, reported ${value.toFixed(decimals)} %` : subject;
}

/** Place and subject, without what the place says already: 'table II, row Model I' needs no second 'Model I'. */
export function rowName(place: string, subject: string): string {
  const more = subject
    .split(', ')
    .filter((part) => !place.endsWith(part))
    .join(', ');
  return more ? `${place}: ${more}` : place;
}

/** No share lies beyond these; the interval of a few seeds, reckoned without that, may. */
const withinHundred = (percentage: number) => Math.min(100, Math.max(0, percentage));

/** Where every distance is so small a part of the whole range, marks on one axis would hide each other. */
const HIDDEN = 0.1;

/**
 * Accuracies that a report states, beside what its runs give: one row a claim. Where the numbers lie so far apart that claimed and obtained
 * cannot be told apart, the distances from what is reported.
 */
export function claimFigure(paper: PaperId, judged: readonly Judged[] = judgedClaims(paper)): Figure | undefined {
  const shown = judged.flatMap(({ claim, verdict }) =>
    // A bound is not a number to be met: to be far off may mean that it holds by far.
    claim.kind === 'value' && !claim.bound && claim.unit === '%' && verdict.mean !== null ? [{ claim, verdict, mean: verdict.mean }] : [],
  );
  if (shown.length === 0) return undefined;
  const parts = shown.map(({ claim, verdict, mean }) => {
    const neighbours = shown.filter((other) => other.claim.place === claim.place).map((other) => other.claim);
    const [low, high] = verdict.interval?.map(withinHundred) ?? [];
    return {
      name: rowName(claim.place, subjectOf(claim, neighbours)),
      stated: `reported ${claim.value.toFixed(claim.decimals)} %`,
      value: mean,
      low,
      high,
      claim: claim.value,
      ...(!claim.deterministic && { count: verdict.n }),
    };
  });
  const endsOf = ({ value, low = value, high = value }: (typeof parts)[number]) => [value, low, high];
  const all = parts.flatMap((part) => [part.claim, ...endsOf(part)]);
  const farthest = Math.max(...parts.flatMap((part) => endsOf(part).map((end) => Math.abs(end - part.claim))));
  const distances = farthest < HIDDEN * (Math.max(...all) - Math.min(...all));
  const values: MeasuredValue[] = parts.map(({ name, stated, ...part }) => {
    const { value, low, high, claim } = part;
    if (!distances) return { name, ...part };
    return {
      ...part,
      name: name.endsWith(stated) ? name : `${name}, ${stated}`,
      value: value - claim,
      low: low === undefined ? undefined : low - claim,
      high: high === undefined ? undefined : high - claim,
      claim: 0,
    };
  });
  const cut = shown.some(({ verdict }) => verdict.interval?.some((end) => end !== withinHundred(end)));
  const points = `points: mean of the recorded runs${distances ? ' minus what the report states' : ''}`;
  const figure = barsWithIntervals(values, {
    title: `${paper}: claimed and obtained`,
    subtitle: `${points}; whiskers: 95 % interval, where there are three seeds or more${cut ? ', cut at 0 and 100 %' : ''}; marks: what the report states (no bounds such as “over 98 %”)`,
    xTitle: distances ? 'points above what is reported' : 'per cent',
    percentages: false,
    intervalName: '95 % interval',
  });
  if (!distances) return figure;
  // Its rows name what is reported: on this axis it is nought for all.
  return {
    ...figure,
    data: figure.data.map((each) => (each.name === 'reported' ? { ...each, hovertemplate: '%{y}<extra></extra>' } : each)),
    description: figure.description.replaceAll(', reported 0', ''),
  };
}

/** A classifier by name, and how many of its trainings failed: their mean says little about it. */
function rankedName({ paper, experiment, records }: RunGroup): string {
  const failures = [
    { words: 'broke down', count: records.filter(brokeDown).length },
    // What was learnt and lost is counted above.
    { words: 'gave one answer for all', count: records.filter((run) => !brokeDown(run) && constantAnswer(run) !== undefined).length },
  ];
  const told = failures
    .filter(({ count }) => count > 0)
    .map(({ words, count }) => `${records.length > 1 ? `${count} of ${records.length} trainings` : 'its training'} ${words}`);
  const name = networkName(paper, experiment);
  return told.length > 0 ? `${name} (${told.join(', ')})` : name;
}

/** What was published for a row that is trained here: of the same kind of classifier, not of the same recipe. */
const published = new Map<string, { value: number; source: string }>([
  ...table3.flatMap((row) =>
    row.published && row.experiment ? [[`lenet5/${row.experiment}`, row.published] as [string, typeof row.published]] : [],
  ),
  ...publishedWords.flatMap(({ row, claim }) => {
    const value = claimedValue(claim);
    return row && value !== undefined
      ? [[`cnn-lstm-aggregated/published-${row}`, { value, source: 'table I of report 03' }] as [string, { value: number; source: string }]]
      : [];
  }),
  // MNIST: what the same kind of network is known to reach.
  ['hilbert-lstm/cnn', { value: 99.05, source: 'LeNet-5 without distortions: LeCun, Bottou, Bengio and Haffner 1998' }],
  ['hilbert-lstm/lstm-28-row', { value: 98.9, source: 'an LSTM, pixel by pixel in rows: Cooijmans and others 2017, table 1' }],
]);

/** The test accuracies of a group: one, or one for each K where neighbours are counted. */
function scoresOf(group: RunGroup): { metric: string; more: string }[] {
  if (group.metrics['testAccuracy']) return [{ metric: 'testAccuracy', more: '' }];
  return Object.keys(group.metrics).flatMap((metric) => {
    const neighbours = /^accuracyK(\d+)$/.exec(metric);
    return neighbours ? [{ metric, more: `, K = ${neighbours[1]}` }] : [];
  });
}

/** Every classifier with a test accuracy on the same test set, best first. */
export function ranking(dataSet: 'fashion-mnist' | 'mnist'): TableData {
  const numberOf = new Map(reports.map(({ paper, number }) => [paper, number]));
  const onThisSet = (group: RunGroup) =>
    group.records.every((record) => record.data.some((used) => used.name === dataSet && used.role === 'test' && used.count === 10_000));
  const scored = reports
    .flatMap(({ paper }) => runs.group(recordedOf(paper)))
    // The same recipe as proposed-lenet5, run once more to score each epoch.
    .filter(({ experiment }) => experiment !== 'scores-by-epoch')
    .filter(onThisSet)
    .flatMap((group) => scoresOf(group).map((score) => ({ group, ...score })))
    .sort((a, b) => b.group.metrics[b.metric].mean - a.group.metrics[a.metric].mean);
  return {
    columns: [
      'report',
      'classifier',
      'test accuracy %',
      'sd over seeds',
      'seeds',
      'published %',
      'training images',
      'epochs',
      'parameters',
      'quickest run',
      'experiment',
    ],
    rows: scored.map(({ group, metric, more }) => {
      const { paper, experiment, metrics, n, records } = group;
      // In per cent before the mean, as everywhere: the last digit of a half may otherwise fall the other way.
      const accuracy = summarise(records.flatMap((record) => record.metrics[metric] ?? []).map((value) => 100 * value));
      // Runs were made alone and several at once: the quickest says most about the work.
      const seconds = Math.min(...records.map((record) => record.seconds));
      const [{ recipe, data }] = records;
      const images = data.filter(({ role }) => role === 'training').reduce((sum, { count }) => sum + count, 0);
      const known = published.get(`${paper}/${experiment}`);
      return [
        numberOf.get(paper)!,
        // The name may hold the K of the table that the run is known from.
        more ? `${rankedName(group).replace(/, K = \d+/, '')}${more}` : rankedName(group),
        accuracy.mean.toFixed(2),
        accuracy.sd === null ? '–' : accuracy.sd.toFixed(2),
        // Neighbours are counted without chance: there are no seeds.
        more ? '–' : n,
        known ? { value: known.value.toFixed(2), note: known.source, mark: 'claim' as const } : '–',
        images > 0 ? images.toLocaleString('en-US') : '–',
        recipe['epochs'] === undefined ? '–' : Number(recipe['epochs']),
        metrics['parameters'] ? Math.round(metrics['parameters'].mean).toLocaleString('en-US') : '–',
        seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`,
        experiment,
      ];
    }),
  };
}

/** One sentence a report: how many claims, and what became of them. */
export function headline(): string {
  const judged = judgedClaims();
  const count = (wanted: readonly VerdictOutcome[]) => judged.filter(({ verdict }) => wanted.includes(verdict.outcome)).length;
  const counted = judged.filter(({ claim, verdict }) => claim.kind === 'structure' && verdict.outcome.startsWith('reproduced')).length;
  const provisional = judged.filter(({ verdict }) => verdict.provisional && verdict.outcome !== 'no recorded runs').length;
  return (
    `${judged.length} claims in ${reports.length} reports: ${count(['reproduced exactly', 'reproduced', 'better'])} reproduced or better (${counted} of these are counts of layers and parameters, not results of training), ` +
    `${count(['explained'])} explained by another reading, ${count(['consistent with'])} not met as read but fitting another reading, ${count(['not reproduced'])} not reproduced, ` +
    `${count(['not testable'])} not testable, ${count(['no recorded runs'])} still with too few recorded runs. ${provisional} of the verdicts are provisional (fewer than three seeds, of the claim or of the reading that fits).`
  );
}

/** The numbers that each report is remembered by. */
const headlineClaims = [
  'lenet5/text-accuracy',
  'lstm-cnn/mnist-lstm-cnn-validation',
  'lstm-cnn/mnist-stacked-validation',
  'cnn-lstm-aggregated/model-6-accuracy',
  'hilbert-lstm/lstm-14-row',
  'hilbert-lstm/lstm-28-row',
  'knn-cnn-lstm/k-9',
  'knn-cnn-lstm/row-6',
];

/** What became of the number that each report is remembered by. */
export function headlineTable(): TableData {
  const all = judgedClaims();
  const judged = headlineClaims.map((id) => {
    const found = all.find(({ claim }) => claim.id === id);
    if (!found) throw new RangeError(`There is no claim ${id}: headlineClaims names claims of the reports.`);
    return found;
  });
  const numberOf = new Map(reports.map(({ paper, number }) => [paper, number]));
  const { columns, rows } = claimsTable(
    judged.map(({ claim }) => claim),
    judged.map(({ verdict }) => verdict),
  );
  // Where it stands in the report is for whoever looks a claim up.
  const kept = columns.map((column, index) => ({ column, index })).filter(({ column }) => column !== 'place in the report');
  return {
    columns: ['report', ...kept.map(({ column }) => column)],
    rows: (rows as Cell[][]).map((row, at) => [numberOf.get(judged[at].claim.paper)!, ...kept.map(({ index }) => row[index])]),
  };
}
