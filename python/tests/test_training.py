"""Training, search, evaluation, comparison and checks, beside the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import standpoint
from standpoint import Corpus, DataError, Model, UsageError, check, compare, evaluate, train, tune

Program = Callable[..., str]


@pytest.fixture(scope="module")
def file(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "news.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


RUNS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "preset": ({}, []),
    "fast": ({"preset": "fast"}, ["--preset", "fast"]),
    "nbsvm": (
        {
            "classifier": "nbsvm",
            "ratio_exponent": 0.6,
            "alpha": 0.1,
            "C": 0.2,
            "char_ngrams": (3, 5),
        },
        [
            "--classifier",
            "nbsvm",
            "--ratio-exponent",
            "0.6",
            "--alpha",
            "0.1",
            "-C",
            "0.2",
            "--char-ngrams",
            "3-5",
        ],
    ),
    "lr": (
        {
            "classifier": {"topic": "lr"},
            "penalty": None,
            "class_weight": "balanced",
            "language": "en",
            "stem": False,
            "min_df": 3,
            "max_df": 0.5,
            "compact": True,
        },
        [
            "--classifier",
            "topic=lr",
            "--class-weight",
            "balanced",
            "--language",
            "en",
            "--no-stem",
            "--min-df",
            "3",
            "--max-df",
            "0.5",
            "--compact",
        ],
    ),
    "rules": (
        {
            "preset": "fast",
            "calibrate": {"topic": "temperature"},
            "abstain": True,
            "folds": 3,
            "thresholds": {"stance": "recall>=0.8"},
            "seed": 7,
            "intended_use": "tests",
        },
        [
            "--preset",
            "fast",
            "--calibrate",
            "topic=temperature",
            "--abstain",
            "--folds",
            "3",
            "--thresholds",
            "stance=recall>=0.8",
            "--seed",
            "7",
            "--intended-use",
            "tests",
        ],
    ),
    "weights": (
        {
            "preset": "fast",
            "class_weight": {"sport": 2.5},
            "where": "part=train",
            "fingerprints": False,
            "profile": False,
        },
        [
            "--preset",
            "fast",
            "--class-weight",
            "sport=2.5",
            "--where",
            "part=train",
            "--no-fingerprints",
            "--no-profile",
        ],
    ),
}


@pytest.mark.parametrize("case", list(RUNS))
def test_a_model_has_the_bytes_of_the_command_line(
    case: str, program: Program, file: Path, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    settings, flags = RUNS[case]
    path = tmp_path / "same.model"
    columns = ["--text", "title,text", "--label", "topic", "--labels", "stance"]
    program("train", file, *columns, *flags, "-o", path)
    named = {"text": ["title", "text"], "label": "topic", "labels": "stance"}
    from_rows = train(rows, name="same", **named, **settings).model
    assert from_rows.to_bytes() == path.read_bytes()
    assert train(str(file), name="same", **named, **settings).model.to_bytes() == path.read_bytes()


def test_options_of_a_run_make_the_same_model(rows: list[dict[str, Any]]) -> None:
    run = train(rows, label="topic", labels="stance", name="again")
    assert "selection" in run.options
    again = train(rows, label="topic", labels="stance", name="again", options=run.options)
    assert again.model.to_bytes() == run.model.to_bytes()
    assert run.to_pandas()["head"].tolist() == ["topic", "stance"]
    with pytest.raises(UsageError, match="take the place of `C`"):
        train(rows, label="topic", options=run.options, C=3.0)


def test_calibration_sets_and_flags(
    program: Program, file: Path, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    path = tmp_path / "same.model"
    apart, learnt = tmp_path / "apart.jsonl", tmp_path / "learnt.jsonl"
    parts = {"test": apart, "train": learnt}
    flags = [row | {name: int(name in row["stance"]) for name in ("harsh", "mild")} for row in rows]
    for part, target in parts.items():
        target.write_text("".join(json.dumps(r) + "\n" for r in flags if r["part"] == part))
    program(
        "train",
        learnt,
        "--labels",
        "tone=harsh,mild",
        "--calibration-set",
        apart,
        "--preset",
        "fast",
        "-o",
        path,
    )
    by_part = {part: [row for row in flags if row["part"] == part] for part in parts}
    model = train(
        by_part["train"],
        labels={"tone": ["harsh", "mild"]},
        calibration_set=by_part["test"],
        preset="fast",
        name="same",
    ).model
    assert model.to_bytes() == path.read_bytes()


def test_a_corpus_of_files(file: Path, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    with table.open("w", newline="") as out:
        writer = csv.DictWriter(out, ["id", "text", "topic"], delimiter=";", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    corpus = Corpus.from_files(table, label="topic", delimiter=";")
    assert len(corpus) == len(rows) and corpus.ids[5] == "a5" and corpus.texts[5] == rows[5]["text"]
    jsonl = Corpus.from_files([file], label="topic")
    models = [train(data, preset="fast").model.predict(corpus.texts) for data in (corpus, jsonl)]
    assert (models[0]["topic"] == models[1]["topic"]).all()
    with pytest.raises(standpoint.FileError):
        Corpus.from_files(tmp_path / "missing.jsonl", label="topic")
    with pytest.raises(UsageError, match="ASCII"):
        Corpus.from_files(table, label="topic", delimiter="é")


def test_parquet_is_read_as_the_rows_that_it_holds(
    rows: list[dict[str, Any]], file: Path, tmp_path: Path
) -> None:
    table = tmp_path / "news.parquet"
    pd.DataFrame(rows).to_parquet(table, compression="zstd")
    options: dict[str, Any] = {"label": "topic", "preset": "fast"}
    assert train(table, **options).model.to_bytes() == train(file, **options).model.to_bytes()


def test_an_evaluation_is_that_of_the_command_line(
    program: Program, file: Path, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    path = tmp_path / "news.model"
    learnt = [row for row in rows if row["part"] == "train"]
    model = train(learnt, label="topic", labels="stance", preset="fast", name="news").model
    model.save(path)
    expected = json.loads(
        program("eval", path, file, "--where", "part=test", "--resamples", "200", "--json")
    )
    tested = [row for row in rows if row["part"] == "test"]
    found = evaluate(model, tested, resamples=200)
    assert found.to_dict() == expected
    assert evaluate(model, pd.DataFrame(tested), resamples=200).to_dict() == expected
    table = found.to_pandas()
    f1 = table[(table["head"] == "topic") & table["label"].isna() & (table["metric"] == "macro_f1")]
    assert f1["value"].item() == found["topic"]["macro_f1"] > 0.8
    assert f1["low"].item() <= f1["value"].item() <= f1["high"].item()
    assert found.to_polars().height == len(table)
    assert len(found.predictions) == len(tested)
    assert "<html" in found.html and "iframe" in found._repr_html_()
    with pytest.raises(UsageError, match="one of topic, stance"):
        found["mood"]
    with pytest.raises(UsageError, match="no head"):
        evaluate(model, tested, label={"mood": "topic"})


def test_a_comparison_is_that_of_the_command_line(
    program: Program, file: Path, rows: list[dict[str, Any]]
) -> None:
    flags = ["--label", "topic", "--models", "svm,cs", "--resamples", "100", "--folds", "3"]
    expected = json.loads(program("compare", file, *flags, "--json"))
    found = compare(rows, ["svm", "cs"], label="topic", resamples=100, folds=3)
    assert _without_costs(found.to_dict()) == _without_costs(expected)
    table = found.to_pandas()
    assert {"svm", "cs"} <= set(table["name"]) and found.to_polars().height == len(table)
    assert "<html" in found.html


def test_sources_and_dates_divide_as_on_the_command_line(
    program: Program, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    dated = [
        row | {"outlet": f"o{at % 7}", "day": f"20{10 + at // 40}-01-{at % 28 + 1:02}"}
        for at, row in enumerate(rows)
    ]
    path = tmp_path / "dated.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in dated))
    flags = ["--label", "topic", "--models", "svm,cs", "--resamples", "50", "--folds", "3"]
    divided = ["--source", "outlet", "--date", "day", "--json"]
    for before in ([], ["--before", "2015-06-01"]):
        expected = json.loads(program("compare", path, *flags, *divided, *before))
        found = compare(
            pd.DataFrame(dated),
            ["svm", "cs"],
            label="topic",
            resamples=50,
            folds=3,
            source="outlet",
            date="day",
            before=before[1] if before else None,
        )
        assert [split["split"] for split in found.to_dict()["splits"]] == [
            "random",
            "source",
            "time",
        ]
        assert _without_costs(found.to_dict()) == _without_costs(expected)
    with pytest.raises(UsageError, match="`before` has no effect"):
        compare(dated, label="topic", before="2015")
    with pytest.raises(UsageError, match="`source` has no effect"):
        compare(dated, label="topic", test=dated, source="outlet")
    with pytest.raises(DataError, match="row 0 has no date"):
        compare(dated, ["svm", "cs"], label="topic", folds=2, date="title")


def test_named_systems_on_a_test_set(rows: list[dict[str, Any]]) -> None:
    parts = [[row for row in rows if row["part"] == part] for part in ("train", "test")]
    systems: dict[str, dict[str, Any]] = {
        "words": {"preset": "fast"},
        "characters": {"word_ngrams": "none", "char_ngrams": "2-4"},
    }
    found = compare(parts[0], systems, test=parts[1], label="topic", resamples=50, reference="best")
    assert found.to_dict()["splits"][0]["split"] == "test"
    with pytest.raises(UsageError, match="one of first, best, words, characters"):
        compare(parts[0], systems, test=parts[1], label="topic", resamples=0, reference="other")
    with pytest.raises(UsageError, match="unknown metric"):
        compare(parts[0], systems, label="topic", metric="beauty")


def _without_costs(row: Any) -> Any:
    """Times and memory differ from run to run, and remedies name flags."""
    if isinstance(row, dict):
        left_out = ("costs", "remedy")
        return {k: _without_costs(v) for k, v in row.items() if k not in left_out}
    return [_without_costs(item) for item in row] if isinstance(row, list) else row


def test_a_check_is_that_of_the_command_line(
    program: Program, file: Path, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    doubled = [*rows, rows[0] | {"id": "copy"}]
    path = tmp_path / "rows"
    path.write_text("".join(json.dumps(row) + "\n" for row in doubled))
    flags = ["--format", "jsonl", "--label", "topic", "--by", "part", "--json"]
    expected = json.loads(program("check", path, *flags))
    found = check(doubled, label="topic", by="part")
    text = json.dumps(found.to_dict()).replace('"rows:', f'"{path}:')
    assert json.loads(text) == expected
    assert found.above and found.to_pandas()["count"].max() >= 1
    assert check(
        pd.DataFrame(doubled), label="topic", limits=["exact-duplicates=0"], by="part"
    ).above


def test_a_search_trains_the_best(
    program: Program, file: Path, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    small = rows[:90]
    log = tmp_path / "trials.jsonl"
    run = tune(small, label="topic", folds=2, stack=False, log=log, language="en", name="best")
    assert run.search["trials"] > 3 and not run.search["cut_short"] and log.exists()
    assert run.search["chosen"][0]["head"] == "topic"
    again = train(small, label="topic", options=run.options, name="best")
    assert again.model.to_bytes() == run.model.to_bytes()
    with pytest.raises(UsageError, match="what the search chooses"):
        tune(small, label="topic", classifier="svm")


def test_the_model_of_the_package_is_the_programs(program: Program, tmp_path: Path) -> None:
    shown = json.loads(program("inspect", "--json"))
    assert Model.embedded().hash == shown["hash"]
    assert Model.embedded().inspect() == shown
