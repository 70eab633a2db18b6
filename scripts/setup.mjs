/** `npm run setup`: whatever is missing for the other commands; they call it themselves. */
import { runMain } from './library/failure.mjs';
import { ensureReady } from './library/setup.mjs';

await runMain(async () => {
  const { kind, why } = await ensureReady();
  console.log(`Ready: TensorFlow for ${kind} (${why}). Go on with \`npm start\`.`);
});
