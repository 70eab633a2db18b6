/**
 * The GPU's graph without a GPU: rehearsed on the CPU with cuDNN's operation written out, cuDNN's own operation checked by what TensorFlow says of it
 * when it takes the graph in, and failures of a device injected.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, beforeEach, type TestContext, test } from 'node:test';
import type { Examples } from 'paperlab/data';
import { DeviceError, EngineError, type FitOptions, fit, inputGradient, NotANumberError, predict, rehearseGpu } from 'paperlab/engine';
import { readCheckpoint } from 'paperlab/internal/engine/checkpoint';
import { cudnnKernel, cudnnMode, packParameters } from 'paperlab/internal/engine/cudnn';
import { planFor } from 'paperlab/internal/engine/device';
import { gradients } from 'paperlab/internal/engine/gradients';
import { DataType, Graph } from 'paperlab/internal/engine/graph';
import { GraphDoors, Session } from 'paperlab/internal/engine/session';
import { nativeBinding, seeded, tf } from 'paperlab/runtime';
import { cases, classifier } from './engine-cases.js';
import {
  allWeights,
  bits,
  busyModel,
  distance,
  numbers,
  sample,
  tolerance,
  trainEagerly,
  trainWithEngine,
  twins,
  weightsOf,
} from './engine-support.js';

const { layers } = tf;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'paperlab-gpu-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rehearseGpu(true));
afterEach(() => rehearseGpu(false));

const onGpu = { device: 'gpu' } as const;
const series = [9, 3];
const lstm = (more: object = {}) => layers.lstm({ inputShape: series, units: 5, recurrentActivation: 'sigmoid', ...more });

// What a layer computes

const alike: Record<string, () => tf.LayersModel> = {
  'an LSTM': classifier(() => lstm()),
  'an LSTM without bias': classifier(() => lstm({ useBias: false })),
  'LSTMs, sequences between them, the second backwards': classifier(
    () => lstm({ returnSequences: true }),
    () => layers.lstm({ units: 4, recurrentActivation: 'sigmoid', goBackwards: true }),
  ),
  'a simple recurrence': classifier(() => layers.simpleRNN({ inputShape: series, units: 5 })),
};
for (const [name, build] of Object.entries(alike))
  test(`through cuDNN's layout of weights like tf.layers: ${name}`, async () => {
    const examples = sample({ shape: series });
    const [ours, theirs] = twins(build);
    const settings = { batchSize: 6, seed: 9, loss: 'categoricalCrossentropy' as const };
    const eager = await trainEagerly(theirs, examples, { ...settings, learningRate: 0.1 });
    const engine = await trainWithEngine(ours, examples, { ...settings, ...onGpu });
    assert.ok(distance([engine.loss], [eager.loss]) < tolerance.loss, `loss ${engine.loss}, tf.layers ${eager.loss}`);
    engine.weights.forEach((weight, index) => {
      assert.ok(distance(weight, eager.weights[index]!, 0.1) < tolerance.weights, `weight ${index}`);
    });
  });

const usual: FitOptions = {
  optimizer: { kind: 'sgd', learningRate: 0.1 },
  loss: 'sparseCategoricalCrossentropy',
  epochs: 2,
  batchSize: 7,
  seed: 7,
};
const pictures = sample({ shape: [6, 6, 1], count: 50 });

test('draws of dropout and flips are those of the CPU, shard by shard; the rest differs by rounding only', async () => {
  for (const recurrent of [false, true]) {
    const shards = recurrent ? 3 : 2;
    const [cpu, gpu] = [busyModel({ recurrent }), busyModel({ recurrent })];
    const options = { ...usual, epochs: 1, shards, horizontalFlip: 0.5, validation: pictures };
    const [one, other] = [await fit(cpu, pictures, { ...options, device: 'cpu' }), await fit(gpu, pictures, { ...options, ...onGpu })];
    assert.ok(distance(allWeights(gpu), allWeights(cpu)) < tolerance.shards, `shards ${shards}, recurrent ${recurrent}`);
    for (const [index, { loss, accuracy, validationLoss }] of one.epochs.entries()) {
      const record = other.epochs[index]!;
      assert.ok(distance([record.loss, record.validationLoss!], [loss, validationLoss!]) < tolerance.shards);
      assert.equal(record.accuracy, accuracy);
    }
    const wanted = { dropout: true, seed: 3, shards };
    const outputs = await predict(gpu, pictures, { ...wanted, ...onGpu });
    assert.ok(distance(outputs, await predict(gpu, pictures, { ...wanted, device: 'cpu' })) < tolerance.shards);
  }
});

test('gradients with respect to inputs go through the recurrence', async () => {
  const model = seeded(
    5,
    classifier(() => lstm()),
  );
  const loss = 'sparseCategoricalCrossentropy';
  const examples = sample({ shape: series });
  const [gpu, cpu] = [
    await inputGradient(model, examples, { loss, ...onGpu }),
    await inputGradient(model, examples, { loss, device: 'cpu' }),
  ];
  assert.ok(distance(gpu.gradients, cpu.gradients, 1e-6) < tolerance.shards);
});

// Several steps in one round

/** Calls follow the clock: with one that stands still they are of 1, 2, 4, 8 … steps, however busy the machine. */
const stopTheClock = (context: TestContext): void => {
  context.mock.method(performance, 'now', () => 0);
};

test('rounds of several steps, and the steps left over, give the bits of single steps', async (context) => {
  stopTheClock(context);
  // 50 examples by 2: 25 steps an epoch in calls of 1, 2, 4, 8 and 10, the last two with a round of eight in them; the second epoch likewise.
  // Adam's rate changes with every step: a round must give each step its own.
  const options = { ...usual, optimizer: { kind: 'adam', learningRate: 0.01 }, batchSize: 2, ...onGpu } as const;
  const whole = busyModel();
  const history = await fit(whole, pictures, options);
  const single = busyModel();
  const stepwise = await fit(single, pictures, { ...options, checkpoint: { path: path.join(folder, 'stepwise'), everySteps: 1 } });
  assert.equal(bits(single), bits(whole));
  assert.deepEqual(
    stepwise.epochs.map(({ loss }) => loss),
    history.epochs.map(({ loss }) => loss),
  );
  assert.ok(planFor('gpu').stepsPerRound > 1 && 25 % planFor('gpu').stepsPerRound !== 0, 'or this test tests nothing');
});

test('a loss that is not a number is found at the same step as on the CPU, and the weights are those before it', async (context) => {
  stopTheClock(context);
  const build = () =>
    seeded(1, () =>
      tf.sequential({ layers: [layers.flatten({ inputShape: [6, 6, 1] }), layers.dense({ units: 8 }), layers.dense({ units: 4 })] }),
    );
  const failures = [];
  for (const device of ['cpu', 'gpu'] as const) {
    const model = build();
    const options = { ...usual, device, batchSize: 2, optimizer: { kind: 'sgd', learningRate: 1 }, loss: 'meanSquaredError' } as const;
    const failure = await fit(model, pictures, options).then(
      () => assert.fail('it should have stopped'),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof NotANumberError, String(failure));
    assert.ok(allWeights(model).every(Number.isFinite));
    failures.push(failure);
  }
  assert.equal(failures[1]!.step, failures[0]!.step);
  assert.ok(failures[0]!.step > 9, 'in the middle of a later round, or this test tests less than it says');
});

// Which layers go through cuDNN

test('cuDNN takes what it can do; all else keeps the loop, with the reason', () => {
  const plain = { activation: 'tanh', recurrentActivation: 'sigmoid' };
  assert.deepEqual(cudnnMode('LSTM', plain), { mode: 'lstm' });
  assert.deepEqual(cudnnMode('LSTM', { ...plain, dropout: 0.5, goBackwards: true, returnSequences: true }), { mode: 'lstm' });
  assert.deepEqual(cudnnMode('SimpleRNN', { activation: 'tanh' }), { mode: 'rnn_tanh' });
  const refused: [string, object, RegExp][] = [
    ['LSTM', { ...plain, recurrentActivation: 'hardSigmoid' }, /recurrentActivation is 'hardSigmoid', cuDNN's is 'sigmoid'/],
    ['LSTM', { ...plain, activation: 'relu' }, /activation is 'relu'/],
    ['LSTM', { ...plain, recurrentDropout: 0.1 }, /recurrentDropout/],
    ['SimpleRNN', { activation: 'relu' }, /activation is 'relu'/],
    ['PowerLawLSTM', plain, /PowerLawLSTM/],
  ];
  for (const [className, config, reason] of refused) {
    const chosen = cudnnMode(className, config as Record<string, unknown>);
    assert.match('reason' in chosen ? chosen.reason : 'taken', reason);
  }
});

// cuDNN's layout of weights

/** An LSTM from cuDNN's vector, number by number in double precision, as NVIDIA describes it: four input matrices, four recurrent ones, two biases for each. */
function lstmByHand(
  parameters: ArrayLike<number>,
  x: ArrayLike<number>,
  [steps, features, units]: readonly [number, number, number],
): number[] {
  const inputs = (gate: number, unit: number, feature: number) => parameters[(gate * units + unit) * features + feature]!;
  const recurrentStart = 4 * units * features;
  const recurrent = (gate: number, unit: number, from: number) => parameters[recurrentStart + (gate * units + unit) * units + from]!;
  const biasStart = recurrentStart + 4 * units * units;
  const bias = (gate: number, unit: number) =>
    parameters[biasStart + gate * units + unit]! + parameters[biasStart + (4 + gate) * units + unit]!;
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  let h = new Array<number>(units).fill(0);
  let c = [...h];
  for (let step = 0; step < steps; step++) {
    const sum = (gate: number, unit: number) => {
      let total = bias(gate, unit);
      for (let feature = 0; feature < features; feature++) total += inputs(gate, unit, feature) * x[step * features + feature]!;
      for (let from = 0; from < units; from++) total += recurrent(gate, unit, from) * h[from]!;
      return total;
    };
    c = c.map((value, unit) => sigmoid(sum(1, unit)) * value + sigmoid(sum(0, unit)) * Math.tanh(sum(2, unit)));
    h = c.map((value, unit) => sigmoid(sum(3, unit)) * Math.tanh(value));
  }
  return h;
}

test("weights packed for cuDNN, read by hand as NVIDIA lays them out, give tf.layers' output", () => {
  const [steps, features, units] = [9, 3, 5] as const;
  const layer = layers.lstm({ inputShape: [steps, features], units, recurrentActivation: 'sigmoid', biasInitializer: 'randomNormal' });
  const model = seeded(4, () => tf.sequential({ layers: [layer] }));
  const x = numbers(steps * features, 8);
  const expected = tf.tidy(() => (model.predict(tf.tensor(x, [1, steps, features])) as tf.Tensor).dataSync().slice());
  const doors = new GraphDoors(new Graph());
  const shapes = model.getWeights().map(({ shape }) => shape);
  const feeds = shapes.map((shape, index) => doors.placeholder(`weight${index}`, DataType.float, shape));
  const [kernel, recurrentKernel, bias] = feeds as [(typeof feeds)[0], (typeof feeds)[0], (typeof feeds)[0]];
  const packed = packParameters(doors.g, { kernel, recurrentKernel, bias });
  const session = new Session(doors);
  const [parameters] = session.run(
    weightsOf(model).map((values, index) => [feeds[index]!, values] as const),
    [packed],
  );
  session.close();
  assert.equal(parameters!.length, 4 * units * (features + units) + 8 * units);
  assert.ok(distance(lstmByHand(parameters!, x, [steps, features, units]), expected) < tolerance.outputs);
});

// cuDNN's operation itself

/**
 * Loads a graph and drops it. TensorFlow first checks operations, attributes and shapes, then looks for kernels: without a GPU it must get as far as
 * missing a kernel for cuDNN's operation, and complain of nothing before.
 */
function takeIn(doors: GraphDoors): void {
  try {
    new Session(doors).close();
  } catch (error) {
    assert.match(
      (error as Error).message,
      /No OpKernel was registered to support Op 'CudnnRNN(V3|BackpropV3)'.*Registered devices: \[CPU\]/s,
    );
  }
}

/** A graph with cuDNN's recurrence and, if wanted, its gradient. */
function recurrenceGraph(differentiate: boolean): { graph: Graph; shapes: (readonly number[])[] } {
  const doors = new GraphDoors(new Graph());
  const { g } = doors;
  const x = doors.placeholder('x', DataType.float, [9, 6, 3]);
  const parameters = doors.placeholder('parameters', DataType.float, [4 * 5 * 8 + 40]);
  const { sequence, last } = cudnnKernel(g, x, parameters, { mode: 'lstm', units: 5 });
  const shapes = [sequence.shape, last.shape];
  if (differentiate) {
    const found = gradients(g, [{ value: last, seed: g.filled(last.shape, 1) }], [x, parameters]);
    shapes.push(...found.map((value) => value!.shape));
  }
  takeIn(doors);
  return { graph: doors.graph, shapes };
}

test("TensorFlow takes cuDNN's operations with the attributes they are given; only running them needs a GPU", () => {
  const { graph, shapes } = recurrenceGraph(true);
  assert.deepEqual(shapes, [[9, 6, 5], [6, 5], [9, 6, 3], [200]]);
  const operations = [...graph.everyOperation()];
  const forward = operations.find(({ op }) => op === 'CudnnRNNV3')!;
  const backward = operations.find(({ op }) => op === 'CudnnRNNBackpropV3')!;
  const shared = {
    rnn_mode: { text: 'lstm' },
    input_mode: { text: 'linear_input' },
    direction: { text: 'unidirectional' },
    dropout: { float: 0 },
    time_major: { bool: true },
    num_proj: { int: 0 },
  };
  for (const [key, value] of Object.entries({ ...shared, is_training: { bool: true } }))
    assert.deepEqual(forward.attributes[key], value, key);
  for (const [key, value] of Object.entries(shared)) assert.deepEqual(backward.attributes[key], value, key);
  assert.equal(backward.inputs.length, 13);
  assert.deepEqual(backward.inputs.slice(0, 5), forward.inputs);
  assert.deepEqual([...backward.inputs.slice(5, 8), ...backward.inputs.slice(11)], forward.outputs);
  const still = recurrenceGraph(false);
  assert.deepEqual([...still.graph.everyOperation()].find(({ op }) => op === 'CudnnRNNV3')!.attributes['is_training'], { bool: false });
});

test('an attribute that TensorFlow does not know is refused when the graph is taken in: the test above can fail', () => {
  const doors = new GraphDoors(new Graph());
  const { g } = doors;
  const x = doors.placeholder('x', DataType.float, [9, 6, 3]);
  const { last } = cudnnKernel(g, x, doors.placeholder('parameters', DataType.float, [200]), { mode: 'lstm', units: 5 });
  (last.operation.inputs[0]!.operation.attributes as Record<string, unknown>)['rnn_mode'] = { text: 'no such mode' };
  assert.throws(() => new Session(doors), /rnn_mode/);
});

/** Kernels for GPUs that TensorFlow 2.21's CUDA wheel registers, for the operations below. */
const kernels = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', 'tests', 'fixtures', 'gpu-kernels.json'), 'utf8')) as {
  kernels: Record<string, Record<string, number[]>[]>;
};
/** Calls and loops are the executor's, placeholders are fed, and these whole numbers are the processor's by TensorFlow's own rule. */
const notKernels = new Set(['Argument', 'Placeholder']);

function withoutGpuKernel(graph: Graph): string[] {
  const missing = new Set<string>();
  for (const { op, attributes } of graph.everyOperation()) {
    if (notKernels.has(op)) continue;
    const fits = (kernels.kernels[op] ?? []).some((constraints) =>
      Object.entries(constraints).every(([name, types]) => {
        const attribute = attributes[name];
        return attribute === undefined || ('type' in attribute ? types.includes(attribute.type) : true);
      }),
    );
    if (!fits) missing.add(`${op} ${JSON.stringify(attributes['T'] ?? attributes['dtype'] ?? '')}`);
  }
  return [...missing].sort();
}

test("every operation of the GPU's graphs has a kernel for GPUs in TensorFlow 2.21", async (context) => {
  rehearseGpu(false);
  const graphs: Graph[] = [];
  // Builds the very graph of a GPU, cuDNN included, and stops before it would run.
  const plan = { device: 'gpu', pinnedTo: undefined, recurrentKernel: cudnnKernel, stepsPerRound: 8, watchesLoss: false } as const;
  const device = await import('paperlab/internal/engine/device');
  const program = await import('paperlab/internal/engine/program');
  const optimizers = await import('paperlab/internal/engine/optimizers');
  assert.equal(device.piecesOf(plan, 6, 2).sizes.length, 1);
  context.diagnostic(`${Object.keys(kernels.kernels).length} operations in the table`);
  const recurrent = Object.values(alike).map((build) => ({ build, shape: series }));
  const builds = [...Object.values(cases), ...recurrent, { build: () => busyModel({ recurrent: true }), shape: [6, 6, 1] }];
  for (const [index, { build, shape }] of builds.entries()) {
    const model = seeded(1, build);
    const kinds = [
      { kind: 'adam', learningRate: 1, clipGlobalNorm: 1 },
      { kind: 'sgd', learningRate: 1, momentum: 0.9 },
      { kind: 'rmsprop', learningRate: 1 },
    ] as const;
    const optimizer = optimizers.optimizer(kinds[index % 3]!);
    const begun = program.beginProgram(model, plan);
    const slots = program.makeSlots(begun, optimizer);
    const inputType = index % 2 === 0 ? DataType.uint8 : DataType.float;
    const data = { inputType, shape, scale: 1 / 255, targetKind: 'classes', targetWidth: 1 } as const;
    const inputs = begun.doors.variable(`${begun.prefix}_inputs`, inputType, [20, ...shape]);
    const targets = begun.doors.variable(`${begun.prefix}_targets`, DataType.float, [20]);
    const safeguard = program.makeSafeguard(
      begun,
      begun.weights.map(({ variable }) => variable),
    );
    const flip = shape.length === 3 ? 0.5 : 0;
    const loss = 'sparseCategoricalCrossentropy';
    program.trainingLoop(
      { model, program: begun, data, inputs, targets, loss, optimizer, slots, safeguard, shards: 2, horizontalFlip: flip, device: plan },
      6,
    );
    program.evaluationBlock(model, begun, data, 5, { loss, shards: 2, device: plan, inspect: true, dropout: true });
    takeIn(begun.doors);
    graphs.push(begun.doors.graph);
  }
  // TensorFlow compares whole numbers on the processor only: one such comparison in a step would make the GPU wait for it.
  const compared = graphs.flatMap((graph) => [...graph.everyOperation()]).filter(({ op }) => op === 'Equal');
  assert.ok(compared.length > 0);
  for (const { attributes } of compared) assert.deepEqual(attributes['T'], { type: DataType.float });
  const fused = graphs.flatMap((graph) => [...graph.everyOperation()]).filter(({ op }) => op === 'CudnnRNNBackpropV3');
  assert.ok(fused.length >= 4, 'recurrences went through cuDNN');
  assert.deepEqual([...new Set(graphs.flatMap(withoutGpuKernel))], []);
});

// No GPU, a GPU that fails

test('a GPU that is asked for and not there is refused with the reason; without asking the CPU computes', async () => {
  rehearseGpu(false);
  const model = busyModel();
  await assert.rejects(
    fit(model, pictures, { ...usual, ...onGpu }),
    (error: Error) => error instanceof EngineError && /there is no GPU to compute on: .{20}.* Leave device away/.test(error.message),
  );
  await assert.rejects(fit(model, pictures, { ...usual, device: 'tpu' as never }), /device is 'tpu'; expected 'cpu' or 'gpu'/);
  await fit(model, pictures, { ...usual, epochs: 1 });
});

/** Lets `calls` runs of training go well and the next one fail with TensorFlow's words. */
function failingBinding(calls: number, words: string): () => void {
  const backend = tf.backend() as unknown as { binding: object };
  const { binding } = backend;
  let left = calls;
  // Not around the binding itself: its properties are fixed, and a proxy must give those of its target.
  backend.binding = new Proxy(
    {},
    {
      get(_, name) {
        const member = (binding as Record<string | symbol, unknown>)[name];
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => {
          // Training is told by what it is fed: the order of its examples.
          if (name === 'runSavedModel' && String(given[2]).includes('_order') && left-- <= 0)
            throw new Error(`Session fail to run with error: ${words}`);
          return member.apply(binding, given);
        };
      },
    },
  );
  return () => {
    backend.binding = binding;
  };
}

const misfortunes: [string, string, RegExp][] = [
  [
    'no memory left',
    'OOM when allocating tensor with shape[128,28,28,64] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
    /ran out of memory at epoch 2, step \d+ \(batch size 8.*smaller batch size/s,
  ],
  [
    'a device that is busy',
    'INTERNAL: CUDA_ERROR_DEVICE_UNAVAILABLE: all CUDA-capable devices are busy or unavailable',
    /is busy: another program/,
  ],
  [
    'a device that is lost',
    'INTERNAL: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered',
    /failed at epoch 2.*CUDA_ERROR_ILLEGAL_ADDRESS/s,
  ],
  [
    'cuDNN that does not start',
    'DNN library initialization failed. Look at the errors above for more details.',
    /failed at epoch 2.*DNN library/s,
  ],
];
test('in mid-training: an error that says what to do, a whole checkpoint, and training that goes on from it to the same bits', async () => {
  const optionsAt = (name: string) => ({ ...usual, batchSize: 8, ...onGpu, checkpoint: { path: path.join(folder, name), everySteps: 1 } });
  const undisturbed = busyModel();
  await fit(undisturbed, pictures, optionsAt('undisturbed'));
  for (const [index, [name, words, message]] of misfortunes.entries()) {
    const options = optionsAt(name.replaceAll(' ', '-'));
    const sessions = nativeBinding().getNumOfSavedModels();
    // A checkpoint after every step makes every call one step: 7 of them an epoch. The third of the second epoch fails.
    const mend = failingBinding(7 + 2, words);
    const kept = /checkpoint .* is whole \(epoch 2, 2 of its steps done\)/;
    await assert
      .rejects(fit(busyModel(), pictures, options), (error: Error) => {
        assert.match(error.message, message);
        assert.match(error.message, kept);
        return error instanceof DeviceError;
      })
      .finally(mend);
    const { epoch, step } = readCheckpoint(options.checkpoint.path)!.position;
    assert.deepEqual([epoch, step], [2, 2], name);
    assert.equal(nativeBinding().getNumOfSavedModels(), sessions, 'the failed session is closed');
    if (index > 0) continue;
    const second = busyModel();
    await fit(second, pictures, options);
    assert.equal(bits(second), bits(undisturbed));
  }
});

test('a failure without a checkpoint says that nothing was kept; other errors stay what they are', async () => {
  let mend = failingBinding(1, 'OOM when allocating tensor');
  await assert.rejects(fit(busyModel(), pictures, usual), /Nothing was kept.*checkpoint/s).finally(mend);
  mend = failingBinding(1, 'INVALID_ARGUMENT: indices[0] = 99 is not in [0, 50)');
  await assert
    .rejects(fit(busyModel(), pictures, usual), (error: Error) => !(error instanceof DeviceError) && /indices/.test(error.message))
    .finally(mend);
});

test('a checkpoint of one device is not taken for one of the other', async () => {
  const checkpoint = { path: path.join(folder, 'device') };
  await fit(busyModel(), pictures, { ...usual, epochs: 1, checkpoint, ...onGpu });
  await assert.rejects(fit(busyModel(), pictures, { ...usual, checkpoint }), /device is "gpu" there and "cpu" here/);
});

test('a graph whose operations name the processor computes the same bits', () => {
  const examples: Examples = sample({ shape: [6, 6, 1] });
  const sums = [undefined, '/device:CPU:0'].map((pinned) => {
    const doors = new GraphDoors(new Graph(pinned));
    const fed = doors.placeholder('x', DataType.float, [18, 36]);
    const product = doors.g.matMul(fed, fed, { transposeB: true });
    const session = new Session(doors);
    const [values] = session.run([[fed, examples.inputs as Float32Array]], [product]);
    session.close();
    return Buffer.from(values!.buffer).toString('hex');
  });
  assert.equal(sums[0], sums[1]);
  const nowhere = new GraphDoors(new Graph('/device:GPU:7'));
  const negative = nowhere.g.negate(nowhere.g.scalar(1));
  assert.equal(negative.rank, 0);
  assert.throws(() => new Session(nowhere), /explicitly assigned to .device:GPU:7/, 'the name counts');
});
