import { EmbeddingError } from './errors.js';
import type { PointRows } from './types.js';

export function checkPoints(points: PointRows, least: number): void {
  const { values, count, dimensions } = points;
  if (values.length !== count * dimensions)
    throw new EmbeddingError(
      `${values.length} numbers for ${count} points of ${dimensions} dimensions`,
      'give all rows, one after the other',
    );
  if (count < least) throw new EmbeddingError(`${count} point${count === 1 ? '' : 's'}, at least ${least} needed`, 'give more points');
  for (let index = 0; index < values.length; index += 1)
    if (!Number.isFinite(values[index]))
      throw new EmbeddingError(
        `Point ${Math.floor(index / dimensions)} holds ${values[index]}`,
        'remove or repair points that are not finite',
      );
}

export function requireWhole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new EmbeddingError(`${name} is ${value}`, `give a whole number of at least ${least}`);
}
