/** Stained tissue, simply: pink stroma with fibres, violet nuclei; more, larger and rounder nuclei where there is carcinoma. */
import { hashOf, type RandomStream, randomStream } from '../random.js';

const SIDE = 50;
const NOISE_SIDE = 256;

type Colour = readonly [red: number, green: number, blue: number];

/** A patient's stain and how dense the tissue is. */
interface Patient {
  readonly ground: Colour;
  readonly nucleus: Colour;
  readonly density: number;
  readonly fibre: number;
}

export function patientOf(seed: number, patient: number): Patient {
  const random = randomStream(seed, patient, 0x9a71);
  const strength = random.between(0.75, 1.2);
  const near = (value: number, spread: number) => Math.max(0, Math.min(255, value + random.normal() * spread));
  return {
    ground: [near(228, 8), near(185 - 25 * (strength - 1), 14), near(210, 9)],
    nucleus: [near(125 - 40 * (strength - 1), 14), near(85, 14), near(150, 12)],
    density: random.between(0.7, 1.35),
    fibre: random.between(8, 26),
  };
}

/** Smooth noise that repeats at its edges, made once. */
function smoothNoise(seed: number): Float32Array {
  const noise = new Float32Array(NOISE_SIDE * NOISE_SIDE);
  for (const [cell, weight] of [
    [16, 0.5],
    [8, 0.3],
    [4, 0.2],
  ] as const) {
    const cells = NOISE_SIDE / cell;
    const corner = (x: number, y: number) => hashOf(seed, cell, x % cells, y % cells) / 2147483648 - 1;
    for (let y = 0; y < NOISE_SIDE; y += 1) {
      for (let x = 0; x < NOISE_SIDE; x += 1) {
        const [cx, cy] = [Math.floor(x / cell), Math.floor(y / cell)];
        const [fx, fy] = [(x % cell) / cell, (y % cell) / cell];
        const top = corner(cx, cy) * (1 - fx) + corner(cx + 1, cy) * fx;
        const bottom = corner(cx, cy + 1) * (1 - fx) + corner(cx + 1, cy + 1) * fx;
        noise[y * NOISE_SIDE + x]! += weight * (top * (1 - fy) + bottom * fy);
      }
    }
  }
  return noise;
}

function paintGround(target: Uint8ClampedArray, patient: Patient, noise: Float32Array, random: RandomStream): void {
  const [ox, oy] = [random.below(NOISE_SIDE), random.below(NOISE_SIDE)];
  const fat = random.uniform() < 0.15;
  for (let y = 0; y < SIDE; y += 1) {
    const line = ((y + oy) % NOISE_SIDE) * NOISE_SIDE;
    for (let x = 0; x < SIDE; x += 1) {
      const wave = noise[line + ((x + ox) % NOISE_SIDE)]!;
      const at = (y * SIDE + x) * 3;
      const empty = fat && wave > 0.05;
      target[at] = empty ? 240 : patient.ground[0] + wave * patient.fibre;
      target[at + 1] = empty ? 236 : patient.ground[1] + wave * patient.fibre * 2.2;
      target[at + 2] = empty ? 240 : patient.ground[2] + wave * patient.fibre;
    }
  }
}

function paintNucleus(target: Uint8ClampedArray, colour: Colour, radius: number, stretch: number, random: RandomStream): void {
  const [cx, cy] = [random.between(0, SIDE), random.between(0, SIDE)];
  const angle = random.between(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = Math.ceil(radius * stretch + 1);
  const dark = random.between(0.8, 1.15);
  for (let y = Math.max(0, Math.floor(cy) - reach); y <= Math.min(SIDE - 1, Math.floor(cy) + reach); y += 1) {
    for (let x = Math.max(0, Math.floor(cx) - reach); x <= Math.min(SIDE - 1, Math.floor(cx) + reach); x += 1) {
      const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy];
      const distance = Math.hypot((dx * cos + dy * sin) / stretch, -dx * sin + dy * cos);
      const cover = Math.max(0, Math.min(1, radius + 0.5 - distance)) * 0.85;
      if (cover === 0) continue;
      const at = (y * SIDE + x) * 3;
      for (let channel = 0; channel < 3; channel += 1)
        target[at + channel] = target[at + channel]! * (1 - cover) + colour[channel]! * dark * cover;
    }
  }
}

/** Draws one patch for each label and patient; patch i depends on the seed, on i and on its patient alone. */
export function drawTissue(labels: Uint8Array, groups: Int32Array, seed: number): Uint8Array {
  const pixels = new Uint8Array(labels.length * SIDE * SIDE * 3);
  const noise = smoothNoise(seed);
  const patients = new Map<number, Patient>();
  for (let patch = 0; patch < labels.length; patch += 1) {
    const random = randomStream(seed, patch, 0x715);
    const group = groups[patch]!;
    const patient = patients.get(group) ?? patientOf(seed, group);
    patients.set(group, patient);
    const target = new Uint8ClampedArray(pixels.buffer, patch * SIDE * SIDE * 3, SIDE * SIDE * 3);
    paintGround(target, patient, noise, random);
    const tumour = labels[patch] === 1;
    const nuclei = Math.round(patient.density * Math.max(2, (tumour ? 24 : 14) + random.normal() * 7));
    for (let nucleus = 0; nucleus < nuclei; nucleus += 1) {
      const radius = Math.max(1, (tumour ? 3 : 2.3) + random.normal() * 0.6);
      paintNucleus(target, patient.nucleus, radius, tumour ? random.between(1, 1.6) : random.between(1, 2.6), random);
    }
  }
  return pixels;
}
