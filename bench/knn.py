"""
The case of knn.mjs in scikit-learn: brute-force Hamming on bits, on all cores. It does 500 of the 10,000 queries and counts twenty times
the seconds of these (every query is compared with all 60,000 images, whatever the others are). One JSON array on the last line.
"""
import json
import time

import numpy as np
from sklearn.neighbors import NearestNeighbors

QUERIES, TIMED = 10_000, 500

random = np.random.default_rng(1)
train = random.integers(0, 2, size=(60_000, 784), dtype=np.uint8).astype(bool)
queries = random.integers(0, 2, size=(TIMED, 784), dtype=np.uint8).astype(bool)
search = NearestNeighbors(n_neighbors=100, algorithm="brute", metric="hamming", n_jobs=-1).fit(train)
search.kneighbors(queries[:20])
started, worked = time.perf_counter(), time.process_time()
search.kneighbors(queries)
seconds, worked = time.perf_counter() - started, time.process_time() - worked
name = "Hamming, 60,000 × 10,000 × 784, K = 100"
contender = f"scikit-learn ({TIMED} queries, scaled)"
rows = [{"name": name, "value": seconds * QUERIES / TIMED}, {"name": f"{name}, processor time", "value": worked * QUERIES / TIMED}]
print(json.dumps([{**row, "contender": contender, "unit": "s"} for row in rows]))
