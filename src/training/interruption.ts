/** Stopping work: the reader's AbortSignal or SIGINT (Jupyter's "interrupt", Ctrl-C), whichever comes first. */

/**
 * Runs work that listens to a signal. SIGINT reaches the work only while it runs: outside, the process answers as it always
 * does. A second SIGINT does not wait for the work to notice.
 */
export async function withInterruption<Result>(
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error('stopped by its reader'));
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  process.once('SIGINT', stop);
  try {
    return await work(controller.signal);
  } finally {
    outer?.removeEventListener('abort', stop);
    process.removeListener('SIGINT', stop);
  }
}
