"""Errors, interruptions and what loads without scikit-learn."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import standpoint
from standpoint import (
    Corpus,
    FileError,
    Model,
    ModelError,
    StandpointError,
    UsageError,
    _standpoint,
    train,
)


def test_errors_are_exceptions_by_the_side_that_has_to_act(tmp_path: Path) -> None:
    with pytest.raises(FileError) as missing:
        Model.load(tmp_path / "missing.model")
    assert isinstance(missing.value, OSError) and missing.value.location
    (tmp_path / "other.model").write_bytes(b"no model at all")
    with pytest.raises(ModelError):
        Model.load(tmp_path / "other.model")
    with pytest.raises(ModelError):
        Model.from_bytes(Model.embedded().to_bytes()[:-7])
    with pytest.raises(UsageError, match="it has topic, stance") as unknown:
        Model.embedded().predict(["a"], head="mood")
    assert isinstance(unknown.value, StandpointError) and isinstance(unknown.value, ValueError)
    assert unknown.value.remedy == "it has topic, stance"
    again = pickle.loads(pickle.dumps(unknown.value))
    assert str(again) == str(unknown.value)


def test_messages_name_keyword_arguments(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(UsageError, match='`tf="binary"`'):
        train(rows, label="topic", classifier="bnb")
    known = dict(_standpoint.setting_names())
    arguments = train.__doc__ or ""
    assert known["TokenOptions::stem"] == "stem" and "class_weight" in arguments
    unnamed = sorted(name for name, keyword in known.items() if keyword is None)
    # Only what Python has no door for keeps the library's name.
    assert unnamed == sorted(
        [
            "BackgroundOptions::vocabulary",
            "BackgroundOptions::window",
            "BatchTrainer",
            "CodeMap",
            "Relabel::codes",
            "Relabel::exact",
            "Relabel::targets",
            "RetainedRows::with_column",
            "TrainingData::old_model",
            "Trainer::train_from",
            "Unlisted::Refuse",
        ]
    )


def test_unknown_options_are_errors(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(UsageError, match="unknown field `worms`"):
        train(rows, label="topic", worms=3)
    with pytest.raises(UsageError, match="`ridge` does not take `C`"):
        train(rows, label="topic", classifier="ridge", C=1.0)
    with pytest.raises(UsageError, match="takes the place of the choice"):
        train(rows, label="topic", classifier="svm", preset="auto")
    with pytest.raises(UsageError, match="option of reading"):
        train(Corpus.from_rows(rows, label="topic"), label="topic")


def test_notes_are_warnings(rows: list[dict[str, Any]]) -> None:
    model = train(rows, label="topic", preset="fast").model
    with pytest.warns(standpoint.StandpointWarning, match="learnt from 360 of 360 rows"):
        standpoint.evaluate(model, rows, resamples=0)


def test_the_lock_is_released_while_texts_are_scored() -> None:
    model, texts = Model.embedded(), ["Troops shelled the town again. " * 40] * 20_000
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    other = threading.Thread(target=tick)
    other.start()
    begun = time.monotonic()
    model.decision_function(texts)
    ended = time.monotonic()
    done.set()
    other.join()
    during = [at for at in ticks if begun < at < ended]
    assert len(during) > 5, (len(during), ended - begun)


INTERRUPTED = """
import os, signal, sys, threading, time
from standpoint import Model, train
texts = ["Troops shelled town %d again and officials said more" % n for n in range(2_000)]
rows = [{"text": text * 40, "topic": "ab"[n % 2]} for n, text in enumerate(texts)] * 40
threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
begun = time.monotonic()
try:
    WORK
except KeyboardInterrupt:
    print("interrupted")
    print(Model.embedded().predict(["The striker scored in the final."])["topic"][0])
"""


@pytest.mark.parametrize(
    "work",
    [
        "train(rows, label='topic', char_ngrams=(2, 6), min_df=1)",
        "Model.embedded().score([row['text'] for row in rows] * 20)",
    ],
    ids=["train", "score"],
)
def test_an_interrupt_ends_work_and_leaves_the_process_whole(work: str) -> None:
    if os.name != "posix":
        pytest.skip("signals are sent by processes of POSIX")
    assert signal.SIGINT
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.replace("WORK", work)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.stdout.split() == ["interrupted", "sport"], ran.stderr


def test_loading_and_scoring_need_no_scikit_learn() -> None:
    code = """
import sys
sys.modules["sklearn"] = sys.modules["scipy"] = sys.modules["pandas"] = None
import standpoint
print(standpoint.Model.embedded().predict(["The striker scored in the final."])["topic"][0])
try:
    standpoint.TfidfVectorizer
except standpoint.UsageError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout.splitlines() == [
        "sport",
        "TfidfVectorizer needs scikit-learn",
        "  help: pip install 'standpoint[sklearn]'",
    ], ran.stderr
