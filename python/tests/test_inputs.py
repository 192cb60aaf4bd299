"""Columns and rows in every form that data have in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from standpoint import (
    Corpus,
    DataError,
    Model,
    StandpointError,
    StandpointWarning,
    UsageError,
    train,
)

TEXTS = ["Troops shelled the town", "Ein spätes Tor im Finale 🏆", "x", "Bank raises rates again"]
LONG = [text * 5 for text in TEXTS]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.embedded()


def columns(texts: list[str]) -> dict[str, Any]:
    half = len(texts) // 2
    return {
        "tuple": tuple(texts),
        "object array": np.array(texts, dtype=object),
        "str array": np.array(texts),
        "StringDType": np.array(texts, dtype=np.dtypes.StringDType()),
        "pandas": pd.Series(texts),
        "pandas object": pd.Series(texts, dtype=object),
        "pandas categorical": pd.Series(texts, dtype="category"),
        "polars": pl.Series(texts),
        "polars categorical": pl.Series(texts, dtype=pl.Categorical),
        "utf8": pa.array(texts),
        "sliced": pa.array(["before", *texts, "after"])[1:-1],
        "large_utf8": pa.array(texts, pa.large_utf8()),
        "utf8_view": pa.array(texts, pa.string_view()),
        "sliced view": pa.array(["before", *texts], pa.string_view())[1:],
        "dictionary": pa.array(texts + texts).dictionary_encode()[: len(texts)],
        "dictionary of int8": pa.array(texts)
        .dictionary_encode()
        .cast(pa.dictionary(pa.int8(), pa.large_utf8())),
        "chunked": pa.chunked_array([texts[:half], [], texts[half:]], type=pa.utf8()),
        "generator-like": dict.fromkeys(texts).keys(),
    }


@pytest.mark.parametrize("texts", [TEXTS, LONG], ids=["short", "long"])
@pytest.mark.parametrize("kind", list(columns(TEXTS)))
def test_every_column_scores_the_same(model: Model, kind: str, texts: list[str]) -> None:
    expected = model.decision_function(texts, head="topic")
    found = model.decision_function(columns(texts)[kind], head="topic")
    assert (found == expected).all()


@pytest.mark.parametrize(
    "column",
    [
        ["a text", None],
        ["a text", float("nan")],
        np.array(["a text", None], dtype=object),
        pd.Series(["a text", None]),
        pd.Series(["a text", pd.NA], dtype=object),
        pl.Series(["a text", None]),
        pa.array(["a text", None]),
        pa.array(["a text", None], pa.string_view()),
        pa.array(["a text", None]).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a text", None])),
    ],
    ids=str,
)
def test_a_null_names_its_row_or_is_empty(model: Model, column: Any) -> None:
    with pytest.raises(DataError, match=r'text 1: is null[\s\S]*help: .*nulls="empty"'):
        model.score(column)
    with_empty = model.decision_function(column, head="topic", nulls="empty")
    assert (with_empty == model.decision_function(["a text", ""], head="topic")).all()


def test_what_is_no_column_of_texts_is_refused(model: Model) -> None:
    with pytest.raises(TypeError, match=r"one str, expected a list"):
        model.score("a text")
    with pytest.raises(DataError, match="text 1: is of type int, expected str"):
        model.score(["a text", 3])
    with pytest.raises(DataError, match="text 0: holds half a character"):
        model.score(["\ud800"])
    with pytest.raises(TypeError, match="format `l`, expected texts"):
        model.score(pa.array([1, 2]))
    with pytest.raises(UsageError, match="2 dimensions"):
        model.score(np.array([["a"]], dtype=object))
    with pytest.raises(TypeError):
        model.score(3)
    with pytest.raises(UsageError, match="names a column"):
        model.score(["a text"], text="body")


def test_an_empty_column_has_no_scores(model: Model) -> None:
    assert model.score([]) == []
    assert model.decision_function([], head="topic").shape == (0, len(model.labels["topic"]))
    assert len(model.predict(pa.array([], pa.utf8()), head="stance")) == 0


def test_rows_and_frames_score_by_the_columns_of_the_model(rows: list[dict[str, Any]]) -> None:
    model = train(rows, text=["title", "text"], label="topic", preset="fast").model
    joined = [f"{row['title']}\n{row['text']}" for row in rows]
    expected = model.decision_function(joined, head="topic")
    by_name = [{"id": row["id"], "title": row["title"], "text": row["text"]} for row in rows]
    frames = [rows, pd.DataFrame(rows), pl.DataFrame(rows), pa.Table.from_pylist(rows)]
    for frame in frames:
        assert (model.decision_function(frame, head="topic") == expected).all()
        assert [row["id"] for row in model.score(frame)] == [row["id"] for row in rows]
    assert model.score(by_name)[3]["heads"] == model.score([joined[3]])[0]["heads"]
    assert [row["id"] for row in model.score(rows, id="part")][:2] == ["test", "train"]


def test_ids_of_texts_are_numbers_or_given(model: Model) -> None:
    assert [row["id"] for row in model.score(TEXTS)] == [0, 1, 2, 3]
    assert [row["id"] for row in model.score(TEXTS, ids="abcd")] == list("abcd")
    with pytest.raises(UsageError, match="2 ids for 4 texts"):
        model.score(TEXTS, ids=[1, 2])


def test_frames_of_all_kinds_are_the_same_corpus(rows: list[dict[str, Any]]) -> None:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    made = [rows, pd.DataFrame(rows), pl.DataFrame(rows), pa.Table.from_pylist(rows), columns]
    models = {
        train(data, text="text", label="topic", labels="stance", preset="fast").model.hash
        for data in made
    }
    assert len(models) == 1


def test_values_of_frames_become_labels(rows: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame(
        {
            "text": [row["text"] for row in rows],
            "year": np.arange(len(rows)) % 2 + 2020,
            "when": pd.to_datetime("2024-01-01"),
            "harsh": [1, 0, None] * 120,
        }
    )
    corpus = Corpus.from_rows(
        frame, label={"year": "year"}, labels={"tone": ["harsh"]}, unlabelled="mask"
    )
    assert corpus.labels["year"] == {"2020": 180.0, "2021": 180.0}
    assert corpus.labels["tone"] == {"harsh": 120.0}
    assert corpus.kinds == {"year": "exclusive", "tone": "independent"}
    assert len(corpus) == 360 and "tone (1 labels)" in repr(corpus)


def test_a_broken_row_is_named() -> None:
    rows = [{"text": "a", "label": "x"}, {"text": "b"}]
    with pytest.raises(DataError, match=r"rows:2: no label|rows:2: there is no column `label`"):
        len(Corpus.from_rows(rows, label="label"))
    with pytest.raises(DataError, match="row 1: is of type int"):
        Corpus.from_rows([{"text": "a"}, 3])
    with pytest.raises(DataError, match="differ in length"):
        Corpus.from_rows({"text": ["a", "b"], "label": ["x"]})
    with pytest.raises(StandpointError, match="value of type object"):
        Corpus.from_rows([{"text": object()}])
    with pytest.raises(UsageError, match="help: one of error, skip, mask"):
        Corpus.from_rows(rows, label="label", unlabelled="drop")


def test_broken_rows_are_listed_where_that_is_asked_for(tmp_path: Path) -> None:
    rows = [{"text": "a", "label": "x"}, {"text": "", "label": "y"}, {"text": "b", "label": "z"}]
    with pytest.raises(DataError, match="skip_bad=FILE"):
        len(Corpus.from_rows(rows, label="label"))
    broken = tmp_path / "broken.jsonl"
    corpus = Corpus.from_rows(rows, label="label", skip_bad=broken)
    with pytest.warns(StandpointWarning, match="left out 1 broken row"):
        assert len(corpus) == 2
    assert "no text" in broken.read_text()
