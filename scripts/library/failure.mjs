/** Errors that a person can act on: what was wrong, where, and what to do next. */
import process from 'node:process';
import { DISK_NEEDED } from './sizes.mjs';

export class SetupError extends Error {
  constructor({ problem, remedy, log, cause }) {
    super(problem, { cause });
    this.name = 'SetupError';
    this.problem = problem;
    this.remedy = remedy;
    this.log = log;
  }
}

export function describe(error) {
  if (!(error instanceof SetupError)) return error?.stack ?? String(error);
  const lines = [`✗ ${error.problem}`, `  What to do: ${error.remedy}`];
  if (error.log) lines.push(`  Full output: ${error.log}`);
  return lines.join('\n');
}

/** Runs a command's main function; an error becomes its message and a non-zero exit. */
export async function runMain(main) {
  try {
    const code = await main(process.argv.slice(2));
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    process.stderr.write(`\n${describe(error)}\n`);
    process.exitCode = 1;
  }
}

const SAME_COMMAND = 'then run the same command again: it goes on where it stopped';

/** The usual misfortunes, told by what a failing program printed. Order matters: the first that fits is the one said. */
const MISFORTUNES = [
  {
    kind: 'disk-full',
    pattern: /ENOSPC|No space left on device|\[Errno 28\]|disk quota exceeded/i,
    problem: 'The disk is full.',
    remedy: `free some space (${DISK_NEEDED}), ${SAME_COMMAND}.`,
  },
  {
    kind: 'unwritable',
    pattern: /EACCES|EROFS|EPERM|Permission denied|Read-only file system|\[Errno 13\]|\[Errno 30\]/i,
    problem: 'A folder of the project cannot be written to.',
    remedy: `make the project's folder yours (\`chown -R "$USER" .\`) or clone it to a folder where you may write, ${SAME_COMMAND}.`,
  },
  {
    kind: 'damaged-download',
    pattern:
      /DO NOT MATCH THE HASHES|EINTEGRITY|BadZipFile|File is not a zip file|IncompleteRead|zlib\.error|invalid distance|TAR_BAD_ARCHIVE|Hashes are required/i,
    problem: 'A download arrived damaged or is not the file that the lock names.',
    remedy: `check the network (a proxy may cut long downloads), ${SAME_COMMAND}; nothing damaged was kept.`,
  },
  {
    kind: 'network',
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|Network is unreachable|NewConnectionError|Temporary failure in name resolution|Name or service not known|ConnectTimeout|ReadTimeout|Max retries exceeded|Failed to establish a new connection|from versions: none/i,
    problem: 'The package servers cannot be reached.',
    remedy: `check the connection, and proxy settings (HTTPS_PROXY for both npm and pip) where there is one, ${SAME_COMMAND}.`,
  },
  {
    kind: 'memory',
    pattern: /Cannot allocate memory|MemoryError|heap out of memory|Killed signal terminated program/i,
    problem: 'The machine ran out of memory.',
    remedy: `close other programs (3 GB free are enough), ${SAME_COMMAND}.`,
  },
];

export function misfortune(output) {
  return MISFORTUNES.find(({ pattern }) => pattern.test(output));
}
