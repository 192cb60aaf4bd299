"""Writes calibration.json, the table of scikit-learn's values that tests/calibration.rs compares with.

    pip install scikit-learn==1.9.1
    python make_calibration.py

Cases are drawn with fixed seeds, so that a second run writes the same file.

* platt: the sigmoid that CalibratedClassifierCV fits, at `asked`; its stopping is loose (L-BFGS), so the
  same loss is minimised once more by Newton's method from there on;
* isotonic: the points of IsotonicRegression, clipped to 1 / (n + 2) and (n + 1) / (n + 2), with lines between;
* temperature: scipy's bounded minimiser on the log loss against targets smoothed by one document,
  1 / (K (n + 1)) for each label that is not true; `plain` is the one against plain targets.
"""

import json
import random
from pathlib import Path

import numpy as np
import scipy.optimize
import sklearn
from scipy.special import expit, log_softmax
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression


def platt(decisions, holds, weights):
    fit = _SigmoidCalibration().fit(np.array(decisions), np.array(holds, float), np.array(weights))
    d, w, y = np.array(decisions), np.array(weights), np.array(holds)
    yes, no = w[y].sum(), w[~y].sum()
    target = np.where(y, (yes + 1) / (yes + 2), 1 / (no + 2))
    slope, intercept = -fit.a_, -fit.b_
    for _ in range(50):
        p = expit(slope * d + intercept)
        g = np.array([(w * (p - target) * d).sum(), (w * (p - target)).sum()])
        c = w * p * (1 - p)
        h = np.array([[(c * d * d).sum(), (c * d).sum()], [(c * d).sum(), c.sum()]])
        slope, intercept = np.array([slope, intercept]) - np.linalg.solve(h, g)
    assert abs(slope + fit.a_) < 1e-3 * max(1, abs(slope)), (slope, fit.a_)
    return {"slope": slope, "intercept": intercept, "scikit_learn": [-fit.a_, -fit.b_]}


def isotonic(decisions, holds, weights, asked):
    fit = IsotonicRegression(out_of_bounds="clip").fit(decisions, np.array(holds, float), weights)
    n = sum(weights)
    values = np.clip(fit.y_thresholds_, 1 / (n + 2), (n + 1) / (n + 2))
    return [float(p) for p in np.interp(asked, fit.X_thresholds_, values)]


def temperature(decisions, truth, weights, smoothed):
    d, w = np.array(decisions), np.array(weights)
    labels, n = d.shape[1], sum(weights)
    other = 1 / (labels * (n + 1)) if smoothed else 0.0
    target = np.full(d.shape, other)
    target[np.arange(len(truth)), truth] = 1 - (labels - 1) * other
    loss = lambda log: -(w[:, None] * target * log_softmax(d * np.exp(log), axis=1)).sum()
    found = scipy.optimize.minimize_scalar(loss, bounds=(-8, 8), method="bounded", options={"xatol": 1e-12})
    return float(np.exp(-found.x))


def binary_case(rng, kind):
    rows = rng.randint(12, 120)
    decisions, holds, weights = [], [], []
    for _ in range(rows):
        y = rng.random() < 0.35
        d = rng.gauss(0.9 if y else -0.7, 1.0)
        decisions.append(round(d, 1) if kind == "ties" else d * 40 if kind == "great" else d)
        holds.append(y)
        weights.append(float(rng.randint(1, 3)) if kind == "weights" else 1.0)
    holds[0], holds[1] = True, False
    asked = [rng.gauss(0, 2) * (40 if kind == "great" else 1) for _ in range(10)] + decisions[:10]
    return {
        "kind": kind,
        "decisions": decisions,
        "holds": holds,
        "weights": weights,
        "asked": asked,
        "platt": platt(decisions, holds, weights),
        "isotonic": isotonic(decisions, holds, weights, asked),
        "temperature": temperature([[0.0, d] for d in decisions], [int(y) for y in holds], weights, True),
    }


def exclusive_case(rng, labels):
    decisions, truth = [], []
    for _ in range(80):
        y = rng.randrange(labels)
        decisions.append([rng.gauss(1.2 if k == y else 0.0, 1.0) for k in range(labels)])
        truth.append(y)
    weights = [float(rng.randint(1, 2)) for _ in truth]
    return {
        "labels": labels,
        "decisions": decisions,
        "truth": truth,
        "weights": weights,
        "temperature": temperature(decisions, truth, weights, True),
        "plain": temperature(decisions, truth, weights, False),
    }


def main():
    rng = random.Random(5)
    table = {
        "scikit_learn": sklearn.__version__,
        "binary": [binary_case(rng, kind) for kind in ["plain", "ties", "weights", "great"] * 3],
        "exclusive": [exclusive_case(rng, labels) for labels in [2, 3, 5, 8]],
    }
    path = Path(__file__).with_name("calibration.json")
    path.write_text(json.dumps(table, separators=(",", ":")) + "\n")


main()
