/**
 * A reporter of Node's test runner, beside the usual one: which test file's process ended on its own, and how. The usual one says "test failed" of a
 * process that crashed, which is what it says of any other.
 */
export default async function* exitReporter(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:fail' || data.nesting !== 0) continue;
    const { exitCode, signal } = data.details?.error ?? {};
    // 1: a failed test, which the usual reporter tells of.
    if (signal || (exitCode !== undefined && exitCode !== null && exitCode !== 1 && exitCode !== 0))
      yield `✖ The process of ${data.name} ended ${signal ? `by ${signal}` : `with exit code ${exitCode}`}, not by a failed test.\n`;
  }
}
