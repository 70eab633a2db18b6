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

/** One group per recipe, profile and kind of data, in the order of first appearance; within it one record per seed. */
export function groupRuns(records: readonly RunRecord[]): RunGroup[] {
  const groups = new Map<string, RunRecord[]>();
  for (const record of records) {
    const key = `${record.hash} ${record.profile} ${record.provenance}`;
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
      metrics: metricsOf(sorted),
      curves: curvesOf(sorted),
      records: sorted,
    };
  });
}
