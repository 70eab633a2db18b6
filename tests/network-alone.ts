/** Programs in a network namespace that has only this machine in it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { repository } from './setup-clone.js';

export const python = path.join(repository, '.runtime', 'venv', 'bin', 'python');

/** Brings up the loopback device, runs the words, and prints how many packets found no way out. */
const ALONE = `
import fcntl, socket, struct, subprocess, sys
device = socket.socket()
fcntl.ioctl(device, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
code = subprocess.call(sys.argv[1:])
rows = [line.split() for line in open("/proc/net/snmp") if line.startswith("Ip:")]
tries = int(dict(zip(rows[0], rows[1]))["OutNoRoutes"])
tries += sum(int(line.split()[1]) for line in open("/proc/net/snmp6") if line.startswith("Ip6OutNoRoutes"))
print(f"\\nTRIES {tries}")
sys.exit(code)
`;

export function alone(words: string[], environment: NodeJS.ProcessEnv = {}, minutes = 5) {
  const ended = spawnSync('unshare', ['-rn', python, '-c', ALONE, ...words], {
    encoding: 'utf8',
    timeout: minutes * 60_000,
    env: { ...process.env, ...environment },
  });
  return { ...ended, tries: Number(/^TRIES (\d+)$/m.exec(ended.stdout ?? '')?.[1] ?? Number.NaN) };
}

const setUp = fs.existsSync(python);
const trial = setUp ? alone([python, '-c', 'pass']) : undefined;
/** Why it cannot be done here; false where it can. */
export const cannotBeAlone = !setUp
  ? 'not set up: npm run setup'
  : trial!.tries === 0
    ? false
    : `no network namespace can be made here (unshare -rn): ${(trial!.stderr || String(trial!.error)).trim().split('\n').at(-1)}`;
