"""The library's solvers as scikit-learn classifiers on matrices."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.extmath import safe_sparse_dot, softmax
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from . import _standpoint
from ._sparse import parts_of
from .errors import DataError, UsageError


class _Linear(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Linear classifier on sparse or dense matrices.

    Values are taken as float32, and work is float64. The result is the same on any number of
    threads. With two classes there is one vector of weights, for the second.
    """

    #: Class weights, as in scikit-learn.
    class_weight: Any = None
    coef_: Any
    intercept_: Any
    classes_: Any

    def _classifier(self) -> dict[str, Any]:
        """Returns the classifier as the library's JSON."""
        raise NotImplementedError

    #: True of solvers that count, and take no negative numbers.
    _positive_only = False

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Finds the weights."""
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=[np.float32, np.float64])
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise DataError(f"the data has one class, {self.classes_[0]}; expected at least two")
        if self._positive_only:
            self._verify_positive(X)
        classifier = json.dumps(self._classifier())
        parts, columns = parts_of(X)
        weights, biases, self._link = _standpoint.fit_linear(
            classifier,
            parts,
            columns,
            numbers.astype(np.int64).tobytes(),
            len(self.classes_),
            self._weights(X, y, sample_weight),
        )
        self.intercept_ = np.frombuffer(biases, np.float64).copy()
        shape = (len(self.intercept_), columns)
        self.coef_ = np.frombuffer(weights, np.float32).reshape(shape).astype(np.float64)
        return self

    def _weights(self, X: Any, y: Any, sample_weight: Any) -> bytes | None:
        if sample_weight is None and self.class_weight is None:
            return None
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        if self.class_weight is not None:
            weights = weights * compute_sample_weight(self.class_weight, y)
        return bytes(weights.astype(np.float32).tobytes())

    def _verify_positive(self, X: Any) -> None:
        values = getattr(X, "data", X) if hasattr(X, "tocsr") else X
        if np.size(values) and np.min(values) < 0:
            raise DataError(
                f"Negative values in data passed to {type(self).__name__}: it counts features"
            )

    def _decisions(self, X: Any) -> Any:
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        values = safe_sparse_dot(X, self.coef_.T, dense_output=True) + self.intercept_
        return values.ravel() if values.shape[1] == 1 else values

    def predict(self, X: Any) -> Any:
        """Returns the class of each row."""
        values = self._decisions(X)
        best = (values > 0).astype(int) if values.ndim == 1 else values.argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = self._positive_only
        return tags


class _Signed(_Linear):
    """Linear classifier on features of any sign."""

    def decision_function(self, X: Any) -> Any:
        """Returns decision values: rows by classes, or one for the second of two classes."""
        return self._decisions(X)

    def sparsify(self) -> Any:
        """Keeps the weights as a sparse matrix, as after an l1 penalty is worth it."""
        from scipy import sparse

        check_is_fitted(self)
        self.coef_ = sparse.csr_matrix(self.coef_)
        return self

    def densify(self) -> Any:
        """Keeps the weights as an array again."""
        check_is_fitted(self)
        if hasattr(self.coef_, "toarray"):
            self.coef_ = self.coef_.toarray()
        return self


class _Probabilities:
    """Probabilities of a classifier whose decision values are log odds or log probabilities."""

    _link: str
    _decisions: Any

    def predict_proba(self, X: Any) -> Any:
        """Returns the probability of each class, rows by classes."""
        values = self._decisions(X)
        if values.ndim == 1:
            values = np.column_stack([np.zeros_like(values), values])
        elif self._link == "logistic":
            odds = 1.0 / (1.0 + np.exp(-np.clip(values, -700, 700)))
            return odds / odds.sum(axis=1, keepdims=True)
        return softmax(values)

    def predict_log_proba(self, X: Any) -> Any:
        """Returns the logarithm of the probability of each class."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))


def _seed(random_state: Any) -> int:
    if random_state is None:
        return 0
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return int(random_state.randint(np.iinfo(np.int32).max))


class LinearSVC(_Signed):
    """Linear support vector machine, one against the rest or by Crammer and Singer.

    As in scikit-learn's class the intercept is a weight of a feature that is 1. ``tol`` is the
    violation at which a class is done: 0.05 finds the same answers on texts as 0.0001, which
    agrees with scikit-learn in more digits. Without ``random_state`` the seed is 0.
    """

    def __init__(
        self,
        *,
        loss: str = "squared_hinge",
        tol: float = 0.05,
        C: float = 1.0,
        multi_class: str = "ovr",
        fit_intercept: bool = True,
        class_weight: Any = None,
        random_state: Any = None,
    ) -> None:
        self.loss = loss
        self.tol = tol
        self.C = C
        self.multi_class = multi_class
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.random_state = random_state

    def _classifier(self) -> dict[str, Any]:
        common = {"c": self.C, "tolerance": self.tol, "seed": _seed(self.random_state)}
        if self.multi_class == "crammer_singer":
            if not self.fit_intercept:
                raise UsageError(
                    'fit_intercept=False, but multi_class="crammer_singer" always has intercepts'
                )
            if len(self.classes_) < 3:
                # The difference of both vectors solves the plain hinge at twice the C.
                return {"svm": common | {"c": 2.0 * self.C, "loss": "hinge"}}
            return {"crammer_singer": common}
        if self.multi_class != "ovr":
            raise UsageError(
                f'multi_class={self.multi_class!r}, expected "ovr" or "crammer_singer"'
            )
        intercept = "regularised" if self.fit_intercept else "none"
        return {"svm": common | {"loss": self.loss, "intercept": intercept}}


class LogisticRegression(_Probabilities, _Signed):
    """Logistic regression: one softmax, or with two classes one sigmoid.

    ``penalty`` is ``l2``, ``l1`` or ``elasticnet`` with ``l1_ratio``. ``tol`` is the length of the
    gradient as a share of its length at zero.
    """

    def __init__(
        self,
        *,
        penalty: str = "l2",
        C: float = 1.0,
        l1_ratio: float | None = None,
        tol: float = 1e-4,
        multi_class: str = "multinomial",
        fit_intercept: bool = True,
        class_weight: Any = None,
    ) -> None:
        self.penalty = penalty
        self.C = C
        self.l1_ratio = l1_ratio
        self.tol = tol
        self.multi_class = multi_class
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight

    def _classifier(self) -> dict[str, Any]:
        treatments = {"multinomial": "softmax", "ovr": "one_vs_rest"}
        if self.multi_class not in treatments:
            raise UsageError(f'multi_class={self.multi_class!r}, expected "multinomial" or "ovr"')
        penalty: Any = self.penalty
        if self.penalty == "elasticnet":
            if self.l1_ratio is None:
                raise UsageError('penalty="elasticnet" needs `l1_ratio`', remedy="pass 0.5")
            penalty = {"elastic_net": {"l1_ratio": self.l1_ratio}}
        elif self.l1_ratio is not None:
            raise UsageError('`l1_ratio` is for penalty="elasticnet"', remedy="leave it out")
        options = {
            "c": self.C,
            "penalty": penalty,
            "tolerance": self.tol,
            "multi": treatments[self.multi_class],
            "intercept": "free" if self.fit_intercept else "none",
        }
        return {"logistic": options}


class NBSVM(_Linear):
    """Linear SVM on features times their log-count ratios (Wang and Manning, ACL 2012).

    ``beta`` is the share of the weights as they were found against their mean; ``ratio_exponent``
    tempers the ratios (0.6 with ``alpha=0.1`` and ``C=0.2`` is near the best on most corpora), and
    None leaves them as in the paper.
    """

    _positive_only = True

    def __init__(
        self,
        *,
        C: float = 1.0,
        alpha: float = 1.0,
        beta: float = 1.0,
        ratio_exponent: float | None = None,
        tol: float = 0.05,
        random_state: Any = None,
    ) -> None:
        self.C = C
        self.alpha = alpha
        self.beta = beta
        self.ratio_exponent = ratio_exponent
        self.tol = tol
        self.random_state = random_state

    def decision_function(self, X: Any) -> Any:
        """Returns decision values: rows by classes, or one for the second of two classes."""
        return self._decisions(X)

    def _classifier(self) -> dict[str, Any]:
        options = {
            "c": self.C,
            "alpha": self.alpha,
            "interpolation": self.beta,
            "tolerance": self.tol,
            "seed": _seed(self.random_state),
            "ratio_exponent": self.ratio_exponent,
        }
        return {"nb_svm": options}


class RidgeClassifier(_Signed):
    """Least squares on answers of -1 and 1 with an l2 penalty of strength ``alpha``."""

    def __init__(
        self,
        *,
        alpha: float = 1.0,
        fit_intercept: bool = True,
        tol: float = 1e-4,
        class_weight: Any = None,
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.tol = tol
        self.class_weight = class_weight

    def _classifier(self) -> dict[str, Any]:
        intercept = "free" if self.fit_intercept else "none"
        return {"ridge": {"alpha": self.alpha, "tolerance": self.tol, "intercept": intercept}}


class _NaiveBayes(_Linear):
    """Naive Bayes, which counts features."""

    _positive_only = True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # Of dense features that are no counts, as in scikit-learn.
        tags.classifier_tags.poor_score = True
        return tags


class MultinomialNB(_Probabilities, _NaiveBayes):
    """Multinomial naive Bayes, with the shares of the classes as their priors."""

    def __init__(self, *, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def _classifier(self) -> dict[str, Any]:
        return {"multinomial_nb": {"alpha": self.alpha}}


class ComplementNB(_NaiveBayes):
    """Complement naive Bayes (Rennie et al., ICML 2003)."""

    def __init__(self, *, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def _classifier(self) -> dict[str, Any]:
        return {"complement_nb": {"alpha": self.alpha}}
