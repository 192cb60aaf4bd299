"""Writes metrics.json, the table of scikit-learn's values that tests/metrics.rs compares with.

    pip install scikit-learn==1.9.1
    python make_metrics.py

Cases are drawn with fixed seeds, so that a second run writes the same file. What scikit-learn has
no notion of is put to it as follows:

* documents of weight 0 are dropped before it is asked (it would count their labels as present);
* unknown cells (null) are dropped cell by cell, and each value is put together from binary calls.
  The same calls on tables without unknown cells are checked against its indicator-matrix calls;
* a document or label without any known cell is left out of every mean.
"""

import json
import random
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    hamming_loss,
    multilabel_confusion_matrix,
    precision_recall_fscore_support,
)

NAMES = ["conflict", "economy", "sport", "culture", "science", "weather"]
AVERAGES = ["macro", "micro", "weighted"]
RATIOS = ["precision", "recall", "f1"]


def draw_weights(rng, rows, kind):
    """Document weights: none, whole numbers from 0 to 3, or fractions."""
    if kind == "none":
        return None
    if kind == "whole":
        weights = [rng.randint(0, 3) for _ in range(rows)]
        return [float(w) for w in weights] if any(weights) else [1.0] * rows
    return [round(rng.uniform(0.05, 4.0), 3) for _ in range(rows)]


def averaged(truth, predicted, average, weights, **options):
    """Precision, recall and F1 under one kind of average."""
    values = precision_recall_fscore_support(
        truth, predicted, average=average, sample_weight=weights, zero_division=0, **options
    )
    return dict(zip(RATIOS, map(float, values[:3])))


def per_label(values, predicted):
    """One dictionary per label from the arrays that average=None gives."""
    names = ["label", *RATIOS, "support", "predicted"]
    rows = zip(NAMES, *(map(float, value) for value in values), map(float, predicted))
    return [dict(zip(names, row)) for row in rows]


# Exclusive heads


def exclusive_expected(labels, truth, predicted, weights):
    weights = np.ones(len(truth)) if weights is None else np.array(weights)
    kept = weights > 0
    truth, predicted, weights = np.array(truth)[kept], np.array(predicted)[kept], weights[kept]
    indices = list(range(len(labels)))
    table = confusion_matrix(truth, predicted, labels=indices, sample_weight=weights)
    values = precision_recall_fscore_support(
        truth, predicted, labels=indices, sample_weight=weights, zero_division=0
    )
    return {
        "documents": int(kept.sum()),
        "accuracy": float(accuracy_score(truth, predicted, sample_weight=weights)),
        **{f"{kind}_avg": averaged(truth, predicted, kind, weights) for kind in AVERAGES},
        "labels": per_label(values, table.sum(axis=0)),
        "confusion": table.tolist(),
    }


def exclusive_case(name, n_labels, truth, predicted, weights=None):
    labels = NAMES[:n_labels]
    return {
        "name": name,
        "labels": labels,
        "truth": truth,
        "predicted": predicted,
        "weights": weights,
        "expected": exclusive_expected(labels, truth, predicted, weights),
    }


def random_exclusive(seed, weights):
    rng = random.Random(seed)
    n_labels, rows = rng.randint(2, 6), rng.randint(5, 40)
    skill = rng.uniform(0.2, 0.9)
    truth = [min(int(rng.expovariate(0.6)), n_labels - 1) for _ in range(rows)]
    predicted = [t if rng.random() < skill else rng.randrange(n_labels) for t in truth]
    weights_drawn = draw_weights(rng, rows, weights)
    name = f"random {seed}, weights: {weights}"
    return exclusive_case(name, n_labels, truth, predicted, weights_drawn)


def exclusive_cases():
    kinds = ["none", "whole", "fraction"]
    yield from (random_exclusive(seed, kinds[seed % 3]) for seed in range(12))
    yield exclusive_case("one document, right", 2, [1], [1])
    yield exclusive_case("one document, wrong", 2, [1], [0])
    yield exclusive_case("only one label", 1, [0, 0, 0], [0, 0, 0])
    yield exclusive_case("all right", 3, [0, 1, 2, 2], [0, 1, 2, 2])
    yield exclusive_case("all wrong", 3, [0, 1, 2, 2], [1, 2, 0, 1])
    yield exclusive_case("constant prediction", 4, [0, 1, 2, 3, 1], [1, 1, 1, 1, 1])
    yield exclusive_case("label never predicted", 3, [0, 1, 2, 2, 0], [0, 1, 1, 0, 0])
    yield exclusive_case("label never true", 3, [0, 1, 1, 0, 0], [0, 1, 2, 2, 0])
    yield exclusive_case("labels in neither", 6, [1, 4, 4, 1], [1, 4, 1, 1])
    yield exclusive_case("labels in neither, weighted", 5, [0, 3, 3], [0, 3, 0], [0.5, 2.0, 1.25])
    yield exclusive_case(
        "label only at weight 0", 4, [0, 1, 2, 1], [0, 1, 3, 0], [1.0, 2.0, 0.0, 3.0]
    )
    yield exclusive_case(
        "very unequal weights", 3, [0, 1, 2, 0], [0, 2, 2, 1], [1e-6, 1e6, 1.0, 0.1]
    )


# Independent heads


def known_only(truth, predicted, weights):
    """Flat arrays of the known cells of a table, or of a part of it."""
    known = truth != -1
    spread = np.broadcast_to(weights, truth.shape)
    return truth[known], predicted[known], spread[known]


def binary(truth, predicted, weights):
    """Precision, recall, F1 and support of flat cells, and their 2 x 2 table."""
    if len(truth) == 0:
        return [0.0] * 4, [[0.0, 0.0], [0.0, 0.0]]
    values = precision_recall_fscore_support(
        truth, predicted, labels=[1], sample_weight=weights, zero_division=0
    )
    table = confusion_matrix(truth, predicted, labels=[0, 1], sample_weight=weights)
    return [float(v[0]) for v in values], table.astype(float).tolist()


def example_f1(truth, predicted, when_empty):
    """F1 of each row of a table over its known cells."""
    for row_truth, row_predicted in zip(truth, predicted):
        known = row_truth != -1
        cells = row_truth[known], row_predicted[known]
        yield f1_score(*cells, pos_label=1, average="binary", zero_division=when_empty)


def cellwise(truth, predicted, weights):
    """All values from calls on known cells only."""
    columns = [known_only(truth[:, [c]], predicted[:, [c]], weights) for c in range(truth.shape[1])]
    values, confusion = zip(*(binary(*column) for column in columns))
    values = np.array(values)
    flat = known_only(truth, predicted, weights)
    judged = values[[len(column[0]) > 0 for column in columns], :3]
    support = values[:, 3]
    averages = {
        "macro": judged.mean(axis=0),
        "micro": binary(*flat)[0][:3],
        "weighted": support @ values[:, :3] / (support.sum() or 1.0),
    }
    exact = [np.array_equal(t[t != -1], p[t != -1]) for t, p in zip(truth, predicted)]
    mean = lambda rows: float(np.average(list(rows), weights=weights[:, 0]))
    return {
        "documents": len(truth),
        "subset_accuracy": mean(exact),
        "example_f1": mean(example_f1(truth, predicted, 1)),
        "example_f1_empty_zero": mean(example_f1(truth, predicted, 0)),
        "hamming_loss": float(hamming_loss(flat[0], flat[1], sample_weight=flat[2])),
        **{f"{kind}_avg": dict(zip(RATIOS, map(float, averages[kind]))) for kind in AVERAGES},
        "labels": per_label(values.T, np.array(confusion)[:, :, 1].sum(axis=1)),
        "confusion": list(confusion),
    }


def native(truth, predicted, weights):
    """All values from scikit-learn's own calls on indicator matrices."""
    weights = weights[:, 0]
    tables = multilabel_confusion_matrix(truth, predicted, sample_weight=weights)
    values = precision_recall_fscore_support(
        truth, predicted, sample_weight=weights, zero_division=0
    )
    samples = lambda empty: f1_score(
        truth, predicted, average="samples", sample_weight=weights, zero_division=empty
    )
    return {
        "documents": len(truth),
        "subset_accuracy": float(accuracy_score(truth, predicted, sample_weight=weights)),
        "example_f1": float(samples(1)),
        "example_f1_empty_zero": float(samples(0)),
        "hamming_loss": float(hamming_loss(truth, predicted, sample_weight=weights)),
        **{f"{kind}_avg": averaged(truth, predicted, kind, weights) for kind in AVERAGES},
        "labels": per_label(values, tables[:, :, 1].sum(axis=1)),
        "confusion": tables.tolist(),
    }


def assert_close(left, right, where):
    if isinstance(left, dict):
        assert left.keys() == right.keys(), where
        for key in left:
            assert_close(left[key], right[key], f"{where}.{key}")
    elif isinstance(left, list):
        assert len(left) == len(right), where
        for i, pair in enumerate(zip(left, right)):
            assert_close(*pair, f"{where}[{i}]")
    elif isinstance(left, str):
        assert left == right, where
    else:
        assert abs(left - right) < 1e-12, f"{where}: {left} is not {right}"


def independent_expected(name, truth, predicted, weights):
    truth = np.array([[-1 if cell is None else int(cell) for cell in row] for row in truth])
    predicted = np.array(predicted).astype(int)
    weights = np.ones((len(truth), 1)) if weights is None else np.array(weights)[:, None]
    kept = (weights[:, 0] > 0) & (truth != -1).any(axis=1)
    table = truth[kept], predicted[kept], weights[kept]
    expected = cellwise(*table)
    # A table of one column is no indicator matrix to scikit-learn.
    if truth.shape[1] > 1 and (table[0] != -1).all():
        from_scikit_learn = native(*table)
        assert_close(expected, from_scikit_learn, name)
        return from_scikit_learn
    return expected


def independent_case(name, truth, predicted, weights=None):
    """Rows are written as strings: 1 yes, 0 no, ? unknown."""
    meaning = {"1": True, "0": False, "?": None}
    truth = [[meaning[cell] for cell in row] for row in truth]
    predicted = [[meaning[cell] for cell in row] for row in predicted]
    return {
        "name": name,
        "labels": NAMES[: len(truth[0])],
        "truth": sum(truth, []),
        "predicted": sum(predicted, []),
        "weights": weights,
        "expected": independent_expected(name, truth, predicted, weights),
    }


def random_independent(seed, weights, unknown):
    rng = random.Random(1000 + seed)
    n_labels, rows = rng.randint(2, 6), rng.randint(5, 30)
    skill, density = rng.uniform(0.4, 0.95), rng.uniform(0.1, 0.6)
    draw = lambda: "1" if rng.random() < density else "0"
    truth = ["".join(draw() for _ in range(n_labels)) for _ in range(rows)]
    predicted = ["".join(c if rng.random() < skill else draw() for c in row) for row in truth]
    truth = ["".join("?" if rng.random() < unknown else c for c in row) for row in truth]
    name = f"random {seed}, weights: {weights}, {unknown:.0%} unknown"
    return independent_case(name, truth, predicted, draw_weights(rng, rows, weights))


def independent_cases():
    kinds = ["none", "whole", "fraction"]
    yield from (random_independent(seed, kinds[seed % 3], 0.0) for seed in range(9))
    yield from (random_independent(seed, kinds[seed % 3], 0.3) for seed in range(9, 12))
    yield from (random_independent(seed, kinds[seed % 3], 0.8) for seed in range(12, 15))
    yield independent_case("one document", ["101"], ["100"])
    yield independent_case("all right", ["10", "01", "11", "00"], ["10", "01", "11", "00"])
    yield independent_case("all wrong", ["10", "01", "11", "00"], ["01", "10", "00", "11"])
    yield independent_case("nothing predicted", ["101", "010", "000"], ["000", "000", "000"])
    yield independent_case("nothing true", ["000", "000"], ["010", "000"])
    yield independent_case("nothing true, nothing predicted", ["00", "00"], ["00", "00"])
    yield independent_case("everything predicted", ["10", "01", "00"], ["11", "11", "11"])
    yield independent_case("label never true nor predicted", ["100", "110"], ["110", "100"])
    yield independent_case(
        "one column", ["1", "0", "1", "?"], ["1", "1", "0", "1"], [1.0, 0.5, 2.0, 3.0]
    )
    yield independent_case("document wholly unknown", ["10", "??", "0?"], ["10", "11", "01"])
    yield independent_case("label wholly unknown", ["1?0", "0?1", "1?1"], ["110", "001", "011"])
    yield independent_case(
        "label known only at weight 0", ["1?", "01", "1?"], ["10", "10", "01"], [2.0, 0.0, 1.0]
    )


def write_table(path, table):
    """One line per case, so that a changed case shows as one changed line."""
    lines = [f'{{\n"scikit_learn": {json.dumps(sklearn.__version__)}']
    for kind in ["exclusive", "independent"]:
        rows = ",\n".join(json.dumps(case, separators=(",", ":")) for case in table[kind])
        lines.append(f'"{kind}": [\n{rows}\n]')
    path.write_text(",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    table = {"exclusive": list(exclusive_cases()), "independent": list(independent_cases())}
    write_table(Path(__file__).with_name("metrics.json"), table)
    print({kind: len(cases) for kind, cases in table.items()})
