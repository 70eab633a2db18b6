/** The notebook room: what a cell shows: figure, table, progress, source, exercise. */

export {
  ArtefactError,
  type ArtefactId,
  type ArtefactPolicy,
  artefactFolder,
  figuresFolder,
  repositoryRoot,
  setArtefactPolicy,
} from './artefacts.js';
export {
  claimsTable,
  explainedClaimsTable,
  metricInWords,
  outcomeLooks,
  outcomeWords,
  reasonAlone,
  showClaims,
  showRun,
} from './claims.js';
export { check, checkExercise, type Exercise, type ExerciseResult } from './exercises.js';
export { showFigure } from './figure.js';
export { headingLink } from './headings.js';
export { type Bundle, inNotebook, type Output } from './output.js';
export { duration, type Progress, type ProgressState, showProgress, sparkline } from './progress.js';
export { show } from './show.js';
export { findSource, SourceError, type SourcePlace, showSource } from './source.js';
export {
  type Cell,
  type CellMark,
  type CellValue,
  type CellWords,
  type DataFrameLike,
  markColours,
  renderTable,
  showTable,
  type TableData,
  TableError,
  type TableOptions,
} from './table.js';
