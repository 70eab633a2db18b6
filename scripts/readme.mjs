/** Writes the scoreboard's headline and what the notebooks take into README.md, from the recorded runs and the last measurement; with --check it only says whether README and notebooks are current. */
import './library/node-version.mjs';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { runCommand } from './library/arguments.mjs';
import { describe, SetupError } from './library/failure.mjs';
import { inRoot, notebooks } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

const START = '<!-- scoreboard: written by `node scripts/readme.mjs`; do not edit by hand -->';
const END = '<!-- /scoreboard -->';

/** A table of the scoreboard in Markdown; of a marked cell its value alone. */
function markdownTable({ columns, rows }) {
  const line = (cells) => `| ${cells.map((cell) => cell?.value ?? cell).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

export function scoreboardText({ scoreboard }) {
  return [
    '## The verdicts so far',
    'The numbers that the reports are remembered by:',
    markdownTable(scoreboard.headlineTable()),
    scoreboard.headline(),
    markdownTable(scoreboard.outcomeTable()),
  ].join('\n\n');
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

/** Puts into the last column of the table of notebooks what came out of each report's question. */
export function withAnswers(readme, answers) {
  return answers.reduce((text, { number, words }) => {
    const row = new RegExp(`^(\\| \\[${number} [^\\n]*\\| )[^|\\n]*\\|$`, 'm');
    if (!row.test(text))
      throw new SetupError({
        problem: `README.md has lost the row of notebook ${number} in its table of notebooks.`,
        remedy: `put back a row that begins with “| [${number} ” and has four columns.`,
      });
    return text.replace(row, (_, before) => `${before}${words} |`);
  }, readme);
}

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const inWords = (number) => small[number] ?? String(number);

/** How long `npm run reproduce` took when last measured: all notebooks together, and which took how many minutes. */
export function timesText(costs) {
  const measured = Object.entries(costs).flatMap(([file, { lesson }]) => (lesson ? [{ file, seconds: lesson.seconds }] : []));
  const total = Math.round(measured.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
  const minutesOf = ({ seconds }) => Math.round(seconds / 60);
  const longest = measured.filter((each) => minutesOf(each) > 0).sort((a, b) => b.seconds - a.seconds);
  const kinds = [...new Set(longest.map(minutesOf))].map((minutes) => {
    const names = longest.filter((each) => minutesOf(each) === minutes).map(({ file }) => file.slice(0, 2));
    const listed = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0];
    return `${listed} about ${inWords(minutes)}${names.length > 1 ? ' each' : ''}`;
  });
  const rest = longest.length < measured.length ? ['the others seconds'] : [];
  return `about ${total} minutes${kinds.length > 0 ? `: ${[...kinds, ...rest].join(', ')}` : ''} ([as last measured](bench/RESULTS.md#notebooks))`;
}

/** Puts these times into the row of `npm run reproduce`. */
export function withTimes(readme, text) {
  const row = /^(\| `npm run reproduce` \| [^\n]*\| )[^|\n]*\|$/m;
  if (!row.test(readme))
    throw new SetupError({
      problem: 'README.md has lost the row of npm run reproduce in its table of commands.',
      remedy: 'put back a row that begins with “| `npm run reproduce` | ” and has three columns.',
    });
  return readme.replace(row, (_, before) => `${before}${text} |`);
}

/** README as it should be; what became of it, in words. With `onlyCheck` an old one is an error. */
export function renewReadme({ onlyCheck = false } = {}) {
  const file = inRoot('README.md');
  const readme = fs.readFileSync(file, 'utf8');
  const { scoreboard } = createRequire(import.meta.url)('paperlab/papers');
  const answers = scoreboard.reportAnswers();
  const verdicts = withAnswers(withScoreboard(readme, scoreboardText({ scoreboard })), answers);
  // Times belong to a machine: they are written, but measured ones make no README old.
  const wanted = onlyCheck
    ? verdicts
    : withTimes(verdicts, timesText(JSON.parse(fs.readFileSync(inRoot('results', 'notebooks.json'), 'utf8'))));
  for (const { number, changes } of answers)
    if (changes.length > 0)
      console.warn(
        `The answer to report ${number} in src/papers/answers.ts rests on verdicts that have changed: ${changes.join('; ')}.\n→ Read notebook ${number} again and write the sentence anew.`,
      );
  if (wanted === readme) return 'README.md is current.';
  if (onlyCheck)
    throw new SetupError({
      problem: 'The scoreboard in README.md is older than the recorded runs.',
      remedy: 'run: node scripts/readme.mjs',
    });
  fs.writeFileSync(file, wanted);
  return 'README.md now shows the recorded runs.';
}

/** Notebooks that print how many claims there are. */
const COUNTING = ['00', '06'];
const COUNT = /\b(\d+) claims in \d+ reports\b/;

/** Those of the counting notebooks that print another number of claims than there are, and that number. */
export function oldCounts(claims, folder = notebooks) {
  const files = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith('.ipynb') && COUNTING.some((number) => file.startsWith(`${number}-`)));
  return files.sort().flatMap((file) => {
    const { cells } = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
    const printed = cells.flatMap(({ outputs = [] }) =>
      outputs.map(({ text, data }) => [text ?? data?.['text/plain'] ?? ''].flat().join('')),
    );
    const shown = printed.map((text) => COUNT.exec(text)?.[1]).find(Boolean);
    return shown !== undefined && Number(shown) !== claims ? [{ notebook: file.slice(0, 2), shown: Number(shown) }] : [];
  });
}

function checkNotebooks({ scoreboard }) {
  const claims = scoreboard.judgedClaims().length;
  const old = oldCounts(claims);
  if (old.length === 0) return `Notebooks ${COUNTING.join(' and ')} show all ${claims} claims.`;
  const said = old.map(({ notebook, shown }) => `notebooks/${notebook} shows ${shown} claims`).join(', ');
  throw new SetupError({
    problem: `${said}, there are ${claims}.`,
    remedy: `npm run reproduce -- ${old.map(({ notebook }) => notebook).join(' ')}`,
  });
}

const command = {
  call: 'node scripts/readme.mjs',
  does: 'Writes the verdicts of the recorded runs, and what the notebooks took when last run, into README.md.',
  options: {
    check: {
      type: 'boolean',
      says: 'writes nothing: fails where README.md is older, or a notebook prints another number of claims than there are',
    },
  },
};

async function main({ values }) {
  await ensureReady();
  if (!values.check) {
    console.log(renewReadme());
    return 0;
  }
  // Both are looked at, whatever the first one says.
  const looks = [() => renewReadme({ onlyCheck: true }), () => checkNotebooks(createRequire(import.meta.url)('paperlab/papers'))];
  let code = 0;
  for (const look of looks)
    try {
      console.log(look());
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      console.error(describe(error));
      code = 1;
    }
  return code;
}

if (process.argv[1] === inRoot('scripts', 'readme.mjs')) await runCommand(command, main);
