/** The trained LSTM-CNN that comes with the clone: on digits, the recorded seed with the best validation accuracy. */
import { type RunRecord, runs } from '../../results/index.js';
import type { tf } from '../../runtime/index.js';
import { bestValidated, type ModelCard, modelShelf, withKeptWeights } from '../trained.js';
import { type Architecture, network, type SharedSettings } from './models.js';

const paper = 'lstm-cnn';
const experiment = 'mnist-lstm-cnn';
const shelf = modelShelf(paper, `npm run sweep -- --paper 02 --only ${experiment}`);

/** Builds the network of a recorded run again, with the weights that the run kept. The caller disposes of it. */
export function trainedNetwork(record: RunRecord): tf.Sequential {
  const { set } = record.recipe['data'] as { set: string };
  const settings = record.recipe['model'] as unknown as SharedSettings & { architecture: Architecture };
  const build = () =>
    set === 'idc' ? network({ ...settings, image: [50, 50, 3], classes: 2 }) : network({ ...settings, image: [28, 28, 1], classes: 10 });
  return withKeptWeights(build, record, `${experiment} does.`);
}

const recordedRuns = () => runs.find({ paper, experiment, profile: 'paper', provenance: 'real' }).filter((run) => runs.isRecorded(run));

const cardOf = ({ metrics, seed }: RunRecord): ModelCard => ({
  experiment,
  seed,
  profile: 'paper',
  chosenBy: 'best validation accuracy among the recorded seeds',
  parameters: metrics['parameters']!,
  testAccuracy: metrics['testAccuracy']!,
  validationAccuracy: metrics['validationAccuracy']!,
});

/** Makes the network that the recorded runs choose the one that comes with the clone. */
export async function shipBestModel(): Promise<ModelCard | undefined> {
  const records = recordedRuns();
  const chosen = bestValidated(records.map(cardOf));
  if (!chosen || chosen.seed === shelf.card()?.seed) return chosen;
  const model = trainedNetwork(records.find(({ seed }) => seed === chosen.seed)!);
  await shelf.put(model, chosen);
  model.dispose();
  return chosen;
}

/** The card of the network that comes with the clone; undefined before there is one. */
export const bestModelCard = shelf.card;

/** The best LSTM-CNN, trained in full: `const model = await lstmCnn.loadBestModel()`. */
export const loadBestModel = shelf.load;
