/** One thread of a t-SNE layout. Every thread moves its own points; sums run in the order of the points, so the number of threads changes no bit. */
import { workerData } from 'node:worker_threads';
import type { Affinities } from './affinities.js';
import { buildTree, repulsion, type TreeArrays } from './tree.js';

export interface LayoutPhase {
  iterations: number;
  exaggeration: number;
  learningRate: number;
  momentum: number;
}

export interface LayoutJob {
  thread: number;
  threads: number;
  affinities: Affinities;
  map: Float64Array;
  forces: Float64Array;
  /** Sum of q of each point. */
  sums: Float64Array;
  tree: TreeArrays;
  squaredAngle: number;
  phases: LayoutPhase[];
  /** [threads waiting, round, iterations done, stop asked, stop decided]. */
  control: Int32Array;
}

const LONGEST_STEP = 5;

function meet({ control, threads }: LayoutJob): void {
  const round = Atomics.load(control, 1);
  if (Atomics.add(control, 0, 1) === threads - 1) {
    Atomics.store(control, 0, 0);
    Atomics.add(control, 1, 1);
    Atomics.notify(control, 1);
    return;
  }
  while (Atomics.load(control, 1) === round) Atomics.wait(control, 1, round);
}

function centre(map: Float64Array): void {
  const count = map.length / 2;
  let [x, y] = [0, 0];
  for (let point = 0; point < count; point += 1) {
    x += map[2 * point] / count;
    y += map[2 * point + 1] / count;
  }
  for (let point = 0; point < count; point += 1) {
    map[2 * point] -= x;
    map[2 * point + 1] -= y;
  }
}

interface Motion {
  from: number;
  to: number;
  velocity: Float64Array;
  gains: Float64Array;
}

function attraction({ affinities, map }: LayoutJob, point: number, force: Float64Array): void {
  const { starts, columns, values } = affinities;
  const x = map[2 * point];
  const y = map[2 * point + 1];
  let forceX = 0;
  let forceY = 0;
  for (let at = starts[point]; at < starts[point + 1]; at += 1) {
    const other = columns[at];
    const dx = x - map[2 * other];
    const dy = y - map[2 * other + 1];
    const pull = values[at] / (1 + dx * dx + dy * dy);
    forceX += pull * dx;
    forceY += pull * dy;
  }
  force[0] = forceX;
  force[1] = forceY;
}

/** Gradients of this thread's points from the map as all threads see it, in place of the raw forces. */
function gradients(job: LayoutJob, { from, to }: Motion, exaggeration: number): void {
  let normaliser = 0;
  for (let point = 0; point < job.sums.length; point += 1) normaliser += job.sums[point];
  const pull = new Float64Array(2);
  for (let point = from; point < to; point += 1) {
    attraction(job, point, pull);
    for (let axis = 0; axis < 2; axis += 1)
      job.forces[2 * point + axis] = exaggeration * pull[axis] - job.forces[2 * point + axis] / Math.max(normaliser, Number.MIN_VALUE);
  }
}

/** Momentum and gains per coordinate; no step is longer than five units. */
function move(job: LayoutJob, { from, to, velocity, gains }: Motion, phase: LayoutPhase): void {
  for (let at = 2 * from; at < 2 * to; at += 1) {
    const gradient = job.forces[at];
    const own = at - 2 * from;
    gains[own] = gradient > 0 !== velocity[own] > 0 ? gains[own] + 0.2 : Math.max(0.01, gains[own] * 0.8);
    velocity[own] = phase.momentum * velocity[own] - phase.learningRate * gains[own] * gradient;
  }
  for (let point = from; point < to; point += 1) {
    const own = 2 * (point - from);
    const length = Math.hypot(velocity[own], velocity[own + 1]);
    const scale = length > LONGEST_STEP ? LONGEST_STEP / length : 1;
    for (let axis = 0; axis < 2; axis += 1) {
      velocity[own + axis] *= scale;
      job.map[2 * point + axis] += velocity[own + axis];
    }
  }
}

function iterate(job: LayoutJob, motion: Motion, phase: LayoutPhase): boolean {
  if (job.thread === 0) {
    centre(job.map);
    buildTree(job.tree, job.map);
    // All threads must stop in the same round, so one decides.
    Atomics.store(job.control, 4, Atomics.load(job.control, 3));
  }
  meet(job);
  if (Atomics.load(job.control, 4) === 1) return false;
  // Neighbours on the map one after the other: their walks through the tree are nearly the same.
  for (let place = motion.from; place < motion.to; place += 1) {
    const point = job.tree.order[place];
    job.sums[point] = repulsion(job.tree, job.map, point, job.squaredAngle, job.forces);
  }
  meet(job);
  gradients(job, motion, phase.exaggeration);
  meet(job);
  move(job, motion, phase);
  meet(job);
  if (job.thread === 0) Atomics.add(job.control, 2, 1);
  return true;
}

function layOut(job: LayoutJob): void {
  const count = job.sums.length;
  const from = Math.floor((job.thread * count) / job.threads);
  const to = Math.floor(((job.thread + 1) * count) / job.threads);
  for (const phase of job.phases) {
    const motion = { from, to, velocity: new Float64Array(2 * (to - from)), gains: new Float64Array(2 * (to - from)).fill(1) };
    for (let iteration = 0; iteration < phase.iterations; iteration += 1) if (!iterate(job, motion, phase)) return;
  }
  if (job.thread === 0) centre(job.map);
}

if (workerData) layOut(workerData as LayoutJob);
