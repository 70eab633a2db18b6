/** PNG files from pixels, and smaller PNG files from large ones: a figure has few colours, so a palette and a good compression suffice. */
import { deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = crcTable[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type: string, contents: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), contents]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(contents.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, check]);
}

function header(width: number, height: number, depth: number, colourType: number): Buffer {
  const contents = Buffer.alloc(13);
  contents.writeUInt32BE(width, 0);
  contents.writeUInt32BE(height, 4);
  contents[8] = depth;
  contents[9] = colourType;
  return chunk('IHDR', contents);
}

/** Pixels in rows of red, green, blue. */
export interface Raster {
  width: number;
  height: number;
  rgb: Uint8Array;
}

const grey = 0;
const truecolour = 2;
const indexed = 3;

/** A PNG of the raster; grey ones take a third. */
export function encodePng({ width, height, rgb }: Raster): Buffer {
  let isGrey = true;
  for (let at = 0; at < rgb.length && isGrey; at += 3) isGrey = rgb[at] === rgb[at + 1] && rgb[at] === rgb[at + 2];
  const bytes = isGrey ? 1 : 3;
  const lines = Buffer.alloc(height * (1 + width * bytes));
  for (let row = 0; row < height; row++) {
    const to = row * (1 + width * bytes) + 1;
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * 3;
      if (isGrey) lines[to + column] = rgb[from];
      else for (let channel = 0; channel < 3; channel++) lines[to + column * 3 + channel] = rgb[from + channel];
    }
  }
  const contents = deflateSync(lines, { level: 9 });
  return Buffer.concat([
    signature,
    header(width, height, 8, isGrey ? grey : truecolour),
    chunk('IDAT', contents),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The raster of a PNG with 8-bit RGB or RGBA pixels, the form that the renderer writes; undefined for any other form. */
export function decodePng(file: Buffer): Raster | undefined {
  if (!file.subarray(0, 8).equals(signature)) return undefined;
  const parts: Buffer[] = [];
  let [width, height, bytes] = [0, 0, 0];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const contents = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      width = contents.readUInt32BE(0);
      height = contents.readUInt32BE(4);
      const colourType = contents[9];
      if (contents[8] !== 8 || contents[12] !== 0 || (colourType !== truecolour && colourType !== 6)) return undefined;
      bytes = colourType === truecolour ? 3 : 4;
    } else if (type === 'IDAT') parts.push(contents);
    at += 12 + length;
  }
  const lines = inflateSync(Buffer.concat(parts));
  const stride = width * bytes;
  const rgb = new Uint8Array(width * height * 3);
  let previous = new Uint8Array(stride);
  for (let row = 0; row < height; row++) {
    const filter = lines[row * (stride + 1)];
    const line = Uint8Array.from(lines.subarray(row * (stride + 1) + 1, (row + 1) * (stride + 1)));
    unfilter(line, previous, filter, bytes);
    for (let column = 0; column < width; column++) {
      const opacity = bytes === 4 ? line[column * 4 + 3] / 255 : 1;
      for (let channel = 0; channel < 3; channel++)
        rgb[(row * width + column) * 3 + channel] = Math.round(line[column * bytes + channel] * opacity + 255 * (1 - opacity));
    }
    previous = line;
  }
  return { width, height, rgb };
}

/** Undoes a line's filter in place, as the PNG standard numbers them. */
function unfilter(line: Uint8Array, above: Uint8Array, filter: number, bytes: number): void {
  for (let at = 0; at < line.length; at++) {
    const left = at >= bytes ? line[at - bytes] : 0;
    const up = above[at];
    const corner = at >= bytes ? above[at - bytes] : 0;
    if (filter === 1) line[at] += left;
    else if (filter === 2) line[at] += up;
    else if (filter === 3) line[at] += (left + up) >> 1;
    else if (filter === 4) {
      const guess = left + up - corner;
      const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      line[at] += byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    }
  }
}

const SLOTS = 256;
/** A colour that covers this share of a picture is kept as it is: a faint thin line, rounded with the paper around it, would vanish in it. */
const KEPT_SHARE = 1 / 5000;
/** So many at the most: the rest of the palette is for the shades between. */
const MOST_KEPT = 128;

const channelsOf = (colour: number): [number, number, number] => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];

/** How many pixels have each colour. */
function countColours(rgb: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = (rgb[at] << 16) | (rgb[at + 1] << 8) | rgb[at + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return counts;
}

/** Puts like colours together, in steps that grow until there are few enough; each group is shown as the mean of its pixels. */
function grouped(colours: readonly [colour: number, count: number][], most: number): { colours: number[]; places: Map<number, number> } {
  for (let step = 2; ; step = step < 4 ? step + 1 : step * 1.5) {
    const found = new Map<number, number>();
    const places = new Map<number, number>();
    const sums: number[][] = [];
    for (const [colour, count] of colours) {
      const channels = channelsOf(colour);
      const [red, green, blue] = channels.map((channel) => Math.round(channel / step));
      const key = (red << 16) | (green << 8) | blue;
      const place = found.get(key) ?? found.size;
      if (place === most) break;
      found.set(key, place);
      places.set(colour, place);
      sums[place] ??= [0, 0, 0, 0];
      channels.forEach((channel, at) => {
        sums[place][at] += channel * count;
      });
      sums[place][3] += count;
    }
    if (places.size < colours.length) continue;
    return { colours: sums.flatMap(([red, green, blue, count]) => [red, green, blue].map((sum) => Math.round(sum / count))), places };
  }
}

/** At most 256 colours: the exact ones where they suffice, else those that cover most exactly and the others by groups. */
function palette(rgb: Uint8Array): { index: Uint8Array; colours: number[] } {
  const pixels = rgb.length / 3;
  const counts = [...countColours(rgb)];
  const exact =
    counts.length <= SLOTS
      ? counts
      : counts
          .filter(([, count]) => count >= pixels * KEPT_SHARE)
          .sort(([, one], [, other]) => other - one)
          .slice(0, MOST_KEPT);
  const places = new Map(exact.map(([colour], place) => [colour, place]));
  const colours = exact.flatMap(([colour]) => channelsOf(colour));
  const others = counts.filter(([colour]) => !places.has(colour));
  if (others.length > 0) {
    const groups = grouped(others, SLOTS - exact.length);
    for (const [colour, place] of groups.places) places.set(colour, exact.length + place);
    colours.push(...groups.colours);
  }
  const index = new Uint8Array(pixels);
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 3)
    index[pixel] = places.get((rgb[at] << 16) | (rgb[at + 1] << 8) | rgb[at + 2])!;
  return { index, colours };
}

/** The same picture with a palette of at most 256 colours, where that is smaller. */
export function shrinkPng(file: Buffer): Buffer {
  const raster = decodePng(file);
  if (!raster) return file;
  const { width, height, rgb } = raster;
  const { index, colours } = palette(rgb);
  const lines = Buffer.alloc(height * (width + 1));
  for (let row = 0; row < height; row++) lines.set(index.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  const small = Buffer.concat([
    signature,
    header(width, height, 8, indexed),
    chunk('PLTE', Buffer.from(colours)),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return small.length < file.length ? small : file;
}
