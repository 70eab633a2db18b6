/** The trained network that comes with the clone: row 6, split by garment, the seed with the best validation accuracy. */
import type { RunContext } from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import { bestValidated, type ModelCard, modelShelf } from '../trained.js';

const experiment = 'row-6-grouped';
const shelf = modelShelf('knn-cnn-lstm', `npm run sweep -- --paper 05 --only ${experiment}`);

/** Keeps a trained network among the candidates: its record would be too large with the weights in it. */
export async function keepModel(model: tf.LayersModel, metrics: Record<string, number>, context: RunContext): Promise<void> {
  if (context.profile !== 'paper') return;
  const { validationAccuracy, testAccuracy, parameters } = metrics as Record<string, number>;
  await shelf.keep(model, {
    experiment: context.recipe.experiment,
    seed: context.seed,
    profile: context.profile,
    chosenBy: 'best validation accuracy among the seeds',
    parameters: parameters!,
    testAccuracy: testAccuracy!,
    validationAccuracy: validationAccuracy!,
  });
}

/** Makes the candidate with the best validation accuracy the network that comes with the clone, unless the one there is better or no candidate is kept. */
export async function shipBestModel(): Promise<ModelCard | undefined> {
  const shipped = shelf.card();
  const best = bestValidated([...shelf.candidates(experiment, [1, 2, 3]), ...(shipped ? [shipped] : [])]);
  if (best && best.seed !== shipped?.seed) shelf.promote(best);
  return best;
}

/** The card of the network that comes with the clone; undefined before there is one. */
export const bestModelCard = shelf.card;

/** The best network, trained in full: `const model = await knnCnnLstm.loadBestModel()`. */
export const loadBestModel = shelf.load;
