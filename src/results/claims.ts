/** The rule that turns a claim and its recorded runs into a verdict; written once, for every report. */
import { ResultsError } from './errors.js';
import { mixedDevices, setsOf } from './group.js';
import { holdsZero, SEEDS_WANTED, summarise } from './statistics.js';
import type {
  Claim,
  ClaimUnit,
  ComparisonClaim,
  Constant,
  Measure,
  Reading,
  ReadingResult,
  RunRecord,
  StructureClaim,
  UntestableClaim,
  ValueClaim,
  Verdict,
  VerdictOutcome,
} from './types.js';

/** What else the rule looks at: readings declared beforehand, and the claims that belong together. */
export interface JudgeContext {
  readings?: readonly Reading[];
  /** All claims of the report; needed where claims belong together. */
  claims?: readonly Claim[];
}

const isConstant = (measure: Measure | Constant): measure is Constant => 'constant' in measure;

/** Claims in per cent are judged against fractions of 1. */
const inUnit = (unit: ClaimUnit) => (unit === '%' ? 100 : 1);

/** How far a claimed percentage may lie from ours, in points, before spread over seeds counts. */
export const HALF_POINT = 0.5;

/** The rule's half point: on the scale of per cent, or of fractions. */
function tolerance(claim: ValueClaim | ComparisonClaim): number {
  if (claim.kind === 'value' && claim.bound) return 0;
  if (claim.tolerance !== undefined) return claim.tolerance;
  if (claim.unit === '%') return HALF_POINT;
  if (claim.unit === '1') return HALF_POINT / 100;
  throw new ResultsError(`The claim ${claim.id} is in ${claim.unit}, for which the rule has no tolerance: state one with the claim.`);
}

/** Only full runs on real data count; of several recipes, or states of a data set, under one name only the one that ran last. */
function countingRuns(records: readonly RunRecord[], paper: Claim['paper']): RunRecord[] {
  const full = records.filter((run) => run.recipe.paper === paper && run.profile === 'paper' && run.provenance === 'real');
  const newest = new Map<string, RunRecord>();
  for (const run of full) {
    const known = newest.get(run.recipe.experiment);
    if (!known || run.finishedAt > known.finishedAt) newest.set(run.recipe.experiment, run);
  }
  return full.filter((run) => {
    const last = newest.get(run.recipe.experiment)!;
    return last.hash === run.hash && setsOf(last) === setsOf(run);
  });
}

function reduced(curve: readonly number[] | undefined, take: Extract<Measure, { curve: string }>['take']): number | undefined {
  if (!curve || curve.length === 0) return undefined;
  if (typeof take === 'object') return curve[take.epoch - 1];
  if (take === 'first') return curve[0];
  if (take === 'last') return curve[curve.length - 1];
  if (take === 'mean') return curve.reduce((sum, value) => sum + value, 0) / curve.length;
  return take === 'highest' ? Math.max(...curve) : Math.min(...curve);
}

/** What a measure is for one run, as stored (accuracies are fractions); undefined where the run does not have it. */
export function measured(measure: Measure, run: RunRecord): number | undefined {
  if ('metric' in measure) return run.metrics[measure.metric];
  if ('curve' in measure) return reduced(run.curves[measure.curve], measure.take);
  return measure.read(run);
}

interface Sample {
  seeds: number[];
  values: number[];
  runs: string[];
}

const fileOf = (run: RunRecord) => `${run.recipe.paper}/${run.recipe.experiment}-${run.hash.slice(0, 8)}-s${run.seed}`;

function sampleOf(measure: Measure, unit: ClaimUnit, runs: readonly RunRecord[]): Sample {
  const sample: Sample = { seeds: [], values: [], runs: [] };
  for (const run of [...runs].sort((a, b) => a.seed - b.seed)) {
    if (run.recipe.experiment !== measure.experiment || sample.seeds.includes(run.seed)) continue;
    const value = measured(measure, run);
    if (value === undefined) continue;
    sample.seeds.push(run.seed);
    sample.values.push(value * inUnit(unit));
    sample.runs.push(fileOf(run));
  }
  return sample;
}

/** left − right by seed; seeds that only one of them has are left out. */
function pairedSample(left: Measure, right: Measure | Constant, unit: ClaimUnit, runs: readonly RunRecord[]): Sample {
  const one = sampleOf(left, unit, runs);
  if (isConstant(right)) return { ...one, values: one.values.map((value) => value - right.constant) };
  const other = sampleOf(right, unit, runs);
  const shared = one.seeds.filter((seed) => other.seeds.includes(seed));
  const at = (sample: Sample, seed: number) => sample.seeds.indexOf(seed);
  return {
    seeds: shared,
    values: shared.map((seed) => one.values[at(one, seed)]! - other.values[at(other, seed)]!),
    runs: [...new Set([...shared.map((seed) => one.runs[at(one, seed)]!), ...shared.map((seed) => other.runs[at(other, seed)]!)])],
  };
}

const valueSample = ({ measure, minus, unit }: ValueClaim, runs: readonly RunRecord[]): Sample =>
  minus ? pairedSample(measure, minus, unit, runs) : sampleOf(measure, unit, runs);

const sameDigits = (a: number, b: number, decimals: number) => a.toFixed(decimals) === b.toFixed(decimals);

/**
 * How far a number may lie from the mean: two standard deviations, and never less than the tolerance. The spread of one or two seeds says so
 * little that it allows nothing: two that happen to lie far apart would meet any claim.
 */
function reach({ sd, n }: { sd: number | null; n: number }, least: number): number {
  return n < SEEDS_WANTED ? least : Math.max(2 * (sd ?? 0), least);
}

/** Does the claimed number lie within reach of the mean? A hair is allowed for the binary spelling of 0.5. A bound is kept or it is not. */
function inside(claimed: number, sample: Sample, allowed: number, bound?: ValueClaim['bound']): boolean {
  const summary = summarise(sample.values);
  const { mean } = summary;
  if (bound === 'at least') return mean >= claimed;
  if (bound === 'at most') return mean <= claimed;
  return Math.abs(mean - claimed) <= reach(summary, allowed) * (1 + 1e-9);
}

/** A number that only two standard deviations reach, while every run lies on the same side of it: the rule calls it reproduced, the reader is told how. */
function spreadAlone(claim: ValueClaim, { values }: Sample): Verdict['shows'] {
  if (claim.bound || claim.deterministic) return undefined;
  if (Math.abs(summarise(values).mean - claim.value) <= tolerance(claim) * (1 + 1e-9)) return undefined;
  if (values.every((value) => value < claim.value)) return 'by the spread alone: all runs lower';
  return values.every((value) => value > claim.value) ? 'by the spread alone: all runs higher' : undefined;
}

/**
 * Does any run itself come near the number? A reading is one of many that are tried, so a wide spread, or runs far off on both sides whose mean
 * happens to meet the number, is not enough for it.
 */
function reached(claim: ValueClaim, sample: Sample): boolean {
  if (claim.bound) return true;
  if (spreadAlone(claim, sample)) return false;
  return sample.values.some((value) => Math.abs(value - claim.value) <= tolerance(claim) * (1 + 1e-9));
}

function together(claim: ValueClaim, claims: readonly Claim[] = []): ValueClaim[] {
  if (!claim.together) return [claim];
  const all = claims.filter(
    (other): other is ValueClaim => other.kind === 'value' && other.paper === claim.paper && other.together === claim.together,
  );
  return all.some((other) => other.id === claim.id) ? all : [...all, claim];
}

function allExact(group: readonly ValueClaim[], runs: readonly RunRecord[]): boolean {
  return group.every((claim) => {
    const { values } = valueSample(claim, runs);
    return claim.deterministic === true && values.length > 0 && values.every((value) => sameDigits(value, claim.value, claim.decimals));
  });
}

/** What one reading gives for the numbers that belong together. */
function tryReading(reading: Reading, claim: ValueClaim, group: readonly ValueClaim[], runs: readonly RunRecord[]): ReadingResult {
  let matched = 0;
  let judged = 0;
  let mean: number | null = null;
  for (const member of group) {
    const explained = reading.explains.find((entry) => entry.claim === member.id);
    if (!explained) continue;
    const sample = valueSample({ ...member, measure: explained.measure, ...(explained.minus && { minus: explained.minus }) }, runs);
    if (sample.values.length === 0) continue;
    judged++;
    if (member.id === claim.id) mean = summarise(sample.values).mean;
    const fits = reading.deterministic
      ? sample.values.every((value) => sameDigits(value, member.value, member.decimals))
      : inside(member.value, sample, tolerance(member), member.bound) && reached(member, sample);
    if (fits) matched++;
  }
  return { reading: reading.id, name: reading.name, matched, judged, of: group.length, fitted: reading.fitted === true, mean };
}

/** Fewest seeds behind any number that a reading gives. */
function readingSeeds(reading: Reading, group: readonly ValueClaim[], runs: readonly RunRecord[]): number {
  const counts = group.flatMap((member) => {
    const entry = reading.explains.find(({ claim }) => claim === member.id);
    return entry ? [sampleOf(entry.measure, member.unit, runs).values.length] : [];
  });
  return counts.length === 0 ? 0 : Math.min(...counts);
}

function shown(value: number, unit: ClaimUnit, decimals = 2): string {
  if (!Number.isFinite(value)) return String(value);
  return `${value.toFixed(decimals)}${unit === '1' ? '' : ` ${unit}`}`;
}

const signed = (value: number, unit: ClaimUnit, decimals = 2) =>
  `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(decimals)}${unit === '%' ? ' points' : unit === '1' ? '' : ` ${unit}`}`;

const decimalsOf = (claim: Claim) =>
  claim.kind === 'value' ? Math.max(claim.decimals, claim.unit === '%' ? 2 : claim.unit === '1' ? 3 : 0) : 2;

function seedsInWords(n: number, deterministic: boolean): string {
  if (deterministic) return 'a computation without chance';
  return n === 1 ? 'one seed' : `${n} seeds`;
}

function empty(claim: Claim): Verdict {
  return {
    claim: claim.id,
    paper: claim.paper,
    outcome: 'no recorded runs',
    provisional: false,
    margin: null,
    n: 0,
    seeds: [],
    mean: null,
    sd: null,
    interval: null,
    claimed: claim.kind === 'comparison' ? null : (claim.value ?? null),
    unit: claim.unit ?? '1',
    readings: [],
    runs: [],
    words: '',
  };
}

function withSample(verdict: Verdict, sample: Sample): Verdict {
  const { n, mean, sd, interval } = summarise(sample.values);
  return { ...verdict, n, mean, sd, interval, seeds: sample.seeds, runs: sample.runs };
}

/** Runs that exist but may not count, in words. */
function leftOut(experiments: readonly string[], claim: Claim, records: readonly RunRecord[]): string {
  const counting = countingRuns(records, claim.paper);
  const others = records.filter(
    (run) => run.recipe.paper === claim.paper && experiments.includes(run.recipe.experiment) && !counting.includes(run),
  );
  const kinds = new Set(others.map((run) => (run.provenance === 'stand-in' ? 'on stand-ins' : `of the ${run.profile} profile`)));
  return kinds.size === 0 ? '' : ` Runs ${[...kinds].sort().join(' and ')} exist; they never give a verdict.`;
}

function judgeValue(claim: ValueClaim, records: readonly RunRecord[], context: JudgeContext): Verdict {
  const runs = countingRuns(records, claim.paper);
  const group = together(claim, context.claims);
  const sample = valueSample(claim, runs);
  const deterministic = claim.deterministic === true;
  const declared = (context.readings ?? []).filter(
    (reading) => reading.paper === claim.paper && reading.explains.some((entry) => entry.claim === claim.id),
  );
  const readings = declared.map((reading) => tryReading(reading, claim, group, runs));

  let verdict: Verdict = { ...empty(claim), readings };
  let direct: VerdictOutcome = 'no recorded runs';
  if (sample.values.length > 0) {
    verdict = withSample(verdict, sample);
    verdict.margin = verdict.mean! - claim.value;
    verdict.provisional = !deterministic && verdict.n < SEEDS_WANTED;
    if (deterministic && allExact(group, runs)) direct = 'reproduced exactly';
    else if (inside(claim.value, sample, tolerance(claim), claim.bound)) direct = 'reproduced';
    else if (claim.goodSide === 'higher' && verdict.margin > 0) direct = 'better';
    else if (claim.goodSide === 'lower' && verdict.margin < 0) direct = 'better';
    else direct = 'not reproduced';
  }
  verdict.outcome = direct;
  const spread = direct === 'reproduced' ? spreadAlone(claim, sample) : undefined;
  if (spread) verdict.shows = spread;

  const decimals = decimalsOf(claim);
  const claimedWords = `${claim.bound ? `${claim.bound} ` : ''}${shown(claim.value, claim.unit, claim.decimals)}`;
  const allowed = reach(verdict, tolerance(claim));
  if (sample.values.length === 0)
    verdict.words = `Claimed ${claimedWords}; no recorded full run on real data yet.${leftOut([claim.measure.experiment], claim, records)}`;
  else {
    const deviation = verdict.sd === null ? '' : ` ± ${verdict.sd.toFixed(decimals)} (sd)`;
    const what = `Claimed ${claimedWords}, obtained ${shown(verdict.mean!, claim.unit, decimals)}${deviation} over ${seedsInWords(verdict.n, deterministic)}`;
    const range = `${signed(verdict.margin!, claim.unit, decimals)}${claim.bound ? '' : `, allowed ± ${allowed.toFixed(decimals)}`}`;
    verdict.words =
      direct === 'reproduced exactly'
        ? `${what}: every digit${group.length > 1 ? ` of all ${group.length} numbers that belong together` : ''}.`
        : `${what} (${range}${spread ? `, ${spread}` : ''}).`;
  }

  // Another reading is asked for where the plain one fails, and where it does better on one number of several that one reading gives together.
  const explains = readings.some((result) => !result.fitted && group.length > 1 && result.matched === group.length);
  if (readings.length > 0 && (direct === 'not reproduced' || (direct === 'better' && explains)))
    verdict = explainedBy(verdict, claim, declared, readings, group, runs);
  if (verdict.provisional)
    verdict.words += verdict.fits
      ? ` Provisional: that reading stands on ${seedsInWords(verdict.fits.seeds, false)}.`
      : ` Provisional (n = ${verdict.n}).`;
  return verdict;
}

/** How many readings were looked at: a match found among many weighs less. */
function triedInWords(readings: readonly ReadingResult[]): string {
  const tried = readings.filter(({ judged }) => judged > 0).length;
  const waiting = readings.length - tried;
  const count = `${tried} reading${tried === 1 ? '' : 's'} tried`;
  return waiting === 0 ? count : `${count}, ${waiting} without runs yet`;
}

function explainedBy(
  verdict: Verdict,
  claim: ValueClaim,
  declared: readonly Reading[],
  readings: readonly ReadingResult[],
  group: readonly ValueClaim[],
  runs: readonly RunRecord[],
): Verdict {
  const tried = triedInWords(readings);
  const full = declared.findIndex((reading, at) => !reading.fitted && readings[at]!.matched === group.length);
  // Of those that give this number, the one that gives most of the others with it; of equals the first declared.
  const partial = declared
    .map((reading, at) => ({ at, matched: tryReading(reading, claim, [claim], runs).matched === 1 ? readings[at]!.matched : 0 }))
    .reduce((best, next) => (next.matched > best.matched ? next : best), { at: -1, matched: 0 }).at;
  const at = full >= 0 ? full : partial;
  if (at < 0) return { ...verdict, words: `${verdict.words} No declared reading gives it (${tried}).` };
  const reading = declared[at]!;
  const result = readings[at]!;
  const seeds = readingSeeds(reading, group, runs);
  const outcome: VerdictOutcome = full >= 0 ? 'explained' : 'consistent with';
  const share = group.length === 1 ? 'its number' : `${result.matched} of the ${group.length} numbers that belong together`;
  const fitted = reading.fitted ? ', with a setting that was searched for' : '';
  return {
    ...verdict,
    outcome,
    fits: { reading: result, seeds },
    provisional: reading.deterministic !== true && seeds < SEEDS_WANTED,
    words: `${verdict.words} ${outcome === 'explained' ? 'Explained by' : 'Consistent with'} "${reading.name}": it gives ${share}${result.mean === null ? '' : ` (here ${shown(result.mean, claim.unit, decimalsOf(claim))})`}${fitted} (${tried}).`,
  };
}

/** Which side of a comparison is there already, in words. */
function halfDone(experiments: readonly string[], runs: readonly RunRecord[]): string {
  const recorded = experiments.filter((experiment) => runs.some((run) => run.recipe.experiment === experiment));
  const missing = experiments.filter((experiment) => !recorded.includes(experiment));
  return recorded.length > 0 && missing.length > 0 ? ` Recorded so far: ${recorded.join(', ')}; still missing: ${missing.join(', ')}.` : '';
}

function judgeComparison(claim: ComparisonClaim, records: readonly RunRecord[]): Verdict {
  const runs = countingRuns(records, claim.paper);
  const sample = pairedSample(claim.left, claim.right, claim.unit, runs);
  const verdict = empty(claim);
  const experiments = [claim.left.experiment, ...(isConstant(claim.right) ? [] : [claim.right.experiment])];
  if (sample.values.length === 0)
    return {
      ...verdict,
      words: `No pair of recorded full runs on real data yet.${halfDone(experiments, runs)}${leftOut(experiments, claim, records)}`,
    };
  const filled = { ...withSample(verdict, sample), provisional: sample.values.length < SEEDS_WANTED };
  filled.margin = filled.mean;
  const difference = signed(filled.mean!, claim.unit);
  if (filled.n === 1 || !Number.isFinite(filled.mean)) {
    const [one, several] = isConstant(claim.right) ? ['run', 'runs'] : ['pair of runs', 'pairs of runs'];
    const why = Number.isFinite(filled.mean) ? 'one says nothing of chance' : 'a run diverged';
    return {
      ...filled,
      words: `Difference ${difference} from ${filled.n} ${filled.n === 1 ? one : several}; ${why}, so there is no verdict yet. Provisional (n = ${filled.n}).`,
    };
  }
  const { interval } = filled;
  const sides = interval ?? fewSides(claim, sample.values);
  const range = !interval
    ? `Differences ${sample.values.map((value) => signed(value, claim.unit)).join(' and ')}`
    : `Difference ${difference}, 95 % interval ${signed(interval[0], claim.unit)} to ${signed(interval[1], claim.unit)} over ${filled.n} paired seeds`;
  if (sides === undefined)
    return {
      ...filled,
      words: `${range}: before three seeds a verdict needs both clearly on one side${fewAllowed(claim)}. Provisional (n = ${filled.n}).`,
    };
  const [from, to] = sides;
  const outcome: VerdictOutcome = holds(claim, from, to) ? 'reproduced' : 'not reproduced';
  const shows = outcome === 'reproduced' ? undefined : shownInstead(claim, from, to);
  const words = `${range}: ${comparisonWords(claim, outcome, shows)}.`;
  return { ...filled, outcome, ...(shows && { shows }), words: filled.provisional ? `${words} Provisional (n = ${filled.n}).` : words };
}

/** What a difference is allowed, in words: of per cent it is points. */
const allowance = (value: number, { unit }: ComparisonClaim): string => (unit === '%' ? `${value.toFixed(2)} points` : shown(value, unit));

/** What two differences must exceed, or for "equal" stay within; undefined where the unit has no allowance. */
const fewTolerance = (claim: ComparisonClaim): number | undefined =>
  claim.tolerance !== undefined || claim.unit === '%' || claim.unit === '1' ? tolerance(claim) : undefined;

function fewAllowed(claim: ComparisonClaim): string {
  const allowed = fewTolerance(claim);
  return allowed === undefined ? ', and in this unit nothing says what is clear' : `, by more than ${allowance(allowed, claim)}`;
}

/**
 * The least and the greatest of two differences, where they are enough for a verdict. Before three seeds there is no interval, and the allowance
 * decides, as it does for a number: both beyond it on one side, or, for "equal", both within.
 */
function fewSides(claim: ComparisonClaim, values: readonly number[]): readonly [number, number] | undefined {
  const allowed = fewTolerance(claim);
  if (allowed === undefined) return undefined;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const apart = low > allowed || high < -allowed;
  const near = claim.relation === 'equal' && Math.max(-low, high) <= allowed * (1 + 1e-9);
  return apart || near ? [low, high] : undefined;
}

function holds(claim: ComparisonClaim, low: number, high: number): boolean {
  if (claim.relation === 'higher') return low > 0;
  if (claim.relation === 'lower') return high < 0;
  return Math.max(Math.abs(low), Math.abs(high)) <= tolerance(claim) * (1 + 1e-9);
}

/** That two are equal is either shown or not; that one is better may also be contradicted. */
function shownInstead({ relation }: ComparisonClaim, low: number, high: number): Verdict['shows'] {
  if (relation === 'equal') return undefined;
  return holdsZero(low, high) ? 'no difference shown' : 'the other way round';
}

function comparisonWords(claim: ComparisonClaim, outcome: VerdictOutcome, shows: Verdict['shows']): string {
  if (claim.relation === 'equal') {
    const equal = outcome === 'reproduced' ? 'equal' : 'not shown to be equal';
    return `${equal} within ${allowance(tolerance(claim), claim)}`;
  }
  if (shows === undefined) return 'as claimed';
  return shows === 'no difference shown' ? `the interval holds zero, ${shows}` : shows;
}

function judgeStructure(claim: StructureClaim): Verdict {
  const value = claim.compute();
  const same = value === claim.value;
  return {
    ...empty(claim),
    outcome: same ? 'reproduced exactly' : 'not reproduced',
    mean: value,
    margin: value - claim.value,
    n: 1,
    words: same
      ? `Claimed and counted: ${claim.value}${claim.unit === '1' ? '' : ` ${claim.unit}`}.`
      : `Claimed ${claim.value}, counted ${value}${claim.unit === '1' ? '' : ` ${claim.unit}`}.`,
  };
}

/** A claim by what it says, as a reader knows it; by its id where the report's other claims were not given. */
function said(id: string, claims: readonly Claim[] = []): string {
  const claim = claims.find((one) => one.id === id);
  return claim ? `"${claim.statement}"` : id;
}

function judgeUntestable(claim: UntestableClaim, { claims }: JudgeContext): Verdict {
  const instead = claim.instead?.length ? ` Judged in its place: ${claim.instead.map((id) => said(id, claims)).join(', ')}.` : '';
  return { ...empty(claim), outcome: 'not testable', words: `Not testable as stated: ${claim.why}.${instead}` };
}

/** Runs of a CPU and of a GPU behind one verdict are named, never silently averaged. */
function withDevices(verdict: Verdict, records: readonly RunRecord[]): Verdict {
  const mixed = mixedDevices(records.filter((run) => verdict.runs.includes(fileOf(run))));
  return mixed ? { ...verdict, words: `${verdict.words} Computed on different devices: ${mixed}.` } : verdict;
}

/** The verdict on one claim, from recorded runs. Only full runs (`paper`) on real data count. */
export function judge(claim: Claim, records: readonly RunRecord[], context: JudgeContext = {}): Verdict {
  return withDevices(judged(claim, records, context), records);
}

function judged(claim: Claim, records: readonly RunRecord[], context: JudgeContext): Verdict {
  switch (claim.kind) {
    case 'value':
      return judgeValue(claim, records, context);
    case 'comparison':
      return judgeComparison(claim, records);
    case 'structure':
      return judgeStructure(claim);
    case 'untestable':
      return judgeUntestable(claim, context);
  }
}

/** Verdicts on all claims of a report, with the numbers that belong together taken together. */
export function judgeAll(claims: readonly Claim[], records: readonly RunRecord[], readings: readonly Reading[] = []): Verdict[] {
  const ids = new Set<string>();
  for (const { id } of claims) {
    if (ids.has(id)) throw new ResultsError(`Two claims have the id ${id}: each needs its own.`);
    ids.add(id);
  }
  return claims.map((claim) => judge(claim, records, { claims, readings }));
}
