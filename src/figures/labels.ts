/** Names beside points, none on top of another: what had to move away from its point is tied to it by a thin line. */
import { fontSize, ink, softInk } from './theme.js';

export interface NamedPoint {
  x: number;
  y: number;
  name: string;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Pixels of the plot itself, without margins; a little less than it has, since fonts differ. */
export interface LabelFrame {
  width: number;
  height: number;
  /** The range of the axes, which other lines may have stretched beyond the points. */
  xRange: readonly [number, number];
  yRange: readonly [number, number];
}

const CHARACTER = 7.4;
const LINE = 16;
const POINT = 8;
const RINGS = [17, 32, 48, 66, 86, 110];
const NEAR = RINGS[0]!;
/** Above, below, right, left, then between. */
const ANGLES = [-90, 90, 0, 180, -45, -135, 45, 135, -67.5, -112.5, 67.5, 112.5, -22.5, -157.5, 22.5, 157.5];

const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const around = (x: number, y: number, width: number, height: number): Box => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y - height / 2,
  bottom: y + height / 2,
});

/** Plotly's annotations, one a point. Where nothing is free the name goes above its point all the same. */
export function placeNames(points: readonly NamedPoint[], { width, height, xRange, yRange }: LabelFrame): object[] {
  const scaled = points.map(({ x, y }) => ({
    x: (width * (x - xRange[0])) / (xRange[1] - xRange[0]),
    y: height - (height * (y - yRange[0])) / (yRange[1] - yRange[0]),
  }));
  const marks = scaled.map(({ x, y }) => around(x, y, 2 * POINT, 2 * POINT));
  const taken: Box[] = [];
  return points.map(({ x, y, name }, index) => {
    const here = scaled[index]!;
    const wide = CHARACTER * name.length + 4;
    const choices = RINGS.flatMap((radius) =>
      ANGLES.map((angle) => {
        const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
        const [dx, dy] = [cos * (radius + (wide / 2) * Math.abs(cos)), sin * radius];
        return { dx, dy, radius, box: around(here.x + dx, here.y + dy, wide, LINE) };
      }),
    );
    const free = choices.find(
      ({ box }) =>
        box.left >= 0 &&
        box.right <= width &&
        box.top >= -LINE &&
        box.bottom <= height + LINE / 2 &&
        !taken.some((other) => overlap(box, other)) &&
        !marks.some((mark) => overlap(box, mark)),
    );
    const { dx, dy, radius, box } = free ?? choices[0]!;
    taken.push(box);
    return {
      ...{ x, y, text: name, ax: Math.round(dx), ay: Math.round(dy), xanchor: 'center', yanchor: 'middle' },
      ...{ showarrow: true, arrowhead: 0, arrowwidth: 1, standoff: 7, arrowcolor: radius > NEAR ? softInk : 'rgba(0,0,0,0)' },
      font: { size: fontSize - 1, color: ink },
    };
  });
}
