"""Measures the package beside scikit-learn in one process, in turn, on the same texts.

    python python/benches/beside_sklearn.py train.jsonl test.jsonl --label label

Each step is run in turn, A B A B …, and the table has the medians of wall time and of the ratios of
the pairs. The work is checked: rows, stored values and accuracy. scikit-learn works on one thread,
as it always does there; `--threads` are ours.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer as SklearnTfidf
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC as SklearnSVC

import standpoint
from standpoint import Model, TextClassifier, TfidfVectorizer

Step = tuple[str, Callable[[], Any], Callable[[], Any], Callable[[Any, Any], str]]


def read(path: Path, text: str, label: str) -> tuple[list[str], list[str]]:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [row[text] for row in rows], [row[label] for row in rows]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def in_turn(ours: Callable[[], Any], theirs: Callable[[], Any], runs: int) -> Any:
    pairs = []
    for _ in range(runs):
        (a, first), (b, second) = timed(ours), timed(theirs)
        pairs.append((a, b))
    return pairs, first, second


def steps(train: Any, test: Any) -> list[Step]:
    """Returns the steps: name, our work, scikit-learn's, and a check of both."""
    texts, labels = train
    options = {"ngram_range": (1, 2), "min_df": 2, "sublinear_tf": True}
    sklearn_options = options | {"dtype": np.float32}

    def shapes(first: Any, second: Any) -> str:
        assert first.shape[0] == second.shape[0]
        assert 0.8 < first.nnz / second.nnz < 1.25, (first.nnz, second.nnz)
        return f"{first.shape[1]} and {second.shape[1]} columns"

    def accuracy(first: Any, second: Any) -> str:
        right = [
            float(np.mean(np.asarray(answers) == np.asarray(test[1])))
            for answers in (first, second)
        ]
        assert right[0] > right[1] - 0.03, right
        return f"accuracy {right[0]:.4f} and {right[1]:.4f}"

    ours = TextClassifier(preset="fast", language="und", stem=False, compounds=False, min_df=2).fit(
        texts, labels
    )
    theirs = make_pipeline(SklearnTfidf(**sklearn_options), SklearnSVC()).fit(texts, labels)
    fitted = TfidfVectorizer(**options).fit(texts)
    fitted_sklearn = SklearnTfidf(**sklearn_options).fit(texts)

    def fit_ours() -> Any:
        return (
            TextClassifier(preset="fast", language="und", stem=False, compounds=False, min_df=2)
            .fit(texts, labels)
            .predict(test[0])
        )

    def fit_theirs() -> Any:
        pipeline = make_pipeline(SklearnTfidf(**sklearn_options), SklearnSVC())
        return pipeline.fit(texts, labels).predict(test[0])

    return [
        (
            "fit_transform, words 1-2",
            lambda: TfidfVectorizer(**options).fit_transform(texts),
            lambda: SklearnTfidf(**sklearn_options).fit_transform(texts),
            shapes,
        ),
        (
            "transform, words 1-2",
            lambda: fitted.transform(test[0]),
            lambda: fitted_sklearn.transform(test[0]),
            shapes,
        ),
        ("text to label", lambda: ours.predict(test[0]), lambda: theirs.predict(test[0]), accuracy),
        ("train, then text to label", fit_ours, fit_theirs, accuracy),
    ]


def crossing(texts: list[str], runs: int) -> str:
    """Returns the time of the library's scores as arrays, as rows, and of the crossing of texts."""
    model = Model.embedded()
    model.decision_function(texts[:100])

    def median(work: Callable[[], Any]) -> float:
        return statistics.median(timed(work)[0] for _ in range(runs)) * 1e3

    arrays = median(lambda: model.decision_function(texts))
    rows = median(lambda: model.score(texts))
    one = median(lambda: [model.decision_function([text]) for text in texts[:1000]])
    return (
        f"scores of {len(texts)} texts: {arrays:.1f} ms as arrays, {rows:.1f} ms as dictionaries; "
        f"one text a call: {one:.1f} µs"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    standpoint.set_threads(given.threads)
    parts = [read(path, given.text, given.label) for path in (given.train, given.test)]
    print(f"| step ({given.threads} threads) | Standpoint | scikit-learn | ratio | least to most |")
    print("|---|---|---|---|---|")
    notes = []
    for name, ours, theirs, verify in steps(*parts):
        pairs, first, second = in_turn(ours, theirs, given.runs)
        notes.append(f"{name}: {verify(first, second)}")
        own, other = (statistics.median(column) for column in zip(*pairs))
        ratios = sorted(b / a for a, b in pairs)
        print(
            f"| {name} | {own:.3f} s | {other:.3f} s | {statistics.median(ratios):.1f} "
            f"| {ratios[0]:.1f} to {ratios[-1]:.1f} |"
        )
    print("\n".join(["", *notes, crossing(parts[1][0], given.runs)]))


if __name__ == "__main__":
    main()
