/** From images to what a network takes in: padding, scaling, pooling and re-ordering, each a step of its own. */
import type { Examples, ImageSet, PixelOrder } from './types.js';

const WHOLE_BYTE = 1 / 255;

export interface ExampleOptions {
  /** Height and width wanted; larger than the image pads evenly with 0 (28 → 32 adds 2 on each side). */
  size?: number;
  /** What a byte is multiplied by when it enters the network. */
  scale?: number;
}

/** Images as examples: still bytes, padded where asked; the scale travels along and is applied by the network's input. */
export function toExamples(set: ImageSet, options: ExampleOptions = {}): Examples {
  const { size, scale = WHOLE_BYTE } = options;
  const inputs = size === undefined ? set.pixels : padded(set, size);
  return {
    inputs,
    shape: [size ?? set.height, size ?? set.width, set.channels],
    scale,
    labels: set.labels,
    count: set.count,
  };
}

function padded(set: ImageSet, size: number): Uint8Array {
  const { count, height, width, channels, pixels } = set;
  if (!Number.isInteger(size) || size < height || size < width) {
    throw new RangeError(
      `toExamples: size ${size} is smaller than the images of ${set.name} (${height} × ${width}); padding only enlarges.`,
    );
  }
  if (size === height && size === width) return pixels;
  const top = Math.floor((size - height) / 2);
  const left = Math.floor((size - width) / 2);
  const rowBytes = width * channels;
  const result = new Uint8Array(count * size * size * channels);
  for (let image = 0; image < count; image += 1) {
    for (let y = 0; y < height; y += 1) {
      const from = (image * height + y) * rowBytes;
      result.set(pixels.subarray(from, from + rowBytes), ((image * size + y + top) * size + left) * channels);
    }
  }
  return result;
}

function isImageSet(source: ImageSet | Examples): source is ImageSet {
  return 'pixels' in source;
}

export function asExamples(source: ImageSet | Examples): Examples {
  return isImageSet(source) ? toExamples(source) : source;
}

/** The same examples as 32-bit floats, the scale already applied. */
export function toFloats(source: ImageSet | Examples): Examples {
  const examples = asExamples(source);
  if (examples.inputs instanceof Float32Array) return examples;
  const { inputs, scale = 1, shape, labels, count } = examples;
  const values = Float32Array.from({ length: 256 }, (_, byte) => byte * scale);
  const floats = new Float32Array(inputs.length);
  for (let index = 0; index < inputs.length; index += 1) floats[index] = values[inputs[index]!]!;
  return { inputs: floats, shape, labels, count };
}

function gridOf(examples: Examples, wanted: string): { height: number; width: number; channels: number } {
  const [height, width, channels = 1] = examples.shape;
  if (height === undefined || width === undefined || examples.shape.length > 3) {
    throw new RangeError(`${wanted} needs examples of shape [height, width, channels]; these have [${examples.shape.join(', ')}].`);
  }
  return { height, width, channels };
}

/** Means over squares of `factor` × `factor` pixels, as floats with the scale applied: 28 × 28 becomes 14 × 14. */
export function meanPooled(source: ImageSet | Examples, factor: number): Examples {
  const examples = asExamples(source);
  const { height, width, channels } = gridOf(examples, 'meanPooled');
  if (!Number.isInteger(factor) || factor < 1 || height % factor !== 0 || width % factor !== 0) {
    throw new RangeError(`meanPooled: a grid of ${height} × ${width} does not divide into squares of ${factor} × ${factor}.`);
  }
  const { inputs, count, labels } = examples;
  const weight = (inputs instanceof Float32Array ? 1 : (examples.scale ?? 1)) / (factor * factor);
  const outHeight = height / factor;
  const outWidth = width / factor;
  const result = new Float32Array(count * outHeight * outWidth * channels);
  let target = 0;
  for (let image = 0; image < count; image += 1) {
    for (let y = 0; y < outHeight; y += 1) {
      for (let x = 0; x < outWidth; x += 1) {
        const corner = ((image * height + y * factor) * width + x * factor) * channels;
        for (let channel = 0; channel < channels; channel += 1) {
          let sum = 0;
          for (let dy = 0; dy < factor; dy += 1) {
            for (let dx = 0; dx < factor; dx += 1) sum += inputs[corner + (dy * width + dx) * channels + channel]!;
          }
          result[target] = sum * weight;
          target += 1;
        }
      }
    }
  }
  return { inputs: result, shape: [outHeight, outWidth, channels], labels, count };
}

/** Each image as a sequence of pixels in the given order: shape [steps, channels]; bytes stay bytes. */
export function reordered(source: ImageSet | Examples, order: PixelOrder): Examples {
  const examples = asExamples(source);
  const { height, width, channels } = gridOf(examples, 'reordered');
  if (height !== order.height || width !== order.width) {
    throw new RangeError(
      `reordered: the order ${order.name} is for ${order.height} × ${order.width} pixels; the images have ${height} × ${width}.`,
    );
  }
  const { inputs, count } = examples;
  const steps = order.positions.length;
  const inputsInOrder = inputs instanceof Float32Array ? new Float32Array(inputs.length) : new Uint8Array(inputs.length);
  const sources = new Int32Array(steps * channels);
  for (let step = 0; step < steps; step += 1) {
    for (let channel = 0; channel < channels; channel += 1)
      sources[step * channels + channel] = order.positions[step]! * channels + channel;
  }
  gather(inputs, inputsInOrder, sources, count);
  return { ...examples, inputs: inputsInOrder, shape: [steps, channels] };
}

function gather(from: Float32Array | Uint8Array, to: Float32Array | Uint8Array, sources: Int32Array, count: number): void {
  const perImage = sources.length;
  for (let image = 0, start = 0; image < count; image += 1, start += perImage) {
    for (let step = 0; step < perImage; step += 1) to[start + step] = from[start + sources[step]!]!;
  }
}
