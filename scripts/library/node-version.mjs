/** Imported first by every command: says at once, in words, when this Node is too old to run what follows. */
import process from 'node:process';

export const OLDEST_NODE = 20;

/** What to tell somebody with this Node, or undefined when it will do. */
export function nodeProblem(version) {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return undefined;
  return (
    `This is Node ${version}; Node ${OLDEST_NODE} or newer is needed (20, 22, 24 and 26 are known to work).\n` +
    'What to do: install a current Node from https://nodejs.org or with your version manager (for example `nvm install 22`), then run the same command again.'
  );
}

const problem = nodeProblem(process.versions.node);
if (problem) {
  process.stderr.write(`\n✗ ${problem}\n`);
  process.exit(1);
}
