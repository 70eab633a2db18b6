/** `npm run setup`: whatever is missing for the other commands; they call it themselves. `-- --from FILE.tar` takes it out of a bundle. */
import './library/node-version.mjs';
import { readArguments } from './library/arguments.mjs';
import { takeFrom } from './library/bundle.mjs';
import { runMain } from './library/failure.mjs';
import { ensureReady } from './library/setup.mjs';

await runMain(async (words) => {
  const { values } = readArguments(words, { from: { type: 'string' } }, 'npm run setup -- [--from FILE.tar]');
  if (values.from) takeFrom(values.from);
  const { kind, why } = await ensureReady();
  console.log(`Ready: TensorFlow for ${kind} (${why}). Go on with \`npm start\`.`);
});
