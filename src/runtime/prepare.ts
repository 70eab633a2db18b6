/**
 * Loads TensorFlow for the first time, with its settings in place beforehand: the library reads them while it loads and never
 * again. Everyone else imports it afterwards, by `tensorflow.ts`, with types and all.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import util from 'node:util';

/** TensorFlow could not be loaded. The message says what to run. */
export class RuntimeMissingError extends Error {
  override readonly name = 'RuntimeMissingError';
}

/*
 * Threads. TensorFlow has one pool for the work inside operations and one for operations side by side, both shared by everything in the process
 * and fixed when it loads. The engine, with its two shards, is fastest with 1 and 2 threads (LeNet-5, batch 32, two quiet cores: 4.1 ms per step
 * against 5.2 with 2 and 2, and 7.7 with 2 and 1), but products outside the engine (t-SNE, neighbours, tf.layers) then have one core only. So both
 * stay at TensorFlow's own default, all cores. A process that does nothing but train may set TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=2.
 * The threads inside operations (not those between them) decide in which order long sums are added, so the same bits need the same
 * TF_NUM_INTRAOP_THREADS; runtime() reports it.
 */
function prepareEnvironment(): void {
  // Only errors that stop the work: start-up notes about CPU features tell a reader nothing.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  // Node 23 removed this helper, the last published binding still calls it.
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/**
 * TensorFlow announces its processor options before any log level applies. On Linux, what it writes while it loads goes nowhere;
 * where standard error cannot be opened a second time (a socket), it is left alone.
 */
function withoutAnnouncements(load: () => void): void {
  const write = fs.constants.O_WRONLY | fs.constants.O_APPEND;
  let kept: number;
  try {
    kept = fs.openSync('/proc/self/fd/2', write);
  } catch {
    load();
    return;
  }
  fs.closeSync(2);
  // The lowest free number is taken: this is standard error now.
  const nowhere = fs.openSync('/dev/null', 'w');
  try {
    load();
  } finally {
    fs.closeSync(nowhere);
    fs.openSync(`/proc/self/fd/${kept}`, write);
    fs.closeSync(kept);
  }
}

function loadFirst(): void {
  prepareEnvironment();
  try {
    withoutAnnouncements(() => createRequire(__filename)('@tensorflow/tfjs-node-gpu'));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new RuntimeMissingError(
      `TensorFlow cannot be loaded (${reason.trim()}). Run \`npm run setup\` once; it fetches and compiles what is missing.`,
      {
        cause,
      },
    );
  }
}

loadFirst();
