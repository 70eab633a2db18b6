/** The verdict rule, edge case by edge case. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Claim,
  type ComparisonClaim,
  judge,
  judgeAll,
  type Reading,
  ResultsError,
  type RunRecord,
  type ValueClaim,
  type Verdict,
  type VerdictOutcome,
} from 'paperlab/results';

function record(experiment: string, seed: number, metrics: Record<string, number>, more: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 1,
    numerics: 1,
    hash: 'a'.repeat(64),
    recipe: { paper: 'lenet5', experiment },
    seed,
    profile: 'paper',
    provenance: 'real',
    data: [],
    seconds: 1,
    device: 'test',
    machine: 'test',
    versions: {},
    commit: 'none',
    finishedAt: '2026-01-01T00:00:00.000Z',
    metrics,
    curves: {},
    arrays: {},
    extra: null,
    seal: '',
    ...more,
  };
}

/** One run of `experiment` per accuracy, seeds 1, 2, …, in per cent. */
const accuracies = (values: number[], experiment = 'a', more: Partial<RunRecord> = {}) =>
  values.map((value, index) => record(experiment, index + 1, { accuracy: value / 100 }, more));

const used = (name: string): RunRecord['data'][number] => ({ name, role: 'training', count: 1, checksum: '', provenance: 'real' });

const value = (more: Partial<ValueClaim> = {}): ValueClaim => ({
  id: 'lenet5/x',
  paper: 'lenet5',
  place: 'table 1',
  statement: 'x',
  kind: 'value',
  value: 90,
  decimals: 2,
  unit: '%',
  measure: { experiment: 'a', metric: 'accuracy' },
  goodSide: 'higher',
  ...more,
});

const comparison = (more: Partial<ComparisonClaim> = {}): ComparisonClaim => ({
  id: 'lenet5/c',
  paper: 'lenet5',
  place: 'text',
  statement: 'a is better than b',
  kind: 'comparison',
  left: { experiment: 'a', metric: 'accuracy' },
  right: { experiment: 'b', metric: 'accuracy' },
  relation: 'higher',
  unit: '%',
  ...more,
});

interface Case {
  name: string;
  claim: Claim;
  runs: RunRecord[];
  outcome: VerdictOutcome;
  provisional?: boolean;
  n?: number;
  words?: RegExp;
  shows?: Verdict['shows'];
}

const cases: Case[] = [
  { name: 'nothing recorded', claim: value(), runs: [], outcome: 'no recorded runs', n: 0, words: /no recorded full run/ },
  { name: 'three seeds on the spot', claim: value(), runs: accuracies([89.9, 90, 90.1]), outcome: 'reproduced', provisional: false, n: 3 },
  { name: 'exactly half a point away', claim: value(), runs: accuracies([89.5, 89.5, 89.5]), outcome: 'reproduced' },
  { name: 'just beyond half a point, below', claim: value(), runs: accuracies([89.49, 89.49, 89.49]), outcome: 'not reproduced' },
  { name: 'just beyond half a point, above', claim: value(), runs: accuracies([90.51, 90.51, 90.51]), outcome: 'better' },
  { name: 'above where lower is good', claim: value({ goodSide: 'lower' }), runs: accuracies([91, 91, 91]), outcome: 'not reproduced' },
  { name: 'below where lower is good', claim: value({ goodSide: 'lower' }), runs: accuracies([89, 89, 89]), outcome: 'better' },
  {
    name: 'above where neither side is good',
    claim: value({ goodSide: 'none' }),
    runs: accuracies([91, 91, 91]),
    outcome: 'not reproduced',
  },
  {
    name: 'two standard deviations reach further than half a point',
    claim: value(),
    runs: accuracies([88, 89, 90.5]),
    outcome: 'reproduced',
  },
  {
    name: 'a wide spread reaches a number that no run reached, and says so',
    claim: value(),
    runs: accuracies([87, 88, 89.5]),
    outcome: 'reproduced',
    shows: 'by the spread alone: all runs lower',
    words: /allowed ± 2\.52, by the spread alone: all runs lower\)/,
  },
  {
    name: 'and one that all runs went beyond',
    claim: value(),
    runs: accuracies([90.5, 92, 93]),
    outcome: 'reproduced',
    shows: 'by the spread alone: all runs higher',
  },
  {
    name: 'one seed',
    claim: value(),
    runs: accuracies([90]),
    outcome: 'reproduced',
    provisional: true,
    n: 1,
    words: /Provisional \(n = 1\)/,
  },
  { name: 'two seeds', claim: value(), runs: accuracies([80, 80.1]), outcome: 'not reproduced', provisional: true, n: 2 },
  {
    name: 'the same seed twice counts once',
    claim: value(),
    runs: [...accuracies([90]), ...accuracies([90])],
    outcome: 'reproduced',
    n: 1,
  },
  {
    name: 'stand-ins never count',
    claim: value(),
    runs: accuracies([90, 90, 90], 'a', { provenance: 'stand-in' }),
    outcome: 'no recorded runs',
    words: /on stand-ins/,
  },
  { name: 'smoke never counts', claim: value(), runs: accuracies([90, 90, 90], 'a', { profile: 'smoke' }), outcome: 'no recorded runs' },
  {
    name: 'lesson never counts',
    claim: value(),
    runs: accuracies([90, 90, 90], 'a', { profile: 'lesson' }),
    outcome: 'no recorded runs',
    words: /lesson profile/,
  },
  {
    name: 'an unfit run beside fit ones',
    claim: value(),
    runs: [...accuracies([90, 90, 90]), ...accuracies([10], 'a', { profile: 'lesson', seed: 9 })],
    outcome: 'reproduced',
    n: 3,
  },
  {
    name: 'another report with the same experiment name',
    claim: value(),
    runs: accuracies([90, 90, 90], 'a', { recipe: { paper: 'lstm-cnn', experiment: 'a' } }),
    outcome: 'no recorded runs',
  },
  {
    name: 'an older recipe under the same name is left out',
    claim: value(),
    runs: [
      ...accuracies([90, 90, 90], 'a', { finishedAt: '2026-02-01T00:00:00.000Z' }),
      ...accuracies([10, 10, 10, 10], 'a', { hash: 'b'.repeat(64) }),
    ],
    outcome: 'reproduced',
    n: 3,
  },
  {
    name: 'another state of the data under the same recipe is left out',
    claim: value(),
    runs: [
      ...accuracies([10, 10, 10, 10], 'a', { data: [used('idc (extract)')] }),
      ...accuracies([90, 90, 90], 'a', { data: [used('idc (complete archive)')], finishedAt: '2026-02-01T00:00:00.000Z' }),
    ],
    outcome: 'reproduced',
    n: 3,
  },
  {
    name: 'the metric is missing',
    claim: value({ measure: { experiment: 'a', metric: 'kappa' } }),
    runs: accuracies([90]),
    outcome: 'no recorded runs',
  },
  { name: 'a diverged run', claim: value(), runs: accuracies([90, Number.NaN, 90]), outcome: 'not reproduced', n: 3 },
  { name: 'a bound that holds by far', claim: value({ bound: 'at least' }), runs: accuracies([99, 99, 99]), outcome: 'reproduced' },
  {
    name: 'a bound missed by less than half a point',
    claim: value({ bound: 'at least' }),
    runs: accuracies([89.6, 89.6, 89.6]),
    outcome: 'not reproduced',
    words: /\(−0\.40 points\)/,
  },
  { name: 'a bound just kept', claim: value({ bound: 'at least' }), runs: accuracies([90, 90, 90]), outcome: 'reproduced' },
  {
    name: 'a bound within two standard deviations is missed all the same',
    claim: value({ bound: 'at least' }),
    runs: accuracies([88, 89, 92]),
    outcome: 'not reproduced',
  },
  { name: 'a bound missed', claim: value({ bound: 'at least' }), runs: accuracies([89, 89, 89]), outcome: 'not reproduced' },
  { name: 'an upper bound missed on the good side', claim: value({ bound: 'at most' }), runs: accuracies([95, 95, 95]), outcome: 'better' },
  {
    name: 'a fraction within 0.005',
    claim: value({ unit: '1', value: 0.75 }),
    runs: accuracies([75.4, 75.4, 75.4]),
    outcome: 'reproduced',
  },
  { name: 'a fraction beyond 0.005', claim: value({ unit: '1', value: 0.75 }), runs: accuracies([75.6, 75.6, 75.6]), outcome: 'better' },
  {
    name: 'deterministic, every digit',
    claim: value({ deterministic: true, value: 78.48 }),
    runs: accuracies([78.48]),
    outcome: 'reproduced exactly',
    provisional: false,
  },
  {
    name: 'deterministic, last digit off',
    claim: value({ deterministic: true, value: 78.48 }),
    runs: accuracies([78.47]),
    outcome: 'reproduced',
    provisional: false,
  },
  { name: 'every digit, but not deterministic', claim: value(), runs: accuracies([90, 90, 90]), outcome: 'reproduced' },
  {
    name: 'a curve, its highest point',
    claim: value({ measure: { experiment: 'a', curve: 'acc', take: 'highest' } }),
    runs: [record('a', 1, {}, { curves: { acc: [0.5, 0.9, 0.7] } })],
    outcome: 'reproduced',
  },
  {
    name: 'a curve, its last point',
    claim: value({ measure: { experiment: 'a', curve: 'acc', take: 'last' } }),
    runs: [record('a', 1, {}, { curves: { acc: [0.5, 0.9, 0.7] } })],
    outcome: 'not reproduced',
  },
  {
    name: 'a curve, its second epoch',
    claim: value({ measure: { experiment: 'a', curve: 'acc', take: { epoch: 2 } } }),
    runs: [record('a', 1, {}, { curves: { acc: [0.5, 0.9, 0.7] } })],
    outcome: 'reproduced',
  },
  {
    name: 'a difference, paired by seed',
    claim: value({ value: 1, minus: { experiment: 'b', metric: 'accuracy' } }),
    runs: [...accuracies([91, 92, 93]), ...accuracies([90, 91, 92], 'b')],
    outcome: 'reproduced',
    n: 3,
  },
  { name: 'comparison without runs', claim: comparison(), runs: accuracies([90]), outcome: 'no recorded runs', n: 0 },
  {
    name: 'comparison, one pair has no interval',
    claim: comparison(),
    runs: [...accuracies([91]), ...accuracies([90], 'b')],
    outcome: 'no recorded runs',
    provisional: true,
    n: 1,
  },
  {
    name: 'comparison, seeds that do not pair',
    claim: comparison(),
    runs: [record('a', 1, { accuracy: 1 }), record('b', 2, { accuracy: 0 })],
    outcome: 'no recorded runs',
    n: 0,
  },
  {
    name: 'comparison, clear',
    claim: comparison(),
    runs: [...accuracies([91, 92, 93]), ...accuracies([90, 91.1, 91.9], 'b')],
    outcome: 'reproduced',
    n: 3,
  },
  {
    name: 'comparison, two clear pairs are provisional',
    claim: comparison(),
    runs: [...accuracies([91, 92]), ...accuracies([90, 91], 'b')],
    outcome: 'reproduced',
    provisional: true,
  },
  {
    name: 'comparison, two far apart on one side, whatever an interval over two says',
    claim: comparison(),
    runs: [...accuracies([92, 99]), ...accuracies([90, 91], 'b')],
    outcome: 'reproduced',
    words: /Differences \+2\.00 points and \+8\.00 points: as claimed/,
  },
  {
    name: 'comparison, two that happen to agree within half a point',
    claim: comparison(),
    runs: [...accuracies([90.4, 91.4]), ...accuracies([90, 91], 'b')],
    outcome: 'no recorded runs',
    provisional: true,
    n: 2,
    words: /Differences \+0\.40 points and \+0\.40 points: before three seeds .* by more than 0\.50 points/,
  },
  {
    name: 'comparison, two on both sides',
    claim: comparison(),
    runs: [...accuracies([92, 88]), ...accuracies([90, 91], 'b')],
    outcome: 'no recorded runs',
  },
  {
    name: 'comparison, two the other way round',
    claim: comparison(),
    runs: [...accuracies([88, 89]), ...accuracies([90, 91], 'b')],
    outcome: 'not reproduced',
    shows: 'the other way round',
  },
  {
    name: 'comparison, two in a unit without an allowance',
    claim: comparison({ unit: 'images' }),
    runs: [...accuracies([92, 93]), ...accuracies([90, 91], 'b')],
    outcome: 'no recorded runs',
    words: /in this unit nothing says what is clear/,
  },
  {
    name: 'equal, two within half a point',
    claim: comparison({ relation: 'equal' }),
    runs: [...accuracies([90.4, 90.8]), ...accuracies([90, 91], 'b')],
    outcome: 'reproduced',
    provisional: true,
  },
  {
    name: 'equal, two beyond it on one side',
    claim: comparison({ relation: 'equal' }),
    runs: [...accuracies([91, 92]), ...accuracies([90, 91], 'b')],
    outcome: 'not reproduced',
  },
  {
    name: 'equal, one within and one beyond',
    claim: comparison({ relation: 'equal' }),
    runs: [...accuracies([90.4, 92]), ...accuracies([90, 91], 'b')],
    outcome: 'no recorded runs',
  },
  {
    name: 'comparison, interval holds zero',
    claim: comparison(),
    runs: [...accuracies([91, 92, 93]), ...accuracies([90, 92.5, 92.6], 'b')],
    outcome: 'not reproduced',
    words: /holds zero/,
    shows: 'no difference shown',
  },
  {
    name: 'comparison, the other way round',
    claim: comparison(),
    runs: [...accuracies([90, 91, 92]), ...accuracies([91, 92.1, 92.9], 'b')],
    outcome: 'not reproduced',
    words: /other way round/,
    shows: 'the other way round',
  },
  {
    name: 'comparison, no difference at all',
    claim: comparison(),
    runs: [...accuracies([90, 91, 92]), ...accuracies([90, 91, 92], 'b')],
    outcome: 'not reproduced',
    shows: 'no difference shown',
  },
  {
    name: 'comparison, lower',
    claim: comparison({ relation: 'lower' }),
    runs: [...accuracies([90, 91, 92]), ...accuracies([91, 92.1, 92.9], 'b')],
    outcome: 'reproduced',
  },
  {
    name: 'comparison with a constant',
    claim: comparison({ right: { constant: 91.36, what: 'literature' } }),
    runs: accuracies([91.8, 91.9, 92]),
    outcome: 'reproduced',
  },
  {
    name: 'comparison with a constant, too close',
    claim: comparison({ right: { constant: 91.36, what: 'literature' } }),
    runs: accuracies([91, 91.9, 91.5]),
    outcome: 'not reproduced',
    shows: 'no difference shown',
  },
  {
    name: 'equal within half a point',
    claim: comparison({ relation: 'equal' }),
    runs: [...accuracies([90, 91, 92]), ...accuracies([90.1, 91, 92.1], 'b')],
    outcome: 'reproduced',
  },
  {
    name: 'equal, too wide an interval',
    claim: comparison({ relation: 'equal' }),
    runs: [...accuracies([90, 91, 92]), ...accuracies([91, 90.5, 91.8], 'b')],
    outcome: 'not reproduced',
  },
  {
    name: 'structure, counted the same',
    claim: {
      id: 'lenet5/s',
      paper: 'lenet5',
      place: '',
      statement: '',
      kind: 'structure',
      value: 10164,
      unit: 'parameters',
      compute: () => 10164,
    },
    runs: [],
    outcome: 'reproduced exactly',
  },
  {
    name: 'structure, counted otherwise',
    claim: {
      id: 'lenet5/s',
      paper: 'lenet5',
      place: '',
      statement: '',
      kind: 'structure',
      value: 12,
      unit: 'parameters',
      compute: () => 0,
    },
    runs: [],
    outcome: 'not reproduced',
  },
  {
    name: 'untestable',
    claim: { id: 'lenet5/u', paper: 'lenet5', place: '', statement: '', kind: 'untestable', why: 'the extract is another set' },
    runs: [],
    outcome: 'not testable',
    words: /the extract is another set/,
  },
];

test('what is judged in the place of an untestable claim is named by what it says', () => {
  const base = { paper: 'lenet5', place: '' } as const;
  const claims: Claim[] = [
    { ...base, id: 'lenet5/u', statement: 'It is good', kind: 'untestable', why: '"good" has no measure', instead: ['lenet5/v'] },
    { ...base, id: 'lenet5/v', statement: 'It is better than guessing', kind: 'untestable', why: 'another' },
  ];
  const words = 'Not testable as stated: "good" has no measure. Judged in its place: ';
  assert.equal(judgeAll(claims, [])[0]!.words, `${words}"It is better than guessing".`);
  assert.equal(judge(claims[0]!, []).words, `${words}lenet5/v.`, "without the report's claims only the id is known");
});

for (const { name, claim, runs, outcome, provisional, n, words, shows } of cases)
  test(`verdict: ${name}`, () => {
    const verdict = judge(claim, runs);
    assert.equal(verdict.outcome, outcome, verdict.words);
    if (provisional !== undefined) assert.equal(verdict.provisional, provisional);
    if (n !== undefined) assert.equal(verdict.n, n);
    if (words) assert.match(verdict.words, words);
    assert.equal(verdict.shows, shows);
    assert.ok(verdict.words.length > 0);
  });

const pair: ValueClaim[] = [
  value({ id: 'lenet5/one', value: 98, together: 'pair' }),
  value({ id: 'lenet5/two', value: 77, goodSide: 'none', together: 'pair', measure: { experiment: 'b', metric: 'accuracy' } }),
];

const reading = (more: Partial<Reading> = {}): Reading => ({
  id: 'lenet5/early',
  paper: 'lenet5',
  name: 'an early epoch',
  statement: 'measured early',
  explains: [
    { claim: 'lenet5/one', measure: { experiment: 'early', metric: 'first' } },
    { claim: 'lenet5/two', measure: { experiment: 'early', metric: 'second' } },
  ],
  ...more,
});

const failing = [...accuracies([90, 90, 90]), ...accuracies([90, 90, 90], 'b')];
const early = (first: number, second: number, seeds = 3) =>
  Array.from({ length: seeds }, (_, index) => record('early', index + 1, { first: first / 100, second: second / 100 }));

const other = reading({
  id: 'lenet5/other',
  name: 'another',
  explains: [{ claim: 'lenet5/one', measure: { experiment: 'other', metric: 'first' } }],
});

const readingCases: {
  name: string;
  readings: Reading[];
  runs: RunRecord[];
  outcomes: [VerdictOutcome, VerdictOutcome];
  provisional?: boolean;
  words?: RegExp;
}[] = [
  { name: 'all numbers match', readings: [reading()], runs: early(98.1, 77.2), outcomes: ['explained', 'explained'], provisional: false },
  {
    name: 'only one number matches',
    readings: [reading()],
    runs: early(98.1, 70),
    outcomes: ['consistent with', 'not reproduced'],
    words: /1 of the 2 numbers/,
  },
  {
    name: 'none matches',
    readings: [reading()],
    runs: early(90, 70),
    outcomes: ['not reproduced', 'not reproduced'],
    words: /1 reading tried/,
  },
  {
    name: 'all match with a fitted setting',
    readings: [reading({ fitted: true })],
    runs: early(98, 77),
    outcomes: ['consistent with', 'consistent with'],
    words: /searched for/,
  },
  {
    name: 'a reading that is silent about one number',
    readings: [{ ...reading(), explains: reading().explains.slice(0, 1) }],
    runs: early(98, 77),
    outcomes: ['consistent with', 'not reproduced'],
  },
  {
    name: 'the second of two readings matches',
    readings: [other, reading()],
    runs: [...early(98, 77), record('other', 1, { first: 0.5 })],
    outcomes: ['explained', 'explained'],
    words: /2 readings tried/,
  },
  {
    name: 'one seed behind the reading',
    readings: [reading()],
    runs: early(98, 77, 1),
    outcomes: ['explained', 'explained'],
    provisional: true,
    words: /Provisional: that reading stands on one seed\./,
  },
  {
    name: 'its runs are missing',
    words: /0 readings tried, 1 without runs yet/,
    readings: [reading()],
    runs: [],
    outcomes: ['not reproduced', 'not reproduced'],
  },
  {
    name: 'its runs are of the lesson profile',
    readings: [reading()],
    runs: early(98, 77).map((run) => ({ ...run, profile: 'lesson' })),
    outcomes: ['not reproduced', 'not reproduced'],
  },
];

for (const { name, readings, runs, outcomes, provisional, words } of readingCases)
  test(`readings: ${name}`, () => {
    const verdicts = judgeAll(pair, [...failing, ...runs], readings);
    assert.deepEqual(
      verdicts.map((verdict) => verdict.outcome),
      outcomes,
    );
    if (provisional !== undefined) assert.equal(verdicts[0].provisional, provisional);
    if (words) assert.match(verdicts[0].words, words);
    const declared = readings.filter((known) => known.explains.some(({ claim }) => claim === 'lenet5/one'));
    assert.equal(verdicts[0].readings.length, declared.length);
  });

test('a verdict by a reading names the reading, its share of the numbers and its seeds', () => {
  const [first] = judgeAll(pair, [...failing, ...early(98.1, 70, 1)], [reading()]);
  assert.deepEqual([first.fits?.reading.matched, first.fits?.reading.of, first.fits?.seeds], [1, 2, 1]);
  assert.equal(judgeAll(pair, failing, [reading()])[0].fits, undefined);
});

test('a reading needs a run that comes near: neither a wide spread nor a mean of runs far off on both sides is enough', () => {
  const runs = (...values: number[]) => values.map((value, at) => record('early', at + 1, { first: value / 100, second: 0.5 }));
  const matched = (...values: number[]) => judgeAll(pair, [...failing, ...runs(...values)], [reading()])[0].readings[0]!.matched;
  assert.equal(matched(98.1, 98.2, 97.9), 1);
  assert.equal(matched(93, 96, 97.2), 0, 'within two standard deviations, but every run lies below');
  assert.equal(matched(97, 99), 0, 'the mean meets 98, no run does');
  assert.equal(matched(97, 98, 99), 1);
});

test('of several readings that give a number, the one that gives most of the others is named', () => {
  const both = reading({ fitted: true });
  const runs = [...failing, ...early(98.1, 77), record('other', 1, { first: 0.98 })];
  const [first] = judgeAll(pair, runs, [other, both]);
  assert.equal(first.fits?.reading.name, 'an early epoch');
  assert.equal(first.fits?.reading.matched, 2);
});

test('a comparison with one side recorded says which, and does not call it a run that never counts', () => {
  const { outcome, words } = judge(comparison(), accuracies([90, 91]));
  assert.equal(outcome, 'no recorded runs');
  assert.match(words, /Recorded so far: a; still missing: b\./);
  assert.doesNotMatch(words, /never give a verdict/);
});

test('a number that is beaten is explained where one reading gives it together with the number that fails', () => {
  const beaten = [pair[0], { ...pair[1], goodSide: 'higher' as const }];
  const outcomes = (runs: RunRecord[]) => judgeAll(beaten, [...failing, ...runs], [reading()]).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes(early(98, 77)), ['explained', 'explained']);
  assert.deepEqual(outcomes(early(98, 70)), ['consistent with', 'better']);
});

test('a claim that is reproduced as stated needs no reading', () => {
  const runs = [...accuracies([98, 98, 98]), ...accuracies([77, 77, 77], 'b'), ...early(98, 77)];
  assert.deepEqual(
    judgeAll(pair, runs, [reading()]).map(({ outcome }) => outcome),
    ['reproduced', 'reproduced'],
  );
});

test('"reproduced exactly" asks for every number that belongs together', () => {
  const exact = pair.map((claim) => ({ ...claim, deterministic: true }));
  const all = [...accuracies([98]), ...accuracies([77], 'b')];
  const some = [...accuracies([98]), ...accuracies([76.99], 'b')];
  assert.deepEqual(
    judgeAll(exact, all).map(({ outcome }) => outcome),
    ['reproduced exactly', 'reproduced exactly'],
  );
  assert.deepEqual(
    judgeAll(exact, some).map(({ outcome }) => outcome),
    ['reproduced', 'reproduced'],
  );
});

test("the interval of a verdict is Student's", () => {
  const { interval, mean, sd } = judge(value(), accuracies([89, 90, 91]));
  assert.ok(Math.abs(mean! - 90) < 1e-9 && Math.abs(sd! - 1) < 1e-9);
  // t(0.975; 2) = 4.302653, divided by √3.
  assert.ok(Math.abs(interval![1] - 90 - 2.484138) < 1e-5);
});

test('a changed run changes its verdict', () => {
  const before = judge(value(), accuracies([90, 90.1, 89.9]));
  const after = judge(value(), accuracies([90, 90.1, 80]));
  assert.notEqual(before.margin, after.margin);
  assert.notEqual(before.words, after.words);
});

test('a unit without a known scale needs a tolerance, and two claims need two ids', () => {
  assert.throws(() => judge(value({ unit: 'seconds' }), accuracies([90])), ResultsError);
  assert.throws(() => judgeAll([value(), value()], []), /Two claims have the id/);
});
