/** The profile in use, and where its figures may go. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { artefactDirectory, currentProfile, noteProvenance, type Profile, useProfile } from 'paperlab/results';

test('the argument comes first, then PROFILE, then lesson; an unknown name is refused with the known ones', () => {
  const before = process.env['PROFILE'];
  try {
    delete process.env['PROFILE'];
    assert.equal(useProfile(), 'lesson');
    process.env['PROFILE'] = 'smoke';
    assert.equal(useProfile(), 'smoke');
    assert.equal(useProfile('paper'), 'paper');
    assert.equal(currentProfile(), 'paper');
    process.env['PROFILE'] = 'quick';
    assert.throws(() => useProfile(), /no profile "quick" \(environment variable PROFILE\).*smoke, lesson, paper/);
    assert.throws(() => useProfile('full' as Profile), /argument of useProfile/);
    assert.equal(currentProfile(), 'paper', 'a refused name changes nothing');
  } finally {
    if (before === undefined) delete process.env['PROFILE'];
    else process.env['PROFILE'] = before;
  }
});

test('figures go to figures/ in lesson and paper on real data, and nowhere near it after a stand-in', () => {
  useProfile('smoke');
  assert.equal(artefactDirectory(), 'temporary');
  useProfile('lesson');
  noteProvenance('real');
  assert.equal(artefactDirectory(), path.resolve('figures'));
  useProfile('paper');
  assert.equal(artefactDirectory(), path.resolve('figures'));
  noteProvenance('stand-in');
  noteProvenance('real');
  assert.equal(artefactDirectory(), 'temporary');
});
