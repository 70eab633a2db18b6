/** Every notebook as a reader opens it in JupyterLab without running it; a report's notebook run from top to bottom; a kernel restarted. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { findBrowser, type Lab, launchBrowser, readThrough, type SeenCell, startLab, until } from '../browser-support.js';

const repository = path.resolve(__dirname, '..', '..', '..');
const notebooks = path.join(repository, 'notebooks');
const trial = path.join(repository, 'handouts', `browser-all-${process.pid}`);
const screenshots = path.join(repository, '.build', 'screenshots');
const WORKSPACE = 'browser-all-test';
const panel = '.jp-NotebookPanel:not(.lm-mod-hidden)';

interface Notebook {
  cells: { cell_type: string; source: string | string[]; outputs?: { data?: Record<string, unknown> }[] }[];
  metadata: Record<string, unknown>;
}
const read = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as Notebook;
const names = fs
  .readdirSync(notebooks)
  .filter((name) => name.endsWith('.ipynb'))
  .sort();
const outputsOf = (notebook: Notebook) => notebook.cells.flatMap(({ outputs }) => outputs ?? []);
const sum = (cells: SeenCell[], count: (cell: SeenCell) => number) => cells.reduce((total, cell) => total + count(cell), 0);

const browserFile = findBrowser();
const skip = !fs.existsSync(path.join(repository, '.runtime', 'venv'))
  ? 'JupyterLab is not set up: npm run setup'
  : browserFile
    ? false
    : 'no Chromium found (apt install chromium, or name it: CHROMIUM=/path/to/chromium)';

describe('all notebooks in JupyterLab', { skip }, () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  const requested = new Set<string>();
  before(async () => {
    fs.mkdirSync(trial, { recursive: true });
    fs.mkdirSync(screenshots, { recursive: true });
    lab = await startLab({ PROFILE: 'smoke' });
    browser = await launchBrowser(browserFile!);
    // Narrower than a figure: nothing may be cut off.
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    page.setDefaultTimeout(120_000);
    page.on('request', (request) => requested.add(request.url()));
    page.on('websocket', (socket) => requested.add(socket.url()));
  });
  after(async () => {
    await browser?.close();
    await lab?.stop();
    fs.rmSync(trial, { recursive: true, force: true });
    const workspaces = path.join(repository, '.runtime', 'jupyter', 'workspaces');
    for (const file of fs.existsSync(workspaces) ? fs.readdirSync(workspaces) : [])
      if (file.startsWith(WORKSPACE)) fs.rmSync(path.join(workspaces, file));
  });

  async function open(name: string): Promise<string> {
    const place = `handouts/${path.basename(trial)}/${name}`;
    await page.goto(`http://127.0.0.1:${lab.port}/lab/workspaces/${WORKSPACE}/tree/${place}?reset&token=${lab.token}`);
    await page.waitForSelector(`${panel} .jp-Cell`);
    await page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
    return place;
  }
  const menu = async (title: string, command: string) => {
    await page.click(`.lm-MenuBar-item:has(.lm-MenuBar-itemLabel:text-is("${title}"))`);
    await page.click(`.lm-Menu-item[data-command="${command}"]`);
  };
  const sessions = async () =>
    (await lab.ask('/api/sessions')) as { id: string; path: string; kernel: { id: string; execution_state: string } | null }[];
  const idle = async (place: string) => (await sessions()).some((one) => one.path === place && one.kernel?.execution_state === 'idle');
  const kernelReady = async (place: string) => {
    await until('the kernel is ready', 120, () => idle(place));
    await page.waitForSelector(`${panel} .jp-Notebook-ExecutionIndicator[data-status="idle"]`);
    await page.waitForTimeout(500);
  };
  /** Cells out of sight are not drawn: a screenshot at once after scrolling shows an empty page. */
  const toFirstPicture = async () => {
    const scroller = page.locator(`${panel} .jp-WindowedPanel-outer`);
    await scroller.evaluate((element: { scrollTo(x: number, y: number): void }) => element.scrollTo(0, 0));
    const picture = scroller.locator('.jp-RenderedPlotly').first();
    for (let pages = 0; pages < 30 && (await picture.count()) === 0; pages++) {
      await scroller.evaluate((element: { scrollBy(x: number, y: number): void }) => element.scrollBy(0, 500));
      await page.waitForTimeout(300);
    }
    await picture.scrollIntoViewIfNeeded();
    await page.waitForTimeout(1000);
  };
  const endKernels = async () => {
    for (const { id } of await sessions())
      await fetch(`http://127.0.0.1:${lab.port}/api/sessions/${id}`, {
        method: 'DELETE',
        headers: { Authorization: `token ${lab.token}` },
      });
  };

  for (const name of names)
    it(`${name}: every picture and every table, as committed, not trusted`, async () => {
      const notebook = read(path.join(notebooks, name));
      notebook.metadata['title'] = 'opened';
      fs.writeFileSync(path.join(trial, name), JSON.stringify(notebook));
      const outputs = outputsOf(notebook);
      const wanted = outputs.filter(({ data }) => data && 'image/png' in data).length;
      const tables = outputs.filter(({ data }) => /<table[\s>]/.test([data?.['text/html'] ?? ''].flat().join(''))).length;
      await open(name);
      let cells: SeenCell[] = [];
      const drawn = () => sum(cells, ({ pictures, plots }) => Math.max(pictures, plots));
      await until(`all ${wanted} figures are seen`, 240, async () => {
        cells = await readThrough(page);
        return drawn() >= wanted;
      });
      await toFirstPicture();
      await page.screenshot({ path: path.join(screenshots, `opened-${path.basename(name, '.ipynb')}.png`) });
      console.log(`${name}: ${drawn()} figures, ${sum(cells, (cell) => cell.tables)} tables`);
      assert.ok(wanted > 0);
      assert.equal(drawn(), wanted);
      assert.ok(sum(cells, (cell) => cell.tables) >= tables, `${sum(cells, (cell) => cell.tables)} of ${tables} tables`);
      assert.equal(
        sum(cells, ({ cut }) => cut),
        0,
        'pictures whose right edge is cut off',
      );
      assert.equal(cells.map(({ errors }) => errors).join(''), '');
      await endKernels();
    });

  it('a report runs by "Run All Cells" in the smoke profile; then its kernel restarts and forgets', async () => {
    const name = '05-knn-cnn-lstm.ipynb';
    const notebook = read(path.join(notebooks, name));
    for (const cell of notebook.cells) if (cell.cell_type === 'code') Object.assign(cell, { outputs: [], execution_count: null });
    fs.writeFileSync(path.join(trial, name), JSON.stringify(notebook));
    const place = await open(name);
    await kernelReady(place);
    await menu('Run', 'runmenu:run-all');
    await until(
      'all cells are done',
      900,
      async () => (await idle(place)) && (await page.locator('.jp-InputPrompt:text-is("[*]:")').count()) === 0,
    );
    const code = notebook.cells.filter(({ cell_type, source }) => cell_type === 'code' && [source].flat().join('').trim());
    const haveRun = (cells: SeenCell[]) => cells.filter(({ prompt }) => /\[\d+\]/.test(prompt)).length;
    let cells: SeenCell[] = [];
    await until('the figures are drawn', 180, async () => {
      cells = await readThrough(page);
      return sum(cells, ({ plots, pictures }) => Math.max(plots, pictures)) >= 8;
    });
    await toFirstPicture();
    await page.screenshot({ path: path.join(screenshots, '05-after-run-all.png') });
    assert.equal(
      cells
        .map(({ errors }) => errors)
        .filter((text) => /error/i.test(text))
        .join(''),
      '',
    );
    assert.ok(haveRun(cells) >= code.length * 0.75, `${haveRun(cells)} of ${code.length} code cells show that they have run`);

    await menu('Kernel', 'kernelmenu:restart');
    await page.click('.jp-Dialog .jp-mod-accept');
    await until('the kernel is there again', 120, () => idle(place));
    await page
      .locator(`${panel} .jp-WindowedPanel-outer`)
      .evaluate((element: { scrollTo(x: number, y: number): void }) => element.scrollTo(0, 0));
    await page.waitForTimeout(500);
    const first = page.locator(`${panel} .jp-Cell.jp-CodeCell`).first();
    await first.locator('.cm-content').click();
    await page.keyboard.press('Control+Enter');
    // A kernel that has forgotten counts from the start again.
    await until('the first cell has run in the new kernel', 120, async () =>
      /\[[12]\]/.test((await first.locator('.jp-InputPrompt').textContent()) ?? ''),
    );
    await until('and it has answered', 60, () => idle(place));
    assert.match((await first.locator('.jp-OutputArea').textContent()) ?? '', /Profile smoke/);
  });

  it('no other host was asked for anything', () => {
    const foreign = [...requested].filter(
      (address) => !/^(data|blob|about):/.test(address) && new URL(address).host !== `127.0.0.1:${lab.port}`,
    );
    assert.deepEqual(foreign, []);
  });
});
