"""Vectorisers with the parameters of scikit-learn's, over the library's features."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from . import _standpoint
from ._inputs import Nulls, are_empty, texts_of
from ._sparse import csr_matrix
from .errors import UsageError

#: The words of the tokeniser, as far as a pattern can say it.
TOKEN_PATTERN = r"(?u)\b\w+\b"

#: Parameters of scikit-learn that have one value here, and the reason.
_FIXED: dict[str, tuple[Any, str]] = {
    "input": ("content", "texts are given as they are; Corpus.from_files reads files"),
    "encoding": ("utf-8", "texts are `str`, which have no encoding"),
    "decode_error": ("strict", "texts are `str`, which have no encoding"),
    "strip_accents": (None, "accents tell words apart; `umlauts` has the treatments of umlauts"),
    "lowercase": (True, "words are compared in lower case"),
    "preprocessor": (None, "the tokeniser works without Python; change the texts beforehand"),
    "tokenizer": (None, "the tokeniser works without Python; change the texts beforehand"),
    "token_pattern": (TOKEN_PATTERN, "the tokeniser has rules of its own, and keeps short words"),
    "vocabulary": (None, "the vocabulary is fitted; `max_features` and `min_df` limit it"),
}


class _Vectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Parameters that both vectorisers have."""

    analyzer: str
    binary: bool
    compounds: bool
    dtype: Any
    hyphens: str
    language: str
    ngram_range: tuple[int, int]
    norm: str | None
    nulls: Nulls
    stem: bool
    stop_words: str | None
    umlauts: str

    def _verify_fixed(self) -> None:
        for name, (value, reason) in _FIXED.items():
            given = getattr(self, name, value)
            if given != value:
                raise UsageError(f"{name}={given!r}, expected {value!r}: {reason}")
        if self.dtype not in (np.float32, np.float64):
            raise UsageError(f"dtype={self.dtype!r}, expected float32 or float64")

    def _features(self) -> dict[str, Any]:
        """Returns the options of the library."""
        self._verify_fixed()
        lengths = "-".join(str(length) for length in self.ngram_range)
        if self.analyzer not in ("word", "char_wb"):
            raise UsageError(
                f'analyzer={self.analyzer!r}, expected "word" or "char_wb": character n-grams '
                "lie inside words, and the tokeniser works without Python"
            )
        if self.stop_words not in (None, "language"):
            raise UsageError(
                f'stop_words={self.stop_words!r}, expected None or "language": lists are those of '
                "the languages, which hold no negation"
            )
        is_word = self.analyzer == "word"
        return {
            "language": self.language,
            "hyphens": self.hyphens,
            "umlauts": self.umlauts,
            "stem": self.stem,
            "stop_words": "keep" if self.stop_words is None else "drop",
            "compounds": self.compounds,
            "word_ngrams": lengths if is_word else "none",
            "char_ngrams": "none" if is_word else lengths,
            "norm": self.norm or "none",
        }

    def _matrix(self, parts: Any) -> Any:
        matrix = csr_matrix(parts)
        return matrix if self.dtype == np.float32 else matrix.astype(self.dtype)

    def _column(self, raw_documents: Any) -> tuple[Any, bool]:
        try:
            return texts_of(raw_documents), are_empty(self.nulls)
        except TypeError as error:
            # As scikit-learn's vectorisers do for one text.
            raise UsageError(str(error)) from None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


class TfidfVectorizer(_Vectorizer):
    """TF-IDF features of texts, with the parameters of scikit-learn's class of this name.

    Where the tokens agree, values equal scikit-learn's to 1e-6. What differs: the tokeniser follows
    Unicode's words and keeps numbers such as ``3.5`` and words of one letter; character n-grams of
    ``char_wb`` end at punctuation; ``max_features`` keeps the terms of the most documents, while
    scikit-learn counts occurrences; values are float32 unless ``dtype`` says float64.

    ``language``, ``stem``, ``compounds``, ``hyphens`` and ``umlauts`` are the library's options of
    the tokeniser, by default those that change no word. Parameters that cannot be honoured are an
    error that says why.
    """

    def __init__(
        self,
        *,
        input: str = "content",
        encoding: str = "utf-8",
        decode_error: str = "strict",
        strip_accents: None = None,
        lowercase: bool = True,
        preprocessor: None = None,
        tokenizer: None = None,
        analyzer: str = "word",
        stop_words: str | None = None,
        token_pattern: str = TOKEN_PATTERN,
        ngram_range: tuple[int, int] = (1, 1),
        max_df: float | int = 1.0,
        min_df: float | int = 1,
        max_features: int | None = None,
        vocabulary: None = None,
        binary: bool = False,
        dtype: Any = np.float32,
        norm: str | None = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool = False,
        language: str = "und",
        stem: bool = False,
        compounds: bool = False,
        hyphens: str = "parts",
        umlauts: str = "keep",
        nulls: Nulls = "error",
    ) -> None:
        self.input = input
        self.encoding = encoding
        self.decode_error = decode_error
        self.strip_accents = strip_accents
        self.lowercase = lowercase
        self.preprocessor = preprocessor
        self.tokenizer = tokenizer
        self.analyzer = analyzer
        self.stop_words = stop_words
        self.token_pattern = token_pattern
        self.ngram_range = ngram_range
        self.max_df = max_df
        self.min_df = min_df
        self.max_features = max_features
        self.vocabulary = vocabulary
        self.binary = binary
        self.dtype = dtype
        self.norm = norm
        self.use_idf = use_idf
        self.smooth_idf = smooth_idf
        self.sublinear_tf = sublinear_tf
        self.language = language
        self.stem = stem
        self.compounds = compounds
        self.hyphens = hyphens
        self.umlauts = umlauts
        self.nulls = nulls

    def _options(self) -> str:
        features = self._features() | {
            "min_df": str(self.min_df),
            "max_df": str(self.max_df),
            "max_features": self.max_features,
            "tf": "binary" if self.binary else "sublinear" if self.sublinear_tf else "raw",
            "idf": "none" if not self.use_idf else "smooth" if self.smooth_idf else "plain",
        }
        return json.dumps(features)

    def fit(self, raw_documents: Any, y: Any = None) -> TfidfVectorizer:
        """Learns vocabulary and idf."""
        self._tfidf = _standpoint.TfIdf.fit(*self._column(raw_documents), self._options())
        return self

    def fit_transform(self, raw_documents: Any, y: Any = None) -> Any:
        """Learns vocabulary and idf, and returns the features as a ``csr_matrix``."""
        column, empty = self._column(raw_documents)
        self._tfidf, parts = _standpoint.TfIdf.fit_transform(column, empty, self._options())
        return self._matrix(parts)

    def transform(self, raw_documents: Any) -> Any:
        """Returns the features of texts as a ``csr_matrix``."""
        check_is_fitted(self)
        return self._matrix(self._tfidf.transform(*self._column(raw_documents)))

    def inverse_transform(self, X: Any) -> list[Any]:
        """Returns the terms of each row."""
        from scipy import sparse

        names, rows = self.get_feature_names_out(), sparse.csr_matrix(X)
        ends = zip(rows.indptr[:-1], rows.indptr[1:])
        return [names[rows.indices[start:end]] for start, end in ends]

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Returns the terms in the order of the columns."""
        check_is_fitted(self)
        return np.array(self._tfidf.terms(), dtype=object)

    @property
    def vocabulary_(self) -> dict[str, int]:
        """The columns of the terms."""
        return {term: column for column, term in enumerate(self.get_feature_names_out())}

    @property
    def idf_(self) -> Any:
        """The idf of each column."""
        check_is_fitted(self)
        return np.frombuffer(self._tfidf.idf(), np.float32).astype(self.dtype)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_tfidf")

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        tfidf = state.pop("_tfidf", None)
        return state if tfidf is None else state | {"_tfidf_bytes": tfidf.to_bytes()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        data = state.pop("_tfidf_bytes", None)
        super().__setstate__(state)
        if data is not None:
            self._tfidf = _standpoint.TfIdf.from_bytes(data)


class HashingVectorizer(_Vectorizer):
    """Feature hashing of texts, with the parameters of scikit-learn's class of this name.

    Columns come from the library's own hash, so that they are others than scikit-learn's.
    ``n_features`` is a power of two. There is nothing to fit.
    """

    def __init__(
        self,
        *,
        input: str = "content",
        encoding: str = "utf-8",
        decode_error: str = "strict",
        strip_accents: None = None,
        lowercase: bool = True,
        preprocessor: None = None,
        tokenizer: None = None,
        stop_words: str | None = None,
        token_pattern: str = TOKEN_PATTERN,
        ngram_range: tuple[int, int] = (1, 1),
        analyzer: str = "word",
        n_features: int = 2**20,
        binary: bool = False,
        norm: str | None = "l2",
        alternate_sign: bool = True,
        dtype: Any = np.float32,
        language: str = "und",
        stem: bool = False,
        hyphens: str = "parts",
        umlauts: str = "keep",
        seed: int = 0,
        nulls: Nulls = "error",
    ) -> None:
        self.input = input
        self.encoding = encoding
        self.decode_error = decode_error
        self.strip_accents = strip_accents
        self.lowercase = lowercase
        self.preprocessor = preprocessor
        self.tokenizer = tokenizer
        self.stop_words = stop_words
        self.token_pattern = token_pattern
        self.ngram_range = ngram_range
        self.analyzer = analyzer
        self.n_features = n_features
        self.binary = binary
        self.norm = norm
        self.alternate_sign = alternate_sign
        self.dtype = dtype
        self.language = language
        self.stem = stem
        self.hyphens = hyphens
        self.umlauts = umlauts
        self.seed = seed
        self.nulls = nulls

    #: Hashing counts no parts of compounds.
    compounds = False

    def _hashing(self) -> _standpoint.Hashing:
        bits = int(self.n_features).bit_length() - 1
        if self.n_features != 2**bits or not 1 <= bits <= 30:
            raise UsageError(
                f"n_features={self.n_features}, expected a power of two from 2 to 2**30",
                remedy=f"pass 2**{max(bits, 1)}",
            )
        features = self._features() | {"tf": "binary" if self.binary else "raw"}
        return _standpoint.Hashing(
            json.dumps(
                {
                    "features": features,
                    "bits": bits,
                    "signed": self.alternate_sign,
                    "seed": self.seed,
                }
            )
        )

    def fit(self, X: Any, y: Any = None) -> HashingVectorizer:
        """Checks the parameters."""
        self._hashing()
        return self

    def transform(self, X: Any) -> Any:
        """Returns the features of texts as a ``csr_matrix``."""
        return self._matrix(self._hashing().transform(*self._column(X)))

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Returns the features of texts as a ``csr_matrix``."""
        return self.transform(X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
