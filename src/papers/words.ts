/** Printed words in lines that a notebook does not break inside a word. */

/** Characters that fit beside each other under a cell. */
const lineWidth = 105;

/** Breaks long lines between words, never between a number and its per cent sign; what goes on is indented by two more spaces than its line. */
export function wrapped(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const indent = /^ */.exec(line)![0];
      const lines: string[] = [];
      for (const word of line.trim().split(/ (?!%)/)) {
        const last = lines.at(-1);
        if (last === undefined) lines.push(indent + word);
        else if (last.length + 1 + word.length > lineWidth) lines.push(`${indent}  ${word}`);
        else lines[lines.length - 1] = `${last} ${word}`;
      }
      return lines.join('\n');
    })
    .join('\n');
}

/** A share of one in per cent, with two decimals. */
export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** The same without its sign, for a column whose heading has it; a dash where there is nothing. */
export const percentage = (share: number | undefined, digits = 2): string => (share === undefined ? '–' : (100 * share).toFixed(digits));

/** A number with so many decimals; a dash where there is nothing. */
export const decimal = (value: number | undefined, digits = 2): string => (value === undefined ? '–' : value.toFixed(digits));

/** "1 seed", "3 seeds". */
export const seedsInWords = (seeds: number): string => `${seeds} seed${seeds === 1 ? '' : 's'}`;

/** Points with their sign, two decimals: "+1.09", "−0.40". */
export const signedPoints = (points: number): string => `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`;

/** From where to where, in such points: "+0.08 to +0.63". */
export const signedRange = ([low, high]: readonly [number, number]): string => `${signedPoints(low)} to ${signedPoints(high)}`;
