/** The trained network that comes with the clone, in the standard format of TensorFlow.js, and how it gets there. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type RunContext, runs } from '../../results/index.js';
import { tf } from '../../runtime/index.js';

const recorded = path.join(runs.folders.recorded, 'knn-cnn-lstm', 'best-model');
const candidates = path.join(runs.folders.local, 'knn-cnn-lstm', 'models');

/** What a saved network says of itself, in card.json beside model.json and weights.bin. */
export interface ModelCard {
  experiment: string;
  seed: number;
  profile: string;
  /** Chosen by this, on images of which training saw nothing. */
  validationAccuracy: number;
  testAccuracy: number;
  parameters: number;
}

/** Keeps a trained network among the candidates (a folder that git ignores). */
export async function keepModel(model: tf.LayersModel, metrics: Record<string, number>, context: RunContext): Promise<void> {
  if (context.profile !== 'paper') return;
  const { validationAccuracy, testAccuracy, parameters } = metrics;
  const experiment = context.recipe.experiment;
  const card: ModelCard = {
    experiment,
    seed: context.seed,
    profile: context.profile,
    validationAccuracy: validationAccuracy!,
    testAccuracy: testAccuracy!,
    parameters: parameters!,
  };
  const folder = path.join(candidates, `${experiment}-s${context.seed}`);
  mkdirSync(folder, { recursive: true });
  await model.save(`file://${folder}`);
  writeFileSync(path.join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
}

const cardIn = (folder: string): ModelCard | undefined => {
  const file = path.join(folder, 'card.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ModelCard) : undefined;
};

/** Makes the candidate with the best validation accuracy the network that comes with the clone; says which. The test accuracy takes no part. */
export function promoteBestModel(experiment: string, seeds: readonly number[]): ModelCard {
  const kept = seeds.flatMap((seed) => {
    const folder = path.join(candidates, `${experiment}-s${seed}`);
    const card = cardIn(folder);
    return card ? [{ folder, card }] : [];
  });
  if (kept.length === 0)
    throw new Error(
      `No trained network of ${experiment} is kept in ${candidates}. Run \`npm run sweep -- --paper 05 --only ${experiment}\` first.`,
    );
  const best = kept.reduce((leader, candidate) =>
    candidate.card.validationAccuracy > leader.card.validationAccuracy ? candidate : leader,
  );
  rmSync(recorded, { recursive: true, force: true });
  cpSync(best.folder, recorded, { recursive: true });
  return best.card;
}

/** The card of the network that comes with the clone; undefined before there is one. */
export const bestModelCard = (): ModelCard | undefined => cardIn(recorded);

/** The best network, trained in full: `const model = await knnCnnLstm.loadBestModel()`. */
export async function loadBestModel(folder: string = recorded): Promise<tf.LayersModel> {
  if (!existsSync(path.join(folder, 'model.json')))
    throw new Error(
      `There is no trained network in ${folder}. Fetch results/knn-cnn-lstm/best-model with git, or train it: \`npm run sweep -- --paper 05 --only row-6-grouped\`, then call knnCnnLstm.promoteBestModel('row-6-grouped', [1, 2, 3]).`,
    );
  return tf.loadLayersModel(`file://${path.join(folder, 'model.json')}`);
}
