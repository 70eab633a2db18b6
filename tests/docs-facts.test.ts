/** What the pages say of sizes, rooms and verdicts is what the code says. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { scoreboard } from 'paperlab/papers';
import { ourModule, repository } from './setup-clone.js';

const read = (...parts: string[]) => fs.readFileSync(path.join(repository, ...parts), 'utf8');

function sourcesIn(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'dist' ? [] : sourcesIn(file);
    return entry.name.endsWith('.ts') ? [file] : [];
  });
}

/** The first column of the table of rooms, in its order. */
function roomsOf(page: string): string[] {
  const table = /\| room \|[^\n]*\n\|[-|]+\|\n((?:\|[^\n]*\n)+)/.exec(page)?.[1] ?? '';
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, room]) => room!);
}

/** Why one import breaks the rule of the house; undefined where it keeps it. `statement`: the whole import. */
export function brokenRule(rooms: readonly string[], from: string, statement: string, target: readonly string[]): string | undefined {
  const [room, file] = target as [string, string?];
  if (room === from) return undefined;
  if (file === 'types.js' && /^(?:import|export) type/.test(statement)) return undefined;
  if (file !== 'index.js') return `${from} reaches past the door of ${room}: ${target.join('/')}`;
  return rooms.indexOf(room) < rooms.indexOf(from) ? undefined : `${from} imports ${room}, which is no room above it`;
}

describe('ARCHITECTURE.md', () => {
  const rooms = roomsOf(read('ARCHITECTURE.md'));
  const source = path.join(repository, 'src');

  it('lists every room of src', () => {
    const there = fs.readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'dist');
    assert.deepEqual(
      [...rooms].sort(),
      there
        .map(({ name }) => name)
        .filter((name) => name !== 'node_modules')
        .sort(),
    );
  });

  it('tells the rule that its rooms keep', () => {
    assert.match(brokenRule(['a', 'b'], 'a', 'import { x }', ['b', 'index.js'])!, /no room above/);
    assert.match(brokenRule(['a', 'b'], 'b', 'import { x }', ['a', 'inner.js'])!, /past the door/);
    assert.equal(brokenRule(['a', 'b'], 'a', 'import type { X }', ['b', 'types.js']), undefined);
    let imports = 0;
    const broken = sourcesIn(source).flatMap((file) => {
      const from = path.relative(source, file).split(path.sep)[0]!;
      if (!rooms.includes(from)) return [];
      const text = fs.readFileSync(file, 'utf8');
      return [...text.matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/gm)].flatMap(
        ([statement, plain, called]) => {
          const target = path.relative(source, path.resolve(path.dirname(file), (plain ?? called)!)).split(path.sep);
          imports++;
          return brokenRule(rooms, from, statement!, target) ?? [];
        },
      );
    });
    assert.ok(imports > 100, `${imports} imports`);
    assert.deepEqual(broken, []);
  });
});

describe('README.md', () => {
  it('shows the verdicts of the recorded runs', async () => {
    const { scoreboardText, withScoreboard } = (await import(`file://${path.join(repository, 'scripts', 'readme.mjs')}`)) as {
      scoreboardText(papers: { scoreboard: typeof scoreboard }): string;
      withScoreboard(readme: string, text: string): string;
    };
    const readme = read('README.md');
    assert.ok(withScoreboard(readme, scoreboardText({ scoreboard })) === readme, 'older than the recorded runs: node scripts/readme.mjs');
    assert.throws(() => withScoreboard('no comments', ''), /lost the two comments/);
  });

  it('answers each question by a sentence whose verdicts still stand', async () => {
    const { withAnswers } = (await import(`file://${path.join(repository, 'scripts', 'readme.mjs')}`)) as {
      withAnswers(readme: string, answers: { number: string; words: string }[]): string;
    };
    const answers = scoreboard.reportAnswers();
    assert.deepEqual(
      answers.flatMap(({ number, changes }) => changes.map((change) => `${number}: ${change}`)),
      [],
      'src/papers/answers.ts: read these notebooks again and write their sentences anew',
    );
    assert.ok(answers.every(({ asks, words }) => asks.endsWith('?') && words.length > 20));
    const readme = read('README.md');
    assert.ok(withAnswers(readme, answers) === readme, 'older than src/papers/answers.ts: node scripts/readme.mjs');
    assert.throws(() => withAnswers('no table', answers), /lost the row of notebook 01/);
  });

  it('says how long the notebooks took when last measured', async () => {
    const { timesText, withTimes } = (await import(`file://${path.join(repository, 'scripts', 'readme.mjs')}`)) as {
      timesText(costs: Record<string, { lesson?: { seconds: number } }>): string;
      withTimes(readme: string, text: string): string;
    };
    const costs = {
      '00-a.ipynb': { lesson: { seconds: 10 } },
      '01-b.ipynb': { lesson: { seconds: 70 } },
      '02-c.ipynb': { lesson: { seconds: 130 } },
    };
    const text = timesText({ ...costs, '03-d.ipynb': { lesson: { seconds: 110 } }, '04-e.ipynb': {} });
    assert.match(text, /^about 5 minutes: 02 and 03 about two each, 01 about one, the others seconds \(/);
    const readme = read('README.md');
    const renewed = withTimes(readme, text);
    assert.ok(renewed.includes(`| ${text} |`));
    assert.equal(renewed.split('\n').length, readme.split('\n').length);
    assert.equal(withTimes(renewed, text), renewed);
    assert.throws(() => withTimes('no table', text), /lost the row of npm run reproduce/);
  });

  it('takes a sentence away when a verdict below it changes', () => {
    const judged = scoreboard.judgedClaims('knn-cnn-lstm');
    const { outcome } = judged.find(({ claim }) => claim.id === 'knn-cnn-lstm/k-9')!.verdict;
    assert.deepEqual(scoreboard.changesBelow({ words: '', restsOn: { 'k-9': outcome } }, judged), []);
    assert.match(scoreboard.changesBelow({ words: '', restsOn: { 'k-9': 'better' } }, judged)[0]!, /^k-9 was “better”, is “/);
    assert.match(scoreboard.changesBelow({ words: '', restsOn: { nosuch: 'better' } }, judged)[0]!, /there is no claim nosuch/);
    const without = { left: 'k-9', right: 'k-9', metric: 'testAccuracy' };
    assert.deepEqual(scoreboard.changedDifferences('knn-cnn-lstm', [{ ...without, shown: 'too few seeds' }]), []);
    const optimiser = { left: 'proposed-adam-relu', right: 'proposed-lenet5', metric: 'testAccuracy' };
    assert.deepEqual(scoreboard.changedDifferences('lenet5', [{ ...optimiser, shown: 'higher' }]), []);
    assert.match(scoreboard.changedDifferences('lenet5', [{ ...optimiser, shown: 'nothing' }])[0]!, /showed “nothing”, shows “higher”/);
    assert.deepEqual(
      scoreboard.changedTrainings('hilbert-lstm', { 'lstm-14-row': 'learned', 'rnn-14-row': 'failed', nosuch: 'not run' }),
      [],
    );
    assert.deepEqual(scoreboard.changedTrainings('hilbert-lstm', { 'lstm-14-row': 'failed' }), ['lstm-14-row was “failed”, is “learned”']);
    assert.match(scoreboard.changedTrainings('hilbert-lstm', { nosuch: 'learned' })[0]!, /nosuch was “learned”, is “not run”/);
  });
});

describe('sizes', () => {
  it('are the sum of what set-up announces', async () => {
    const { steps } = (await ourModule('setup.mjs')) as { steps(of: { kind: string }): { need: { download: number; disk: number } }[] };
    const { gigabytes } = (await ourModule('machine.mjs')) as { gigabytes(megabytes: number): string };
    const sum = (kind: string, what: 'download' | 'disk') => gigabytes(steps({ kind }).reduce((total, { need }) => total + need[what], 0));
    const [download, disk] = [sum('cpu', 'download'), sum('cpu', 'disk')];
    assert.ok(read('README.md').includes(`${download} of download, ${disk} on the disk`), `README.md: ${download}, ${disk}`);
    assert.ok(read('teaching', 'lesson-plans.md').includes(`downloads ${download}`), `lesson-plans.md: ${download}`);
    assert.ok(read('environment.md').includes(`| Disk | ${disk};`), `environment.md: ${disk}`);
  });

  it('of the data sets are those of the manifest', () => {
    const { sets } = JSON.parse(read('data', 'manifest.json')) as {
      sets: { name: string; files: { bytes: number; payloadBytes?: number }[]; variants?: { bytes?: number; patches: number }[] }[];
    };
    const lines = read('data', 'README.md').match(/^\| `.*$/gm)!;
    const rowOf = (...words: string[]) => lines.find((line) => words.every((word) => line.split('|')[1]!.includes(word))) ?? '';
    const megabytes = (bytes: number, decimals: number) => `${(bytes / 1e6).toFixed(decimals)} MB`;
    for (const { name, files, variants } of sets) {
      const download = files.reduce((sum, { bytes }) => sum + bytes, 0);
      if (!variants) {
        const cached = files.reduce((sum, { payloadBytes }) => sum + payloadBytes!, 0);
        assert.ok(rowOf(`\`${name}\``).includes(megabytes(download, 1)), `${name}: ${rowOf(`\`${name}\``)}`);
        assert.ok(rowOf(`\`${name}\``).includes(megabytes(cached, 0)), `${name}: ${rowOf(`\`${name}\``)}`);
        assert.ok(read('README.md').includes(megabytes(download, 1)), name);
        continue;
      }
      const [complete, extract] = variants;
      // Pixels, and 13 bytes of patient, place and label.
      const kept = ({ patches }: { patches: number }) => patches * (50 * 50 * 3 + 13);
      const [whole, part] = [rowOf(`\`${name}\``, 'complete'), rowOf(`\`${name}\``, 'extract')];
      assert.ok(whole.includes(`${(download / 1e9).toFixed(1)} GB`) && whole.includes(`${(kept(complete!) / 1e9).toFixed(1)} GB`), whole);
      assert.ok(part.includes(megabytes(extract!.bytes!, 0)) && part.includes(megabytes(kept(extract!), 0)), part);
      for (const page of [read('README.md'), read('teaching', 'classroom.md')])
        assert.ok(page.includes(`${(download / 1e9).toFixed(1)} GB`) && page.includes(`${(kept(complete!) / 1e9).toFixed(1)} GB`));
    }
  });

  it('of the bench are the sum of its peers', () => {
    const needs = [...read('scripts', 'bench.mjs').matchAll(/download: (\d+), disk: (\d+)/g)];
    assert.equal(needs.length, 2);
    const [download, disk] = [1, 2].map((at) => (needs.reduce((sum, found) => sum + Number(found[at]), 0) / 1000).toFixed(1));
    assert.ok(read('README.md').includes(`${download} GB of download, ${disk} GB on the disk`), `${download}, ${disk}`);
  });
});

describe('glossary', () => {
  it('has every word that a verdict can be', () => {
    const words = [...read('teaching', 'glossary.md').matchAll(/^\| \*([^*]+)\* \|/gm)].map(([, word]) => word!);
    const { columns } = scoreboard.outcomeTable();
    for (const outcome of [...columns.slice(2), 'explained by another reading', 'provisional'])
      assert.ok(words.includes(outcome), `${outcome} is not among ${words.join(', ')}`);
  });
});
