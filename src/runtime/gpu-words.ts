/** Asks TensorFlow itself why it left a GPU aside: it says so only in the notes it prints while loading, which are kept away otherwise. */
import { spawnSync } from 'node:child_process';

const program = [
  'const util = require("node:util"); util.isNullOrUndefined = (value) => value == null;',
  `require(${JSON.stringify(require.resolve('@tensorflow/tfjs-node-gpu'))});`,
].join('\n');

const telling = /cuda|gpu|cudnn|cublas|driver|dlopen|libcu/i;

/** The telling line among TensorFlow's notes, without its date and place in the source. */
export function tellingLine(notes: string): string | undefined {
  const lines = notes
    .split('\n')
    .filter((line) => /^\s*[\d-]*\s*[\d:.]*:?\s*[IWEF]|^[IWEF]\d{4}/.test(line) && telling.test(line))
    .map((line) => line.replace(/^.*?\S+\.(cc|h):\d+\]\s*/, '').trim());
  // Failures say more than notes; what is missing says more than the summary that follows it.
  const ranks = [
    /CUDA_ERROR|failed call|OUT_OF_MEMORY/i,
    /could not load dynamic library|cannot open shared object/i,
    /cannot dlopen/i,
    /could not find cuda/i,
  ];
  for (const rank of ranks) {
    const found = lines.find((line) => rank.test(line));
    if (found) return found;
  }
  return lines.at(-1);
}

export function wordsOfTensorFlow(): string {
  const answer = spawnSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0' },
  });
  const line = tellingLine(answer.stderr ?? '');
  return line ? `TensorFlow left the GPU aside: ${line}` : 'TensorFlow found no GPU and did not say why.';
}
