/** Exercises: a question, hints that come one at a time, a check that says why, and the belief that is put to the test. */
import { send } from './output.js';

export interface Exercise {
  id: string;
  question: string;
  /** The wrong belief that the exercise is after: a sentence that follows "the belief that". Shown with a right answer. */
  misconception: string;
  /** About how long it takes. */
  minutes: number;
  hints: string[];
  /** The answer in the cell as it comes, in JavaScript. It is no try, and brings no hint. */
  stub: string;
  /** May be asked to compute: then the answer is awaited. */
  check(answer: unknown): ExerciseResult | Promise<ExerciseResult>;
}

export interface ExerciseResult {
  passed: boolean;
  message: string;
}

/** The different wrong answers that each exercise got in this kernel: from the second on, each new one brings one more hint. */
const tries = new Map<string, Set<string>>();

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** An answer as text without spaces: a function is what is written in it. */
function written(answer: unknown): string {
  const text =
    typeof answer === 'function' ? String(answer) : JSON.stringify(answer, (_, part) => (typeof part === 'function' ? String(part) : part));
  return String(text).replace(/\s+/g, '');
}

async function ask({ id, minutes, question }: Exercise): Promise<void> {
  const time = `(about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
  send({
    'text/markdown': quoted(`**Exercise ${id}** ${time} ${question}`),
    'text/plain': `Exercise ${id} ${time}: ${question}`,
  });
}

function isEmpty(answer: unknown): boolean {
  return answer === undefined || (typeof answer === 'string' && answer.trim() === '');
}

async function judged(exercise: Exercise, answer: unknown): Promise<ExerciseResult> {
  if (isEmpty(answer)) return { passed: false, message: 'There is no answer yet: put yours in place of the gap and run the cell again.' };
  try {
    return await exercise.check(answer);
  } catch (error) {
    return { passed: false, message: `The answer could not be checked: ${(error as Error).message}` };
  }
}

/** What follows the verdict on a wrong answer: where the reader stands, or a hint. */
function afterWrong({ id, hints, stub }: Exercise, answer: unknown): string[] {
  if (isEmpty(answer)) return [];
  if (written(answer) === stub.replace(/\s+/g, '')) return ['That is the cell as it came: change the answer and run it again.'];
  const wrong = tries.get(id) ?? new Set<string>();
  tries.set(id, wrong.add(written(answer)));
  if (hints.length === 0) return [];
  if (wrong.size === 1) return ['Another wrong answer brings a hint.'];
  const count = Math.min(wrong.size - 1, hints.length);
  return [`Hint ${count} of ${hints.length}: ${hints[count - 1]}`];
}

/** Checks an answer, shows what there is to say, and returns whether it was right. */
export async function checkExercise(exercise: Exercise, answer: unknown): Promise<boolean> {
  const { passed, message } = await judged(exercise, answer);
  if (passed) tries.delete(exercise.id);
  const lines = [
    `${passed ? '✓' : '✗'} ${message}`,
    ...(passed ? [`What this was after: the belief that ${exercise.misconception}.`] : afterWrong(exercise, answer)),
  ];
  send({ 'text/markdown': quoted(lines.join('\n\n')), 'text/plain': lines.join('\n') });
  return passed;
}

/** What a cell with an exercise calls: check.question(exercise), then check.exercise(exercise, answer). */
export const check = {
  /** Shows the question. */
  question: ask,
  /**
   * Checks an answer and says why; from the second wrong one on, each new one brings the next hint.
   * (Returns nothing: a cell prints what its last line returns.)
   */
  exercise: async (exercise: Exercise, answer: unknown): Promise<void> => {
    await checkExercise(exercise, answer);
  },
};
