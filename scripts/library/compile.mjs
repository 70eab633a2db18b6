/** Compiles `src` and `tests`. Skipped when no source has changed; what was compiled from a file that is gone goes too. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { inRoot, tests, typescript } from './paths.mjs';
import { run } from './run.mjs';
import { contents, fingerprint } from './stamp.mjs';

function sources(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.startsWith(inRoot('src', 'dist') + path.sep) && !file.endsWith('.d.ts'))
    .sort();
}

const projects = { src: inRoot('src', 'dist'), tests };

export function sourcesFingerprint() {
  const files = ['src', 'tests'].flatMap((name) => (fs.existsSync(inRoot(name)) ? sources(inRoot(name)) : []));
  const settings = ['tsconfig.base.json', 'src/tsconfig.json', 'tests/tsconfig.json', 'src/package.json', 'package-lock.json'].map((name) =>
    inRoot(name),
  );
  return fingerprint(
    files.map((file) => path.relative(inRoot(), file)),
    contents(...settings, ...files),
  );
}

export const compiledExists = () => fs.existsSync(inRoot('src', 'dist', 'index.js'));

/** Removes what was compiled from files that no longer exist: a deleted test must not go on passing. */
function removeOrphans(project) {
  const output = projects[project];
  if (!fs.existsSync(output)) return;
  for (const entry of fs.readdirSync(output, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|js\.map|d\.ts|d\.ts\.map)$/.test(entry.name)) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const source = inRoot(project, path.relative(output, file).replace(/(\.d)?\.(js|ts)(\.map)?$/, '.ts'));
    if (!fs.existsSync(source)) fs.rmSync(file, { force: true });
  }
}

/** Compiles both projects; gives back the compiler's complaints (it writes JavaScript all the same). */
export async function compile(note) {
  const complaints = [];
  for (const project of ['src', 'tests']) {
    removeOrphans(project);
    if (!fs.existsSync(inRoot(project, 'tsconfig.json'))) continue;
    note?.(`compiling ${project}`);
    const { code, output } = await run(process.execPath, [typescript, '-p', project, '--pretty', 'false'], { cwd: inRoot(), note });
    if (code !== 0) complaints.push(output.trim());
  }
  return complaints;
}
