/** Ten digits written with a pen: a course of points for each way to write one, bent, leaned, scaled and drawn with a pen of its own width. */
import { type RandomStream, randomStream } from '../random.js';
import { newCanvas, stroke, takeBytes } from './canvas.js';

const SIDE = 28;

type Point = readonly [x: number, y: number];
/** Strokes of a digit in a box from (-1, -1) to (1, 1), y downwards. */
type Glyph = ReadonlyArray<readonly Point[]>;

/** Points on an ellipse, from one angle to another in turns (0 = right, 0.25 = down). */
function arc(x: number, y: number, rx: number, ry: number, from: number, to: number, steps = 12): Point[] {
  return Array.from({ length: steps + 1 }, (_, step) => {
    const angle = 2 * Math.PI * (from + ((to - from) * step) / steps);
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

const GLYPHS: ReadonlyArray<readonly Glyph[]> = [
  [[arc(0, 0, 0.68, 1, -0.25, 0.75, 20)], [arc(0, 0, 0.55, 1, -0.15, 0.87, 20)]],
  [
    [
      [
        [0, -1],
        [0, 1],
      ],
    ],
    [
      [
        [-0.35, -0.6],
        [0.05, -1],
        [0.05, 1],
      ],
    ],
    [
      [
        [0.12, -1],
        [-0.12, 1],
      ],
    ],
  ],
  [
    [[...arc(0, -0.5, 0.6, 0.5, -0.47, 0.1), [-0.6, 1], [0.7, 0.95]]],
    [[...arc(0, -0.45, 0.6, 0.55, -0.47, 0.12), ...arc(-0.4, 0.78, 0.25, 0.2, 0.25, 1.0, 8), [0.75, 0.95]]],
  ],
  [
    [[...arc(0, -0.5, 0.55, 0.48, -0.45, 0.25), ...arc(0, 0.48, 0.65, 0.52, -0.25, 0.42)]],
    [[[-0.55, -0.95], [0.5, -0.95], [-0.05, -0.15], ...arc(0, 0.42, 0.6, 0.56, -0.25, 0.42)]],
  ],
  [
    [
      [
        [-0.55, -0.95],
        [-0.6, 0.1],
        [0.65, 0.1],
      ],
      [
        [0.45, -0.9],
        [0.4, 1],
      ],
    ],
    [
      [
        [0.2, -1],
        [-0.65, 0.25],
        [0.75, 0.25],
      ],
      [
        [0.3, -0.4],
        [0.25, 1],
      ],
    ],
    [
      [
        [-0.5, -0.9],
        [-0.5, -0.05],
        [0.45, -0.1],
      ],
      [
        [0.5, -1],
        [0.45, 1],
      ],
    ],
  ],
  [
    [[[0.6, -0.95], [-0.45, -0.95], [-0.5, -0.1], ...arc(0, 0.4, 0.6, 0.56, -0.3, 0.42)]],
    [
      [[-0.4, -0.9], [-0.45, -0.1], ...arc(0, 0.4, 0.6, 0.56, -0.28, 0.42)],
      [
        [-0.4, -0.92],
        [0.6, -0.98],
      ],
    ],
  ],
  [
    [[[0.35, -1], [-0.4, -0.2], ...arc(0, 0.48, 0.58, 0.5, -0.5, 0.52, 18)]],
    [[[0.1, -1], [-0.5, 0.1], ...arc(0.02, 0.52, 0.5, 0.46, -0.55, 0.5, 18)]],
  ],
  [
    [
      [
        [-0.65, -0.9],
        [0.65, -0.95],
        [-0.1, 1],
      ],
    ],
    [
      [
        [-0.65, -0.9],
        [0.6, -0.95],
        [0.1, 0.1],
        [-0.15, 1],
      ],
      [
        [-0.35, 0],
        [0.5, -0.02],
      ],
    ],
    [
      [
        [-0.65, -0.55],
        [-0.6, -0.9],
        [0.6, -0.9],
        [0.2, 1],
      ],
    ],
  ],
  [
    [[...arc(0, -0.5, 0.5, 0.47, 0.25, 1.25, 16), ...arc(0, 0.48, 0.6, 0.5, -0.25, 0.75, 16)]],
    [
      [
        ...arc(0, -0.5, 0.45, 0.45, -0.1, 0.3, 6).reverse(),
        ...arc(0, -0.5, 0.45, 0.45, -0.1, -0.6, 8),
        [0.4, 0.3],
        ...arc(0, 0.5, 0.5, 0.47, 0, 0.5, 8),
        [0.35, -0.3],
      ],
    ],
  ],
  [
    [[...arc(0, -0.45, 0.55, 0.5, 0, 1, 18), [0.5, 0.1], [0.35, 1]]],
    [[...arc(-0.02, -0.45, 0.52, 0.48, -0.05, 0.97, 18), [0.5, 0.2], ...arc(0, 0.55, 0.5, 0.42, 0, 0.35, 8)]],
  ],
];

interface Hand {
  place(point: Point): Point;
  readonly radius: number;
  readonly ink: number;
}

/** How one writer wrote one digit: affine first, then a slow wave that bends the strokes. */
function hand(random: RandomStream): Hand {
  const turn = random.normal() * 0.12;
  const lean = random.normal() * 0.24 - 0.1;
  const high = random.between(8.2, 9.8);
  const wide = high * random.between(0.5, 1.05);
  const [dx, dy] = [random.normal() * 0.55, random.normal() * 0.55];
  const bend = Array.from({ length: 2 }, () => ({
    size: random.normal() * 0.13,
    along: random.between(1, 3),
    across: random.between(1, 3),
    phase: random.between(0, 6.3),
  }));
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return {
    radius: random.between(0.85, 2),
    ink: random.between(0.85, 1),
    place([x, y]) {
      const bentX = x + bend[0]!.size * Math.sin(bend[0]!.along * y + bend[0]!.across * x + bend[0]!.phase);
      const bentY = y + bend[1]!.size * Math.sin(bend[1]!.along * x + bend[1]!.across * y + bend[1]!.phase);
      const leaned = bentX + lean * bentY;
      return [SIDE / 2 + dx + wide * (cos * leaned - sin * bentY), SIDE / 2 + dy + high * (sin * leaned + cos * bentY)];
    },
  };
}

/** Points of a glyph, each a little off. */
function wobbled(points: readonly Point[], random: RandomStream): Point[] {
  return points.map(([x, y]) => [x + random.normal() * 0.06, y + random.normal() * 0.06]);
}

/** Draws one digit for each label; image i depends on the seed and on i alone. */
export function drawDigits(labels: Uint8Array, seed: number): Uint8Array {
  const pixels = new Uint8Array(labels.length * SIDE * SIDE);
  const canvas = newCanvas(SIDE);
  for (let image = 0; image < labels.length; image += 1) {
    const random = randomStream(seed, image, 0xd16);
    const ways = GLYPHS[labels[image]!]!;
    const { place, radius, ink } = hand(random);
    for (const line of ways[random.below(ways.length)]!) {
      const points = wobbled(line, random).map(place);
      for (let index = 1; index < points.length; index += 1) {
        const [from, to] = [points[index - 1]!, points[index]!];
        stroke(canvas, from[0], from[1], to[0], to[1], radius, ink);
      }
    }
    takeBytes(canvas, pixels, image * SIDE * SIDE);
  }
  return pixels;
}
