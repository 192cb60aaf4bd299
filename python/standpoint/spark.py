"""Training on data frames of Spark, and scoring of them.

>>> from standpoint.spark import fit, score
>>> model = fit(df, text="body", label="topic").model  # doctest: +SKIP
>>> scored = score(df, model, text="body", keep="id")  # doctest: +SKIP

Texts are scored where their partition is, batch by batch in Arrow's memory. The model travels to
the workers once, as the bytes of its file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _standpoint
from ._inputs import Nulls, are_empty
from ._model import Head, Model
from .errors import DataError, UsageError

try:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyspark import TaskContext
    from pyspark.sql import DataFrame
    from pyspark.sql.types import (
        ArrayType,
        DoubleType,
        LongType,
        StringType,
        StructField,
        StructType,
    )
except ImportError as error:
    raise ImportError(
        "standpoint.spark needs PySpark and PyArrow\n  help: pip install 'standpoint[spark]'"
    ) from error

from ._spark_fit import fit
from ._spark_workers import on_workers

__all__ = ["fit", "score"]

_Batches = Iterator[pa.RecordBatch]

#: Models that a worker keeps between tasks, by their hash, the last used at the end.
_MODELS: dict[str, Model] = {}
_MOST_MODELS = 4


@dataclass(frozen=True)
class _Plan:
    """Work of the workers, which read columns by their places."""

    #: Number of columns to pass through, which come first.
    kept: int
    #: Places of the columns of the text.
    text: list[int]
    scores: bool
    known_terms: bool
    nulls: Nulls
    threads: int


def score(
    df: DataFrame,
    model: Model | str | os.PathLike[str],
    *,
    text: str | Sequence[str] | None = None,
    keep: str | Sequence[str] | None = None,
    scores: bool = False,
    known_terms: bool = False,
    prefix: str = "",
    nulls: Nulls = "error",
    threads: int = 1,
) -> DataFrame:
    """Returns a data frame with the answers of a model to each row, in the order of the rows.

    The result has the columns ``keep`` of ``df``, by default all, and for each head a column of its
    name: the label as a string, or the labels as an array of strings. With ``scores``, a column
    ``HEAD_scores`` follows, a struct with a double for each label; with ``known_terms``, the last
    column is the number of terms of the text that the model knows. ``prefix`` comes before the
    names of all these.

    ``model`` is a model or the name of its file, which the driver reads. ``text`` names the column
    of the text, or several that are joined by line breaks; by default those that the model was
    trained on. A row without any of them is an error that names its partition and place, counted
    from 0, or with ``nulls="empty"`` an empty text. ``threads`` is the number of threads of a
    worker, of which Spark starts one a core.

    Every worker's Python needs the package; ``PYSPARK_PYTHON`` names the interpreter.
    """
    if not isinstance(df, DataFrame):
        raise UsageError(
            f"a {type(df).__module__}.{type(df).__name__} is no data frame of Spark",
            remedy="score other data with `Model.score`",
        )
    are_empty(nulls)
    if threads < 1:
        raise UsageError(f"threads={threads}, expected at least 1")
    loaded = model if isinstance(model, Model) else Model.load(model)
    kept = list(range(len(df.columns)))
    if keep is not None:
        kept = [_place(df, name) for name in _names(keep)]
    texts = [_text_place(df, name) for name in _text_columns(loaded, text)]
    order = [*kept, *(at for at in dict.fromkeys(texts) if at not in kept)]
    fields = [*(df.schema.fields[at] for at in kept)]
    fields += _result_fields(loaded, prefix, scores, known_terms)
    _verify_different([field.name for field in fields], len(kept))
    places = [order.index(at) for at in texts]
    plan = _Plan(len(kept), places, scores, known_terms, nulls, threads)
    # Columns go by numbers, so that no name with a dot or of two columns is looked up.
    numbered = df.toDF(*(f"c{at}" for at in range(len(df.columns))))
    source = numbered.select(*(f"c{at}" for at in order))
    return source.mapInArrow(_worker(df, loaded, plan), StructType(fields))


def _names(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _text_columns(model: Model, text: str | Sequence[str] | None) -> list[str]:
    if text is not None:
        names = _names(text)
        if not names:
            raise UsageError("`text` names no column")
        return names
    schema = model.metadata.get("schema") or {}
    if schema.get("decode_html"):
        raise UsageError(
            "the model decodes HTML in its columns, and scoring on Spark does not",
            remedy="decode the texts, and name their column with `text`",
        )
    return [str(name) for name in schema.get("text", ["text"])]


def _place(df: DataFrame, name: str) -> int:
    found = [at for at, column in enumerate(df.columns) if column == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"the data frame has {len(found)} columns `{name}`", remedy="rename one")
    raise UsageError(
        f"the data frame has no column `{name}`, it has {', '.join(df.columns)}",
        remedy="name the column of the text with `text`, and those of the result with `keep`",
    )


def _text_place(df: DataFrame, name: str) -> int:
    at = _place(df, name)
    kind = df.schema.fields[at].dataType
    if not isinstance(kind, StringType):
        raise UsageError(
            f"the column `{name}` is of type {kind.simpleString()}, expected string",
            remedy=f'pass another column, or df.withColumn("{name}", df["{name}"].cast("string"))',
        )
    return at


def _verify_different(names: list[str], kept: int) -> None:
    """Verifies that no name was added to the ``kept`` ones that is there already."""
    # Spark takes names that differ by case for the same.
    lower = [name.lower() for name in names]
    for at in range(kept, len(names)):
        if lower[at] in lower[:at]:
            raise UsageError(
                f"the result would have two columns `{names[at]}`",
                remedy='leave one out with `keep`, or pass prefix="predicted_"',
            )


def _result_fields(model: Model, prefix: str, scores: bool, known_terms: bool) -> list[StructField]:
    # Every row is answered, so nothing that is added is ever null.
    fields = []
    for head in model.heads:
        answer = StringType() if head.is_exclusive else ArrayType(StringType(), False)
        fields.append(StructField(prefix + head.name, answer, False))
        if scores:
            labels = StructType([StructField(label, DoubleType(), False) for label in head.labels])
            fields.append(StructField(f"{prefix}{head.name}_scores", labels, False))
    if known_terms:
        fields.append(StructField(f"{prefix}known_terms", LongType(), False))
    return fields


def _worker(df: DataFrame, model: Model, plan: _Plan) -> Callable[[_Batches], _Batches]:
    """Returns the function that scores a partition with the model, which is broadcast."""
    try:
        context = df.sparkSession.sparkContext
    except AttributeError:
        raise UsageError(
            "the session of the data frame has no broadcast, as those of Spark Connect",
            remedy="use a classic session, such as SparkSession.builder.master(...)",
        ) from None
    data = context.broadcast(model.to_bytes())
    return on_workers(__name__, "_scored", model.hash, data, dict(vars(plan)))


def _scored(batches: _Batches, key: str, data: Any, options: dict[str, Any]) -> _Batches:
    """Scores the batches of a partition with the model that was broadcast."""
    plan = _Plan(**options)
    model = _kept_model(key, data)
    _standpoint.set_threads(plan.threads)
    rows = 0
    for batch in batches:
        yield _scored_batch(model, batch, plan, rows)
        rows += batch.num_rows


def _kept_model(key: str, data: Any) -> Model:
    model = _MODELS.pop(key, None) or Model.from_bytes(data.value)
    while len(_MODELS) >= _MOST_MODELS:
        del _MODELS[next(iter(_MODELS))]
    _MODELS[key] = model
    return model


def _scored_batch(model: Model, batch: pa.RecordBatch, plan: _Plan, rows: int) -> pa.RecordBatch:
    texts = _joined([batch.column(at) for at in plan.text])
    try:
        heads, known_terms = model._native.columns(texts, are_empty(plan.nulls))
    except DataError as error:
        raise _in_partition(error, rows) from None
    columns = [batch.column(at) for at in range(plan.kept)]
    for head, (answers, scores) in zip(model.heads, heads):
        columns.append(_answers(head, answers))
        if plan.scores:
            columns.append(_struct(head, scores))
    if plan.known_terms:
        columns.append(pa.array(np.frombuffer(known_terms, np.int64)))
    return pa.RecordBatch.from_arrays(columns, [f"c{at}" for at in range(len(columns))])


def _joined(columns: list[Any]) -> Any:
    """Joins texts by line breaks, without those that are empty; null where all are."""
    if len(columns) == 1:
        return columns[0]
    kind = columns[0].type
    empty, line_break = pa.scalar("", kind), pa.scalar("\n", kind)
    joined, lacks = empty, pa.scalar(True)
    for column in columns:
        lacks = pc.and_(lacks, column.is_null())
        part = pc.fill_null(column, empty)
        both = pc.and_(pc.not_equal(joined, empty), pc.not_equal(part, empty))
        separator = pc.if_else(both, line_break, empty)
        # To skip nulls here would lose rows that have nothing else (PyArrow 26).
        joined = pc.binary_join_element_wise(joined, part, separator)
    return pc.if_else(lacks, pa.scalar(None, kind), joined)


def _in_partition(error: DataError, rows: int) -> DataError:
    """Returns the error of a text of a batch with its place in the partition."""
    context = TaskContext.get()
    partition = "?" if context is None else context.partitionId()
    row = rows + int((error.location or "text 0").rsplit(" ", 1)[-1])
    return DataError(error.message, f"partition {partition}, row {row}", error.remedy)


def _answers(head: Head, matrix: bytes) -> Any:
    labels = pa.array(head.labels, pa.string())
    numbers = np.frombuffer(matrix, np.float64)
    if head.is_exclusive:
        return labels.take(pa.array(numbers.astype(np.int64)))
    holds = numbers.reshape(-1, len(head.labels)) > 0
    ends = np.concatenate([[0], holds.sum(axis=1).cumsum()]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), labels.take(pa.array(holds.nonzero()[1])))


def _struct(head: Head, matrix: bytes) -> Any:
    scores = np.frombuffer(matrix, np.float64).reshape(-1, len(head.labels))
    columns = [pa.array(np.ascontiguousarray(column)) for column in scores.T]
    return pa.StructArray.from_arrays(columns, head.labels)
