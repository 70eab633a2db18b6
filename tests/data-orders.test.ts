/** Pixel orders, and what is done with them: permutations, neighbours, sequences, pooling, padding. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type ImageSet,
  meanPooled,
  type PixelOrder,
  type PixelOrderMaker,
  pixelOrders,
  reordered,
  toExamples,
  toFloats,
} from 'paperlab/data';

const MAKERS: Record<string, PixelOrderMaker> = {
  row: pixelOrders.row,
  column: pixelOrders.column,
  snake: pixelOrders.snake,
  hilbert: pixelOrders.hilbert,
  'z-order': pixelOrders.zOrder,
  'spiral-in': pixelOrders.spiralIn,
  'spiral-out': pixelOrders.spiralOut,
  'reversed-hilbert': pixelOrders.reversed(pixelOrders.hilbert),
  'random-7': pixelOrders.random(7),
};

/** How many steps go diagonally, and how many jump. */
function steps({ positions, width }: PixelOrder): { diagonal: number; jumps: number } {
  let diagonal = 0;
  let jumps = 0;
  for (let step = 1; step < positions.length; step += 1) {
    const dy = Math.abs(Math.floor(positions[step]! / width) - Math.floor(positions[step - 1]! / width));
    const dx = Math.abs((positions[step]! % width) - (positions[step - 1]! % width));
    if (dx + dy === 1) continue;
    if (dx === 1 && dy === 1) diagonal += 1;
    else jumps += 1;
  }
  return { diagonal, jumps };
}

test('every order is a permutation of every grid up to 20 × 20 and bears its name', () => {
  for (const [name, make] of Object.entries(MAKERS)) {
    for (let height = 1; height <= 20; height += 1) {
      for (let width = 1; width <= 20; width += 1) {
        const order = make(height, width);
        assert.equal(order.name, name);
        const sorted = order.positions.slice().sort();
        assert.equal(sorted.length, height * width);
        assert.ok(
          sorted.every((position, index) => position === index),
          `${name} ${height} × ${width}`,
        );
      }
    }
  }
});

test('snake and spirals move to neighbours only', () => {
  for (const make of [pixelOrders.snake, pixelOrders.spiralIn, pixelOrders.spiralOut]) {
    for (const [height, width] of [
      [28, 28],
      [5, 8],
      [1, 6],
      [9, 2],
    ] as const) {
      assert.deepEqual(steps(make(height, width)), { diagonal: 0, jumps: 0 });
    }
  }
});

test('the Hilbert curve moves to neighbours; one diagonal only where the longer side is odd and the shorter even (and above 2)', () => {
  for (let height = 1; height <= 40; height += 1) {
    for (let width = 1; width <= 40; width += 1) {
      const { diagonal, jumps } = steps(pixelOrders.hilbert(height, width));
      const [longer, shorter] = [Math.max(height, width), Math.min(height, width)];
      const unavoidable = longer % 2 === 1 && shorter % 2 === 0 && shorter > 2 ? 1 : 0;
      assert.deepEqual({ diagonal, jumps }, { diagonal: unavoidable, jumps: 0 }, `${height} × ${width}`);
    }
  }
});

test('the Hilbert curve of a power of two keeps near pixels near: quarters are done one after the other', () => {
  const order = pixelOrders.hilbert(8, 8);
  for (let quarter = 0; quarter < 4; quarter += 1) {
    const cells = [...order.positions.slice(quarter * 16, quarter * 16 + 16)];
    assert.equal(new Set(cells.map((cell) => `${Math.floor(cell / 32)} ${Math.floor((cell % 8) / 4)}`)).size, 1);
  }
});

test('known small orders', () => {
  assert.deepEqual([...pixelOrders.zOrder(2, 4).positions], [0, 1, 4, 5, 2, 3, 6, 7]);
  assert.deepEqual([...pixelOrders.spiralIn(3, 3).positions], [0, 1, 2, 5, 8, 7, 6, 3, 4]);
  assert.deepEqual([...pixelOrders.column(2, 3).positions], [0, 3, 1, 4, 2, 5]);
  assert.deepEqual([...pixelOrders.random(3)(4, 4).positions], [...pixelOrders.random(3)(4, 4).positions]);
  assert.notDeepEqual([...pixelOrders.random(3)(4, 4).positions], [...pixelOrders.random(4)(4, 4).positions]);
  assert.throws(() => pixelOrders.row(0, 3), /whole, positive/);
});

function smallSet(count: number, height: number, width: number, channels: number): ImageSet {
  return {
    name: 'mnist',
    split: 'train',
    pixels: Uint8Array.from({ length: count * height * width * channels }, (_, index) => (index * 37) % 256),
    labels: new Uint8Array(count),
    count,
    height,
    width,
    channels,
    classNames: ['none'],
    indices: Int32Array.from({ length: count }, (_, index) => index),
    provenance: 'stand-in',
    checksum: 'test',
  };
}

test('reordered gives sequences of shape [steps, channels], as a slow loop does', () => {
  const set = smallSet(3, 4, 6, 3);
  const order = pixelOrders.hilbert(4, 6);
  const sequences = reordered(set, order);
  assert.deepEqual(sequences.shape, [24, 3]);
  assert.equal(sequences.scale, 1 / 255);
  assert.ok(sequences.inputs instanceof Uint8Array);
  for (let image = 0; image < 3; image += 1) {
    for (let step = 0; step < 24; step += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        assert.equal(sequences.inputs[(image * 24 + step) * 3 + channel], set.pixels[(image * 24 + order.positions[step]!) * 3 + channel]);
      }
    }
  }
  assert.throws(() => reordered(set, pixelOrders.row(6, 4)), /for 6 × 4/);
});

test('meanPooled averages squares; pooled images can be re-ordered', () => {
  const set = { ...smallSet(1, 2, 4, 1), pixels: Uint8Array.from([0, 255, 10, 20, 255, 255, 30, 40]) };
  const pooled = meanPooled(set, 2);
  assert.deepEqual(pooled.shape, [1, 2, 1]);
  assert.ok(Math.abs(pooled.inputs[0]! - 0.75) < 1e-6 && Math.abs(pooled.inputs[1]! - 25 / 255) < 1e-6);
  assert.deepEqual([...reordered(pooled, pixelOrders.reversed(pixelOrders.row)(1, 2)).inputs], [pooled.inputs[1], pooled.inputs[0]]);
  assert.throws(() => meanPooled(set, 3), /does not divide/);
});

test('padding is even and of zeros; bytes keep their scale, floats have it applied', () => {
  const set = smallSet(2, 28, 28, 1);
  const padded = toExamples(set, { size: 32 });
  assert.deepEqual(padded.shape, [32, 32, 1]);
  for (let y = 0; y < 32; y += 1) {
    for (let x = 0; x < 32; x += 1) {
      const inside = y >= 2 && y < 30 && x >= 2 && x < 30;
      assert.equal(padded.inputs[1024 + y * 32 + x], inside ? set.pixels[784 + (y - 2) * 28 + x - 2] : 0);
    }
  }
  assert.equal(toExamples(set).inputs, set.pixels);
  assert.ok(Math.abs(toFloats(set).inputs[1]! - 37 / 255) < 1e-6);
  assert.throws(() => toExamples(set, { size: 20 }), /only enlarges/);
});
