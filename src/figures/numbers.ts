/** Numbers as a figure holds and prints them: no more digits than can be seen. */

/** Rounds to so many significant digits. */
export function significant(value: number, digits = 4): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

export function significantAll(values: ArrayLike<number>, digits = 4): number[] {
  return Array.from(values, (value) => significant(value, digits));
}

/** 0.98765 → '98.8 %'. */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : 'not defined';
}

/** 61706 → '61,706'. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index];
  return sum / values.length;
}

/** Standard deviation of a sample (n − 1); 0 for a single value. */
export function deviation(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index] - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/** A number for reading: whole numbers grouped, others with about four significant digits. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return grouped(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** 'a, b and c'. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
