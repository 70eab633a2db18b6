/** Which GPU this process computes on, or why it has none. Decided before TensorFlow loads: afterwards it cannot be changed, and TensorFlow does not tell. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface Gpu {
  readonly index: string;
  readonly uuid: string;
  readonly name: string;
  readonly driver: string;
  readonly totalMegabytes?: number;
  readonly freeMegabytes?: number;
}

/** The GPU to use and how CUDA names it, or the reason why there is none. */
export type GpuDecision =
  | { readonly gpu: Gpu | undefined; readonly visible: string | undefined; readonly problem?: undefined }
  | { readonly problem: string };

interface Driver {
  lookForGpu(options: { environment: NodeJS.ProcessEnv; nvidia: string }): GpuDecision;
}

const requireHere = createRequire(__filename);
const repository = path.resolve(__dirname, '..', '..', '..');

/** Set-up compiles the binding against one of two TensorFlows; the binding's own search path says against which. */
function builtForCuda(): boolean {
  try {
    const package_ = path.dirname(requireHere.resolve('@tensorflow/tfjs-node-gpu/package.json'));
    return fs.readFileSync(path.join(package_, 'lib', 'napi-v8', 'tfjs_tensorflow.node')).includes('tensorflow-cuda/tensorflow');
  } catch {
    return false;
  }
}

/** The reason on machines where nobody expects a GPU. */
export const CPU_BUILD = 'this TensorFlow was set up for the CPU; where there is a GPU, `npm run setup` says why it was not taken.';

let decided: GpuDecision | undefined;

/** Looks once, and writes what was found into TensorFlow's settings. Settings that the user made stay. */
export function decideGpu(environment: NodeJS.ProcessEnv = process.env): GpuDecision {
  if (decided) return decided;
  if (!builtForCuda()) {
    decided = { problem: CPU_BUILD };
    return decided;
  }
  const driver = requireHere(path.join(repository, 'scripts', 'library', 'driver.cjs')) as Driver;
  decided = driver.lookForGpu({ environment, nvidia: path.join(repository, '.runtime', 'tensorflow-cuda', 'nvidia') });
  applyGpuDecision(decided, environment);
  return decided;
}

/** TensorFlow's settings for a decision. A GPU that cannot be used is hidden: the binding ends the process when it meets one. */
export function applyGpuDecision(decision: GpuDecision, environment: NodeJS.ProcessEnv): void {
  // Memory as it is needed, so that several notebooks can share a GPU.
  environment['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // The numbering that nvidia-smi shows.
  environment['CUDA_DEVICE_ORDER'] ??= 'PCI_BUS_ID';
  // Products in full float32, as on the CPU: the shortened format of newer GPUs keeps three digits.
  environment['NVIDIA_TF32_OVERRIDE'] ??= '0';
  if (decision.problem !== undefined) environment['CUDA_VISIBLE_DEVICES'] = '-1';
  else if (decision.visible !== undefined) environment['CUDA_VISIBLE_DEVICES'] = decision.visible;
}
