/**
 * Loads TensorFlow for the first time, with its settings in place beforehand: the library reads them while it loads and never
 * again. Everyone else imports it afterwards, by `tensorflow.ts`, with types and all.
 */
import { createRequire } from 'node:module';
import util from 'node:util';
import { decideGpu } from './gpu.js';

/** TensorFlow could not be loaded. The message says what to run. */
export class RuntimeMissingError extends Error {
  override readonly name = 'RuntimeMissingError';
}

/*
 * Threads. TensorFlow has one pool for the work inside operations and one for operations side by side, both shared by everything in the process
 * and fixed when it loads. The number inside operations decides in which order long sums are added: with 1, 2 and 4 the same training ends in
 * three different sets of bits. A recorded run must come out the same on every machine, so it is fixed here, whatever the machine has.
 *
 * It is 1, because the engine's shards already give each core a chain of its own; a second thread inside an operation then only waits for the
 * first. Measured on two cores, 1 against 2, two shards: LeNet-5 with batches of 32 takes 0.58 of the time, Model III with 16 0.48, the LSTM-CNN
 * 0.65, the LSTM of 28 steps 0.76, large batches 0.9 to 1.0. Eager work in the same process: predictions of tf.layers' small convolutions 1.0, of
 * report 05's network 1.3, of LSTMs 0.64, one large product 1.3. The work that profits from more (neighbours, t-SNE) runs in threads of its own.
 *
 * The number between operations changes no bits and stays at TensorFlow's default, all cores. TF_NUM_INTRAOP_THREADS overrides; runtime()
 * reports both, and so does every record and checkpoint.
 */
const threadsInsideOperations = '1';

function prepareEnvironment(): void {
  // Only errors that stop the work: start-up notes about CPU features tell a reader nothing.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  process.env['TF_NUM_INTRAOP_THREADS'] ??= threadsInsideOperations;
  decideGpu();
  // The last published binding still calls two old helpers: Node 22 and 24 warn of them in the middle of a cell, Node 23 removed the first.
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean; isArray: (value: unknown) => boolean };
  legacy.isNullOrUndefined = (value) => value === null || value === undefined;
  legacy.isArray = Array.isArray;
}

function loadFirst(): void {
  prepareEnvironment();
  try {
    createRequire(__filename)('@tensorflow/tfjs-node-gpu');
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
