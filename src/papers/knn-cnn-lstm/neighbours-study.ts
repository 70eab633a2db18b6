/** Neighbours beyond table 1: memory, the sweep of thresholds and ties, the choice on validation images, what is confused, who the neighbours are. */

import { type ImageSet, subset } from '../../data/index.js';
import { confusionFigure, type Figure, imageGrid, linesOver } from '../../figures/index.js';
import type { TableData } from '../../notebook/index.js';
import type { RunRecord } from '../../results/index.js';
import { type Evidence, meanOf } from '../evidence.js';
import { percentage, wrapped } from '../words.js';
import { accuracyName, naturalSetting, reportedKs, reportedNeighbours, type SweptSetting, sweptSettings } from './neighbours.js';
import { evidence, needed } from './shared.js';

/** What a matrix of all distances takes, in gigabytes: the way plain array code computes them. */
export const distanceMatrixGigabytes = (queries: number, training: number, bytesEach = 8) => (queries * training * bytesEach) / 1e9;

/** Where 16 GB come from, and what the same search needs when rows are packed to bits, in words. */
export function memoryWords(): string {
  const one = distanceMatrixGigabytes(10_000, 60_000);
  const found = evidence('knn-hamming');
  const [working, whole] = [meanOf(found, 'workingGigabytes'), meanOf(found, 'processGigabytes')];
  const ours =
    working === undefined || whole === undefined
      ? 'our search is not recorded yet'
      : `our search works in ${(1000 * working).toFixed(0)} MB, the whole process with its data in ${(1000 * whole).toFixed(0)} MB (${found.label})`;
  return wrapped(
    `One matrix of 10,000 × 60,000 distances in double precision takes ${one.toFixed(1)} GB; two partial sums, their total and an order by argsort make ${(4 * one).toFixed(1)} GB at most; ${ours}.`,
  );
}

const orderWords = { 'lowest-index': 'earlier image first', 'highest-index': 'later image first' } as const;

const tieWords = {
  nearest: 'nearest neighbour decides',
  'smallest-label': 'smallest label wins',
  'largest-label': 'largest label wins',
  'first-to-reach': 'first to reach the number wins',
} as const;

function sweepOf(live?: readonly RunRecord[]): { swept: SweptSetting[]; evidence: Evidence } {
  const found = needed('knn-sweep', live);
  return { swept: sweptSettings(found.records[0]!), evidence: found };
}

/** Accuracy over the threshold, one line for each K, at the natural order and tie rule. */
export function thresholdFigure(live?: readonly RunRecord[]): Figure {
  const { swept, evidence: found } = sweepOf(live);
  const line = swept.filter(({ order, ties }) => order === naturalSetting.order && ties === naturalSetting.ties);
  const thresholds = line.map(({ threshold }) => threshold);
  const lines = reportedNeighbours.flatMap(({ k, reported }, index) => {
    const values = line.map(({ accuracies }) => accuracies[index]);
    // A small search has fewer neighbours than the largest K asks for.
    if (!values.every((value) => value !== undefined)) return [];
    return [{ name: `K = ${k}`, x: thresholds, values, claim: { x: naturalSetting.threshold, value: reported / 100 } }];
  });
  return linesOver(lines, {
    title: 'KNN on thresholded images: accuracy over the threshold',
    subtitle: `${found.label}; ${orderWords[naturalSetting.order]}, ${tieWords[naturalSetting.ties]}; diamonds: the report's numbers`,
    xTitle: 'threshold (a pixel above it is ink)',
    yTitle: 'test accuracy',
  });
}

/** How near each setting of the sweep comes to the six numbers: matches to the last digit and the largest gap, best first. */
export function settingsTable(live?: readonly RunRecord[], most = 12): TableData {
  const { swept } = sweepOf(live);
  const gap = ({ accuracies }: SweptSetting) =>
    Math.max(...accuracies.map((accuracy, index) => Math.abs(100 * accuracy - reportedNeighbours[index]!.reported)));
  // At K = 1 no vote is tied, so a setting may meet that number through the winner's distances alone: one number met does not rank a setting.
  const all = ({ exact }: SweptSetting) => Number(exact === reportedKs.length);
  const ranked = [...swept].sort((a, b) => all(b) - all(a) || gap(a) - gap(b)).slice(0, most);
  return {
    columns: ['threshold', 'equal distances', 'tied votes', ...reportedKs.map((k) => `K = ${k}`), 'exact of 6', 'largest gap (points)'],
    rows: ranked.map((setting) => [
      setting.threshold,
      orderWords[setting.order],
      tieWords[setting.ties],
      ...setting.accuracies.map((accuracy) => percentage(accuracy)),
      { value: setting.exact, mark: setting.exact === reportedKs.length ? 'good' : undefined },
      Number(gap(setting).toFixed(2)),
    ]),
  };
}

/** How many settings were tried and how many give all six numbers, in words. */
export function sweepWords(live?: readonly RunRecord[]): string {
  const { swept, evidence: found } = sweepOf(live);
  const all = swept.filter(({ exact }) => exact === reportedKs.length);
  const others = swept.filter(({ exact }) => exact < reportedKs.length);
  const next = Math.max(0, ...others.map(({ exact }) => exact));
  const met = reportedNeighbours.filter(({ reported }, index) =>
    others.some(({ accuracies }) => percentage(accuracies[index]) === reported.toFixed(2)),
  );
  const where =
    met.length === 0
      ? ''
      : ` (of K = ${met.map(({ k }) => k).join(', ')}${met.every(({ k }) => k === 1) ? ', where no vote is tied' : ''})`;
  const which = all.map(({ threshold, order, ties }) => `threshold ${threshold}, ${orderWords[order]}, ${tieWords[ties]}`).join('; ');
  return wrapped(
    `${swept.length} settings tried (${found.label}). ${all.length} of them ${all.length === 1 ? 'gives' : 'give'} all six numbers to the last digit${which ? `: ${which}` : ''}. No other setting gives more than ${next} of the six${where}.`,
  );
}

/** The setting chosen on validation images and what it scores on the test set, beside the report's and the plain Euclidean one. */
export function chosenTable(live?: readonly RunRecord[]): TableData {
  const chosen = evidence('knn-chosen', live);
  const own = evidence('knn-hamming', live);
  const grey = evidence('knn-euclidean', live);
  const [threshold, k] = [meanOf(chosen, 'threshold'), meanOf(chosen, 'k')];
  return {
    columns: ['method', 'threshold', 'K', 'chosen by', 'test accuracy %', 'from'],
    rows: [
      ['Hamming, as the report', naturalSetting.threshold, 9, 'hand (the report)', percentage(meanOf(own, accuracyName(9))), own.label],
      ['Hamming, our choice', threshold ?? '–', k ?? '–', 'validation images', percentage(meanOf(chosen, 'testAccuracy')), chosen.label],
      ['Euclidean on grey values', '–', 5, 'convention (not tuned)', percentage(meanOf(grey, accuracyName(5))), grey.label],
    ],
  };
}

/** What thresholding confuses: the confusion matrix of KNN with K = 9. */
export function neighboursConfusion(set: ImageSet, live?: readonly RunRecord[]): Figure {
  const { records, label } = needed('knn-hamming', live);
  return confusionFigure(records[0]!.confusion!, [...set.classNames], { title: 'KNN on thresholded garments, K = 9', subtitle: label });
}

/** Nearest training images of one query, with distances in the captions. */
export function nearestFigure(
  training: ImageSet,
  query: ImageSet,
  position: number,
  indices: ArrayLike<number>,
  distances: ArrayLike<number>,
): Figure {
  const asked = subset(query, Int32Array.of(position));
  const near = subset(training, indices);
  const joined: ImageSet = {
    ...near,
    count: near.count + 1,
    pixels: Uint8Array.from([...asked.pixels, ...near.pixels]),
    labels: Uint8Array.from([...asked.labels, ...near.labels]),
    indices: Int32Array.from([...asked.indices, ...near.indices]),
  };
  const captions = ['asked', ...Array.from(distances, (distance) => String(Math.round(distance)))].map(
    (words, index) => `${joined.classNames[joined.labels[index]!]}<br>${index === 0 ? words : `distance ${words}`}`,
  );
  return imageGrid(
    joined,
    Int32Array.from(joined.labels, (_, index) => index),
    {
      captions,
      columns: Math.min(10, joined.count),
      title: 'A test image and its nearest training images',
      subtitle: `Hamming distance, threshold ${naturalSetting.threshold}`,
    },
  );
}
