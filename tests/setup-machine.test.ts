/** Which TensorFlow a machine gets, down to wheels and search paths, for drivers that answer in every way we know of. No GPU is needed, none is used. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { applyGpuDecision } from 'paperlab/internal/runtime/gpu';
import { tellingLine } from 'paperlab/internal/runtime/gpu-words';
import { type Clone, ourModule, pretendClone, pretendNpm, pretendPython, repository } from './setup-clone.js';

interface Fake {
  /** Lines of nvidia-smi's table; undefined: there is no such program. */
  smi?: string[] | { status: number; text: string };
  /** Lines of nvidia-smi's table of programs at work. */
  holders?: string;
  /** Old drivers do not know the compute capability. */
  old?: boolean;
  files?: Record<string, string>;
  environment?: NodeJS.ProcessEnv;
  libraries?: string[];
}

const H200 = '0, GPU-11aa, NVIDIA H200, 580.65.06, 143771, 143000, Default, 9.0';
const second = '1, GPU-22bb, NVIDIA A100-SXM4-40GB, 580.65.06, 40960, 40000, Default, 8.0';

/** A machine as the driver shows it; everything that asks is given this instead. */
function machine({ smi, holders = '', old = false, files = {}, environment = {}, libraries }: Fake) {
  return {
    environment,
    smi: ([query]: string[]) => {
      if (smi === undefined) return undefined;
      if (query!.includes('compute-apps')) return { status: 0, text: holders };
      if (!Array.isArray(smi)) return smi;
      if (old && query!.includes('compute_cap')) return { status: 2, text: 'Field "compute_cap" is not a valid field to query.' };
      return { status: 0, text: smi.join('\n') };
    },
    read: (file: string) => files[file],
    exists: (file: string) => file in files,
    list: (folder: string) => {
      if (libraries && folder === '/nvidia') return ['all'];
      if (libraries && folder === '/nvidia/all/lib') return libraries;
      return [
        ...new Set(
          Object.keys(files).flatMap((file) => (file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1).split('/')[0]!] : [])),
        ),
      ];
    },
  };
}

const kindOf = async (fake: Fake, given: object = {}) => {
  const { tensorflowKind, nvidiaGpu } = await ourModule('machine.mjs');
  const here = machine(fake);
  return tensorflowKind({ platform: 'linux', arch: 'x64', environment: {}, gpu: () => nvidiaGpu(here), ...given }) as {
    kind: string;
    why: string;
  };
};

describe('choosing TensorFlow', () => {
  it('takes CUDA where a GPU answers, and the override before that', async () => {
    assert.deepEqual(await kindOf({ smi: [H200] }), { kind: 'cuda', why: 'NVIDIA H200, driver 580.65.06, by nvidia-smi' });
    assert.equal((await kindOf({ smi: [H200] }, { environment: { RUNTIME: 'cpu' } })).kind, 'cpu');
    assert.equal((await kindOf({}, { environment: { RUNTIME: 'CUDA' } })).kind, 'cuda');
    assert.match((await kindOf({ smi: [H200] }, { arch: 'arm64' })).why, /arm64/);
  });

  it('takes the macOS wheel on Apple silicon and refuses what cannot work', async () => {
    assert.equal((await kindOf({}, { platform: 'darwin', arch: 'arm64' })).kind, 'macos');
    await assert.rejects(kindOf({}, { platform: 'darwin', arch: 'x64' }), /Intel/);
    await assert.rejects(kindOf({}, { platform: 'win32' }), /Windows/);
  });

  const without: [string, Fake, RegExp][] = [
    ['no driver', {}, /^no NVIDIA driver found$/],
    [
      'a driver too old for CUDA 12',
      { smi: ['0, GPU-1, Tesla K80, 470.199.02, 11441, 11000, Default'], old: true },
      /driver 470\.199\.02 is too old.*525\.60 or newer/,
    ],
    [
      'a driver without a device',
      { smi: { status: 6, text: 'No devices were found' } },
      /has no GPU \(nvidia-smi: "No devices were found"\)/,
    ],
    [
      'a driver that does not answer',
      { smi: { status: 9, text: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure…" } },
      /does not answer.*couldn't communicate.*restart/i,
    ],
    [
      'a driver and a library of two versions',
      { smi: { status: 18, text: 'Failed to initialize NVML: Driver/library version mismatch' } },
      /version mismatch/,
    ],
    [
      'a container with the library and no device',
      { files: { '/usr/lib/x86_64-linux-gnu/libcuda.so.1': '' } },
      /libcuda\.so\.1 is there, but no GPU.*--gpus all/,
    ],
    [
      'the kernel module and no device',
      { files: { '/proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22' } },
      /driver 550\.54\.14 is loaded, but it has no GPU/,
    ],
  ];
  for (const [name, fake, why] of without)
    it(`falls back to the CPU and says why: ${name}`, async () => {
      const chosen = await kindOf(fake);
      assert.equal(chosen.kind, 'cpu');
      assert.match(chosen.why, why);
    });

  it('reads the driver where there is no nvidia-smi', async () => {
    const files = {
      '/proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build',
      '/proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA H200\nIRQ:   \t\t 16\nGPU UUID: \t GPU-11aa\n',
    };
    assert.deepEqual(await kindOf({ files }), { kind: 'cuda', why: 'NVIDIA H200, driver 580.65.06, by /proc/driver/nvidia' });
  });
});

describe('choosing a GPU when a program starts', () => {
  const look = async (fake: Fake, nvidia?: string) => (await ourModule('driver.cjs'))['default'].lookForGpu({ ...machine(fake), nvidia });
  const visible = (list: string) => ({ environment: { CUDA_VISIBLE_DEVICES: list } });

  it('takes the first, or the first that CUDA_VISIBLE_DEVICES names', async () => {
    const both = { smi: [H200, second] };
    assert.deepEqual([(await look(both)).gpu.name, (await look(both)).visible], ['NVIDIA H200', '0']);
    for (const [list, name, kept] of [
      ['1', 'NVIDIA A100-SXM4-40GB', '1'],
      ['1,0', 'NVIDIA A100-SXM4-40GB', '1'],
      ['GPU-22bb', 'NVIDIA A100-SXM4-40GB', 'GPU-22bb'],
      ['MIG-77', 'part of NVIDIA H200', 'MIG-77'],
    ]) {
      const found = await look({ ...both, ...visible(list!) });
      assert.deepEqual([found.gpu.name, found.visible], [name, kept]);
    }
  });

  const refused: [string, Fake, RegExp][] = [
    ['all hidden', { smi: [H200], ...visible('') }, /CUDA_VISIBLE_DEVICES= hides every GPU/],
    ['all hidden by −1', { smi: [H200], ...visible('-1') }, /CUDA_VISIBLE_DEVICES=-1 hides every GPU/],
    ['one that is not there', { smi: [H200], ...visible('3') }, /=3 names no GPU.*there is 0 \(NVIDIA H200\)/],
    ['too old for TensorFlow', { smi: ['0, GPU-1, Tesla M40, 535.104.05, 11448, 11000, Default, 5.2'] }, /capability 5\.2.*6\.0 or newer/],
    [
      'a new GPU under an old driver',
      { smi: [H200.replace('580.65.06', '535.104.05')] },
      /535\.104\.05 is too old for NVIDIA H200.*555\.42/,
    ],
    ['no memory free', { smi: [H200.replace('143000', '312')] }, /has 312 MB of 143771 MB free.*Close them/],
    [
      'busy with another program that holds it alone',
      { smi: [H200.replace('Default', 'Exclusive_Process')], holders: 'GPU-99, 7\nGPU-11aa, 4711' },
      /is busy: process 4711 holds it alone.*Exclusive_Process/,
    ],
    ['closed to computations', { smi: [H200.replace('Default', 'Prohibited')] }, /compute mode Prohibited/],
  ];
  for (const [name, fake, problem] of refused)
    it(`computes on the CPU and says why: ${name}`, async () => {
      const found = await look(fake);
      assert.equal(found.gpu, undefined);
      assert.match(found.problem, problem);
    });

  it('takes a GPU that serves one program at a time while it serves none, and one that others share', async () => {
    const exclusive = H200.replace('Default', 'Exclusive_Process');
    assert.equal((await look({ smi: [exclusive], holders: 'GPU-99, 7' })).gpu.name, 'NVIDIA H200');
    assert.equal((await look({ smi: [H200], holders: 'GPU-11aa, 4711' })).gpu.name, 'NVIDIA H200');
  });

  it('names the library that is missing', async () => {
    const { CUDA_LIBRARIES } = (await ourModule('driver.cjs'))['default'];
    assert.equal((await look({ smi: [H200], libraries: CUDA_LIBRARIES }, '/nvidia')).problem, undefined);
    const libraries = CUDA_LIBRARIES.filter((name: string) => !name.includes('cudnn'));
    assert.match((await look({ smi: [H200], libraries }, '/nvidia')).problem, /libcudnn\.so\.9 is missing in \/nvidia.*npm run setup/);
  });

  it('writes the decision into the settings, memory growth on, and leaves what the user set', () => {
    const environment: NodeJS.ProcessEnv = { NVIDIA_TF32_OVERRIDE: '1' };
    applyGpuDecision({ gpu: undefined, visible: '0' }, environment);
    assert.deepEqual(environment, {
      NVIDIA_TF32_OVERRIDE: '1',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      CUDA_VISIBLE_DEVICES: '0',
    });
    applyGpuDecision({ problem: 'none' }, environment);
    assert.equal(environment['CUDA_VISIBLE_DEVICES'], '-1');
  });

  it("finds the telling line among TensorFlow's notes", () => {
    const notes = [
      '2026-11-21 14:00:00.1: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.',
      'W0000 00:00:1795272516.481958   26073 gpu_device.cc:2342] Cannot dlopen some GPU libraries. Please make sure the missing libraries mentioned above …',
      'E0000 00:00:1795272516.4 26073 cuda_executor.cc:1228] INTERNAL: CUDA Runtime error: Failed call to cudaGetRuntimeVersion: CUDA_ERROR_NO_DEVICE',
    ];
    assert.match(tellingLine(notes.join('\n'))!, /^INTERNAL: .*CUDA_ERROR_NO_DEVICE$/);
    assert.match(tellingLine(notes.slice(0, 2).join('\n'))!, /^Cannot dlopen some GPU libraries/);
    assert.equal(tellingLine(notes[0]!), undefined);
  });
});

describe('set-up on a machine with a GPU, down to wheels and search paths', () => {
  let clone: Clone;
  const WHEEL_FOLDERS = ['cublas', 'cuda_runtime', 'cudnn'];
  before(() => {
    clone = pretendClone();
    pretendNpm(clone);
    for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']) clone.program(name, 'exit 127');
    for (const name of ['c++', 'clang++']) clone.program(name, 'exit 1');
    // Keeps what it was asked to compile, and fails: there is nothing to compile against.
    clone.program(
      'g++',
      `case "$1" in --version) exit 0;; esac; for word in "$@"; do printf '%s\\n' "$word" >> "${path.join(clone.programs, 'compiled')}"; done; exit 1`,
    );
    const target = path.join(clone.folder, '.runtime', 'tensorflow-cuda.partial');
    const made = WHEEL_FOLDERS.map((name) => `mkdir -p "${path.join(target, 'nvidia', name, 'lib')}"`).join('; ');
    pretendPython(clone, {
      pip: `printf '%s\\n' "$*" >> "${path.join(clone.programs, 'fetched')}"; case "$*" in *tensorflow-cuda*) ${made};; *compiler.txt*) exit 1;; esac`,
    });
  });
  after(() => clone.remove());
  const kept = (name: string) => fs.readFileSync(path.join(clone.programs, name), 'utf8');

  it('fetches the CUDA wheels by their lock and compiles with search paths to them, relative to the binding', () => {
    clone.program('nvidia-smi', `echo '${H200}'`);
    const { stderr } = clone.run('setup.mjs', [], { RUNTIME: '' });
    assert.match(stderr, /Set-up \(NVIDIA H200, driver 580\.65\.06, by nvidia-smi\)/);
    const fetched = kept('fetched')
      .split('\n')
      .find((line) => line.includes('tensorflow-'))!;
    assert.match(fetched, /--require-hashes .*--no-deps --target .*tensorflow-cuda\.partial -r .*tensorflow-cuda\.txt$/);
    const wheels = fs
      .readFileSync(path.join(repository, 'scripts', 'python', 'tensorflow-cuda.txt'), 'utf8')
      .split('\n')
      .flatMap((line) => /^([\w.-]+)==(\d+(?:\.\d+)?)/.exec(line)?.slice(1, 3).join(' ') ?? []);
    for (const wanted of [
      'tensorflow 2.21',
      ...['cublas', 'cuda-cupti', 'cuda-nvcc', 'cuda-nvrtc', 'cuda-runtime', 'cusparse', 'nvjitlink'].map(
        (name) => `nvidia-${name}-cu12 12.`,
      ),
      'nvidia-cudnn-cu12 9.',
      'nvidia-cufft-cu12 11.',
      'nvidia-cusolver-cu12 11.',
      'nvidia-curand-cu12 10.',
      'nvidia-nccl-cu12 2.',
    ])
      assert.ok(
        wheels.some((wheel) => wheel.startsWith(wanted)),
        `${wanted} in ${wheels.join(', ')}`,
      );
    assert.equal(wheels.length, 13, wheels.join(', '));
    const compiled = kept('compiled').split('\n');
    const up = '$ORIGIN/../../../../../.runtime/tensorflow-cuda';
    for (const folder of ['tensorflow', ...WHEEL_FOLDERS.map((name) => `nvidia/${name}/lib`)])
      assert.ok(
        compiled.includes(`-Wl,-rpath,${up}/${folder}`),
        `${folder} in ${compiled.filter((word) => word.includes('rpath')).join(' ')}`,
      );
    assert.ok(
      !compiled.some((word) => /-l:lib(cu|nv)/.test(word)),
      'a library of NVIDIA that is missing must not keep the binding from loading',
    );
  });

  it('says in its first line why it takes the CPU libraries beside a driver that is too old', () => {
    fs.rmSync(path.join(clone.programs, 'fetched'));
    fs.rmSync(path.join(clone.folder, '.runtime', 'tensorflow-cuda'), { recursive: true, force: true });
    clone.program(
      'nvidia-smi',
      `case "$*" in *compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2;; esac; echo '0, GPU-1, Tesla K80, 470.199.02, 11441, 11000, Default'`,
    );
    const { stderr } = clone.run('setup.mjs', [], { RUNTIME: '' });
    assert.match(stderr, /Set-up \(NVIDIA driver 470\.199\.02 is too old: CUDA 12 needs 525\.60 or newer/);
    assert.match(kept('fetched'), /tensorflow-cpu\.txt/);
    assert.doesNotMatch(kept('fetched'), /tensorflow-cuda\.txt/);
  });
});

describe('the wheels and the libraries that TensorFlow opens', () => {
  it('every library that TensorFlow opens is in one of the folders that set-up names', async (context) => {
    const nvidia = path.join(repository, '.runtime', 'tensorflow-cuda', 'nvidia');
    if (!fs.existsSync(nvidia)) return context.skip('the CUDA wheels are not set up here (RUNTIME=cuda npm run setup)');
    const { missingLibrary } = (await ourModule('driver.cjs'))['default'];
    assert.equal(missingLibrary(nvidia), undefined);
  });
});
