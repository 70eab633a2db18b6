/** One training: fit with progress in words, curves as they grow, and a clean stop on SIGINT or an AbortSignal. */
import type { Examples } from '../data/types.js';
import { fit as engineFit } from '../engine/index.js';
import type { BatchReport, EpochRecord, FitOptions, History } from '../engine/types.js';
import type { tf } from '../runtime/index.js';
import { withInterruption } from './interruption.js';

/** What this room asks of the engine. */
export type Fit = (model: tf.LayersModel, examples: Examples, options: FitOptions) => Promise<History>;

export interface TrainingProgress {
  /** Share of the training done, 0 to 1. */
  fraction: number;
  text: string;
  curves: Record<string, number[]>;
}

export type TrainOptions = Omit<FitOptions, 'onProgress' | 'onEpoch'> & {
  onProgress?: (progress: TrainingProgress) => void;
  onEpoch?: (record: EpochRecord, curves: Record<string, number[]>) => void | Promise<void>;
  /** Stands in for the engine in tests of what surrounds it. */
  fit?: Fit;
};

export interface Training {
  history: History;
  curves: Record<string, number[]>;
  /** True when a signal ended it before its last epoch. */
  stopped: boolean;
}

/** Curves by name, one value an epoch: loss, accuracy, validationLoss, …, and <set>Loss, <set>Accuracy of sets scored along the way. */
export function curvesOf(epochs: readonly EpochRecord[]): Record<string, number[]> {
  const curves: Record<string, number[]> = {};
  const put = (name: string, value: number | undefined) => {
    if (value === undefined) return;
    curves[name] ??= [];
    curves[name].push(value);
  };
  for (const epoch of epochs) {
    put('loss', epoch.loss);
    put('accuracy', epoch.accuracy);
    put('validationLoss', epoch.validationLoss);
    put('validationAccuracy', epoch.validationAccuracy);
    for (const [set, scores] of Object.entries(epoch.also ?? {})) {
      put(`${set}Loss`, scores.loss);
      put(`${set}Accuracy`, scores.accuracy);
    }
  }
  return curves;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** 'epoch 3 of 10, step 120 of 469, loss 0.412, accuracy 85.1 %, 5,210 examples a second'. */
export function progressText({ epoch, epochs, step, stepsPerEpoch, loss, accuracy, examplesPerSecond }: BatchReport): string {
  const rate = Math.round(examplesPerSecond).toLocaleString('en-GB');
  return `epoch ${epoch} of ${epochs}, step ${step} of ${stepsPerEpoch}, loss ${loss.toPrecision(3)}, accuracy ${percent(accuracy)}, ${rate} examples a second`;
}

/** Trains the model in place. A stop keeps the checkpoint, so that the same call goes on where it ended. */
export async function train(model: tf.LayersModel, examples: Examples, options: TrainOptions): Promise<Training> {
  const { onProgress, onEpoch, fit = engineFit, signal, ...fitOptions } = options;
  const seen: EpochRecord[] = [];
  const history = await withInterruption(signal, (stop) =>
    fit(model, examples, {
      ...fitOptions,
      signal: stop,
      onProgress: (report) => {
        const fraction = (report.epoch - 1 + report.step / Math.max(1, report.stepsPerEpoch)) / report.epochs;
        onProgress?.({ fraction: Math.min(1, fraction), text: progressText(report), curves: curvesOf(seen) });
      },
      onEpoch: async (record) => {
        seen.push(record);
        await onEpoch?.(record, curvesOf(seen));
      },
    }),
  );
  return { history, curves: curvesOf(history.epochs), stopped: history.stopped };
}
