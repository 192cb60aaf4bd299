"""Labelled corpora of rows or files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import _standpoint
from ._inputs import Nulls, are_empty, is_rows, rows_of, texts_of
from .errors import DataError, UsageError

#: Columns that the library reads by themselves where a row has them.
_USUAL = ("id", "date", "source")

Names = str | Sequence[str]
Heads = str | Sequence[str] | Mapping[str, Any]


class Corpus:
    """Documents with their labels, read when they are first needed.

    ``label`` names heads with exactly one label, ``labels`` those with any number: a column,
    several columns, or a dictionary of head to column. In ``labels``, a list of columns as the
    column of a head means one column for each label, which holds 1, 0, or nothing where unknown.
    """

    def __init__(self, native: _standpoint.Source) -> None:
        self.native = native
        self._described: Any = None

    @classmethod
    def from_rows(
        cls,
        rows: Any,
        *,
        text: Names | None = None,
        label: Heads | None = None,
        labels: Heads | None = None,
        id: str | None = None,
        sample_weight: str | None = None,
        where: Names | None = None,
        unlabelled: str = "error",
        missing: Sequence[str] | None = None,
        separator: str | None = None,
        decode_html: bool = False,
        skip_bad: str | os.PathLike[str] | None = None,
        columns: Iterable[str] | None = None,
        name: str = "rows",
    ) -> Corpus:
        """Takes rows: dictionaries, a dictionary of columns, or a table of pandas, Polars or Arrow.

        ``columns`` are more columns that are needed, such as those of ``check``; by default a table
        gives those that are named here.
        """
        options = _columns(locals())
        needed = _named(options)
        lines = rows_of(rows, {*needed, *(columns or ()), *_USUAL})
        return cls(_standpoint.Source.of_rows(name, lines, json.dumps(options)))

    @classmethod
    def from_lists(
        cls,
        texts: Any,
        label: Any = None,
        *,
        labels: Any = None,
        ids: Sequence[Any] | None = None,
        sample_weight: Sequence[float] | None = None,
        name: str = "rows",
        unlabelled: str = "error",
        missing: Sequence[str] | None = None,
        nulls: Nulls = "error",
    ) -> Corpus:
        """Takes texts beside their labels.

        ``label`` is a sequence with one label a text, for a head of the name ``label``, or a
        dictionary of head to such a sequence; ``labels`` is the same with a list of labels a text.
        """
        column = texts_of(texts)
        strings = [text if isinstance(text, str) else None for text in _listed(column)]
        if None in strings:
            if not are_empty(nulls):
                raise DataError(
                    "is no text",
                    location=f"text {strings.index(None)}",
                    remedy='leave such rows out, or pass nulls="empty"',
                )
            strings = [text or "" for text in strings]
        table: dict[str, Any] = {"text": strings}
        heads: list[list[str]] = [[], []]
        for at, (usual, given) in enumerate((("label", label), ("labels", labels))):
            if given is None:
                continue
            by_head = given if isinstance(given, Mapping) else {usual: given}
            for head, answers in by_head.items():
                if head in table:
                    raise UsageError(f"two columns are named `{head}`", remedy="rename the head")
                table[head] = _listed(answers)
                heads[at].append(head)
        if ids is not None:
            table["id"] = _listed(ids)
        if sample_weight is not None:
            table["sample_weight"] = _listed(sample_weight)
        return cls.from_rows(
            table,
            text="text",
            label=heads[0] or None,
            labels=heads[1] or None,
            sample_weight=None if sample_weight is None else "sample_weight",
            name=name,
            unlabelled=unlabelled,
            missing=missing,
        )

    @classmethod
    def from_files(
        cls,
        paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        *,
        text: Names | None = None,
        label: Heads | None = None,
        labels: Heads | None = None,
        id: str | None = None,
        sample_weight: str | None = None,
        where: Names | None = None,
        unlabelled: str = "error",
        missing: Sequence[str] | None = None,
        separator: str | None = None,
        decode_html: bool = False,
        skip_bad: str | os.PathLike[str] | None = None,
        format: str | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
        quote: str | None = None,
        header: bool = True,
    ) -> Corpus:
        """Takes files, folders and patterns in any format that the command line reads.

        Broken rows are errors, unless ``skip_bad`` names a file for them.
        """
        options = _columns(locals())
        options |= {
            "format": format,
            "encoding": encoding,
            "delimiter": delimiter,
            "quote": quote,
            "no_header": not header,
        }
        named = [paths] if isinstance(paths, (str, os.PathLike)) else paths
        names = [os.fspath(path) for path in named]
        return cls(_standpoint.Source.of_files(names, json.dumps(options)))

    @property
    def labels(self) -> dict[str, dict[str, float]]:
        """The labels of each head, and the number of documents of each."""
        return {name: dict(labels) for name, _, labels in self._describe()[1]}

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each head: ``exclusive`` or ``independent``."""
        return {name: kind for name, kind, _ in self._describe()[1]}

    @property
    def texts(self) -> list[str]:
        """The texts, in the order of the rows."""
        return self.native.texts()

    @property
    def ids(self) -> list[str]:
        """The ids, in the order of the rows."""
        return self.native.ids()

    def __len__(self) -> int:
        return int(self._describe()[0])

    def _describe(self) -> Any:
        if self._described is None:
            self._described = self.native.describe()
        return self._described

    def __repr__(self) -> str:
        heads = ", ".join(f"{name} ({len(labels)} labels)" for name, labels in self.labels.items())
        return f"<standpoint.Corpus of {len(self)} documents: {heads or 'no heads'}>"


def as_corpus(data: Any, **columns: Any) -> Corpus:
    """Returns a corpus of whatever was given: a corpus, rows, or names of files."""
    given = {name: value for name, value in columns.items() if value is not None}
    if isinstance(data, Corpus):
        if given:
            raise UsageError(
                f"`{next(iter(given))}` is an option of reading, but the corpus is read already",
                remedy="give it to Corpus.from_rows or Corpus.from_files",
            )
        return data
    if is_rows(data):
        return Corpus.from_rows(data, **given)
    is_path = isinstance(data, (str, os.PathLike))
    if is_path or all(isinstance(item, (str, os.PathLike)) for item in data):
        return Corpus.from_files(data, **given)
    raise UsageError(
        f"a {type(data).__name__} is no corpus",
        remedy="give dictionaries, a data frame, names of files, or a Corpus",
    )


def _listed(values: Any) -> list[Any]:
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(values, method):
            return list(getattr(values, method)())
    return list(values)


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options of reading by the keyword arguments of a constructor."""
    missing, skip_bad = given.get("missing"), given.get("skip_bad")
    same = ("id", "sample_weight", "unlabelled", "separator", "decode_html")
    return {name: given.get(name) for name in same} | {
        "text": _names(given.get("text")),
        "heads": [
            *_heads(given.get("label"), "exclusive"),
            *_heads(given.get("labels"), "independent"),
        ],
        "filters": _names(given.get("where")) or [],
        "missing": None if missing is None else list(missing),
        "skip_bad": None if skip_bad is None else os.fspath(skip_bad),
    }


def _names(names: Names | None) -> list[str] | None:
    if names is None:
        return None
    return [names] if isinstance(names, str) else list(names)


def _heads(heads: Heads | None, kind: str) -> list[dict[str, Any]]:
    if heads is None:
        return []
    by_head = heads if isinstance(heads, Mapping) else {name: name for name in _names(heads) or []}
    found = []
    for name, column in by_head.items():
        source: dict[str, Any] = {"column": column}
        if not isinstance(column, str):
            if kind == "exclusive":
                raise UsageError(
                    f"head `{name}` has several columns, but one label",
                    remedy="name it in `labels`",
                )
            flags = column.items() if isinstance(column, Mapping) else [(c, c) for c in column]
            source = {"flags": [list(flag) for flag in flags]}
        found.append({"name": name, "kind": kind, "source": source})
    return found


def _named(options: dict[str, Any]) -> set[str]:
    """Returns the columns that options name."""
    names = set(options["text"] or ["text"])
    for head in options["heads"]:
        flags = head["source"].get("flags")
        names.update([column for _, column in flags] if flags else [head["source"]["column"]])
    names.update(name for name in (options["id"], options["sample_weight"]) if name)
    names.update(re.split("!?=", condition)[0] for condition in options["filters"])
    return names
