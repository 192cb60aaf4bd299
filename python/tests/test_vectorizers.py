"""Vectorisers beside scikit-learn's."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction import text as sk

from standpoint import DataError, HashingVectorizer, TfidfVectorizer, UsageError

NEW = ["officials condemned the strike", "unseen words alone", "", "cup final cup"]
PARAMETERS: dict[str, dict[str, Any]] = {
    "words": {},
    "words 1-2": {"ngram_range": (1, 2)},
    "min_df": {"ngram_range": (1, 2), "min_df": 3},
    "shares": {"min_df": 0.05, "max_df": 0.5},
    "sublinear": {"sublinear_tf": True},
    "binary": {"binary": True},
    "plain idf": {"smooth_idf": False},
    "no idf": {"use_idf": False},
    "l1": {"norm": "l1"},
    "no norm": {"norm": None},
    "characters": {"analyzer": "char_wb", "ngram_range": (3, 5)},
    "float64": {"dtype": np.float64},
}


@pytest.mark.parametrize("case", list(PARAMETERS))
def test_values_equal_those_of_scikit_learn(case: str, texts: list[str]) -> None:
    parameters = PARAMETERS[case]
    ours = TfidfVectorizer(**parameters)
    pattern = {} if "analyzer" in parameters else {"token_pattern": r"(?u)\b\w+\b"}
    theirs = sk.TfidfVectorizer(**pattern, **parameters)
    found, expected = ours.fit_transform(texts), theirs.fit_transform(texts)
    assert isinstance(found, sparse.csr_matrix) and found.has_canonical_format
    assert found.dtype == parameters.get("dtype", np.float32)
    assert list(ours.get_feature_names_out()) == list(theirs.get_feature_names_out())
    assert ours.vocabulary_ == theirs.vocabulary_
    for matrix, other in [
        (found, expected),
        (ours.fit(texts).transform(texts), expected),
        (ours.transform(NEW), theirs.transform(NEW)),
    ]:
        assert matrix.shape == other.shape and matrix.nnz == other.nnz
        assert abs(matrix - other).max() <= 1e-6 * max(1.0, abs(other).max())
    if parameters.get("use_idf", True):
        assert np.allclose(ours.idf_, theirs.idf_, rtol=1e-6)


def test_a_vectorizer_is_cloned_pickled_and_inverted(texts: list[str]) -> None:
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    rows = vectorizer.fit_transform(texts)
    again = pickle.loads(pickle.dumps(vectorizer))
    assert (again.transform(texts) != rows).nnz == 0
    assert again.get_params() == vectorizer.get_params() == clone(vectorizer).get_params()
    assert not hasattr(clone(vectorizer), "_tfidf")
    terms = vectorizer.inverse_transform(rows)[0]
    assert set(terms) <= set(vectorizer.get_feature_names_out()) and len(terms) == rows[0].nnz
    assert pickle.loads(pickle.dumps(clone(vectorizer))).get_params() == vectorizer.get_params()


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"lowercase": False}, "compared in lower case"),
        ({"tokenizer": str.split}, "works without Python"),
        ({"token_pattern": r"\w\w+"}, "rules of its own"),
        ({"vocabulary": {"a": 0}}, "the vocabulary is fitted"),
        ({"strip_accents": "unicode"}, "accents tell words apart"),
        ({"input": "filename"}, "Corpus.from_files"),
        ({"analyzer": "char"}, "inside words"),
        ({"stop_words": "english"}, "hold no negation"),
        ({"dtype": int}, "float32 or float64"),
        ({"ngram_range": (2, 1)}, "2"),
        ({"language": "xx"}, "xx"),
        ({"norm": "max"}, "max"),
        ({"min_df": 1000}, "no term occurs in 1000"),
        ({"nulls": "drop"}, "drop"),
    ],
    ids=str,
)
def test_what_cannot_be_honoured_is_an_error_with_the_reason(
    parameters: dict[str, Any], reason: str, texts: list[str]
) -> None:
    with pytest.raises((UsageError, DataError), match=reason):
        TfidfVectorizer(**parameters).fit(texts)


def test_options_of_languages_change_the_terms() -> None:
    texts = ["The armies are advancing", "No army advances"]
    plain = TfidfVectorizer().fit(texts).get_feature_names_out()
    stems = TfidfVectorizer(language="en", stem=True, stop_words="language").fit(texts)
    assert "armies" in plain and "the" in plain
    assert list(stems.get_feature_names_out()) == ["advanc", "armi", "no"]


def test_hashing_needs_no_fit(texts: list[str]) -> None:
    rows = HashingVectorizer(n_features=2**18, ngram_range=(1, 2)).transform(texts)
    assert rows.shape == (len(texts), 2**18)
    assert np.allclose(sparse.linalg.norm(rows, axis=1), 1)
    counts = HashingVectorizer(n_features=2**18, norm=None, alternate_sign=False).transform(texts)
    expected = sk.HashingVectorizer(
        n_features=2**18, norm=None, alternate_sign=False, token_pattern=r"(?u)\b\w+\b"
    ).transform(texts)
    assert (counts.sum(axis=1) == expected.sum(axis=1)).all()
    assert counts.nnz == expected.nnz
    with pytest.raises(UsageError, match=r"power of two[\s\S]*pass 2\*\*9"):
        HashingVectorizer(n_features=1000).fit(texts)
