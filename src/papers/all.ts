/** All reports side by side: their experiments, claims and readings. */
import type { Claim, Experiment, PaperId, Profile, Reading } from '../results/index.js';
import * as aggregatedClaims from './cnn-lstm-aggregated/claims.js';
import * as aggregatedExperiments from './cnn-lstm-aggregated/experiments.js';
import * as hilbertClaims from './hilbert-lstm/claims.js';
import * as hilbertExperiments from './hilbert-lstm/experiments.js';
import * as knnClaims from './knn-cnn-lstm/claims.js';
import * as knnExperiments from './knn-cnn-lstm/experiments.js';
import * as lenet5Claims from './lenet5/claims.js';
import * as lenet5Experiments from './lenet5/experiments.js';
import * as lstmCnnClaims from './lstm-cnn/claims.js';
import * as lstmCnnExperiments from './lstm-cnn/experiments.js';

export interface Report {
  paper: PaperId;
  /** Two digits, as its notebook is numbered. */
  number: string;
  experiments: (profile: Profile) => Experiment[];
  claims: readonly Claim[];
  readings: readonly Reading[];
}

export const reports: readonly Report[] = [
  {
    paper: 'lenet5',
    number: '01',
    claims: lenet5Claims.claims,
    readings: lenet5Claims.readings,
    experiments: lenet5Experiments.experiments,
  },
  {
    paper: 'lstm-cnn',
    number: '02',
    claims: lstmCnnClaims.claims,
    readings: lstmCnnClaims.readings,
    experiments: lstmCnnExperiments.experiments,
  },
  {
    paper: 'cnn-lstm-aggregated',
    number: '03',
    claims: aggregatedClaims.claims,
    readings: aggregatedClaims.readings,
    experiments: aggregatedExperiments.experiments,
  },
  {
    paper: 'hilbert-lstm',
    number: '04',
    claims: hilbertClaims.claims,
    readings: hilbertClaims.readings,
    experiments: hilbertExperiments.experiments,
  },
  {
    paper: 'knn-cnn-lstm',
    number: '05',
    claims: knnClaims.claims,
    readings: knnClaims.readings,
    experiments: knnExperiments.experiments,
  },
];

/** Every experiment of every report in this profile. */
export function allExperiments(profile: Profile): Experiment[] {
  return reports.flatMap((report) => report.experiments(profile));
}

export function allClaims(): Claim[] {
  return reports.flatMap((report) => report.claims);
}

export function allReadings(): Reading[] {
  return reports.flatMap((report) => report.readings);
}
