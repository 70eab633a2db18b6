"""The cases of metrics.mjs in scikit-learn, on the labels and probabilities that it left; one JSON array on the last line."""
import json
import os
import time

import numpy as np
from sklearn import metrics

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".runtime", "bench")
labels = np.fromfile(os.path.join(FOLDER, "metrics-labels.u8"), np.uint8)
predicted = np.fromfile(os.path.join(FOLDER, "metrics-predicted.u8"), np.uint8)
probabilities = np.fromfile(os.path.join(FOLDER, "metrics-probabilities.f64"), "<f8").reshape(-1, 10)


def timed(work):
    started = time.perf_counter()
    result = work()
    return result, 1000 * (time.perf_counter() - started)


def scores():
    return (
        metrics.confusion_matrix(labels, predicted),
        metrics.precision_recall_fscore_support(labels, predicted),
        metrics.cohen_kappa_score(labels, predicted),
    )


def areas():
    curves = (metrics.roc_curve(labels == k, probabilities[:, k], drop_intermediate=False) for k in range(10))
    return [metrics.auc(false_positive, true_positive) for false_positive, true_positive, _ in curves]


_, first = timed(scores)
found, second = timed(areas)
rows = [
    {"name": "100,000 labels: matrix, scores per class, kappa", "value": first, "unit": "ms"},
    {"name": "100,000 × 10: ROC curves and areas", "value": second, "unit": "ms"},
    {"name": "mean area, in millionths", "value": 1e6 * float(np.mean(found)), "unit": ""},
]
print(json.dumps([{**row, "contender": "scikit-learn"} for row in rows]))
