/**
 * `npm run bench -- --device gpu --verify`: does a GPU compute what the CPU computes? Each case trains the same few steps on both and compares losses,
 * weights and outputs; times and memory beside them; a report in Markdown to paste. Each case has a process of its own (gpu-verify-case.mjs).
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** A case for each batch size; `only`: those whose name holds it. */
export function casesOf(only = '') {
  const list = JSON.parse(fs.readFileSync(path.join(here, 'gpu-cases.json'), 'utf8'));
  return list
    .flatMap((one) => one.batches.map((batch) => ({ ...one, batch, name: `${one.title}, batch ${batch}` })))
    .filter(({ name }) => name.includes(only));
}

/** What only verification runs: everything that draws random numbers, which must be the same numbers on both devices. */
export const DRAWS = { name: 'dropouts, batch normalisation, flips, batch 32', title: 'draws', shape: [28, 28, 1], batch: 32, steps: 12 };

/**
 * How far the devices may be apart after ten steps, relative to the largest number compared. Both add the same terms in float32 in different
 * orders: 1e-6 a sum, times the layers, times the steps. A gate out of order or a mask drawn anew is apart by 1e-1.
 */
export const ALLOWED = { loss: 2e-4, outputs: 1e-3, weights: 1e-3 };

export function distance(actual, expected) {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 1e-3;
  let apart = 0;
  for (let index = 0; index < expected.length; index++) {
    largest = Math.max(largest, Math.abs(expected[index]));
    const difference = Math.abs(actual[index] - expected[index]);
    // Written so that a number that is none counts as far apart.
    if (!(difference <= apart)) apart = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return apart / largest;
}

/** What is too far apart in a case's answer; nothing where the devices agree. */
export function disagreements({ apart }) {
  return Object.entries(ALLOWED)
    .filter(([key, allowed]) => !(apart[key] <= allowed))
    .map(([key, allowed]) => `${key} ${apart[key].toExponential(1)} apart, allowed ${allowed.toExponential(0)}`);
}

function runCase(one, { rehearse }) {
  const words = [path.join(here, 'gpu-verify-case.mjs'), JSON.stringify(one), ...(rehearse ? ['--rehearse'] : [])];
  const answer = spawnSync(process.execPath, words, { cwd: path.dirname(here), encoding: 'utf8', maxBuffer: 2 ** 26 });
  try {
    return { one, ...JSON.parse(answer.stdout.trim().split('\n').at(-1)) };
  } catch {
    const said = (answer.stderr || answer.stdout || '').trim().split('\n').filter(Boolean);
    return {
      one,
      failed: (said.find((line) => /Error/.test(line)) ?? said.at(-1) ?? `ended by ${answer.signal ?? `code ${answer.status}`}`).slice(
        0,
        400,
      ),
    };
  }
}

const verdictOf = (result) => {
  if (result.failed) return `FAILED: ${result.failed}`;
  const found = disagreements(result);
  return found.length === 0 ? 'same' : `DIFFERENT: ${found.join('; ')}`;
};

const cell = (value) => (value === undefined || value === null ? '–' : String(value).replaceAll('|', '/'));

/** The report as Markdown. `machine`: what runtime() says. */
export function reportOf(results, machine, { rehearse = false, date = new Date() } = {}) {
  const agreed = results.filter((result) => verdictOf(result) === 'same').length;
  const lines = [
    rehearse ? '# Rehearsal of the GPU check on a CPU: it tries the program and says nothing about a GPU' : '# GPU check',
    '',
    `${date.toISOString().slice(0, 10)}, ${machine}`,
    '',
    '| case | recurrence | loss apart | weights apart | outputs apart | CPU ms/step | GPU ms/step | GPU memory MB | verdict |',
    '|---|---|---|---|---|---|---|---|---|',
    ...results.map((result) => {
      const apart = (key) => result.apart?.[key].toExponential(1);
      const { recurrence, milliseconds, gpuMegabytes } = result;
      const cells = [
        result.one.name,
        recurrence,
        apart('loss'),
        apart('weights'),
        apart('outputs'),
        milliseconds?.cpu,
        milliseconds?.gpu,
        gpuMegabytes,
      ];
      return `| ${[...cells, verdictOf(result)].map(cell).join(' | ')} |`;
    }),
    '',
    agreed === results.length && results.length > 0
      ? `${rehearse ? 'Rehearsed' : 'Verified'}: all ${agreed} cases agree within float32 (allowed: loss ${ALLOWED.loss}, weights ${ALLOWED.weights}, outputs ${ALLOWED.outputs}).`
      : `NOT ${rehearse ? 'rehearsed' : 'verified'}: ${agreed} of ${results.length} cases agree.`,
  ];
  return { text: lines.join('\n'), passed: agreed === results.length && results.length > 0 };
}

export function verify({ only, rehearse = false, machine, onCase }) {
  const cases = [DRAWS, ...casesOf()].filter(({ name }) => !only || name.includes(only));
  const results = cases.map((one) => {
    onCase?.(one.name);
    return runCase(one, { rehearse });
  });
  return reportOf(results, machine, { rehearse });
}
