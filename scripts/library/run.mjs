/** Runs other programs: output to the log, its last line to the progress line, known misfortunes in words. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { misfortune, SetupError } from './failure.mjs';
import { log, logName } from './log.mjs';

const KEPT = 40_000;
const running = new Set();

/** Programs that set-up started do not outlive it. */
export function stopPrograms(signal = 'SIGTERM') {
  for (const child of running) child.kill(signal);
}

export function run(command, parameters, { cwd, environment = process.env, note } = {}) {
  log(`\n$ ${[command, ...parameters].join(' ')}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let output = '';
    const take = (chunk) => {
      const text = chunk.toString();
      log(text);
      output = (output + text).slice(-KEPT);
      const lines = text.trim().split(/[\r\n]+/);
      note?.(lines.at(-1) ?? '');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (cause) => {
      running.delete(child);
      reject(cause);
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

/** As `run`, but a failure becomes a SetupError that says what happened and what to do. */
export async function mustRun(title, command, parameters, options = {}) {
  let result;
  try {
    result = await run(command, parameters, options);
  } catch (cause) {
    throw new SetupError({
      problem: `${title} failed: ${command} cannot be started (${cause.code ?? cause.message}).`,
      remedy: 'check that the program exists and may be run, then run the same command again.',
      log: logName(),
      cause,
    });
  }
  if (result.code !== 0) throw failureOf(title, result, options.remedy);
  return result;
}

export function failureOf(title, { code, signal, output }, remedy) {
  const known = misfortune(output);
  if (known)
    return Object.assign(new SetupError({ problem: `${title} failed. ${known.problem}`, remedy: known.remedy, log: logName() }), {
      kind: known.kind,
    });
  const last = output.trim().split('\n').slice(-3).join('\n    ');
  const how = signal ? `was ended by ${signal}${signal === 'SIGKILL' ? ' (often: out of memory)' : ''}` : `ended with code ${code}`;
  return new SetupError({
    problem: `${title} failed: it ${how}.${last ? `\n    ${last}` : ''}`,
    remedy: remedy ?? 'read the end of the log, mend the cause, then run the same command again.',
    log: logName(),
  });
}
