/** What an experiment's network is called where networks of several reports stand in one table. */
import type { PaperId } from '../results/index.js';
import { modelNames as sixNames } from './cnn-lstm-aggregated/artefacts.js';
import { gridHeads, stepHeads } from './cnn-lstm-aggregated/experiments.js';
import { headWords } from './cnn-lstm-aggregated/studies.js';
import { comparedRows } from './knn-cnn-lstm/claims.js';
import { reportedRows } from './knn-cnn-lstm/recipes.js';
import { table3 } from './lenet5/claims.js';
import { modelNames } from './lstm-cnn/shared.js';

const lenet5: Record<string, string> = {
  'proposed-lenet5': 'LeNet-5 as proposed (tanh, SGD)',
  'proposed-sgd-relu': 'LeNet-5 as proposed, with ReLU',
  'proposed-adam-tanh': 'LeNet-5 as proposed, with Adam',
  'proposed-adam-relu': 'LeNet-5 as proposed, with ReLU and Adam',
  'proposed-wide-pool': 'LeNet-5 as proposed, third pool wide',
  'classic-lenet5': 'LeNet-5 of 1998',
  'classic-lenet5-partial': 'LeNet-5 of 1998, C3 partly connected',
  'modern-lenet5': 'LeNet-5 with ReLU, plain pooling and Adam',
  'long-training': 'LeNet-5 as proposed, 60 epochs of Adam',
  'leaked-test-images': 'LeNet-5, test images among the training images',
  'scores-by-epoch': 'LeNet-5 as proposed, scored after each epoch',
};

const published: Record<string, string> = {
  'published-cnn': 'CNN of table I',
  'published-cnn-lstm': 'CNN + LSTM of table I',
  'published-cnn-svm': 'CNN with SVM of table I',
};

const knnCnnLstm: Record<string, string> = {
  'knn-chosen': 'KNN, setting chosen on validation images',
  'knn-euclidean': 'KNN, Euclidean distance',
  'knn-sweep': 'KNN, thresholds tried',
  'without-lstm': 'row 6 without its LSTM',
  'without-lstm-equal-parameters': 'row 6 without its LSTM, as many parameters',
  'without-augmentation': 'row 6 without augmentation',
  'two-convolutions-a-phase': 'row 6, two convolutions a phase',
  'forget-bias-one': 'row 6, forget gate begun at bias one',
  'keras-starts': 'row 6, everything begun as in Keras',
};

const splits: Record<string, string> = { random: ', random fifth held out', grouped: ', fifth held out garment by garment' };
const orders: Record<string, string> = { hilbert: 'Hilbert order', row: 'row by row' };
const cells: Record<string, string> = { rnn: 'SimpleRNN', lstm: 'LSTM', 'power-law': 'power-law LSTM' };
const changes: Record<string, string> = {
  clip: 'gradients clipped',
  slow: 'lower learning rate',
  forget: 'forget gate open at the start',
  chrono: 'chrono start',
  'chrono-clip': 'chrono start, gradients clipped',
};

function hilbertName(experiment: string): string | undefined {
  if (experiment === 'cnn') return 'CNN, the baseline';
  const study = /^order-(.+)$/.exec(experiment);
  if (study) return `LSTM, 14 × 14, ${study[1]!.endsWith('order') ? study[1] : `${study[1]} order`}, short training`;
  const begun = /^begun-(14|28)-(.+)-(\d+)$/.exec(experiment);
  if (begun) return `LSTM, ${begun[1]} × ${begun[1]}, ${begun[2]} order begun at step ${Number(begun[3]) + 1}, short training`;
  const reservoir = /^reservoir-(hilbert|row)(?:-(\w+))?$/.exec(experiment);
  if (reservoir) return `reservoir${reservoir[2] ? ` (${reservoir[2]})` : ''}, 14 × 14, ${orders[reservoir[1]!]}`;
  const series = /^(rnn|lstm|power-law)-(14|28)-(hilbert|row)(?:-(.+))?$/.exec(experiment);
  if (!series) return undefined;
  const [, cell, side, order, change] = series;
  return `${cells[cell!]}, ${side} × ${side}, ${orders[order!]}${change ? `, ${changes[change]}` : ''}`;
}

function aggregatedName(experiment: string): string | undefined {
  if (experiment === 'model-6-times') return 'Model VI, its times';
  const model = /^model-(\d)$/.exec(experiment);
  if (model) return `Model ${sixNames[Number(model[1]) - 1]}`;
  const head = [...gridHeads, ...stepHeads].find((each) => ['grid', 'wide'].some((size) => experiment.startsWith(`${size}-${each}-cnn`)));
  if (!head) return published[experiment];
  const size = experiment.startsWith('wide-') ? ', size of I and IV' : '';
  return `${headWords[head]}, ${experiment.endsWith('-cnn-lstm-recipe') ? 'Adam' : 'SGD'}${size}`;
}

function lstmCnnName(experiment: string): string | undefined {
  const made = /^(mnist|idc)-(lstm-cnn|cnn-lstm|lstm|cnn|stacked)(?:-(.+))?$/.exec(experiment);
  if (!made) return undefined;
  return `${modelNames[made[2] as keyof typeof modelNames]}${made[3] ? `, ${made[3].replaceAll('-', ' ')}` : ''}`;
}

function knnName(experiment: string): string | undefined {
  const made = /^row-(\d)(?:-(random|grouped))?$/.exec(experiment);
  const row = made && reportedRows.find((each) => each.row === Number(made[1]));
  if (made && row) return `CNN + LSTM, row ${row.row}${made[2] ? splits[made[2]] : ''}`;
  const compared = comparedRows.find((each) => each.experiment === experiment);
  if (compared) return `${compared.name}${compared.preprocessing === 'none' ? '' : ` (${compared.preprocessing})`}`;
  return knnCnnLstm[experiment];
}

const inWords: Partial<Record<PaperId, (experiment: string) => string | undefined>> = {
  lenet5: (experiment) => lenet5[experiment] ?? table3.find((row) => row.experiment === experiment)?.name,
  'lstm-cnn': lstmCnnName,
  'cnn-lstm-aggregated': aggregatedName,
  'hilbert-lstm': hilbertName,
  'knn-cnn-lstm': knnName,
};

/** In words; the experiment's own name where there are none. */
export const networkName = (paper: PaperId, experiment: string): string => inWords[paper]?.(experiment) ?? experiment;
