/** show.window: nodeplotlib's page where the network is there, words where it is not. Neither the network nor a browser is touched here. */
import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { learningCurves } from 'paperlab/figures';
import { show } from 'paperlab/notebook';

const figure = learningCurves([{ name: 'CNN', runs: [[0.1, 0.5, 0.7]] }], { title: 'Curve' });
const page = require.resolve('nodeplotlib');
const opened: unknown[][] = [];

/** Stands where nodeplotlib would, which starts a server and a browser. */
beforeEach(() => {
  opened.length = 0;
  const stand = new (require('node:module') as typeof import('node:module'))(page);
  stand.exports = { plot: (...given: unknown[]) => opened.push(given) };
  stand.filename = page;
  stand.loaded = true;
  require.cache[page] = stand;
});

afterEach(() => {
  mock.restoreAll();
  delete require.cache[page];
});

const answer = (lookup: (host: string) => Promise<unknown>) => mock.method(dns, 'lookup', lookup as typeof dns.lookup);

/** What is printed while the work goes on. The test runner's own reports are bytes and pass. */
async function printed(work: () => Promise<unknown>): Promise<string> {
  const write = process.stdout.write;
  let text = '';
  process.stdout.write = ((...given: Parameters<typeof write>) => {
    if (typeof given[0] !== 'string') return write.apply(process.stdout, given);
    text += given[0];
    return true;
  }) as typeof write;
  try {
    await work();
    return text;
  } finally {
    process.stdout.write = write;
  }
}

test('with a network the page gets the data and the layout of the figure', async () => {
  const lookup = answer(async () => ({ address: '192.0.2.1', family: 4 }));
  assert.equal(await printed(() => show.window(figure)), '');
  assert.deepEqual(lookup.mock.calls[0].arguments, ['cdn.plot.ly']);
  assert.deepEqual(opened, [[figure.data, figure.layout]]);
});

test('without a network it says why there is no window, what to do, and what the figure shows', async () => {
  answer(async () => {
    throw new Error('ENOTFOUND');
  });
  const text = await printed(() => show.window(figure));
  assert.match(text, /window cannot be shown.*cdn\.plot\.ly.*show\.figure needs no network/);
  assert.match(text, /Learning curves .* 70\.00 %/);
  assert.deepEqual(opened, []);
});

test('a network that never answers is given up after three seconds', async () => {
  answer(() => new Promise(() => {}));
  const started = performance.now();
  assert.match(await printed(() => show.window(figure)), /window cannot be shown/);
  assert.ok(performance.now() - started >= 2900);
  assert.deepEqual(opened, []);
});
