/** Notebooks as slides: cut where they should be, everything in one page, and readable in a browser without a network. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { findBrowser, launchBrowser } from './browser-support.js';
import { repository } from './setup-clone.js';

interface Cell {
  cell_type: string;
  id: string;
  source: string | string[];
  metadata: { tags?: string[]; slideshow?: { slide_type: string } };
  outputs?: { output_type: string; name?: string; text?: string; data?: Record<string, string> }[];
}
interface Notebook {
  cells: Cell[];
}
interface Slides {
  deckOf(notebook: Notebook): Notebook;
  blocksOf(markdown: string): string[];
  fetchedFrom(html: string): string[];
}

const script = path.join(repository, 'scripts', 'slides.mjs');
const library = () => import(pathToFileURL(script).href) as Promise<Slides>;
const folder = path.join(repository, 'notebooks');
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
const read = (name: string) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as Notebook;
const textOf = ({ source }: Cell) => [source].flat().join('');
const typeOf = ({ metadata }: Cell) => metadata.slideshow!.slide_type;

const words = (source: string, ...tags: string[]): Cell => ({ cell_type: 'markdown', id: 'words', source, metadata: { tags } });
const code = (source: string, outputs: Cell['outputs'] = [], ...tags: string[]): Cell => ({
  cell_type: 'code',
  id: 'code',
  source,
  metadata: { tags },
  outputs,
});
const printed = (text: string, name = 'stdout') => ({ output_type: 'stream', name, text });
const cut = async (...cells: Cell[]) => (await library()).deckOf({ cells }).cells.map((cell) => [typeOf(cell), textOf(cell)]);

describe('cutting a notebook into slides', () => {
  it('headings begin slides, a long text goes over several, fenced code stays whole', async () => {
    const long = Array.from({ length: 9 }, (_, at) => `Paragraph ${at}. ${'word '.repeat(70)}`).join('\n\n');
    const cells = await cut(words('# Title\n\nFirst.'), words('## One\n\n### Part'), words(long));
    assert.deepEqual(cells.slice(0, 4), [
      ['slide', '# Title'],
      ['-', 'First.'],
      ['slide', '## One'],
      ['subslide', '### Part'],
    ]);
    assert.ok(cells.slice(4).filter(([type]) => type === 'subslide').length >= 1);
    assert.deepEqual((await library()).blocksOf('a\n\n```ts\nb\n\n# c\n```\n- d\n- e'), ['a', '```ts\nb\n\n# c\n```\n- d\n- e']);
  });

  it('an answer does not stand beside its question', async () => {
    const cells = await cut(words('# Title\n\n**Predict:** how many?'), code('await show.table(rows);', [printed('42')]));
    assert.deepEqual(cells.at(-1), ['subslide', 'await show.table(rows);']);
  });

  it('tags of the author come first', async () => {
    const cells = await cut(
      words('# Title'),
      words('one', 'slide'),
      words('two', 'fragment'),
      words('say this', 'notes'),
      words('not here', 'skip'),
      words('three\n\n## no slide of its own', 'subslide'),
    );
    assert.deepEqual(cells, [
      ['slide', '# Title'],
      ['slide', 'one'],
      ['fragment', 'two'],
      ['notes', 'say this'],
      ['subslide', 'three'],
      ['-', '## no slide of its own'],
    ]);
  });

  it('solutions go to the notes; warnings, wrong attempts and interactive figures stay away', async () => {
    const { deckOf } = await library();
    const figure = { output_type: 'display_data', data: { 'application/vnd.plotly.v1+json': '{}', 'text/plain': 'a figure' } };
    const { cells } = deckOf({
      cells: [
        words('# Title\n\nSolutions are folded away below.'),
        code('const x = 1;\nawait show.figure(x);', [printed('careful', 'stderr'), figure]),
        code('const mine = 0;', [printed('not yet')], 'exercise'),
        code('the answer', [printed('right')], 'solution'),
      ],
    });
    const all = JSON.stringify(cells);
    assert.doesNotMatch(all, /careful|plotly|not yet|right|folded/);
    assert.equal(cells.find((cell) => textOf(cell) === 'the answer')!.metadata.slideshow!.slide_type, 'notes');
  });

  for (const name of names)
    it(`${name} becomes slides, with all its headings and pictures and no solution outside the notes`, async () => {
      const notebook = read(name);
      const { cells } = (await library()).deckOf(notebook);
      const pages = cells.filter((cell) => /slide$/.test(typeOf(cell)));
      assert.equal(typeOf(cells[0]!), 'slide');
      assert.ok(pages.length >= 8, `${pages.length} slides`);
      assert.equal(new Set(cells.map(({ id }) => id)).size, cells.length, 'ids differ');
      const headings = (some: Cell[]) =>
        some.filter(({ cell_type }) => cell_type === 'markdown').flatMap((cell) => textOf(cell).match(/^#+ .*/gm) ?? []);
      assert.deepEqual(headings(cells), headings(notebook.cells));
      const pictures = (some: Cell[]) => some.flatMap(({ outputs }) => outputs ?? []).filter(({ data }) => data?.['image/png']).length;
      assert.equal(pictures(cells), pictures(notebook.cells));
      const solutions = notebook.cells.filter(({ metadata }) => metadata.tags?.includes('solution')).map(textOf);
      for (const cell of cells) if (typeOf(cell) !== 'notes') assert.ok(!solutions.includes(textOf(cell)), textOf(cell));
    });

  it('sees what a page would fetch, and leaves links alone', async () => {
    const { fetchedFrom } = await library();
    const page = `<a href="https://a.org">a</a><script>const s = '<img src="https://b.org/x.png">';</script><img src="data:image/png;base64,AA">
      <style>/* url(https://c.org) */ p { background: url(#here) }</style>`;
    assert.deepEqual(fetchedFrom(page), []);
    const fetching = `<script src="https://a.org/x.js"></script><link rel="stylesheet" href='//b.org/x.css'><img alt="" src=c.png>
      <style>@import "d.css"; p { background: url("https://e.org/y.png") }</style>`;
    assert.deepEqual(fetchedFrom(fetching), ['https://a.org/x.js', 'c.png', '//b.org/x.css', 'd.css', 'https://e.org/y.png']);
  });
});

const setUp = fs.existsSync(path.join(repository, '.runtime', 'venv'));
describe('npm run slides', { skip: setUp ? false : 'not set up: npm run setup' }, () => {
  const browserFile = findBrowser();
  it('writes a page that a browser without a network shows from the first slide to the last', {
    skip: browserFile ? false : 'no Chromium found (apt install chromium, or name it: CHROMIUM=/path/to/chromium)',
  }, async () => {
    const out = fs.mkdtempSync(path.join(os.tmpdir(), 'slides mit ä '));
    const screenshots = path.join(repository, '.build', 'screenshots');
    fs.mkdirSync(screenshots, { recursive: true });
    const ended = spawnSync(process.execPath, [script, '01', '--out', out], { encoding: 'utf8', timeout: 180_000 });
    assert.equal(ended.status, 0, ended.stdout + ended.stderr);
    const browser = await launchBrowser(browserFile!);
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
      const asked: string[] = [];
      const wrong: string[] = [];
      await page.route('**/*', (route) => {
        const address = route.request().url();
        if (/^(file|data|blob):/.test(address)) return route.continue();
        asked.push(address);
        return route.abort();
      });
      page.on('pageerror', (error) => wrong.push(error.message));
      await page.goto(pathToFileURL(path.join(out, '01-lenet5.html')).href);
      await page.waitForSelector('.reveal.ready');
      const total = (await page.evaluate('Reveal.getTotalSlides()')) as number;
      const empty: number[] = [];
      const pictures = new Set<string>();
      for (let at = 0; at < total; at++) {
        // What is on the screen, not what is in the page: a slide that is there and has no size shows nothing.
        const seen = (await page.evaluate(`(() => {
          const slide = Reveal.getCurrentSlide();
          const inside = (element) => { const box = element.getBoundingClientRect(); return box.width > 5 && box.height > 5 && box.top < innerHeight && box.left < innerWidth && box.bottom > 0; };
          const drawn = [...slide.querySelectorAll('.jp-Cell')].filter(inside);
          const images = [...slide.querySelectorAll('img')].filter((image) => image.naturalWidth > 50 && inside(image));
          const box = document.querySelector('.reveal').getBoundingClientRect();
          return { drawn: box.height > 300 ? drawn.length : 0, images: images.map((image) => image.src.slice(-60)), high: slide.getBoundingClientRect().height };
        })()`)) as { drawn: number; images: string[]; high: number };
        if (seen.drawn === 0) empty.push(at);
        for (const image of seen.images) pictures.add(image);
        assert.ok(seen.high <= 720, `slide ${at} is ${seen.high} pixels high`);
        if (at === 0 || (seen.images.length > 0 && pictures.size === 1))
          await page.screenshot({ path: path.join(screenshots, `slides-${at}.png`) });
        await page.evaluate('Reveal.next()');
      }
      assert.ok(total > 30, `${total} slides`);
      assert.deepEqual(empty, [], 'slides that show nothing');
      assert.equal(
        pictures.size,
        read('01-lenet5.ipynb')
          .cells.flatMap(({ outputs }) => outputs ?? [])
          .filter(({ data }) => data?.['image/png']).length,
      );
      assert.deepEqual(asked, []);
      assert.deepEqual(wrong, []);
    } finally {
      await browser.close();
      fs.rmSync(out, { recursive: true, force: true });
    }
  });

  it('says which notebooks there are when it is asked for another', () => {
    const ended = spawnSync(process.execPath, [script, '99'], { encoding: 'utf8' });
    assert.equal(ended.status, 1);
    assert.match(ended.stderr, /No notebook begins with 99.*choose among: 00-start-here/s);
  });
});
