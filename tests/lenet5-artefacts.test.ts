import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accuracyFigure,
  claims,
  classicFigure,
  confusion,
  epochNearestKappa,
  epochsOf,
  firstEpochAbove,
  headlineClaims,
  proposedFigure,
  provenanceOf,
  readings,
  readingWords,
  table1Data,
  table1Verdicts,
  table2Data,
  table3,
  table3Data,
} from 'paperlab/papers/lenet5';
import type { ReadingResult, RunRecord } from 'paperlab/results';

/** A live run of the proposed network as the figures read it. */
function run(curves: Record<string, number[]>, provenance: 'real' | 'stand-in' = 'real'): RunRecord {
  const confusionOfRun = Array.from({ length: 10 }, (_, actual) =>
    Array.from({ length: 10 }, (_unused, predicted) => (actual === predicted ? 90 : predicted === (actual + 1) % 10 ? 10 : 0)),
  );
  return {
    recipe: { paper: 'lenet5', experiment: 'proposed-lenet5' },
    profile: 'smoke',
    seed: 1,
    provenance,
    metrics: { testAccuracy: 0.9, testKappa: 0.889 },
    curves,
    confusion: confusionOfRun,
    finishedAt: '2026-01-01T00:00:00Z',
  } as unknown as RunRecord;
}

const live = run({
  accuracy: [0.5, 0.9, 0.99, 0.985],
  testAccuracy: [0.4, 0.8, 0.85, 0.86],
  loss: [2, 1, 1, 1],
  validationLoss: [2, 1, 1, 1],
});

test('the epoch at which a curve passes a share is the first one, counted from 1', () => {
  assert.equal(firstEpochAbove(live, 0.989), 3);
  assert.equal(firstEpochAbove(live, 0.995), undefined);
});

test('the epoch whose kappa suits table 2 is the nearest one', () => {
  assert.equal(epochNearestKappa(run({ testKappa: [0.6, 0.72, 0.749, 0.77] }), 'test'), 3);
});

test('tables have the rows and columns of the report', () => {
  const rows = (table: { rows: readonly unknown[] }) => table.rows.length;
  assert.equal(rows(table1Data([live])), 11);
  assert.equal(rows(table1Verdicts()), 11);
  assert.equal(rows(table2Data([live])), 7);
  assert.equal(rows(table3Data([live])), table3.length);
  const last = table1Data([live]).rows[0] as unknown[];
  assert.ok(Math.abs((last[last.length - 1] as number) - 0.9) < 1e-9, 'F1 of a class with precision and recall 0.9');
});

test('diagrams agree with the report and mark what is new', () => {
  assert.match(classicFigure().description, /Parameters agree with the report/);
  assert.match(proposedFigure().description, /Marked: third-pool/);
});

test('curves and confusion say in words what they show', () => {
  assert.match(accuracyFigure([live]).description, /reported at 98\.90 %/);
  assert.match(
    confusion(
      Array.from({ length: 10 }, (_, label) => `class ${label}`),
      [live],
    ).description,
    /on the diagonal/,
  );
});

test('a run on stand-ins marks what is drawn from it', () => {
  assert.equal(provenanceOf([live]), 'real');
  assert.equal(provenanceOf([live, run({}, 'stand-in')]), 'stand-in');
});

test('the headline claims leave out the thirty cells of table 1 and nothing else', () => {
  assert.equal(claims.length - headlineClaims.length, 30);
});

test('the readings of 98.9 % come to an answer: which gives all numbers, or that none does', () => {
  const tried = (matched: number): ReadingResult => ({
    reading: 'r',
    name: 'a reading',
    matched,
    judged: 36,
    of: 36,
    fitted: false,
    mean: 98.9,
  });
  assert.equal(
    readingWords([tried(35)]),
    'No declared reading gives all 36 numbers. Best: a reading, 35 of 36. So 98.9 % stays unexplained.',
  );
  assert.match(readingWords([tried(36), tried(2)]), /gives all 36 numbers .* explains 98\.9 %/);
  assert.match(readingWords([]), /No reading has a recorded run/);
});

test('a reading of table 2 says after which epoch it takes its numbers', () => {
  const named = (start: string) => readings.find(({ id }) => id.startsWith(`lenet5/table-2-${start}`))!;
  const early = [run({ testKappa: [0.6, 0.749] }), run({ testKappa: [0.75, 0.8] }), run({ testKappa: [0.1, 0.7] })];
  assert.equal(epochsOf(named('early-test'), early), '2, 1');
  const last = { ...run({}), recipe: { paper: 'lenet5', experiment: 'proposed-lenet5', epochs: 10 } } as RunRecord;
  assert.equal(epochsOf(named('end-'), [last]), '10');
});
