/** What the engine says when it cannot go on: which argument, what it got, what it expects. */

/** Something given to the engine does not fit. */
export class EngineError extends Error {
  override readonly name: string = 'EngineError';
}

/** Training met a loss that is not a number. The model keeps the weights of the last step before it. */
export class NotANumberError extends EngineError {
  override readonly name = 'NotANumberError';
  constructor(
    readonly epoch: number,
    readonly step: number,
    readonly learningRate: number,
    readonly layer: string | undefined,
  ) {
    super(
      `The loss is not a finite number at epoch ${epoch}, step ${step}, learning rate ${learningRate}` +
        (layer ? `; the first layer with bad values is '${layer}'.` : "; every layer's output is finite, the loss itself overflows.") +
        ' The model holds the weights from before this step. Try a lower learning rate or gradient clipping (optimizer.clipGlobalNorm).',
    );
  }
}

/** A checkpoint cannot be used. */
export class CheckpointError extends EngineError {
  override readonly name = 'CheckpointError';
}

export type DeviceFailure = 'memory' | 'busy' | 'failed';

/** What kind of trouble TensorFlow's words tell of; undefined where it is not the device's. */
export function deviceFailure(words: string): DeviceFailure | undefined {
  if (/OOM when allocating|RESOURCE_EXHAUSTED|OUT_OF_MEMORY|out of memory/i.test(words)) return 'memory';
  if (/DEVICE_UNAVAILABLE|busy or unavailable/i.test(words)) return 'busy';
  return /CUDA_ERROR|CUDA error|CUDNN|CUBLAS|DNN library/i.test(words) ? 'failed' : undefined;
}

/** The device that computes gave up: no memory, busy with others, lost. */
export class DeviceError extends EngineError {
  override readonly name = 'DeviceError';

  /** `place`: where in the work; `kept`: what is left of it. */
  constructor(
    readonly failure: DeviceFailure,
    readonly words: string,
    place = '',
    kept = '',
  ) {
    const at = place && ` ${place}`;
    const said = `TensorFlow says: ${words.slice(0, 300)}`;
    const sentences = {
      memory: `The device ran out of memory${at}. Close other notebooks (each kernel holds memory of its own), or choose a smaller batch size.`,
      busy: `The device is busy: another program holds it alone${at && `; this happened${at}`}. Wait for it or close it, then restart this kernel.`,
      failed: `The device failed${at}. Restart this kernel; if it happens again, set CUDA_VISIBLE_DEVICES=-1 to compute on the CPU.`,
    };
    super([sentences[failure], kept, said].filter(Boolean).join(' '));
  }
}
