#!/usr/bin/env python3
"""Writes svm.json beside this script: what LIBLINEAR finds, through scikit-learn's LinearSVC.

    python -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    venv/bin/python tests/data/make_svm.py

Each case has its options and the decision values of all rows. Log-count ratios (Wang and Manning 2012) are
computed here, in NumPy, and LIBLINEAR is given the products. Everything is seeded: a second run writes
the same bytes.
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn.svm import LinearSVC

HERE = pathlib.Path(__file__).parent
FACTORS = [1.0, 2.0, 0.5, 3.0]


def data():
    rng = np.random.default_rng(5)
    n, d, k = 60, 25, 4
    y = rng.integers(0, k, n)
    x = rng.random((n, d)) * (rng.random((n, d)) < 0.3)
    x[np.arange(n), y] += 0.5
    x = x.astype(np.float32).astype(np.float64)
    several = np.stack([(y == label) | (rng.random(n) < 0.15) for label in range(k)], axis=1).astype(int)
    several[rng.random((n, k)) < 0.2] = -1
    return x, y, several, rng.integers(0, 4, n).astype(float)


def svm(**options):
    return LinearSVC(tol=1e-10, max_iter=1000000, random_state=0, **options)


def ratios(x, yes, no, weights, alpha):
    p, q = alpha + weights[yes] @ x[yes], alpha + weights[no] @ x[no]
    return np.log((p / p.sum()) / (q / q.sum()))


def one_label(x, holds, weights, nb, **options):
    """Decision values of one label against the rest; `holds` is 1, 0, or -1 where unknown."""
    known = (holds >= 0) & (weights > 0)
    alpha, share = nb or (1.0, 1.0)
    r = ratios(x, known & (holds == 1), known & (holds == 0), weights, alpha) if nb else np.ones(x.shape[1])
    model = svm(**options).fit((x * r)[known], holds[known], sample_weight=weights[known])
    w = model.coef_[0]
    w = share * w + (1 - share) * np.abs(w).mean()
    return (x * r) @ w + model.intercept_


def main():
    warnings.simplefilter("error")
    x, y, several, weights = data()
    exclusive = np.stack([y == label for label in range(4)], axis=1).astype(int)
    cases = []

    def against_rest(options, independent=False, weighted=False, factors=False, nb=None, **svm_options):
        cells, by_row = (several if independent else exclusive), (weights if weighted else np.ones(len(y)))
        of_label = lambda l: {"class_weight": {1: FACTORS[l], 0: 1.0}} if factors else {}
        values = [one_label(x, cells[:, l], by_row, nb, **svm_options, **of_label(l)) for l in range(4)]
        add(options, np.stack(values, axis=1), independent, weighted, factors)

    def add(options, values, independent=False, weighted=False, factors=False):
        cases.append({"options": options, "independent": independent, "weighted": weighted,
                      "factors": factors, "values": values.tolist()})

    for alpha, share in ((1.0, 1.0), (0.3, 0.25)):
        for independent in (False, True):
            for weighted, factors in ((False, False), (True, False), (True, True)):
                nb = {"c": 2.0, "alpha": alpha, "interpolation": share}
                against_rest({"nb_svm": nb}, independent, weighted, factors, (alpha, share), C=2.0)
    table = {"x": x.tolist(), "y": y.tolist(), "several": several.tolist(), "weights": weights.tolist(),
             "class_weights": FACTORS, "cases": cases}
    (HERE / "svm.json").write_text(json.dumps(table, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
