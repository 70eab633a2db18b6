/**
 * tf.layers warns, each time an LSTM of more than 50 units is built, that its orthogonal start "may be slow". It takes a fraction of a second,
 * happens for nearly every network here, and a reader can do nothing about it; every other warning passes.
 */
const noise = 'Orthogonal initializer is being called on a matrix';
const warn = console.warn.bind(console);

console.warn = (...words: unknown[]) => {
  if (typeof words[0] === 'string' && words[0].startsWith(noise)) return;
  warn(...words);
};
