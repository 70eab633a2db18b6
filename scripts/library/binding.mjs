/** Compiles tfjs-node-gpu's two C++ files against the TensorFlow that pip brought, and shows that the result loads. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SetupError } from './failure.mjs';
import { log, logName } from './log.mjs';
import {
  bindingFile,
  bindingFolder,
  doorSource,
  inRoot,
  realBindingFile,
  referencesSource,
  requirements,
  runtimeFolder,
  tensorflowTarget,
} from './paths.mjs';
import { findPython, pipInstall, replace } from './python.mjs';
import { run } from './run.mjs';

const SOURCES = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
const zigFolder = path.join(runtimeFolder, 'ziglang');

const nodeHeaders = () => inRoot('node_modules', 'node-api-headers', 'include');

/** The folders of NVIDIA's libraries beside TensorFlow. */
function nvidiaFolders(target) {
  const nvidia = path.join(target, 'nvidia');
  if (!fs.existsSync(nvidia)) return [];
  return fs
    .readdirSync(nvidia)
    .sort()
    .map((name) => path.join(nvidia, name, 'lib'))
    .filter((folder) => fs.existsSync(folder));
}

/**
 * NVIDIA's libraries are not linked: TensorFlow opens them by name when it meets a GPU, finds them beside itself, and does without a GPU where one
 * is missing. A linked one that is missing would keep the whole binding from loading. Their folders are named for what TensorFlow's own list lacks.
 */
export function compilerArguments(kind, output, platform = process.platform, sources = SOURCES) {
  const target = tensorflowTarget(kind);
  const tensorflow = path.join(target, 'tensorflow');
  const nvidia = kind === 'cuda' ? nvidiaFolders(target) : [];
  const origin = platform === 'darwin' ? '@loader_path' : '$ORIGIN';
  const relative = (folder) => `${origin}/${path.relative(path.dirname(realBindingFile), folder)}`;
  const libraries = fs.readdirSync(tensorflow);
  const libraryOf = (stem) => {
    const pattern = platform === 'darwin' ? new RegExp(`^lib${stem}(\\.2)?\\.dylib$`) : new RegExp(`^lib${stem}\\.so\\.2$`);
    const name = libraries.find((file) => pattern.test(file));
    if (!name)
      throw new SetupError({
        problem: `TensorFlow's library lib${stem} is missing.`,
        remedy: '`npm run clean`, then run the same command again.',
      });
    return name;
  };
  const wanted = [libraryOf('tensorflow_cc'), libraryOf('tensorflow_framework')];
  return [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-w'],
    // Before their own headers: it lets go of JavaScript's memory on JavaScript's thread only.
    ...['-include', referencesSource],
    ...['-I', 'binding', '-I', '..', '-I', path.join(tensorflow, 'include'), '-I', nodeHeaders()],
    ...sources,
    ...(platform === 'darwin'
      ? ['-undefined', 'dynamic_lookup', ...wanted.map((name) => path.join(tensorflow, name))]
      : ['-L', tensorflow, ...wanted.map((name) => `-l:${name}`)]),
    ...[tensorflow, ...nvidia].map((folder) => `-Wl,-rpath,${relative(folder)}`),
    '-o',
    output,
  ];
}

function doorArguments(output, platform = process.platform) {
  return [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-I', nodeHeaders(), doorSource],
    ...(platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-ldl']),
    '-o',
    output,
  ];
}

function answers(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

export function systemCompiler(environment = process.env) {
  return [environment.CXX, 'g++', 'c++', 'clang++'].filter(Boolean).find(answers);
}

/** The compiler in the pip package ziglang, for machines that have none. */
async function pipCompiler(note) {
  const binary = path.join(zigFolder, 'ziglang', 'zig');
  if (!fs.existsSync(binary)) {
    note('fetching a compiler (ziglang, 85 MB)');
    const partial = `${zigFolder}.partial`;
    fs.rmSync(partial, { recursive: true, force: true });
    await pipInstall(
      'Fetching the compiler',
      findPythonWithPip(),
      ['--no-deps', '--target', partial, '-r', requirements('compiler')],
      note,
    );
    replace(partial, zigFolder);
  }
  return binary;
}

const findPythonWithPip = () => {
  const own = path.join(runtimeFolder, 'venv', 'bin', 'python');
  return fs.existsSync(own) ? own : findPython().path;
};

/** Compiles binding and door into a folder of their own; the first failure is the answer. */
async function tryCompile(command, first, kind, folder, note) {
  note(`compiling with ${path.basename(command)}`);
  const cache = path.join(runtimeFolder, 'zig-cache');
  const environment = { ...process.env, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache };
  const jobs = [
    compilerArguments(kind, path.join(folder, path.basename(realBindingFile))),
    doorArguments(path.join(folder, path.basename(bindingFile))),
  ];
  let result;
  for (const job of jobs) {
    try {
      result = await run(command, [...first, ...job], { cwd: bindingFolder, environment, note });
    } catch (cause) {
      result = { code: 1, output: String(cause) };
    }
    if (result.code !== 0) return result;
  }
  return result;
}

/** Loads the binding in a process of its own: a binding that crashes must not take set-up along. */
export function probe(file = bindingFile) {
  const program = [
    'const util = require("node:util"); util.isNullOrUndefined = (value) => value == null;',
    'const holder = { exports: {} }; process.dlopen(holder, process.argv[1]);',
    'console.log(JSON.stringify({ version: holder.exports.TF_Version }));',
  ].join('\n');
  const answer = spawnSync(process.execPath, ['-e', program, file], {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  try {
    return JSON.parse(answer.stdout.trim().split('\n').at(-1));
  } catch {
    return { problem: (answer.stderr || answer.error?.message || `ended by ${answer.signal}`).trim() };
  }
}

export async function compileBinding(kind, note) {
  const place = path.dirname(bindingFile);
  const partial = `${place}.partial`;
  const failures = [];
  const attempts = [
    () => {
      const compiler = systemCompiler();
      return compiler && [compiler, []];
    },
    async () => [await pipCompiler(note), ['c++']],
  ];
  try {
    for (const attempt of attempts) {
      const compiler = await attempt();
      if (!compiler) continue;
      fs.rmSync(partial, { recursive: true, force: true });
      fs.mkdirSync(partial, { recursive: true });
      const result = await tryCompile(...compiler, kind, partial, note);
      // Beside its final place the relative paths to TensorFlow are the same, so it can be tried there.
      const loaded = result.code === 0 ? probe(path.join(partial, path.basename(bindingFile))) : { problem: tail(result.output) };
      if (!loaded.problem) {
        moveInto(partial, place);
        return `TensorFlow ${loaded.version}, ${path.basename(compiler[0])}`;
      }
      failures.push(`${path.basename(compiler[0])}: ${loaded.problem}`);
      log(`That did not work: ${loaded.problem}`);
    }
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  throw new SetupError({
    problem: `The bridge between Node and TensorFlow could not be compiled, neither by the system's compiler nor by the one from pip.\n    ${failures.join('\n    ')}`,
    remedy:
      'install a C++ compiler (Debian, Ubuntu: `sudo apt install g++`; macOS: `xcode-select --install`), then run the same command again.',
    log: logName(),
  });
}

const tail = (output) => output.trim().split('\n').slice(-3).join('\n    ');

/** The binding first, the door last: a door is only ever there with the binding behind it. Processes that use the old files keep them. */
function moveInto(partial, place) {
  fs.mkdirSync(place, { recursive: true });
  for (const file of [realBindingFile, bindingFile]) fs.renameSync(path.join(partial, path.basename(file)), file);
}
