/** `npm start`: JupyterLab on the first notebook, the TypeScript kernel ready, the compiler watching `src`. Ctrl-C ends all of it. */
import './library/node-version.mjs';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, wholeNumber } from './library/arguments.mjs';
import { startGroup, stopGroups } from './library/children.mjs';
import { dataEnvironment } from './library/data.mjs';
import { SetupError } from './library/failure.mjs';
import { jupyterEnvironment, notebooks, python, root, runtimeFolder, shown, typescript } from './library/paths.mjs';
import { ensureReady } from './library/setup.mjs';

const FIRST_PORT = 8888;
const command = {
  call: 'npm start',
  does: 'Opens JupyterLab on the first notebook, the TypeScript kernel ready and the compiler watching src. The first time it sets everything up. Ctrl-C ends all of it.',
  options: {
    'no-browser': { type: 'boolean', says: 'prints the address and opens no browser' },
    port: { type: 'string', value: 'N', says: `the port to listen on; without it, the first free one from ${FIRST_PORT} on` },
  },
};

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function choosePort(wanted) {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new SetupError({
      problem: `Port ${wanted} is in use by another program.`,
      remedy: `choose another one (\`npm start -- --port ${wanted + 1}\`) or leave --port away; then the first free one is taken.`,
    });
  }
  for (let port = FIRST_PORT; port < FIRST_PORT + 100; port++) if (await isFree(port)) return port;
  throw new SetupError({
    problem: `All ports from ${FIRST_PORT} to ${FIRST_PORT + 99} are in use.`,
    remedy: 'name a free one: `npm start -- --port N`.',
  });
}

function openBrowser(address) {
  const openers = process.platform === 'darwin' ? ['open'] : ['wslview', 'xdg-open'];
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY && !process.env.WSL_DISTRO_NAME) return false;
  const opener = openers.find((name) => spawnSync('which', [name], { stdio: 'ignore' }).status === 0);
  if (!opener) return false;
  spawn(opener, [address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
  return true;
}

function startJupyter(port, token, logFile) {
  const output = fs.openSync(logFile, 'w');
  const settings = [
    `--ServerApp.ip=127.0.0.1`,
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    '--ServerApp.open_browser=False',
    `--ServerApp.root_dir=${root}`,
    '--IdentityProvider.token=' + token,
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
  return startGroup(python, ['-m', 'jupyterlab', ...settings], {
    cwd: root,
    env: jupyterEnvironment(dataEnvironment()),
    stdio: ['ignore', output, output],
  });
}

const lastLines = (file) => fs.readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n    ');

async function untilItAnswers(child, port, token, logFile) {
  for (let attempt = 0; attempt < 480; attempt++) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new SetupError({
        problem: `JupyterLab did not start.\n    ${lastLines(logFile)}`,
        remedy: 'read the log, mend the cause, then `npm start` again.',
        log: shown(logFile),
      });
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/status`, { headers: { Authorization: `token ${token}` } });
      if (answer.ok) return;
    } catch {
      // Not yet.
    }
    await sleep(250);
  }
  throw new SetupError({
    problem: 'JupyterLab does not answer after two minutes.',
    remedy: 'read the log, then `npm start` again.',
    log: shown(logFile),
  });
}

/** Recompiles `src` on every change; only complaints are shown. */
function watchSources() {
  const watcher = startGroup(process.execPath, [typescript, '-p', 'src', '--watch', '--preserveWatchOutput', '--pretty', 'false'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let first = true;
  watcher.stdout.on('data', (chunk) => {
    for (const line of chunk.toString().split('\n')) {
      if (/error TS\d+/.test(line)) console.log(line.trim());
      const found = /Found (\d+) errors?/.exec(line);
      if (!found) continue;
      if (!first || found[1] !== '0')
        console.log(found[1] === '0' ? 'src compiled; restart the kernel to use it.' : `src: ${found[1]} errors.`);
      first = false;
    }
  });
  return watcher;
}

function untilStopped(child) {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
    child.on('exit', () => resolve('exit'));
  });
}

await runCommand(command, async ({ values }) => {
  const wanted = wholeNumber(values.port, '--port', { from: 1, to: 65535 });
  if (wanted !== undefined) await choosePort(wanted);
  await ensureReady();
  const port = await choosePort(wanted);
  const token = randomBytes(24).toString('hex');
  const logFile = path.join(runtimeFolder, 'jupyter.log');
  const server = startJupyter(port, token, logFile);
  const stopped = untilStopped(server);
  try {
    await Promise.race([untilItAnswers(server, port, token, logFile), stopped]);
    watchSources();
    const first = fs.existsSync(path.join(notebooks, '00-start-here.ipynb')) ? '/lab/tree/notebooks/00-start-here.ipynb' : '/lab';
    const address = `http://127.0.0.1:${port}${first}?token=${token}`;
    console.log(`\nJupyterLab is at\n\n  ${address}\n\nIts log is ${shown(logFile)}. Ctrl-C ends it.`);
    if (!values['no-browser'] && !openBrowser(address)) console.log('No browser found here: open the address yourself.');
    const why = await stopped;
    if (why === 'exit') console.log(`JupyterLab has ended. Its last lines:\n    ${lastLines(logFile)}`);
    return why === 'exit' ? 1 : 0;
  } finally {
    console.log('\nStopping JupyterLab, its kernels and the compiler …');
    await stopGroups();
    console.log('Stopped.');
  }
});
