/** The run store: recorded runs as files, found again by the hash of their recipe, carried out where they are missing. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Provenance } from '../data/types.js';
import { packArrays, type StoredArray, unpackArrays } from './arrays.js';
import { recipeHash, sha256 } from './canonical.js';
import { RecordError, ResultsError, StoreError } from './errors.js';
import { diskWriter, type FileWriter, writeWhole } from './files.js';
import { groupRuns } from './group.js';
import { lockOr } from './lock.js';
import { NUMERICS, SCHEMA } from './numerics.js';
import { currentProfile, noteProvenance } from './profile.js';
import { parseRecord, Refusal, recordText, type UnsealedRecord } from './record.js';
import type { DataUsed, Experiment, PaperId, Profile, RunGroup, RunOutcome, RunProblem, RunProgress, RunRecord } from './types.js';

export interface EnsureOptions {
  /** Default: the profile in use (useProfile). */
  profile?: Profile;
  /** Default: the experiment's first seed. */
  seed?: number;
  signal?: AbortSignal;
  onProgress?: (progress: RunProgress) => void;
  /** Keep the record in results/<paper>/ rather than in results/local/. Default: the variable RECORD, or --record. */
  record?: boolean;
  /** Carry it out even where a record exists. */
  again?: boolean;
}

export interface AdoptOptions extends Pick<EnsureOptions, 'record' | 'again'> {
  profile: Profile;
  seed: number;
}

export interface FindOptions {
  paper?: PaperId;
  experiment?: string;
  profile?: Profile;
  seed?: number;
  hash?: string;
  provenance?: Provenance;
}

export interface StoreFolders {
  /** Recorded runs, committed: <paper>/<experiment>-<hash8>-s<seed>.json. */
  recorded: string;
  /** A reader's own runs, ignored by git; the same layout. */
  local: string;
  /** Checkpoints and locks. */
  work: string;
  /** Checkpoints, where they lie apart from the locks (a sweep's storage). Default: a folder of `work`. */
  checkpoints?: string;
}

export interface FoundRuns {
  records: RunRecord[];
  problems: RunProblem[];
}

const repository = path.resolve(__dirname, '..', '..', '..');

function standardFolders(): StoreFolders {
  const recorded = process.env['PAPERLAB_RESULTS_DIR']
    ? path.resolve(process.env['PAPERLAB_RESULTS_DIR'])
    : path.join(repository, 'results');
  const checkpoints = process.env['PAPERLAB_CHECKPOINTS'];
  return {
    recorded,
    local: path.join(recorded, 'local'),
    work: path.join(repository, '.runtime'),
    ...(checkpoints && { checkpoints: path.resolve(checkpoints) }),
  };
}

function git(...words: string[]): string {
  return execFileSync('git', words, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** A sweep's worker has the sources without their history; it is told which commit they are. */
function commitHash(): string {
  if (process.env['PAPERLAB_COMMIT']) return process.env['PAPERLAB_COMMIT'];
  try {
    const hash = git('rev-parse', 'HEAD');
    return git('status', '--porcelain', '--untracked-files=no', '--', 'src') === '' ? hash : `${hash} with changes`;
  } catch {
    return 'unknown';
  }
}

/** Device, versions and commit; asked for by a run alone, so that reading records needs no TensorFlow. */
async function circumstances(): Promise<Pick<RunRecord, 'device' | 'machine' | 'host' | 'versions' | 'commit'>> {
  const { runtime } = await import('../runtime/index.js');
  const { device, tensorflow, tfjs, node, platform, cores, memoryGigabytes, threads } = runtime();
  return {
    device,
    machine: `${platform}, ${cores} cores, ${memoryGigabytes} GB`,
    ...(process.env['PAPERLAB_HOST'] && { host: process.env['PAPERLAB_HOST'] }),
    // Threads inside operations decide the order of long sums, and with it the last bits. Records without it were made with 2.
    versions: { tensorflow, tfjs, node, 'threads within an operation': threads.intraOp },
    commit: commitHash(),
  };
}

/** RECORD=1 or --record: what is run here is kept among the recorded runs. */
const recordWanted = () => /^(1|true|yes|on)$/i.test(process.env['RECORD'] ?? '') || process.argv.includes('--record');

const provenanceOf = (data: readonly DataUsed[]): Provenance => (data.some((used) => used.provenance === 'stand-in') ? 'stand-in' : 'real');

const nameOf = (experiment: Experiment) => `${experiment.recipe.paper}/${experiment.recipe.experiment}`;

interface Wanted {
  experiment: Experiment;
  profile: Profile;
  seed: number;
  hash: string;
  /** <paper>/<experiment>-<hash8>-s<seed>, below either folder. */
  name: string;
  /** The hash says which data it is; then even a run on stand-ins can be used again. */
  knowsData: boolean;
}

export class RunStore {
  readonly folders: StoreFolders;
  private readonly writer: FileWriter;
  private readonly running = new Map<string, Promise<RunRecord>>();

  constructor(folders: Partial<StoreFolders> = {}, writer: FileWriter = diskWriter) {
    this.folders = { ...standardFolders(), ...folders };
    this.writer = writer;
  }

  /** The hash under which this experiment's runs are found: recipe (shards within it), data, profile and numerics version. */
  async hashOf(experiment: Experiment, profile: Profile = experiment.profile ?? currentProfile()): Promise<string> {
    if (experiment.profile && experiment.profile !== profile)
      throw new ResultsError(
        `${nameOf(experiment)} was made for the profile "${experiment.profile}" and cannot be run as "${profile}": make it with experiments('${profile}').`,
      );
    const data = (await experiment.dataChecksums?.()) ?? null;
    return recipeHash({ recipe: experiment.recipe, profile, data, numerics: NUMERICS });
  }

  /** The recorded run of this experiment, or the run carried out now. Interrupted, it goes on from its checkpoint the next time. */
  async ensure(experiment: Experiment, options: EnsureOptions = {}): Promise<RunRecord> {
    const profile = options.profile ?? experiment.profile ?? currentProfile();
    const seed = options.seed ?? experiment.seeds[0] ?? 1;
    const hash = await this.hashOf(experiment, profile);
    const { paper, experiment: title } = experiment.recipe;
    const name = `${paper}/${title}-${hash.slice(0, 8)}-s${seed}`;
    const wanted: Wanted = { experiment, profile, seed, hash, name, knowsData: experiment.dataChecksums !== undefined };
    const already = this.running.get(name);
    if (already) return already;
    const work = this.ensured(wanted, options).finally(() => this.running.delete(name));
    this.running.set(name, work);
    return work;
  }

  /** Records in both folders, recorded ones first; those that cannot be trusted are left out (see `problems`). */
  find(options: FindOptions = {}): RunRecord[] {
    return this.read(options).records;
  }

  /** The runs of exactly this recipe, one per seed, recorded ones before local ones. */
  async of(experiment: Experiment, options: { profile?: Profile; provenance?: Provenance } = {}): Promise<RunRecord[]> {
    const profile = options.profile ?? experiment.profile ?? currentProfile();
    const { paper, experiment: name } = experiment.recipe;
    return this.find({ paper, experiment: name, hash: await this.hashOf(experiment, profile), provenance: options.provenance });
  }

  /** Is this very run among the recorded ones (and not only in results/local)? */
  isRecorded({ recipe, hash, seed }: RunRecord): boolean {
    return isThere(path.join(this.folders.recorded, recipe.paper, `${recipe.experiment}-${hash.slice(0, 8)}-s${seed}.json`));
  }

  /** Has this run been begun and stopped? */
  async hasCheckpoint(experiment: Experiment, { profile, seed }: { profile?: Profile; seed: number }): Promise<boolean> {
    const hash = await this.hashOf(experiment, profile);
    try {
      return readdirSync(path.dirname(this.checkpointPath(hash, seed))).length > 0;
    } catch {
      return false;
    }
  }

  private checkpointPath(hash: string, seed: number): string {
    const folder = this.folders.checkpoints ?? path.join(this.folders.work, 'checkpoints');
    return path.join(folder, `${hash.slice(0, 16)}-s${seed}`, 'state');
  }

  /**
   * Takes in a run that another machine carried out, as the files of its record: checked as every record is, then written
   * whole where `ensure` would have written it. One that is here already stays as it is.
   */
  async adopt(experiment: Experiment, files: Readonly<Record<string, Uint8Array>>, options: AdoptOptions): Promise<RunRecord> {
    const { profile, seed, record = false, again = false } = options;
    const hash = await this.hashOf(experiment, profile);
    const { paper, experiment: title } = experiment.recipe;
    const wanted: Wanted = {
      experiment,
      profile,
      seed,
      hash,
      name: `${paper}/${title}-${hash.slice(0, 8)}-s${seed}`,
      knowsData: experiment.dataChecksums !== undefined,
    };
    const known = again ? undefined : this.stored(wanted);
    if (known) return this.promoted(known, wanted, record);
    const { unsealed, arrays } = received(wanted, files);
    const mayBeRecorded = record && unsealed.provenance === 'real' && profile !== 'smoke';
    return this.write(mayBeRecorded ? this.folders.recorded : this.folders.local, wanted.name, unsealed, arrays);
  }

  /** Files that were refused, each with its reason. */
  problems(options: FindOptions = {}): RunProblem[] {
    return this.read(options).problems;
  }

  /** Means and intervals over seeds, one group per recipe. */
  group(records: readonly RunRecord[]): RunGroup[] {
    return groupRuns(records);
  }

  /** The larger numbers of a run, from its binary file. */
  arrays(record: RunRecord): Record<string, StoredArray> {
    if (!record.binary) return {};
    for (const folder of [this.folders.recorded, this.folders.local]) {
      const file = path.join(folder, record.recipe.paper, record.binary.file);
      const contents = readIfThere(file);
      if (contents && sha256(contents) === record.binary.sha256) return unpackArrays(contents, record.arrays);
    }
    throw new RecordError({
      file: record.binary.file,
      kind: 'missing binary',
      reason: `it is not in ${this.folders.recorded} or differs from what the run wrote; fetch it again with git, or run the experiment again`,
    });
  }

  /** Reads and checks one record file. */
  readFile(file: string): RunRecord {
    const label = path.relative(path.dirname(this.folders.recorded), file);
    try {
      const record = parseRecord(readFileSync(file, 'utf8'));
      this.checkBinary(record, path.dirname(file));
      return record;
    } catch (error) {
      if (error instanceof Refusal) throw new RecordError({ file: label, kind: error.kind, reason: error.message });
      throw new RecordError({ file: label, kind: 'unreadable', reason: `it cannot be read (${(error as Error).message})` });
    }
  }

  private checkBinary(record: RunRecord, folder: string): void {
    if (!record.binary) return;
    const contents = readIfThere(path.join(folder, record.binary.file));
    if (!contents) throw new Refusal('missing binary', `its binary file ${record.binary.file} is missing`);
    if (contents.length !== record.binary.bytes || sha256(contents) !== record.binary.sha256)
      throw new Refusal('missing binary', `its binary file ${record.binary.file} is not the one that the run wrote`);
  }

  private read(options: FindOptions): FoundRuns {
    const records = new Map<string, RunRecord>();
    const problems: RunProblem[] = [];
    for (const folder of [this.folders.recorded, this.folders.local])
      for (const file of recordFiles(folder, options)) {
        let record: RunRecord;
        try {
          record = this.readFile(file);
        } catch (error) {
          if (!(error instanceof RecordError)) throw error;
          problems.push(error.problem);
          continue;
        }
        const name = path.basename(file);
        const key = `${record.recipe.paper}/${name}`;
        if (!records.has(key) && isWanted(record, options)) records.set(key, record);
      }
    const ordered = [...records.values()].sort(
      (a, b) => a.recipe.paper.localeCompare(b.recipe.paper) || a.recipe.experiment.localeCompare(b.recipe.experiment) || a.seed - b.seed,
    );
    return { records: ordered, problems };
  }

  private stored({ name, hash, knowsData }: Wanted): { record: RunRecord; folder: string } | undefined {
    for (const folder of [this.folders.recorded, this.folders.local]) {
      const file = path.join(folder, `${name}.json`);
      let record: RunRecord;
      try {
        record = this.readFile(file);
      } catch {
        continue;
      }
      if (record.hash === hash && (record.provenance === 'real' || knowsData)) return { record, folder };
    }
    return undefined;
  }

  private async ensured(wanted: Wanted, options: EnsureOptions): Promise<RunRecord> {
    const record = options.record ?? recordWanted();
    const known = options.again ? undefined : this.stored(wanted);
    if (known) return this.promoted(known, wanted, record);
    this.refuseUnwritable(record ? this.folders.recorded : this.folders.local);
    this.refuseUnwritable(this.folders.work);
    const label = `${wanted.name.replaceAll('/', '-')}.lock`;
    // Told apart by store, so that a test's runs and a reader's never wait for one another.
    const lockFile = path.join(this.folders.work, 'locks', `${sha256(this.folders.recorded).slice(0, 8)}-${label}`);
    const held = await lockOr(lockFile, () => (options.again ? undefined : this.stored(wanted)), {
      signal: options.signal,
      onWait: (pid) => options.onProgress?.({ fraction: 0, text: `waiting: process ${pid ?? '?'} is carrying this run out` }),
    });
    if ('result' in held) return this.promoted(held.result, wanted, record);
    try {
      return await this.carriedOut(wanted, options, record);
    } finally {
      held.lock.release();
    }
  }

  private async carriedOut(wanted: Wanted, options: EnsureOptions, record: boolean): Promise<RunRecord> {
    const { experiment, profile, seed, hash, name } = wanted;
    const checkpointPath = this.checkpointPath(hash, seed);
    const checkpointFolder = path.dirname(checkpointPath);
    mkdirSync(checkpointFolder, { recursive: true });
    // Now, not at its end: an hour later the sources may be others, and it is these that run.
    const made = await circumstances();
    const started = performance.now();
    const outcome = await experiment.run({
      recipe: experiment.recipe,
      seed,
      profile,
      checkpointPath,
      report: (progress) => options.onProgress?.(progress),
      ...(options.signal && { signal: options.signal }),
    });
    const seconds = outcome.seconds ?? (performance.now() - started) / 1000;
    const provenance = provenanceOf(outcome.data);
    noteProvenance(provenance);
    // Smoke and stand-in runs prove nothing: they never stand among the recorded ones.
    const folder = record && provenance === 'real' && profile !== 'smoke' ? this.folders.recorded : this.folders.local;
    const unsealed: Omit<UnsealedRecord, 'arrays' | 'binary'> = {
      schema: SCHEMA,
      numerics: NUMERICS,
      hash,
      recipe: experiment.recipe,
      seed,
      profile,
      provenance,
      data: outcome.data,
      seconds,
      ...made,
      finishedAt: new Date().toISOString(),
      metrics: outcome.metrics,
      curves: outcome.curves ?? {},
      ...(outcome.confusion && { confusion: outcome.confusion }),
      extra: outcome.extra ?? null,
    };
    const kept = this.write(folder, name, unsealed, outcome.arrays ?? {});
    rmSync(checkpointFolder, { recursive: true, force: true });
    return kept;
  }

  /** The arrays first, then the record that names them: a record on disk is always complete. */
  private write(
    folder: string,
    name: string,
    unsealed: Omit<UnsealedRecord, 'arrays' | 'binary'>,
    arrays: NonNullable<RunOutcome['arrays']>,
  ): RunRecord {
    const file = path.join(folder, `${name}.json`);
    const binaryName = `${path.basename(name)}.bin`;
    const { contents, places } = packArrays(arrays, binaryName);
    const binary = contents.length > 0 ? { file: binaryName, bytes: contents.length, sha256: sha256(contents) } : undefined;
    try {
      if (binary) writeWhole(path.join(path.dirname(file), binaryName), contents, this.writer);
      writeWhole(file, recordText({ ...unsealed, arrays: places, ...(binary && { binary }) }), this.writer);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === 'ENOSPC' ? 'the disk is full' : message;
      throw new StoreError(
        `The run ${name} is finished, but its record could not be written to ${folder}: ${why}. Its checkpoint is kept: make room or make the folder writable, then start the same run again; it only has to score once more.`,
        { cause: error },
      );
    }
    return this.readFile(file);
  }

  private promoted({ record, folder }: { record: RunRecord; folder: string }, { name, profile }: Wanted, wantRecorded: boolean): RunRecord {
    noteProvenance(record.provenance);
    const mayBeRecorded = record.provenance === 'real' && profile !== 'smoke';
    if (!wantRecorded || !mayBeRecorded || folder === this.folders.recorded) return record;
    this.refuseUnwritable(this.folders.recorded);
    const { arrays, binary, seal: _seal, ...unsealed } = record;
    return this.write(this.folders.recorded, name, unsealed, binary ? this.arrays({ ...record, arrays, binary }) : {});
  }

  /** Before hours of work, not after them. */
  private refuseUnwritable(folder: string): void {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
    } catch (error) {
      throw new StoreError(
        `Runs cannot be kept in ${folder}: ${(error as Error).message}. Make the folder writable, or name another one with the variable PAPERLAB_RESULTS_DIR.`,
        { cause: error },
      );
    }
  }
}

/** The record among files that came from elsewhere, and its arrays; refused where it is not the run that was asked for. */
function received({ name, hash, seed, profile }: Wanted, files: Readonly<Record<string, Uint8Array>>) {
  const refusal = (kind: RunProblem['kind'], reason: string) => new RecordError({ file: `${name}.json`, kind, reason });
  const text = Object.entries(files).find(([file]) => file.endsWith('.json'))?.[1];
  if (!text) throw refusal('unreadable', 'no record came back');
  let record: RunRecord;
  try {
    record = parseRecord(Buffer.from(text).toString('utf8'));
  } catch (error) {
    if (error instanceof Refusal) throw refusal(error.kind, error.message);
    throw error;
  }
  if (record.seed !== seed || record.profile !== profile)
    throw refusal('invalid', `it is of seed ${record.seed}, profile ${record.profile}; wanted were seed ${seed}, profile ${profile}`);
  if (record.hash !== hash)
    throw refusal(
      'invalid',
      `its hash is ${record.hash.slice(0, 8)}, ${hash.slice(0, 8)} was wanted: that machine has other data (${record.provenance}) or other sources than this one`,
    );
  const { arrays: places, binary, seal: _seal, ...unsealed } = record;
  if (!binary) return { unsealed, arrays: {} };
  const contents = files[binary.file];
  if (!contents || contents.length !== binary.bytes || sha256(contents) !== binary.sha256)
    throw refusal(
      'missing binary',
      `its binary file ${binary.file} ${contents ? 'is not the one that the run wrote' : 'did not come back'}`,
    );
  return { unsealed, arrays: unpackArrays(Buffer.from(contents), places) };
}

function isThere(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function recordFiles(folder: string, { paper, experiment }: FindOptions): string[] {
  let papers: string[];
  try {
    papers = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'local' && (!paper || entry.name === paper))
      .map((entry) => entry.name);
  } catch {
    return [];
  }
  return papers.flatMap((name) =>
    readdirSync(path.join(folder, name))
      .filter(
        (file) => /-[0-9a-f]{8}-s\d+\.json$/.test(file) && (!experiment || file.replace(/-[0-9a-f]{8}-s\d+\.json$/, '') === experiment),
      )
      .sort()
      .map((file) => path.join(folder, name, file)),
  );
}

function isWanted(record: RunRecord, { profile, seed, hash, provenance, experiment, paper }: FindOptions): boolean {
  return (
    (paper === undefined || record.recipe.paper === paper) &&
    (experiment === undefined || record.recipe.experiment === experiment) &&
    (profile === undefined || record.profile === profile) &&
    (seed === undefined || record.seed === seed) &&
    (hash === undefined || record.hash === hash) &&
    (provenance === undefined || record.provenance === provenance)
  );
}

/** The repository's run store: results/<paper>/ (recorded) and results/local/ (a reader's own). */
export const runs = new RunStore();
