/** What this process computes on: printed at the head of every notebook and kept with every run. */
import os from 'node:os';
import { nativeBinding } from './binding.js';
import { CPU_BUILD, decideGpu } from './gpu.js';
import { wordsOfTensorFlow } from './gpu-words.js';
import { tf } from './tensorflow.js';

export interface RuntimeReport {
  readonly tensorflow: string;
  readonly tfjs: string;
  readonly node: string;
  readonly platform: string;
  /** The processor's name, or the GPU's after the word GPU. */
  readonly device: string;
  readonly gpu: boolean;
  /** Why there is no GPU; undefined where there is one. */
  readonly withoutGpu: string | undefined;
  /** The same reason, only where set-up took the libraries for a GPU: a reader then expects one. */
  readonly missedGpu: string | undefined;
  readonly cores: number;
  readonly threads: { readonly intraOp: string; readonly interOp: string };
  readonly memoryGigabytes: number;
  toString(): string;
}

/** Does TensorFlow compute on a GPU in this process? */
export function usesGpu(): boolean {
  return (tf.backend() as unknown as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}

let absence: string | undefined;

/** Why there is no GPU to compute on, as a sentence. */
export function gpuAbsence(): string {
  // A GPU that looked usable and that TensorFlow left aside all the same: only TensorFlow knows why.
  absence ??= decideGpu().problem ?? wordsOfTensorFlow();
  return absence;
}

function deviceName(): { device: string; gpu: boolean } {
  const gpu = usesGpu();
  if (!gpu) return { gpu, device: os.cpus()[0]?.model.trim() ?? os.arch() };
  const decision = decideGpu();
  const found = decision.problem === undefined ? decision.gpu : undefined;
  return { gpu, device: found ? `GPU ${found.name}, driver ${found.driver}` : 'GPU' };
}

/** They decide the order of long sums, so the same training ends in other bits with another number of them. Fixed when TensorFlow loads. */
export const threadsInsideOperations = (): string => process.env['TF_NUM_INTRAOP_THREADS'] ?? String(os.availableParallelism());

/** Describes the runtime; prints nothing. `console.log(String(runtime()))` reads well. */
export function runtime(): RuntimeReport {
  const { device, gpu } = deviceName();
  const withoutGpu = gpu ? undefined : gpuAbsence();
  const facts = {
    tensorflow: nativeBinding().TF_Version,
    tfjs: tf.version_core,
    node: process.versions.node,
    platform: `${os.platform()} ${os.arch()}`,
    device,
    gpu,
    withoutGpu,
    missedGpu: withoutGpu === CPU_BUILD ? undefined : withoutGpu,
    cores: os.availableParallelism(),
    threads: {
      intraOp: threadsInsideOperations(),
      interOp: process.env['TF_NUM_INTEROP_THREADS'] ?? String(os.availableParallelism()),
    },
    memoryGigabytes: Math.round((os.totalmem() / 2 ** 30) * 10) / 10,
  };
  return {
    ...facts,
    toString: () =>
      `TensorFlow ${facts.tensorflow} on ${facts.device} (${facts.cores} cores, ${facts.memoryGigabytes} GB), Node ${facts.node}, tfjs ${facts.tfjs}, ` +
      `threads within an operation: ${facts.threads.intraOp}, between operations: ${facts.threads.interOp}${facts.missedGpu ? `; not on a GPU: ${facts.missedGpu}` : ''}`,
  };
}
