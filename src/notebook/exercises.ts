/** Exercises: a question, hints that come one at a time, and a check that says why. */
import { send } from './output.js';

export interface Exercise {
  id: string;
  question: string;
  hints: string[];
  /** May be asked to compute: then the answer is awaited. */
  check(answer: unknown): ExerciseResult | Promise<ExerciseResult>;
}

export interface ExerciseResult {
  passed: boolean;
  message: string;
}

/** How often each exercise was answered wrongly in this kernel: one more hint each time. */
const tries = new Map<string, number>();

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

async function ask(exercise: Exercise): Promise<void> {
  const text = `Exercise ${exercise.id}: ${exercise.question}`;
  send({ 'text/markdown': quoted(`**Exercise ${exercise.id}** ${exercise.question}`), 'text/plain': text });
}

/** Checks an answer, shows what there is to say, and returns whether it was right. */
export async function checkExercise(exercise: Exercise, answer: unknown): Promise<boolean> {
  let result: ExerciseResult;
  if (answer === undefined || (typeof answer === 'string' && answer.trim() === '')) {
    result = { passed: false, message: 'There is no answer yet: put yours in place of the gap and run the cell again.' };
  } else {
    try {
      result = await exercise.check(answer);
    } catch (error) {
      result = { passed: false, message: `The answer could not be checked: ${(error as Error).message}` };
    }
  }
  const lines = [`${result.passed ? '✓' : '✗'} ${result.message}`];
  if (result.passed) tries.delete(exercise.id);
  else {
    const count = (tries.get(exercise.id) ?? 0) + 1;
    tries.set(exercise.id, count);
    const hint = exercise.hints[Math.min(count, exercise.hints.length) - 1];
    if (hint) lines.push(`Hint ${Math.min(count, exercise.hints.length)} of ${exercise.hints.length}: ${hint}`);
  }
  send({ 'text/markdown': quoted(lines.join('\n\n')), 'text/plain': lines.join('\n') });
  return result.passed;
}

/** What a cell with an exercise calls: check.question(exercise), then check.exercise(exercise, answer). */
export const check = {
  /** Shows the question. */
  question: ask,
  /** Checks an answer and says why; each wrong one brings the next hint. (Returns nothing: a cell prints what its last line returns.) */
  exercise: async (exercise: Exercise, answer: unknown): Promise<void> => {
    await checkExercise(exercise, answer);
  },
};
