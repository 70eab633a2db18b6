/** Decodes one share of the patches on its own thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { DataError } from './errors.js';
import { type DecodeShare, decodeShare } from './idc-archive.js';

try {
  parentPort!.postMessage({ rejected: decodeShare(workerData as DecodeShare, (done) => parentPort!.postMessage({ done })) });
} catch (error) {
  if (!(error instanceof DataError)) throw error;
  // A class does not survive the way between threads; its parts do.
  const { code, file, problem, expected, remedy } = error;
  parentPort!.postMessage({ failure: { code, file, problem, expected, remedy } });
}
