"""Texts and rows from lists, arrays, series and data frames to what the native half reads."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from .errors import DataError, UsageError

#: Treatment of nulls in a column of texts.
Nulls = Literal["error", "empty"]


def are_empty(nulls: Nulls) -> bool:
    """Tells whether nulls are empty texts."""
    if nulls not in ("error", "empty"):
        raise UsageError(f"nulls={nulls!r} is unknown", remedy='one of "error", "empty"')
    return nulls == "empty"


def texts_of(texts: Any) -> Any:
    """Returns a column of texts as the native half takes it.

    Columns that speak Arrow's interface go on as they are, so that their texts are not copied.
    Arrays of NumPy and columns of Python objects become lists.
    """
    if isinstance(texts, (str, bytes)):
        raise TypeError(
            f"texts is one {type(texts).__name__}, expected a list of them\n  help: write [text]"
        )
    if _is_frame(texts):
        raise UsageError(
            "a data frame has several columns, expected a column of texts",
            remedy="select the column of the text, or name it with `text`",
        )
    dtype = getattr(texts, "dtype", None)
    if isinstance(texts, (list, tuple)):
        return texts
    if getattr(dtype, "kind", None) in ("O", "U", "T") and hasattr(texts, "tolist"):
        if getattr(texts, "ndim", 1) != 1:
            raise UsageError(
                f"an array of {texts.ndim} dimensions, expected one", remedy="select a column"
            )
        if not _speaks_arrow(texts) or getattr(dtype, "name", "") == "object":
            return texts.tolist()
    return texts


def _speaks_arrow(values: Any) -> bool:
    return hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__")


def _is_frame(values: Any) -> bool:
    """Tells whether an object is a table of pandas, Polars or Arrow."""
    return (
        hasattr(values, "columns")
        and hasattr(values, "__getitem__")
        and not isinstance(values, Mapping)
    )


def is_rows(values: Any) -> bool:
    """Tells whether an object holds rows of several columns rather than texts."""
    if _is_frame(values) or isinstance(values, Mapping):
        return True
    return isinstance(values, Sequence) and bool(values) and isinstance(values[0], Mapping)


def rows_of(data: Any, columns: Iterable[str]) -> bytes:
    """Returns rows as JSON lines.

    ``columns`` are those that are needed of a data frame; of dictionaries all are kept, so that
    messages can name what a row has.
    """
    rows = _frame_rows(data, columns) if _is_frame(data) else _mapping_rows(data)
    lines = []
    for number, row in enumerate(rows):
        try:
            lines.append(json.dumps(row, ensure_ascii=False, allow_nan=False, default=_plain))
        except (TypeError, ValueError) as error:
            raise DataError(f"cannot be read: {error}", location=f"row {number}") from None
    try:
        return "\n".join(lines).encode()
    except UnicodeEncodeError:
        raise DataError("a text holds half a character (a lone surrogate)") from None


def _mapping_rows(data: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(data, Mapping):
        columns = {name: _values(column) for name, column in data.items()}
        return _zipped(columns)
    return [_cleaned(row, number) for number, row in enumerate(data)]


def _frame_rows(frame: Any, columns: Iterable[str]) -> Iterable[Mapping[str, Any]]:
    names = getattr(frame, "column_names", None) or list(frame.columns)
    wanted = set(columns)
    # Where none is there, the message names those that are.
    kept = [name for name in names if str(name) in wanted] or list(names)
    return _zipped({str(name): _values(frame[name]) for name in kept})


def _values(column: Any) -> list[Any]:
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            return list(getattr(column, method)())
    return list(column)


def _zipped(columns: Mapping[str, list[Any]]) -> Iterable[Mapping[str, Any]]:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(f"the columns differ in length: {lengths}")
    names = list(columns)
    return (dict(zip(names, map(_without_nan, values))) for values in zip(*columns.values()))


def _cleaned(row: Any, number: int) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise DataError(
            f"is of type {type(row).__name__}, expected a dictionary", location=f"row {number}"
        )
    return {str(name): _without_nan(value) for name, value in row.items()}


def _without_nan(value: Any) -> Any:
    """Returns None for the values by which data frames say that there is none."""
    if isinstance(value, float) and math.isnan(value):
        return None
    return None if type(value).__name__ in ("NAType", "NaTType") else value


def _plain(value: Any) -> Any:
    """Returns a value that JSON knows: dates as texts, numbers and arrays of NumPy as Python's."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    for method in ("to_pylist", "to_list", "tolist", "item"):
        if hasattr(value, method):
            return getattr(value, method)()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"a value of type {type(value).__name__}")
