/** Ten kinds of garments in the manner of Fashion-MNIST: five cuts for the upper body that overlap, three shoes that cluster, trousers and bags. */
import { type RandomStream, randomStream } from '../random.js';
import { along, type Canvas, type Course, newCanvas, span, takeBytes } from './canvas.js';

const SIDE = 28;
const MIDDLE = SIDE / 2;

/** What cloth looks like: a shade that folds, stripes and grain change. */
interface Cloth {
  readonly shade: number;
  at(row: number, across: number): number;
}

function cloth(random: RandomStream, darkest: number, brightest: number): Cloth {
  const shade = random.between(darkest, brightest);
  const fold = random.between(0, 0.1);
  const foldWidth = random.between(0.25, 0.7);
  const foldPhase = random.between(0, 6);
  const slant = random.between(-0.3, 0.3);
  const stripes = random.uniform() < 0.15 ? random.between(0.1, 0.4) : 0;
  const stripeWidth = random.between(0.8, 2.2);
  const stripePhase = random.between(0, 6);
  const darker = random.uniform() < 0.05 ? random.between(0.35, 0.65) : 1;
  const blockRow = random.between(8, 20);
  return {
    shade,
    at(row, across) {
      const folds = 1 - fold * (1 + Math.sin(across * foldWidth + row * slant + foldPhase));
      const striped = stripes > 0 && Math.sin(row * stripeWidth + stripePhase) > 0.2 ? 1 - stripes : 1;
      return shade * folds * striped * (row < blockRow ? 1 : darker);
    },
  };
}

/** Fills a row between two edges with cloth, in pieces small enough to show folds. */
function fillCloth(canvas: Canvas, row: number, x0: number, x1: number, material: Cloth): void {
  for (let x = x0; x < x1; ) {
    const next = Math.min(x1, Math.floor(x) + 1);
    span(canvas, row, x, next, material.at(row, (x + next) / 2 - MIDDLE));
    x = next;
  }
}

interface UpperCut {
  /** Half the width from the shoulders to the hem, by row. */
  body: Course;
  neckDepth: number;
  neckHalf: number;
  /** Row and reach of the sleeves' ends; no sleeves without it. */
  sleeve?: { endRow: number; endReach: number; width: number };
  collar: boolean;
  /** 0 none, 1 a closed row of buttons or a zip, 2 open over its length. */
  front: 0 | 1 | 2;
  print: number;
}

function drawUpper(canvas: Canvas, cut: UpperCut, material: Cloth, random: RandomStream): void {
  const top = cut.body[0]![0];
  const bottom = cut.body[cut.body.length - 1]![0];
  const centre = MIDDLE + random.between(-0.6, 0.6);
  const lean = random.between(-0.03, 0.03);
  const shoulder = along(cut.body, top + 1);
  for (let row = Math.floor(top); row <= Math.min(SIDE - 1, bottom); row += 1) {
    const middle = centre + lean * (row - MIDDLE);
    drawSleeves(canvas, cut, row, top, shoulder, middle, material);
    const half = along(cut.body, row);
    const neck = row - top < cut.neckDepth ? cut.neckHalf * Math.sqrt(1 - (row - top) / cut.neckDepth) : 0;
    fillCloth(canvas, row, middle - half, middle - neck, material);
    fillCloth(canvas, row, middle + neck, middle + half, material);
    drawFront(canvas, cut, row, top, middle, neck, material, random);
  }
}

function drawSleeves(canvas: Canvas, cut: UpperCut, row: number, top: number, shoulder: number, middle: number, material: Cloth): void {
  const { sleeve } = cut;
  if (!sleeve || row < top + 1 || row > sleeve.endRow) return;
  const way = (row - top - 1) / Math.max(1, sleeve.endRow - top - 1);
  const outer = shoulder + (sleeve.endReach - shoulder) * Math.sqrt(way);
  const inner = Math.max(0, outer - sleeve.width * (1.25 - 0.4 * way));
  fillCloth(canvas, row, middle - outer, middle - inner, material);
  fillCloth(canvas, row, middle + inner, middle + outer, material);
  // The seam's shadow between sleeve and body.
  const seam = along(cut.body, row);
  if (inner <= seam && way > 0.25) {
    span(canvas, row, middle - seam - 0.5, middle - seam + 0.4, material.shade * 0.55);
    span(canvas, row, middle + seam - 0.4, middle + seam + 0.5, material.shade * 0.55);
  }
}

function drawFront(
  canvas: Canvas,
  cut: UpperCut,
  row: number,
  top: number,
  middle: number,
  neck: number,
  material: Cloth,
  random: RandomStream,
): void {
  if (cut.collar && row - top <= cut.neckDepth + 1) {
    const light = Math.min(1, material.shade * 1.2 + 0.08);
    span(canvas, row, middle - neck - 1.6, middle - neck - 0.2, light);
    span(canvas, row, middle + neck + 0.2, middle + neck + 1.6, light);
  }
  if (row - top < cut.neckDepth) return;
  if (cut.front === 1) span(canvas, row, middle - 0.45, middle + 0.45, material.shade * (row % 3 === 0 ? 1.25 : 0.72));
  if (cut.front === 2) span(canvas, row, middle - 0.5, middle + 0.3 + 0.04 * row, material.shade * 0.3);
  if (cut.print > 0 && row > top + 7 && row < top + 15) {
    const reach = cut.print * random.between(0.5, 1);
    span(canvas, row, middle - reach, middle + reach, Math.min(1, material.shade * random.between(0.4, 1.5)));
  }
}

type Draw = (canvas: Canvas, random: RandomStream) => void;

interface UpperStyle {
  width: readonly [number, number];
  hem: readonly [number, number];
  waist: readonly [number, number];
  bottom: readonly [number, number];
  longSleeves: number;
  noSleeves: number;
  collar: number;
  front: readonly [closed: number, open: number];
  print: number;
  shade: readonly [number, number];
}

/** Chances and ranges of each cut: their overlap is what makes shirts hard to tell from T-shirts, pullovers and coats. */
const UPPER: Record<'shirt' | 'tShirt' | 'pullover' | 'coat' | 'dress', UpperStyle> = {
  tShirt: {
    width: [5.8, 7.6],
    waist: [5.4, 7.2],
    hem: [5.6, 7.6],
    bottom: [24, 27],
    longSleeves: 0.03,
    noSleeves: 0.06,
    collar: 0.05,
    front: [0.03, 0],
    print: 0.3,
    shade: [0.5, 1],
  },
  shirt: {
    width: [5.6, 7.6],
    waist: [5.2, 7.2],
    hem: [5.6, 7.8],
    bottom: [24, 27],
    longSleeves: 0.58,
    noSleeves: 0.08,
    collar: 0.45,
    front: [0.42, 0.05],
    print: 0.08,
    shade: [0.45, 1],
  },
  pullover: {
    width: [6.2, 8],
    waist: [5.9, 7.8],
    hem: [5.8, 7.8],
    bottom: [24, 27],
    longSleeves: 0.97,
    noSleeves: 0.01,
    collar: 0.14,
    front: [0.07, 0.02],
    print: 0.14,
    shade: [0.5, 1],
  },
  coat: {
    width: [6.2, 8],
    waist: [5.8, 7.6],
    hem: [6, 8.4],
    bottom: [25, 27],
    longSleeves: 0.97,
    noSleeves: 0.01,
    collar: 0.5,
    front: [0.5, 0.32],
    print: 0,
    shade: [0.5, 0.98],
  },
  dress: {
    width: [3.4, 5.4],
    waist: [2.6, 4.8],
    hem: [3.8, 8],
    bottom: [26, 27],
    longSleeves: 0.16,
    noSleeves: 0.55,
    collar: 0.08,
    front: [0.05, 0],
    print: 0,
    shade: [0.5, 1],
  },
};

function drawStyle(style: UpperStyle): Draw {
  return (canvas, random) => {
    const material = cloth(random, ...style.shade);
    const top = random.between(0, 3);
    const bottom = random.between(...style.bottom);
    const width = random.between(...style.width);
    const waistRow = random.between(11, 16);
    const body: Course = [
      [top, width * random.between(0.45, 0.65)],
      [top + random.between(1.5, 3), width * random.between(0.95, 1.08)],
      [top + 7, width],
      [waistRow, random.between(...style.waist)],
      [bottom, random.between(...style.hem)],
    ];
    const front = random.uniform();
    const [closed, open] = style.front;
    drawUpper(
      canvas,
      {
        body,
        neckDepth: random.between(1, 4.5),
        neckHalf: random.between(1.5, 3.4),
        sleeve: sleevesOf(style, width, top, random),
        collar: random.uniform() < style.collar,
        front: front < closed ? 1 : front < closed + open ? 2 : 0,
        print: random.uniform() < style.print ? random.between(1.5, 4) : 0,
      },
      material,
      random,
    );
  };
}

function sleevesOf(style: UpperStyle, width: number, top: number, random: RandomStream): UpperCut['sleeve'] {
  const kind = random.uniform();
  if (kind < style.noSleeves) return undefined;
  const long = kind < style.noSleeves + style.longSleeves;
  if (long)
    return { endRow: random.between(20, 26), endReach: Math.min(13.5, width + random.between(3, 6)), width: random.between(3, 4.6) };
  return { endRow: top + random.between(5, 11), endReach: Math.min(13.8, width + random.between(3.5, 6.5)), width: random.between(4, 6) };
}

const trouser: Draw = (canvas, random) => {
  const material = cloth(random, 0.5, 1);
  const centre = MIDDLE + random.between(-0.7, 0.7);
  const top = Math.round(random.between(0, 2));
  const hip = random.between(3.4, 5.2);
  const ankle = random.between(1.6, 3);
  const spread = random.between(2, 4.4);
  const fork = random.between(6, 11);
  const shorts = random.uniform() < 0.03 ? random.between(16, 20) : 27;
  for (let row = top; row <= shorts; row += 1) {
    if (row < fork) {
      fillCloth(canvas, row, centre - hip + 0.4 - row * 0.04, centre + hip - 0.4 + row * 0.04, material);
      continue;
    }
    const way = (row - fork) / (27 - fork);
    const middle = hip / 2 + (spread - hip / 2) * way;
    const half = hip / 2 + (ankle - hip / 2) * way;
    fillCloth(canvas, row, centre - middle - half, centre - middle + half - 0.15 - way * 0.5, material);
    fillCloth(canvas, row, centre + middle - half + 0.15 + way * 0.5, centre + middle + half, material);
  }
};

interface Shoe {
  readonly toe: number;
  readonly heel: number;
  readonly sole: number;
}

function shoe(random: RandomStream): Shoe {
  return { toe: random.between(0, 1.5), heel: random.between(25.5, 28), sole: random.between(19, 23) };
}

function drawSole(canvas: Canvas, { toe, heel, sole }: Shoe, thick: number, heelHigh: number, shade: number): void {
  for (let row = Math.floor(sole); row < sole + thick + heelHigh; row += 1) {
    if (row < sole + thick) span(canvas, row, toe, heel, shade);
    else span(canvas, row, heel - 6.5, heel - 0.5, shade * 0.9);
  }
}

const sneaker: Draw = (canvas, random) => {
  const form = shoe(random);
  const material = cloth(random, 0.45, 1);
  const ankle = form.sole - random.between(6.5, 9.5);
  const opening = random.between(14, 19);
  const upper: Course = [
    [ankle, opening],
    [ankle + 2, opening - 3],
    [form.sole - 3, random.between(3, 6)],
    [form.sole, form.toe],
  ];
  for (let row = Math.floor(ankle); row < form.sole; row += 1)
    fillCloth(canvas, row, along(upper, row), form.heel - (row < ankle + 1 ? 1 : 0), material);
  drawSole(canvas, form, random.between(1, 2.6), 0, random.between(0.3, 1));
  if (random.uniform() < 0.5) drawBand(canvas, form, ankle, random);
};

/** The maker's stripe across a shoe's side. */
function drawBand(canvas: Canvas, form: Shoe, top: number, random: RandomStream): void {
  const shade = random.between(0.1, 1);
  const start = random.between(13, 18);
  for (let row = Math.floor(top) + 2; row < form.sole; row += 1)
    span(canvas, row, start + (form.sole - row) * 0.7, start + 1.8 + (form.sole - row) * 0.7, shade);
}

const sandal: Draw = (canvas, random) => {
  const form = shoe(random);
  const shade = random.between(0.35, 0.9);
  const heelHigh = random.uniform() < 0.35 ? random.between(2, 5) : 0;
  const rise = heelHigh + random.between(0, 2.5);
  const thick = random.between(1, 2.4);
  for (let x = Math.floor(form.toe); x < form.heel; x += 1) {
    const arch = form.sole - rise * Math.max(0, (x - 12) / 15) ** 1.5;
    for (let row = Math.floor(arch); row < arch + thick; row += 1) span(canvas, row, x, x + 1, shade);
  }
  if (heelHigh > 0)
    for (let row = Math.floor(form.sole - rise + 1); row < form.sole + thick; row += 1)
      span(canvas, row, form.heel - 4, form.heel - 1, shade);
  const straps = 2 + random.below(4);
  for (let strap = 0; strap < straps; strap += 1) drawStrap(canvas, form, rise, random);
  if (random.uniform() < 0.5) drawShaft(canvas, form, rise, shade, random);
};

function drawStrap(canvas: Canvas, form: Shoe, rise: number, random: RandomStream): void {
  const foot = random.between(2, 24);
  const high = random.between(3, 9);
  const lean = random.between(-0.3, 1.3);
  const shade = random.between(0.35, 1);
  const width = random.between(1, 2.8);
  const base = form.sole - rise * Math.max(0, (foot - 12) / 15);
  for (let row = Math.floor(base - high); row < base; row += 1)
    span(canvas, row, foot + (base - row) * lean, foot + width + (base - row) * lean, shade);
}

function drawShaft(canvas: Canvas, form: Shoe, rise: number, shade: number, random: RandomStream): void {
  const top = form.sole - rise - random.between(5, 9);
  for (let row = Math.floor(top); row < form.sole - rise; row += 1)
    span(canvas, row, form.heel - random.between(2, 4), form.heel - 0.6, shade);
  span(canvas, Math.floor(top) + 1, form.heel - 9, form.heel - 1, shade);
}

const ankleBoot: Draw = (canvas, random) => {
  const form = { ...shoe(random), sole: random.between(21, 25) };
  const material = cloth(random, 0.48, 1);
  const top = random.uniform() < 0.12 ? random.between(10, 13) : random.between(2, 8);
  const shaft = random.between(10, 16);
  const instep = form.sole - random.between(5, 8);
  const upper: Course = [
    [top, shaft],
    [instep - 1, shaft - random.between(0, 2)],
    [instep + 2, random.between(4, 7)],
    [form.sole, form.toe],
  ];
  for (let row = Math.floor(top); row < form.sole; row += 1)
    fillCloth(canvas, row, along(upper, row), form.heel - random.between(0.2, 0.5), material);
  drawSole(canvas, form, random.between(0.8, 2), random.uniform() < 0.6 ? random.between(1, 3.5) : 0, random.between(0.25, 0.9));
};

const bag: Draw = (canvas, random) => {
  const material = cloth(random, 0.45, 1);
  const top = random.between(7, 13);
  const bottom = random.between(21, 27);
  const upper = random.between(7, 13);
  const lower = random.between(8, 13.5);
  const handle = random.uniform();
  const arc = random.between(3, 7);
  const high = random.between(3, top);
  const handleShade = material.shade * random.between(0.6, 1.1);
  for (let row = Math.floor(top - high); row < top && handle < 0.8; row += 1) {
    const way = (top - row) / high;
    const reach = arc * Math.sqrt(Math.max(0, 1 - way * way)) + 0.6;
    span(canvas, row, MIDDLE - reach - 1, MIDDLE - reach + 0.6, handleShade);
    span(canvas, row, MIDDLE + reach - 0.6, MIDDLE + reach + 1, handleShade);
    if (way > 0.85) span(canvas, row, MIDDLE - reach, MIDDLE + reach, handleShade);
  }
  const flap = random.uniform() < 0.5 ? random.between(top + 3, bottom - 3) : -1;
  for (let row = Math.floor(top); row < bottom; row += 1) {
    const half = upper + ((lower - upper) * (row - top)) / (bottom - top);
    fillCloth(canvas, row, MIDDLE - half, MIDDLE + half, material);
    if (Math.abs(row - flap) < 0.6) span(canvas, row, MIDDLE - half, MIDDLE + half, material.shade * 0.5);
  }
  if (random.uniform() < 0.5) span(canvas, Math.floor((top + bottom) / 2), MIDDLE - 1.5, MIDDLE + 1.5, random.between(0.6, 1));
};

/** In the order of Fashion-MNIST's classes. */
const GARMENTS: readonly Draw[] = [
  drawStyle(UPPER.tShirt),
  trouser,
  drawStyle(UPPER.pullover),
  drawStyle(UPPER.dress),
  drawStyle(UPPER.coat),
  sandal,
  drawStyle(UPPER.shirt),
  sneaker,
  bag,
  ankleBoot,
];

const GRAIN = 0.05;

/** Draws one garment for each label; image i depends on the seed and on i alone. */
export function drawGarments(labels: Uint8Array, seed: number): Uint8Array {
  const pixels = new Uint8Array(labels.length * SIDE * SIDE);
  const canvas = newCanvas(SIDE);
  for (let image = 0; image < labels.length; image += 1) {
    const random = randomStream(seed, image, 0x6a7);
    GARMENTS[labels[image]!]!(canvas, random);
    const { values } = canvas;
    for (let index = 0; index < values.length; index += 1) {
      if (values[index]! > 0.02) values[index]! += GRAIN * (random.uniform() + random.uniform() - 1);
    }
    takeBytes(canvas, pixels, image * SIDE * SIDE);
  }
  return pixels;
}
