"""Training from parts of a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from standpoint import ModelError, UsageError, fit_merge, fit_part, survey_languages, train


def test_parts_train_what_the_whole_trains(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    columns: dict[str, Any] = {"text": ["title", "text"], "label": "topic", "labels": "stance"}
    shares = [rows[:100], rows[100:101], rows[101:]]
    surveys = [survey_languages(share, **columns) for share in shares]
    whole = train(rows, **columns)
    parts: list[Any] = [
        fit_part(share, **columns, shard=f"{at + 1}/3", surveys=surveys)
        for at, share in enumerate(shares)
    ]
    assert fit_merge(reversed(parts)).model.to_bytes() == whole.model.to_bytes()
    file = tmp_path / "1.part"
    file.write_bytes(parts[0])
    run = fit_merge([file, *parts[1:]], classifier="nb", alpha=0.1)
    expected = train(rows, **columns, classifier="nb", alpha=0.1)
    assert run.model.to_bytes() == expected.model.to_bytes()
    assert run.options == expected.options
    again = [
        fit_part(share, **columns, shard=f"{at + 1}/3", surveys=surveys, options=run.options)
        for at, share in enumerate(shares)
    ]
    assert fit_merge(again, options=run.options).model.to_bytes() == expected.model.to_bytes()


def test_parts_that_do_not_fit_are_named(rows: list[dict[str, Any]]) -> None:
    columns: dict[str, Any] = {"text": ["title", "text"], "label": "topic"}
    with pytest.raises(UsageError, match="languages of the whole corpus"):
        fit_part(rows, **columns)
    with pytest.raises(UsageError, match="`classifier` is no option of tokens"):
        fit_part(rows, **columns, classifier="nb")
    part = fit_part(rows, **columns, language="en", shard="1/2")
    with pytest.raises(UsageError, match="the share 2/2 is missing"):
        fit_merge([part])
    with pytest.raises(UsageError, match="other options of tokens"):
        fit_merge([part], order="id", language="de")
    with pytest.raises(ModelError, match="part of a corpus"):
        fit_merge([part[:-1]], order="id")
    with pytest.raises(UsageError, match="order='date'"):
        fit_merge([part], order="date")  # type: ignore[arg-type]
