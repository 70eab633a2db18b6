/** Every claim with its verdict from the recorded full runs. */
import { type Claim, judgeAll, type PaperId, runs, type Verdict } from '../results/index.js';
import { reports } from './all.js';

export interface Judged {
  claim: Claim;
  verdict: Verdict;
}

export const recordedOf = (paper: PaperId) => runs.find({ paper, profile: 'paper', provenance: 'real' });

/** The claims of one report with their verdicts, or of all of them. */
export function judgedClaims(paper?: PaperId): Judged[] {
  return reports
    .filter((report) => paper === undefined || report.paper === paper)
    .flatMap((report) => {
      const verdicts = judgeAll(report.claims, recordedOf(report.paper), report.readings);
      return report.claims.map((claim, index) => ({ claim, verdict: verdicts[index] }));
    });
}
