/**
 * The learners room: classical classifiers on tables of numbers, written small, for the comparison tables of the reports. The JavaScript
 * libraries that offer them take arrays of arrays and hours for 60,000 × 784; these take typed arrays and minutes.
 */
export { type BayesParameters, gaussianNaiveBayes } from './bayes.js';
export { type RbfParameters, rbfSupportVectors, solveDual } from './kernel.js';
export { linearSupportVectors, logisticRegression, type SgdParameters, type SmoothLinearParameters, sgdClassifier } from './linear.js';
export { type MinimiseOptions, minimise, type Slope } from './minimise.js';
export { kNeighbours, type NeighbourLearnerParameters } from './neighbours.js';
export { type StandardScaler, standardScaler } from './scaling.js';
export { decisionTree, extraTree, type ForestParameters, randomForest, type SplitCriterion, type TreeParameters } from './trees.js';
export { type LabelledTable, type Learner, LearnerError, type LearnOptions, type TrainedClassifier } from './types.js';
