/** Orders in which the pixels of a grid can be read: each a permutation of the grid, with a name. */
import { permutation, randomStream } from './random.js';
import type { PixelOrder } from './types.js';

export type PixelOrderMaker = (height: number, width: number) => PixelOrder;

type Visit = (row: number, column: number) => void;

/** Makes an order from a walk that visits every pixel once. */
function fromWalk(name: string, walk: (height: number, width: number, visit: Visit) => void): PixelOrderMaker {
  return (height, width) => {
    if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
      throw new RangeError(`A pixel order needs a grid of whole, positive sizes; it was given ${height} × ${width}.`);
    }
    const positions = new Int32Array(height * width);
    let step = 0;
    walk(height, width, (row, column) => {
      positions[step] = row * width + column;
      step += 1;
    });
    return { name, height, width, positions };
  };
}

const row = fromWalk('row', (height, width, visit) => {
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) visit(y, x);
});

const column = fromWalk('column', (height, width, visit) => {
  for (let x = 0; x < width; x += 1) for (let y = 0; y < height; y += 1) visit(y, x);
});

const snake = fromWalk('snake', (height, width, visit) => {
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) visit(y, y % 2 === 0 ? x : width - 1 - x);
});

type Vector = readonly [x: number, y: number];

const plus = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1]];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1]];
const length = (a: Vector) => Math.abs(a[0] + a[1]);
const unit = (a: Vector): Vector => [Math.sign(a[0]), Math.sign(a[1])];
const half = (a: Vector): Vector => [Math.trunc(a[0] / 2), Math.trunc(a[1] / 2)];

/**
 * Fills the rectangle spanned by `along` and `across`, entering at `corner` and leaving at the far end of `along`. A long rectangle is cut
 * in two; any other becomes three: up, along, down again, as in Hilbert's square. Halves are rounded to even lengths, for a part of odd
 * length and even breadth could not be left at its far end without a diagonal.
 */
function hilbertWalk(corner: Vector, along: Vector, across: Vector, visit: Visit): void {
  const steps = length(along);
  const breadth = length(across);
  if (breadth === 1 || steps === 1) {
    const direction = unit(breadth === 1 ? along : across);
    let [x, y] = corner;
    for (let step = 0; step < steps * breadth; step += 1) {
      visit(y, x);
      x += direction[0];
      y += direction[1];
    }
    return;
  }
  let halfAlong = half(along);
  let halfAcross = half(across);
  if (2 * steps > 3 * breadth) {
    if (length(halfAlong) % 2 === 1 && steps > 2) halfAlong = plus(halfAlong, unit(along));
    hilbertWalk(corner, halfAlong, across, visit);
    hilbertWalk(plus(corner, halfAlong), minus(along, halfAlong), across, visit);
    return;
  }
  if (length(halfAcross) % 2 === 1 && breadth > 2) halfAcross = plus(halfAcross, unit(across));
  hilbertWalk(corner, halfAcross, halfAlong, visit);
  hilbertWalk(plus(corner, halfAcross), along, minus(across, halfAcross), visit);
  const turn = plus(plus(corner, minus(along, unit(along))), minus(halfAcross, unit(across)));
  hilbertWalk(turn, minus([0, 0], halfAcross), minus([0, 0], minus(along, halfAlong)), visit);
}

/**
 * Hilbert's curve for any rectangle: starts top left and ends at the far end of the longer side. Each step moves to a neighbour, except
 * for one diagonal step where the longer side is odd and the shorter even and above 2: a chessboard's colours forbid a path between those ends.
 */
const hilbert = fromWalk('hilbert', (height, width, visit) => {
  if (width >= height) hilbertWalk([0, 0], [width, 0], [0, height], visit);
  else hilbertWalk([0, 0], [0, height], [width, 0], visit);
});

/** Bits of row and column taken in turns; cells outside the rectangle are skipped. */
const zOrder = fromWalk('z-order', (height, width, visit) => {
  let side = 1;
  while (side < Math.max(height, width)) side *= 2;
  const quarter = (y: number, x: number, size: number): void => {
    if (y >= height || x >= width) return;
    if (size === 1) {
      visit(y, x);
      return;
    }
    const next = size / 2;
    quarter(y, x, next);
    quarter(y, x + next, next);
    quarter(y + next, x, next);
    quarter(y + next, x + next, next);
  };
  quarter(0, 0, side);
});

function spiralWalk(height: number, width: number, visit: Visit): void {
  let top = 0;
  let left = 0;
  let bottom = height - 1;
  let right = width - 1;
  while (top <= bottom && left <= right) {
    for (let x = left; x <= right; x += 1) visit(top, x);
    for (let y = top + 1; y <= bottom; y += 1) visit(y, right);
    if (top < bottom) for (let x = right - 1; x >= left; x -= 1) visit(bottom, x);
    if (left < right) for (let y = bottom - 1; y > top; y -= 1) visit(y, left);
    top += 1;
    left += 1;
    bottom -= 1;
    right -= 1;
  }
}

const spiralIn = fromWalk('spiral-in', spiralWalk);

function reversed(order: PixelOrderMaker): PixelOrderMaker {
  return (height, width) => {
    const forward = order(height, width);
    return { ...forward, name: `reversed-${forward.name}`, positions: forward.positions.slice().reverse() };
  };
}

const spiralOut: PixelOrderMaker = (height, width) => ({ ...reversed(spiralIn)(height, width), name: 'spiral-out' });

function random(seed: number): PixelOrderMaker {
  return (height, width) => ({
    ...row(height, width),
    name: `random-${seed}`,
    positions: permutation(height * width, randomStream(seed, height, width, 0x0bde)),
  });
}

export const pixelOrders = { row, column, snake, hilbert, zOrder, spiralIn, spiralOut, reversed, random } as const;
