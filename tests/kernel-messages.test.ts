/** The kernel's messages: a socket that is busy makes the next one wait instead of losing it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Publisher } from 'zeromq';
import { ourModule, repository } from './setup-clone.js';

const { sendInTurn } = createRequire(__filename)(path.join(repository, 'scripts', 'kernel', 'launch.cjs')) as {
  sendInTurn<Socket extends object>(socket: Socket): Socket;
};

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

test('a cell that is run the moment a failed one is over does run; what was queued behind the failed one does not', async () => {
  const { jupyterEnvironment, python } = (await ourModule('paths.mjs')) as {
    jupyterEnvironment: (environment: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
    python: string;
  };
  const script = path.join(repository, 'tests', 'fixtures', 'after-failure.py');
  const options = { encoding: 'utf8', env: jupyterEnvironment(process.env), timeout: 180_000 } as const;
  const ended = spawnSync(python, [script, 'paperlab'], options);
  assert.equal(ended.status, 0, ended.stderr);
  const after = ['error', 'ok'];
  assert.deepEqual(JSON.parse(ended.stdout.trim().split('\n').pop()!), [after, after, after, ['error', 'abort']]);
});
