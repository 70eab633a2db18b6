/** The studies of the aggregated report: what aggregation changes image by image, the table on a corner, the factors, live against recorded. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { ImageSet } from 'paperlab/data';
import { renderTable, repositoryRoot } from 'paperlab/notebook';
import { aggregated } from 'paperlab/papers';
import type { RunRecord, Verdict } from 'paperlab/results';

const classNames = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'];

/** Ten probabilities with these two entries. */
function vector(first: number, share: number, second: number, other: number): number[] {
  const values = new Array<number>(10).fill(0);
  values[first] = share;
  values[second] = other;
  return values;
}

/** Three images: repaired by the mirror, broken by it, and left as it is. */
function scored(): aggregated.ScoredRun {
  const labels = Uint8Array.of(7, 5, 0);
  const set: ImageSet = {
    ...{ name: 'fashion-mnist', split: 'test', pixels: Uint8Array.from({ length: 3 * 784 }, (_, at) => at % 256), labels, count: 3 },
    ...{ height: 28, width: 28, channels: 1, classNames, indices: Int32Array.of(10, 20, 30), provenance: 'real', checksum: '' },
  };
  const direct = Float32Array.from([vector(5, 0.5, 7, 0.45), vector(5, 0.6, 7, 0.4), vector(0, 0.9, 6, 0.1)].flat());
  const inMirror = Float32Array.from([vector(7, 0.8, 5, 0.2), vector(7, 0.7, 5, 0.3), vector(0, 0.8, 6, 0.2)].flat());
  return { record: {} as RunRecord, set, label: 'made up', direct, inMirror };
}

test('aggregation repairs one image, breaks one and leaves one alone', () => {
  const { repaired, broken, differing } = aggregated.aggregationCases(scored());
  assert.deepEqual([repaired, broken, differing], [[0], [1], [0, 1]]);
});

test('the worked example is the repaired shoe, and says how many are repaired and broken', () => {
  const { figure, words } = aggregated.aggregationExample(scored());
  assert.match(figure.description, /the image: Sandal with 50.0 %.*its mirror image: Sneaker with 80.0 %/);
  assert.match(words, /test image 10, wrong alone and right when aggregated/);
  assert.match(words, /changes 2 answers: 1 from wrong to right, 1 from right to wrong; 0 from one wrong label to another/);
});

test('answers by class, as they are and in the mirror: the class that loses most comes first', () => {
  const { rows } = aggregated.mirrorByClassTable(scored());
  assert.deepEqual(rows[0], ['Sandal', 1, 1, 0, -1]);
  assert.deepEqual(rows.at(-1), ['Sneaker', 1, 0, 1, 1]);
});

test('sureness: the mean of the largest probabilities, and the wrong answers among the sure ones', () => {
  const probabilities = Float32Array.from([vector(5, 0.95, 7, 0.05), vector(5, 0.6, 7, 0.4), vector(0, 0.91, 6, 0.09)].flat());
  const { meanLargest, wrong, surelyWrong } = aggregated.sureness(probabilities, [7, 7, 0]);
  assert.ok(Math.abs(meanLargest - 0.82) < 1e-6);
  assert.deepEqual([wrong, surelyWrong], [2, 1]);
});

test('the table of maps says how sure each recorded network is, and none for pixels', async () => {
  const { columns, rows } = aggregated.mapQualityTable(await aggregated.maps(['tsne-raw', 'tsne-2', 'umap-2']));
  const at = columns.indexOf('mean largest probability');
  const sure = rows.map((cells) => (cells as unknown[])[at]);
  assert.equal(sure[0], '–');
  assert.match(String(sure[1]), /^0\.\d{3}$/);
  assert.equal(sure[2], sure[1], 'one network under two maps');
});

test('the table of readings counts what each reading was tried on', () => {
  const { rows } = aggregated.readingTable();
  const matched = (name: RegExp) => (rows as unknown[][]).find((cells) => name.test(String(cells[0])))?.at(-1);
  assert.match(String(matched(/^as described/)), /^\d of 6$/);
  assert.match(String(matched(/best epoch/)), /^\d of 4$/);
});

test('the size of a live run is that of its recipe', () => {
  for (const name of ['model-2', 'model-3']) {
    const { recipe } = aggregated.experiments('lesson').find((each) => each.recipe.experiment === name)!;
    const { data, epochs, batchSize } = recipe as unknown as { data: { trainLimit: number }; epochs: number; batchSize: number };
    const words = aggregated.runSizeWords('lesson');
    assert.match(words, new RegExp(`${data.trainLimit.toLocaleString('en-US')} images, ${epochs} epochs with both recipes`));
    assert.ok(batchSize <= Number(/at most (\d+)/.exec(words)?.[1]));
  }
  assert.match(aggregated.runSizeWords('paper'), /full one: all images; 50 epochs in batches of 16/);
});

test('mislabelled images come in the order of the set; a fair sample comes by lot', () => {
  assert.deepEqual(aggregated.mislabelled(scored()), [0]);
  assert.match(aggregated.mislabelledFigure(scored()).description, /1 of 1 wrong/);
  assert.match(JSON.stringify(aggregated.mislabelledFigure(scored(), 'by lot', 12).layout.title), /12 test images drawn by lot/);
});

test('box plots are drawn from the moments of every image of both parts', () => {
  const { set } = scored();
  const moments = aggregated.imageMoments([set, set]);
  assert.equal(moments.means.length, 6);
  const pixels = Array.from(set.pixels.subarray(0, 784));
  const mean = pixels.reduce((sum, value) => sum + value, 0) / 784;
  assert.ok(Math.abs(moments.means[0]! - mean) < 1e-9);
  assert.ok(Math.abs(moments.variances[3]! - pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 784) < 1e-6);
});

const run = (experiment: string, seed: number, metrics: Record<string, number>, curves: Record<string, number[]> = {}) =>
  ({
    recipe: { paper: 'cnn-lstm-aggregated', experiment, batchSize: 100, epochs: 6 },
    ...{ seed, profile: 'lesson', metrics, curves, provenance: 'real' },
  }) as unknown as RunRecord;

/** A factor between two experiments; names of the tests' own are never recorded. */
const factor = (name: string, left: string, right: string): aggregated.Factor => ({
  ...{ name, group: 'network' },
  left: { experiment: left, metric: 'testAccuracy' },
  right: { experiment: right, metric: 'testAccuracy' },
});

test('a factor is a difference of runs with the same seed, and settled only by an interval', () => {
  const live = [
    ...[1, 2, 3].map((seed) => run('plain', seed, { testAccuracy: 0.8 + seed / 1000 })),
    ...[1, 2, 3].map((seed) => run('worse', seed, { testAccuracy: 0.77 + seed / 1000 })),
    run('better', 2, { testAccuracy: 0.85 }),
    run('better', 4, { testAccuracy: 0.1 }),
  ];
  const { rows } = aggregated.factorsTable(live, [
    factor('nothing', 'missing', 'plain'),
    factor('a loss', 'worse', 'plain'),
    factor('a gain', 'better', 'plain'),
  ]);
  const from = 'live, lesson profile';
  assert.deepEqual(rows, [
    ['a loss', '−3.00', '−3.00 to −3.00', '–', 3, 'yes', from],
    ['a gain', '+4.80', '–', '–', 1, '1 seed: too few', from],
    ['nothing', '–', '–', '–', 0, 'not run', '–'],
  ]);
});

/** A training of twelve epochs whose last five have these scores. */
const long = (experiment: string, seed: number, last: number[]) =>
  run(experiment, seed, { testAccuracy: last.at(-1)! }, { testAccuracy: [...new Array<number>(7).fill(0.8), ...last] });

test('beside the last epoch stands the mean of the last five, where trainings are long enough', () => {
  const live = [
    ...[1, 2, 3].map((seed) => long('steady', seed, [0.86, 0.86, 0.86, 0.86, 0.86])),
    ...[1, 2, 3].map((seed) => long('dipped', seed, [0.86, 0.86, 0.86, 0.86, 0.81])),
    ...[1, 2, 3].map((seed) => run('short', seed, { testAccuracy: 0.9 }, { testAccuracy: [0.8, 0.85, 0.88, 0.89, 0.9] })),
  ];
  const aggregation = { ...factor('aggregated', 'steady', 'dipped'), left: { experiment: 'steady', metric: 'trainAccuracy' } };
  const { columns, rows } = aggregated.factorsTable(live, [
    factor('dip', 'dipped', 'steady'),
    factor('short', 'short', 'steady'),
    aggregation,
  ]);
  assert.match(String(columns[3]), /mean of the last 5 epochs/);
  const shown = (rows as unknown[][]).map((cells) => [cells[0], cells[1], cells[3]]);
  assert.deepEqual(shown, [
    ['dip', '−5.00', '−1.00'],
    ['short', '+4.00', '–'],
    ['aggregated', '–', '–'],
  ]);
});

test('where the mean of the last five lies outside of the interval only the sign is settled, or nothing, and the note names the factor', () => {
  const of = (name: string, scores: readonly (readonly number[])[]) => scores.map((last, at) => long(name, at + 1, [...last]));
  const flat = (score: number) => [score, score, score, score, score];
  const live = [
    ...of('base', [flat(0.86), flat(0.86), flat(0.86)]),
    // The last epoch agrees on +1.00; the five before it lie higher.
    ...of(
      'higher',
      [1, 2, 3].map((seed) => [0.9, 0.9, 0.9, 0.9, 0.87 + seed / 100_000]),
    ),
    ...of(
      'turned',
      [1, 2, 3].map((seed) => [0.8, 0.8, 0.8, 0.8, 0.87 + seed / 100_000]),
    ),
    ...of(
      'steady',
      [1, 2, 3].map((seed) => flat(0.87 + seed / 100_000)),
    ),
  ];
  const wanted = ['higher', 'turned', 'steady'].map((name) => factor(name, name, 'base'));
  const { columns, rows } = aggregated.factorsTable(live, wanted);
  assert.deepEqual(
    (rows as unknown[][]).map((cells) => cells[columns.indexOf('settled?')]),
    ['yes, its sign alone', 'no: not in the mean of the last 5 epochs', 'yes'],
  );
  assert.match(aggregated.factorsNote(live, wanted), /lies outside of it \(higher\), only the sign is settled\./);
  assert.doesNotMatch(aggregated.factorsNote(live, wanted.slice(2)), /outside/);
});

test('many intervals are read with a warning, live rows with another, and neither where there are none', () => {
  const of = (name: string, seeds: number[]) => seeds.map((seed) => run(name, seed, { testAccuracy: 0.8 + seed / 1000 }));
  const live = [...of('a', [1, 2, 3]), ...of('b', [1, 2, 3]), ...of('c', [1])];
  const two = [factor('one', 'a', 'b'), factor('other', 'b', 'a'), factor('single', 'c', 'a')];
  assert.match(aggregated.factorsNote(live, two), /^2 intervals at 95 % .* one in twenty .* by chance\. These rows compare runs as small/);
  assert.match(aggregated.factorsNote(live, two.slice(2)), /^These rows compare/);
  const recorded = factor('recorded', 'model-6', 'model-2');
  assert.match(aggregated.factorsNote(live, [...two, recorded]), /Recorded rows first\. A live row compares/);
  assert.doesNotMatch(aggregated.factorsNote(live, [recorded]), /live/);
});

test('how far neighbouring epochs lie apart is counted over the ends of the trainings that held', () => {
  // Only the recorded grid has full trainings: its cells go before anything live.
  const words = aggregated.epochWords().replaceAll(/\s+/g, ' ');
  for (const [recipe, cells] of [
    ['SGD', /-cnn-recipe$|^model-3$/],
    ['Adam', /-cnn-lstm-recipe$|^model-2$/],
  ] as const) {
    const names = aggregated.gridExperimentNames.filter((name) => cells.test(name));
    assert.equal(names.length, 4);
    const steps = names
      .flatMap((name) => aggregated.evidence(name).records)
      .filter((record) => !aggregated.brokeDown(record))
      .map(({ curves }) => curves['testAccuracy']!.slice(-10))
      .flatMap((scores) => scores.slice(1).map((score, at) => 100 * Math.abs(score - scores[at]!)));
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    assert.ok(words.includes(`${recipe}: ${mean.toFixed(2)} on average, at most ${Math.max(...steps).toFixed(2)} (`), words);
  }
});

test('the check at the other size shows its four cells, recorded or not', () => {
  const { rows } = aggregated.sizeCheckTable();
  assert.deepEqual(
    (rows as unknown[][]).map((cells) => [cells[0], cells[1]]),
    [
      ['CNN', 'SGD'],
      ['CNN', 'Adam'],
      ['CNN + LSTM, one step', 'SGD'],
      ['CNN + LSTM, one step', 'Adam'],
    ],
  );
  const cells = ['model-4', 'wide-dense-cnn-lstm-recipe', 'wide-lstm-length-1-cnn-recipe', 'model-1'];
  cells.forEach((name, at) => {
    const { records } = aggregated.evidence(name);
    const [, , , , score, seeds] = rows[at] as unknown[];
    assert.equal(seeds, records.length, name);
    if (records.length === 0) assert.equal(score, 'not run yet');
    else if (records.some(aggregated.brokeDown)) assert.match(String(score), new RegExp(`broke down on \\d of ${records.length}`));
    else assert.match(String(score), records.length === 1 ? /^\d\d\.\d\d$/ : /^\d\d\.\d\d ± \d\.\d\d$/);
  });
  assert.equal(aggregated.factors.filter(({ group }) => group === 'check at the size of Models I and IV').length, 4);
});

test('aggregation after flips is measured against the same network read out alone, the mean against the maximum', () => {
  const scores = (name: string) => {
    const { left, right } = aggregated.factors.find((each) => each.name === name)!;
    return [left.experiment, left.metric, right.experiment, right.metric];
  };
  for (const [model, experiment] of [
    ['VI', 'model-6'],
    ['V', 'model-5'],
  ])
    assert.deepEqual(scores(`aggregated output after flips (Model ${model})`), [
      experiment,
      'aggregatedAccuracy',
      experiment,
      'testAccuracy',
    ]);
  assert.deepEqual(scores('mean instead of maximum after flips (Model VI)'), [
    'model-6',
    'meanAggregatedAccuracy',
    'model-6',
    'aggregatedAccuracy',
  ]);
  assert.deepEqual(scores('the LSTM instead of a dense layer of its size, Adam'), [
    'model-2',
    'testAccuracy',
    'grid-dense-equal-parameters-cnn-lstm-recipe',
    'testAccuracy',
  ]);
});

test('whether more time is taken is told from the interval, whatever the verdict on the mean', () => {
  const verdict = (id: string, mean: number, interval: [number, number] | null) =>
    ({ claim: `cnn-lstm-aggregated/${id}`, mean, n: interval ? 3 : 2, interval }) as unknown as Verdict;
  const words = (mean: number, interval: [number, number] | null) =>
    aggregated.timeWords([verdict('no-more-training-time', mean, interval)]).replaceAll(/\s+/g, ' ');
  assert.match(words(1.06, [0.9, 1.22]), /without: 1\.06 times, 95 % over 3 seeds 0\.90 to 1\.22: it holds 1\.00: no difference is shown/);
  assert.match(words(2, [1.8, 2.2]), /it lies above 1\.00: more time/);
  assert.match(words(0.8, [0.7, 0.9]), /it lies below 1\.00: less time/);
  assert.match(words(1.06, null), /2 seeds, too few for an interval/);
  assert.match(aggregated.timeWords([]), /not been measured/);
});

test('the hover of a map of outputs says whether the answer is right, that of pixels names no answer', async () => {
  const textsOf = (figure: { data: readonly unknown[] }) => (figure.data as { text?: string[] }[]).flatMap(({ text }) => text ?? []);
  const [pixels, outputs] = await aggregated.maps(['tsne-raw', 'tsne-2']);
  const [plain, answered] = [pixels!, outputs!].map((map) => textsOf(aggregated.mapFigure(map, classNames)));
  assert.ok(plain!.length > 0 && plain!.every((text) => /^image \d+$/.test(text)));
  const right = answered!.filter((text) => /^image \d+, right$/.test(text)).length;
  assert.equal(right, Math.round(outputs!.metrics['accuracyOfPoints']! * answered!.length));
  assert.ok(answered!.every((text) => /^image \d+, (right|taken for .+)$/.test(text)));
});

test('a training broke down when it lost more than a fifth of all images against its best epoch', () => {
  assert.deepEqual(aggregated.brokeDown({ curves: { testAccuracy: [0.5, 0.8835, 0.8, 0.2234] } }), {
    best: 0.8835,
    epoch: 2,
    last: 0.2234,
  });
  assert.equal(aggregated.brokeDown({ curves: { testAccuracy: [0.5, 0.88, 0.7] } }), undefined, 'worse, not broken');
  assert.equal(aggregated.brokeDown({ curves: { testAccuracy: [0.1, 0.1] } }), undefined, 'never learned anything');
  assert.equal(aggregated.brokeDown({ curves: { accuracy: [0.9, 0.1] } }), undefined, 'nothing held back was scored');
  assert.equal(aggregated.brokeDown({ curves: { validationAccuracy: [0.9, 0.1] } })?.epoch, 1);
});

test('a difference from a training that broke down keeps its row without a bar, and never counts as settled', () => {
  const fell = { testAccuracy: [0.6, 0.88, 0.2] };
  const live = [
    ...[1, 2, 3].map((seed) => run('plain', seed, { testAccuracy: 0.8 })),
    ...[1, 2, 3].map((seed) => run('better', seed, { testAccuracy: 0.81 })),
    ...[1, 2].map((seed) => run('twice', seed, { testAccuracy: 0.81 })),
    run('fallen', 1, { testAccuracy: 0.2 }, fell),
    run('once-fallen', 1, { testAccuracy: 0.2 }, fell),
    run('once-fallen', 2, { testAccuracy: 0.8 }),
    run('once-fallen', 3, { testAccuracy: 0.8 }),
    ...[1, 2, 3].map((seed) => run('always-fallen', seed, { testAccuracy: 0.2 }, fell)),
    // Seed 9 has no partner: it is in no difference.
    run('better', 9, { testAccuracy: 0.2 }, fell),
  ];
  const wanted = [
    factor('held', 'better', 'plain'),
    factor('agreed twice', 'twice', 'plain'),
    factor('fell', 'fallen', 'plain'),
    factor('fell once', 'plain', 'once-fallen'),
    factor('fell twice', 'plain', 'always-fallen'),
  ];
  const { columns, rows: told } = aggregated.factorsTable(live, wanted);
  const settled = (told as unknown[][]).map((cells) => [cells[0], cells[columns.indexOf('settled?')]]);
  assert.deepEqual(settled, [
    ['held', 'yes'],
    ['agreed twice', '2 seeds: too few'],
    ['fell', '1 seed: too few; broke down on 1 of 1 seed'],
    ['fell once', 'no: includes zero; broke down on 1 of 3 seeds'],
    ['fell twice', 'no: broke down on 3 of 3 seeds'],
  ]);
  const { description, layout } = aggregated.factorsFigure(live, wanted);
  assert.match(description, /of 2 entries: held/);
  assert.match(description, /fell: broke down on 1 of 1 seed\. fell once: broke down on 1 of 3 seeds\. fell twice: broke down on 3 of 3/);
  const rows = (layout as { yaxis: { categoryarray: string[] } }).yaxis.categoryarray;
  assert.deepEqual(rows.slice(0, 3), ['fell twice', 'fell once', 'fell'], 'at the foot');
  assert.throws(() => aggregated.factorsFigure(live, wanted.slice(2)), /whose trainings held/);
  const words = aggregated
    .factorsWords(live, [...wanted, factor('again', 'fallen', 'plain')])
    .replaceAll('\n  ', ' ')
    .split('\n');
  assert.equal(
    words[0],
    'fallen broke down on 1 of 1 seed (seed 1: 88.00 % at epoch 2, 20.00 % at the end): this network with this recipe is unstable, and its differences measure that. What it could reach otherwise stays open.',
  );
  assert.equal(words.filter((line) => line.startsWith('fallen')).length, 1, 'one sentence a network');
  assert.match(words[1]!, /^once-fallen broke down on 1 of 3 seeds \(seed 1: [^;]*\)/);
  assert.match(words[2]!, /^always-fallen broke down on 3 of 3 seeds \(seed 1: .*; seed 2: .*; seed 3: /);
  assert.equal(words.filter((line) => line.startsWith('better')).length, 0);
});

test('the lead of Model II over Model III is shared out as the records say, read here without the store', () => {
  const folder = path.join(repositoryRoot, 'results', 'cnn-lstm-aggregated');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const scores = (experiment: string) =>
    new Map(
      files
        .filter((name) => new RegExp(`^${experiment}-[0-9a-f]{8}-s\\d+\\.json$`).test(name))
        .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as RunRecord)
        .map(({ seed, metrics }) => [seed, 100 * metrics['testAccuracy']!]),
    );
  const [both, recipe, neither] = ['model-2', 'grid-dense-cnn-lstm-recipe', 'model-3'].map(scores) as [
    Map<number, number>,
    Map<number, number>,
    Map<number, number>,
  ];
  const seeds = [...both.keys()].filter((seed) => recipe.has(seed) && neither.has(seed));
  const mean = (left: Map<number, number>, right: Map<number, number>) =>
    (seeds.reduce((sum, seed) => sum + left.get(seed)! - right.get(seed)!, 0) / seeds.length).toFixed(2);
  const words = aggregated.splitWords();
  assert.ok(words.includes(`Model II is ${mean(both, neither)} points above Model III (recorded, ${seeds.length} seed`), words);
  assert.ok(words.includes(`+${mean(recipe, neither)} go with Adam's recipe`), words);
  assert.ok(words.includes(`+${mean(both, recipe)} with the LSTM added and FC1's ReLU and dropout removed after that`), words);
  const [rowsOnly, rowsBoth] = ['grid-lstm-rows-cnn-recipe', 'grid-lstm-rows-cnn-lstm-recipe'].map(scores) as [
    Map<number, number>,
    Map<number, number>,
  ];
  const signed = (left: Map<number, number>, right: Map<number, number>) => `\\+${mean(left, right).replace('.', '\\.')} \\(`;
  assert.match(
    words,
    new RegExp(
      `recipe first ${signed(recipe, neither)}.*then the LSTM ${signed(rowsBoth, recipe)}.*LSTM first ${signed(rowsOnly, neither)}.*then the recipe ${signed(rowsBoth, rowsOnly)}`,
    ),
  );
  assert.equal(/seeds?, too few: the split is not settled/.test(words), seeds.length < 3);
});

/** Cells of a made-up grid. Recorded cells would go before live ones: these names are never recorded. */
const split = { both: 'x-both', recipeOnly: 'x-recipe', lstmOnly: 'x-lstm', neither: 'x-neither' };
/** Runs of one such cell, seeds from 1 on. */
const cells = (name: string, values: number[], curves = {}) =>
  values.map((value, at) => run(name, at + 1, { testAccuracy: value }, curves));

test('how the split is told: one order or both, settled by an interval only', () => {
  const base = [
    ...cells('x-both', [0.91, 0.911, 0.909]),
    ...cells('x-recipe', [0.9, 0.9, 0.9]),
    ...cells('x-neither', [0.86, 0.861, 0.859]),
  ];
  const settled = aggregated.splitWords(base, split);
  assert.match(settled, /is 5\.00 points above Model III \(live, lesson profile, 3 seeds\): \+4\.00 go.*\+1\.00 with the LSTM/);
  assert.match(settled, /In this order the recipe carries more\. The other order .* has not been run/);
  const other = aggregated.splitWords([...base, ...cells('x-lstm', [0.88, 0.88, 0.88])], split);
  assert.match(other, /gives \+2\.00 to the LSTM and \+3\.00 to the recipe/);
  const fallen = aggregated.splitWords([...base, ...cells('x-lstm', [0.2], { testAccuracy: [0.88, 0.2] })], split);
  assert.match(fallen, /runs through a network that broke down on 1 of 1 seed\./);
  const open = aggregated.splitWords(
    [...cells('x-both', [0.91, 0.95, 0.92]), ...cells('x-recipe', [0.9, 0.88, 0.91]), ...cells('x-neither', [0.86, 0.87, 0.87])],
    split,
  );
  assert.match(open, /which of the two carries more is not settled/);
  const agreed = aggregated.splitWords(
    [...cells('x-both', [0.91, 0.91, 0.94]), ...cells('x-recipe', [0.9, 0.9]), ...cells('x-neither', [0.86, 0.86, 0.86])],
    split,
  );
  assert.match(agreed, /removed after that\. Over all 3 seeds that both have it is \+6\.00\. 2 seeds, too few: the split is not settled/);
  assert.match(aggregated.splitWords(cells('x-both', [0.9]), split), /runs are missing/);
  const noFloor = [...base.slice(0, 6), ...cells('x-neither', [0.2, 0.2, 0.2], { testAccuracy: [0.88, 0.2] })];
  assert.match(aggregated.splitWords(noFloor, split), /A training among these broke down: the split says nothing/);
});

test('with an LSTM that held without the recipe both orders are walked, and which carries more is said of both', () => {
  const names = {
    ...split,
    ...{ rowsOnly: 'x-rows', rowsBoth: 'x-rows-both' },
  };
  const base = [
    ...cells('x-both', [0.91, 0.911, 0.909]),
    ...cells('x-recipe', [0.9, 0.9, 0.9]),
    ...cells('x-neither', [0.86, 0.861, 0.859]),
    ...cells('x-rows-both', [0.92, 0.921, 0.919]),
  ];
  const turned = aggregated.splitWords([...base, ...cells('x-rows', [0.91, 0.91, 0.91])], names);
  assert.match(turned, /In this order the recipe carries more\..* Looked at afterwards: with the LSTM over four rows .*\(3 seeds\)/);
  assert.match(turned, /recipe first \+4\.00 \(.*, then the LSTM \+2\.00 \(.*; LSTM first \+5\.00 \(.*, then the recipe \+1\.00 \(/);
  assert.match(turned, /depends on the order: they do much of the same\.$/);
  const same = aggregated.splitWords([...base, ...cells('x-rows', [0.87, 0.87, 0.87])], names);
  assert.match(same, /In both orders the recipe carries more\.$/);
  const open = aggregated.splitWords([...base, ...cells('x-rows', [0.87, 0.92, 0.89])], names);
  assert.match(open, /is not settled in both orders\.$/);
  const fell = aggregated.splitWords([...base, ...cells('x-rows', [0.2, 0.2, 0.2], { testAccuracy: [0.88, 0.2] })], names);
  assert.match(fell, /By the LSTM over four rows the order cannot be turned round: a training among those it needs broke down\.$/);
  assert.doesNotMatch(aggregated.splitWords(base, names), /afterwards/, 'without its runs nothing is said of it');
});

test('the last step to Model II is taken apart where its runs are there, and named with its command where they are not', () => {
  const names = {
    ...split,
    ...{ linear: 'x-linear', working: 'x-working' },
  };
  const base = [...cells('x-both', [0.91, 0.911, 0.909]), ...cells('x-recipe', [0.9, 0.9, 0.9])];
  const missing = aggregated.stepWords(base, names).split('\n');
  assert.match(missing[0]!, /^How much of .* is the LSTM's, .* is open: npm run sweep -- --paper 03 --only x-linear$/);
  assert.match(missing[1]!, /^Whether a dense layer of .* is open: npm run sweep -- --paper 03 --only x-working$/);
  const there = [...base, ...cells('x-linear', [0.904, 0.9045, 0.9035]), ...cells('x-working', [0.895, 0.8955, 0.8945])];
  const told = aggregated.stepWords(there, names).split('\n');
  assert.match(
    told[0]!,
    /removed \+0\.40 \(\+0\.28 to \+0\.52\), the LSTM added to that \+0\.60 \(.*\) \(live, lesson profile: says little .*, 3 seeds\)\.$/,
  );
  assert.match(
    told[1]!,
    /FC1 left as it is: −0\.50 \(.*\) over the CNN; the LSTM instead of it, FC1's ReLU and dropout removed, \+1\.50 \(/,
  );
  const fallen = cells('x-linear', [0.2, 0.2, 0.2], { testAccuracy: [0.88, 0.2] });
  assert.match(aggregated.stepWords([...base, ...fallen], names).split('\n')[0]!, /is open: a training of this step broke down\.$/);
  const commands = aggregated.stepWords().match(/--only (\S+)/g) ?? [];
  const known = new Set(aggregated.experiments('paper').map(({ recipe }) => recipe.experiment));
  for (const command of commands) assert.ok(known.has(command.slice('--only '.length)), command);
});

test('what the lines with caps are is said in them, and both LSTMs are measured against the CNN by each recipe', () => {
  for (const figure of [aggregated.gridFigure(), aggregated.factorsFigure()])
    assert.match(
      JSON.stringify(figure.layout)
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/ +/g, ' '),
      /lines with caps: 95 % over seeds \(none before three\)/,
    );
  const sides = (name: string) => {
    const { left, right } = aggregated.factors.find((each) => each.name === name)!;
    return [left.experiment, right.experiment];
  };
  assert.deepEqual(sides('add the LSTM over four rows, SGD'), ['grid-lstm-rows-cnn-recipe', 'model-3']);
  assert.deepEqual(sides('add the LSTM over four rows, Adam'), ['grid-lstm-rows-cnn-lstm-recipe', 'grid-dense-cnn-lstm-recipe']);
  assert.deepEqual(sides('add the LSTM behind a linear FC1, Adam'), ['model-2', 'grid-dense-linear-cnn-lstm-recipe']);
  assert.deepEqual(sides('FC1 linear and without dropout, Adam'), ['grid-dense-linear-cnn-lstm-recipe', 'grid-dense-cnn-lstm-recipe']);
  assert.deepEqual(sides('the LSTM instead of a layer of its working size, Adam'), ['model-2', 'grid-dense-equal-working-cnn-lstm-recipe']);
});

test('shirts and T-shirts are counted in the confusion matrices of the records, read here without the store', () => {
  const words = aggregated.shirtWords().replaceAll(/\s+/g, ' ');
  const folder = path.join(repositoryRoot, 'results', 'cnn-lstm-aggregated');
  const matricesOf = (experiment: string) =>
    readdirSync(folder)
      .filter((name) => new RegExp(`^${experiment}-[0-9a-f]{8}-s\\d+\\.json$`).test(name))
      .map((name) => (JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { confusion: number[][] }).confusion);
  const two = matricesOf('model-2');
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // A thousand test images a class.
  const [one, other] = [mean(two.map((matrix) => matrix[6]![0]! / 10)), mean(two.map((matrix) => matrix[0]![6]! / 10))];
  assert.ok(words.includes(`II ${one.toFixed(1)} / ${other.toFixed(1)} %`), words);
  const lead = mean(two.map((matrix) => matrix[6]![0]! - Math.max(...matrix[6]!.filter((_, label) => label !== 0 && label !== 6))));
  assert.ok(words.includes(`In Model II that is +${lead.toFixed(2)} shirts against the next class`), words);
  const most = aggregated.modelNames.filter((_, at) =>
    matricesOf(`model-${at + 1}`).every((matrix) =>
      matrix[6]!.every((count, label) => label === 0 || label === 6 || count < matrix[6]![0]!),
    ),
  );
  assert.ok(words.includes(`in ${most.length} of 6 models`), words);
});

test('the maps without names are those of the networks, in an order that the line below undoes', async () => {
  const maps = await aggregated.maps(['tsne-raw', 'tsne-3', 'tsne-2', 'tsne-6']);
  const figure = aggregated.namelessMapsFigure(maps, classNames);
  const written = JSON.stringify(figure);
  assert.doesNotMatch(written, /Model|% right|taken for|map vote/);
  const told = aggregated.namesOfMaps(maps);
  assert.match(told, /^Without their names: A was Model \w+, B was Model \w+, C was Model \w+\.$/);
  assert.deepEqual([...told.matchAll(/Model (\w+)/g)].map(([, name]) => name).sort(), ['II', 'III', 'VI']);
});

test('what the maps show is told from their numbers', () => {
  const map = (experiment: string, accuracyOfPoints: number, silhouette: number, neighbourAccuracy: number) =>
    run(experiment, 1, { accuracyOfPoints, silhouette, neighbourAccuracy });
  const three = [map('tsne-2', 0.9, 0.4, 0.905), map('tsne-3', 0.86, 0.3, 0.861), run('tsne-raw', 1, { silhouette: 0.1 })];
  const words = aggregated.mapWords([...three, map('umap-2', 0.9, -0.01, 0.9)]);
  assert.match(words, /happens to rise with accuracy: Model III 86\.00 % right, 0\.300; Model II 90\.00 % right, 0\.400\./);
  assert.match(words, /same outputs of Model II give 0\.400 by t-SNE and -0\.010 by UMAP/);
  assert.match(words, /at most 0\.50 points/);
  assert.match(aggregated.mapWords([...three, map('tsne-6', 0.91, 0.35, 0.9)]), /does not rise with accuracy/);
});

test('one score is printed in one way, in table II and among the read-outs, there with its spread', async () => {
  const readOuts = await aggregated.readOutTable();
  const table = aggregated.table2();
  aggregated.modelNames.forEach((name, at) => {
    const column = aggregated.scoreOf(name) === 'testAccuracy' ? 'alone %' : 'larger of both %';
    const [shown, obtained] = [
      (readOuts.rows[at] as unknown[])[readOuts.columns.indexOf(column)],
      (table.rows[at] as unknown[])[table.columns.indexOf('obtained %')],
    ];
    const sd = (table.rows[at] as unknown[])[table.columns.indexOf('sd')];
    assert.equal(shown, sd === '–' ? obtained : `${obtained} ± ${sd}`, `Model ${name}`);
  });
});

test('counts of several seeds are said to be added up', () => {
  const { records } = aggregated.evidence('model-2');
  const words = aggregated.countsInWords();
  if (records.length > 1) assert.equal(words, `counts of ${records.length} seeds added up; recorded`);
  else assert.equal(words, 'counts; recorded, 1 seed');
  const title = JSON.stringify(aggregated.confusion(classNames).layout.title)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/ +/g, ' ');
  assert.ok(title.includes(`test set; ${aggregated.countsInWords(undefined, ', and share of the row')}`), title);
});

test('each factor takes recorded runs where both sides have some, never one kind beside the other, and the figure says which', () => {
  const recorded = aggregated.evidence('model-2').records[0]!;
  assert.equal(aggregated.evidence('model-2').origin, 'recorded', 'Models II and VI are recorded');
  const made = [run('made-up', recorded.seed, { testAccuracy: 0.1 }), run('made-up-too', recorded.seed, { testAccuracy: 0.2 })];
  const live = [...made, run('model-2', recorded.seed, { testAccuracy: 0.3 }), run('model-6', recorded.seed, { testAccuracy: 0.9 })];
  const wanted = [factor('both live', 'made-up', 'made-up-too'), factor('one recorded', 'made-up', 'model-2')];
  const both = factor('both recorded', 'model-6', 'model-2');
  const measured = aggregated.measuredFactors(live, [...wanted, both]);
  assert.deepEqual(
    measured.map(({ factor, from }) => [factor.name, /recorded|live/.exec(from)?.[0]]),
    [
      ['both recorded', 'recorded'],
      ['both live', 'live'],
      ['one recorded', 'live'],
    ],
  );
  assert.ok(Math.abs(measured[0]!.points[0]!) < 10, `recorded models lie close, the live ones do not: ${measured[0]!.points}`);
  assert.ok(Math.abs(measured[2]!.points[0]! + 20) < 1e-9, 'live against live, though one of them is recorded');
  assert.deepEqual(aggregated.measuredFactors(made, [wanted[1]!])[0]!.points, [], 'a recorded run is not compared with a live one');

  const drawn = JSON.stringify(aggregated.factorsFigure(live, [...wanted, both])).replaceAll(/<[^>]*>/g, ' ');
  assert.match(drawn, /"name":"recorded"/);
  assert.match(drawn, /"name":"live, lesson profile"/);
  assert.match(drawn, /live, lesson profile: +says +little +about +full +runs/);
  assert.doesNotMatch(JSON.stringify(aggregated.factorsFigure(live, [both])), /live/);
});

test('the grid is drawn from one kind of runs, and its recipes are named as they were carried out', (context) => {
  const live = aggregated.gridExperimentNames.map((name) => run(name, 1, { testAccuracy: 0.75 }));
  const figure = aggregated.gridFigure(live);
  assert.match(figure.description, /CNN \+ LSTM, one step, Adam/);
  if (aggregated.gridExperimentNames.every((name) => aggregated.evidence(name).origin === 'recorded'))
    return context.skip('the grid is recorded, and goes before anything live');
  assert.match(JSON.stringify(figure.data), /Adam, batches of 100, 6 epochs/);
  assert.equal(figure.description.match(/75\.00 %/g)?.length, 8, 'no recorded cell among live ones');
});

test('a cell of the grid that broke down on some seeds gives the mean of those that held, on all of them a row in words', (context) => {
  const fell = { testAccuracy: [0.6, 0.88, 0.2] };
  const [first, second, ...others] = aggregated.gridExperimentNames as [string, string, ...string[]];
  const live = [
    ...[1, 2, 3].map((seed) => run(first, seed, { testAccuracy: seed === 2 ? 0.2 : 0.8 }, seed === 2 ? fell : {})),
    ...[1, 2].map((seed) => run(second, seed, { testAccuracy: 0.2 }, fell)),
    ...others.map((name) => run(name, 1, { testAccuracy: 0.75 })),
  ];
  const recorded = aggregated.gridExperimentNames.every((name) => aggregated.evidence(name).origin === 'recorded');
  const { description } = aggregated.gridFigure(live);
  if (!recorded) {
    assert.match(description, /80\.00 %, mean of the 2 of 3 seeds that held/);
    assert.match(description, /broke down on 2 of 2 seeds/);
    return;
  }
  for (const name of aggregated.gridExperimentNames) {
    const { records } = aggregated.evidence(name);
    const held = records.filter((record) => !aggregated.brokeDown(record)).length;
    if (held === 0) assert.ok(description.includes(`broke down on ${records.length} of ${records.length} seed`), name);
    else if (held < records.length) assert.ok(description.includes(`mean of the ${held} of ${records.length} seeds that held`), name);
  }
  context.diagnostic('the grid is recorded, and goes before anything live');
});

test('every factor names experiments that exist, and the grid holds Models II and III themselves', () => {
  const known = new Set(aggregated.experiments('paper').map(({ recipe }) => recipe.experiment));
  for (const { left, right } of aggregated.factors) assert.ok(known.has(left.experiment) && known.has(right.experiment));
  assert.equal(aggregated.gridExperimentNames.length, 8);
  for (const name of ['model-2', 'model-3']) assert.ok(aggregated.gridExperimentNames.includes(name));
});

test('the corner of table III is cut from the right rows and columns', (context) => {
  const matrix = Array.from({ length: 10 }, (_, actual) => Array.from({ length: 10 }, (__, predicted) => 10 * actual + predicted));
  assert.deepEqual(aggregated.cornerOf(matrix, [0, 6]), [
    [0, 6],
    [60, 66],
  ]);
  const live = [{ ...run('model-2', 1, {}), confusion: matrix } as RunRecord];
  if (aggregated.evidence('model-2').origin === 'recorded') return context.skip('Model II is recorded, and goes before anything live');
  const { text } = renderTable(aggregated.table3(classNames, live));
  assert.match(text, /FP as printed.*false negatives/);
});
