/** npm run sweep as a reader starts it: it carries out what is missing, can be killed, and goes on. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { newFolder } from '../results-support.js';
import { sweep } from './sweep-support.js';

test('sweep carries out a run once and says what is left', async () => {
  const folder = newFolder();
  try {
    const flags = ['--profile', 'smoke', '--paper', '04', '--only', '=rnn-14-row', '--seeds', '1'];
    const first = await sweep(folder, flags).ended;
    assert.equal(first.code, 0, first.output);
    assert.match(first.output, /✓ hilbert-lstm\/rnn-14-row, seed 1 .*STAND-IN/);
    assert.match(first.output, /1 runs done, 0 failed, 0 left/);
    assert.deepEqual(readdirSync(folder), ['local'], 'stand-ins are never recorded');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('several at once share the cores and compute what each computes alone, to the last bit', async () => {
  const folders = [newFolder(), newFolder()];
  try {
    const flags = ['--profile', 'smoke', '--paper', '04', '--only', 'rnn-14-row,=cnn', '--seeds', '1', '--at-once'];
    const [together, apart] = [await sweep(folders[0]!, [...flags, '3']).ended, await sweep(folders[1]!, [...flags, '1']).ended];
    assert.equal(together.code, 0, together.output);
    assert.match(together.output, /4 runs done, 0 failed, 0 left/);
    assert.match(apart.output, /4 runs done, 0 failed, 0 left/);
    const numbers = (folder: string) => {
      const place = path.join(folder, 'local', 'hilbert-lstm');
      const files = readdirSync(place).filter((file) => file.endsWith('.bin'));
      return Object.fromEntries(files.sort().map((file) => [file, readFileSync(path.join(place, file)).toString('base64')]));
    };
    assert.equal(Object.keys(numbers(folders[0]!)).length, 4);
    assert.deepEqual(numbers(folders[0]!), numbers(folders[1]!));
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});

test('full runs refuse stand-ins', async () => {
  const folder = newFolder();
  try {
    const { code, output } = await sweep(folder, ['--paper', '02', '--only', 'search-cnn-u64-d20']).ended;
    assert.equal(code, 1, output);
    assert.match(output, /✗ lstm-cnn\/search-cnn-u64-d20, seed 1 failed: .*real/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('stopped by Ctrl-C it ends the run it is at, says so, and leaves no process behind', async () => {
  const folder = newFolder();
  try {
    const { child, ended, output } = sweep(folder, [
      '--profile',
      'lesson',
      '--local',
      '--paper',
      '04',
      '--only',
      'lstm-14-row',
      '--seeds',
      '1',
    ]);
    await pause(12_000);
    child.kill('SIGINT');
    const { code } = await ended;
    assert.equal(code, 130, output());
    assert.match(output(), /■ hilbert-lstm\/lstm-14-row, seed 1 stopped/);
    assert.match(output(), /1 left/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a plan runs nothing; a wrong option is named', async () => {
  const folder = newFolder();
  try {
    const plan = await sweep(folder, ['--plan', '--paper', 'hilbert-lstm']).ended;
    assert.match(plan.output, /hilbert-lstm\/lstm-14-row, seed 1/);
    assert.match(plan.output, /runs missing, about [\d.]+ h on two cores/);
    assert.deepEqual(readdirSync(folder), []);
    const wrong = await sweep(folder, ['--paper', '9']).ended;
    assert.equal(wrong.code, 1);
    assert.match(wrong.output, /There is no report "9"/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
