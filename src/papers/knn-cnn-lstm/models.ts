/**
 * The report's network (convolution, normalisation and pooling twice, an LSTM over the rows of the map, two dense layers), the same
 * without its LSTM, and the networks of the public benchmark that the report compares itself with.
 */
import { tf } from '../../runtime/index.js';

export interface GarmentNetworkOptions {
  /** Filters of phase 1; phase 2 has twice as many. */
  filters: number;
  /** Convolutions in each phase. The prose says a few, the report's own table says two in all: one a phase. */
  convolutions?: number;
  lstmUnits: number;
  denseUnits: number;
  /** Before the first dense layer. */
  dropout1: number;
  /** Before the classes. */
  dropout2: number;
  /** Start of the bias of the LSTM's forget gate: 0 as in tf.layers, where it is not given; 1 in Keras. */
  forgetBias?: 1;
  /** Start of the weights of LSTM and dense layers: Glorot's normal as in tf.layers, where it is not given; Glorot's uniform in Keras. */
  kernels?: 'glorotUniform';
  /** What stands between the convolutions and the dense layers. */
  middle?: 'lstm' | 'none';
  /**
   * Share of the old value in the normalisation's running means at each step. Keras' 0.99 needs a thousand steps to forget its start:
   * a lesson of a few hundred steps would be scored with means that are not its own, and takes 0.9.
   */
  momentum?: number;
}

const image: [number, number, number] = [28, 28, 1];
const classes = 10;

/** Keras' random uniform start, which the report names: within ± 0.05. */
const uniformStart = () => tf.initializers.randomUniform({ minval: -0.05, maxval: 0.05 });

function addPhase(model: tf.Sequential, phase: number, filters: number, convolutions: number, momentum: number): void {
  for (let turn = 1; turn <= convolutions; turn += 1)
    model.add(
      tf.layers.conv2d({
        name: convolutions === 1 ? `conv${phase}` : `conv${phase}-${turn}`,
        filters,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: uniformStart(),
        ...(phase === 1 && turn === 1 && { inputShape: image }),
      }),
    );
  model.add(tf.layers.batchNormalization({ name: `normalise${phase}`, epsilon: 0.001, momentum }));
  model.add(tf.layers.maxPooling2d({ name: `pool${phase}`, poolSize: 2, strides: 2 }));
}

/** A normal number from Math.random, so that seeded() decides it (Box and Muller). */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/**
 * Rows of unit length at right angles to one another, as Keras starts recurrent weights. tf.layers' own initialiser takes most of a
 * minute for 512 units; Gram and Schmidt on typed arrays, done twice against rounding, takes a second or two.
 */
export function orthogonalRows(rows: number, columns: number): Float32Array {
  if (rows > columns) throw new RangeError(`orthogonalRows: ${rows} rows of ${columns} numbers cannot all be at right angles.`);
  const values = Float64Array.from({ length: rows * columns }, normal);
  for (let row = 0; row < rows; row += 1) {
    const own = values.subarray(row * columns, (row + 1) * columns);
    for (let pass = 0; pass < 2; pass += 1)
      for (let before = 0; before < row; before += 1) {
        const other = values.subarray(before * columns, (before + 1) * columns);
        let product = 0;
        for (let column = 0; column < columns; column += 1) product += own[column]! * other[column]!;
        for (let column = 0; column < columns; column += 1) own[column]! -= product * other[column]!;
      }
    const length = Math.hypot(...own);
    for (let column = 0; column < columns; column += 1) own[column]! /= length;
  }
  return Float32Array.from(values);
}

const startOf = ({ kernels }: Pick<GarmentNetworkOptions, 'kernels'>) => (kernels ? { kernelInitializer: kernels } : {});

function addLstm(model: tf.Sequential, units: number, options: Pick<GarmentNetworkOptions, 'forgetBias' | 'kernels'>): void {
  const lstm = tf.layers.lstm({
    name: 'lstm',
    units,
    recurrentActivation: 'sigmoid',
    recurrentInitializer: 'zeros',
    returnSequences: true,
    ...startOf(options),
    ...(options.forgetBias && { unitForgetBias: true }),
  });
  model.add(lstm);
  const start = tf.tensor2d(orthogonalRows(units, 4 * units), [units, 4 * units]);
  const [kernel, , bias] = lstm.getWeights();
  lstm.setWeights([kernel!, start, bias!]);
  start.dispose();
}

/** The report's network. The 7 × 7 map enters the LSTM row by row: seven steps of 7 · filters numbers; all seven outputs go on. */
export function garmentNetwork(options: GarmentNetworkOptions): tf.Sequential {
  const { filters, convolutions = 1, lstmUnits, denseUnits, dropout1, dropout2, middle = 'lstm', momentum = 0.99 } = options;
  const model = tf.sequential({ name: middle === 'lstm' ? 'cnn-lstm' : 'cnn-without-lstm' });
  addPhase(model, 1, filters, convolutions, momentum);
  addPhase(model, 2, 2 * filters, convolutions, momentum);
  if (middle === 'lstm') {
    model.add(tf.layers.reshape({ name: 'rows', targetShape: [7, 7 * 2 * filters] }));
    addLstm(model, lstmUnits, options);
  }
  model.add(tf.layers.flatten({ name: 'flatten' }));
  model.add(tf.layers.dropout({ name: 'dropout1', rate: dropout1 }));
  model.add(tf.layers.dense({ name: 'dense1', units: denseUnits, activation: 'relu', ...startOf(options) }));
  model.add(tf.layers.dropout({ name: 'dropout2', rate: dropout2 }));
  model.add(tf.layers.dense({ name: 'classes', units: classes, activation: 'softmax', ...startOf(options) }));
  return model;
}

/** Numbers that the LSTM and the dense layers behind it learn. */
function headParameters({ filters, lstmUnits, denseUnits }: GarmentNetworkOptions): number {
  const lstm = 4 * lstmUnits * (7 * 2 * filters + lstmUnits + 1);
  return lstm + (7 * lstmUnits + 1) * denseUnits + (denseUnits + 1) * classes;
}

/** Width of the first dense layer that gives the network without LSTM as many parameters as the one with it. */
export function equalParameterDense(options: GarmentNetworkOptions): number {
  const inputs = 49 * 2 * options.filters;
  return Math.round((headParameters(options) - classes) / (inputs + 1 + classes));
}

/** The rows of the public benchmark that the report lists and that can be trained here. */
export type BenchmarkRow = 'two-conv' | 'two-conv-dense' | 'two-conv-elu' | 'three-conv-batchnorm';

interface BenchmarkShape {
  filters: number[];
  padding: 'same' | 'valid';
  activation: 'relu' | 'elu';
  batchNormalization: boolean;
  denseUnits: number | null;
}

const benchmarkShapes: Record<BenchmarkRow, BenchmarkShape> = {
  'two-conv': { filters: [32, 64], padding: 'valid', activation: 'relu', batchNormalization: false, denseUnits: null },
  'two-conv-dense': { filters: [32, 64], padding: 'valid', activation: 'relu', batchNormalization: false, denseUnits: 64 },
  'two-conv-elu': { filters: [32, 64], padding: 'valid', activation: 'elu', batchNormalization: false, denseUnits: 64 },
  'three-conv-batchnorm': { filters: [32, 64, 128], padding: 'same', activation: 'relu', batchNormalization: true, denseUnits: null },
};

/** One row of the benchmark. The list gives only names, so widths are ours: the smallest usual ones. */
export function benchmarkNetwork(row: BenchmarkRow, width = 1): tf.Sequential {
  const { filters, padding, activation, batchNormalization, denseUnits } = benchmarkShapes[row];
  const model = tf.sequential({ name: row });
  filters.forEach((count, index) => {
    const place = index + 1;
    model.add(
      tf.layers.conv2d({
        name: `conv${place}`,
        filters: Math.max(1, Math.round(count * width)),
        kernelSize: 3,
        padding,
        activation,
        ...(index === 0 && { inputShape: image }),
      }),
    );
    if (batchNormalization) model.add(tf.layers.batchNormalization({ name: `normalise${place}`, epsilon: 0.001 }));
    model.add(tf.layers.maxPooling2d({ name: `pool${place}`, poolSize: 2, strides: 2 }));
  });
  model.add(tf.layers.flatten({ name: 'flatten' }));
  if (denseUnits !== null) model.add(tf.layers.dense({ name: 'dense1', units: denseUnits, activation }));
  model.add(tf.layers.dropout({ name: 'dropout', rate: 0.5 }));
  model.add(tf.layers.dense({ name: 'classes', units: classes, activation: 'softmax' }));
  return model;
}
