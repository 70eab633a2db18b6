/** The lists that status, sweep and scoreboard work from: artefacts, claims, experiments; and the order of missing runs. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  allClaims,
  allExperiments,
  allReadings,
  artefacts,
  missingRuns,
  recordedRuns,
  reports,
  reproductionStatus,
  statusText,
} from 'paperlab/papers';
import { type Experiment, judgeAll, type Measure } from 'paperlab/results';
import { experiment, newFolder, outcome, storeIn } from './results-support.js';

const nameOf = ({ recipe }: Experiment) => `${recipe.paper}/${recipe.experiment}`;

test('there are 59 artefacts, each once, and each names its report', () => {
  assert.equal(artefacts.length, 59);
  assert.equal(new Set(artefacts.map(({ id }) => id)).size, 59);
  for (const { id, paper } of artefacts) assert.ok(id.startsWith(`${paper}/`), id);
});

const list = path.resolve('..', 'shared', 'papers', 'artefacts.json');
test('the artefacts are those of the reports', { skip: existsSync(list) ? false : 'the list of the reports is not at hand' }, () => {
  const wanted = JSON.parse(readFileSync(list, 'utf8')) as { id: string; title: string; kind: string }[];
  assert.deepEqual(
    artefacts.map(({ id, title, kind }) => ({ id, title, kind })),
    wanted.map(({ id, title, kind }) => ({ id, title, kind })),
  );
});

for (const profile of ['smoke', 'lesson', 'paper'] as const)
  test(`experiments of the ${profile} profile have names of their own, seeds, minutes and a priority`, () => {
    const all = allExperiments(profile);
    assert.equal(new Set(all.map(nameOf)).size, all.length);
    for (const one of all) {
      assert.ok(one.seeds.length > 0 && new Set(one.seeds).size === one.seeds.length, nameOf(one));
      assert.ok(one.minutes > 0 && one.priority >= 1 && one.priority <= 4, nameOf(one));
      assert.doesNotThrow(() => JSON.stringify(one.recipe));
      if (one.profile) assert.equal(one.profile, profile, nameOf(one));
    }
  });

test('every experiment that a claim, a reading or an artefact names exists', () => {
  const known = new Set(allExperiments('paper').map(nameOf));
  const check = (paper: string, from: string, measure: Measure | object | undefined) => {
    if (measure && 'experiment' in measure) assert.ok(known.has(`${paper}/${measure.experiment}`), `${from} names ${measure.experiment}`);
  };
  for (const claim of allClaims()) {
    if (claim.kind === 'value') [claim.measure, claim.minus].map((measure) => check(claim.paper, claim.id, measure));
    if (claim.kind === 'comparison') [claim.left, claim.right].map((measure) => check(claim.paper, claim.id, measure));
  }
  for (const reading of allReadings()) for (const { measure } of reading.explains) check(reading.paper, reading.id, measure);
  const reported = new Set(reports.map(({ paper }) => paper));
  for (const { id, paper, needs } of artefacts)
    if (reported.has(paper)) for (const name of needs ?? []) assert.ok(known.has(`${paper}/${name}`), `${id} names ${name}`);
});

test('claims have ids of their own under their report, a place and words; readings explain claims that exist', () => {
  const ids = new Set(allClaims().map(({ id }) => id));
  assert.equal(ids.size, allClaims().length);
  for (const { id, paper, place, statement } of allClaims()) {
    assert.ok(id.startsWith(`${paper}/`), id);
    assert.ok(place.length > 3 && statement.length > 10, id);
  }
  for (const { id, explains } of allReadings()) for (const { claim } of explains) assert.ok(ids.has(claim), `${id} explains ${claim}`);
  for (const claim of allClaims())
    if (claim.kind === 'untestable') for (const instead of claim.instead ?? []) assert.ok(ids.has(instead), `${claim.id}: ${instead}`);
});

test('without a run nothing is called reproduced but what is counted on the networks themselves', () => {
  for (const { claims, readings } of reports)
    for (const verdict of judgeAll(claims, [], readings)) {
      const claim = claims.find(({ id }) => id === verdict.claim)!;
      if (claim.kind === 'structure') continue;
      assert.equal(verdict.outcome, claim.kind === 'untestable' ? 'not testable' : 'no recorded runs', verdict.claim);
    }
});

test('structures that the three network reports state are counted on the networks built here', () => {
  for (const { paper, claims } of reports.filter((report) => ['cnn-lstm-aggregated', 'hilbert-lstm'].includes(report.paper))) {
    const structures = claims.filter(({ kind }) => kind === 'structure');
    assert.ok(structures.length > 0, paper);
    for (const verdict of judgeAll(structures, []))
      assert.equal(verdict.outcome, 'reproduced exactly', `${verdict.claim}: ${verdict.words}`);
  }
});

test('status counts recorded full runs alone, and shows what they change', async () => {
  const folder = newFolder();
  try {
    const store = storeIn(folder);
    const before = await reproductionStatus(store);
    assert.equal(before.artefacts.total, 59);
    assert.equal(before.runs.recorded, 0);
    const real = allExperiments('paper').find(({ recipe }) => recipe.experiment === 'lstm-14-row')!;
    // The recipe of the full run, carried out by an outcome made up for this test.
    const madeUp = { ...real, run: async () => outcome({ metrics: { testAccuracy: 0.971 } }) };
    await store.ensure(madeUp, { profile: 'paper', seed: 1, record: false });
    const { minutesLeft, ...counts } = (await reproductionStatus(store)).runs;
    assert.deepEqual({ ...counts, minutesLeft: before.runs.minutesLeft }, before.runs, 'a local run is not a recorded one');
    assert.ok(minutesLeft < before.runs.minutesLeft, 'but tells how long its other seeds take');
    assert.equal((await recordedRuns('hilbert-lstm', { store, local: true })).length, 1);
    await store.ensure(madeUp, { profile: 'paper', seed: 1, record: true });
    const after = await reproductionStatus(store);
    assert.equal(after.runs.recorded, 1);
    assert.equal(after.runs.missing, before.runs.missing - 1);
    assert.equal(after.claims.judged, before.claims.judged + 1);
    assert.equal(after.claims.provisional, before.claims.provisional + 1);
    const { claims, readings } = reports.find(({ paper }) => paper === 'hilbert-lstm')!;
    const verdicts = judgeAll(claims, await recordedRuns('hilbert-lstm', { store }), readings);
    assert.equal(verdicts.find(({ claim }) => claim === 'hilbert-lstm/lstm-14-row')!.outcome, 'reproduced');
    assert.match(statusText(after), /Artefacts drawn from recorded real runs: \d+\/59/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('missing runs: one seed of every claim first, then further seeds, then ablations, long studies last, the short before the long', async () => {
  const folder = newFolder();
  try {
    const store = storeIn(folder);
    const make = (name: string, priority: number, minutes: number, seeds: number[]) =>
      experiment(() => outcome(), { recipe: { paper: 'lenet5', experiment: name }, priority, minutes, seeds });
    const all = [
      make('study', 4, 1, [1]),
      make('ablation', 3, 1, [1, 2]),
      make('slow-claim', 1, 9, [1, 2]),
      make('claim', 1, 3, [1, 2, 3]),
    ];
    const order = async (options = {}) =>
      (await missingRuns(all, { store, ...options })).map(({ experiment: one, seed }) => `${one.recipe.experiment} ${seed}`);
    assert.deepEqual(await order(), [
      'claim 1',
      'slow-claim 1',
      'claim 2',
      'slow-claim 2',
      'claim 3',
      'ablation 1',
      'ablation 2',
      'study 1',
    ]);
    assert.deepEqual(await order({ seeds: 1 }), ['claim 1', 'slow-claim 1', 'ablation 1', 'study 1']);
    await store.ensure(all[3], { profile: 'paper', seed: 1, record: true });
    await store.ensure(all[2], { profile: 'paper', seed: 1, record: false });
    assert.deepEqual(await order({ seeds: 1 }), ['slow-claim 1', 'ablation 1', 'study 1'], 'a local run still has to be recorded');
    assert.deepEqual(await order({ seeds: 1, local: true }), ['ablation 1', 'study 1']);
    assert.deepEqual((await order({ seeds: 1, again: true })).length, 4);
    // A second seed is expected to take what the first one took, which here is next to nothing.
    const minutes = Object.fromEntries(
      (await missingRuns(all, { store })).map(({ experiment: one, minutes: left }) => [one.recipe.experiment, left]),
    );
    assert.equal(minutes.ablation, 1);
    assert.ok(minutes['slow-claim'] >= 0 && minutes['slow-claim'] < 1, `measured, not the expected 9 minutes: ${minutes['slow-claim']}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
