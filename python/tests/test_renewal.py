"""Training that goes on from a model, and training in batches, beside the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from standpoint import Model, UsageError, train, train_from, train_stream

Program = Callable[..., str]
COLUMNS = ["--text", "title,text", "--label", "topic", "--labels", "stance"]
NAMED: dict[str, Any] = {"text": ["title", "text"], "label": "topic", "labels": "stance"}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def old(rows: list[dict[str, Any]]) -> Model:
    return train(rows[:240], **NAMED, classifier="lr").model


@pytest.mark.parametrize(
    ("settings", "flags"),
    [
        ({}, []),
        ({"rows": "all"}, ["--rows", "all"]),
        ({"classifier": "svm", "C": 0.5}, ["--classifier", "svm", "-C", "0.5"]),
    ],
)
def test_old_rows_and_new_ones(
    program: Program,
    rows: list[dict[str, Any]],
    old: Model,
    tmp_path: Path,
    settings: dict[str, Any],
    flags: list[str],
) -> None:
    before, new = tmp_path / "old.model", tmp_path / "new.model"
    old.save(before)
    corpus = write(tmp_path / "all.jsonl", rows)
    program("train", corpus, "--from", before, *flags, "-o", new)
    run = train_from(old, rows, name="new", **settings)
    assert run.model.to_bytes() == new.read_bytes()


def test_corrections_move_weights_and_nothing_else(
    program: Program, rows: list[dict[str, Any]], old: Model, tmp_path: Path
) -> None:
    before, new = tmp_path / "old.model", tmp_path / "new.model"
    old.save(before)
    fresh = rows[240:260]
    program("train", write(tmp_path / "new.jsonl", fresh), "--from", before, "-o", new)
    by_share = train_from(old, fresh, name="new").model
    assert by_share.to_bytes() == new.read_bytes()
    assert train_from(old, fresh, name="new", rows="corrections").model.to_bytes() == (
        by_share.to_bytes()
    )
    wrong = [row | {"topic": "sport"} for row in fresh if row["topic"] != "sport"]
    corrected = train_from(old, wrong, rows="corrections").model
    texts = [f"{row['title']}\n{row['text']}" for row in wrong]
    learnt = corrected.predict_proba(texts)["topic"] - old.predict_proba(texts)["topic"]
    assert (learnt[:, old.head("topic").labels.index("sport")] > 0).all()


def test_settings_without_effect_are_refused(rows: list[dict[str, Any]], old: Model) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"min_df": 3}, "`min_df` has no effect: a model keeps its features"),
        ({"C": 3.0}, "`C` has no effect: the model keeps its classifiers"),
        ({"rows": "corrections", "folds": 3}, "`folds` has no effect: corrections keep"),
        ({"rows": "some"}, 'rows="some" is unknown'),
    ]
    for settings, expected in cases:
        with pytest.raises(UsageError, match=expected):
            train_from(old, rows, **settings)


def test_a_stream_learns_what_the_command_line_does(
    program: Program, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    corpus, path = write(tmp_path / "all.jsonl", rows), tmp_path / "stream.model"
    program("train", corpus, *COLUMNS, "--stream", "--memory", "400M", "--epochs", "3", "-o", path)
    checkpoint = tmp_path / "stream.checkpoint"
    run = train_stream(
        str(corpus),
        **NAMED,
        name="stream",
        memory=400 << 20,
        epochs=3,
        checkpoint=checkpoint,
        checkpoint_every=1,
    )
    assert run.model.to_bytes() == path.read_bytes()
    assert not checkpoint.exists()
    with pytest.raises(UsageError, match="only gradient descent"):
        train_stream(str(corpus), **NAMED, classifier="nb")
