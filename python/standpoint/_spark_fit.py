"""Training on Spark: words are found where the partitions are, and weights on the driver."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from pyspark import TaskContext
from pyspark.sql import DataFrame

from . import _standpoint
from ._corpus import _USUAL, Corpus, Heads, Names, _columns, _named
from ._parts import TOKENS, fit_merge, fit_part, survey_languages
from ._results import TrainingRun
from ._spark_workers import on_workers
from .errors import UsageError

_Batches = Iterator[pa.RecordBatch]

#: Rows and bytes of a part at most: parts travel as values of a column, which hold two gigabytes.
_MOST_ROWS = 100_000
_MOST_BYTES = 256 << 20


@dataclass(frozen=True)
class _Share:
    """Work of a worker on the rows of its partition."""

    #: Options of reading, as those of ``Corpus.from_rows``.
    columns: dict[str, Any]
    #: True for a survey of languages, false for words.
    survey: bool
    #: Options by which words are found.
    settings: dict[str, Any]
    surveys: list[str]
    keep_ids: bool
    threads: int


def fit(
    df: DataFrame,
    *,
    text: Names | None = None,
    label: Heads | None = None,
    labels: Heads | None = None,
    id: str | None = None,
    sample_weight: str | None = None,
    unlabelled: str | None = None,
    missing: Sequence[str] | None = None,
    separator: str | None = None,
    decode_html: bool | None = None,
    preset: str | None = None,
    options: Mapping[str, Any] | None = None,
    background: str | os.PathLike[str] | None = None,
    background_weight: float | None = None,
    background_terms: int | None = None,
    threads: int = 1,
    **settings: Any,
) -> TrainingRun:
    """Trains a model on the rows of a data frame.

    The workers find the words of their rows, and the driver trains on them: the model is that of
    :func:`standpoint.train` on the rows in the order of their ids as text, byte for byte, whatever
    the number and the order of the partitions. ``id`` names the column of the ids, by default
    ``id`` where there is one; without ids, rows stand in an order of their contents.

    The columns and ``settings`` are those of :func:`standpoint.train`; rows are chosen by
    ``df.where(...)``. Where ``language`` is not named, the workers pass over the rows once more
    before, to survey the languages; ``df.cache()`` saves reading them again. ``threads`` is the
    number of threads of a worker, of which Spark starts one a core.

    The words of all texts have to fit into the driver's memory, some two bytes a word while they
    travel (``spark.driver.maxResultSize``) and up to twenty while terms are counted.
    """
    if not isinstance(df, DataFrame):
        raise UsageError(
            f"a {type(df).__module__}.{type(df).__name__} is no data frame of Spark",
            remedy="train on other data with `standpoint.train`",
        )
    if threads < 1:
        raise UsageError(f"threads={threads}, expected at least 1")
    given = {
        "text": text,
        "label": label,
        "labels": labels,
        "id": id,
        "sample_weight": sample_weight,
        "unlabelled": unlabelled,
        "missing": missing,
        "separator": separator,
        "decode_html": decode_html,
    }
    columns = {name: value for name, value in given.items() if value is not None}
    if label is None and labels is None:
        raise UsageError("there is nothing to learn", remedy="name a column with `label`")
    source = _selected(df, columns)
    keep_ids = "id" in source.columns or id is not None
    of_words = {name: settings[name] for name in TOKENS if settings.get(name) is not None}
    language = of_words.get("language", "auto")
    if options is not None:
        of_words = {"options": options}
        language = options["features"]["tokens"]["language"]
    share = _Share(columns, False, of_words, [], keep_ids, threads)
    if language == "auto":
        found = _collected(source, replace(share, survey=True))
        surveys = [survey.decode() for survey in found]
        share = replace(share, surveys=[_standpoint.merge_surveys(surveys)])
    return fit_merge(
        _collected(source, share),
        order="id",
        preset=preset,
        options=options,
        background=background,
        background_weight=background_weight,
        background_terms=background_terms,
        **settings,
    )


def _selected(df: DataFrame, columns: dict[str, Any]) -> DataFrame:
    """Returns the columns that training reads."""
    named = _named(_columns(columns))
    lacking = sorted(name for name in named if name not in df.columns)
    if lacking:
        raise UsageError(
            f"the data frame has no column `{lacking[0]}`, it has {', '.join(df.columns)}",
            remedy="name the columns with `text`, `label` and `labels`",
        )
    needed = named | {name for name in _USUAL if name in df.columns}
    twice = [name for name in needed if df.columns.count(name) > 1]
    if twice:
        raise UsageError(f"the data frame has several columns `{twice[0]}`", remedy="rename one")
    return df.select(*(f"`{name.replace('`', '``')}`" for name in df.columns if name in needed))


def _collected(source: DataFrame, share: _Share) -> list[bytes]:
    """Returns what the workers make of their partitions."""
    worker = on_workers(__name__, "_found", dict(vars(share)))
    found = source.mapInArrow(worker, "found binary").collect()
    return [bytes(row["found"]) for row in found]


def _found(batches: _Batches, work: dict[str, Any]) -> _Batches:
    share = _Share(**work)
    _standpoint.set_threads(share.threads)
    surveys = []
    for corpus in _corpora(batches, share):
        if share.survey:
            surveys.append(survey_languages(corpus))
        else:
            part = fit_part(
                corpus, surveys=share.surveys, keep_ids=share.keep_ids, **share.settings
            )
            yield _batch(part)
    if surveys:
        yield _batch(_standpoint.merge_surveys(surveys).encode())


def _batch(found: bytes) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([found], pa.binary())], ["found"])


def _corpora(batches: _Batches, share: _Share) -> Iterator[Corpus]:
    """Returns the rows of a partition as corpora that are not too large."""
    context = TaskContext.get()
    partition = "?" if context is None else context.partitionId()
    kept: list[pa.RecordBatch] = []
    rows = size = before = 0
    for batch in batches:
        if kept and (rows + batch.num_rows > _MOST_ROWS or size + batch.nbytes > _MOST_BYTES):
            yield _corpus(kept, share, f"partition {partition} from row {before}")
            before += rows
            kept, rows, size = [], 0, 0
        kept.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
    if kept:
        yield _corpus(kept, share, f"partition {partition} from row {before}")


def _corpus(batches: list[pa.RecordBatch], share: _Share, name: str) -> Corpus:
    table = pa.Table.from_batches(batches)
    return Corpus.from_rows(table, name=name, **share.columns)
