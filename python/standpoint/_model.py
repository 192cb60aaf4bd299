"""Models: loading, saving, scoring and explaining."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _standpoint
from ._corpus import Corpus
from ._inputs import Nulls, are_empty, is_rows, texts_of
from .errors import UsageError


class Head:
    """A question that a model answers."""

    def __init__(self, metadata: dict[str, Any]) -> None:
        #: All that the model records of the head.
        self.metadata = metadata
        #: Its name.
        self.name: str = metadata["name"]
        #: ``exclusive`` for exactly one label, ``independent`` for any number.
        self.kind: str = metadata["kind"]
        #: The labels, in the order of the columns of all matrices.
        self.labels: list[str] = metadata["labels"]
        #: The score above which each label of an independent head holds.
        self.thresholds: list[float] = metadata["thresholds"]

    @property
    def gives_probabilities(self) -> bool:
        """True if the scores are probabilities rather than decision values."""
        return bool(self.metadata["probabilities"])

    @property
    def is_exclusive(self) -> bool:
        """True for a head of exactly one label."""
        return self.kind == "exclusive"

    def __repr__(self) -> str:
        return f"Head({self.name!r}, {self.kind!r}, labels={self.labels!r})"


class Model:
    """A trained model: several heads over one vocabulary.

    Texts are lists of ``str``, arrays of NumPy, series of pandas or Polars, Arrow columns, or rows
    with the columns that the model was trained on: dictionaries or a data frame.

    >>> from standpoint import Model
    >>> Model.embedded().predict(["The striker scored twice in the final."])["topic"][0]
    'sport'
    """

    def __init__(self, native: _standpoint.Model) -> None:
        self._native = native
        self._heads = [Head(metadata) for metadata in json.loads(native.heads())]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Model:
        """Loads a model file and checks all of it."""
        return cls(_standpoint.Model.load(os.fspath(path)))

    @classmethod
    def embedded(cls) -> Model:
        """Returns the model of the package: topic and stance of German and English news."""
        return cls(_standpoint.Model.embedded())

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """Makes a model of the bytes of a model file."""
        return cls(_standpoint.Model.from_bytes(bytes(data)))

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Writes the model file, whole or not at all; with ``force``, the file may exist."""
        self._native.save(os.fspath(path), force)

    def to_bytes(self) -> bytes:
        """Returns the bytes of the model file."""
        return self._native.to_bytes()

    def export(
        self, path: str | os.PathLike[str], *, head: str | None = None, force: bool = False
    ) -> None:
        """Writes weights for other tools, in the format that the ending of the name tells.

        ``.npz`` and ``.tsv`` hold terms, idf and all weights; ``.liblinear`` those of one ``head``
        as LIBLINEAR's model.
        """
        self._native.export(os.fspath(path), head, force)

    def with_liblinear(self, path: str | os.PathLike[str], *, head: str | None = None) -> Model:
        """Returns a model of these features whose ``head`` has the weights of LIBLINEAR's model.

        LIBLINEAR must have learnt them on rows of :meth:`transform`; its label ``i`` is the head's
        ``i``-th, counted from 1. Scores are decision values then.
        """
        return Model(self._native.with_liblinear(os.fspath(path), head))

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self.metadata["name"])

    @property
    def hash(self) -> str:
        """The XXH3-64 of the model file, in hexadecimal."""
        return self._native.hash

    @property
    def metadata(self) -> dict[str, Any]:
        """Name, origin and columns."""
        return dict(json.loads(self._native.metadata()))

    @property
    def training_options(self) -> dict[str, Any] | None:
        """The options of the training run; None for models of old versions."""
        options = self._native.training_options()
        return None if options is None else json.loads(options)

    @property
    def heads(self) -> list[Head]:
        """The questions that the model answers."""
        return list(self._heads)

    @property
    def labels(self) -> dict[str, list[str]]:
        """The labels of each head."""
        return {head.name: list(head.labels) for head in self._heads}

    @property
    def thresholds(self) -> dict[str, dict[str, float]]:
        """The thresholds of the labels of each independent head."""
        return {
            head.name: dict(zip(head.labels, head.thresholds))
            for head in self._heads
            if not head.is_exclusive
        }

    def head(self, name: str) -> Head:
        """Returns the head of this name."""
        for head in self._heads:
            if head.name == name:
                return head
        names = ", ".join(head.name for head in self._heads)
        raise UsageError(f"the model has no head `{name}`", remedy=f"it has {names}")

    def score(
        self,
        texts: Any,
        *,
        top: int | None = None,
        max_error: float | None = None,
        why: int | None = None,
        text: str | Sequence[str] | None = None,
        id: str | None = None,
        ids: Sequence[Any] | None = None,
        nulls: Nulls = "error",
    ) -> list[dict[str, Any]]:
        """Scores texts and returns a dictionary for each, as ``standpoint score --json`` writes it.

        ``top`` keeps the scores of so many labels; ``max_error`` adds the answers that cannot be
        ruled out at that error; ``why`` adds so many terms that speak for each answer. ``text`` and
        ``id`` name columns where rows are given; elsewhere texts are numbered from 0, or have the
        ``ids`` given.
        """
        if is_rows(texts):
            source = self._source(texts, text, id)
            return _rows(self._native.score_source(source, top, max_error, why))
        self._verify_no_columns(text, id)
        column = texts_of(texts)
        rows = _rows(self._native.score(column, are_empty(nulls), top, max_error, why))
        names = range(len(rows)) if ids is None else ids
        if len(names) != len(rows):
            raise UsageError(f"{len(names)} ids for {len(rows)} texts")
        for row, name in zip(rows, names):
            row["id"] = name
        return rows

    def predict(
        self,
        texts: Any,
        *,
        head: str | None = None,
        text: str | Sequence[str] | None = None,
        nulls: Nulls = "error",
    ) -> Any:
        """Returns the answers to each head: an array of labels, or of lists of labels.

        With ``head``, the answers to that one alone.
        """
        matrices = self._matrices(texts, "answers", text, nulls)
        return self._of(head, [_answers(h, m) for h, m in zip(self._heads, matrices)])

    def predict_proba(
        self,
        texts: Any,
        *,
        head: str | None = None,
        text: str | Sequence[str] | None = None,
        nulls: Nulls = "error",
    ) -> Any:
        """Returns the scores of each head, texts by labels.

        They are probabilities where :attr:`Head.gives_probabilities`, and else decision values.
        """
        return self._of(head, self._floats(texts, "scores", text, nulls))

    def decision_function(
        self,
        texts: Any,
        *,
        head: str | None = None,
        text: str | Sequence[str] | None = None,
        nulls: Nulls = "error",
    ) -> Any:
        """Returns the decision values of each head, texts by labels."""
        return self._of(head, self._floats(texts, "decisions", text, nulls))

    def explain(
        self,
        texts: Any,
        *,
        labels: str | Sequence[str] | None = None,
        top: int | None = 20,
        text: str | Sequence[str] | None = None,
        nulls: Nulls = "error",
    ) -> Any:
        """Explains scores: the bias and the contributions of terms, with their places.

        Returns a dictionary for one ``str``, and a list of them for several texts. ``labels`` are
        those to explain, by default all; ``top`` is the number of terms that speak for a label and
        of those that speak against it. ``text[start:end]`` is the text of a span.
        """
        one = isinstance(texts, str)
        column = [texts] if one else self._texts(texts, text)
        named = [labels] if isinstance(labels, str) else labels
        chosen = None if named is None else list(named)
        rows = _rows(self._native.explain(column, are_empty(nulls), chosen, top))
        for number, row in enumerate(rows):
            row["id"] = number
            _count_characters(row)
        return rows[0] if one else rows

    def inspect(self, *, terms: int = 10) -> dict[str, Any]:
        """Describes the model: features, heads, and the strongest ``terms`` of each label."""
        return dict(json.loads(self._native.summary(terms)))

    def card(self) -> dict[str, Any]:
        """Returns the model card."""
        return dict(json.loads(self._native.card()))

    def transform(self, texts: Any, *, nulls: Nulls = "error") -> Any:
        """Returns the features of texts as a ``scipy.sparse.csr_matrix``."""
        from ._sparse import csr_matrix

        return csr_matrix(self._native.transform(texts_of(texts), are_empty(nulls)))

    def _source(
        self, rows: Any, text: str | Sequence[str] | None, id: str | None = None
    ) -> _standpoint.Source:
        schema = self.metadata.get("schema") or {}
        named = [text] if isinstance(text, str) else text
        columns = list(named) if named is not None else list(schema.get("text", ["text"]))
        needed = [*columns, id or "id"]
        return Corpus.from_rows(rows, text=named, id=id, columns=needed).native

    def _texts(self, texts: Any, text: str | Sequence[str] | None) -> Any:
        if not is_rows(texts):
            self._verify_no_columns(text)
            return texts_of(texts)
        schema = self.metadata.get("schema") or {}
        named = text if text is not None else schema.get("text", ["text"])
        columns = [named] if isinstance(named, str) else list(named)
        return Corpus.from_rows(texts, text=columns, columns=[*columns, "id"]).texts

    @staticmethod
    def _verify_no_columns(text: Any, id: Any = None) -> None:
        for name, value in (("text", text), ("id", id)):
            if value is not None:
                raise UsageError(
                    f"`{name}` names a column, but a column of texts has none",
                    remedy="leave it out, or pass dictionaries or a data frame",
                )

    def _matrices(
        self, texts: Any, what: str, text: str | Sequence[str] | None, nulls: Nulls
    ) -> list[bytes]:
        return self._native.matrices(self._texts(texts, text), are_empty(nulls), what)

    def _floats(
        self, texts: Any, what: str, text: str | Sequence[str] | None, nulls: Nulls
    ) -> list[Any]:
        matrices = zip(self._heads, self._matrices(texts, what, text, nulls))
        return [np.frombuffer(m, np.float64).reshape(-1, len(h.labels)) for h, m in matrices]

    def _of(self, head: str | None, values: list[Any]) -> Any:
        if head is None:
            return {head.name: of_head for head, of_head in zip(self._heads, values)}
        return values[self._heads.index(self.head(head))]

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return Model.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        heads = ", ".join(f"{head.name} ({len(head.labels)} labels)" for head in self._heads)
        return f"<standpoint.Model {self.name!r}: {heads}>"


def _rows(text: str) -> list[dict[str, Any]]:
    return list(json.loads(text))


def _answers(head: Head, matrix: bytes) -> Any:
    if head.is_exclusive:
        labels = np.empty(len(head.labels), dtype=object)
        labels[:] = head.labels
        return labels[np.frombuffer(matrix, np.float64).astype(np.intp)]
    holds = np.frombuffer(matrix, np.float64).reshape(-1, len(head.labels)) > 0
    answers = np.empty(len(holds), dtype=object)
    for at, row in enumerate(holds):
        answers[at] = [label for label, held in zip(head.labels, row) if held]
    return answers


def _count_characters(row: dict[str, Any]) -> None:
    """Turns the byte offsets of spans into those of characters, as Python counts."""
    text: str = row["text"]
    if text.isascii():
        return
    offsets: dict[int, int] = {}
    at = 0
    for number, character in enumerate(text):
        offsets[at] = number
        at += len(character.encode())
    offsets[at] = len(text)
    for term in row["terms"].values():
        term["spans"] = [[offsets[start], offsets[end]] for start, end in term["spans"]]
