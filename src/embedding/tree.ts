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

/** Levels of the tree. A key has two bits of each, and shares the 53 exact bits of a number with the point that it belongs to. */
const DEPTH = 16;

export function sharedTree(count: number): TreeArrays {
  // Levels with a single child are skipped, so there are fewer than two nodes a point.
  return {
    order: new Int32Array(new SharedArrayBuffer(4 * count)),
    places: new Int32Array(new SharedArrayBuffer(4 * count)),
    geometry: new Float64Array(new SharedArrayBuffer(8 * 3 * (2 * count + 1))),
    links: new Int32Array(new SharedArrayBuffer(4 * 4 * (2 * count + 1))),
  };
}

/** Puts a zero before each of the low sixteen bits. */
function spread(value: number): number {
  let bits = value;
  bits = (bits | (bits << 8)) & 0x00ff00ff;
  bits = (bits | (bits << 4)) & 0x0f0f0f0f;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}

interface Building {
  tree: TreeArrays;
  map: Float64Array;
  /** Keys along the Z-curve, in order. */
  sorted: Uint32Array;
  /** Width of the whole map. */
  width: number;
  next: number;
}

/** Sorts the points along the Z-curve; points in the same smallest cell keep the order of their numbers. */
function sortPoints(tree: TreeArrays, map: Float64Array): { sorted: Uint32Array; width: number } {
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
  const keyed = new Float64Array(count);
  for (let point = 0; point < count; point += 1) {
    const column = Math.min(cells - 1, Math.floor(((map[2 * point] - lowX) / width) * cells));
    const row = Math.min(cells - 1, Math.floor(((map[2 * point + 1] - lowY) / width) * cells));
    const key = (spread(column) | (spread(row) << 1)) >>> 0;
    keyed[point] = key * count + point;
  }
  keyed.sort();
  const sorted = new Uint32Array(count);
  for (let place = 0; place < count; place += 1) {
    const key = Math.floor(keyed[place] / count);
    const point = keyed[place] - key * count;
    sorted[place] = key;
    tree.order[place] = point;
    tree.places[point] = place;
  }
  return { sorted, width };
}

/** Builds the tree for the map as it stands; returns nothing, the arrays hold it. */
export function buildTree(tree: TreeArrays, map: Float64Array): void {
  const { sorted, width } = sortPoints(tree, map);
  const end = addNode({ tree, map, sorted, width, next: 0 }, 0, sorted.length, DEPTH);
  tree.links[2] = end;
}

/** The quarter of a square of this level that a key lies in, together with all that is above it. */
const quarterOf = (key: number, level: number) => (key >>> (2 * (level - 1))) >>> 0;

/** A node and all below it; its centre comes from those of its children. */
function addNode(building: Building, from: number, to: number, startLevel: number): number {
  const { tree, map, sorted } = building;
  const { geometry, links, order } = tree;
  let level = startLevel;
  // A square whose points all lie in one quarter is that quarter.
  while (level > 0 && quarterOf(sorted[from], level) === quarterOf(sorted[to - 1], level)) level -= 1;
  const node = building.next;
  building.next += 1;
  const leaf = level === 0 || to - from === 1;
  let x = 0;
  let y = 0;
  for (let place = from; leaf && place < to; place += 1) {
    x += map[2 * order[place]];
    y += map[2 * order[place] + 1];
  }
  for (let start = from; !leaf && start < to; ) {
    const quarter = quarterOf(sorted[start], level);
    let stop = start + 1;
    while (stop < to && quarterOf(sorted[stop], level) === quarter) stop += 1;
    const child = building.next;
    addNode(building, start, stop, level - 1);
    x += geometry[3 * child] * (stop - start);
    y += geometry[3 * child + 1] * (stop - start);
    start = stop;
  }
  const width = building.width * 2 ** (level - DEPTH);
  geometry[3 * node] = x / (to - from);
  geometry[3 * node + 1] = y / (to - from);
  geometry[3 * node + 2] = width * width;
  links[4 * node] = from;
  links[4 * node + 1] = to;
  links[4 * node + 2] = building.next;
  links[4 * node + 3] = leaf ? 1 : 0;
  return building.next;
}

/** Adds up q² × difference into forces (at 2 × point) and returns the sum of q over all other points. */
export function repulsion(tree: TreeArrays, map: Float64Array, point: number, squaredAngle: number, forces: Float64Array): number {
  const { geometry, links, places } = tree;
  const x = map[2 * point];
  const y = map[2 * point + 1];
  const place = places[point];
  const end = links[2];
  let forceX = 0;
  let forceY = 0;
  let total = 0;
  let node = 0;
  while (node < end) {
    const dx = x - geometry[3 * node];
    const dy = y - geometry[3 * node + 1];
    const squared = dx * dx + dy * dy;
    const from = links[4 * node];
    const to = links[4 * node + 1];
    const own = from <= place && place < to;
    if (links[4 * node + 3] === 0 && (own || geometry[3 * node + 2] >= squaredAngle * squared)) {
      node += 1;
      continue;
    }
    const q = 1 / (1 + squared);
    const weight = (own ? to - from - 1 : to - from) * q;
    total += weight;
    forceX += weight * q * dx;
    forceY += weight * q * dy;
    node = links[4 * node + 2];
  }
  forces[2 * point] = forceX;
  forces[2 * point + 1] = forceY;
  return total;
}
