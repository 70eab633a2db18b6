/**
 * Still pictures of figures: one long-lived kaleido process turns Plotly figures into PNGs, one JSON line each way.
 * It starts with the first picture, is replaced when it dies, and never keeps this process alive.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { shrinkPng } from './png.js';
import { figureWidth } from './theme.js';
import type { Figure } from './types.js';

/** No still picture could be made; the interactive figure is not affected. */
export class PictureError extends Error {
  override name = 'PictureError';
}

export interface RenderOptions {
  width?: number;
  height?: number;
  /** Pixels per pixel of the figure; default 1; less where the file would be too large. */
  scale?: number;
  /** Give up after so many seconds; default 60. */
  timeoutSeconds?: number;
}

/** No picture is larger than this; the aim is 150 kB. */
export const largestPicture = 400_000;

interface Installation {
  binary: string;
  folder: string;
  plotly: string;
}

/** The repository's root, seen from src/dist/figures. */
const repository = path.resolve(__dirname, '..', '..', '..');

function sitePackages(environment: string): string[] {
  const found = [path.join(environment, 'Lib', 'site-packages')];
  const lib = path.join(environment, 'lib');
  if (existsSync(lib)) for (const name of readdirSync(lib)) found.push(path.join(lib, name, 'site-packages'));
  return found.filter((folder) => existsSync(folder));
}

/** Where kaleido and plotly.js lie. PAPERLAB_VENV names another Python environment. */
function installation(): Installation {
  const environment = process.env['PAPERLAB_VENV'] ?? path.join(repository, '.runtime', 'venv');
  for (const packages of sitePackages(environment)) {
    const folder = path.join(packages, 'kaleido', 'executable');
    const plotly = path.join(packages, 'plotly', 'package_data', 'plotly.min.js');
    const binary = path.join(folder, 'bin', 'kaleido');
    if (existsSync(binary) && existsSync(plotly)) return { binary, folder, plotly };
  }
  throw new PictureError(`kaleido, which draws the still pictures, is not in ${environment}. Run "npm run setup" to put it there.`);
}

interface Answer {
  code: number;
  message: string | null;
  result: string | null;
}

/** One kaleido process and the lines that go through it. */
class Renderer {
  private buffer = '';
  private errors = '';
  private waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  private ended: PictureError | undefined;
  readonly ready: Promise<void>;

  constructor(private readonly process: ChildProcessWithoutNullStreams) {
    process.stdout.setEncoding('utf8');
    process.stdout.on('data', (text: string) => this.read(text));
    process.stderr.setEncoding('utf8');
    process.stderr.on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-2000);
    });
    process.stdin.on('error', () => {});
    process.on('error', (error) => this.end(`kaleido could not be started: ${error.message}`));
    process.on('exit', (code, signal) => this.end(`kaleido ended (${signal ?? `code ${code}`}) ${this.lastError()}`.trim()));
    this.ready = this.line().then(() => {});
    this.ready.catch(() => {});
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get alive(): boolean {
    return this.ended === undefined;
  }

  private lastError(): string {
    const lines = this.errors.split('\n').filter((text) => text && !text.includes('WARNING'));
    return lines.length > 0 ? `saying: ${lines[lines.length - 1]}` : '';
  }

  private end(reason: string) {
    this.ended ??= new PictureError(reason);
    this.waiting?.reject(this.ended);
    this.waiting = undefined;
  }

  private read(text: string) {
    this.buffer += text;
    const end = this.buffer.indexOf('\n');
    if (end < 0) return;
    const line = this.buffer.slice(0, end);
    this.buffer = this.buffer.slice(end + 1);
    this.waiting?.resolve(line);
    this.waiting = undefined;
  }

  private line(): Promise<string> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  async ask(request: object): Promise<Answer> {
    await this.ready;
    const answer = this.line();
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(await answer) as Answer;
  }

  /** While a picture is awaited the process may be waited for; otherwise it must not keep us alive. */
  hold(on: boolean) {
    for (const part of [this.process, this.process.stdout, this.process.stderr, this.process.stdin] as unknown as {
      ref?: () => void;
      unref?: () => void;
    }[]) {
      if (on) part.ref?.();
      else part.unref?.();
    }
  }

  stop() {
    this.end('kaleido was stopped');
    if (!this.process.pid) return;
    try {
      this.process.kill('SIGKILL');
    } catch {
      // Already gone.
    }
  }
}

let renderer: Renderer | undefined;
let queue: Promise<unknown> = Promise.resolve();

function start(): Renderer {
  const { binary, folder, plotly } = installation();
  // The wheel's own start script breaks on paths with spaces, so its few settings are made here; plotly.js is named by an address for the same reason.
  const child = spawn(
    binary,
    [
      'plotly',
      `--plotlyjs=${pathToFileURL(plotly).href}`,
      '--disable-gpu',
      '--no-sandbox',
      '--allow-file-access-from-files',
      '--disable-breakpad',
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        TMPDIR: process.env['TMPDIR'],
        LD_LIBRARY_PATH: path.join(folder, 'lib'),
        FONTCONFIG_PATH: path.join(folder, 'etc', 'fonts'),
        XDG_DATA_HOME: path.join(folder, 'xdg'),
      },
    },
  );
  return new Renderer(child);
}

process.once('exit', () => renderer?.stop());

/** The running renderer's process id, for tests; undefined before the first picture. */
export function rendererProcess(): number | undefined {
  return renderer?.alive ? renderer.pid : undefined;
}

/** Ends the renderer now; the next picture starts a new one. */
export function stopRenderer(): void {
  renderer?.stop();
  renderer = undefined;
}

async function withLimit<Value>(work: Promise<Value>, seconds: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PictureError(`the picture was not ready after ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

async function once(request: object, seconds: number): Promise<Buffer> {
  if (!renderer?.alive) renderer = start();
  const current = renderer;
  current.hold(true);
  try {
    const { code, message, result } = await withLimit(current.ask(request), seconds);
    if (code !== 0 || !result) throw new PictureError(`kaleido could not draw the figure: ${message ?? `code ${code}`}`);
    return Buffer.from(result, 'base64');
  } catch (error) {
    if (error instanceof PictureError && error.message.includes('not ready after')) current.stop();
    throw error;
  } finally {
    current.hold(false);
  }
}

async function draw(figure: Figure, options: RenderOptions): Promise<Buffer> {
  const layout = figure.layout as { width?: number; height?: number };
  const width = options.width ?? layout.width ?? figureWidth;
  const height = options.height ?? layout.height ?? 480;
  const seconds = options.timeoutSeconds ?? 60;
  // Buttons and sliders move nothing in a still picture.
  const { updatemenus: _, sliders: __, ...still } = figure.layout as Record<string, unknown>;
  const data = { data: figure.data, layout: { ...still, width, height } };
  let smallest: Buffer | undefined;
  const wanted = options.scale ?? 1;
  for (const scale of [wanted, ...[1.5, 1, 0.75, 0.5].filter((smaller) => smaller < wanted)]) {
    const request = { data, format: 'png', width, height, scale };
    let picture: Buffer;
    try {
      picture = await once(request, seconds);
    } catch (error) {
      // A process that died between two pictures, or during this one, is replaced once.
      if (renderer?.alive) throw error;
      picture = await once(request, seconds);
    }
    smallest = shrinkPng(picture);
    if (smallest.length <= largestPicture) break;
  }
  return smallest as Buffer;
}

/** The figure as a PNG. Pictures are drawn one after another. Rejects with a PictureError that says why there is none. */
export function renderPng(figure: Figure, options: RenderOptions = {}): Promise<Buffer> {
  const picture = queue.then(() => draw(figure, options));
  queue = picture.catch(() => {});
  return picture;
}
