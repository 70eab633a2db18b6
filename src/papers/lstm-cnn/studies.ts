/** The experiments that explain the report's numbers, as tables and figures: search, luck, size, work, leak, dropout. */

import { barsWithIntervals, type Figure, learningCurves, type MeasuredValue } from '../../figures/index.js';
import type { Cell, TableData } from '../../notebook/index.js';
import { holdsZero, type RunRecord, type Summary, summarise } from '../../results/index.js';
import { type Comparison, comparisonOf, curvesOf, type Evidence, meanOf, provenanceOf } from '../evidence.js';
import { percentage, seedsInWords, wrapped } from '../words.js';
import { table1, table2 } from './claims.js';
import { imageComparisons, type LeakMeasure, leakBySeed, leakOverSeeds, type PooledLeak, seedDifference } from './comparisons.js';
import {
  architectures,
  chosenSettings,
  equalComputeEpochs,
  fullEpochs,
  idcArchitectures,
  leakArchitectures,
  searchGrid,
  searchRun,
} from './experiments.js';
import { type Architecture, multiplyAdds, parameterCount, type SharedSettings } from './models.js';
import {
  between,
  colours,
  constantRange,
  curveOf,
  evidence,
  type Live,
  majorityOf,
  mnistRun,
  modelNames,
  type Part,
  pairOf,
  paper,
  partWords,
  patchWords,
  points,
  runName,
  spread,
  wordsOf,
} from './shared.js';

/** Input sizes, settings and costs of the networks on MNIST. */
export function sizeTable(): TableData {
  const all: Architecture[] = [...architectures, 'stacked'];
  return {
    columns: ['network', 'trainable parameters', 'multiplications per image (forward)', 'epochs', 'epochs for equal compute'],
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

/** What the search chose, who liked it best, and whether the grid ends there. */
export function searchWords(): string {
  const rows = searchRows();
  const { units, filters, dropout } = chosenSettings;
  const hybrid = rows.filter(({ validation }) => validation['lstm-cnn'] !== undefined);
  const favourite = hybrid.sort((a, b) => b.validation['lstm-cnn']! - a.validation['lstm-cnn']!)[0];
  const widest = searchGrid.every((each) => each.units <= units && each.filters <= filters);
  const leastDropout = searchGrid.every((each) => each.dropout >= dropout);
  const edge = [widest && 'widest', leastDropout && 'least dropout'].filter(Boolean).join(', ');
  const liked = favourite && sameSettings(favourite.settings, chosenSettings) ? 'also' : 'not';
  return wrapped(
    `Chosen: ${units} units and filters, dropout ${dropout}; ${liked} what suits the LSTM + CNN best.${edge ? ` It lies at the edge of the grid (${edge}): beyond it there may be better.` : ''}`,
  );
}

/** The recorded search as a table. */
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

const reportedDifference = (rows: typeof table1, rival: Architecture) => {
  const value = (model: Architecture) => rows.find((row) => row.model === model)?.validation[0];
  const [own, other] = [value('lstm-cnn'), value(rival)];
  return own === undefined || other === undefined ? undefined : (own - other) / 100;
};

interface Rivalry {
  set: 'MNIST' | 'IDC, by patch' | 'IDC, by patient';
  rival: Architecture;
  left: Evidence;
  right: Evidence;
  reported: number | undefined;
}

const tissueSplits = ['patch', 'patient'] as const;

/** The runs that the differences are taken from: all recorded, or all of this session. */
const rivals = (live?: Live): Comparison =>
  comparisonOf(
    paper,
    [
      ...architectures.map(mnistRun),
      ...tissueSplits.flatMap((split) => idcArchitectures.map((architecture) => `idc-${architecture}-${split}`)),
    ],
    live,
  );

/** LSTM + CNN against every other model: on digits, and on tissue split in both ways, of which the report names neither. */
function rivalries(live?: Live): Rivalry[] {
  const shown = rivals(live);
  const rivalry = (set: Rivalry['set'], rival: Architecture, own: string, other: string, rows: typeof table1 = []): Rivalry => ({
    set,
    rival,
    left: shown.of(own),
    right: shown.of(other),
    reported: reportedDifference(rows, rival),
  });
  const digits = architectures.slice(1).map((rival) => rivalry('MNIST', rival, mnistRun('lstm-cnn'), mnistRun(rival), table1));
  const tissue = tissueSplits.flatMap((split) =>
    idcArchitectures
      .slice(1)
      .map((rival) =>
        rivalry(`IDC, by ${split}`, rival, `idc-lstm-cnn-${split}`, `idc-${rival}-${split}`, split === 'patch' ? table2 : undefined),
      ),
  );
  return [...digits, ...tissue];
}

/** Whether the four models differ by more than seeds do, and by more than the choice of test images does: a row for each seed that both sides have. */
export function differenceTable(live?: Live): TableData {
  return {
    columns: [
      'LSTM + CNN minus',
      'set',
      'reported',
      'validation, mean over seeds',
      '95 % over seeds',
      'seed',
      'test, this seed',
      '95 % over images (IDC: patients)',
      'only one right',
      'McNemar p',
      'from',
    ],
    rows: rivalries(live).flatMap(({ set, rival, left, right, reported }): Cell[][] => {
      const seeds = seedDifference(left.records, right.records, 'validationAccuracy');
      const compared = imageComparisons(left.records, right.records);
      const overSeeds: Cell[] = [
        modelNames[rival],
        set,
        { value: reported === undefined ? '–' : points(reported), mark: 'claim' },
        seeds ? points(seeds.mean) : '–',
        seeds?.interval ? between(...seeds.interval) : 'needs three seeds',
      ];
      // The difference rests on the seeds that both sides have.
      const from = seeds ? (left.records.length < right.records.length ? left : right).label : 'not run yet';
      if (compared.length === 0) return [[...overSeeds, '–', '–', '–', '–', '–', from]];
      return compared.map(({ seed, interval, over, mcNemar }, index): Cell[] => [
        ...(index === 0 ? overSeeds : overSeeds.map(() => '')),
        seed,
        points(interval.estimate),
        between(interval.low, interval.high),
        `${mcNemar.onlyFirst} : ${mcNemar.onlySecond}`,
        // The test takes images as independent, which patches of one patient are not.
        over === 'patients' ? '–' : mcNemar.pValue.toPrecision(2),
        index === 0 ? from : '',
      ]);
    }),
  };
}

/** LSTM + CNN minus each rival in test accuracy, on tissue in balanced accuracy too, as means over seeds with their intervals. */
function meanDifferences(live?: Live): string[] {
  return rivalries(live).flatMap(({ set, rival, left, right }): string[] => {
    const [plain, balanced] = ['testAccuracy', 'balancedAccuracy'].map((metric) => seedDifference(left.records, right.records, metric));
    if (!plain) return [];
    const also = balanced ? `; balanced ${withInterval(balanced)}` : '';
    return [`  ${set}, against ${modelNames[rival]}: ${withInterval(plain)}${also} (${seedsInWords(plain.n)})`];
  });
}

/** For each rival, on how many seeds the interval over test images (IDC: patients) leaves zero out, and on which side; then the means over seeds. */
export function differenceWords(live?: Live): string {
  const lines = rivalries(live).flatMap(({ set, rival, left, right }): string[] => {
    const compared = imageComparisons(left.records, right.records);
    if (compared.length === 0) return [];
    const ahead = compared.filter(({ interval }) => interval.low > 0).length;
    const behind = compared.filter(({ interval }) => interval.high < 0).length;
    const open = compared.length - ahead - behind;
    const counted = [ahead && `ahead on ${ahead}`, behind && `behind on ${behind}`, open && `no difference shown on ${open}`];
    return [`  ${set}, against ${modelNames[rival]}: ${counted.filter(Boolean).join(', ')} of ${seedsInWords(compared.length)}`];
  });
  if (lines.length === 0) return 'No two runs answered the same test images yet: run the training cells above.';
  return wrapped(
    [
      'Judged by the test images alone (IDC: by their patients), seed by seed (95 %), the LSTM + CNN is',
      ...lines,
      'Points of test accuracy, LSTM + CNN minus the rival, mean over seeds (95 % over seeds; on IDC of balanced accuracy, too):',
      ...meanDifferences(live),
    ].join('\n'),
  );
}

/** The same as a picture: differences on the test set with their intervals, seed by seed, reported differences beside them. */
export function differenceFigure(live?: Live): Figure {
  const all = rivalries(live);
  const values = all.flatMap(({ set, rival, left, right, reported }) =>
    imageComparisons(left.records, right.records).map(({ seed, interval: { estimate, low, high }, over }): MeasuredValue => {
      const name = `${set}: minus ${modelNames[rival]}, seed ${seed}`;
      const claim = reported === undefined ? undefined : 100 * reported;
      return { name, value: 100 * estimate, low: 100 * low, high: 100 * high, claim, group: `${set}, over ${over}` };
    }),
  );
  if (values.length === 0) throw new Error('No two runs answered the same test images yet: run the training cells above.');
  const used = all.flatMap(({ left, right }) => [left, right]);
  const byPatient = all.filter(({ set }) => set === 'IDC, by patient').flatMap(({ left }) => left.records);
  const ownBalance = byPatient.length > 0 ? `; always negative on the test patches by patient: ${constantRange(byPatient)}` : '';
  return barsWithIntervals(values, {
    title: 'LSTM + CNN minus each rival',
    subtitle: `a point for each seed, on the test images; ${rivals(live).label}; bars: 95 % over test images, on IDC over their patients; diamonds: what the report states for validation; ${patchWords(live)}${ownBalance}`,
    xTitle: 'difference in accuracy (percentage points)',
    percentages: false,
    intervalName: '95 % interval over test images, on IDC over patients',
    provenance: provenanceOf(used.flatMap(({ records }) => records)),
  });
}

/** What a run's size and length are, read off its recipe; parameters are those that learn. */
function sizeOf(record: RunRecord): { parameters: number; epochs: number; cost: number } {
  const model = record.recipe['model'] as unknown as SharedSettings & { architecture: Architecture };
  const epochs = Number(record.recipe['epochs']);
  const options = { ...model, image: [28, 28, 1] as [number, number, number], classes: 10 };
  return { parameters: parameterCount(options), epochs, cost: multiplyAdds(options) * epochs };
}

const fairWays = [
  { words: 'equal settings', suffix: '' },
  { words: 'equal parameters', suffix: '-equal-parameters' },
  { words: 'equal compute', suffix: '-equal-compute' },
] as const;
type FairWay = (typeof fairWays)[number];

/** The run of a model in one of the three ways; a model that needs no change for a comparison was not trained twice. */
function fairRun(architecture: Architecture, { suffix }: FairWay): string {
  const unchanged =
    (suffix === '-equal-parameters' && architecture === 'lstm-cnn') ||
    (suffix === '-equal-compute' && equalComputeEpochs(architecture) <= fullEpochs);
  return `${mnistRun(architecture)}${unchanged ? '' : suffix}`;
}

/** The four models with equal settings, with equal numbers of parameters and with equal numbers of multiplications. */
export function fairnessTable(live?: Live): TableData {
  return {
    columns: [
      'compared at',
      'model',
      'trainable parameters',
      'epochs',
      'multiplications of all forward passes, 10⁹',
      'training %',
      'validation %',
      'test %',
      'from',
    ],
    rows: fairWays.flatMap((way) =>
      architectures.map((architecture): Cell[] => {
        const here = evidence(fairRun(architecture, way), live);
        const [first] = here.records;
        const size = first && sizeOf(first);
        return [
          way.words,
          modelNames[architecture],
          size?.parameters ?? '–',
          size?.epochs ?? '–',
          size ? Math.round((size.cost * (first.data.find(({ role }) => role === 'training')?.count ?? 0)) / 1e9) : '–',
          spread(here.records, 'trainAccuracy'),
          spread(here.records, 'validationAccuracy'),
          spread(here.records, 'testAccuracy'),
          here.label,
        ];
      }),
    ),
  };
}

const fairMetrics = [
  { metric: 'validationAccuracy', words: 'validation' },
  { metric: 'testAccuracy', words: 'test' },
] as const;

/** The LSTM + CNN less one rival in each of the three ways, on those seeds that all three have; undefined where a way has none. */
function fairGaps(rival: Architecture, { of }: Comparison, metric: string): Summary[] | undefined {
  const gaps = fairWays.map((way) => [of(fairRun('lstm-cnn', way)).records, of(fairRun(rival, way)).records] as const);
  const shared = (records: Live) => records.filter(({ seed }) => gaps.flat().every((side) => side.some((record) => record.seed === seed)));
  const differences = gaps.map(([own, other]) => seedDifference(shared(own), other, metric));
  return differences.every((each) => each !== undefined) ? differences : undefined;
}

const withInterval = ({ mean, interval }: Summary) => `${points(mean)}${interval ? ` (${between(...interval)})` : ''}`;
const leavesZeroOut = ({ interval }: Summary) => interval !== null && !holdsZero(...interval);

/** Whether a rival was behind because it is smaller or works less, and whether the report's training accuracy is a matter of more epochs. */
export function fairnessWords(live?: Live): string {
  const experiments = fairWays.flatMap((way) => architectures.map((architecture) => fairRun(architecture, way)));
  const compared = comparisonOf(paper, [...new Set(experiments)], live);
  const shownBy = fairMetrics.map(() => new Set<string>());
  let intervals = 0;
  const told = fairMetrics.flatMap(({ metric, words }, part) => {
    const rivals = architectures.slice(1).flatMap((rival) => {
      const gaps = fairGaps(rival, compared, metric);
      return gaps ? [{ name: modelNames[rival], gaps }] : [];
    });
    if (rivals.length === 0) return [];
    const [{ gaps: first }] = rivals;
    for (const { name, gaps } of rivals)
      fairWays.forEach((way, at) => {
        if (gaps[at].interval !== null) intervals++;
        if (leavesZeroOut(gaps[at])) shownBy[part].add(`${gaps[at].mean > 0 ? 'ahead of' : 'behind'} ${name} at ${way.words}`);
      });
    const shown = fairWays.map((way, at) => {
      const names = rivals.filter(({ gaps }) => leavesZeroOut(gaps[at])).map(({ name, gaps }) => `${name} ${points(gaps[at].mean)}`);
      return `${way.words}: ${names.join(', ') || 'none'}`;
    });
    return [
      `LSTM + CNN minus each rival, points of ${words} accuracy, on the seeds that all three ways have (${seedsInWords(first[0].n)}${first[0].interval ? '; 95 % over seeds' : ', too few for an interval'}):`,
      ...rivals.map(({ name, gaps }) => `  ${name}: ${gaps.map((gap, way) => `${fairWays[way].words} ${withInterval(gap)}`).join(', ')}`),
      ...(first[0].interval ? [`  Shown, its interval leaves zero out, at ${shown.join('; at ')}.`] : []),
    ];
  });
  const gaps = told.length > 0 ? told : ['The three ways have no seed in common yet: npm run sweep -- --paper 02'];
  const [one, ...others] = shownBy;
  const byAll = [...one].filter((name) => others.every((other) => other.has(name)));
  const many =
    intervals > 1
      ? [
          `Shown by ${fairMetrics.map(({ words }) => words).join(' and ')} accuracy: ${byAll.join(', ') || 'none'}.`,
          `${intervals} intervals at 95 % are read one by one here: where nothing differs, about one in twenty leaves zero out by chance, and intervals over seeds are too short here. What one part alone shows may be chance.`,
        ]
      : [];
  return wrapped([...gaps, ...many, ...longerWords(live)].join('\n'));
}

/** After how many epochs the longer runs pass the training accuracy of table I; the models that have no longer run are named. */
function longerWords(live?: Live): string[] {
  const found = [...architectures, 'stacked' as const].map((architecture) => ({
    architecture,
    records: evidence(`${mnistRun(architecture)}-equal-compute`, live).records.filter(
      ({ recipe }) => Number(recipe['epochs']) > fullEpochs,
    ),
  }));
  const longer = found.filter(({ records }) => records.length > 0);
  const none = found.filter(({ records }) => records.length === 0).map(({ architecture }) => modelNames[architecture]);
  const epochsOf = (records: Live) => Math.max(...records.map(({ recipe }) => Number(recipe['epochs'])));
  const lines = longer.map(({ architecture, records }) => {
    const reported = table1.find(({ model }) => model === architecture)!.train[0];
    const curves = records.map(({ curves }) => curves[curveOf.train] ?? []);
    const passed = curves.map((curve) => curve.findIndex((share) => 100 * share >= reported) + 1).filter((epoch) => epoch > 0);
    const [first, last] = [Math.min(...passed), Math.max(...passed)];
    const when = `passed in epoch${first < last ? `s ${first} to ${last}` : ` ${first}`} of ${epochsOf(records)}`;
    const count = `${passed.length === records.length ? '' : `${passed.length} of `}${seedsInWords(records.length)}`;
    const reached = passed.length > 0 ? `${when} (${count})` : `not passed in ${epochsOf(records)} (${count})`;
    return `  ${modelNames[architecture]}: ${reported} % ${reached}; highest ${percentage(Math.max(...curves.flat()))} %`;
  });
  // A few epochs more say little about what many more would give.
  const short = longer
    .filter(({ records }) => epochsOf(records) < 2 * fullEpochs)
    .map(({ architecture, records }) => `${modelNames[architecture]} ${epochsOf(records)}`);
  return [
    ...(lines.length > 0 ? [`Training accuracy of table I in runs of more than ${fullEpochs} epochs:`, ...lines] : []),
    ...(none.length > 0
      ? [`No run of more than ${fullEpochs} epochs exists of: ${none.join(', ')}: what more epochs would give them stays open.`]
      : []),
    ...(short.length > 0
      ? [`Fewer than twice as many epochs as in section 4 had: ${short.join(', ')}. What many more would give them stays open, too.`]
      : []),
  ];
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
    const interval = difference.interval ? between(...difference.interval) : 'needs three seeds';
    return [
      [name, words, spread(withLeak.records, metric), spread(without.records, metric), points(difference.mean), interval, difference.n],
    ];
  });
}

/** What a constant answer scores on the test patches of both sides: as many points of accuracy are no merit of a network. */
function constantRows(one: Live, other: Live): Cell[][] {
  const seeds = one.filter(({ seed }) => other.some((run) => run.seed === seed)).length;
  if (seeds === 0) return [];
  const metric = 'majorityAccuracy';
  return [['always "negative"', 'accuracy', spread(one, metric), spread(other, metric), '–', '–', seeds]];
}

const leakRun = (architecture: Architecture, kind: 'shared' | 'apart') => `idc-${architecture}-leak-${kind}`;

/** The runs of the controlled trial: all recorded, or all of this session. */
const trial = (live?: Live): Comparison =>
  comparisonOf(
    paper,
    leakArchitectures.flatMap((architecture) => [leakRun(architecture, 'shared'), leakRun(architecture, 'apart')]),
    live,
  );

function controlled(architecture: Architecture, live?: Live): { shared: Evidence; apart: Evidence } {
  const { of } = trial(live);
  return { shared: of(leakRun(architecture, 'shared')), apart: of(leakRun(architecture, 'apart')) };
}

/** By patch against by patient for every model: two splits, two test parts. */
export function splitTable(live?: Live): TableData {
  const pairs = idcArchitectures.map((architecture) => ({
    name: modelNames[architecture],
    sides: pairOf(`idc-${architecture}-patch`, `idc-${architecture}-patient`, live),
  }));
  const [own] = pairs;
  const rows = [
    ...pairs.flatMap(({ name, sides }) => leakRows(name, ...sides)),
    ...constantRows(own.sides[0].records, own.sides[1].records),
  ];
  return { columns: ['model', 'measure', 'by patch %', 'by patient %', 'difference (seeds with both)', '95 % over seeds', 'seeds'], rows };
}

/** The controlled trial: the same test patches, their patients met in training or not. */
export function leakTable(live?: Live): TableData {
  const rows = leakArchitectures.flatMap((architecture) => {
    const { shared, apart } = controlled(architecture, live);
    return leakRows(modelNames[architecture], shared, apart);
  });
  const { shared, apart } = controlled(leakArchitectures[0], live);
  const none: Cell[] = ['not run yet: npm run sweep -- --paper 02 --only leak', '–', '–', '–', '–', '–', 0];
  return {
    columns: ['model', 'measure', 'patients met %', 'patients unknown %', 'difference (seeds with both)', '95 % over seeds', 'seeds'],
    rows: rows.length > 0 ? [...rows, ...constantRows(shared.records, apart.records)] : [none],
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
  const drawn = all.flatMap(({ shared, apart }) => shared.records.filter(({ seed }) => apart.records.some((run) => run.seed === seed)));
  return barsWithIntervals(values, {
    title: 'Patients met minus patients unknown',
    subtitle: `same test patches, as many training patches; ${trial(live).label}; bars: 95 % over patients; ${patchWords(live)}; on these test patches: ${constantRange(drawn)}`,
    xTitle: 'difference in accuracy (percentage points)',
    percentages: false,
    intervalName: '95 % interval over patients',
    provenance: provenanceOf(drawn),
  });
}

const countedTwice = [
  ...architectures.map(mnistRun),
  'mnist-stacked',
  ...idcArchitectures.map((architecture) => `idc-${architecture}-patch`),
];

/** Why validation lies above training: the training curve is counted with dropout on and while the weights still change. */
export function dropoutTable(live?: Live): TableData {
  return {
    columns: ['model', 'set', 'training, during the last epoch %', 'training, afterwards without dropout %', 'validation %', 'from'],
    rows: countedTwice.flatMap((experiment): Cell[][] => {
      const { records, label } = evidence(experiment, live);
      if (records.length === 0) return [];
      return [
        [
          runName(experiment),
          experiment.startsWith('idc') ? 'IDC' : 'MNIST',
          spread(records, 'trainAccuracy'),
          spread(records, 'trainAccuracyAfter'),
          spread(records, 'validationAccuracy'),
          label,
        ],
      ];
    }),
  };
}

/** Where training accuracy lies beside validation: in the first epoch, in the last one, and counted after training with dropout off. */
export function dropoutWords(live?: Live): string {
  const shown = countedTwice.map((experiment) => evidence(experiment, live)).filter(({ records }) => records.length > 0);
  if (shown.length === 0) return 'No run yet.';
  const count = shown.length;
  const higher = (more: string, less: string) => shown.filter((each) => meanOf(each, more)! > meanOf(each, less)!).length;
  const firstOf = ({ records }: Evidence, part: Part) => summarise(curvesOf(records, curveOf[part]).map(([first]) => first)).mean;
  const below = shown.filter((each) => firstOf(each, 'train') < firstOf(each, 'validation')).length;
  const last = higher('trainAccuracy', 'validationAccuracy');
  return wrapped(
    [
      'Training accuracy, as means over the seeds, lies',
      `  in the first epoch, counted while learning: below validation in ${below} of ${count} rows;`,
      `  in the last epoch, counted while learning: above validation in ${last} of ${count}${last === count ? ': the first three causes named above do not give the order of table II here' : ''};`,
      `  counted after training, without dropout: above that of the last epoch in ${higher('trainAccuracyAfter', 'trainAccuracy')}, above validation in ${higher('trainAccuracyAfter', 'validationAccuracy')}.`,
      ...trainingDifferenceWords(live),
    ].join('\n'),
  );
}

/** LSTM + CNN against its rivals in training accuracy, counted in both ways: which differences need the one count. */
function trainingDifferenceWords(live?: Live): string[] {
  const rows = rivalries(live).flatMap(({ set, rival, left, right }) => {
    const [learning, after] = ['trainAccuracy', 'trainAccuracyAfter'].map((metric) => seedDifference(left.records, right.records, metric));
    return learning && after ? [{ name: `${set}, ${modelNames[rival]}`, learning, after }] : [];
  });
  if (rows.length === 0) return [];
  const judged = rows.filter(({ learning, after }) => learning.interval && after.interval);
  const apart = judged.filter(({ learning, after }) => leavesZeroOut(learning) !== leavesZeroOut(after)).map(({ name }) => name);
  return [
    'LSTM + CNN minus each rival, training accuracy, counted while learning / after training without dropout (95 % over seeds):',
    ...rows.map(({ name, learning, after }) => `  ${name}: ${withInterval(learning)} / ${withInterval(after)}`),
    ...(judged.length === 0
      ? ['Too few seeds for intervals.']
      : [apart.length > 0 ? `Shown by one of the two counts only: ${apart.join('; ')}.` : 'Both counts show the same differences.']),
  ];
}

/** Live runs of this session, as curves: a model's colour is that of the report's figures, a split by patient is dotted. */
export function liveFigure(live: Live, title: string): Figure {
  if (live.length === 0) throw new Error('There is no live run to draw: run the training cell first.');
  const parts: Part[] = ['train', 'validation'];
  const panelOf = (part: Part) => `${partWords[part]} accuracy`;
  const splitOf = ({ recipe }: RunRecord) => (recipe['data'] as { split?: string }).split;
  const series = parts.flatMap((part) =>
    live.map((run) => ({
      name: runName(String(run.recipe.experiment)),
      runs: curvesOf([run], curveOf[part]),
      panel: panelOf(part),
      colour: colours.indexOf((run.recipe['model'] as unknown as { architecture: Architecture }).architecture),
      dash: splitOf(run) === 'patient' ? ('dot' as const) : ('solid' as const),
    })),
  );
  const byPatch = live.filter((run) => run.metrics['majorityAccuracy'] !== undefined && splitOf(run) === 'patch');
  // Short, so that it ends before the first epochs, which often lie on this line; the subtitle says of which split.
  const lines =
    byPatch.length > 0 ? parts.map((part) => ({ value: majorityOf(byPatch), name: 'always "negative"', panel: panelOf(part) })) : [];
  const byPatient = live.filter((run) => run.metrics['majorityAccuracy'] !== undefined && splitOf(run) === 'patient');
  // Only the balance of the test part is recorded: the parts that these curves are of have their own.
  const other =
    byPatient.length > 0 ? `; by patient always negative has no line here, and ${constantRange(byPatient)} on the test patches` : '';
  const note = byPatch.length > 0 ? `; ${wordsOf(byPatch)}; dashed line: of the split by patch${other}` : other;
  return learningCurves(series, {
    title,
    subtitle: `live, ${live[0].profile} profile, seed ${live[0].seed}${note}`,
    lines,
    provenance: provenanceOf(live),
  });
}

/** What the leak comes to for one model, all seeds together and over their patients: seeds that happen to agree promise more than there is. */
export function leakSentence(name: string, leak: PooledLeak): string {
  const told = measuresOf(leak).map(({ words, found }) => `${words} ${points(found.patients.estimate)} (${leakVerdict(found)})`);
  const { patients } = leak.accuracy;
  return `${name}, patients met minus unknown, points, 95 % over ${patients.clusters} patients / over ${seedsInWords(leak.seeds)}: ${told.join('; ')}.`;
}

const measuresOf = ({ accuracy, balanced, auc }: PooledLeak): { words: string; found: LeakMeasure }[] => [
  { words: 'accuracy', found: accuracy },
  { words: 'balanced accuracy', found: balanced },
  ...(auc ? [{ words: 'AUC', found: auc }] : []),
];

/** A leak is shown where both intervals lie above zero: each leaves out a kind of luck that the other has. */
function leakVerdict({ patients: { low, high }, seeds }: LeakMeasure): string {
  const interval = seeds?.interval;
  if (!interval) return `${between(low, high)} / too few seeds: no leak is shown`;
  const spans = `${between(low, high)} / ${between(...interval)}`;
  const [overPatients, overSeeds] = [!holdsZero(low, high), !holdsZero(...interval)];
  if (!overPatients && !overSeeds) return `${spans}: both hold zero, no leak is shown`;
  if (!overPatients || !overSeeds)
    return `${spans}: only that over ${overPatients ? 'patients' : 'seeds'} leaves zero out, no leak is shown`;
  if (low > 0 && interval[0] > 0) return `${spans}: both lie above zero, a leak is shown`;
  return `${spans}: both leave zero out, and not above it: no leak is shown`;
}

/** What the leak comes to in the controlled trial: a sentence for each model, how many differences are judged, and since when. */
export function leakWords(live?: Live): string {
  const pooled = leakArchitectures.flatMap((architecture) => {
    const { shared, apart } = controlled(architecture, live);
    const leak = leakOverSeeds(shared.records, apart.records);
    return leak ? [{ architecture, leak }] : [];
  });
  const sentences = pooled.map(({ architecture, leak }) => leakSentence(modelNames[architecture], leak));
  const measures = Math.max(0, ...pooled.map(({ leak }) => measuresOf(leak).length));
  const judged = pooled.reduce((sum, { leak }) => sum + measuresOf(leak).length, 0);
  const later = pooled.some(({ leak }) => leak.auc)
    ? ['AUC was looked at afterwards, not declared before: it alone does not hang on where a network draws its line between the classes.']
    : [];
  return sentences.length > 0
    ? wrapped(
        [
          ...sentences,
          ...later,
          `${judged} differences are judged (${measures} measures × ${pooled.length} networks): where there is no leak, about one interval in twenty leaves zero out by chance.`,
        ].join('\n'),
      )
    : 'The controlled trial has not been run yet: npm run sweep -- --paper 02 --only leak';
}
