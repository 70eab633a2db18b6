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
