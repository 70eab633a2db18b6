/** `npm run build`: compiles `src` and `tests`, and fails when the compiler complains. */
import './library/node-version.mjs';
import { runCommand } from './library/arguments.mjs';
import { compile } from './library/compile.mjs';
import { ensureReady } from './library/setup.mjs';

const command = {
  call: 'npm run build',
  does: 'Compiles src and tests, and fails when the compiler complains. Every other command does it by itself where it is needed.',
  options: {},
};

await runCommand(command, async () => {
  await ensureReady({ sources: false });
  const complaints = await compile();
  if (complaints.length > 0) {
    console.error(complaints.join('\n'));
    return 1;
  }
  console.log('Compiled: src/dist and .build/tests.');
});
