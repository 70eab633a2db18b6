/** Type-checks notebook cells the way tslab sees them: cell after cell, with the names of the earlier ones. Run as its own process, in notebooks/. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const require = createRequire(import.meta.url);
const { createConverter } = require('tslab/dist/converter');

const textOf = (source) => (Array.isArray(source) ? source.join('') : source);

function checkNotebook(converter, file) {
  const cells = JSON.parse(fs.readFileSync(file, 'utf8')).cells.filter((cell) => cell.cell_type === 'code');
  const complaints = [];
  let declarations = '';
  cells.forEach((cell, index) => {
    const source = textOf(cell.source);
    if (!source.trim()) return;
    const { diagnostics, declOutput } = converter.convert(declarations, source);
    for (const { start, messageText } of diagnostics)
      complaints.push(
        `${path.basename(file)} code cell ${index + 1} (${cell.id ?? 'no id'}), line ${start.line + 1}: ${messageText}\n    ${source.split('\n')[start.line]?.trim()}`,
      );
    if (diagnostics.length === 0) declarations = declOutput;
  });
  return { cells: cells.length, complaints };
}

const converter = createConverter({ isJS: false, isBrowser: false });
let cells = 0;
const complaints = [];
for (const file of process.argv.slice(2)) {
  const result = checkNotebook(converter, file);
  cells += result.cells;
  complaints.push(...result.complaints);
}
converter.close();
for (const complaint of complaints) console.log(complaint);
console.log(
  `${process.argv.length - 2} notebooks, ${cells} code cells: ${complaints.length === 0 ? 'types fit' : `${complaints.length} complaints`}.`,
);
process.exitCode = complaints.length > 0 ? 1 : 0;
