/** A map that cannot be drawn as asked. */
export class EmbeddingError extends Error {
  override readonly name = 'EmbeddingError';
  constructor(problem: string, remedy: string) {
    super(`${problem}. What to do: ${remedy}.`);
  }
}
