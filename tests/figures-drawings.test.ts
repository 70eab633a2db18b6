import assert from 'node:assert/strict';
import test from 'node:test';
import type { ImageSet, PixelOrder } from 'paperlab/data';
import {
  barsWithIntervals,
  boxPlots,
  boxSummary,
  classExamples,
  clearOfLine,
  confusionFigure,
  convolutionDemo,
  embeddingScatter,
  type Figure,
  featureMaps,
  flowChart,
  gateActivations,
  heatmapGrid,
  hypothesisAxis,
  imageGrid,
  joinDiagram,
  learningCurves,
  linesOver,
  lstmCellDiagram,
  memoryCurves,
  modelDiagram,
  pixelOrderFigure,
  probabilityFigure,
  rocFigure,
  scatterWithFit,
  seriesFigure,
  straightLine,
  tableFigure,
  unrolledLstmDiagram,
} from 'paperlab/figures';
import { placeNames, placeTags } from 'paperlab/internal/figures/labels';
import { tf } from 'paperlab/runtime';

const names = ['shirt', 'coat', 'bag'];

function images(provenance: 'real' | 'stand-in' = 'real'): ImageSet {
  return {
    name: 'fashion-mnist',
    split: 'test',
    pixels: Uint8Array.from({ length: 6 * 64 }, (_, at) => (at * 37) % 256),
    labels: Uint8Array.from([0, 1, 2, 0, 1, 2]),
    count: 6,
    height: 8,
    width: 8,
    channels: 1,
    classNames: names,
    indices: Int32Array.from([10, 11, 12, 13, 14, 15]),
    provenance,
    checksum: 'none',
  };
}

const order: PixelOrder = { name: 'row', height: 3, width: 4, positions: Int32Array.from({ length: 12 }, (_, step) => step) };
const gates = { steps: 4, units: 3, values: { input: Float32Array.from({ length: 12 }, (_, at) => at / 12) } };

function network(): tf.Sequential {
  const model = tf.sequential({ name: 'tiny' });
  model.add(tf.layers.conv2d({ name: 'c1', inputShape: [8, 8, 1], filters: 2, kernelSize: 3, activation: 'relu' }));
  model.add(tf.layers.maxPooling2d({ name: 'p1', poolSize: 2 }));
  model.add(tf.layers.flatten({ name: 'flat' }));
  model.add(tf.layers.dense({ name: 'out', units: 3, activation: 'softmax' }));
  return model;
}

const figures: Record<string, () => Figure> = {
  learningCurves: () =>
    learningCurves(
      [
        {
          name: 'CNN',
          runs: [
            [0.1, 0.5],
            [0.3, 0.7],
          ],
        },
      ],
      { lines: [{ name: 'reported', value: 0.9 }] },
    ),
  confusionFigure: () =>
    confusionFigure(
      [
        [8, 2, 0],
        [1, 9, 0],
        [0, 3, 7],
      ],
      names,
    ),
  rocFigure: () => rocFigure([{ name: 'shirt', falsePositiveRate: [0, 0.1, 1], truePositiveRate: [0, 0.8, 1], auc: 0.85 }]),
  boxPlots: () => boxPlots([{ name: 'shirt', values: [1, 2, 3, 4, 100] }], { yTitle: 'mean' }),
  embeddingScatter: () => embeddingScatter({ coordinates: [0, 0, 1, 1, 2, 2], labels: [0, 1, 2] }, names),
  embeddingPanels: () =>
    embeddingScatter(
      [1, 2].map((id) => ({ name: `map ${id}`, coordinates: [0, 0, 1, 1, 2, 2], labels: [0, 1, 2] })),
      names,
    ),
  barsWithIntervals: () => barsWithIntervals([{ name: 'I', value: 0.9, low: 0.89, high: 0.91, claim: 0.92 }]),
  hypothesisAxis: () =>
    hypothesisAxis(
      [
        { name: 'honest', value: 0.9 },
        { name: 'training', value: 0.97 },
      ],
      { name: 'claimed', value: 0.989 },
    ),
  scatterWithFit: () =>
    scatterWithFit([
      { name: 'a', x: 1, y: 2 },
      { name: 'b', x: 2, y: 4 },
      { name: 'c', x: 3, y: 6 },
    ]),
  seriesFigure: () => seriesFigure([{ name: 'row', values: [0, 1, 0, 1] }]),
  linesOver: () =>
    linesOver([{ name: 'K = 9', x: [0, 127, 200], values: [0.8, 0.79, 0.6], claim: { x: 127, value: 0.7938 } }], { xTitle: 'threshold' }),
  memoryCurves: () => memoryCurves([{ name: 'exponential', values: [1, 0.5, 0.25, 0], theory: true }]),
  pixelOrderFigure: () => pixelOrderFigure(order),
  pixelOrderPanels: () => pixelOrderFigure([order, order]),
  imageGrid: () => imageGrid(images(), [0, 1, 2], { predicted: [0, 0, 2] }),
  classExamples: () => classExamples(images(), { perClass: 2 }),
  heatmapGrid: () => heatmapGrid([{ name: 'one', values: [0, 1, 2, 3], height: 2, width: 2 }]),
  featureMaps: () =>
    featureMaps(
      [
        { name: 'image', values: new Float32Array(64).fill(0.5), shape: [8, 8, 1] },
        { name: 'classes', values: [0.1, 0.7, 0.2], shape: [3] },
      ],
      { classNames: names },
    ),
  convolutionDemo: () =>
    convolutionDemo(
      { values: Float32Array.from({ length: 16 }, (_, at) => at), height: 4, width: 4 },
      { values: [0, 0, 0, 0, 1, 0, 0, 0, 0], size: 3 },
    ),
  modelDiagram: () => modelDiagram(network(), { reported: { c1: 20, out: 60 }, highlight: { p1: 'new' } }),
  lstmCellDiagram: () => lstmCellDiagram({ activations: gates }),
  gateActivations: () => gateActivations(gates),
  unrolledLstmDiagram: () => unrolledLstmDiagram(),
  joinDiagram: () => joinDiagram(),
  flowChart: () =>
    flowChart({
      nodes: [
        { id: 'a', text: 'first', row: 0 },
        { id: 'b', text: 'second', row: 1 },
      ],
      edges: [{ from: 'a', to: 'b' }],
    }),
  tableFigure: () => tableFigure({ columns: ['model', 'accuracy'], rows: [['CNN', 0.9123]] }),
  probabilityFigure: () => probabilityFigure([{ name: 'alone', values: [0.2, 0.7, 0.1] }], names),
};

/** Every { size } of a font, anywhere in the layout and the traces. */
function fontSizes(part: unknown, key = ''): number[] {
  if (Array.isArray(part)) return part.flatMap((each) => fontSizes(each, key));
  if (typeof part !== 'object' || part === null) {
    const inline = typeof part === 'string' ? [...part.matchAll(/font-size:(\d+)px/g)].map((match) => Number(match[1])) : [];
    return inline;
  }
  const own = /font/i.test(key) && typeof (part as { size?: unknown }).size === 'number' ? [(part as { size: number }).size] : [];
  return [...own, ...Object.entries(part).flatMap(([name, value]) => fontSizes(value, name))];
}

for (const [name, draw] of Object.entries(figures)) {
  test(`${name}: plain data with words, a theme and legible type`, () => {
    const figure = draw();
    assert.ok(figure.description.length > 25, 'says what it shows');
    assert.match(figure.description, /\.$/);
    assert.doesNotMatch(figure.description, /undefined|NaN|\[object/);
    assert.ok(figure.data.length > 0);
    assert.deepEqual(JSON.parse(JSON.stringify(figure.data)).length, figure.data.length);
    assert.doesNotMatch(JSON.stringify(figure), /"(NaN|undefined)"/);
    const layout = figure.layout as { height: number; paper_bgcolor: string };
    assert.ok(layout.height >= 90 && layout.height <= 1600, `height ${layout.height}`);
    assert.match(layout.paper_bgcolor, /^#f/, 'an own paper, light on every page');
    const smallest = Math.min(...fontSizes(figure.layout), ...fontSizes(figure.data));
    assert.ok(smallest >= (name === 'imageGrid' || name === 'heatmapGrid' ? 12 : 14), `smallest type is ${smallest}`);
  });

  test(`${name}: every axis that is seen has a title`, () => {
    const figure = draw();
    for (const [key, axis] of Object.entries(figure.layout)) {
      if (!/^[xy]axis/.test(key)) continue;
      const { visible, title, type } = axis as { visible?: boolean; title?: { text?: string }; type?: string };
      const namesItself = type === 'category' || key !== 'xaxis';
      if (visible !== false && !namesItself) assert.ok(title?.text, `${key} of ${name}`);
    }
  });
}

test('the line of a learning curve is the mean over seeds, its band one standard deviation', () => {
  const figure = learningCurves([
    {
      name: 'CNN',
      runs: [
        [0.1, 0.5],
        [0.3, 0.7],
        [0.2, 0.9],
      ],
    },
  ]);
  const [band, line] = figure.data as unknown as { y: number[] }[];
  assert.deepEqual(line.y, [20, 70]);
  assert.deepEqual(band.y.slice(0, 2), [30, 90]);
  assert.deepEqual(band.y.slice(2), [50, 10]);
  assert.match(figure.description, /70\.00 % after 2 epochs \(mean of 3 seeds\)/);
});

test('a legend of many lines makes learning curves higher, not flatter', () => {
  const heightOf = (names: readonly string[]) =>
    (learningCurves(names.map((name) => ({ name, runs: [[0.1, 0.9]] }))).layout as { height: number }).height;
  const long = (count: number) => Array.from({ length: count }, (_, at) => `a network with a name, change ${at}`);
  assert.equal(heightOf(['CNN', 'LSTM']), 480);
  assert.equal(heightOf(long(4)), 480, 'two lines of two fit');
  assert.ok(heightOf(long(6)) > 480);
  assert.equal(heightOf(long(10)) - heightOf(long(8)), heightOf(long(8)) - heightOf(long(6)), 'each further line adds the same');
  const rows = (name: string) =>
    barsWithIntervals(
      ['one', 'two', 'three'].map((group, at) => ({ name: `${name} ${at}`, value: 0.5, group: `a longer name of ${group}` })),
    );
  const rowsHigh = (name: string) => (rows(name).layout as { height: number }).height;
  assert.ok(rowsHigh('n'.repeat(60)) > rowsHigh('n'), 'long names of rows leave the legend less width, so more lines');
});

test('losses are not taken for shares', () => {
  const figure = learningCurves([{ name: 'CNN', panel: 'loss', runs: [[0.9, 0.1]] }]);
  assert.deepEqual((figure.data[0] as unknown as { y: number[] }).y, [0.9, 0.1]);
});

test('the confusion matrix says its accuracy, its weakest class and its most common error', () => {
  const { description } = figures['confusionFigure']();
  assert.match(description, /30 examples/);
  assert.match(description, /80\.00 % on the diagonal/);
  assert.match(description, /lowest row share bag with 70\.0 %/);
  assert.match(description, /bag taken for coat, 3 times/);
});

test('a class without examples leaves no trace of NaN', () => {
  const figure = confusionFigure(
    [
      [5, 0],
      [0, 0],
    ],
    ['a', 'b'],
  );
  assert.doesNotMatch(JSON.stringify(figure), /NaN|null/);
});

test('box summaries are quartiles by linear interpolation', () => {
  const box = boxSummary([7, 1, 3, 5, 9, 100]);
  assert.equal(box.median, 6);
  assert.equal(box.lowerQuartile, 3.5);
  assert.equal(box.upperQuartile, 8.5);
  assert.equal(box.outliers, 1);
  assert.equal(box.upperWhisker, 9);
  assert.equal(box.maximum, 100);
});

test('70,000 values become a few kilobytes', () => {
  const groups = Array.from({ length: 10 }, (_, label) => ({
    name: `class ${label}`,
    values: Float32Array.from({ length: 7000 }, (__, at) => (at * 7919) % 255),
  }));
  assert.ok(JSON.stringify(boxPlots(groups)).length < 10_000);
});

test('a map draws no more points than asked for, and of every class', () => {
  const labels = Uint8Array.from({ length: 5000 }, (_, index) => (index % 50 === 0 ? 2 : index % 2));
  const coordinates = Float32Array.from({ length: 10_000 }, (_, index) => Math.sin(index));
  const figure = embeddingScatter({ coordinates, labels }, names, { maxPoints: 500 });
  const counts = (figure.data as unknown as { x: number[] }[]).map((each) => each.x.length);
  assert.equal(counts.length, 3);
  assert.ok(counts.reduce((sum, count) => sum + count, 0) <= 502);
  assert.equal(counts[2], 10);
  assert.match(figure.description, /of 5,000 points/);
});

test('class names stand inside their cluster, even when a class has two', () => {
  const labels = Uint8Array.from({ length: 100 }, () => 0);
  const coordinates = Float32Array.from({ length: 200 }, (_, at) => (Math.floor(at / 2) < 60 ? 0 : 10) + (at % 7) * 0.01);
  const figure = embeddingScatter({ coordinates, labels }, ['only']);
  const [label] = (figure.layout as { annotations: { x: number }[] }).annotations;
  assert.ok(label.x < 1, `the name stands at ${label.x}, the larger cluster at 0`);
});

test('least squares and correlation', () => {
  const { slope, intercept, correlation } = straightLine([1, 2, 3, 4].map((x) => ({ x, y: 3 - 2 * x })));
  assert.ok(Math.abs(slope + 2) < 1e-12 && Math.abs(intercept - 3) < 1e-12 && Math.abs(correlation + 1) < 1e-12);
});

test('a value without an interval has no whisker, not one of no length', () => {
  const { data, layout } = barsWithIntervals([
    { name: 'one seed', value: 0.91, count: 1 },
    { name: 'three seeds', value: 0.9, low: 0.89, high: 0.91, count: 3 },
  ]);
  const whiskers = data.map(({ error_x, y }) => [y, (error_x as { array?: number[] } | undefined)?.array]);
  assert.deepEqual(whiskers, [
    [['three seeds'], [1]],
    [['one seed'], undefined],
  ]);
  assert.equal(layout.showlegend, false);
  assert.match(String(data[1].text), /1 seed$/);
});

test('a row without a number stays in the figure, with words in place of its bar', () => {
  const unmeasured = [{ name: 'fell', words: 'broke down on 2 of 2 seeds' }];
  const { data, layout, description } = barsWithIntervals([{ name: 'held', value: 1 }], { percentages: false, unmeasured });
  const { yaxis, annotations } = layout as {
    yaxis: { categoryarray: string[]; range: number[] };
    annotations: { y: string; text: string }[];
  };
  assert.deepEqual(yaxis.categoryarray, ['fell', 'held'], 'below the rows with a number');
  assert.deepEqual(yaxis.range, [-0.6, 1.6]);
  assert.deepEqual(
    annotations.map(({ y, text }) => [y, text]),
    [['fell', 'broke down on 2 of 2 seeds']],
  );
  assert.ok(data.every(({ y }) => !(y as string[]).includes('fell')));
  assert.match(description, /of 1 entries: held 1\. fell: broke down on 2 of 2 seeds\.$/);
});

test('zero is drawn dark where differences lie on both sides of it, and not for shares', () => {
  const zero = (values: [number, number][], percentages: boolean) => {
    const members = values.map(([low, high], at) => ({ name: String(at), value: (low + high) / 2, low, high }));
    return (barsWithIntervals(members, { percentages }).layout as { xaxis: { zeroline: boolean } }).xaxis.zeroline;
  };
  assert.equal(
    zero(
      [
        [-1, 0.5],
        [1, 2],
      ],
      false,
    ),
    true,
  );
  assert.equal(
    zero(
      [
        [0.2, 0.5],
        [1, 2],
      ],
      false,
    ),
    false,
  );
  assert.equal(zero([[-0.1, 0.5]], true), false);
});

test('words and table end on the same digit: a mean is rounded once', () => {
  const { description } = learningCurves([
    {
      name: 'LSTM',
      runs: [
        [0.9, 0.989481],
        [0.9, 0.988815],
      ],
    },
  ]);
  // Mean 98.9148; by way of 98.915 it would be 98.92.
  assert.match(description, /98\.91 % after 2 epochs/);
});

test('the nearest reading is named', () => {
  assert.match(figures['hypothesisAxis']().description, /nearest reading training with 97\.00 %/);
});

test('a stand-in is marked in the picture, in the words and in the figure', () => {
  const figure = imageGrid(images('stand-in'), [0]);
  assert.equal(figure.provenance, 'stand-in');
  assert.match(figure.description, /STAND-IN/);
  assert.match(JSON.stringify((figure.layout as { annotations: object[] }).annotations), /STAND-IN/);
  assert.equal(imageGrid(images(), [0]).provenance, 'real');
});

/** About as many pixels as the widest of the usual fonts takes; of several lines the longest. */
function estimatedWidth(text: string, size: number): number {
  const ofLine = (line: string) => {
    let [width, part, now] = [0, 1, size];
    for (const piece of line.match(/<[^>]*>|[^<]/gu) ?? []) {
      const own = /font-size:(\d+)px/.exec(piece);
      if (own) now = Number(own[1]);
      else if (piece === '</span>') now = size;
      else if (piece === '<sub>') part = 0.7;
      else if (piece === '</sub>') part = 1;
      else if (piece.length === 1) width += now * part * (/[ ijlft().,:]/.test(piece) ? 0.4 : /[mwMW=+−]/.test(piece) ? 0.88 : 0.64);
    }
    return width;
  };
  return Math.max(...text.split('<br>').map(ofLine));
}

test('no word of the LSTM drawings passes the edge of its sheet, no mean that of its box', () => {
  const negative = { ...gates, values: { forget: gates.values.input, candidate: Float32Array.from({ length: 12 }, () => -0.01) } };
  for (const { layout } of [lstmCellDiagram(), lstmCellDiagram({ activations: negative }), gateActivations(gates), unrolledLstmDiagram()]) {
    const { annotations, shapes, xaxis } = layout as unknown as {
      annotations: { text: string; x: number; xanchor: string; textangle?: number; font?: { size: number } }[];
      shapes: { type: string; path?: string; fillcolor?: string }[];
      xaxis: { range: [number, number] };
    };
    const words = annotations.filter(({ text, textangle }) => text !== '' && textangle === undefined);
    assert.ok(words.length > 1);
    for (const { text, x, xanchor, font } of words) {
      const width = estimatedWidth(text, font!.size);
      const left = x - width * { left: 0, center: 0.5, right: 1 }[xanchor]!;
      assert.ok(left >= xaxis.range[0] - 12 && left + width <= xaxis.range[1], `${text}: ${left} to ${left + width}`);
    }
    for (const { text, x, font } of words.filter((each) => each.text.includes('mean ') && each.text.includes('<br>'))) {
      const edges = shapes.flatMap(({ path = '', fillcolor = '' }) => {
        const across = [...path.matchAll(/[ML] ([\d.]+) /g)].map(([, at]) => Number(at));
        const [from, to] = [Math.min(...across), Math.max(...across)];
        return /^#(0072b2|c65100)$/.test(fillcolor) && from < x && to > x ? [to - from] : [];
      });
      // Round corners take 8 pixels on each side of the straight edge.
      assert.ok(estimatedWidth(text, font!.size) <= Math.min(...edges) + 16 - 4, text);
    }
  }
});

test('the model diagram reads the model: shapes, parameters, disagreements', () => {
  const { description } = figures['modelDiagram']();
  assert.match(description, /c1 \(Conv2D 2 filters 3×3, relu\) 6×6×2, 20 parameters/);
  assert.match(description, /out: 57, reported 60/);
  assert.doesNotMatch(description, /c1: 20, reported/);
  assert.throws(
    () => modelDiagram(network(), { reported: { c9: 1 } }),
    /no layer is called c9; the layers are input, c1, p1, flat and out/,
  );
});

test('a diagram shows where a layer reads from when that is not the one above', () => {
  const input = tf.input({ shape: [4], name: 'numbers' });
  const left = tf.layers.dense({ name: 'left', units: 2 }).apply(input) as tf.SymbolicTensor;
  const right = tf.layers.dense({ name: 'right', units: 3 }).apply(input) as tf.SymbolicTensor;
  const joined = tf.layers.concatenate({ name: 'join' }).apply([left, right]) as tf.SymbolicTensor;
  const figure = modelDiagram(tf.model({ inputs: input, outputs: joined, name: 'branches' }));
  const words = JSON.stringify((figure.layout as { annotations: object[] }).annotations);
  assert.match(words, /from left \+ right/);
  assert.match(words, /from numbers/);
});

test('the convolution is the one that networks compute', () => {
  const figure = convolutionDemo(
    { values: [1, 2, 3, 4, 5, 6, 7, 8, 9], height: 3, width: 3 },
    { values: [1, 0, 0, -1], size: 2 },
    { at: [0, 1] },
  );
  assert.match(figure.description, /row 1, column 2 .* summed: -4\./);
});

test('a walk over an order ends with the whole path', () => {
  const figure = pixelOrderFigure(order, { frames: 5 });
  const last = figure.frames?.at(-1) as { data: { x: number[] }[] };
  assert.equal(figure.frames?.length, 5);
  assert.equal(last.data[0].x.length, 12);
  assert.match(figure.description, /12 steps, 2 jumps/);
});

test('bad input is refused with what was wrong', () => {
  assert.throws(() => learningCurves([]), /no series/);
  assert.throws(() => confusionFigure([[1, 2]], ['a', 'b']), /2 class names/);
  assert.throws(() => embeddingScatter({ coordinates: [1, 2, 3], labels: [0, 1] }, names), /4 coordinates, got 3/);
  assert.throws(() => imageGrid(images(), [99]), /Image 99 .* 0 to 5/);
  assert.throws(() => boxPlots([{ name: 'empty' }]), /neither values nor a summary/);
  assert.throws(() => boxSummary([]), /no values/);
  assert.throws(() => gateActivations({ steps: 2, units: 2, values: { input: [1] } }), /2 steps × 2 units/);
  assert.throws(() => flowChart({ nodes: [{ id: 'a', text: 'a', row: 0 }], edges: [{ from: 'a', to: 'z' }] }), /"z"/);
  assert.throws(() => pixelOrderFigure({ ...order, width: 5 }), /3 × 5 grid has 15/);
});

test('tags of a map stay on their spots where there is room, and none covers another', () => {
  const spots = [
    { x: 0, y: 0, name: 'Sandal' },
    { x: 1, y: 1, name: 'Sneaker' },
    { x: 60, y: 50, name: 'Bag' },
  ];
  const frame = { width: 350, height: 360, xRange: [-10, 70], yRange: [-10, 70] } as const;
  const places = placeTags(spots, frame) as { showarrow: boolean; ax?: number; ay?: number }[];
  assert.deepEqual(
    places.map(({ showarrow }) => showarrow),
    [false, true, false],
  );
  const { ax = 0, ay = 0 } = places[1];
  // Both tags are at most 70 pixels wide and 25 high; their spots lie 5 pixels apart.
  assert.ok(Math.abs(ax + 4) >= 60 || Math.abs(ay - 5) >= 24, `moved by ${ax}, ${ay}`);
});

test('names of crowded points stand clear of one another and inside the plot', () => {
  // Twelve points within a few pixels of two places, as orders of pixels that score alike.
  const points = Array.from({ length: 12 }, (_, index) => ({
    x: (index % 2) * 50 + (index % 3),
    y: 50 + (index % 4),
    name: `point-number-${index}`,
  }));
  const frame = { width: 800, height: 360, xRange: [-10, 70], yRange: [0, 100] } as const;
  const boxes = (placeNames(points, frame) as { x: number; y: number; ax: number; ay: number; text: string }[]).map((name) => {
    const [centreX, centreY] = [10 * (name.x + 10) + name.ax, 360 - 3.6 * name.y + name.ay];
    const half = (7 * name.text.length) / 2;
    return { left: centreX - half, right: centreX + half, top: centreY - 7, bottom: centreY + 7 };
  });
  for (const [index, one] of boxes.entries()) {
    assert.ok(one.left >= 0 && one.right <= 800 && one.top >= -16 && one.bottom <= 368, `${points[index]!.name} is outside`);
    for (const other of boxes.slice(index + 1))
      assert.ok(
        one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top,
        `${points[index]!.name} overlaps another`,
      );
  }
});

test('a number that would stand on the claimed line goes to the other side of its point, others stay', () => {
  const readings = [
    { name: 'far below', value: 0.5 },
    { name: 'just below', value: 0.88, low: 0.86, high: 0.89 },
    { name: 'above', value: 0.95 },
  ];
  const drawn = clearOfLine(hypothesisAxis(readings, { name: 'claimed', value: 0.9 }), readings, 0.9);
  const placed = (name: string) => {
    const { x, xanchor } = drawn.layout.annotations!.find(({ y }) => y === name)!;
    return [x, xanchor];
  };
  assert.deepEqual(placed('far below'), [50, 'left']);
  assert.deepEqual(placed('just below'), [86, 'right']);
  assert.deepEqual(placed('above'), [95, 'left']);
});
