/** The verbs of a cell. */
import { showClaims, showRun } from './claims.js';
import { showFigure } from './figure.js';
import { send } from './output.js';
import { showProgress } from './progress.js';
import { showRuntime } from './runtime.js';
import { showSource } from './source.js';
import { showSweep } from './sweep.js';
import { showTable } from './table.js';
import { showWindow } from './window.js';

async function showMarkdown(text: string): Promise<void> {
  send({ 'text/markdown': text, 'text/plain': text });
}

/** What a cell shows. Await every call but show.progress. */
export const show = {
  /** A figure, interactive and as a PNG; with an artefact id also as a file. */
  figure: showFigure,
  /** A DataFrame or { columns, rows }; with an artefact id also as a CSV file. */
  table: showTable,
  /** One updating line with bar, time left and live curves. */
  progress: showProgress,
  markdown: showMarkdown,
  /** The TypeScript source of a helper, with a link to its file. */
  source: showSource,
  /** TensorFlow, device, cores, memory. */
  runtime: showRuntime,
  /** Claimed, obtained, verdict. */
  claims: showClaims,
  /** One recorded run. */
  run: showRun,
  /** The latest sweep over many machines: runs by state, time left. */
  sweep: showSweep,
  /** A figure in a browser window, outside Jupyter. */
  window: showWindow,
};
