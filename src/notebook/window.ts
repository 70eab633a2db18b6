/** A figure in a browser window of its own, for scripts outside Jupyter: nodeplotlib's page. */
import { lookup } from 'node:dns/promises';
import type { Figure } from '../figures/index.js';

/** nodeplotlib's page loads Plotly from here; nothing else in this project loads from a network while it shows something. */
const plotlyHost = 'cdn.plot.ly';

async function reachable(host: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), 3000);
  });
  const found = lookup(host).then(
    () => true,
    () => false,
  );
  const answer = await Promise.race([found, late]);
  clearTimeout(timer);
  return answer;
}

/** Opens the figure in the browser. The page needs the network; without it this says so and prints what the figure shows. */
export async function showWindow(figure: Figure): Promise<void> {
  if (!(await reachable(plotlyHost))) {
    process.stdout.write(
      `The window cannot be shown: nodeplotlib's page loads Plotly from ${plotlyHost}, which cannot be reached. In a notebook show.figure needs no network.\n${figure.description}\n`,
    );
    return;
  }
  const { plot } = await import('nodeplotlib');
  plot(figure.data, figure.layout);
}
