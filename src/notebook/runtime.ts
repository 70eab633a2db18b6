/** What this notebook computes on. */
import { runtime } from '../runtime/index.js';
import { showTable } from './table.js';

/** Shows versions, device, cores and memory. */
export async function showRuntime(): Promise<void> {
  const report = runtime();
  const rows = [
    ['TensorFlow', report.tensorflow],
    ['device', report.device],
    ...(report.missedGpu ? [['not on a GPU', report.missedGpu]] : []),
    ['cores and memory', `${report.cores} cores, ${report.memoryGigabytes} GB`],
    ['threads', `within an operation: ${report.threads.intraOp}; between operations: ${report.threads.interOp}`],
    ['tfjs, Node', `${report.tfjs}, ${report.node}`],
    ['platform', report.platform],
  ];
  await showTable({ columns: ['what', 'here'], rows });
}
