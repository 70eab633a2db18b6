/** Dropout of whole channels (spatial dropout, PyTorch's Dropout2d) as a tf.layers layer: tf.layers has it for sequences only. */
import { tf } from '../runtime/index.js';
import { dropped, registerLayer } from './layers.js';

export interface ChannelDropoutArguments {
  /** Probability of dropping a channel of an example. */
  rate: number;
  name?: string;
  inputShape?: number[];
}

export class ChannelDropout extends tf.layers.Layer {
  static readonly className = 'ChannelDropout';
  private readonly rate: number;

  constructor(options: ChannelDropoutArguments) {
    super(options);
    if (!(options.rate >= 0 && options.rate < 1))
      throw new RangeError(`rate is ${options.rate}; expected a probability of at least 0 and below 1.`);
    this.rate = options.rate;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: Record<string, unknown>): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      if (options['training'] !== true || this.rate === 0) return x.clone();
      const maskShape = x.shape.map((length, axis) => (axis === 0 || axis === x.rank - 1 ? length : 1));
      const keep = tf.randomUniform(maskShape).greaterEqual(this.rate).toFloat();
      return x.mul(keep.mul(1 / (1 - this.rate)));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }
}
tf.serialization.registerClass(ChannelDropout);

registerLayer('ChannelDropout', {
  forward: (context, x) =>
    dropped(
      context,
      x,
      context.config['rate'] as number,
      x.shape.map((length, axis) => (axis === 0 || axis === x.rank - 1 ? length : 1)),
    ),
});

/** A layer that drops whole channels in training: `channelDropout({ rate: 0.5 })`. */
export function channelDropout(options: ChannelDropoutArguments): tf.layers.Layer {
  return new ChannelDropout(options);
}
