/** What went wrong with data, said so that a reader can act on it. */

export type DataErrorCode =
  | 'checksum'
  | 'format'
  | 'truncated'
  | 'too-large'
  | 'unsafe-name'
  | 'not-found'
  | 'network'
  | 'cache-write'
  | 'cache-damaged'
  | 'real-data-required'
  | 'bad-request';

export interface DataErrorDetail {
  code: DataErrorCode;
  /** The file or address that is at fault. */
  file: string;
  /** What was found. */
  problem: string;
  /** What should have been there. */
  expected?: string;
  /** What the reader can do now. */
  remedy: string;
  cause?: unknown;
}

export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;
  readonly file: string;
  readonly problem: string;
  readonly expected: string | undefined;
  readonly remedy: string;

  constructor(detail: DataErrorDetail) {
    const expectation = detail.expected ? ` Expected: ${detail.expected}.` : '';
    super(`${detail.file}: ${detail.problem}.${expectation} What to do: ${detail.remedy}.`, { cause: detail.cause });
    this.code = detail.code;
    this.file = detail.file;
    this.problem = detail.problem;
    this.expected = detail.expected;
    this.remedy = detail.remedy;
  }
}

/** The usual remedy for a file that came broken. */
export const FETCH_AGAIN =
  'delete the file and fetch it again (npm run data -- fetch NAME), or point DATA_MIRROR to a folder with a good copy';
