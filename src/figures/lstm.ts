/** The LSTM cell, drawn; the chain of cells over time; what the gates of a trained cell do. */
import { type ColourMap, colourised, extent } from './colourmaps.js';
import { mean, readable, significant } from './numbers.js';
import { Sheet } from './sheet.js';
import { claimInk, colourOf, fontSize, ink, softInk } from './theme.js';
import type { Figure, FigureOptions } from './types.js';

export type GateName = 'input' | 'forget' | 'candidate' | 'output' | 'cell' | 'hidden';

/** What a trained cell computed on one example: each part holds steps × units values, step after step. */
export interface GateActivations {
  steps: number;
  units: number;
  values: Partial<Record<GateName, ArrayLike<number>>>;
}

const parts: { name: GateName; symbol: string; title: string; colours: ColourMap; range?: [number, number] }[] = [
  { name: 'input', symbol: 'i', title: 'input gate i', colours: 'sequential', range: [0, 1] },
  { name: 'forget', symbol: 'f', title: 'forget gate f', colours: 'sequential', range: [0, 1] },
  { name: 'candidate', symbol: 'g', title: 'candidate g', colours: 'diverging', range: [-1, 1] },
  { name: 'output', symbol: 'o', title: 'output gate o', colours: 'sequential', range: [0, 1] },
  { name: 'cell', symbol: 'c', title: 'cell state c', colours: 'diverging' },
  { name: 'hidden', symbol: 'h', title: 'hidden state h', colours: 'diverging', range: [-1, 1] },
];

function checked(activations: GateActivations): void {
  for (const { name } of parts) {
    const values = activations.values[name];
    if (values && values.length !== activations.steps * activations.units)
      throw new RangeError(
        `The ${name} part has ${values.length} values; ${activations.steps} steps × ${activations.units} units are needed.`,
      );
  }
}

/** Rows = units, columns = steps. */
function byUnit({ steps, units }: GateActivations, values: ArrayLike<number>): Float32Array {
  const turned = new Float32Array(steps * units);
  for (let step = 0; step < steps; step++)
    for (let unit = 0; unit < units; unit++) turned[unit * steps + step] = values[step * units + unit];
  return turned;
}

function drawActivations(sheet: Sheet, activations: GateActivations, top: number, height: number): string {
  const shown = parts.filter(({ name }) => activations.values[name]);
  const columns = Math.min(3, shown.length);
  const rows = Math.ceil(shown.length / columns);
  const [gapX, label, foot] = [34, 26, 22];
  const width = (sheet.width - 44 - gapX * (columns - 1)) / columns;
  const tall = height / rows - label - foot;
  const sentences: string[] = [];
  shown.forEach(({ name, title, colours, range }, index) => {
    const values = activations.values[name] as ArrayLike<number>;
    const [low, high] = extent(values);
    const most = Math.max(Math.abs(low), Math.abs(high));
    const [from, to] = range ?? [-most, most];
    const x = 40 + (index % columns) * (width + gapX);
    const y = top + Math.floor(index / columns) * (tall + label + foot);
    const words = `${title} (${readable(significant(from, 2)).replace('-', '−')} to ${readable(significant(to, 2))})`;
    sheet.text(x, y + 12, words, { align: 'left', size: fontSize - 1 });
    sheet.image(
      { width: activations.steps, height: activations.units, rgb: colourised(byUnit(activations, values), colours, from, to) },
      x,
      y + label,
      width,
      tall,
    );
    sheet.box(x, y + label, width, tall, '', { fill: 'rgba(0,0,0,0)', rounded: false, layer: 'above', lineWidth: 1 });
    sheet.text(x + width / 2, y + label + tall + 2, `time step 1 to ${activations.steps} →`, {
      vertical: 'top',
      size: fontSize - 2,
      colour: softInk,
    });
    if (index % columns === 0)
      sheet.text(x - 12, y + label + tall / 2, `${activations.units} units`, { angle: -90, size: fontSize - 2, colour: softInk });
    sheet.hover(x + width / 2, y + label + tall / 2, `${title}: mean ${readable(significant(mean(values), 3))}`);
    sentences.push(
      `${title} mean ${readable(significant(mean(values), 3))}, ${readable(significant(low, 3))} to ${readable(significant(high, 3))}`,
    );
  });
  return sentences.join('; ');
}

/** What every gate and state of a cell did over the steps of one example. */
export function gateActivations(activations: GateActivations, options: FigureOptions = {}): Figure {
  checked(activations);
  const count = parts.filter(({ name }) => activations.values[name]).length;
  if (count === 0) throw new RangeError('gateActivations: no values given.');
  const sheet = new Sheet(250 * Math.ceil(count / 3));
  const words = drawActivations(sheet, activations, 0, sheet.height);
  return sheet.finish(
    `Gates and states of an LSTM with ${activations.units} units over ${activations.steps} time steps of one example (blue = open or positive, orange = negative). ${words}.`,
    options,
  );
}

const equations = [
  'i = σ(W<sub>i</sub>x<sub>t</sub> + U<sub>i</sub>h<sub>t−1</sub> + b<sub>i</sub>)',
  'f = σ(W<sub>f</sub>x<sub>t</sub> + U<sub>f</sub>h<sub>t−1</sub> + b<sub>f</sub>)',
  'g = tanh(W<sub>g</sub>x<sub>t</sub> + U<sub>g</sub>h<sub>t−1</sub> + b<sub>g</sub>)',
  'o = σ(W<sub>o</sub>x<sub>t</sub> + U<sub>o</sub>h<sub>t−1</sub> + b<sub>o</sub>)',
  'c<sub>t</sub> = f ⊙ c<sub>t−1</sub> + i ⊙ g',
  'h<sub>t</sub> = o ⊙ tanh(c<sub>t</sub>)',
];

export interface LstmCellOptions extends FigureOptions {
  /** Real activations of a trained cell, drawn below; their means stand beside the gates. */
  activations?: GateActivations;
  /** The six equations beside the drawing; default true. */
  equations?: boolean;
}

/** The memory cell: four gates between what comes in, what was remembered and what goes out. */
export function lstmCellDiagram(options: LstmCellOptions = {}): Figure {
  const { activations, equations: withEquations = true } = options;
  if (activations) checked(activations);
  const cellHeight = 356;
  const sheet = new Sheet(cellHeight + (activations ? 470 : 0));
  const right = withEquations ? 556 : sheet.width - 40;
  const left = 70;
  const at = (share: number) => left + 30 + share * (right - left - 60);
  const [memoryY, gateY, busY, outY] = [70, 205, 272, 300];
  sheet.box(left, 30, right - left, 285, '', { fill: '#f1f5f8', line: softInk });
  const x = { forget: at(0.09), input: at(0.335), candidate: at(0.58), output: at(0.825), end: at(0.97) };
  // Holds "mean −0.01".
  const gateWidth = 94;
  const join = (x.input + x.candidate) / 2;
  const gate = (centre: number, name: GateName, symbol: string, squash: string) => {
    const values = activations?.values[name];
    const note = values ? `<br><span style="font-size:14px">mean ${mean(values).toFixed(2).replace('-', '−')}</span>` : '';
    const fill = colourOf(squash === 'σ' ? 0 : 1);
    sheet.box(centre - gateWidth / 2, gateY - 24, gateWidth, 48, `<b>${symbol}</b> ${squash}${note}`, { fill, line: ink });
    sheet.arrow(
      [
        [centre, busY],
        [centre, gateY + 25],
      ],
      softInk,
    );
  };
  // Memory runs along the top, untouched but for one product and one sum.
  sheet.text(8, memoryY, 'c<sub>t−1</sub>', { align: 'left', size: fontSize + 2 });
  sheet.arrow(
    [
      [44, memoryY],
      [x.forget - 14, memoryY],
    ],
    ink,
    3,
  );
  sheet.arrow(
    [
      [x.forget + 14, memoryY],
      [join - 14, memoryY],
    ],
    ink,
    3,
  );
  sheet.arrow(
    [
      [join + 14, memoryY],
      [right + 34, memoryY],
    ],
    ink,
    3,
  );
  sheet.text(right + 36, memoryY, 'c<sub>t</sub>', { align: 'left', size: fontSize + 2 });
  sheet.circle(x.forget, memoryY, 14, '×', { text: { size: 18 } });
  sheet.circle(join, memoryY, 14, '+', { text: { size: 18 } });
  sheet.arrow([
    [x.forget, gateY - 24],
    [x.forget, memoryY + 16],
  ]);
  // New content: candidate times input gate.
  const productY = 132;
  sheet.circle(join, productY, 14, '×', { text: { size: 18 } });
  sheet.arrow([
    [x.input, gateY - 24],
    [x.input, productY],
    [x.input, productY],
    [join - 16, productY],
  ]);
  sheet.arrow([
    [x.candidate, gateY - 24],
    [x.candidate, productY],
    [x.candidate, productY],
    [join + 16, productY],
  ]);
  sheet.arrow([
    [join, productY - 14],
    [join, memoryY + 16],
  ]);
  // What leaves: the squashed memory times the output gate.
  sheet.arrow(
    [
      [x.end, memoryY],
      [x.end, 94],
    ],
    softInk,
  );
  sheet.box(x.end - 28, 96, 56, 26, 'tanh', { fill: colourOf(1), line: ink, text: { size: fontSize - 1 } });
  sheet.circle(x.end, 158, 14, '×', { text: { size: 18 } });
  sheet.arrow([
    [x.end, 122],
    [x.end, 142],
  ]);
  sheet.arrow([
    [x.output, gateY - 24],
    [x.output, 158],
    [x.output, 158],
    [x.end - 16, 158],
  ]);
  sheet.line(
    [
      [x.end, 172],
      [x.end, outY],
    ],
    ink,
    3,
  );
  sheet.arrow(
    [
      [x.end, outY],
      [right + 34, outY],
    ],
    ink,
    3,
  );
  sheet.text(right + 36, outY, 'h<sub>t</sub>', { align: 'left', size: fontSize + 2 });
  // The bus: what comes in feeds all four gates.
  sheet.text(8, busY, 'h<sub>t−1</sub>', { align: 'left', size: fontSize + 2 });
  sheet.line(
    [
      [44, busY],
      [x.output, busY],
    ],
    ink,
    3,
  );
  sheet.text(left + 30, cellHeight - 12, 'x<sub>t</sub>', { align: 'center', size: fontSize + 2 });
  sheet.arrow(
    [
      [left + 30, cellHeight - 24],
      [left + 30, busY + 2],
    ],
    ink,
    3,
  );
  gate(x.forget, 'forget', 'f', 'σ');
  gate(x.input, 'input', 'i', 'σ');
  gate(x.candidate, 'candidate', 'g', 'tanh');
  gate(x.output, 'output', 'o', 'σ');
  if (withEquations)
    equations.forEach((equation, index) => void sheet.text(right + 72, 50 + index * 44, equation, { align: 'left', size: fontSize }));
  const words = activations ? drawActivations(sheet, activations, cellHeight + 24, 440) : '';
  const description = `An LSTM cell: forget gate f, input gate i, candidate g and output gate o read the input x and the last hidden state h; the memory c is multiplied by f, gains i times g, and leaves through tanh and o as the new h.${words ? ` Activations of a cell over ${activations?.steps} steps: ${words}.` : ''}`;
  return sheet.finish(description, options);
}

export interface UnrolledOptions extends FigureOptions {
  /** Cells drawn; default 4. */
  steps?: number;
  /** What enters at each step. */
  inputNames?: readonly string[];
  /** Draws beside it what remains with a sequence of length one; default true. */
  lengthOne?: boolean;
}

/** The chain of cells over time, and what remains of it when the sequence has length one. */
export function unrolledLstmDiagram(options: UnrolledOptions = {}): Figure {
  const { steps = 4, inputNames, lengthOne = true } = options;
  const sheet = new Sheet(lengthOne ? 312 : 290);
  const chainWidth = lengthOne ? 560 : sheet.width;
  const pitch = (chainWidth - 60) / steps;
  const [y, height] = [105, 80];
  const width = Math.min(96, pitch - 40);
  sheet.text(chainWidth / 2, 14, '<b>unrolled over time: one cell, the same weights at every step</b>', { size: fontSize });
  for (let step = 0; step < steps; step++) {
    const x = 46 + step * pitch;
    const name = step === steps - 1 && steps > 3 ? 'T' : String(step + 1);
    sheet.box(x, y, width, height, 'LSTM', { fill: colourOf(3), line: ink });
    sheet.arrow(
      [
        [x + width / 2, y + height + 44],
        [x + width / 2, y + height + 2],
      ],
      ink,
    );
    sheet.text(x + width / 2, y + height + 58, inputNames?.[step] ?? `x<sub>${name}</sub>`, { size: fontSize + 1 });
    sheet.arrow(
      [
        [x + width / 2, y],
        [x + width / 2, y - 36],
      ],
      step === steps - 1 ? ink : '#8a8a8a',
    );
    sheet.text(x + width / 2, y - 50, `h<sub>${name}</sub>`, { size: fontSize + 1 });
    const from = step === 0 ? 14 : x - pitch + width;
    sheet.arrow(
      [
        [from, y + 26],
        [x - 1, y + 26],
      ],
      ink,
    );
    sheet.arrow(
      [
        [from, y + 56],
        [x - 1, y + 56],
      ],
      ink,
    );
    if (step === 0) {
      sheet.text(2, y + 26, '0', { align: 'left' });
      sheet.text(2, y + 56, '0', { align: 'left' });
    } else if (step === steps - 1 && steps > 3) sheet.text((from + x) / 2, y + 41, '…', { size: 20 });
    else {
      sheet.text((from + x) / 2, y + 14, 'c', { size: fontSize - 1 });
      sheet.text((from + x) / 2, y + 68, 'h', { size: fontSize - 1 });
    }
  }
  let words = '';
  if (lengthOne) {
    const x = 690;
    sheet.line(
      [
        [586, 30],
        [586, 300],
      ],
      '#c8c8c8',
      1.5,
      'dot',
    );
    sheet.text(730, 14, '<b>length one</b>');
    sheet.box(x, y, 96, height, 'LSTM', { fill: colourOf(3), line: ink });
    sheet.arrow(
      [
        [x + 48, y + height + 44],
        [x + 48, y + height + 2],
      ],
      ink,
    );
    sheet.text(x + 48, y + height + 58, 'x<sub>1</sub> = FC1');
    sheet.arrow(
      [
        [x + 48, y],
        [x + 48, y - 36],
      ],
      ink,
    );
    sheet.text(x + 48, y - 50, 'h<sub>1</sub>', { size: fontSize + 1 });
    sheet.arrow(
      [
        [x - 46, y + 26],
        [x - 1, y + 26],
      ],
      claimInk,
    );
    sheet.arrow(
      [
        [x - 46, y + 56],
        [x - 1, y + 56],
      ],
      claimInk,
    );
    sheet.text(x - 50, y + 26, 'c<sub>0</sub> = 0', { align: 'right', colour: claimInk });
    sheet.text(x - 50, y + 56, 'h<sub>0</sub> = 0', { align: 'right', colour: claimInk });
    sheet.text(738, 306, 'f ⊙ 0 and U·0:<br>no memory, no recurrence', { size: fontSize - 1, colour: claimInk, vertical: 'bottom' });
    words =
      ' Beside it a sequence of length one: both incoming states are zero, so the forget gate and the recurrent weights do nothing and a gated dense layer remains.';
  }
  return sheet.finish(
    `An LSTM unrolled over ${steps} time steps: each cell hands its memory c and hidden state h to the next.${words}`,
    options,
  );
}
