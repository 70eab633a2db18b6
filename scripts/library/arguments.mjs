/**
 * A command's words. Each command describes itself once, and its usage, its help and its answers to wrong words come from there:
 *
 *   { call: 'npm run clean', does: 'Takes away …', options: { all: { type: 'boolean', says: '…' } }, names: { shown: '[01 …]', says: '…' } }
 *
 * `value` is what an option takes, as usage shows it; an option without `says` is between our own programs. Without `names`, a word by itself
 * is refused, perhaps with what was meant (`meant`). Nothing is guessed: a word that is not understood ends the command before it does anything.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runMain, SetupError } from './failure.mjs';

/** Options of npm itself that people have in their settings: that one of them is set tells nothing about these words. */
const OF_NPM = ['python', 'only', 'no-browser'];
/** Words that npm reads as a row of its own letters: -p -l -a -n. */
const IN_LETTERS = { plan: ['parseable', 'long', 'all'] };
const WIDTH = 110;

const shownOptions = ({ options }) => Object.entries(options).filter(([, { says }]) => says !== undefined);
const written = (name, { value }) => `--${name}${value === undefined ? '' : ` ${value}`}`;
/** What comes before a command's own words. */
const spoken = (call) => (call.startsWith('npm ') ? `${call} --` : call);

export function usageOf(command) {
  if (command.usage) return command.usage;
  const parts = [...(command.names ? [command.names.shown] : []), ...shownOptions(command).map(([name, one]) => `[${written(name, one)}]`)];
  return parts.length === 0 ? command.call : `${spoken(command.call)} ${parts.join(' ')}`;
}

function wrapped(text, indent) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1) && indent + lines.at(-1).length + 1 + word.length > WIDTH) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`.trimStart());
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** What `--help` prints: how the command is called, what it does, what may be said. */
export function helpOf(command) {
  const rows = [
    ...(command.names ? [[command.names.shown, command.names.says]] : []),
    ...shownOptions(command).map(([name, one]) => [written(name, one), one.says]),
    ['-h, --help', 'prints this and does nothing else'],
  ];
  const column = Math.max(...rows.map(([left]) => left.length)) + 4;
  const table = rows.map(([left, right]) => `  ${left.padEnd(column - 2)}${wrapped(right, column)}`);
  return [`Usage: ${usageOf(command)}`, '', wrapped(command.does, 0), '', ...table].join('\n');
}

/** Letters to put in, take out or exchange to make one word of the other. */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++)
      next.push(Math.min(row[to] + 1, next[to - 1] + 1, row[to - 1] + (one[at - 1] === other[to - 1] ? 0 : 1)));
    row = next;
  }
  return row[other.length];
}

/** The option that a wrong one was probably meant to be, with the word after it where it takes one. */
function probablyMeant(wrong, words, command) {
  const name = wrong.replace(/^-+/, '');
  const near = shownOptions(command)
    .map(([known, one]) => ({ known, one, far: known.startsWith(name) ? 0 : distance(name, known) }))
    .sort((a, b) => a.far - b.far)[0];
  if (name.length < 2 || !near || near.far > 2) return undefined;
  if (near.one.value === undefined) return `--${near.known}`;
  const at = words.findIndex((word) => word === wrong || word.startsWith(`${wrong}=`));
  const after = words[at]?.includes('=') ? words[at].split('=')[1] : words[at + 1];
  return `--${near.known} ${after && !after.startsWith('-') ? after : near.one.value}`;
}

const refusal = (problem, meant, command, cause) =>
  new SetupError({
    problem,
    remedy: `${meant ? `did you mean ${meant}? Use` : 'use'} it like this: ${usageOf(command)}. \`${spoken(command.call)} --help\` says more.`,
    cause,
  });

/** Node's complaint in our words. */
function complaint(cause, words, command) {
  const wrong = /'(-[^'\s]*)/.exec(cause.message)?.[1] ?? '';
  if (cause.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return refusal(`${command.call} has no option ${wrong}.`, probablyMeant(wrong, words, command), command, cause);
  if (/does not take an argument/.test(cause.message)) return refusal(`${wrong} takes no value.`, undefined, command, cause);
  return refusal(`${wrong} wants a value.`, undefined, command, cause);
}

/** What npm left of an option that it took for itself: a value, `true`, or nothing at all (undefined). */
function tookByNpm(name, environment) {
  const left = (config) => environment[`npm_config_${config.replaceAll('-', '_')}`] || undefined;
  if (OF_NPM.includes(name)) return undefined;
  if (IN_LETTERS[name]?.every((config) => left(config) === 'true')) return 'true';
  if (name.startsWith('no-')) return environment[`npm_config_${name.slice(3).replaceAll('-', '_')}`] === '' ? 'true' : undefined;
  return left(name);
}

/** npm takes an option for itself that is not behind `--`; the command would go on as if nothing had been said. */
function refuseWhatNpmTook(words, command, environment) {
  if (!environment.npm_lifecycle_event) return;
  const all = [...shownOptions(command), ['dry-run', {}]].map(([name, one]) => ({ name, one, value: tookByNpm(name, environment) }));
  const taken = all.find(({ value }) => value !== undefined);
  if (!taken) return;
  const { name, one, value } = taken;
  if (name === 'dry-run') throw refusal(`npm took --dry-run for itself, and ${command.call} has no trial run.`, undefined, command);
  // What stood after an option that npm does not know comes here as a word by itself.
  const meant = one.value === undefined ? `--${name}` : `--${name} ${value === 'true' ? (words[0] ?? one.value) : value}`;
  throw new SetupError({
    problem: `npm took --${name} for itself: ${command.call} never sees it.`,
    remedy: `put two dashes before it: \`${command.call} -- ${meant}\`.`,
  });
}

export function readArguments(words, command, environment = process.env) {
  refuseWhatNpmTook(words, command, environment);
  let read;
  try {
    read = parseArgs({ args: words, options: command.options, allowPositionals: true });
  } catch (cause) {
    throw complaint(cause, words, command);
  }
  const [word] = read.positionals;
  if (word !== undefined && !command.names)
    throw refusal(`“${word}” is not understood: ${command.call} takes options only.`, command.meant?.(word), command);
  return read;
}

/** Runs a command by its description; `--help` prints that and does nothing. */
export const runCommand = (command, main) =>
  runMain((words) => {
    if (!words.includes('--help') && !words.includes('-h')) return main(readArguments(words, command));
    console.log(helpOf(command));
    return 0;
  });

export function wholeNumber(text, name, { from = 0, to = Number.MAX_SAFE_INTEGER } = {}) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to)
    throw new SetupError({ problem: `${name} is ${text}.`, remedy: `give a whole number from ${from} to ${to}.` });
  return value;
}
