import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImageSet, standIn } from 'paperlab/data';
import { knnCnnLstm as knn } from 'paperlab/papers';
import { runs } from 'paperlab/results';
import { seeded } from 'paperlab/runtime';

const { heldOut, relations } = knn;

test('the network has the shapes that the report describes and the parameters that follow from them', () => {
  const model = knn.bestNetwork();
  const shapes = Object.fromEntries(model.layers.map((layer) => [layer.name, (layer.outputShape as (number | null)[]).slice(1)]));
  assert.deepEqual(shapes['pool1'], [14, 14, 32]);
  assert.deepEqual(shapes['pool2'], [7, 7, 64], 'twice the filters, half the side');
  assert.deepEqual(shapes['rows'], [7, 7 * 64]);
  assert.deepEqual(shapes['lstm'], [7, 256]);
  assert.deepEqual(shapes['classes'], [10]);
  assert.equal(model.getLayer('lstm').countParams(), 4 * 256 * (448 + 256 + 1));
  model.dispose();
});

test('what the notebook says of the open choices of the network is so', () => {
  const model = knn.bestNetwork();
  const config = (name: string) => model.getLayer(name).getConfig() as Record<string, unknown>;
  assert.equal(config('lstm')['recurrentActivation'], 'sigmoid');
  const bias = model.getLayer('lstm').getWeights()[2]!.dataSync();
  assert.ok(
    bias.every((value) => value === 0),
    "the forget gate's bias starts at 0",
  );
  for (const name of ['lstm', 'dense1', 'classes'])
    assert.match(JSON.stringify(config(name)['kernelInitializer']), /"fanAvg","distribution":"normal"/, name);
  for (const name of ['conv1', 'conv2'])
    assert.match(JSON.stringify(config(name)['kernelInitializer']), /"minval":-0\.05,"maxval":0\.05/, name);
  const order = model.layers.map(({ name }) => name).join(' ');
  assert.match(order, /conv1 normalise1 pool1 conv2 normalise2 pool2/);
  assert.equal(config('conv1')['activation'], 'relu');
  assert.equal(knn.reportAugmentation.fill, 'edge');
  const recipe = knn.experimentNamed('row-6', 'paper').recipe as { loss?: string; data?: { scaling?: string } };
  assert.equal(recipe.loss, 'sparseCategoricalCrossentropy');
  assert.equal(recipe.data?.scaling, 'unit');
  model.dispose();
});

test('without LSTM the network is the same but for the LSTM; with as many parameters it is within one part in a thousand', () => {
  const options = { ...knn.bestRow, filters: 32 };
  const [full, without, equal] = [
    knn.garmentNetwork(options),
    knn.garmentNetwork({ ...options, middle: 'none' }),
    knn.garmentNetwork({ ...options, middle: 'none', denseUnits: knn.equalParameterDense(options) }),
  ];
  const names = (model: typeof full) => model.layers.map(({ name }) => name);
  assert.deepEqual(
    names(without),
    names(full).filter((name) => name !== 'lstm' && name !== 'rows'),
  );
  assert.ok(Math.abs(equal.countParams() / full.countParams() - 1) < 0.002, `${equal.countParams()} and ${full.countParams()}`);
  for (const model of [full, without, equal]) model.dispose();
});

test('recurrent weights start as orthogonal rows that the seed decides', () => {
  const rows = seeded(3, () => knn.orthogonalRows(24, 96));
  assert.deepEqual(
    rows,
    seeded(3, () => knn.orthogonalRows(24, 96)),
  );
  assert.notDeepEqual(
    rows,
    seeded(4, () => knn.orthogonalRows(24, 96)),
  );
  for (let one = 0; one < 24; one += 1)
    for (let other = 0; other <= one; other += 1) {
      let product = 0;
      for (let column = 0; column < 96; column += 1) product += rows[one * 96 + column]! * rows[other * 96 + column]!;
      assert.ok(Math.abs(product - (one === other ? 1 : 0)) < 1e-5, `rows ${one} and ${other}: ${product}`);
    }
  assert.throws(() => knn.orthogonalRows(5, 4), /right angles/);
});

test('the same seed gives the network the same first weights', () => {
  const weights = (seed: number) =>
    seeded(seed, () => knn.garmentNetwork({ filters: 4, lstmUnits: 8, denseUnits: 8, dropout1: 0.4, dropout2: 0.5 }))
      .getWeights()
      .map((weight) => Array.from(weight.dataSync()));
  assert.deepEqual(weights(1), weights(1));
  assert.notDeepEqual(weights(1), weights(2));
});

test('each way of holding out takes a fifth, and leaks as it says', () => {
  const originals = 1000;
  for (const holdOut of knn.holdOuts) {
    const split = heldOut(originals, true, holdOut, 0.2, 7);
    assert.equal(split.validation.length, 400, holdOut);
    assert.equal(new Set([...split.train, ...split.validation]).size, 2000, `${holdOut}: every position once`);
    const kinds = relations(originals, split);
    const share = (kind: knn.Relation) => kinds.filter((each) => each === kind).length / kinds.length;
    if (holdOut === 'last') assert.equal(share('twin, original seen'), 1);
    if (holdOut === 'grouped') assert.equal(share('original, unseen') + share('twin, unseen'), 1);
    if (holdOut === 'random') {
      const seen = share('original, twin seen') + share('twin, original seen');
      assert.ok(seen > 0.7 && seen < 0.9, `${seen} of the validation images have their other half in training`);
    }
  }
  assert.deepEqual(Array.from(heldOut(10, false, 'last', 0.2, 1).validation), [8, 9]);
  assert.notDeepEqual(heldOut(100, true, 'random', 0.2, 1).validation, heldOut(100, true, 'random', 0.2, 2).validation);
});

const garments = standIn('fashion-mnist', { split: 'train', count: 60, seed: 1 });

test('twins are appended behind the originals, with their labels and other pixels', () => {
  const data = {
    set: 'fashion-mnist' as const,
    trainLimit: null,
    testLimit: null,
    augmentOnce: knn.reportAugmentation,
    augmentEachEpoch: null,
    holdOut: 'grouped' as const,
    validationFraction: 0.2,
    scaling: 'unit' as const,
  };
  const { training, validation, positions } = knn.garmentParts(data, garments, 5);
  assert.equal(training.count, 96);
  assert.equal(validation.count, 24);
  const size = 28 * 28;
  const image = (set: ImageSet, at: number) => Array.from(set.pixels.subarray(at * size, (at + 1) * size));
  const first = positions.validation[0]!;
  const twin = positions.validation.indexOf(first + 60);
  assert.equal(validation.labels[0], validation.labels[twin]);
  assert.deepEqual(image(validation, 0), image(garments, first));
  assert.notDeepEqual(image(validation, twin), image(garments, first));
});

test('the public rows with and without distortions differ in the distortions alone, and those are scaled as the rest is', async () => {
  const wanted = process.env['STAND_IN'];
  process.env['STAND_IN'] = '1';
  try {
    const recipe = (name: string, profile: 'smoke' | 'paper') => knn.experimentNamed(name, profile).recipe as unknown as knn.GarmentRecipe;
    const { augmentEachEpoch, ...data } = recipe('benchmark-two-conv-augmented', 'paper').data;
    assert.deepEqual({ ...data, augmentEachEpoch: null }, recipe('benchmark-two-conv-normalised', 'paper').data);
    assert.deepEqual(recipe('benchmark-two-conv-augmented', 'paper').model, recipe('benchmark-two-conv-normalised', 'paper').model);
    const { train, inputsForEpoch } = await knn.garmentExamples(recipe('benchmark-two-conv-augmented', 'smoke'), 1);
    const drawn = inputsForEpoch!(0);
    assert.equal(drawn.length, train.inputs.length);
    const lowest = (values: ArrayLike<number>) => Array.from(values).reduce((least, value) => Math.min(least, value), Infinity);
    assert.ok(lowest(train.inputs) < 0, 'mean 0: the black background is below');
    assert.equal(lowest(drawn), lowest(train.inputs), 'black is the same value before and after distortion');
    assert.notDeepEqual(drawn, train.inputs);
    assert.notDeepEqual(drawn, inputsForEpoch!(1));
  } finally {
    if (wanted === undefined) delete process.env['STAND_IN'];
    else process.env['STAND_IN'] = wanted;
  }
});

test('every experiment has a name of its own, and its smoke version is small', () => {
  const names = knn.experiments('paper').map(({ recipe }) => recipe.experiment);
  assert.equal(new Set(names).size, names.length);
  for (const row of knn.reportedRows) for (const holdOut of knn.holdOuts) assert.ok(names.includes(knn.rowName(row.row, holdOut)));
  for (const { recipe } of knn.experiments('smoke')) if (typeof recipe['epochs'] === 'number') assert.equal(recipe['epochs'], 1);
  assert.throws(() => knn.experimentNamed('row-9', 'paper'), /no experiment "row-9".*row-8/);
});

test('Hamming distances are counted place by place, and six exact numbers are counted as six', () => {
  assert.equal(knn.hammingDistance([1, 0, 1, 1], [0, 0, 1, 0]), 2);
  assert.throws(() => knn.hammingDistance([1], [1, 0]), /cannot be compared/);
  const reported = knn.reportedNeighbours.map(({ reported: value }) => value / 100);
  assert.equal(knn.exactMatches(reported), 6);
  assert.equal(knn.exactMatches(reported.map((value, index) => (index === 0 ? value + 0.0001 : value))), 5);
});

test('the recorded full search gives the six reported numbers to the last digit', (context) => {
  const [record] = runs.find({ paper: 'knn-cnn-lstm', experiment: 'knn-hamming', profile: 'paper', provenance: 'real' });
  if (!record) return context.skip('no full search is recorded yet: npm run sweep -- --paper 05 --only knn-hamming');
  for (const { k, reported } of knn.reportedNeighbours)
    assert.equal((100 * record.metrics[knn.accuracyName(k)]!).toFixed(2), reported.toFixed(2), `K = ${k}`);
  const verdicts = knn.verdicts().filter(({ claim }) => claim.startsWith('knn-cnn-lstm/k-'));
  assert.equal(verdicts.length, 6);
  for (const { outcome, claim } of verdicts) assert.equal(outcome, 'reproduced exactly', claim);
});

test('claims and readings name experiments that exist', () => {
  const names = new Set(knn.experiments('paper').map(({ recipe }) => recipe.experiment));
  for (const claim of knn.claims) {
    if (claim.kind === 'value') assert.ok(names.has(claim.measure.experiment), claim.id);
    if (claim.kind === 'comparison') {
      assert.ok(names.has(claim.left.experiment), claim.id);
      if ('experiment' in claim.right) assert.ok(names.has(claim.right.experiment), claim.id);
    }
  }
  const ids = new Set(knn.claims.map(({ id }) => id));
  for (const reading of knn.readings)
    for (const { claim, measure } of reading.explains) {
      assert.ok(ids.has(claim), `${reading.id} explains ${claim}`);
      assert.ok(names.has(measure.experiment), `${reading.id} measures ${measure.experiment}`);
    }
});

const rowSix = () => runs.find({ paper: 'knn-cnn-lstm', experiment: 'row-6', profile: 'paper', provenance: 'real' });

test('the words on the best row give the score of every seed, and name the best epoch as chosen on the test set', (context) => {
  const records = rowSix();
  if (records.length === 0) return context.skip('row 6 is not recorded yet: npm run sweep -- --paper 05 --only row-6');
  const words = knn.bestRowWords().replace(/\s+/g, ' ');
  for (const { seed, metrics } of records)
    assert.ok(words.includes(`seed ${seed} ${(100 * metrics['testAccuracy']!).toFixed(2)} %`), words);
  const mean = records.reduce((sum, { metrics }) => sum + metrics['testAccuracy']!, 0) / records.length;
  const share = (100 * mean).toFixed(2);
  assert.ok(
    words.includes(`${share} %, ${Math.abs(Number(share) - 93.56).toFixed(2)} points ${Number(share) < 93.56 ? 'below' : 'above'}`),
    words,
  );
  assert.match(words, /Best epoch, chosen on the test set itself/);
  assert.match(words, /None of the \d readings comes within half a point of 93\.56 %|Within half a point of 93\.56 %: /);
});

test('table 2 and table 3 hold one kind of run and say which; the last column of table 2 counts the seeds of each split', (context) => {
  const [record] = rowSix();
  if (!record) return context.skip('row 6 is not recorded yet: npm run sweep -- --paper 05 --only row-6');
  const recorded = new Set(
    runs.find({ paper: 'knn-cnn-lstm', profile: 'paper', provenance: 'real' }).map(({ recipe }) => recipe.experiment),
  );
  const missing = knn.holdOuts
    .flatMap((holdOut) => knn.reportedRows.map(({ row }) => knn.rowName(row, holdOut)))
    .find((name) => !recorded.has(name));
  // A run of this session for a cell that has no recorded one stays out, as long as more cells are recorded.
  const live = missing
    ? [
        {
          ...record,
          profile: 'lesson' as const,
          metrics: { validationAccuracy: 0.1234, testAccuracy: 0.1234 },
          recipe: { ...record.recipe, experiment: missing },
        },
      ]
    : [];
  const { rows } = knn.rowsTable(live);
  assert.doesNotMatch(JSON.stringify(rows), /12\.34|live/);
  assert.match(knn.rowsCaption(live), /recorded full runs, no live run among them/);
  assert.match(String((rows[5] as unknown[]).at(-1)), new RegExp(`^${rowSix().length} · `));
  // Where more is live than recorded, everything is live, and the caption says so.
  const all = knn.reportedRows.flatMap(({ row }) =>
    knn.holdOuts.map((holdOut) => ({
      ...record,
      profile: 'lesson' as const,
      recipe: { ...record.recipe, experiment: knn.rowName(row, holdOut) },
    })),
  );
  if (missing) {
    assert.match(knn.rowsCaption(all), /all live, lesson profile/);
    assert.doesNotMatch(JSON.stringify(knn.rowsTable(all).rows), /recorded/);
  }
});

test('the name of the reported line stands at its left end, and the band says of how many seeds it is', () => {
  const [record] = rowSix();
  if (!record) return;
  const { layout } = knn.trainingFigure();
  const name = layout.annotations?.find(({ text }) => text?.startsWith('reported'));
  assert.equal(name?.xanchor, 'left');
  const { length } = rowSix();
  if (length > 1) assert.match(JSON.stringify(layout.title), new RegExp(`band: ± 1 sd over seeds \\(n = ${length}\\)`));
});

const accuraciesOf = (experiment: string) =>
  runs.find({ paper: 'knn-cnn-lstm', experiment, profile: 'paper', provenance: 'real' }).map(({ seed, metrics }) => ({
    seed,
    value: 100 * metrics['testAccuracy']!,
  }));

/** A record as if it came from this session. */
const asLive = (experiment: string) =>
  runs
    .find({ paper: 'knn-cnn-lstm', experiment, profile: 'paper', provenance: 'real' })
    .slice(0, 1)
    .map((record) => ({ ...record, profile: 'lesson' as const }));

test('printed words stay within the width of a cell', async () => {
  const live = [...asLive('row-6'), ...asLive('without-lstm')];
  for (const words of [
    knn.memoryWords(),
    knn.spreadWords(),
    knn.bestRowWords(),
    knn.distortedRowWords(),
    knn.leakWords(),
    knn.citedRowsWords(),
    knn.sweepWords(),
    knn.networkChoiceWords(),
    knn.startsWords(),
    knn.leakOverRowsWords(),
    knn.rowsWords(),
    knn.readingWords(),
    knn.controlsWords(),
    knn.liveLstmWords(live),
    knn.liveTwinsWords(live),
    await knn.normalisationWords(standIn('fashion-mnist', { split: 'test', count: 20, seed: 1 })),
  ])
    for (const line of words.split('\n')) assert.ok(line.length <= 105, `${line.length}: ${line}`);
});

test('row 6 is set against both networks without LSTM, on shared seeds; its whisker spans all its seeds', (context) => {
  const own = accuraciesOf('row-6');
  const others = ['without-lstm', 'without-lstm-equal-parameters'].map(accuraciesOf);
  if (own.length < 2 || others.some(({ length }) => length === 0)) return context.skip('row 6 or its controls are not recorded yet');
  const words = knn.controlsWords().replace(/\s+/g, ' ');
  others.forEach((other, index) => {
    const points = own.flatMap(({ seed, value }) => {
      const same = other.find((each) => each.seed === seed);
      return same ? [value - same.value] : [];
    });
    const mean = points.reduce((sum, value) => sum + value, 0) / points.length;
    const name = knn.controls[index + 1]!.name;
    const said = new RegExp(`minus "${name}" ([+−][\\d.]+) \\(shared seeds: ${points.length}`).exec(words)?.[1];
    assert.ok(said && Math.abs(Number(said.replace('−', '-')) - mean) < 0.006, words);
  });
  const values = own.map(({ value }) => value);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  assert.ok(words.includes(`${(highest - lowest).toFixed(2)} points apart`), words);
  assert.ok(knn.controlsFigure().description.includes(`(${lowest.toFixed(2)} % to ${highest.toFixed(2)} %)`));
});

test('the leak is drawn with originals together and twins together, on the two sides of a line', () => {
  if (rowSix().length === 0) return;
  const { layout } = knn.leakFigure();
  const names = [...(layout.yaxis as { categoryarray: string[] }).categoryarray];
  const isTwin = (name: string) => name.startsWith('twins');
  const twins = names.filter(isTwin).length;
  assert.ok(names.slice(0, twins).every(isTwin), 'counted from below, twins come first');
  assert.equal(layout.shapes?.[0]?.y0, twins - 0.5);
});

test('the sweep is drawn as one line for each K, with the six reported numbers at the threshold that gives them', (context) => {
  const [record] = runs.find({ paper: 'knn-cnn-lstm', experiment: 'knn-sweep', profile: 'paper', provenance: 'real' });
  if (!record) return context.skip('the sweep is not recorded yet');
  const drawn = knn.thresholdFigure().data as unknown as { name: string; mode: string; x: number[]; y: number[] }[];
  const lines = drawn.filter(({ mode }) => mode.includes('lines'));
  assert.deepEqual(
    lines.map(({ name }) => name),
    knn.reportedKs.map((k) => `K = ${k}`),
  );
  for (const { x } of lines) assert.deepEqual(x, [...knn.sweptThresholds]);
  const marked = drawn.find(({ name }) => name === 'reported')!;
  assert.deepEqual(
    marked.y,
    knn.reportedNeighbours.map(({ reported }) => reported),
  );
  assert.ok(marked.x.every((threshold) => threshold === knn.naturalSetting.threshold));
});

test('ways to split are compared on the seeds that all of them have; a reading says how many seeds it has', (context) => {
  const splits = knn.holdOuts.map((holdOut) => accuraciesOf(knn.rowName(6, holdOut)));
  if (splits.some(({ length }) => length === 0)) return context.skip('row 6 is not recorded in three ways yet');
  const shared = splits[0]!.map(({ seed }) => seed).filter((seed) => splits.every((each) => each.some((run) => run.seed === seed)));
  const { description } = knn.leakFigure();
  splits.forEach((split, index) => {
    const values = split.filter(({ seed }) => shared.includes(seed)).map(({ value }) => value);
    const mean = (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
    const name = ['last fifth', 'random fifth', 'split by original'][index];
    assert.ok(description.includes(`test images · ${name} ${mean} %`), `${name} ${mean}: ${description}`);
  });
  const counts = new RegExp(`validation accuracy on a random fifth \\(${splits[1]!.length} seeds?\\)`);
  assert.match(knn.readingsFigure().description, counts);
});

test('readings other than the plain one: how many of the eight rows each gives, and which', (context) => {
  if (rowSix().length === 0) return context.skip('row 6 is not recorded yet');
  const { columns, rows } = knn.readingTable();
  const table = rows.map((row) => Object.fromEntries((row as unknown[]).map((cell, at) => [columns[at], cell])));
  for (const { 'numbers met': matched, 'in rows': which, reading, 'rows in the report': of } of table) {
    assert.equal(which === '–' ? 0 : String(which).split(', ').length, matched, String(reading));
    assert.equal(of, 8);
  }
  const fitting = knn.verdicts().filter(({ claim, outcome }) => claim.startsWith('knn-cnn-lstm/row-') && outcome === 'consistent with');
  for (const { claim, fits } of fitting) {
    const row = table.find(({ reading }) => reading === fits!.reading.name)!;
    const given = String(row['in rows']).split(', ');
    assert.ok(given.includes(claim.replace('knn-cnn-lstm/row-', '')), `${claim}: ${given}`);
  }
  const most = Math.max(...table.map(({ 'numbers met': matched }) => Number(matched)));
  assert.match(
    knn.readingWords(),
    most === 8 ? /gives all 8/ : most === 0 ? /any of the 8/ : new RegExp(`The most, ${most}, comes? from "`),
  );
});

test('section 8 says on which network its readings stand, and shows the other choice once it is recorded', (context) => {
  const [record] = rowSix();
  if (!record) return context.skip('row 6 is not recorded yet');
  const none = { experiment: 'two-convolutions-a-phase', records: [], origin: 'none' as const, label: 'not run yet' };
  const squeezed = (words: string) => words.replace(/\s+/g, ' ');
  const waiting = squeezed(knn.networkChoiceWords(none, rowSix()));
  assert.match(waiting, /All readings are of one network.*More convolutions or filters are not tried: npm run sweep/);
  const model = { ...(record.recipe['model'] as object), convolutions: 2 };
  const deep = (more: object) => ({ ...record, recipe: { ...record.recipe, experiment: none.experiment, model: { ...model, ...more } } });
  const shown = (records: (typeof record)[]) =>
    squeezed(knn.networkChoiceWords({ ...none, records, origin: 'recorded', label: 'recorded, 1 seed' }, rowSix()));
  const words = shown([{ ...deep({}), metrics: { ...record.metrics, testAccuracy: record.metrics['testAccuracy']! + 0.01 } }]);
  assert.match(
    words,
    /two convolutions a phase \(recorded, 1 seed\): test accuracy, last epoch.* \+1\.00 points against row 6 \(shared seeds: 1\)\. So few seeds cannot/,
  );
  assert.match(words, /none comes within half a point\. More filters are not tried\./);
  const met = shown([{ ...deep({}), metrics: { ...record.metrics, testAccuracy: knn.bestRow.reported / 100 } }]);
  assert.match(met, /within half a point\. It was not among the readings declared/);
  assert.doesNotMatch(shown([deep({ filters: 64 })]), /not tried/, 'wider ones are tried then');
});

test('the other starts: open until they are run, then set against row 6 on shared seeds', (context) => {
  const own = rowSix();
  const [record] = own;
  if (!record) return context.skip('row 6 is not recorded yet');
  const none = { experiment: 'forget-bias-one', records: [], origin: 'none' as const, label: 'not run yet' };
  const squeezed = (text: string) => text.replace(/\s+/g, ' ');
  assert.match(
    knn.otherStartWords('bias', none, own),
    /begins at bias 0 here, at 1 in Keras .* is not tried: npm run sweep .*--only forget-bias-one$/,
  );
  assert.match(
    knn.otherStartWords('everything', none, own),
    /uniform ones in Keras\. .* is not tried: npm run sweep .*--only keras-starts$/,
  );
  const started = (experiment: string, points: readonly number[]) =>
    points.map((more, index) => ({
      ...record,
      seed: index + 1,
      recipe: { ...record.recipe, experiment },
      metrics: { ...record.metrics, testAccuracy: record.metrics['testAccuracy']! + more / 100 },
    }));
  const words = (start: 'bias' | 'everything', points: readonly number[]) => {
    const experiment = start === 'bias' ? 'forget-bias-one' : 'keras-starts';
    const same = started('row-6', [0, 0, 0]);
    return squeezed(
      knn.otherStartWords(start, { experiment, records: started(experiment, points), origin: 'recorded', label: 'recorded' }, same),
    );
  };
  assert.match(words('bias', [1]), /With bias 1 \(recorded\): .* \+1\.00 points against row 6 \(shared seeds: 1\).*So few seeds/);
  assert.match(
    words('everything', [1, 1.1, 0.9]),
    /everything starts as in Keras .* \+1\.00 points against row 6 \(shared seeds: 3; 95 % \+0\.75 to \+1\.25\).*After the last epoch this other start is better\.$/,
  );
  assert.match(words('everything', [-1, -1.1, -0.9]), /this other start is worse\.$/);
  assert.match(words('everything', [1, -1, 0.5]), /After the last epoch no difference is shown\.$/);
  const options = { filters: 2, lstmUnits: 4, denseUnits: 4, dropout1: 0, dropout2: 0 };
  const model = knn.garmentNetwork({ ...options, forgetBias: 1, kernels: 'glorotUniform' });
  assert.deepEqual([...model.getLayer('lstm').getWeights()[2]!.dataSync()], [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  for (const name of ['lstm', 'dense1', 'classes'])
    assert.match(JSON.stringify(model.getLayer(name).getConfig()['kernelInitializer']), /"fanAvg","distribution":"uniform"/, name);
  model.dispose();
});

test('the spread of single runs is told beside that of one row, and what follows from the two', (context) => {
  assert.match(knn.spreadConclusion({ betweenReported: 0.4, betweenRows: 1, overSeeds: 1.8 })!, /cannot rank/);
  assert.match(knn.spreadConclusion({ betweenReported: 0.4, betweenRows: 2, overSeeds: 0.5 })!, /not all of their distance is chance/);
  assert.equal(knn.spreadConclusion({ betweenReported: 0.4, overSeeds: 0.5 }), undefined);
  const withMeans = (overSeeds: number) =>
    knn.spreadConclusion({ betweenReported: 0.4, betweenRows: 1, overSeeds: 1.8, late: { overSeeds } })!;
  assert.match(withMeans(0.3), /how single epochs come out/);
  assert.doesNotMatch(withMeans(1.2), /single epochs/);
  const rows = knn.reportedRows.map(({ row }) => accuraciesOf(knn.rowName(row)).find(({ seed }) => seed === 1)?.value);
  if (rows.some((value) => value === undefined)) return context.skip('not every row is recorded with seed 1');
  const values = rows as number[];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  assert.match(knn.spreadWords(), new RegExp(`seed 1 of each: ${deviation.toFixed(2)} points`));
});

/** Mean of the last five test accuracies of a run, in per cent. */
const lateOf = (experiment: string) =>
  new Map(
    runs.find({ paper: 'knn-cnn-lstm', experiment, profile: 'paper', provenance: 'real' }).map(({ seed, curves }) => {
      const last = curves['testAccuracy']!.slice(5);
      assert.equal(last.length, 5);
      return [seed, (100 * last.reduce((sum, value) => sum + value, 0)) / 5];
    }),
  );

test('the means of the last epochs stand beside the last one, for controls, rows and benchmark', (context) => {
  const own = lateOf('row-6');
  if (own.size === 0) return context.skip('row 6 is not recorded yet');
  const meanBeyond = (experiment: string) => {
    const other = lateOf(experiment);
    const points = [...own].flatMap(([seed, score]) => (other.has(seed) ? [score - other.get(seed)!] : []));
    return points.length === 0 ? undefined : points.reduce((sum, value) => sum + value, 0) / points.length;
  };
  const near = (said: string | undefined, wanted: number) =>
    assert.ok(said !== undefined && Math.abs(Number(said.replace('−', '-')) - wanted) < 0.006, `${said} and ${wanted}`);
  const words = knn.controlsWords().replace(/\s+/g, ' ');
  for (const { name, experiment } of knn.controls.slice(1)) {
    const wanted = meanBeyond(experiment);
    if (wanted !== undefined)
      near(new RegExp(`minus "${name}" .*?by the mean of the last 5 epochs ([+−][\\d.]+)`).exec(words)?.[1], wanted);
  }
  assert.match(words, /were looked at afterwards, not declared before/);
  const { columns, rows } = knn.bothCountsTable();
  assert.equal(columns.length, 6);
  const experiments = ['row-3', ...knn.comparedRows.map(({ experiment }) => experiment).filter((each) => each.startsWith('benchmark-'))];
  experiments.forEach((experiment, at) => {
    const wanted = meanBeyond(experiment);
    if (wanted !== undefined) near(String((rows[at] as unknown[])[3]), wanted);
  });
  assert.match(knn.spreadWords().replace(/\s+/g, ' '), /after the last epoch, \d\.\d\d as means of the last 5/);
  const short = { curves: { testAccuracy: [0.1, 0.9] } } as unknown as Parameters<typeof knn.lateAccuracy>[0];
  assert.equal(knn.lateAccuracy(short), undefined, 'so short a training still climbs');
});

test('the second count credits the LSTM only where both networks without one stay behind', () => {
  const said = (smaller: number[], equal: number[]) => knn.lateLstmWords(smaller, equal).join(' ');
  assert.match(
    said([0.4, 0.5, 0.6], [0]),
    /just without it: the LSTM is ahead; .*parameters: 1 seed shows nothing\. That it is the LSTM and not/,
  );
  assert.match(said([0.4, 0.5, 0.6], [0.2, 0.3, 0.4]), /By this count the LSTM helps/);
  assert.match(said([0.4, 0.5, 0.6], [-0.5, 0.3, 0.4]), /no difference is shown \(\+0\.07\)\. That it is/);
  assert.match(said([-0.4, -0.5, -0.6], [0.2, 0.3, 0.4]), /the LSTM is behind/);
  assert.equal(said([], [1]), '');
});

test("the report's own table: whether our spread may be laid on it, and how far its best lies out", () => {
  const own = { deviation: 1.8, freedom: 2, rows: [6] };
  // Of seven and two degrees the probability is (7 r / (7 r + 2)) to the power 3.5.
  const ratio = (0.4 / 1.8) ** 2;
  const p = ((7 * ratio) / (7 * ratio + 2)) ** 3.5;
  assert.ok(knn.tableSpreadWords(0.4, own)[0]!.includes(`p = ${p.toFixed(3)} if`));
  assert.match(knn.tableSpreadWords(0.4, own)[0]!, /seem steadier than ours .* no measure of its table/);
  assert.match(knn.tableSpreadWords(1.7, own)[0]!, /need not have had steadier scores/);
  assert.match(knn.tableSpreadWords(0.01, { ...own, freedom: 4 })[0]!, /p < 0\.001/);
  assert.deepEqual(knn.tableSpreadWords(0.4, undefined), []);
  // Grubbs' tabulated limits for the largest, one-sided at 5 %: 2.032 of eight, 2.176 of ten.
  const outlier = (count: number, limit: number) => {
    // All others alternate around their mean; the largest is moved until it lies at the limit.
    const others = Array.from({ length: count - 1 }, (_, at) => (at % 2 === 0 ? 1 : -1));
    let [low, high] = [0, 100];
    for (let step = 0; step < 200; step += 1) {
      const middle = (low + high) / 2;
      if (knn.largestByLuck([...others, middle]).distance < limit) low = middle;
      else high = middle;
    }
    return knn.largestByLuck([...others, low]).probability;
  };
  assert.ok(Math.abs(outlier(8, 2.0317) - 0.05) < 2e-4);
  assert.ok(Math.abs(outlier(10, 2.1761) - 0.05) < 2e-4);
});

/** A run as far as the leak asks: a share of right answers among so many twins, and among the twins of test images. */
const twinRun = (seed: number, metric: string, share: number, count = 12_000) =>
  ({ seed, metrics: { [metric]: share, [`${metric}Count`]: count, testTwinAccuracy: 0.85 } }) as unknown as Parameters<
    typeof knn.lastFifthWords
  >[0][number];
const seenTwins = (seed: number, share: number, count?: number) => twinRun(seed, 'validationTwinOriginalSeen', share, count);
const unseenTwins = (seed: number, share: number, count?: number) => twinRun(seed, 'validationTwinUnseen', share, count);

test('the last fifth is set against twins of which nothing was seen, seed by seed, before its place is called a leak', () => {
  const words = (last: readonly number[], grouped: readonly number[], count?: number) =>
    knn.lastFifthWords(
      last.map((share, index) => seenTwins(index + 1, share, count)),
      grouped.map((share, index) => unseenTwins(index + 1, share, count)),
    );
  assert.match(
    words([0.86, 0.858], [0.861])[0]!,
    /stand \+1\.00 points above .* \(1 seed\); .*\+1\.10\. .* −0\.10 points .*No leak is shown\.$/,
  );
  const three = words([0.88, 0.881, 0.879], [0.86, 0.86, 0.86])[0]!;
  assert.match(
    three,
    /\+2\.90 to \+3\.10 points .* \(3 seeds\); .*\+1\.00 to \+1\.00\. .*\+2\.00 points \(95 % over seeds \+1\.75 to \+2\.25, .*may be why\.$/,
  );
  assert.match(words([0.88, 0.881, 0.879], [0.86, 0.86, 0.86], 200)[0]!, /No leak is shown/, 'too few images');
  assert.match(words([0.88, 0.881], [0.86, 0.86])[0]!, /No leak is shown/, 'too few seeds');
  assert.match(words([0.89, 0.85, 0.9], [0.86, 0.86, 0.86])[0]!, /No leak is shown/, 'seeds disagree');
  assert.deepEqual(words([0.88], []), []);
  assert.deepEqual(knn.lastFifthWords([seenTwins(1, 0.88)], [unseenTwins(2, 0.86)]), [], 'two seeds draw two sets of twins');
  assert.deepEqual(knn.lastFifthWords([seenTwins(1, 0.88)], [unseenTwins(1, 0, 0)]), [], 'a part without images says nothing');
});

test('every score of the eight rows is drawn and counted against the number of its row', () => {
  const rows = knn.reportedRows.map(({ row }) => `row ${row}`);
  const scores = knn.reportedRows.flatMap(({ row }) =>
    knn.holdOuts.flatMap((holdOut) =>
      runs
        .find({ paper: 'knn-cnn-lstm', experiment: knn.rowName(row, holdOut), profile: 'paper', provenance: 'real' })
        .flatMap(({ metrics }) => [metrics['validationAccuracy']!, ...(holdOut === 'last' ? [metrics['testAccuracy']!] : [])]),
    ),
  );
  const drawn = knn.rowsFigure().data as unknown as { name: string; x: number[] }[];
  const dots = drawn.filter(({ name }) => name !== 'reported').flatMap(({ x }) => x);
  const sorted = (values: readonly number[]) => values.map((value) => value.toFixed(2)).sort();
  assert.deepEqual(sorted(dots), sorted(scores.map((score) => 100 * score)));
  const stated = drawn.find(({ name }) => name === 'reported')!;
  assert.deepEqual(
    stated.x,
    knn.reportedRows.map(({ reported }) => reported),
  );
  const { layout } = knn.rowsFigure();
  assert.deepEqual((layout.yaxis as { ticktext: string[] }).ticktext, rows);
  assert.equal(layout.shapes?.length, rows.length - 1, 'a line between any two rows');
  const score = (row: number, way: string, value: number) => ({ row, reported: 92, way, seed: 1, value });
  const words = (...values: number[]) =>
    knn.rowsWords(
      undefined,
      values.map((value) => score(3, 'test set', value)),
    );
  assert.match(
    words(91, 90.5),
    /^None of 2 scores reaches the number .* Nearest: row 3, test set, seed 1,\s+−1\.00 points\.\n.*test set −1\.25 \(1 row, 2 scores\)/s,
  );
  assert.match(words(92.25, 91), /^1 of 2 scores reaches .*\+0\.25 points/s);
  const uneven = [score(3, 'test set', 90), score(3, 'test set', 90), score(4, 'test set', 91)];
  assert.match(knn.rowsWords(undefined, uneven), /test set −1\.50 \(2 rows, 3 scores\)/, 'a row with more runs counts no more');
  assert.match(
    knn.rowsFigure().description,
    new RegExp(`row 8: \\d+ scores from .*, reported ${knn.reportedRows[7]!.reported.toFixed(2)}\\.`),
  );
  assert.match(knn.rowsWords(undefined, []), /No row is recorded yet: npm run sweep/);
});

test('a leak over all rows is one only where rows agree and images suffice; every cell comes from its runs', (context) => {
  const squeezed = (rows: readonly knn.RowLeak[]) => knn.leakOverRowsWords(rows).replace(/\s+/g, ' ');
  const eight = (points: (row: number) => number, error: number): knn.RowLeak[] =>
    knn.reportedRows.map(({ row }) => ({
      row,
      originals: { points: 0, error: 0.7 },
      twins: { points: points(row), error },
      gaps: [{ lastFifth: 1 + points(row), byOriginal: 1, error: 0.36 }],
      randomSeeds: 1,
    }));
  const agreed = (row: number) => 2 + row / 10;
  assert.match(
    squeezed(eight(agreed, 0.8)),
    /8 rows: originals \+0\.00 .*; twins \+2\.45 points \(95 % over rows \+2\.25 to \+2\.65, counting error up to ± 0\.80\)/,
  );
  assert.match(
    squeezed(eight(agreed, 0.8)),
    /Shown for twins: having trained .* 8 rows: both\. Their originals in training are the likely reason/,
  );
  assert.match(squeezed(eight(agreed, 1.3)), /Neither has both: no leak is shown/, 'too few images');
  assert.match(
    squeezed(eight((row) => (row % 2 === 0 ? 6 : -2), 0.8)),
    /Neither has both: .* 8 rows: no leak is shown\.$/,
    'rows disagree',
  );
  assert.match(squeezed(eight(agreed, 0.8).slice(0, 2)), /Fewer than 3 rows/);
  const [record] = runs.find({ paper: 'knn-cnn-lstm', experiment: 'row-6-random', profile: 'paper', provenance: 'real' });
  if (!record) return context.skip('the random fifth is not recorded yet');
  const only = knn.leakOfRows((experiment) => (experiment === 'row-6-random' ? [record] : []));
  const own = only.find(({ row }) => row === 6)!;
  const { metrics } = record;
  assert.ok(Math.abs(own.twins!.points - 100 * (metrics['validationTwinOriginalSeen']! - metrics['validationTwinUnseen']!)) < 1e-9);
  assert.ok(only.every(({ row, twins }) => (twins !== undefined) === (row === 6)));
  const [cells] = knn.leakTable([own]).rows as unknown as [string[]];
  assert.deepEqual(cells.slice(3), ['–', '–', '1 · –']);
  assert.equal(cells[2], `${own.twins!.points < 0 ? '−' : '+'}${Math.abs(own.twins!.points).toFixed(2)}`);
});

test('a ✓ over a benchmark row is qualified exactly where the cited number is not passed', () => {
  const own = accuraciesOf('row-6');
  if (own.length === 0) return;
  const mean = own.reduce((sum, { value }) => sum + value, 0) / own.length;
  const beaten = knn.verdicts().flatMap(({ claim, outcome }) => {
    const experiment = /beats-own-(.*)$/.exec(claim)?.[1];
    return experiment && outcome === 'reproduced' ? [knn.comparedRows.find((row) => row.experiment === experiment)!] : [];
  });
  const words = knn.citedRowsWords().replace(/\s+/g, ' ');
  for (const { name, preprocessing, reported } of beaten)
    assert.equal(words.includes(`The ✓ against "${name}" (${preprocessing}) says little`), mean <= reported, words);
  if (beaten.every(({ reported }) => mean > reported)) assert.match(words, /^No ✓ against a row/);
});

test('the claims on benchmark rows say on how many images each side learns', (context) => {
  const claims = knn.claims.filter(({ id }) => id.includes('beats-own-'));
  assert.equal(claims.length, 5);
  const trainedOn = (experiment: string) =>
    runs
      .find({ paper: 'knn-cnn-lstm', experiment, profile: 'paper', provenance: 'real' })[0]
      ?.data.find(({ role }) => role === 'training')
      ?.count.toLocaleString('en-GB');
  const [theirs, ours] = [trainedOn('benchmark-two-conv'), trainedOn('row-6')];
  if (!theirs || !ours) return context.skip('row 6 or the benchmark is not recorded yet');
  for (const { statement } of claims) assert.ok(statement.includes(`(it on ${theirs} images, the network on ${ours})`), statement);
});

test('image 6 shows every seed and leaves a first epoch near chance below the frame; image 4 has no scale', (context) => {
  const records = rowSix();
  const grey = standIn('fashion-mnist', { split: 'train', count: 20, seed: 1 });
  const pixels = knn.hammingFigure(grey, 0, 1);
  assert.doesNotMatch(JSON.stringify(pixels.data), /"showscale":true/);
  assert.match(JSON.stringify(pixels.layout.title), /white: ink/);
  if (records.length < 2) return context.skip('row 6 has fewer than two seeds');
  const { data, layout } = knn.trainingFigure();
  const thin = data.filter(({ name }) => name?.startsWith('test, seed')) as unknown as {
    y: number[];
    line: { width: number };
    showlegend: boolean;
  }[];
  assert.equal(thin.length, records.length);
  for (const { line, showlegend } of thin) assert.ok(line.width === 1 && !showlegend);
  const later = records.flatMap(({ curves }) =>
    [...curves['accuracy']!, ...curves['validationAccuracy']!, ...curves['testAccuracy']!].filter((_, at) => at % 10 > 0),
  );
  const [from] = (layout.yaxis as { range: number[] }).range;
  assert.ok(from! <= 100 * Math.min(...later), 'every later epoch is in the frame');
  // The subtitle breaks its lines where it has to.
  const words = JSON.stringify(layout.title)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
  assert.match(words, /accuracies of epoch 1 from \d+ to \d+ % lie/);
});

test('which of the six numbers other settings of the sweep give', (context) => {
  const [record] = runs.find({ paper: 'knn-cnn-lstm', experiment: 'knn-sweep', profile: 'paper', provenance: 'real' });
  if (!record) return context.skip('the sweep is not recorded yet');
  const others = knn.sweptSettings(record).filter(({ exact }) => exact < 6);
  const ks = knn.reportedNeighbours.filter(({ reported }, at) =>
    others.some(({ accuracies }) => (100 * accuracies[at]!).toFixed(2) === reported.toFixed(2)),
  );
  const words = knn.sweepWords().replace(/\s+/g, ' ');
  assert.ok(words.includes(`of the six (of K = ${ks.map(({ k }) => k).join(', ')}`), words);
});

test('no number of a reading stands on the line of the report', () => {
  if (rowSix().length === 0) return;
  const { layout } = knn.readingsFigure();
  const beside = layout.annotations?.filter(({ text }) => /^\d/.test(text ?? '')) ?? [];
  assert.ok(beside.length > 0);
  for (const { x, xanchor, text } of beside) {
    const gap = knn.bestRow.reported - Number(x);
    if (xanchor === 'left') assert.ok(gap < 0 || gap > 2, `${text} starts ${gap} points before the line`);
    else assert.ok(gap > 0, `${text} ends beyond the line`);
  }
});

test('what is left of the start of the running variances is computed for the shipped network', async (context) => {
  if (!knn.bestModelCard()) return context.skip('no weights are shipped yet');
  const words = (await knn.normalisationWords(standIn('fashion-mnist', { split: 'test', count: 20, seed: 1 }))).replace(/\s+/g, ' ');
  assert.match(words, new RegExp(`an epoch of 375 steps ${(0.99 ** 375).toFixed(4)} of that 1 is left`));
  const times = Number(/is (\d+) times as large/.exec(words)?.[1]);
  assert.ok(times > 10, words);
});

test('the words on the low row give its score, its distance to the row without and its gain', (context) => {
  const accuracies = (experiment: string) =>
    runs
      .find({ paper: 'knn-cnn-lstm', experiment, profile: 'paper', provenance: 'real' })
      .map(({ metrics }) => 100 * metrics['testAccuracy']!);
  const [more, less] = [accuracies('benchmark-two-conv-augmented'), accuracies('benchmark-two-conv-normalised')];
  if (more.length === 0 || more.length !== less.length) return context.skip('the two rows are not recorded with the same seeds');
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const words = knn.distortedRowWords().replace(/\s+/g, ' ');
  const said = (pattern: RegExp) => Number(pattern.exec(words)?.[1]?.replace('−', '-'));
  assert.ok(Math.abs(said(/([\d.]+) % of the test images/) - mean(more)) < 0.006, words);
  assert.ok(Math.abs(said(/difference ([+−][\d.]+) points/) - (mean(more) - mean(less))) < 0.006, words);
  assert.match(words, /Over its last 3 epochs the row gained [+−]\d/);
  assert.match(words, /rotated by up to 15°/);
});
