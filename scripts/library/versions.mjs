/** Which versions stand behind a bench's numbers: read where they are installed, never from what was asked for. */
import fs from 'node:fs';
import path from 'node:path';
import { installedIn } from './python.mjs';

/** The peers of each bench: the package's name for pip, and for readers. */
const PEERS = {
  engine: { keras: 'Keras', torch: 'PyTorch' },
  gpu: { torch: 'PyTorch' },
  knn: { 'scikit-learn': 'scikit-learn' },
  metrics: { 'scikit-learn': 'scikit-learn' },
  tsne: { opentsne: 'openTSNE' },
};
/** Benches that compute with TensorFlow; the others use nothing but Node. */
const ON_TENSORFLOW = ['engine', 'gpu'];

function pinned(packages, names) {
  const found = [...installedIn(packages)].map((pin) => pin.split('=='));
  return found.find(([name]) => names.includes(name))?.[1];
}

/** Versions by name for one bench. Folders: `binding` (tfjs-node-gpu), `tensorflow` (its libraries), `peers` (site-packages, where there are peers). */
export function benchVersions(bench, { binding, tensorflow, peers }) {
  const ours = ON_TENSORFLOW.includes(bench) && {
    'TensorFlow.js': JSON.parse(fs.readFileSync(path.join(binding, 'package.json'), 'utf8')).version,
    TensorFlow: pinned(tensorflow, ['tensorflow-cpu', 'tensorflow']),
  };
  const theirs = peers && {
    ...Object.fromEntries(Object.entries(PEERS[bench] ?? {}).map(([name, title]) => [title, pinned(peers, [name])])),
    Python: /python(\d+\.\d+)/.exec(peers)?.[1],
  };
  return Object.fromEntries(Object.entries({ ...ours, ...theirs }).filter(([, version]) => version !== undefined));
}
