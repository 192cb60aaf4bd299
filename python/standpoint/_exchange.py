"""Fitted models of scikit-learn and fastText as models of the library."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from . import _standpoint
from ._model import Model
from .errors import StandpointWarning, UsageError

#: Parameters of scikit-learn's vectorisers that have one value here, and the reason.
_FIXED = {
    "lowercase": (True, "words are compared in lower case"),
    "strip_accents": (None, "accents tell words apart"),
    "preprocessor": (None, "the tokeniser works without Python"),
    "tokenizer": (None, "the tokeniser works without Python"),
}
#: Patterns of tokens that the tokeniser reads.
_PATTERNS = (r"(?u)\b\w\w+\b", r"(?u)\b\w+\b")

#: Weights of a classifier: name of the classifier here, link, kind, labels by columns, biases.
_Weights = tuple[dict[str, Any], str, str, Any, Any]


def from_sklearn(
    fitted: Any, classifier: Any = None, *, head: str = "label", name: str = "sklearn"
) -> Model:
    """Makes a model of a fitted vectoriser and a linear classifier of scikit-learn.

    ``fitted`` is a pipeline, or a vectoriser beside its ``classifier``: ``TfidfVectorizer``, or
    ``CountVectorizer`` with or without ``TfidfTransformer`` (a list of both); then ``LinearSVC``,
    ``LogisticRegression``, ``SGDClassifier``, ``RidgeClassifier``, ``MultinomialNB``,
    ``ComplementNB``, or ``OneVsRestClassifier`` of one of these, also of several labels a text.

    Where the tokens agree, scores equal scikit-learn's to 1e-5. They do not where a word of one
    letter stands between two others and the vectoriser, which leaves it out, joins these to an
    n-gram, and where n-grams of characters cross punctuation. What has no counterpart is a
    :class:`UsageError` with the reason; terms that are cut otherwise here are a warning.
    """
    steps = _steps(fitted, classifier)
    vectorizer, transformer, estimator = _parts(steps)
    options, terms, idf = _features(vectorizer, transformer)
    described, link, kind, weights, biases = _weights(estimator, head)
    labels = [str(label) for label in estimator.classes_]
    native = _standpoint.of_weights(
        (name, "scikit-learn"),
        json.dumps(options),
        terms,
        vectorizer.analyzer == "char_wb",
        np.asarray(idf, np.float32).tobytes(),
        json.dumps(
            {"name": head, "kind": kind, "labels": labels, "classifier": described, "link": link}
        ),
        (
            np.ascontiguousarray(weights, np.float32).tobytes(),
            np.ascontiguousarray(biases, np.float64).tobytes(),
        ),
    )
    model = Model(native)
    _warn_of_other_tokens(model, terms, vectorizer)
    return model


def from_fasttext(
    path: str | os.PathLike[str], *, head: str = "label", name: str = "fasttext"
) -> Model:
    """Makes a model of a classifier that fastText trained and saved as a ``.bin`` file.

    Decision values equal fastText's to its rounding, and so do probabilities, to which fastText's
    ``predict`` adds 1e-5; with the losses ``ova`` and ``ns`` it reads the sigmoid from a table,
    which is off by up to 0.008. With ``softmax`` and ``ns`` a text has one label, with ``ova`` any
    number. A text is one line: line breaks in it are blanks.

    Quantised models (``.ftz``), those without labels and those with a hierarchical softmax are a
    :class:`ModelError` with the reason.
    """
    return Model(_standpoint.Model.from_fasttext(os.fspath(path), name, head))


def _steps(fitted: Any, classifier: Any) -> list[Any]:
    if hasattr(fitted, "steps"):
        steps = [step for _, step in fitted.steps]
    else:
        steps = list(fitted) if isinstance(fitted, (list, tuple)) else [fitted]
    return steps if classifier is None else [*steps, classifier]


def _class(estimator: Any) -> str:
    return type(estimator).__name__


def _parts(steps: list[Any]) -> tuple[Any, Any, Any]:
    names = [_class(step) for step in steps]
    if len(steps) == 2 and names[0] in ("TfidfVectorizer", "CountVectorizer"):
        return steps[0], None, steps[1]
    if len(steps) == 3 and names[:2] == ["CountVectorizer", "TfidfTransformer"]:
        return steps[0], steps[1], steps[2]
    raise UsageError(
        f"the steps are {', '.join(names)}",
        remedy="give TfidfVectorizer, or CountVectorizer and TfidfTransformer, and a classifier",
    )


def _features(vectorizer: Any, transformer: Any) -> tuple[dict[str, Any], list[str], Any]:
    """Returns options, terms in the order of the columns, and their idf."""
    _verify(vectorizer)
    weighting = transformer or vectorizer
    is_weighted = hasattr(weighting, "use_idf")
    names = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    has_idf = is_weighted and weighting.use_idf
    idf = weighting.idf_ if has_idf else np.ones(len(names))
    lengths = "-".join(str(length) for length in vectorizer.ngram_range)
    is_word = vectorizer.analyzer == "word"
    sublinear = is_weighted and weighting.sublinear_tf
    options = {
        "language": "und",
        "stem": False,
        "compounds": False,
        "hyphens": "parts",
        "umlauts": "keep",
        "word_ngrams": lengths if is_word else "none",
        "char_ngrams": "none" if is_word else lengths,
        "min_df": "1",
        "tf": "binary" if vectorizer.binary else "sublinear" if sublinear else "raw",
        "idf": "smooth" if has_idf else "none",
        "norm": (weighting.norm if is_weighted else None) or "none",
    }
    return options, [str(name) for name in names], idf


def _verify(vectorizer: Any) -> None:
    for name, (value, reason) in _FIXED.items():
        given = getattr(vectorizer, name)
        if given != value:
            raise UsageError(f"{name}={given!r} of the vectoriser cannot be kept: {reason}")
    if vectorizer.analyzer not in ("word", "char_wb"):
        raise UsageError(
            f"analyzer={vectorizer.analyzer!r} of the vectoriser cannot be kept: n-grams are of "
            "words, or of characters inside words"
        )
    if vectorizer.analyzer == "word":
        if vectorizer.token_pattern not in _PATTERNS:
            raise UsageError(
                f"token_pattern={vectorizer.token_pattern!r} of the vectoriser cannot be kept: the "
                "tokeniser has rules of its own"
            )
        if vectorizer.stop_words is not None and vectorizer.ngram_range[1] > 1:
            raise UsageError(
                "stop_words of the vectoriser cannot be kept: n-grams would be other ones"
            )


def _weights(estimator: Any, head: str) -> _Weights:
    """Returns the weights of a classifier, or of several, one against the rest."""
    if _class(estimator) == "OneVsRestClassifier":
        return _one_vs_rest(estimator)
    kind = "exclusive"
    described, link = _described(estimator)
    if _class(estimator) in ("MultinomialNB", "ComplementNB"):
        weights, biases = estimator.feature_log_prob_, np.zeros(len(estimator.classes_))
        if _class(estimator) == "MultinomialNB" or len(estimator.classes_) == 1:
            biases = estimator.class_log_prior_
        return described, link, kind, weights, biases
    weights, biases = _linear(estimator)
    if getattr(estimator, "classes_", None) is None or np.ndim(estimator.classes_[0]):
        raise UsageError(f"{_class(estimator)} of several labels a text has no counterpart")
    if len(weights) == 1:
        # Of two labels scikit-learn keeps the second's decision value.
        half = 0.5 if link == "softmax" else 1.0
        weights = np.concatenate([-half * weights, half * weights])
        biases = np.concatenate([-half * biases, half * biases])
    elif len(weights) != len(estimator.classes_):
        raise UsageError(
            f"{_class(estimator)} has {len(weights)} vectors of weights for "
            f"{len(estimator.classes_)} labels"
        )
    elif link == "logistic":
        raise UsageError(
            f"{_class(estimator)} divides the probabilities of labels by their sum",
            remedy="use LogisticRegression, or a loss of decision values",
        )
    return described, link, kind, weights, biases


def _described(estimator: Any) -> tuple[dict[str, Any], str]:
    """Returns the classifier that comes nearest, and its link."""
    name = _class(estimator)
    if name == "LinearSVC":
        return {"svm": {"c": estimator.C}}, "decision"
    if name == "RidgeClassifier":
        return {"ridge": {"alpha": estimator.alpha}}, "decision"
    if name == "LogisticRegression":
        return {"logistic": {"c": float(estimator.C)}}, "softmax"
    if name == "SGDClassifier":
        if estimator.loss != "log_loss":
            return {"sgd": {}}, "decision"
        return {"sgd": {}}, "softmax" if len(estimator.classes_) == 2 else "logistic"
    if name in ("MultinomialNB", "ComplementNB"):
        key = "multinomial_nb" if name == "MultinomialNB" else "complement_nb"
        return {key: {"alpha": float(np.mean(estimator.alpha))}}, "softmax"
    raise UsageError(
        f"{name} has no counterpart",
        remedy="one of LinearSVC, LogisticRegression, SGDClassifier, RidgeClassifier, "
        "MultinomialNB, ComplementNB, OneVsRestClassifier",
    )


def _linear(estimator: Any) -> tuple[Any, Any]:
    weights = estimator.coef_
    dense = weights.toarray() if hasattr(weights, "toarray") else np.atleast_2d(weights)
    biases = np.broadcast_to(np.atleast_1d(estimator.intercept_), len(dense))
    return dense, np.asarray(biases, np.float64)


def _one_vs_rest(estimator: Any) -> _Weights:
    parts: Iterable[Any] = estimator.estimators_
    found = []
    for part in parts:
        if _class(part) == "_ConstantPredictor":
            raise UsageError("a label of OneVsRestClassifier holds for all texts or for none")
        described, link = _described(part)
        if _class(part) in ("MultinomialNB", "ComplementNB"):
            raise UsageError("OneVsRestClassifier of naive Bayes has no counterpart")
        weights, biases = _linear(part)
        found.append((described, link, weights[0], biases[0]))
    described, link = found[0][:2]
    weights, biases = np.stack([row[2] for row in found]), np.array([row[3] for row in found])
    if estimator.multilabel_:
        link = "logistic" if link in ("softmax", "logistic") else link
        return described, link, "independent", weights, biases
    if link != "decision":
        raise UsageError(
            "OneVsRestClassifier divides the probabilities of labels by their sum",
            remedy="use LogisticRegression itself, or LinearSVC",
        )
    if len(weights) == 1:
        weights, biases = np.concatenate([-weights, weights]), np.concatenate([-biases, biases])
    return described, link, "exclusive", weights, biases


def _warn_of_other_tokens(model: Model, terms: list[str], vectorizer: Any) -> None:
    """Warns of terms that the tokeniser does not find in their own spelling."""
    if vectorizer.analyzer != "word":
        return
    rows = model._native.transform(terms, False)
    ends = np.frombuffer(rows[0], np.int64)
    columns = np.frombuffer(rows[1], np.int32)
    places = {term: at for at, term in enumerate(sorted(terms, key=str.encode))}
    lost = [
        term
        for term, start, end in zip(terms, ends[:-1], ends[1:])
        if places[term] not in columns[start:end]
    ]
    if lost:
        shown = ", ".join(f"`{term}`" for term in lost[:3])
        warnings.warn(
            f"{len(lost)} of {len(terms)} terms are cut otherwise here, such as {shown}: texts "
            "that hold them have other scores",
            StandpointWarning,
            stacklevel=3,
        )
