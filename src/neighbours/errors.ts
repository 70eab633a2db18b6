/** A neighbour search that cannot be done as asked. */
export class NeighboursError extends Error {
  override readonly name = 'NeighboursError';
  constructor(problem: string, remedy: string) {
    super(`${problem}. What to do: ${remedy}.`);
  }
}
