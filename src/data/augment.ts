/**
 * Augmentation on bytes: flip, shear, zoom, rotation and translation as one affine map, sampled bilinearly. The draw for an image depends on
 * seed, epoch and the image's number alone: resuming, sharding or leaving images out changes nothing for the others.
 */
import { type RandomStream, randomStream } from './random.js';
import type { ImageSet } from './types.js';

export interface AugmentOptions {
  /** Mirror left and right with probability one half. */
  flip?: boolean;
  /** Largest shear angle, in degrees, to either side. */
  shear?: number;
  /** Largest shift, as a share of height and width, to either side. */
  translate?: number;
  /** Sizes from 1 - zoom to 1 + zoom. */
  zoom?: number;
  /** Largest turn, in degrees, to either side. */
  rotate?: number;
  /** What lies outside the image: a constant 0, or the nearest pixel of its edge. */
  fill?: 'zero' | 'edge';
}

/** Where a pixel of the result comes from, relative to the image's middle: x' = a·x + b·y + c, y' = d·x + e·y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

const RADIANS = Math.PI / 180;

/** The map drawn for one image in one epoch. Every option takes its numbers from the stream whether it is used or not, so that switching one on leaves the others as they were. */
export function affineOf(options: AugmentOptions, height: number, width: number, seed: number, epoch: number, image: number): Affine {
  return drawAffine(options, height, width, randomStream(seed, epoch, image, 0xa06));
}

function drawAffine(options: AugmentOptions, height: number, width: number, random: RandomStream): Affine {
  const { flip = false, shear = 0, translate = 0, zoom = 0, rotate = 0 } = options;
  const mirror = random.uniform() < 0.5 && flip ? -1 : 1;
  const turn = random.between(-1, 1) * rotate * RADIANS;
  const lean = Math.tan(random.between(-1, 1) * shear * RADIANS);
  const size = 1 + random.between(-1, 1) * zoom;
  const dx = random.between(-1, 1) * translate * width;
  const dy = random.between(-1, 1) * translate * height;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  // Result → source: undo the shift, turn back, undo the lean, undo the zoom, undo the mirror.
  const a = ((cos - lean * -sin) * mirror) / size;
  const b = ((sin - lean * cos) * mirror) / size;
  const d = -sin / size;
  const e = cos / size;
  return [a, b, -(a * dx + b * dy), d, e, -(d * dx + e * dy)];
}

/** Samples one image through a map. The middle of the image stays the origin of the map; pixels have their centres at whole numbers + 0.5. */
export function warp(
  from: Uint8Array | Float32Array,
  fromOffset: number,
  to: Uint8Array | Float32Array,
  toOffset: number,
  grid: { height: number; width: number; channels: number },
  map: Affine,
  fill: 'zero' | 'edge' = 'zero',
): void {
  const { height, width, channels } = grid;
  const [a, b, c, d, e, f] = map;
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const half = to instanceof Uint8Array ? 0.5 : 0;
  let target = toOffset;
  for (let row = 0; row < height; row += 1) {
    const y = row - middleY;
    for (let column = 0; column < width; column += 1) {
      const x = column - middleX;
      let sourceX = a * x + b * y + c + middleX;
      let sourceY = d * x + e * y + f + middleY;
      if (fill === 'edge') {
        sourceX = Math.max(0, Math.min(width - 1, sourceX));
        sourceY = Math.max(0, Math.min(height - 1, sourceY));
      }
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      const partX = sourceX - left;
      const partY = sourceY - top;
      const insideLeft = left >= 0 && left < width;
      const insideRight = left >= -1 && left < width - 1;
      const insideTop = top >= 0 && top < height;
      const insideBottom = top >= -1 && top < height - 1;
      const at = fromOffset + (top * width + left) * channels;
      for (let channel = 0; channel < channels; channel += 1) {
        const corner = at + channel;
        let value = 0;
        if (insideTop && insideLeft) value += from[corner]! * (1 - partX) * (1 - partY);
        if (insideTop && insideRight) value += from[corner + channels]! * partX * (1 - partY);
        if (insideBottom && insideLeft) value += from[corner + width * channels]! * (1 - partX) * partY;
        if (insideBottom && insideRight) value += from[corner + (width + 1) * channels]! * partX * partY;
        to[target] = value + half;
        target += 1;
      }
    }
  }
}

/** One augmented copy of every image of a batch of bytes; `first` is the number of the first image, so that a set may be done in parts. */
export function augment(
  pixels: Uint8Array,
  grid: { height: number; width: number; channels: number },
  options: AugmentOptions,
  seed: number,
  epoch: number,
  first = 0,
): Uint8Array {
  const { height, width, channels } = grid;
  const size = height * width * channels;
  if (pixels.length % size !== 0)
    throw new RangeError(`augment: ${pixels.length} bytes are not a whole number of images of ${height} × ${width} × ${channels}.`);
  checkOptions(options);
  const result = new Uint8Array(pixels.length);
  for (let image = 0; image * size < pixels.length; image += 1) {
    const map = affineOf(options, height, width, seed, epoch, first + image);
    warp(pixels, image * size, result, image * size, grid, map, options.fill);
  }
  return result;
}

function checkOptions({ zoom = 0, shear = 0, translate = 0, rotate = 0 }: AugmentOptions): void {
  if (!(zoom >= 0 && zoom < 1)) throw new RangeError(`augment: zoom must lie from 0 to below 1 (a share); it is ${zoom}.`);
  if (!(shear >= 0 && shear < 90)) throw new RangeError(`augment: shear must lie from 0 to below 90 degrees; it is ${shear}.`);
  if (!(translate >= 0 && rotate >= 0))
    throw new RangeError(`augment: translate (${translate}) and rotate (${rotate}) must not be negative.`);
}

/** A set of the same labels in which every image is an augmented copy of its original. */
export function augmentedTwin(set: ImageSet, options: AugmentOptions, seed: number, epoch = 0): ImageSet {
  return { ...set, pixels: augment(set.pixels, set, options, seed, epoch) };
}
