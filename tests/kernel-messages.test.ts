/** The kernel's messages: a socket that is busy makes the next one wait instead of losing it. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from './setup-clone.js';

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
