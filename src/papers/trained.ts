/**
 * Trained networks: all weights of a model in one row, as a record carries them, and the shelf of a report, results/REPORT/best-model,
 * where the network that comes with the clone stands in the standard format of TensorFlow.js, with a card that says where it is from.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type PaperId, type RunRecord, runs } from '../results/index.js';
import { tf } from '../runtime/index.js';

/** All weights of a network, one after another, in the order of `setWeights`. */
export function packedWeights(model: tf.LayersModel): { values: Float32Array; shape: number[] } {
  const parts = model.getWeights().map((weight) => weight.dataSync() as Float32Array);
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { values, shape: [values.length] };
}

/** Gives a newly built network the weights that a run kept; the network itself comes back. */
export function withKeptWeights<M extends tf.LayersModel>(build: () => M, record: RunRecord, whoKeepsThem: string): M {
  const run = `The run ${record.recipe.experiment}, seed ${record.seed},`;
  const values = runs.arrays(record)['weights']?.values;
  if (!values) throw new Error(`${run} kept no weights. ${whoKeepsThem}`);
  const model = build();
  const wanted = model.countParams();
  if (wanted !== values.length) {
    model.dispose();
    throw new Error(`${run} kept ${values.length} weights; its network has ${wanted}.`);
  }
  let at = 0;
  tf.tidy(() =>
    model.setWeights(
      model.getWeights().map(({ shape, size }) => {
        at += size;
        return tf.tensor(Float32Array.from(values.slice(at - size, at)), shape);
      }),
    ),
  );
  return model;
}

/** What a saved network says of itself, in card.json beside model.json and weights.bin. */
export interface ModelCard {
  experiment: string;
  seed: number;
  profile: 'paper';
  /** In words: why this one and not another. */
  chosenBy: string;
  parameters: number;
  testAccuracy: number;
  /** Of images that training never saw and that are not the test's; none where the report keeps none back. */
  validationAccuracy?: number;
  /** Of report 03's aggregated output. */
  aggregatedAccuracy?: number;
}

const cardIn = (folder: string): ModelCard | undefined => {
  const file = path.join(folder, 'card.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ModelCard) : undefined;
};

/** The one with the best validation accuracy, the first of equals. The test accuracy takes no part. */
export function bestValidated<T extends { validationAccuracy?: number }>(candidates: readonly T[]): T | undefined {
  return candidates.reduce<T | undefined>(
    (leader, candidate) =>
      leader === undefined || (candidate.validationAccuracy ?? 0) > (leader.validationAccuracy ?? 0) ? candidate : leader,
    undefined,
  );
}

export interface ModelShelf {
  /** Where the network of the clone stands. */
  readonly folder: string;
  /** Its card; undefined before there is one. */
  card(): ModelCard | undefined;
  load(folder?: string): Promise<tf.LayersModel>;
  /** Makes this network the one of the clone. */
  put(model: tf.LayersModel, card: ModelCard): Promise<void>;
  /** Keeps a trained network among the candidates, a folder that git ignores. */
  keep(model: tf.LayersModel, card: ModelCard): Promise<void>;
  /** Cards of the candidates. */
  candidates(experiment: string, seeds: readonly number[]): ModelCard[];
  /** A candidate becomes the network of the clone. */
  promote(card: ModelCard): void;
}

async function write(folder: string, model: tf.LayersModel, card: ModelCard): Promise<void> {
  const beside = `${folder}.${process.pid}`;
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  await model.save(`file://${beside}`);
  writeFileSync(path.join(beside, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(beside, folder);
}

/** The shelf of a report; `train` is the command that trains what belongs on it. */
export function modelShelf(paper: PaperId, train: string, { recorded, local } = runs.folders): ModelShelf {
  const folder = path.join(recorded, paper, 'best-model');
  const candidate = (experiment: string, seed: number) => path.join(local, paper, 'models', `${experiment}-s${seed}`);
  return {
    folder,
    card: () => cardIn(folder),
    async load(from = folder) {
      if (!existsSync(path.join(from, 'model.json')))
        throw new Error(
          `There is no trained network in ${from}. Fetch results/${paper}/best-model with git, or train it: \`${train}\`, then \`npm run sweep -- --ship\`.`,
        );
      return tf.loadLayersModel(`file://${path.join(from, 'model.json')}`);
    },
    put: (model, card) => write(folder, model, card),
    keep: (model, card) => write(candidate(card.experiment, card.seed), model, card),
    candidates: (experiment, seeds) => seeds.flatMap((seed) => cardIn(candidate(experiment, seed)) ?? []),
    promote(card) {
      rmSync(folder, { recursive: true, force: true });
      cpSync(candidate(card.experiment, card.seed), folder, { recursive: true });
    },
  };
}
