/// <reference lib="dom" />
/**
 * Controls that filter a table's rows in a trusted notebook: a choice per column and a search box. They are made by a script, so where
 * scripts do not run (an untrusted notebook, a code host's page) the reader sees the whole table and no dead controls.
 */

/** Runs in the reader's browser; written without any name from here. */
function addControls(id: string, filtered: number[]): void {
  const box = document.getElementById(id);
  const table = box?.querySelector('table');
  if (!box || !table || box.dataset['ready']) return;
  box.dataset['ready'] = 'yes';
  const rows = Array.from(table.tBodies[0]!.rows);
  // '✗ not reproduced (no difference shown), provisional (n = 2)' counts as '✗ not reproduced'.
  const kindOf = (row: HTMLTableRowElement, column: number) => (row.cells[column]?.textContent ?? '').split(/[,(]/)[0]!.trim();
  const bar = document.createElement('div');
  bar.style.cssText = 'display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin: 6px 0;';
  const heads = Array.from(table.tHead!.rows[0]!.cells, (cell) => cell.textContent ?? '');
  const choices = filtered.map((column) => {
    const label = document.createElement('label');
    label.textContent = `${heads[column]} `;
    const choice = document.createElement('select');
    const kinds = Array.from(new Set(rows.map((row) => kindOf(row, column)))).sort();
    for (const kind of ['all', ...kinds]) choice.add(new Option(kind, kind));
    label.append(choice);
    bar.append(label);
    return { column, choice };
  });
  const label = document.createElement('label');
  label.textContent = 'search ';
  const search = document.createElement('input');
  search.type = 'search';
  label.append(search);
  const count = document.createElement('output');
  bar.append(label, count);
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let seen = 0;
    for (const row of rows) {
      const text = (row.textContent ?? '').toLowerCase();
      const wanted =
        choices.every(({ column, choice }) => choice.value === 'all' || choice.value === kindOf(row, column)) &&
        words.every((word) => text.includes(word));
      row.style.display = wanted ? '' : 'none';
      if (wanted) seen += 1;
    }
    count.textContent = `${seen} of ${rows.length} rows`;
  };
  bar.addEventListener('input', apply);
  // Jupyter's shortcuts must not take what is typed here.
  bar.addEventListener('keydown', (event) => event.stopPropagation());
  table.before(bar);
  apply();
}

/** The table's HTML with its controls; `id` must be unique on the page. */
export function withFilter(tableHtml: string, id: string, filtered: readonly number[]): string {
  const script = `(${addControls.toString()})(${JSON.stringify(id)}, ${JSON.stringify(filtered)});`.replaceAll('</', '<\\/');
  return `<div id="${id}">\n${tableHtml}\n</div>\n<script>${script}</script>`;
}
