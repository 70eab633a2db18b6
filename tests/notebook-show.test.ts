import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { colourContrast, learningCurves, paperColour, stopRenderer } from 'paperlab/figures';
import {
  artefactFolder,
  check,
  checkExercise,
  claimsTable,
  duration,
  type Exercise,
  figuresFolder,
  findSource,
  inNotebook,
  markColours,
  renderTable,
  repositoryRoot,
  setArtefactPolicy,
  show,
  sparkline,
} from 'paperlab/notebook';
import type { Claim, Verdict } from 'paperlab/results';
import { printed } from './printed.js';

interface Sent {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient: { display_id: string };
  update: boolean;
}

/** Stands where tslab's kernel would: the module that hands out the writer of displays. */
const kernelModule = path.join(path.sep, 'kernel', 'tslab', 'dist', 'jupyter.js');

function enterKernel(): Sent[] {
  const sent: Sent[] = [];
  const lastWriteDisplayData = (output: Omit<Sent, 'update'>, update: boolean) => sent.push({ ...output, update });
  require.cache[kernelModule] = { exports: { lastWriteDisplayData } } as unknown as NodeJS.Module;
  return sent;
}

function leaveKernel(): void {
  delete require.cache[kernelModule];
}

const curves = () => learningCurves([{ name: 'CNN', runs: [[0.1, 0.5, 0.7]] }], { title: 'Curve' });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'paperlab-test-'));
  setArtefactPolicy({ directory: folder });
});

afterEach(() => {
  leaveKernel();
  setArtefactPolicy(undefined);
  rmSync(folder, { recursive: true, force: true });
});

describe('figures', () => {
  test('outside a kernel a figure is told in words', async () => {
    assert.equal(inNotebook(), false);
    assert.match(await printed(() => show.figure(curves())), /^Curve\. Learning curves .* 70\.00 %/);
  });

  test('in a kernel one bundle holds the interactive figure, the picture and the words', async (context) => {
    if (!existsSync(path.join(repositoryRoot, '.runtime', 'venv'))) return context.skip('no Python environment here: run "npm run setup"');
    const sent = enterKernel();
    await show.figure(curves(), 'lenet5/fig-5');
    stopRenderer();
    assert.equal(sent.length, 1);
    const [{ data, metadata, update }] = sent;
    assert.equal(update, false);
    const plotly = data['application/vnd.plotly.v1+json'] as { data: unknown[]; layout: object; config: object };
    assert.ok(plotly.data.length > 0 && plotly.layout && plotly.config);
    assert.equal(
      Buffer.from(data['image/png'] as string, 'base64')
        .subarray(1, 4)
        .toString('latin1'),
      'PNG',
    );
    assert.match(data['text/plain'] as string, /Learning curves/);
    assert.deepEqual(metadata['paperlab'], { artefact: 'lenet5/fig-5', provenance: 'real' });
    const file = readFileSync(path.join(folder, 'lenet5', 'fig-5.png'));
    assert.equal(file.readUInt32BE(16), 1350, 'the file is sharper than the picture in the cell');
  });

  test('without a renderer the interactive figure still shows, and says why there is no picture', async () => {
    stopRenderer();
    const before = process.env['PAPERLAB_VENV'];
    process.env['PAPERLAB_VENV'] = path.join(folder, 'nothing-here');
    const sent = enterKernel();
    try {
      const text = await printed(() => show.figure(curves(), 'lenet5/fig-5'));
      assert.match(text, /No still picture .*npm run setup/);
    } finally {
      if (before === undefined) delete process.env['PAPERLAB_VENV'];
      else process.env['PAPERLAB_VENV'] = before;
    }
    assert.equal(sent.length, 1);
    assert.ok('application/vnd.plotly.v1+json' in sent[0].data);
    assert.ok(!('image/png' in sent[0].data));
    assert.match(sent[0].data['text/plain'] as string, /No still picture/);
    assert.equal(existsSync(path.join(folder, 'lenet5', 'fig-5.png')), false);
  });

  test('an artefact id has a form', async () => {
    await assert.rejects(show.figure(curves(), '../evil'), /no artefact id/);
    await assert.rejects(show.figure(curves(), 'LeNet/fig 5'), /no artefact id/);
  });
});

describe('where files go', () => {
  test('outside a notebook never to the committed figures, unless told', () => {
    setArtefactPolicy(undefined);
    assert.match(artefactFolder('real') ?? '', new RegExp(`paperlab-figures-${process.pid}$`));
    setArtefactPolicy({ directory: figuresFolder });
    assert.equal(artefactFolder('real'), figuresFolder);
    assert.notEqual(artefactFolder('stand-in'), figuresFolder);
    setArtefactPolicy({ directory: null });
    assert.equal(artefactFolder('real'), null);
  });

  test('a folder that cannot be written is named', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, 'not a folder');
    setArtefactPolicy({ directory: file });
    await assert.rejects(
      show.table({ columns: ['a'], rows: [[1]] }, 'lenet5/table-1'),
      /lenet5\/table-1\.csv.* could not be written.*PAPERLAB_FIGURES_DIR/s,
    );
  });
});

describe('tables', () => {
  const table = {
    columns: ['model', 'obtained', 'reported'],
    rows: [
      ['CNN, "small"', { value: 0.91234567, note: 'mean of 3 seeds' }, 0.9],
      ['<LSTM>', 0.8, null],
    ],
  };

  test('CSV keeps all digits and quotes what needs it', async () => {
    await printed(() => show.table(table, 'lenet5/table-1'));
    const file = readFileSync(path.join(folder, 'lenet5', 'table-1.csv'), 'utf8');
    assert.equal(file, 'model,obtained,reported\n"CNN, ""small""",0.91234567,0.9\n<LSTM>,0.8,\n');
  });

  test('HTML is aligned, escaped, marks the best and tells provenance on hover', () => {
    const { html } = renderTable(table, { best: { obtained: 'max' }, claims: ['reported'], digits: 3, caption: 'A & B' });
    assert.match(
      html,
      /<td style="text-align: right; font-weight: bold; text-decoration: underline;" title="mean of 3 seeds">0\.912<\/td>/,
    );
    assert.match(html, /<td style="text-align: left;">&lt;LSTM&gt;<\/td>/);
    assert.match(html, /<td style="text-align: right; font-style: italic;">0\.900<\/td>/);
    assert.match(html, /A &amp; B/);
    assert.doesNotMatch(html, /<(script|style|LSTM)/);
  });

  test('text is aligned', () => {
    const { text } = renderTable(table, { best: { obtained: 'max' } });
    const lines = text.split('\n');
    assert.match(lines[2], /^CNN, "small" +0\.9123 \* +0\.9$/);
    assert.match(lines[3], /^<LSTM> +0\.8 +–$/);
  });

  test('the smallest can be the best, and a tie marks both', () => {
    const { text } = renderTable(
      {
        columns: ['m', 'error'],
        rows: [
          ['a', 0.1],
          ['b', 0.1],
          ['c', 0.3],
        ],
      },
      { best: { error: 'min' } },
    );
    assert.equal(text.match(/0\.1 \*/g)?.length, 2);
  });

  test('a danfo.js DataFrame is a table, also with one column', async () => {
    const { DataFrame } = await import('danfojs-node');
    const frame = new DataFrame({ model: ['CNN', 'LSTM'], accuracy: [0.5, 0.25] });
    assert.equal(renderTable(frame).csv, 'model,accuracy\nCNN,0.5\nLSTM,0.25\n');
    assert.equal(renderTable(new DataFrame({ accuracy: [0.5, 0.25] })).csv, 'accuracy\n0.5\n0.25\n');
  });

  test('rows may be records; gaps and NaN are said, never shown as numbers', () => {
    const { text, csv } = renderTable({ columns: ['a', 'b'], rows: [{ a: 1 }, { a: Number.NaN, b: 2 }] });
    assert.match(text, /not defined/);
    assert.equal(csv, 'a,b\n1,\n,2\n');
  });

  test('a table that does not fit is refused', () => {
    assert.throws(() => renderTable({ columns: ['a', 'b'], rows: [[1]] }), /row 1 has 1 cells, the table has 2 columns/);
    assert.throws(() => renderTable({ columns: ['a'], rows: [[1]] }, { best: { z: 'max' } }), /"z"/);
  });

  test('a table of stand-ins says so and is no artefact', () => {
    assert.match(renderTable(table, { provenance: 'stand-in' }).html, /STAND-IN DATA/);
  });

  test('the colours of verdicts can be read on light and on dark pages', () => {
    for (const colour of Object.values(markColours))
      for (const page of ['#ffffff', paperColour, '#111111']) assert.ok(colourContrast(colour, page) >= 4, `${colour} on ${page}`);
  });
});

describe('progress', () => {
  test('in a kernel one output is replaced and folds to one line', async () => {
    const sent = enterKernel();
    const progress = show.progress('Training');
    progress.update({ fraction: 0.25, text: 'epoch 1 of 4', curves: { loss: [2, 1, 0.5] } });
    progress.update({ fraction: 0.26, text: 'too soon to be drawn' });
    await new Promise((done) => setTimeout(done, 120));
    progress.update({ fraction: 0.5, text: 'epoch 2 of 4' });
    progress.done('4 epochs');
    progress.update({ fraction: 0.9 });
    assert.deepEqual(
      sent.map(({ update }) => update),
      [false, true, true],
    );
    assert.equal(new Set(sent.map(({ transient }) => transient.display_id)).size, 1);
    assert.match(sent[0].data['text/plain'] as string, /Training · 25 % · epoch 1 of 4 · .* left/);
    assert.match(sent[0].data['text/html'] as string, /width: 25\.0%/);
    assert.match(sent[0].data['text/html'] as string, /loss.*█.*0\.5000/s);
    assert.match(sent[2].data['text/plain'] as string, /^✓ Training · 4 epochs · \d/);
    assert.equal((sent[2].data['text/html'] as string).includes('table'), false);
  });

  test('elsewhere plain lines, one per tenth', async () => {
    const text = await printed(() => {
      const progress = show.progress('Training');
      for (let step = 0; step <= 1000; step++) progress.update({ fraction: step / 1000 });
      progress.done();
    });
    assert.equal(text.trim().split('\n').length, 12);
    assert.match(text, /✓ Training/);
  });

  test('a fraction out of range or NaN harms nothing', async () => {
    const text = await printed(() => {
      const progress = show.progress('Odd');
      progress.update({ fraction: Number.NaN });
      progress.update({ fraction: 7 });
      progress.stopped('interrupted');
    });
    assert.match(text, /0 %.*\n.*100 %.*\n■ Odd stopped · interrupted/);
  });

  test('durations and sparklines', () => {
    assert.deepEqual([0.04, 8, 61, 3725, Infinity].map(duration), ['0.0 s', '8.0 s', '1 min 1 s', '1 h 2 min', 'unknown']);
    assert.equal(sparkline([0, 0.5, 1]), '▁▅█');
    assert.equal(sparkline([Number.NaN]), '');
    assert.equal(sparkline(Array.from({ length: 500 }, (_, at) => at)).length, 40);
  });
});

describe('sources', () => {
  test('a helper is found by itself, by its name and by its place', () => {
    const place = findSource(learningCurves);
    assert.equal(place.file, 'src/figures/curves.ts');
    const lines = readFileSync(path.join(repositoryRoot, place.file), 'utf8')
      .split('\n')
      .slice(place.firstLine - 1, place.lastLine);
    assert.equal(lines.join('\n'), place.text);
    assert.match(place.text, /export function learningCurves/);
    assert.deepEqual(findSource('learningCurves'), place);
    assert.deepEqual(findSource('figures/curves.ts#learningCurves'), place);
  });

  test('the comment above it comes along', () => assert.match(findSource('notebook/output.ts#inNotebook').text, /^\/\*\* True inside/));

  test('what is not there or stands twice is said', () => {
    assert.throws(() => findSource('noSuchHelper'), /nothing in src is called "noSuchHelper"/);
    assert.throws(() => findSource('figures/none.ts#x'), /no file src\/figures\/none\.ts/);
    assert.throws(() => findSource('figures/curves.ts#x'), /declares nothing called "x"/);
    assert.throws(() => findSource('escaped'), /"escaped" is declared in .* and .*#escaped/);
  });

  test('it is shown as TypeScript with a link', async () => {
    const sent = enterKernel();
    await show.source(learningCurves);
    assert.match(
      sent[0].data['text/markdown'] as string,
      /^\[src\/figures\/curves\.ts\]\(\.\.\/src\/figures\/curves\.ts#L\d+\), lines \d+ to \d+\n\n```ts\n/,
    );
  });
});

describe('exercises', () => {
  const exercise: Exercise = {
    id: 'test-1',
    misconception: 'six times seven is seventy-six',
    minutes: 1,
    question: 'Six times seven?',
    hints: ['More than forty.', 'Less than forty-three.'],
    stub: '0',
    check: (answer: unknown) => ({ passed: answer === 42, message: answer === 42 ? 'Right.' : 'Not yet.' }),
  };
  const answers = (of: Exercise, ...given: unknown[]) =>
    printed(async () => {
      for (const answer of given) await checkExercise(of, answer);
    });

  test('from the second wrong answer on, each new one brings a hint; the right one praise and what it was after', async () => {
    const text = await printed(async () => {
      await check.question(exercise);
      for (const answer of [1, 2, 3, 4]) assert.equal(await checkExercise(exercise, answer), false);
      assert.equal(await checkExercise(exercise, 42), true);
      assert.equal(await check.exercise(exercise, 42), undefined);
    });
    assert.match(text, /Exercise test-1 \(about 1 minute\): Six times seven\?/);
    assert.match(text, /Another wrong answer brings a hint\.\n✗.*\nHint 1 of 2: More.*Hint 2 of 2: Less.*Hint 2 of 2.*✓ Right\./s);
    assert.match(text, /✓ Right\.\nWhat this was after: the belief that six times seven is seventy-six\./);
    assert.equal(text.match(/the belief/g)?.length, 2, 'only a right answer shows it');
  });

  test('the cell as it came is no try, and neither is an answer given twice', async () => {
    const stub = await answers({ ...exercise, id: 'test-stub' }, 0, 0, 0, 5, 5, 0, 5);
    assert.doesNotMatch(stub, /Hint/);
    assert.equal(stub.match(/as it came/g)?.length, 4);
    const written: Exercise = { ...exercise, id: 'test-function', stub: '(a, b) => [a, b]' };
    const swapped = (a: number, b: number) => [b, a];
    const text = await answers(
      written,
      (a: number, b: number) => [a, b],
      swapped,
      swapped,
      (a: number) => [a],
    );
    assert.match(text, /as it came.*Another wrong answer.*Another wrong answer.*Hint 1 of 2/s);
  });

  test('no answer, and a check that fails, are told kindly', async () => {
    assert.match(await answers(exercise, undefined), /There is no answer yet/);
    const broken = {
      ...exercise,
      id: 'test-2',
      check: () => {
        throw new Error('needs a list');
      },
    };
    assert.match(await printed(() => check.exercise(broken, 1)), /could not be checked: needs a list/);
  });
});

describe('claims', () => {
  const claim: Claim = {
    id: 'lenet5/accuracy',
    paper: 'lenet5',
    place: 'table 3',
    statement: 'Accuracy on the test set',
    kind: 'value',
    value: 98.9,
    unit: '%',
    decimals: 1,
    measure: { experiment: 'proposed', metric: 'testAccuracy' },
    goodSide: 'higher',
  };
  const verdict: Verdict = {
    claim: 'lenet5/accuracy',
    paper: 'lenet5',
    outcome: 'not reproduced',
    provisional: true,
    margin: -8.5,
    n: 2,
    seeds: [1, 2],
    mean: 90.4,
    sd: 0.21,
    interval: [88, 92],
    claimed: 98.9,
    unit: '%',
    readings: [],
    runs: ['lenet5/proposed-1234-s1'],
    words: 'Eight points below.',
  };

  test('claimed, obtained and verdict stand in one row, with the reason on hover', () => {
    const { html, text } = renderTable(claimsTable([claim], [verdict]));
    assert.match(text, /Accuracy on the test set +table 3 +98\.9 % +90\.40 ± 0\.21 % +2 +✗ not reproduced, provisional \(n = 2\)/);
    assert.match(html, /title="Eight points below\. Runs: lenet5\/proposed-1234-s1\."/);
  });

  test('a changed run changes the table', () => {
    const before = renderTable(claimsTable([claim], [verdict])).csv;
    const after = renderTable(claimsTable([claim], [{ ...verdict, mean: 98.8, outcome: 'reproduced', margin: -0.1 }])).csv;
    assert.notEqual(before, after);
    assert.match(after, /✓ reproduced/);
  });

  test('rounding does not hide what the verdict says: 1.2 times is not "at most 1", shown as 1', () => {
    const time: Claim = { ...claim, statement: 'No more time', value: 1, decimals: 0, unit: '1', bound: 'at most' } as Claim;
    const seen = (mean: number, outcome: Verdict['outcome']) =>
      renderTable(claimsTable([time], [{ ...verdict, mean, sd: null, unit: '1', outcome }])).text;
    assert.match(seen(1.21, 'not reproduced'), /at most 1\b.*\b1\.2\b/);
    assert.doesNotMatch(seen(1.21, 'reproduced'), /1\.2/);
  });

  test('a verdict that one reading of many gives says how many numbers it gives, and on how many seeds', () => {
    const one = { reading: 'r', name: 'other', matched: 3, judged: 8, of: 8, fitted: false, mean: 98.8 };
    const seen = { ...verdict, outcome: 'consistent with' as const, n: 3, readings: [one], fits: { reading: one, seeds: 1 } };
    assert.match(renderTable(claimsTable([claim], [seen])).text, /◇ fits another reading \(3 of 8 numbers\), provisional \(n = 1\)/);
  });

  test('obtained values carry their unit, counts no decimals, kappa enough of them to see its spread', () => {
    const seen = (unit: string, more: Partial<Claim>, mean: number, sd: number | null = null) =>
      renderTable(claimsTable([{ ...claim, unit, ...more } as Claim], [{ ...verdict, unit, mean, margin: mean, sd }])).text;
    assert.match(seen('GB', { value: 16, decimals: 1 } as Partial<Claim>, 0.52), /16\.0 GB +0\.5 GB/);
    assert.match(seen('1', { value: 0.75, decimals: 2 } as Partial<Claim>, 0.825, 0.0049), /0\.825 ± 0\.005 /);
    assert.match(seen('images', { kind: 'comparison', relation: 'higher' } as Partial<Claim>, 45), /\+45 images/);
    assert.match(seen('%', { kind: 'comparison', relation: 'higher' } as Partial<Claim>, 1.5), /\+1\.50 points/);
  });

  test('a comparison that is not reproduced says whether it shows nothing or the contrary; what is counted has no seeds', () => {
    const better = { ...claim, kind: 'comparison', relation: 'higher' } as unknown as Claim;
    const seen = (shows: Verdict['shows']) => renderTable(claimsTable([better], [{ ...verdict, ...(shows && { shows }) }])).text;
    assert.match(seen('no difference shown'), /✗ not reproduced \(no difference shown\), provisional \(n = 2\)/);
    assert.match(seen('the other way round'), /✗ not reproduced \(the other way round\), provisional/);
    const counted = { ...claim, kind: 'structure', unit: 'parameters', value: 12 } as unknown as Claim;
    const twelve = { ...verdict, outcome: 'reproduced exactly' as const, provisional: false, n: 1, mean: 12, sd: null, unit: 'parameters' };
    assert.match(renderTable(claimsTable([counted], [twelve])).text, /12 parameters +– +✓ reproduced exactly/);
    const withoutChance = { ...claim, deterministic: true } as Claim;
    const exactly = { ...verdict, outcome: 'reproduced exactly' as const, provisional: false, n: 1, mean: 98.9, sd: null };
    assert.match(renderTable(claimsTable([withoutChance], [exactly])).text, /98\.9 % +– +✓ reproduced exactly/);
  });

  test('a claim without a verdict says so', () => assert.match(renderTable(claimsTable([claim], [])).text, /no verdict yet/));
});
