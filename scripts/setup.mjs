/** `npm run setup`: whatever is missing for the other commands; they call it themselves. `-- --from FILE.tar` takes it out of a bundle. */
import './library/node-version.mjs';
import { runCommand } from './library/arguments.mjs';
import { takeFrom } from './library/bundle.mjs';
import { ensureReady } from './library/setup.mjs';

const command = {
  call: 'npm run setup',
  does: 'Fetches and makes whatever is missing for the other commands; they call it themselves. What is there and current stays.',
  options: { from: { type: 'string', value: 'FILE.tar', says: 'takes it out of a bundle (`npm run bundle`) in place of the network' } },
};

await runCommand(command, async ({ values }) => {
  if (values.from) takeFrom(values.from);
  const { kind, why } = await ensureReady();
  console.log(`Ready: TensorFlow for ${kind} (${why}). Go on with \`npm start\`.`);
});
