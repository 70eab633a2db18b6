/** A record as text: readable, friendly to git, and checked by hand-written rules when read. */
import { canonicalJson, sha256 } from './canonical.js';
import { NUMERICS, SCHEMA } from './numerics.js';
import type { RunProblem, RunRecord } from './types.js';

const DIGITS = 7;

/** Seven digits hold every measured number here; not-a-number and infinity (a training that diverged is a result) are spelled out. */
function stored(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : String(value);
  if (Array.isArray(value)) return value.map(stored);
  return value;
}

function restored(value: unknown): unknown {
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  return value;
}

const mapValues = (object: object, change: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** Lists of plain values on one line each (a curve, a row of a confusion matrix), everything else indented. */
function layout(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item !== 'object'))
      return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    return `[\n${value.map((item) => `${inner}${layout(item, inner)}`).join(',\n')}\n${indent}]`;
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return '{}';
    return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${layout(item, inner)}`).join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}

export type UnsealedRecord = Omit<RunRecord, 'seal'>;

function sealOf(plain: object): string {
  const { seal: _seal, ...rest } = plain as RunRecord;
  return sha256(canonicalJson(rest));
}

/** The record as the text of its file, rounded and sealed. */
export function recordText(record: UnsealedRecord): string {
  const rounded = {
    ...record,
    seconds: Number(record.seconds.toPrecision(4)),
    metrics: mapValues(record.metrics, stored),
    curves: mapValues(record.curves, stored),
  };
  const plain = JSON.parse(JSON.stringify(rounded));
  return `${layout({ ...plain, seal: sealOf(plain) })}\n`;
}

export class Refusal extends Error {
  constructor(
    readonly kind: RunProblem['kind'],
    reason: string,
  ) {
    super(reason);
  }
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string' && value.length > 0;
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isMeasured: Check = (value) => isNumber(value) || value === 'NaN' || value === 'Infinity' || value === '-Infinity';
const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);
const each =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...allowed: unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const hasFields =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([field, check]) => check(value[field]));
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const fields: Record<string, [Check, string]> = {
  hash: [(value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), 'a sha256'],
  recipe: [hasFields({ paper: isText, experiment: isText }), 'a recipe with paper and experiment'],
  seed: [isCount, 'a whole number'],
  profile: [oneOf('smoke', 'lesson', 'paper'), 'smoke, lesson or paper'],
  provenance: [oneOf('real', 'stand-in'), 'real or stand-in'],
  data: [
    listOf(hasFields({ name: isText, role: isText, count: isCount, checksum: isText, provenance: oneOf('real', 'stand-in') })),
    'a list of data sets used',
  ],
  seconds: [(value) => isNumber(value) && (value as number) >= 0, 'a number of seconds'],
  device: [isText, 'a text'],
  machine: [isText, 'a text'],
  host: [optional(isText), 'a text'],
  versions: [each(isText), 'versions by name'],
  commit: [isText, 'a text'],
  finishedAt: [(value) => typeof value === 'string' && Number.isFinite(Date.parse(value)), 'a date'],
  metrics: [each(isMeasured), 'numbers by name'],
  curves: [each(listOf(isMeasured)), 'lists of numbers by name'],
  confusion: [optional(listOf(listOf(isCount))), 'rows of counts'],
  arrays: [
    each(hasFields({ file: isText, offset: isCount, type: oneOf('float32', 'int32', 'uint8'), shape: listOf(isCount) })),
    'places in the binary file by name',
  ],
  binary: [optional(hasFields({ file: isText, bytes: isCount, sha256: isText })), 'file, bytes and sha256'],
};

function parsed(text: string): Record<string, unknown> {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch (error) {
    const cut = !text.trimEnd().endsWith('}');
    throw new Refusal(
      cut ? 'truncated' : 'invalid',
      cut ? 'it ends in the middle: it was cut off while written or copied' : `it is no JSON (${(error as Error).message})`,
    );
  }
  if (!isObject(plain)) throw new Refusal('other schema', 'it is no record of a run');
  return plain;
}

/** Reads a record's text; throws a Refusal with the reason where it cannot be trusted. */
export function parseRecord(text: string): RunRecord {
  const plain = parsed(text);
  if (plain['schema'] !== SCHEMA)
    throw new Refusal('other schema', `it has schema ${JSON.stringify(plain['schema']) ?? 'none'}, this code reads ${SCHEMA}`);
  const edited = plain['seal'] !== sealOf(plain);
  if (edited) throw new Refusal('edited', 'its contents do not fit its seal: it was changed by hand after the run');
  for (const [field, [check, wanted]] of Object.entries(fields))
    if (!check(plain[field])) throw new Refusal('invalid', `its field "${field}" is not ${wanted}`);
  if (plain['numerics'] !== NUMERICS)
    throw new Refusal(
      'stale numerics',
      `it was made by numerics version ${JSON.stringify(plain['numerics'])}, this code computes by ${NUMERICS}; run it again`,
    );
  const arrays = plain['arrays'] as object;
  if (Object.keys(arrays).length > 0 && !plain['binary']) throw new Refusal('invalid', 'it names arrays but no binary file');
  return {
    ...plain,
    metrics: mapValues(plain['metrics'] as object, restored),
    curves: mapValues(plain['curves'] as object, (curve) => (curve as unknown[]).map(restored)),
  } as unknown as RunRecord;
}
