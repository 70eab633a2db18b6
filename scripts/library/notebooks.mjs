/** Which notebooks a command was asked for. */
import fs from 'node:fs';
import path from 'node:path';
import { SetupError } from './failure.mjs';

/** The notebooks of a folder whose names fit `kind` and begin with one of `names`; all of that kind where none is named. */
export function chosenNotebooks(folder, names, kind = /\.ipynb$/) {
  const all = fs
    .readdirSync(folder)
    .filter((name) => kind.test(name))
    .sort();
  const wanted = names.map((name) => path.basename(name, '.ipynb'));
  for (const name of wanted)
    if (!all.some((file) => file.startsWith(name)))
      throw new SetupError({ problem: `No notebook begins with ${name}.`, remedy: `choose among: ${all.join(', ')}.` });
  return wanted.length === 0 ? all : all.filter((file) => wanted.some((name) => file.startsWith(name)));
}
