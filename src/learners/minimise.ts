/** Limited-memory BFGS (Nocedal 1980): finds the minimum of a smooth function of many numbers from its gradients. */

export interface Slope {
  value: number;
  gradient: Float64Array;
}

export interface MinimiseOptions {
  iterations: number;
  /** Stops when no entry of the gradient is larger. */
  tolerance: number;
  memory?: number;
  onIteration?: (iteration: number, value: number) => void | Promise<void>;
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
};

const along = (point: Float64Array, direction: Float64Array, step: number): Float64Array =>
  Float64Array.from(point, (value, index) => value + step * direction[index]);

export async function minimise(
  start: Float64Array,
  slopeAt: (point: Float64Array) => Slope,
  { iterations, tolerance, memory = 10, onIteration }: MinimiseOptions,
): Promise<{ point: Float64Array; value: number; iterations: number; converged: boolean }> {
  let point = start;
  let slope = slopeAt(point);
  const past: { moved: Float64Array; turned: Float64Array; scale: number }[] = [];
  const flat = () => slope.gradient.every((entry) => Math.abs(entry) <= tolerance);
  let done = 0;
  while (done < iterations && !flat()) {
    const direction = descent(slope.gradient, past);
    const found = lineSearch(point, slope, direction, slopeAt, past.length === 0);
    // No step lowers the value any more: the numbers' precision is used up.
    if (!found) break;
    const moved = Float64Array.from(found.point, (value, index) => value - point[index]);
    const turned = Float64Array.from(found.slope.gradient, (value, index) => value - slope.gradient[index]);
    const curvature = dot(moved, turned);
    if (curvature > 1e-12 * dot(turned, turned)) {
      past.push({ moved, turned, scale: 1 / curvature });
      if (past.length > memory) past.shift();
    }
    ({ point, slope } = found);
    done++;
    await onIteration?.(done, slope.value);
  }
  return { point, value: slope.value, iterations: done, converged: flat() };
}

/** The two-loop recursion: minus the gradient, turned by what the past steps tell of the curvature. */
function descent(gradient: Float64Array, past: readonly { moved: Float64Array; turned: Float64Array; scale: number }[]): Float64Array {
  const direction = Float64Array.from(gradient, (entry) => -entry);
  const weights = past.map(() => 0);
  const add = (vector: Float64Array, factor: number) => {
    for (let index = 0; index < direction.length; index++) direction[index] += factor * vector[index];
  };
  for (let at = past.length - 1; at >= 0; at--) {
    weights[at] = past[at].scale * dot(past[at].moved, direction);
    add(past[at].turned, -weights[at]);
  }
  const last = past[past.length - 1];
  if (last) {
    const factor = 1 / (last.scale * dot(last.turned, last.turned));
    for (let index = 0; index < direction.length; index++) direction[index] *= factor;
  }
  past.forEach(({ moved, turned, scale }, at) => {
    add(moved, weights[at] - scale * dot(turned, direction));
  });
  return direction;
}

/** A step that lowers the value enough (Armijo) and flattens the slope (Wolfe): by bisection between too long and too short. */
function lineSearch(
  point: Float64Array,
  slope: Slope,
  direction: Float64Array,
  slopeAt: (point: Float64Array) => Slope,
  first: boolean,
): { point: Float64Array; slope: Slope } | undefined {
  const fall = dot(slope.gradient, direction);
  let step = first ? 1 / Math.max(1, Math.sqrt(dot(slope.gradient, slope.gradient))) : 1;
  let [short, long] = [0, Number.POSITIVE_INFINITY];
  let lowest: { point: Float64Array; slope: Slope } | undefined;
  for (let attempt = 0; attempt < 30; attempt++) {
    const next = along(point, direction, step);
    const there = slopeAt(next);
    if (there.value > slope.value + 1e-4 * step * fall) long = step;
    else {
      lowest = { point: next, slope: there };
      if (dot(there.gradient, direction) >= 0.9 * fall) return lowest;
      short = step;
    }
    step = Number.isFinite(long) ? (short + long) / 2 : 2 * step;
  }
  return lowest;
}
