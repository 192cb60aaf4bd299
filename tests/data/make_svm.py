#!/usr/bin/env python3
"""Writes svm.json beside this script: what LIBLINEAR finds, through scikit-learn's LinearSVC (and LIBSVM or SciPy
where the intercept is free).

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
from scipy.optimize import minimize
from sklearn.svm import SVC, LinearSVC

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


def free_intercept(x, holds, weights, factor, c, loss):
    """The hinge by LIBSVM, whose intercept is free; its square by minimising the primal."""
    known = weights > 0
    costs = c * weights * np.where(holds == 1, factor, 1.0)
    if loss == "hinge":
        model = SVC(kernel="linear", C=1.0, tol=1e-9).fit(x[known], holds[known], sample_weight=costs[known])
        return model.decision_function(x)
    y = 2.0 * holds - 1

    def objective(wb):
        lack = np.maximum(0, 1 - y * (x @ wb[:-1] + wb[-1]))
        pull = -2 * costs * lack * y
        return 0.5 * wb[:-1] @ wb[:-1] + costs @ lack**2, np.append(wb[:-1] + pull @ x, pull.sum())

    found = minimize(objective, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B",
                     options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 100000})
    return x @ found.x[:-1] + found.x[-1]


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
    for loss, intercept, scikit in (
        ("hinge", "regularised", {"loss": "hinge"}),
        ("hinge", "none", {"loss": "hinge", "fit_intercept": False}),
        ("squared_hinge", "none", {"fit_intercept": False}),
    ):
        for independent, weighted, factors in ((False, False, False), (True, True, True)):
            options = {"svm": {"c": 2.0, "loss": loss, "intercept": intercept}}
            against_rest(options, independent, weighted, factors, C=2.0, **scikit)
    for loss in ("hinge", "squared_hinge"):
        values = [free_intercept(x, exclusive[:, l], weights, FACTORS[l], 2.0, loss) for l in range(4)]
        options = {"svm": {"c": 2.0, "loss": loss, "intercept": "free"}}
        add(options, np.stack(values, axis=1), False, True, True)
    for by_row, factors in ((np.ones(len(y)), False), (weights, False), (weights, True)):
        known = by_row > 0
        model = svm(C=2.0, multi_class="crammer_singer", class_weight=dict(enumerate(FACTORS)) if factors else None)
        model.fit(x[known], y[known], sample_weight=by_row[known])
        add({"crammer_singer": {"c": 2.0}}, model.decision_function(x), False, by_row is weights, factors)
    table = {"x": x.tolist(), "y": y.tolist(), "several": several.tolist(), "weights": weights.tolist(),
             "class_weights": FACTORS, "cases": cases}
    (HERE / "svm.json").write_text(json.dumps(table, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
