/** Notebook 06's own parts: the filter of its table in a real browser, its links, its lessons. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { stripPlot } from 'paperlab/figures';
import { pairedPoints } from 'paperlab/internal/papers/evidence';
import { networkName } from 'paperlab/internal/papers/names';
import { headingLink, renderTable, repositoryRoot } from 'paperlab/notebook';
import { reports, scoreboard } from 'paperlab/papers';
import type { RunRecord } from 'paperlab/results';
import { findBrowser, launchBrowser } from './browser-support.js';

const table = {
  columns: ['report', 'claim', 'verdict'],
  rows: [
    ['01', 'accuracy', '✓ reproduced, provisional (n = 1)'],
    ['01', 'kappa', '✗ not reproduced'],
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
    assert.equal(links.length, 201);
    const sections = new Set<string>();
    for (const link of links) {
      const [file, anchor] = link.split('#') as [string, string];
      assert.ok(existsSync(path.join(repositoryRoot, 'notebooks', file)), link);
      assert.ok(headings(file).includes(decodeURIComponent(anchor)), link);
      sections.add(link);
    }
    // Tables and figures of their own, not only the table of verdicts.
    assert.ok(sections.size > 8, [...sections].join('\n'));
  });

  test('table 1 is not table 10, and what has no section of its own leads to the verdicts', () => {
    assert.match(headingLink('01', 'table 1, row 3', 'Claimed, obtained, verdict')!, /#Table-1-/);
    assert.match(headingLink('01', 'the text, section 4', 'Claimed, obtained, verdict')!, /#6-Claimed/);
    assert.equal(headingLink('77', 'table 1', 'Claimed, obtained, verdict'), undefined);
  });
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
