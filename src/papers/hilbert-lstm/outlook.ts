/** What the report hoped for: a forget gate that forgets by a power law, a spiral, a reservoir. What has come of each, from runs. */
import type { TableData } from '../../notebook/index.js';
import type { RunRecord } from '../../results/index.js';
import { comparisonOf, meanAccuracy, meanOf, recordedOf } from '../evidence.js';
import { hardlyLearned } from '../failed.js';
import { percent, signedPoints, wrapped } from '../words.js';
import { reservoirKinds, verdicts } from './artefacts.js';
import type { CellName } from './models.js';
import { type PuzzleResult, solved } from './puzzle.js';

const paper = 'hilbert-lstm';

/** The three cells of the puzzle on the same digits, row by row. */
const cells: readonly { cell: CellName; name: string; experiment: string }[] = [
  { cell: 'simple-rnn', name: 'SimpleRNN', experiment: 'rnn-14-row' },
  { cell: 'lstm', name: 'LSTM', experiment: 'lstm-14-row' },
  { cell: 'power-law-lstm', name: 'power-law LSTM', experiment: 'power-law-14-row' },
];
/** Those of them that failed, at a tenth of the learning rate. */
const slower: readonly { name: string; experiment: string }[] = [
  { name: 'SimpleRNN, a tenth of the learning rate', experiment: 'rnn-14-row-slow' },
  { name: 'power-law LSTM, a tenth of the learning rate', experiment: 'power-law-14-row-slow' },
];
const runsInWords = ({ length }: readonly RunRecord[]): string => `${length} run${length === 1 ? '' : 's'}`;
const nameOf = (wanted: CellName): string => cells.find(({ cell }) => cell === wanted)!.name;

const comparedCells = (live?: readonly RunRecord[]) =>
  comparisonOf(
    paper,
    [...cells, ...slower].map(({ experiment }) => experiment),
    live,
  );

/** The three cells on the same digits, same training; below, two of them at a lower learning rate. */
export function powerLawTable(live?: readonly RunRecord[]): TableData {
  const compared = comparedCells(live);
  return {
    columns: ['network', 'test accuracy %', 'parameters', 'from'],
    rows: [...cells, ...slower].map(({ name, experiment }) => {
      const here = compared.of(experiment);
      const accuracy = meanOf(here, 'testAccuracy');
      const parameters = meanOf(here, 'parameters');
      return [
        name,
        accuracy === undefined ? '–' : (100 * accuracy).toFixed(2),
        parameters === undefined ? '–' : parameters.toLocaleString('en-US'),
        here.label,
      ];
    }),
  };
}

/** Which cell is best on the digits, and whether it is the one that was best in the puzzle. */
export function cellsInWords(
  puzzle: readonly PuzzleResult[],
  onDigits: readonly { cell: CellName; records: readonly RunRecord[] }[],
  slow: readonly { name: string; records: readonly RunRecord[] }[] = [],
): string {
  const run = onDigits.filter(({ records }) => records.length > 0).map((each) => ({ ...each, accuracy: meanAccuracy(each.records) }));
  if (run.length < 2) return 'Fewer than two of these cells have been run on the digits.';
  const best = run.reduce((top, each) => (each.accuracy > top.accuracy ? each : top));
  const most = Math.max(...puzzle.map(solved));
  const winners = puzzle.filter((result) => solved(result) === most).map(({ cell }) => cell);
  const inPuzzle = most === 0 ? 'none solved it' : winners.map(nameOf).join(' and ');
  const same = most === 0 ? '' : winners.includes(best.cell) ? ' The same cell wins both.' : ' Another cell wins here.';
  const [lstm, power] = (['lstm', 'power-law-lstm'] as const).map((wanted) => run.find(({ cell }) => cell === wanted));
  const failed = power?.records.filter(hardlyLearned).length ?? 0;
  return wrapped(
    [
      `Best on the digits: ${nameOf(best.cell)}, ${percent(best.accuracy)}; in the puzzle: ${inPuzzle}.${same}`,
      ...(power && failed > 0
        ? [
            `The power-law LSTM failed to learn, at the others' learning rate, in ${failed} of ${runsInWords(power.records)}: that says nothing about its memory.`,
            ...slowWords(slow),
          ]
        : lstm && power
          ? [`The power law against the LSTM: ${signedPoints(100 * (power.accuracy - lstm.accuracy))} points.`]
          : []),
    ].join('\n'),
  );
}

/** What a tenth of the learning rate made of the cells that failed. */
function slowWords(slow: readonly { name: string; records: readonly RunRecord[] }[]): string[] {
  const each = slow.map(({ name, records }) => {
    if (records.length === 0) return `  ${name}: not run yet.`;
    const failed = records.filter(hardlyLearned).length;
    const runs = runsInWords(records);
    return `  ${name}: ${percent(meanAccuracy(records))} (${runs}${failed === 0 ? '' : `, ${failed} of which failed to learn`}).`;
  });
  return ['Cells that failed, trained more slowly:', ...each];
}

/** The same of the runs there are. */
export function cellsOnDigits(puzzle: readonly PuzzleResult[], live?: readonly RunRecord[]): string {
  const compared = comparedCells(live);
  return cellsInWords(
    puzzle,
    cells.map(({ cell, experiment }) => ({ cell, records: compared.of(experiment).records })),
    slower.map(({ name, experiment }) => ({ name, records: compared.of(experiment).records })),
  );
}

const recordedRuns = (experiment: string) => recordedOf(paper, experiment);

/** A recorded experiment beside the LSTM that the report describes, or that it is not run yet. */
function besideLstm(experiment: string, lstm: string): string {
  const [mine, other] = [recordedRuns(experiment), recordedRuns(lstm)];
  if (mine.length === 0) return `not run yet (npm run sweep -- --paper 04 --only =${experiment})`;
  const failed = mine.filter(hardlyLearned).length;
  const runs = runsInWords(mine);
  const trouble = failed === 0 ? '' : mine.length === 1 ? ', which failed to learn' : `, ${failed} of which failed to learn`;
  return `${percent(meanAccuracy(mine))} (${runs}${trouble})${other.length > 0 ? `; the LSTM as stated ${percent(meanAccuracy(other))}` : ''}`;
}

function spiralWords(): string[] {
  return verdicts()
    .filter(({ claim }) => claim.startsWith(`${paper}/spiral-`))
    .map(
      ({ claim, outcome, words }) =>
        `  ${claim.endsWith('row') ? 'against rows' : 'against Hilbert'}: ${outcome} (${words.replace(/\.$/, '')}).`,
    );
}

function bestReservoir(order: 'row' | 'hilbert'): string[] {
  const kinds = reservoirKinds.flatMap(({ suffix }) => {
    const records = recordedRuns(`reservoir-${order}${suffix}`);
    return records.length === 0 ? [] : [{ accuracy: meanAccuracy(records), runs: records.length }];
  });
  if (kinds.length === 0) return [];
  const best = kinds.reduce((top, each) => (each.accuracy > top.accuracy ? each : top));
  const lstm = recordedRuns(`lstm-14-${order}`);
  const beside = lstm.length > 0 ? `; the LSTM ${percent(meanAccuracy(lstm))}` : '';
  return [`  ${order === 'row' ? 'row by row' : 'Hilbert order'}: ${percent(best.accuracy)} at best of ${kinds.length} kinds${beside}.`];
}

/** What has come of the report's outlook, piece by piece; recorded runs alone. */
export function outlookWords(): string {
  const reservoirs = (['row', 'hilbert'] as const).flatMap(bestReservoir);
  return wrapped(
    [
      'Spiral, from the edge inwards (short trainings, 196 steps):',
      ...spiralWords(),
      'Power law, row by row:',
      `  196 steps: ${besideLstm('power-law-14-row', 'lstm-14-row')}.`,
      `  196 steps, a tenth of the learning rate: ${besideLstm('power-law-14-row-slow', 'lstm-14-row')}.`,
      `  784 steps, the report's question: ${besideLstm('power-law-28-row', 'lstm-28-row')}.`,
      'Reservoir, both orders on 196 steps:',
      ...(reservoirs.length > 0 ? reservoirs : ['  not run yet.']),
    ].join('\n'),
  );
}
