/** What notebook 04 says of its runs: trainings that failed are named and counted, and explanations are numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataStatus, type ImageSet, mnist, pixelOrders } from 'paperlab/data';
import { inkFromEnd } from 'paperlab/internal/papers/hilbert-lstm/ink';
import { gradientByDistance, simpleRnnMoral } from 'paperlab/internal/papers/hilbert-lstm/memory';
import { hilbert } from 'paperlab/papers';
import { judge, type RunRecord, runs } from 'paperlab/results';

/** One made-up 28 × 28 image, from a rule for its pixels. */
function image(brightness: (row: number, column: number) => number): ImageSet {
  return {
    name: 'mnist',
    split: 'test',
    count: 1,
    height: 28,
    width: 28,
    channels: 1,
    classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
    indices: Int32Array.from([0]),
    pixels: Uint8Array.from({ length: 784 }, (_, at) => brightness(Math.floor(at / 28), at % 28)),
    labels: Uint8Array.from([5]),
    provenance: 'stand-in',
    checksum: 'made up',
  };
}

test('a network that gives one digit for everything is found by its confusion matrix', () => {
  const matrix: number[][] = Array.from({ length: 10 }, () => Array.from({ length: 10 }, (_, label) => (label === 1 ? 100 : 0)));
  assert.equal(hilbert.constantAnswer({ confusion: matrix }), 1);
  matrix[3][3] = 1;
  assert.equal(hilbert.constantAnswer({ confusion: matrix }), undefined);
});

test('changed trainings are weighed against the plain ones: a change helps, or none does', () => {
  const run = (constant: boolean) =>
    ({
      confusion: Array.from({ length: 10 }, (_, digit) =>
        Array.from({ length: 10 }, (_, label) => (label === (constant ? 1 : digit) ? 5 : 0)),
      ),
    }) as RunRecord;
  const [fails, learns] = [run(true), run(false)];
  const moral = (plain: RunRecord[], clip: RunRecord[], slow: RunRecord[] = []) =>
    simpleRnnMoral((change) => ({ '': plain, '-clip': clip, '-slow': slow })[change]);
  assert.deepEqual(moral([learns], [learns]), [], 'nothing broke down');
  assert.equal(moral([fails, learns], []).length, 1, 'no other training yet: no conclusion from it');
  const [, counts, meaning] = moral([fails, fails], [fails, fails], [learns, fails, learns]);
  assert.match(counts, /2 of 2 as the report trains; 2 of 2 gradients clipped; 1 of 3 a tenth of the learning rate/);
  assert.match(meaning, /^What helps \(a tenth of the learning rate\)/);
  assert.match(moral([fails, learns], [fails, learns])[2], /^None of these/);
});

test('an order is measured: where the ink comes, how smooth the series is, how far apart touching pixels are', () => {
  const row = pixelOrders.row(14, 14);
  const top = hilbert.orderMeasures(
    image((y) => (y < 2 ? 255 : 0)),
    row,
  );
  assert.ok(Math.abs(top.inkFromEnd - (195 - 6.5)) < 1e-6, String(top.inkFromEnd));
  assert.ok(Math.abs(top.stepChange - 1 / 195) < 1e-6, 'one fall of brightness in 195 steps');
  const stripes = image((_, x) => (Math.floor(x / 2) % 2 === 0 ? 255 : 0));
  assert.ok(hilbert.orderMeasures(stripes, pixelOrders.column(14, 14)).stepChange < hilbert.orderMeasures(stripes, row).stepChange / 5);
  assert.deepEqual([top.neighbourGap, top.neighbourMedian, top.neighbourFurthest], [7.5, 7.5, 14]);
  const curve = hilbert.orderMeasures(stripes, pixelOrders.hilbert(14, 14));
  assert.equal(curve.neighbourMedian, 1);
  assert.ok(curve.neighbourFurthest > 100);
});

test('the curve of a gradient starts at one, where its own smoothed end is', () => {
  const rising = Float32Array.from({ length: 196 }, (_, step) => 1 + step);
  const curve = gradientByDistance([rising]);
  assert.equal(curve[0], 1);
  assert.ok(Math.abs(curve[195] - 3 / 194) < 1e-6, String(curve[195]));
});

test('no figure of memory draws a gradient that is zero everywhere, and the words say why it is missing', () => {
  assert.doesNotMatch(hilbert.memoryFigure().description, /NaN/);
  const words = hilbert.memoryWords();
  assert.doesNotMatch(words, /NaN|undefined/);
  const zero = runs
    .find({ paper: 'hilbert-lstm', experiment: 'rnn-14-row', profile: 'paper' })
    .filter((record) => runs.arrays(record)['inputGradient'].values.every((value) => Number(value) === 0));
  assert.equal(/SimpleRNN.*is zero at every step/.test(words), zero.length > 0);
});

const orderRow = (order: string, at: number, failed: boolean) => ({
  order,
  inkFromEnd: at,
  stepChange: at / 1000,
  neighbourGap: 10 - at,
  neighbourMedian: 1,
  neighbourFurthest: 14,
  accuracy: failed ? 0.1135 : 0.8 + at / 100,
  runs: 1,
  constant: failed ? 1 : 0,
  learned: failed ? undefined : 0.8 + at / 100,
});

test('correlations are given with and without the trainings that failed; a figure that holds one draws no line', () => {
  const study = {
    label: 'recorded, 1 seed per order',
    caption: '',
    rows: [1, 2, 3, 4, 5, 6].map((at) => orderRow(`order ${at}`, at, at === 6)),
  };
  const words = hilbert.correlationWords(study);
  assert.match(words, /1 of 6 runs \(order 6\) ended at a constant answer/);
  assert.match(words, /Without them, 5 orders:\n {2}with the distance of ink from the end: 1\.00/);
  assert.doesNotMatch(hilbert.orderStudyFigure(study, 'inkFromEnd').description, /Least-squares/);
  const learned = { ...study, rows: study.rows.slice(0, 5) };
  assert.doesNotMatch(hilbert.correlationWords(learned), /constant answer/);
  assert.match(hilbert.orderStudyFigure(learned, 'inkFromEnd').description, /Least-squares/);
});

test('the claim about the ink is judged on the orders that were run', () => {
  const claim = hilbert.claims.find(({ id }) => id === 'hilbert-lstm/hilbert-ink-further')!;
  const run = (order: string) =>
    ({
      recipe: { paper: 'hilbert-lstm', experiment: `order-${order}`, data: { order } },
      hash: `${order}00000000`,
      seed: 1,
      profile: 'paper',
      provenance: 'real',
      finishedAt: '2026-01-01T00:00:00Z',
    }) as unknown as RunRecord;
  const verdict = judge(claim, [run('hilbert'), run('row')]);
  assert.deepEqual([verdict.outcome, verdict.provisional], ['not reproduced', false]);
  const wanted = inkFromEnd(pixelOrders.hilbert(14, 14)) - inkFromEnd(pixelOrders.row(14, 14));
  assert.ok(Math.abs(verdict.mean! - wanted) < 1e-9 && wanted < 0);
});

const here = ['cached', 'in mirror'].includes(dataStatus().find(({ name }) => name === 'mnist')!.state) && !process.env['STAND_IN'];

test('the ink kept as numbers is that of the real test digits', { skip: here ? false : 'the real MNIST is not here' }, async () => {
  const set = await mnist({ split: 'test', requireReal: true });
  for (const order of [pixelOrders.row(14, 14), pixelOrders.hilbert(14, 14), pixelOrders.spiralIn(14, 14)])
    assert.ok(Math.abs(hilbert.orderMeasures(set, order).inkFromEnd - inkFromEnd(order)) < 1e-3, order.name);
});

test('the puzzle is trained from as many starts as asked, and its words count them', async () => {
  const results = await hilbert.memoryPuzzle(['simple-rnn'], 6, 1, 2);
  assert.deepEqual(
    results[0].runs.map((run) => run.length),
    [1, 1],
  );
  const made = [
    {
      cell: 'lstm' as const,
      steps: 25,
      runs: [
        [0.4, 0.99],
        [0.4, 0.5],
      ],
    },
  ];
  assert.match(hilbert.puzzleWords(made), /of 2 starts each: lstm 1\./);
  assert.match(hilbert.puzzleFigure(made).description, /step 3 of 25/);
});
