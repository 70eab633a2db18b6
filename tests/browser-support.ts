/** JupyterLab as `npm start` starts it, and a real browser to look at it with. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { repository } from './setup-clone.js';

/** Where systems put a browser that playwright can drive. */
const BROWSERS = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export const findBrowser = (): string | undefined => BROWSERS.find((file) => file && fs.existsSync(file));

/** No name but this machine's can be looked up in it: what asks for another host fails, and can be noted. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  const rules = '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1';
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [rules, '--disable-dev-shm-usage', ...asRoot] });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export interface Lab {
  port: number;
  token: string;
  /** Everything that the command printed. */
  said(): string;
  /** An answer of the server's own interface, asked with the token. */
  ask(place: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startLab(environment: NodeJS.ProcessEnv = {}): Promise<Lab> {
  const port = await freePort();
  const child: ChildProcess = spawn(
    process.execPath,
    [path.join(repository, 'scripts', 'start.mjs'), '--no-browser', '--port', String(port)],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = new RegExp(`http://127\\.0\\.0\\.1:${port}/\\S*\\?token=(\\w+)`);
  await until('JupyterLab says its address', 180, () => {
    if (child.exitCode !== null) throw new Error(`npm start ended:\n${output}`);
    return address.test(output);
  });
  const token = address.exec(output)![1]!;
  return {
    port,
    token,
    said: () => output,
    ask: async (place) => (await fetch(`http://127.0.0.1:${port}${place}`, { headers: { Authorization: `token ${token}` } })).json(),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Asks again and again until something is so. The time allowed is for the slowest machine; a quick one does not wait. */
export async function until(what: string, seconds: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`After ${seconds} s it is still not so that ${what}.`);
    await sleep(200);
  }
}

/** What a reader finds in one cell. */
export interface SeenCell {
  pictures: number;
  /** Pictures that reach beyond the room for them: their right edge is not seen. */
  cut: number;
  plots: number;
  tables: number;
  errors: string;
  prompt: string;
  text: string;
}

/** Scrolls through a notebook from its top, as a reader does (cells out of sight may not be drawn), and notes what each cell shows. */
export async function readThrough(page: Page): Promise<SeenCell[]> {
  const scroller = '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer';
  const cells = new Map<number, SeenCell>();
  const panel = page.locator(scroller);
  await panel.evaluate((element: PageElement) => element.scrollTo(0, 0));
  for (let last = -1; ; ) {
    await page.waitForTimeout(250);
    for (const [index, cell] of (await panel.locator('.jp-Cell').evaluateAll(lookAtCells as never)) as [number, SeenCell][])
      cells.set(index, cell);
    const now = await panel.evaluate((element: PageElement) => {
      element.scrollBy(0, element.clientHeight * 0.7);
      return element.scrollTop;
    });
    if (now === last) break;
    last = now;
  }
  return [...cells].sort(([one], [other]) => one - other).map(([, cell]) => cell);
}

/** As much of the browser's elements as is used here; the tests' types know no browser. */
interface PageElement {
  textContent: string | null;
  naturalWidth: number;
  scrollTop: number;
  clientHeight: number;
  scrollTo(x: number, y: number): void;
  scrollBy(x: number, y: number): void;
  getBoundingClientRect(): { right: number };
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** Runs in the page. */
function lookAtCells(elements: PageElement[]): [number, SeenCell][] {
  return elements.map((element, place) => {
    const outputs = element.querySelector('.jp-Cell-outputArea');
    const all = (selector: string) => [...(outputs?.querySelectorAll(selector) ?? [])];
    const wrong = all('[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]');
    return [
      Number(element.getAttribute('data-windowed-list-index') ?? place),
      {
        pictures: all('img').filter(({ naturalWidth }) => naturalWidth > 50).length,
        cut: all('img').filter((image) => image.getBoundingClientRect().right > outputs!.getBoundingClientRect().right + 1).length,
        plots: all('.js-plotly-plot .main-svg').length > 0 ? all('.js-plotly-plot').length : 0,
        tables: all('.jp-RenderedHTMLCommon table').length,
        errors: wrong.map(({ textContent }) => textContent).join('\n'),
        prompt: element.querySelector('.jp-InputPrompt')?.textContent ?? '',
        text: outputs?.textContent ?? '',
      },
    ];
  });
}
