/** The learners room: classical classifiers (trees, forests, linear models, naive Bayes, SVC) on typed arrays. */
export {};
