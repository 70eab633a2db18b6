/** Runs of one recipe over several seeds, as means with their spread. */
import { summarise } from './statistics.js';
import type { RunGroup, RunRecord, Summary } from './types.js';

function metricsOf(records: readonly RunRecord[]): Record<string, Summary> {
  const names = new Set(records.flatMap((record) => Object.keys(record.metrics)));
  const summaries: Record<string, Summary> = {};
  for (const name of names) {
    const values = records.map((record) => record.metrics[name]).filter((value) => value !== undefined);
    summaries[name] = summarise(values);
  }
  return summaries;
}

function curvesOf(records: readonly RunRecord[]): Record<string, Summary[]> {
  const curves: Record<string, Summary[]> = {};
  for (const name of Object.keys(records[0]!.curves)) {
    const all = records.map((record) => record.curves[name] ?? []);
    const length = Math.min(...all.map((curve) => curve.length));
    curves[name] = Array.from({ length }, (_, epoch) => summarise(all.map((curve) => curve[epoch]!)));
  }
  return curves;
}

export type DeviceKind = 'CPU' | 'GPU';

/** runtime() begins the name of a GPU with that word; every other device is a processor. */
export const deviceKind = ({ device }: Pick<RunRecord, 'device'>): DeviceKind => (/^GPU\b/.test(device) ? 'GPU' : 'CPU');

/**
 * Which runs were computed on what, where they differ: "seeds 1, 2 on CPU; seed 3 on GPU". Both compute the same, but not to the last digit: who
 * averages over them says so. Undefined where all are of one kind.
 */
export function mixedDevices(records: readonly RunRecord[]): string | undefined {
  const seedsOn = (kind: DeviceKind) => [...new Set(records.filter((record) => deviceKind(record) === kind).map(({ seed }) => seed))];
  const kinds = (['CPU', 'GPU'] as const).map((kind) => ({ kind, seeds: seedsOn(kind).sort((a, b) => a - b) }));
  if (kinds.some(({ seeds }) => seeds.length === 0)) return undefined;
  return kinds.map(({ kind, seeds }) => `seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')} on ${kind}`).join('; ');
}

/** The sets that a run was made on, by name and state: 'idc (extract), mnist'. A recipe does not name the state, and two states are two experiments. */
export const setsOf = ({ data }: Pick<RunRecord, 'data'>): string => [...new Set(data.map(({ name }) => name))].sort().join(', ');

/** One group per recipe, profile and data, in the order of first appearance; within it one record per seed. */
export function groupRuns(records: readonly RunRecord[]): RunGroup[] {
  const groups = new Map<string, RunRecord[]>();
  for (const record of records) {
    const key = `${record.hash} ${record.profile} ${record.provenance} ${setsOf(record)}`;
    const group = groups.get(key) ?? [];
    if (group.length === 0) groups.set(key, group);
    if (!group.some((known) => known.seed === record.seed)) group.push(record);
  }
  return [...groups.values()].map((group) => {
    const sorted = [...group].sort((a, b) => a.seed - b.seed);
    const { recipe, profile, hash, provenance } = sorted[0]!;
    return {
      paper: recipe.paper,
      experiment: recipe.experiment,
      profile,
      hash,
      n: sorted.length,
      seeds: sorted.map((record) => record.seed),
      provenance,
      mixed: mixedDevices(sorted),
      metrics: metricsOf(sorted),
      curves: curvesOf(sorted),
      records: sorted,
    };
  });
}
