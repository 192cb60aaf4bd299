"""Statistical text classification: TF-IDF features, sparse linear classifiers, small safe model
files, exact explanations.

>>> from standpoint import Model
>>> model = Model.embedded()
>>> model.score(["Troops crossed the border overnight."])[0]["heads"]["topic"]["label"]
'conflict'

Loading and scoring need NumPy alone; vectorisers and estimators need scikit-learn, which is
imported when the first of them is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._corpus import Corpus
from ._exchange import from_fasttext, from_sklearn
from ._model import Head, Model
from ._parts import fit_merge, fit_part, survey_languages
from ._results import Check, Comparison, Evaluation, TrainingRun
from ._standpoint import set_threads, threads
from ._training import check, compare, evaluate, train, train_from, train_stream, tune
from .errors import (
    DataError,
    FileError,
    ModelError,
    StandpointError,
    StandpointWarning,
    UsageError,
)

if TYPE_CHECKING:
    from ._solvers import (
        NBSVM,
        ComplementNB,
        LinearSVC,
        LogisticRegression,
        MultinomialNB,
        RidgeClassifier,
    )
    from ._text_classifier import TextClassifier
    from ._vectorizers import HashingVectorizer, TfidfVectorizer

#: Modules of the names that scikit-learn is needed for.
_ESTIMATORS = {
    "ComplementNB": "_solvers",
    "HashingVectorizer": "_vectorizers",
    "LinearSVC": "_solvers",
    "LogisticRegression": "_solvers",
    "MultinomialNB": "_solvers",
    "NBSVM": "_solvers",
    "RidgeClassifier": "_solvers",
    "TextClassifier": "_text_classifier",
    "TfidfVectorizer": "_vectorizers",
}

__all__ = [
    "Check",
    "Comparison",
    "ComplementNB",
    "Corpus",
    "DataError",
    "Evaluation",
    "FileError",
    "HashingVectorizer",
    "Head",
    "LinearSVC",
    "LogisticRegression",
    "Model",
    "ModelError",
    "MultinomialNB",
    "NBSVM",
    "RidgeClassifier",
    "StandpointError",
    "StandpointWarning",
    "TextClassifier",
    "TfidfVectorizer",
    "TrainingRun",
    "UsageError",
    "check",
    "compare",
    "evaluate",
    "fit_merge",
    "fit_part",
    "from_fasttext",
    "from_sklearn",
    "set_threads",
    "survey_languages",
    "threads",
    "train",
    "train_from",
    "train_stream",
    "tune",
]


def __getattr__(name: str) -> Any:
    module = _ESTIMATORS.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f".{module}", __name__), name)
    except ImportError as error:
        if (error.name or "").split(".")[0] not in ("sklearn", "scipy"):
            raise
        raise UsageError(
            f"{name} needs scikit-learn", remedy="pip install 'standpoint[sklearn]'"
        ) from error
