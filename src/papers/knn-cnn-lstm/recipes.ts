/** What the runs of this report are made of: images and their augmented twins, three ways to hold out a fifth, settings as plain data. */
import {
  type AugmentOptions,
  augment,
  augmentedTwin,
  type Examples,
  fashionMnist,
  type ImageSet,
  randomStream,
  subset,
  takeLast,
  toExamples,
  toFloats,
} from '../../data/index.js';
import type { OptimizerSpec } from '../../engine/index.js';
import { type Profile, usedOf } from '../../results/index.js';
import { hashSeed, permutation, type tf } from '../../runtime/index.js';
import type { NetworkExamples, NetworkRecipe } from '../network.js';
import { type BenchmarkRow, benchmarkNetwork, type GarmentNetworkOptions, garmentNetwork } from './models.js';

/** A row of the report's table of settings, with the accuracy it prints. */
export interface ReportedRow {
  row: number;
  batchSize: number;
  dropout1: number;
  dropout2: number;
  lstmUnits: number;
  denseUnits: number;
  /** In per cent. */
  reported: number;
}

export const reportedRows: readonly ReportedRow[] = [
  { row: 1, batchSize: 128, dropout1: 0.4, dropout2: 0.5, lstmUnits: 256, denseUnits: 128, reported: 92.4 },
  { row: 2, batchSize: 128, dropout1: 0.4, dropout2: 0.5, lstmUnits: 128, denseUnits: 128, reported: 92.47 },
  { row: 3, batchSize: 128, dropout1: 0.4, dropout2: 0.5, lstmUnits: 128, denseUnits: 256, reported: 92.9 },
  { row: 4, batchSize: 128, dropout1: 0.5, dropout2: 0.6, lstmUnits: 128, denseUnits: 128, reported: 92.9 },
  { row: 5, batchSize: 256, dropout1: 0.4, dropout2: 0.5, lstmUnits: 128, denseUnits: 128, reported: 92.44 },
  { row: 6, batchSize: 256, dropout1: 0.4, dropout2: 0.5, lstmUnits: 256, denseUnits: 128, reported: 93.56 },
  { row: 7, batchSize: 256, dropout1: 0.5, dropout2: 0.6, lstmUnits: 256, denseUnits: 128, reported: 92.44 },
  { row: 8, batchSize: 128, dropout1: 0.4, dropout2: 0.5, lstmUnits: 512, denseUnits: 128, reported: 92.86 },
];

export const bestRow = reportedRows[5]!;

/** The report names shear, flip, translation and zoom without their ranges; these are moderate ones, fixed before any run. */
export const reportAugmentation: AugmentOptions = { flip: true, shear: 10, translate: 0.1, zoom: 0.1, fill: 'edge' };

/** Filters of phase 1, which the report leaves open: the smallest usual number. */
export const chosenFilters = 32;

/** Adam as Keras has it when nothing is said. */
export const adam: OptimizerSpec = { kind: 'adam', learningRate: 0.001 };

/**
 * Which fifth of the images and twins validates.
 * 'last': the last 20 % of the list, as Keras' validation_split takes it; all of them twins of training images.
 * 'random': any 20 %; most of them have their other half in the training part.
 * 'grouped': 20 % of the originals with their twins; nothing of them is in the training part.
 */
export type HoldOut = 'last' | 'random' | 'grouped';
export const holdOuts: readonly HoldOut[] = ['last', 'random', 'grouped'];

export interface GarmentRecipe extends NetworkRecipe {
  paper: 'knn-cnn-lstm';
  model: ({ network: 'report' } & GarmentNetworkOptions) | { network: 'benchmark'; row: BenchmarkRow; width: number };
  data: {
    set: 'fashion-mnist';
    trainLimit: number | null;
    testLimit: number | null;
    /** Once per image, the result appended to the originals; null: no twins. */
    augmentOnce: AugmentOptions | null;
    /** Anew for every epoch, in place of the originals. */
    augmentEachEpoch: (AugmentOptions & { verticalFlip?: boolean }) | null;
    holdOut: HoldOut;
    validationFraction: number;
    /** 'unit': bytes divided by 255. 'standard': mean 0 and deviation 1 over all pixels of the training images. */
    scaling: 'unit' | 'standard';
  };
}

/** How much of the data a profile uses, and how many epochs. */
export const extent: Record<Profile, { train: number | null; test: number | null; epochs: number }> = {
  smoke: { train: 200, test: 100, epochs: 1 },
  lesson: { train: 2000, test: 2000, epochs: 4 },
  paper: { train: null, test: null, epochs: 10 },
};

/** One set behind the other. */
export function appended(first: ImageSet, second: ImageSet): ImageSet {
  const pixels = new Uint8Array(first.pixels.length + second.pixels.length);
  pixels.set(first.pixels);
  pixels.set(second.pixels, first.pixels.length);
  const labels = new Uint8Array(first.count + second.count);
  labels.set(first.labels);
  labels.set(second.labels, first.count);
  const indices = new Int32Array(labels.length);
  indices.set(first.indices);
  indices.set(second.indices, first.count);
  return { ...first, pixels, labels, indices, count: labels.length };
}

/** Splits `originals` images, or these and their twins behind them, into training and validation positions. */
export function heldOut(
  originals: number,
  twins: boolean,
  holdOut: HoldOut,
  fraction: number,
  seed: number,
): { train: Int32Array; validation: Int32Array } {
  const count = twins ? 2 * originals : originals;
  if (holdOut === 'last') {
    const { train, test } = takeLast({ count }, fraction);
    return { train, validation: test };
  }
  const members = holdOut === 'random' ? count : originals;
  const drawn = permutation(members, hashSeed(seed, 'hold out'));
  const held = new Uint8Array(members);
  for (const position of drawn.subarray(0, Math.round(members * fraction))) held[position] = 1;
  const positions = Int32Array.from({ length: count }, (_, position) => position);
  return {
    train: positions.filter((position) => held[position % members] === 0),
    validation: positions.filter((position) => held[position % members] === 1),
  };
}

/** What a validation image is, seen from the training part. */
export type Relation = 'original, twin seen' | 'original, unseen' | 'twin, original seen' | 'twin, unseen';

/** Relation of each validation position to the training part. */
export function relations(originals: number, { train, validation }: { train: Int32Array; validation: Int32Array }): Relation[] {
  const seen = new Uint8Array(2 * originals);
  for (const position of train) seen[position] = 1;
  return Array.from(validation, (position) =>
    position < originals
      ? seen[position + originals] === 1
        ? 'original, twin seen'
        : 'original, unseen'
      : seen[position - originals] === 1
        ? 'twin, original seen'
        : 'twin, unseen',
  );
}

/** Mean and deviation over all bytes, each taken as a fraction of 255. */
function standardOf(images: ImageSet): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0];
  for (const byte of images.pixels) {
    sum += byte;
    squares += byte * byte;
  }
  const mean = sum / images.pixels.length;
  return { mean: mean / 255, deviation: Math.sqrt(squares / images.pixels.length - mean * mean) / 255 };
}

function scaled(images: ImageSet, standard: ReturnType<typeof standardOf> | undefined): Examples {
  const examples = toExamples(images);
  if (!standard) return examples;
  const floats = toFloats(examples);
  return { ...floats, inputs: Float32Array.from(floats.inputs, (value) => (value - standard.mean) / standard.deviation) };
}

/** Upside down with probability one half, drawn for each image and epoch. */
function flippedVertically({ pixels, count, height, width }: ImageSet, seed: number, epoch: number): Uint8Array {
  const flipped = Uint8Array.from(pixels);
  for (let picture = 0; picture < count; picture += 1) {
    if (randomStream(seed, epoch, picture, 0x0f1b).uniform() < 0.5) continue;
    const start = picture * height * width;
    for (let row = 0; row < height; row += 1) {
      const from = start + (height - 1 - row) * width;
      flipped.set(pixels.subarray(from, from + width), start + row * width);
    }
  }
  return flipped;
}

/** Training images drawn anew for an epoch, as bytes. */
function drawnAnew(images: ImageSet, options: AugmentOptions & { verticalFlip?: boolean }, seed: number, epoch: number): ImageSet {
  const { verticalFlip = false, ...ranges } = options;
  const pixels = verticalFlip ? flippedVertically(images, seed, epoch) : images.pixels;
  return { ...images, pixels: augment(pixels, images, ranges, hashSeed(seed, 'each epoch'), epoch) };
}

/** Training and test images of a recipe; a limit draws every class evenly, the same images for every seed. */
export async function garments({ trainLimit, testLimit }: GarmentRecipe['data']): Promise<{ originals: ImageSet; test: ImageSet }> {
  const originals = await fashionMnist({ split: 'train', seed: 0, ...(trainLimit ? { limit: trainLimit, stratified: true } : {}) });
  const test = await fashionMnist({ split: 'test', seed: 0, ...(testLimit ? { limit: testLimit, stratified: true } : {}) });
  return { originals, test };
}

/** The appended list and its split; the twins are drawn from the run's seed. */
export function garmentParts(data: GarmentRecipe['data'], originals: ImageSet, seed: number) {
  const { augmentOnce, holdOut, validationFraction } = data;
  const all = augmentOnce ? appended(originals, augmentedTwin(originals, augmentOnce, hashSeed(seed, 'twins'))) : originals;
  const positions = heldOut(originals.count, augmentOnce !== null, holdOut, validationFraction, seed);
  return { training: subset(all, positions.train), validation: subset(all, positions.validation), positions };
}

export interface GarmentExamples extends NetworkExamples {
  validation: Examples;
  /** Relation of each validation image to the training part; only where there are twins. */
  relations?: Relation[];
  /** The test images, augmented as the training images were: unseen images with the validation part's distortions. */
  testTwins?: Examples;
}

export async function garmentExamples({ data }: Pick<GarmentRecipe, 'data'>, seed: number): Promise<GarmentExamples> {
  const { augmentEachEpoch } = data;
  const { originals, test } = await garments(data);
  const { training, validation, positions } = garmentParts(data, originals, seed);
  const standard = data.scaling === 'standard' ? standardOf(training) : undefined;
  const testExamples = scaled(test, standard);
  return {
    train: scaled(training, standard),
    validation: scaled(validation, standard),
    test: testExamples,
    also: { test: testExamples },
    ...(augmentEachEpoch && {
      inputsForEpoch: (epoch: number) => scaled(drawnAnew(training, augmentEachEpoch, seed, epoch), standard).inputs,
    }),
    ...(data.augmentOnce && {
      relations: relations(originals.count, positions),
      testTwins: scaled(augmentedTwin(test, data.augmentOnce, hashSeed(seed, 'test twins')), standard),
    }),
    used: [usedOf(training, 'training'), usedOf(validation, 'validation'), usedOf(test, 'test')],
  };
}

export function buildNetwork(model: GarmentRecipe['model']): tf.Sequential {
  return model.network === 'report' ? garmentNetwork(model) : benchmarkNetwork(model.row, model.width);
}
