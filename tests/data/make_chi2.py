#!/usr/bin/env python3
"""Writes chi2.json beside this script: scikit-learn's chi2 of generated features.

    venv/bin/python tests/data/make_chi2.py

For independent labels, the greatest chi2 over the labels, each against its rest. A feature that never
occurs, for which scikit-learn has no number, counts as 0.
"""
import json
import pathlib

import numpy as np
from sklearn.feature_selection import chi2

rng = np.random.default_rng(5)
n, d, k = 50, 12, 3
y = rng.integers(0, k, n)
x = rng.random((n, d)) * (rng.random((n, d)) < 0.4)
x[np.arange(n), y] += 0.6
x[:, d - 1] = 0
x = x.astype(np.float32).astype(np.float64)
several = np.stack([(y == label) | (rng.random(n) < 0.2) for label in range(k)], axis=1).astype(int)
with np.errstate(all="ignore"):
    exclusive = np.nan_to_num(chi2(x, y)[0])
    independent = np.max([np.nan_to_num(chi2(x, several[:, label])[0]) for label in range(k)], axis=0)
table = {"x": x.tolist(), "y": y.tolist(), "several": several.tolist(),
         "exclusive": exclusive.tolist(), "independent": independent.tolist()}
(pathlib.Path(__file__).parent / "chi2.json").write_text(json.dumps(table, separators=(",", ":")) + "\n")
