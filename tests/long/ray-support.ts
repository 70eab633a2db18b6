/** A Ray cluster of two nodes on this machine's loopback, each a process that a test may kill, and sweeps on it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

// One token for the clusters of this process and whatever is to reach them; nothing is written to the home folder.
process.env['RAY_AUTH_MODE'] = 'token';
process.env['RAY_AUTH_TOKEN'] = randomUUID().replaceAll('-', '');

export const repository = path.resolve(__dirname, '..', '..', '..');

// biome-ignore lint/suspicious/noExplicitAny: plain JavaScript modules without types.
export const library = async (name: string) => (await import(`file://${path.join(repository, 'scripts', 'library', name)}`)) as any;

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false;
      }
    });
}

/** kill -9 of a node: the process that started it and Ray's processes beside it. What those started is left to notice by itself. */
function killNode(node: ChildProcess): void {
  for (const id of [...childrenOf(node.pid!), node.pid!])
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // Gone with its parent already.
    }
}

export interface Cluster {
  address: string;
  /** kill -9 of the second node. */
  loseSecond(): void;
  stop(): Promise<void>;
}

export async function startCluster(second: Record<string, string> = {}, first: Record<string, string> = {}): Promise<Cluster> {
  const python: string = await (await library('cluster-environment.mjs')).ensureRay();
  const ray = path.join(path.dirname(python), 'ray');
  const [port, clientPort, dashboardPort] = [await freePort(), await freePort(), await freePort()];
  const environment = { ...process.env, RAY_USAGE_STATS_ENABLED: '0', RAY_ADDRESS: '', NODE_OPTIONS: '' };
  const begin = (words: string[], more: Record<string, string>) => {
    const node = spawn(ray, ['start', ...words, '--num-cpus=2', '--object-store-memory=100000000', '--block', '--disable-usage-stats'], {
      env: { ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let said = '';
    // Ray writes in colours, also into a pipe.
    const colours = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');
    for (const stream of [node.stdout, node.stderr])
      stream.on('data', (text) => {
        said += text;
      });
    return { node, said: () => said.replace(colours, '') };
  };
  const head = begin(
    [
      '--head',
      '--node-ip-address=127.0.0.1',
      `--port=${port}`,
      `--ray-client-server-port=${clientPort}`,
      '--include-dashboard=false',
      `--dashboard-port=${dashboardPort}`,
    ],
    first,
  );
  const nodes = [head.node];
  const stop = async () => {
    for (const node of nodes.reverse())
      if (node.exitCode === null && node.signalCode === null) {
        const ended = new Promise((resolve) => node.once('exit', resolve));
        node.kill('SIGTERM');
        await Promise.race([ended, pause(20_000)]);
        killNode(node);
      }
  };
  const up = async ({ node, said }: ReturnType<typeof begin>) => {
    for (const end = Date.now() + 240_000; !said().includes('Ray runtime started'); await pause(200))
      if (Date.now() > end || node.exitCode !== null) {
        await stop();
        assert.fail(`the cluster did not come up:\n${said()}`);
      }
  };
  await up(head);
  // Ray takes this machine's own address where it is given the loopback's.
  const [, address] = /Local node IP: (\S+)/.exec(head.said()) ?? [];
  if (!address) await stop();
  assert.ok(address, head.said());
  const other = begin([`--address=${address}:${port}`, '--min-worker-port=31000', '--max-worker-port=31999'], second);
  nodes.push(other.node);
  await up(other);
  return { address: `ray://${address}:${clientPort}`, loseSecond: () => killNode(other.node), stop };
}

/** Where a sweep of this checkout leaves its state. */
export const sweepState = () => JSON.parse(readFileSync(path.join(repository, '.runtime', 'sweep.json'), 'utf8'));

/** A record without what two machines or two moments may differ in. */
export function numbersOf(file: string) {
  const { seconds, machine, host, versions, commit, finishedAt, seal, metrics, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  const { secondsPerEpoch, ...bits } = metrics;
  return { ...rest, metrics: bits, binaryHash: rest.binary?.sha256 };
}

export const host = os.hostname();
