/** A quadtree over the map in shared arrays: points sorted along a Z-curve, nodes in depth-first order, so that a walk needs no stack. */

export interface TreeArrays {
  order: Int32Array;
  /** Place of each point in the order. */
  places: Int32Array;
  /** Per node: centre x, centre y, squared width. */
  geometry: Float64Array;
  /** Per node: first place, place after the last, the node to go on with when this one is not opened, 1 for a leaf. */
  links: Int32Array;
}

const DEPTH = 20;

export function sharedTree(count: number): TreeArrays {
  // Levels with a single child are skipped, so there are fewer than two nodes a point.
  return {
    order: new Int32Array(new SharedArrayBuffer(4 * count)),
    places: new Int32Array(new SharedArrayBuffer(4 * count)),
    geometry: new Float64Array(new SharedArrayBuffer(8 * 3 * (2 * count + 1))),
    links: new Int32Array(new SharedArrayBuffer(4 * 4 * (2 * count + 1))),
  };
}

function spread(value: number): number {
  let result = 0;
  let weight = 1;
  for (let bit = 0; bit < DEPTH; bit += 1) {
    if ((value >> bit) & 1) result += weight;
    weight *= 4;
  }
  return result;
}

/** Builds the tree for the map as it stands; returns nothing, the arrays hold it. */
export function buildTree(tree: TreeArrays, map: Float64Array): void {
  const count = map.length / 2;
  let [lowX, lowY, highX, highY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let point = 0; point < count; point += 1) {
    lowX = Math.min(lowX, map[2 * point]);
    highX = Math.max(highX, map[2 * point]);
    lowY = Math.min(lowY, map[2 * point + 1]);
    highY = Math.max(highY, map[2 * point + 1]);
  }
  const width = Math.max(highX - lowX, highY - lowY, 1e-12);
  const cells = 2 ** DEPTH;
  const cell = (value: number, low: number) => Math.min(cells - 1, Math.floor(((value - low) / width) * cells));
  const keys = new Float64Array(count);
  for (let point = 0; point < count; point += 1)
    keys[point] = spread(cell(map[2 * point], lowX)) + 2 * spread(cell(map[2 * point + 1], lowY));
  tree.order.set(Int32Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b] || a - b));
  const sorted = Float64Array.from(tree.order, (point) => keys[point]);
  for (let place = 0; place < count; place += 1) tree.places[tree.order[place]] = place;
  const end = addNode({ tree, map, sorted, width, next: 0 }, 0, count, DEPTH);
  tree.links[2] = end;
}

interface Building {
  tree: TreeArrays;
  map: Float64Array;
  sorted: Float64Array;
  width: number;
  next: number;
}

function addNode(building: Building, from: number, to: number, startLevel: number): number {
  const { tree, map, sorted } = building;
  let level = startLevel;
  // A square whose points all lie in one quarter is that quarter.
  while (level > 0 && Math.floor(sorted[from] / 4 ** (level - 1)) === Math.floor(sorted[to - 1] / 4 ** (level - 1))) level -= 1;
  const node = building.next;
  building.next += 1;
  let [x, y] = [0, 0];
  for (let place = from; place < to; place += 1) {
    x += map[2 * tree.order[place]];
    y += map[2 * tree.order[place] + 1];
  }
  const width = building.width * 2 ** (level - DEPTH);
  tree.geometry.set([x / (to - from), y / (to - from), width * width], 3 * node);
  const leaf = level === 0 || to - from === 1;
  for (let start = from; !leaf && start < to; ) {
    const quarter = Math.floor(sorted[start] / 4 ** (level - 1));
    let stop = start + 1;
    while (stop < to && Math.floor(sorted[stop] / 4 ** (level - 1)) === quarter) stop += 1;
    addNode(building, start, stop, level - 1);
    start = stop;
  }
  tree.links.set([from, to, building.next, leaf ? 1 : 0], 4 * node);
  return building.next;
}

/** Adds up q² × difference into forces (at 2 × point) and returns the sum of q over all other points. */
export function repulsion(tree: TreeArrays, map: Float64Array, point: number, squaredAngle: number, forces: Float64Array): number {
  const { geometry, links, places } = tree;
  const [x, y, place, end] = [map[2 * point], map[2 * point + 1], places[point], links[2]];
  let [forceX, forceY, total, node] = [0, 0, 0, 0];
  while (node < end) {
    const [from, to, leaf] = [links[4 * node], links[4 * node + 1], links[4 * node + 3]];
    const [dx, dy] = [x - geometry[3 * node], y - geometry[3 * node + 1]];
    const squared = dx * dx + dy * dy;
    const own = from <= place && place < to;
    if (leaf === 0 && (own || geometry[3 * node + 2] >= squaredAngle * squared)) {
      node += 1;
      continue;
    }
    const q = 1 / (1 + squared);
    const weight = (to - from - (own ? 1 : 0)) * q;
    total += weight;
    forceX += weight * q * dx;
    forceY += weight * q * dy;
    node = links[4 * node + 2];
  }
  forces[2 * point] = forceX;
  forces[2 * point + 1] = forceY;
  return total;
}
