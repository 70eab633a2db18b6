/**
 * Where a graph runs, and what follows from it. On a CPU nothing here changes a graph: recorded runs depend on its bits. On a GPU the batch is
 * computed whole (parts would only be more and smaller kernels), recurrences go through cuDNN, and nothing inside a call waits for the processor.
 */
import { gpuAbsence, usesGpu } from '../runtime/index.js';
import { cudnnKernel, type RecurrentKernel, writtenOutKernel } from './cudnn.js';
import { EngineError } from './errors.js';
import { shardSizes } from './model.js';

export type Device = 'cpu' | 'gpu';

export interface DevicePlan {
  readonly device: Device;
  /** For the graph: the device that every operation names, where TensorFlow would choose another. */
  readonly pinnedTo: string | undefined;
  readonly recurrentKernel: RecurrentKernel | undefined;
  /** Training steps in one round of the loop. */
  readonly stepsPerRound: number;
  /** The loop looks at each step's loss and ends where it is not finite. On a GPU that would mean to wait for every step. */
  readonly watchesLoss: boolean;
}

/** Enough that what the loop itself costs is spread, few enough that the graph stays small. */
const STEPS_PER_ROUND = 8;

let rehearsing = false;

/**
 * Rehearsal: the GPU's graph on a CPU. Its recurrences are written out instead of cuDNN's; all else of it is what a GPU would run. For tests, and
 * for trying `npm run bench -- --device gpu --verify` where there is no GPU. Says nothing about a GPU's results or speed.
 */
export function rehearseGpu(on: boolean): void {
  rehearsing = on;
}

export const defaultDevice = (): Device => (usesGpu() ? 'gpu' : 'cpu');

export function planFor(device: Device = defaultDevice()): DevicePlan {
  if (device === 'cpu')
    return {
      device,
      pinnedTo: usesGpu() ? '/device:CPU:0' : undefined,
      recurrentKernel: undefined,
      stepsPerRound: 1,
      watchesLoss: true,
    };
  if (device !== 'gpu') throw new EngineError(`device is '${String(device)}'; expected 'cpu' or 'gpu'.`);
  if (!usesGpu() && !rehearsing)
    throw new EngineError(`device is 'gpu', but there is no GPU to compute on: ${gpuAbsence()} Leave device away to compute on the CPU.`);
  return {
    device,
    pinnedTo: undefined,
    recurrentKernel: rehearsing ? writtenOutKernel : cudnnKernel,
    stepsPerRound: STEPS_PER_ROUND,
    watchesLoss: false,
  };
}

/** Sizes of the pieces that a batch is computed in, and of the recipe's shards inside the one piece of a GPU. */
export function piecesOf(plan: DevicePlan, batch: number, shards: number): { sizes: number[]; drawnIn: number[] | undefined } {
  const sizes = shardSizes(batch, shards);
  return plan.device === 'gpu' ? { sizes: [batch], drawnIn: sizes } : { sizes, drawnIn: undefined };
}
