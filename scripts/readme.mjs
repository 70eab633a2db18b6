/** Writes the scoreboard's headline into README.md, from the recorded runs; with --check it only says whether it is current. */
import './library/node-version.mjs';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { runMain, SetupError } from './library/failure.mjs';
import { inRoot } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

const START = '<!-- scoreboard: written by `node scripts/readme.mjs`; do not edit by hand -->';
const END = '<!-- /scoreboard -->';

export function scoreboardText({ scoreboard }) {
  const { columns, rows } = scoreboard.outcomeTable();
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return ['## The verdicts so far', '', scoreboard.headline(), '', line(columns), line(columns.map(() => '---')), ...rows.map(line)].join(
    '\n',
  );
}

export function withScoreboard(readme, text) {
  const [from, to] = [readme.indexOf(START), readme.indexOf(END)];
  if (from < 0 || to < from)
    throw new SetupError({
      problem: 'README.md has lost the two comments between which the scoreboard stands.',
      remedy: `put back ${START} and ${END}.`,
    });
  return `${readme.slice(0, from + START.length)}\n${text}\n\n${readme.slice(to)}`;
}

/** README as it should be; what became of it, in words. With `onlyCheck` an old one is an error. */
export function renewReadme({ onlyCheck = false } = {}) {
  const file = inRoot('README.md');
  const readme = fs.readFileSync(file, 'utf8');
  const wanted = withScoreboard(readme, scoreboardText(createRequire(import.meta.url)('paperlab/papers')));
  if (wanted === readme) return 'README.md is current.';
  if (onlyCheck)
    throw new SetupError({
      problem: 'The scoreboard in README.md is older than the recorded runs.',
      remedy: 'run: node scripts/readme.mjs',
    });
  fs.writeFileSync(file, wanted);
  return 'README.md now shows the recorded runs.';
}

async function main() {
  await ensureReady();
  console.log(renewReadme({ onlyCheck: process.argv.includes('--check') }));
}

if (process.argv[1] === inRoot('scripts', 'readme.mjs')) await runMain(main);
