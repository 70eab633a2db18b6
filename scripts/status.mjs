/** `npm run status`: how far the reproduction is: artefacts, claims, missing runs, state of the data, runs from sources that nobody else has. */
import './library/node-version.mjs';
import { createRequire } from 'node:module';
import { runCommand } from './library/arguments.mjs';
import { ensureReady } from './library/setup.mjs';

const command = {
  call: 'npm run status',
  does: 'Says how far the reproduction is: artefacts, claims, missing runs and their hours, the state of the data.',
  options: {
    json: { type: 'boolean', says: 'the same as JSON, for programs' },
    uncommitted: { type: 'boolean', says: 'names every run that was made from sources that were never committed' },
  },
};
const SHOWN = 3;

/** Recorded runs whose `commit` does not lead to the sources that made them. */
async function fromUncommitted({ reports, recordedRuns }) {
  const recorded = (await Promise.all(reports.map(({ paper }) => recordedRuns(paper)))).flat();
  return recorded
    .filter(({ commit }) => commit.endsWith('with changes'))
    .map(({ recipe, seed }) => `${recipe.paper}/${recipe.experiment}, seed ${seed}`)
    .sort();
}

function uncommittedText(names, all) {
  if (names.length === 0) return 'Every recorded run was made from committed sources.';
  const few = names.length <= SHOWN + 1;
  const said = `${names.length === 1 ? '1 run was' : `${names.length} runs were`} made from sources that were never committed`;
  if (all || few) return [`${said}:`, ...names.map((name) => `  ${name}`)].join('\n');
  const rest = `and ${names.length - SHOWN} more (npm run status -- --uncommitted)`;
  return `${said}:\n  ${names.slice(0, SHOWN).join('; ')}; ${rest}`;
}

await runCommand(command, async ({ values }) => {
  await ensureReady();
  const papers = createRequire(import.meta.url)('paperlab/papers');
  const status = await papers.reproductionStatus();
  const uncommitted = await fromUncommitted(papers);
  if (values.json) console.log(JSON.stringify({ ...status, uncommitted }, null, 2));
  else console.log(`${papers.statusText(status)}\n${uncommittedText(uncommitted, values.uncommitted)}`);
});
