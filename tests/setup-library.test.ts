/** The parts of set-up by themselves: which TensorFlow, which Python, how much room, one at a time, up to date or not. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ourModule, pretendClone, repository } from './setup-clone.js';

const temporary = () => fs.mkdtempSync(path.join(os.tmpdir(), 'set-up-'));

describe('finding Python', () => {
  const find = async (answers: Record<string, [number, boolean?]>, environment = {}) =>
    (await ourModule('python.mjs'))['findPython']({
      environment,
      question: (command: string) =>
        answers[command] && {
          command,
          path: `/bin/${command}`,
          version: [3, answers[command]![0]],
          venv: answers[command]![1] ?? true,
          bits: 64,
        },
    });

  it('looks for another interpreter when the first is too new or has no venv', async () => {
    assert.equal((await find({ python3: [14], 'python3.12': [12] })).command, 'python3.12');
    assert.equal((await find({ python3: [11, false], 'python3.13': [13] })).command, 'python3.13');
  });

  it('looks only at the one that PYTHON names', async () => {
    await assert.rejects(find({ python3: [12] }, { PYTHON: '/opt/python' }), /PYTHON=\/opt\/python does not answer/);
  });
});

describe('room on the disk', () => {
  it('is refused before anything is fetched', async () => {
    const { announceNeeds } = await ourModule('machine.mjs');
    const said: string[] = [];
    const needs = [{ name: 'libraries', download: 300, disk: 1300 }];
    assert.throws(
      () => announceNeeds(needs, { say: (text: string) => said.push(text), free: 1e9 }),
      /has 1\.0 GB free; set-up needs 1\.3 GB/,
    );
    assert.match(said.join('\n'), /libraries 300 MB/);
    assert.doesNotThrow(() => announceNeeds(needs, { say: () => {}, free: 2e9 }));
  });
});

describe('one set-up at a time', () => {
  it('makes the second wait for the first', async () => {
    const { withLock } = await ourModule('lock.mjs');
    const folder = temporary();
    const file = path.join(folder, 'lock');
    const finished = path.join(folder, 'finished');
    const program = `import fs from 'node:fs'; import { withLock } from ${JSON.stringify(`file://${repository}/scripts/library/lock.mjs`)};
      const [file, finished] = process.argv.slice(1);
      await withLock(file, async () => {
        console.log('mine');
        await new Promise((done) => setTimeout(done, 400));
        fs.writeFileSync(finished, '');
      });`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', program, file, finished]);
    await new Promise((resolve) => other.stdout.once('data', resolve));
    const said: string[] = [];
    const firstHadFinished = await withLock(file, async () => fs.existsSync(finished), {
      say: (text: string) => said.push(text),
      every: 20,
    });
    assert.ok(firstHadFinished);
    assert.deepEqual(said.length, 1);
    assert.match(said[0]!, new RegExp(`process ${other.pid}`));
    assert.ok(!fs.existsSync(file));
    fs.rmSync(folder, { recursive: true });
  });

  it('takes over the lock of a process that is gone, and of another one under the same number', async () => {
    const { withLock } = await ourModule('lock.mjs');
    const folder = temporary();
    const file = path.join(folder, 'lock');
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    for (const left of [JSON.stringify({ process: gone }), JSON.stringify({ process: process.pid, began: '1' }), 'half a lo']) {
      fs.writeFileSync(file, left);
      assert.equal(await withLock(file, async () => 'in', { every: 5 }), 'in');
    }
    fs.rmSync(folder, { recursive: true });
  });
});

describe('lock files and commands', () => {
  it('package-lock.json names the optional packages of every system', () => {
    const lock = JSON.parse(fs.readFileSync(path.join(repository, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    // An entry that is missing stops `npm ci` on every machine.
    const absent = Object.entries(lock.packages).flatMap(([where, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${where}/node_modules/${name}`],
      ),
    );
    assert.deepEqual(absent, [], 'entries of optional packages left out of package-lock.json by `npm install NAME`');
  });

  it('every npm script names a file that exists', () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    for (const [name, line] of Object.entries(scripts))
      assert.ok(fs.existsSync(path.join(repository, line.split(' ')[1]!)), `npm run ${name}: ${line}`);
  });

  it('every Python package is locked by a hash', () => {
    const folder = path.join(repository, 'scripts', 'python');
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
      const entries = fs.readFileSync(path.join(folder, name), 'utf8').split(/\n(?=[A-Za-z0-9])/);
      for (const entry of entries.filter((text) => /^[A-Za-z0-9]/.test(text)))
        assert.match(entry, /--hash=sha256:[0-9a-f]{64}/, `${name}: ${entry.slice(0, 40)}`);
    }
  });
});

describe('npm start', () => {
  it('says that a port is taken before it sets anything up', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    const clone = pretendClone();
    try {
      const child = spawn(process.execPath, [path.join(clone.folder, 'scripts', 'start.mjs'), '--port', String(port)], {
        cwd: clone.folder,
      });
      let said = '';
      child.stderr.on('data', (text) => {
        said += text;
      });
      assert.equal(await new Promise((resolve) => child.once('close', resolve)), 1);
      assert.match(said, new RegExp(`Port ${port} is in use.*--port ${port + 1}`, 's'));
      assert.ok(!fs.existsSync(path.join(clone.folder, '.runtime')));
    } finally {
      server.close();
      clone.remove();
    }
  });
});
