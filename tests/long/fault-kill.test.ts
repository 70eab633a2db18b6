/** Twenty kills without warning at seeded moments, in five trainings; every one ends with the bits of the undisturbed run. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { RandomSequence } from 'paperlab/runtime';
import { attempt, withCheckpoint } from '../fault-support.js';

const TRAININGS = 5;
const KILLS = 4;

describe('trainings that are killed again and again', () => {
  let wanted: string | undefined;
  let whole = 0;
  before(async () => {
    const undisturbed = await withCheckpoint((checkpoint) => attempt(checkpoint));
    wanted = undisturbed.digest;
    whole = undisturbed.reports;
    assert.match(wanted ?? '', /^[0-9a-f]{64}$/, undisturbed.problem);
  });

  for (let training = 1; training <= TRAININGS; training++)
    it(`training ${training}: killed ${KILLS} times, resumed each time, the same bits`, async () => {
      const random = new RandomSequence(2026 + training);
      await withCheckpoint(async (checkpoint) => {
        for (let kill = 1; kill <= KILLS; kill++) {
          // Each part is short enough that all kills find the training at work.
          const reports = 1 + Math.floor((random.next() * whole) / (KILLS + 1));
          const part = await attempt(checkpoint, { reports, milliseconds: Math.floor(random.next() * 12) });
          assert.equal(part.signal, 'SIGKILL', `kill ${kill} after ${reports} reports came too late: ${JSON.stringify(part)}`);
        }
        const last = await attempt(checkpoint);
        assert.equal(last.digest, wanted, last.problem);
        assert.ok(last.reports < whole, 'something of the killed parts was kept');
      });
    });
});
