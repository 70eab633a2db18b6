/** Claimed, obtained, verdict: one table per report; and the facts of one recorded run. */
import { colourOf, type Look } from '../figures/index.js';
import type { Claim, ClaimUnit, RunRecord, Verdict, VerdictOutcome } from '../results/index.js';
import type { ArtefactId } from './artefacts.js';
import { duration } from './progress.js';
import { type Cell, type CellMark, showTable, type TableData } from './table.js';

const marks: Record<VerdictOutcome, CellMark | undefined> = {
  'reproduced exactly': 'good',
  reproduced: 'good',
  better: 'good',
  'not reproduced': 'bad',
  explained: 'good',
  'consistent with': undefined,
  'not testable': undefined,
  'no recorded runs': undefined,
};

const signs: Record<VerdictOutcome, string> = {
  'reproduced exactly': '✓',
  reproduced: '✓',
  better: '▲',
  'not reproduced': '✗',
  explained: '◆',
  'consistent with': '◇',
  'not testable': '–',
  'no recorded runs': '…',
};

/** In every figure of verdicts a verdict has one colour and one symbol, of the shape of its sign in the tables. */
export const outcomeLooks: Record<VerdictOutcome, Look> = {
  'reproduced exactly': { colour: colourOf(0), symbol: 'circle' },
  reproduced: { colour: colourOf(2), symbol: 'square' },
  better: { colour: colourOf(5), symbol: 'triangle-up' },
  'not reproduced': { colour: colourOf(1), symbol: 'x' },
  explained: { colour: colourOf(3), symbol: 'diamond' },
  'consistent with': { colour: colourOf(7), symbol: 'diamond-open' },
  'not testable': { colour: colourOf(6), symbol: 'line-ew-open' },
  'no recorded runs': { colour: colourOf(4), symbol: 'circle-open-dot' },
};

/** Outcomes as a reader sees them, where the rule's own word says too little. */
const inWords: Partial<Record<VerdictOutcome, string>> = {
  'consistent with': 'fits another reading',
  explained: 'explained by another reading',
  // A comparison with one pair of runs, or with two that do not settle it, is among them.
  'no recorded runs': 'too few recorded runs',
};
export const outcomeWords = (outcome: VerdictOutcome): string => inWords[outcome] ?? outcome;

/** A claim without a verdict, and why; with one, the verdict and on how many seeds it stands. */
function verdictWords({ outcome, n, mean, provisional, fits, shows, readings }: Verdict): string {
  if (outcome === 'no recorded runs') {
    if (n === 0) return outcome;
    if (!Number.isFinite(mean)) return 'no verdict: a run diverged';
    return n === 1 ? 'one difference, a comparison needs two' : 'two differences, not clearly on one side: a third is needed';
  }
  // A reading that gives one number of many explains little, and less the more were tried: both are part of the verdict.
  const tried = readings.filter(({ judged }) => judged > 0).length;
  const share =
    fits && fits.reading.of > 1
      ? ` (${fits.reading.matched} of ${fits.reading.of} numbers${tried > 1 ? `; ${tried} readings tried` : ''})`
      : '';
  const seeds = fits?.seeds ?? n;
  return `${outcomeWords(outcome)}${share}${shows ? ` (${shows})` : ''}${provisional && n > 0 ? `, provisional (n = ${seeds})` : ''}`;
}

/** Fewest decimals in which the spread over seeds can be seen: counts need none. */
const leastDecimals = (unit: ClaimUnit) => (unit === '%' ? 2 : unit === '1' || unit === 'nats' ? 3 : 0);

/** A number with the decimals given, and its unit. */
function number(value: number | null | undefined, unit: string | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = Math.abs(value) >= 10_000 && Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(decimals);
  return `${text}${unit === '%' ? ' %' : unit && unit !== '1' ? ` ${unit}` : ''}`;
}

const MOST_DECIMALS = 4;

/** As many as the claim prints; more where rounding would show as equal what the verdict calls different. */
function decimalsOf(claim: Claim, { mean, outcome }: Verdict): number {
  if (claim.kind === 'comparison') return leastDecimals(claim.unit) || (Number.isInteger(mean) ? 0 : 1);
  if (claim.kind !== 'value') return 0;
  if (outcome === 'reproduced exactly') return claim.decimals;
  let decimals = Math.min(
    MOST_DECIMALS,
    Math.max(claim.decimals, claim.decimals < 2 && claim.unit === '1' ? 0 : leastDecimals(claim.unit)),
  );
  if (mean === null || outcome.startsWith('reproduced')) return decimals;
  while (decimals < MOST_DECIMALS && mean.toFixed(decimals) === claim.value.toFixed(decimals)) decimals++;
  return Math.max(decimals, claim.bound && decimals === 0 ? 1 : 0);
}

function reported(claim: Claim): string {
  if (claim.kind === 'comparison') return claim.relation;
  if (claim.value === undefined) return '–';
  // The report's own word: the number behind it is set here, and is told on hover.
  if (claim.kind === 'value' && claim.said) return claim.said;
  const printed = claim.kind === 'structure' ? undefined : claim.decimals;
  const decimals = printed ?? (Number.isInteger(claim.value) ? 0 : 2);
  const bound = claim.kind === 'value' && claim.bound ? `${claim.bound} ` : '';
  return `${bound}${number(claim.value, claim.unit, decimals)}`;
}

/** What the report's own word is judged as. */
const takenAs = (claim: Claim): { note?: string } =>
  claim.kind === 'value' && claim.said
    ? { note: `set here: ${claim.bound ? `${claim.bound} ` : ''}${number(claim.value, claim.unit, claim.decimals)}` }
    : {};

function obtained(claim: Claim, verdict: Verdict): string {
  const decimals = decimalsOf(claim, verdict);
  const signed = claim.kind === 'comparison' && verdict.margin !== null && verdict.margin > 0 ? '+' : '';
  const centre = claim.kind === 'comparison' ? verdict.margin : verdict.mean;
  if (centre === null) return '–';
  const spread = verdict.sd !== null && verdict.n > 1 ? ` ± ${verdict.sd.toFixed(decimals)}` : '';
  const named = verdict.unit === '%' && claim.kind === 'comparison' ? 'points' : verdict.unit;
  const unit = claim.kind === 'untestable' || named === '1' ? '' : ` ${named}`;
  return `${signed}${number(centre, undefined, decimals).replace(/^-/, '−')}${spread}${unit}`;
}

/** The 95 % interval of what was obtained: of the difference, where two are compared. */
function interval(claim: Claim, verdict: Verdict): string {
  if (!verdict.interval) return '–';
  const decimals = decimalsOf(claim, verdict);
  const signed = (value: number) =>
    `${claim.kind === 'comparison' && value > 0 ? '+' : ''}${number(value, undefined, decimals).replace(/^-/, '−')}`;
  return verdict.interval.map(signed).join(' to ');
}

/** Whether another seed could give another number: neither a count of layers nor a computation without chance has seeds. */
const hasChance = (claim: Claim) => claim.kind !== 'structure' && !(claim.kind === 'value' && claim.deterministic);

/** The table of claims: hover a verdict for its words and the runs behind it. */
export function claimsTable(claims: readonly Claim[], verdicts: readonly Verdict[]): TableData {
  const byClaim = new Map(verdicts.map((verdict) => [verdict.claim, verdict]));
  const rows = claims.map((claim) => {
    const verdict = byClaim.get(claim.id);
    if (!verdict)
      return [
        claim.statement,
        claim.place,
        reported(claim),
        '–',
        '–',
        { value: '… no verdict yet', note: 'no verdict was computed for this claim' },
      ];
    const note = `${verdict.words}${verdict.runs.length > 0 ? ` Runs: ${verdict.runs.join(', ')}.` : ''}`;
    return [
      claim.statement,
      claim.place,
      { value: reported(claim), mark: 'claim' as const, ...takenAs(claim) },
      { value: obtained(claim, verdict), note },
      verdict.n > 0 && hasChance(claim) ? verdict.n : '–',
      { value: `${signs[verdict.outcome]} ${verdictWords(verdict)}`, note, mark: marks[verdict.outcome] },
    ];
  });
  return { columns: ['claim', 'place in the report', 'reported', 'obtained', 'seeds', 'verdict'], rows };
}

/** The reason of a verdict without what other columns of its row say already: the numbers claimed and obtained, the interval, the seeds. */
export function reasonAlone(words: string): string {
  const reason = words
    .replace(/^Claimed [^()]*(?:\(sd\) )?over [^(:.]*\(([^)]*)\)\.\s*/, '$1. ')
    .replace(/^Difference.*? seeds?: /, '')
    .replace(/^Not testable as stated: /, '')
    .trim();
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}

/** The same with each interval, and with what is otherwise told on hover: why the verdict is what it is. */
export function explainedClaimsTable(claims: readonly Claim[], verdicts: readonly Verdict[]): TableData {
  const byClaim = new Map(verdicts.map((verdict) => [verdict.claim, verdict]));
  const { columns, rows } = claimsTable(claims, verdicts);
  const at = columns.indexOf('obtained') + 1;
  return {
    columns: [...columns.slice(0, at), '95 % interval', ...columns.slice(at), 'why'],
    rows: (rows as Cell[][]).map((row, index) => {
      const claim = claims[index]!;
      const verdict = byClaim.get(claim.id);
      return [...row.slice(0, at), verdict ? interval(claim, verdict) : '–', ...row.slice(at), verdict ? reasonAlone(verdict.words) : '–'];
    }),
  };
}

/** Shows claimed, obtained and verdict side by side. */
export async function showClaims(claims: readonly Claim[], verdicts: readonly Verdict[], id?: ArtefactId): Promise<void> {
  const counts = new Map<string, number>();
  for (const { outcome } of verdicts) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const note = [...counts].map(([outcome, count]) => `${count} ${outcomeWords(outcome as VerdictOutcome)}`).join(', ');
  const which = verdicts.length > claims.length ? `Of all ${verdicts.length} claims of the report: ` : '';
  const options = { note: note ? `${which}${note}. Hover a verdict for its reason.` : 'No verdicts yet.' };
  await (id === undefined ? showTable(claimsTable(claims, verdicts), options) : showTable(claimsTable(claims, verdicts), id, options));
}

const SAID: Record<string, string> = { auc: 'AUC', f1: 'F1', train: 'training' };

/** A metric's name as a reader says it: 'testAccuracy' is test accuracy, 'accuracyK5' accuracy, K = 5. */
export function metricInWords(name: string): string {
  const [, stem = name, neighbours] = /^(.*)K(\d+)$/.exec(name) ?? [];
  const words = stem.match(/f1|[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [stem];
  const said = words.map((word) => SAID[word.toLowerCase()] ?? word.toLowerCase()).join(' ');
  return neighbours ? `${said}, K = ${neighbours}` : said;
}

/** Counted while the weights change; some runs count training once more afterwards, and their table shows both. */
const DURING_TRAINING = ['trainAccuracy', 'trainLoss'];

/** What a recorded run is: its numbers, or those of them that are named, and where they come from. */
export async function showRun(record: RunRecord, metrics: readonly string[] = Object.keys(record.metrics)): Promise<void> {
  const unknown = metrics.filter((name) => record.metrics[name] === undefined);
  if (unknown.length > 0) throw new RangeError(`This run has no ${unknown.join(', ')}; it has ${Object.keys(record.metrics).join(', ')}.`);
  const left = Object.keys(record.metrics).length - metrics.length;
  const shown = (value: number) => (Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(5))));
  const rows: string[][] = [
    ['experiment', `${record.recipe.paper} / ${record.recipe.experiment}`],
    ['seed and profile', `${record.seed}, ${record.profile}`],
    ...metrics.map((name) => [
      `${metricInWords(name)}${DURING_TRAINING.includes(name) ? ', during the last epoch' : ''}`,
      shown(record.metrics[name]!),
    ]),
    ...(left > 0 ? [['and', `${left} more numbers`]] : []),
    [
      'data',
      record.data.map((used) => `${used.name} (${used.role}, ${used.count.toLocaleString('en-US')}, ${used.provenance})`).join('; '),
    ],
    ['time', `${duration(record.seconds)} on ${record.device}`],
    ['finished', `${record.finishedAt}, commit ${record.commit.replace(/^([0-9a-f]{10})[0-9a-f]+/, '$1')}`],
    ['recipe', record.hash.slice(0, 16)],
  ];
  await showTable({ columns: ['what', 'value'], rows }, { caption: 'Recorded run', provenance: record.provenance });
}
