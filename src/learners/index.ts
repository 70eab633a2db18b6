/**
 * The learners room: classical classifiers on tables of numbers, written small, for the comparison tables of the reports. The JavaScript
 * libraries that offer them are made for small tables (ml-cart takes 100 s to grow one tree on 1,000 × 784, and its time grows with the
 * square of the rows); these take typed arrays and cope with 60,000 × 784 in minutes.
 */
export { type BayesParameters, gaussianNaiveBayes } from './bayes.js';
export { type RbfParameters, rbfSupportVectors, solveDual } from './kernel.js';
export { linearSupportVectors, logisticRegression, type SgdParameters, type SmoothLinearParameters, sgdClassifier } from './linear.js';
export { type MinimiseOptions, minimise, type Slope } from './minimise.js';
export { kNeighbours, type NeighbourLearnerParameters } from './neighbours.js';
export { type StandardScaler, standardScaler } from './scaling.js';
export { decisionTree, extraTree, type ForestParameters, randomForest, type SplitCriterion, type TreeParameters } from './trees.js';
export { type LabelledTable, type Learner, LearnerError, type LearnOptions, type TrainedClassifier } from './types.js';
