"""Text in, label out."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, cross_val_score

from standpoint import DataError, Model, TextClassifier, UsageError


def test_answers_of_texts(texts: list[str], topics: list[str]) -> None:
    classifier = TextClassifier(preset="fast").fit(texts[::2], topics[::2])
    assert classifier.score(texts[1::2], topics[1::2]) > 0.9
    assert list(classifier.classes_) == sorted(set(topics))
    values = classifier.decision_function(texts)
    assert (classifier.classes_[values.argmax(axis=1)] == classifier.predict(texts)).all()
    assert not hasattr(classifier, "predict_proba")
    again = pickle.loads(pickle.dumps(classifier))
    assert (again.decision_function(texts) == values).all()
    assert isinstance(again.model_, Model)
    assert (
        classifier.explain(texts[0])["heads"]["label"]["label"] == classifier.predict(texts[:1])[0]
    )


def test_labels_keep_their_type_and_order(texts: list[str]) -> None:
    numbers = np.arange(len(texts)) % 3 * 10 + 2
    classifier = TextClassifier(classifier="cnb", alpha=0.1).fit(texts, numbers)
    assert classifier.classes_.tolist() == [2, 12, 22]
    assert classifier.predict(texts).dtype == numbers.dtype
    assert (classifier.predict(texts) == numbers).mean() > 0.95
    missing = np.array(["NA", "None", "x"])[numbers // 10]
    assert set(TextClassifier(preset="fast").fit(texts, missing).classes_) == set(missing)


def test_two_classes_have_one_decision_value(texts: list[str], topics: list[str]) -> None:
    sport = np.array([topic == "sport" for topic in topics])
    classifier = TextClassifier(classifier="lr", C=10.0, word_ngrams=(1, 1)).fit(texts, sport)
    values = classifier.decision_function(texts)
    assert values.ndim == 1 and ((values > 0) == classifier.predict(texts)).all()
    probabilities = classifier.predict_proba(texts)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (probabilities[:, 1].argsort() == values.argsort()).mean() > 0.95
    assert get_scorer("roc_auc")(classifier, texts, sport) > 0.95


def test_calibration_gives_probabilities(texts: list[str], topics: list[str]) -> None:
    classifier = TextClassifier(preset="fast", calibrate="temperature").fit(texts, topics)
    assert np.allclose(classifier.predict_proba(texts).sum(axis=1), 1)
    assert get_scorer("neg_log_loss")(classifier, texts, topics) > -0.5


def test_searches_over_its_settings(texts: list[str], topics: list[str]) -> None:
    assert cross_val_score(TextClassifier(preset="fast"), texts, topics, cv=3).mean() > 0.9
    grid = {"classifier": ["svm", "nbsvm"], "word_ngrams": [(1, 1), (1, 2)]}
    search = GridSearchCV(TextClassifier(), grid, cv=2).fit(texts, topics)
    assert search.best_score_ > 0.9
    assert clone(search.best_estimator_).get_params() == search.best_estimator_.get_params()


def test_series_weights_and_nulls(texts: list[str], topics: list[str]) -> None:
    series = pd.Series(texts)
    plain = TextClassifier(preset="fast").fit(texts, topics)
    same = TextClassifier(preset="fast").fit(series, pd.Series(topics), np.ones(len(texts)))
    values = plain.decision_function(texts)
    assert (same.decision_function(texts) == values).all()
    other = TextClassifier(preset="fast").fit(series, topics, np.arange(len(texts)) % 5 + 1.0)
    assert (other.decision_function(texts) != values).any()
    with pytest.raises(DataError, match="text 1: is null"):
        plain.predict(["a", None])
    with_empty = TextClassifier(preset="fast", nulls="empty").fit(texts, topics)
    assert (with_empty.predict(["a", None]) == plain.predict(["a", ""])).all()


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (lambda texts, topics: (texts, ["x"] * len(texts)), "one class"),
        (lambda texts, topics: (texts, np.zeros((len(texts), 2))), "2 dimensions"),
        (lambda texts, topics: (texts, topics[1:]), "inconsistent numbers of samples"),
    ],
)
def test_wrong_labels_are_errors(
    fit: Callable[..., Any], message: str, texts: list[str], topics: list[str]
) -> None:
    with pytest.raises(ValueError, match=message):
        TextClassifier(preset="fast").fit(*fit(texts, topics))
    with pytest.raises(UsageError):
        TextClassifier(preset="slow").fit(texts, topics)
