/** A renderer of still pictures that always dies in the middle: the cell still shows the interactive figure, and says what is missing. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { learningCurves, stopRenderer } from 'paperlab/figures';
import { setArtefactPolicy, show } from 'paperlab/notebook';

interface Sent {
  data: Record<string, unknown>;
}

/** Where tslab's kernel would stand: the module that hands out the writer of displays. */
const kernelModule = path.join(path.sep, 'kernel', 'tslab', 'dist', 'jupyter.js');

test('kaleido dies with every picture: the figure shows without it, and the next one is tried again', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'paperlab-kaleido-'));
  const packages = path.join(folder, 'lib', 'python3.12', 'site-packages');
  const binary = path.join(packages, 'kaleido', 'executable', 'bin', 'kaleido');
  const plotly = path.join(packages, 'plotly', 'package_data', 'plotly.min.js');
  for (const file of [binary, plotly]) mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(plotly, '');
  // It says that it is ready, takes the figure, and is gone.
  const starts = path.join(folder, 'starts');
  writeFileSync(
    binary,
    `#!/bin/sh\necho start >> '${starts}'\necho '{"code": 0, "message": "Success", "result": null}'\nread figure\nkill -9 $$\n`,
    {
      mode: 0o755,
    },
  );
  const sent: Sent[] = [];
  require.cache[kernelModule] = { exports: { lastWriteDisplayData: (output: Sent) => sent.push(output) } } as unknown as NodeJS.Module;
  const before = process.env['PAPERLAB_VENV'];
  process.env['PAPERLAB_VENV'] = folder;
  setArtefactPolicy({ directory: path.join(folder, 'figures') });
  const { write } = process.stdout;
  // What is printed is not looked at here; the test runner's own reports are bytes and pass.
  process.stdout.write = ((...given: Parameters<typeof write>) =>
    typeof given[0] === 'string' || write.apply(process.stdout, given)) as typeof write;
  try {
    for (const id of ['lenet5/fig-5', 'lenet5/fig-6'])
      await show.figure(learningCurves([{ name: 'CNN', runs: [[0.1, 0.5, 0.7]] }], { title: 'Curve' }), id as 'lenet5/fig-5');
  } finally {
    process.stdout.write = write;
    stopRenderer();
    setArtefactPolicy(undefined);
    delete require.cache[kernelModule];
    if (before === undefined) delete process.env['PAPERLAB_VENV'];
    else process.env['PAPERLAB_VENV'] = before;
  }
  try {
    assert.equal(sent.length, 2);
    for (const { data } of sent) {
      assert.ok('application/vnd.plotly.v1+json' in data);
      assert.ok(!('image/png' in data));
      assert.match(String(data['text/plain']), /Learning curves[\s\S]*No still picture of this figure: kaleido ended \(SIGKILL\)/);
    }
    assert.ok(readFileSync(starts, 'utf8').trim().split('\n').length >= 2, 'the second figure starts it again');
    assert.equal(existsSync(path.join(folder, 'figures', 'lenet5', 'fig-5.png')), false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
