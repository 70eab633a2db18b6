/** A small grey canvas: rows of soft-edged spans and pen strokes, fast enough for 60,000 images in seconds. */

export interface Canvas {
  readonly side: number;
  readonly values: Float32Array;
}

export function newCanvas(side: number): Canvas {
  return { side, values: new Float32Array(side * side) };
}

/** Fills a row from x0 to x1 (pixel centres at whole numbers + 0.5) with a shade; fractions at the ends blend. */
export function span(canvas: Canvas, row: number, x0: number, x1: number, shade: number): void {
  const { side, values } = canvas;
  if (row < 0 || row >= side || x1 <= x0) return;
  const from = Math.max(0, Math.floor(x0));
  const to = Math.min(side - 1, Math.floor(x1));
  for (let x = from; x <= to; x += 1) {
    const cover = Math.min(x + 1, x1) - Math.max(x, x0);
    if (cover <= 0) continue;
    const index = row * side + x;
    values[index] = values[index]! * (1 - cover) + shade * cover;
  }
}

/** Points with a straight line between neighbours: [at, value] pairs in rising order. */
export type Course = ReadonlyArray<readonly [at: number, value: number]>;

export function along(course: Course, at: number): number {
  let before = course[0]!;
  if (at <= before[0]) return before[1];
  for (let index = 1; index < course.length; index += 1) {
    const next = course[index]!;
    if (at <= next[0]) return before[1] + ((next[1] - before[1]) * (at - before[0])) / Math.max(1e-6, next[0] - before[0]);
    before = next;
  }
  return before[1];
}

/** A straight pen stroke with a round, soft tip; overlapping strokes do not add up. */
export function stroke(canvas: Canvas, x0: number, y0: number, x1: number, y1: number, radius: number, ink: number): void {
  const { side, values } = canvas;
  const reach = radius + 1;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(side - 1, Math.ceil(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(side - 1, Math.ceil(Math.max(y0, y1) + reach));
  const dx = x1 - x0;
  const dy = y1 - y0;
  const square = dx * dx + dy * dy || 1e-9;
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      const px = x + 0.5 - x0;
      const py = y + 0.5 - y0;
      const t = Math.max(0, Math.min(1, (px * dx + py * dy) / square));
      const distance = Math.hypot(px - t * dx, py - t * dy);
      const value = ink * Math.max(0, Math.min(1, radius + 0.5 - distance));
      const index = y * side + x;
      if (value > values[index]!) values[index] = value;
    }
  }
}

/** Rounds the canvas into bytes and wipes it for the next image. */
export function takeBytes(canvas: Canvas, target: Uint8Array, offset: number): void {
  const { values } = canvas;
  for (let index = 0; index < values.length; index += 1) {
    target[offset + index] = Math.max(0, Math.min(255, Math.round(values[index]! * 255)));
  }
  values.fill(0);
}
