/**
 * After set-up and data nothing here needs a network: a notebook runs in a network namespace that has only this machine in it, and the
 * system's own count of packets without a way out stays at zero.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { alone, cannotBeAlone } from './network-alone.js';
import { repository } from './setup-clone.js';

describe('without a network', { skip: cannotBeAlone }, () => {
  it('the count sees who tries to get out', () => {
    const dial = 'const s = require("net").connect(80, "192.0.2.1"); s.on("error", (e) => { console.log(e.code); process.exit(0); });';
    const { stdout, tries } = alone([process.execPath, '-e', dial]);
    assert.match(stdout, /ENETUNREACH/);
    assert.ok(tries >= 1);
  });

  it('notebook 00 runs, with figures, and nothing tries to reach another machine', () => {
    const out = fs.mkdtempSync(path.join(os.tmpdir(), 'alone-'));
    try {
      // Where a data set is missing it would be asked for at the addresses of the manifest; then the drawn ones are taken.
      const cache = process.env['PAPERLAB_CACHE'] ?? path.join(repository, 'data', 'cache');
      const sets = ['mnist', 'fashion-mnist', 'idc'];
      const all = sets.every((name) => fs.existsSync(path.join(cache, name)) && fs.readdirSync(path.join(cache, name)).length > 0);
      const script = path.join(repository, 'scripts', 'reproduce.mjs');
      const { status, stdout, stderr, tries } = alone(
        [process.execPath, script, '00', '--profile', 'smoke', '--out', out],
        all ? {} : { STAND_IN: '1' },
      );
      assert.equal(status, 0, stdout + stderr);
      const { cells } = JSON.parse(fs.readFileSync(path.join(out, '00-start-here.ipynb'), 'utf8')) as {
        cells: { outputs?: { data?: Record<string, unknown> }[] }[];
      };
      const pictures = cells.flatMap(({ outputs }) => outputs ?? []).filter(({ data }) => data?.['image/png']).length;
      console.log(`notebook 00 without a network (${all ? 'cached data' : 'stand-ins'}): ${pictures} pictures, ${tries} tries to get out`);
      assert.ok(pictures >= 4);
      assert.equal(tries, 0);
    } finally {
      fs.rmSync(out, { recursive: true, force: true });
    }
  });
});
