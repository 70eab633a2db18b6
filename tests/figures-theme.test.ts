import assert from 'node:assert/strict';
import test from 'node:test';
import { classColours, colourContrast, inkColour, paperColour } from 'paperlab/figures';
import { finish, legendHeight, subtitleLines } from 'paperlab/internal/figures/theme';

test('contrast is counted as the accessibility guidelines define it', () => {
  assert.equal(colourContrast('#000000', '#ffffff'), 21);
  assert.equal(colourContrast('#777777', '#777777'), 1);
  assert.ok(Math.abs(colourContrast('#767676', '#ffffff') - 4.54) < 0.01);
  assert.throws(() => colourContrast('red', '#ffffff'), /#rrggbb/);
});

test('words and marks stand out from the paper', () => {
  assert.ok(colourContrast(inkColour, paperColour) >= 12);
  for (const colour of classColours) assert.ok(colourContrast(colour, paperColour) >= 3, `${colour} on the paper`);
});

test('a legend is counted as Plotly sets it: entries of one trace in columns, of several as many on a line as fit', () => {
  const names = [...'abc'].map((letter) => letter.repeat(10));
  const line = legendHeight(['one']);
  assert.equal(legendHeight(names, { across: 400 }), line, 'all fit');
  assert.equal(legendHeight(names, { across: 260 }), 2 * line, 'two columns');
  assert.equal(legendHeight(names, { across: 50 }), 3 * line, 'an entry a line, however wide');
  const [short, long] = ['a', 'a'.repeat(20)];
  assert.equal(legendHeight([long, short, short, short], { across: 300 }), 4 * line, 'columns are as wide as the longest');
  const group = legendHeight([short], { grouped: true });
  assert.equal(legendHeight([long, short, short, short], { across: 300, grouped: true }), 2 * group, 'each as wide as itself');
});

/** Linear RGB as somebody without red (protan) or green (deutan) cones sees it: Viénot, Brettel and Mollon 1999. */
function seenBy(kind: 'protan' | 'deutan', colour: string): [number, number, number] {
  const linear = [1, 3, 5].map((at) => (Number.parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
  const [red, green, blue] = linear;
  return kind === 'protan'
    ? [0.11238 * red + 0.88762 * green, 0.11238 * red + 0.88762 * green, 0.00401 * red - 0.00401 * green + blue]
    : [0.29275 * red + 0.70725 * green, 0.29275 * red + 0.70725 * green, -0.02234 * red + 0.02234 * green + blue];
}

/** Distance in the L*a*b* space, where 1 is about the smallest difference that an eye can see. */
function difference(first: [number, number, number], second: [number, number, number]): number {
  const lab = ([red, green, blue]: [number, number, number]) => {
    const curve = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
    const x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
    const y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    const z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
  const [one, two] = [lab(first), lab(second)];
  return Math.hypot(...one.map((value, index) => value - two[index]));
}

for (const kind of ['protan', 'deutan'] as const) {
  test(`the colours of classes can be told apart with ${kind} sight`, () => {
    let closest = { distance: Infinity, pair: '' };
    classColours.forEach((first, index) => {
      for (const second of classColours.slice(index + 1)) {
        const distance = difference(seenBy(kind, first), seenBy(kind, second));
        if (distance < closest.distance) closest = { distance, pair: `${first} and ${second}` };
      }
    });
    // Ten classes also differ by symbol or dash and by a name at the data; colours alone still keep a visible distance.
    assert.ok(closest.distance >= 18, `${closest.pair} are ${closest.distance.toFixed(1)} apart`);
  });
}

test('a long subtitle takes as many lines as it needs, and the plot makes room for them', () => {
  const words = Array.from({ length: 40 }, (_, index) => `word${index}`);
  const lines = subtitleLines(words.join(' '));
  assert.ok(lines.length > 2 && lines.every((line) => line.length <= 108), lines.join('\n'));
  assert.equal(lines.join(' '), words.join(' '));
  assert.deepEqual(subtitleLines('short'), ['short']);
  assert.deepEqual(subtitleLines(), []);
  const top = (subtitle: string) => Number(finish({ data: [], layout: {}, description: '' }, { title: 'a', subtitle }).layout.margin?.t);
  assert.equal(top(words.join(' ')) - top('short'), 24 * (lines.length - 1));
});
