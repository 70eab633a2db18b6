/** Pictures of data: grids of examples, maps of values, feature maps, a kernel at work. */
import type { ImageSet } from '../data/index.js';
import { type ColourMap, colourised, extent, plotlyScale, range } from './colourmaps.js';
import { grouped, listed, readable, significant } from './numbers.js';
import type { Raster } from './png.js';
import { Sheet } from './sheet.js';
import { claimInk, colourOf, fontSize, ink, paper, readableOn, softInk } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

/** One image of a set as red, green, blue. Garments and digits are drawn as they are stored: light on dark. */
function rasterOf(set: ImageSet, position: number): Raster {
  const { width, height, channels, pixels } = set;
  const size = width * height * channels;
  if (position < 0 || position >= set.count)
    throw new RangeError(`Image ${position} is asked for; ${set.name} (${set.split}) has 0 to ${set.count - 1}.`);
  const bytes = pixels.subarray(position * size, (position + 1) * size);
  if (channels === 3) return { width, height, rgb: Uint8Array.from(bytes) };
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) rgb.fill(bytes[at * channels], at * 3, at * 3 + 3);
  return { width, height, rgb };
}

/** Rasters of one size side by side in one raster, with a gap; one image trace instead of many. */
function atlas(tiles: readonly Raster[], columns: number, gapX: number, gapY: number): Raster {
  const { width: tileWidth, height: tileHeight } = tiles[0];
  const rows = Math.ceil(tiles.length / columns);
  const width = columns * tileWidth + (columns - 1) * gapX;
  const height = rows * tileHeight + (rows - 1) * gapY;
  const rgb = new Uint8Array(width * height * 3);
  const background = [1, 3, 5].map((at) => Number.parseInt(paper.slice(at, at + 2), 16));
  for (let at = 0; at < rgb.length; at++) rgb[at] = background[at % 3];
  tiles.forEach((tile, index) => {
    const left = (index % columns) * (tileWidth + gapX);
    const top = Math.floor(index / columns) * (tileHeight + gapY);
    for (let row = 0; row < tileHeight; row++)
      rgb.set(tile.rgb.subarray(row * tileWidth * 3, (row + 1) * tileWidth * 3), ((top + row) * width + left) * 3);
  });
  return { width, height, rgb };
}

export interface ImageGridOptions extends FigureOptions {
  columns?: number;
  /** Predicted class of each drawn image: shown under the true one, wrong ones in red. */
  predicted?: ArrayLike<number>;
  /** Captions instead of class names. */
  captions?: readonly string[];
}

/** The images of a set at these positions, with their class and, where given, the predicted one. */
export function imageGrid(set: ImageSet, positions: ArrayLike<number>, options: ImageGridOptions = {}): Figure {
  const count = positions.length;
  if (count === 0) throw new RangeError('imageGrid: no positions given; name at least one image.');
  const { predicted, captions, columns = Math.min(count, 8) } = options;
  const rows = Math.ceil(count / columns);
  const captionHeight = predicted ? 44 : 24;
  const pitch = (new Sheet(0).width + 10) / columns;
  // The gap between tiles is a whole number of image pixels, so that all tiles fit into one picture.
  const gapPixels = Math.max(1, Math.round((set.width * 10) / (pitch - 10)));
  const perPixel = Math.min((pitch * columns - 10) / (columns * set.width + (columns - 1) * gapPixels), 128 / set.width);
  const tile = perPixel * set.width;
  const tileHeight = perPixel * set.height;
  const gapY = Math.ceil(captionHeight / perPixel);
  const sheet = new Sheet(rows * (tileHeight + gapY * perPixel) + 4);
  const total = columns * tile + (columns - 1) * gapPixels * perPixel;
  const left = (sheet.width - total) / 2;
  const tiles = Array.from({ length: count }, (_, index) => rasterOf(set, positions[index]));
  const whole = atlas(tiles, columns, gapPixels, gapY);
  sheet.image(whole, left, 0, whole.width * perPixel, whole.height * perPixel);
  const size = Math.max(12, Math.min(fontSize - 1, Math.floor(tile / 6.2)));
  let wrong = 0;
  for (let index = 0; index < count; index++) {
    const position = positions[index];
    const x = left + (index % columns) * (tile + gapPixels * perPixel) + tile / 2;
    const y = Math.floor(index / columns) * (tileHeight + gapY * perPixel) + tileHeight + 3;
    const actual = set.classNames[set.labels[position]];
    const missed = predicted !== undefined && predicted[index] !== set.labels[position];
    if (missed) wrong++;
    const guess = predicted
      ? `<br><span style="color:${missed ? claimInk : colourOf(0)}">${missed ? '✗ ' : '✓ '}${set.classNames[predicted[index]]}</span>`
      : '';
    sheet.text(x, y, captions ? captions[index] : `${actual}${guess}`, { vertical: 'top', size });
    sheet.hover(
      x,
      y - tileHeight / 2,
      `image ${set.indices[position]} (${set.split})<br>${actual}${predicted ? `<br>predicted ${set.classNames[predicted[index]]}` : ''}`,
    );
  }
  const classes = [...new Set(Array.from({ length: count }, (_, index) => set.classNames[set.labels[positions[index]]]))];
  const description = `${count} images of ${set.name} (${set.split}): ${listed(classes)}${predicted ? `; true class above, predicted class below, ${wrong} of ${count} wrong` : ''}.`;
  return sheet.finish(description, { provenance: set.provenance, ...options });
}

export interface ClassExampleOptions extends FigureOptions {
  /** Examples per class; default 10. */
  perClass?: number;
}

/** One row per class: its name and its first examples. */
export function classExamples(set: ImageSet, options: ClassExampleOptions = {}): Figure {
  const { perClass = 10 } = options;
  const positions = set.classNames.map((_, label) => {
    const found: number[] = [];
    for (let index = 0; index < set.count && found.length < perClass; index++) if (set.labels[index] === label) found.push(index);
    return found;
  });
  const rows = set.classNames.length;
  const [labelWidth, gap] = [150, 4];
  const room = new Sheet(0).width - labelWidth;
  const tile = Math.min(rows > 4 ? 68 : 110, Math.floor(room / perClass) - gap);
  const pitch = tile + gap;
  const sheet = new Sheet(rows * pitch);
  positions.forEach((members, label) => {
    const y = label * pitch;
    const colour = colourOf(label);
    sheet.box(
      0,
      y + 2,
      labelWidth - 12,
      tile - 4,
      set.classNames[label] === String(label) ? String(label) : `${label} · ${set.classNames[label]}`,
      {
        fill: colour,
        line: colour,
        text: { colour: readableOn(colour) },
      },
    );
    if (members.length === 0) {
      sheet.text(labelWidth, y + tile / 2, 'no example in this set', { align: 'left', colour: softInk });
      return;
    }
    const row = atlas(
      members.map((index) => rasterOf(set, index)),
      members.length,
      Math.max(1, Math.round((gap * set.width) / tile)),
      0,
    );
    const scale = tile / set.height;
    sheet.image(row, labelWidth, y, row.width * scale, tile);
    members.forEach((index, at) => {
      sheet.hover(
        labelWidth + at * pitch + tile / 2,
        y + tile / 2,
        `image ${set.indices[index]} (${set.split})<br>${set.classNames[label]}`,
      );
    });
  });
  const description = `${rows} classes of ${set.name} (${set.split}, ${grouped(set.count)} images), ${perClass} examples each: ${listed(set.classNames.map((name, label) => `${label} ${name}`))}.`;
  return sheet.finish(description, { provenance: set.provenance, ...options });
}

export interface ValueGrid {
  name: string;
  values: ArrayLike<number>;
  height: number;
  width: number;
  /** Small print under the name. */
  note?: string;
}

export interface HeatmapGridOptions extends FigureOptions {
  columns?: number;
  colours?: ColourMap;
  /** One colour scale for all, or each its own. Default: shared. */
  shared?: boolean;
  /** Ends of the shared scale; default: smallest and largest value (symmetric around zero for diverging colours). */
  range?: [number, number];
  /** What the values are, for the colour bar. */
  unit?: string;
}

/** Maps of values side by side: weights, averages, differences, probabilities. */
export function heatmapGrid(grids: readonly ValueGrid[], options: HeatmapGridOptions = {}): Figure {
  if (grids.length === 0) throw new RangeError('heatmapGrid: no maps given.');
  const { columns = Math.min(grids.length, 5), colours = 'sequential', shared = true, unit = 'value' } = options;
  const rows = Math.ceil(grids.length / columns);
  const barWidth = shared ? 90 : 0;
  const room = new Sheet(0).width - barWidth;
  const pitch = room / columns;
  const tile = Math.min(pitch - 12, 300);
  const shapeRatio = Math.max(...grids.map((grid) => grid.height / grid.width));
  const rowHeight = tile * Math.min(1.6, shapeRatio) + 26 + (grids.some((grid) => grid.note) ? 20 : 0);
  const sheet = new Sheet(rows * rowHeight);
  const ends = (values: ArrayLike<number>): [number, number] => {
    const [low, high] = extent(values);
    if (colours !== 'diverging') return [low, high];
    const most = Math.max(Math.abs(low), Math.abs(high));
    return [-most, most];
  };
  const common = options.range ?? ends(grids.flatMap((grid) => [...extent(grid.values)]));
  grids.forEach((grid, index) => {
    if (grid.values.length !== grid.width * grid.height)
      throw new RangeError(`heatmapGrid: "${grid.name}" has ${grid.values.length} values, ${grid.height} × ${grid.width} are needed.`);
    const [low, high] = shared ? common : ends(grid.values);
    const x = (index % columns) * pitch;
    const y = Math.floor(index / columns) * rowHeight;
    const scale = Math.min(tile / grid.width, (tile * 1.6) / grid.height);
    const [width, height] = [grid.width * scale, grid.height * scale];
    sheet.text(x + width / 2, y + 11, grid.name, { size: Math.min(fontSize, Math.max(11, pitch / 9)) });
    sheet.image({ width: grid.width, height: grid.height, rgb: colourised(grid.values, colours, low, high) }, x, y + 24, width, height);
    sheet.box(x, y + 24, width, height, '', { fill: 'rgba(0,0,0,0)', line: softInk, lineWidth: 1, rounded: false, layer: 'above' });
    if (grid.note) sheet.text(x + width / 2, y + 26 + height, grid.note, { vertical: 'top', size: fontSize - 2, colour: softInk });
    const [least, most] = range(grid.values);
    sheet.hover(
      x + width / 2,
      y + 24 + height / 2,
      `${grid.name}: ${readable(significant(least, 3))} to ${readable(significant(most, 3))}`,
    );
  });
  const sentences = grids.map((grid) => {
    const [low, high] = range(grid.values);
    return `${grid.name} from ${readable(significant(low, 3))} to ${readable(significant(high, 3))}`;
  });
  const figure = sheet.finish(
    `${grids.length} maps of ${unit}: ${sentences.slice(0, 20).join('; ')}${sentences.length > 20 ? '; …' : ''}.`,
    options,
  );
  if (shared) addColourBar(figure, colours, common, unit);
  return figure;
}

/** A colour bar at the right edge, on a point that is not seen. */
export function addColourBar(figure: Figure, colours: ColourMap, [low, high]: [number, number], unit: string): void {
  figure.data.push({
    type: 'scatter',
    mode: 'markers',
    x: [0],
    y: [0],
    hoverinfo: 'skip',
    showlegend: false,
    marker: {
      size: 0.1,
      opacity: 0,
      color: [low],
      cmin: significant(low, 3),
      cmax: significant(high, 3),
      colorscale: plotlyScale(colours),
      showscale: true,
      colorbar: {
        title: { text: unit, side: 'right', font: { size: fontSize } },
        thickness: 16,
        len: 0.9,
        x: 1,
        xanchor: 'right',
        xpad: 0,
        tickfont: { size: fontSize - 1 },
        nticks: 6,
        outlinewidth: 0,
      },
    },
  } as object as Figure['data'][number]);
}

export interface FeatureStage {
  name: string;
  /** Values of one example behind this layer, with shape [height, width, channels] or [units]. */
  values: ArrayLike<number>;
  shape: readonly number[];
}

export interface FeatureMapOptions extends FigureOptions {
  /** Maps drawn per stage; default 6. */
  mapsPerStage?: number;
  /** Names of the last stage's units. */
  classNames?: readonly string[];
}

/** One image on its way through a network: every stage's maps, the vectors as columns, the classes as bars. */
export function featureMaps(stages: readonly FeatureStage[], options: FeatureMapOptions = {}): Figure {
  const { mapsPerStage = 6, classNames } = options;
  const sheet = new Sheet(430);
  const [top, bottom] = [64, 410];
  const isClasses = (index: number) =>
    classNames !== undefined && index === stages.length - 1 && stages[index].values.length === classNames.length;
  const weights = stages.map((stage, index) =>
    isClasses(index) ? 2.4 : stage.shape.length === 3 ? (stage.shape[2] > 1 ? 1.6 : 1.4) : 0.6,
  );
  const gap = 34;
  const unit = (sheet.width - gap * (stages.length - 1)) / weights.reduce((sum, weight) => sum + weight, 0);
  let x = 0;
  const sentences: string[] = [];
  stages.forEach((stage, index) => {
    const width = weights[index] * unit;
    sheet.text(x + width / 2, 0, `<b>${stage.name}</b><br>${stage.shape.join(' × ')}`, { vertical: 'top', size: fontSize - 1 });
    sentences.push(`${stage.name} ${stage.shape.join(' × ')}`);
    if (isClasses(index)) drawClasses(sheet, stage.values, classNames as readonly string[], x, top, width, bottom - top);
    else if (stage.shape.length === 3) drawMaps(sheet, stage, x, top, width, bottom - top, mapsPerStage);
    else drawVector(sheet, stage.values, x + width / 2 - 14, top, 28, bottom - top);
    if (index < stages.length - 1)
      sheet.arrow([
        [x + width + 6, (top + bottom) / 2],
        [x + width + gap - 6, (top + bottom) / 2],
      ]);
    x += width + gap;
  });
  let answer = '';
  const last = stages[stages.length - 1];
  if (last && isClasses(stages.length - 1)) {
    const best = Array.from(last.values).reduce((at, value, index, all) => (value > all[at] ? index : at), 0);
    answer = ` Answer: ${classNames?.[best]} with ${(100 * last.values[best]).toFixed(1)} %.`;
  }
  return sheet.finish(`One image on its way through the network: ${listed(sentences)}.${answer}`, options);
}

function channelOf(stage: FeatureStage, channel: number): Float32Array {
  const [height, width, channels] = stage.shape;
  return Float32Array.from({ length: height * width }, (_, at) => stage.values[at * channels + channel]);
}

function drawMaps(sheet: Sheet, stage: FeatureStage, x: number, y: number, width: number, height: number, most: number): void {
  const [rows, columns, channels] = stage.shape;
  const shown = Math.min(channels, most);
  const perRow = shown > 3 ? 2 : 1;
  const lines = Math.ceil(shown / perRow);
  const gap = 5;
  const tile = Math.min((width - gap * (perRow - 1)) / perRow, (height - 20 - gap * (lines - 1)) / lines);
  const total = perRow * tile + gap * (perRow - 1);
  const used = lines * tile + gap * (lines - 1);
  const top = y + (height - used) / 2;
  for (let channel = 0; channel < shown; channel++) {
    const values = channelOf(stage, channel);
    const left = x + (width - total) / 2 + (channel % perRow) * (tile + gap);
    const upper = top + Math.floor(channel / perRow) * (tile + gap);
    const [low, high] = extent(values);
    sheet.image({ width: columns, height: rows, rgb: colourised(values, 'grey', low, high) }, left, upper, tile, tile * (rows / columns));
    sheet.hover(
      left + tile / 2,
      upper + tile / 2,
      `${stage.name}, map ${channel + 1} of ${channels}<br>${readable(significant(low, 3))} to ${readable(significant(high, 3))}`,
    );
  }
  if (channels > shown)
    sheet.text(x + width / 2, top + used + 4, `… of ${channels} maps`, { vertical: 'top', size: fontSize - 2, colour: softInk });
}

function drawVector(sheet: Sheet, values: ArrayLike<number>, x: number, y: number, width: number, height: number): void {
  const [low, high] = extent(values);
  sheet.image({ width: 1, height: values.length, rgb: colourised(values, 'grey', low, high) }, x, y, width, height);
  sheet.box(x, y, width, height, '', { fill: 'rgba(0,0,0,0)', rounded: false, layer: 'above', lineWidth: 1 });
}

function drawClasses(
  sheet: Sheet,
  values: ArrayLike<number>,
  names: readonly string[],
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const pitch = height / names.length;
  const labelWidth = Math.min(width * 0.55, 96);
  names.forEach((name, index) => {
    const middle = y + (index + 0.5) * pitch;
    const value = values[index];
    sheet.text(x + labelWidth - 4, middle, name, { align: 'right', size: fontSize - 2 });
    sheet.box(x + labelWidth, middle - pitch * 0.32, Math.max(1, (width - labelWidth - 44) * value), pitch * 0.64, '', {
      fill: colourOf(index),
      line: colourOf(index),
      rounded: false,
    });
    sheet.text(
      x + labelWidth + Math.max(1, (width - labelWidth - 44) * value) + 4,
      middle,
      `${(100 * value).toFixed(value >= 0.0995 ? 0 : 1)} %`,
      { align: 'left', size: fontSize - 2 },
    );
  });
}

export interface ConvolutionOptions extends FigureOptions {
  /** Row and column of the output value that is worked out; default: where the output is largest. */
  at?: [number, number];
  name?: string;
}

/** Valid cross-correlation, as networks compute it. */
function convolved(image: ArrayLike<number>, height: number, width: number, kernel: ArrayLike<number>, size: number): Float32Array {
  const [rows, columns] = [height - size + 1, width - size + 1];
  const output = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let down = 0; down < size; down++)
        for (let right = 0; right < size; right++) sum += image[(row + down) * width + column + right] * kernel[down * size + right];
      output[row * columns + column] = sum;
    }
  return output;
}

/** A kernel sliding over an image: input with the window, the kernel's numbers, and the output it makes. */
export function convolutionDemo(
  image: { values: ArrayLike<number>; height: number; width: number },
  kernel: { values: ArrayLike<number>; size: number },
  options: ConvolutionOptions = {},
): Figure {
  const { height, width } = image;
  const { size } = kernel;
  if (image.values.length !== height * width)
    throw new RangeError(`convolutionDemo: ${height} × ${width} pixels expected, got ${image.values.length}.`);
  if (kernel.values.length !== size * size)
    throw new RangeError(`convolutionDemo: ${size} × ${size} kernel values expected, got ${kernel.values.length}.`);
  const output = convolved(image.values, height, width, kernel.values, size);
  const [rows, columns] = [height - size + 1, width - size + 1];
  const largest = output.reduce((best, value, index) => (value > output[best] ? index : best), 0);
  const [row, column] = options.at ?? [Math.floor(largest / columns), largest % columns];
  const sheet = new Sheet(400);
  const picture = 290;
  const [low, high] = extent(image.values);
  const top = 56;
  sheet.text(picture / 2, 2, `<b>${options.name ?? 'input'}</b><br>${height} × ${width}`, { vertical: 'top' });
  sheet.image({ width, height, rgb: colourised(image.values, 'grey', low, high) }, 0, top, picture, picture * (height / width));
  const pixel = picture / width;
  sheet.box(column * pixel, top + row * pixel, size * pixel, size * pixel, '', {
    fill: 'rgba(0,0,0,0)',
    line: '#ff9500',
    lineWidth: 3,
    rounded: false,
    layer: 'above',
  });
  const cell = Math.min(44, 180 / size);
  const kernelLeft = picture + 54;
  const kernelTop = top + picture / 2 - (size * cell) / 2;
  sheet.text(kernelLeft + (size * cell) / 2, 2, `<b>kernel</b><br>${size} × ${size}`, { vertical: 'top' });
  const most = Math.max(...Array.from(kernel.values, Math.abs)) || 1;
  const colours = colourised(kernel.values, 'diverging', -most, most);
  Array.from(kernel.values).forEach((value, index) => {
    const fill = `#${[0, 1, 2].map((channel) => colours[index * 3 + channel].toString(16).padStart(2, '0')).join('')}`;
    const [x, y] = [kernelLeft + (index % size) * cell, kernelTop + Math.floor(index / size) * cell];
    sheet.box(x, y, cell, cell, readable(significant(value, 2)), { fill, rounded: false, text: { size: cell > 38 ? 14 : 11 } });
  });
  const outputLeft = sheet.width - picture;
  const [least, greatest] = extent(output);
  sheet.text(outputLeft + picture / 2, 2, `<b>output</b><br>${rows} × ${columns}`, { vertical: 'top' });
  sheet.image(
    { width: columns, height: rows, rgb: colourised(output, 'grey', least, greatest) },
    outputLeft,
    top,
    picture,
    picture * (rows / columns),
  );
  const mark = picture / columns;
  sheet.box(outputLeft + column * mark, top + row * mark, mark, mark, '', {
    fill: 'rgba(0,0,0,0)',
    line: '#ff9500',
    lineWidth: 3,
    rounded: false,
    layer: 'above',
  });
  sheet.arrow([
    [picture + 8, top + picture / 2],
    [kernelLeft - 8, top + picture / 2],
  ]);
  sheet.arrow([
    [kernelLeft + size * cell + 8, top + picture / 2],
    [outputLeft - 8, top + picture / 2],
  ]);
  const value = output[row * columns + column];
  const sentence = `the marked window times the kernel, summed: ${readable(significant(value, 4))}`;
  sheet.text(sheet.width / 2, 372, sentence, { colour: ink });
  return sheet.finish(
    `A ${size} × ${size} kernel slides over ${options.name ?? 'an image'} of ${height} × ${width} and gives ${rows} × ${columns}; at row ${row + 1}, column ${column + 1} ${sentence}.`,
    options,
  );
}
