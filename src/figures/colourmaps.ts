/** Colour scales for values: grey for images, one hue for amounts, two hues around zero. */

export type ColourMap = 'grey' | 'ink' | 'sequential' | 'diverging';

type Stop = [number, number, number];

/** Stops at equal distances. Sequential ones grow darker evenly, so that they also work in print and for colour-blind readers. */
const stops: Record<ColourMap, Stop[]> = {
  grey: [
    [0, 0, 0],
    [255, 255, 255],
  ],
  ink: [
    [255, 255, 255],
    [0, 0, 0],
  ],
  sequential: [
    [253, 253, 251],
    [180, 211, 233],
    [74, 152, 201],
    [0, 92, 158],
    [3, 31, 84],
  ],
  diverging: [
    [146, 62, 0],
    [222, 132, 65],
    [250, 246, 240],
    [70, 150, 205],
    [0, 66, 120],
  ],
};

/** The colour of a share from 0 to 1. */
export function mapColour(map: ColourMap, share: number): [number, number, number] {
  const list = stops[map];
  const position = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * (list.length - 1);
  const below = Math.min(list.length - 2, Math.floor(position));
  const rest = position - below;
  return [0, 1, 2].map((channel) => Math.round(list[below][channel] + (list[below + 1][channel] - list[below][channel]) * rest)) as Stop;
}

/** The scale as Plotly reads it. */
export function plotlyScale(map: ColourMap): [number, string][] {
  const list = stops[map];
  return list.map((stop, index) => [index / (list.length - 1), `rgb(${stop.join(',')})`]);
}

/** Values as red, green, blue, from low to high. */
export function colourised(values: ArrayLike<number>, map: ColourMap, low: number, high: number): Uint8Array {
  const rgb = new Uint8Array(values.length * 3);
  const span = high - low || 1;
  const table = Array.from({ length: 256 }, (_, index) => mapColour(map, index / 255));
  for (let index = 0; index < values.length; index++) {
    const share = (values[index] - low) / span;
    rgb.set(table[Math.min(255, Math.max(0, Math.round((Number.isFinite(share) ? share : 0) * 255)))], index * 3);
  }
  return rgb;
}

/** Smallest and largest finite value. */
export function range(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? [Number.NaN, Number.NaN] : [low, high];
}

/** The ends of a colour scale for these values: equal ends are moved apart. */
export function extent(values: ArrayLike<number>): [number, number] {
  const [low, high] = range(values);
  if (Number.isNaN(low)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
