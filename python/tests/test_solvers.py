"""Solvers on matrices as scikit-learn estimators."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn import linear_model, naive_bayes, svm
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import estimator_checks_generator

import standpoint
from standpoint import (
    NBSVM,
    ComplementNB,
    LinearSVC,
    LogisticRegression,
    MultinomialNB,
    RidgeClassifier,
    TfidfVectorizer,
)

ALL = [
    LinearSVC(),
    LogisticRegression(),
    NBSVM(),
    RidgeClassifier(),
    MultinomialNB(),
    ComplementNB(),
]
VISITS = "the solver visits rows in an order of chance, and stops within a tolerance"
EXPECTED_FAILURES: dict[str, dict[str, str]] = {
    "LinearSVC": {
        "check_sample_weight_equivalence_on_dense_data": VISITS,
        "check_sample_weight_equivalence_on_sparse_data": VISITS,
    },
    "NBSVM": {
        "check_sample_weight_equivalence_on_dense_data": VISITS,
        "check_sample_weight_equivalence_on_sparse_data": VISITS,
    },
}


def checks() -> list[Any]:
    found = []
    for estimator in ALL:
        name = type(estimator).__name__
        failures = EXPECTED_FAILURES.get(name, {})
        for made, check in estimator_checks_generator(estimator):
            of = getattr(check, "func", check).__name__
            marks = [pytest.mark.xfail(reason=failures[of], strict=True)] if of in failures else []
            found.append(pytest.param(made, check, marks=marks, id=f"{name}-{of}"))
    return found


@pytest.mark.parametrize(("estimator", "check"), checks())
@pytest.mark.filterwarnings("ignore")
def test_check_estimator(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def matrix(texts: list[str]) -> Any:
    return TfidfVectorizer(dtype=np.float64).fit_transform(texts)


BESIDE = [
    (LinearSVC(tol=1e-5), svm.LinearSVC(tol=1e-7, max_iter=100_000), 1e-3),
    (
        LinearSVC(tol=1e-5, C=0.1, fit_intercept=False),
        svm.LinearSVC(tol=1e-7, C=0.1, fit_intercept=False, max_iter=100_000),
        1e-3,
    ),
    (
        LogisticRegression(tol=1e-7, C=10),
        linear_model.LogisticRegression(tol=1e-9, C=10, max_iter=10_000),
        1e-3,
    ),
    (RidgeClassifier(tol=1e-9), linear_model.RidgeClassifier(solver="sparse_cg", tol=1e-10), 1e-3),
    (MultinomialNB(alpha=0.1), naive_bayes.MultinomialNB(alpha=0.1), 1e-5),
]


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("ours", "theirs", "tolerance"), BESIDE, ids=lambda e: type(e).__name__)
def test_decisions_equal_those_of_scikit_learn(
    ours: Any, theirs: Any, tolerance: float, classes: int, matrix: Any, topics: list[str]
) -> None:
    y = np.array(topics)
    if classes == 2:
        y = np.where(y == "sport", "sport", "other")
    found, expected = clone(ours).fit(matrix, y), clone(theirs).fit(matrix, y)
    assert (found.predict(matrix) == expected.predict(matrix)).all()
    if hasattr(theirs, "predict_proba"):
        assert np.allclose(
            found.predict_proba(matrix), expected.predict_proba(matrix), atol=tolerance
        )
    else:
        values = [fitted.decision_function(matrix) for fitted in (found, expected)]
        assert values[0].shape == values[1].shape
        assert np.allclose(*values, atol=tolerance)


def test_complement_naive_bayes_answers_as_scikit_learns(matrix: Any, topics: list[str]) -> None:
    y = np.array(topics)
    for alpha in (0.1, 1.0):
        found = ComplementNB(alpha=alpha).fit(matrix, y)
        expected = naive_bayes.ComplementNB(alpha=alpha).fit(matrix, y)
        assert (found.predict(matrix) == expected.predict(matrix)).all()


def test_crammer_singer_answers_as_scikit_learns(matrix: Any, topics: list[str]) -> None:
    y = np.array(topics)
    for labels in (y, np.where(y == "sport", 1, 0)):
        found = LinearSVC(multi_class="crammer_singer", tol=1e-4).fit(matrix, labels)
        expected = svm.LinearSVC(multi_class="crammer_singer", tol=1e-6, max_iter=100_000)
        expected.fit(matrix, labels)
        assert np.mean(found.predict(matrix) == expected.predict(matrix)) > 0.99
    values = found.decision_function(matrix)
    binary = expected.decision_function(matrix)
    assert np.corrcoef(values, binary)[0, 1] > 0.99


@pytest.mark.parametrize("estimator", ALL, ids=lambda e: type(e).__name__)
def test_pipelines_searches_and_pickles(
    estimator: Any, texts: list[str], topics: list[str]
) -> None:
    pipeline = make_pipeline(TfidfVectorizer(min_df=2), estimator)
    assert cross_val_score(pipeline, texts, topics, cv=3).mean() > 0.9
    name = type(estimator).__name__.lower()
    strength = f"{name}__{'C' if hasattr(estimator, 'C') else 'alpha'}"
    grid = {strength: [0.1, 1.0], "tfidfvectorizer__ngram_range": [(1, 1), (1, 2)]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=2).fit(texts, topics)
    again = pickle.loads(pickle.dumps(search.best_estimator_))
    assert (again.predict(texts) == search.predict(texts)).all()


def test_class_weights_are_sample_weights(matrix: Any, topics: list[str]) -> None:
    y = np.array(topics)
    by_class = LogisticRegression(class_weight={"sport": 3.0}).fit(matrix, y)
    by_sample = LogisticRegression().fit(matrix, y, np.where(y == "sport", 3.0, 1.0))
    assert (by_class.coef_ == by_sample.coef_).all()
    assert (by_class.coef_ != LogisticRegression().fit(matrix, y).coef_).any()


def test_an_l1_penalty_leaves_few_weights(matrix: Any, topics: list[str]) -> None:
    full = LogisticRegression().fit(matrix, topics)
    few = LogisticRegression(penalty="l1").fit(matrix, topics)
    mixed = LogisticRegression(penalty="elasticnet", l1_ratio=0.5).fit(matrix, topics)
    counts = [np.count_nonzero(fitted.coef_) for fitted in (few, mixed, full)]
    assert counts[0] < counts[1] < counts[2]
    before = few.decision_function(matrix)
    assert sparse.issparse(few.sparsify().coef_)
    assert np.allclose(few.decision_function(matrix), before)
    assert isinstance(few.densify().coef_, np.ndarray)


def test_unsorted_columns_and_duplicates_are_the_same_matrix(
    matrix: Any, topics: list[str]
) -> None:
    rows = sparse.csr_matrix(matrix)
    shuffled = sparse.csr_matrix(
        (
            np.concatenate([row.data[::-1] / 2 for row in rows] * 1),
            np.concatenate([row.indices[::-1] for row in rows]),
            rows.indptr,
        ),
        shape=rows.shape,
    )
    doubled = shuffled + shuffled
    expected = RidgeClassifier().fit(rows, topics).coef_
    assert np.allclose(RidgeClassifier().fit(doubled, topics).coef_, expected)
    assert not shuffled.has_sorted_indices
    assert np.allclose(
        RidgeClassifier(alpha=0.25).fit(shuffled, topics).coef_ / 2, expected, atol=1e-3
    )


def test_wrong_parameters_are_errors(matrix: Any, topics: list[str]) -> None:
    for estimator in [
        LinearSVC(C=-1),
        LinearSVC(loss="log"),
        LinearSVC(multi_class="all"),
        LinearSVC(multi_class="crammer_singer", fit_intercept=False),
        LogisticRegression(penalty="elasticnet"),
        LogisticRegression(l1_ratio=0.5),
        LogisticRegression(multi_class="one"),
        MultinomialNB(alpha=-1),
        NBSVM(beta=2),
    ]:
        with pytest.raises(standpoint.UsageError):
            estimator.fit(matrix, topics)


def test_output_can_be_set_to_data_frames(texts: list[str]) -> None:
    from sklearn.feature_selection import SelectKBest, chi2
    from sklearn.preprocessing import FunctionTransformer

    dense = FunctionTransformer(
        lambda rows: rows.toarray(), accept_sparse=True, feature_names_out="one-to-one"
    )
    pipeline = make_pipeline(TfidfVectorizer(), SelectKBest(chi2, k=5))
    selected = pipeline.fit_transform(texts, np.arange(len(texts)) % 2)
    assert selected.shape == (len(texts), 5)
    assert len(pipeline.get_feature_names_out()) == 5
    assert dense.fit_transform(selected).shape == selected.shape
    with pytest.raises(ValueError, match="sparse matrix"):
        TfidfVectorizer().set_output(transform="pandas").fit_transform(texts)
