import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import {
  embeddingScatter,
  type Figure,
  largestPicture,
  learningCurves,
  PictureError,
  rendererProcess,
  renderPng,
  stopRenderer,
} from 'paperlab/figures';

const repository = path.resolve(__dirname, '..', '..');
const installed = process.env['PAPERLAB_VENV'] !== undefined || existsSync(path.join(repository, '.runtime', 'venv'));
const skip = installed ? false : 'no Python environment here: run "npm run setup" to draw still pictures';

const figure = (): Figure => learningCurves([{ name: 'CNN', runs: [[0.1, 0.5, 0.7]] }], { title: 'Curve' });

function sizeOf(png: Buffer): [number, number] {
  assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

async function until(condition: () => boolean, seconds: number): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (condition()) return true;
    await new Promise((done) => setTimeout(done, 50));
  }
  return condition();
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

after(() => stopRenderer());

test('a picture has the size of its figure and stays small', { skip }, async () => {
  const png = await renderPng(figure());
  assert.deepEqual(sizeOf(png), [900, 480]);
  assert.ok(png.length > 3000 && png.length < 150_000, `${png.length} bytes`);
  assert.deepEqual(sizeOf(await renderPng(figure(), { scale: 1.5 })), [1350, 720]);
});

test('one process draws picture after picture, also when they are asked for together', { skip }, async () => {
  const before = rendererProcess();
  const pictures = await Promise.all([renderPng(figure()), renderPng(figure()), renderPng(figure())]);
  assert.deepEqual(pictures.map(sizeOf), [
    [900, 480],
    [900, 480],
    [900, 480],
  ]);
  assert.equal(rendererProcess(), before);
});

test('a picture of 10,000 points stays under the limit', { skip }, async () => {
  const labels = Uint8Array.from({ length: 10_000 }, (_, index) => index % 10);
  const coordinates = Float32Array.from({ length: 20_000 }, (_, at) => Math.sin(at * 12.9898) * 40 + (Math.floor(at / 2) % 10) * 9);
  const names = Array.from({ length: 10 }, (_, label) => `class ${label}`);
  const png = await renderPng(embeddingScatter({ coordinates, labels }, names, { maxPoints: 10_000 }), { scale: 1.5 });
  assert.ok(png.length <= largestPicture, `${png.length} bytes`);
});

test('a renderer that was killed is replaced', { skip }, async () => {
  await renderPng(figure());
  const first = rendererProcess() as number;
  process.kill(first, 'SIGKILL');
  assert.ok(await until(() => !runs(first), 5));
  assert.deepEqual(sizeOf(await renderPng(figure())), [900, 480]);
  assert.notEqual(rendererProcess(), first);
});

test('a renderer that dies in the middle of a picture is replaced, too', { skip }, async () => {
  await renderPng(figure());
  const first = rendererProcess() as number;
  const picture = renderPng(figure());
  setTimeout(() => process.kill(first, 'SIGKILL'), 5);
  assert.deepEqual(sizeOf(await picture), [900, 480]);
});

test('a figure that cannot be drawn says so and harms nothing', { skip }, async () => {
  const broken = { data: 'nonsense', layout: { height: 300 }, description: 'nothing' } as unknown as Figure;
  await assert.rejects(renderPng(broken), PictureError);
  assert.deepEqual(sizeOf(await renderPng(figure())), [900, 480]);
});

/** A program that draws one picture, prints the renderer's process and then does as told. */
function program(then: string): Promise<{ pid: number; child: ReturnType<typeof spawn> }> {
  const code = `const f = require('paperlab/figures'); f.renderPng(f.learningCurves([{ name: 'a', runs: [[0.1, 0.2]] }])).then(() => { console.log('renderer ' + f.rendererProcess()); ${then} });`;
  const child = spawn(process.execPath, ['-e', code], { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const match = /renderer (\d+)/.exec(text);
      if (match) resolve({ pid: Number(match[1]), child });
    });
    child.on('exit', () => reject(new Error(`the program ended without a picture: ${text}`)));
  });
}

test('the renderer keeps no program alive, and goes when the program does', { skip }, async () => {
  const { pid, child } = await program('');
  assert.ok(await until(() => child.exitCode === 0, 8), 'the program ends by itself');
  assert.ok(await until(() => !runs(pid), 5), 'and its renderer with it');
});

test('the renderer goes when its program is killed', { skip }, async () => {
  const { pid, child } = await program('setInterval(() => {}, 1000);');
  child.kill('SIGKILL');
  assert.ok(await until(() => !runs(pid), 8));
});

test('without kaleido the error says what is missing and what to do', async () => {
  stopRenderer();
  const before = process.env['PAPERLAB_VENV'];
  process.env['PAPERLAB_VENV'] = path.join(repository, 'no-such-folder');
  try {
    await assert.rejects(
      renderPng(figure()),
      (error: Error) => error instanceof PictureError && /kaleido.*no-such-folder.*npm run setup/.test(error.message),
    );
  } finally {
    if (before === undefined) delete process.env['PAPERLAB_VENV'];
    else process.env['PAPERLAB_VENV'] = before;
  }
});
