/**
 * Starts tslab's TypeScript kernel the way this project needs it. Jupyter calls it by the kernel spec that set-up writes:
 *   node scripts/kernel/launch.cjs <connection file>
 */
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const util = require('node:util');
const { spellingOut } = require('./properties.cjs');

// TensorFlow reads this when it is loaded; its start-up notes tell a reader nothing.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
// The last published binding still calls two old helpers: Node 22 and 24 warn of them in the middle of a cell, Node 23 removed the first.
util.isNullOrUndefined = (value) => value === null || value === undefined;
util.isArray = Array.isArray;
// An error inside paperlab shows the line of its TypeScript.
process.setSourceMapsEnabled(true);

/** An error that nobody awaited leaves its cell "ok". Who runs notebooks headless reads them from this file. */
function recordUnawaited() {
  const file = process.env.PAPERLAB_UNAWAITED;
  if (!file) return;
  const record = (error) => fs.appendFileSync(file, `${error?.stack ?? String(error)}\n\n`);
  process.on('uncaughtException', record);
  process.on('unhandledRejection', record);
}

/** When Jupyter dies without a word, the kernel goes too. */
function followParent() {
  const parent = Number(process.env.JPY_PARENT_PID ?? process.ppid);
  setInterval(() => {
    try {
      process.kill(parent, 0);
    } catch (error) {
      if (error.code === 'ESRCH') process.exit(0);
    }
  }, 2000).unref();
}

/** tslab closes its sockets on shutdown but waits for every open timer and server of the notebook; a reader should not. */
function exitOnShutdown() {
  const { ZmqServer } = require('tslab/dist/jupyter');
  const close = ZmqServer.prototype.close;
  ZmqServer.prototype.close = function closeAndExit() {
    close.call(this);
    setTimeout(() => process.exit(0), 300);
  };
}

/**
 * While a cell's first stretch runs, Node takes SIGINT for itself (vm's breakOnSigint), and at its end hands it to nobody that registered
 * meanwhile: a training that a cell starts at once would then be killed by "interrupt", and the kernel with it. Registering all again mends that.
 */
function keepInterrupts() {
  const vm = require('node:vm');
  const run = vm.runInThisContext;
  vm.runInThisContext = (...values) => {
    try {
      return run(...values);
    } finally {
      const listeners = process.rawListeners('SIGINT');
      process.removeAllListeners('SIGINT');
      // A listener for one time is wrapped; the wrapper removes itself.
      for (const listener of listeners) process.on('SIGINT', listener);
    }
  };
}

/** Milliseconds: how long a socket may take to be bound, and how often a message to it is tried meanwhile. */
const BOUND_WITHIN = 10_000;
const TRY_AGAIN_AFTER = 10;

/**
 * A ZeroMQ socket refuses a message while another is on its way, and tslab does not wait: a large figure still being sent cost the next
 * output, and an error that nobody awaited. Here such a message waits for its turn; a free socket sends at once, as before. A socket that is
 * still being bound refuses as well, and throws: a request that comes that early would leave the kernel silent for ever, so it is tried again.
 * What waits when the kernel shuts its sockets has nobody left to read it and is dropped.
 */
function sendInTurn(socket) {
  const send = socket.send.bind(socket);
  const waiting = [];
  let busy = false;
  const next = () => {
    const turn = waiting.shift();
    if (turn) begin(turn);
    else busy = false;
  };
  // What `send` throws becomes a refusal like any other.
  const attempt = (message) => new Promise((done) => done(send(message)));
  const begin = ({ message, resolve, reject }) => {
    busy = true;
    const giveUp = Date.now() + BOUND_WITHIN;
    const patiently = () =>
      attempt(message).catch((error) => {
        if (socket.closed) return;
        if (error?.code !== 'EBUSY' || Date.now() > giveUp) throw error;
        return new Promise((again) => setTimeout(again, TRY_AGAIN_AFTER)).then(patiently);
      });
    patiently().then(resolve, reject).finally(next);
  };
  const inTurn = (message) =>
    new Promise((resolve, reject) => {
      const turn = { message, resolve, reject };
      if (busy) waiting.push(turn);
      else begin(turn);
    });
  // The binding's own method can be neither assigned nor defined anew, so a stand-in passes everything else on.
  return new Proxy(
    {},
    {
      get(_, name) {
        if (name === 'send') return inTurn;
        const value = socket[name];
        return typeof value === 'function' ? value.bind(socket) : value;
      },
      set(_, name, value) {
        socket[name] = value;
        return true;
      },
    },
  );
}

/** tslab's sockets learn to queue as it makes them. */
function queueMessages() {
  const { ZmqServer } = require('tslab/dist/jupyter');
  for (const name of ['iopub', 'shell', 'control'])
    Object.defineProperty(ZmqServer.prototype, name, {
      configurable: true,
      set(socket) {
        const value = socket ? sendInTurn(socket) : socket;
        Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
      },
    });
}

/** tslab drops what is asked within 200 ms after a cell that failed, so that the cells queued behind it do not run. */
const DROPPED_FOR = 200;

/**
 * Whoever runs a cell as soon as a failed one is over (a program, or a quick reader after "interrupt") lost it without a word: its request fell into
 * those 200 ms. Here a failed cell is over only when they are: its reply, and "idle", wait for them. What was queued before is dropped as ever.
 */
function failedCellsEndLate() {
  const { ZmqServer } = require('tslab/dist/jupyter');
  const execute = ZmqServer.prototype.handleExecute;
  const patient = new WeakSet();
  ZmqServer.prototype.handleExecute = function executeAndWait(...request) {
    const { handler } = this;
    if (!patient.has(handler)) {
      patient.add(handler);
      const answer = handler.handleExecute.bind(handler);
      handler.handleExecute = async (...values) => {
        const reply = await answer(...values);
        if (reply.status === 'error') await new Promise((over) => setTimeout(over, DROPPED_FOR + 20));
        return reply;
      };
    }
    return execute.apply(this, request);
  };
}

/** Names of earlier cells are found in short properties too. */
function earlierNamesInShort() {
  const converters = require('tslab/dist/converter');
  const typescript = require('@tslab/typescript-for-tslab');
  const create = converters.createConverter;
  converters.createConverter = (options) => spellingOut(create(options), typescript);
}

module.exports = { sendInTurn };
if (require.main !== module) return;

recordUnawaited();
followParent();
keepInterrupts();
exitOnShutdown();
queueMessages();
failedCellsEndLate();
earlierNamesInShort();
require(path.join(path.dirname(require.resolve('tslab/package.json')), 'dist', 'main.js')).startKernel({
  configPath: process.argv[2],
  enableFindLocal: false,
});
