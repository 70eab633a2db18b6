/** What this process computes on: printed at the head of every notebook and kept with every run. */
import os from 'node:os';
import { nativeBinding } from './binding.js';
import { tf } from './tensorflow.js';

export interface RuntimeReport {
  readonly tensorflow: string;
  readonly tfjs: string;
  readonly node: string;
  readonly platform: string;
  readonly device: string;
  readonly gpu: boolean;
  readonly cores: number;
  readonly threads: { readonly intraOp: string; readonly interOp: string };
  readonly memoryGigabytes: number;
  toString(): string;
}

function deviceName(): { device: string; gpu: boolean } {
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
  const gpu = backend.isUsingGpuDevice === true;
  const processor = os.cpus()[0]?.model.trim() ?? os.arch();
  return { gpu, device: gpu ? 'GPU' : processor };
}

/** Describes the runtime; prints nothing. `console.log(String(runtime()))` reads well. */
export function runtime(): RuntimeReport {
  const { device, gpu } = deviceName();
  const facts = {
    tensorflow: nativeBinding().TF_Version,
    tfjs: tf.version_core,
    node: process.versions.node,
    platform: `${os.platform()} ${os.arch()}`,
    device,
    gpu,
    cores: os.availableParallelism(),
    threads: {
      intraOp: process.env['TF_NUM_INTRAOP_THREADS'] ?? String(os.availableParallelism()),
      interOp: process.env['TF_NUM_INTEROP_THREADS'] ?? String(os.availableParallelism()),
    },
    memoryGigabytes: Math.round((os.totalmem() / 2 ** 30) * 10) / 10,
  };
  return {
    ...facts,
    toString: () =>
      `TensorFlow ${facts.tensorflow} on ${facts.device} (${facts.cores} cores, ${facts.memoryGigabytes} GB), Node ${facts.node}, tfjs ${facts.tfjs}, ` +
      `threads within an operation: ${facts.threads.intraOp}, between operations: ${facts.threads.interOp}`,
  };
}
