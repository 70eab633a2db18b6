/** One case of gpu-verify.mjs in a process of its own: trains on CPU and GPU, prints how far apart they are as one line of JSON. */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import paperlab from 'paperlab/engine';
import cudnn from 'paperlab/internal/engine/cudnn';
import layersOfEngine from 'paperlab/internal/engine/layers';
import runtimeRoom from 'paperlab/runtime';
import { examplesOf } from './engine.mjs';
import { buildOf, stepMilliseconds } from './gpu.mjs';
import { DRAWS, distance } from './gpu-verify.mjs';

const { channelDropout, fit, predict, rehearseGpu } = paperlab;
const { seeded, tf } = runtimeRoom;
const COMPARED_STEPS = 10;

const one = JSON.parse(process.argv[2]);
const rehearse = process.argv.includes('--rehearse');
rehearseGpu(rehearse);

const draws = () =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 8, kernelSize: 3, strides: 2, activation: 'relu' }),
      channelDropout({ rate: 0.2 }),
      tf.layers.batchNormalization(),
      tf.layers.reshape({ targetShape: [13, 104] }),
      tf.layers.lstm({ units: 16, recurrentActivation: 'sigmoid', dropout: 0.2, returnSequences: true }),
      tf.layers.lstm({ units: 16, recurrentActivation: 'sigmoid', recurrentDropout: 0.2 }),
      tf.layers.dropout({ rate: 0.3 }),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });

const flat = (arrays) => Float32Array.from(arrays.flatMap((values) => Array.from(values)));

async function trainedOn(device, build, one) {
  const model = seeded(1, build);
  const examples = examplesOf({ shape: one.shape, batch: one.batch, steps: COMPARED_STEPS });
  const { epochs } = await fit(model, examples, {
    ...{
      optimizer: { kind: 'sgd', learningRate: 0.05 },
      loss: 'sparseCategoricalCrossentropy',
      epochs: 1,
      batchSize: one.batch,
      seed: 3,
      device,
    },
    ...(one.title === DRAWS.title && { horizontalFlip: 0.5 }),
  });
  const few = { ...examples, count: 32, inputs: examples.inputs.subarray(0, 32 * one.shape.reduce((a, b) => a * b, 1)) };
  const outputs = await predict(model, few, { device });
  const weights = flat(model.getWeights().map((weight) => weight.dataSync()));
  model.dispose();
  return { loss: [epochs[0].loss], outputs, weights };
}

/** How the model's recurrent layers run on a GPU. */
function recurrenceOf(build) {
  const model = build();
  const ways = model.layers
    .filter((layer) => ['LSTM', 'SimpleRNN'].includes(layer.getClassName()))
    .map((layer) => {
      const chosen = cudnn.cudnnMode(layer.getClassName(), layersOfEngine.layerConfig(layer));
      return 'mode' in chosen ? (rehearse ? "cuDNN's layout, written out" : 'cuDNN') : `loop (${chosen.reason})`;
    });
  model.dispose();
  return ways.length > 0 ? [...new Set(ways)].join(', ') : undefined;
}

/** What the driver counts for this process; containers often hide it. */
function megabytesOnGpu() {
  const answer = spawnSync('nvidia-smi', ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'], { encoding: 'utf8' });
  const own = answer.stdout?.split('\n').find((line) => line.startsWith(`${process.pid},`));
  return own && Number(own.split(',')[1]);
}

const build = one.title === DRAWS.title ? draws : buildOf(one);
const [cpu, gpu] = [await trainedOn('cpu', build, one), await trainedOn('gpu', build, one)];
const apart = Object.fromEntries(Object.keys(cpu).map((key) => [key, distance(gpu[key], cpu[key])]));
// A rehearsal's GPU time would be a CPU's; it is left out.
const milliseconds = rehearse
  ? undefined
  : {
      cpu: await stepMilliseconds({ ...one, build, device: 'cpu', steps: 4, epochs: 2 }),
      gpu: await stepMilliseconds({ ...one, build, device: 'gpu' }),
    };
console.log(JSON.stringify({ apart, recurrence: recurrenceOf(build), milliseconds, gpuMegabytes: megabytesOnGpu() }));
process.exit(0);
