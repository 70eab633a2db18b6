/** A pretended clone for tests of set-up: our scripts in a folder of its own, and programs that behave as a test wants. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const repository = path.resolve(__dirname, '..', '..');
const CARRIED = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'scripts',
  'src/package.json',
  'src/tsconfig.json',
  'tsconfig.base.json',
  'biome.json',
];

export interface Clone {
  readonly folder: string;
  readonly programs: string;
  /** Puts a program on the clone's PATH: a shell script. */
  program(name: string, script: string): void;
  run(script: string, words?: string[], environment?: NodeJS.ProcessEnv, node?: string[]): SpawnSyncReturns<string>;
  remove(): void;
}

/** Folders have a space and letters beyond ASCII, as readers' folders do. */
export function pretendClone(): Clone {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'übung mit raum '));
  const folder = path.join(home, 'clone');
  const programs = path.join(home, 'programs');
  fs.mkdirSync(programs, { recursive: true });
  for (const name of CARRIED) fs.cpSync(path.join(repository, name), path.join(folder, name), { recursive: true });
  const program = (name: string, script: string) => fs.writeFileSync(path.join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return {
    folder,
    programs,
    program,
    run: (script, words = [], environment = {}, node = []) =>
      spawnSync(process.execPath, [...node, path.join(folder, 'scripts', script), ...words], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
        env: {
          PATH: `${programs}:/usr/bin:/bin`,
          HOME: home,
          npm_execpath: path.join(programs, 'npm-cli.js'),
          RUNTIME: 'cpu',
          ...environment,
        },
      }),
    remove: () => fs.rmSync(home, { recursive: true, force: true }),
  };
}

/** An npm that installs nothing but leaves what a whole installation leaves. */
export function pretendNpm(clone: Clone): void {
  fs.writeFileSync(
    path.join(clone.programs, 'npm-cli.js'),
    `const fs = require('node:fs');
fs.mkdirSync('node_modules/@tensorflow/tfjs-node-gpu/binding', { recursive: true });
fs.writeFileSync('node_modules/@tensorflow/tfjs-node-gpu/package.json', '{}');
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
fs.appendFileSync('calls', 'npm\\n');`,
  );
}

/** A Python that answers as version `minor` of 3 and makes environments that pretend to install. */
export function pretendPython(clone: Clone, { name = 'python3', minor = 11, venv = true, pip = 'exit 0' } = {}): void {
  const answer = JSON.stringify({ version: [3, minor], path: path.join(clone.programs, name), venv, bits: 64 });
  clone.program(
    name,
    `case "$1" in
-c) echo '${answer}';;
-m) case "$2" in
  venv) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo venv >> calls;;
  pip) echo pip >> calls
    for word in "$@"; do if [ "$previous" = "--target" ]; then mkdir -p "$word/tensorflow"; touch "$word/tensorflow/libtensorflow_cc.so.2" "$word/tensorflow/libtensorflow_framework.so.2"; fi; previous="$word"; done
    ${pip};;
  esac;;
esac`,
  );
}

/** What a step of set-up called, in order. */
export function calls(clone: Clone): string[] {
  const file = path.join(clone.folder, 'calls');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}

// biome-ignore lint/suspicious/noExplicitAny: the plain modules run before TypeScript is there, and so have no types.
type PlainModule = Record<string, any>;

/** Loads one of our plain modules as it is. */
export const ourModule = async (name: string): Promise<PlainModule> =>
  import(`file://${path.join(repository, 'scripts', 'library', name)}`);
