/**
 * What the NVIDIA driver says of this machine, and whether TensorFlow can compute with it. Asked by set-up, before anything is compiled, and by the
 * runtime, whenever it loads a TensorFlow that could use a GPU: hence a plain CommonJS file, which both can load.
 */
'use strict';
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** CUDA 12 asks for this driver. */
const OLDEST_DRIVER = '525.60';
/** TensorFlow 2.21 holds finished code for compute capability 6.0 to 8.9; for newer GPUs the driver compiles it, and must know CUDA 12.5 for that. */
const OLDEST_DRIVER_THAT_COMPILES = '555.42';
const OLDEST_CAPABILITY = 6;
const CAPABILITY_COMPILED_BY_DRIVER = 9;
/** A process needs about this much for a context before it holds any data. */
const LEAST_FREE_MEGABYTES = 700;

/** What TensorFlow 2.21 opens by name; one that is missing makes it skip the GPU. */
const CUDA_LIBRARIES = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcusolver.so.11',
  'libcusparse.so.12',
  'libcudnn.so.9',
];

const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/nvidia/lib64',
  // Windows' own driver, as WSL2 shows it.
  '/usr/lib/wsl/lib',
];
const FIELDS = ['index', 'uuid', 'name', 'driver_version', 'memory.total', 'memory.free', 'compute_mode', 'compute_cap'];

function runSmi(words, environment) {
  for (const command of ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi']) {
    const answer = spawnSync(command, words, { encoding: 'utf8', timeout: 15_000, env: environment });
    if (answer.error?.code === 'ENOENT') continue;
    return { status: answer.status, text: `${answer.stdout ?? ''}${answer.stderr ?? ''}`.trim() };
  }
  return undefined;
}

const number = (text) => (Number.isFinite(Number.parseFloat(text)) ? Number.parseFloat(text) : undefined);

/** One line of nvidia-smi's table. A field that an old driver does not know is left away. */
function gpuOf(line, fields) {
  const values = line.split(',').map((value) => value.trim());
  const at = (field) => values[fields.indexOf(field)] ?? '';
  return {
    index: at('index'),
    uuid: at('uuid'),
    name: at('name'),
    driver: at('driver_version'),
    totalMegabytes: number(at('memory.total')),
    freeMegabytes: number(at('memory.free')),
    computeMode: at('compute_mode'),
    capability: number(at('compute_cap')),
  };
}

function askSmi(smi) {
  for (const fields of [FIELDS, FIELDS.slice(0, -1)]) {
    const answer = smi([`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits']);
    if (!answer) return undefined;
    const lines = answer.text.split('\n').filter((line) => line.split(',').length === fields.length);
    if (answer.status === 0 && lines.length > 0) {
      const gpus = lines.map((line) => gpuOf(line, fields));
      return { gpus, driver: gpus[0].driver, source: 'nvidia-smi' };
    }
    if (!/not a valid field/i.test(answer.text)) return { gpus: [], words: answer.text.split('\n')[0], source: 'nvidia-smi' };
  }
  return { gpus: [], words: 'it does not know the fields it was asked for', source: 'nvidia-smi' };
}

const readText = (file) => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
const listFolder = (folder) => {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
};

/** The driver's own files, for containers that have the driver but not its program. */
function askFiles(read, list) {
  const version = /Kernel Module.*?\s(\d+(?:\.\d+)+)/.exec(read('/proc/driver/nvidia/version') ?? '')?.[1];
  if (!version) return undefined;
  const gpus = list('/proc/driver/nvidia/gpus').map((bus, index) => {
    const text = read(path.join('/proc/driver/nvidia/gpus', bus, 'information')) ?? '';
    const field = (name) => new RegExp(`^${name}:\\s*(.+)$`, 'm').exec(text)?.[1].trim() ?? '';
    return { index: String(index), uuid: field('GPU UUID'), name: field('Model'), driver: version, computeMode: '' };
  });
  return { gpus, driver: version, source: '/proc/driver/nvidia' };
}

/** Asks the driver: its GPUs, its version, or what it said instead. */
function askDriver({ environment = process.env, smi = (words) => runSmi(words, environment), read = readText, list = listFolder, exists = fs.existsSync } = {}) {
  const bySmi = askSmi(smi);
  if (bySmi?.gpus.length > 0) return bySmi;
  const byFiles = askFiles(read, list);
  if (byFiles?.gpus.length > 0) return byFiles;
  const folders = [...(environment.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean), ...LIBRARY_FOLDERS];
  const library = folders.map((folder) => path.join(folder, 'libcuda.so.1')).find((file) => exists(file));
  return { gpus: [], driver: byFiles?.driver, words: bySmi?.words, library, source: bySmi?.source ?? byFiles?.source };
}

const older = (version, least) => {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  return a[0] !== b[0] ? a[0] < b[0] : (a[1] ?? 0) < (b[1] ?? 0);
};

/** Why the machine's driver cannot serve TensorFlow, or undefined. */
function driverProblem({ gpus, driver, words, library }) {
  if (gpus.length === 0) {
    if (words && /no devices/i.test(words)) return 'the NVIDIA driver is there, but it has no GPU (nvidia-smi: "No devices were found").';
    if (words) return `the NVIDIA driver does not answer (nvidia-smi: "${words}"). A restart of the machine mends this after an update of the driver.`;
    if (driver) return `NVIDIA driver ${driver} is loaded, but it has no GPU.`;
    if (library) return `the driver's library ${library} is there, but no GPU was given to this machine or container (Docker: --gpus all).`;
    return 'no NVIDIA driver found.';
  }
  if (driver && older(driver, OLDEST_DRIVER)) return `NVIDIA driver ${driver} is too old: CUDA 12 needs ${OLDEST_DRIVER} or newer. Update the driver.`;
  return undefined;
}

/** Who computes on a GPU that serves one process at a time; undefined where nobody does, or where several may. */
function holderOf({ uuid, computeMode }, smi) {
  if (!/exclusive/i.test(computeMode)) return undefined;
  const answer = smi(['--query-compute-apps=gpu_uuid,pid', '--format=csv,noheader,nounits']);
  const line = answer?.status === 0 ? answer.text.split('\n').find((one) => one.startsWith(uuid)) : undefined;
  return line?.split(',')[1]?.trim();
}

/** Why this one GPU cannot be used now, or undefined. */
function gpuProblem({ name, driver, capability, freeMegabytes, totalMegabytes, computeMode }) {
  if (capability !== undefined && capability < OLDEST_CAPABILITY)
    return `${name} has compute capability ${capability.toFixed(1)}; TensorFlow 2.21 needs ${OLDEST_CAPABILITY.toFixed(1)} or newer.`;
  if (capability !== undefined && capability >= CAPABILITY_COMPILED_BY_DRIVER && driver && older(driver, OLDEST_DRIVER_THAT_COMPILES))
    return `NVIDIA driver ${driver} is too old for ${name}: it needs ${OLDEST_DRIVER_THAT_COMPILES} or newer. Update the driver.`;
  if (/prohibited/i.test(computeMode)) return `${name} is closed to computations (compute mode ${computeMode}).`;
  if (freeMegabytes !== undefined && freeMegabytes < LEAST_FREE_MEGABYTES)
    return `${name} has ${freeMegabytes} MB of ${totalMegabytes} MB free, too little to begin: other programs or notebooks hold the rest. Close them, then restart this one.`;
  return undefined;
}

/** The one GPU that a process uses: the first that CUDA_VISIBLE_DEVICES names, without it the first of all. */
function chooseGpu({ gpus }, visible) {
  const names = visible?.split(',').map((name) => name.trim());
  if (!names) return gpus.length > 0 ? { gpu: gpus[0], visible: gpus[0].index } : {};
  const [first = ''] = names;
  if (first === '' || first === '-1') return { problem: `CUDA_VISIBLE_DEVICES=${visible} hides every GPU.` };
  // Parts of a GPU (MIG) have names of their own, which the driver's table does not list.
  if (first.startsWith('MIG-')) return { visible: first, gpu: gpus[0] && { ...gpus[0], name: `part of ${gpus[0].name}`, freeMegabytes: undefined } };
  const gpu = gpus.find(({ index, uuid }) => index === first || (first.startsWith('GPU-') && uuid.startsWith(first)));
  if (gpu) return { gpu, visible: first };
  const known = gpus.map(({ index, name }) => `${index} (${name})`).join(', ');
  return { problem: `CUDA_VISIBLE_DEVICES=${visible} names no GPU of this machine; there ${gpus.length === 1 ? 'is' : 'are'} ${known}.` };
}

/** Where set-up puts NVIDIA's libraries: the first that is missing below a folder, or undefined. */
function missingLibrary(nvidia, list = listFolder) {
  const present = new Set(list(nvidia).flatMap((name) => list(path.join(nvidia, name, 'lib'))));
  return CUDA_LIBRARIES.find((name) => !present.has(name));
}

/** The GPU to use now, or the reason why there is none; `nvidia` is the folder of NVIDIA's libraries, where there should be one. */
function lookForGpu({ environment = process.env, nvidia, list, smi = (words) => runSmi(words, environment), ...asking } = {}) {
  const answer = askDriver({ environment, smi, ...(list && { list }), ...asking });
  const chosen = chooseGpu(answer, environment.CUDA_VISIBLE_DEVICES);
  const holder = chosen.gpu && holderOf(chosen.gpu, smi);
  const missing = nvidia === undefined ? undefined : missingLibrary(nvidia, list);
  const problem =
    driverProblem(answer) ??
    chosen.problem ??
    (chosen.gpu && gpuProblem(chosen.gpu)) ??
    (holder && `${chosen.gpu.name} is busy: process ${holder} holds it alone (compute mode ${chosen.gpu.computeMode}). Wait for it or close it.`) ??
    (missing && `NVIDIA's library ${missing} is missing in ${nvidia}. Run \`npm run setup\`; if that says Ready, \`npm run clean\` and once more.`);
  return problem ? { problem } : { gpu: chosen.gpu, visible: chosen.visible };
}

module.exports = { askDriver, chooseGpu, CUDA_LIBRARIES, driverProblem, gpuProblem, lookForGpu, missingLibrary };
