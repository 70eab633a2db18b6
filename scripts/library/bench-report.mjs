/**
 * bench/RESULTS.md: what `npm run bench -- --write` measured last, and what the notebooks cost as `npm run reproduce` noted, as one page. Both write
 * it anew when they have something new. Written by code; nothing typed.
 */
import fs from 'node:fs';
import { inRoot } from './paths.mjs';

const shown = (value) => (value === undefined ? '–' : Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3))));

/** Rows of the engine's bench as one object a case, the form in which other programs read them (`floor_ms`: the reference, under its first name). */
export function engineCases(rows) {
  const cases = new Map();
  const of = (name) => {
    if (!cases.has(name)) cases.set(name, { case: name });
    return cases.get(name);
  };
  const key = {
    paperlab: 'engine_ms',
    'tf.layers': 'tfjs_ms',
    Keras: 'keras_ms',
    PyTorch: 'torch_ms',
    'arithmetic reference': 'floor_ms',
  };
  for (const { bench, name, contender, value, unit } of rows) {
    if (bench !== 'engine') continue;
    const [title, what] = name.split(': ');
    if (what === 'first step') of(title).first_step_ms = value;
    else if (what === 'resident memory') of(title).rss_mb = value;
    else if (what === undefined && unit === 'ms/step' && key[contender]) of(title)[key[contender]] = value;
  }
  return [...cases.values()];
}

function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const times = (mine, other) => (mine === undefined || other === undefined ? '–' : `${(other / mine).toFixed(other / mine < 10 ? 2 : 0)}×`);

const TIMES_SHOWN = 8;

/** A picture of the engine's cases: how many times as long the others take. `stripPlot` is the figures room's. */
export function engineFigure({ rows, processor, cores, date }, stripPlot) {
  const contenders = { keras_ms: 'Keras 3', torch_ms: 'PyTorch', tfjs_ms: 'tf.layers' };
  const values = engineCases(rows).flatMap((one) =>
    Object.entries(contenders)
      .filter(([key]) => one[key] !== undefined && one.engine_ms !== undefined)
      .map(([key, group]) => ({ row: one.case, group, name: `${group}, ${one.case}`, value: one[key] / one.engine_ms })),
  );
  if (values.length === 0) return undefined;
  return stripPlot(values, {
    title: 'A training step: how many times as long as in this engine',
    subtitle: `right of the line the engine is quicker; ${processor}, ${cores} cores, ${date.slice(0, 10)}`,
    xTitle: `time of a step ÷ time in the engine (more than ${TIMES_SHOWN} drawn at the edge)`,
    reference: { value: 1, name: 'engine' },
    limits: [0, TIMES_SHOWN],
    height: 140 + 58 * new Set(values.map(({ row }) => row)).size,
  });
}

function engineSection(rows) {
  const cases = engineCases(rows);
  if (cases.length === 0) return '';
  const table = cases.map((one) => {
    const peers = [one.keras_ms, one.torch_ms].filter((value) => value !== undefined);
    const quickest = peers.length > 0 ? Math.min(...peers) : undefined;
    return [
      one.case,
      ...[one.engine_ms, one.keras_ms, one.torch_ms, one.tfjs_ms, one.floor_ms].map(shown),
      times(one.engine_ms, quickest),
      times(one.engine_ms, one.tfjs_ms),
      shown(one.first_step_ms),
      shown(one.rss_mb),
    ];
  });
  const head = [
    'case',
    'engine',
    'Keras 3',
    'PyTorch',
    'tf.layers',
    'reference',
    'quicker peer ÷ engine',
    'tf.layers ÷ engine',
    'first step',
    'process so far, MB',
  ];
  return `## Training step\n\nMilliseconds a step (median of the rounds); the reference is the step's multiplications at the speed of one large matrix product per core (no lower bound: products of other shapes can be quicker); the first step counts from the call of \`fit\`. PyTorch: the quicker of eager and \`torch.compile\`, in each round. All cases run in one process: its memory is what it holds after the case, those before it included.\n\n![Times of a training step beside the engine's](engine.png)\n\n${markdownTable(head, table)}\n`;
}

function otherSection(rows, name, title) {
  const mine = rows.filter(({ bench }) => bench === name);
  if (mine.length === 0) return '';
  const table = mine.map((row) => [
    row.name,
    row.contender,
    `${shown(row.value)} ${row.unit}`,
    `${shown(row.lowest)}–${shown(row.highest)}`,
    row.target === undefined ? '' : `${row.target} ${row.unit}`,
  ]);
  return `## ${title}\n\n${markdownTable(['what', 'who', 'median', 'range', 'aim'], table)}\n`;
}

function notebookSection(costs) {
  const rows = Object.entries(costs).flatMap(([file, profiles]) =>
    Object.entries(profiles).map(([profile, { seconds, peakMegabytes, cores }]) => [
      file,
      profile,
      `${seconds.toFixed(0)} s`,
      `${peakMegabytes} MB`,
      String(cores),
    ]),
  );
  if (rows.length === 0) return '';
  return `## Notebooks\n\nTime and peak memory of the process, as \`npm run reproduce\` last saw them in each profile.\n\n${markdownTable(['notebook', 'profile', 'time', 'peak memory', 'cores'], rows)}\n`;
}

const titles = { knn: 'Neighbours', tsne: 'Maps', metrics: 'Metrics', gpu: 'GPU' };

/** Of a round that failed for one contender the others' numbers stand: how many rounds the rows have, from the fewest to the most. */
function roundsInWords(rows) {
  const counts = rows.map(({ rounds }) => rounds);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return `${fewest === most ? most : `${fewest} to ${most}`} ${most === 1 ? 'round' : 'rounds'}`;
}

/** When, on what and with which versions, under each heading: benches are run on different days. */
function measured({ date, node, processor, cores, rows, versions = {} }) {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const machine = [`${processor}`, `${cores} cores`, `Node ${node}`, ...named].join(', ');
  return `Measured ${date.slice(0, 10)} on ${machine}; ${roundsInWords(rows)}, all contenders take turns in every round.\n`;
}

/** `reports` holds the last report of each bench by its name; `costs` is results/notebooks.json. */
export function benchPage(reports, costs) {
  const sections = Object.entries(reports).flatMap(([name, report]) => {
    const section = name === 'engine' ? engineSection(report.rows) : otherSection(report.rows, name, titles[name] ?? name);
    return section ? [section, measured(report)] : [];
  });
  return [
    '# Speed and memory\n',
    'Written by `npm run bench -- --write`, what notebooks cost by `npm run reproduce`; absolute times belong to the machine, ratios carry further.\n',
    ...sections,
    notebookSection(costs),
  ]
    .filter(Boolean)
    .join('\n');
}

/** The reports known so far with this one's benches put in their places. */
export function withReport(reports, report) {
  const next = { ...reports };
  for (const bench of new Set(report.rows.map((row) => row.bench))) {
    const { cases: _, versions, ...rest } = report;
    next[bench] = {
      ...rest,
      ...(versions?.[bench] && { versions: versions[bench] }),
      rows: report.rows.filter((row) => row.bench === bench),
    };
  }
  return Object.fromEntries(Object.entries(next).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const known = (file) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {});

/** The last reports of the benches, and what the notebooks cost: what the page is made from. */
export const keptReports = () => known(inRoot('bench', 'results.json'));
export const keptCosts = () => known(inRoot('results', 'notebooks.json'));

/** Writes the page anew from what is kept. */
export const writeBenchPage = () => fs.writeFileSync(inRoot('bench', 'RESULTS.md'), benchPage(keptReports(), keptCosts()));
