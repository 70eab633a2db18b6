/** What a person meets when set-up cannot go on: a message that says what is wrong and what to do, a non-zero exit, nothing half-made. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Clone, calls, pretendClone, pretendNpm, pretendPython } from './setup-clone.js';

let clone: Clone;

function fresh(): void {
  clone = pretendClone();
  pretendNpm(clone);
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']) clone.program(name, 'exit 127');
  // No GPU, no compiler that works.
  clone.program('nvidia-smi', 'exit 1');
  for (const name of ['g++', 'c++', 'clang++']) clone.program(name, 'echo "compiler is broken" >&2; exit 1');
}

/** Runs set-up and checks what every failure has in common. */
function failing(environment: NodeJS.ProcessEnv = {}, node: string[] = []): string {
  const { status, stderr } = clone.run('setup.mjs', [], environment, node);
  assert.notEqual(status, 0, stderr);
  assert.match(stderr, /What to do: .{20}/);
  assert.doesNotMatch(stderr, /^\s+at .*\.mjs:\d+/m, 'a stack trace is not a message');
  return stderr;
}

describe('set-up that cannot go on', () => {
  before(fresh);
  after(() => clone.remove());

  it('names an old Node and the ones that work', () => {
    const old = ['--import', "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'16.20.0'}})"];
    const said = failing({}, old);
    assert.match(said, /Node 16\.20\.0/);
    assert.match(said, /Node 20 or newer/);
    assert.ok(!fs.existsSync(path.join(clone.folder, '.runtime')));
  });

  it('says that there is no Python, and which versions work', () => {
    assert.match(failing(), /Python from 3\.10 to 3\.13 is needed.*No Python was found/s);
  });

  it('refuses a Python that is too new or too old', () => {
    pretendPython(clone, { name: 'python3', minor: 15 });
    pretendPython(clone, { name: 'python3.10', minor: 9 });
    const said = failing();
    assert.match(said, /python3 is 3\.15/);
    assert.match(said, /python3\.10 is 3\.9/);
  });

  it('says which package brings the missing venv module', () => {
    pretendPython(clone, { minor: 11, venv: false });
    assert.match(failing(), /no venv module.*python3\.11-venv/s);
  });

  it('says that the servers cannot be reached', () => {
    pretendPython(clone, { pip: 'echo "Failed to establish a new connection: [Errno -2] Name or service not known" >&2; exit 1' });
    assert.match(failing(), /servers cannot be reached.*HTTPS_PROXY/s);
    assert.ok(!fs.existsSync(path.join(clone.folder, '.runtime', 'venv')), 'nothing half-made in the way');
  });

  it('says that the disk is full', () => {
    pretendPython(clone, { pip: 'echo "OSError: [Errno 28] No space left on device" >&2; exit 1' });
    assert.match(failing(), /disk is full.*free some space/s);
  });

  it('tries a damaged download once more, past the cache, then says so', () => {
    fs.rmSync(path.join(clone.folder, 'calls'), { force: true });
    pretendPython(clone, { pip: 'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE" >&2; exit 1' });
    assert.match(failing(), /arrived damaged/);
    assert.deepEqual(calls(clone), ['venv', 'pip', 'pip']);
    assert.match(fs.readFileSync(path.join(clone.folder, '.runtime', 'setup.log'), 'utf8'), /--no-cache-dir/);
  });

  it('goes on where it stopped, and says what to install when nothing compiles', () => {
    fs.rmSync(path.join(clone.folder, 'calls'), { force: true });
    pretendPython(clone, { pip: 'case "$*" in *compiler.txt*) echo "pip has no compiler" >&2; exit 1;; esac' });
    const said = failing();
    assert.match(said, /pip has no compiler|could not be compiled/);
    // npm was done before; the environment, TensorFlow and the compiler of pip are what was left.
    assert.deepEqual(calls(clone), ['venv', 'pip', 'pip', 'pip']);
  });

  it('falls back to the compiler from pip, and shows what both said', () => {
    const zig = '#!/bin/sh\necho "zig is broken too" >&2\nexit 1';
    pretendPython(clone, {
      pip: `case "$*" in *compiler.txt*) mkdir -p "${path.join(clone.folder, '.runtime', 'ziglang.partial', 'ziglang')}"; printf '%s\\n' '${zig.split('\n').join("' '")}' > "${path.join(clone.folder, '.runtime', 'ziglang.partial', 'ziglang', 'zig')}"; chmod +x "${path.join(clone.folder, '.runtime', 'ziglang.partial', 'ziglang', 'zig')}";; esac`,
    });
    fs.copyFileSync(path.join(clone.programs, 'python3'), path.join(clone.folder, '.runtime', 'venv', 'bin', 'python'));
    clone.program('g++', 'case "$1" in --version) exit 0;; esac; echo "compiler is broken" >&2; exit 1');
    const said = failing();
    assert.match(said, /compiler is broken/);
    assert.match(said, /zig is broken too/);
    assert.match(said, /apt install g\+\+/);
  });

  it('says that a folder cannot be written to', () => {
    const other = pretendClone();
    try {
      // A folder in which nobody may write, the administrator included.
      fs.symlinkSync('/proc/self/task', path.join(other.folder, '.runtime'));
      const { status, stderr } = other.run('setup.mjs');
      assert.equal(status, 1);
      assert.match(stderr, /cannot be written to/);
    } finally {
      other.remove();
    }
  });

  it('refuses a runtime that does not exist and an unknown option', () => {
    assert.match(failing({ RUNTIME: 'tpu' }), /RUNTIME=tpu is not known/);
    const { status, stderr } = clone.run('start.mjs', ['--prot', '1']);
    assert.equal(status, 1);
    assert.match(stderr, /--prot.*npm start -- \[--no-browser\]/s);
  });
});
