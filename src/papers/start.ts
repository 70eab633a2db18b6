/** What notebook 00 shows: a network small enough to be trained while one watches, and a map of the notebooks. */
import type { BatchReport } from '../engine/index.js';
import type { TableData } from '../notebook/index.js';
import type { RunProgress } from '../results/index.js';
import { tf } from '../runtime/index.js';
import { reports } from './all.js';

/** One convolution, one pooling, one dense layer: 28 × 28 garments in, ten classes out. */
export function smallNetwork(): tf.Sequential {
  return tf.sequential({
    name: 'small',
    layers: [
      tf.layers.conv2d({ name: 'look', inputShape: [28, 28, 1], filters: 8, kernelSize: 5, activation: 'relu' }),
      tf.layers.maxPooling2d({ name: 'shrink', poolSize: 2 }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'decide', units: 10, activation: 'softmax' }),
    ],
  });
}

/** A report of the engine as a line of progress. */
export function progressOf({ epoch, epochs, step, stepsPerEpoch, loss, accuracy }: BatchReport): RunProgress {
  return {
    fraction: Math.min(1, (epoch - 1 + step / stepsPerEpoch) / epochs),
    text: `epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)} %`,
  };
}

/**
 * To read and work through: words (the notebook's and what it prints) at two hundred a minute, a minute for a figure, half of one for a table, the
 * minutes that its exercises name, and its run; rounded up to a quarter of an hour.
 */
const about: Record<string, { asks: string; teaches: string; needs: string; toRead: string }> = {
  lenet5: {
    asks: 'Does LeNet-5 name 98.9 % of garments rightly?',
    teaches: 'convolution and pooling; which number is an accuracy, and of what',
    needs: 'what a neural network is',
    toRead: 'an hour',
  },
  'lstm-cnn': {
    asks: 'Is an LSTM in front of a convolution better than either?',
    teaches: 'LSTM cells; differences between models and between seeds; leaks between patients',
    needs: 'convolution (01)',
    toRead: 'an hour and a half',
  },
  'cnn-lstm-aggregated': {
    asks: 'What does an LSTM behind a CNN add, and what does asking twice add?',
    teaches: 'taking a comparison apart; t-SNE and what it cannot show',
    needs: 'convolution and pooling (01); LSTM cells (02) help',
    toRead: 'an hour and a half',
  },
  'hilbert-lstm': {
    asks: 'Can a network read an image pixel by pixel, and in which order?',
    teaches: 'memory over many steps; testing an explanation',
    needs: 'recurrent networks (02)',
    toRead: 'an hour and a half',
  },
  'knn-cnn-lstm': {
    asks: 'How far does counting pixels go, and how far a CNN with an LSTM?',
    teaches: 'nearest neighbours; augmentation; validation images that are twins of training images',
    needs: 'convolution (01), validation sets',
    toRead: 'an hour and a quarter',
  },
};

export const questionOf = (paper: string) => about[paper]?.asks ?? '';

/** The notebooks, what each asks and teaches. */
export function notebookMap(): TableData {
  return {
    columns: ['notebook', 'what it asks', 'what you learn', 'what it needs', 'to work through', 'claims'],
    rows: [
      ...reports.map(({ paper, number, claims }) => [
        `${number} ${paper}`,
        questionOf(paper),
        about[paper]?.teaches ?? '',
        about[paper]?.needs ?? '',
        about[paper]?.toRead ?? '',
        claims.length,
      ]),
      [
        '06 scoreboard',
        'What became of every claim?',
        'reading results: leaks, metrics, confounding, seeds',
        'nothing; 01 to 05 help',
        'half an hour',
        reports.reduce((sum, { claims }) => sum + claims.length, 0),
      ],
    ],
  };
}
