/** Input that has no defined measure: said, never answered with NaN. */
export class MetricsError extends Error {
  override readonly name = 'MetricsError';
  constructor(
    readonly measure: string,
    problem: string,
    remedy: string,
  ) {
    super(`${measure}: ${problem}. What to do: ${remedy}.`);
  }
}
