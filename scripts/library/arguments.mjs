/** Reads a command's words: options by name, everything else in order. An unknown option is an error, not silence. */
import { parseArgs } from 'node:util';
import { SetupError } from './failure.mjs';

export function readArguments(words, options, usage) {
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (cause) {
    throw new SetupError({ problem: cause.message, remedy: `use it like this: ${usage}`, cause });
  }
}

export function wholeNumber(text, name, { from = 0, to = Number.MAX_SAFE_INTEGER } = {}) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to)
    throw new SetupError({ problem: `${name} is ${text}.`, remedy: `give a whole number from ${from} to ${to}.` });
  return value;
}
