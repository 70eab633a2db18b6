/** One training killed without warning and taken up again; the long series is tests/long/fault-kill. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, withCheckpoint } from './fault-support.js';

test('kill -9 in the middle of a training costs nothing but time: resumed, it ends with the same bits', async () => {
  const undisturbed = await withCheckpoint((checkpoint) => attempt(checkpoint));
  assert.match(undisturbed.digest ?? '', /^[0-9a-f]{64}$/, undisturbed.problem);
  await withCheckpoint(async (checkpoint) => {
    const killed = await attempt(checkpoint, { reports: 17, milliseconds: 3 });
    assert.equal(killed.signal, 'SIGKILL', `it was done before it could be killed: ${JSON.stringify(killed)}`);
    assert.equal(killed.digest, undefined);
    const resumed = await attempt(checkpoint);
    assert.notEqual(resumed.first, undisturbed.first, 'it went on, it did not begin again');
    assert.ok(resumed.reports < undisturbed.reports);
    assert.equal(resumed.digest, undisturbed.digest, resumed.problem);
  });
});
