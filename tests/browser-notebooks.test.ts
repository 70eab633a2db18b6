/** JupyterLab as a reader meets it: the server that `npm start` starts, and notebooks in a real browser. Pictures of it: .build/screenshots. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findBrowser, type Lab, launchBrowser, readThrough, type SeenCell, startLab, until } from './browser-support.js';
import { repository } from './setup-clone.js';

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
}
interface Notebook {
  cells: { cell_type: string; source: string | string[]; outputs?: Output[]; execution_count?: number | null }[];
  metadata: Record<string, unknown>;
}

const WORKSPACE = 'browser-test';
const panel = '.jp-NotebookPanel:not(.lm-mod-hidden)';
/** The copies lie in a folder that git ignores; the notebooks themselves are only looked at. */
const trial = path.join(repository, 'handouts', `browser-${process.pid}`);
const screenshots = path.join(repository, '.build', 'screenshots');
const browserFile = findBrowser();
const setUp = fs.existsSync(path.join(repository, '.runtime', 'venv'));
const noLab = setUp ? false : 'JupyterLab is not set up: npm run setup';
const noBrowser = noLab || (browserFile ? false : 'no Chromium found (apt install chromium, or name it: CHROMIUM=/path/to/chromium)');

const read = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as Notebook;
/** Whether JupyterLab has saved outputs. While it writes, a file is cut short: not saved yet. */
function hasSavedOutputs(file: string): boolean {
  try {
    return read(file).cells.some(({ outputs }) => (outputs ?? []).length > 0);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const total = (cells: SeenCell[], what: 'pictures' | 'plots' | 'tables' | 'cut') => cells.reduce((sum, cell) => sum + cell[what], 0);

/** A training that would take hours, begun by a cell's first stretch as readers' own cells do; then a cell that uses the model. */
const CELLS = [
  `import { seeded, show, tf, train } from 'paperlab';
const layers = () => [tf.layers.dense({ inputShape: [16], units: 64 }), tf.layers.dense({ units: 2, activation: 'softmax' })];
const model = seeded(1, () => tf.sequential({ layers: layers() }));
const examples = { inputs: new Float32Array(16 * 4000).fill(0.5), shape: [16], labels: new Uint8Array(4000), count: 4000 };`,
  `const progress = show.progress('a long training');
await train(model, examples, {
  optimizer: { kind: 'sgd', learningRate: 0.01 }, loss: 'sparseCategoricalCrossentropy',
  epochs: 100000, batchSize: 4, seed: 1, onProgress: (state) => progress.update(state),
});
progress.stopped();`,
  `const answer = model.predict(tf.zeros([3, 16])) as ReturnType<typeof tf.zeros>;
console.log('outputs:', answer.shape.join(' × '));`,
];
/** "Interrupt" kills the kernel if its launcher does not hand SIGINT back after each cell's first stretch. */
const KNOWN = 'scripts/kernel/launch.cjs does not yet register SIGINT again after vm.runInThisContext';
const launcherKeepsInterrupts = /rawListeners\('SIGINT'\)/.test(
  fs.readFileSync(path.join(repository, 'scripts', 'kernel', 'launch.cjs'), 'utf8'),
);

function write(name: string, notebook: Notebook): string {
  fs.writeFileSync(path.join(trial, name), JSON.stringify(notebook));
  return `handouts/${path.basename(trial)}/${name}`;
}

describe('JupyterLab as npm start starts it', { skip: noLab }, () => {
  let lab: Lab;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const requested = new Set<string>();

  before(async () => {
    fs.mkdirSync(trial, { recursive: true });
    fs.mkdirSync(screenshots, { recursive: true });
    lab = await startLab({ PROFILE: 'smoke' });
    if (!browserFile) return;
    browser = await launchBrowser(browserFile);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(90_000);
    context.on('request', (request) => requested.add(request.url()));
    page = await context.newPage();
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

  async function open(place: string) {
    await page.goto(`http://127.0.0.1:${lab.port}/lab/workspaces/${WORKSPACE}/tree/${place}?reset&token=${lab.token}`);
    await page.waitForSelector(`${panel} .jp-Cell`);
    await page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
  }
  const picture = (name: string) => page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  /** Notebook 00 page by page. */
  const picture00 = async (name: string) => {
    for (const page of [1, 2, 3, 4, 5]) {
      await scrollTo(page);
      await picture(`${name}-${page}`);
    }
  };
  const scrollTo = async (pages: number) => {
    await page.locator(`${panel} .jp-WindowedPanel-outer`).evaluate(
      (element: { scrollTo(x: number, y: number): void }, down: number) => {
        element.scrollTo(0, down);
      },
      (pages - 1) * 1200,
    );
    await page.waitForTimeout(400);
  };
  const menu = async (title: string, command: string) => {
    await page.click(`.lm-MenuBar-item:has(.lm-MenuBar-itemLabel:text-is("${title}"))`);
    await page.click(`.lm-Menu-item[data-command="${command}"]`);
  };
  const kernels = async () => (await lab.ask('/api/sessions')) as { path: string; kernel: { execution_state: string } | null }[];
  const kernelIdle = async (place: string) => (await kernels()).some((one) => one.path === place && one.kernel?.execution_state === 'idle');
  /** Who runs cells before the kernel is there is asked which kernel to take; a reader waits, and so do we. */
  const kernelReady = async (place: string) => {
    await until('the kernel is ready', 90, () => kernelIdle(place));
    await page.waitForSelector(`${panel} .jp-Notebook-ExecutionIndicator[data-status="idle"]`);
    await page.waitForTimeout(500);
  };

  it('listens on this machine alone and asks for its token', async () => {
    assert.match(lab.token, /^[0-9a-f]{48}$/);
    for (const place of ['/api/contents', '/api/kernels', '/api/sessions', '/files/package.json']) {
      const answer = await fetch(`http://127.0.0.1:${lab.port}${place}`, { redirect: 'manual' });
      assert.ok([302, 401, 403].includes(answer.status), `${place} without a token: ${answer.status}`);
      const wrong = await fetch(`http://127.0.0.1:${lab.port}${place}?token=${'0'.repeat(48)}`, { redirect: 'manual' });
      assert.ok([302, 401, 403].includes(wrong.status), `${place} with a wrong token: ${wrong.status}`);
    }
    const others = Object.values(os.networkInterfaces()).flatMap((list) => (list ?? []).filter(({ internal }) => !internal));
    for (const { address, family } of others.filter((one) => one.family === 'IPv4')) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = net.connect({ host: address, port: lab.port, timeout: 2000 });
        socket
          .on('connect', () => resolve(true))
          .on('error', () => resolve(false))
          .on('timeout', () => resolve(false));
        socket.on('connect', () => socket.destroy());
      });
      assert.equal(reached, false, `it answers on ${family} ${address} as well`);
    }
  });

  it('runs notebook 00 by "Run All Cells": interactive figures, a finished progress line, no error', { skip: noBrowser }, async () => {
    const place = write('run.ipynb', read(path.join(repository, 'notebooks', '00-start-here.ipynb')));
    await open(place);
    await kernelReady(place);
    await menu('Run', 'runmenu:run-all');
    await until(
      'all cells are done',
      240,
      async () => (await kernelIdle(place)) && (await page.locator('.jp-InputPrompt:text-is("[*]:")').count()) === 0,
    );
    let cells: SeenCell[] = [];
    await until('the figures are drawn', 60, async () => {
      cells = await readThrough(page);
      return total(cells, 'plots') >= 4;
    });
    await picture00('00-after-run-all');
    const code = read(path.join(trial, 'run.ipynb')).cells.filter((cell) => cell.cell_type === 'code');
    const numbered = cells.filter(({ prompt }) => /\[\d+\]/.test(prompt));
    assert.equal(numbered.length, code.length, `${numbered.length} of ${code.length} code cells have run`);
    assert.equal(cells.map(({ errors }) => errors).join(''), '');
    assert.ok(total(cells, 'tables') >= 1);
    assert.match(cells.map(({ text }) => text).join('\n'), /✓ a first network · \d+ epochs · /);
    await menu('File', 'docmanager:save');
    await until('the run is saved', 30, () => hasSavedOutputs(path.join(trial, 'run.ipynb')));
  });

  it('shows every figure and table of a notebook that is opened, not run, and not trusted', { skip: noBrowser }, async () => {
    const committed = read(path.join(repository, 'notebooks', '00-start-here.ipynb'));
    const shown = committed.cells.some(({ outputs }) => (outputs ?? []).length > 0);
    // A notebook without outputs has nothing to show; then the run above takes its place, changed by a word so that its signature is void.
    const notebook = shown ? committed : read(path.join(trial, 'run.ipynb'));
    notebook.metadata['title'] = 'opened';
    await open(write('opened.ipynb', notebook));
    const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
    const wanted = outputs.filter(({ data }) => data && 'image/png' in data).length;
    const tables = outputs.filter(({ data }) => /<table[\s>]/.test([data?.['text/html'] ?? ''].flat().join(''))).length;
    // JupyterLab's Plotly renderer shows the picture that comes with a figure until a reader needs more, then draws it.
    let cells: SeenCell[] = [];
    const drawn = () => cells.reduce((sum, { pictures, plots }) => sum + Math.max(pictures, plots), 0);
    await until('every figure is drawn', 90, async () => {
      cells = await readThrough(page);
      return drawn() >= wanted;
    });
    await picture00('00-opened-untrusted');
    assert.ok(wanted >= 4, `${wanted} pictures in the file`);
    assert.equal(drawn(), wanted);
    assert.equal(total(cells, 'cut'), 0, 'pictures whose right edge is cut off');
    assert.ok(total(cells, 'tables') >= tables && tables > 0, `${total(cells, 'tables')} of ${tables} tables`);
    assert.equal(cells.map(({ errors }) => errors).join(''), '');
  });

  const known = launcherKeepsInterrupts ? {} : { todo: KNOWN };
  it('stops a training by the button in the toolbar, and the next cell works with the model', { skip: noBrowser, ...known }, async () => {
    const cells = CELLS.map((source) => ({ cell_type: 'code', metadata: {}, source, outputs: [], execution_count: null }));
    const { metadata } = read(path.join(repository, 'notebooks', '00-start-here.ipynb'));
    const place = write('interrupt.ipynb', { cells, metadata, nbformat: 4, nbformat_minor: 4 } as Notebook);
    await open(place);
    await kernelReady(place);
    const cell = (index: number) => page.locator(`${panel} .jp-Cell`).nth(index);
    const shown = async (index: number) => (await cell(index).locator('.jp-OutputArea').textContent()) ?? '';
    // The browser answers a key with [*] at once; where it was not listening yet, the key is pressed again, as a reader would.
    const run = async (index: number) => {
      const prompt = cell(index).locator('.jp-InputPrompt');
      const unsent = await prompt.textContent();
      for (let presses = 0; presses < 3 && (await prompt.textContent()) === unsent; presses++) {
        await cell(index).locator('.cm-content').click();
        await page.keyboard.press('Control+Enter');
        for (let waited = 0; waited < 25 && (await prompt.textContent()) === unsent; waited++) await page.waitForTimeout(200);
      }
      assert.notEqual(await prompt.textContent(), unsent, `cell ${index + 1} was sent to the kernel`);
    };
    await run(0);
    await run(1);
    await until('the progress is shown', 90, async () => /a long training · \d+ %/.test(await shown(1)));
    const first = await shown(1);
    await until('the progress moves on', 30, async () => (await shown(1)) !== first);
    await picture('training');
    await page.click(`${panel} .jp-NotebookPanel-toolbar [data-command="notebook:interrupt-kernel"]`);
    await until('the training has stopped', 20, async () => /■ a long training stopped/.test(await shown(1)));
    await until('the kernel is idle', 20, () => kernelIdle(place));
    await run(2);
    await until('the next cell has run', 30, async () => /outputs: 3 × 2/.test(await shown(2)));
    await picture('interrupted');
  });

  it('asks no other host for anything', { skip: noBrowser }, () => {
    const addresses = [...requested].filter((address) => !/^(data|blob|about):/.test(address));
    assert.ok(addresses.length > 20, 'requests were noted');
    const foreign = addresses.filter((address) => new URL(address).host !== `127.0.0.1:${lab.port}`);
    assert.deepEqual(foreign, []);
  });
});
