"""Writes probability_metrics.json: values of scikit-learn, SciPy, statsmodels and krippendorff.

    pip install scikit-learn==1.9.1 scipy==1.17.1 statsmodels==0.15.0 krippendorff==0.9.0
    python make_probability_metrics.py

tests/probability_metrics.rs compares with them. Cases are drawn with fixed seeds. What is put together here
because scikit-learn has no such call or raises:

* unknown cells (null) and documents of weight 0 are dropped before it is asked;
* ROC-AUC and average precision of a label that is never true, and ROC-AUC of one that always is, are null, and
  left out of the mean over labels;
* the calibration error, from its definition, with numpy.digitize for the bins;
* the F1 of the documents' mean precision and recall, from scikit-learn's precision and recall of samples.
"""

import json
import warnings
from pathlib import Path

import krippendorff
import numpy as np
import sklearn
from scipy import stats
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    cohen_kappa_score,
    log_loss,
    matthews_corrcoef,
    precision_score,
    recall_score,
    roc_auc_score,
)
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

BINS = 15


def number(value):
    return None if value is None or not np.isfinite(value) else float(value)


def calibration_error(came_true, probability, weights):
    bins = np.digitize(probability, np.arange(1, BINS) / BINS, right=True)
    gaps = [abs(np.sum((weights * (came_true - probability))[bins == b])) for b in range(BINS)]
    return sum(gaps) / weights.sum()


def of_label(truth, predicted, scores, weights, probabilities):
    """Metrics of yes or no, by the names of the toolkit."""
    both = truth.any() and not truth.all()
    out = {
        "roc_auc": roc_auc_score(truth, scores, sample_weight=weights) if both else None,
        "average_precision": average_precision_score(truth, scores, sample_weight=weights)
        if truth.any()
        else None,
        "mcc": matthews_corrcoef(truth, predicted, sample_weight=weights),
    }
    if probabilities:
        out["brier"] = brier_score_loss(truth, scores, sample_weight=weights, labels=[0, 1], pos_label=1)
        two = np.stack([1 - scores, scores], axis=1)
        out["log_loss"] = log_loss(truth, two, sample_weight=weights, labels=[0, 1])
        out["ece"] = calibration_error(truth, scores, weights)
    return {name: number(value) for name, value in out.items()}


def mean(labels, name):
    defined = [label[name] for label in labels if label[name] is not None]
    return number(np.mean(defined)) if defined else None


def exclusive_expected(n, truth, predicted, scores, weights, probabilities):
    labels = [
        of_label((truth == k).astype(int), (predicted == k).astype(int), scores[:, k], weights, probabilities)
        for k in range(n)
    ]
    one_only = len(set(truth) | set(predicted)) == 1
    head = {
        "mcc": matthews_corrcoef(truth, predicted, sample_weight=weights),
        "kappa": None if one_only else cohen_kappa_score(truth, predicted, sample_weight=weights),
        "roc_auc": mean(labels, "roc_auc"),
        "average_precision": mean(labels, "average_precision"),
    }
    if probabilities:
        chosen = scores[np.arange(len(truth)), predicted]
        # With two labels scikit-learn takes the probability of the second and halves the sum by itself.
        given = scores[:, 1] if n == 2 else scores
        head["brier"] = brier_score_loss(truth, given, sample_weight=weights, labels=list(range(n)), **(
            {"pos_label": 1} if n == 2 else {}
        ))
        head["log_loss"] = log_loss(truth, scores, sample_weight=weights, labels=list(range(n)))
        head["ece"] = calibration_error((truth == predicted).astype(int), chosen, weights)
    return {"head": {k: number(v) for k, v in head.items()}, "labels": labels}


def independent_expected(n, truth, predicted, scores, weights, probabilities):
    labels = []
    for k in range(n):
        known = truth[:, k] >= 0
        labels.append(
            of_label(truth[known, k], predicted[known, k], scores[known, k], weights[known], probabilities)
        )
    names = ["roc_auc", "average_precision"] + (["brier", "log_loss", "ece"] if probabilities else [])
    head = {name: mean(labels, name) for name in names}
    if (truth >= 0).all() and n > 1:
        empty = ((truth.sum(axis=1) + predicted.sum(axis=1)) == 0).astype(float)
        rows = np.average(empty, weights=weights)
        options = {"average": "samples", "sample_weight": weights, "zero_division": 0}
        p = precision_score(truth, predicted, **options) + rows
        r = recall_score(truth, predicted, **options) + rows
        head["example_based_f1_of_means"] = number(2 * p * r / (p + r)) if p + r > 0 else 0.0
    return {"head": head, "labels": labels}


def draw(seed):
    """One random case; the seed says of what kind."""
    rng = np.random.default_rng(seed)
    exclusive, probabilities = seed % 2 == 0, seed % 3 != 0
    n, rows = int(rng.integers(2, 6)), int(rng.integers(12, 60))
    raw = rng.normal(size=(rows, n)) * rng.uniform(0.5, 3)
    if seed % 5 == 0:
        raw = np.round(raw)  # many ties
    if exclusive:
        p = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
        truth = np.array([rng.choice(n, p=0.6 * row + 0.4 / n) for row in p])
        if seed % 4 == 0 and n > 2:
            truth[truth == n - 1] = 0  # a label that is never true
        predicted = raw.argmax(axis=1)
    else:
        p = 1 / (1 + np.exp(-raw))
        truth = (rng.uniform(size=p.shape) < 0.6 * p + 0.1).astype(int)
        if seed % 7 == 0:
            truth[:, -1] = 0
        if seed % 3 == 1:
            truth[rng.uniform(size=p.shape) < 0.2] = -1
        predicted = (raw > (5 if seed % 11 == 0 else 0.3)).astype(int)  # also nothing predicted
    scores = np.round(p, 2) if probabilities and seed % 10 == 5 else (p if probabilities else raw)
    weights = None
    if seed % 4 == 1:
        weights = rng.integers(0, 4, size=rows).astype(float)
    elif seed % 4 == 2:
        weights = np.round(rng.uniform(0.1, 3, size=rows), 3)
    return exclusive, n, truth, predicted, scores, weights, probabilities


def case(seed):
    exclusive, n, truth, predicted, scores, weights, probabilities = draw(seed)
    w = np.ones(len(truth)) if weights is None else weights
    kept = w > 0
    if not exclusive:
        kept &= (truth >= 0).any(axis=1)
    expected = exclusive_expected if exclusive else independent_expected
    cells = truth.flatten().tolist()
    return {
        "name": f"random {seed}",
        "kind": "exclusive" if exclusive else "independent",
        "labels": n,
        "truth": cells if exclusive else [None if cell < 0 else bool(cell) for cell in cells],
        "predicted": predicted.tolist() if exclusive else predicted.astype(bool).flatten().tolist(),
        "scores": scores.flatten().tolist(),
        "probabilities": probabilities,
        "weights": None if weights is None else weights.tolist(),
        "expected": expected(n, truth[kept], predicted[kept], scores[kept], w[kept], probabilities),
    }


def tests():
    rng = np.random.default_rng(1)
    counts = [(0, 0), (1, 0), (5, 5), (3, 12), (25, 10), (1, 40), (300, 240), (5000, 5200), (40000, 39000)]
    table = [
        {"only_first": b, "only_second": c, "p": float(mcnemar([[9, b], [c, 9]], exact=True).pvalue) if b + c else 1.0}
        for b, c in counts
    ]
    lists = [rng.uniform(size=k).tolist() for k in (1, 2, 5, 20)] + [[0.01, 0.01, 0.04, 0.03], [0.5, 0.9, 1.0]]
    holm = [{"p": p, "corrected": multipletests(p, method="holm")[1].tolist()} for p in lists]
    alpha = []
    for seed in range(8):
        draw = np.random.default_rng(seed)
        coders, units, labels = draw.integers(2, 5), draw.integers(6, 30), draw.integers(2, 5)
        base = draw.integers(0, labels, size=units)
        table_ = np.where(draw.uniform(size=(coders, units)) < 0.6, base, draw.integers(0, labels, size=(coders, units)))
        table_ = table_.astype(float)
        table_[draw.uniform(size=table_.shape) < 0.25] = np.nan
        value = krippendorff.alpha(reliability_data=table_, level_of_measurement="nominal")
        rows = [[None if np.isnan(cell) else int(cell) for cell in unit] for unit in table_.T]
        alpha.append({"units": rows, "alpha": float(value)})
    return {"mcnemar": table, "holm": holm, "alpha": alpha}


def intervals():
    """SciPy's percentile bootstrap of accuracy and of a paired difference: other draws, so equal only about."""
    rng = np.random.default_rng(5)
    first = (rng.uniform(size=400) < 0.8).astype(float)
    second = np.where(rng.uniform(size=400) < 0.7, first, rng.uniform(size=400) < 0.7).astype(float)
    options = {"n_resamples": 20000, "method": "percentile", "confidence_level": 0.9}
    one = stats.bootstrap((first,), np.mean, vectorized=True, rng=1, **options)
    paired = stats.bootstrap((first - second,), np.mean, vectorized=True, rng=1, **options)
    bounds = lambda r: [float(r.confidence_interval.low), float(r.confidence_interval.high)]
    return {
        "first": first.astype(bool).tolist(),
        "second": second.astype(bool).tolist(),
        "accuracy": bounds(one),
        "difference": bounds(paired),
        "standard_error": float(paired.standard_error),
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    cases = [case(seed) for seed in range(36)]
    lines = [f'{{\n"scikit_learn": {json.dumps(sklearn.__version__)}']
    rows = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    lines.append(f'"cases": [\n{rows}\n]')
    for name, value in {**tests(), "intervals": intervals()}.items():
        lines.append(f'"{name}": {json.dumps(value, separators=(",", ":"))}')
    path = Path(__file__).with_name("probability_metrics.json")
    path.write_text(",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(len(cases), path.stat().st_size)
