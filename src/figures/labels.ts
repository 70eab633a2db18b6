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
/** Bold, and with a border. */
const TAG_CHARACTER = 8.4;
const TAG_LINE = 25;
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

/** Where a name stands, from its point in pixels; radius 0: on it. */
interface Place {
  dx: number;
  dy: number;
  radius: number;
}

interface Search {
  rings: readonly number[];
  boxWidth: (name: string) => number;
  boxHeight: number;
  /** How far from each point nothing may stand; 0: points may be covered. */
  clear: number;
}

/** One place for each name, in turn; where nothing is free it takes the first all the same. */
function freePlaces(points: readonly NamedPoint[], { width, height, xRange, yRange }: LabelFrame, search: Search): Place[] {
  const { rings, boxWidth, boxHeight, clear } = search;
  const scaled = points.map(({ x, y }) => ({
    x: (width * (x - xRange[0])) / (xRange[1] - xRange[0]),
    y: height - (height * (y - yRange[0])) / (yRange[1] - yRange[0]),
  }));
  const marks = clear > 0 ? scaled.map(({ x, y }) => around(x, y, 2 * clear, 2 * clear)) : [];
  const taken: Box[] = [];
  return points.map(({ name }, index) => {
    const here = scaled[index]!;
    const wide = boxWidth(name);
    const choices = rings.flatMap((radius) =>
      ANGLES.map((angle) => {
        const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
        const [dx, dy] = radius === 0 ? [0, 0] : [cos * (radius + (wide / 2) * Math.abs(cos)), sin * radius];
        return { dx, dy, radius, box: around(here.x + dx, here.y + dy, wide, boxHeight) };
      }),
    );
    const free = choices.find(
      ({ box }) =>
        box.left >= 0 &&
        box.right <= width &&
        box.top >= -boxHeight &&
        box.bottom <= height + boxHeight / 2 &&
        !taken.some((other) => overlap(box, other)) &&
        !marks.some((mark) => overlap(box, mark)),
    );
    const { box, ...place } = free ?? choices[0]!;
    taken.push(box);
    return place;
  });
}

/** Plotly's annotations, one a point: names beside their points. */
export function placeNames(points: readonly NamedPoint[], frame: LabelFrame): object[] {
  const beside: Search = { rings: RINGS, boxWidth: (name) => CHARACTER * name.length + 4, boxHeight: LINE, clear: POINT };
  return freePlaces(points, frame, beside).map(({ dx, dy, radius }, index) => ({
    ...{ x: points[index]!.x, y: points[index]!.y, text: points[index]!.name },
    ...{ ax: Math.round(dx), ay: Math.round(dy), xanchor: 'center', yanchor: 'middle' },
    ...{ showarrow: true, arrowhead: 0, arrowwidth: 1, standoff: 7, arrowcolor: radius > NEAR ? softInk : 'rgba(0,0,0,0)' },
    font: { size: fontSize - 1, color: ink },
  }));
}

/** Tags in a crowd of points: each on its spot if that is free, else near it on a line. What an annotation needs for that. */
export function placeTags(spots: readonly NamedPoint[], frame: LabelFrame): object[] {
  const upon: Search = { rings: [0, ...RINGS], boxWidth: (name) => TAG_CHARACTER * name.length + 10, boxHeight: TAG_LINE, clear: 0 };
  return freePlaces(spots, frame, upon).map(({ dx, dy, radius }) =>
    radius === 0
      ? { showarrow: false }
      : { showarrow: true, arrowhead: 0, arrowwidth: 1.5, arrowcolor: ink, ax: Math.round(dx), ay: Math.round(dy) },
  );
}
