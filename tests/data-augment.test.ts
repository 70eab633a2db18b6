/** Augmentation against a plain reference: matrices composed one by one, sampled by the definition. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Affine, type AugmentOptions, affineOf, augment, augmentedTwin, randomStream, standIn, subset, warp } from 'paperlab/data';

type Matrix = number[][];

function times(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, column) => row.reduce((sum, value, index) => sum + value * b[index]![column]!, 0)));
}

function inverse([[a, b, c], [d, e, f]]: Matrix): Matrix {
  const determinant = a! * e! - b! * d!;
  const [ia, ib, id, ie] = [e! / determinant, -b! / determinant, -d! / determinant, a! / determinant];
  return [
    [ia, ib, -(ia * c! + ib * f!)],
    [id, ie, -(id * c! + ie * f!)],
    [0, 0, 1],
  ];
}

/** The forward map, each part as the book writes it: mirror, zoom, shear, turn, shift. */
function referenceMap(options: Required<Omit<AugmentOptions, 'fill'>>, height: number, width: number, keys: number[]): Matrix {
  const random = randomStream(...keys, 0xa06);
  const mirror = random.uniform() < 0.5 && options.flip ? -1 : 1;
  const turn = (random.between(-1, 1) * options.rotate * Math.PI) / 180;
  const lean = Math.tan((random.between(-1, 1) * options.shear * Math.PI) / 180);
  const size = 1 + random.between(-1, 1) * options.zoom;
  const [dx, dy] = [random.between(-1, 1) * options.translate * width, random.between(-1, 1) * options.translate * height];
  const parts: Matrix[] = [
    [
      [1, 0, dx],
      [0, 1, dy],
      [0, 0, 1],
    ],
    [
      [Math.cos(turn), -Math.sin(turn), 0],
      [Math.sin(turn), Math.cos(turn), 0],
      [0, 0, 1],
    ],
    [
      [1, lean, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    [
      [size, 0, 0],
      [0, size, 0],
      [0, 0, 1],
    ],
    [
      [mirror, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  ];
  return parts.reduce(times);
}

function referenceSample(image: Float32Array, height: number, width: number, map: Matrix): number[] {
  const pixel = (y: number, x: number) => (y < 0 || x < 0 || y >= height || x >= width ? 0 : image[y * width + x]!);
  const back = inverse(map);
  const result: number[] = [];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [sx, sy] = times(back, [[x - (width - 1) / 2], [y - (height - 1) / 2], [1]]).map(
        (row, axis) => row[0]! + [(width - 1) / 2, (height - 1) / 2, 0][axis]!,
      ) as [number, number];
      let sum = 0;
      for (const cy of [Math.floor(sy), Math.floor(sy) + 1]) {
        for (const cx of [Math.floor(sx), Math.floor(sx) + 1])
          sum += pixel(cy, cx) * Math.max(0, 1 - Math.abs(sx - cx)) * Math.max(0, 1 - Math.abs(sy - cy));
      }
      result.push(sum);
    }
  }
  return result;
}

test('maps and bilinear sampling agree with the reference to 1e-5', () => {
  const [height, width] = [14, 11];
  const random = randomStream(9);
  const image = Float32Array.from({ length: height * width }, () => random.uniform());
  const options = { flip: true, shear: 20, translate: 0.2, zoom: 0.3, rotate: 30 };
  for (let draw = 0; draw < 50; draw += 1) {
    const map = affineOf(options, height, width, 4, 2, draw);
    const found = new Float32Array(height * width);
    warp(image, 0, found, 0, { height, width, channels: 1 }, map);
    const wanted = referenceSample(image, height, width, referenceMap(options, height, width, [4, 2, draw]));
    const worst = found.reduce((most, value, index) => Math.max(most, Math.abs(value - wanted[index]!)), 0);
    assert.ok(worst < 1e-5, `draw ${draw}: off by ${worst}`);
  }
});

test('the identity changes nothing, a mirror mirrors, edges can be continued', () => {
  const set = standIn('mnist', { count: 20 });
  assert.deepEqual(augmentedTwin(set, {}, 1).pixels, set.pixels);
  const twin = augmentedTwin(set, { flip: true }, 1);
  const same = Array.from(
    { length: 20 },
    (_, image) =>
      Buffer.compare(twin.pixels.subarray(image * 784, image * 784 + 784), set.pixels.subarray(image * 784, image * 784 + 784)) === 0,
  );
  const mirrored = Array.from({ length: 20 }, (_, image) => {
    for (let y = 0; y < 28; y += 1)
      for (let x = 0; x < 28; x += 1) if (twin.pixels[image * 784 + y * 28 + x] !== set.pixels[image * 784 + y * 28 + 27 - x]) return false;
    return true;
  });
  assert.ok(same.every((value, image) => value !== mirrored[image]));
  assert.ok(same.includes(true) && mirrored.includes(true));
  const shift: Affine = [1, 0, -2, 0, 1, 0];
  const rows = { zero: new Uint8Array(4), edge: new Uint8Array(4) };
  for (const fill of ['zero', 'edge'] as const)
    warp(Uint8Array.from([9, 8, 7, 6]), 0, rows[fill], 0, { height: 1, width: 4, channels: 1 }, shift, fill);
  assert.deepEqual(
    [[...rows.zero], [...rows.edge]],
    [
      [0, 0, 9, 8],
      [9, 9, 9, 8],
    ],
  );
});

test('an image has the same draw alone, in a part and in the whole; another epoch gives another', () => {
  const set = standIn('mnist', { count: 30 });
  const options: AugmentOptions = { shear: 10, translate: 0.1, zoom: 0.1, rotate: 10 };
  const whole = augment(set.pixels, set, options, 7, 3);
  const part = augment(subset(set, [20, 21, 22]).pixels, set, options, 7, 3, 20);
  assert.deepEqual(part, whole.slice(20 * 784, 23 * 784));
  assert.notDeepEqual(augment(set.pixels, set, options, 7, 4), whole);
  assert.throws(() => augment(set.pixels, set, { zoom: 1 }, 1, 1), /zoom/);
  assert.throws(() => augment(set.pixels.subarray(1), set, {}, 1, 1), /whole number of images/);
});

test('colour stays with its pixel', () => {
  const set = standIn('idc', { count: 40 });
  const twin = augmentedTwin(set, { flip: true }, 2);
  const sums = (pixels: Uint8Array, channel: number) =>
    pixels.reduce((sum, value, index) => (index % 3 === channel ? sum + value : sum), 0);
  for (const channel of [0, 1, 2]) assert.equal(sums(twin.pixels, channel), sums(set.pixels, channel));
});
