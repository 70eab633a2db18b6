/**
 * Optimisers as Keras and TensorFlow define them, and what happens to gradients before: clipping.
 * Everything that changes from step to step is worked out here in double precision and fed: the graph holds no counters.
 */
import { EngineError } from './errors.js';
import { DataType, type Operation, type Value, type Variable } from './graph.js';
import type { Operations } from './ops.js';
import type { LearningRateSchedule, OptimizerSpec } from './types.js';

/** An optimiser with all its defaults in place. */
export interface Optimizer {
  readonly spec: OptimizerSpec;
  /** Names of the values kept per weight. All start at zero. */
  readonly slots: readonly string[];
  /** The factor that step `step` (counted from 0) feeds in place of the plain learning rate. */
  stepSize(learningRate: number, step: number): number;
  /** Writes the update of one weight. */
  update(g: Operations, weight: Variable, slots: readonly Variable[], gradient: Value, stepSize: Value): Operation;
}

const float = { T: { type: DataType.float }, use_locking: { bool: false } } as const;

const known = {
  sgd: ['kind', 'learningRate', 'momentum', 'nesterov'],
  adam: ['kind', 'learningRate', 'beta1', 'beta2', 'epsilon'],
  rmsprop: ['kind', 'learningRate', 'rho', 'momentum', 'epsilon'],
} as const;
const common = ['clipValue', 'clipNorm', 'clipGlobalNorm', 'schedule'];

function check(spec: OptimizerSpec): void {
  const options: readonly string[] | undefined = known[spec.kind];
  if (!options)
    throw new EngineError(
      `optimizer.kind is '${String((spec as { kind: unknown }).kind)}'; expected one of ${Object.keys(known).join(', ')}.`,
    );
  for (const [key, value] of Object.entries(spec)) {
    if (!options.includes(key) && !common.includes(key))
      throw new EngineError(`optimizer.${key} is not an option of '${spec.kind}'; it has ${[...options, ...common].join(', ')}.`);
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new EngineError(`optimizer.${key} is ${value}; expected a finite number.`);
  }
  if (!(spec.learningRate >= 0)) throw new EngineError(`optimizer.learningRate is ${spec.learningRate}; expected a number of at least 0.`);
}

export function optimizer(spec: OptimizerSpec): Optimizer {
  check(spec);
  if (spec.kind === 'sgd') return gradientDescent(spec);
  if (spec.kind === 'adam') return adam(spec);
  return rmsprop(spec);
}

/** w ← w − rate·gradient; with momentum m: v ← m·v − rate·gradient, w ← w + v (Nesterov: w + m·v − rate·gradient). */
function gradientDescent(spec: Extract<OptimizerSpec, { kind: 'sgd' }>): Optimizer {
  const { momentum = 0, nesterov = false } = spec;
  return {
    spec,
    slots: momentum ? ['momentum'] : [],
    stepSize: (learningRate) => learningRate,
    update(g, weight, [velocity], gradient, rate) {
      const handle = g.scope.handle(weight);
      if (!velocity) return g.scope.make('ResourceApplyGradientDescent', [handle, rate, gradient], float, []);
      const inputs = [handle, g.scope.handle(velocity), rate, gradient, g.scalar(momentum)];
      return g.scope.make('ResourceApplyKerasMomentum', inputs, { ...float, use_nesterov: { bool: nesterov } }, []);
    },
  };
}

/**
 * m ← m + (g − m)(1 − β₁), v ← v + (g² − v)(1 − β₂), w ← w − rateₜ·m / (√v + ε), rateₜ = rate·√(1 − β₂ᵗ) / (1 − β₁ᵗ).
 * ε stands where Keras and TensorFlow put it ("epsilon hat" in Kingma and Ba's paper).
 */
function adam(spec: Extract<OptimizerSpec, { kind: 'adam' }>): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = spec;
  return {
    spec,
    slots: ['mean', 'variance'],
    stepSize: (learningRate, step) => (learningRate * Math.sqrt(1 - beta2 ** (step + 1))) / (1 - beta1 ** (step + 1)),
    update(g, weight, slots, gradient, rate) {
      // The kernel's own bias correction is switched off by powers of zero: the rate that comes in is corrected already.
      const off = g.scalar(0);
      const inputs = [
        g.scope.handle(weight),
        ...slots.map((slot) => g.scope.handle(slot)),
        off,
        off,
        rate,
        g.scalar(beta1),
        g.scalar(beta2),
        g.scalar(epsilon),
        gradient,
      ];
      return g.scope.make('ResourceApplyAdam', inputs, { ...float, use_nesterov: { bool: false } }, []);
    },
  };
}

/** s ← s + (g² − s)(1 − ρ), v ← momentum·v + rate·g / √(s + ε), w ← w − v. */
function rmsprop(spec: Extract<OptimizerSpec, { kind: 'rmsprop' }>): Optimizer {
  const { rho = 0.9, momentum = 0, epsilon = 1e-7 } = spec;
  return {
    spec,
    slots: ['square', 'momentum'],
    stepSize: (learningRate) => learningRate,
    update(g, weight, slots, gradient, rate) {
      const inputs = [
        g.scope.handle(weight),
        ...slots.map((slot) => g.scope.handle(slot)),
        rate,
        g.scalar(rho),
        g.scalar(momentum),
        g.scalar(epsilon),
        gradient,
      ];
      return g.scope.make('ResourceApplyRMSProp', inputs, float, []);
    },
  };
}

/** The learning rate of an epoch, counted from 1. */
export function scheduledRate(base: number, schedule: LearningRateSchedule | undefined, epoch: number): number {
  if (!schedule) return base;
  const past = epoch - 1;
  if (schedule.kind === 'step') return base * schedule.factor ** Math.floor(past / schedule.everyEpochs);
  if (schedule.kind === 'exponential') return base * schedule.decayPerEpoch ** past;
  const floor = schedule.floor ?? 0;
  const progress = Math.min(1, past / schedule.epochs);
  return floor + (base - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
}

/** Clips as Keras does: by norm of each, else by norm of all, else by value. */
export function clipGradients(g: Operations, gradients: readonly Value[], { clipNorm, clipGlobalNorm, clipValue }: OptimizerSpec): Value[] {
  const shrink = (gradient: Value, norm: Value, limit: number) =>
    g.multiply(gradient, g.divide(g.scalar(limit), g.maximum(norm, g.scalar(limit))));
  const squares = (gradient: Value) => g.sum(g.square(gradient));
  if (clipNorm !== undefined) return gradients.map((gradient) => shrink(gradient, g.sqrt(squares(gradient)), clipNorm));
  if (clipGlobalNorm !== undefined) {
    const norm = g.sqrt(g.sumOf(gradients.map(squares)));
    return gradients.map((gradient) => shrink(gradient, norm, clipGlobalNorm));
  }
  if (clipValue !== undefined) return gradients.map((gradient) => g.clip(gradient, -clipValue, clipValue));
  return [...gradients];
}
