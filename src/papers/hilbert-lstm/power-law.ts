/**
 * An LSTM that forgets by a power law, after Chien, Turek, Beckage, Vo, Honey and Willke (2021).
 *
 * Each unit keeps a reference time κ. Since then, its memory fades as a power of the time gone by, not exponentially:
 *   r = σ(…)                          a gate that resets the clock
 *   κ ← r·t + (1 − r)·κ
 *   f = ((t − κ + ε) / (t − κ + 1))^α with α > 0 learned for each unit
 *   c ← f·c + i·tanh(k),   h = o·tanh(c)
 * While r stays closed the factors multiply to about (time gone by)^−α. We keep α positive as e^q and learn q.
 */
import { type CellContext, registerRecurrentCell } from '../../engine/index.js';
import { tf } from '../../runtime/index.js';

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

  constructor({ units, exponent = 0.5, returnSequences = false, ...rest }: PowerLawArguments) {
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
    // The reset gate starts almost closed: a clock that restarts at every step would never see a power law.
    const bias = new Float32Array(4 * this.units);
    bias.fill(-3, this.units, 2 * this.units);
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
