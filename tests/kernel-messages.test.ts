/** The kernel: messages wait for a busy socket instead of being lost, and a training in it can be stopped, or fail, without the kernel going too. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { before, describe, it, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Publisher } from 'zeromq';
import { kernelSession, NETWORK, noKernel, noSession, type Stepped, withKernel } from './kernel-support.js';
import { repository } from './setup-clone.js';

const { sendInTurn } = createRequire(__filename)(path.join(repository, 'scripts', 'kernel', 'launch.cjs')) as {
  sendInTurn<Socket extends object>(socket: Socket): Socket;
};

/** Seconds. The aim is one on a quiet machine; a machine that tests run on is often a busy one. */
const STOPPED_WITHIN = 3;

const LONG_TRAINING = `const progress = show.progress('a long training');
const { stopped } = await train(model, pictures, { ...recipe, epochs: 100_000, onProgress: (state) => progress.update(state) });
progress.stopped();
console.log('stopped:', stopped);`;
const ASK = `const answer = model.predict(tf.zeros([3, 28, 28, 1])) as tf.Tensor2D;
const sums = Array.from(answer.sum(1).dataSync(), (sum) => sum.toFixed(3));
console.log(answer.shape.join(' × ') + ', sums ' + sums.join(' '));
console.log('trained:', model.getWeights()[0].dataSync().some((weight, at) => weight !== first[at]));`;
/** One layer's output wants 5 GB. TensorFlow waits ten seconds for them, once for each shard. */
const TOO_LARGE = `const wide = seeded(1, () => tf.sequential({ layers: [
  tf.layers.dense({ inputShape: [1], units: 300_000, useBias: false }), tf.layers.dense({ units: 2, activation: 'softmax' })] }));
const few = { inputs: new Float32Array(4000).fill(0.5), shape: [1], labels: new Uint8Array(4000), count: 4000 };
await fit(wide, few, { ...recipe, optimizer: { kind: 'sgd', learningRate: 0.01 }, epochs: 1, batchSize: 4000, shards: 1 });`;
const AFTERWARDS = `const { epochs } = await fit(model, pictures, { ...recipe, epochs: 1 });
console.log(epochs.length + ' epoch, loss finite:', Number.isFinite(epochs[0].loss));`;

/** Refuses a message while another is on its way, as ZeroMQ's sockets do. */
function busySocket() {
  const sent: string[] = [];
  let busy = false;
  const socket = {
    sent,
    async send(message: string): Promise<void> {
      if (busy) throw new Error('Socket is busy writing; only one send operation may be in progress at any time');
      if (message === 'refused') throw new Error('refused');
      busy = true;
      await sleep(5);
      sent.push(message);
      busy = false;
    },
  };
  // As in the binding: a method of the prototype that cannot be assigned over.
  return Object.create(Object.freeze(socket)) as typeof socket;
}

test('a bare socket loses the second of two messages: what this is for', async () => {
  const socket = busySocket();
  const [, second] = await Promise.allSettled([socket.send('a'), socket.send('b')]);
  assert.equal(second.status, 'rejected');
});

test('messages wait for their turn, keep their order, and an error of one is its own', async () => {
  const socket = sendInTurn(busySocket());
  const results = await Promise.allSettled(['a', 'b', 'refused', 'c', 'd'].map((message) => socket.send(message)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  );
  assert.deepEqual(socket.sent, ['a', 'b', 'c', 'd']);
});

test('what waits when the kernel shuts its socket is dropped, not an error that nobody awaits', async () => {
  const bound = new Publisher();
  await bound.bind('tcp://127.0.0.1:*');
  const socket = sendInTurn(bound);
  const waiting = ['a', 'b', 'c'].map((message) => socket.send(message));
  bound.close();
  const results = await Promise.allSettled([...waiting, socket.send('d')]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
});

test('a free socket is asked at once, before the caller goes on', async () => {
  let asked = false;
  const socket = {
    async send(_message: string) {
      asked = true;
    },
  };
  const sending = sendInTurn(socket).send('a');
  assert.equal(asked, true);
  await sending;
});

test('a message to a socket that is still being bound is sent when it is, and those behind it too', async () => {
  const bare = new Publisher({ linger: 0 });
  const binding = bare.bind('tcp://127.0.0.1:*');
  // What this is for: the binding throws instead of refusing.
  assert.throws(() => void bare.send('too early'), { code: 'EBUSY' });
  await binding;
  bare.close();

  const socket = new Publisher({ linger: 0 });
  const queued = sendInTurn(socket);
  const bound = socket.bind('tcp://127.0.0.1:*');
  const sent = Promise.all([queued.send('early'), queued.send('behind it')]);
  await bound;
  const stuck = sleep(5000, 'stuck', { ref: false });
  assert.notEqual(await Promise.race([sent, stuck]), 'stuck');
  assert.notEqual(await Promise.race([queued.send('later'), stuck]), 'stuck');
  socket.close();
});

test('what a socket throws is told to the caller, and the next message is sent', async () => {
  const sent: string[] = [];
  const socket = {
    send(message: string) {
      if (message === 'bad') throw new Error('no such message');
      sent.push(message);
      return Promise.resolve();
    },
  };
  const queued = sendInTurn(socket);
  await assert.rejects(queued.send('bad'), /no such message/);
  await queued.send('good');
  assert.deepEqual(sent, ['good']);
});

test('a cell that is run the moment a failed one is over does run; what was queued behind the failed one does not', {
  skip: noKernel,
}, async () => {
  const after = ['error', 'ok'];
  assert.deepEqual(await withKernel('after-failure.py'), [after, after, after, ['error', 'abort']]);
});

describe('properties in a cell that have the names of an earlier cell', () => {
  const spell = createRequire(__filename)(path.join(repository, 'scripts', 'kernel', 'properties.cjs')) as {
    spelledOut(source: string, typescript: unknown): string;
  };
  const typescript = createRequire(__filename)('@tslab/typescript-for-tslab') as unknown;
  const spelled = (source: string) => spell.spelledOut(source, typescript);

  it('are spelled out where they are short, quoted where a pattern renames them, and nothing else is', () => {
    assert.equal(spelled('use({ a, b: c, ...d, e })'), 'use({ a: a, b: c, ...d, e: e })');
    assert.equal(spelled('const { a, b } = use(() => [{ a }]);'), 'const { a, b } = use(() => [{ a: a }]);');
    assert.equal(spelled('({ a = 1, b } = given);'), '({ a: a = 1, b: b } = given);');
    assert.equal(
      spelled("// { a }\n'{ a }'; import { a } from 'a'; export { a };"),
      "// { a }\n'{ a }'; import { a } from 'a'; export { a };",
    );
    assert.equal(
      spelled('const { a: b, c: { d: e = f }, ...g } = use({ h: i });'),
      'const { "a": b, "c": { "d": e = f }, ...g } = use({ h: i });',
    );
    assert.equal(spelled('{ unfinished'), '{ unfinished');
  });

  it('work; a mistake is told with the column that was typed', { skip: noSession }, async () => {
    const [, short, renamed, wrong] = await kernelSession([
      { code: 'const near = 3;\nlet far = 4;\nconst pairs = [{ near: 1 }, { near: 2 }];' },
      { code: 'const own = 5;\n({ far } = { far: near });\nconsole.log(JSON.stringify({ near, far, own }));' },
      { code: 'const { near: first } = pairs[0];\nconsole.log(first, pairs.map(({ near: each }) => each + own).join());' },
      { code: 'const both: string = ({ near, far }).near;' },
    ]);
    assert.equal(short.status, 'ok', short.text);
    assert.match(short.text, /\{"near":3,"far":3,"own":5\}/);
    assert.equal(renamed.status, 'ok', renamed.text);
    assert.match(renamed.text, /1 6,7/);
    assert.equal(wrong.status, 'error');
    assert.match(wrong.text, /1:7 - Type 'number' is not assignable/);
  });
});

describe('a training in a kernel', { skip: noSession }, () => {
  let steps: Stepped[];
  before(async () => {
    steps = await kernelSession([
      { code: `${NETWORK}\nconst model = seeded(1, start.smallNetwork);\nconst first = model.getWeights()[0].dataSync().slice();` },
      { code: LONG_TRAINING, interrupt: 'stopped: true' },
      { code: ASK },
      { code: TOO_LARGE, room: 1e9 },
      { code: AFTERWARDS },
    ]);
  });

  it('stops within a second of "interrupt", and the next cell works with the model', () => {
    const [first, training, asked] = steps;
    assert.equal(first.status, 'ok', first.text);
    console.log(`from "interrupt" until the kernel was idle: ${training.stoppedAfter?.toFixed(2)} s (aim 1 s, limit ${STOPPED_WITHIN} s)`);
    assert.ok(training.stoppedAfter !== null && training.stoppedAfter < STOPPED_WITHIN, `${training.stoppedAfter} s`);
    // tslab ends the cell itself, and says so; the training behind it stops where a step is over.
    assert.match(training.text, /Interrupted asynchronously/);
    assert.match(training.text, /■ a long training stopped[\s\S]*stopped: true/);
    assert.equal(asked.status, 'ok', asked.text);
    assert.match(asked.text, /3 × 10, sums 1\.000 1\.000 1\.000/);
    assert.match(asked.text, /trained: true/);
  });

  it('that does not fit into memory fails with a clear error, and the kernel goes on', () => {
    const [, , , large, after] = steps;
    console.log(`too little memory for a kernel: said after ${large.seconds.toFixed(1)} s`);
    assert.equal(large.status, 'error');
    assert.match(large.text, /^DeviceError: The device ran out of memory .*batch size 4000.*choose a smaller batch size/);
    assert.equal(after.status, 'ok', after.text);
    assert.match(after.text, /1 epoch, loss finite: true/);
  });
});
