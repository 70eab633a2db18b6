/** t-SNE: 10,000 points of 10 dimensions in ten clouds, 750 iterations. */
import { randomStream } from 'paperlab/data';
import { tsne } from 'paperlab/embedding';

export const name = 'tsne';

export async function run() {
  const [count, dimensions, random] = [10_000, 10, randomStream(1)];
  const values = Float32Array.from({ length: count * dimensions }, (_, at) => {
    return random.normal() + (Math.floor(at / dimensions) % 10 === at % dimensions ? 6 : 0);
  });
  const { seconds } = await tsne({ values, count, dimensions });
  return [{ name: 't-SNE, 10,000 × 10, 750 iterations', value: seconds, unit: 's', target: 90 }];
}
