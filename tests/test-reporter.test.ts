/** A test file whose process crashes is told apart from one with a failed test. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repository } from './setup-clone.js';

test('a crash is named with its signal, an early end with its exit code, a failed test with neither', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'paperlab-reporter-'));
  const reporter = pathToFileURL(path.join(repository, 'scripts', 'library', 'exit-reporter.mjs')).href;
  const ends = {
    killed: "process.kill(process.pid, 'SIGKILL');",
    early: 'process.exit(7);',
    failed: "require('node:test').test('no', () => { throw new Error('no'); });",
    fine: "require('node:test').test('yes', () => {});",
  };
  try {
    const files = Object.entries(ends).map(([name, code]) => {
      const file = path.join(folder, `${name}.test.js`);
      writeFileSync(file, code);
      return file;
    });
    // Without the variable that says "inside a test run": else the inner run would speak the outer one's protocol.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = spawnSync(
      process.execPath,
      ['--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', ...files],
      { encoding: 'utf8', env },
    );
    assert.match(stdout, /killed\.test\.js ended by SIGKILL, not by a failed test/);
    assert.match(stdout, /early\.test\.js ended with exit code 7/);
    assert.doesNotMatch(stdout, /failed\.test|fine\.test/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
