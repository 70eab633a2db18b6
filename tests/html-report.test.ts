/** The static report: notebooks as pages whose links lead from page to page, and an index, all read from the disk without a network. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBrowser, launchBrowser } from './browser-support.js';
import { ourModule, repository } from './setup-clone.js';

const words = (id: string, source: string) => ({ cell_type: 'markdown', id, metadata: {}, source });
const showing = (id: string, html: string) => ({
  ...{ cell_type: 'code', id, metadata: {}, execution_count: 1, source: 'console.log(\'<a href="far.ipynb">\');' },
  outputs: [{ output_type: 'display_data', metadata: {}, data: { 'text/html': html, 'text/plain': 'x' } }],
});
const notebook = (...cells: object[]) => JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });

const HEADINGS = ['Table 1 · Precision, recall', 'Where does 98.9 % come from?', 'Pools & maps, "sub-sampling"', "The report's <b>"];
/** As the notebooks' own tables write their links. */
const linkTo = (heading: string) => `near.ipynb#${encodeURIComponent(heading.replaceAll(' ', '-'))}`;
const near = notebook(
  words('a', `# Near\n\nWhat *this* [one](far.ipynb) is.\n\n**What it asks.** Is \`x\` small?\n\n[below](#Pools-&-maps,-"sub-sampling")`),
  ...HEADINGS.map((heading, at) => words(`h${at}`, `## ${heading.replace('<', '&lt;')}\n\nWords. ${'More of them. '.repeat(400)}`)),
);
const far = notebook(
  words('b', '# Far &amp; away\n\nFirst words.\n\n## One\n\n**What it asks.** Not this.'),
  words('c', '[beside](near.ipynb) [gone](near.ipynb#No-such-heading) [elsewhere](https://example.org/a.ipynb)'),
  words('d', '[source](../src/index.ts#L3) [page](../teaching/glossary.md#verdicts) [left out](00-start-here.ipynb)'),
  showing(
    'e',
    `<table><tr>${HEADINGS.map((heading) => `<td><a href="${linkTo(heading).replaceAll('&', '&amp;')}">x</a></td>`).join('')}</tr></table>
     <script>const kept = '<a href="far.ipynb">';</script>`,
  ),
);

const unescaped = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const withoutScripts = (html: string) => html.replace(/<script\b[\s\S]*?<\/script>/g, '');
const linksIn = (html: string) => [...withoutScripts(html).matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)].map(([, href]) => unescaped(href!));

/** Why a browser that reads this page from the disk would not arrive. */
function fault(page: string, href: string): string | undefined {
  const address = new URL(href, pathToFileURL(page));
  if (address.protocol !== 'file:') return undefined;
  const [file, hash] = [fileURLToPath(address), address.hash.slice(1)];
  if (!fs.existsSync(file)) return `${href} leads nowhere`;
  if (!hash || !file.endsWith('.html')) return undefined;
  const ids = [...fs.readFileSync(file, 'utf8').matchAll(/\sid="([^"]*)"/g)].map(([, id]) => unescaped(id!));
  return [hash, decodeURIComponent(hash)].some((id) => ids.includes(id)) ? undefined : `${href} names no place of its page`;
}

describe('the static report', () => {
  let home: string;
  let folder: string;
  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');

  before(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'report mit ü '));
    folder = path.join(home, 'report');
    for (const [name, text] of Object.entries({ near, far })) fs.writeFileSync(path.join(home, `${name}.ipynb`), text);
    const { writeHtmlReport } = await ourModule('html-report.mjs');
    const files = ['far', 'near'].map((name) => path.join(home, `${name}.ipynb`));
    assert.equal(await writeHtmlReport(files, folder), 0);
  });
  after(() => fs.rmSync(home, { recursive: true, force: true }));

  it('a wrong link is found', () => {
    const page = path.join(folder, 'index.html');
    assert.match(fault(page, 'nowhere.html')!, /leads nowhere/);
    assert.match(fault(page, 'near.html#nothing')!, /names no place/);
    assert.equal(fault(page, 'near.html#Near'), undefined);
  });

  it('every link of every page leads to a file, and to the heading that it names', () => {
    for (const name of ['index.html', 'near.html', 'far.html']) {
      const links = linksIn(read(name));
      assert.ok(links.length >= 2, name);
      assert.deepEqual(links.map((href) => fault(path.join(folder, name), href)).filter(Boolean), [], name);
    }
  });

  it('a notebook of the set is meant as its page, with the heading; another as the notebook in the clone', () => {
    const links = linksIn(read('far.html'));
    const headings = [...read('near.html').matchAll(/<h2 id="([^"]*)"/g)].map(([, id]) => `near.html#${unescaped(id!)}`);
    assert.equal(headings.length, HEADINGS.length);
    assert.deepEqual(
      links.filter((href) => href.startsWith('near.')),
      ['near.html', 'near.html', ...headings],
    );
    const inClone = (...parts: string[]) =>
      path
        .relative(folder, path.join(repository, ...parts))
        .split(path.sep)
        .map(encodeURIComponent)
        .join('/');
    assert.ok(links.includes(inClone('notebooks', '00-start-here.ipynb')), links.join('\n'));
    assert.ok(links.includes(`${inClone('src', 'index.ts')}#L3`));
    assert.ok(links.includes('https://example.org/a.ipynb'));
  });

  it('what is no link stays as it was', () => {
    assert.ok(read('far.html').includes(`<script>const kept = '<a href="far.ipynb">';</script>`));
  });

  it('the index names the pages in order, with their titles, first words and questions', () => {
    const index = read('index.html');
    const sections = [...index.matchAll(/<h2><a href="([^"]+)">(.*?)<\/a><\/h2>\n([\s\S]*?)\n<\/section>/g)].map(([, ...parts]) => parts);
    assert.deepEqual(sections, [
      ['far.html', 'Far &amp; away', '<p>First words.</p>'],
      ['near.html', 'Near', '<p>What <em>this</em> one is.</p>\n<p><strong>What it asks.</strong> Is <code>x</code> small?</p>'],
    ]);
    assert.doesNotMatch(index, /\bsrc=|<link\b|url\(|@import|<script/);
    assert.match(read('near.html'), /<title>Near<\/title>/);
  });

  const executable = findBrowser();
  it('in a browser: light and dark, a click arrives at its heading, nothing is fetched', {
    skip: executable ? false : 'no browser',
  }, async () => {
    const browser = await launchBrowser(executable!);
    try {
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on('request', (request) => {
        if (!/^(file|data):/.test(request.url())) asked.push(request.url());
      });
      const brightness = async (colorScheme: 'light' | 'dark') => {
        await page.emulateMedia({ colorScheme });
        const [ground, ink] = (await page.evaluate(`['backgroundColor', 'color'].map((name) =>
          getComputedStyle(document.body)[name].match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765)`)) as number[];
        return ground! - ink!;
      };
      await page.goto(pathToFileURL(path.join(folder, 'index.html')).href);
      assert.ok((await brightness('light')) > 0.7 && (await brightness('dark')) < -0.7);
      await page.click('text=Far & away');
      for (const [at, heading] of HEADINGS.entries()) {
        await page.locator('td a').nth(at).click();
        await page.waitForURL(/near\.html#/);
        assert.ok((await page.locator('h2:target').textContent())!.startsWith(heading), heading);
        const top = (await page.evaluate(`document.querySelector(':target').getBoundingClientRect().top`)) as number;
        assert.ok(top >= -1 && top < 400, `${heading}: at ${top}`);
        await page.goBack();
      }
      await page.click('text=All notebooks');
      await page.waitForURL(/index\.html$/);
      assert.deepEqual(asked, []);
    } finally {
      await browser.close();
    }
  });
});
