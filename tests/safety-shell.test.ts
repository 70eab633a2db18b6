/** What SECURITY.md promises of our own code and of what it loads. No shell reads what a person typed: programs are started with a list of words, never with a line that a shell takes apart. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { repository } from './setup-clone.js';

/** Each is a way to hand a line to a shell. */
const WAYS = [
  /\bshell\s*:\s*(?!false)/,
  /\bshell\s*=\s*True\b/,
  /\bimport\s*\{[^}]*\bexec(?:Sync)?\b[^}]*\}\s*from\s*['"](?:node:)?child_process['"]/,
  /\bchild_?[pP]rocess['")\]]*\s*\.\s*exec(?:Sync)?\s*\(/,
  /\b(?:spawn|spawnSync|execFile|execFileSync|fork|startGroup|passThrough)\(\s*['"](?:\/bin\/)?(?:sh|bash|zsh|cmd)['"]/,
  /\bos\.(?:system|popen)\s*\(/,
];

const faults = (text: string) => WAYS.filter((way) => way.test(text)).map(String);

function sources(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return ['dist', 'node_modules', '__pycache__'].includes(entry.name) ? [] : sources(file);
    return /\.(mjs|cjs|js|ts|py)$/.test(entry.name) ? [file] : [];
  });
}

describe('starting programs', () => {
  it('knows the ways to reach a shell', () => {
    for (const line of [
      "spawn('ls', [name], { shell: true })",
      "spawn('ls', [name], { shell: '/bin/sh' })",
      'subprocess.run(line, shell=True)',
      "import { exec } from 'node:child_process';",
      "import { spawn, execSync } from 'child_process';",
      "require('child_process').exec(line)",
      "spawnSync('sh', ['-c', line])",
      'os.system(line)',
    ])
      assert.ok(faults(line).length > 0, line);
    for (const line of ['pattern.exec(text)', "import { execFile } from 'node:child_process';", "spawn(python, ['-c', program])"])
      assert.deepEqual(faults(line), [], line);
  });

  it('uses none of them', () => {
    const files = ['scripts', 'src', 'bench', 'vendor'].flatMap((name) => sources(path.join(repository, name)));
    assert.ok(files.length > 50);
    const found = files.flatMap((file) => faults(fs.readFileSync(file, 'utf8')).map((way) => `${path.relative(repository, file)}: ${way}`));
    assert.deepEqual(found, []);
  });
});

describe('packages', () => {
  it('that can do harm and that nothing here needs are not loaded', () => {
    const program = `for (const name of ['paperlab', 'danfojs-node', 'umap-js', 'tsne-js']) require(name);
      console.log(JSON.stringify(Object.keys(require.cache).map((file) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1]))); process.exit();`;
    const ended = spawnSync(process.execPath, ['-e', program], { cwd: repository, encoding: 'utf8', timeout: 120_000 });
    assert.equal(ended.status, 0, ended.stderr);
    const loaded = new Set(JSON.parse(ended.stdout.trim().split('\n').at(-1)!) as string[]);
    assert.ok(loaded.has('danfojs-node') && loaded.has('@tensorflow/tfjs-core'));
    assert.deepEqual(
      ['tar', 'adm-zip', 'express', 'axios', 'ws'].filter((name) => loaded.has(name)),
      [],
    );
  });
});
