/** The source of a helper in a cell: notebooks show the model that they train without holding a second copy. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { repositoryRoot } from './artefacts.js';
import { send } from './output.js';

export class SourceError extends Error {
  override name = 'SourceError';
}

export interface SourcePlace {
  /** Path from the repository's root, with forward slashes. */
  file: string;
  firstLine: number;
  lastLine: number;
  text: string;
}

const sourceFolder = path.join(repositoryRoot, 'src');

function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'dist' || entry.name === 'node_modules' ? [] : typescriptFiles(full);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [full] : [];
  });
}

/** The few parts of the compiler that are used here; tslab brings it, and its kernel has it loaded. */
interface Compiler {
  ScriptTarget: { Latest: number };
  createSourceFile(name: string, text: string, target: number, setParents: boolean): SourceFile;
  isVariableStatement(node: Statement): boolean;
}
interface SourceFile {
  statements: readonly Statement[];
  getLineAndCharacterOfPosition(position: number): { line: number };
}
interface Statement {
  name?: { text: string };
  declarationList?: { declarations: readonly { name: { text?: string } }[] };
  getFullStart(): number;
  getStart(file: SourceFile, withComment: boolean): number;
  getEnd(): number;
}

function compiler(): Compiler {
  const fromTslab = createRequire(require.resolve('tslab/package.json'));
  return fromTslab('@tslab/typescript-for-tslab') as Compiler;
}

function namesOf(statement: Statement): string[] {
  if (statement.declarationList) return statement.declarationList.declarations.flatMap(({ name }) => (name.text ? [name.text] : []));
  return statement.name?.text ? [statement.name.text] : [];
}

function declarations(file: string, name: string): SourcePlace[] {
  const text = readFileSync(file, 'utf8');
  // Parsing is slow beside a search, and most files do not speak of the name at all.
  if (!text.includes(name)) return [];
  const ts = compiler();
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return parsed.statements
    .filter((statement) => namesOf(statement).includes(name))
    .map((statement) => {
      const start = statement.getStart(parsed, true);
      const end = statement.getEnd();
      return {
        file: path.relative(repositoryRoot, file).split(path.sep).join('/'),
        firstLine: parsed.getLineAndCharacterOfPosition(start).line + 1,
        lastLine: parsed.getLineAndCharacterOfPosition(end).line + 1,
        text: text.slice(start, end),
      };
    });
}

/** Where a function, class or constant of src is declared: the thing itself, its name, or 'papers/lenet5/models.ts#name'. */
export function findSource(what: string | ((...input: never[]) => unknown) | (abstract new (...input: never[]) => unknown)): SourcePlace {
  const asked = typeof what === 'string' ? what : what.name;
  if (!asked)
    throw new SourceError('show.source: this function has no name. Give its place, for example "papers/lenet5/models.ts#proposed".');
  const [left, right] = asked.includes('#') ? asked.split('#') : [undefined, asked];
  if (left !== undefined) {
    const file = path.join(sourceFolder, left.replace(/^src\//, ''));
    if (!existsSync(file)) throw new SourceError(`show.source: there is no file src/${left.replace(/^src\//, '')}.`);
    const found = declarations(file, right);
    if (found.length === 0) throw new SourceError(`show.source: src/${left.replace(/^src\//, '')} declares nothing called "${right}".`);
    return merged(found);
  }
  const found = typescriptFiles(sourceFolder).flatMap((file) => declarations(file, right));
  const files = [...new Set(found.map((place) => place.file))];
  if (files.length === 0) throw new SourceError(`show.source: nothing in src is called "${right}" at the top of a file.`);
  if (files.length > 1)
    throw new SourceError(
      `show.source: "${right}" is declared in ${files.join(' and ')}. Say which: show.source("${files[0].replace(/^src\//, '')}#${right}").`,
    );
  return merged(found);
}

/** Overloads and a function with its namesake interface come as several statements. */
function merged(places: SourcePlace[]): SourcePlace {
  const first = places[0];
  const last = places[places.length - 1];
  return { file: first.file, firstLine: first.firstLine, lastLine: last.lastLine, text: places.map((place) => place.text).join('\n\n') };
}

/** Shows TypeScript source, highlighted, with a link to its file and line. */
export async function showSource(
  what: string | ((...input: never[]) => unknown) | (abstract new (...input: never[]) => unknown),
): Promise<void> {
  const place = findSource(what);
  const lines = `lines ${place.firstLine} to ${place.lastLine}`;
  const markdown = `[${place.file}](../${place.file}#L${place.firstLine}), ${lines}\n\n\`\`\`ts\n${place.text}\n\`\`\``;
  send({ 'text/markdown': markdown, 'text/plain': `${place.file}, ${lines}\n\n${place.text}` });
}
