/** What set-up compiles, where it differs from the packages' own: arrays whose memory tensors share. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { ourModule, repository } from './setup-clone.js';

interface Binding {
  compilerArguments(kind: string, output: string, platform: string, sources: string[]): string[];
  systemCompiler(): string | undefined;
}

interface Addon {
  hold(array: Float32Array): void;
  letGoHere(): void;
  letGoElsewhere(): void;
  /** References deleted on JavaScript's thread, and on another. */
  deleted(): [number, number];
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'paperlab-native-'));
const tensorflow = path.join(repository, '.runtime', 'tensorflow');

describe('the hold on arrays that tensors share', async () => {
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const { compilerArguments, systemCompiler } = (await ourModule('binding.mjs')) as unknown as Binding;
  const compiler = systemCompiler();
  const skip =
    (!compiler && 'no C++ compiler on this machine') || (!fs.existsSync(tensorflow) && "TensorFlow's libraries for the CPU are not here");

  it('is given up on the thread of JavaScript, whoever drops it', { skip }, () => {
    const output = path.join(folder, 'references.node');
    const source = path.join(repository, 'tests', 'fixtures', 'native', 'references.cc');
    const renamed = ['-Dnapi_delete_reference=watched_delete_reference', '-DORIGINAL="napi_" "delete_reference"'];
    const words = [...renamed, ...compilerArguments('cpu', output, process.platform, [source])];
    execFileSync(compiler!, words, { cwd: path.join(repository, 'node_modules', '@tensorflow', 'tfjs-node-gpu') });
    const holder = { exports: {} };
    process.dlopen(holder, output);
    const addon = holder.exports as Addon;
    const hold = (count: number) => {
      for (let index = 0; index < count; index++) addon.hold(new Float32Array(1000));
    };

    hold(5);
    addon.letGoHere();
    assert.deepEqual(addon.deleted(), [5, 0], 'at once, where JavaScript drops them');
    hold(7);
    addon.letGoElsewhere();
    assert.deepEqual(addon.deleted(), [5, 0], 'another thread only takes note');
    hold(1);
    assert.deepEqual(addon.deleted(), [12, 0], 'the next array lets go of them');
  });
});
