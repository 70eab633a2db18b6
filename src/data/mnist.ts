/** MNIST and Fashion-MNIST: four IDX files each. */
import { checkLabels, parseIdx } from './idx.js';
import { type ManifestFile, type ManifestSet, manifestSet } from './manifest.js';
import { combinedChecksum, obtainPayload, realOrStandIn } from './policy.js';
import { checkLimit, limited } from './select.js';
import { standIn } from './standins/index.js';
import type { ImageSet, LoadOptions } from './types.js';

type Split = 'train' | 'test';

/** Handwritten digits. */
export function mnist(options: LoadOptions = {}): Promise<ImageSet> {
  return load('mnist', options);
}

/** Garments. */
export function fashionMnist(options: LoadOptions = {}): Promise<ImageSet> {
  return load('fashion-mnist', options);
}

async function load(name: 'mnist' | 'fashion-mnist', options: LoadOptions): Promise<ImageSet> {
  const set = manifestSet(name);
  const split = options.split ?? 'train';
  checkLimit(options, ['train', 'test'], set.title);
  const whole = await realOrStandIn({ set, real: () => readSplit(set, split), standIn: () => standIn(name, { split }) }, options);
  return limited(whole, options);
}

function fileOf(set: ManifestSet, role: ManifestFile['role']): ManifestFile {
  return set.files.find((file) => file.role === role)!;
}

async function readSplit(set: ManifestSet, split: Split): Promise<ImageSet> {
  const imageFile = fileOf(set, `${split}-images`);
  const labelFile = fileOf(set, `${split}-labels`);
  // One after the other: a fetch shows one progress line, and silent hosts are found out once.
  const imageBytes = await obtainPayload(set, imageFile);
  const labelBytes = await obtainPayload(set, labelFile);
  return imagesFromIdx(set, split, imageBytes, labelBytes, combinedChecksum([imageFile, labelFile]));
}

/** Puts an IDX file of images and one of labels together. */
export function imagesFromIdx(set: ManifestSet, split: Split, imageBytes: Uint8Array, labelBytes: Uint8Array, checksum: string): ImageSet {
  const images = parseIdx(imageBytes, fileOf(set, `${split}-images`).name, 3);
  const labels = parseIdx(labelBytes, fileOf(set, `${split}-labels`).name, 1);
  const [count, height, width] = images.sizes as [number, number, number];
  if (labels.sizes[0] !== count)
    throw new RangeError(`${set.title}: ${count} images and ${labels.sizes[0]} labels do not belong together.`);
  checkLabels(labels.values, set.classNames.length, fileOf(set, `${split}-labels`).name);
  return {
    name: set.name,
    split,
    pixels: images.values,
    labels: labels.values,
    count,
    height,
    width,
    channels: 1,
    classNames: set.classNames,
    indices: Int32Array.from({ length: count }, (_, index) => index),
    provenance: 'real',
    checksum,
  };
}
