import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ablationWords,
  accuracyFigure,
  aloneWords,
  binaryBridgeWords,
  claims,
  classicFigure,
  confusion,
  crossingWords,
  epochNearestKappa,
  epochsOf,
  firstEpochAbove,
  gains,
  headlineClaims,
  hypothesisFigure,
  kappaWords,
  lateGain,
  lossWords,
  nearestReading,
  nearestToTable2,
  obtainedNote,
  proposedFigure,
  provenanceOf,
  rankWords,
  readings,
  readingTable,
  readingWords,
  sameOptimiserWords,
  statedCount,
  table1Data,
  table1Verdicts,
  table1Words,
  table2Data,
  table2Figure,
  table2Words,
  table3,
  table3Data,
  unlikeTrainingsWords,
  verdictCell,
} from 'paperlab/papers/lenet5';
import { type ReadingResult, type RunRecord, runs, type Verdict } from 'paperlab/results';

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
  assert.match(proposedFigure().description, /Marked: third-pool.*FC2: width not stated; 84, as F6/);
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
    readingWords([{ ...tried(13), mean: 97.756 }]),
    'No declared reading gives all 36 numbers.\nMost: a reading, 13 of 36, with 97.76 % for 98.9 %.\nSo 98.9 % stays unexplained.',
  );
  assert.match(readingWords([tried(36), tried(2)]), /gives all 36 numbers .* explains 98\.9 %/);
  assert.match(readingWords([]), /No reading has a recorded run/);
});

test('a reading of table 2 says after which epoch it takes its numbers', () => {
  const named = (start: string) => readings.find(({ id }) => id.startsWith(`lenet5/table-2-${start}`))!;
  const early = [run({ testKappa: [0.6, 0.749] }), run({ testKappa: [0.75, 0.8] }), run({ testKappa: [0.1, 0.7] })];
  assert.equal(epochsOf(named('early-test'), early), '2 or 1, by seed');
  const last = { ...run({}), recipe: { paper: 'lenet5', experiment: 'proposed-lenet5', epochs: 10 } } as RunRecord;
  assert.equal(epochsOf(named('end-'), [last]), '10');
});

test('a reading without a confusion matrix can give the three accuracies only', () => {
  const { columns, rows } = readingTable();
  const [name, most, of] = ['reading', 'can give', 'of'].map((column) => columns.indexOf(column));
  for (const row of rows as unknown as (string | number)[][]) {
    const withMatrix = /^training accuracy|60 epochs/.test(String(row[name]));
    assert.equal(row[most], withMatrix ? row[of] : 3, String(row[name]));
  }
});

/** Scores of table 2 on the test images, epoch by epoch. */
const epochs = (kappa: number[], informedness: number[], byPrediction: number[], distance: number[]) =>
  run({
    testKappa: kappa,
    testInformedness: informedness,
    testInformednessByPrediction: byPrediction,
    testSquaredLabelError: distance.map((each) => 4 * each),
    testAbsoluteLabelError: distance,
    testSquaredOutputError: distance.map((each) => each / 20),
    testSquaredErrorPerImage: distance.map((each) => each / 2),
  });

test('the epoch that gives most of table 2 need not be the one nearest in kappa', () => {
  const record = epochs([0.72, 0.749, 0.7706], [0.72, 0.749, 0.7706], [0.74, 0.779, 0.8], [0.8, 0.72, 0.6559]);
  assert.equal(epochNearestKappa(record, 'test'), 2);
  const { epoch, set, matched, informedBy, errorName, numbers } = nearestToTable2([record])!;
  assert.deepEqual(
    { epoch, set, matched, informedBy, errorName },
    { epoch: 3, set: 'test', matched: 2, informedBy: 'mean over classes', errorName: 'absolute label distance' },
  );
  assert.deepEqual(numbers, [0.7706, 0.7706, 0.6559]);
  assert.equal(nearestToTable2([run({})]), undefined);
});

test('among epochs that give equally many numbers the nearest counts, and the words say what was found', () => {
  const farther = epochs([0.9], [0.77], [0.9], [0.66]);
  const nearer = { ...epochs([0.8], [0.77], [0.9], [0.66]), seed: 2 } as RunRecord;
  assert.equal(nearestToTable2([farther, nearer])!.seed, 2);
  const evidence = { experiment: 'scores-by-epoch', records: [farther, nearer], origin: 'recorded' as const, label: 'recorded, 2 seeds' };
  assert.equal(
    table2Words(evidence),
    [
      'Over all epochs and sets, at most 2 of 3 numbers come together:',
      'test images, epoch 1, kappa 0.800, informedness 0.770 (mean over classes),',
      'absolute label distance 0.660 (seed 2; recorded, 2 seeds; the epoch was searched for).',
      'No epoch gives all three: table 2 stays unexplained.',
    ].join('\n'),
  );
  const all = epochs([0.75], [0.5], [0.77], [0.66]);
  assert.match(table2Words({ ...evidence, records: [all] }), /at most 3 of 3[\s\S]*weighted by predictions[\s\S]*explains nothing yet/);
  assert.match(table2Words({ ...evidence, records: [] }), /Not recorded yet/);
});

test('98.9 % and kappa 0.75 contradict each other', () => {
  assert.match(kappaWords(), /98\.9 % would be kappa 0\.988; kappa 0\.75 means 77\.5 %/);
});

test('a cell of table 1 says whether its verdict is provisional', () => {
  const verdict = { outcome: 'not reproduced', provisional: true, n: 2, words: 'why' } as Verdict;
  assert.deepEqual(verdictCell(verdict), { value: '✗ not reproduced, provisional', note: 'why' });
  assert.deepEqual(verdictCell({ ...verdict, provisional: false }), { value: '✗ not reproduced', note: 'why' });
  assert.equal(verdictCell(undefined), '–');
});

test('small print says what is recorded and what was live, and the error has the name that table 2 prints', () => {
  assert.match(
    obtainedNote([live], { spread: true }),
    /^Obtained: recorded, \d+ seeds, mean ± one standard deviation\. Live: one seed, smoke/,
  );
  assert.doesNotMatch(obtainedNote([]), /Live|±/);
  assert.equal((table2Data([live]).rows[3] as unknown[])[0], 'error ("MSE")');
});

test('our mean is ranked among the values that table 3 reports for others', () => {
  const [, mean, below, others] = /^Our mean \(([\d.]+) %; .*\) lies above (\d+) of the (\d+) /.exec(rankWords([live]))!.map(Number);
  assert.equal(others, table3.length - 1);
  assert.equal(below, table3.filter(({ name, reported }) => !name.includes('LeNet') && reported < mean).length);
});

test('what a change brings is counted over the seeds that both sides have', () => {
  const seeded = (seed: number, testAccuracy: number) => ({ ...run({}), seed, metrics: { testAccuracy } }) as RunRecord;
  const differences = gains([seeded(1, 0.9), seeded(3, 0.5)], [seeded(2, 0.1), seeded(1, 0.85)]);
  assert.deepEqual(
    differences.map((each) => each.toFixed(2)),
    ['5.00'],
  );
});

test('printed sentences end their lines before the page does', () => {
  const withinLines = (most: number, sentences: readonly string[]) => {
    for (const words of sentences) for (const line of words.split('\n')) assert.ok(line.length <= most, line);
  };
  withinLines(95, [ablationWords(), crossingWords(), table2Words(), readingWords(), kappaWords(), nearestReading()]);
  // Broken by the function that all notebooks share.
  withinLines(105, [rankWords(), lossWords(), table1Words(), binaryBridgeWords()]);
});

test('a curve that did not get there is told to be still rising, or not', () => {
  const curve = (late: number) => Array.from({ length: 30 }, (_, epoch) => (epoch < 20 ? 0.9 : late));
  assert.ok(Math.abs(lateGain(curve(0.92))! - 2) < 1e-9);
  assert.ok(lateGain(curve(0.85))! < 0);
  assert.equal(lateGain([0.5, 0.6]), undefined, 'too short to tell');
  const [record] = runs.find({ paper: 'lenet5', experiment: 'long-training', profile: 'paper', provenance: 'real' });
  if (!record || firstEpochAbove(record, 0.989) !== undefined) return;
  const gain = lateGain(record.curves['accuracy']!)!;
  const words = gain > 0 ? /Still rising: .*\nSo 60 epochs settle only that it takes longer/ : /Not rising any more/;
  assert.match(crossingWords(), words);
});

test('the bridge from binary accuracy to accuracy is computed, and set against the best held-out accuracy', () => {
  const value = (share: number) => [{ name: 'a network', value: share, group: 'held-out accuracy' }];
  // A hundred images, 5.5 wrong, two wrong outputs of ten each: 1.1 % of all outputs.
  assert.match(binaryBridgeWords(value(0.9)), /94\.5 % of the images.* 90\.00 % \(a network\), does not reach that/s);
  assert.match(binaryBridgeWords(value(0.95)), /reaches that/);
});

test('the note of table 3 says how unlike its rows were trained', () => {
  const words = unlikeTrainingsWords();
  assert.match(words, /60,000 for the classical learners, 54,000 for the networks/);
  assert.match(words, /20,000 for Support vector classifier, RBF kernel and SVC/);
  assert.match(words, /10 epochs, 20 for Multilayer perceptron/);
  for (const { experiment, note } of table3) if (experiment === 'row-svc-rbf') assert.match(note!, /20,000/);
});

test('LeNet-5 and the CNN are compared with one optimiser, whichever way that comes out', () => {
  const trained = (testAccuracy: number, seed: number, batchSize: number) =>
    ({
      ...run({}),
      seed,
      metrics: { testAccuracy },
      recipe: { paper: 'lenet5', experiment: 'e', batchSize, optimizer: { kind: 'adam', learningRate: 0.001 } },
    }) as unknown as RunRecord;
  const found = (...records: RunRecord[]) => ({
    experiment: 'e',
    records,
    origin: 'recorded' as const,
    label: `recorded, ${records.length}`,
  });
  const below = sameOptimiserWords(found(trained(0.9, 1, 32)), found(trained(0.91, 1, 128), trained(0.99, 2, 128)));
  assert.match(
    below,
    /Adam at 0\.001.*90\.00 % \(recorded, 1\), still below.*on the one shared seed −1\.00 points, which gives no interval; batches of 32 and 128/,
  );
  const three = [0.9, 0.91, 0.92].map((score, at) => trained(score, at + 1, 32));
  const level = sameOptimiserWords(found(...three), found(...three));
  assert.match(level, /level with the CNN.*on the 3 shared seeds \+0\.00 points \(\+0\.00 to \+0\.00\)\)/);
  assert.match(
    sameOptimiserWords(found(trained(0.95, 1, 32)), found(trained(0.91, 1, 32))),
    /, above the CNN.*\+4\.00 points, which gives no interval\)/,
  );
  assert.doesNotMatch(sameOptimiserWords(found(), found(trained(0.91, 1, 32))), /reaches/);
  const other = { ...trained(0.95, 1, 32), recipe: { optimizer: { kind: 'sgd', learningRate: 0.005 } } } as unknown as RunRecord;
  assert.doesNotMatch(sameOptimiserWords(found(other), found(trained(0.91, 1, 32))), /reaches/, 'another optimiser compares nothing');
});

test('what helps alone is read off the intervals', () => {
  const changes = (relu: [number, number] | null, adam: [number, number] | null) => [
    { to: 'proposed-sgd-relu', from: 'proposed-lenet5', interval: relu },
    { to: 'proposed-adam-tanh', from: 'proposed-lenet5', interval: adam },
  ];
  assert.deepEqual(aloneWords(changes([-3, -1], [-3, 1])), ['Of ReLU and Adam neither is shown to help alone; ReLU alone costs.']);
  assert.deepEqual(aloneWords(changes(null, [0.2, 1])), ['Of ReLU and Adam only Adam is shown to help alone.']);
  assert.deepEqual(aloneWords(changes([1, 2], [0.2, 1])), ['Of ReLU and Adam each is shown to help alone.']);
  assert.deepEqual(aloneWords(changes([-3, 1], null)), ['Of ReLU and Adam neither is shown to help alone.']);
  assert.deepEqual(aloneWords([]), []);
  assert.match(ablationWords(), /points (below|above) 98\.9 %/);
  assert.match(ablationWords(), /Adam at 0\.005 for SGD, with tanh \(3 seeds; [+−]\d\.\d+ to [+−]/);
});

test('Adam and ReLU together are set against the stated training, apart from the single changes', () => {
  const scores = (experiment: string) =>
    new Map(
      runs
        .find({ paper: 'lenet5', experiment, profile: 'paper', provenance: 'real' })
        .map(({ seed, metrics }) => [seed, 100 * metrics['testAccuracy']!]),
    );
  const [both, stated] = [scores('proposed-adam-relu'), scores('proposed-lenet5')];
  const points = [...both].flatMap(([seed, score]) => (stated.has(seed) ? [score - stated.get(seed)!] : []));
  const mean = points.reduce((sum, value) => sum + value, 0) / points.length;
  const [, single, joint] = /One change at a time[^\n]*\n([\s\S]*)Two changes at once:\n(.*)\n/.exec(ablationWords())!;
  assert.ok(joint!.startsWith(`+${mean.toFixed(2)} points: Adam at 0.005 for SGD and ReLU for tanh (${points.length} seeds; `), joint);
  assert.doesNotMatch(single!, /and ReLU/);
});

test('no label stands on the line of 98.9 %, and the lines of table 2 have short names', () => {
  const numbers = hypothesisFigure([live]).layout.annotations!.filter(({ text }) => /^\d/.test(text ?? ''));
  assert.ok(numbers.length > 10);
  for (const { x, xanchor, text } of numbers)
    if (xanchor === 'left') assert.ok(Number(x) > 98.9 || Number(x) < 98.9 - 2.5, `${text} starts too near the line`);
    else assert.ok(Number(x) < 98.9, `${text} ends beyond the line`);
  const early = table2Figure();
  if (!early) return;
  assert.deepEqual(
    early.layout.annotations!.map(({ text }) => text),
    ['kappa 0.75', 'informedness 0.77', 'error 0.66'],
  );
  assert.match(early.description, /line reported kappa at 0\.75/);
  const names = early.data.map(({ name }) => name);
  for (const name of ['informedness, weighted by predictions', 'absolute label distance', 'squared output error, sum'])
    assert.ok(names.includes(name), name);
});

test('reported counts come from the claims', () => {
  assert.equal(statedCount('s2-connections'), 5880);
  assert.throws(() => statedCount('s9'), /no count called s9/);
});

test('every distance is printed with a word or a minus sign, not with a hyphen', () => {
  for (const words of [nearestReading(), ablationWords()]) assert.doesNotMatch(words, /(^|\s)-\d/);
});
