/** One USB stick, for real: a bundle is packed, unpacked elsewhere, set up without any network, and a notebook runs there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { alone, cannotBeAlone } from '../network-alone.js';
import { repository } from '../setup-clone.js';

describe('a laptop of the class', { skip: cannotBeAlone }, () => {
  it('has nothing but the archive, Node and Python, and runs notebook 00', (context) => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'laptop ä '));
    try {
      const archive = path.join(home, 'stick.tar');
      const packed = spawnSync(process.execPath, [path.join(repository, 'scripts', 'bundle.mjs'), '--students', '--out', archive], {
        encoding: 'utf8',
        timeout: 600_000,
      });
      // Packing fetches; where there is no network there is nothing to try.
      if (/network|index|registry|offline/i.test(packed.stderr) && packed.status !== 0) return context.skip(packed.stderr.trim());
      assert.equal(packed.status, 0, packed.stdout + packed.stderr);
      assert.equal(spawnSync('tar', ['-xf', archive, '-C', home]).status, 0);
      const clone = path.join(home, 'paperlab');
      fs.rmSync(archive);

      // Caches of npm and pip would be as good as a network.
      const bare = { HOME: path.join(home, 'user'), npm_config_cache: path.join(home, 'no-npm'), PIP_CACHE_DIR: path.join(home, 'no-pip') };
      const here = (...words: string[]) => {
        const [script, ...rest] = words;
        return alone([process.execPath, path.join(clone, 'scripts', script!), ...rest], { ...bare, DATA_MIRROR: '' }, 10);
      };
      const setUp = here('setup.mjs');
      assert.equal(setUp.status, 0, setUp.stdout + setUp.stderr);
      assert.match(setUp.stdout + setUp.stderr, /comes from the bundle/);
      assert.equal(setUp.tries, 0, 'set-up asked nothing of a network');
      // The tissue may not be passed on: it is asked for in vain, and drawn.
      const ended = here('reproduce.mjs', '--profile', 'smoke', '--out', home, '00');
      assert.equal(ended.status, 0, ended.stdout + ended.stderr);
      const written = JSON.parse(fs.readFileSync(path.join(home, '00-start-here.ipynb'), 'utf8')) as {
        cells: { outputs?: { data?: Record<string, unknown> }[] }[];
      };
      const pictures = written.cells.flatMap(({ outputs }) => outputs ?? []).filter(({ data }) => data?.['image/png']).length;
      context.diagnostic(`${pictures} pictures in notebook 00`);
      assert.ok(pictures >= 4);
    } finally {
      fs.rmSync(home, { recursive: true, force: true });
    }
  });
});
