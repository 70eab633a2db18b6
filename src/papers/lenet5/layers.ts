/**
 * Two layers that LeNet-5 had in 1998 and that tf.layers does not have: sub-sampling with a trainable weight and bias per map, and a
 * convolution whose maps see only some of the maps before. Each is a tf.layers.Layer, and one entry in the engine's table.
 */
import { type LayerContext, registerLayer } from '../../engine/index.js';
import { tf } from '../../runtime/index.js';

type LayerArguments = { name?: string; inputShape?: tf.Shape };

/** Which of the six maps of S2 each of the sixteen maps of C3 sees (LeCun, Bottou, Bengio & Haffner 1998, table I). */
export const c3Connections: readonly (readonly number[])[] = [
  [0, 1, 2],
  [1, 2, 3],
  [2, 3, 4],
  [3, 4, 5],
  [0, 4, 5],
  [0, 1, 5],
  [0, 1, 2, 3],
  [1, 2, 3, 4],
  [2, 3, 4, 5],
  [0, 3, 4, 5],
  [0, 1, 4, 5],
  [0, 1, 2, 5],
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [0, 2, 3, 5],
  [0, 1, 2, 3, 4, 5],
];

const single = (inputs: tf.Tensor | tf.Tensor[]): tf.Tensor4D => (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;

/** The mean of each 2 × 2 block (1998: their sum), times one trainable weight per map, plus one trainable bias per map. */
export class TrainableSubSampling extends tf.layers.Layer {
  static readonly className = 'TrainableSubSampling';
  private scaleWeight!: tf.LayerVariable;
  private biasWeight!: tf.LayerVariable;

  constructor(options: LayerArguments = {}) {
    super(options);
  }

  override build(inputShape: tf.Shape): void {
    const maps = inputShape[inputShape.length - 1] as number;
    this.scaleWeight = this.addWeight('scale', [maps], 'float32', tf.initializers.ones());
    this.biasWeight = this.addWeight('bias', [maps], 'float32', tf.initializers.zeros());
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const [count, height, width, maps] = inputShape as number[];
    return [count, Math.floor(height / 2), Math.floor(width / 2), maps];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.avgPool(single(inputs), 2, 2, 'valid').mul(this.scaleWeight.read()).add(this.biasWeight.read()));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), poolSize: [2, 2], strides: [2, 2] };
  }
}
tf.serialization.registerClass(TrainableSubSampling);

registerLayer(TrainableSubSampling.className, {
  forward({ g, weight }: LayerContext, x) {
    const means = g.averagePool(x, [2, 2], { strides: [2, 2], padding: 'valid' });
    return g.biasAdd(g.multiply(means, weight(0)), weight(1));
  },
});

interface PartialConvolutionArguments extends LayerArguments {
  kernelSize: number;
  /** For each map to be made: the maps it sees. */
  connections: readonly (readonly number[])[];
}

/**
 * A convolution of which only the listed connections exist. The kernel holds these alone, so that parameters are counted as they
 * were in 1998; a fixed 0/1 matrix spreads them over the full kernel.
 */
export class PartialConvolution extends tf.layers.Layer {
  static readonly className = 'PartialConvolution';
  readonly kernelSize: number;
  readonly connections: readonly (readonly number[])[];
  private kernelWeight!: tf.LayerVariable;
  private biasWeight!: tf.LayerVariable;

  constructor(options: PartialConvolutionArguments) {
    super(options);
    this.kernelSize = options.kernelSize;
    this.connections = options.connections;
  }

  override build(inputShape: tf.Shape): void {
    const inputs = inputShape[inputShape.length - 1] as number;
    const wrong = this.connections.flat().find((map) => map < 0 || map >= inputs);
    if (wrong !== undefined)
      throw new RangeError(`${this.name}: a connection names map ${wrong}, but there are only maps 0 to ${inputs - 1} before it.`);
    const count = this.connections.flat().length;
    const field = this.kernelSize ** 2;
    // Glorot's bound, with the mean numbers of connections into and out of a map.
    const bound = Math.sqrt(6 / (field * (count / this.connections.length + count / inputs)));
    this.kernelWeight = this.addWeight(
      'kernel',
      [field, count],
      'float32',
      tf.initializers.randomUniform({ minval: -bound, maxval: bound }),
    );
    this.biasWeight = this.addWeight('bias', [this.connections.length], 'float32', tf.initializers.zeros());
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const [count, height, width] = inputShape as number[];
    return [count, height - this.kernelSize + 1, width - this.kernelSize + 1, this.connections.length];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs);
      const spread = connectionMatrix(this.connections, x.shape[3]);
      const full = tf.matMul(this.kernelWeight.read() as tf.Tensor2D, tf.tensor2d(spread.values, spread.shape));
      const kernel = full.reshape([this.kernelSize, this.kernelSize, x.shape[3], this.connections.length]) as tf.Tensor4D;
      return tf.conv2d(x, kernel, 1, 'valid').add(this.biasWeight.read());
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), kernelSize: this.kernelSize, connections: this.connections.map((maps) => [...maps]) };
  }
}
tf.serialization.registerClass(PartialConvolution);

/** [connections, inputs × outputs]: a one where a connection's weights go. */
function connectionMatrix(connections: readonly (readonly number[])[], inputs: number): { values: Float32Array; shape: [number, number] } {
  const outputs = connections.length;
  const count = connections.flat().length;
  const values = new Float32Array(count * inputs * outputs);
  let row = 0;
  connections.forEach((maps, output) => {
    for (const map of maps) values[row++ * inputs * outputs + map * outputs + output] = 1;
  });
  return { values, shape: [count, inputs * outputs] };
}

registerLayer(PartialConvolution.className, {
  forward({ g, layer, weight }: LayerContext, x) {
    const { kernelSize, connections } = layer as PartialConvolution;
    const inputs = x.dimension(-1);
    const spread = connectionMatrix(connections, inputs);
    const full = g.matMul(weight(0), g.constant(spread.values, spread.shape));
    const kernel = g.reshape(full, [kernelSize, kernelSize, inputs, connections.length]);
    return g.biasAdd(g.conv2d(x, kernel, { strides: [1, 1], padding: 'valid', dilations: [1, 1] }), weight(1));
  },
});
