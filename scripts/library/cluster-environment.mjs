/** Ray's own Python environment, installed when a sweep over machines is first asked for; nothing else needs it. */
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { progress } from './log.mjs';
import { announceNeeds } from './machine.mjs';
import { inRoot, requirements, runtimeFolder } from './paths.mjs';
import { findPython, makeEnvironment } from './python.mjs';
import { contents, fingerprint, isStamped, stamp, unstamp } from './stamp.mjs';

const environment = path.join(runtimeFolder, 'ray');
const interpreter = path.join(environment, 'bin', 'python');
const NEED = { name: 'Ray', download: 110, disk: 390 };

const say = (text) => process.stderr.write(`${text}\n`);

/** The environment was made beside its place: the command `ray` still names the Python there. */
function pointHome(script) {
  fs.writeFileSync(script, fs.readFileSync(script, 'utf8').replace(/^#!.*/, `#!${interpreter}`));
}

/** The Python that has Ray. PYTHON=… chooses another one, to suit a cluster's. */
export async function ensureRay() {
  const isReady = () => {
    const wanted = fingerprint(contents(requirements('ray')), process.env.PYTHON ? findPython().version : 'any');
    return fs.existsSync(interpreter) && (isStamped('ray', wanted) || (!process.env.PYTHON && isStamped('ray-any', wanted)));
  };
  if (isReady()) return interpreter;
  await withLock(
    path.join(runtimeFolder, 'ray.lock'),
    async () => {
      if (isReady()) return;
      say('Many machines: Ray is installed into .runtime/ray, this once.');
      announceNeeds([NEED], { say });
      const line = progress('Ray and its Python environment');
      try {
        for (const name of ['ray', 'ray-any']) unstamp(name);
        await makeEnvironment(environment, 'ray', line.note);
        pointHome(path.join(environment, 'bin', 'ray'));
        stamp('ray', fingerprint(contents(requirements('ray')), findPython().version));
        stamp('ray-any', fingerprint(contents(requirements('ray')), 'any'));
        line.done();
      } catch (error) {
        line.failed();
        throw error;
      }
    },
    { say },
  );
  return interpreter;
}

/** What starts the Python side. */
export const rayDriver = async () => ({ command: await ensureRay(), parameters: ['-u', inRoot('scripts', 'ray', 'driver.py')] });
