/** Columns with mean 0 and standard deviation 1, as the public benchmark of Fashion-MNIST prepares them. */

export interface StandardScaler {
  apply(values: Float32Array | Uint8Array, rows: number): Float32Array;
}

/** Learns mean and deviation of each column; a constant column is only centred. */
export function standardScaler(values: Float32Array | Uint8Array, rows: number, columns: number): StandardScaler {
  const mean = new Float64Array(columns);
  const square = new Float64Array(columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) mean[column] += values[row * columns + column] / rows;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) square[column] += (values[row * columns + column] - mean[column]) ** 2 / rows;
  const factor = Float64Array.from(square, (variance) => (variance > 0 ? 1 / Math.sqrt(variance) : 1));
  return {
    apply(inputs, count) {
      const scaled = new Float32Array(count * columns);
      for (let row = 0; row < count; row++)
        for (let column = 0; column < columns; column++) {
          const cell = row * columns + column;
          scaled[cell] = (inputs[cell] - mean[column]) * factor[column];
        }
      return scaled;
    },
  };
}
