/** What a figure may hold side by side. Row 6 of report 05 is recorded, in every clone; "never" is no experiment at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonOf, evidenceOf, missingWords, onSharedSeeds } from 'paperlab/internal/papers/evidence';
import type { RunRecord } from 'paperlab/results';

const paper = 'knn-cnn-lstm';
const lesson = (experiment: string, seed = 1): RunRecord =>
  ({ recipe: { paper, experiment }, seed, profile: 'lesson', provenance: 'real', metrics: { testAccuracy: 0.5 } }) as unknown as RunRecord;
const recorded = evidenceOf(paper, 'row-6');
const both = ['row-6', 'never'];
const named = (experiment: string) => experiment.toUpperCase();

test('recorded runs are there to compare with', () => assert.equal(recorded.origin, 'recorded'));

test('a full run never stands beside a lesson: what is not recorded is left out and named', () => {
  const compared = comparisonOf(paper, both, [lesson('never')]);
  assert.deepEqual(compared.of('row-6').records, recorded.records);
  assert.deepEqual(compared.of('never').records, []);
  assert.equal(compared.label, recorded.label);
  assert.equal(missingWords(compared, named), '; not recorded yet: NEVER');
});

test('live runs of both are shown where only one is recorded', () => {
  const compared = comparisonOf(paper, both, [lesson('row-6'), lesson('never')]);
  assert.deepEqual(
    both.map((experiment) => compared.of(experiment).origin),
    ['live', 'live'],
  );
  assert.equal(compared.label, 'live, lesson profile');
  assert.equal(missingWords(compared, named), '');
});

test('recorded runs go first where both kinds cover as much', () => {
  assert.equal(comparisonOf(paper, ['row-6'], [lesson('row-6')]).of('row-6').origin, 'recorded');
  assert.equal(comparisonOf(paper, both, [lesson('row-6')]).label, recorded.label);
});

test('seeds that only one side has are left out, and the caption names those that stay', () => {
  const compared = comparisonOf(paper, both, [lesson('row-6'), lesson('row-6', 2), lesson('never')]);
  const shared = onSharedSeeds(compared, both);
  assert.deepEqual(
    shared.of('row-6').records.map(({ seed }) => seed),
    [1],
  );
  assert.equal(shared.label, 'live, seed 1, which all of them have');
  assert.equal(onSharedSeeds(shared, both), shared, 'nothing more to leave out');
  const apart = comparisonOf(paper, both, [lesson('row-6', 2), lesson('never')]);
  assert.equal(onSharedSeeds(apart, both), apart, 'without a shared seed all stay');
});

test('without any run nothing is shown, and all are named', () => {
  const compared = comparisonOf(paper, ['never', 'nor this'], []);
  assert.equal(compared.label, 'not run yet');
  assert.equal(compared.of('never').origin, 'none');
  assert.equal(missingWords(compared, named), '; not run yet: NEVER · NOR THIS');
  assert.equal(comparisonOf(paper, [], []).label, 'not run yet');
});

test('several counts of seeds are said as a range', () => {
  const names = ['proposed-lenet5', 'row-cnn'];
  const counts = names.map((name) => evidenceOf('lenet5', name).records.length).sort((a, b) => a - b);
  const { label } = comparisonOf('lenet5', names);
  if (counts[0] === counts[1]) assert.match(label, new RegExp(`^recorded, ${counts[0]} seed`));
  else assert.equal(label, `recorded, ${counts[0]} to ${counts[1]} seeds`);
});
