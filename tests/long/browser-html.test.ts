/** The notebooks as committed, converted to pages: every picture is in the page itself, and nothing is asked of another host. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { findBrowser, launchBrowser } from '../browser-support.js';

const repository = path.resolve(__dirname, '..', '..', '..');
const notebooks = path.join(repository, 'notebooks');
const python = path.join(repository, '.runtime', 'venv', 'bin', 'python');

interface Notebook {
  cells: { outputs?: { data?: Record<string, unknown> }[] }[];
}

const picturesIn = (file: string) =>
  (JSON.parse(fs.readFileSync(file, 'utf8')) as Notebook).cells
    .flatMap(({ outputs }) => outputs ?? [])
    .filter(({ data }) => data?.['image/png']).length;

const names = fs.readdirSync(notebooks).filter((name) => name.endsWith('.ipynb') && picturesIn(path.join(notebooks, name)) > 0);
const missing = fs.existsSync(python) ? (names.length > 0 ? false : 'no notebook has outputs yet') : 'not set up: npm run setup';

describe('notebooks as static pages', { skip: missing }, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pages-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  before(() => {
    const offline = ['mathjax_url', 'require_js_url', 'jquery_url', 'mermaid_js_url'].map((name) => `--HTMLExporter.${name}=`);
    const files = names.map((name) => path.join(notebooks, name));
    const words = ['-m', 'nbconvert', '--to', 'html', '--log-level=ERROR', ...offline, '--output-dir', folder, ...files];
    const ended = spawnSync(python, words, { encoding: 'utf8', timeout: 600_000 });
    assert.equal(ended.status, 0, ended.stderr);
  });
  const page = (name: string) => path.join(folder, name.replace('.ipynb', '.html'));

  for (const name of names)
    it(`${name} keeps all its pictures`, () => {
      const found = fs.readFileSync(page(name), 'utf8').match(/<img[^>]*src="data:image\/png;base64,/g)?.length ?? 0;
      assert.equal(found, picturesIn(path.join(notebooks, name)));
    });

  const browserFile = findBrowser();
  it('shows them in a browser without a network', { skip: browserFile ? false : 'no Chromium found' }, async () => {
    const browser = await launchBrowser(browserFile!);
    try {
      const tab = await browser.newPage();
      const asked: string[] = [];
      await tab.route('**/*', (route) => {
        const address = route.request().url();
        if (/^(file|data|blob):/.test(address)) return route.continue();
        asked.push(address);
        return route.abort();
      });
      for (const name of names) {
        await tab.goto(pathToFileURL(page(name)).href);
        const widths: number[] = await tab
          .locator('img')
          .evaluateAll((images: { naturalWidth: number }[]) => images.map((image) => image.naturalWidth));
        assert.ok(widths.filter((width) => width > 50).length >= picturesIn(path.join(notebooks, name)), name);
      }
      assert.deepEqual(asked, []);
    } finally {
      await browser.close();
    }
  });
});
