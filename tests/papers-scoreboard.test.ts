/** Notebook 06's own parts: the filter of its table in a real browser, its links, its lessons. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { stripPlot, tileChart } from 'paperlab/figures';
import { pairedPoints } from 'paperlab/internal/papers/evidence';
import { habits, measuredWords, widestSpread } from 'paperlab/internal/papers/lessons';
import { networkName } from 'paperlab/internal/papers/names';
import { rowName, subjectOf } from 'paperlab/internal/papers/scoreboard';
import { headingLink, outcomeLooks, reasonAlone, renderTable, repositoryRoot } from 'paperlab/notebook';
import { reports, scoreboard } from 'paperlab/papers';
import type { RunGroup, RunRecord, ValueClaim } from 'paperlab/results';
import { findBrowser, launchBrowser } from './browser-support.js';

const table = {
  columns: ['report', 'claim', 'verdict'],
  rows: [
    ['01', 'accuracy', '✓ reproduced, provisional (n = 1)'],
    ['01', 'kappa', '✗ not reproduced (no difference shown), provisional (n = 2)'],
    ['02', 'accuracy <b>', '✓ reproduced'],
  ],
};

describe('a table that can be filtered', () => {
  test('keeps all its rows where no script runs', () => {
    const plain = renderTable(table, { caption: 'all' });
    const filtered = renderTable(table, { caption: 'all', filter: ['report'] });
    assert.ok(filtered.html.includes(plain.html));
    assert.equal(filtered.text, plain.text);
    assert.equal(filtered.csv, plain.csv);
  });

  test('is filtered by column and by words in a browser', async (t) => {
    const browserFile = findBrowser();
    if (!browserFile) return t.skip('no Chromium or Chrome was found; set CHROMIUM to its path');
    const browser = await launchBrowser(browserFile);
    try {
      const page = await browser.newPage();
      await page.setContent(renderTable(table, { filter: ['report', 'verdict'] }).html);
      const seen = () => page.locator('tbody tr:visible').count();
      assert.equal(await seen(), 3);
      const choices = page.locator('select');
      assert.deepEqual(await choices.nth(1).locator('option').allTextContents(), ['all', '✓ reproduced', '✗ not reproduced']);
      await choices.nth(1).selectOption('✓ reproduced');
      assert.equal(await seen(), 2);
      await choices.nth(0).selectOption('02');
      assert.equal(await page.locator('tbody tr:visible').textContent(), '02accuracy <b>✓ reproduced');
      await choices.nth(0).selectOption('all');
      await choices.nth(1).selectOption('all');
      await page.locator('input').fill('KAPPA not');
      assert.equal(await seen(), 1);
      assert.equal(await page.locator('output').textContent(), '1 of 3 rows');
    } finally {
      await browser.close();
    }
  });

  test('names a column that is not there', () => {
    assert.throws(
      () => renderTable(table, { filter: ['verdicts'] }),
      /filter names the column "verdicts"; the columns are report, claim, verdict/,
    );
  });

  test('links within the repository only', () => {
    const linked = (link: string) => renderTable({ columns: ['place'], rows: [[{ value: 'table 1', link }]] }).html;
    assert.match(linked('01-lenet5.ipynb#5'), /<a href="01-lenet5\.ipynb#5">table 1<\/a>/);
    for (const link of ['javascript:alert(1)', 'https://example.org', '//example.org', 'JavaScript:1', '\\\\example.org'])
      assert.throws(() => linked(link), /leads outside the repository/, link);
  });
});

describe('links of claims', () => {
  const headings = (file: string): string[] => {
    const { cells } = JSON.parse(readFileSync(path.join(repositoryRoot, 'notebooks', file), 'utf8')) as {
      cells: { cell_type: string; source: string[] }[];
    };
    return cells
      .filter(({ cell_type: kind }) => kind === 'markdown')
      .flatMap(({ source }) => source.join('').split('\n'))
      .filter((line) => line.startsWith('#'))
      .map((line) => line.replace(/^#+ /, '').trim().replaceAll(' ', '-'));
  };

  test('each leads to a heading that is there', () => {
    const { columns, rows } = scoreboard.everyClaim();
    const place = columns.indexOf('place in the report');
    const links = rows.map((row) => (row as unknown as { link?: string }[])[place]?.link ?? '');
    assert.equal(links.length, scoreboard.judgedClaims().length);
    assert.ok(links.length > 200);
    const sections = new Set<string>();
    for (const link of links) {
      const [file, anchor] = link.split('#') as [string, string];
      assert.ok(existsSync(path.join(repositoryRoot, 'notebooks', file)), link);
      assert.ok(headings(file).includes(decodeURIComponent(anchor)), link);
      sections.add(link);
    }
    // Tables and figures of their own, not only the table of verdicts.
    assert.ok(sections.size > 20, [...sections].join('\n'));
  });

  test('table 1 is not table 10, and what has no section of its own leads to the verdicts', () => {
    assert.match(headingLink('01', 'table 1, row 3', 'Claimed, obtained, verdict')!, /#Table-1-/);
    assert.match(headingLink('04', 'section 4.3.1, figure 5', 'Claimed, obtained, verdict')!, /#Figure-5-/);
    assert.match(headingLink('05', 'first table, K = 9', 'Claimed, obtained, verdict')!, /#Table-1-/);
    assert.match(headingLink('04', 'section 5.2', 'Claimed, obtained, verdict', 'Testing the explanation')!, /#7-Testing/);
    assert.throws(() => headingLink('04', 'section 5.2', 'Claimed', 'No such section'), /has no section “No such section”/);
    assert.match(headingLink('01', 'the text, section 4', 'Claimed, obtained, verdict')!, /#6-Claimed/);
    assert.equal(headingLink('77', 'table 1', 'Claimed, obtained, verdict'), undefined);
  });
});

test('each claim has its interval and the reason of its verdict; one tile each shows them all', () => {
  const { columns, rows } = scoreboard.everyClaim();
  const [interval, why] = ['95 % interval', 'why'].map((name) => columns.indexOf(name)) as [number, number];
  assert.equal(interval, columns.indexOf('obtained') + 1);
  assert.ok((rows as unknown[][]).every((row) => String(row[why]).length > 5));
  assert.ok(
    (rows as unknown[][]).some((row) => /^\+\d+\.\d+ to \+\d+\.\d+$/.test(String(row[interval]))),
    'a difference, with its signs',
  );
  const { data, description } = scoreboard.claimTiles();
  assert.equal(
    (data as { x: number[] }[]).reduce((sum, { x }) => sum + x.length, 0),
    rows.length,
  );
  assert.match(description, new RegExp(`^Every claim, one mark each\\. ${rows.length} tiles\\.|${rows.length} tiles\\.`));
  const tiles = [
    { row: 'a', kind: 'bad', name: '1' },
    { row: 'a', kind: 'good', name: '2' },
    { row: 'b', kind: 'bad', name: '3' },
  ];
  const [good, bad] = tileChart(tiles, { kinds: ['good', 'bad'], width: 1 }).data as { name: string; x: number[]; y: number[] }[];
  assert.deepEqual([good!.name, good!.x, good!.y], ['good (1)', [0], [-0]]);
  assert.deepEqual([bad!.name, bad!.x, bad!.y], ['bad (2)', [0, 0], [-1, -3]], 'a line more in its row, then a gap before the next');
});

describe('one verdict, one look', () => {
  interface Drawn {
    name: string;
    marker: { color: string; symbol: string };
  }
  const looksIn = (figure: { data: unknown[] }) =>
    new Map((figure.data as Drawn[]).map(({ name, marker }) => [name.replace(/ \(\d+\)$/, ''), `${marker.color} ${marker.symbol}`]));

  test('in both figures of verdicts, and no two verdicts look alike', () => {
    const [tiles, strips] = [looksIn(scoreboard.claimTiles()), looksIn(scoreboard.distanceFigure()!)];
    for (const [name, look] of strips) assert.equal(tiles.get(name), look, name);
    const looks = Object.values(outcomeLooks);
    assert.equal(new Set(looks.map(({ colour }) => colour)).size, looks.length);
    assert.equal(new Set(looks.map(({ symbol }) => symbol)).size, looks.length);
  });

  test('the symbols are the shapes of the signs in the tables', () => {
    const shape: Record<string, RegExp> = { '▲': /^triangle-up$/, '✗': /^x$/, '◆': /^diamond$/, '◇': /^diamond-open$/, '–': /^line-ew/ };
    const { columns, rows } = scoreboard.everyClaim();
    const judged = scoreboard.judgedClaims();
    const seen = new Set<string>();
    (rows as unknown[][]).forEach((row, at) => {
      const [sign] = String((row[columns.indexOf('verdict')] as { value: string }).value);
      const wanted = shape[sign!];
      if (!wanted) return;
      seen.add(sign!);
      assert.match(outcomeLooks[judged[at]!.verdict.outcome].symbol, wanted, sign);
    });
    assert.ok(seen.size >= 3, [...seen].join(' '));
  });

  test('without looks of its own a group looks as its place among all says, shown or not, in tiles and strips', () => {
    const kinds = ['met', 'near', 'missed'];
    const tiles = [
      { row: 'a', kind: 'missed', name: '1' },
      { row: 'a', kind: 'near', name: '2' },
    ];
    const drawn = looksIn(tileChart(tiles, { kinds }));
    const strip = looksIn(
      stripPlot(
        tiles.map(({ kind, ...rest }) => ({ ...rest, group: kind, value: 1 })),
        { groups: kinds },
      ),
    );
    assert.deepEqual([...drawn], [...strip]);
    assert.equal(drawn.get('near'), looksIn(tileChart([{ row: 'a', kind: 'near', name: '2' }], { kinds })).get('near'));
    assert.deepEqual([...looksIn(stripPlot([{ row: 'a', group: 'other', name: '3', value: 1 }], { groups: kinds })).keys()], ['other']);
  });
});

test('claims are counted by the table or passage that they stand in', () => {
  const judged = scoreboard.judgedClaims();
  const words = scoreboard.crowdedWords().replace(/\n {2}/g, ' ');
  const [, report, passage, all, failed] = /The largest: report (\d+), ([^:]+): (\d+) \((\d+) not reproduced\)/.exec(words)!;
  const paper = reports.find(({ number }) => number === report)!.paper;
  const there = judged.filter(({ claim }) => claim.paper === paper && (claim.place === passage || claim.place.startsWith(`${passage},`)));
  assert.equal(there.length, Number(all));
  assert.equal(there.filter(({ verdict }) => verdict.outcome === 'not reproduced').length, Number(failed));
  assert.match(words, new RegExp(`together \\d+ of ${judged.length}\\.`));
});

describe('lessons', () => {
  test('the number of the first is what the records say, read here without the store', () => {
    const folder = path.join(repositoryRoot, 'results', 'lenet5');
    const points = readdirSync(folder)
      .filter((name) => /^proposed-lenet5-[0-9a-f]{8}-s\d+\.json$/.test(name))
      .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { metrics: Record<string, number> })
      .map(({ metrics }) => 100 * (metrics['testBinaryAccuracy']! - metrics['testAccuracy']!));
    const mean = points.reduce((sum, value) => sum + value, 0) / points.length;
    const [first] = scoreboard.lessonsTable().rows as unknown[][];
    assert.equal(first![3], `+${mean.toFixed(2)}`);
    assert.equal(first![5], points.length);
  });

  test('a question without runs says so, and one experiment against another is paired by seed', () => {
    const run = (experiment: string, seed: number, score: number) =>
      ({ recipe: { experiment }, seed, metrics: { score } }) as unknown as RunRecord;
    const records = [run('a', 1, 0.5), run('a', 2, 0.75), run('b', 2, 0.5), run('b', 3, 0.1)];
    const points = pairedPoints({ experiment: 'a', metric: 'score' }, { experiment: 'b', metric: 'score' }, (name) =>
      records.filter(({ recipe }) => recipe.experiment === name),
    );
    assert.deepEqual(points, [25]);
    for (const row of scoreboard.lessonsTable().rows as unknown[][]) if (row[5] === 0) assert.equal(row[3], 'no recorded runs yet');
  });
});

describe('lessons in words', () => {
  const fallen = { curves: { testAccuracy: [0.9, 0.2] } } as unknown as RunRecord;
  const held = { curves: { testAccuracy: [0.8, 0.9] } } as unknown as RunRecord;

  test('a training that broke down is named where its number stands, and the lesson of the recipe is not read from it', () => {
    assert.equal(measuredWords('a minus b', [held]), 'a minus b');
    assert.equal(measuredWords('a minus b', [fallen]), 'a minus b, whose training broke down');
    assert.equal(measuredWords('a minus b', [held, fallen, held]), 'a minus b, whose training broke down with 1 of 3 seeds');
    const rows = scoreboard.lessonsTable().rows as unknown[][];
    for (const row of rows)
      if (/whose training broke down/.test(String(row[2]))) assert.equal(row[0], 'Ask whether the training broke down');
    assert.match(String(rows.find(([habit]) => habit === 'Ask what else changed')![2]), /without an LSTM/);
  });

  test('the habits come in the order of the table, without any of its numbers', () => {
    const first = (rows: readonly unknown[]) => (rows as unknown[][]).map(([habit, notebook]) => [habit, notebook]);
    const table = scoreboard.lessonsTable();
    assert.deepEqual(first(habits().rows).slice(0, table.rows.length), first(table.rows));
    for (const [, , what] of habits().rows as unknown[][]) assert.doesNotMatch(String(what), /±|\d\.\d|no recorded runs/);
  });

  test('the widest spread is of networks with three seeds, and says how far two seeds spread', () => {
    const run = (score: number, count = 10_000, rest = {}) => ({
      ...{ data: [{ role: 'test', count }], metrics: { testAccuracy: score }, curves: {} },
      ...rest,
    });
    const grouped = (experiment: string, records: unknown[]) => ({ paper: 'lenet5', experiment, records }) as unknown as RunGroup;
    /** So many scores at equal distances, with this standard deviation. */
    const group = (experiment: string, sd: number, n: number, count?: number) => {
      const step = sd / Math.sqrt((n * (n + 1)) / 12);
      return grouped(
        experiment,
        Array.from({ length: n }, (_, at) => run(0.8 + step * at, count)),
      );
    };
    assert.equal(widestSpread([group('two', 0.02, 2)]), undefined);
    const one = widestSpread([group('two', 0.0195, 2), group('three', 0.0045, 3), group('own test set', 0.09, 3, 500)])!;
    assert.deepEqual([one.sd.toFixed(2), one.n], ['0.45', 3]);
    assert.match(one.words, /lenet5\/three, the only network with three seeds .*\(networks with two seeds spread up to ± 1\.95\)/);
    const more = widestSpread([group('a', 0.001, 4), group('b', 0.003, 3)])!;
    assert.match(more.words, /lenet5\/b, the widest of the 2 networks with three seeds or more on one fixed test set; two single runs/);
    assert.doesNotMatch(more.words, /left out/);

    const fallen = run(0.2, 10_000, { curves: { testAccuracy: [0.9, 0.2] } });
    const constant = run(0.1, 10_000, {
      confusion: [
        [5, 0],
        [5, 0],
      ],
    });
    const held = [0.801, 0.802, 0.803].map((score) => run(score));
    const steady = widestSpread([grouped('steady', [...held, fallen, constant])])!;
    assert.deepEqual([steady.sd.toFixed(2), steady.n], ['0.10', 3], 'what a failed training scored is no spread');
    assert.match(steady.words, /left out: 2 trainings that broke down or gave one answer for every image$/);
    assert.equal(widestSpread([grouped('fallen', [...held.slice(1), fallen])]), undefined, 'two trainings held');
  });
});

test('the ranking says which trainings broke down, and takes per cent before the mean', () => {
  for (const [dataSet, paper, name] of [
    ['fashion-mnist', 'cnn-lstm-aggregated', 'grid-lstm-length-1-cnn-recipe'],
    ['fashion-mnist', 'cnn-lstm-aggregated', 'model-6'],
    ['mnist', 'lstm-cnn', 'mnist-cnn'],
  ] as const) {
    const { columns, rows } = scoreboard.ranking(dataSet);
    const row = (rows as unknown[][]).find((cells) => cells[columns.indexOf('experiment')] === name)!;
    const cell = (column: string) => row[columns.indexOf(column)];
    const folder = path.join(repositoryRoot, 'results', paper);
    const records = readdirSync(folder)
      .filter((file) => new RegExp(`^${name}-[0-9a-f]{8}-s\\d+\\.json$`).test(file))
      .map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as RunRecord);
    const fell = (scores: number[] = [0]) => Math.max(...scores) - scores.at(-1)! > 0.2;
    assert.equal(
      /broke down/.test(String(cell('classifier'))),
      records.some(({ curves }) => fell(curves['testAccuracy'])),
      name,
    );
    assert.equal(cell('seeds'), records.length);
    const percentages = records.map(({ metrics }) => 100 * metrics['testAccuracy']!);
    assert.equal(cell('test accuracy %'), (percentages.reduce((sum, value) => sum + value, 0) / records.length).toFixed(2), name);
  }
});

test('the reason of a verdict does not say again what its row says', () => {
  assert.equal(
    reasonAlone('Claimed 98.9 %, obtained 84.02 % ± 0.42 (sd) over 10 seeds (−14.88 points, allowed ± 0.83). No reading gives it.'),
    '−14.88 points, allowed ± 0.83. No reading gives it.',
  );
  assert.equal(
    reasonAlone('Claimed at most 10.50 %, obtained 11.23 % over one seed (+0.73 points). Provisional (n = 1).'),
    '+0.73 points. Provisional (n = 1).',
  );
  assert.equal(
    reasonAlone('Difference +0.51 points, 95 % interval +0.05 points to +0.97 points over 5 paired seeds: as claimed.'),
    'As claimed.',
  );
  assert.equal(reasonAlone('Not testable as stated: it is future work.'), 'It is future work.');
  for (const kept of ['Claimed and counted: 32.', 'the report does not say where its curve starts (test digits)'])
    assert.equal(reasonAlone(kept).slice(1), kept.slice(1));
  const { columns, rows } = scoreboard.everyClaim();
  for (const row of rows as unknown[][]) assert.ok(String(row[columns.indexOf('why')]).length > 3, String(row[1]));
});

test('neighbours stand in the ranking once for each K', () => {
  const { columns, rows } = scoreboard.ranking('fashion-mnist');
  const [name, accuracy, experiment] = ['classifier', 'test accuracy %', 'experiment'].map((column) => columns.indexOf(column)) as [
    number,
    number,
    number,
  ];
  const hamming = (rows as unknown[][]).filter((row) => row[experiment] === 'knn-hamming');
  assert.equal(hamming.length, 6);
  assert.equal(hamming.find((row) => row[name] === 'KNN (thresholded), K = 9')?.[accuracy], '79.38');
});

test('a row of claimed and obtained names place and network, and says nothing twice', () => {
  assert.equal(rowName('section 4.2', 'LSTM, 14 × 14, row by row'), 'section 4.2: LSTM, 14 × 14, row by row');
  assert.equal(rowName('table II, row Model I', 'Model I'), 'table II, row Model I');
  assert.equal(rowName('second table, row 6', 'CNN + LSTM, row 6'), 'second table, row 6: CNN + LSTM');
});

test('claims of one place are told apart by network, by metric, or by the number that is reported', () => {
  const claim = (experiment: string, metric: string, value = 90) =>
    ({ paper: 'cnn-lstm-aggregated', measure: { experiment, metric }, value, decimals: 1 }) as unknown as ValueClaim;
  const [two, three, again] = [claim('model-2', 'testAccuracy'), claim('model-3', 'testAccuracy'), claim('model-2', 'testAccuracy', 10.5)];
  assert.equal(subjectOf(two, [two, three]), 'Model II');
  assert.equal(subjectOf(two, [two, claim('model-2', 'trainAccuracy')]), 'test accuracy');
  assert.equal(subjectOf(again, [two, three, again]), 'Model II, reported 10.5 %');
  assert.equal(subjectOf(three, [two, three, again]), 'Model III');
  const ofOneRun = claim('model-2', 'accuracyK5');
  assert.equal(subjectOf(ofOneRun, [ofOneRun]), 'accuracy, K = 5');
});

test('intervals of percentages end at 0 and 100, and the figure says so where one is cut', () => {
  const check = (judged: ReturnType<typeof scoreboard.judgedClaims>, beyond: boolean) => {
    const { description, layout } = scoreboard.claimFigure(judged[0]!.claim.paper, judged)!;
    const title = JSON.stringify(layout.title)
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/ +/g, ' ');
    assert.equal(/cut at 0 and 100/.test(title), beyond, judged[0]!.claim.paper);
    // Distances from what is reported have signs.
    if (!/points above what is reported/.test(description))
      for (const [, low, high] of description.matchAll(/\((-?[\d.]+) to (-?[\d.]+)\)/g))
        assert.ok(Number(low) >= 0 && Number(high) <= 100, `${low} to ${high}`);
  };
  for (const paper of ['lenet5', 'lstm-cnn', 'cnn-lstm-aggregated', 'hilbert-lstm', 'knn-cnn-lstm'] as const) {
    const judged = scoreboard.judgedClaims(paper);
    // A bound is no row of the figure.
    const ends = judged.flatMap(({ claim, verdict }) =>
      claim.kind === 'value' && !claim.bound && claim.unit === '%' && verdict.interval ? verdict.interval : [],
    );
    check(
      judged,
      ends.some((end) => end < 0 || end > 100),
    );
  }
  // Two seeds that lie far apart, as there may be none among the recorded runs.
  const withInterval = (interval: [number, number]) =>
    scoreboard.judgedClaims('hilbert-lstm').map((one) => ({ ...one, verdict: { ...one.verdict, interval } }));
  check(withInterval([-20, 120]), true);
  check(withInterval([20, 80]), false);
});

test('the axis of claimed percentages says how many of all claims it shows', () => {
  const judged = scoreboard.judgedClaims();
  const shown = judged.filter(
    ({ claim, verdict }) => claim.kind === 'value' && !claim.bound && claim.unit === '%' && verdict.mean !== null,
  ).length;
  assert.match(JSON.stringify(scoreboard.distanceFigure()!.layout.title), new RegExp(`${shown} of all ${judged.length} claims`));
});

describe('strips', () => {
  test('every value has its dot, at the edge where it is beyond the limits', () => {
    const values = [1, 1, 1, 40].map((value, index) => ({ row: index < 2 ? 'a' : 'b', value, name: `n${index}`, group: 'g' }));
    const { data, description } = stripPlot(values, { limits: [-10, 10] });
    const { x, y, text } = data[0] as unknown as { x: number[]; y: number[]; text: string[] };
    assert.deepEqual(x, [1, 1, 1, 10]);
    assert.equal(new Set(y).size, 4, 'equal values of one row stand apart');
    assert.ok(y[0]! > 0.5 && y[2]! < 0.5, 'the first row is above the second');
    assert.match(text[3]!, /40/);
    assert.match(description, /1 lie beyond the axis/);
  });

  test('every dot lies within its row and within the axis, however many there are', () => {
    for (let count = 1; count <= 15; count++) {
      const values = Array.from({ length: count }, (_, at) => ({ row: 'a', value: at, name: `n${at}`, group: 'g' }));
      const { data, layout } = stripPlot([...values, { ...values[0]!, row: 'b' }]);
      const heights = (data[0] as unknown as { y: number[] }).y;
      const shifts = heights.slice(0, count).map((height) => height - 1);
      assert.ok(
        shifts.every((shift) => Math.abs(shift) <= 0.35),
        `${count}: ${shifts.join(' ')}`,
      );
      assert.ok(Math.abs(Math.max(...shifts) + Math.min(...shifts)) < 1e-3, `${count}: about the middle of the row`);
      const [low, high] = (layout.yaxis as unknown as { range: [number, number] }).range;
      assert.ok(heights.every((height) => height > low && height < high));
    }
  });
});

test('every network has a name in words, and no two of a report share one', () => {
  const notNetworks = /^(search-|knn-|tsne-|umap-|idc-)/;
  for (const { paper, experiments } of reports) {
    const names = experiments('paper')
      .map(({ recipe }) => recipe.experiment)
      .filter((experiment) => !notNetworks.test(experiment));
    const words = names.map((experiment) => networkName(paper, experiment));
    assert.deepEqual(
      names.filter((experiment, index) => words[index] === experiment),
      [],
      `${paper}: name these in src/papers/names.ts`,
    );
    assert.equal(new Set(words).size, words.length, words.join('\n'));
  }
});

test('every claimed percentage has a row of its own in the picture of its report, and a short name', () => {
  for (const paper of ['lenet5', 'lstm-cnn', 'cnn-lstm-aggregated', 'hilbert-lstm', 'knn-cnn-lstm'] as const) {
    const figure = scoreboard.claimFigure(paper);
    assert.ok(figure, `${paper} has recorded runs`);
    const reported = figure.data.find(({ name }) => name === 'reported') as { y: string[] } | undefined;
    assert.ok(reported && reported.y.length > 0);
    assert.equal(new Set(reported.y).size, reported.y.length, `${paper}: ${reported.y.join('; ')}`);
    for (const name of reported.y) assert.ok(name.length <= 70, name);
  }
});

test('where claimed and obtained would hide each other, the picture of a report shows distances', () => {
  const judged = (values: readonly (readonly [number, number])[]) =>
    values.map(([stated, mean], at) => ({
      claim: {
        ...{ paper: 'hilbert-lstm', id: `c${at}`, place: `table ${at}`, kind: 'value', value: stated, decimals: 1, unit: '%' },
        measure: { experiment: `lstm-14-row-${at}`, metric: 'testAccuracy' },
      },
      verdict: { mean, interval: [mean - 1, mean + 1], n: 3 },
    })) as unknown as ReturnType<typeof scoreboard.judgedClaims>;
  const drawn = (values: readonly (readonly [number, number])[]) => {
    const { data, layout } = scoreboard.claimFigure('hilbert-lstm', judged(values))!;
    const [obtained, reported] = data as unknown as { x: number[]; y: string[]; error_x: { array: number[]; arrayminus: number[] } }[];
    return { obtained: obtained!, reported: reported!, title: JSON.stringify(layout.xaxis) };
  };
  const near = drawn([
    [80, 82],
    [90, 85],
  ]);
  assert.deepEqual(near.obtained.x, [82, 85]);
  assert.deepEqual(near.reported.x, [80, 90]);
  const apart = drawn([
    [10, 11.5],
    [97, 95.5],
  ]);
  assert.deepEqual(apart.obtained.x, [1.5, -1.5]);
  assert.deepEqual(apart.reported.x, [0, 0]);
  assert.deepEqual(apart.obtained.error_x, { ...apart.obtained.error_x, array: [1, 1], arrayminus: [1, 1] });
  assert.match(apart.title, /points above what is reported/);
  assert.match(apart.obtained.y[0]!, /reported 10\.0 %$/);
});
