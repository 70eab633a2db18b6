/** What the runs of this report are made of: data, networks and settings as plain data, for each profile. */
import { type Examples, fashionMnist, type ImageSet, stratifiedSplit, subset, toExamples } from '../../data/index.js';
import type { OptimizerSpec } from '../../engine/index.js';
import { type Profile, usedOf } from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import type { NetworkExamples, NetworkRecipe } from '../network.js';
import {
  type ClassicOptions,
  type ComparisonCnnOptions,
  classicLeNet5,
  comparisonCnn,
  denseNetwork,
  type ProposedOptions,
  proposedLeNet5,
} from './models.js';

/** A network by name, with its options. */
export type NetworkChoice =
  | ({ network: 'classic' } & ClassicOptions)
  | ({ network: 'proposed' } & ProposedOptions)
  | { network: 'dense'; hidden: number[]; activation?: 'tanh' | 'relu' }
  | ({ network: 'cnn' } & ComparisonCnnOptions);

export interface GarmentData {
  set: 'fashion-mnist';
  /** 32 pads the 28 × 28 pictures by 2 on each side, as LeNet-5 wants them. */
  size: 28 | 32;
  trainLimit: number | null;
  testLimit: number | null;
  /** Part of the training images that is held out, the same one for every seed. 0: none. */
  validationFraction: number;
  /** Training also sees the test images: an experiment on what that would look like, never a result. */
  leak?: boolean;
}

export interface LeNetRecipe extends NetworkRecipe {
  paper: 'lenet5';
  model: NetworkChoice;
  data: GarmentData;
}

/** What the report states: learning rate, batch and epochs. The optimiser it does not name; plain SGD is what LeNet-5 implies. */
export const reported = { learningRate: 0.005, batchSize: 32, epochs: 10, trials: 10 } as const;
export const plainSgd: OptimizerSpec = { kind: 'sgd', learningRate: reported.learningRate };
export const adamAtReportedRate: OptimizerSpec = { kind: 'adam', learningRate: reported.learningRate };
/** Adam's usual rate, for the long trainings: at 0.005 it does not settle. */
export const adam: OptimizerSpec = { kind: 'adam', learningRate: 0.001 };

/** How much of the data a profile uses, and how many epochs at most. */
export const extent: Record<Profile, { train: number | null; test: number | null; epochs: number }> = {
  smoke: { train: 300, test: 200, epochs: 1 },
  lesson: { train: 10_000, test: 2000, epochs: 10 },
  paper: { train: null, test: null, epochs: Number.POSITIVE_INFINITY },
};

export function garmentData(profile: Profile, options: Partial<GarmentData> = {}): GarmentData {
  const { train, test } = extent[profile];
  return { set: 'fashion-mnist', size: 32, trainLimit: train, testLimit: test, validationFraction: 0.1, ...options };
}

/** Training and test images of a recipe; a limit draws every class evenly, the same images for every seed. */
export async function garments({ trainLimit, testLimit }: GarmentData): Promise<{ training: ImageSet; test: ImageSet }> {
  const training = await fashionMnist({ split: 'train', seed: 0, ...(trainLimit ? { limit: trainLimit, stratified: true } : {}) });
  const test = await fashionMnist({ split: 'test', seed: 0, ...(testLimit ? { limit: testLimit, stratified: true } : {}) });
  return { training, test };
}

/** Two sets of examples one behind the other. */
export function joined(first: Examples, second: Examples): Examples {
  const inputs = new Uint8Array(first.inputs.length + second.inputs.length);
  inputs.set(first.inputs);
  inputs.set(second.inputs, first.inputs.length);
  const labels = new Uint8Array(first.count + second.count);
  labels.set(first.labels);
  labels.set(second.labels, first.count);
  return { ...first, inputs, labels, count: first.count + second.count };
}

export async function garmentExamples({ data }: Pick<LeNetRecipe, 'data'>): Promise<NetworkExamples> {
  const { training: all, test } = await garments(data);
  const parts = data.validationFraction > 0 ? stratifiedSplit(all, data.validationFraction, 0) : undefined;
  const training = parts ? subset(all, parts.train) : all;
  const validation = parts ? subset(all, parts.test) : undefined;
  const size = { size: data.size };
  const scored = toExamples(test, size);
  const seen = toExamples(training, size);
  return {
    train: data.leak ? joined(seen, scored) : seen,
    ...(validation && { validation: toExamples(validation, size) }),
    test: scored,
    also: { test: scored },
    used: [
      usedOf(training, 'training'),
      ...(validation ? [usedOf(validation, 'validation')] : []),
      usedOf(test, data.leak ? 'test, and leaked into training' : 'test'),
    ],
  };
}

/** Builds the network that a recipe names. */
export function buildNetwork(choice: NetworkChoice): tf.LayersModel {
  switch (choice.network) {
    case 'classic':
      return classicLeNet5(choice);
    case 'proposed':
      return proposedLeNet5(choice);
    case 'dense':
      return denseNetwork(choice);
    case 'cnn':
      return comparisonCnn(choice);
  }
}
