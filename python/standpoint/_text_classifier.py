"""A scikit-learn classifier from texts to labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from ._corpus import Corpus
from ._inputs import Nulls, are_empty, texts_of
from ._model import Model
from ._training import train
from .errors import DataError

#: Name of the only head of the model.
_HEAD = "label"


def _gives_probabilities(estimator: TextClassifier) -> bool:
    model = getattr(estimator, "model_", None)
    return model is None or model.heads[0].gives_probabilities


class TextClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Text in, label out: features, classifier and decision rule in one model.

    Parameters are the settings of :func:`standpoint.train`; those that are None are its defaults.
    Without one that names features or a classifier, ``preset`` chooses by comparing on a part of
    the texts; ``preset="fast"`` takes an SVM on words and compares nothing. ``predict_proba`` is
    there for classifiers that give probabilities, and after ``calibrate``.

    ``model_`` is the :class:`standpoint.Model`, which explains and saves.
    """

    def __init__(
        self,
        *,
        preset: str | None = None,
        classifier: str | None = None,
        C: float | None = None,
        alpha: float | None = None,
        ratio_exponent: float | None = None,
        loss: str | None = None,
        penalty: str | None = None,
        class_weight: Any = None,
        word_ngrams: Any = None,
        char_ngrams: Any = None,
        min_df: float | int | None = None,
        max_df: float | int | None = None,
        max_features: int | None = None,
        tf: str | None = None,
        idf: str | None = None,
        norm: str | None = None,
        language: str | None = None,
        stem: bool | None = None,
        compounds: bool | None = None,
        stop_words: str | None = None,
        calibrate: str | None = None,
        folds: int | None = None,
        random_state: int | None = None,
        nulls: Nulls = "error",
    ) -> None:
        self.preset = preset
        self.classifier = classifier
        self.C = C
        self.alpha = alpha
        self.ratio_exponent = ratio_exponent
        self.loss = loss
        self.penalty = penalty
        self.class_weight = class_weight
        self.word_ngrams = word_ngrams
        self.char_ngrams = char_ngrams
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.tf = tf
        self.idf = idf
        self.norm = norm
        self.language = language
        self.stem = stem
        self.compounds = compounds
        self.stop_words = stop_words
        self.calibrate = calibrate
        self.folds = folds
        self.random_state = random_state
        self.nulls = nulls

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TextClassifier:
        """Trains the model on texts and their labels."""
        y = np.asarray(y)
        if y.ndim != 1:
            raise DataError(f"y has {y.ndim} dimensions, expected one label a text")
        texts = texts_of(X)
        check_consistent_length(texts, y, sample_weight)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise DataError(f"the data has one class, {self.classes_[0]}; expected at least two")
        names = [str(label) for label in self.classes_]
        corpus = Corpus.from_lists(
            texts,
            {_HEAD: [names[number] for number in numbers]},
            sample_weight=sample_weight,
            missing=[],
            nulls=self.nulls,
        )
        settings = self.get_params() | {"seed": self.random_state or 0}
        for name in ("random_state", "nulls", "preset"):
            settings.pop(name)
        if isinstance(self.class_weight, dict):
            settings["class_weight"] = {str(k): v for k, v in self.class_weight.items()}
        run = train(corpus, preset=self.preset, name="TextClassifier", **settings)
        self.model_: Model = run.model
        #: The options of the run, with which `train(options=…)` makes the same model.
        self.options_ = run.options
        # The library numbers labels in an order of its own.
        places = {name: at for at, name in enumerate(self.model_.heads[0].labels)}
        self._order = np.array([places[name] for name in names])
        return self

    def predict(self, X: Any) -> Any:
        """Returns the label of each text."""
        check_is_fitted(self)
        column = texts_of(X)
        answers = self.model_._native.matrices(column, are_empty(self.nulls), "answers")[0]
        return self.classes_[
            np.argsort(self._order)[np.frombuffer(answers, np.float64).astype(np.intp)]
        ]

    def decision_function(self, X: Any) -> Any:
        """Returns decision values: texts by classes, or their difference for two classes."""
        check_is_fitted(self)
        values = self.model_.decision_function(X, head=_HEAD, nulls=self.nulls)[:, self._order]
        return values[:, 1] - values[:, 0] if values.shape[1] == 2 else values

    @available_if(_gives_probabilities)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> Any:
        """Returns the probability of each class, texts by classes."""
        check_is_fitted(self)
        return self.model_.predict_proba(X, head=_HEAD, nulls=self.nulls)[:, self._order]

    def explain(self, X: Any, *, top: int | None = 20) -> Any:
        """Explains the scores of texts, as :meth:`standpoint.Model.explain` does."""
        check_is_fitted(self)
        return self.model_.explain(X, top=top)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
