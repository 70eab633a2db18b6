/** Where the ink of MNIST's test digits lies at 14 × 14, kept as numbers: a claim is judged without loading images. */
import type { PixelOrder } from '../../data/index.js';

/** Brightness of the 10,000 test digits in each 2 × 2 square, bytes added up, row by row. A test adds the real digits up again. */
const ink: readonly number[] = [
  0, 0, 38, 394, 914, 3390, 5748, 5424, 1588, 1442, 192, 0, 0, 0, 0, 0, 1373, 10836, 47840, 148983, 269915, 335065, 282170, 170423, 67261,
  17919, 1786, 163, 24, 557, 22275, 144457, 501924, 1231012, 2117817, 2759330, 2530972, 1623240, 752374, 247594, 46062, 3101, 153, 11071,
  134050, 553012, 1586436, 3114869, 4491180, 5214204, 4945933, 3750416, 1981269, 692545, 161349, 9967, 2389, 37143, 254295, 968973, 2673097,
  4352841, 4571930, 4436872, 4656020, 4299647, 2485577, 868928, 178339, 13568, 2108, 33106, 237534, 1165896, 3206594, 4117725, 3205273,
  3272886, 4118644, 3986706, 2196182, 772771, 110499, 6351, 627, 14111, 238147, 1442101, 3393152, 3770262, 3368246, 4351131, 4973007,
  3838072, 1882641, 754780, 111326, 650, 0, 7701, 314692, 1594301, 3227795, 3683257, 4426782, 5565495, 5306108, 3691317, 1959606, 832311,
  131861, 1074, 47, 15539, 411817, 1561651, 2764029, 3284295, 4122783, 4883719, 4700429, 3597300, 2105714, 781532, 116114, 1850, 381, 38276,
  526199, 1670045, 2644017, 3163967, 3709372, 4587284, 4682487, 3623394, 1860094, 578604, 89280, 2881, 36, 45645, 478590, 1676565, 3062940,
  4109231, 4836795, 5308303, 4495486, 2694839, 1079556, 291057, 46182, 1416, 24, 15657, 196716, 921055, 2330496, 3787552, 4540665, 4178508,
  2656501, 1144854, 334636, 78196, 12022, 169, 0, 905, 23438, 150849, 543233, 1066028, 1380544, 1220060, 709305, 258344, 68107, 11251, 588,
  0, 0, 0, 1308, 15659, 52050, 96341, 136109, 121036, 71650, 26488, 8933, 1651, 27, 0,
];

/**
 * The eight ways to lay an order on its square: turned by quarters, and mirrored. The report does not say in which corner its curve starts,
 * so what is said of "the" Hilbert order has to hold for all of them.
 */
export function placements(order: PixelOrder): PixelOrder[] {
  const { width: side, positions } = order;
  const turned = (row: number, column: number, quarters: number): number => {
    let [y, x] = [row, column];
    for (let quarter = 0; quarter < quarters; quarter++) [y, x] = [x, side - 1 - y];
    return y * side + x;
  };
  return [false, true].flatMap((mirrored) =>
    [0, 1, 2, 3].map((quarters) => ({
      ...order,
      positions: positions.map((position) => {
        const column = position % side;
        return turned(Math.floor(position / side), mirrored ? side - 1 - column : column, quarters);
      }),
    })),
  );
}

/** Mean number of steps between the ink of the test digits and the end of a series of 14 × 14 pixels. */
export function inkFromEnd({ positions }: PixelOrder): number {
  let total = 0;
  let distance = 0;
  positions.forEach((position, step) => {
    total += ink[position];
    distance += ink[position] * (positions.length - 1 - step);
  });
  return distance / total;
}
