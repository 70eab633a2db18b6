/**
 * An LSTM that forgets by a power law, after Chien, Turek, Beckage, Vo, Honey and Willke (2021).
 *
 * Each unit keeps a reference time κ. Since then, its memory fades as a power of the time gone by, not exponentially:
 *   r = σ(…)                          a gate that resets the clock
 *   κ ← r·t + (1 − r)·κ
 *   f = ((t − κ + ε) / (t − κ + 1))^α with α > 0 learned for each unit
 *   c ← f·c + i·tanh(k),   h = o·tanh(c)
 * While r stays closed the factors multiply to about (time gone by)^−α. Where it is a little open at every step, κ follows t at a distance and f
 * is constant from there on: an exponential. We keep α positive as e^q and learn q.
 */
import { type CellContext, registerRecurrentCell } from '../../engine/index.js';
import { tf } from '../../runtime/index.js';
import { wrapped } from '../words.js';

/** The bias that the reset gate starts with, and the exponent of every unit. */
const RESET_BIAS = -3;
const EXPONENT = 0.5;

/** Keeps the base of the power above zero in the very step in which a clock is reset. */
const smallest = 1e-3;

export interface PowerLawArguments {
  name?: string;
  inputShape?: tf.Shape;
  units: number;
  /** The exponent that every unit starts with. */
  exponent?: number;
  returnSequences?: boolean;
}

export class PowerLawLSTM extends tf.layers.Layer {
  static readonly className = 'PowerLawLSTM';
  readonly units: number;
  private readonly exponent: number;
  private readonly returnSequences: boolean;

  constructor({ units, exponent = EXPONENT, returnSequences = false, ...rest }: PowerLawArguments) {
    super(rest);
    if (!(Number.isInteger(units) && units > 0)) throw new RangeError(`PowerLawLSTM: units must be a whole number above 0; got ${units}.`);
    if (!(exponent > 0)) throw new RangeError(`PowerLawLSTM: the exponent must be above 0; got ${exponent}.`);
    this.units = units;
    this.exponent = exponent;
    this.returnSequences = returnSequences;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const features = (inputShape as tf.Shape)[2] as number;
    this.addWeight('kernel', [features, 4 * this.units], 'float32', tf.initializers.glorotUniform({}));
    this.addWeight('recurrentKernel', [this.units, 4 * this.units], 'float32', tf.initializers.orthogonal({ gain: 1 }));
    this.addWeight('bias', [4 * this.units], 'float32', tf.initializers.zeros());
    this.addWeight('logExponent', [this.units], 'float32', tf.initializers.constant({ value: Math.log(this.exponent) }));
    // The reset gate starts almost closed, for a clock that restarts at every step never sees a power law. Even so the clock trails behind
    // by a number of steps and no more (freshCellWords says how many): what is older, a fresh cell forgets exponentially.
    const bias = new Float32Array(4 * this.units);
    bias.fill(RESET_BIAS, this.units, 2 * this.units);
    this.weights[2].write(tf.tensor1d(bias));
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [count, steps] = inputShape as tf.Shape;
    return this.returnSequences ? [count, steps, this.units] : [count, this.units];
  }

  /** Step by step, for predictions outside the engine. */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor3D;
      const [kernel, recurrent, bias, logExponent] = this.weights.map((weight) => weight.read());
      const power = tf.exp(logExponent);
      const [count, steps] = x.shape;
      let h: tf.Tensor = tf.zeros([count, this.units]);
      let c: tf.Tensor = tf.zeros([count, this.units]);
      let clock: tf.Tensor = tf.zeros([count, this.units]);
      const outputs: tf.Tensor[] = [];
      for (let time = 0; time < steps; time++) {
        const at = x.slice([0, time, 0], [count, 1, x.shape[2]]).reshape([count, x.shape[2]]);
        const sums = tf.add(tf.add(tf.matMul(h, recurrent), tf.matMul(at, kernel)), bias);
        const [input, reset, candidate, output] = tf.split(sums, 4, 1);
        const gate = tf.sigmoid(reset);
        clock = tf.add(tf.mul(gate, time), tf.mul(tf.sub(1, gate), clock));
        const gone = tf.sub(time, clock);
        const forget = tf.exp(tf.mul(power, tf.sub(tf.log(tf.add(gone, smallest)), tf.log(tf.add(gone, 1)))));
        c = tf.add(tf.mul(forget, c), tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
        h = tf.mul(tf.sigmoid(output), tf.tanh(c));
        if (this.returnSequences) outputs.push(h);
      }
      return this.returnSequences ? tf.stack(outputs, 1) : h;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, exponent: this.exponent, returnSequences: this.returnSequences };
  }
}
tf.serialization.registerClass(PowerLawLSTM);

/** Steps after which a gate that keeps the same share of every step has kept a half. */
export const halfLife = (share: number): number => Math.log(0.5) / Math.log(share);

/** How a cell forgets before it has learned anything, the sums of its gates being their biases: what it approaches once its clock trails t. */
export function startOfForgetting(
  resetBias = RESET_BIAS,
  exponent = EXPONENT,
): { gate: number; lag: number; factor: number; halfLife: number } {
  const gate = 1 / (1 + Math.exp(-resetBias));
  // t − κ becomes (1 − r) · (t − κ + 1) at every step: it comes to rest where both are equal.
  const lag = (1 - gate) / gate;
  const factor = ((lag + smallest) / (lag + 1)) ** exponent;
  return { gate, lag, factor, halfLife: halfLife(factor) };
}

/** The same in words. */
export function freshCellWords(): string {
  const { gate, lag, factor, halfLife } = startOfForgetting();
  return wrapped(
    [
      `As it starts, the reset gate is open by ${gate.toFixed(3)} at every step (bias ${String(RESET_BIAS).replace('-', '−')}), so its clock trails behind by ${lag.toFixed(0)} steps at most. From there on f stays at ${factor.toFixed(3)}: a fresh cell forgets older steps exponentially, with a half-life of ${halfLife.toFixed(0)} steps, until training has closed the gate.`,
      'A run that fails from this start therefore does not test forgetting by a power law. A gate that starts further closed was not tried.',
    ].join('\n'),
  );
}

registerRecurrentCell(PowerLawLSTM.className, {
  gates: 4,
  states: 3,
  step({ g, extras: [logExponent], time }: CellContext, [input, reset, candidate, output], [, c, clock]) {
    const gate = g.sigmoid(reset);
    const reference = g.add(g.multiply(gate, time), g.multiply(g.subtract(g.scalar(1), gate), clock));
    const gone = g.subtract(time, reference);
    const fading = g.subtract(g.log(g.offset(gone, smallest)), g.log(g.offset(gone, 1)));
    const forget = g.exp(g.multiply(g.exp(logExponent), fading));
    const carried = g.add(g.multiply(forget, c), g.multiply(g.sigmoid(input), g.tanh(candidate)));
    return [g.multiply(g.sigmoid(output), g.tanh(carried)), carried, reference];
  },
});
