/** The verbs of a cell. */
import { showFigure } from './figure.js';
import { send } from './output.js';
import { showProgress } from './progress.js';
import { showTable } from './table.js';

async function showMarkdown(text: string): Promise<void> {
  send({ 'text/markdown': text, 'text/plain': text });
}

/** What a cell shows. Await every call but show.progress. */
export const show = {
  figure: showFigure,
  table: showTable,
  progress: showProgress,
  markdown: showMarkdown,
};
