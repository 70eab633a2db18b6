/** Small pictures: a palette of few colours in which nothing that can be seen gets lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePng, shrinkPng } from 'paperlab/internal/figures/png';
import { PNG } from 'pngjs';

const [width, height] = [300, 200];
const paper: [number, number, number] = [253, 253, 251];
const faint: [number, number, number] = [238, 238, 236];

/** Paper with a faint upright line at its middle, and below it, if wanted, a field of thousands of colours. */
function picture(colourful: boolean): Buffer {
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const field: [number, number, number] = [(column * 5) % 256, (row * 7) % 256, (column * row) % 256];
      rgb.set(colourful && row >= 150 ? field : column === 150 ? faint : paper, (row * width + column) * 3);
    }
  return encodePng({ width, height, rgb });
}

function read(file: Buffer): { at: (row: number, column: number) => number[]; colours: number } {
  const { data } = PNG.sync.read(file);
  const at = (row: number, column: number) => [...data.subarray((row * width + column) * 4, (row * width + column) * 4 + 3)];
  const seen = new Set<number>();
  for (let pixel = 0; pixel < width * height; pixel++) seen.add(data.readUInt32BE(pixel * 4));
  return { at, colours: seen.size };
}

test('a faint thin line stays apart from the paper, however many colours a picture has', () => {
  for (const colourful of [false, true]) {
    const { at, colours } = read(shrinkPng(picture(colourful)));
    assert.deepEqual(at(20, 20), paper);
    assert.deepEqual(at(20, 150), faint);
    assert.ok(colours <= 256, `${colours} colours`);
  }
});

test('colours that share a place in the palette stay like what they were', () => {
  const [before, after] = [read(picture(true)), read(shrinkPng(picture(true)))];
  assert.ok(before.colours > 5000);
  let furthest = 0;
  for (let row = 150; row < height; row += 7)
    for (let column = 0; column < width; column += 3) {
      const there = after.at(row, column);
      before.at(row, column).forEach((channel, index) => {
        furthest = Math.max(furthest, Math.abs(channel - there[index]!));
      });
    }
  assert.ok(furthest < 64, `${furthest} of 255`);
});

test('a palette makes the file smaller', () => {
  const plain = picture(true);
  assert.ok(shrinkPng(plain).length < plain.length);
});
