/** `npm run build`: compiles `src` and `tests`, and fails when the compiler complains. */
import './library/node-version.mjs';
import { compile } from './library/compile.mjs';
import { runMain } from './library/failure.mjs';
import { ensureReady } from './library/setup.mjs';

await runMain(async () => {
  await ensureReady({ sources: false });
  const complaints = await compile();
  if (complaints.length > 0) {
    console.error(complaints.join('\n'));
    return 1;
  }
  console.log('Compiled: src/dist and .build/tests.');
});
