"""The points of tsne.mjs through openTSNE with its own choice of neighbours and gradient, on all cores; one JSON array on the last line."""
import json
import os
import time

import numpy as np
import openTSNE

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".runtime", "bench")


def rows(dimensions):
    points = np.fromfile(os.path.join(FOLDER, f"tsne-{dimensions}.f32"), "<f4").reshape(-1, dimensions)
    started, worked = time.perf_counter(), time.process_time()
    embedding = openTSNE.TSNE(perplexity=30, early_exaggeration_iter=250, n_iter=500, n_jobs=CORES, random_state=1).fit(points)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    what = f"10,000 × {dimensions}, 750 iterations"
    return [
        {"name": what, "contender": "openTSNE", "value": seconds, "unit": "s"},
        {"name": f"{what}, processor time", "contender": "openTSNE", "value": worked, "unit": "s"},
        {"name": f"{what}, KL divergence", "contender": "openTSNE", "value": float(embedding.kl_divergence), "unit": ""},
    ]


print(json.dumps([row for dimensions in (10, 784) for row in rows(dimensions)]))
