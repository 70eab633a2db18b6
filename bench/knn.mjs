/** Neighbours: 60,000 train images, 10,000 queries, 784 pixels, K up to 100, binary; random, so that no data set is needed. knn.py runs scikit-learn. */
import data from 'paperlab/data';
import neighbours from 'paperlab/neighbours';

const { randomStream } = data;
const { nearestNeighbours } = neighbours;

export const name = 'knn';

function randomImages(seed, count) {
  const random = randomStream(seed);
  return { values: Uint8Array.from({ length: count * 784 }, () => random.below(256)), count, dimensions: 784 };
}

export async function run() {
  const [train, queries] = [randomImages(1, 60_000), randomImages(2, 10_000)];
  const [started, before] = [performance.now(), process.cpuUsage()];
  await nearestNeighbours(train, queries, { metric: 'hamming', k: 100, threshold: 127 });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const what = 'Hamming, 60,000 × 10,000 × 784, K = 100';
  const memory = process.resourceUsage().maxRSS / 1e6;
  return [
    { name: what, value: seconds, unit: 's', target: 10 },
    { name: `${what}, processor time`, value: (user + system) / 1e6, unit: 's' },
    { name: 'most memory of the process', value: memory, unit: 'GB', target: 1.5 },
  ];
}
